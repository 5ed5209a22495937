import { DisconnectReason, type ICEServer, type ServerInfo } from '@livekit/protocol';
import type { Clock } from '../clock.ts';
import type { Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { MediaError } from '../media-error.ts';
import type { Access, RoomSettings } from '../protocol/access.ts';
import type { JoinWish } from '../protocol/client-messages.ts';
import { changeClaims, claimsOverLimit } from './claims.ts';
import { updateSubscriptions } from './client-requests.ts';
import type { MediaLinks } from './link.ts';
import type { Participant } from './participant.ts';
import { Room, type RoomHost } from './room.ts';
import type { Attendance, RoomEvent, Rooms, SignalSink } from './rooms.ts';
import { type SignToken, TokenRefresh } from './token-refresh.ts';

export interface RoomsOptions {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly links: MediaLinks;
  /** What happened, in order, for webhooks. */
  readonly onEvent: (event: RoomEvent) => void;
  readonly serverInfo: ServerInfo;
  readonly iceServers: () => ICEServer[];
  readonly settings: {
    /** Rooms come into being when somebody joins them; else only by `create`, or a token with `roomCreate`. */
    readonly autoCreate: boolean;
    readonly emptyTimeoutSeconds: number;
    readonly departureTimeoutSeconds: number;
    /** Administrators may unmute what others muted (LiveKit's `enable_remote_unmute`); no, unless said so. */
    readonly remoteUnmute?: boolean;
  };
  /** For the tokens that participants are sent while they are connected; without it they are sent none. */
  readonly signToken?: SignToken;
  readonly log: Log;
}

/** The rooms of one media server. */
export function createRooms(options: RoomsOptions): Rooms {
  return new RoomsOfServer(options);
}

class RoomsOfServer implements Rooms {
  readonly #options: RoomsOptions;
  readonly #rooms = new Map<string, Room>();
  readonly #host: RoomHost;
  readonly #drained: (() => void)[] = [];
  #accepting: 'all' | 'present' | 'none' = 'all';

  constructor(options: RoomsOptions) {
    this.#options = options;
    const { clock, limits, links, serverInfo, iceServers, settings, log } = options;
    this.#host = {
      clock,
      limits,
      links,
      serverInfo,
      iceServers,
      log,
      defaults: settings,
      tokens: new TokenRefresh(options.signToken ?? null, clock, log),
      onEvent: (event) => {
        try {
          options.onEvent(event);
        } catch {
          log.error({ event: event.event }, 'an event of a room was not taken');
        }
      },
      onParticipantClosed: () => this.#settleDrain(),
      onClosed: (room) => {
        if (this.#rooms.get(room.name) === room) this.#rooms.delete(room.name);
        this.#settleDrain();
      },
    };
  }

  join(access: Access, wish: JoinWish, sink: SignalSink): Attendance {
    this.#assertMayJoin(access);
    const { limits } = this.#options;
    const known = this.#rooms.get(access.grants.room)?.find(access.identity);
    if (known === undefined && this.counts.participants >= limits.maxParticipants) {
      throw new MediaError('resource_exhausted', 'too many participants on this server');
    }
    const wished = withWishedClaims(access, wish, limits);
    const room = this.#rooms.get(access.grants.room) ?? this.#createToJoin(access);
    return this.#attend(room, room.join(wished, wish, sink));
  }

  resume(access: Access, wish: JoinWish, sink: SignalSink): Attendance | null {
    this.#assertMayJoin(access);
    const room = this.#rooms.get(access.grants.room);
    const participant = room?.find(access.identity);
    if (room === undefined || participant === undefined) return null;
    // Another session took the identity over, or the client changed its way of connecting: that needs a new start.
    const isSame = wish.participantSid === '' || wish.participantSid === participant.sid;
    if (!isSame || participant.wish.mode !== wish.mode) return null;
    // Its network is another one, or just back: where it resumes it waits for a connection that does not come.
    if (participant.link.isSilent) return null;
    room.resume(participant, wish, sink);
    return this.#attend(room, participant);
  }

  create(name: string, settings: RoomSettings): ReturnType<Rooms['create']> {
    return (this.#rooms.get(name) ?? this.#create(name, settings)).info;
  }

  list(names: readonly string[]): ReturnType<Rooms['list']> {
    const rooms = [...this.#rooms.values()];
    return (names.length === 0 ? rooms : rooms.filter(({ name }) => names.includes(name))).map(
      (room) => room.info,
    );
  }

  remove(name: string): void {
    this.#room(name).close(DisconnectReason.ROOM_DELETED);
  }

  participants(room: string): ReturnType<Rooms['participants']> {
    // As LiveKit: nobody is in a room that does not exist.
    return this.#rooms.get(room)?.participants.map((participant) => participant.info) ?? [];
  }

  participant(room: string, identity: string): ReturnType<Rooms['participant']> {
    return this.#participant(room, identity).info;
  }

  removeParticipant(room: string, identity: string): void {
    this.#participant(room, identity).close(DisconnectReason.PARTICIPANT_REMOVED);
  }

  muteTrack(
    room: string,
    identity: string,
    trackSid: string,
    muted: boolean,
  ): ReturnType<Rooms['muteTrack']> {
    const participant = this.#reached(room).find(identity) ?? unreachable();
    if (!muted && this.#options.settings.remoteUnmute !== true) {
      throw new MediaError('failed_precondition', 'remote unmute not enabled');
    }
    let track: ReturnType<Participant['publications']['mute']> = null;
    participant.guard(() => {
      track = participant.publications.mute(trackSid, muted, true);
    });
    return track ?? notFound('track is not found');
  }

  updateParticipant(
    room: string,
    identity: string,
    change: Parameters<Rooms['updateParticipant']>[2],
  ): ReturnType<Rooms['updateParticipant']> {
    const participant = this.#participant(room, identity);
    const claims = {
      name: change.name ?? '',
      metadata: change.metadata ?? '',
      attributes: change.attributes,
    };
    assertClaims(this.#options.limits, claims);
    participant.guard(() => participant.changeClaims(claims));
    const { permission } = change;
    if (permission !== null) participant.guard(() => participant.changeGrants(permission));
    return participant.info;
  }

  updateSubscriptions(
    room: string,
    identity: string,
    change: Parameters<Rooms['updateSubscriptions']>[2],
  ): void {
    const participant = this.#reached(room).find(identity) ?? unreachable();
    participant.guard(() => updateSubscriptions(participant, change.trackSids, change.subscribe));
  }

  sendData(room: string, message: Parameters<Rooms['sendData']>[1]): void {
    if (message.nonce.length !== 0 && message.nonce.length !== 16) {
      throw new MediaError('invalid_argument', 'nonce should be 16 bytes or not present');
    }
    if (message.payload.length > this.#options.limits.maxDataBytes) {
      throw new MediaError('invalid_argument', 'data size exceeds limits');
    }
    this.#reached(room).sendData(message);
  }

  updateMetadata(name: string, metadata: string): ReturnType<Rooms['updateMetadata']> {
    const room = this.#room(name);
    this.#assertRoomMetadata(metadata);
    room.setMetadata(metadata);
    return room.info;
  }

  drain(): Promise<void> {
    if (this.#accepting === 'all') this.#accepting = 'present';
    return new Promise((resolve) => {
      this.#drained.push(resolve);
      this.#settleDrain();
    });
  }

  get counts(): Rooms['counts'] {
    const counts = { rooms: this.#rooms.size, participants: 0, publishedTracks: 0, subscriptions: 0 };
    for (const room of this.#rooms.values()) {
      counts.participants += room.counts.participants;
      counts.publishedTracks += room.counts.publishedTracks;
      counts.subscriptions += room.counts.subscriptions;
    }
    return counts;
  }

  async close(reason: DisconnectReason): Promise<void> {
    this.#accepting = 'none';
    for (const room of [...this.#rooms.values()]) room.close(reason);
  }

  #attend(room: Room, participant: Participant): Attendance {
    return {
      participantSid: participant.sid,
      receive: (message) => room.receive(participant, message),
      signalLost: (sink) => participant.guard(() => participant.signalLost(sink)),
    };
  }

  #assertMayJoin(access: Access): void {
    const { limits } = this.#options;
    if (this.#accepting === 'none') throw new MediaError('unavailable', 'server is shutting down');
    if (!access.grants.roomJoin) throw new MediaError('permission_denied', 'permissions denied');
    if (access.identity === '') throw new MediaError('invalid_argument', 'identity cannot be empty');
    if (access.identity.length > limits.maxNameLength) {
      throw new MediaError('invalid_argument', 'participant identity length exceeds limits');
    }
    assertClaims(limits, access);
  }

  #createToJoin(access: Access): Room {
    if (!this.#options.settings.autoCreate && !access.grants.roomCreate) {
      return notFound('requested room does not exist');
    }
    return this.#create(access.grants.room, access.roomSettings);
  }

  #create(name: string, settings: RoomSettings | null): Room {
    const { limits } = this.#options;
    if (name === '') throw new MediaError('invalid_argument', 'no room name');
    if (name.length > limits.maxNameLength) {
      throw new MediaError('invalid_argument', 'room name length exceeds limits');
    }
    this.#assertRoomMetadata(settings?.metadata ?? '');
    if (this.#accepting !== 'all') throw new MediaError('unavailable', 'server takes no new rooms');
    if (this.#rooms.size >= limits.maxRooms) {
      throw new MediaError('resource_exhausted', 'too many rooms on this server');
    }
    const room = Room.create(this.#host, name, settings);
    this.#rooms.set(name, room);
    return room;
  }

  #room(name: string): Room {
    return this.#rooms.get(name) ?? notFound('requested room does not exist');
  }

  /** As LiveKit, which asks the node of a room without looking first whether there is one. */
  #reached(name: string): Room {
    return this.#rooms.get(name) ?? unreachable();
  }

  #participant(room: string, identity: string): Participant {
    return this.#room(room).find(identity) ?? notFound('participant does not exist');
  }

  #assertRoomMetadata(metadata: string): void {
    if (Buffer.byteLength(metadata) > this.#options.limits.maxMetadataBytes) {
      throw new MediaError('invalid_argument', 'metadata size exceeds limits');
    }
  }

  #settleDrain(): void {
    if (this.#drained.length === 0 || this.counts.participants > 0) return;
    for (const resolve of this.#drained.splice(0)) resolve();
  }
}

/** Metadata and attributes of the join request, over those of the token, where that allows it. As LiveKit, empty values delete nothing here. */
function withWishedClaims(access: Access, wish: JoinWish, limits: Limits): Access {
  const attributes = Object.fromEntries(Object.entries(wish.attributes).filter(([, value]) => value !== ''));
  if (wish.metadata === '' && Object.keys(attributes).length === 0) return access;
  if (!access.grants.canUpdateOwnMetadata) {
    throw new MediaError('permission_denied', 'does not have permission to update own metadata');
  }
  const wished = changeClaims(access, { name: '', metadata: wish.metadata, attributes });
  assertClaims(limits, wished);
  return wished;
}

function assertClaims(limits: Limits, claims: Pick<Access, 'name' | 'metadata' | 'attributes'>): void {
  const limit = claimsOverLimit(limits, claims);
  if (limit !== null) throw new MediaError('invalid_argument', `${limit} exceeds limits`);
}

function notFound(what: string): never {
  throw new MediaError('not_found', what);
}

function unreachable(): never {
  throw new MediaError('unavailable', 'no response from servers');
}
