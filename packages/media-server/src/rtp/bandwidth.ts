// How much the way down to one participant bears, found by the sender from what the far end tells of each packet. The
// idea is draft-ietf-rmcat-gcc's (a queue that builds means too much, loss beyond a tenth too); the way of telling a
// queue from jitter (`delay-trend.ts`) and the control below are our own. The estimate is for video to be chosen by:
// audio is set aside by `allocate` before anything else and never waits for it.
import { DelayTrend } from './delay-trend.ts';
import { RateWindow, SentPackets } from './delivery.ts';
import { Probe } from './probe.ts';
import type { TransportFeedback } from './rtcp.ts';

export interface DownlinkEstimate {
  /** Null while nothing is known. */
  readonly bitsPerSecond: number | null;
  /** A queue is building or still there, or a tenth and more is lost. */
  readonly congested: boolean;
  /** Fraction 0…1 of the last packets told of. */
  readonly loss: number;
  readonly roundTripMs: number | null;
  /** How long what is sent now waits on the way, behind what was sent too fast; 0 where no queue is to be worn off. */
  readonly queueMs: number;
}

const LEAST = 50_000;
const MOST = 100_000_000;
/** Before the first sign of trouble: what any line that carries video is trusted with. */
export const FIRST_GUESS = 500_000;
const TRIED_UNSEEN = 250_000;
const DELIVERY_WINDOW_MS = 400;
const QUICK_DELIVERY_WINDOW_MS = 200;
/** After a decrease, nothing of it can be seen before a round trip and this. */
const SETTLE_MS = 200;
/** A queue that did not get shorter for so long is answered by sending still less, and after that many times … */
const STUBBORN_QUEUE_MS = 1_000;
/** … it is no queue: the path grew longer. */
const STUBBORN_DECREASES = 2;
/** A queue that stands soon after less was sent and does not grow is the path's: it sends on in bursts. */
const AGAIN_MS = 15_000;
const SHALLOW_MS = 100;
const BACK_OFF = 0.85;
/** Not more than so many times what is delivered: the rest was never tried. */
const UNTRIED = 1.5;
/** No queue for so long says that what is delivered is borne. */
const PROVEN_MS = 600;
const PROVEN = 0.95;
/** One look does not take more than this: what a starved receiver takes in for a moment says little. */
const LEAST_THROUGH = 0.4;
const LOSS_WINDOW_MS = 500;
const LOSS_LIMIT = 0.1;
/** So long after the last decrease, loss is a new matter. */
const LOSS_CALM_MS = 5_000;
/** A packet overtaken by others is not lost before so long, and more where there is jitter. */
const REORDERING_MS = 50;
/** Feedback this old is told of as missing. */
const SILENCE_MS = 2_000;

export class DownlinkEstimator {
  readonly #sent = new SentPackets();
  readonly #trend = new DelayTrend();
  readonly #delivered = new RateWindow();
  readonly #outgoing = new RateWindow();
  readonly #probe = new Probe();

  #nextSequence = 0;
  #bitsPerSecond: number | null = null;
  #startedMs = Number.NaN;
  #roundTripMs: number | null = null;
  #lastFeedbackMs = Number.NaN;
  #silent = false;

  /** What came through when the link was last full; null while that is unknown or was passed without trouble. */
  #capacity: number | null = null;
  #decreasedMs = Number.NEGATIVE_INFINITY;
  #deepestMs = 0;
  #drainingTo: number | null = null;
  #beforeQueue = 0;
  #stubborn = 0;
  #calmSinceMs = Number.NaN;
  #suspicions = 0;
  #troubledMs = Number.NEGATIVE_INFINITY;

  #lossSinceMs = Number.NaN;
  #loss = 0;
  /** Loss that sending less did not cure: the line's own. */
  #ownLoss = 0;
  #lossCutFrom = 0;
  #lossBefore = 0;

  /** 16 bits, for the header extension of the next packet. */
  nextTransportSequence(): number {
    const sequence = this.#nextSequence;
    this.#nextSequence = (sequence + 1) & 0xffff;
    return sequence;
  }

