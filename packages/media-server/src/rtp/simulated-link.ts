// For tests only: a way down with a bottleneck, and a sender and receiver at its ends. Deterministic, no timers: time is
// counted in steps, chance is seeded.
import { DownlinkEstimator } from './bandwidth.ts';

const STEP_MS = 5;
const FRAME_MS = 33;
const PACKET_BYTES = 1_150;
const PADDING_PACKET_BYTES = 267;

export interface LinkConditions {
  readonly bitsPerSecond: number;
  readonly propagationMs?: number;
  /** Even between 0 and this, for each packet by itself: packets overtake each other. */
  readonly jitterMs?: number;
  /** No packet overtakes another, so that they come in bursts. */
  readonly inOrder?: boolean;
  /** Fraction 0…1, each packet by itself. */
  readonly loss?: number;
  /** A bottleneck with a longer queue drops what comes. */
  readonly longestQueueMs?: number;
  /** A receiver short of processor: for so long, once within each `sleepEveryMs`, it takes nothing in. */
  readonly sleepMs?: number;
  readonly sleepEveryMs?: number;
  /** Between two feedbacks; browsers take 50 to 250. */
  readonly feedbackMs?: number;
}

export interface Moment {
  readonly ms: number;
  readonly estimate: number | null;
  readonly queueMs: number;
  readonly videoBitsPerSecond: number;
}

