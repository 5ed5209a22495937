import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { RawClient } from '@naer/media-server/testing';
import { RoomServiceClient, type VideoGrant } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterEach(() => world.isUnharmed());
afterAll(() => world.end());

const packed = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const nowSeconds = () => Math.floor(Date.now() / 1000);

/** A token for the call, made by hand. */
function forge({
  header = {},
  claims = {},
  video = {},
  signed = (body: string) => createHmac('sha256', world.media.apiSecret).update(body).digest('base64url'),
}: {
  readonly header?: object;
  readonly claims?: object;
  readonly video?: object;
  readonly signed?: (body: string) => string;
}): string {
  const head = packed({ alg: 'HS256', typ: 'JWT', ...header });
  const times = { iss: world.media.apiKey, nbf: nowSeconds() - 5, exp: nowSeconds() + 600 };
  const body = `${head}.${packed({ sub: 'mallory', ...times, video: { roomJoin: true, room: 'call', ...video }, ...claims })}`;
  return `${body}.${signed(body)}`;
}

async function refusal(token: string): Promise<string> {
  const client = RawClient.at('/rtc?protocol=16', { url: world.media.url, token });
  const answer = await client.opened.then(
    () => 'in',
    (error: unknown) => (error instanceof Error ? error.message : ''),
  );
  await client.vanish();
  return answer;
}

describe('a token', () => {
  it('made by hand as it should be opens the door, so that the others are refused for what they are', async () => {
    expect(await refusal(forge({ video: { room: 'elsewhere' } }))).toBe('in');
  });

  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsa = (body: string) => sign('sha256', Buffer.from(body), privateKey).toString('base64url');
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const hmac =
    (key: string, hash = 'sha256') =>
    (body: string) =>
      createHmac(hash, key).update(body).digest('base64url');
  const unsigned = () => '';
  const forgeries: [string, () => string][] = [
    ['without a signature that says so', () => forge({ header: { alg: 'none' }, signed: unsigned })],
    [
      'without a signature that writes it otherwise',
      () => forge({ header: { alg: 'nOnE' }, signed: unsigned }),
    ],
    ['without a signature that does not say so', () => forge({ signed: unsigned })],
    ['of another secret', () => forge({ signed: hmac('x'.repeat(43)) })],
    ['of the empty secret', () => forge({ signed: hmac('') })],
    ['of the key as secret', () => forge({ signed: hmac(world.media.apiKey) })],
    ['of an RSA key', () => forge({ header: { alg: 'RS256' }, signed: rsa })],
    ['of an RSA key that calls itself HMAC', () => forge({ signed: rsa })],
    ['signed with a public key as secret', () => forge({ signed: hmac(pem.toString()) })],
    [
      'with its own key in the header',
      () => forge({ header: { jwk: { kty: 'oct', k: 'eA' } }, signed: hmac('x') }),
    ],
    [
      'of another hash',
      () => forge({ header: { alg: 'HS512' }, signed: hmac(world.media.apiSecret, 'sha512') }),
    ],
    ['of another issuer', () => forge({ claims: { iss: 'somebody' } })],
    ['without an issuer', () => forge({ claims: { iss: undefined } })],
    ['that has expired', () => forge({ claims: { exp: nowSeconds() - 60 } })],
    ['that is not valid yet', () => forge({ claims: { nbf: nowSeconds() + 600 } })],
    ['that never expires', () => forge({ claims: { exp: undefined } })],
    ['changed after it was signed', () => forge({}).replace(/\.[^.]+\./, `.${packed({ sub: 'speaker' })}.`)],
    ['with critical headers', () => forge({ header: { crit: ['exp'] } })],
    ['of a megabyte', () => forge({ claims: { metadata: 'x'.repeat(100_000) } })],
    ['without join', () => forge({ video: { roomJoin: false } })],
    ['whose grants are text', () => forge({ video: { roomJoin: 'true' } })],
    ['whose room is an object', () => forge({ video: { room: { toString: 'call' } } })],
    ['whose identity is a list', () => forge({ claims: { sub: ['speaker'] } })],
    ['without an identity', () => forge({ claims: { sub: '' } })],
  ];
  for (const [name, token] of forgeries) {
    it(`lets nobody in: ${name}`, async () => {
      expect(await refusal(token())).toMatch(/^(400|401|431) |ECONNRESET|hang up/);
      expect(
        world.media.server.rooms
          .participants('call')
          .map(({ identity }) => identity)
          .sort(),
      ).toEqual(['listener', 'speaker']);
    });
  }
});

