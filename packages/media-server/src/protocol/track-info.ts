import type { TrackInfo } from '@livekit/protocol';
import type { TrackRequest } from './client-messages.ts';

/**
 * The TrackInfo of a newly announced track. Its `mimeType` and `mid` stay empty until media comes, as at LiveKit: only
 * then is it sure what the client sends.
 */
export function trackInfoOf(request: TrackRequest, sid: string): TrackInfo {
  const info = request.info.clone();
  info.sid = sid;
  return info;
}
