import { randomUUID } from 'node:crypto';
import type { BookRoom } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../storage/index.ts';
import { type Actor, allows, assertAllowed, getStaffByInitials } from '../identity/index.ts';
import { type Collision, explainCollision } from './alternatives.ts';
import type { Span } from './opening-hours.ts';
import { roomsPolicy } from './policy.ts';
import type { BookingRecorder } from './record.ts';
import { getRoom, type LockedRoom, lockRoom } from './room-store.ts';
import { assertBookable, assertMayCancel, assertMayCheckIn, assertMayMove, assertOpen, heldTimes, type RoomFacts, wrongState } from './rules.ts';
import * as store from './store.ts';
import type { BookingDraft, BookingRow } from './store.ts';

export interface Worker {
  readonly id: string;
  readonly initials: string;
}

export interface MoveWish {
  readonly roomId?: string | undefined;
  readonly startsAt: string;
  readonly endsAt: string;
}

export const readSpan = ({ startsAt, endsAt }: { readonly startsAt: string; readonly endsAt: string }): Span => ({
  startsAt: new Date(startsAt),
  endsAt: new Date(endsAt),
});

/**
 * Who a booking is for: oneself, or somebody who works here, where one may book for others.
 *
 * @throws DomainError not_allowed, not_found
 */
export async function workerOf(tx: Tx, actor: Actor, initials: string | undefined): Promise<Worker> {
  assertAllowed(roomsPolicy, actor, 'rooms:book');
  if (initials === undefined || initials === actor.initials) return { id: actor.staffId, initials: actor.initials };
  assertAllowed(roomsPolicy, actor, 'rooms:book-for-others');
  const { id } = await getStaffByInitials(tx, initials);
  return { id, initials };
}

/** @throws DomainError not_allowed */
export function assertMayKeep(actor: Actor, workerId: string): void {
  assertAllowed(roomsPolicy, actor, 'rooms:book');
  if (workerId !== actor.staffId && !allows(roomsPolicy, actor, 'rooms:book-for-others')) {
    throw new DomainError('not_allowed', { permission: 'rooms:book-for-others' });
  }
}

export function draftBooking(room: LockedRoom, span: Span, now: Date): BookingDraft {
  return { id: randomUUID(), startsAt: span.startsAt, endsAt: span.endsAt, ...heldTimes(span, room, room.graceMinutes, now) };
}

export function rowOf(draft: BookingDraft, room: RoomFacts, worker: Worker, seriesId: string | null, now: Date): BookingRow {
  return {
    ...draft,
    roomId: room.id,
    roomName: room.name,
    siteName: room.siteName,
    workerId: worker.id,
    worker: worker.initials,
    state: 'booked',
    checkedInAt: null,
    seriesId,
    createdAt: now,
  };
}

