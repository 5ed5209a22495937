// Conversations as honest clients have them: the official client for Node through a tap, and what else the protocol
// knows, said by the client of the tests.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AudioFrame, AudioSource, LocalAudioTrack, Room, TrackPublishOptions } from '@livekit/rtc-node';
import {
  RawClient as Raw,
  type RawClient,
  type RawMessage,
  WebSocket,
  WebSocketServer,
} from '@naer/media-server/testing';
import type { ServerProcess } from './server-process.ts';

export interface Conversation {
  readonly name: string;
  /** Path and parameters without the token. */
  readonly path: string;
  readonly frames: readonly Buffer[];
}

export async function recordConversations(server: ServerProcess): Promise<Conversation[]> {
  return [await recordOfficial(server), ...(await recordRaw(server))];
}

async function recordOfficial(server: ServerProcess): Promise<Conversation> {
  const frames: Buffer[] = [];
  let path = '';
  const tap = createServer((_, response) => response.writeHead(404).end());
  const taps = new WebSocketServer({ server: tap });
  taps.on('connection', (client, request) => {
    path = request.url ?? '';
    const { authorization } = request.headers;
    const upstream = new WebSocket(`${server.url}${path}`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    const early: Buffer[] = [];
    client.on('message', (data) => {
      const frame = Buffer.isBuffer(data) ? data : Buffer.alloc(0);
      frames.push(frame);
      if (upstream.readyState === WebSocket.OPEN) upstream.send(frame);
      else early.push(frame);
    });
    upstream.on('open', () => {
      for (const frame of early) upstream.send(frame);
    });
    upstream.on('message', (data) => client.send(data));
    upstream.on('error', () => client.terminate());
    client.on('error', () => upstream.terminate());
    client.on('close', () => upstream.terminate());
    upstream.on('close', () => client.close());
  });
  await new Promise<void>((resolve) => tap.listen(0, '127.0.0.1', resolve));
  const { port } = tap.address() as AddressInfo;
  const room = new Room();
  await room.connect(`ws://127.0.0.1:${port}`, await server.token('honest', 'recording'), {
    autoSubscribe: true,
    dynacast: false,
  });
  const source = new AudioSource(48_000, 1);
  const track = LocalAudioTrack.createAudioTrack('voice', source);
  await room.localParticipant?.publishTrack(track, new TrackPublishOptions());
  await source.captureFrame(new AudioFrame(new Int16Array(480), 48_000, 1, 480));
  await room.localParticipant?.updateMetadata('honest');
  await new Promise((resolve) => setTimeout(resolve, 500));
  await room.disconnect();
  taps.close();
  for (const client of taps.clients) client.terminate();
  tap.close();
  tap.closeAllConnections();
  return { name: 'rtc-node', path: path.replace(/[?&]access_token=[^&]*/, ''), frames };
}

const trackSid = 'TR_AMfuzzfuzzfuzz';
/** Whatever the protocol knows besides. */
const further: readonly RawMessage[] = [
  { case: 'subscription', value: { trackSids: [trackSid], subscribe: true } },
  { case: 'trackSetting', value: { trackSids: [trackSid], quality: 2, width: 640, height: 360, fps: 30 } },
  { case: 'mute', value: { sid: trackSid, muted: true } },
  { case: 'updateLayers', value: { trackSid } },
  {
    case: 'subscriptionPermission',
    value: { allParticipants: false, trackPermissions: [{ participantIdentity: 'x', allTracks: true }] },
  },
  { case: 'syncState', value: { subscription: { trackSids: [trackSid] }, trackSidsDisabled: [trackSid] } },
  { case: 'simulate', value: { scenario: { case: 'speakerUpdate', value: 1 } } },
  { case: 'simulate', value: { scenario: { case: 'subscriberBandwidth', value: 100_000n } } },
  { case: 'pingReq', value: { timestamp: 1n, rtt: 2n } },
  { case: 'updateMetadata', value: { name: 'n', metadata: 'm', attributes: { a: 'b' }, requestId: 7 } },
  { case: 'updateAudioTrack', value: { trackSid, features: [1, 2] } },
  { case: 'updateVideoTrack', value: { trackSid, width: 1, height: 1 } },
  {
    case: 'trickle',
    value: {
      target: 0,
      candidateInit: '{"candidate":"candidate:1 1 udp 1 127.0.0.1 9 typ host","sdpMid":"0"}',
    },
  },
];

async function recordRaw(server: ServerProcess): Promise<Conversation[]> {
  const options = async (identity: string) => ({
    url: server.url,
    token: await server.token(identity, 'recording'),
  });
  const talk = async (client: RawClient): Promise<readonly Buffer[]> => {
    for (const message of further) client.say(message);
    await client.told('pongResp');
    await client.leave();
    return client.said;
  };
  const v1 = await Raw.v1(await options('raw-v1'));
  await v1.connectMedia();
  await v1.publish('audio', 7);
  await v1.publish('video', 8, { rids: ['q', 'h', 'f'] });
  const v0 = await Raw.v0(await options('raw-v0'));
  await v0.told('offer');
  const { sdp } = v0.all('offer')[0] ?? { sdp: '' };
  v0.say({ case: 'answer', value: { type: 'answer', sdp: sdp.replaceAll('actpass', 'active'), id: 1 } });
  return [
    { name: 'v1', path: '/rtc/v1?join_request=', frames: await talk(v1) },
    { name: 'v0', path: '/rtc?protocol=16&auto_subscribe=1&sdk=js', frames: await talk(v0) },
  ];
}
