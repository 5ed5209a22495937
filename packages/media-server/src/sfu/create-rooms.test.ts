import { DisconnectReason, LeaveRequest_Action, ParticipantInfo_State } from '@livekit/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MediaError } from '../media-error.ts';
import type { RoomSettings } from '../protocol/access.ts';
import { accessOf, createWorld, FakeSink, plainWish, type World } from './fixture.ts';

const noSettings: RoomSettings = {
  emptyTimeoutSeconds: null,
  departureTimeoutSeconds: null,
  maxParticipants: null,
  metadata: null,
  syncStreams: null,
};

let world: World;
const worlds: World[] = [];
const use = (made: World): World => {
  world = made;
  worlds.push(made);
  return made;
};
beforeEach(() => {
  vi.useFakeTimers();
  use(createWorld());
});
afterEach(async () => {
  for (const { rooms, links } of worlds.splice(0)) {
    await rooms.close(DisconnectReason.SERVER_SHUTDOWN);
    expect(links.openCount).toBe(0);
    expect(rooms.counts).toEqual({ rooms: 0, participants: 0, publishedTracks: 0, subscriptions: 0 });
  }
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return error instanceof MediaError ? error.code : 'another error';
  }
  return 'none';
};

describe('one who joins', () => {
  test('is told of itself, the room, those who are there, and how to stay', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const [join] = bo.sink.all('join');
    expect(join).toMatchObject({
      room: { name: 'room', numParticipants: 2 },
      participant: { identity: 'bo', sid: bo.sid },
      otherParticipants: [
        { identity: 'anna', sid: anna.sid, state: ParticipantInfo_State.ACTIVE, clientProtocol: 1 },
      ],
      subscriberPrimary: false,
      pingInterval: 5,
      pingTimeout: 15,
      fastPublish: true,
      serverVersion: '1.13.0',
    });
    expect(join?.sifTrailer.length).toBe(16);
    expect(join?.enabledPublishCodecs[0]?.mime).toBe('video/VP8');
    expect(bo.sink.messages[0]?.case).toBe('join');
  });

  test('on the older path has the subscriber as its primary connection, which the server starts after the join', () => {
    const anna = world.join('anna', {}, { mode: 'v0' });
    expect(anna.sink.last('join').subscriberPrimary).toBe(true);
    expect(anna.link.started).toBe(1);
  });

  test('is seen by the others once, as active, when media is through at once', () => {
    const anna = world.join('anna');
    anna.sink.clear();
    const bo = world.join('bo');
    vi.advanceTimersByTime(1000);
    expect(anna.sink.all('update').flatMap((update) => update.participants)).toMatchObject([
      { sid: bo.sid, state: ParticipantInfo_State.ACTIVE },
    ]);
    expect(anna.sink.last('roomUpdate').room?.numParticipants).toBe(2);
  });

  test('gets tracks of the others, and they get its own', () => {
    const anna = world.join('anna');
    const camera = anna.publish({ kind: 'video' });
    const bo = world.join('bo');
    expect(bo.link.subscribed.get(camera)).toMatchObject({ publisherSid: anna.sid, stream: 'camera' });
    const microphone = bo.publish();
    expect(anna.link.subscribed.has(microphone)).toBe(true);
    expect(bo.link.subscribed.has(microphone)).toBe(false);
    expect(anna.sink.last('update').participants[0]?.tracks[0]).toMatchObject({
      sid: microphone,
      mid: '0',
      mimeType: 'audio/opus',
    });
  });

  test('may announce tracks and offer with the join request itself', () => {
    const offer = { type: 'offer', sdp: 'v=0', id: 1, midToTrackId: {} } as const;
    const anna = world.join('anna', {}, { publisherOffer: offer });
    expect(anna.link.received).toEqual([{ kind: 'offer', description: offer }]);
  });

  test('without the grant, a name, or a room gets nowhere', () => {
    const join = (change: Parameters<typeof accessOf>[1], identity = 'anna') =>
      codeOf(() => world.join(identity, change));
    expect(join({ roomJoin: false })).toBe('permission_denied');
    expect(join({}, '')).toBe('invalid_argument');
    expect(join({ room: '' })).toBe('invalid_argument');
    expect(join({ room: 'x'.repeat(257) })).toBe('invalid_argument');
    expect(world.links.openCount).toBe(0);
  });

  test('takes metadata of its own along only where its token lets it', () => {
    const wish = { metadata: 'mine', attributes: { a: '1', b: '' } };
    expect(codeOf(() => world.join('anna', {}, wish))).toBe('permission_denied');
    const anna = world.join('anna', { canUpdateOwnMetadata: true }, wish);
    expect(anna.sink.last('join').participant).toMatchObject({ metadata: 'mine', attributes: { a: '1' } });
  });

  test('and never gets its media through is sent away in time, and counts as aborted', () => {
    const sink = new FakeSink();
    world.rooms.join(accessOf('anna'), plainWish, sink);
    vi.advanceTimersByTime(15_000);
    expect(sink.last('leave')).toMatchObject({
      reason: DisconnectReason.JOIN_FAILURE,
      action: LeaveRequest_Action.DISCONNECT,
    });
    expect(sink.closed).toBe(1);
    expect(world.events.map(({ event }) => event)).toEqual([
      'room_started',
      'participant_connection_aborted',
    ]);
  });

  test('where rooms are not made by joining needs one that is there, or the grant to make it', () => {
    use(createWorld({ settings: { autoCreate: false } }));
    expect(codeOf(() => world.join('anna'))).toBe('not_found');
    world.join('bo', { roomCreate: true });
    expect(codeOf(() => world.join('anna'))).toBe('none');
  });

  test('is refused where the room is full; recorders and agents take no seat, and who returns keeps its own', () => {
    world.rooms.create('room', { ...noSettings, maxParticipants: 1 });
    world.join('anna');
    expect(codeOf(() => world.join('bo'))).toBe('resource_exhausted');
    world.join('recorder', { recorder: true, hidden: true });
    expect(codeOf(() => world.join('anna'))).toBe('none');
  });

  test('is refused where the server or the room holds as many as it may', () => {
    use(createWorld({ limits: { maxParticipants: 3, maxParticipantsPerRoom: 2, maxRooms: 2 } }));
    world.join('anna');
    world.join('bo');
    expect(codeOf(() => world.join('cai'))).toBe('resource_exhausted');
    world.join('cai', { room: 'second' });
    expect(codeOf(() => world.join('dan', { room: 'second' }))).toBe('resource_exhausted');
    expect(codeOf(() => world.rooms.create('third', noSettings))).toBe('resource_exhausted');
  });
});

