import type {
  ActivityRole,
  ActivityStatus,
  DecisionChoice,
  DecisionKind,
  FollowUpKind,
} from '../../../contract/index.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';

/** What was told of an activity; one that nothing was told of has no row and is not started. */
export interface ActivityRow {
  readonly code: string;
  readonly status: ActivityStatus;
  readonly responsible: ActivityRole | null;
  /** Planned, and the day that it began once it has. */
  readonly startsOn: string | null;
  readonly dueOn: string | null;
  readonly doneOn: string | null;
  readonly cases: number;
  readonly evidence: readonly string[];
}

export const listActivities = (tx: ReadTx, programmeId: string): Promise<ActivityRow[]> =>
  queryHot<ActivityRow>(
    tx,
    Prisma.sql`
    SELECT code, status, responsible, starts_on::text AS "startsOn", due_on::text AS "dueOn", done_on::text AS "doneOn", cases, evidence
    FROM programme_activity WHERE programme_id = ${programmeId}::uuid ORDER BY code`,
  );

export async function putActivity(tx: Tx, programmeId: string, row: ActivityRow, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO programme_activity (municipality_id, programme_id, code, status, responsible, starts_on, due_on, done_on, cases, evidence, updated_at)
    VALUES (app_municipality(), ${programmeId}::uuid, ${row.code}, ${row.status}, ${row.responsible}, ${row.startsOn}::date, ${row.dueOn}::date,
      ${row.doneOn}::date, ${row.cases}::int, ${[...row.evidence]}::text[], ${now}::timestamptz)
    ON CONFLICT (municipality_id, programme_id, code) DO UPDATE SET status = excluded.status, responsible = excluded.responsible,
      starts_on = excluded.starts_on, due_on = excluded.due_on, done_on = excluded.done_on, cases = excluded.cases,
      evidence = excluded.evidence, updated_at = excluded.updated_at`,
  );
}

export interface DecisionRow {
  readonly id: string;
  readonly kind: DecisionKind;
  readonly choice: DecisionChoice;
  readonly on: string;
  readonly reference: string | null;
  /** Initials. */
  readonly by: string | null;
  readonly recordedAt: Date;
}

/** The latest of each kind that held on a day. */
export const listDecisions = (tx: ReadTx, programmeId: string, at: string): Promise<DecisionRow[]> =>
  queryHot<DecisionRow>(
    tx,
    Prisma.sql`
    SELECT DISTINCT ON (d.kind) d.id, d.kind, d.choice, d.decided_on::text AS "on", d.reference, staff.initials AS by, d.recorded_at AS "recordedAt"
    FROM programme_decision d LEFT JOIN staff ON staff.municipality_id = d.municipality_id AND staff.id = d.staff_id
    WHERE d.programme_id = ${programmeId}::uuid AND d.decided_on <= ${at}::date
    ORDER BY d.kind, d.decided_on DESC, d.recorded_at DESC, d.id DESC`,
  );

/** One that was just made. */
export async function readDecision(tx: ReadTx, id: string): Promise<DecisionRow> {
  const [row] = await queryHot<DecisionRow>(
    tx,
    Prisma.sql`
    SELECT d.id, d.kind, d.choice, d.decided_on::text AS "on", d.reference, staff.initials AS by, d.recorded_at AS "recordedAt"
    FROM programme_decision d LEFT JOIN staff ON staff.municipality_id = d.municipality_id AND staff.id = d.staff_id
    WHERE d.id = ${id}::uuid`,
  );
  if (row === undefined) throw new Error('a decision that was just made is there');
  return row;
}

/** What is recorded once and stays: who, when, and where the evidence lies. */
interface Recorded {
  readonly id: string;
  readonly programmeId: string;
  readonly on: string;
  readonly staffId: string;
}

export async function insertDecision(
  tx: Tx,
  row: Recorded & Pick<DecisionRow, 'kind' | 'choice' | 'reference'>,
  now: Date,
): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO programme_decision (municipality_id, id, programme_id, kind, choice, decided_on, reference, staff_id, recorded_at)
    VALUES (app_municipality(), ${row.id}::uuid, ${row.programmeId}::uuid, ${row.kind}, ${row.choice}, ${row.on}::date, ${row.reference},
      ${row.staffId}::uuid, ${now}::timestamptz)`,
  );
}

