import type { Alternative } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { ReadTx } from '../../storage/index.ts';
import { nearestFreeTimes, searchedSpan } from './free-times.ts';
import { isOpen, type Span } from './opening-hours.ts';
import { presentAlternative } from './presenter.ts';
import { type BusyRow, listBusy, listFitRooms, listFreeRooms, readSituation } from './room-store.ts';
import { assertOpen, byFit, type Needs, type RoomFacts } from './rules.ts';

const shownRooms = 3;
const shownNearest = 5;
const minuteMs = 60_000;

export interface Collision {
  readonly roomId: string;
  readonly worker: { readonly id: string; readonly initials: string };
  readonly wanted: Span;
  readonly now: Date;
  /** The booking that is being moved: it does not stand in its own way. */
  readonly exceptId: string | null;
}

/**
 * Says why a time cannot be had, with what can be had instead: the room at its nearest free times, and other rooms
 * that fit as well, on the same site first.
 *
 * @returns the error room_taken or worker_busy with `alternatives` in its details, or why the room could not be had anyway
 */
export async function explainCollision(
  tx: ReadTx,
  { roomId, worker, wanted, now, exceptId }: Collision,
): Promise<DomainError> {
  const searched = searchedSpan(wanted);
  const { room, busy, others } = await readSituation(tx, {
    roomId,
    workerId: worker.id,
    wanted,
    searched,
    now,
    exceptId,
  });
  assertOpen(room, wanted);
  const held = {
    startsAt: wanted.startsAt,
    endsAt: new Date(wanted.endsAt.getTime() + room.bufferMinutes * minuteMs),
  };
  const workerBusy = busy.filter((row) => row.workerId === worker.id);
  const workerIsBusy = workerBusy.some((row) => overlap(row, wanted));
  const roomIsTaken = roomBusy(busy, room.id).some((row) => overlap(row, held));
  const { openingHours, bufferMinutes } = room;
  const times = nearestFreeTimes({
    wanted,
    openingHours,
    bufferMinutes,
    roomBusy: roomBusy(busy, room.id),
    workerBusy,
    now,
  });
  const alternatives: Alternative[] = [
    ...times.map((span) => presentAlternative('other-time', room, span)),
    ...(workerIsBusy ? [] : firstOpen(others, wanted)).map((other) =>
      presentAlternative('other-room', other, wanted),
    ),
  ];
  return workerIsBusy && !roomIsTaken
    ? new DomainError('worker_busy', { worker: worker.initials }, { details: { alternatives } })
    : new DomainError('room_taken', {}, { details: { alternatives } });
}

function firstOpen(rooms: readonly RoomFacts[], wanted: Span): RoomFacts[] {
  const found: RoomFacts[] = [];
  for (const room of rooms) {
    if (found.length === shownRooms) break;
    if (isOpen(room.openingHours, wanted)) found.push(room);
  }
  return found;
}

export interface Search {
  readonly needs: Needs;
  readonly site: string | undefined;
  readonly wanted: Span;
  readonly now: Date;
}

/** Rooms that are free and open for the whole of a time, best fit first; where there is none, the nearest that will be. */
export async function searchFree(
  tx: ReadTx,
  search: Search,
): Promise<{ readonly rooms: readonly RoomFacts[]; readonly nearest: readonly Alternative[] }> {
  const { needs, site, wanted, now } = search;
  const free = await listFreeRooms(tx, { ...needs, site }, wanted, now);
  const rooms = free.filter((room) => isOpen(room.openingHours, wanted)).sort(byFit(needs));
  return { rooms, nearest: rooms.length > 0 ? [] : await nearestOfAll(tx, search) };
}

async function nearestOfAll(tx: ReadTx, { needs, site, wanted, now }: Search): Promise<Alternative[]> {
  const fit = await listFitRooms(tx, { ...needs, site });
  if (fit.length === 0) return [];
  const busy = await listBusy(
    tx,
    fit.map((room) => room.id),
    searchedSpan(wanted),
    now,
  );
  const distance = (span: Span): number => Math.abs(span.startsAt.getTime() - wanted.startsAt.getTime());
  return fit
    .flatMap((room) => {
      const { openingHours, bufferMinutes } = room;
      const times = nearestFreeTimes({
        wanted,
        openingHours,
        bufferMinutes,
        roomBusy: roomBusy(busy, room.id),
        workerBusy: [],
        now,
      });
      return times.map((span) => ({ room, span }));
    })
    .sort((a, b) => distance(a.span) - distance(b.span) || byFit(needs)(a.room, b.room))
    .slice(0, shownNearest)
    .map(({ room, span }) => presentAlternative('other-time', room, span));
}

const roomBusy = (busy: readonly BusyRow[], roomId: string): Span[] =>
  busy
    .filter((row) => row.roomId === roomId)
    .map((row) => ({ startsAt: row.startsAt, endsAt: row.blockedUntil }));

const overlap = (a: Span, b: Span): boolean => a.startsAt < b.endsAt && b.startsAt < a.endsAt;
