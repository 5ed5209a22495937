import type { CallPage } from '../../contract/index.ts';
import type { ChangeListener, Database } from '../../storage/index.ts';
import type { Guest } from '../identity/index.ts';
import type { CallDesk } from './call-desk.ts';
import type { CallShow } from './call-show.ts';
import { getCall } from './store.ts';

/** Below what proxies and telephones cut off by themselves. */
const longestMs = 25_000;

export interface CallWatchDeps {
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly desk: CallDesk;
  readonly show: CallShow;
  readonly listener: Pick<ChangeListener, 'listen'>;
  /** How long a page waits at most. */
  readonly longPollMs?: number;
}

/** Answers a page when it has something new to show. Works over several processes: the sequencer's NOTIFY wakes them all. */
export function createCallWatch(deps: CallWatchDeps) {
  const { database, desk, show, listener } = deps;
  const most = deps.longPollMs ?? longestMs;
  const waiting = new Set<() => void>();
  let closed = false;

  /** Until the call is newer than what the page has, the time is up, the page is gone, or the service ends. */
  const newer = async (guest: Guest, after: number, signal: AbortSignal): Promise<void> => {
    let wake: () => void = () => undefined;
    let [over, heard] = [closed || signal.aborted, false];
    const tell = () => {
      heard = true;
      wake();
    };
    const end = () => {
      over = true;
      wake();
    };
    const stopListening = listener.listen(guest.municipalityId, tell);
    const timer = setTimeout(end, most);
    waiting.add(end);
    signal.addEventListener('abort', end, { once: true });
    try {
      while (!over) {
        heard = false;
        const call = await database.read(guest.municipalityId, (tx) => getCall(tx, guest.callId));
        if (call.version > after) return;
        if (heard || over) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      stopListening();
      clearTimeout(timer);
      waiting.delete(end);
      signal.removeEventListener('abort', end);
    }
  };

  return {
    /** @throws DomainError link_not_valid, link_in_use; also when the link is revoked while the page waits */
    watch: async (
      guest: Guest,
      { device, after }: { readonly device: string; readonly after?: number | undefined },
      signal: AbortSignal,
    ): Promise<CallPage> => {
      const { municipalityId } = guest;
      // Says that the page is there, which keeps the link on this device.
      await database.write(municipalityId, (tx) => desk.seen(tx, guest, device));
      if (after !== undefined) await newer(guest, after, signal);
      return database.read(municipalityId, async (tx) => show.page(tx, await desk.look(tx, guest, device)));
    },

    /** Answers those who wait, and lets nobody wait any more. */
    close: (): void => {
      closed = true;
      for (const end of waiting) end();
    },
  };
}
