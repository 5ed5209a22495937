import { randomUUID } from 'node:crypto';
import type { BookSeries } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../storage/index.ts';
import { type Actor, assertAllowed } from '../identity/index.ts';
import type { BookingDraft, HeldTimes } from './booking-writes.ts';
import { insertBookings } from './booking-writes.ts';
import { assertMayKeep, draftBooking, readSpan, workerOf, writtenRow } from './bookings.ts';
import { isOpen, type Span } from './opening-hours.ts';
import { roomsPolicy } from './policy.ts';
import type { BookingRecorder } from './record.ts';
import { expandSeries } from './recurrence.ts';
import { type LockedRoom, listBusy, lockRoom } from './room-store.ts';
import { assertBookable, assertWithinHorizon } from './rules.ts';
import { getSeries, insertSeries, type Skipped, setSkipped } from './series-store.ts';
import * as store from './store.ts';

export function createSeries({ clock, record }: { readonly clock: Clock; readonly record: BookingRecorder }) {
  return {
    /**
     * Books a room again and again. One conflict refuses the whole series and all of them are listed; with
     * `skipConflicts` the free times are booked and the others listed.
     *
     * @returns the id of the series
     * @throws DomainError as for a single booking, and series_invalid, series_conflicts with `conflicts` in its details
     */
    bookSeries: async (tx: Tx, actor: Actor, wish: BookSeries): Promise<string> => {
      const worker = await workerOf(tx, actor, wish.worker);
      const now = clock.now();
      const { rrule, spans } = expandSeries(wish.rrule, readSpan(wish), now);
      const [first, last] = [spans[0], spans.at(-1)];
      if (first !== undefined) assertBookable(first, now);
      if (last !== undefined) assertWithinHorizon(last, now);
      const room = await lockRoom(tx, wish.roomId, now);
      if (room === null) throw new DomainError('not_found', { kind: 'room' });
      if (!room.active) throw new DomainError('room_inactive', { room: room.name });

      const id = randomUUID();
      await insertSeries(tx, { id, roomId: room.id, workerId: worker.id, rrule }, now);
      const open = spans.filter((span) => isOpen(room.openingHours, span));
      const drafts = open.map((span) => draftBooking(record, actor, span, { roomId: room.id, seriesId: id }));
      const result = await insertBookings(
        tx,
        { roomId: room.id, workerId: worker.id, seriesId: id, unlessHeld: null },
        drafts,
        now,
      );
      const written = result?.written ?? new Map<string, HeldTimes>();

      const booked = drafts.filter((draft) => written.has(draft.id));
      if (booked.length < spans.length) {
        const collided = drafts.filter((draft) => !written.has(draft.id));
        const closed = spans.filter((span) => !open.includes(span)).map((span) => skip(span, 'room_closed'));
        const conflicts = [...closed, ...(await explain(tx, room, collided, now))].sort((a, b) =>
          a.startsAt < b.startsAt ? -1 : 1,
        );
        if (!wish.skipConflicts || booked.length === 0) {
          throw new DomainError(
            'series_conflicts',
            { count: conflicts.length, total: spans.length },
            { details: { conflicts } },
          );
        }
        await setSkipped(tx, id, conflicts);
      }
      await record.lapsed(tx, result?.lapsed ?? [], now);
      const rows = booked.flatMap((draft) => {
        const times = written.get(draft.id);
        return times === undefined ? [] : [writtenRow(draft, times, room, worker, id, now)];
      });
      await record.announce(tx, rows);
      return id;
    },

    /**
     * Cancels what is left of a series.
     *
     * @throws DomainError not_allowed, not_found
     */
    cancelSeries: async (tx: Tx, actor: Actor, id: string): Promise<string> => {
      assertAllowed(roomsPolicy, actor, 'rooms:book');
      const now = clock.now();
      const series = await getSeries(tx, id);
      assertMayKeep(actor, series.workerId);
      const cancelled = await store.cancelRemaining(tx, { seriesId: id }, now);
      await record.changed(tx, actor.staffId, await store.getBookings(tx, cancelled, now));
      return id;
    },
  };
}

/** Whether it was the room or the worker that was not free at each of these times. */
async function explain(
  tx: Tx,
  room: LockedRoom,
  collided: readonly BookingDraft[],
  now: Date,
): Promise<Skipped[]> {
  const [first, last] = [collided[0], collided.at(-1)];
  if (first === undefined || last === undefined) return [];
  const bufferMs = room.bufferMinutes * 60_000;
  const around = { startsAt: first.startsAt, endsAt: new Date(last.endsAt.getTime() + bufferMs) };
  const busy = await listBusy(tx, [room.id], around, now);
  return collided.map((draft) => {
    const taken = busy.some(
      (row) =>
        row.startsAt.getTime() < draft.endsAt.getTime() + bufferMs && row.blockedUntil > draft.startsAt,
    );
    return skip(draft, taken ? 'room_taken' : 'worker_busy');
  });
}

const skip = (span: Span, reason: Skipped['reason']): Skipped => ({
  startsAt: span.startsAt.toISOString(),
  endsAt: span.endsAt.toISOString(),
  reason,
});
