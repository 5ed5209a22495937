import { AccessToken } from 'livekit-server-sdk';
import { type BehaviourGroup, behaviour } from '../behaviour.ts';
import { apiKey, apiSecret } from '../keys.ts';
import type { Observation } from '../observation.ts';
import { makeToken, type World } from '../world.ts';

/** What the check answers that a client asks for when its socket was refused. */
async function validate(world: World, path: string, token: string | null): Promise<Observation> {
  const query = token === null ? '' : `?access_token=${encodeURIComponent(token)}`;
  const response = await fetch(`${world.server.httpUrl}${path}${query}`);
  await response.arrayBuffer();
  return { status: response.status };
}

const validatePath = '/rtc/validate';

export const joining: BehaviourGroup = {
  title: 'Joining and tokens',
  behaviours: [
    behaviour(
      'A browser joins over one peer connection',
      {
        expected: {
          connection: 'connected',
          name: true,
          sid: 'PA_',
          kind: 'STANDARD',
          room: 'RM_',
          others: [],
        },
        clients: ['Chromium'],
        short: true,
      },
      async (world) => {
        const page = await world.page('anna', { room: { singlePeerConnection: true } });
        const room = await page.state();
        const sid = await page.run('room.getSid()');
        return {
          connection: room.connection,
          name: room.name === world.room,
          sid: room.me.sid.slice(0, 3),
          kind: room.me.kind,
          room: String(sid).slice(0, 3),
          others: room.others.map(({ identity }) => identity),
        };
      },
    ),
    behaviour(
      'A browser joins over two peer connections',
      { expected: { connection: 'connected', sid: 'PA_' }, clients: ['Chromium'], short: true },
      async (world) => {
        const page = await world.page('anna', { room: { singlePeerConnection: false } });
        const room = await page.state();
        return { connection: room.connection, sid: room.me.sid.slice(0, 3) };
      },
    ),
    behaviour(
      'The native client joins over one peer connection',
      { expected: { identity: 'anna', sid: 'PA_', room: 'RM_' }, clients: ['rtc-node'], short: true },
      async (world) => {
        const client = await world.node('anna', { options: { singlePeerConnection: true } });
        const sid = await client.room.getSid();
        return { identity: client.me.identity, sid: client.me.sid?.slice(0, 3) ?? '', room: sid.slice(0, 3) };
      },
    ),
    behaviour(
      'The native client joins over two peer connections',
      { expected: { identity: 'anna', sid: 'PA_' }, clients: ['rtc-node'] },
      async (world) => {
        const client = await world.node('anna', { options: { singlePeerConnection: false } });
        return { identity: client.me.identity, sid: client.me.sid?.slice(0, 3) ?? '' };
      },
    ),
    behaviour(
      'Clients of both join paths and both makes see each other',
      {
        expected: { anna: ['bo', 'carl'], bo: ['anna', 'carl'], carl: ['anna', 'bo'] },
        clients: ['Chromium', 'rtc-node'],
      },
      async (world) => {
        const anna = await world.page('anna', { room: { singlePeerConnection: true } });
        const bo = await world.page('bo', { room: { singlePeerConnection: false } });
        const carl = await world.node('carl');
        const others = (page: typeof anna) =>
          page.when(
            'two others',
            ({ others: seen }) => seen.length === 2 && seen.map(({ identity }) => identity).sort(),
          );
        await Promise.all([carl.seen('anna'), carl.seen('bo')]);
        return {
          anna: await others(anna),
          bo: await others(bo),
          carl: [...carl.room.remoteParticipants.keys()].sort(),
        };
      },
    ),
    behaviour(
      'The token says name, metadata and attributes, and others see them',
      {
        expected: { name: 'Anna A', metadata: '{"a":1}', attributes: { colour: 'red' } },
        clients: ['Chromium', 'rtc-node'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        await world.page('anna', { name: 'Anna A', metadata: '{"a":1}', attributes: { colour: 'red' } });
        const { name, metadata, attributes } = await bo.seen('anna');
        return { name: name ?? null, metadata, attributes };
      },
    ),
    behaviour(
      'The server tells what it is',
      {
        expected: { edition: 'string', version: true, protocol: true, nodeId: true },
        clients: ['Chromium'],
      },
      async (world) => {
        const { server } = await (await world.page('anna')).state();
        return {
          edition: typeof (server.edition ?? 0),
          version: /^\d+\.\d+\.\d+/.test(String(server.version)),
          protocol: Number(server.protocol) >= 15,
          nodeId: String(server.nodeId).startsWith('ND_'),
        };
      },
    ),
    behaviour(
      'The permissions of the token reach the client, and who may not publish may not publish data by default',
      {
        expected: {
          canSubscribe: true,
          canPublish: false,
          canPublishData: false,
          canUpdateMetadata: true,
          hidden: false,
        },
        clients: ['Chromium'],
      },
      async (world) => {
        const page = await world.page('anna', { grant: { canPublish: false, canUpdateOwnMetadata: true } });
        const permissions = (await page.state()).me.permissions ?? {};
        return Object.fromEntries(
          ['canSubscribe', 'canPublish', 'canPublishData', 'canUpdateMetadata', 'hidden'].map((name) => [
            name,
            permissions[name] ?? false,
          ]),
        );
      },
    ),
    behaviour(
      'A token of another key is refused',
      {
        expected: { name: 'ConnectionError', status: 401, reason: 'ServerUnreachable' },
        clients: ['Chromium'],
        short: true,
      },
      async (world) => {
        const token = new AccessToken('otherkey', apiSecret, { identity: 'anna' });
        token.addGrant({ roomJoin: true, room: world.room });
        return refusal(world, await token.toJwt());
      },
    ),
    behaviour(
      'A token with a forged signature is refused',
      {
        expected: { name: 'ConnectionError', status: 401, reason: 'ServerUnreachable' },
        clients: ['Chromium'],
      },
      async (world) => {
        const token = new AccessToken(apiKey, `${apiSecret}-not`, { identity: 'anna' });
        token.addGrant({ roomJoin: true, room: world.room });
        return refusal(world, await token.toJwt());
      },
    ),
    behaviour(
      'An expired token is refused',
      {
        expected: { name: 'ConnectionError', status: 401, reason: 'ServerUnreachable' },
        clients: ['Chromium'],
        short: true,
      },
      async (world) => refusal(world, await makeToken(world.room, 'anna', { ttl: '-1h' })),
    ),
    behaviour(
      'A token without roomJoin is refused',
      {
        expected: { name: 'ConnectionError', status: 401, reason: 'ServerUnreachable' },
        clients: ['Chromium'],
        short: true,
      },
      async (world) => refusal(world, await makeToken(world.room, 'anna', { grant: { roomJoin: false } })),
    ),
    behaviour(
      'Garbage for a token is refused',
      {
        expected: { name: 'ConnectionError', status: 401, reason: 'ServerUnreachable' },
        clients: ['Chromium'],
      },
      (world) => refusal(world, 'this.is.not-a-token'),
    ),
    behaviour(
      'The check before joining accepts a good token',
      { expected: { status: 200 }, clients: ['HTTP'] },
      async (world) => validate(world, validatePath, await world.token('anna')),
    ),
    behaviour(
      'The check before joining refuses a missing token',
      { expected: { status: 401 }, clients: ['HTTP'] },
      (world) => validate(world, validatePath, null),
    ),
    behaviour(
      'The check before joining refuses an expired token',
      { expected: { status: 401 }, clients: ['HTTP'] },
      async (world) => validate(world, validatePath, await makeToken(world.room, 'anna', { ttl: '-1h' })),
    ),
    behaviour(
      'The second join path asks for its join request',
      { expected: { status: 400 }, clients: ['HTTP'] },
      async (world) => validate(world, '/rtc/v1/validate', await world.token('anna')),
    ),
    behaviour(
      'The second join path refuses a broken join request',
      { expected: { status: 400 }, clients: ['HTTP'] },
      async (world) => {
        const token = encodeURIComponent(await world.token('anna'));
        const response = await fetch(
          `${world.server.httpUrl}/rtc/v1/validate?access_token=${token}&join_request=%21%21`,
        );
        await response.arrayBuffer();
        return { status: response.status };
      },
    ),
    behaviour(
      'Plain HTTP where a WebSocket belongs is not taken',
      { expected: { refused: true }, clients: ['HTTP'] },
      async (world) => {
        const token = encodeURIComponent(await world.token('anna'));
        const response = await fetch(`${world.server.httpUrl}/rtc?access_token=${token}`);
        await response.arrayBuffer();
        return { refused: response.status >= 400 };
      },
    ),
    behaviour(
      'The root says OK, for load balancers',
      { expected: { status: 200, body: 'OK' }, clients: ['HTTP'] },
      async (world) => {
        const response = await fetch(world.server.httpUrl);
        return { status: response.status, body: (await response.text()).trim() };
      },
    ),
    behaviour(
      'Where rooms are not made by joining, an unknown room is refused and a created one is joined',
      {
        expected: { unknown: { status: 404 }, created: 'connected' },
        clients: ['Chromium', 'server SDK'],
      },
      async (world) => {
        const strict = await world.another({ autoCreate: false });
        const { failure } = await strict.tryPage('anna', { connect: { maxRetries: 0 } });
        await strict.service.createRoom({ name: strict.room });
        const page = await strict.page('bo');
        return { unknown: { status: failure?.status ?? null }, created: (await page.state()).connection };
      },
    ),
  ],
};

async function refusal(world: World, token: string): Promise<Observation> {
  const { failure } = await world.tryPage('anna', { token, connect: { maxRetries: 0 } });
  return failure === null
    ? { name: null, status: null, reason: null }
    : { name: failure.name, status: failure.status, reason: failure.reason };
}
