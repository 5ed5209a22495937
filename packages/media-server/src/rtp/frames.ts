// What a forwarder has to know of a frame: where a stream can be joined, and which layer a packet belongs to. Frames may be
// end-to-end encrypted, so nothing is read but what stays in the clear then: payload descriptors, VP8's first bytes, of
// H264 the NAL unit headers with one byte behind them, of AV1 the dependency descriptor.
import { readDependency } from './dependency-descriptor.ts';

export type VideoCodec = 'vp8' | 'h264' | 'vp9' | 'av1';

export interface FrameFacts {
  /**
   * The packet belongs to a picture that needs none before it. Told for sure of the packet that also has `start`; later
   * packets of the same picture tell it with VP9 only.
   */
  readonly keyFrame: boolean;
  /**
   * First packet of a picture (of all its spatial layers; with AV1 of each). A stream can be joined at
   * `keyFrame && start`. With H264 a key frame starts at its parameter sets, never at the IDR slice behind them:
   * without them a decoder cannot begin.
   */
  readonly start: boolean;
  /** Null where the codec or the client does not tell. */
  readonly temporalLayer: number | null;
  readonly spatialLayer: number | null;
  /** VP8 and VP9: 7 or 15 bits. */
  readonly pictureId?: number | undefined;
  /** VP8, and VP9 outside its flexible mode: 8 bits. */
  readonly tl0PicIdx?: number | undefined;
  /** From here on one may go up to this temporal layer (VP8: Y bit, VP9: U bit). */
  readonly switchUp?: boolean | undefined;
  /** VP9 and AV1: last packet of the frame of this spatial layer. */
  readonly end?: boolean | undefined;
  /** AV1: index into the templates of the stream's last key frame (`readTemplateLayers`). */
  readonly templateId?: number | undefined;
}

const unknown: FrameFacts = { keyFrame: false, start: false, temporalLayer: null, spatialLayer: null };
const continued = unknown;

/**
 * `payload` without RTP header and padding; `dependencyDescriptor` is the value of that header extension where the packet
 * has it (AV1). Malformed and empty payloads are no key frame and no start.
 */
export function describeFrame(
  codec: VideoCodec,
  payload: Buffer,
  dependencyDescriptor?: Buffer | undefined,
): FrameFacts {
  switch (codec) {
    case 'vp8':
      return describeVp8(payload);
    case 'h264':
      return describeH264(payload);
    case 'vp9':
      return describeVp9(payload);
    case 'av1':
      return dependencyDescriptor === undefined
        ? describeAv1(payload)
        : describeDependency(dependencyDescriptor);
  }
}

/** RFC 7741 section 4.2, and of the payload header behind it (section 4.3) the P bit alone. */
function describeVp8(payload: Buffer): FrameFacts {
  const first = payload[0];
  if (first === undefined) return unknown;
  let at = 1;
  let pictureId: number | undefined;
  let tl0PicIdx: number | undefined;
  let temporalLayer: number | null = null;
  let switchUp: boolean | undefined;
  if ((first & 0x80) !== 0) {
    const flags = payload[at++];
    if (flags === undefined) return unknown;
    if ((flags & 0x80) !== 0) {
      const high = payload[at++];
      if (high === undefined) return unknown;
      pictureId = high & 0x7f;
      if ((high & 0x80) !== 0) {
        const low = payload[at++];
        if (low === undefined) return unknown;
        pictureId = (pictureId << 8) | low;
      }
    }
    if ((flags & 0x40) !== 0) {
      tl0PicIdx = payload[at++];
      if (tl0PicIdx === undefined) return unknown;
    }
    if ((flags & 0x30) !== 0) {
      const layer = payload[at++];
      if (layer === undefined) return unknown;
      if ((flags & 0x20) !== 0) {
        temporalLayer = layer >> 6;
        switchUp = (layer & 0x20) !== 0;
      }
    }
  }
  const head = payload[at];
  // S with partition 0: later partitions begin with S set too.
  const start = (first & 0x17) === 0x10 && head !== undefined;
  const keyFrame = start && (head & 0x01) === 0;
  return { keyFrame, start, temporalLayer, spatialLayer: null, pictureId, tl0PicIdx, switchUp };
}

const NAL_SLICE = 1;
const NAL_PARTITION_A = 2;
const NAL_IDR = 5;
const NAL_SPS = 7;
const NAL_ACCESS_UNIT_DELIMITER = 9;
const NAL_STAP_A = 24;
const NAL_FU_A = 28;

