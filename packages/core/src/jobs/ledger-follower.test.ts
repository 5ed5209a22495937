import { describe, expect, it } from 'vitest';
import { createLedgerFollower } from './ledger-follower.ts';

/** Work that ends when the test says so. */
function held() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const errors: string[] = [];
  const signals: AbortSignal[] = [];
  const follower = createLedgerFollower({
    follow: (id, signal) => {
      begun.push(id);
      signals.push(signal);
      return new Promise<void>((resolve, reject) => {
        ends.push(id === 'broken' ? () => reject(new Error('broken')) : resolve);
      });
    },
    onError: (_error, id) => errors.push(id),
  });
  const endNext = async () => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { follower, begun, errors, signals, endNext };
}

describe('following the logs', () => {
  it('follows one log at a time, and each once however often it is woken', async () => {
    const { follower, begun, endNext } = held();
    follower.wake('a');
    for (const id of ['b', 'b', 'c', 'b']) follower.wake(id);
    expect(begun).toEqual(['a']);
    await endNext();
    await endNext();
    await endNext();
    expect(begun).toEqual(['a', 'b', 'c']);
  });

  it('comes back to a log that was signed anew while it was followed', async () => {
    const { follower, begun, endNext } = held();
    follower.wake('a');
    follower.wake('a');
    await endNext();
    expect(begun).toEqual(['a', 'a']);
    await endNext();
    follower.wake('a');
    expect(begun).toEqual(['a', 'a', 'a']);
  });

  it('goes on with the others where one fails, and tells which', async () => {
    const { follower, begun, errors, endNext } = held();
    follower.wake('broken');
    follower.wake('b');
    await endNext();
    expect(errors).toEqual(['broken']);
    expect(begun).toEqual(['broken', 'b']);
  });

  it('waits for what is under way when it is closed, and begins nothing more', async () => {
    const { follower, begun, signals, endNext } = held();
    follower.wake('a');
    follower.wake('b');
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    const closing = follower.close();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await endNext();
    await closing;
    follower.wake('c');
    expect(begun).toEqual(['a']);
  });
});
