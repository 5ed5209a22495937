import { gzipSync } from 'node:zlib';
import {
  AddTrackRequest,
  ClientInfo_Capability,
  ClientInfo_SDK,
  JoinRequest,
  ReconnectReason,
  TrackType,
  WrappedJoinRequest,
  WrappedJoinRequest_Compression,
} from '@livekit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { MediaError } from '../media-error.ts';
import type { JoinWish } from './client-messages.ts';
import { parseJoinWish } from './join-wish.ts';

type Wire = NonNullable<ConstructorParameters<typeof JoinRequest>[0]>;
const { GZIP, NONE } = WrappedJoinRequest_Compression;

function packed(joinRequest: Uint8Array, compression: WrappedJoinRequest_Compression): string {
  return Buffer.from(new WrappedJoinRequest({ joinRequest, compression }).toBinary()).toString('base64url');
}

function parseUrl(path: string, parameters: Record<string, string>): JoinWish {
  const url = new URL(path, 'ws://127.0.0.1');
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return parseJoinWish(url, defaultLimits);
}

function parseV1(wire: Wire, compression = GZIP): JoinWish {
  const bytes = new JoinRequest(wire).toBinary();
  return parseUrl('/rtc/v1', {
    join_request: packed(compression === GZIP ? gzipSync(bytes) : bytes, compression),
  });
}

function refusalOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (error instanceof MediaError && error.code === 'invalid_argument') return error.message;
    throw error;
  }
  return 'taken';
}

describe('a join on /rtc', () => {
  it('says by its parameters what livekit-client says', () => {
    const wish = parseUrl('/rtc', {
      access_token: 'x',
      auto_subscribe: '0',
      adaptive_stream: '1',
      sdk: 'js',
      version: '2.23.0',
      protocol: '17',
      os: 'Windows',
      browser: 'Chrome',
      browser_version: '156',
      device_model: 'Pixel',
      client_protocol: '1',
      capabilities: 'CAP_PACKET_TRAILER, CAP_OF_TOMORROW',
    });
    expect(wish).toEqual({
      mode: 'v0',
      reconnect: false,
      participantSid: '',
      reconnectReason: 0,
      autoSubscribe: false,
      autoSubscribeDataTrack: false,
      adaptiveStream: true,
      metadata: '',
      attributes: {},
      client: {
        sdk: 'js',
        version: '2.23.0',
        protocol: 17,
        os: 'Windows',
        browser: 'Chrome',
        browserVersion: '156',
        deviceModel: 'Pixel',
        clientProtocol: 1,
        capabilities: [ClientInfo_Capability.CAP_PACKET_TRAILER],
      },
      addTrackRequests: [],
      publisherOffer: null,
      syncState: null,
    });
  });

  it('subscribes to everything when it says nothing', () => {
    expect(parseUrl('/rtc', {})).toMatchObject({
      autoSubscribe: true,
      reconnect: false,
      client: { sdk: 'unknown' },
    });
  });

  it('names its sid only when it reconnects', () => {
    expect(parseUrl('/rtc', { sid: 'PA_x' }).participantSid).toBe('');
    expect(parseUrl('/rtc', { sid: 'PA_x', reconnect: 'true', reconnect_reason: '2' })).toMatchObject({
      reconnect: true,
      participantSid: 'PA_x',
      reconnectReason: 2,
    });
  });

  it('brings attributes as base64 of JSON, empty ones left out', () => {
    const attributes = Buffer.from('{"a":"1","b":""}').toString('base64url');
    expect(parseUrl('/rtc', { attributes }).attributes).toEqual({ a: '1' });
    expect(parseUrl('/rtc', { attributes: Buffer.from('null').toString('base64url') }).attributes).toEqual(
      {},
    );
    for (const bad of ['{', '[]', '"x"', '{"a":1}']) {
      const json = Buffer.from(bad).toString('base64url');
      expect(refusalOf(() => parseUrl('/rtc', { attributes: json }))).toBe('attributes cannot be read');
    }
  });

  it('takes numbers that are none as not said, and cuts what is only for the metrics', () => {
    const wish = parseUrl('/rtc', { protocol: '-1e9', reconnect_reason: 'NaN', os: 'x'.repeat(1000) });
    expect(wish.client.protocol).toBe(0);
    expect(wish.reconnectReason).toBe(0);
    expect(wish.client.os).toHaveLength(64);
  });
});

