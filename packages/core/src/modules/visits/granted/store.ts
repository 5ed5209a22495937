import type { Channel } from '../../../contract/index.ts';
import { Prisma, queryHot, type ReadTx } from '../../../storage/index.ts';
import { withinReach } from '../../citizens/index.ts';
import type { Actor } from '../../identity/index.ts';
import { type ByChannel, type Grant, grantedInWeek, noMinutes, type WeekFacts } from './rules.ts';
import { mondaysFrom, weekBounds } from './weeks.ts';

export interface GrantedCitizen {
  readonly id: string;
  readonly code: string;
  /** Initials of the support worker. */
  readonly worker: string | null;
  readonly erased: boolean;
  /** All there ever were, the earliest first. */
  readonly grants: readonly Grant[];
}

export interface CitizenFilter {
  readonly after: string | null;
  readonly limit: number;
  readonly teamId: string | null;
  readonly workerId: string | null;
}

const selectCitizens = (where: Prisma.Sql) => Prisma.sql`
  SELECT citizen.id, citizen.code, worker.initials AS worker, citizen.erased_at IS NOT NULL AS erased,
    (SELECT coalesce(json_agg(json_build_object('from', g.from_on, 'minutes', g.minutes, 'per', g.per) ORDER BY g.from_on), '[]')
      FROM citizen_grant g WHERE g.citizen_id = citizen.id) AS grants
  FROM citizen
  LEFT JOIN staff AS worker ON worker.municipality_id = citizen.municipality_id AND worker.id = citizen.worker_id
  ${where}`;

/** Those within reach, by code; a worker's filter finds those they are substitute for, too. */
export const listGrantedCitizens = (
  tx: ReadTx,
  actor: Actor,
  { after, limit, teamId, workerId }: CitizenFilter,
): Promise<GrantedCitizen[]> =>
  queryHot<GrantedCitizen>(
    tx,
    selectCitizens(Prisma.sql`
      WHERE ${withinReach(actor, 'citizens:read')} AND citizen.erased_at IS NULL AND citizen.code > ${after ?? ''}
        AND (${teamId}::uuid IS NULL OR citizen.team_id = ${teamId}::uuid)
        AND (${workerId}::uuid IS NULL OR citizen.worker_id = ${workerId}::uuid OR citizen.substitute_id = ${workerId}::uuid)
      ORDER BY citizen.code LIMIT ${limit}::int`),
  );

export async function findGrantedCitizen(
  tx: ReadTx,
  actor: Actor,
  code: string,
): Promise<GrantedCitizen | null> {
  const [row] = await queryHot<GrantedCitizen>(
    tx,
    selectCitizens(Prisma.sql`WHERE citizen.code = ${code} AND ${withinReach(actor, 'citizens:read')}`),
  );
  return row ?? null;
}

interface WeekMinutes {
  readonly citizenId: string;
  /** From 1. */
  readonly week: number;
  readonly channel: Channel;
  readonly minutes: number;
}

/**
 * Actual minutes by citizen, week and kind; of visits that were cancelled or futile, nothing. A visit's parts begin when it
 * happens or within half a day after, but for the call that follows up a failed one, which may come three months later
 * (`recordableDays`): so only the weeks asked for are read, and in the thirteen before them what was followed up.
 *
 * OFFSET 0 keeps the order citizen, visits, parts: before statistics are gathered, after a large import, any other takes
 * seconds.
 */
const readDelivered = (tx: ReadTx, ids: readonly string[], bounds: readonly Date[]): Promise<WeekMinutes[]> =>
  queryHot<WeekMinutes>(
    tx,
    Prisma.sql`
    SELECT asked.id AS "citizenId", part.week, part.kind AS channel, sum(part.minutes)::int AS minutes
    FROM unnest(${[...ids]}::uuid[]) AS asked (id)
    CROSS JOIN LATERAL (
      SELECT visit.id FROM visit
      WHERE visit.citizen_id = asked.id
        AND visit.happens_at >= ${bounds[0]}::timestamptz - interval '93 days' AND visit.happens_at < ${bounds.at(-1)}::timestamptz
        AND (visit.happens_at >= ${bounds[0]}::timestamptz - interval '1 day' OR visit.state = 'followed-up')
        AND visit.state NOT IN ('cancelled', 'futile')
      OFFSET 0
    ) AS visit
    CROSS JOIN LATERAL (
      SELECT width_bucket(part.starts_at, ${[...bounds]}::timestamptz[]) AS week, part.kind, part.minutes FROM visit_part AS part
      WHERE part.visit_id = visit.id AND part.kind IN ('video', 'physical', 'phone') AND part.minutes > 0
      OFFSET 0
    ) AS part
    WHERE part.week BETWEEN 1 AND ${bounds.length - 1}::int
    GROUP BY 1, 2, 3`,
  );

