import { SubscriptionError, SubscriptionPermissionUpdate, SubscriptionResponse } from '@livekit/protocol';
import type { ServerMessage } from '../protocol/server-messages.ts';
import type { MediaLink } from './link.ts';
import { Subscription, type TrackSetting } from './subscription.ts';
import type { Timers } from './timers.ts';
import type { Track } from './track.ts';

/** How long a track that nobody publishes is waited for, as LiveKit does. */
export const trackNotFoundMs = 60_000;
/** Wishes for tracks that do not exist cost memory only up to so many times the limit. */
const wishesPerSubscription = 4;

/** What the subscriptions of one participant need of it and of its room. */
export interface Subscriber {
  readonly sid: string;
  canSubscribe(): boolean;
  /** A published track of somebody else, and whether its publisher lets this participant have it. */
  resolve(trackSid: string): { readonly track: Track; readonly permitted: boolean } | null;
  readonly link: Pick<MediaLink, 'subscribe' | 'unsubscribe'>;
  readonly timers: Timers;
  readonly maxSubscriptions: number;
  send(message: ServerMessage): void;
  /** The first track of a publisher is live now, or the last one no longer. */
  onListening(publisherSid: string, listening: boolean): void;
}

/** Everything one participant wants to receive. Wishes outlive permissions: what is allowed later comes then. */
export class Subscriptions {
  readonly #subscriber: Subscriber;
  readonly #byTrack = new Map<string, Subscription>();
  readonly #listeningTo = new Map<string, number>();
  #live = 0;

  constructor(subscriber: Subscriber) {
    this.#subscriber = subscriber;
  }

  get liveCount(): number {
    return this.#live;
  }

  isListeningTo(publisherSid: string): boolean {
    return this.#listeningTo.has(publisherSid);
  }

