import { randomBytes } from 'node:crypto';
import type { TrackKind, TrackSourceName } from './client-messages.ts';

// 64 letters would be easier to draw from, but l, O and the like are left out as LiveKit does: people read these aloud.
const alphabet = '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
const randomLength = 12;

/** Participant, room, track, webhook event, node, agent dispatch; the letters a client tells them apart by. */
export type SidPrefix = 'PA' | 'RM' | 'TR' | 'EV' | 'ND' | 'CO' | 'AD';

function randomPart(): string {
  let text = '';
  while (text.length < randomLength) {
    for (const byte of randomBytes(2 * randomLength)) {
      // Bytes past the last whole multiple would make some letters likelier than others.
      if (byte >= 256 - (256 % alphabet.length) || text.length === randomLength) continue;
      text += alphabet[byte % alphabet.length];
    }
  }
  return text;
}

/** A new sid, e.g. `PA_` and 12 letters out of 57 (70 bits): unique, not secret. */
export function newSid(prefix: SidPrefix): string {
  return `${prefix}_${randomPart()}`;
}

const kindLetters = { audio: 'A', video: 'V' } as const satisfies Record<TrackKind, string>;
const sourceLetters = {
  unknown: '',
  camera: 'C',
  microphone: 'M',
  screen_share: 'S',
  screen_share_audio: 's',
} as const satisfies Record<TrackSourceName, string>;

/** A new sid of a track, which tells kind and source as LiveKit's do: `TR_VC…` is a camera. */
export function newTrackSid(kind: TrackKind, source: TrackSourceName): string {
  return `TR_${kindLetters[kind]}${sourceLetters[source]}${randomPart()}`;
}
