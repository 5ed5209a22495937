// AddTrackRequest into TrackRequest: what a client says of a track, as LiveKit writes it into TrackInfo.
import {
  type AddTrackRequest,
  AudioTrackFeature,
  BackupCodecPolicy,
  Encryption_Type,
  PacketTrailerFeature,
  SimulcastCodecInfo,
  TrackInfo,
  TrackSource,
  TrackType,
  VideoLayer,
  VideoLayer_Mode,
} from '@livekit/protocol';
import type { Limits } from '../limits.ts';
import { codecOfMimeType, isTakenCodec, mimeTypeOf } from '../sdp/codecs.ts';
import { boundedList, boundedNumber, boundedText, refuse } from './bounds.ts';
import type { TrackKind, TrackRequest, TrackSourceName } from './client-messages.ts';

const maxLayers = 8;
const maxCodecs = 8;
const maxFeatures = 32;
const maxDimension = 65_535;
/** Letters of a name or stream of a track. */
const maxTrackNameLength = 1024;

const sourceNames: Readonly<Partial<Record<TrackSource, TrackSourceName>>> = {
  [TrackSource.UNKNOWN]: 'unknown',
  [TrackSource.CAMERA]: 'camera',
  [TrackSource.MICROPHONE]: 'microphone',
  [TrackSource.SCREEN_SHARE]: 'screen_share',
  [TrackSource.SCREEN_SHARE_AUDIO]: 'screen_share_audio',
};

/** Tracks of one stream are played in sync: a screen with its sound, a camera with the microphone. */
const streamNames = {
  unknown: 'unknown',
  camera: 'camera',
  microphone: 'camera',
  screen_share: 'screen',
  screen_share_audio: 'screen',
} as const satisfies Record<TrackSourceName, string>;

/** The source by its name in tokens, or null for one that the protocol does not know. */
export function trackSourceName(source: TrackSource): TrackSourceName | null {
  return sourceNames[source] ?? null;
}

/** Null for kinds that are neither audio nor video: LiveKit answers those with UNSUPPORTED_TYPE. */
export function parseTrackRequest(
  wire: AddTrackRequest,
  limits: Pick<Limits, 'maxNameLength'>,
): TrackRequest | null {
  if (wire.type !== TrackType.AUDIO && wire.type !== TrackType.VIDEO) return null;
  const kind = wire.type === TrackType.AUDIO ? 'audio' : 'video';
  const source = trackSourceName(wire.source) ?? refuse('unknown source of a track');
  boundedList(wire.simulcastCodecs, maxCodecs, 'codecs');
  boundedList(wire.audioFeatures, maxFeatures, 'audio features');
  boundedList(wire.packetTrailerFeatures, maxFeatures, 'trailer features');
  const cid = boundedText(wire.cid, limits.maxNameLength, 'cid');
  const codecs = readCodecs(kind, wire, limits);
  const primary = codecs[0];
  const info = new TrackInfo({
    type: wire.type,
    name: boundedText(wire.name, maxTrackNameLength, 'name'),
    muted: wire.muted,
    width: boundedNumber(wire.width, maxDimension, 'width'),
    height: boundedNumber(wire.height, maxDimension, 'height'),
    simulcast: isSimulcast(primary),
    disableDtx: wire.disableDtx,
    source: wire.source,
    layers: readLayers(wire.layers),
    codecs: codecs.length > 0 ? codecs : [plainCodec(cid, wire)],
    stereo: wire.stereo,
    disableRed: wire.disableRed,
    encryption:
      Encryption_Type[wire.encryption] === undefined ? refuse('unknown encryption') : wire.encryption,
    stream: boundedText(wire.stream, maxTrackNameLength, 'stream') || streamNames[source],
    audioFeatures: readAudioFeatures(wire),
    backupCodecPolicy: readBackupPolicy(kind, wire.backupCodecPolicy),
    packetTrailerFeatures: known(wire.packetTrailerFeatures, PacketTrailerFeature),
  });
  return {
    cid,
    kind,
    source,
    sid: boundedText(wire.sid, limits.maxNameLength, 'sid'),
    simulcastCodecs: codecs.map((codec) => ({ codec: codecOfMimeType(codec.mimeType), cid: codec.cid })),
    info,
  };
}

