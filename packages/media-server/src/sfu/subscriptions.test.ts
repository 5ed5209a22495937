import { DisconnectReason, SubscriptionError } from '@livekit/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TrackPermission } from '../protocol/client-messages.ts';
import { createWorld, type TestClient, type World } from './fixture.ts';

let world: World;
beforeEach(() => {
  vi.useFakeTimers();
  world = createWorld({ limits: { maxSubscriptionsPerParticipant: 2 } });
});
afterEach(async () => {
  await world.rooms.close(DisconnectReason.SERVER_SHUTDOWN);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const allow = (client: TestClient, ...permissions: Partial<TrackPermission>[]) =>
  client.say({
    kind: 'subscriptionPermission',
    allParticipants: false,
    trackPermissions: permissions.map((permission) => ({
      participantSid: '',
      participantIdentity: '',
      allTracks: false,
      trackSids: [],
      ...permission,
    })),
  });
const want = (client: TestClient, trackSid: string, subscribe = true) =>
  client.say({ kind: 'subscription', trackSids: [trackSid], subscribe });
const hasOf = ({ link }: TestClient) => [...link.subscribed.keys()];

describe('a subscription', () => {
  test('comes by itself, ends when it is not wanted, and comes again when it is', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    const bo = world.join('bo');
    want(bo, sid, false);
    expect(hasOf(bo)).toEqual([]);
    want(bo, sid);
    want(bo, sid);
    expect(hasOf(bo)).toEqual([sid]);
  });

  test('is only made when asked for, by one who does not take what comes', () => {
    const bo = world.join('bo', {}, { autoSubscribe: false });
    const anna = world.join('anna');
    const sid = anna.publish();
    expect(hasOf(bo)).toEqual([]);
    want(bo, sid);
    expect(hasOf(bo)).toEqual([sid]);
  });

  test('to a track that is not there yet waits for it, for a minute', () => {
    const bo = world.join('bo', {}, { autoSubscribe: false });
    want(bo, 'TR_none');
    vi.advanceTimersByTime(59_999);
    expect(bo.sink.all('subscriptionResponse')).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(bo.sink.last('subscriptionResponse')).toMatchObject({
      trackSid: 'TR_none',
      err: SubscriptionError.SE_TRACK_NOTFOUND,
    });
  });

  test('ends with the track, and does not come back with the next one unless that is taken too', () => {
    const bo = world.join('bo', {}, { autoSubscribe: false });
    const anna = world.join('anna');
    const sid = anna.publish();
    want(bo, sid);
    anna.link.events.onTrackGone(sid);
    expect(hasOf(bo)).toEqual([]);
    anna.publish();
    expect(hasOf(bo)).toEqual([]);
  });

  test('carries what the page shows, also where that was said before it began', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const shown = { disabled: false, quality: 2, width: 640, height: 360, fps: 15, priority: 1 } as const;
    const first = anna.publish();
    bo.say({ kind: 'trackSetting', trackSids: [first], ...shown });
    expect(bo.link.subscribed.get(first)?.setting).toEqual(shown);
    want(bo, first, false);
    bo.say({ kind: 'trackSetting', trackSids: [first], ...shown, width: 320 });
    want(bo, first);
    expect(bo.link.subscribed.get(first)?.setting?.width).toBe(320);
  });

  test('is not made to one’s own track', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    want(anna, sid);
    expect(hasOf(anna)).toEqual([]);
  });

  test('beyond the limit waits until another ends', () => {
    const anna = world.join('anna');
    const [a, b, c] = ['a', 'b', 'c'].map((cid) => anna.publish({ cid }));
    const bo = world.join('bo');
    expect(hasOf(bo)).toEqual([a, b]);
    want(bo, a ?? '', false);
    expect(hasOf(bo)).toEqual([b, c]);
  });

  test('wishes for what does not exist are bounded', () => {
    const bo = world.join('bo');
    for (let i = 0; i < 8; i++) want(bo, `TR_${i}`);
    expect(bo.sink.all('subscriptionResponse')).toEqual([]);
    want(bo, 'TR_8');
    expect(bo.sink.last('subscriptionResponse').trackSid).toBe('TR_8');
    expect(vi.getTimerCount()).toBeLessThan(25);
  });

  test('that is negotiated is told to the publisher, once', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    const bo = world.join('bo');
    const cai = world.join('cai');
    bo.link.events.onSubscribed(sid);
    cai.link.events.onSubscribed(sid);
    expect(anna.sink.all('trackSubscribed')).toMatchObject([{ trackSid: sid }]);
  });

  test('that the media path cannot give is answered and ends', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    const bo = world.join('bo');
    bo.link.events.onSubscriptionFailed(sid, 'codec');
    expect(bo.sink.last('subscriptionResponse').err).toBe(SubscriptionError.SE_CODEC_UNSUPPORTED);
    expect(hasOf(bo)).toEqual([]);
    expect(world.rooms.counts.subscriptions).toBe(0);
  });

  test('that the media path refuses in the same moment ends too', () => {
    const bo = world.join('bo');
    bo.link.refusesSubscriptions = true;
    world.join('anna').publish();
    expect(bo.sink.last('subscriptionResponse').err).toBe(SubscriptionError.SE_UNKNOWN);
    expect(hasOf(bo)).toEqual([]);
    expect(world.rooms.participants('room')).toHaveLength(2);
  });

  test('may be changed by an administrator', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    const bo = world.join('bo');
    world.rooms.updateSubscriptions('room', 'bo', { trackSids: [sid], subscribe: false });
    expect(hasOf(bo)).toEqual([]);
    world.rooms.updateSubscriptions('room', 'bo', { trackSids: [sid], subscribe: true });
    expect(hasOf(bo)).toEqual([sid]);
  });
});

describe('a publisher', () => {
  test('takes its tracks back from all but those it names, who are told, and gives them again', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    const bo = world.join('bo');
    const cai = world.join('cai');
    allow(anna, { participantIdentity: 'bo', allTracks: true });
    expect(hasOf(bo)).toEqual([sid]);
    expect(hasOf(cai)).toEqual([]);
    expect(cai.sink.last('subscriptionPermissionUpdate')).toMatchObject({
      participantSid: anna.sid,
      trackSid: sid,
      allowed: false,
    });
    anna.say({ kind: 'subscriptionPermission', allParticipants: true, trackPermissions: [] });
    expect(hasOf(cai)).toEqual([sid]);
    expect(cai.sink.last('subscriptionPermissionUpdate').allowed).toBe(true);
  });

  test('allows single tracks, and names participants by sid as well', () => {
    const anna = world.join('anna');
    const first = anna.publish({ cid: 'a' });
    const second = anna.publish({ cid: 'b' });
    const bo = world.join('bo');
    allow(anna, { participantSid: bo.sid, trackSids: [second] }, { participantSid: 'PA_gone' });
    expect(hasOf(bo)).toEqual([second]);
    expect(first).not.toBe(second);
  });

  test('that names nobody in an entry changes nothing', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    const bo = world.join('bo');
    allow(anna, { allTracks: true });
    expect(hasOf(bo)).toEqual([sid]);
  });

  test('restricts those who come later, too; recorders have everything', () => {
    const anna = world.join('anna');
    allow(anna);
    const sid = anna.publish();
    expect(hasOf(world.join('bo'))).toEqual([]);
    expect(hasOf(world.join('recorder', { recorder: true, hidden: true }))).toEqual([sid]);
  });
});
