import { ConnectionQuality, DisconnectReason } from '@livekit/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createWorld, type quietStats, type TestClient, type World } from './fixture.ts';

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

const speakers = ({ sink }: TestClient) => sink.all('speakersChanged').flatMap((message) => message.speakers);

describe('speakers', () => {
  test('are told to those who listen and to themselves, when they begin and when they stop', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const deaf = world.join('deaf', { canSubscribe: false });
    const sid = anna.publish();
    anna.sourceOf(sid).level = 10;
    vi.advanceTimersByTime(400);
    for (const client of [anna, bo])
      expect(speakers(client)).toMatchObject([{ sid: anna.sid, active: true }]);
    expect(speakers(deaf)).toEqual([]);
    anna.sourceOf(sid).level = 127;
    vi.advanceTimersByTime(400);
    expect(speakers(bo).at(-1)).toMatchObject({ sid: anna.sid, active: false, level: 0 });
  });

  test('are not those who are quiet, muted, or share a sound', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const quiet = anna.publish({ cid: 'a' });
    anna.sourceOf(quiet).level = 40;
    const muted = anna.publish({ cid: 'b' });
    anna.sourceOf(muted).level = 5;
    anna.say({ kind: 'mute', trackSid: muted, muted: true });
    const screen = anna.publish({ cid: 'c', source: 'screen_share_audio' });
    anna.sourceOf(screen).level = 5;
    vi.advanceTimersByTime(2000);
    expect(speakers(bo)).toEqual([]);
  });

  test('are told in eighths and only when that changes', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    anna.sourceOf(anna.publish()).level = 6;
    vi.advanceTimersByTime(4000);
    const levels = speakers(bo).map(({ level }) => level);
    expect(levels).toEqual([...new Set(levels)]);
    expect(levels.every((level) => Number.isInteger(level * 8))).toBe(true);
    expect(levels.at(-1)).toBeCloseTo(0.625);
  });

  test('are told at once to one who begins to listen, and end for one who stops', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    anna.sourceOf(sid).level = 10;
    vi.advanceTimersByTime(400);
    const bo = world.join('bo');
    expect(speakers(bo)).toMatchObject([{ sid: anna.sid, active: true }]);
    bo.say({ kind: 'subscription', trackSids: [sid], subscribe: false });
    expect(speakers(bo).at(-1)).toMatchObject({ sid: anna.sid, active: false });
  });
});

describe('connection quality', () => {
  const qualities = ({ sink }: TestClient) =>
    Object.fromEntries(
      sink.last('connectionQuality').updates.map(({ participantSid, quality }) => [participantSid, quality]),
    );
  /** Packets keep coming while `fromMs` to `toMs` pass. */
  const flow = (client: TestClient, intervals: number, change: Partial<typeof quietStats> = {}) => {
    for (let i = 0; i < intervals; i++) {
      client.link.stats = {
        ...client.link.stats,
        ...change,
        packetsIn: client.link.stats.packetsIn + 100,
      };
      vi.advanceTimersByTime(5000);
    }
  };

  test('is told of oneself and of those one listens to, and again only when it changes', () => {
    const anna = world.join('anna');
    anna.publish();
    const bo = world.join('bo');
    flow(anna, 1);
    expect(qualities(bo)).toEqual({
      [anna.sid]: ConnectionQuality.EXCELLENT,
      [bo.sid]: ConnectionQuality.EXCELLENT,
    });
    expect(qualities(anna)).toEqual({ [anna.sid]: ConnectionQuality.EXCELLENT });
    bo.sink.clear();
    flow(anna, 3);
    expect(bo.sink.all('connectionQuality')).toEqual([]);
  });

  test('falls with loss, to be poor, and comes back more slowly', () => {
    const anna = world.join('anna');
    anna.publish({ kind: 'video' });
    const bo = world.join('bo');
    flow(anna, 1, { upstreamLoss: 0.03 });
    expect(qualities(bo)[anna.sid]).toBe(ConnectionQuality.GOOD);
    flow(anna, 3, { upstreamLoss: 0.12 });
    expect(qualities(bo)[anna.sid]).toBe(ConnectionQuality.POOR);
    flow(anna, 1, { upstreamLoss: 0 });
    expect(qualities(bo)[anna.sid]).toBe(ConnectionQuality.GOOD);
    flow(anna, 4, { upstreamLoss: 0 });
    expect(qualities(bo)[anna.sid]).toBe(ConnectionQuality.EXCELLENT);
  });

  test('is lost when nothing comes from an open microphone, and not when it is muted', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    const bo = world.join('bo');
    flow(anna, 1);
    anna.say({ kind: 'mute', trackSid: sid, muted: true });
    vi.advanceTimersByTime(5000);
    expect(qualities(bo)[anna.sid]).toBe(ConnectionQuality.EXCELLENT);
    anna.say({ kind: 'mute', trackSid: sid, muted: false });
    vi.advanceTimersByTime(5000);
    expect(qualities(bo)[anna.sid]).toBe(ConnectionQuality.LOST);
  });
});
