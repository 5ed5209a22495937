import { DisconnectReason, LeaveRequest_Action } from '@livekit/protocol';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SimulatedScenario } from '../protocol/client-messages.ts';
import { accessOf, createWorld, FakeSink, plainWish, type TestClient, type World } from './fixture.ts';

let world: World;
beforeEach(() => {
  vi.useFakeTimers();
  world = createWorld();
});
afterEach(async () => {
  await world.rooms.close(DisconnectReason.SERVER_SHUTDOWN);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const simulate = (client: TestClient, scenario: SimulatedScenario) =>
  client.say({ kind: 'simulate', scenario });
const resume = (client: TestClient) => {
  const sink = new FakeSink();
  const attendance = world.rooms.resume(accessOf(client.identity), plainWish, sink);
  return { sink, attendance };
};

test('a speaker is acted to those who listen, for so many seconds', () => {
  const anna = world.join('anna');
  anna.publish();
  const bo = world.join('bo');
  simulate(anna, { kind: 'speakers', seconds: 3 });
  expect(bo.sink.last('speakersChanged').speakers).toMatchObject([{ sid: anna.sid, active: true }]);
  vi.advanceTimersByTime(3000);
  expect(bo.sink.last('speakersChanged').speakers).toMatchObject([{ sid: anna.sid, active: false }]);
});

test.each(['nodeFailure', 'migration'] as const)(
  'in a %s the socket is gone without a word, and there is nothing to resume',
  (kind) => {
    const anna = world.join('anna');
    simulate(anna, { kind });
    expect(anna.sink.all('leave')).toEqual([]);
    expect(anna.sink.closed).toBe(1);
    expect(resume(anna).attendance).toBeNull();
  },
);

test('the server may send a participant away, for good or to come again', () => {
  const anna = world.join('anna');
  simulate(anna, { kind: 'serverLeave' });
  expect(anna.sink.last('leave').action).toBe(LeaveRequest_Action.DISCONNECT);
  const bo = world.join('bo');
  simulate(bo, { kind: 'leaveRequestFullReconnect' });
  expect(bo.sink.last('leave').action).toBe(LeaveRequest_Action.RECONNECT);
});

test('the signal may drop after a resume, once, and the participant stays', () => {
  const anna = world.join('anna');
  simulate(anna, { kind: 'disconnectSignalOnResume' });
  const first = resume(anna);
  expect(first.sink.last('reconnect')).toBeDefined();
  expect(first.sink.closed).toBe(1);
  expect(resume(anna).sink.closed).toBe(0);
  vi.advanceTimersByTime(60_000);
  expect(world.rooms.counts.participants).toBe(1);
});

test('the signal may drop at three resumes before anything is said', () => {
  const anna = world.join('anna');
  simulate(anna, { kind: 'disconnectSignalOnResumeNoMessages' });
  for (let i = 0; i < 3; i++) {
    const { sink } = resume(anna);
    expect(sink.messages).toEqual([]);
    expect(sink.closed).toBe(1);
  }
  expect(resume(anna).sink.last('reconnect')).toBeDefined();
});

test('a drop that was announced long ago does not come', () => {
  const anna = world.join('anna');
  simulate(anna, { kind: 'disconnectSignalOnResume' });
  vi.advanceTimersByTime(5000);
  expect(resume(anna).sink.closed).toBe(0);
});

test('the downlink may be narrowed; another candidate protocol is not to be had', () => {
  const anna = world.join('anna');
  simulate(anna, { kind: 'subscriberBandwidth', bitsPerSecond: 100_000 });
  expect(anna.link.downlinkLimit).toBe(100_000);
  simulate(anna, { kind: 'candidateProtocol', protocol: 'tcp' });
  expect(anna.sink.all('leave')).toEqual([]);
});

test('pings of both kinds are answered with the server’s time', () => {
  const anna = world.join('anna');
  anna.say({ kind: 'ping', timestamp: 5n });
  expect(anna.sink.last('pong')).toBe(BigInt(Date.now()));
  anna.say({ kind: 'pingReq', timestamp: 5n, rtt: 0n });
  expect(anna.sink.last('pongResp')).toMatchObject({
    lastPingTimestamp: 5n,
    timestamp: BigInt(Date.now()),
  });
});
