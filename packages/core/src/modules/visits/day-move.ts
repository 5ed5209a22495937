import type { HoldPart } from '../../contract/index.ts';
import type { Shift } from '../../contract/visit-rules.ts';
import type { Clock } from '../../kernel/clock.ts';
import { findPublicHoliday } from '../../kernel/public-holidays.ts';
import { addDays, fromLocal, localDay, startOfLocalDay, toLocal } from '../../kernel/time-zone.ts';
import type { ReadTx, Tx } from '../../storage/index.ts';
import type { CitizenContacts } from '../citizens/index.ts';
import { type Actor, getStaffByInitials } from '../identity/index.ts';
import type { Span } from '../rooms/index.ts';
import { assertMayKeep, type Desk } from './desk.ts';
import { type Claim, findNearest } from './hold.ts';
import type { createPlanning } from './planning.ts';
import { getVisit, listPlanned, listVisits, lockStaffCalendars, lockVisits, type VisitRow } from './store.ts';
import { readVisitRules } from './visit-rules.ts';

const searchedDays = 14;
const mostVisits = 40;

export interface DayMoveItem {
  readonly visit: VisitRow;
  readonly to: Span | null;
  readonly missing: readonly HoldPart[];
}

export interface DayMove {
  readonly from: string;
  readonly to: string;
  readonly items: readonly DayMoveItem[];
}

export const isComplete = ({ items }: DayMove): boolean => items.every((item) => item.to !== null);

export interface DayMoveDeps {
  readonly clock: Clock;
  readonly contacts: CitizenContacts;
  readonly desk: Desk;
  readonly planning: Pick<ReturnType<typeof createPlanning>, 'moveAlong'>;
}

/** "Move my Tuesday": a new day for everything that is planned on one, found first and then done in one go. */
export function createDayMove({ clock, contacts, desk, planning }: DayMoveDeps) {
  return {
    /**
     * Where each visit of a day could go: at the same time of day, or as near to it as worker, citizen and the visit's
     * own room are free. Without a day, the first working day within two weeks that takes them all, else the one that
     * takes most.
     *
     * @throws DomainError not_allowed, not_found
     */
    proposeDayMove: async (
      tx: ReadTx,
      actor: Actor,
      wish: { readonly worker?: string | undefined; readonly from: string; readonly to?: string | undefined },
    ): Promise<DayMove> => {
      const { id, initials, shift } = await getStaffByInitials(tx, wish.worker ?? actor.initials);
      assertMayKeep(actor, id);
      const now = clock.now();
      const rules = await readVisitRules(tx);
      const day = { from: startOfLocalDay(wish.from), to: startOfLocalDay(addDays(wish.from, 1)) };
      const visits = (await listVisits(tx, actor, { worker: initials, ...day, limit: mostVisits })).filter(
        (row) => (row.state === 'planned' || row.state === 'proposed') && row.happensAt > now,
      );
      const worker = { id, initials, shift: shift as Shift };
      const hours = rules.workingHours[worker.shift];
      // Days are text that sorts as it reads.
      const [, later = wish.from] = [localDay(now), wish.from].sort();
      const isOff = (one: string): boolean =>
        findPublicHoliday(one) !== null || rules.closedDays.includes(one.slice(5));
      const days =
        wish.to === undefined
          ? Array.from({ length: searchedDays }, (_, n) => addDays(later, n + 1)).filter(
              (one) =>
                one !== wish.from &&
                !isOff(one) &&
                hours.some((open) => open.weekday === toLocal(startOfLocalDay(one)).dayOfWeek),
            )
          : [wish.to];
      let best: DayMove | null = null;
      for (const to of days) {
        const items = await place(tx, visits, to, { worker, hours }, now);
        const found = { from: wish.from, to, items };
        const fitting = (move: DayMove): number => move.items.filter((item) => item.to !== null).length;
        if (best === null || fitting(found) > fitting(best)) best = found;
        if (isComplete(found)) break;
      }
      return best ?? { from: wish.from, to: addDays(wish.from, 1), items: [] };
    },

    /** Moves visits to given times: all of them, or none. @throws DomainError as for `move` */
    moveDay: async (
      tx: Tx,
      actor: Actor,
      moves: readonly { readonly visit: string; readonly startsAt: string; readonly endsAt: string }[],
    ): Promise<VisitRow[]> => {
      const seen = await Promise.all(moves.map(({ visit }) => getVisit(tx, actor, visit)));
      // All calendars first and in one order, so that two who do this do not wait for each other.
      await lockStaffCalendars(tx, [...new Set(seen.map((row) => row.workerId))]);
      await contacts.holdById(tx, [...new Set(seen.map((row) => row.citizenId))]);
      await lockVisits(
        tx,
        seen.map((row) => row.id),
      );
      const held: { row: VisitRow; span: Span }[] = [];
      for (const { visit, startsAt, endsAt } of moves) {
        const row = await desk.take(tx, actor, visit, 'move');
        held.push({ row, span: { startsAt: new Date(startsAt), endsAt: new Date(endsAt) } });
      }
      return planning.moveAlong(tx, actor, held);
    },
  };
}

/** One visit after the other, the earliest first; what one gets the next cannot have. */
async function place(
  tx: ReadTx,
  visits: readonly VisitRow[],
  to: string,
  { worker, hours }: Pick<Claim, 'worker' | 'hours'>,
  now: Date,
): Promise<DayMoveItem[]> {
  const given: Span[] = [];
  const items: DayMoveItem[] = [];
  const ids = visits.map((row) => row.id);
  for (const row of visits) {
    const { plannedStartsAt, plannedEndsAt } = row;
    if (plannedStartsAt === null || plannedEndsAt === null) continue;
    const lengthMs = plannedEndsAt.getTime() - plannedStartsAt.getTime();
    const clockTime = toLocal(plannedStartsAt).toPlainTime().toString().slice(0, 5);
    const startsAt = fromLocal(`${to}T${clockTime}`);
    const wanted = { startsAt, endsAt: new Date(startsAt.getTime() + lengthMs) };
    const claim: Claim = {
      worker,
      citizenId: row.citizenId,
      span: wanted,
      room: row.room === null ? { kind: 'none' } : { kind: 'room', roomId: row.room.id },
      hours,
      current: { visitId: row.id, bookingId: row.bookingId, ownsBooking: row.ownsBooking },
      movedAlong: ids,
      given,
    };
    const [nearest] = (await findNearest(tx, claim, now)).filter((one) => localDay(one.startsAt) === to);
    if (nearest === undefined) {
      items.push({ visit: row, to: null, missing: await whatIsMissing(tx, claim) });
      continue;
    }
    const span = { startsAt: nearest.startsAt, endsAt: nearest.endsAt };
    given.push(span);
    items.push({ visit: row, to: span, missing: [] });
  }
  return items;
}

async function whatIsMissing(
  tx: ReadTx,
  { worker, citizenId, span, movedAlong = [], room }: Claim,
): Promise<HoldPart[]> {
  const busy = await listPlanned(tx, { workerId: worker.id, citizenId, except: movedAlong }, span);
  const people: HoldPart[] = [
    ...(busy.some((one) => one.workerId === worker.id) ? (['worker'] as const) : []),
    ...(busy.some((one) => one.citizenId === citizenId) ? (['citizen'] as const) : []),
  ];
  if (people.length > 0) return people;
  return room.kind === 'none' ? ['worker'] : ['room'];
}