export function createBookings({ clock, record }: { readonly clock: Clock; readonly record: BookingRecorder }) {
  const refuse = async (tx: Tx, collision: Collision): Promise<never> => {
    throw await explainCollision(tx, collision);
  };

  /** What stands in the way of a check-in, cancellation or move that met a booking changed meanwhile. */
  const refuseState = async (tx: Tx, id: string, now: Date): Promise<never> => {
    throw wrongState((await store.getBooking(tx, id, now)).state);
  };

  return {
    /**
     * Books a room. Two who want the same time are put in order by the room's lock: one has it, the other is told
     * what else is free.
     *
     * @throws DomainError not_allowed, not_found, booking_past, booking_too_far, room_inactive, room_closed, room_taken,
     *   worker_busy
     */
    book: async (tx: Tx, actor: Actor, wish: BookRoom): Promise<BookingRow> => {
      const worker = await workerOf(tx, actor, wish.worker);
      const [now, wanted] = [clock.now(), readSpan(wish)];
      assertBookable(wanted, now);
      const room = await lockRoom(tx, wish.roomId, now, wanted);
      if (room === null) {
        const taken = await getRoom(tx, wish.roomId);
        assertOpen(taken, wanted);
        return refuse(tx, { room: taken, worker, wanted, now, exceptId: null });
      }
      assertOpen(room, wanted);
      const draft = draftBooking(room, wanted, now);
      const { written, lapsed } = await store.insertBookings(tx, { roomId: room.id, workerId: worker.id, seriesId: null }, [draft], now);
      if (!written.has(draft.id)) return refuse(tx, { room, worker, wanted, now, exceptId: null });
      await record.lapsed(tx, lapsed, now);
      const row = rowOf(draft, room, worker, null, now);
      await record.changed(tx, actor.staffId, [row]);
      return row;
    },

    /**
     * Moves a booking to another time or room, or makes it longer or shorter.
     *
     * @throws DomainError as for `book`, and booking_state
     */
    move: async (tx: Tx, actor: Actor, id: string, wish: MoveWish): Promise<BookingRow> => {
      assertAllowed(roomsPolicy, actor, 'rooms:book');
      const [now, wanted] = [clock.now(), readSpan(wish)];
      const booking = await store.getBooking(tx, id, now);
      assertMayKeep(actor, booking.workerId);
      const roomId = wish.roomId?.toLowerCase() ?? booking.roomId;
      assertMayMove(booking, { ...wanted, roomId }, now);
      const room = await lockRoom(tx, roomId, now, null);
      if (room === null) throw new DomainError('not_found', { kind: 'room' });
      assertOpen(room, wanted);
      const held = { ...wanted, ...heldTimes(wanted, room, room.graceMinutes, now) };
      const to = booking.state === 'checked-in' ? { ...held, checkInBy: booking.checkInBy } : held;
      const { written, lapsed } = await store.moveBooking(tx, booking, roomId, to, now);
      if (!written.has(id)) {
        const current = await store.getBooking(tx, id, now);
        if (current.state !== booking.state) throw wrongState(current.state);
        const worker = { id: booking.workerId, initials: booking.worker };
        return refuse(tx, { room, worker, wanted, now, exceptId: id });
      }
      await record.lapsed(tx, lapsed, now);
      const row = { ...booking, ...to, roomId, roomName: room.name, siteName: room.siteName };
      await record.changed(tx, actor.staffId, [row]);
      return row;
    },

    /** @throws DomainError not_allowed, not_found, booking_state, check_in_early */
    checkIn: async (tx: Tx, actor: Actor, id: string): Promise<BookingRow> => {
      assertAllowed(roomsPolicy, actor, 'rooms:book');
      const now = clock.now();
      const booking = await store.getBooking(tx, id, now);
      assertMayKeep(actor, booking.workerId);
      assertMayCheckIn(booking, now);
      if (!(await store.checkIn(tx, id, now))) return refuseState(tx, id, now);
      const row: BookingRow = { ...booking, state: 'checked-in', checkedInAt: now };
      await record.changed(tx, actor.staffId, [row]);
      return row;
    },

    /** @throws DomainError not_allowed, not_found, booking_state, booking_past */
    cancel: async (tx: Tx, actor: Actor, id: string): Promise<BookingRow> => {
      assertAllowed(roomsPolicy, actor, 'rooms:book');
      const now = clock.now();
      const booking = await store.getBooking(tx, id, now);
      assertMayKeep(actor, booking.workerId);
      assertMayCancel(booking, now);
      if (!(await store.cancel(tx, id, now))) return refuseState(tx, id, now);
      const row: BookingRow = { ...booking, state: 'cancelled' };
      await record.changed(tx, actor.staffId, [row]);
      return row;
    },

    /** Cancels what somebody has booked and not begun; for the end of an employment, which identity has allowed. */
    cancelFutureBookingsOf: async (tx: Tx, actor: Actor, staffId: string): Promise<void> => {
      const now = clock.now();
      const ids = await store.cancelRemaining(tx, { workerId: staffId }, now);
      await record.changed(tx, actor.staffId, await store.getBookings(tx, ids, now));
    },

    /** Releases bookings that nobody checked in to, at most so many; returns how many. For a regular job. */
    releaseLapsed: async (tx: Tx, limit: number): Promise<number> => {
      const now = clock.now();
      const ids = await store.releaseLapsed(tx, now, limit);
      await record.lapsed(tx, ids, now);
      return ids.length;
    },
  };
}
