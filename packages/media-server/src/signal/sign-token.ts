import { TrackSource } from '@livekit/protocol';
import { AccessToken } from 'livekit-server-sdk';
import type { Clock } from '../clock.ts';
import type { Access } from '../protocol/access.ts';
import type { TrackSourceName } from '../protocol/client-messages.ts';
import type { Secret } from '../secret.ts';

const sources: Record<TrackSourceName, TrackSource> = {
  unknown: TrackSource.UNKNOWN,
  camera: TrackSource.CAMERA,
  microphone: TrackSource.MICROPHONE,
  screen_share: TrackSource.SCREEN_SHARE,
  screen_share_audio: TrackSource.SCREEN_SHARE_AUDIO,
};

/**
 * Signs tokens that participants come back with: what `access` says, no more.
 * @throws Error where a token cannot say it: a list of sources that names only the unknown one would read as all
 */
export function tokenSigner(options: {
  readonly apiKey: string;
  readonly apiSecret: Secret;
  readonly clock: Clock;
}): (access: Access) => Promise<string> {
  const { apiKey, apiSecret, clock } = options;
  return async (access) => {
    const { grants, identity, name, metadata, attributes, participantKind } = access;
    const { canPublishSources, ...video } = grants;
    const token = new AccessToken(apiKey, apiSecret.reveal(), {
      identity,
      name,
      metadata,
      attributes: { ...attributes },
      ttl: Math.max(1, access.expiresAt - Math.floor(clock.wallMs() / 1000)),
    });
    if (participantKind !== 'standard') token.kind = participantKind;
    token.addGrant({
      ...video,
      ...(canPublishSources.length === 0
        ? {}
        : { canPublishSources: canPublishSources.map((source) => sources[source]) }),
    });
    return token.toJwt();
  };
}
