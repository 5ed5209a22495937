// What signalling and administration see of the rooms. Implemented in this folder; one `Rooms` is one media server.
import type { DisconnectReason, ParticipantInfo, Room as RoomInfo, TrackInfo } from '@livekit/protocol';
import type { Access, Grants, RoomSettings } from '../protocol/access.ts';
import type { ClientMessage, JoinWish } from '../protocol/client-messages.ts';
import type { ServerMessage } from '../protocol/server-messages.ts';

/** The participant's way to its client, given by `signal/`. Sending to a socket that is gone is silent. */
export interface SignalSink {
  send(message: ServerMessage): void;
  /** Says nothing more and closes the socket; the leave message, where one is due, was sent before. */
  close(): void;
}

/** A participant in a room, as the socket that serves it has it. */
export interface Attendance {
  readonly participantSid: string;
  receive(message: ClientMessage): void;
  /** The socket is gone without a leave: the participant stays for a resume, then leaves with SIGNAL_CLOSE. */
  signalLost(sink: SignalSink): void;
}

export type RoomEvent =
  | { readonly event: 'room_started' | 'room_finished'; readonly room: RoomInfo }
  | {
      readonly event: 'participant_joined' | 'participant_left' | 'participant_connection_aborted';
      readonly room: RoomInfo;
      readonly participant: ParticipantInfo;
    }
  | {
      readonly event: 'track_published' | 'track_unpublished';
      readonly room: RoomInfo;
      readonly participant: ParticipantInfo;
      readonly track: TrackInfo;
    };

/** All throw MediaError (`not_found`, `invalid_argument`, `resource_exhausted`, `unavailable` while draining, …). */
export interface Rooms {
  /** Sends the join response and all that follows through `sink`. Makes the room where the settings allow it. */
  join(access: Access, wish: JoinWish, sink: SignalSink): Attendance;
  /** Takes up a participant whose socket was lost; null where there is none to resume (the edge answers leave{RECONNECT}). */
  resume(access: Access, wish: JoinWish, sink: SignalSink): Attendance | null;

  create(name: string, settings: RoomSettings): RoomInfo;
  /** All rooms, or those of `names` that exist. */
  list(names: readonly string[]): RoomInfo[];
  remove(name: string): void;
  participants(room: string): ParticipantInfo[];
  participant(room: string, identity: string): ParticipantInfo;
  removeParticipant(room: string, identity: string): void;
  muteTrack(room: string, identity: string, trackSid: string, muted: boolean): TrackInfo;
  updateParticipant(
    room: string,
    identity: string,
    change: {
      readonly metadata: string | null;
      readonly name: string | null;
      readonly attributes: Readonly<Record<string, string>>;
      readonly permission: Partial<Grants> | null;
    },
  ): ParticipantInfo;
  updateSubscriptions(
    room: string,
    identity: string,
    change: { readonly trackSids: readonly string[]; readonly subscribe: boolean },
  ): void;
  sendData(
    room: string,
    message: {
      readonly kind: 'reliable' | 'lossy';
      readonly payload: Uint8Array;
      readonly topic: string | null;
      readonly destinationIdentities: readonly string[];
      readonly destinationSids: readonly string[];
      readonly nonce: Uint8Array;
    },
  ): void;
  updateMetadata(room: string, metadata: string): RoomInfo;

  /** No new rooms from now on; resolves when the last one is empty. Joining an existing room still works. */
  drain(): Promise<void>;
  readonly counts: RoomCounts;
  /** Everybody leaves with `reason`; resolves when nothing is left open. */
  close(reason: DisconnectReason): Promise<void>;
}

/** For metrics and the leak check. */
export interface RoomCounts {
  readonly rooms: number;
  readonly participants: number;
  readonly publishedTracks: number;
  readonly subscriptions: number;
}
