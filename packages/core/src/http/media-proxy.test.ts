import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { registerMediaProxy } from './media-proxy.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A media server that says what it was asked, and core in front of it. */
async function createPair({ down = false } = {}) {
  const asked: IncomingMessage[] = [];
  const media: Server = createServer((request, response) => {
    asked.push(request);
    response.writeHead(401, { 'content-type': 'text/plain' }).end('no permissions');
  });
  const sockets = new WebSocketServer({ noServer: true });
  media.on('upgrade', (request, socket, head) => {
    asked.push(request);
    if (!request.url?.includes('access_token=good'))
      return socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 13\r\n\r\ninvalid token');
    sockets.handleUpgrade(request, socket, head, (ws) => {
      ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary }));
    });
  });
  media.listen(0, '127.0.0.1');
  await once(media, 'listening');
  open.push(async () => {
    for (const client of sockets.clients) client.terminate();
    media.closeAllConnections();
    media.close();
  });
  const target = `http://127.0.0.1:${(media.address() as AddressInfo).port}`;
  const core: FastifyInstance = fastify({ forceCloseConnections: 'idle' });
  registerMediaProxy(core, { target: () => (down ? null : target), log: pino({ level: 'silent' }) });
  const url = await core.listen({ host: '127.0.0.1', port: 0 });
  open.push(() => core.close());
  return { url, asked, core, sockets };
}

const connect = (url: string, headers = {}) => {
  const ws = new WebSocket(url.replace('http', 'ws'), { headers });
  // Ending one that was refused is told as an error of its own.
  ws.on('error', () => undefined);
  open.push(async () => ws.terminate());
  return ws;
};

describe('the way to the media server', () => {
  it('carries a WebSocket both ways and tells where it came from, whatever the client claims', async () => {
    const { url, asked } = await createPair();
    const ws = connect(`${url}/rtc/v1?access_token=good&join_request=x%2By`, {
      'x-forwarded-for': '203.0.113.9',
    });
    await once(ws, 'open');
    ws.send(Buffer.from([1, 2, 255]));
    const [data, isBinary] = await once(ws, 'message');
    expect([data, isBinary]).toEqual([Buffer.from([1, 2, 255]), true]);
    expect(asked[0]?.url).toBe('/rtc/v1?access_token=good&join_request=x%2By');
    expect(asked[0]?.headers['x-forwarded-for']).toBe('127.0.0.1');
  });

  it('lets the client read the refusal of a WebSocket as the media server gave it', async () => {
    const { url } = await createPair();
    const ws = connect(`${url}/rtc?access_token=bad`);
    const [, response] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage];
    const body: Buffer[] = [];
    for await (const chunk of response) body.push(chunk as Buffer);
    expect([response.statusCode, Buffer.concat(body).toString()]).toEqual([401, 'invalid token']);
  });

  it('passes on the check of a token and requests of the administration with their answers', async () => {
    const { url, asked } = await createPair();
    const check = await fetch(`${url}/rtc/v1/validate?access_token=x`);
    expect([check.status, await check.text()]).toEqual([401, 'no permissions']);
    await fetch(`${url}/twirp/livekit.RoomService/ListRooms`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', authorization: 'Bearer t' },
    });
    expect(asked.map((request) => [request.method, request.url])).toEqual([
      ['GET', '/rtc/v1/validate?access_token=x'],
      ['POST', '/twirp/livekit.RoomService/ListRooms'],
    ]);
    expect(asked[1]?.headers.authorization).toBe('Bearer t');
  });

  it('passes on nothing else, and closes a WebSocket to any other address', async () => {
    const { url, asked } = await createPair();
    const ws = connect(`${url}/api/v1/rtc`);
    const [, response] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage];
    response.resume();
    await once(response, 'end');
    expect(response.statusCode).toBe(404);
    expect((await fetch(`${url}/rtcx`)).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it('says that it is unavailable while the media server is down', async () => {
    const { url } = await createPair({ down: true });
    expect((await fetch(`${url}/rtc/validate`)).status).toBe(500);
    const ws = connect(`${url}/rtc?access_token=good`);
    const [, response] = (await once(ws, 'unexpected-response')) as [unknown, IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(500);
  });

  it('ends the far socket when the near one goes, and both when core stops', async () => {
    const { url, core, sockets } = await createPair();
    const [first, second] = [1, 2].map(() => connect(`${url}/rtc?access_token=good`));
    await Promise.all([first, second].map((ws) => ws && once(ws, 'open')));
    const [far, other] = [...sockets.clients];
    first?.terminate();
    await (far && once(far, 'close'));
    const gone = other && once(other, 'close');
    await core.close();
    await gone;
    expect(sockets.clients.size).toBe(0);
  });
});
