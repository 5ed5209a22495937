// A client's session description as a value: bounded, in linear time, with everything that is used in it checked
// (RFC 8866; JSEP, RFC 9429; attributes as cited). Lines that mean nothing to us are passed over unread.
import type { Limits } from '../limits.ts';
import type { TransportDescription } from '../transport/transport.ts';
import type { SectionCodec } from './codecs.ts';
import type { HeaderExtension } from './extensions.ts';
import { type Attribute, allOf, firstOf, type RawSection, readLines, readNumber, refuse } from './lines.ts';
import { readCodecs } from './section-codecs.ts';
import { readTransport } from './transport-lines.ts';

export type SectionKind = 'audio' | 'video' | 'application';
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface Section {
  /** Empty only in a rejected section that has none. */
  readonly mid: string;
  readonly kind: SectionKind;
  /** As seen by the side that wrote the description. */
  readonly direction: Direction;
  /** Port 0 and not merely waiting for its bundle (RFC 9143). */
  readonly rejected: boolean;
  /** In the order of preference; retransmission payload types stand with the codec they repair. */
  readonly codecs: readonly SectionCodec[];
  readonly extensions: readonly HeaderExtension[];
  /** Of the first `a=msid`, or of the first SSRC's; `track` is empty where only the stream is named (RFC 8830). */
  readonly msid: { readonly stream: string; readonly track: string } | null;
  /** Layers that the writer sends, in the order of `a=simulcast`, paused ones too (RFC 8851, RFC 8853). */
  readonly rids: readonly string[];
  /** Streams that the writer sends, each with its retransmissions by `FID` (RFC 5576). */
  readonly ssrcs: readonly {
    readonly ssrc: number;
    readonly rtxSsrc: number | null;
    readonly cname: string;
  }[];
  /** Of `application`: bytes of one message at most; 65536 where it is not said (RFC 8841), 0 for media. */
  readonly maxMessageSize: number;
}

export interface Description {
  readonly transport: TransportDescription;
  readonly sections: readonly Section[];
}

const maxRids = 8;
const maxSsrcs = 32;
const maxExtensions = 64;

/** Throws MediaError `invalid_argument` for whatever is not a description that this server can answer. */
export function parseDescription(
  sdp: string,
  limits: Pick<Limits, 'maxSdpBytes' | 'maxMediaSections' | 'maxCandidates'>,
): Description {
  if (sdp.length > limits.maxSdpBytes || Buffer.byteLength(sdp) > limits.maxSdpBytes) refuse('too large');
  const { session, media } = readLines(sdp, limits.maxMediaSections);
  const sections = media.map((raw) => readSection(raw, session));
  const mids = new Set<string>();
  for (const section of sections) {
    if (section.rejected && section.mid === '') continue;
    if (mids.has(section.mid)) refuse('two sections with the same mid');
    mids.add(section.mid);
  }
  const carrier = findTransportSection(session, sections, media);
  return { transport: readTransport(session, carrier.attributes, limits.maxCandidates), sections };
}

