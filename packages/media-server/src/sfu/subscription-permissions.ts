import type { TrackPermission } from '../protocol/client-messages.ts';

/** What one publisher allows others to see of it: everything, until it says otherwise. */
export class SubscriptionPermissions {
  /** By identity, so that whoever comes back has what it had; null where all are allowed. */
  #byIdentity: ReadonlyMap<string, TrackPermission> | null = null;

  /**
   * Replaces what was said before. Entries name a subscriber by identity, or by sid (`identityOf` finds whose it is);
   * one who cannot be found is left out. False where an entry names nobody: then nothing changes.
   */
  replace(
    allParticipants: boolean,
    permissions: readonly TrackPermission[],
    identityOf: (sid: string) => string | null,
  ): boolean {
    if (allParticipants) {
      this.#byIdentity = null;
      return true;
    }
    const next = new Map<string, TrackPermission>();
    for (const permission of permissions) {
      if (permission.participantIdentity === '' && permission.participantSid === '') return false;
      const identity = permission.participantIdentity || identityOf(permission.participantSid);
      if (identity !== null) next.set(identity, permission);
    }
    this.#byIdentity = next;
    return true;
  }

  allows(identity: string, trackSid: string): boolean {
    if (this.#byIdentity === null) return true;
    const permission = this.#byIdentity.get(identity);
    return permission !== undefined && (permission.allTracks || permission.trackSids.includes(trackSid));
  }
}
