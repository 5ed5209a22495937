import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

export interface ChangeListener {
  /** Calls back when the municipality may have new events, and after every reconnection; returns how to stop that. */
  listen(municipalityId: string, onChange: () => void): () => void;
  close(): Promise<void>;
}

/** One connection per process hears the sequencer's NOTIFY and tells the streams of this process. */
export function createChangeListener(options: {
  readonly workerUrl: string;
  readonly onError: (error: unknown) => void;
}): ChangeListener {
  const listeners = new Map<string, Set<() => void>>();
  const stopping = new AbortController();
  let current: Client | null = null;

  const tell = (municipalityId: string): void => {
    for (const onChange of listeners.get(municipalityId) ?? []) onChange();
  };

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const client = new Client({
        connectionString: options.workerUrl,
        application_name: 'naer listener',
        keepAlive: true,
        connectionTimeoutMillis: 10_000,
      });
      current = client;
      try {
        const ended = new Promise<void>((resolve) => {
          client.once('end', resolve);
          client.on('error', () => resolve());
        });
        client.on('notification', ({ payload }) => tell(payload ?? ''));
        await client.connect();
        await client.query('LISTEN naer_events');
        for (const municipalityId of listeners.keys()) tell(municipalityId);
        await ended;
      } catch (error) {
        if (!stopping.signal.aborted) options.onError(error);
      }
      await client.end().catch(() => undefined);
      await delay(500, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  return {
    listen: (municipalityId, onChange) => {
      const set = listeners.get(municipalityId) ?? new Set();
      listeners.set(municipalityId, set.add(onChange));
      return () => {
        set.delete(onChange);
        if (set.size === 0) listeners.delete(municipalityId);
      };
    },
    close: async () => {
      stopping.abort();
      await current?.end().catch(() => undefined);
      await loop;
    },
  };
}
