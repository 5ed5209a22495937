import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mediaWebhookPath } from './modules/media/index.ts';

/** Where the media server beside core tells it what happens: on this machine only, and known before core itself listens. */
export interface MediaInlet {
  /** `http:` address for webhooks. */
  readonly url: string;
  /** From now on they are answered; until then the media server is asked to come again. */
  serve(answer: (request: IncomingMessage, response: ServerResponse) => void): void;
  close(): Promise<void>;
}

/**
 * A door of its own, because core's may have a name, a certificate and an address that the media server beside it could
 * not reach it by. It lets nothing in but webhooks, whose signatures are checked behind it.
 */
export async function openMediaInlet(): Promise<MediaInlet> {
  let answer = (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(503).end();
  };
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== mediaWebhookPath) response.writeHead(404).end();
    else answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}${mediaWebhookPath}`,
    serve: (by) => {
      answer = by;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
