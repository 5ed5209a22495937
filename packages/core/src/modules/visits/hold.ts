import type { HoldPart, OpeningHours, RoomWish } from '../../contract/index.ts';
import type { Shift } from '../../contract/visit-rules.ts';
import { holdPartWords } from '../../contract/visit-words.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError, type Language } from '../../kernel/errors.ts';
import { formatTimeRange } from '../../kernel/time-format.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';
import type { Actor } from '../identity/index.ts';
import {
  byFit,
  getRoom,
  listBusy,
  listFitRooms,
  listHeldByWorker,
  lockIfFree,
  nearestFreeTimes,
  type RoomFacts,
  type RoomsService,
  type Span,
  searchedSpan,
  searchFree,
} from '../rooms/index.ts';
import { listPlanned } from './store.ts';

const shownNearest = 3;
const triedRooms = 4;
const minuteMs = 60_000;

export interface HeldWorker {
  readonly id: string;
  readonly initials: string;
  readonly shift: Shift;
}

/** The room that a visit has: its own booking, or one the worker has for longer. */
export interface HeldRoom {
  readonly bookingId: string | null;
  readonly ownsBooking: boolean;
}

export interface Claim {
  readonly worker: HeldWorker;
  readonly citizenId: string;
  readonly span: Span;
  readonly room: RoomWish;
  /** The working hours of the worker's shift. */
  readonly hours: OpeningHours;
  /** The visit that is being moved, and what it has: it does not stand in its own way. */
  readonly current: (HeldRoom & { readonly visitId: string }) | null;
  /** Visits that are moved along and do not stand in the way either, and times already given to them. */
  readonly movedAlong?: readonly string[];
  readonly given?: readonly Span[];
}

export interface NearestTime extends Span {
  readonly room: RoomFacts | null;
}

/** The end or start of which lies within the other. */
const overlap = (a: Span, b: Span): boolean => a.startsAt < b.endsAt && b.startsAt < a.endsAt;
const covers = (outer: Span, inner: Span): boolean =>
  outer.startsAt <= inner.startsAt && inner.endsAt <= outer.endsAt;

const ownBooking = (current: Claim['current']): string | null =>
  current?.ownsBooking ? current.bookingId : null;

export type Holds = ReturnType<typeof createHolds>;

/**
 * One hold for a visit: worker, citizen and room are claimed together, or none of them. Only safe while the transaction
 * holds the calendars of worker and citizen (`lockStaffCalendars`, then the citizen). Everything is looked at before
 * anything is written, so a refusal leaves the transaction as it was.
 */
export function createHolds({ clock, rooms }: { readonly clock: Clock; readonly rooms: RoomsService }) {
  const letGo = async (tx: Tx, actor: Actor, current: Claim['current']): Promise<void> => {
    if (current?.ownsBooking && current.bookingId !== null) await rooms.release(tx, actor, current.bookingId);
  };

  const book = async (tx: Tx, actor: Actor, claim: Claim, roomId: string): Promise<HeldRoom> => {
    const { current, span, worker } = claim;
    const times = { startsAt: span.startsAt.toISOString(), endsAt: span.endsAt.toISOString() };
    if (
      current?.ownsBooking &&
      current.bookingId !== null &&
      (await isToMove(tx, current.bookingId, clock.now()))
    ) {
      await rooms.move(tx, actor, current.bookingId, { roomId, ...times });
      return { bookingId: current.bookingId, ownsBooking: true };
    }
    // One that somebody has checked in to cannot go along; it is given back rather than left behind.
    await letGo(tx, actor, current);
    const { id } = await rooms.book(tx, actor, { roomId, worker: worker.initials, ...times });
    return { bookingId: id, ownsBooking: true };
  };

  /** The room for a time, or null when it cannot be had. */
  const claimRoom = async (tx: Tx, actor: Actor, claim: Claim): Promise<HeldRoom | null> => {
    const { room: wish, span, worker, current } = claim;
    if (wish.kind === 'none') {
      await letGo(tx, actor, current);
      return { bookingId: null, ownsBooking: false };
    }
    const now = clock.now();
    const mine = ownBooking(current);
    const others = (await listHeldByWorker(tx, worker.id, span, now)).filter(({ id }) => id !== mine);
    if (others.length > 0) {
      const [own] = others;
      // A booth taken for the whole morning serves all the calls of that morning.
      const fits =
        own !== undefined && covers(own, span) && (wish.kind === 'any' || own.roomId === wish.roomId);
      if (others.length > 1 || !fits || (await isOwnedByVisit(tx, own.id))) return null;
      await letGo(tx, actor, current);
      return { bookingId: own.id, ownsBooking: false };
    }
    for (const roomId of await candidates(tx, claim, now)) {
      const free = await lockIfFree(tx, roomId, span, now, mine);
      if (free === null) throw new DomainError('not_found', { kind: 'room' });
      if (free) return book(tx, actor, claim, roomId);
    }
    return null;
  };

  return {
    /**
     * Claims all that a visit needs.
     *
     * @throws DomainError hold_refused, with `missing` and the `nearest` times at which all are free in its details
     */
    claim: async (tx: Tx, actor: Actor, claim: Claim): Promise<HeldRoom> => {
      const { worker, citizenId, span, current, movedAlong = [] } = claim;
      const except = [...(current === null ? [] : [current.visitId]), ...movedAlong];
      const busy = await listPlanned(tx, { workerId: worker.id, citizenId, except }, span);
      const missing: HoldPart[] = [];
      if (busy.some((one) => one.workerId === worker.id)) missing.push('worker');
      if (busy.some((one) => one.citizenId === citizenId)) missing.push('citizen');
      if (missing.length === 0) {
        const held = await claimRoom(tx, actor, claim);
        if (held !== null) return held;
        missing.push('room');
      } else if (claim.room.kind === 'room' && !(await seemsFree(tx, claim, clock.now()))) {
        missing.push('room');
      }
      throw refusal(missing, await findNearest(tx, claim, clock.now()), clock.now());
    },

    letGo,
  };
}

