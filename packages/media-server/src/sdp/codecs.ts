// Which codecs we take, when two of them are the same stream on the wire, and what an answer says about each.
import type { TrackKind } from '../protocol/client-messages.ts';

/** A payload type of one section with everything that SDP says of it. */
export interface SectionCodec {
  readonly payloadType: number;
  /** Lower case: `opus`, `vp8`, `h264`. */
  readonly name: string;
  readonly clockRate: number;
  /** 2 for Opus, 1 where SDP says nothing. */
  readonly channels: number;
  /** The value of `a=fmtp` without the payload type; empty where there is none. */
  readonly fmtp: string;
  /** `nack`, `nack pli`, `ccm fir`, `transport-cc`, … */
  readonly feedback: readonly string[];
  /** The payload type of its retransmissions (RFC 4588); null where none is negotiated. */
  readonly rtxPayloadType: number | null;
}

type CodecIdentity = Pick<SectionCodec, 'name' | 'fmtp'>;

/** What goes through this server, most widely understood first; RED and FEC are left out so that Opus brings its own. */
const takenCodecs = {
  audio: ['opus'],
  video: ['vp8', 'h264', 'vp9', 'av1'],
} as const satisfies Record<TrackKind, readonly string[]>;

const mimeTypes: Readonly<Record<string, string>> = {
  opus: 'audio/opus',
  vp8: 'video/VP8',
  h264: 'video/H264',
  vp9: 'video/VP9',
  av1: 'video/AV1',
};

/** As LiveKit's TrackInfo writes it; undefined for codecs that we do not take. */
export function mimeTypeOf(codec: string): string | undefined {
  return Object.hasOwn(mimeTypes, codec) ? mimeTypes[codec] : undefined;
}

/** `video/VP8`, `VP8` or `vp8` as `vp8`. */
export function codecOfMimeType(mimeType: string): string {
  return mimeType.slice(mimeType.indexOf('/') + 1).toLowerCase();
}

export function isTakenCodec(kind: TrackKind, codec: string): boolean {
  const taken: readonly string[] = takenCodecs[kind];
  return taken.includes(codec);
}

/** For JoinResponse and Room: the codecs that clients may publish. */
export const enabledMimeTypes: readonly string[] = Object.values(mimeTypes);

/** Parameters of an fmtp by lower-case name; a parameter without value is there with an empty one. */
export function fmtpParameters(fmtp: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const part of fmtp.split(';')) {
    const [name = '', value = ''] = part.split('=', 2);
    if (name.trim() !== '') parameters.set(name.trim().toLowerCase(), value.trim());
  }
  return parameters;
}

type H264Profile =
  | 'constrained-baseline'
  | 'baseline'
  | 'main'
  | 'constrained-high'
  | 'high'
  | 'predictive-high-444'
  | 'unknown';

/** Profiles by profile_idc and the bits of profile-iop that matter, `x` for those that do not (RFC 6184, table 5). */
const h264Profiles: readonly (readonly [idc: number, iop: string, profile: H264Profile])[] = [
  [0x42, 'x1xx0000', 'constrained-baseline'],
  [0x4d, '1xxx0000', 'constrained-baseline'],
  [0x58, '11xx0000', 'constrained-baseline'],
  [0x42, 'x0xx0000', 'baseline'],
  [0x58, '10xx0000', 'baseline'],
  [0x4d, '0x0x0000', 'main'],
  [0x64, '00000000', 'high'],
  [0x64, '00001100', 'constrained-high'],
  [0xf4, '00000000', 'predictive-high-444'],
];

/** Without profile-level-id it is baseline (RFC 6184 section 8.1), of which browsers only make the constrained kind. */
function h264Profile(profileLevelId: string | undefined): H264Profile {
  if (profileLevelId === undefined) return 'constrained-baseline';
  if (!/^[0-9a-f]{6}$/i.test(profileLevelId)) return 'unknown';
  const idc = Number.parseInt(profileLevelId.slice(0, 2), 16);
  const iop = Number.parseInt(profileLevelId.slice(2, 4), 16).toString(2).padStart(8, '0');
  const known = h264Profiles.find(
    ([wanted, pattern]) =>
      wanted === idc && [...pattern].every((bit, index) => bit === 'x' || bit === iop[index]),
  );
  return known?.[2] ?? 'unknown';
}

/** Two payload types with the same key carry the same bitstream in the same packets. */
function codecKey(codec: CodecIdentity): string {
  const parameters = fmtpParameters(codec.fmtp);
  switch (codec.name) {
    case 'h264': {
      const id = parameters.get('profile-level-id');
      const profile = h264Profile(id);
      // Profiles that we do not know are only the same as themselves.
      return `h264/${profile === 'unknown' ? `unknown-${id}` : profile}/${parameters.get('packetization-mode') ?? '0'}`;
    }
    case 'vp9':
      return `vp9/${parameters.get('profile-id') ?? '0'}`;
    case 'av1':
      return `av1/${parameters.get('profile') ?? '0'}`;
    default:
      return codec.name;
  }
}

/**
 * True where a stream of one can be sent under the other's payload type unchanged: H264 by profile (not level) and
 * packetization mode (RFC 6184), VP9 by profile-id (RFC 9628), AV1 by profile, all others by name.
 */
export function sameCodec(a: CodecIdentity, b: CodecIdentity): boolean {
  return codecKey(a) === codecKey(b);
}

