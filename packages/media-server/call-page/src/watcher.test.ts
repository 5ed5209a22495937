import type { CallPage } from '@naer/core/contract/call-page';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestFailure } from './request-failure.ts';
import type { ServiceState } from './session-state.ts';
import { aPage, aSeat, citizenId } from './testing/pages.ts';
import { Watcher } from './watcher.ts';

const pageOf = (version: number) => aPage(citizenId, [aSeat(citizenId, 'citizen')], { version });

let asked: number[];
let states: ServiceState[];
let pages: number[];
let refused: string[];
let answer: (after: number | null) => Promise<CallPage>;
let watcher: Watcher | undefined;

function start() {
  let version: number | null = 1;
  watcher = Watcher.start({
    api: {
      watch: (after) => {
        asked.push(Date.now());
        return answer(after);
      },
    },
    now: Date.now,
    random: () => 1,
    version: () => version,
    onPage: (page) => {
      version = page.version;
      pages.push(page.version);
    },
    onService: (state) => states.push(state),
    onRefused: ({ code }) => refused.push(code),
  });
  return watcher;
}

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  asked = [];
  states = [];
  pages = [];
  refused = [];
});

afterEach(() => {
  watcher?.close();
  vi.useRealTimers();
});

const down = () => Promise.reject(new RequestFailure('service_down'));

describe('watching a call', () => {
  it('asks for what is newer than what it knows, again and again', async () => {
    answer = async (after) => {
      if (after === 3) return new Promise(() => {});
      return pageOf((after ?? 0) + 1);
    };
    start();
    await vi.advanceTimersByTimeAsync(10);
    expect(pages).toEqual([2, 3]);
  });

  it('waits longer after each failure, at most eight seconds, and says since when', async () => {
    answer = down;
    start();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(asked).toEqual([0, 500, 1500, 3500, 7500, 15_500, 23_500]);
    expect(states.at(-1)).toEqual({ state: 'unreachable', since: 0 });
    answer = async () => pageOf(2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(states).toContainEqual({ state: 'reached' });
    expect(pages[0]).toBe(2);
  });

  it('asks at once when the network is said to be back', async () => {
    answer = down;
    const watching = start();
    await vi.advanceTimersByTimeAsync(8_000);
    const before = asked.length;
    watching.poke();
    await vi.advanceTimersByTimeAsync(0);
    expect(asked).toHaveLength(before + 1);
  });

  it('stops where the link no longer holds', async () => {
    answer = () => Promise.reject(new RequestFailure('link_not_valid'));
    start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
    expect(refused).toEqual(['link_not_valid']);
  });

  it('comes again when told to, without calling the service unreachable', async () => {
    answer = () => Promise.reject(new RequestFailure('too_many_requests', { seconds: 4 }, 4_000));
    start();
    await vi.advanceTimersByTimeAsync(3_999);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(2);
    expect(states).toEqual([]);
  });

  it('does not hammer a service that answers at once with nothing new', async () => {
    answer = async () => pageOf(1);
    start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.length).toBeLessThanOrEqual(11);
  });

  it('asks no more once it is closed', async () => {
    answer = down;
    const watching = start();
    await vi.advanceTimersByTimeAsync(100);
    watching.close();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toHaveLength(1);
  });
});