/**
 * Minutes still ahead by citizen, week of the planned start, and channel. Of a visit that is open, what is left of its
 * planned length after the parts that have ended.
 */
const readPlanned = (
  tx: ReadTx,
  ids: readonly string[],
  bounds: readonly Date[],
  now: Date,
): Promise<WeekMinutes[]> =>
  queryHot<WeekMinutes>(
    tx,
    Prisma.sql`
    SELECT asked.id AS "citizenId", width_bucket(visit.planned_starts_at, ${[...bounds]}::timestamptz[]) AS week, visit.channel,
      sum(greatest(0, round(extract(epoch FROM visit.planned_ends_at - visit.planned_starts_at) / 60) - coalesce(visit.ended, 0)))::int AS minutes
    FROM unnest(${[...ids]}::uuid[]) AS asked (id)
    CROSS JOIN LATERAL (
      SELECT visit.planned_starts_at, visit.planned_ends_at, visit.channel,
        CASE WHEN visit.state = 'open' THEN (
          SELECT sum(part.minutes) FROM visit_part AS part WHERE part.visit_id = visit.id AND part.kind IN ('video', 'physical', 'phone')
        ) END AS ended
      FROM visit
      WHERE visit.citizen_id = asked.id
        AND visit.happens_at >= ${bounds[0]}::timestamptz - interval '1 day' AND visit.happens_at < ${bounds.at(-1)}::timestamptz + interval '1 day'
        AND visit.state IN ('proposed', 'planned', 'open')
        AND visit.planned_starts_at >= ${bounds[0]}::timestamptz AND visit.planned_starts_at < ${bounds.at(-1)}::timestamptz
        AND (visit.state = 'open' OR visit.planned_starts_at >= ${now}::timestamptz)
      OFFSET 0
    ) AS visit
    GROUP BY 1, 2, 3`,
  );

/** So many weeks of citizens from a Monday on, in the order of the weeks; planned time from the running week on. */
export async function readWeeks(
  tx: ReadTx,
  citizens: readonly GrantedCitizen[],
  period: { readonly from: string; readonly weeks: number; readonly running: string },
  now: Date,
): Promise<Map<string, WeekFacts[]>> {
  const mondays = mondaysFrom(period.from, period.weeks);
  const ahead = mondays.filter((monday) => monday >= period.running);
  const ids = citizens.map(({ id }) => id);
  const [delivered, planned] = await Promise.all([
    readDelivered(tx, ids, weekBounds(period.from, period.weeks)),
    ahead[0] === undefined ? [] : readPlanned(tx, ids, weekBounds(ahead[0], ahead.length), now),
  ]);
  const deliveredOf = byCitizenAndWeek(delivered, mondays);
  const plannedOf = byCitizenAndWeek(planned, ahead);
  return new Map(
    citizens.map(({ id, grants }) => [
      id,
      mondays.map((from) => ({
        from,
        granted: grantedInWeek(grants, from),
        delivered: deliveredOf(id, from),
        planned: plannedOf(id, from),
      })),
    ]),
  );
}

function byCitizenAndWeek(
  rows: readonly WeekMinutes[],
  mondays: readonly string[],
): (citizenId: string, monday: string) => ByChannel {
  const found = new Map<string, ByChannel>();
  for (const { citizenId, week, channel, minutes } of rows) {
    const key = `${citizenId} ${mondays[week - 1]}`;
    found.set(key, { ...(found.get(key) ?? noMinutes), [channel]: minutes });
  }
  return (citizenId, monday) => found.get(`${citizenId} ${monday}`) ?? noMinutes;
}
