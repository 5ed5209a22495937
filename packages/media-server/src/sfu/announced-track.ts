import { Encryption_Type, type TrackInfo, type VideoLayer, VideoLayer_Mode } from '@livekit/protocol';
import type { TrackRequest, VideoQuality } from '../protocol/client-messages.ts';
import type { AnnouncedTrack } from './link.ts';

/** A track that a client asked to publish, as the media path has to know it. */
export function announcedTrackOf(request: TrackRequest, info: TrackInfo): AnnouncedTrack {
  const primary = info.codecs[0];
  const layers = primary?.layers ?? info.layers;
  return {
    sid: info.sid,
    cid: request.cid,
    kind: request.kind,
    source: request.source,
    codecs: request.simulcastCodecs,
    layers: layers.map((layer) => ({
      quality: qualityOf(layer),
      width: layer.width,
      height: layer.height,
    })),
    // Clients that announce no codec do not get the flag in their TrackInfo, but send several streams all the same.
    simulcast:
      layers.length > 1 && primary?.videoLayerMode !== VideoLayer_Mode.MULTIPLE_SPATIAL_LAYERS_PER_STREAM,
    stereo: info.stereo,
    disableDtx: info.disableDtx,
    disableRed: info.disableRed,
    encrypted: info.encryption !== Encryption_Type.NONE,
  };
}

function qualityOf(layer: VideoLayer): VideoQuality {
  const quality: number = layer.quality;
  return quality === 0 || quality === 1 ? quality : 2;
}
