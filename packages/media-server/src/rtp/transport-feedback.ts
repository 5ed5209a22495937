// Transport-wide congestion control feedback, draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1: which
// packets of a whole connection came, and when.

const PART_TYPE = 205;
const FORMAT = 15;
const TICKS_PER_MS = 4;
const TICKS_PER_REFERENCE = 256;
const NOT_RECEIVED = 0;
const SMALL_DELTA = 1;
const LARGE_DELTA = 2;
const MAX_RUN = 0x1fff;
/** Bytes before the first status chunk. */
export const FEEDBACK_HEADER_BYTES = 20;

export interface TransportFeedback {
  readonly senderSsrc: number;
  readonly mediaSsrc: number;
  /** Transport-wide number of the first status, 16 bits. */
  readonly baseSequenceNumber: number;
  /** Counts feedbacks, 8 bits: a gap tells of lost feedback. */
  readonly feedbackCount: number;
  /**
   * One for each number from the base on: when it arrived, by the receiver's clock in ms (steps of 0.25), or null where it
   * did not. That clock has no known zero and jumps by 2^24 × 64 ms when it wraps (every twelve days).
   */
  readonly arrivalsMs: readonly (number | null)[];
}

/** In ticks of 250 µs, the resolution of the format. */
export function toFeedbackTicks(arrivalMs: number): number {
  return Math.round(arrivalMs * TICKS_PER_MS);
}

/** Whether the format can tell an arrival this many ticks after the one before. */
export function fitsFeedbackDelta(ticks: number): boolean {
  return ticks >= -0x8000 && ticks <= 0x7fff;
}

/** Null where malformed, empty, without any arrival, or with more than `maxStatuses` (a run of 8,191 costs two bytes only). */
export function parseTransportFeedback(part: Buffer, maxStatuses: number): TransportFeedback | null {
  if (part.length < FEEDBACK_HEADER_BYTES + 2) return null;
  const count = part.readUInt16BE(14);
  if (count === 0 || count > maxStatuses) return null;
  const statuses = new Uint8Array(count);
  let at = FEEDBACK_HEADER_BYTES;
  let filled = 0;
  while (filled < count) {
    if (at + 2 > part.length) return null;
    const chunk = part.readUInt16BE(at);
    at += 2;
    if (chunk < 0x8000) {
      const end = Math.min(count, filled + (chunk & MAX_RUN));
      statuses.fill(chunk >> 13, filled, end);
      filled = end;
    } else if (chunk < 0xc000) {
      for (let bit = 13; bit >= 0 && filled < count; bit -= 1) statuses[filled++] = (chunk >> bit) & 1;
    } else {
      for (let bit = 12; bit >= 0 && filled < count; bit -= 2) statuses[filled++] = (chunk >> bit) & 3;
    }
  }
  const arrivalsMs: (number | null)[] = [];
  let ticks = part.readIntBE(16, 3) * TICKS_PER_REFERENCE;
  for (const status of statuses) {
    if (status === NOT_RECEIVED) {
      arrivalsMs.push(null);
      continue;
    }
    // The fourth status is reserved: what follows it cannot be read.
    if (status > LARGE_DELTA || at + status > part.length) return null;
    ticks += status === SMALL_DELTA ? part.readUInt8(at) : part.readInt16BE(at);
    at += status;
    arrivalsMs.push(ticks / TICKS_PER_MS);
  }
  return {
    senderSsrc: part.readUInt32BE(4),
    mediaSsrc: part.readUInt32BE(8),
    baseSequenceNumber: part.readUInt16BE(12),
    feedbackCount: part.readUInt8(19),
    arrivalsMs,
  };
}

/**
 * The reference time is that of the first arrival, so at least one is needed.
 * @throws RangeError without an arrival, with more than 65,535 statuses, or where two arrivals are 8.19 s apart or more.
 */
