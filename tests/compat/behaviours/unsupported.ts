import {
  AgentDispatchClient,
  EgressClient,
  EncodedFileOutput,
  IngressClient,
  IngressInput,
  SipClient,
} from 'livekit-server-sdk';
import { type BehaviourGroup, behaviour } from '../behaviour.ts';
import { apiKey, apiSecret } from '../keys.ts';
import type { Observation } from '../observation.ts';
import type { World } from '../world.ts';

type Refusal = readonly [string, Observation, (world: World) => Promise<unknown>];

const refusals: readonly Refusal[] = [
  [
    'Starting an egress of a room that is not there',
    { status: 404, code: 'not_found' },
    (world) =>
      new EgressClient(world.server.httpUrl, apiKey, apiSecret).startRoomCompositeEgress(
        world.room,
        new EncodedFileOutput({ filepath: 'x.mp4' }),
      ),
  ],
  [
    'Listing egresses',
    { status: 500, code: 'internal' },
    (world) => new EgressClient(world.server.httpUrl, apiKey, apiSecret).listEgress(),
  ],
  [
    'Stopping an egress',
    { status: 500, code: 'internal' },
    (world) => new EgressClient(world.server.httpUrl, apiKey, apiSecret).stopEgress('EG_none'),
  ],
  [
    'Creating an ingress',
    { status: 500, code: 'internal' },
    (world) =>
      new IngressClient(world.server.httpUrl, apiKey, apiSecret).createIngress(IngressInput.RTMP_INPUT, {
        name: 'x',
        roomName: world.room,
        participantIdentity: 'x',
        participantName: 'x',
      }),
  ],
  [
    'Listing ingresses',
    { status: 500, code: 'internal' },
    (world) => new IngressClient(world.server.httpUrl, apiKey, apiSecret).listIngress(),
  ],
  [
    'Listing SIP trunks',
    { status: 500, code: 'internal' },
    (world) => new SipClient(world.server.httpUrl, apiKey, apiSecret).listSipInboundTrunk(),
  ],
  [
    'Listing SIP dispatch rules',
    { status: 500, code: 'internal' },
    (world) => new SipClient(world.server.httpUrl, apiKey, apiSecret).listSipDispatchRule(),
  ],
  [
    'Calling out by SIP',
    { status: 500, code: 'internal' },
    (world) =>
      new SipClient(world.server.httpUrl, apiKey, apiSecret).createSipParticipant(
        'ST_none',
        '+4500000000',
        world.room,
      ),
  ],
  [
    'Listing the dispatches of agents in a room that is not there',
    { status: 503, code: 'unavailable' },
    (world) => new AgentDispatchClient(world.server.httpUrl, apiKey, apiSecret).listDispatch('no-such-room'),
  ],
  ...(['moveParticipant', 'forwardParticipant'] as const).map(
    (method): Refusal => [
      method === 'moveParticipant'
        ? 'Moving somebody to another room'
        : 'Forwarding somebody to another room',
      { status: 500, code: 'unknown' },
      async (world) => {
        await world.node('anna');
        await world.service[method](world.room, 'anna', 'elsewhere');
      },
    ],
  ),
];

export const unsupported: BehaviourGroup = {
  title: 'What is not configured',
  behaviours: [
    ...refusals.map(([what, expected, call], at) =>
      behaviour(`${what} is refused`, { expected, clients: ['server SDK'], short: at === 0 }, (world) =>
        world.refusal(call(world)),
      ),
    ),
    behaviour(
      'A method that there is not is answered as a bad route',
      { expected: { status: 404, code: 'bad_route' }, clients: ['HTTP'] },
      async (world) => {
        const response = await fetch(`${world.server.httpUrl}/twirp/livekit.RoomService/Nonsense`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${await world.token('anna')}`,
          },
          body: '{}',
        });
        const { code } = (await response.json()) as { readonly code?: string };
        return { status: response.status, code: code ?? null };
      },
    ),
    behaviour(
      'A body that is no JSON is answered as malformed',
      { expected: { status: 400, code: 'malformed' }, clients: ['HTTP'] },
      async (world) => {
        const token = await world.token('anna', { grant: { roomList: true } });
        const response = await fetch(`${world.server.httpUrl}/twirp/livekit.RoomService/ListRooms`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: '{not json',
        });
        const { code } = (await response.json()) as { readonly code?: string };
        return { status: response.status, code: code ?? null };
      },
    ),
    behaviour(
      'A browser may call the API from another origin',
      { expected: { allowed: true }, clients: ['HTTP'] },
      async (world) => {
        const response = await fetch(`${world.server.httpUrl}/twirp/livekit.RoomService/ListRooms`, {
          method: 'OPTIONS',
          headers: {
            origin: 'https://example.org',
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization,content-type',
          },
        });
        await response.arrayBuffer();
        return {
          allowed: ['*', 'https://example.org'].includes(
            response.headers.get('access-control-allow-origin') ?? '',
          ),
        };
      },
    ),
  ],
};
