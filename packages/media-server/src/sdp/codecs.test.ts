import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import {
  answerCodec,
  chooseCodecs,
  codecOfMimeType,
  enabledMimeTypes,
  findReceivingCodec,
  mimeTypeOf,
  opusAnswerFmtp,
  type SectionCodec,
  sameCodec,
  subscriberCodec,
} from './codecs.ts';
import { parseDescription } from './description.ts';
import { type FixtureName, fixture } from './fixtures.ts';

function codec(name: string, fmtp = '', payloadType = 96): SectionCodec {
  return { payloadType, name, clockRate: 90_000, channels: 1, fmtp, feedback: [], rtxPayloadType: null };
}

const h264 = (profileLevelId: string, mode: string, payloadType = 96) =>
  codec(
    'h264',
    `level-asymmetry-allowed=1;packetization-mode=${mode};profile-level-id=${profileLevelId}`,
    payloadType,
  );

function offeredVideo(name: FixtureName): readonly SectionCodec[] {
  const { sections } = parseDescription(fixture(name), defaultLimits);
  return sections.find(({ kind }) => kind === 'video')?.codecs ?? [];
}

describe('two codecs are the same', () => {
  it.each([
    ['whatever the level of H264', h264('42e01f', '1'), h264('42e034', '1'), true],
    ['whichever way H264 writes its profile', h264('42e01f', '1'), h264('4d8020', '1'), true],
    ['but not in other profiles of H264', h264('42e01f', '1'), h264('42001f', '1'), false],
    ['nor with other packetization', h264('42e01f', '1'), h264('42e01f', '0'), false],
    ['where H264 says nothing, as constrained baseline in mode 0', codec('h264'), h264('42e01f', '0'), true],
    [
      'not where the profile is unknown to us, unless it is the very same',
      h264('990000', '1'),
      h264('980000', '1'),
      false,
    ],
    ['and then it is', h264('990000', '1'), h264('990000', '1'), true],
    ['whatever else VP9 says', codec('vp9', 'profile-id=0'), codec('vp9'), true],
    ['but not in other profiles of VP9', codec('vp9', 'profile-id=2'), codec('vp9'), false],
    [
      'nor of AV1',
      codec('av1', 'level-idx=5;profile=1;tier=0'),
      codec('av1', 'level-idx=5;profile=0;tier=0'),
      false,
    ],
    ['whatever Firefox says of VP8', codec('vp8', 'max-fs=12288;max-fr=60'), codec('vp8'), true],
    ['never with another name', codec('vp8'), codec('vp9'), false],
  ])('%s', (_, a, b, same) => {
    expect(sameCodec(a, b)).toBe(same);
    expect(sameCodec(b, a)).toBe(same);
  });
});

