export interface BatchDeps<Item> {
  /** Takes up at most `size` of what is due. */
  readonly claim: () => Promise<readonly Item[]>;
  readonly handle: (item: Item) => Promise<void>;
  readonly size: number;
  /** How long it waits where nothing is due and nobody wakes it. */
  readonly pollMs: number;
  readonly onError: (error: unknown) => void;
  /** Looks for nothing at all. */
  readonly isHeld: boolean;
}

export interface Batches {
  /** Looks at once instead of at the next turn. */
  wake(): void;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** Claims and handles, batch by batch, until it is closed. */
export function runBatches<Item>(deps: BatchDeps<Item>): Batches {
  const { claim, handle, size, pollMs, onError, isHeld } = deps;
  let closed = false;
  let woken = false;
  let wakeUp: () => void = () => undefined;

  const pause = async (): Promise<void> => {
    if (!woken && !closed) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    woken = false;
  };

  const loop = (async () => {
    while (!closed && !isHeld) {
      try {
        const items = await claim();
        // Settled, all of them: closing must not leave one behind because another could not be marked.
        const outcomes = await Promise.allSettled(items.map(handle));
        for (const outcome of outcomes) if (outcome.status === 'rejected') onError(outcome.reason);
        if (items.length === size) continue;
      } catch (error) {
        onError(error);
      }
      await pause();
    }
  })();

  return {
    wake: () => {
      woken = true;
      wakeUp();
    },
    close: async () => {
      closed = true;
      wakeUp();
      await loop;
    },
  };
}
