import { createHash, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../kernel/errors.ts';
import { afterglowMs, type LinkRow } from './link-store.ts';
import type { CallRow, SeatRow } from './store.ts';

/** A page that is open asks at least every 25 seconds; one that was silent for longer than this is gone. */
export const unseenMs = 45_000;
/** So often a wrong code may be typed before the link no longer holds. */
export const mostWrongPins = 5;

/** What the database keeps of a device; the device itself stays in the browser. */
export const hashDevice = (device: string): Buffer => createHash('sha256').update(device).digest();

export const isDevice = ({ deviceHash }: Pick<LinkRow, 'deviceHash'>, device: Uint8Array): boolean =>
  deviceHash !== null && deviceHash.length === device.length && timingSafeEqual(deviceHash, device);

/** @throws DomainError link_not_valid, the same for every reason */
export function assertHolds(
  link: LinkRow | null,
  { endedAt }: Pick<CallRow, 'endedAt'>,
  now: Date,
): asserts link is LinkRow {
  const isOver = endedAt !== null && endedAt.getTime() + afterglowMs <= now.getTime();
  if (link === null || link.revokedAt !== null || link.expiresAt <= now || isOver)
    throw new DomainError('link_not_valid');
}

/**
 * Whether a browser gets a link: `same` has it already, `first` is the first, `over` takes it from another one. A link that
 * is forwarded lets nobody into a call that somebody else is in.
 *
 * @param takeOver whether whoever sits there has said that the other device is theirs
 * @throws DomainError link_in_use
 */
export function assertMayOpen(
  link: Pick<LinkRow, 'deviceHash' | 'deviceSeenAt' | 'singleUse'>,
  { state }: Pick<SeatRow, 'state'>,
  device: Uint8Array,
  takeOver: boolean,
  now: Date,
): 'same' | 'first' | 'over' {
  if (link.deviceHash === null) return 'first';
  if (isDevice(link, device)) return 'same';
  if (!link.singleUse) {
    if (state !== 'waiting' && state !== 'admitted') return 'over';
    const isSilent = link.deviceSeenAt === null || now.getTime() - link.deviceSeenAt.getTime() > unseenMs;
    if (isSilent && takeOver) return 'over';
  }
  throw new DomainError('link_in_use');
}