describe('the codecs of an answer', () => {
  it('are the announced one alone', () => {
    const chosen = chooseCodecs('video', offeredVideo('chromium-v1-publishing'), ['vp9']);
    expect(new Set(chosen.map(({ name }) => name))).toEqual(new Set(['vp9']));
    expect(chosen[0]?.fmtp).toBe('profile-id=0');
  });

  it('are the next announced where the client has no such codec, and all of ours where it has none', () => {
    const offered = [codec('vp8', '', 96), codec('h264', '', 97)];
    expect(chooseCodecs('video', offered, ['av1', 'h264']).map(({ name }) => name)).toEqual(['h264']);
    expect(chooseCodecs('video', offered, ['av1']).map(({ name }) => name)).toEqual(['vp8', 'h264']);
    expect(chooseCodecs('video', offered, []).map(({ name }) => name)).toEqual(['vp8', 'h264']);
  });

  it('begin H264 with what everybody decodes: constrained baseline in mode 1', () => {
    for (const name of [
      'chromium-v1-publishing',
      'firefox-shaped-publishing',
      'safari-shaped-publishing',
    ] as const) {
      const [first] = chooseCodecs('video', offeredVideo(name), ['h264']);
      expect(first?.fmtp, name).toMatch(/packetization-mode=1/);
      expect(first?.fmtp, name).toMatch(/profile-level-id=42e01f/);
    }
  });

  it('leave out RED, FEC, comfort noise and what we do not forward', () => {
    const { sections } = parseDescription(fixture('chromium-v1-publishing'), defaultLimits);
    const audio = sections.find(({ kind }) => kind === 'audio')?.codecs ?? [];
    expect(chooseCodecs('audio', audio, ['red']).map(({ name }) => name)).toEqual(['opus']);
    expect(chooseCodecs('video', [codec('h265'), codec('ulpfec')], ['h265'])).toEqual([]);
  });

  it('ask Opus for its own FEC, for silence and channels as announced', () => {
    expect(opusAnswerFmtp({ stereo: false, disableDtx: false })).toBe('minptime=10;useinbandfec=1;usedtx=1');
    expect(opusAnswerFmtp({ stereo: true, disableDtx: true })).toBe(
      'minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=510000',
    );
  });

  it('keep only feedback that both know, and retransmissions where wanted', () => {
    const offered: SectionCodec = {
      ...codec('vp8'),
      feedback: ['goog-remb', 'nack', 'transport-cc'],
      rtxPayloadType: 97,
    };
    const options = { stereo: false, disableDtx: false };
    expect(answerCodec('video', offered, { ...options, rtx: true })).toMatchObject({
      feedback: ['transport-cc', 'nack'],
      rtxPayloadType: 97,
    });
    expect(answerCodec('video', offered, { ...options, rtx: false }).rtxPayloadType).toBeNull();
  });
});

describe('a subscriber', () => {
  it('takes baseline for constrained baseline and mode 0 under mode 1, but not the other way', () => {
    const mode1 = h264('42001f', '1', 102);
    expect(findReceivingCodec(h264('42e01f', '1'), [codec('vp8'), mode1])).toBe(mode1);
    expect(findReceivingCodec(h264('42e01f', '0'), [mode1])).toBe(mode1);
    expect(findReceivingCodec(h264('42e01f', '1'), [h264('42e01f', '0')])).toBeUndefined();
    expect(findReceivingCodec(h264('640c1f', '1'), [mode1])).toBeUndefined();
  });

  it('takes the very same before one that would do', () => {
    const same = h264('42e01f', '1', 104);
    expect(findReceivingCodec(h264('42e01f', '1'), [h264('42001f', '1', 102), same])).toBe(same);
  });

  it.each([
    'chromium-v1-join',
    'rtc-node-v1-join',
    'firefox-shaped-publishing',
    'safari-shaped-publishing',
  ] as const)('like %s takes VP8, H264 and VP9 as Chromium publishes them', (subscriber) => {
    for (const name of ['vp8', 'h264', 'vp9']) {
      const [published] = chooseCodecs('video', offeredVideo('chromium-v1-publishing'), [name]);
      if (published === undefined) throw new Error(`Chromium does not publish ${name}`);
      expect(findReceivingCodec(published, offeredVideo(subscriber))?.name).toBe(name);
    }
  });

  it('on v0 is offered the codec under a number of ours', () => {
    expect(
      subscriberCodec('audio', { ...codec('opus', 'stereo=1'), clockRate: 48_000, channels: 2 }, 111),
    ).toEqual({
      payloadType: 111,
      name: 'opus',
      clockRate: 48_000,
      channels: 2,
      fmtp: 'minptime=10;useinbandfec=1',
      feedback: ['transport-cc', 'nack'],
      rtxPayloadType: null,
    });
  });
});

describe('MIME types', () => {
  it('are written as LiveKit writes them and read in any case', () => {
    for (const mimeType of enabledMimeTypes) expect(mimeTypeOf(codecOfMimeType(mimeType))).toBe(mimeType);
    expect(codecOfMimeType('VIDEO/vp8')).toBe('vp8');
    expect(codecOfMimeType('H264')).toBe('h264');
    expect(mimeTypeOf('constructor')).toBeUndefined();
  });
});