export function writeTransportFeedback(feedback: TransportFeedback): Buffer {
  const { arrivalsMs } = feedback;
  const first = arrivalsMs.find((arrival) => arrival !== null);
  if (first === undefined || first === null) throw new RangeError('A transport feedback needs an arrival');
  if (arrivalsMs.length > 0xffff) throw new RangeError('Too many statuses for one transport feedback');
  const reference = Math.floor(toFeedbackTicks(first) / TICKS_PER_REFERENCE);
  const statuses = new Uint8Array(arrivalsMs.length);
  const deltas: number[] = [];
  let before = reference * TICKS_PER_REFERENCE;
  let deltaBytes = 0;
  arrivalsMs.forEach((arrival, index) => {
    if (arrival === null) return;
    const ticks = toFeedbackTicks(arrival);
    const delta = ticks - before;
    if (!fitsFeedbackDelta(delta)) throw new RangeError('Arrivals too far apart for one transport feedback');
    before = ticks;
    const status = delta >= 0 && delta <= 0xff ? SMALL_DELTA : LARGE_DELTA;
    statuses[index] = status;
    deltaBytes += status;
    deltas.push(delta);
  });
  const chunks = packStatuses(statuses);
  const used = FEEDBACK_HEADER_BYTES + chunks.length * 2 + deltaBytes;
  const padding = (4 - (used % 4)) % 4;
  const out = Buffer.alloc(used + padding);
  out[0] = 0x80 | (padding > 0 ? 0x20 : 0) | FORMAT;
  out[1] = PART_TYPE;
  out.writeUInt16BE(out.length / 4 - 1, 2);
  out.writeUInt32BE(feedback.senderSsrc >>> 0, 4);
  out.writeUInt32BE(feedback.mediaSsrc >>> 0, 8);
  out.writeUInt16BE(feedback.baseSequenceNumber & 0xffff, 12);
  out.writeUInt16BE(statuses.length, 14);
  // Modulo 2^24 by hand: a clock that ran for months is beyond what `&` can hold.
  out.writeUIntBE(((reference % 0x1_00_00_00) + 0x1_00_00_00) % 0x1_00_00_00, 16, 3);
  out[19] = feedback.feedbackCount & 0xff;
  let at = FEEDBACK_HEADER_BYTES;
  for (const chunk of chunks) at = out.writeUInt16BE(chunk, at);
  for (const delta of deltas) {
    at = delta >= 0 && delta <= 0xff ? out.writeUInt8(delta, at) : out.writeInt16BE(delta, at);
  }
  if (padding > 0) out[out.length - 1] = padding;
  return out;
}

/** Each chunk takes at least seven statuses, the last one what is left. */
function packStatuses(statuses: Uint8Array): number[] {
  const chunks: number[] = [];
  let at = 0;
  while (at < statuses.length) {
    const symbol = statuses[at] ?? NOT_RECEIVED;
    let run = 1;
    while (run < MAX_RUN && statuses[at + run] === symbol) run += 1;
    const narrow = run >= 14 ? 0 : narrowLength(statuses, at);
    if (run >= 14 || (run >= 7 && narrow < 14)) {
      chunks.push((symbol << 13) | run);
      at += run;
    } else if (narrow === 14) {
      let chunk = 0x8000;
      for (let i = 0; i < 14; i += 1) chunk |= (statuses[at + i] ?? NOT_RECEIVED) << (13 - i);
      chunks.push(chunk);
      at += 14;
    } else {
      let chunk = 0xc000;
      for (let i = 0; i < 7; i += 1) chunk |= (statuses[at + i] ?? NOT_RECEIVED) << (12 - 2 * i);
      chunks.push(chunk);
      at += 7;
    }
  }
  return chunks;
}

/** How many of the next 14 fit one bit each; what is behind the end counts as not received. */
function narrowLength(statuses: Uint8Array, from: number): number {
  let length = 0;
  while (length < 14 && (statuses[from + length] ?? NOT_RECEIVED) <= SMALL_DELTA) length += 1;
  return length;
}
