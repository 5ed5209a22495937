import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { type Transport, Unreachable } from '@naer/core/client';

/**
 * Carries requests over node:http. `fetch` would do the same, but loading it takes Node four times as long as a whole
 * request, and a command makes one or two.
 */
export const nodeTransport: Transport = async (url, { method, headers, body, signal }) => {
  // Taken as it is, because import() would touch all that node:http offers, and so load the whole of fetch after all.
  const { request } =
    url.protocol === 'https:'
      ? process.getBuiltinModule('node:https')
      : process.getBuiltinModule('node:http');
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    const outgoing = request(url, { method, headers, ...(signal === null ? {} : { signal }) }, resolve);
    outgoing.on('error', reject);
    if (typeof body === 'string') outgoing.end(body);
    else if (body === null) outgoing.end();
    else {
      const file = Readable.from(body, { objectMode: false });
      // A file that stops being readable ends the request; an answer that comes early (a refusal) ends the file.
      file.on('error', (error) => outgoing.destroy(error));
      outgoing.on('close', () => file.destroy());
      file.pipe(outgoing);
    }
  });
  const status = message.statusCode ?? 0;
  return {
    ok: status >= 200 && status < 300,
    status,
    body: bytesOf(message, url),
    headers: { get: (name) => firstOf(message.headers[name.toLowerCase()]) },
    json: async () => JSON.parse(await textOf(message)) as unknown,
  };
};

const firstOf = (value: string | string[] | undefined): string | null =>
  (Array.isArray(value) ? value[0] : value) ?? null;

async function* bytesOf(message: IncomingMessage, url: URL): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of message) yield chunk as Uint8Array;
  } catch (error) {
    throw new Unreachable(url.origin, error);
  }
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of message.setEncoding('utf8')) text += chunk;
  return text;
}
