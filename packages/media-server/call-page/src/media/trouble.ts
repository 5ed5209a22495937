import type { TroubleStep } from '@naer/core/contract/call-codes';
import { RequestFailure } from '../request-failure.ts';
import { RoomFailure } from './room.ts';

/** What the browser called an error; livekit-client and WebCrypto name theirs likewise. */
export function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string'
    ? error.name
    : 'Error';
}

/**
 * Why a camera or a microphone could not be had, from the names that getUserMedia gives (W3C Media Capture and Streams,
 * section 10.2), with the older ones of Safari and Chrome.
 */
export function deviceTrouble(device: 'camera' | 'microphone', error: unknown): TroubleStep {
  switch (nameOf(error)) {
    case 'NotAllowedError':
    case 'PermissionDeniedError':
    case 'SecurityError':
    // Without a secure address there is no navigator.mediaDevices at all.
    case 'TypeError':
      return `${device}-refused`;
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
    case 'ConstraintNotSatisfiedError':
      return `${device}-missing`;
    default:
      // NotReadableError, TrackStartError, AbortError: there, allowed, and yet it does not start.
      return `${device}-busy`;
  }
}

/** Why one could not come in. */
export function entryTrouble(error: unknown): TroubleStep {
  if (error instanceof RoomFailure) return error.at === 'media' ? 'network-blocked' : 'media-down';
  if (error instanceof RequestFailure && error.code === 'media_unavailable') return 'media-down';
  if (error instanceof RequestFailure && error.code === 'offline') return 'network-blocked';
  return 'service-down';
}
