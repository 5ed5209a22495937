import { DisconnectReason, ParticipantInfo_State } from '@livekit/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createWorld, type World } from './fixture.ts';

let world: World;
beforeEach(() => {
  vi.useFakeTimers();
  world = createWorld();
});
afterEach(async () => {
  await world.rooms.close(DisconnectReason.SERVER_SHUTDOWN);
  expect(vi.getTimerCount()).toBe(0);
  expect(world.links.openCount).toBe(0);
  vi.useRealTimers();
});

describe('one who joins', () => {
  test('is told of itself, the room, those who are there, and how to stay', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const [join] = bo.sink.all('join');
    expect(join).toMatchObject({
      room: { name: 'room', numParticipants: 2 },
      participant: { identity: 'bo', sid: bo.sid },
      otherParticipants: [{ identity: 'anna', sid: anna.sid, state: ParticipantInfo_State.ACTIVE }],
      subscriberPrimary: false,
      pingInterval: 5,
      pingTimeout: 15,
      fastPublish: true,
      serverVersion: '1.13.0',
    });
    expect(join?.sifTrailer.length).toBe(16);
    expect(join?.enabledPublishCodecs[0]?.mime).toBe('video/VP8');
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

  test('leaves, and the others see it go', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const sid = bo.publish();
    bo.say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
    expect(bo.sink.last('leave').reason).toBe(DisconnectReason.CLIENT_INITIATED);
    expect(bo.sink.closed).toBe(1);
    expect(bo.link.closed).toBe(1);
    expect(anna.link.subscribed.has(sid)).toBe(false);
    expect(anna.sink.last('update').participants).toMatchObject([
      { sid: bo.sid, state: ParticipantInfo_State.DISCONNECTED },
    ]);
  });
});
