import type { Answer, Client } from '@naer/core/client';
import { api, type ChangeEvent, changeEvent } from '@naer/core/contract';

/** Parses a server-sent event stream into its changes; ends when the connection does. */
export async function* readChanges(response: Pick<Answer, 'body'>): AsyncGenerator<ChangeEvent> {
  if (response.body === null) return;
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body) {
    text += decoder.decode(piece, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const block = text.slice(0, end);
      text = text.slice(end + 2);
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (/^event: change$/m.test(block) && data !== undefined) yield changeEvent.parse(JSON.parse(data));
    }
  }
}

export interface Follower {
  /** In the order they came, across all reconnections. */
  readonly changes: readonly ChangeEvent[];
  /** Resolves once an event with this position or a later one has come. */
  reached(position: bigint): Promise<void>;
  stop(): Promise<void>;
}

/** Listens as a good client does: reconnects whenever the stream ends and resumes after the last event it saw. */
export function follow(clientOf: () => Promise<Client>): Follower {
  const changes: ChangeEvent[] = [];
  const stopping = new AbortController();
  let notify: () => void = () => undefined;
  const position = () => BigInt(changes.at(-1)?.position ?? 0);
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      try {
        const client = await clientOf();
        const response = await client.open(api.operations.events, {
          query: { after: String(position()) },
          signal: stopping.signal,
        });
        for await (const change of readChanges(response)) {
          changes.push(change);
          notify();
        }
      } catch {
        // The service is down between a kill and the next start.
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    changes,
    reached: async (wanted) => {
      while (position() < wanted) {
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
    },
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}
