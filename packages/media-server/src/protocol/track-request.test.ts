import {
  AddTrackRequest,
  AudioTrackFeature,
  BackupCodecPolicy,
  Encryption_Type,
  TrackSource,
  TrackType,
  VideoLayer_Mode,
} from '@livekit/protocol';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { MediaError } from '../media-error.ts';
import { announcedTrackOf } from '../sfu/announced-track.ts';
import type { TrackRequest } from './client-messages.ts';
import { trackInfoOf } from './track-info.ts';
import { parseTrackRequest } from './track-request.ts';

type Wire = NonNullable<ConstructorParameters<typeof AddTrackRequest>[0]>;

function parse(wire: Wire): TrackRequest {
  const request = parseTrackRequest(new AddTrackRequest(wire), defaultLimits);
  if (request === null) throw new Error('unsupported');
  return request;
}

const layers = [
  { quality: 2, width: 1280, height: 720, bitrate: 1_700_000 },
  { quality: 0, width: 320, height: 180, bitrate: 160_000 },
  { quality: 1, width: 640, height: 360, bitrate: 450_000 },
];

const camera: Wire = {
  cid: 'cam',
  name: 'Camera',
  type: TrackType.VIDEO,
  source: TrackSource.CAMERA,
  width: 1280,
  height: 720,
  layers,
  simulcastCodecs: [{ codec: 'vp8', cid: 'cam' }],
};

describe('a camera in three layers', () => {
  const request = parse(camera);
  const info = trackInfoOf(request, 'TR_VCx');

  it('is a simulcast track with its layers from low to high', () => {
    expect(info).toMatchObject({
      sid: 'TR_VCx',
      name: 'Camera',
      simulcast: true,
      stream: 'camera',
      // Known once media comes.
      mimeType: '',
      mid: '',
    });
    expect(info.layers.map(({ quality }) => quality)).toEqual([0, 1, 2]);
    expect(info.codecs).toHaveLength(1);
    expect(info.codecs[0]).toMatchObject({
      mimeType: 'video/VP8',
      cid: 'cam',
      videoLayerMode: VideoLayer_Mode.ONE_SPATIAL_LAYER_PER_STREAM,
    });
  });

  it('is announced to the media path with the same layers', () => {
    expect(announcedTrackOf(request, info)).toEqual({
      sid: 'TR_VCx',
      cid: 'cam',
      kind: 'video',
      source: 'camera',
      codecs: [{ codec: 'vp8', cid: 'cam' }],
      layers: [
        { quality: 0, width: 320, height: 180 },
        { quality: 1, width: 640, height: 360 },
        { quality: 2, width: 1280, height: 720 },
      ],
      simulcast: true,
      stereo: false,
      disableDtx: false,
      disableRed: false,
      encrypted: false,
    });
  });

  it('leaves the request as it was', () => {
    expect(request.info.sid).toBe('');
  });
});