/** RFC 6184 sections 5.6 to 5.8. */
function describeH264(payload: Buffer): FrameFacts {
  const first = payload[0];
  if (first === undefined) return unknown;
  const type = first & 0x1f;
  if (type === NAL_STAP_A) return describeAggregate(payload);
  if (type !== NAL_FU_A) return describeNal(type, payload[1]);
  const fragment = payload[1];
  if (fragment === undefined || (fragment & 0x80) === 0) return continued;
  return describeNal(fragment & 0x1f, payload[2]);
}

function describeAggregate(payload: Buffer): FrameFacts {
  let keyFrame = false;
  let start = false;
  let at = 1;
  while (at + 3 <= payload.length) {
    const next = at + 2 + payload.readUInt16BE(at);
    if (next === at + 2 || next > payload.length) break;
    const nal = describeNal(payload.readUInt8(at + 2) & 0x1f, next > at + 3 ? payload[at + 3] : undefined);
    if (nal.start) start = true;
    if (nal.keyFrame) keyFrame = true;
    at = next;
  }
  return { keyFrame, start, temporalLayer: null, spatialLayer: null };
}

/** `behind` is the byte behind the NAL unit's header: of a slice its first bit is set where the slice is the picture's first. */
function describeNal(type: number, behind: number | undefined): FrameFacts {
  switch (type) {
    case NAL_SPS:
      return { keyFrame: true, start: true, temporalLayer: null, spatialLayer: null };
    case NAL_IDR:
      return { keyFrame: true, start: false, temporalLayer: null, spatialLayer: null };
    case NAL_ACCESS_UNIT_DELIMITER:
      return { keyFrame: false, start: true, temporalLayer: null, spatialLayer: null };
    case NAL_SLICE:
    case NAL_PARTITION_A:
      return {
        keyFrame: false,
        start: behind !== undefined && behind >= 0x80,
        temporalLayer: null,
        spatialLayer: null,
      };
    default:
      return continued;
  }
}

/** RFC 9628 section 4.2. */
function describeVp9(payload: Buffer): FrameFacts {
  const first = payload[0];
  if (first === undefined) return unknown;
  const interPicture = (first & 0x40) !== 0;
  const flexible = (first & 0x10) !== 0;
  const begin = (first & 0x08) !== 0;
  const end = (first & 0x04) !== 0;
  let at = 1;
  let pictureId: number | undefined;
  let tl0PicIdx: number | undefined;
  let temporalLayer: number | null = null;
  let spatialLayer: number | null = null;
  let switchUp: boolean | undefined;
  if ((first & 0x80) !== 0) {
    const high = payload[at++];
    if (high === undefined) return unknown;
    pictureId = high & 0x7f;
    if ((high & 0x80) !== 0) {
      const low = payload[at++];
      if (low === undefined) return unknown;
      pictureId = (pictureId << 8) | low;
    }
  }
  if ((first & 0x20) !== 0) {
    const layer = payload[at++];
    if (layer === undefined) return unknown;
    temporalLayer = layer >> 5;
    switchUp = (layer & 0x10) !== 0;
    spatialLayer = (layer >> 1) & 0x07;
    if (!flexible) {
      tl0PicIdx = payload[at++];
      if (tl0PicIdx === undefined) return unknown;
    }
  }
  const start = begin && (spatialLayer ?? 0) === 0;
  return {
    keyFrame: !interPicture,
    start,
    temporalLayer,
    spatialLayer,
    pictureId,
    tl0PicIdx,
    switchUp,
    end,
  };
}

/** The aggregation header alone (AV1 RTP specification section 4.4): Z, Y, W, and N, the start of a coded video sequence. */
function describeAv1(payload: Buffer): FrameFacts {
  const first = payload[0];
  if (first === undefined) return unknown;
  const start = (first & 0x80) === 0;
  const keyFrame = start && (first & 0x08) !== 0;
  return { keyFrame, start, temporalLayer: null, spatialLayer: null };
}

function describeDependency(descriptor: Buffer): FrameFacts {
  const facts = readDependency(descriptor);
  if (facts === null) return unknown;
  const { start, end, hasStructure, templateId } = facts;
  return { keyFrame: start && hasStructure, start, temporalLayer: null, spatialLayer: null, end, templateId };
}
