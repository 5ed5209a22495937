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
 * and several changes at once are one look. Ends when `changed` does, and rejects with whatever a look throws.
 */
export async function watchWaiting(options: {
  readonly look: () => Promise<readonly Waiting[]>;
  readonly changed: AsyncIterable<unknown>;
  readonly tell: (change: WaitingChange) => void;
  readonly everyMs: number;
}): Promise<void> {
  const { look, changed, tell, everyMs } = options;
  let known: readonly Waiting[] = [];
  let looking: Promise<void> | null = null;
  let again = false;
  const once = async (): Promise<void> => {
    do {
      again = false;
      const now = await look();
      const change = compareWaiting(known, now);
      known = now;
      if (change.came.length + change.went.length > 0) tell(change);
    } while (again);
  };
  const failed = Promise.withResolvers<never>();
  const lookSoon = () => {
    again = true;
    looking ??= once()
      .catch(failed.reject)
      .finally(() => {
        looking = null;
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
    clearInterval(timer);
  }
}
