import { Prisma, queryHot, type ReadTx } from '../../../storage/index.ts';
import { dayOfNumber, numberOfDay, type Period } from './days.ts';
import type { Question } from './question.ts';
import type { VisitOfDay } from './reached.ts';
import type { Courses, EndingSum, FirstStep, MinuteSum, StaffFact } from './rules.ts';

// What is asked of facts. Only those count that were in force at the size asked for, and lie no later than the day.

const inForce = ({ size, at }: Question): Prisma.Sql => Prisma.sql`
  from_index < ${size} AND (until_index IS NULL OR until_index >= ${size}) AND happened_on <= ${at}::date`;
const toldBy = ({ size, at }: Question): Prisma.Sql =>
  Prisma.sql`"index" < ${size} AND happened_on <= ${at}::date`;

/**
 * A visit that was held and by video, wholly or in part: also one that turned physical on the way counts, since the citizen did
 * receive support by video. One that failed and was made good by phone does not.
 */
const heldByVideo = Prisma.sql`state = 'held' AND (video_minutes > 0 OR channel = 'video')`;

/** Days from 1 January 1970 on, in one text and in no order: to sort them here is faster than it is for the database. */
const daysInOneText = Prisma.sql`array_agg(happened_on - DATE '1970-01-01')::text AS days`;
const readCourses = (rows: readonly { readonly who: string; readonly days: string }[]): Courses =>
  new Map(
    rows.map(({ who, days }) => [
      who,
      days
        .slice(1, -1)
        .split(',')
        .map(Number)
        .sort((a, b) => a - b),
    ]),
  );

export const readCitizenCourses = async (tx: ReadTx, question: Question): Promise<Courses> =>
  readCourses(
    await queryHot<{ who: string; days: string }>(
      tx,
      Prisma.sql`
        SELECT subject AS who, ${daysInOneText}
        FROM visit_fact WHERE ${heldByVideo} AND ${inForce(question)} GROUP BY subject`,
    ),
  );

export const readWorkerDays = async (tx: ReadTx, question: Question, from: number): Promise<Courses> =>
  readCourses(
    await queryHot<{ who: string; days: string }>(
      tx,
      Prisma.sql`
        SELECT worker AS who, ${daysInOneText}
        FROM (
          SELECT DISTINCT worker, happened_on FROM visit_fact
          WHERE ${heldByVideo} AND ${inForce(question)} AND happened_on >= ${dayOfNumber(from)}::date
        ) AS had GROUP BY worker`,
    ),
  );

/** Each citizen's minutes by the period that they lie in; those before the first period count to it. */
export async function readMinutes(
  tx: ReadTx,
  question: Question,
  periods: readonly Period[],
): Promise<MinuteSum[]> {
  const sums = Prisma.sql`
    sum(video_minutes)::integer AS "videoMinutes",
    sum(video_minutes + physical_minutes + phone_minutes)::integer AS minutes
    FROM visit_fact WHERE ${inForce(question)}`;
  const laterStarts = periods.slice(1).map(({ from }) => dayOfNumber(from));
  // The usual question is of one day. Asked by itself, all processors of the database can share it.
  if (laterStarts.length === 0)
    return queryHot<MinuteSum>(tx, Prisma.sql`SELECT subject, 0 AS period, ${sums} GROUP BY subject`);
  return queryHot<MinuteSum>(
    tx,
    Prisma.sql`SELECT subject, width_bucket(happened_on, ${laterStarts}::date[]) AS period, ${sums} GROUP BY 1, 2`,
  );
}

/**
 * How visits ended by period; a held visit that was by video in part counts as one by video.
 *
 * @param bySubject whether to tell whose they are, which makes many more of them
 */
export async function readEndings(
  tx: ReadTx,
  question: Question,
  periods: readonly Period[],
  bySubject: boolean,
): Promise<EndingSum[]> {
  const starts = periods.map(({ from }) => dayOfNumber(from));
  return queryHot<EndingSum>(
    tx,
    Prisma.sql`
      SELECT CASE WHEN ${bySubject}::boolean THEN subject END AS subject,
        width_bucket(happened_on, ${starts}::date[]) - 1 AS period,
        CASE WHEN ${heldByVideo} THEN 'video' ELSE channel END AS channel,
        CASE WHEN state = 'followed-up' THEN 'failed' ELSE state END AS ending, count(*)::integer AS visits
      FROM visit_fact WHERE ${inForce(question)} AND happened_on >= ${starts[0] ?? question.at}::date
      GROUP BY 1, 2, 3, 4`,
  );
}

