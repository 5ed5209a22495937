import {
  type ParticipantInfo,
  ParticipantInfo_State,
  ParticipantUpdate,
  type Room as RoomInfo,
  RoomUpdate,
} from '@livekit/protocol';
import type { ServerMessage } from '../protocol/server-messages.ts';
import { Departures } from './departures.ts';
import type { Participant } from './participant.ts';
import { ParticipantUpdates, updateBatchMs } from './participant-updates.ts';
import type { Timer, Timers } from './timers.ts';

/** How long news of the room itself (how many are in it) may wait for more. */
const roomUpdateMs = 1_000;

/** What a room tells everybody: who is there and how they are, and the room's own metadata and numbers. */
export class News {
  readonly #timers: Timers;
  readonly #nowMs: () => number;
  readonly #participants: () => Participant[];
  readonly #room: () => RoomInfo;
  readonly #updates = new ParticipantUpdates();
  readonly #departures = new Departures();
  #batch: Timer | null = null;
  #roomUpdate: Timer | null = null;

  constructor(timers: Timers, nowMs: () => number, participants: () => Participant[], room: () => RoomInfo) {
    this.#timers = timers;
    this.#nowMs = nowMs;
    this.#participants = participants;
    this.#room = room;
  }

  /** Those whom a participant may know of. */
  othersOf(participant: Participant): ParticipantInfo[] {
    return this.#participants()
      .filter((other) => other !== participant && !other.grants.hidden)
      .map((other) => other.info);
  }

  /** Brings a participant's news to the others. One that is hidden now is gone, to them. */
  tellOf(participant: Participant, how: { immediate: boolean; toSelf: boolean }): void {
    const { info } = participant;
    if (how.toSelf) participant.send(update([info]));
    if (participant.grants.hidden) {
      if (!participant.visible) return;
      this.left(participant);
      participant.visible = false;
      info.state = ParticipantInfo_State.DISCONNECTED;
      info.tracks = [];
    } else {
      participant.visible = true;
    }
    for (const now of this.#updates.push(info, how.immediate, this.#nowMs()))
      this.tellOthers(participant, now);
    if (this.#updates.isEmpty) return;
    this.#batch ??= this.#timers.after(updateBatchMs, () => {
      this.#batch = null;
      this.#tellBatch(this.#updates.take());
    });
  }

  tellOthers(about: Participant, info: ParticipantInfo): void {
    for (const other of this.#participants()) if (other !== about) other.send(update([info]));
  }

  /** For the others it is gone: those who cannot be told now are told when they are back. */
  left(participant: Participant): void {
    if (participant.visible) this.#departures.add(participant.info, this.#nowMs());
  }

  /** To one that is back: who left since, whom it may still think present, and who is there. */
  repeatTo(participant: Participant, lastHeardMs: number): void {
    const present = this.othersOf(participant);
    const left = this.#departures
      .since(lastHeardMs)
      .filter(
        ({ sid, identity }) => sid !== participant.sid && !present.some((p) => p.identity === identity),
      );
    if (left.length > 0) participant.send(update(left));
    participant.send(update([participant.info, ...present]));
    participant.send({ case: 'roomUpdate', value: new RoomUpdate({ room: this.#room() }) });
  }

  tellRoomSoon(): void {
    this.#roomUpdate ??= this.#timers.after(roomUpdateMs, () => this.tellRoom());
  }

  tellRoom(): void {
    this.#roomUpdate?.cancel();
    this.#roomUpdate = null;
    const room = this.#room();
    for (const participant of this.#participants()) {
      participant.send({ case: 'roomUpdate', value: new RoomUpdate({ room }) });
    }
  }

  #tellBatch(infos: readonly ParticipantInfo[]): void {
    for (const other of this.#participants()) {
      const news = infos.filter(({ sid }) => sid !== other.sid);
      if (news.length > 0) other.send(update(news));
    }
  }
}

function update(participants: ParticipantInfo[]): ServerMessage {
  return { case: 'update', value: new ParticipantUpdate({ participants }) };
}
