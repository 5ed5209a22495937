import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect as connectTcp } from 'node:net';
import { ListRoomsRequest, ListRoomsResponse } from '@livekit/protocol';
import {
  AgentDispatchClient,
  EgressClient,
  IngressClient,
  IngressInput,
  RoomServiceClient,
  SipClient,
  TrackSource,
  TwirpError,
} from 'livekit-server-sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  apiKey,
  apiSecret,
  connect,
  type Edges,
  joinToken,
  startEdges,
  tokenFor,
} from '../signal/fixture.ts';

describe('administration', () => {
  let edges: Edges;
  let service: RoomServiceClient;
  beforeEach(async () => {
    edges = await startEdges({
      limits: { maxMetadataBytes: 100, maxNameLength: 20 },
      metricsToken: 'metrics-token-16',
    });
    edges.rooms.names.add('stue');
    service = new RoomServiceClient(edges.url, apiKey, apiSecret);
  });
  afterEach(async () => {
    await edges.close();
  });

  const post = async (
    path: string,
    body: unknown,
    options: { token?: string; headers?: Record<string, string>; method?: string } = {},
  ): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${edges.url}${path}`, {
      method: options.method ?? 'POST',
      ...(options.method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        'content-type': 'application/json',
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
  };
  const rooms = (method: string): string => `/twirp/livekit.RoomService/${method}`;
  const denied = { status: 401, body: { code: 'unauthenticated', msg: 'permissions denied' } };

  it('does what the official server SDK asks for', async () => {
    await service.createRoom({ name: 'samtale', emptyTimeout: 60, maxParticipants: 2, metadata: 'm' });
    expect((await service.listRooms(['samtale'])).map(({ name }) => name)).toEqual(['samtale']);
    expect((await service.listParticipants('stue')).map(({ identity }) => identity)).toEqual(['anna']);
    expect((await service.getParticipant('stue', 'anna')).identity).toBe('anna');
    await service.removeParticipant('stue', 'anna');
    expect((await service.mutePublishedTrack('stue', 'anna', 'TR_1', true)).sid).toBe('TR_1');
    await service.updateParticipant('stue', 'anna', {
      attributes: { a: '1' },
      permission: { canPublish: true, canPublishSources: [TrackSource.CAMERA] },
    });
    await service.updateSubscriptions('stue', 'anna', ['TR_1'], false);
    await service.sendData('stue', new Uint8Array([1, 2]), 1, {
      topic: 'chat',
      destinationIdentities: ['anna'],
    });
    expect((await service.updateRoomMetadata('stue', 'new')).metadata).toBe('new');
    await service.deleteRoom('stue');
    expect(edges.rooms.calls).toMatchObject([
      [
        'create',
        'samtale',
        { emptyTimeoutSeconds: 60, departureTimeoutSeconds: null, maxParticipants: 2, metadata: 'm' },
      ],
      ['list', ['samtale']],
      ['participants', 'stue'],
      ['participant', 'stue', 'anna'],
      ['removeParticipant', 'stue', 'anna'],
      ['muteTrack', 'stue', 'anna', 'TR_1', true],
      [
        'updateParticipant',
        'stue',
        'anna',
        {
          metadata: null,
          name: null,
          attributes: { a: '1' },
          permission: { canPublish: true, canSubscribe: false, canPublishSources: ['camera'] },
        },
      ],
      ['updateSubscriptions', 'stue', 'anna', { trackSids: ['TR_1'], subscribe: false }],
      ['sendData', 'stue', { kind: 'lossy', topic: 'chat', destinationIdentities: ['anna'] }],
      ['updateMetadata', 'stue', 'new'],
      ['remove', 'stue'],
    ]);
  });

  it('speaks protobuf as well as JSON, and writes names and defaults as LiveKit does', async () => {
    const token = await tokenFor({ roomList: true });
    const response = await fetch(`${edges.url}${rooms('ListRooms')}`, {
      method: 'POST',
      body: new ListRoomsRequest({ names: ['stue'] }).toBinary(),
      headers: { 'content-type': 'application/protobuf', authorization: `Bearer ${token}` },
    });
    expect(response.headers.get('content-type')).toBe('application/protobuf');
    expect(ListRoomsResponse.fromBinary(new Uint8Array(await response.arrayBuffer())).rooms[0]?.name).toBe(
      'stue',
    );
    const json = await post(rooms('ListRooms'), {}, { token });
    expect(json.body).toMatchObject({
      rooms: [{ name: 'stue', num_participants: 0, active_recording: false }],
    });
  });

  describe('asks each method for its grant', () => {
    const admin = { roomAdmin: true, room: 'stue' };
    const needs: [string, object, object][] = [
      ['CreateRoom', { name: 'a' }, { roomCreate: true }],
      ['DeleteRoom', { room: 'stue' }, { roomCreate: true }],
      ['ListRooms', {}, { roomList: true }],
      ['ListParticipants', { room: 'stue' }, admin],
      ['GetParticipant', { room: 'stue', identity: 'anna' }, admin],
      ['RemoveParticipant', { room: 'stue', identity: 'anna' }, admin],
      ['MutePublishedTrack', { room: 'stue', identity: 'anna', track_sid: 'TR_1', muted: true }, admin],
      ['UpdateParticipant', { room: 'stue', identity: 'anna' }, admin],
      ['UpdateSubscriptions', { room: 'stue', identity: 'anna' }, admin],
      ['SendData', { room: 'stue', data: '' }, admin],
      ['UpdateRoomMetadata', { room: 'stue', metadata: '' }, admin],
    ];
    const all = { roomCreate: true, roomList: true, roomAdmin: true, room: 'stue', roomJoin: true };
    for (const [method, body, grant] of needs) {
      it(method, async () => {
        expect((await post(rooms(method), body, { token: await tokenFor(grant) })).status).toBe(200);
        expect(await post(rooms(method), body)).toEqual(denied);
        const others = {
          ...all,
          ...Object.fromEntries(Object.keys(grant).map((key) => [key, key === 'room' ? 'stue' : undefined])),
        };
        expect(await post(rooms(method), body, { token: await tokenFor(others) })).toEqual(denied);
        if (grant === admin) {
          const elsewhere = await tokenFor({ ...all, room: 'andetsteds' });
          expect(await post(rooms(method), body, { token: elsewhere })).toEqual(denied);
        }
      });
    }
  });

  describe('refuses as LiveKit does', () => {
    const refusals: [string, object, object, number, object][] = [
      [
        'DeleteRoom',
        { room: 'x' },
        { roomCreate: true },
        404,
        { code: 'not_found', msg: 'requested room does not exist' },
      ],
      [
        'CreateRoom',
        { name: 'a', metadata: 'm'.repeat(101) },
        { roomCreate: true },
        400,
        {
          code: 'invalid_argument',
          msg: 'metadata size exceeds limits 100',
          meta: { argument: 'metadata size exceeds limits' },
        },
      ],
      [
        'CreateRoom',
        { name: 'n'.repeat(21) },
        { roomCreate: true },
        400,
        { code: 'invalid_argument', msg: 'room name length exceeds limits: max length 20' },
      ],
      [
        'CreateRoom',
        { name: 'a', egress: {} },
        { roomCreate: true },
        500,
        { code: 'internal', msg: 'egress not connected (redis required)' },
      ],
      [
        'SendData',
        { room: 'stue', nonce: 'AAAA' },
        { roomAdmin: true, room: 'stue' },
        400,
        { code: 'invalid_argument', msg: 'nonce should be 16-bytes or not present, got: 3 bytes' },
      ],
      [
        'MoveParticipant',
        { room: 'stue', identity: 'anna', destination_room: 'b' },
        { roomAdmin: true, room: 'stue', destinationRoom: 'b' },
        500,
        { code: 'unknown', msg: 'not implemented' },
      ],
    ];
    for (const [method, body, grant, status, error] of refusals) {
      it(`${method} ${JSON.stringify(error)}`, async () => {
        expect(await post(rooms(method), body, { token: await tokenFor(grant) })).toEqual({
          status,
          body: error,
        });
      });
    }

    it('what is no request at all', async () => {
      const token = await tokenFor({ roomList: true });
      expect(await post(rooms('ListRooms'), '{', { token })).toEqual({
        status: 400,
        body: { code: 'malformed', msg: 'the json request could not be decoded' },
      });
      expect(await post(rooms('Nothing'), {}, { token })).toMatchObject({
        status: 404,
        body: { code: 'bad_route', meta: { twirp_invalid_route: `POST ${rooms('Nothing')}` } },
      });
      expect(await post(rooms('constructor'), {}, { token })).toMatchObject({ status: 404 });
      expect(await post(rooms('ListRooms'), {}, { token, method: 'GET' })).toMatchObject({ status: 404 });
      expect(
        await post(rooms('ListRooms'), '', { token, headers: { 'content-type': 'text/plain' } }),
      ).toMatchObject({
        status: 404,
        body: { msg: 'unexpected Content-Type: "text/plain"' },
      });
      expect(await post('/twirp/livekit.Nothing/At', {}, { token })).toEqual({
        status: 404,
        body: '404 page not found\n',
      });
    });

    it('tokens that are none, in plain text', async () => {
      expect(await post(rooms('ListRooms'), {}, { token: 'x' })).toEqual({
        status: 401,
        body: 'invalid authorization token',
      });
      const basic = await post(rooms('ListRooms'), {}, { headers: { authorization: 'Basic x' } });
      expect(basic.status).toBe(401);
    });

    it('bodies that are too large, also where their length is not told', async () => {
      const token = await tokenFor({ roomList: true });
      const body = 'x'.repeat(1024 * 1024 + 1);
      expect((await post(rooms('ListRooms'), body, { token })).status).toBe(413);
      const early = connectTcp(Number(new URL(edges.url).port), '127.0.0.1');
      early.write(`POST ${rooms('ListRooms')} HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n`);
      const [answer] = await once(early, 'data');
      expect(String(answer)).toContain('413 Payload Too Large');
      early.destroy();
      const status = await new Promise((resolve) => {
        const request = httpRequest(
          `${edges.url}${rooms('ListRooms')}`,
          {
            method: 'POST',
            headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          },
          (response) => {
            resolve(response.statusCode);
            response.destroy();
          },
        );
        request.on('error', () => {});
        request.write(body);
        request.end();
      });
      expect(status).toBe(413);
    });
  });

  it('answers for services that are not here as LiveKit without Redis does', async () => {
    const said = (asked: Promise<unknown>): Promise<string> =>
      asked.then(
        () => 'nothing',
        (error: unknown) =>
          error instanceof TwirpError ? `${error.status} ${error.code} ${error.message}` : `${error}`,
      );
    const args = [edges.url, apiKey, apiSecret] as const;
    expect(await said(new EgressClient(...args).listEgress())).toContain(
      'egress not connected (redis required)',
    );
    expect(
      await said(
        new IngressClient(...args).createIngress(IngressInput.WHIP_INPUT, {
          name: 'a',
          roomName: 'stue',
          participantIdentity: 'b',
        }),
      ),
    ).toContain('ingress not connected (redis required)');
    expect(await said(new SipClient(...args).listSipInboundTrunk())).toContain(
      'sip not connected (redis required)',
    );
    expect(await said(new SipClient(...args).createSipParticipant('t', '1', 'stue'))).toContain(
      'sip not connected',
    );
    for (const path of [
      'Egress/ListEgress',
      'Ingress/ListIngress',
      'SIP/ListSIPTrunk',
      'AgentDispatchService/ListDispatch',
    ]) {
      expect(await post(`/twirp/livekit.${path}`, {}, { token: await joinToken() })).toEqual(denied);
    }
  });

  it('keeps the wish for an agent, for whom nobody comes, as long as its room is there', async () => {
    const agents = new AgentDispatchClient(edges.url, apiKey, apiSecret);
    const { id } = await agents.createDispatch('ny', 'referent', { metadata: 'm' });
    expect(id).toMatch(/^AD_/);
    expect(edges.rooms.names.has('ny')).toBe(true);
    expect((await agents.listDispatch('ny')).map(({ agentName }) => agentName)).toEqual(['referent']);
    expect(await agents.listDispatch('stue')).toEqual([]);
    await agents.deleteDispatch(id, 'ny');
    await expect(agents.deleteDispatch(id, 'ny')).rejects.toThrow('dispatch ID not found');
    for (let i = 0; i < 16; i++) await agents.createDispatch('ny', `agent ${i}`);
    await expect(agents.createDispatch('ny', 'one more')).rejects.toThrow('too many agent dispatches');
    edges.rooms.names.delete('ny');
    await expect(agents.listDispatch('ny')).rejects.toThrow('requested room does not exist');
  });

  it('lets pages of any origin ask, since tokens decide', async () => {
    const preflight = await fetch(`${edges.url}${rooms('ListRooms')}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://side.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      'access-control-allow-origin': 'https://side.example',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'authorization,content-type',
      'access-control-max-age': '86400',
    });
  });

  it('tells that it lives, and whether it takes new rooms', async () => {
    const status = async (path: string) => (await fetch(`${edges.url}${path}`)).status;
    expect(await (await fetch(edges.url)).text()).toBe('OK');
    expect([await status('/healthz'), await status('/readyz'), await status('/else')]).toEqual([
      200, 200, 404,
    ]);
    edges.draining = true;
    expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503]);
  });

  it('shows its numbers to this machine and to who holds the token, to nobody behind a proxy', async () => {
    const metrics = (headers: Record<string, string>) => fetch(`${edges.url}/metrics`, { headers });
    expect((await metrics({})).status).toBe(200);
    expect((await metrics({ 'x-forwarded-for': '203.0.113.1' })).status).toBe(404);
    expect((await metrics({ authorization: 'Bearer wrong' })).status).toBe(404);
    const told = await metrics({
      authorization: 'Bearer metrics-token-16',
      'x-forwarded-for': '203.0.113.1',
    });
    expect(told.status).toBe(200);
  });

  it('is not in the way of signalling on the same port', async () => {
    await connect(`${edges.url}/rtc?access_token=${await joinToken()}`);
    expect(edges.rooms.visits).toHaveLength(1);
  });
});
