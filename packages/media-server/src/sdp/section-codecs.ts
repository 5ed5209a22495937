import type { SectionCodec } from './codecs.ts';
import { allOf, type RawSection, readNumber, refuse } from './lines.ts';

const maxFeedbackPerCodec = 16;
const maxFmtpLength = 1024;

/** The codecs of a media section in the order of its media line (RFC 8866 sections 5.14 and 6.6, RFC 4585, RFC 4588). */
export function readCodecs(section: RawSection): SectionCodec[] {
  const fmtps = new Map<number, string>();
  for (const [payloadType, value] of perPayloadType(section, 'fmtp')) {
    if (value.length > maxFmtpLength) refuse('parameters of a codec are too long');
    fmtps.set(payloadType, value);
  }
  const feedback = readFeedback(section);
  const maps = new Map(perPayloadType(section, 'rtpmap'));

  const codecs = new Map<number, SectionCodec>();
  const repairs = new Map<number, number>();
  for (const format of section.formats) {
    const payloadType = readNumber(format, 127);
    const map = payloadType === null ? undefined : maps.get(payloadType);
    // Static payload types without rtpmap (PCMU and the like) are nothing that we take.
    if (payloadType === null || map === undefined || codecs.has(payloadType)) continue;
    const [name = '', rate = '', channels = ''] = map.trim().split('/');
    if (!/^[\w.+-]{1,64}$/.test(name)) continue;
    const clockRate = readNumber(rate, 1_000_000);
    if (clockRate === null || clockRate === 0) continue;
    const fmtp = fmtps.get(payloadType) ?? '';
    if (name.toLowerCase() === 'rtx') {
      const repaired = readNumber(/(?:^|;)\s*apt=(\d+)/.exec(fmtp)?.[1] ?? '', 127);
      if (repaired !== null && !repairs.has(repaired)) repairs.set(repaired, payloadType);
      continue;
    }
    codecs.set(payloadType, {
      payloadType,
      name: name.toLowerCase(),
      clockRate,
      channels: readNumber(channels, 8) || 1,
      fmtp,
      feedback: [...(feedback.get('*') ?? []), ...(feedback.get(String(payloadType)) ?? [])],
      rtxPayloadType: null,
    });
  }
  return [...codecs.values()].map((codec) => ({
    ...codec,
    rtxPayloadType: repairs.get(codec.payloadType) ?? null,
  }));
}

/** `a=name:<payload type> <value>` lines, the first of each payload type: at most 128. */
function perPayloadType(section: RawSection, name: string): [payloadType: number, value: string][] {
  const found = new Map<number, string>();
  for (const line of allOf(section.attributes, name)) {
    const space = line.indexOf(' ');
    const payloadType = readNumber(line.slice(0, space), 127);
    if (payloadType !== null && space !== -1 && !found.has(payloadType)) {
      found.set(payloadType, line.slice(space + 1));
    }
  }
  return [...found];
}

function readFeedback(section: RawSection): ReadonlyMap<string, readonly string[]> {
  const feedback = new Map<string, string[]>();
  for (const line of allOf(section.attributes, 'rtcp-fb')) {
    const space = line.indexOf(' ');
    const target = line.slice(0, space);
    if (space === -1 || (target !== '*' && readNumber(target, 127) === null)) continue;
    const known = feedback.get(target) ?? [];
    const value = line.slice(space + 1).trim();
    if (known.length >= maxFeedbackPerCodec) refuse('too much feedback of one codec');
    if (!known.includes(value)) known.push(value);
    feedback.set(target, known);
  }
  return feedback;
}