/** H264 in the order in which others are likely to understand it; lower is better. */
function h264Rank(codec: CodecIdentity): number {
  const parameters = fmtpParameters(codec.fmtp);
  const profile = h264Profile(parameters.get('profile-level-id'));
  const byProfile = profile === 'constrained-baseline' ? 0 : profile === 'baseline' ? 1 : 2;
  return byProfile * 2 + (parameters.get('packetization-mode') === '1' ? 0 : 1);
}

/** Profile 0 of VP9 and AV1 is what everybody decodes; the others are 10 bits or 4:4:4. */
function rank(codec: CodecIdentity): number {
  if (codec.name === 'h264') return h264Rank(codec);
  const parameters = fmtpParameters(codec.fmtp);
  if (codec.name === 'vp9') return (parameters.get('profile-id') ?? '0') === '0' ? 0 : 1;
  if (codec.name === 'av1') return (parameters.get('profile') ?? '0') === '0' ? 0 : 1;
  return 0;
}

/**
 * The codecs of an answer to a section in which the client publishes, best first: of the announced one alone where the
 * client has it (a browser sends what the answer names first, and a list of one leaves no doubt), otherwise all that we
 * take in our order. `announced` is in lower case and may be empty. Empty where nothing fits.
 */
export function chooseCodecs(
  kind: TrackKind,
  offered: readonly SectionCodec[],
  announced: readonly string[],
): SectionCodec[] {
  const taken: readonly string[] = takenCodecs[kind];
  for (const wanted of announced) {
    if (!taken.includes(wanted)) continue;
    const found = offered.filter((codec) => codec.name === wanted);
    if (found.length > 0) return found.sort((a, b) => rank(a) - rank(b));
  }
  return offered
    .filter((codec) => taken.includes(codec.name))
    .sort((a, b) => taken.indexOf(a.name) - taken.indexOf(b.name) || rank(a) - rank(b));
}

/**
 * The payload type under which a subscriber takes what is published: the same codec, or for H264 one that decodes it
 * too: baseline and constrained baseline for each other (encoders of browsers make no other difference than the name),
 * and packetization mode 1 for a stream of mode 0 (single NAL units are part of it; RFC 6184 section 6.3).
 */
export function findReceivingCodec(
  published: CodecIdentity,
  offered: readonly SectionCodec[],
): SectionCodec | undefined {
  const same = offered.find((codec) => sameCodec(codec, published));
  if (same !== undefined || published.name !== 'h264') return same;
  const parameters = fmtpParameters(published.fmtp);
  const profile = h264Profile(parameters.get('profile-level-id'));
  const mode = parameters.get('packetization-mode') ?? '0';
  const isBaseline = (of: H264Profile) => of === 'baseline' || of === 'constrained-baseline';
  return offered.find((codec) => {
    if (codec.name !== 'h264') return false;
    const theirs = fmtpParameters(codec.fmtp);
    const theirProfile = h264Profile(theirs.get('profile-level-id'));
    const profileFits =
      profile !== 'unknown' &&
      (theirProfile === profile || (isBaseline(profile) && isBaseline(theirProfile)));
    const theirMode = theirs.get('packetization-mode') ?? '0';
    return profileFits && (theirMode === mode || (mode === '0' && theirMode === '1'));
  });
}

/** What we ask a publisher of Opus to send: FEC always, silence and channels as it announced them (RFC 7587). */
export function opusAnswerFmtp(track: { readonly stereo: boolean; readonly disableDtx: boolean }): string {
  return [
    'minptime=10',
    'useinbandfec=1',
    ...(track.disableDtx ? [] : ['usedtx=1']),
    ...(track.stereo ? ['stereo=1', 'maxaveragebitrate=510000'] : []),
  ].join(';');
}

const answeredFeedback: Readonly<Record<TrackKind, readonly string[]>> = {
  audio: ['transport-cc', 'nack'],
  video: ['transport-cc', 'ccm fir', 'nack', 'nack pli'],
};

/**
 * A codec of the client's offer as the answer gives it back: feedback that both sides know, and for Opus the parameters
 * of the track. `rtx` false leaves retransmissions out.
 */
export function answerCodec(
  kind: TrackKind,
  codec: SectionCodec,
  options: { readonly stereo: boolean; readonly disableDtx: boolean; readonly rtx: boolean },
): SectionCodec {
  return {
    ...codec,
    fmtp: codec.name === 'opus' ? opusAnswerFmtp(options) : codec.fmtp,
    // NACK for Opus is not in what browsers offer, but they honour it once the answer asks for it.
    feedback: answeredFeedback[kind].filter(
      (feedback) => codec.feedback.includes(feedback) || (codec.name === 'opus' && feedback === 'nack'),
    ),
    rtxPayloadType: options.rtx ? codec.rtxPayloadType : null,
  };
}

/**
 * The codecs of the offer that we make a v0 subscriber: payload types as Chrome numbers them, stable over all sections
 * of one bundle, so that a section can be used again for another track of the same codec.
 */
export function subscriberCodec(kind: TrackKind, published: SectionCodec, payloadType: number): SectionCodec {
  return {
    payloadType,
    name: published.name,
    clockRate: published.clockRate,
    channels: published.channels,
    fmtp: published.name === 'opus' ? 'minptime=10;useinbandfec=1' : published.fmtp,
    feedback: answeredFeedback[kind],
    rtxPayloadType: null,
  };
}