describe('one who leaves', () => {
  test('is answered, closed, and gone for the others with its tracks', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const sid = bo.publish();
    bo.say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
    expect(bo.sink.last('leave').reason).toBe(DisconnectReason.CLIENT_INITIATED);
    expect(bo.sink.closed).toBe(1);
    expect(bo.link.closed).toBe(1);
    expect(anna.link.subscribed.has(sid)).toBe(false);
    expect(anna.sink.last('update').participants).toMatchObject([
      {
        sid: bo.sid,
        state: ParticipantInfo_State.DISCONNECTED,
        disconnectReason: DisconnectReason.CLIENT_INITIATED,
        tracks: [],
      },
    ]);
  });

  test('for one of the same identity is told so, and the others see only the new one', () => {
    const watcher = world.join('watcher');
    const older = world.join('anna');
    older.publish();
    watcher.sink.clear();
    const newer = world.join('anna');
    expect(older.sink.last('leave')).toMatchObject({
      reason: DisconnectReason.DUPLICATE_IDENTITY,
      action: LeaveRequest_Action.DISCONNECT,
    });
    vi.advanceTimersByTime(1000);
    const told = watcher.sink.all('update').flatMap((update) => update.participants);
    expect(new Set(told.map(({ sid }) => sid))).toEqual(new Set([newer.sid]));
    expect(watcher.link.subscribed.size).toBe(0);
    older.say({ kind: 'ping', timestamp: 1n });
    expect(older.sink.all('pong')).toEqual([]);
  });

  test('because something threw takes nobody along, and is asked to come again', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    bo.link.failure = new Error('of ours');
    bo.say({ kind: 'trickle', target: 'publisher', candidate: null });
    expect(bo.sink.last('leave')).toMatchObject({
      reason: DisconnectReason.STATE_MISMATCH,
      action: LeaveRequest_Action.RECONNECT,
    });
    expect(world.rooms.participants('room')).toMatchObject([{ identity: 'anna' }]);
    anna.say({ kind: 'ping', timestamp: 1n });
    expect(anna.sink.all('pong')).toHaveLength(1);
  });

  test('because its own link throws while it is given the track of another leaves that other untouched', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    bo.link.failure = new Error('of ours');
    const sid = anna.publish();
    expect(anna.sink.all('leave')).toEqual([]);
    expect(world.rooms.participants('room')).toMatchObject([{ identity: 'anna', tracks: [{ sid }] }]);
  });

  test('because its transport failed is asked to come again from the start', () => {
    const anna = world.join('anna');
    anna.link.events.onFailed('transport', '');
    expect(anna.sink.last('leave')).toMatchObject({
      reason: DisconnectReason.CONNECTION_TIMEOUT,
      action: LeaveRequest_Action.RECONNECT,
    });
  });

  test('tells of webhooks in their order, tracks and rooms named as LiveKit does', () => {
    const anna = world.join('anna');
    anna.publish();
    anna.say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
    vi.advanceTimersByTime(20_000);
    expect(world.events.map(({ event }) => event)).toEqual([
      'room_started',
      'participant_joined',
      'track_published',
      'track_unpublished',
      'participant_left',
      'room_finished',
    ]);
    expect(world.events[4]).toMatchObject({
      room: { numParticipants: 0 },
      participant: { state: ParticipantInfo_State.DISCONNECTED, identity: 'anna' },
    });
  });
});

