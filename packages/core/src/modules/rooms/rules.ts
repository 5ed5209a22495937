import { type BookingState, type RoomFeature, roomKinds } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { formatTime } from '../../kernel/time-format.ts';
import { toLocal } from '../../kernel/time-zone.ts';
import { describeHours, isOpen, type Span } from './opening-hours.ts';

const minuteMs = 60_000;
/** Who stands in the room and books it now is not refused because the clock has just passed. */
const pastGraceMs = 5 * minuteMs;
/** How early somebody may check in. */
export const checkInEarlyMs = 15 * minuteMs;
const longestAheadYears = 2;

/** The last instant a booking may end at: two years from now on the Danish calendar. */
export function bookingHorizon(now: Date): Date {
  return new Date(toLocal(now).add({ years: longestAheadYears }).epochMilliseconds);
}

/** @throws DomainError booking_past, booking_too_far */
export function assertBookable(span: Span, now: Date): void {
  if (span.startsAt.getTime() < now.getTime() - pastGraceMs) throw new DomainError('booking_past');
  assertWithinHorizon(span, now);
}

/** @throws DomainError booking_too_far */
export function assertWithinHorizon(span: Span, now: Date): void {
  // Two years are never fewer than 730 days: nearly every booking is settled without the calendar.
  if (span.endsAt.getTime() - now.getTime() < 730 * 86_400_000 - 3_600_000) return;
  if (span.endsAt > bookingHorizon(now))
    throw new DomainError('booking_too_far', { years: longestAheadYears });
}

export interface RoomFacts {
  readonly id: string;
  readonly siteId: string;
  readonly siteName: string;
  readonly name: string;
  readonly kind: (typeof roomKinds)[number];
  readonly seats: number;
  readonly features: RoomFeature[];
  readonly openingHours: { weekday: number; opens: string; closes: string }[];
  readonly bufferMinutes: number;
  readonly active: boolean;
}

/** @throws DomainError room_inactive, room_closed */
export function assertOpen(room: RoomFacts, span: Span): void {
  if (!room.active) throw new DomainError('room_inactive', { room: room.name });
  if (isOpen(room.openingHours, span)) return;
  throw new DomainError(
    'room_closed',
    {
      hours_da: describeHours(room.openingHours, span, 'da'),
      hours_en: describeHours(room.openingHours, span, 'en'),
    },
    { details: { openingHours: room.openingHours } },
  );
}

type Timed = Span & { readonly state: BookingState };

const stateNames: Readonly<Record<BookingState, { readonly da: string; readonly en: string }>> = {
  booked: { da: 'booket', en: 'booked' },
  'checked-in': { da: 'tjekket ind', en: 'checked in' },
  lapsed: { da: 'bortfaldet, fordi ingen tjekkede ind,', en: 'lapsed, because nobody checked in,' },
  cancelled: { da: 'aflyst', en: 'cancelled' },
};

/** @throws DomainError booking_state, check_in_early */
export function assertMayCheckIn(booking: Timed, now: Date): void {
  if (booking.state !== 'booked') throw wrongState(booking.state);
  const opensAt = new Date(booking.startsAt.getTime() - checkInEarlyMs);
  if (now >= opensAt) return;
  throw new DomainError('check_in_early', {
    from_da: formatTime(opensAt, 'da', { now }),
    from_en: formatTime(opensAt, 'en', { now }),
  });
}

/** @throws DomainError booking_state, booking_past */
export function assertMayCancel(booking: Timed, now: Date): void {
  if (booking.state !== 'booked' && booking.state !== 'checked-in') throw wrongState(booking.state);
  if (booking.endsAt <= now) throw new DomainError('booking_past');
}

/**
 * A booking can be moved while nobody has checked in. Who is in the room can only stay longer or leave earlier.
 *
 * @throws DomainError booking_state, booking_past, booking_too_far
 */
export function assertMayMove(
  booking: Timed & { readonly roomId: string },
  to: Span & { readonly roomId: string },
  now: Date,
): void {
  const sameStart = to.startsAt.getTime() === booking.startsAt.getTime();
  const stays = sameStart && to.roomId === booking.roomId;
  if (booking.state !== 'booked' && !(booking.state === 'checked-in' && stays))
    throw wrongState(booking.state);
  if (booking.endsAt <= now || to.endsAt <= now) throw new DomainError('booking_past');
  if (sameStart) assertWithinHorizon(to, now);
  else assertBookable(to, now);
}

export function wrongState(state: BookingState): DomainError {
  return new DomainError('booking_state', {
    state,
    state_da: stateNames[state].da,
    state_en: stateNames[state].en,
  });
}

export interface Needs {
  readonly features: readonly RoomFeature[];
  readonly seats: number;
}

/**
 * Orders rooms by how well they fit: the fewest features and seats that are not needed, so that the well-equipped
 * rooms stay free for who needs them; among equals the most private kind.
 */
export function byFit(needs: Needs): (a: RoomFacts, b: RoomFacts) => number {
  const surplus = (room: RoomFacts): number =>
    room.features.filter((feature) => !needs.features.includes(feature)).length;
  const privacy = (room: RoomFacts): number => roomKinds.indexOf(room.kind);
  return (a, b) =>
    surplus(a) - surplus(b) ||
    a.seats - b.seats ||
    privacy(a) - privacy(b) ||
    a.siteName.localeCompare(b.siteName, 'da') ||
    a.name.localeCompare(b.name, 'da', { numeric: true });
}
