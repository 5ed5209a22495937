import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { WrappedJoinRequest, WrappedJoinRequest_Compression } from '@naer/media-server/testing';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { eventually, World } from './world.ts';

/** The server gives a request's head ten seconds, and looks every second. */
const headMs = 10_000;

let world: World;
beforeAll(async () => {
  world = await World.start({ limits: { departureGraceMs: 1000, connectTimeoutMs: 5000 } });
});
afterEach(() => world.isUnharmed());
afterAll(() => world.end());

function open(): { readonly socket: Socket; heard: string; readonly gone: Promise<unknown> } {
  const socket = connect(world.media.port, '127.0.0.1');
  const gone = new Promise((resolve) => {
    socket.once('close', resolve);
  });
  const opened = { socket, heard: '', gone };
  socket.on('error', () => {});
  socket.setEncoding('latin1').on('data', (text: string) => {
    opened.heard += text;
  });
  return opened;
}

const upgrade = async (identity: string): Promise<string> =>
  `GET /rtc?protocol=16&access_token=${await world.media.token(identity, 'elsewhere')} HTTP/1.1\r\nHost: a\r\n` +
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';

it('sockets that say nothing, and those that say it slowly, are cut off', async () => {
  const startedAtMs = performance.now();
  const silent = Array.from({ length: 100 }, open);
  const slow = Array.from({ length: 100 }, open);
  const drip = setInterval(() => {
    for (const { socket } of slow) socket.write('G');
  }, 500);
  const head = await upgrade('slow');
  const almost = Array.from({ length: 50 }, open);
  for (const { socket } of almost) socket.write(head);
  await Promise.all([...silent, ...slow, ...almost].map(({ gone }) => gone));
  clearInterval(drip);
  expect(performance.now() - startedAtMs).toBeLessThan(headMs + 15_000);
  expect(almost.map(({ heard }) => heard).filter((heard) => heard.includes('101'))).toEqual([]);
});

it('an upgrade whose answer nobody reads costs its own participant', async () => {
  const { socket, gone } = open();
  socket.pause();
  socket.write(`${await upgrade('deaf')}\r\n`);
  await eventually('coming in', () => world.media.server.rooms.counts.participants === 3);
  // Neither media nor a word: it is sent away when its time is over, and the socket is cut when it does not answer.
  await eventually('leaving', () => world.media.server.open.sockets === 2);
  socket.destroy();
  await gone;
});

it('an upgrade that is reset before its answer leaves nobody', async () => {
  const heads = await Promise.all(Array.from({ length: 20 }, (_, i) => upgrade(`reset-${i}`)));
  for (const head of heads) {
    const { socket, gone } = open();
    await once(socket, 'connect');
    socket.write(`${head}\r\n`);
    socket.resetAndDestroy();
    await gone;
  }
});

it('bytes that are no HTTP, and heads larger than any, close the socket', async () => {
  for (const bytes of [
    Buffer.alloc(3000, 0xff),
    Buffer.from('\x16\x03\x01\x02\0\x01'),
    Buffer.alloc(300_000, 0x41),
  ]) {
    const { socket, gone } = open();
    socket.write(bytes);
    await gone;
  }
  const { socket, gone } = open();
  socket.write(`GET /${'x'.repeat(200_000)} HTTP/1.1\r\n\r\n`);
  await gone;
});

it('a join request that unpacks to more than it may be is refused before it is read', async () => {
  const wrapped = new WrappedJoinRequest({
    compression: WrappedJoinRequest_Compression.GZIP,
    joinRequest: new Uint8Array(gzipSync(Buffer.alloc(30_000_000))),
  });
  const packed = Buffer.from(wrapped.toBinary()).toString('base64url');
  const token = await world.media.token('mallory', 'elsewhere');
  const response = await fetch(
    `${world.media.httpUrl}/rtc/v1/validate?join_request=${packed}&access_token=${token}`,
  );
  expect(response.status).toBe(400);
  await response.text();
});