export async function readSteps(tx: ReadTx, question: Question): Promise<FirstStep[]> {
  const rows = await queryHot<{ subject: string; step: string; on: string }>(
    tx,
    Prisma.sql`
      SELECT subject, code AS step, min(happened_on)::text AS "on" FROM ledger_fact
      WHERE type = 'citizen.step' AND ${toldBy(question)} GROUP BY subject, code`,
  );
  return rows.map((row) => ({ ...row, on: numberOfDay(row.on) }));
}

export async function readStaff(tx: ReadTx, question: Question): Promise<StaffFact[]> {
  const rows = await queryHot<{
    index: string;
    type: string;
    staff: string;
    code: string | null;
    on: string;
  }>(
    tx,
    Prisma.sql`
      SELECT "index", type, staff, code, happened_on::text AS "on" FROM ledger_fact
      WHERE type IN ('staff.registered', 'staff.changed', 'staff.ended', 'staff.prepared') AND ${toldBy(question)}
      ORDER BY happened_on, "index"`,
  );
  return rows.flatMap(({ index, type, staff, code, on }): StaffFact | [] => {
    const fact = { index: BigInt(index), staff, on: numberOfDay(on) };
    if (type !== 'staff.prepared')
      return { ...fact, what: code === 'support-worker' ? 'support-worker' : 'other' };
    return code === 'trained' || code === 'informed' ? { ...fact, what: code } : [];
  });
}

/** The team of each citizen, and of each worker: that of the latest that is told of them. */
export async function readTeams(
  tx: ReadTx,
  question: Question,
): Promise<{
  readonly ofCitizens: ReadonlyMap<string, string | null>;
  readonly ofWorkers: ReadonlyMap<string, string | null>;
}> {
  // Day and index in one number, so that the latest of each is found without sorting all there is.
  const latest = (index: Prisma.Sql) =>
    Prisma.sql`max((happened_on - DATE '1970-01-01')::bigint * 1099511627776 + ${index}) AS latest`;
  const teamOf = async (told: Prisma.Sql): Promise<ReadonlyMap<string, string | null>> => {
    const rows = await queryHot<{ who: string; team: string | null }>(
      tx,
      Prisma.sql`SELECT DISTINCT ON (who) who, team FROM (${told}) AS told ORDER BY who, latest DESC`,
    );
    return new Map(rows.map(({ who, team }) => [who, team]));
  };
  const ofVisits = (who: Prisma.Sql) => Prisma.sql`
    SELECT ${who} AS who, team, ${latest(Prisma.sql`from_index`)}
    FROM visit_fact WHERE ${inForce(question)} GROUP BY ${who}, team`;
  return {
    ofCitizens: await teamOf(Prisma.sql`
      ${ofVisits(Prisma.sql`subject`)} UNION ALL
      SELECT subject AS who, team, ${latest(Prisma.sql`"index"`)} FROM ledger_fact
      WHERE type IN ('citizen.registered', 'citizen.step', 'citizen.assessed') AND ${toldBy(question)}
      GROUP BY subject, team`),
    ofWorkers: await teamOf(ofVisits(Prisma.sql`worker`)),
  };
}

/**
 * The held video visits of one day, each with the entry from which on it was told so without a break: a later entry that only
 * corrects how long it took is not the one that brought it.
 */
export async function readVisitsOfDay(
  tx: ReadTx,
  { size, at }: Question,
  day: string,
): Promise<VisitOfDay[]> {
  const rows = await queryHot<{
    visit: string;
    subject: string;
    worker: string;
    from: string;
    until: string | null;
    counts: boolean;
  }>(
    tx,
    Prisma.sql`
      SELECT visit, subject, worker, from_index AS "from", until_index AS until,
        (${heldByVideo} AND happened_on = ${day}::date) AS counts
      FROM visit_fact
      WHERE from_index < ${size} AND visit IN (
        SELECT visit FROM visit_fact WHERE ${heldByVideo} AND ${inForce({ size, at })} AND happened_on = ${day}::date
      )
      ORDER BY visit, from_index DESC`,
  );
  return [...Map.groupBy(rows, (row) => row.visit).values()].flatMap((versions): VisitOfDay | [] => {
    const [current, ...earlier] = versions;
    if (current === undefined) return [];
    let first = current;
    for (const version of earlier) {
      const same = version.subject === current.subject && version.worker === current.worker;
      if (!version.counts || !same || version.until !== first.from) break;
      first = version;
    }
    return { subject: current.subject, worker: current.worker, index: BigInt(first.from) };
  });
}
