import type { CallPage } from '../../contract/index.ts';
import type { ChangeListener, Database } from '../../storage/index.ts';
import type { Guest } from '../identity/index.ts';
import type { CallDesk } from './call-desk.ts';
import type { CallShow } from './call-show.ts';
import { getCall } from './store.ts';

/** Below what proxies and telephones cut off by themselves. */
const longestMs = 25_000;

export interface CallWatchDeps {
  readonly database: Pick<Database, 'read' | 'write' | 'onCommit'>;
  readonly desk: CallDesk;
  readonly show: CallShow;
  readonly listener: Pick<ChangeListener, 'listen'>;
  /** How long a page waits at most. */
  readonly longPollMs?: number;
}

/** A page that waits for something new to show. */
interface Wait {
  /** Answered with what there is: the time is up, the page is gone, or the service ends. */
  over: boolean;
  heard: boolean;
  wake: () => void;
}

/**
 * Answers a page when it has something new to show. What was committed by this process it hears at once, so that two who
 * are about to see each other wait for nobody's turn; what another process did, by the sequencer's NOTIFY.
 */
export function createCallWatch(deps: CallWatchDeps) {
  const { database, desk, show, listener } = deps;
  const most = deps.longPollMs ?? longestMs;
  const waits = new Map<string, Set<Wait>>();
  let closed = false;

  const hear = (wait: Wait): void => {
    wait.heard = true;
    wait.wake();
  };
  const end = (wait: Wait): void => {
    wait.over = true;
    wait.wake();
  };
  const stopHearing = database.onCommit((changed) => {
    for (const id of changed) for (const wait of waits.get(id) ?? []) hear(wait);
  });

  /** Until somebody is heard, which may have been since one last looked, or until it is over. */
  const news = (wait: Wait): Promise<void> | undefined =>
    wait.heard || wait.over
      ? undefined
      : new Promise<void>((resolve) => {
          wait.wake = resolve;
        });

  const begin = ({ municipalityId, callId }: Guest, signal: AbortSignal) => {
    const wait: Wait = { over: closed || signal.aborted, heard: false, wake: () => undefined };
    const ofCall = waits.get(callId) ?? new Set();
    waits.set(callId, ofCall.add(wait));
    const stopListening = listener.listen(municipalityId, () => hear(wait));
    const over = () => end(wait);
    const timer = setTimeout(over, most);
    signal.addEventListener('abort', over, { once: true });
    const stop = () => {
      ofCall.delete(wait);
      if (ofCall.size === 0) waits.delete(callId);
      stopListening();
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
    };
    return { wait, stop };
  };

  return {
    /**
     * @param after the version that the page shows; undefined asks for what there is
     * @throws DomainError link_not_valid, link_in_use; also when the link is revoked while the page waits
     */
    watch: async (
      guest: Guest,
      { device, after }: { readonly device: string; readonly after?: number | undefined },
      signal: AbortSignal,
    ): Promise<CallPage> => {
      const { municipalityId } = guest;
      // Before the first look: what happens meanwhile is heard.
      const { wait, stop } = begin(guest, signal);
      const isNews = ({ version }: { readonly version: number }) =>
        after === undefined || version > after || wait.over;
      try {
        const first = await database.read(municipalityId, async (tx) => {
          const seen = await desk.look(tx, guest, device);
          return { seen, page: isNews(seen.call) ? await show.page(tx, seen) : null };
        });
        // The page is there, which keeps the link on this device.
        if (!first.seen.seenLately)
          await database.write(municipalityId, (tx) => desk.markSeen(tx, guest, device));
        let { page } = first;
        while (page === null) {
          await news(wait);
          wait.heard = false;
          page = await database.read(municipalityId, async (tx) =>
            isNews(await getCall(tx, guest.callId))
              ? show.page(tx, await desk.look(tx, guest, device))
              : null,
          );
        }
        return page;
      } finally {
        stop();
      }
    },

    /** Answers those who wait, and lets nobody wait any more. */
    close: (): void => {
      closed = true;
      stopHearing();
      for (const ofCall of waits.values()) for (const wait of ofCall) end(wait);
    },
  };
}