/** Rooms to try, the best first. */
async function candidates(tx: ReadTx, { room: wish, span, current }: Claim, now: Date): Promise<string[]> {
  if (wish.kind === 'none') return [];
  if (wish.kind === 'room') return [wish.roomId.toLowerCase()];
  const needs = { features: wish.needs, seats: 1 };
  const { rooms } = await searchFree(tx, { needs, site: wish.site ?? undefined, wanted: span, now });
  const found = rooms.slice(0, triedRooms).map((room) => room.id);
  // Who moves a visit by half an hour stays where they are, though the visit itself is what makes that room look taken.
  const before = current?.bookingId == null ? undefined : await roomOfBooking(tx, current.bookingId);
  return before === undefined ? found : [before, ...found.filter((id) => id !== before)];
}

async function seemsFree(tx: ReadTx, { room: wish, span, current }: Claim, now: Date): Promise<boolean> {
  if (wish.kind !== 'room') return true;
  const room = await getRoom(tx, wish.roomId.toLowerCase());
  const held = {
    startsAt: span.startsAt,
    endsAt: new Date(span.endsAt.getTime() + room.bufferMinutes * minuteMs),
  };
  const busy = await listBusy(tx, [room.id], held, now, ownBooking(current));
  return !busy.some((one) => overlap({ startsAt: one.startsAt, endsAt: one.blockedUntil }, held));
}

async function roomOfBooking(tx: ReadTx, bookingId: string): Promise<string | undefined> {
  const [row] = await queryHot<{ id: string }>(
    tx,
    Prisma.sql`SELECT b.room_id AS id FROM booking b WHERE b.id = ${bookingId}::uuid`,
  );
  return row?.id;
}

/** Whether a booking can still be moved, rather than having lapsed or been cancelled. */
async function isToMove(tx: ReadTx, bookingId: string, now: Date): Promise<boolean> {
  const [row] = await queryHot<{ id: string }>(
    tx,
    Prisma.sql`SELECT b.id FROM booking b WHERE b.id = ${bookingId}::uuid AND b.state = 'booked' AND b.check_in_by >= ${now}::timestamptz AND b.ends_at > ${now}::timestamptz`,
  );
  return row !== undefined;
}

async function isOwnedByVisit(tx: ReadTx, bookingId: string): Promise<boolean> {
  const rows = await queryHot(
    tx,
    Prisma.sql`SELECT 1 AS owned FROM visit v WHERE v.booking_id = ${bookingId}::uuid AND v.owns_booking`,
  );
  return rows.length > 0;
}

