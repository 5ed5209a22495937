import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type WebhookEvent, WebhookReceiver } from 'livekit-server-sdk';
import { apiKey, apiSecret } from './keys.ts';
import { EventLog, type Happening } from './waiting.ts';

export interface WebhookHappening extends Happening {
  readonly room: string;
  readonly identity: string;
  readonly contentType: string;
  readonly body: WebhookEvent;
  readonly signed: boolean;
}

/** A real receiver: what a server posts, verified by the official SDK. */
export interface WebhookInbox {
  readonly url: string;
  readonly log: EventLog<WebhookHappening>;
  /** The next so many deliveries of this room are answered with 503. */
  refuse(room: string, times: number): void;
  /** Deliveries that were refused, for a room. */
  refused(room: string): number;
  close(): Promise<void>;
}

export async function receiveWebhooks(): Promise<WebhookInbox> {
  const log = new EventLog<WebhookHappening>();
  const receiver = new WebhookReceiver(apiKey, apiSecret);
  const refusals = new Map<string, { left: number; done: number }>();

  const take = async (request: IncomingMessage): Promise<number> => {
    const body = await readBody(request);
    const authorization = request.headers.authorization;
    const verified = await receiver.receive(body, authorization).then(
      (event) => ({ event, signed: true }),
      async () => ({ event: await receiver.receive(body, authorization, true), signed: false }),
    );
    const room = verified.event.room?.name ?? '';
    const refusal = refusals.get(room);
    if (refusal !== undefined && refusal.left > 0) {
      refusal.left -= 1;
      refusal.done += 1;
      return 503;
    }
    log.add({
      event: verified.event.event,
      room,
      identity: verified.event.participant?.identity ?? '',
      contentType: request.headers['content-type'] ?? '',
      body: verified.event,
      signed: verified.signed,
    });
    return 200;
  };

  const server = createServer((request, response) => {
    take(request).then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(400).end(),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    log,
    refuse: (room, times) => {
      refusals.set(room, { left: times, done: 0 });
    },
    refused: (room) => refusals.get(room)?.done ?? 0,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}
