import { Crowd } from './crowd.ts';
import { joinToken } from './join-token.ts';
import type { MediaPlan, MemberReport } from './messages.ts';

/**
 * Speech that pauses for nobody costs a client more than anything else here. What grows with the hours does so by the
 * packet, by the join and by the object that is not let go, not by the pixel.
 */
export const lightMedia: MediaPlan = {
  video: { width: 160, height: 90, framesPerSecond: 5, simulcast: false, bitsPerSecond: 40_000 },
  audio: false,
  dataPerSecond: 1,
};

/** Counted over everybody who has left. */
export interface SoakTotals {
  joins: number;
  failures: number;
  dropped: number;
  reconnections: number;
  packets: number;
  lost: number;
}

/** Calls that go on, with one of them ending and beginning anew whenever it is told to. Owns the processes. */
export class SoakCalls {
  readonly totals: SoakTotals = { joins: 0, failures: 0, dropped: 0, reconnections: 0, packets: 0, lost: 0 };
  readonly #crowd: Crowd;
  readonly #url: string;
  readonly #media: MediaPlan;
  /** Which time around each call is in. */
  readonly #rounds: number[];
  #next = 0;

  private constructor(crowd: Crowd, url: string, media: MediaPlan, calls: number) {
    this.#crowd = crowd;
    this.#url = url;
    this.#media = media;
    this.#rounds = Array.from({ length: calls }, () => 0);
  }

  static async start(url: string, { calls, media }: { readonly calls: number; readonly media: MediaPlan }) {
    const crowd = await Crowd.start({ niceness: 10 });
    const soak = new SoakCalls(crowd, url, media, calls);
    for (let call = 0; call < calls; call += 1) await soak.#join(call);
    return soak;
  }

  /** The call whose turn it is ends, and begins again with others in another room. */
  async churn(): Promise<void> {
    const call = this.#next;
    this.#next = (call + 1) % this.#rounds.length;
    await this.#leave(call);
    this.#rounds[call] = (this.#rounds[call] ?? 0) + 1;
    await this.#join(call);
  }

  async leaveAll(): Promise<void> {
    for (let call = 0; call < this.#rounds.length; call += 1) await this.#leave(call);
  }

  close(): Promise<void> {
    return this.#crowd.close();
  }

  /** What the clients take since it was asked last. */
  measure() {
    return this.#crowd.measure();
  }

  #names(call: number) {
    const room = `soak-${call}-${this.#rounds[call]}`;
    return { room, identities: [`${room}-a`, `${room}-b`] };
  }

  async #join(call: number): Promise<void> {
    const { room, identities } = this.#names(call);
    await Promise.all(
      identities.map(async (identity) => {
        const token = await joinToken(room, identity);
        this.totals.joins += 1;
        await this.#crowd.join({ identity, url: this.#url, token, joinAtNs: '0', media: this.#media });
      }),
    );
  }

  async #leave(call: number): Promise<void> {
    const { identities } = this.#names(call);
    const reports = await Promise.all(identities.map((identity) => this.#crowd.finish(identity)));
    await Promise.all(identities.map((identity) => this.#crowd.leave(identity)));
    for (const report of reports) this.#count(report);
  }

  #count({ failure, dropped, reconnections, audio, video }: MemberReport): void {
    const { totals } = this;
    totals.failures += failure === null ? 0 : 1;
    totals.dropped += dropped.length;
    totals.reconnections += reconnections;
    for (const media of [audio, video]) {
      totals.packets += media?.packets ?? 0;
      totals.lost += Math.max(0, media?.lost ?? 0);
    }
  }
}