describe('a join on /rtc/v1', () => {
  const wire: Wire = {
    clientInfo: { sdk: ClientInfo_SDK.REACT_NATIVE, version: '2.0', protocol: 16, os: 'iOS' },
    connectionSettings: { autoSubscribe: true, adaptiveStream: true },
    metadata: '{}',
    participantAttributes: { a: '1', b: '' },
    addTrackRequests: [
      new AddTrackRequest({ cid: 'mic', type: TrackType.AUDIO }),
      new AddTrackRequest({ cid: 'data', type: TrackType.DATA }),
    ],
    publisherOffer: { type: 'offer', sdp: 'v=0', id: 1 },
    reconnect: true,
    reconnectReason: ReconnectReason.RR_PUBLISHER_FAILED,
    participantSid: 'PA_x',
    syncState: { trackSidsDisabled: ['TR_a'] },
  };

  it.each([
    ['compressed', GZIP],
    ['as it is', NONE],
  ])('says everything in one request, %s', (_, compression) => {
    const wish = parseV1(wire, compression);
    expect(wish).toMatchObject({
      mode: 'v1',
      reconnect: true,
      participantSid: 'PA_x',
      reconnectReason: ReconnectReason.RR_PUBLISHER_FAILED,
      autoSubscribe: true,
      adaptiveStream: true,
      metadata: '{}',
      attributes: { a: '1' },
      client: { sdk: 'reactnative', version: '2.0', protocol: 16, os: 'iOS' },
      publisherOffer: { type: 'offer', sdp: 'v=0', id: 1, midToTrackId: {} },
      syncState: { kind: 'syncState', disabledTrackSids: ['TR_a'] },
    });
    // Neither audio nor video: nothing that could be published.
    expect(wish.addTrackRequests.map(({ cid }) => cid)).toEqual(['mic']);
  });

  it('is understood with the other alphabet of base64 and padding too', () => {
    const bytes = new JoinRequest({ metadata: '???>>>~~~' }).toBinary();
    const url = packed(bytes, NONE);
    const plain = Buffer.from(url, 'base64url').toString('base64');
    expect(parseUrl('/rtc/v1', { join_request: plain }).metadata).toBe('???>>>~~~');
  });

  it('subscribes to nothing when it has no settings, as at LiveKit', () => {
    expect(parseV1({})).toMatchObject({ autoSubscribe: false, publisherOffer: null, syncState: null });
  });

  it('is refused without request, and on any path with a broken one', () => {
    expect(refusalOf(() => parseUrl('/rtc/v1', {}))).toBe('join_request is required');
    expect(refusalOf(() => parseUrl('/rtc/v1/validate', {}))).toBe('join_request is required');
    for (const broken of [
      '*',
      'CAE',
      packed(Buffer.from('no gzip'), GZIP),
      packed(Uint8Array.of(0x0a), NONE),
    ]) {
      expect(refusalOf(() => parseUrl('/rtc', { join_request: broken }))).not.toBe('taken');
    }
    expect(refusalOf(() => parseUrl('/rtc', { join_request: packed(new Uint8Array(), 7 as never) }))).toMatch(
      /compression/,
    );
  });

  it('is refused when it holds more than a participant may have', () => {
    const request = new AddTrackRequest({ cid: 'c', type: TrackType.AUDIO });
    const addTrackRequests = Array<AddTrackRequest>(defaultLimits.maxTracksPerParticipant + 1).fill(request);
    expect(refusalOf(() => parseV1({ addTrackRequests }))).toMatch(/tracks has more than/);
    expect(refusalOf(() => parseV1({ metadata: 'x'.repeat(defaultLimits.maxMetadataBytes + 1) }))).toMatch(
      /metadata/,
    );
    expect(refusalOf(() => parseV1({ participantAttributes: { a: 'x'.repeat(70_000) } }))).toMatch(
      /attributes/,
    );
    expect(
      refusalOf(() => parseV1({ publisherOffer: { sdp: 'x'.repeat(defaultLimits.maxSdpBytes + 1) } })),
    ).toMatch(/too large/);
  });

  it('does not unpack a bomb', () => {
    const bomb = gzipSync(Buffer.alloc(24 * 1024 * 1024));
    const before = process.memoryUsage().arrayBuffers;
    expect(refusalOf(() => parseUrl('/rtc/v1', { join_request: packed(bomb, GZIP) }))).toMatch(
      /cannot be read/,
    );
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
  });
});

it('arbitrary parameters are understood or refused, and nothing else', () => {
  const names = [
    'reconnect',
    'sid',
    'auto_subscribe',
    'protocol',
    'attributes',
    'join_request',
    'sdk',
    'reconnect_reason',
  ];
  const bytes = fc.uint8Array({ maxLength: 200 });
  const values = fc.oneof(
    fc.string({ unit: 'binary' }),
    bytes.map((request) => Buffer.from(request).toString('base64url')),
    bytes.map((request) => packed(request, NONE)),
    bytes.map((request) => packed(gzipSync(request), GZIP)),
    bytes.map((request) => packed(request, GZIP)),
  );
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 3 }),
      fc.constantFrom('/rtc', '/rtc/v1'),
      (parameters, path) => {
        refusalOf(() => parseUrl(path, parameters));
      },
    ),
    { numRuns: 40 },
  );
});
