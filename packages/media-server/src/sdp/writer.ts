// Answers to a client's offer and the offers to a v0 subscriber. Nothing of the far end's text goes in unchecked: what
// `parseDescription` lets through holds no line ends.
import type { TransportDescription } from '../transport/transport.ts';
import type { SectionCodec } from './codecs.ts';
import type { Direction, SectionKind } from './description.ts';
import type { HeaderExtension } from './extensions.ts';

export interface SectionPlan {
  readonly mid: string;
  readonly kind: SectionKind;
  /** As seen by us: `sendonly` where we send to a subscriber, `recvonly` where the client publishes. */
  readonly direction: Direction;
  readonly codecs: readonly SectionCodec[];
  readonly extensions: readonly HeaderExtension[];
  /** Of what we send: `PA_x|camera` and `TR_y`, by which clients find participant and track. */
  readonly msid: { readonly stream: string; readonly track: string } | null;
  readonly ssrc: number | null;
  readonly rtxSsrc: number | null;
  /** Layers that the client may send, in its order. */
  readonly rids: readonly string[];
  readonly rejected: boolean;
}

/** Bytes of one data channel message that we take (RFC 8841 section 6), where the transport does not say. */
export const maxMessageSize = 262_144;

/** As each codec is written in `a=rtpmap`; others as they are. */
const codecNames: Readonly<Record<string, string>> = { vp8: 'VP8', h264: 'H264', vp9: 'VP9', av1: 'AV1' };

/**
 * An offer or answer as text. `id` is the version of the session, so it has to grow with each description of one
 * transport. Candidates stand in the first section in use, which carries the bundle.
 */
export function writeDescription(description: {
  readonly type: 'offer' | 'answer';
  readonly id: number;
  readonly transport: TransportDescription;
  readonly sections: readonly SectionPlan[];
}): string {
  const { transport, sections } = description;
  const inUse = sections.filter((section) => !isRejected(section));
  const lines = [
    'v=0',
    // The fingerprint is random and stays with the transport: so does the session's id made of it (RFC 8866 5.2).
    `o=- ${BigInt(`0x${transport.fingerprint.value.replaceAll(':', '').slice(0, 15)}`)} ${description.id} IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    ...(inUse.length > 0 ? [`a=group:BUNDLE ${inUse.map((section) => section.mid).join(' ')}`] : []),
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS *',
  ];
  for (const section of sections) {
    if (isRejected(section)) {
      pushRejected(lines, section);
      continue;
    }
    const transportLines = [
      'c=IN IP4 0.0.0.0',
      `a=ice-ufrag:${transport.iceUfrag}`,
      `a=ice-pwd:${transport.icePassword}`,
      'a=ice-options:trickle',
      `a=fingerprint:${transport.fingerprint.algorithm} ${transport.fingerprint.value}`,
      `a=setup:${transport.setup}`,
      ...(section === inUse[0] ? transport.candidates.map((candidate) => `a=${candidate}`) : []),
      `a=mid:${section.mid}`,
    ];
    if (section.kind === 'application') {
      lines.push('m=application 9 UDP/DTLS/SCTP webrtc-datachannel', ...transportLines);
      lines.push('a=sctp-port:5000', `a=max-message-size:${transport.maxMessageSize ?? maxMessageSize}`);
    } else {
      pushMedia(lines, section, transportLines);
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** A section without a codec that both sides know cannot be written in any other way (RFC 3264 section 6). */
function isRejected(section: SectionPlan): boolean {
  return section.rejected || (section.kind !== 'application' && section.codecs.length === 0);
}

function pushRejected(lines: string[], section: SectionPlan): void {
  const format = section.kind === 'application' ? 'UDP/DTLS/SCTP webrtc-datachannel' : 'UDP/TLS/RTP/SAVPF 0';
  lines.push(`m=${section.kind} 0 ${format}`, 'c=IN IP4 0.0.0.0');
  if (section.mid !== '') lines.push(`a=mid:${section.mid}`);
  if (section.kind !== 'application') lines.push('a=inactive');
}

function pushMedia(lines: string[], section: SectionPlan, transportLines: readonly string[]): void {
  const payloadTypes = section.codecs.flatMap((codec) =>
    codec.rtxPayloadType === null ? [codec.payloadType] : [codec.payloadType, codec.rtxPayloadType],
  );
  lines.push(`m=${section.kind} 9 UDP/TLS/RTP/SAVPF ${payloadTypes.join(' ')}`, ...transportLines);
  lines.push('a=rtcp-mux', 'a=rtcp-rsize', `a=${section.direction}`);
  for (const extension of section.extensions) lines.push(`a=extmap:${extension.id} ${extension.uri}`);
  for (const codec of section.codecs) pushCodec(lines, codec);
  if (section.rids.length > 0) {
    for (const rid of section.rids) lines.push(`a=rid:${rid} recv`);
    lines.push(`a=simulcast:recv ${section.rids.join(';')}`);
  }
  if (section.msid !== null) pushStream(lines, section, section.msid);
}

function pushCodec(lines: string[], codec: SectionCodec): void {
  const name = codecNames[codec.name] ?? codec.name;
  const channels = codec.channels > 1 ? `/${codec.channels}` : '';
  lines.push(`a=rtpmap:${codec.payloadType} ${name}/${codec.clockRate}${channels}`);
  if (codec.fmtp !== '') lines.push(`a=fmtp:${codec.payloadType} ${codec.fmtp}`);
  for (const feedback of codec.feedback) lines.push(`a=rtcp-fb:${codec.payloadType} ${feedback}`);
  if (codec.rtxPayloadType !== null) {
    lines.push(`a=rtpmap:${codec.rtxPayloadType} rtx/${codec.clockRate}`);
    lines.push(`a=fmtp:${codec.rtxPayloadType} apt=${codec.payloadType}`);
  }
}

function pushStream(lines: string[], section: SectionPlan, msid: { stream: string; track: string }): void {
  lines.push(`a=msid:${msid.stream} ${msid.track}`);
  if (section.ssrc === null) return;
  // One CNAME for all of a publisher: its audio and video share a clock (RFC 7022), and the receiver syncs them by it.
  const cname = msid.stream.split('|')[0];
  const ssrcs = section.rtxSsrc === null ? [section.ssrc] : [section.ssrc, section.rtxSsrc];
  if (section.rtxSsrc !== null) lines.push(`a=ssrc-group:FID ${ssrcs.join(' ')}`);
  for (const ssrc of ssrcs) {
    lines.push(`a=ssrc:${ssrc} cname:${cname}`, `a=ssrc:${ssrc} msid:${msid.stream} ${msid.track}`);
  }
}
