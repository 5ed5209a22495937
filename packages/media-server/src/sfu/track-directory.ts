import { isRecorder } from './grants.ts';
import type { Participant } from './participant.ts';
import type { Track } from './track.ts';

/** The published tracks of one room, and who may have which. */
export class TrackDirectory {
  readonly #participants: () => Participant[];
  readonly #tracks = new Map<string, { readonly track: Track; readonly owner: Participant }>();

  constructor(participants: () => Participant[]) {
    this.#participants = participants;
  }

  get count(): number {
    return this.#tracks.size;
  }

  find(trackSid: string): { readonly track: Track; readonly owner: Participant } | undefined {
    return this.#tracks.get(trackSid);
  }

  /** Null for one's own, for tracks of the hidden, and for those that are not there. */
  resolve(subscriber: Participant, trackSid: string): { track: Track; permitted: boolean } | null {
    const found = this.#tracks.get(trackSid);
    if (found === undefined || found.owner === subscriber || found.owner.grants.hidden) return null;
    // Recorders come without the publishers knowing them, and record what the room holds.
    const permitted =
      isRecorder(subscriber.access) || found.owner.permissions.allows(subscriber.identity, trackSid);
    return { track: found.track, permitted };
  }

  add(owner: Participant, track: Track): void {
    this.#tracks.set(track.sid, { track, owner });
    this.offer(owner);
  }

  remove(track: Track): void {
    this.#tracks.delete(track.sid);
    for (const other of this.#participants()) {
      other.guard(() => other.subscriptions.trackRemoved(track.sid));
    }
  }

  /** All there is to one who has just come. */
  welcome(participant: Participant): void {
    if (!participant.wish.autoSubscribe) return;
    for (const { track, owner } of this.#tracks.values()) {
      if (owner !== participant && !owner.grants.hidden) participant.subscriptions.want(track.sid);
    }
  }

  /** The owner's tracks to everybody else: to those who take what comes, and to those who asked for them before. */
  offer(owner: Participant): void {
    this.#eachOther(owner, (other, track) => {
      if (other.wish.autoSubscribe && !owner.grants.hidden) other.subscriptions.want(track.sid);
      else other.subscriptions.reconcile(track.sid);
    });
  }

  /** The owner allows others other things than before. */
  reconsider(owner: Participant): void {
    this.#eachOther(owner, (other, track) => other.subscriptions.reconcile(track.sid));
  }

  #eachOther(owner: Participant, act: (other: Participant, track: Track) => void): void {
    for (const track of owner.publications.published) {
      for (const other of this.#participants()) {
        if (other !== owner) other.guard(() => act(other, track));
      }
    }
  }
}