  /** Every packet, padding and audio too, where it has a transport-wide number. */
  sent(transportSequence: number, sizeBytes: number, nowMs: number): void {
    this.#sent.add(transportSequence, sizeBytes, nowMs);
    this.#outgoing.add(nowMs, sizeBytes);
    this.#probe.sent(transportSequence, sizeBytes, nowMs);
    if (nowMs - this.#lastFeedbackMs > SILENCE_MS && !this.#silent) this.#fallSilent();
  }

  /** A packet that is sent again as it was, with the number it had: first or second, it counts once. */
  sentAgain(transportSequence: number): void {
    this.#sent.markAgain(transportSequence);
  }

  onTransportFeedback(feedback: TransportFeedback, nowMs: number): void {
    const { arrivalsMs } = feedback;
    let newestSentMs = Number.NaN;
    for (let i = 0; i < arrivalsMs.length; i += 1) {
      const sequence = (feedback.baseSequenceNumber + i) & 0xffff;
      const sentMs = this.#sent.sentMs(sequence);
      if (Number.isNaN(sentMs)) continue;
      const arrivedMs = arrivalsMs[i] ?? null;
      if (arrivedMs === null) {
        this.#sent.markLost(sequence);
        continue;
      }
      const size = this.#sent.sizeBytes(sequence);
      this.#sent.markReceived(sequence);
      this.#delivered.add(arrivedMs, size);
      if (!this.#sent.wasAgain(sequence)) this.#trend.add(sentMs, arrivedMs);
      this.#probe.received(sequence, size, sentMs, arrivedMs);
      if (!(sentMs <= newestSentMs)) newestSentMs = sentMs;
    }
    if (Number.isNaN(newestSentMs)) return;
    if (Number.isNaN(this.#startedMs)) this.#startedMs = nowMs;
    this.#noteRoundTrip(nowMs - newestSentMs);
    this.#trend.evaluate();
    this.#sent.count(newestSentMs - REORDERING_MS - 3 * this.#trend.noiseMs);
    const elapsedMs = Math.min(1_000, Math.max(0, nowMs - this.#lastFeedbackMs || 0));
    this.#lastFeedbackMs = nowMs;
    this.#silent = false;
    this.#control(elapsedMs, nowMs);
  }

  /** The receiver's own estimate (draft-alvestrand-rmcat-remb): counts only where it sends no transport feedback. */
  onRemb(bitsPerSecond: number, nowMs: number): void {
    if (this.#hearsFeedback(nowMs)) return;
    this.#set(bitsPerSecond);
  }

  /** `fractionLost` 0…1 of the stream that lost most; `roundTripMs` null where unknown. */
  onReceiverReport(fractionLost: number, roundTripMs: number | null, nowMs: number): void {
    if (roundTripMs !== null) this.#noteRoundTrip(roundTripMs);
    if (this.#hearsFeedback(nowMs)) return;
    this.#loss = fractionLost;
    const elapsedMs = Math.min(5_000, Math.max(0, nowMs - this.#lastFeedbackMs || 0));
    this.#lastFeedbackMs = nowMs;
    this.#silent = false;
    const outgoing = this.#outgoing.bitsPerSecond(1_000);
    if (outgoing === null) return;
    if (fractionLost > LOSS_LIMIT) {
      this.#set(Math.min(this.#bitsPerSecond ?? outgoing, outgoing) * (1 - fractionLost / 2));
      this.#decreasedMs = nowMs;
    } else if (this.#bitsPerSecond === null) {
      this.#set(Math.max(FIRST_GUESS, outgoing * UNTRIED));
    } else if (fractionLost < 0.02 && this.#bitsPerSecond < outgoing * UNTRIED) {
      this.#set(this.#bitsPerSecond * 1.05 ** (elapsedMs / 1000));
    }
  }

  estimate(nowMs: number): DownlinkEstimate {
    const lossy = this.#loss - this.#ownLoss > LOSS_LIMIT;
    return {
      bitsPerSecond: this.#bitsPerSecond === null ? null : Math.round(this.#bitsPerSecond),
      congested: this.#drainingTo !== null || lossy || nowMs - this.#decreasedMs < 1_000,
      loss: this.#loss,
      roundTripMs: this.#roundTripMs,
      queueMs: this.#drainingTo === null ? 0 : Math.max(0, this.#trend.standingMs),
    };
  }

  /**
   * Bytes of padding to send now, to find out whether there is room above the estimate; mostly 0. Ask every 10 to 50 ms, and
   * only while some stream gets less than the page wants: padding costs the participant's data volume.
   */
  probeSize(nowMs: number): number {
    if (this.#bitsPerSecond === null || !this.#hearsFeedback(nowMs) || this.#drainingTo !== null) return 0;
    if (!this.#trend.quiet || this.#loss - this.#ownLoss > LOSS_LIMIT / 2) return 0;
    return this.#probe.size(this.#bitsPerSecond, nowMs);
  }

  #control(elapsedMs: number, nowMs: number): void {
    const delivered = this.#delivered.bitsPerSecond(DELIVERY_WINDOW_MS);
    this.#measureLoss(delivered, nowMs);
    if (delivered === null) return;
    if (this.#bitsPerSecond === null && nowMs - this.#startedMs > 1_000) {
      this.#set(Math.max(FIRST_GUESS, delivered * UNTRIED));
    }
    const trouble = this.#trend.growing || this.#trend.standing;
    this.#suspicions = trouble ? this.#suspicions + 1 : 0;
    if (this.#suspicions >= 2 || (trouble && this.#trend.steep)) {
      this.#troubledMs = nowMs;
      this.#onQueue(delivered, nowMs);
      return;
    }
    if (trouble) this.#troubledMs = nowMs;
    else if (this.#drainingTo === null && nowMs - this.#troubledMs > PROVEN_MS) {
      // It comes through without a queue: whatever the estimate fell for, the link bears this.
      const proven = delivered * PROVEN;
      if (proven > (this.#bitsPerSecond ?? proven)) this.#set(proven);
    }
    const found = this.#probe.result(nowMs, this.#trend.baselineMs + 2 * this.#trend.noiseMs);
    if (found !== null) this.#onProbe(found);
    if (!this.#trend.quiet) {
      this.#calmSinceMs = Number.NaN;
      return;
    }
    if (this.#drainingTo !== null) {
      this.#set(Math.max(this.#bitsPerSecond ?? 0, this.#drainingTo));
      this.#drainingTo = null;
    }
    if (Number.isNaN(this.#calmSinceMs)) this.#calmSinceMs = nowMs;
    this.#increase(delivered, elapsedMs, nowMs);
  }

  #onProbe(found: number): void {
    if (this.#probe.full) this.#capacity = found;
    else if (this.#capacity !== null && found > this.#capacity) this.#capacity = null;
    const safe = found * (this.#probe.full ? 0.9 : 0.95);
    if (safe > (this.#bitsPerSecond ?? 0)) this.#set(safe);
  }

  #onQueue(delivered: number, nowMs: number): void {
    this.#calmSinceMs = Number.NaN;
    this.#probe.abandon(nowMs);
    const sinceMs = nowMs - this.#decreasedMs;
    if (this.#drainingTo !== null && !this.#trend.growing) this.#drain(this.#drainingTo);
    const standingMs = this.#trend.standingMs;
    if (standingMs > this.#deepestMs) this.#deepestMs = standingMs;
    if (sinceMs < (this.#roundTripMs ?? 100) + SETTLE_MS) return;
    if (this.#drainingTo === null) {
      if (!this.#trend.growing && sinceMs < AGAIN_MS && standingMs < SHALLOW_MS) {
        this.#trend.tolerateStanding();
        return;
      }
      this.#stubborn = 0;
      this.#beforeQueue = this.#bitsPerSecond ?? delivered;
    } else if (!this.#trend.growing) {
      if (this.#trend.blind || sinceMs < STUBBORN_QUEUE_MS || standingMs <= 0.8 * this.#deepestMs) return;
      if (this.#stubborn === STUBBORN_DECREASES) {
        this.#trend.acceptStanding();
        this.#drainingTo = null;
        this.#set(this.#beforeQueue * BACK_OFF);
        return;
      }
      this.#stubborn += 1;
    }
    // While there is a queue, what comes through is what the link bears, however little is sent.
    const quick = this.#delivered.bitsPerSecond(QUICK_DELIVERY_WINDOW_MS) ?? delivered;
    const least = LEAST_THROUGH * (this.#bitsPerSecond ?? 0);
    const most = this.#drainingTo === null ? this.#beforeQueue : delivered;
    const through = Math.max(least, Math.min(delivered, quick, most));
    this.#capacity = through;
    this.#drainingTo = Math.max(LEAST, through * BACK_OFF);
    this.#drain(this.#drainingTo);
    this.#decreasedMs = nowMs;
    this.#deepestMs = standingMs;
    this.#trend.startAnew(nowMs);
  }

  /** The deeper the queue, the further below what the link bears, until it is gone: half a second of it takes a second then. */
  #drain(to: number): void {
    this.#set(to * (1 - 0.4 * Math.min(1, this.#trend.standingMs / 500)));
  }

  #increase(delivered: number, elapsedMs: number, nowMs: number): void {
    const now = this.#bitsPerSecond;
    if (now === null || this.#loss - this.#ownLoss > LOSS_LIMIT) return;
    const seconds = elapsedMs / 1000;
    if (now > delivered * UNTRIED) {
      // Where all video waits nothing could ever show that there is room again: a lowest layer is tried now and then.
      if (now < TRIED_UNSEEN) this.#set(now * 1.05 ** seconds);
      return;
    }
    if (this.#capacity !== null && now > this.#capacity * 1.15) this.#capacity = null;
    if (this.#capacity !== null && now > this.#capacity * 0.8) {
      this.#set(now + this.#capacity * 0.03 * seconds);
      return;
    }
    // Long calm is trusted more: 8 % a second at first, 30 % after two seconds.
    const calm = Math.min(1, (nowMs - this.#calmSinceMs) / 2_000);
    this.#set(Math.min(now * (1.08 + 0.22 * calm) ** seconds, Math.max(now, delivered * UNTRIED)));
  }

  #measureLoss(delivered: number | null, nowMs: number): void {
    if (Number.isNaN(this.#lossSinceMs)) this.#lossSinceMs = nowMs;
    if (nowMs - this.#lossSinceMs < LOSS_WINDOW_MS || this.#sent.counted < 10) return;
    const counted = this.#sent.counted;
    this.#loss = this.#sent.takeLoss();
    this.#lossSinceMs = nowMs;
    if (this.#loss < this.#ownLoss) this.#ownLoss += (this.#loss - this.#ownLoss) / 10;
    const excess = this.#loss - this.#ownLoss;
    // Few packets say little: chance alone makes a tenth out of a twentieth now and then.
    const doubt = Math.sqrt((this.#loss * (1 - this.#loss)) / counted);
    if (excess - doubt <= LOSS_LIMIT) {
      if (nowMs - this.#decreasedMs > LOSS_CALM_MS) this.#lossCutFrom = 0;
      return;
    }
    const now = this.#bitsPerSecond ?? delivered;
    if (now === null || nowMs - this.#decreasedMs < (this.#roundTripMs ?? 100) + SETTLE_MS) return;
    if (this.#lossCutFrom === 0) {
      this.#lossCutFrom = now;
      this.#lossBefore = this.#loss;
    } else if (now < this.#lossCutFrom * 0.6 && this.#loss > this.#lossBefore * 0.6) {
      // As much is lost at little more than half the rate: it is not the rate.
      this.#ownLoss = this.#loss;
      this.#set(Math.max(now, this.#lossCutFrom * BACK_OFF));
      this.#lossCutFrom = 0;
      return;
    }
    this.#probe.abandon(nowMs);
    this.#capacity = delivered;
    this.#set(now * (1 - excess / 2));
    this.#decreasedMs = nowMs;
    this.#calmSinceMs = Number.NaN;
  }

  #noteRoundTrip(ms: number): void {
    this.#roundTripMs = this.#roundTripMs === null ? ms : this.#roundTripMs + (ms - this.#roundTripMs) / 8;
  }

  #hearsFeedback(nowMs: number): boolean {
    return !Number.isNaN(this.#startedMs) && nowMs - this.#lastFeedbackMs <= 2 * SILENCE_MS;
  }

  /** Nothing is heard: whatever the link bore before is believed by half, once. */
  #fallSilent(): void {
    if (Number.isNaN(this.#lastFeedbackMs)) return;
    this.#silent = true;
    this.#trend.reset();
    this.#delivered.reset();
    this.#drainingTo = null;
    if (this.#bitsPerSecond !== null) this.#set(this.#bitsPerSecond / 2);
  }

  #set(bitsPerSecond: number): void {
    this.#bitsPerSecond = Math.min(MOST, Math.max(LEAST, bitsPerSecond));
  }
}
