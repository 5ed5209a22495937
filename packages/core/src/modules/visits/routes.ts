import { api } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { decodeCursor, toPage } from '../../kernel/cursor.ts';
import { DomainError } from '../../kernel/errors.ts';
import { publicHolidays } from '../../kernel/public-holidays.ts';
import { addDays, startOfLocalDay } from '../../kernel/time-zone.ts';
import type { ReadTx } from '../../storage/index.ts';
import { type Actor, type Endpoints, findStaffByInitials } from '../identity/index.ts';
import { presentDayMove, presentVisit } from './presenter.ts';
import type { VisitsService } from './service.ts';
import { getVisit, getVisits, listVisits, type VisitRow } from './store.ts';
import { changeVisitRules, type RulesDeps, readVisitRules } from './visit-rules.ts';

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const instant = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
/** More than any week of one person holds. */
const mostShown = 300;

export interface VisitRouteDeps {
  readonly visits: VisitsService;
  readonly clock: Clock;
  readonly rules: RulesDeps;
  /** Whose contact by video alone asks for a review, among the citizens of a worker that the actor may know of. */
  readonly listReviewsDue: (
    tx: ReadTx,
    actor: Actor,
    workerId: string,
    now: Date,
  ) => Promise<readonly string[]>;
}

export function registerVisitRoutes(
  endpoints: Endpoints,
  { visits, clock, rules, listReviewsDue }: VisitRouteDeps,
): void {
  const routes = api.visits;
  const made = (row: VisitRow) => ({ reference: row.id, fresh: row });
  // The answer to a write is made of what was just written; only a repeated request has to read it.
  const showWritten = async (tx: ReadTx, id: string, _call: unknown, written: VisitRow | undefined) => {
    const row = written ?? (await getVisits(tx, [id]))[0];
    if (row === undefined) throw new DomainError('not_found', { kind: 'visit' });
    return presentVisit(row);
  };

  endpoints.read(routes.list, async (tx, { actor, query }) => {
    const { citizen, worker, channel, state, plan, limit, cursor } = query;
    const [at, id] = cursor === undefined ? [] : decodeCursor(cursor, [instant, uuid]);
    const filter = {
      citizen,
      worker,
      channel,
      state,
      plan,
      from: query.from === undefined ? undefined : new Date(query.from),
      to: query.to === undefined ? undefined : new Date(query.to),
      after: at === undefined || id === undefined ? undefined : { at: new Date(at), id },
      limit: limit + 1,
    };
    const rows = await listVisits(tx, actor, filter);
    return toPage(rows, limit, presentVisit, (row) => [row.happensAt.toISOString(), row.id]);
  });

  endpoints.read(routes.overview, async (tx, { actor, query }) => {
    const worker = query.worker ?? actor.initials;
    const workerId = worker === actor.initials ? actor.staffId : await idOfWorker(tx, worker);
    const until = addDays(query.from, query.days);
    const [from, to, now] = [startOfLocalDay(query.from), startOfLocalDay(until), clock.now()];
    // Asked together, so that they go out together: most of what this page costs is waiting for one after the other.
    const [rows, { closedDays }, due] = await Promise.all([
      listVisits(tx, actor, { worker, from, to, limit: mostShown }),
      readVisitRules(tx),
      listReviewsDue(tx, actor, workerId, now),
    ]);
    return {
      worker,
      from: query.from,
      to: until,
      visits: rows.map(presentVisit),
      unrecorded: rows.filter((row) => waitsToBeRecorded(row, now)).length,
      daysOff: daysOffIn(query.from, query.days, closedDays),
      reviewsDue: [...due],
    };
  });

  endpoints.write(
    routes.plan,
    async (tx, { actor, body }) => made(await visits.plan(tx, actor, body)),
    showWritten,
  );
  endpoints.read(routes.proposeDayMove, async (tx, { actor, query }) =>
    presentDayMove(await visits.proposeDayMove(tx, actor, query)),
  );
  endpoints.write(
    routes.moveDay,
    async (tx, { actor, body }) => {
      const moved = await visits.moveDay(tx, actor, body.moves);
      return { reference: moved.map((row) => row.id).join(' '), fresh: moved };
    },
    async (tx, ids, _call, moved) => ({
      visits: (moved ?? (await getVisits(tx, ids.split(' ')))).map(presentVisit),
    }),
  );
  endpoints.write(
    routes.recordUnplanned,
    async (tx, { actor, body }) => made(await visits.recordUnplanned(tx, actor, body)),
    showWritten,
  );
  endpoints.read(routes.show, async (tx, { actor, params }) =>
    presentVisit(await getVisit(tx, actor, params.id)),
  );
  endpoints.write(
    routes.accept,
    async (tx, { actor, params }) => made(await visits.accept(tx, actor, params.id)),
    showWritten,
  );
  endpoints.write(
    routes.propose,
    async (tx, { actor, params, body }) => made(await visits.propose(tx, actor, params.id, body)),
    showWritten,
  );
  endpoints.write(
    routes.move,
    async (tx, { actor, params, body }) => made(await visits.move(tx, actor, params.id, body)),
    showWritten,
  );
  endpoints.write(
    routes.turn,
    async (tx, { actor, params, body }) => made(await visits.turn(tx, actor, params.id, body)),
    showWritten,
  );
  endpoints.write(
    routes.start,
    async (tx, { actor, params, body }) => made(await visits.start(tx, actor, params.id, body)),
    showWritten,
  );
  endpoints.write(
    routes.end,
    async (tx, { actor, params, body }) => made(await visits.end(tx, actor, params.id, body)),
    showWritten,
  );
  endpoints.write(
    routes.record,
    async (tx, { actor, params, body }) => made(await visits.record(tx, actor, params.id, body)),
    showWritten,
  );
  endpoints.write(
    routes.cancel,
    async (tx, { actor, params, body }) => made(await visits.cancel(tx, actor, params.id, body)),
    showWritten,
  );
  endpoints.write(
    routes.futile,
    async (tx, { actor, params, body }) => made(await visits.futile(tx, actor, params.id, body)),
    showWritten,
  );
  endpoints.write(
    routes.fail,
    async (tx, { actor, params, body }) => made(await visits.fail(tx, actor, params.id, body)),
    showWritten,
  );
  endpoints.write(
    routes.followUp,
    async (tx, { actor, params, body }) => made(await visits.followUp(tx, actor, params.id, body)),
    showWritten,
  );
  const readNote = async (note: Awaited<ReturnType<VisitsService['readNote']>>) => ({
    note: note.note,
    by: note.by,
    at: note.at?.toISOString() ?? null,
  });
  endpoints.write(
    routes.readNote,
    async (tx, { actor, params }) => ({
      reference: params.id,
      fresh: await visits.readNote(tx, actor, params.id),
    }),
    // A repeated request is a reading again.
    async (tx, id, { actor }, fresh) => readNote(fresh ?? (await visits.readNote(tx, actor, id))),
  );

  endpoints.read(routes.showRules, (tx) => readVisitRules(tx));
  endpoints.write(
    routes.changeRules,
    async (tx, { actor, body }) => {
      await changeVisitRules(tx, actor, body, rules);
      return { reference: actor.municipalityId };
    },
    (tx) => readVisitRules(tx),
  );
}

/** @throws DomainError not_found */
async function idOfWorker(tx: ReadTx, worker: string): Promise<string> {
  const staff = await findStaffByInitials(tx, worker);
  if (staff === null) throw new DomainError('not_found', { kind: `staff ${worker}` });
  return staff.id;
}

const waitsToBeRecorded = ({ state, plannedEndsAt }: VisitRow, now: Date): boolean =>
  (state === 'planned' || state === 'open') && plannedEndsAt !== null && plannedEndsAt <= now;

function daysOffIn(from: string, days: number, closedDays: readonly string[]) {
  const all = Array.from({ length: days }, (_, n) => addDays(from, n));
  const years = new Set(all.map((day) => Number(day.slice(0, 4))));
  const holidays = [...years].flatMap((year) => publicHolidays(year));
  return all.flatMap((day) => {
    const holiday = holidays.find((one) => one.day === day);
    if (holiday !== undefined) return [holiday];
    return closedDays.includes(day.slice(5)) ? [{ day, da: 'lukkedag', en: 'day off' }] : [];
  });
}