function known<Value extends number>(
  values: readonly Value[],
  names: Readonly<Record<number, string>>,
): Value[] {
  return [...new Set(values)].filter((value) => names[value] !== undefined);
}

/** Clients older than these features say the same by flags, newer ones by both; readers get both. */
function readAudioFeatures(wire: AddTrackRequest): AudioTrackFeature[] {
  const features = new Set(known(wire.audioFeatures, AudioTrackFeature));
  if (wire.stereo) features.add(AudioTrackFeature.TF_STEREO);
  if (wire.disableDtx) features.add(AudioTrackFeature.TF_NO_DTX);
  return [...features];
}

function readBackupPolicy(kind: TrackKind, policy: BackupCodecPolicy): BackupCodecPolicy {
  if (BackupCodecPolicy[policy] === undefined) refuse('unknown backup codec policy');
  return kind === 'audio' && policy !== BackupCodecPolicy.REGRESSION ? BackupCodecPolicy.SIMULCAST : policy;
}

/** Sorted from low to high, as clients expect to find them. */
function readLayers(layers: readonly VideoLayer[]): VideoLayer[] {
  boundedList(layers, maxLayers, 'layers');
  return layers
    .map((layer) => {
      if (layer.quality < 0 || layer.quality > 2) refuse('unknown quality of a layer');
      return new VideoLayer({
        quality: layer.quality,
        width: boundedNumber(layer.width, maxDimension, 'width of a layer'),
        height: boundedNumber(layer.height, maxDimension, 'height of a layer'),
        bitrate: layer.bitrate,
        spatialLayer: boundedNumber(layer.spatialLayer, 8, 'spatial layer'),
        rid: boundedText(layer.rid, 16, 'rid of a layer'),
      });
    })
    .sort((a, b) => a.quality - b.quality);
}

function plainCodec(cid: string, wire: AddTrackRequest): SimulcastCodecInfo {
  return new SimulcastCodecInfo({
    cid,
    layers: readLayers(wire.layers),
    videoLayerMode: VideoLayer_Mode.ONE_SPATIAL_LAYER_PER_STREAM,
  });
}

/** Announced codecs, each once; one that we do not take becomes the codec that everybody has, as LiveKit does it. */
function readCodecs(
  kind: TrackKind,
  wire: AddTrackRequest,
  limits: Pick<Limits, 'maxNameLength'>,
): SimulcastCodecInfo[] {
  const codecs = new Map<string, SimulcastCodecInfo>();
  for (const announced of wire.simulcastCodecs) {
    const asked = codecOfMimeType(boundedText(announced.codec, limits.maxNameLength, 'codec'));
    const codec = isTakenCodec(kind, asked) ? asked : kind === 'audio' ? 'opus' : 'vp8';
    if (asked === '' || codecs.has(codec)) continue;
    if (VideoLayer_Mode[announced.videoLayerMode] === undefined) refuse('unknown mode of layers');
    codecs.set(
      codec,
      new SimulcastCodecInfo({
        mimeType: mimeTypeOf(codec) ?? '',
        cid: boundedText(announced.cid, limits.maxNameLength, 'cid'),
        layers: readLayers(announced.layers.length > 0 ? announced.layers : wire.layers),
        videoLayerMode: announced.videoLayerMode || defaultLayerMode(kind, codec),
      }),
    );
  }
  return [...codecs.values()];
}

/** VP9 and AV1 send their layers inside of one stream unless the client says otherwise. */
function defaultLayerMode(kind: TrackKind, codec: string): VideoLayer_Mode {
  if (kind === 'audio') return VideoLayer_Mode.MODE_UNUSED;
  return codec === 'vp9' || codec === 'av1'
    ? VideoLayer_Mode.MULTIPLE_SPATIAL_LAYERS_PER_STREAM
    : VideoLayer_Mode.ONE_SPATIAL_LAYER_PER_STREAM;
}

/** Several layers in several streams. A client that announces no codec sets no such flag at LiveKit either. */
function isSimulcast(primary: SimulcastCodecInfo | undefined): boolean {
  return (
    primary !== undefined &&
    primary.videoLayerMode !== VideoLayer_Mode.MULTIPLE_SPATIAL_LAYERS_PER_STREAM &&
    primary.layers.length > 1
  );
}
