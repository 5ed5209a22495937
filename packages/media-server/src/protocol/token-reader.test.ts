import { createHmac } from 'node:crypto';
import { RoomConfiguration, TrackSource } from '@livekit/protocol';
import { AccessToken, type VideoGrant } from 'livekit-server-sdk';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { MediaError, type MediaErrorCode } from '../media-error.ts';
import { createTokenReader } from './token-reader.ts';

const apiKey = 'key';
const apiSecret = 'a-secret-that-is-long-enough-for-hs256';
const reader = createTokenReader({ apiKey, apiSecret });
const join: VideoGrant = { roomJoin: true, room: 'room' };

afterEach(() => {
  vi.useRealTimers();
});

function token(
  options: ConstructorParameters<typeof AccessToken>[2] = {},
  grant: VideoGrant = join,
): AccessToken {
  const made = new AccessToken(apiKey, apiSecret, { identity: 'ada', ...options });
  made.addGrant(grant);
  return made;
}

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

/** A token of any header and claims, signed with our secret by the algorithm named. */
function signed(claims: Record<string, unknown>, alg = 'HS256', hash = 'sha256', secret = apiSecret): string {
  const body = `${encode({ alg, typ: 'JWT' })}.${encode({ iss: apiKey, sub: 'ada', exp: inAnHour(), ...claims })}`;
  return `${body}.${createHmac(hash, secret).update(body).digest('base64url')}`;
}

async function refusalOf(text: string): Promise<MediaErrorCode | 'taken'> {
  try {
    await reader.read(text);
  } catch (error) {
    if (error instanceof MediaError) return error.code;
    throw error;
  }
  return 'taken';
}

describe('a token', () => {
  it('of livekit-server-sdk gives what it grants, and LiveKit’s defaults for the rest', async () => {
    const made = token({ name: 'Ada', metadata: '{}', attributes: { a: '1' }, ttl: 60 });
    const access = await reader.read(await made.toJwt());
    expect(access).toEqual({
      identity: 'ada',
      name: 'Ada',
      metadata: '{}',
      attributes: { a: '1' },
      participantKind: 'standard',
      grants: {
        roomJoin: true,
        room: 'room',
        roomCreate: false,
        roomList: false,
        roomAdmin: false,
        roomRecord: false,
        ingressAdmin: false,
        canPublish: true,
        canSubscribe: true,
        canPublishData: true,
        canPublishSources: [],
        canUpdateOwnMetadata: false,
        canSubscribeMetrics: false,
        hidden: false,
        recorder: false,
        agent: false,
      },
      roomSettings: null,
      expiresAt: expect.any(Number),
    });
    expect(access.expiresAt - Date.now() / 1000).toBeGreaterThan(50);
  });

  it('lets who may not publish send no data, unless it says so', async () => {
    const grantsOf = async (grant: VideoGrant) =>
      (await reader.read(await token({}, { ...join, ...grant }).toJwt())).grants;
    expect(await grantsOf({ canPublish: false })).toMatchObject({ canPublish: false, canPublishData: false });
    expect(await grantsOf({ canPublish: false, canPublishData: true })).toMatchObject({
      canPublishData: true,
    });
    expect(await grantsOf({ canPublishData: false })).toMatchObject({
      canPublish: true,
      canPublishData: false,
    });
    expect(await grantsOf({ canSubscribe: false, hidden: true })).toMatchObject({
      canSubscribe: false,
      hidden: true,
    });
  });

  it('names the sources that may be published', async () => {
    const grant = { ...join, canPublishSources: [TrackSource.CAMERA, TrackSource.SCREEN_SHARE_AUDIO] };
    const { grants } = await reader.read(await token({}, grant).toJwt());
    expect(grants.canPublishSources).toEqual(['camera', 'screen_share_audio']);
  });

  it('brings settings of the room and the kind of the participant', async () => {
    const made = token();
    made.kind = 'agent';
    made.roomConfig = new RoomConfiguration({ emptyTimeout: 30, maxParticipants: 2, metadata: 'm' });
    expect(await reader.read(await made.toJwt())).toMatchObject({
      participantKind: 'agent',
      roomSettings: {
        emptyTimeoutSeconds: 30,
        departureTimeoutSeconds: null,
        maxParticipants: 2,
        metadata: 'm',
        syncStreams: null,
      },
    });
    const snake = signed({ video: join, roomConfig: { empty_timeout: 9, agents: [{ agentName: 'x' }] } });
    expect((await reader.read(snake)).roomSettings?.emptyTimeoutSeconds).toBe(9);
  });

  it('of an administrator needs neither room nor identity', async () => {
    const { grants, identity } = await reader.read(signed({ sub: undefined, video: { roomList: true } }));
    expect(identity).toBe('');
    expect(grants).toMatchObject({ roomList: true, roomJoin: false });
  });

  it('holds ten seconds around its times, and not longer', async () => {
    const text = await token({ ttl: 60 }).toJwt();
    const now = Date.now();
    vi.useFakeTimers({ toFake: ['Date'] });
    vi.setSystemTime(now + 65_000);
    expect(await refusalOf(text)).toBe('taken');
    vi.setSystemTime(now + 75_000);
    expect(await refusalOf(text)).toBe('unauthenticated');
    vi.setSystemTime(now - 5_000);
    expect(await refusalOf(text)).toBe('taken');
    vi.setSystemTime(now - 20_000);
    expect(await refusalOf(text)).toBe('unauthenticated');
  });
});

