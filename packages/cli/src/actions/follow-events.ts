import { type Client, Unreachable } from '@naer/core/client';
import { type ChangeEvent, operationsRoutes } from '@naer/core/contract/operations';

/**
 * The changes of a municipality in order, for ever: when the stream breaks it is taken up again after the last position
 * seen, so that none is lost or repeated. `after` is the position to begin behind; without it, from now on.
 * Ends when `signal` aborts. Throws what the service refuses, and Unreachable if it was never there.
 */
export async function* followEvents(
  client: Client,
  options: {
    readonly after?: string | undefined;
    readonly signal: AbortSignal;
    /** What lay between the last position and now is gone at the service. */
    readonly onReset: () => void;
    readonly onBreak: (waitMs: number) => void;
    readonly pause: (ms: number) => Promise<void>;
  },
): AsyncGenerator<ChangeEvent> {
  let after = options.after;
  let everOpen = false;
  for (let failures = 0; !options.signal.aborted; ) {
    try {
      const response = await client.open(operationsRoutes.events, {
        query: { after },
        signal: options.signal,
      });
      everOpen = true;
      for await (const { event, data, id } of readServerSentEvents(response.body)) {
        failures = 0;
        if (event === 'reset') options.onReset();
        if (event === 'change') yield operationsRoutes.events.reply.parse(JSON.parse(data));
        // Every block carries a position, the first and the heartbeats too: from there we go on.
        if (id !== '') after = id;
      }
    } catch (error) {
      if (options.signal.aborted) return;
      if (!isBreak(error) || !everOpen) throw error;
    }
    const waitMs = Math.min(30_000, 500 * 2 ** failures);
    failures += 1;
    options.onBreak(waitMs);
    await options.pause(waitMs);
  }
}

/** A stream that breaks says so as Unreachable, like one that cannot be opened. */
const isBreak = (error: unknown): boolean => error instanceof Unreachable;

export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string;
}

/**
 * The blocks of a `text/event-stream` (WHATWG HTML, 9.2.6) that hold data or a position; comments and other fields are
 * passed over.
 */
export async function* readServerSentEvents(
  body: AsyncIterable<Uint8Array> | null,
): AsyncGenerator<ServerSentEvent> {
  if (body === null) return;
  const decoder = new TextDecoder();
  let rest = '';
  let id = '';
  let event = 'message';
  let data: string[] = [];
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const [, field, value = ''] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? [];
      if (field === 'data') data.push(value);
      else if (field === 'event') event = value;
      else if (field === 'id') id = value;
      if (line !== '') continue;
      if (data.length > 0 || id !== '') yield { event, data: data.join('\n'), id };
      id = '';
      event = 'message';
      data = [];
    }
  }
}
