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
  /** `signal`: the service is to stop, and what takes long stops where it can go on later. */
  readonly follow: (municipalityId: string, signal: AbortSignal) => Promise<unknown>;
  readonly onError: (error: unknown, municipalityId: string) => void;
}): LedgerFollower {
  const waiting = new Set<string>();
  const stopping = new AbortController();
  let working: Promise<void> | null = null;

  const work = async (): Promise<void> => {
    for (const id of waiting) {
      if (stopping.signal.aborted) return;
      // Taken off first: what is signed while this one is followed wakes it again, at the end of the queue.
      waiting.delete(id);
      await follow(id, stopping.signal).catch((error: unknown) => {
        // Whatever was cut off while stopping goes on with the next start.
        if (!stopping.signal.aborted) onError(error, id);
      });
    }
  };

  return {
    wake: (municipalityId) => {
      if (stopping.signal.aborted) return;
      waiting.add(municipalityId);
      working ??= work().finally(() => {
        working = null;
      });
    },
    close: async () => {
      stopping.abort();
      await working;
    },
  };
}