  /** Live ones, with their tracks. */
  *live(): IterableIterator<{ readonly track: Track }> {
    for (const { state } of this.#byTrack.values()) if (state.kind === 'live') yield { track: state.track };
  }

  want(trackSid: string): void {
    const subscription = this.#take(trackSid);
    if (subscription === null) {
      this.#answer(trackSid, SubscriptionError.SE_UNKNOWN);
      return;
    }
    subscription.want();
    this.#reconcile(subscription);
  }

  unwant(trackSid: string): void {
    const subscription = this.#byTrack.get(trackSid);
    if (subscription === undefined) return;
    this.#freeing(() => {
      this.#detach(subscription);
      subscription.unwant();
    });
  }

  /** May come before the subscription does, and counts then. */
  configure(trackSid: string, setting: TrackSetting): void {
    this.#take(trackSid)?.configure(setting);
  }

  /** Something about the track changed: it is published, or its publisher allows or forbids it. */
  reconcile(trackSid: string): void {
    const subscription = this.#byTrack.get(trackSid);
    if (subscription !== undefined) this.#reconcile(subscription);
  }

  /** The participant's own grants changed. */
  reconcileAll(): void {
    for (const subscription of [...this.#byTrack.values()]) this.#reconcile(subscription);
  }

  /** Unpublished: the wish ends with the track. */
  trackRemoved(trackSid: string): void {
    const subscription = this.#byTrack.get(trackSid);
    if (subscription === undefined) return;
    this.#freeing(() => {
      this.#detach(subscription);
      subscription.close();
      this.#byTrack.delete(trackSid);
    });
  }

  /** The link could not give it: the wish ends, and the client is told. */
  failed(trackSid: string, error: SubscriptionError): void {
    const subscription = this.#byTrack.get(trackSid);
    if (subscription === undefined) return;
    this.#freeing(() => {
      this.#detach(subscription);
      subscription.unwant();
    });
    this.#answer(trackSid, error);
  }

  /** The link closes its sinks itself. */
  close(): void {
    for (const subscription of this.#byTrack.values()) subscription.close();
    this.#byTrack.clear();
    this.#listeningTo.clear();
    this.#live = 0;
  }

  /** Where all places were taken, one that waits gets what `run` frees. */
  #freeing(run: () => void): void {
    const wasFull = this.#live >= this.#subscriber.maxSubscriptions;
    run();
    if (wasFull && this.#live < this.#subscriber.maxSubscriptions) this.reconcileAll();
  }

  #take(trackSid: string): Subscription | null {
    const known = this.#byTrack.get(trackSid);
    if (known !== undefined) return known;
    if (this.#byTrack.size >= this.#subscriber.maxSubscriptions * wishesPerSubscription) {
      for (const [sid, { state }] of this.#byTrack) if (state.kind === 'unwanted') this.#byTrack.delete(sid);
    }
    if (this.#byTrack.size >= this.#subscriber.maxSubscriptions * wishesPerSubscription) return null;
    const subscription = Subscription.create(trackSid);
    this.#byTrack.set(trackSid, subscription);
    return subscription;
  }

  #reconcile(subscription: Subscription): void {
    if (!subscription.wanted) return;
    if (!this.#subscriber.canSubscribe()) {
      this.#detach(subscription);
      return;
    }
    const found = this.#subscriber.resolve(subscription.trackSid);
    if (found === null) {
      this.#detach(subscription);
      subscription.giveUpWith(() =>
        this.#subscriber.timers.after(trackNotFoundMs, () => {
          subscription.unwant();
          this.#answer(subscription.trackSid, SubscriptionError.SE_TRACK_NOTFOUND);
        }),
      );
      return;
    }
    subscription.stopGivingUp();
    if (subscription.permitted !== found.permitted) {
      subscription.permitted = found.permitted;
      this.#tellPermission(found.track, found.permitted);
    }
    if (!found.permitted) {
      this.#detach(subscription);
      return;
    }
    if (subscription.state.kind === 'waiting' && this.#live < this.#subscriber.maxSubscriptions) {
      this.#attach(subscription, found.track);
    }
  }

  #attach(subscription: Subscription, track: Track): void {
    const { source } = track;
    if (source === null) return;
    const sink = this.#subscriber.link.subscribe({
      source,
      publisherSid: track.owner.sid,
      stream: track.info.stream,
    });
    // The link may have refused it meanwhile, or have failed altogether.
    if (subscription.state.kind !== 'waiting') {
      if (subscription.state.kind === 'unwanted') this.#subscriber.link.unsubscribe(track.sid);
      return;
    }
    subscription.goLive(track, sink);
    this.#live += 1;
    const others = this.#listeningTo.get(track.owner.sid) ?? 0;
    this.#listeningTo.set(track.owner.sid, others + 1);
    if (others === 0) this.#subscriber.onListening(track.owner.sid, true);
  }

  #detach(subscription: Subscription): void {
    const { state } = subscription;
    if (state.kind !== 'live') return;
    subscription.pause();
    this.#live -= 1;
    this.#subscriber.link.unsubscribe(subscription.trackSid);
    const publisherSid = state.track.owner.sid;
    const others = (this.#listeningTo.get(publisherSid) ?? 1) - 1;
    if (others > 0) {
      this.#listeningTo.set(publisherSid, others);
    } else {
      this.#listeningTo.delete(publisherSid);
      this.#subscriber.onListening(publisherSid, false);
    }
  }

  #tellPermission(track: Track, allowed: boolean): void {
    this.#subscriber.send({
      case: 'subscriptionPermissionUpdate',
      value: new SubscriptionPermissionUpdate({
        participantSid: track.owner.sid,
        trackSid: track.sid,
        allowed,
      }),
    });
  }

  #answer(trackSid: string, err: SubscriptionError): void {
    this.#subscriber.send({
      case: 'subscriptionResponse',
      value: new SubscriptionResponse({ trackSid, err }),
    });
  }
}
