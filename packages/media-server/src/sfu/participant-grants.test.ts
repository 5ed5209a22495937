import {
  AudioTrackFeature,
  DisconnectReason,
  ParticipantInfo_State,
  RequestResponse_Reason,
  TrackSource,
} from '@livekit/protocol';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Grants } from '../protocol/access.ts';
import { createWorld, type TestClient, trackRequest, type World } from './fixture.ts';

const signed: { identity: string; name: string; grants: Grants; expiresAt: number }[] = [];
let world: World;
beforeEach(() => {
  vi.useFakeTimers();
  signed.length = 0;
  world = createWorld({
    limits: { maxTracksPerParticipant: 3, maxMetadataBytes: 10, maxAttributesBytes: 10, maxNameLength: 20 },
    signToken: async (access) => {
      signed.push(access);
      return `token-${signed.length}`;
    },
  });
});
afterEach(async () => {
  await world.rooms.close(DisconnectReason.SERVER_SHUTDOWN);
  expect(vi.getTimerCount()).toBe(0);
  expect(world.links.openCount).toBe(0);
  vi.useRealTimers();
});

const change = (identity: string, permission: Partial<Grants>) =>
  world.rooms.updateParticipant('room', identity, {
    metadata: null,
    name: null,
    attributes: {},
    permission,
  });
const lastReason = ({ sink }: TestClient) => sink.last('requestResponse').reason;

describe('publishing', () => {
  test('without the grant is refused, and others see nothing', () => {
    const anna = world.join('anna', { canPublish: false });
    const bo = world.join('bo');
    vi.advanceTimersByTime(1000);
    bo.sink.clear();
    anna.say({ kind: 'addTrack', request: trackRequest() });
    expect(anna.sink.last('requestResponse')).toMatchObject({
      reason: RequestResponse_Reason.NOT_ALLOWED,
      request: { case: 'addTrack', value: { cid: 'cid-microphone', source: TrackSource.MICROPHONE } },
    });
    expect(anna.sink.all('trackPublished')).toEqual([]);
    expect(anna.link.announced.size).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(bo.sink.all('update')).toEqual([]);
    expect(anna.sink.last('join').fastPublish).toBe(false);
  });

  test('is allowed by source where the token names sources', () => {
    const anna = world.join('anna', { canPublishSources: ['microphone'] });
    anna.say({ kind: 'addTrack', request: trackRequest({ kind: 'video' }) });
    expect(lastReason(anna)).toBe(RequestResponse_Reason.NOT_ALLOWED);
    expect(anna.publish()).toMatch(/^TR_AM/);
  });

  test('makes a track known to others only when its media comes', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    anna.say({ kind: 'addTrack', request: trackRequest() });
    const sid = anna.sink.last('trackPublished').track?.sid ?? '';
    expect(anna.link.announced.get(sid)?.cid).toBe('cid-microphone');
    expect(bo.link.subscribed.size).toBe(0);
    expect(world.rooms.participant('room', 'anna')).toMatchObject({ tracks: [], isPublisher: false });
  });

  test('more tracks than the limit, or a codec for a track that is not there, is refused', () => {
    const anna = world.join('anna');
    const first = anna.publish({ cid: 'a' });
    anna.publish({ cid: 'b' });
    anna.publish({ cid: 'c' });
    anna.say({ kind: 'addTrack', request: trackRequest({ cid: 'd' }) });
    expect(lastReason(anna)).toBe(RequestResponse_Reason.LIMIT_EXCEEDED);
    anna.say({ kind: 'addTrack', request: trackRequest({ cid: 'e', sid: 'TR_none' }) });
    expect(lastReason(anna)).toBe(RequestResponse_Reason.NOT_FOUND);
    anna.say({ kind: 'addTrack', request: trackRequest({ cid: 'e', sid: first }) });
    expect(anna.sink.last('trackPublished')).toMatchObject({ cid: 'e', track: { sid: first } });
    expect(anna.link.announced.size).toBe(3);
  });

  test('the same client track again waits until the one before is gone', () => {
    const anna = world.join('anna');
    const first = anna.publish();
    anna.say({ kind: 'addTrack', request: trackRequest() });
    expect(lastReason(anna)).toBe(RequestResponse_Reason.QUEUED);
    anna.link.events.onTrackGone(first);
    const second = anna.sink.last('trackPublished').track?.sid;
    expect(second).not.toBe(first);
    expect([...anna.link.announced.keys()]).toEqual([first, second]);
  });

  test('ends for the others when the client stops sending', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const sid = anna.publish();
    anna.link.events.onTrackGone(sid);
    expect(bo.link.subscribed.size).toBe(0);
    expect(bo.sink.last('update').participants).toMatchObject([{ tracks: [], isPublisher: true }]);
    expect(anna.sink.all('trackUnpublished')).toEqual([]);
  });
});

