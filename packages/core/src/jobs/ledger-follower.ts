export interface LedgerFollower {
  /** Says that a municipality's log may have grown; safe to call as often as one likes. */
  wake(municipalityId: string): void;
  /** Waits for what is under way; what still waits is found again by the next start. */
  close(): Promise<void>;
}

/**
 * Does what follows from a log that was signed, one municipality after the other in this process. The work finds by itself how
 * far it has come, so that waking too often costs a look, and a process that was killed loses nothing.
 */
export function createLedgerFollower({
  follow,
  onError,
}: {
  readonly follow: (municipalityId: string) => Promise<unknown>;
  readonly onError: (error: unknown, municipalityId: string) => void;
}): LedgerFollower {
  const waiting = new Set<string>();
  let closed = false;
  let working: Promise<void> | null = null;

  const work = async (): Promise<void> => {
    for (const id of waiting) {
      if (closed) return;
      // Taken off first: what is signed while this one is followed wakes it again, at the end of the queue.
      waiting.delete(id);
      await follow(id).catch((error: unknown) => onError(error, id));
    }
  };

  return {
    wake: (municipalityId) => {
      if (closed) return;
      waiting.add(municipalityId);
      working ??= work().finally(() => {
        working = null;
      });
    },
    close: async () => {
      closed = true;
      await working;
    },
  };
}