describe('one whose socket is gone', () => {
  test('before media came through leaves at once', () => {
    const sink = new FakeSink();
    const attendance = world.rooms.join(accessOf('anna'), plainWish, sink);
    attendance.signalLost(sink);
    expect(world.rooms.counts.participants).toBe(0);
  });

  test('stays for a while and then leaves with that reason', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    anna.attendance.signalLost(anna.sink);
    vi.advanceTimersByTime(11_999);
    expect(world.rooms.counts.participants).toBe(2);
    vi.advanceTimersByTime(1);
    expect(world.rooms.counts.participants).toBe(1);
    expect(bo.sink.last('update').participants[0]?.disconnectReason).toBe(DisconnectReason.SIGNAL_CLOSE);
  });

  test('takes up where it was on another socket, and hears who came and went meanwhile', () => {
    const anna = world.join('anna');
    const gone = world.join('gone');
    vi.advanceTimersByTime(1000);
    anna.attendance.signalLost(anna.sink);
    gone.say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
    world.join('new');
    const sink = new FakeSink();
    const wish = { ...plainWish, reconnect: true, participantSid: anna.sid };
    const attendance = world.rooms.resume(accessOf('anna'), wish, sink);
    expect(attendance?.participantSid).toBe(anna.sid);
    expect(sink.messages.map((message) => message.case)).toEqual([
      'reconnect',
      'update',
      'update',
      'roomUpdate',
    ]);
    expect(sink.all('update')[0]?.participants).toMatchObject([
      { sid: gone.sid, state: ParticipantInfo_State.DISCONNECTED },
    ]);
    expect(sink.all('update')[1]?.participants.map(({ identity }) => identity)).toEqual(['anna', 'new']);
    expect(anna.link.resumed).toBe(1);
    vi.advanceTimersByTime(60_000);
    expect(world.rooms.counts.participants).toBe(2);
  });

  test('does not see one that was hidden meanwhile', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    anna.attendance.signalLost(anna.sink);
    world.rooms.updateParticipant('room', 'bo', {
      metadata: null,
      name: null,
      attributes: {},
      permission: { hidden: true },
    });
    const sink = new FakeSink();
    world.rooms.resume(accessOf('anna'), plainWish, sink);
    expect(sink.all('update').map((update) => update.participants)).toMatchObject([
      [{ sid: bo.sid, state: ParticipantInfo_State.DISCONNECTED }],
      [{ identity: 'anna' }],
    ]);
  });

  test('has the older socket closed, whose end then means nothing', () => {
    const anna = world.join('anna');
    world.rooms.resume(accessOf('anna'), plainWish, new FakeSink());
    expect(anna.sink.closed).toBe(1);
    anna.attendance.signalLost(anna.sink);
    vi.advanceTimersByTime(60_000);
    expect(world.rooms.counts.participants).toBe(1);
  });

  test('is told to start anew where its media do not come in either', () => {
    const anna = world.join('anna');
    anna.link.isSilent = true;
    const sink = new FakeSink();
    expect(world.rooms.resume(accessOf('anna'), plainWish, sink)).toBeNull();
    expect(sink.messages).toEqual([]);
  });

  test('cannot take up what is not there, is not its own, or came in another way', () => {
    const sink = new FakeSink();
    expect(world.rooms.resume(accessOf('anna'), plainWish, sink)).toBeNull();
    world.join('anna');
    expect(world.rooms.resume(accessOf('anna'), { ...plainWish, participantSid: 'PA_x' }, sink)).toBeNull();
    expect(world.rooms.resume(accessOf('anna'), { ...plainWish, mode: 'v0' }, sink)).toBeNull();
    expect(sink.messages).toEqual([]);
  });

  test('says what it believes: unwanted tracks are given back, unknown ones of its own need a new start', () => {
    const anna = world.join('anna');
    const first = anna.publish();
    const second = anna.publish({ kind: 'video' });
    const bo = world.join('bo');
    const state = {
      kind: 'syncState',
      offer: null,
      answer: null,
      subscription: { trackSids: [first], subscribe: false },
      publishTracks: [],
      disabledTrackSids: [second],
    } as const;
    bo.say(state);
    expect([...bo.link.subscribed.keys()]).toEqual([second]);
    expect(bo.link.subscribed.get(second)?.setting?.disabled).toBe(true);
    bo.say({ ...state, publishTracks: [{ cid: 'c', trackSid: 'TR_unknown' }] });
    expect(bo.sink.last('leave')).toMatchObject({
      reason: DisconnectReason.STATE_MISMATCH,
      action: LeaveRequest_Action.RECONNECT,
    });
  });
});

