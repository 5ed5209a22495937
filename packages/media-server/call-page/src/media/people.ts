import type { CallEncryption } from '@naer/core/contract/call-codes';
import type { OtherView, RoomView } from './room.ts';
import type { Person } from './state.ts';

/** Another one as the page shows them. */
export function personOf(other: OtherView, undecodable: boolean): Person {
  const { identity, camera, screen, microphone, speaking, quality } = other;
  const tracks = [camera, screen, microphone].filter((track) => track !== null);
  const pictureOf = (track: OtherView['camera']) =>
    track === null || track.muted ? null : { id: track.id, live: track.live };
  return {
    seat: identity,
    camera: pictureOf(camera),
    screen: pictureOf(screen),
    sound: microphone === null ? 'none' : microphone.muted ? 'muted' : 'on',
    speaking,
    quality,
    encrypted: tracks.length > 0 && tracks.every(({ encrypted }) => encrypted),
    undecodable,
  };
}

/** End to end only where everything that goes out and comes in is. */
export function encryptionOf({ others, encrypting }: RoomView): CallEncryption | null {
  const arriving = others
    .flatMap(({ camera, screen, microphone }) => [camera, screen, microphone])
    .filter((track) => track !== null);
  if (arriving.length === 0) return null;
  return encrypting && arriving.every(({ encrypted }) => encrypted) ? 'end-to-end' : 'in-transit';
}
