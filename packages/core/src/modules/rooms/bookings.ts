import { randomUUID } from 'node:crypto';
import type { BookRoom } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../storage/index.ts';
import { type Actor, allows, assertAllowed, getStaffByInitials } from '../identity/index.ts';
import { type Collision, explainCollision } from './alternatives.ts';
import { type BookingDraft, type HeldTimes, insertBookings, moveBooking } from './booking-writes.ts';
import type { Span } from './opening-hours.ts';
import { roomsPolicy } from './policy.ts';
import type { BookingRecorder } from './record.ts';
import { lockRoom } from './room-store.ts';
import {
  assertBookable,
  assertMayCancel,
  assertMayCheckIn,
  assertMayMove,
  assertOpen,
  type RoomFacts,
  wrongState,
} from './rules.ts';
import type { BookingRow } from './store.ts';
import * as store from './store.ts';

export interface Worker {
  readonly id: string;
  readonly initials: string;
}

export interface MoveWish {
  readonly roomId?: string | undefined;
  readonly startsAt: string;
  readonly endsAt: string;
}

export const readSpan = ({
  startsAt,
  endsAt,
}: {
  readonly startsAt: string;
  readonly endsAt: string;
}): Span => ({
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
  if (initials === undefined || initials === actor.initials)
    return { id: actor.staffId, initials: actor.initials };
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

/** A booking to be made, with what ledger and listeners will be told of it. */
export function draftBooking(
  record: BookingRecorder,
  actor: Actor,
  span: Span,
  of: { readonly roomId: string; readonly seriesId: string | null },
): BookingDraft {
  const facts = { id: randomUUID(), ...of, ...span, state: 'booked' as const };
  return { id: facts.id, ...span, ...record.prepare(actor.staffId, facts) };
}

/** A booking as it would be read, made of what was just written. */
export function writtenRow(
  draft: BookingDraft,
  times: HeldTimes,
  room: RoomFacts,
  worker: Worker,
  seriesId: string | null,
  now: Date,
): BookingRow {
  return {
    id: draft.id,
    roomId: room.id,
    roomName: room.name,
    siteName: room.siteName,
    workerId: worker.id,
    worker: worker.initials,
    startsAt: draft.startsAt,
    endsAt: draft.endsAt,
    blockedUntil: times.blockedUntil,
    checkInBy: times.checkInBy,
    state: 'booked',
    checkedInAt: null,
    seriesId,
    createdAt: now,
  };
}

export function createBookings({
  clock,
  record,
}: {
  readonly clock: Clock;
  readonly record: BookingRecorder;
}) {
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
      const [roomId, seriesId] = [wish.roomId.toLowerCase(), null];
      const draft = draftBooking(record, actor, wanted, { roomId, seriesId });
      const result = await insertBookings(
        tx,
        { roomId, workerId: worker.id, seriesId, unlessHeld: wanted },
        [draft],
        now,
      );
      // What was written in a room that is closed then is undone with the transaction.
      if (result !== null) assertOpen(result.room, wanted);
      const times = result?.written.get(draft.id);
      if (result === null || times === undefined)
        return refuse(tx, { roomId, worker, wanted, now, exceptId: null });
      await record.lapsed(tx, result.lapsed, now);
      const row = writtenRow(draft, times, result.room, worker, seriesId, now);
      await record.announce(tx, [row]);
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
      const booking = await store.getBooking(tx, id.toLowerCase(), now);
      assertMayKeep(actor, booking.workerId);
      const roomId = wish.roomId?.toLowerCase() ?? booking.roomId;
      assertMayMove(booking, { ...wanted, roomId }, now);
      const room = await lockRoom(tx, roomId, now);
      if (room === null) throw new DomainError('not_found', { kind: 'room' });
      assertOpen(room, wanted);
      const { written, lapsed } = await moveBooking(tx, booking, room, wanted, now);
      const times = written.get(booking.id);
      if (times === undefined) {
        const current = await store.getBooking(tx, id, now);
        if (current.state !== booking.state) throw wrongState(current.state);
        const worker = { id: booking.workerId, initials: booking.worker };
        return refuse(tx, { roomId, worker, wanted, now, exceptId: booking.id });
      }
      await record.lapsed(tx, lapsed, now);
      const row = { ...booking, ...wanted, ...times, roomId, roomName: room.name, siteName: room.siteName };
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

    /**
     * Gives back what is left of a booking, whatever becomes of it: cancels it, or, where somebody is in the room already,
     * ends it with the running minute. What holds nothing any more is left alone. For those who were allowed what the
     * booking was for, such as a visit that is cancelled.
     */
    release: async (tx: Tx, actor: Actor, id: string): Promise<void> => {
      const now = clock.now();
      const booking = await store.getBooking(tx, id, now);
      if ((booking.state !== 'booked' && booking.state !== 'checked-in') || booking.endsAt <= now) return;
      const minute = new Date(Math.ceil((now.getTime() + 1) / 60_000) * 60_000);
      if (booking.state === 'checked-in' && booking.startsAt < now) {
        if (minute >= booking.endsAt) return;
        const room = await lockRoom(tx, booking.roomId, now);
        if (room === null) return;
        const span = { startsAt: booking.startsAt, endsAt: minute };
        const { written, lapsed } = await moveBooking(tx, booking, room, span, now);
        const times = written.get(id);
        await record.lapsed(tx, lapsed, now);
        if (times !== undefined) await record.changed(tx, actor.staffId, [{ ...booking, ...span, ...times }]);
        return;
      }
      if (await store.cancel(tx, id, now))
        await record.changed(tx, actor.staffId, [{ ...booking, state: 'cancelled' }]);
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
