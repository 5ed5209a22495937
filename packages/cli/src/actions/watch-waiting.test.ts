import { Unreachable } from '@naer/core/client';
import type { Waiting } from '@naer/core/contract/calls';
import { describe, expect, it } from 'vitest';
import { waitingOf } from '../fixture-calls.ts';
import { compareWaiting, type WaitingChange, watchWaiting } from './watch-waiting.ts';

const one = waitingOf();
const other = waitingOf({ seat: '6e1b7c20-0c1e-4c55-8f58-2a8f7b1f6c01', kind: 'guest', role: 'interpreter' });
const again = waitingOf({ since: '2026-11-23T08:20:00.000Z' });

describe('between two looks', () => {
  it('who came and who went are told apart, and one who came back is both', () => {
    expect(compareWaiting([], [one])).toEqual({ came: [one], went: [] });
    expect(compareWaiting([one, other], [other])).toEqual({ came: [], went: [one] });
    expect(compareWaiting([one], [again])).toEqual({ came: [again], went: [one] });
    expect(compareWaiting([one], [{ ...one, byPhone: true }])).toEqual({ came: [], went: [] });
  });
});

describe('watching', () => {
  /** Looks that answer in order, and changes that the test lets happen one by one. */
  const watched = (looks: readonly (readonly Waiting[])[]) => {
    const told: WaitingChange[] = [];
    let at = 0;
    let happen: (() => void) | null = null;
    let over = false;
    const looked: PromiseWithResolvers<void>[] = looks.map(() => Promise.withResolvers<void>());
    const changed = (async function* () {
      while (!over) {
        await new Promise<void>((resolve) => {
          happen = resolve;
        });
        if (!over) yield null;
      }
    })();
    const done = watchWaiting({
      look: async () => {
        const found = looks[at] ?? looks.at(-1) ?? [];
        looked[at]?.resolve();
        at += 1;
        return found;
      },
      changed,
      tell: (change) => void told.push(change),
      everyMs: 3_600_000,
      againMs: 1,
    });
    return {
      told,
      done,
      lookedTimes: async (n: number) => looked[n - 1]?.promise,
      happens: () => happen?.(),
      end: () => {
        over = true;
        happen?.();
      },
    };
  };

  it('looks at once, then whenever something changed, and tells only what is new', async () => {
    const watch = watched([[one], [one, other], [other]]);
    await watch.lookedTimes(1);
    watch.happens();
    await watch.lookedTimes(2);
    watch.happens();
    await watch.lookedTimes(3);
    watch.end();
    await watch.done;
    expect(watch.told).toEqual([
      { came: [one], went: [] },
      { came: [other], went: [] },
      { came: [], went: [one] },
    ]);
  });

  const never = async function* () {
    await new Promise(() => undefined);
    yield null;
  };
  const gone = () => Promise.reject(new Unreachable('https://naer.nordby.dk', new Error('refused')));

  it.each([
    ['a refusal', () => Promise.reject(new Error('not allowed')), 'not allowed'],
    ['a service that was never there', gone, Unreachable],
  ] as const)('ends with what a look throws: %s', async (_what, look, error) => {
    const watching = watchWaiting({
      look,
      changed: never(),
      tell: () => undefined,
      everyMs: 3_600_000,
      againMs: 1,
    });
    await expect(watching).rejects.toThrow(error);
  });

  it('outlives a service that is started anew, and tells who came meanwhile', async () => {
    const looks = [async () => [one], gone, gone, async () => [one, other]];
    const told = Promise.withResolvers<WaitingChange>();
    let over: () => void = () => undefined;
    const changed = (async function* () {
      yield null;
      await new Promise<void>((resolve) => {
        over = resolve;
      });
    })();
    const watching = watchWaiting({
      look: () => (looks.shift() ?? gone)(),
      changed,
      tell: (change) => change.came.includes(other) && told.resolve(change),
      everyMs: 3_600_000,
      againMs: 1,
    });
    expect(await Promise.race([told.promise, watching])).toEqual({ came: [other], went: [] });
    over();
    await watching;
  });
});
