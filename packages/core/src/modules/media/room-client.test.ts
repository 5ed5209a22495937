import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TokenVerifier } from 'livekit-server-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../config/index.ts';
import { createRoomClient } from './room-client.ts';
import { createRoomOrderSender } from './room-client-orders.ts';

const apiKey = 'naertest';
const apiSecret = 'a secret of tests that is long enough for anybody';
const open: Server[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }
});

interface Asked {
  readonly method: string;
  readonly token: string;
  readonly body: Record<string, unknown>;
}

/** Speaks Twirp as the media server does: an error has a code and a status, whatever is asked for. */
async function startMedia(answer: { readonly status: number; readonly body: object }) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    asked.push({
      method: request.url?.split('/').at(-1) ?? '',
      token: request.headers.authorization?.replace('Bearer ', '') ?? '',
      body: JSON.parse(await textOf(request)) as Record<string, unknown>,
    });
    response
      .writeHead(answer.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    asked,
    url,
    client: createRoomClient({ apiKey, apiSecret: new Secret(apiSecret), url: () => url }),
  };
}
async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe('rooms on the media server', () => {
  it('are made for eight, and outlive a moment in which nobody is in', async () => {
    const { client, asked } = await startMedia({ status: 200, body: { name: 'r1', sid: 'RM_1' } });
    await client.createRoom('r1');
    expect(asked).toMatchObject([
      {
        method: 'CreateRoom',
        body: { name: 'r1', emptyTimeout: 300, departureTimeout: 300, maxParticipants: 8 },
      },
    ]);
    const claims = await new TokenVerifier(apiKey, apiSecret).verify(asked[0]?.token ?? '');
    expect(claims.video).toEqual({ roomCreate: true });
  });

  it('tell who is in them', async () => {
    const { client } = await startMedia({
      status: 200,
      body: {
        participants: [
          {
            sid: 'PA_1',
            identity: 'one',
            state: 'ACTIVE',
            joinedAt: '1795600000',
            joinedAtMs: '1795600000250',
          },
          { sid: 'PA_2', identity: 'two', state: 'JOINING' },
        ],
      },
    });
    expect(await client.listParticipants('r1')).toEqual([
      { seatId: 'one', participant: 'PA_1', isActive: true, joinedAt: new Date(1_795_600_000_250) },
      { seatId: 'two', participant: 'PA_2', isActive: false, joinedAt: null },
    ]);
  });

  it('are gone when they are gone, and nobody is in them', async () => {
    const { client } = await startMedia({ status: 404, body: { code: 'not_found', msg: 'no such room' } });
    await client.deleteRoom('r1');
    await client.removeParticipant('r1', 'seat');
    expect(await client.listParticipants('r1')).toEqual([]);
  });

  it('cannot be had while the media server is down, refuses, or is not ours', async () => {
    const down = createRoomClient({ apiKey, apiSecret: new Secret(apiSecret), url: () => null });
    await expect(down.createRoom('r1')).rejects.toMatchObject({ code: 'media_unavailable' });
    const nobody = createRoomClient({
      apiKey,
      apiSecret: new Secret(apiSecret),
      url: () => 'http://127.0.0.1:9',
    });
    await expect(nobody.createRoom('r1')).rejects.toMatchObject({ code: 'media_unavailable' });
    for (const status of [401, 500]) {
      const { client } = await startMedia({ status, body: { code: 'internal', msg: 'no' } });
      await expect(client.createRoom('r1')).rejects.toMatchObject({ code: 'media_unavailable' });
      await expect(client.deleteRoom('r1')).rejects.toMatchObject({ code: 'media_unavailable' });
    }
  });
});

describe('orders to the media server', () => {
  it('end a room, or send a seat out of it', async () => {
    const { client, asked } = await startMedia({ status: 200, body: {} });
    const send = createRoomOrderSender(client);
    await send({ payload: { room: 'r1' } });
    await send({ payload: { room: 'r1', seat: 'seat' } });
    expect(asked).toMatchObject([
      { method: 'DeleteRoom', body: { room: 'r1' } },
      { method: 'RemoveParticipant', body: { room: 'r1', identity: 'seat' } },
    ]);
  });
});