/** A linear congruential generator: 0…1. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export class SimulatedLink {
  readonly estimator = new DownlinkEstimator();
  readonly history: Moment[] = [];
  /** Bytes of padding sent so far. */
  paddingBytes = 0;
  conditions: Required<LinkConditions>;
  /** Video bits per second to send, from the estimate. */
  choose: (estimate: number | null, nowMs: number) => number;
  probing = true;
  nowMs = 1_000;

  readonly #random: () => number;
  #queueBytes = 0;
  #frameDueMs = 0;
  #audioDueMs = 0;
  #feedbackDueMs = 0;
  #feedbackCount = 0;
  #framePackets: number[] = [];
  #inFlight: { arrivalMs: number; sequence: number }[] = [];
  #arrived = new Map<number, number>();
  #nextReported = 0;
  #highestArrived = -1;
  #onTheWayBack: { atMs: number; base: number; arrivalsMs: (number | null)[] }[] = [];
  #sequence = 0;
  #lastArrivalMs = 0;

  constructor(seed: number, conditions: LinkConditions, choose: (estimate: number | null) => number) {
    this.#random = seeded(seed);
    this.conditions = withDefaults(conditions);
    this.choose = choose;
  }

  change(conditions: LinkConditions): void {
    this.conditions = withDefaults(conditions);
  }

  run(seconds: number): void {
    const endMs = this.nowMs + seconds * 1000;
    while (this.nowMs < endMs) this.#step();
  }

  /** What was noted in the last `seconds`. */
  last(seconds: number): Moment[] {
    return this.history.filter(({ ms }) => ms > this.nowMs - seconds * 1000);
  }

  #step(): void {
    this.nowMs += STEP_MS;
    const now = this.nowMs;
    this.#queueBytes = Math.max(0, this.#queueBytes - (this.conditions.bitsPerSecond * STEP_MS) / 8000);
    const { bitsPerSecond } = this.estimator.estimate(now);
    const video = this.choose(bitsPerSecond, now);
    if (now >= this.#audioDueMs) {
      this.#audioDueMs = now + 20;
      this.#send(110);
    }
    if (now >= this.#frameDueMs) {
      this.#frameDueMs = now + FRAME_MS + (this.#random() - 0.5) * 4;
      let bytes = Math.round(((video * FRAME_MS) / 8000) * (0.7 + 0.6 * this.#random()));
      for (; bytes > 0; bytes -= PACKET_BYTES) this.#framePackets.push(Math.min(PACKET_BYTES, bytes) + 50);
    }
    // A browser's pacer spreads a frame over some milliseconds.
    for (let i = 0; i < 4 || this.#framePackets.length > 60; i += 1) {
      const size = this.#framePackets.shift();
      if (size === undefined) break;
      this.#send(size);
    }
    if (this.probing) {
      for (let bytes = this.estimator.probeSize(now); bytes > 0; bytes -= PADDING_PACKET_BYTES) {
        this.paddingBytes += PADDING_PACKET_BYTES;
        this.#send(PADDING_PACKET_BYTES);
      }
    }
    this.#receive(now);
    const queueMs = (this.#queueBytes * 8000) / this.conditions.bitsPerSecond;
    this.history.push({ ms: now, estimate: bitsPerSecond, queueMs, videoBitsPerSecond: video });
  }

  #send(bytes: number): void {
    const sequence16 = this.estimator.nextTransportSequence();
    const sequence = this.#sequence;
    this.#sequence += 1;
    this.estimator.sent(sequence16, bytes, this.nowMs);
    const { bitsPerSecond, propagationMs, jitterMs, loss, longestQueueMs } = this.conditions;
    if (((this.#queueBytes + bytes) * 8000) / bitsPerSecond > longestQueueMs) return;
    this.#queueBytes += bytes;
    if (this.#random() < loss) return;
    const queueMs = (this.#queueBytes * 8000) / bitsPerSecond;
    const earliestMs = this.conditions.inOrder ? this.#lastArrivalMs : 0;
    const arrivesMs = Math.max(earliestMs, this.nowMs + queueMs + propagationMs + this.#random() * jitterMs);
    const arrivalMs = this.#awake(arrivesMs);
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrivalMs);
    this.#inFlight.push({ arrivalMs, sequence });
  }

  #awake(atMs: number): number {
    const { sleepMs, sleepEveryMs } = this.conditions;
    const within = atMs % sleepEveryMs;
    return within < sleepMs ? atMs - within + sleepMs : atMs;
  }

  #receive(now: number): void {
    const still: { arrivalMs: number; sequence: number }[] = [];
    for (const packet of this.#inFlight) {
      if (packet.arrivalMs > now) still.push(packet);
      else {
        // The far clock has a zero of its own and the resolution of the format.
        this.#arrived.set(packet.sequence, Math.round((packet.arrivalMs + 123_456) * 4) / 4);
        this.#highestArrived = Math.max(this.#highestArrived, packet.sequence);
      }
    }
    this.#inFlight = still;
    if (now >= this.#feedbackDueMs && this.#arrived.size > 0) {
      this.#feedbackDueMs = now + this.conditions.feedbackMs;
      const first = Math.min(this.#nextReported, ...this.#arrived.keys());
      const arrivalsMs: (number | null)[] = [];
      for (let s = first; s <= this.#highestArrived; s += 1) arrivalsMs.push(this.#arrived.get(s) ?? null);
      this.#arrived.clear();
      this.#nextReported = this.#highestArrived + 1;
      this.#onTheWayBack.push({
        atMs: now + this.conditions.propagationMs,
        base: first & 0xffff,
        arrivalsMs,
      });
    }
    while ((this.#onTheWayBack[0]?.atMs ?? Number.POSITIVE_INFINITY) <= now) {
      const feedback = this.#onTheWayBack.shift();
      if (feedback === undefined) break;
      this.#feedbackCount = (this.#feedbackCount + 1) & 0xff;
      this.estimator.onTransportFeedback(
        {
          senderSsrc: 1,
          mediaSsrc: 2,
          baseSequenceNumber: feedback.base,
          feedbackCount: this.#feedbackCount,
          arrivalsMs: feedback.arrivalsMs,
        },
        now,
      );
    }
  }
}

function withDefaults(conditions: LinkConditions): Required<LinkConditions> {
  return {
    propagationMs: 25,
    jitterMs: 0,
    inOrder: false,
    loss: 0,
    longestQueueMs: 1_000,
    feedbackMs: 100,
    sleepMs: 0,
    sleepEveryMs: 1_000,
    ...conditions,
  };
}