export interface TargetRow {
  readonly due: string;
  /** Citizens by video per worker. */
  readonly citizens: number;
}

export const listTargets = (tx: ReadTx, programmeId: string): Promise<TargetRow[]> =>
  queryHot<TargetRow>(
    tx,
    Prisma.sql`SELECT due_on::text AS due, citizens FROM worker_target WHERE programme_id = ${programmeId}::uuid ORDER BY due_on`,
  );

export async function putTarget(tx: Tx, programmeId: string, row: TargetRow, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO worker_target (municipality_id, programme_id, due_on, citizens, updated_at)
    VALUES (app_municipality(), ${programmeId}::uuid, ${row.due}::date, ${row.citizens}::int, ${now}::timestamptz)
    ON CONFLICT (municipality_id, programme_id, due_on) DO UPDATE SET citizens = excluded.citizens, updated_at = excluded.updated_at`,
  );
}

export interface HeldRow {
  readonly kind: FollowUpKind;
  readonly lastOn: string;
}

/** When each follow-up was held last, up to a day; those that never were have no row. */
export const listHeld = (tx: ReadTx, programmeId: string, at: string): Promise<HeldRow[]> =>
  queryHot<HeldRow>(
    tx,
    Prisma.sql`
    SELECT kind, max(held_on)::text AS "lastOn" FROM follow_up
    WHERE programme_id = ${programmeId}::uuid AND held_on <= ${at}::date GROUP BY kind`,
  );

export async function insertFollowUp(
  tx: Tx,
  row: Recorded & { readonly kind: FollowUpKind; readonly reference: string | null },
  now: Date,
): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO follow_up (municipality_id, id, programme_id, kind, held_on, reference, staff_id, recorded_at)
    VALUES (app_municipality(), ${row.id}::uuid, ${row.programmeId}::uuid, ${row.kind}, ${row.on}::date, ${row.reference}, ${row.staffId}::uuid,
      ${now}::timestamptz)`,
  );
}

export interface EstimateRow {
  readonly percent: number;
  readonly on: string;
  readonly by: string | null;
}

const selectEstimate = Prisma.sql`
  SELECT e.percent, e.estimated_on::text AS "on", staff.initials AS by
  FROM degree_estimate e LEFT JOIN staff ON staff.municipality_id = e.municipality_id AND staff.id = e.staff_id`;

/** The latest that was made up to a day. */
export async function findEstimate(tx: ReadTx, programmeId: string, at: string): Promise<EstimateRow | null> {
  const [row] = await queryHot<EstimateRow>(
    tx,
    Prisma.sql`${selectEstimate}
    WHERE e.programme_id = ${programmeId}::uuid AND e.estimated_on <= ${at}::date
    ORDER BY e.estimated_on DESC, e.recorded_at DESC, e.id DESC LIMIT 1`,
  );
  return row ?? null;
}

/** One that was just made. */
export async function readEstimate(tx: ReadTx, id: string): Promise<EstimateRow> {
  const [row] = await queryHot<EstimateRow>(tx, Prisma.sql`${selectEstimate} WHERE e.id = ${id}::uuid`);
  if (row === undefined) throw new Error('an estimate that was just made is there');
  return row;
}

export async function insertEstimate(
  tx: Tx,
  row: Recorded & { readonly percent: number },
  now: Date,
): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO degree_estimate (municipality_id, id, programme_id, percent, estimated_on, staff_id, recorded_at)
    VALUES (app_municipality(), ${row.id}::uuid, ${row.programmeId}::uuid, ${row.percent}::int, ${row.on}::date, ${row.staffId}::uuid,
      ${now}::timestamptz)`,
  );
}