describe('a track', () => {
  it('of VP9 has its layers inside of one stream, and its backup a cid of its own', () => {
    const request = parse({
      ...camera,
      simulcastCodecs: [
        { codec: 'vp9', cid: 'cam' },
        { codec: 'vp8', cid: '' },
      ],
    });
    expect(request.simulcastCodecs).toEqual([
      { codec: 'vp9', cid: 'cam' },
      { codec: 'vp8', cid: '' },
    ]);
    expect(request.info.simulcast).toBe(false);
    expect(request.info.codecs[0]?.videoLayerMode).toBe(VideoLayer_Mode.MULTIPLE_SPATIAL_LAYERS_PER_STREAM);
    expect(announcedTrackOf(request, request.info).simulcast).toBe(false);
  });

  it('of a client that announces no codec sends several streams all the same', () => {
    const request = parse({ ...camera, simulcastCodecs: [] });
    expect(request.simulcastCodecs).toEqual([]);
    expect(request.info.codecs[0]?.cid).toBe('cam');
    expect(announcedTrackOf(request, request.info)).toMatchObject({ codecs: [], simulcast: true });
  });

  it('in a codec that we do not take becomes VP8 or Opus, once', () => {
    const video = parse({
      ...camera,
      simulcastCodecs: [{ codec: 'h265' }, { codec: 'video/VP8' }, { codec: '' }],
    });
    expect(video.simulcastCodecs).toEqual([{ codec: 'vp8', cid: '' }]);
    const audio = parse({
      cid: 'mic',
      type: TrackType.AUDIO,
      simulcastCodecs: [{ codec: 'audio/red', cid: 'mic' }],
    });
    expect(audio.simulcastCodecs).toEqual([{ codec: 'opus', cid: 'mic' }]);
    expect(audio.info.codecs[0]?.mimeType).toBe('audio/opus');
  });

  it.each([
    [TrackSource.CAMERA, 'camera'],
    [TrackSource.MICROPHONE, 'camera'],
    [TrackSource.SCREEN_SHARE, 'screen'],
    [TrackSource.SCREEN_SHARE_AUDIO, 'screen'],
    [TrackSource.UNKNOWN, 'unknown'],
  ])('of source %i plays in sync with stream %s unless the client names another', (source, stream) => {
    expect(parse({ ...camera, source }).info.stream).toBe(stream);
    expect(parse({ ...camera, source, stream: 'mine' }).info.stream).toBe('mine');
  });

  it('says stereo and DTX by features too', () => {
    const { info } = parse({
      cid: 'mic',
      type: TrackType.AUDIO,
      stereo: true,
      disableDtx: true,
      audioFeatures: [AudioTrackFeature.TF_ECHO_CANCELLATION, AudioTrackFeature.TF_STEREO, 99 as never],
    });
    expect(info.audioFeatures).toEqual([
      AudioTrackFeature.TF_ECHO_CANCELLATION,
      AudioTrackFeature.TF_STEREO,
      AudioTrackFeature.TF_NO_DTX,
    ]);
  });

  it('of audio may send a backup codec besides, video as it asks', () => {
    expect(parse({ cid: 'm', type: TrackType.AUDIO }).info.backupCodecPolicy).toBe(
      BackupCodecPolicy.SIMULCAST,
    );
    expect(parse(camera).info.backupCodecPolicy).toBe(BackupCodecPolicy.PREFER_REGRESSION);
    expect(parse({ ...camera, backupCodecPolicy: BackupCodecPolicy.REGRESSION }).info.backupCodecPolicy).toBe(
      BackupCodecPolicy.REGRESSION,
    );
  });

  it('keeps what it says of end-to-end encryption', () => {
    const request = parse({ ...camera, encryption: Encryption_Type.GCM });
    expect(request.info.encryption).toBe(Encryption_Type.GCM);
    expect(announcedTrackOf(request, request.info).encrypted).toBe(true);
  });

  it('cannot choose its own sid, mid or streams', () => {
    const { info } = parse({ ...camera, sid: 'TR_other', layers: [{ quality: 0, ssrc: 7, repairSsrc: 8 }] });
    expect(info.sid).toBe('');
    expect(info.layers[0]).toMatchObject({ ssrc: 0, repairSsrc: 0 });
  });
});

describe('a request for a track is refused', () => {
  it.each([
    ['with an unknown source', { source: 77 }],
    ['with an unknown encryption', { encryption: 9 }],
    ['with an unknown policy', { backupCodecPolicy: 9 }],
    ['with an unknown quality of a layer', { layers: [{ quality: 3 }] }],
    ['with an unknown mode of layers', { simulcastCodecs: [{ codec: 'vp8', videoLayerMode: 9 }] }],
    ['with too many layers', { layers: Array.from({ length: 9 }, () => ({ quality: 0 })) }],
    ['with too many codecs', { simulcastCodecs: Array.from({ length: 9 }, () => ({ codec: 'vp8' })) }],
    ['with a cid that is too long', { cid: 'x'.repeat(257) }],
    ['with a name that is too long', { name: 'x'.repeat(1025) }],
    ['with an absurd size', { width: 70_000 }],
    ['with a negative spatial layer', { layers: [{ quality: 0, spatialLayer: -1 }] }],
  ])('%s', (_, wire) => {
    expect(() => parse({ ...camera, ...(wire as Wire) })).toThrow(MediaError);
  });
});