/** The nearest times at which worker, citizen and a room that fits are all free, within a week. */
export async function findNearest(tx: ReadTx, claim: Claim, now: Date): Promise<NearestTime[]> {
  const { span: wanted, room: wish, worker, citizenId, hours, current, movedAlong = [], given = [] } = claim;
  const searched = searchedSpan(wanted);
  const except = [...(current === null ? [] : [current.visitId]), ...movedAlong];
  const planned = [
    ...(await listPlanned(tx, { workerId: worker.id, citizenId, except }, searched)),
    ...given,
  ];
  if (wish.kind === 'none') {
    const found = nearestFreeTimes({
      wanted,
      openingHours: hours,
      bufferMinutes: 0,
      roomBusy: [],
      workerBusy: planned,
      now,
    });
    return found.map((span) => ({ ...span, room: null }));
  }
  const mine = ownBooking(current);
  const held = (await listHeldByWorker(tx, worker.id, searched, now)).filter(({ id }) => id !== mine);
  const fit =
    wish.kind === 'room'
      ? [await getRoom(tx, wish.roomId.toLowerCase())]
      : await listFitRooms(tx, { features: wish.needs, seats: 1, site: wish.site ?? undefined });
  const ids = fit.map((room) => room.id);
  const busy = await listBusy(tx, ids, searched, now, mine);
  const distance = (span: Span): number => Math.abs(span.startsAt.getTime() - wanted.startsAt.getTime());
  const better = byFit({ features: wish.kind === 'any' ? wish.needs : [], seats: 1 });
  const found = fit.flatMap((room) =>
    nearestFreeTimes({
      wanted,
      openingHours: bothOpen(hours, room.openingHours),
      bufferMinutes: room.bufferMinutes,
      roomBusy: [
        ...busy
          .filter((one) => one.roomId === room.id)
          .map((one) => ({ startsAt: one.startsAt, endsAt: one.blockedUntil })),
        ...given.map((one) => ({
          startsAt: one.startsAt,
          endsAt: new Date(one.endsAt.getTime() + room.bufferMinutes * minuteMs),
        })),
      ],
      workerBusy: [...planned, ...held],
      now,
    }).map((span) => ({ ...span, room })),
  );
  return found
    .sort((a, b) => distance(a) - distance(b) || better(a.room, b.room))
    .filter(
      (one, index, all) =>
        all.findIndex((same) => same.startsAt.getTime() === one.startsAt.getTime()) === index,
    )
    .slice(0, shownNearest);
}

/** The hours of a week in which both are open. */
export function bothOpen(one: OpeningHours, other: OpeningHours): OpeningHours {
  return one.flatMap((mine) => {
    const theirs = other.find((day) => day.weekday === mine.weekday);
    if (theirs === undefined) return [];
    // Clock times are text that sorts as it reads.
    const [, opens = ''] = [mine.opens, theirs.opens].sort();
    const [closes = ''] = [mine.closes, theirs.closes].sort();
    return opens < closes ? [{ weekday: mine.weekday, opens, closes }] : [];
  });
}

const listed = (language: Language) => new Intl.ListFormat(language === 'da' ? 'da' : 'en-GB');

export function refusal(
  missing: readonly HoldPart[],
  nearest: readonly NearestTime[],
  now: Date,
): DomainError {
  const say = (language: Language): string => {
    const [first] = nearest;
    if (first === undefined) return language === 'da' ? 'ingen inden for en uge' : 'none within a week';
    const where = first.room === null ? '' : ` (${first.room.siteName}/${first.room.name})`;
    return `${formatTimeRange(first.startsAt, first.endsAt, language, { now })}${where}`;
  };
  return new DomainError(
    'hold_refused',
    {
      missing: missing.join(', '),
      missing_da: listed('da').format(missing.map((part) => holdPartWords[part][0])),
      missing_en: listed('en').format(missing.map((part) => holdPartWords[part][1])),
      nearest_da: say('da'),
      nearest_en: say('en'),
    },
    {
      details: {
        missing,
        nearest: nearest.map(({ startsAt, endsAt, room }) => ({
          startsAt: startsAt.toISOString(),
          endsAt: endsAt.toISOString(),
          room: room === null ? null : { id: room.id, name: room.name, site: room.siteName },
        })),
      },
    },
  );
}

/** A span of so many minutes. */
export const spanFrom = (startsAt: Date, minutes: number): Span => ({
  startsAt,
  endsAt: new Date(startsAt.getTime() + minutes * minuteMs),
});
