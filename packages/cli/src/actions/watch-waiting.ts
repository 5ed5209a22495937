import { Unreachable } from '@naer/core/client';
import type { Waiting } from '@naer/core/contract/calls';

/** Who came into the waiting room, and who is no longer there. */
export interface WaitingChange {
  readonly came: readonly Waiting[];
  readonly went: readonly Waiting[];
}

const keyOf = ({ visit, seat, since }: Waiting): string => `${visit} ${seat} ${since}`;

/** What is new between two looks; somebody who went and came back is both. */
export function compareWaiting(before: readonly Waiting[], after: readonly Waiting[]): WaitingChange {
  const keysOf = (list: readonly Waiting[]) => new Set(list.map(keyOf));
  const [earlier, later] = [keysOf(before), keysOf(after)];
  return {
    came: after.filter((one) => !earlier.has(keyOf(one))),
    went: before.filter((one) => !later.has(keyOf(one))),
  };
}

/**
 * Looks again whenever `changed` says so, and at least every `everyMs` in case a change was missed; looks never overlap,
 * and several changes at once are one look. Ends when `changed` does, and rejects with whatever a look throws; but where the
 * service was there once and cannot be reached, as while it is started anew, it looks again after `againMs` for as long as it takes.
 */
export async function watchWaiting(options: {
  readonly look: () => Promise<readonly Waiting[]>;
  readonly changed: AsyncIterable<unknown>;
  readonly tell: (change: WaitingChange) => void;
  readonly everyMs: number;
  readonly againMs: number;
}): Promise<void> {
  const { look, changed, tell, everyMs, againMs } = options;
  let known: readonly Waiting[] | null = null;
  let looking: Promise<void> | null = null;
  let again = false;
  const once = async (): Promise<void> => {
    try {
      do {
        again = false;
        const now = await look();
        const change = compareWaiting(known ?? [], now);
        known = now;
        if (change.came.length + change.went.length > 0) tell(change);
      } while (again);
    } finally {
      // In the same step as the last look at `again`: a change that comes now begins another.
      looking = null;
    }
  };
  const failed = Promise.withResolvers<never>();
  let isOver = false;
  let soon: NodeJS.Timeout | undefined;
  const lookSoon = () => {
    again = true;
    looking ??= once().catch((error: unknown) => {
      if (known === null || !(error instanceof Unreachable)) return failed.reject(error);
      clearTimeout(soon);
      if (!isOver) soon = setTimeout(lookSoon, againMs);
    });
  };
  const timer = setInterval(lookSoon, everyMs);
  try {
    lookSoon();
    const end = (async () => {
      for await (const _ of changed) lookSoon();
      await looking;
    })();
    await Promise.race([end, failed.promise]);
  } finally {
    isOver = true;
    clearInterval(timer);
    clearTimeout(soon);
  }
}
