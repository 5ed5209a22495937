// Which layer each subscribed stream gets out of what the downlink bears. Pure: the same question gets the same answer,
// and asking again with the answer as the present state changes nothing.
import type { TrackKind, VideoQuality } from '../protocol/client-messages.ts';

export interface AllocationLayer {
  readonly quality: VideoQuality;
  /** Measured, best smoothed over a second or more: a cost that wobbles makes the choice wobble. */
  readonly bitsPerSecond: number;
  /** Packets of it came during the last moments; layers that do not flow are never chosen. */
  readonly active: boolean;
}

export interface AllocationStream {
  readonly key: string;
  readonly kind: TrackKind;
  /** The best layer the page has use for. */
  readonly wantedQuality: VideoQuality;
  /** Higher goes first; 0 where the client does not say. */
  readonly priority: number;
  readonly screenShare: boolean;
  /** For audio the sum of `bitsPerSecond` is set aside, whatever the qualities are called. */
  readonly layers: readonly AllocationLayer[];
  /** The last answer; null for a stream that has had none. */
  readonly current: VideoQuality | 'paused' | null;
  /** When `current` last changed for want of room or with new room, on the clock of `nowMs`: the page's own wishes need not wait. */
  readonly currentSinceMs: number;
}

export interface AllocationQuestion {
  /** What the downlink is thought to bear in all; null while nothing is known, and then everything wanted is given. */
  readonly availableBitsPerSecond: number | null;
  readonly streams: readonly AllocationStream[];
  readonly nowMs: number;
}

export type Allocation = ReadonlyMap<string, VideoQuality | 'paused'>;

/** A layer above the present one has to fit this many times over, so that a wobble does not take it away again. */
export const STEP_UP_MARGIN = 1.15;
/** No step up sooner than this after the last change of the same stream; steps down never wait. */
export const STEP_UP_HOLD_MS = 3_000;

interface Candidate {
  readonly stream: AllocationStream;
  /** Active layers up to the wanted one, or the lowest active one where all are above it. */
  readonly layers: readonly AllocationLayer[];
  /** Index into `layers` of what is given so far; −1 nothing. */
  given: number;
  givenBits: number;
  /** Nothing more for this stream in this round: it did not fit or has to wait. */
  settled: boolean;
}

/**
 * Rules, in their order: audio always flows and its bits are set aside first; every video stream gets its lowest layer
 * before any gets a better one, a better one is given layer by layer; within each round higher priority goes first,
 * then screen share before camera, then the cheaper layer. What does not even get its lowest layer is `paused`.
 * A step up needs `STEP_UP_MARGIN` and has to wait `STEP_UP_HOLD_MS`; while it waits its bits are kept free, so that
 * nobody is raised into them only to be lowered again.
 *
 * A stream none of whose layers flows keeps what it has and costs nothing: muted is not paused.
 */
export function allocate(question: AllocationQuestion): Allocation {
  const result = new Map<string, VideoQuality | 'paused'>();
  const candidates: Candidate[] = [];
  let left = question.availableBitsPerSecond ?? Number.POSITIVE_INFINITY;

  for (const stream of question.streams) {
    if (stream.kind === 'audio') {
      result.set(stream.key, stream.wantedQuality);
      for (const layer of stream.layers) if (layer.active) left -= layer.bitsPerSecond;
      continue;
    }
    const layers = eligibleLayers(stream);
    if (layers.length === 0) result.set(stream.key, stream.current ?? stream.wantedQuality);
    else candidates.push({ stream, layers, given: -1, givenBits: 0, settled: false });
  }

  candidates.sort(byImportance);
  for (let round = 0; round < 3; round += 1) {
    for (const candidate of candidates) left -= raise(candidate, left, question.nowMs);
  }
  for (const { stream, layers, given } of candidates) {
    result.set(stream.key, layers[given]?.quality ?? 'paused');
  }
  return result;
}

/** Gives the next layer where it fits `left`; answers the bits that are gone with it, given or kept free. */
function raise(candidate: Candidate, left: number, nowMs: number): number {
  const next = candidate.layers[candidate.given + 1];
  if (next === undefined || candidate.settled) return 0;
  const { current, currentSinceMs } = candidate.stream;
  // A better layer that measures cheaper than a lower one is having a still moment, no more.
  const bits = Math.max(next.bitsPerSecond, candidate.givenBits);
  const more = bits - candidate.givenBits;
  const known = left !== Number.POSITIVE_INFINITY;
  const above = known && current !== null && (current === 'paused' || next.quality > current);
  // The margin is on the whole layer, not on the difference: it is the layer's own rate that wobbles.
  const needed = above ? more + bits * (STEP_UP_MARGIN - 1) : more;
  if (needed > left) {
    candidate.settled = true;
    return 0;
  }
  if (above && nowMs - currentSinceMs < STEP_UP_HOLD_MS) {
    candidate.settled = true;
    return more;
  }
  candidate.given += 1;
  candidate.givenBits = bits;
  return more;
}

function eligibleLayers(stream: AllocationStream): readonly AllocationLayer[] {
  const active = stream.layers.filter((layer) => layer.active).sort((a, b) => a.quality - b.quality);
  const wanted = active.filter((layer) => layer.quality <= stream.wantedQuality);
  return wanted.length > 0 ? wanted : active.slice(0, 1);
}

function byImportance(a: Candidate, b: Candidate): number {
  if (a.stream.priority !== b.stream.priority) return b.stream.priority - a.stream.priority;
  if (a.stream.screenShare !== b.stream.screenShare) return a.stream.screenShare ? -1 : 1;
  const cost = (a.layers[0]?.bitsPerSecond ?? 0) - (b.layers[0]?.bitsPerSecond ?? 0);
  if (cost !== 0) return cost;
  return a.stream.key < b.stream.key ? -1 : 1;
}
