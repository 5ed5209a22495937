import type { ClientMessage } from '../protocol/client-messages.ts';
import type { MediaSink } from './link.ts';
import type { Timer } from './timers.ts';
import type { Track } from './track.ts';

export type TrackSetting = Omit<Extract<ClientMessage, { kind: 'trackSetting' }>, 'kind' | 'trackSids'>;

export type SubscriptionState =
  /** Only settings, or nothing: the participant does not want the track. */
  | { readonly kind: 'unwanted' }
  /** Wanted, and not to be had at the moment: the track is not there, the publisher or a grant forbids it, or a limit. */
  | { readonly kind: 'waiting' }
  | { readonly kind: 'live'; readonly track: Track; readonly sink: MediaSink }
  | { readonly kind: 'closed' };

/** What one participant wants of one track, and whether it has it. */
export class Subscription {
  readonly trackSid: string;
  #state: SubscriptionState = { kind: 'unwanted' };
  #setting: TrackSetting | null = null;
  /** What the subscriber was last told of the publisher's permission; null where it was told nothing. */
  permitted: boolean | null = null;
  /** Runs while the track is not found. */
  #giveUp: Timer | null = null;

  private constructor(trackSid: string) {
    this.trackSid = trackSid;
  }

  static create(trackSid: string): Subscription {
    return new Subscription(trackSid);
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  get wanted(): boolean {
    return this.#state.kind === 'waiting' || this.#state.kind === 'live';
  }

  want(): void {
    if (this.#state.kind === 'unwanted') this.#state = { kind: 'waiting' };
  }

  goLive(track: Track, sink: MediaSink): void {
    if (this.#state.kind !== 'waiting') throw new Error(`a ${this.#state.kind} subscription cannot go live`);
    this.stopGivingUp();
    this.#state = { kind: 'live', track, sink };
    if (this.#setting !== null) sink.configure(this.#setting);
  }

  /** The track is out of reach; the wish stays. The owner takes the sink back. */
  pause(): void {
    if (this.#state.kind === 'live') this.#state = { kind: 'waiting' };
  }

  unwant(): void {
    this.stopGivingUp();
    if (this.#state.kind !== 'closed') this.#state = { kind: 'unwanted' };
  }

  configure(setting: TrackSetting): void {
    this.#setting = setting;
    if (this.#state.kind === 'live') this.#state.sink.configure(setting);
  }

  giveUpWith(timer: () => Timer): void {
    this.#giveUp ??= timer();
  }

  stopGivingUp(): void {
    this.#giveUp?.cancel();
    this.#giveUp = null;
  }

  close(): void {
    this.stopGivingUp();
    this.#state = { kind: 'closed' };
  }
}