describe('a token is refused', () => {
  it.each<[string, () => string]>([
    ['when it is empty', () => ''],
    ['when it is no token', () => 'a.b.c'],
    ['when its header is no object', () => `${encode('HS256')}.e30.x`],
    [
      'when it is unsigned',
      () => `${encode({ alg: 'none' })}.${encode({ iss: apiKey, exp: inAnHour(), video: join })}.`,
    ],
    ['when it is signed with HS512', () => signed({ video: join }, 'HS512', 'sha512')],
    ['when it is signed with HS384', () => signed({ video: join }, 'HS384', 'sha384')],
    [
      'when another secret signed it',
      () => signed({ video: join }, 'HS256', 'sha256', 'another-secret-of-the-same-length-000'),
    ],
    ['when another key issued it', () => signed({ iss: 'other', video: join })],
    ['when it never ends', () => signed({ exp: undefined, video: join })],
    ['when it ends at a word', () => signed({ exp: 'never', video: join })],
    [
      'when its claims were changed',
      () =>
        signed({ video: join }).replace(
          /\.[^.]+\./,
          `.${encode({ iss: apiKey, exp: inAnHour(), video: join })}.`,
        ),
    ],
    ['when its identity is a number', () => signed({ sub: 7, video: join })],
    ['when its grants are a list', () => signed({ video: [] })],
    ['when a grant is a word', () => signed({ video: { ...join, canPublish: 'false' } })],
    ['when a room is a number', () => signed({ video: { roomJoin: true, room: 7 } })],
    [
      'when a source is unknown',
      () => signed({ video: { ...join, canPublishSources: ['camera', 'hologram'] } }),
    ],
    ['when sources are a word', () => signed({ video: { ...join, canPublishSources: 'camera' } })],
    ['when an attribute is a number', () => signed({ video: join, attributes: { a: 1 } })],
    [
      'when settings of the room are nonsense',
      () => signed({ video: join, roomConfig: { emptyTimeout: 'x' } }),
    ],
    ['when it is endless', () => signed({ video: join, x: 'x'.repeat(400_000) })],
  ])('%s', async (_, make) => {
    expect(await refusalOf(make())).toBe('unauthenticated');
  });

  it.each<[string, Record<string, unknown>]>([
    ['when it may join but names no room', { video: { roomJoin: true } }],
    ['when it may join but names nobody', { sub: '', video: join }],
    ['when its identity is too long', { sub: 'x'.repeat(257), video: join }],
    ['when its room’s name is too long', { video: { roomJoin: true, room: 'x'.repeat(257) } }],
    ['when its name is too long', { name: 'x'.repeat(257), video: join }],
    [
      'when its metadata are too large',
      { metadata: 'x'.repeat(defaultLimits.maxMetadataBytes + 1), video: join },
    ],
    [
      'when its attributes are too large',
      { attributes: { a: 'x'.repeat(defaultLimits.maxAttributesBytes) }, video: join },
    ],
  ])('as a wrong argument %s', async (_, claims) => {
    expect(await refusalOf(signed(claims))).toBe('invalid_argument');
  });
});