describe('muting', () => {
  test('by the client is told to all and stops the source; of an unknown track it is refused', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const sid = anna.publish();
    anna.say({ kind: 'mute', trackSid: sid, muted: true });
    expect(anna.sourceOf(sid).muted).toBe(true);
    for (const { sink } of [anna, bo]) {
      expect(sink.last('update').participants[0]?.tracks[0]?.muted).toBe(true);
    }
    anna.say({ kind: 'mute', trackSid: 'TR_none', muted: true });
    expect(lastReason(anna)).toBe(RequestResponse_Reason.NOT_FOUND);
  });

  test('before the first packet counts when it comes', () => {
    const anna = world.join('anna');
    anna.say({ kind: 'addTrack', request: trackRequest({ cid: 'x' }) });
    const sid = anna.sink.last('trackPublished').track?.sid ?? '';
    anna.say({ kind: 'mute', trackSid: sid, muted: true });
    let muted = false;
    const source = {
      trackSid: sid,
      kind: 'audio',
      mimeType: 'audio/opus',
      audioLevel: () => 127,
      setMuted: (value: boolean) => {
        muted = value;
      },
      stats: { packets: 0, bytes: 0, lost: 0, jitterMs: 0, activeLayers: 0, bitsPerSecond: 0 },
    } as const;
    anna.link.events.onTrackReady(sid, source, '0');
    expect(muted).toBe(true);
  });

  test('by an administrator reaches the client; unmuting needs the setting', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    expect(world.rooms.muteTrack('room', 'anna', sid, true).muted).toBe(true);
    expect(anna.sink.last('mute')).toMatchObject({ sid, muted: true });
    expect(() => world.rooms.muteTrack('room', 'anna', sid, false)).toThrow('remote unmute not enabled');
    expect(() => world.rooms.muteTrack('room', 'anna', 'TR_none', true)).toThrow('not found');
    expect(() => world.rooms.muteTrack('room', 'bo', sid, true)).toThrow('no response from servers');
    anna.say({ kind: 'mute', trackSid: sid, muted: false });
    expect(anna.sourceOf(sid).muted).toBe(false);
  });
});

test('audio features and video size of a track are told to all, of an unknown one refused', () => {
  const anna = world.join('anna');
  const bo = world.join('bo');
  const audio = anna.publish();
  anna.say({ kind: 'updateAudioTrack', trackSid: audio, features: [AudioTrackFeature.TF_STEREO, 0, 99] });
  expect(bo.sink.last('update').participants[0]?.tracks[0]).toMatchObject({
    stereo: true,
    audioFeatures: [AudioTrackFeature.TF_STEREO],
  });
  const video = anna.publish({ kind: 'video' });
  anna.say({ kind: 'updateVideoTrack', trackSid: video, width: 640, height: 360 });
  expect(bo.sink.last('update').participants[0]?.tracks[1]).toMatchObject({ width: 640, height: 360 });
  anna.say({ kind: 'updateVideoTrack', trackSid: 'TR_none', width: 1, height: 1 });
  expect(anna.sink.last('requestResponse')).toMatchObject({
    reason: RequestResponse_Reason.NOT_FOUND,
    request: { case: 'updateVideoTrack' },
  });
});

describe('changing permissions while connected', () => {
  test('takes tracks off that may not be published any longer, and tells the publisher', () => {
    const anna = world.join('anna');
    const bo = world.join('bo');
    const microphone = anna.publish();
    const camera = anna.publish({ kind: 'video' });
    change('anna', { canPublishSources: ['microphone'] });
    expect(anna.sink.all('trackUnpublished')).toMatchObject([{ trackSid: camera }]);
    expect(anna.link.withdrawn).toEqual([camera]);
    expect([...bo.link.subscribed.keys()]).toEqual([microphone]);
    change('anna', { canPublish: false });
    expect(bo.link.subscribed.size).toBe(0);
    expect(bo.sink.last('update').participants).toMatchObject([
      { isPublisher: false, tracks: [], permission: { canPublish: false } },
    ]);
    expect(anna.sink.last('update').participants[0]?.permission?.canPublish).toBe(false);
  });

  test('ends subscriptions and, given back, brings them again', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    const bo = world.join('bo');
    change('bo', { canSubscribe: false });
    expect(bo.link.subscribed.size).toBe(0);
    change('bo', { canSubscribe: true });
    expect([...bo.link.subscribed.keys()]).toEqual([sid]);
  });

  test('sends a token that says the new ones', async () => {
    const anna = world.join('anna');
    await vi.advanceTimersByTimeAsync(0);
    expect(anna.sink.all('refreshToken')).toEqual(['token-1']);
    change('anna', { canPublish: false });
    await vi.advanceTimersByTimeAsync(0);
    expect(signed.at(-1)?.grants.canPublish).toBe(false);
    expect(signed.at(-1)?.expiresAt).toBeGreaterThanOrEqual(Date.now() / 1000 + 599);
    expect(anna.sink.all('refreshToken')).toEqual(['token-1', 'token-2']);
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(anna.sink.all('refreshToken')).toHaveLength(3);
  });

  test('to what they were changes nothing, and never what one may administer', () => {
    const anna = world.join('anna');
    anna.sink.clear();
    change('anna', { canPublish: true });
    expect(anna.sink.messages).toEqual([]);
    change('anna', { canPublish: false, roomAdmin: true, room: 'other' });
    expect(signed.at(-1)?.grants).toMatchObject({ roomAdmin: false, room: 'room' });
  });

  test('hides and shows a participant with its tracks', () => {
    const anna = world.join('anna');
    const sid = anna.publish();
    const bo = world.join('bo');
    change('anna', { hidden: true });
    expect(bo.sink.last('update').participants).toMatchObject([
      { sid: anna.sid, state: ParticipantInfo_State.DISCONNECTED },
    ]);
    expect(bo.link.subscribed.size).toBe(0);
    change('anna', { hidden: false });
    expect(bo.sink.last('update').participants).toMatchObject([
      { sid: anna.sid, state: ParticipantInfo_State.ACTIVE, tracks: [{ sid }] },
    ]);
    expect(bo.link.subscribed.has(sid)).toBe(true);
  });
});