describe('a room', () => {
  test('that nobody comes to ends after its time, and one that was left after a shorter one', () => {
    world.rooms.create('empty', { ...noSettings, emptyTimeoutSeconds: 30 });
    const anna = world.join('anna');
    anna.say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
    vi.advanceTimersByTime(19_999);
    expect(world.rooms.list([]).map(({ name }) => name)).toEqual(['empty', 'room']);
    vi.advanceTimersByTime(1);
    expect(world.rooms.list([]).map(({ name }) => name)).toEqual(['empty']);
    vi.advanceTimersByTime(10_000);
    expect(world.rooms.list([])).toEqual([]);
  });

  test('where only a recorder is left ends too, and lives on when somebody returns in time', () => {
    world.join('anna').say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
    const recorder = world.join('recorder', { recorder: true });
    vi.advanceTimersByTime(15_000);
    const again = world.join('anna');
    vi.advanceTimersByTime(60_000);
    expect(world.rooms.counts.participants).toBe(2);
    again.say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
    vi.advanceTimersByTime(20_000);
    expect(recorder.sink.last('leave').reason).toBe(DisconnectReason.ROOM_CLOSED);
    expect(world.rooms.counts.rooms).toBe(0);
  });

  test('that is deleted sends everybody away', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    world.rooms.remove('room');
    for (const { sink } of [anna, bo]) {
      expect(sink.last('leave').reason).toBe(DisconnectReason.ROOM_DELETED);
    }
    expect(codeOf(() => world.rooms.remove('room'))).toBe('not_found');
  });

  test('tells its metadata at once, and is made only once', () => {
    const anna = world.join('anna');
    expect(world.rooms.updateMetadata('room', 'new').metadata).toBe('new');
    expect(anna.sink.last('roomUpdate').room?.metadata).toBe('new');
    const { sid } = world.rooms.create('room', { ...noSettings, metadata: 'other' });
    expect(world.rooms.list(['room'])).toMatchObject([{ sid, metadata: 'new' }]);
    expect(codeOf(() => world.rooms.updateMetadata('room', 'x'.repeat(65_537)))).toBe('invalid_argument');
  });

  test('is not made any more while the server drains, which ends with the last participant', async () => {
    const anna = world.join('anna');
    let drained = false;
    const drain = world.rooms.drain().then(() => {
      drained = true;
    });
    await Promise.resolve();
    expect(drained).toBe(false);
    expect(codeOf(() => world.join('bo', { room: 'other' }))).toBe('unavailable');
    const bo = world.join('bo');
    anna.say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
    bo.say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
    await drain;
    expect(drained).toBe(true);
  });

  test('closes with the server: everybody is told, nobody comes any more', async () => {
    const anna = world.join('anna');
    await world.rooms.close(DisconnectReason.SERVER_SHUTDOWN);
    expect(anna.sink.last('leave').reason).toBe(DisconnectReason.SERVER_SHUTDOWN);
    expect(codeOf(() => world.join('bo'))).toBe('unavailable');
  });
});

test('an event that nobody can take disturbs nothing', () => {
  use(
    createWorld({
      onEvent: () => {
        throw new Error('of a webhook');
      },
    }),
  );
  const anna = world.join('anna');
  anna.publish();
  expect(anna.sink.all('leave')).toEqual([]);
});

test('nothing that people are called or say is logged', () => {
  const anna = world.joinAs({ ...accessOf('anna-identity'), name: 'anna-name', metadata: 'anna-metadata' });
  anna.link.events.onConnected();
  anna.publish();
  anna.link.events.onFailed('description', 'v=0 secret');
  expect(world.logged.length).toBeGreaterThan(3);
  expect(JSON.stringify(world.logged)).not.toMatch(/anna|secret/);
});
