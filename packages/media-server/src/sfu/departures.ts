import { ParticipantInfo, ParticipantInfo_State } from '@livekit/protocol';

const kept = 64;

/** Who left a room lately, so that one whose socket was gone meanwhile hears of it when it resumes. */
export class Departures {
  readonly #left: { readonly info: ParticipantInfo; readonly atMs: number }[] = [];

  add(info: ParticipantInfo, atMs: number): void {
    // Enough to name whom it was: what it was called and published is nobody's any more.
    const { sid, identity, version, disconnectReason } = info;
    const state = ParticipantInfo_State.DISCONNECTED;
    this.#left.push({
      info: new ParticipantInfo({ sid, identity, version, disconnectReason, state }),
      atMs,
    });
    if (this.#left.length > kept) this.#left.shift();
  }

  since(atMs: number): ParticipantInfo[] {
    return this.#left.filter((departure) => departure.atMs >= atMs).map(({ info }) => info);
  }
}