describe('a hidden participant', () => {
  test('sees everybody and is seen by nobody, neither coming, publishing nor going', () => {
    const anna = world.join('anna');
    anna.publish();
    anna.sink.clear();
    const hidden = world.join('hidden', { hidden: true });
    const sid = hidden.publish();
    expect(hidden.link.subscribed.size).toBe(1);
    anna.say({ kind: 'subscription', trackSids: [sid], subscribe: true });
    const bo = world.join('bo');
    hidden.say({ kind: 'leave', reason: DisconnectReason.CLIENT_INITIATED });
    vi.advanceTimersByTime(1000);
    expect(bo.sink.last('join').otherParticipants.map(({ identity }) => identity)).toEqual(['anna']);
    const told = [...anna.sink.all('update'), ...bo.sink.all('update')];
    expect(told.flatMap((update) => update.participants).map(({ identity }) => identity)).not.toContain(
      'hidden',
    );
    expect(anna.link.subscribed.size).toBe(0);
  });
});

describe('what one says of itself', () => {
  const say = (client: TestClient, said: { name?: string; metadata?: string; attributes?: object }) =>
    client.say({
      kind: 'updateMetadata',
      requestId: 7,
      name: said.name ?? '',
      metadata: said.metadata ?? '',
      attributes: { ...said.attributes },
    });

  test('needs the grant', () => {
    const anna = world.join('anna');
    say(anna, { name: 'A' });
    expect(anna.sink.last('requestResponse')).toMatchObject({
      requestId: 7,
      reason: RequestResponse_Reason.NOT_ALLOWED,
      message: 'does not have permission to update own metadata',
    });
    expect(world.rooms.participant('room', 'anna').name).toBe('');
  });

  test('is told to all, answered, and written into the next token; empty values delete', () => {
    const anna = world.join('anna', { canUpdateOwnMetadata: true });
    const bo = world.join('bo');
    say(anna, { name: 'A', metadata: 'm', attributes: { a: '1', b: '2' } });
    say(anna, { attributes: { a: '' } });
    expect(lastReason(anna)).toBe(RequestResponse_Reason.OK);
    expect(bo.sink.last('update').participants).toMatchObject([
      { name: 'A', metadata: 'm', attributes: { b: '2' } },
    ]);
    expect(signed.at(-1)?.name).toBe('A');
    const versions = bo.sink.all('update').map((update) => update.participants[0]?.version ?? 0);
    expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
  });

  test('is bounded in every part, and attributes in sum', () => {
    const anna = world.join('anna', { canUpdateOwnMetadata: true });
    say(anna, { name: 'x'.repeat(21) });
    expect(anna.sink.last('requestResponse')).toMatchObject({
      reason: RequestResponse_Reason.LIMIT_EXCEEDED,
      message: 'exceeds name length limit',
    });
    say(anna, { metadata: 'æ'.repeat(6) });
    expect(anna.sink.last('requestResponse').message).toBe('exceeds metadata size limit');
    say(anna, { attributes: { a: '12345' } });
    say(anna, { attributes: { b: '12345' } });
    expect(anna.sink.last('requestResponse').message).toBe('exceeds attributes size limit');
    expect(world.rooms.participant('room', 'anna').attributes).toEqual({ a: '12345' });
    expect(() =>
      world.rooms.updateParticipant('room', 'anna', {
        metadata: 'x'.repeat(11),
        name: null,
        attributes: {},
        permission: null,
      }),
    ).toThrow('metadata size exceeds limits');
  });
});

test('what is not served is refused as by a LiveKit without it', () => {
  const anna = world.join('anna');
  anna.say({ kind: 'unsupported', case: 'addTrack', requestId: 0 });
  expect(lastReason(anna)).toBe(RequestResponse_Reason.UNSUPPORTED_TYPE);
  anna.say({ kind: 'unsupported', case: 'publishDataTrackRequest', requestId: 0 });
  expect(lastReason(anna)).toBe(RequestResponse_Reason.NOT_ALLOWED);
  anna.say({ kind: 'unsupported', case: 'storeDataBlobRequest', requestId: 9 });
  expect(anna.sink.last('requestResponse').requestId).toBe(9);
});