describe('administration', () => {
  const service = '/twirp/livekit.RoomService';
  const call = async (path: string, token: string | null, body: string | Uint8Array = '{}', headers = {}) => {
    const response = await fetch(`${world.media.httpUrl}${path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      body: typeof body === 'string' ? body : Buffer.from(body),
    });
    return { status: response.status, text: await response.text() };
  };
  const admin = (video: VideoGrant) => forge({ video: { roomJoin: false, room: '', ...video } });

  it('is closed to a token without the grant, or with that of another room', async () => {
    const grants: VideoGrant[] = [
      { roomJoin: true, room: 'call' },
      { roomAdmin: true, room: 'elsewhere' },
      { roomList: true },
      { roomCreate: true, room: 'call' },
      { roomAdmin: true },
    ];
    const deeds: [string, object][] = [
      ['RemoveParticipant', { room: 'call', identity: 'speaker' }],
      [
        'MutePublishedTrack',
        { room: 'call', identity: 'speaker', track_sid: world.call.trackSid, muted: true },
      ],
      ['UpdateParticipant', { room: 'call', identity: 'speaker', metadata: 'x' }],
      ['UpdateSubscriptions', { room: 'call', identity: 'listener', track_sids: [world.call.trackSid] }],
      ['SendData', { room: 'call', data: 'eA==' }],
      ['UpdateRoomMetadata', { room: 'call', metadata: 'x' }],
      ['ListParticipants', { room: 'call' }],
      ['GetParticipant', { room: 'call', identity: 'speaker' }],
    ];
    for (const video of grants) {
      for (const [method, body] of deeds) {
        const { status } = await call(`${service}/${method}`, admin(video), JSON.stringify(body));
        expect([403, 401], `${method} with ${JSON.stringify(video)}`).toContain(status);
      }
    }
    const { status } = await call(
      `${service}/DeleteRoom`,
      admin({ roomAdmin: true, room: 'call' }),
      '{"room":"call"}',
    );
    expect(status).toBe(401);
  });

  it('is closed without a token that holds', async () => {
    for (const token of [null, '', 'x.y.z', forge({ signed: () => '' })]) {
      expect((await call(`${service}/ListRooms`, token)).status).toBe(401);
    }
  });

  it('knows no other ways to its methods than the one', async () => {
    const token = admin({ roomList: true, roomCreate: true, roomAdmin: true, room: 'call' });
    const paths = [
      `${service}/__proto__`,
      `${service}/constructor`,
      `${service}/toString`,
      `${service}/hasOwnProperty`,
      `${service}/ListRooms/`,
      `${service}/ListRooms/x`,
      `${service}//ListRooms`,
      `${service}/%4cistRooms`,
      `${service}/listrooms`,
      '/twirp/__proto__/ListRooms',
      '/twirp/constructor/call',
      '/twirp/livekit.RoomService%2FListRooms',
      '/twirp/livekit.RoomService',
      '/twirp/',
      '/TWIRP/livekit.RoomService/ListRooms',
    ];
    for (const path of paths) {
      const { status } = await call(path, token);
      expect([404, 405], path).toContain(status);
    }
    expect((await call(`${service}/ListRooms`, token)).status).toBe(200);
  });

  it('refuses bodies that are none, and none is too odd or too large', async () => {
    const token = admin({ roomList: true, roomCreate: true, roomAdmin: true, room: 'call' });
    const bodies: (string | Uint8Array)[] = [
      '',
      'null',
      '[]',
      '"x"',
      '{',
      '{"names":{"length":1e9}}',
      `{"names":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      '{"__proto__":{"names":["x"]},"names":1}',
    ];
    for (const body of bodies) {
      expect((await call(`${service}/ListRooms`, token, body)).status, String(body).slice(0, 40)).toBe(400);
    }
    expect((await call(`${service}/ListRooms`, token, 'x'.repeat(2_000_000))).status).toBe(413);
    const binary = { 'content-type': 'application/protobuf' };
    const garbage = new Uint8Array(500).fill(0xff);
    expect((await call(`${service}/ListRooms`, token, garbage, binary)).status).toBe(400);
    expect((await call(`${service}/ListRooms`, token, '{}', { 'content-type': 'text/html' })).status).toBe(
      404,
    );
  });

  it('keeps to the room of the token, whatever the request names besides', async () => {
    const guest = await world.join('guest');
    const { apiKey, apiSecret, httpUrl } = world.media;
    const honest = new RoomServiceClient(httpUrl, apiKey, apiSecret);
    const token = admin({ roomAdmin: true, room: 'elsewhere' });
    const body = '{"room":"elsewhere","identity":"speaker","room":"call"}';
    expect((await call(`${service}/RemoveParticipant`, token, body)).status).toBe(401);
    const mute = JSON.stringify({
      room: 'elsewhere',
      identity: 'guest',
      track_sid: world.call.trackSid,
      muted: true,
    });
    expect((await call(`${service}/MutePublishedTrack`, token, mute)).status).toBe(404);
    expect((await honest.listParticipants('call')).length).toBe(2);
    await guest.leave();
  });
});
