import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeReceiverReport } from '../../rtp/rtcp.ts';
import { announcedTrack, Encoder, type FakeClient, payloadTypes, World } from './fixture.ts';

let world: World;
let bob: FakeClient;
let talker: FakeClient;
let speak: () => void;

const data = { mid: '0', kind: 'application', direction: 'sendonly' } as const;
const opus = Buffer.alloc(40, 3);

/** Bob hears what Alice says, fifty packets a second. */
beforeEach(async () => {
  world = new World();
  const alice = world.client('v1', 'PA_alice');
  alice.link.announce(announcedTrack('TR_mic', 'mic', 'audio'));
  await alice.offer([data, { mid: '1', kind: 'audio', direction: 'sendonly', track: 'mic', ssrcs: [21] }]);
  alice.transport.become('connected');
  const encoder = new Encoder(21, payloadTypes.opus);
  talker = alice;
  speak = () => alice.send(encoder.next(opus));
  speak();
  bob = world.client('v1', 'PA_bob');
  await bob.offer([data, { mid: '1', kind: 'audio', direction: 'recvonly' }]);
  bob.transport.become('connected');
  bob.link.subscribe({ source: alice.source('TR_mic'), publisherSid: 'PA_alice', stream: 'mic' });
  await bob.offer([data, { mid: '1', kind: 'audio', direction: 'recvonly' }]);
});

afterEach(async () => {
  expect(await world.end()).toEqual({ timers: 0, transports: 0, links: 0 });
});

/** Seconds in which Alice speaks and Bob does what he does once a second. */
function live(seconds: number, eachSecond: () => void): void {
  for (let tick = 0; tick < seconds * 50; tick++) {
    speak();
    world.pass(20);
    if (tick % 50 === 49) eachSecond();
  }
}

let ssrc = 0;
let highestSequence = 0;
function receive(): void {
  for (const packet of bob.transport.takeRtp()) {
    ssrc = packet.ssrc;
    highestSequence = packet.sequenceNumber;
  }
}
function report(): void {
  const block = { ssrc, highestSequence, fractionLost: 0, cumulativeLost: 0, jitter: 0 };
  bob.send(writeReceiverReport(1, [{ ...block, lastSenderReport: 0, delaySinceLastSenderReport: 0 }]));
}
const receiveAndReport = () => {
  receive();
  report();
};
const deaf = 'failed transport: nothing that is sent arrives';

test('a client that is heard and that nothing reaches is given up after five seconds', () => {
  live(3, receiveAndReport);
  live(4, report);
  expect(bob.told).not.toContain(deaf);
  live(3, report);
  expect(bob.told.at(-1)).toBe(deaf);
});

test('a client that is silent itself is waited for, and given time again once it is back', () => {
  live(3, receiveAndReport);
  live(10, () => {});
  live(4, report);
  live(3, receiveAndReport);
  expect(bob.told).not.toContain(deaf);
});

test('a client that reports seldom is not taken for deaf', () => {
  let second = 0;
  live(30, () => {
    // Of a stream that is not ours: by it the client is heard.
    if (second++ % 8 !== 0) bob.send(writeReceiverReport(1, []));
    else receiveAndReport();
  });
  expect(bob.told).not.toContain(deaf);
});

test('one that never received anything is not given up for it', () => {
  live(3, receive);
  highestSequence = 0;
  ssrc = 0;
  live(10, report);
  expect(bob.told).not.toContain(deaf);
});

test('nothing is expected to arrive while nothing is sent', () => {
  live(3, receiveAndReport);
  for (let second = 0; second < 10; second++) {
    world.pass(1_000);
    report();
  }
  expect(bob.told).not.toContain(deaf);
});

test('one whose sound stays out is silent, but not one that is muted or has nothing to say', () => {
  live(2, receiveAndReport);
  expect(talker.link.isSilent).toBe(false);
  world.pass(4_000);
  expect(talker.link.isSilent).toBe(true);
  expect(bob.link.isSilent).toBe(false);
  speak();
  expect(talker.link.isSilent).toBe(false);
  talker.source('TR_mic').setMuted(true);
  world.pass(4_000);
  expect(talker.link.isSilent).toBe(false);
});