function readSection(raw: RawSection, session: readonly Attribute[]): Section {
  const { media, attributes } = raw;
  const kind =
    media === 'audio' || media === 'video' || media === 'application'
      ? media
      : refuse('an unknown kind of media');
  const rejected = raw.port === 0 && firstOf(attributes, 'bundle-only') === undefined;
  const mid = firstOf(attributes, 'mid') ?? '';
  // A mid goes into SDP of ours and into header extensions, so it has to be the token that it should be.
  if (!/^[\w!#$%&'*+\-.^`{|}~]{1,64}$/.test(mid) && !(rejected && mid === ''))
    refuse('a section without mid');
  const isMedia = kind !== 'application';
  return {
    mid,
    kind,
    direction: readDirection(attributes) ?? readDirection(session) ?? 'sendrecv',
    rejected,
    codecs: isMedia && !rejected ? readCodecs(raw) : [],
    extensions: isMedia && !rejected ? readExtensions(attributes) : [],
    msid: isMedia ? readMsid(attributes) : null,
    rids: isMedia ? readRids(attributes) : [],
    ssrcs: isMedia ? readSsrcs(attributes) : [],
    maxMessageSize: isMedia
      ? 0
      : (readNumber(firstOf(attributes, 'max-message-size') ?? '', 0xffff_ffff) ?? 65_536),
  };
}

function readDirection(attributes: readonly Attribute[]): Direction | undefined {
  for (const { name } of attributes) {
    if (name === 'sendrecv' || name === 'sendonly' || name === 'recvonly' || name === 'inactive') return name;
  }
  return undefined;
}

function readExtensions(attributes: readonly Attribute[]): HeaderExtension[] {
  const extensions = new Map<number, HeaderExtension>();
  for (const value of allOf(attributes, 'extmap')) {
    const [direction = '', uri = ''] = value.split(' ', 2);
    const id = readNumber(direction.split('/')[0] ?? '', 255);
    // 4096 and above only say what an answer could choose from (RFC 8285 section 6).
    if (id === null || id === 0 || uri === '' || extensions.has(id)) continue;
    if (extensions.size >= maxExtensions) refuse('too many header extensions');
    extensions.set(id, { id, uri });
  }
  return [...extensions.values()];
}

function readMsid(attributes: readonly Attribute[]): Section['msid'] {
  const value =
    firstOf(attributes, 'msid') ??
    allOf(attributes, 'ssrc')
      .find((line) => line.includes(' msid:'))
      ?.split(' msid:')[1];
  if (value === undefined) return null;
  const [stream = '', track = ''] = value.split(' ', 2);
  return { stream, track };
}

function readRids(attributes: readonly Attribute[]): string[] {
  const sent = new Set<string>();
  for (const value of allOf(attributes, 'rid')) {
    const [rid = '', direction] = value.split(' ', 2);
    if (direction !== 'send') continue;
    if (!/^[A-Za-z0-9_-]{1,16}$/.test(rid)) refuse('a layer with an odd name');
    if (sent.size >= maxRids) refuse('too many layers');
    sent.add(rid);
  }
  const order = /(?:^| )send (\S+)/.exec(firstOf(attributes, 'simulcast') ?? '')?.[1];
  if (order === undefined) return [...sent];
  // `~` marks a layer paused at first; after a comma stand alternatives, of which browsers offer none.
  const ordered = order.split(';').map((layer) => (layer.split(',')[0] ?? '').replace(/^~/, ''));
  return [...new Set(ordered)].filter((rid) => sent.has(rid));
}

function readSsrcs(attributes: readonly Attribute[]): Section['ssrcs'] {
  const rtxOf = new Map<number, number>();
  for (const value of allOf(attributes, 'ssrc-group')) {
    const [semantics, first = '', second = ''] = value.split(' ');
    const primary = readNumber(first, 0xffff_ffff);
    const repair = readNumber(second, 0xffff_ffff);
    if (semantics === 'FID' && primary !== null && repair !== null && primary !== repair) {
      if (rtxOf.size >= maxSsrcs) refuse('too many streams');
      rtxOf.set(primary, repair);
    }
  }
  const cnames = new Map<number, string>();
  for (const value of allOf(attributes, 'ssrc')) {
    const [id = '', attribute = ''] = value.split(' ', 2);
    const ssrc = readNumber(id, 0xffff_ffff);
    if (ssrc === null) continue;
    if (cnames.size >= 2 * maxSsrcs && !cnames.has(ssrc)) refuse('too many streams');
    const cname = attribute.startsWith('cname:') ? attribute.slice('cname:'.length) : '';
    cnames.set(ssrc, cname || (cnames.get(ssrc) ?? ''));
  }
  const repairs = new Set(rtxOf.values());
  return [...cnames]
    .filter(([ssrc]) => !repairs.has(ssrc))
    .map(([ssrc, cname]) => ({ ssrc, rtxSsrc: rtxOf.get(ssrc) ?? null, cname }));
}

/** The section whose ICE and DTLS count for all: the first of the bundle (RFC 9143 section 7.2), else the first in use. */
function findTransportSection(
  session: readonly Attribute[],
  sections: readonly Section[],
  media: readonly RawSection[],
): RawSection {
  const bundle = allOf(session, 'group').find((group) => group.startsWith('BUNDLE '));
  const tagged = bundle?.split(' ', 2)[1];
  const index = sections.findIndex(
    (section) => !section.rejected && (tagged === undefined || section.mid === tagged),
  );
  return media[index] ?? refuse('no media section in use');
}
