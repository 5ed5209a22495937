import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  api,
  type CitizenWord,
  type HolidayChoice,
  type Phase,
  type PlanKind,
  phase,
  type planChangeKinds,
  type RoomWish,
  roomWish,
  type VisitWarning,
} from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';
import { withinReach } from '../../citizens/index.ts';
import type { Actor } from '../../identity/index.ts';
import type { VisitFacts } from '../store.ts';
import { type Gap, slotKey, type WeekChange } from './occurrences.ts';

/** What a plan is. Days are "YYYY-MM-DD", weeks "2026-W48". */
export interface PlanFacts {
  readonly kind: PlanKind;
  readonly state: 'active' | 'ended';
  readonly startsOn: string;
  readonly endsOn: string | null;
  readonly holidays: HolidayChoice;
  readonly room: RoomWish;
  readonly phases: readonly Phase[];
  readonly overruled: readonly VisitWarning[];
  readonly madeUntil: string;
}

export interface NewPlan extends PlanFacts {
  readonly id: string;
  readonly citizenId: string;
  readonly workerId: string;
}

export interface PlanRow extends NewPlan {
  readonly citizen: string;
  readonly worker: string;
  readonly createdAt: Date;
}

type RawPlan = Omit<PlanRow, 'phases' | 'room'> & { readonly phases: unknown; readonly room: unknown };

const phasesShape = z.array(phase);
const toRow = (raw: RawPlan): PlanRow => ({
  ...raw,
  phases: phasesShape.parse(raw.phases),
  room: roomWish.parse(raw.room),
});

const selectPlan = Prisma.sql`
  SELECT p.id, p.citizen_id AS "citizenId", citizen.code AS citizen, p.worker_id AS "workerId", w.initials AS worker, p.kind, p.state,
    p.starts_on::text AS "startsOn", p.ends_on::text AS "endsOn", p.holidays, p.room, p.phases, p.overruled, p.made_until AS "madeUntil",
    p.created_at AS "createdAt"
  FROM visit_plan p
  JOIN citizen ON citizen.municipality_id = p.municipality_id AND citizen.id = p.citizen_id
  JOIN staff w ON w.municipality_id = p.municipality_id AND w.id = p.worker_id`;

/** Whether somebody may see a plan: their own, and those of citizens near them. */
const inReach = (actor: Actor) =>
  Prisma.sql`(p.worker_id = ${actor.staffId}::uuid OR ${withinReach(actor, 'citizens:read')})`;

/** @throws DomainError not_found, also for one that is out of reach */
export async function getPlan(tx: ReadTx, actor: Actor, id: string): Promise<PlanRow> {
  const [row] = await queryHot<RawPlan>(
    tx,
    Prisma.sql`${selectPlan} WHERE p.id = ${id}::uuid AND ${inReach(actor)}`,
  );
  if (row === undefined) throw new DomainError('not_found', { kind: 'plan' });
  return toRow(row);
}

/** As it is once nobody else can change it any more, whatever the reach; for those who were allowed what they do. */
export async function lockPlan(tx: Tx, id: string): Promise<PlanRow> {
  const [row] = await queryHot<RawPlan>(
    tx,
    Prisma.sql`${selectPlan} WHERE p.id = ${id}::uuid FOR NO KEY UPDATE OF p`,
  );
  if (row === undefined) throw new DomainError('not_found', { kind: 'plan' });
  return toRow(row);
}

export interface PlanFilter {
  readonly citizen?: string | undefined;
  readonly worker?: string | undefined;
  readonly state: 'active' | 'ended';
  readonly after?: { readonly createdAt: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** In the order they were made. */
export async function listPlans(tx: ReadTx, actor: Actor, filter: PlanFilter): Promise<PlanRow[]> {
  const { citizen, worker, state, after, limit } = filter;
  const conditions = [
    inReach(actor),
    Prisma.sql`p.state = ${state}`,
    ...(citizen === undefined ? [] : [Prisma.sql`citizen.code = ${citizen}`]),
    ...(worker === undefined ? [] : [Prisma.sql`w.initials = ${worker}`]),
    ...(after === undefined
      ? []
      : [Prisma.sql`(p.created_at, p.id) > (${after.createdAt}::timestamptz, ${after.id}::uuid)`]),
  ];
  const rows = await queryHot<RawPlan>(
    tx,
    Prisma.sql`${selectPlan} WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY p.created_at, p.id LIMIT ${limit}`,
  );
  return rows.map(toRow);
}

/** Active plans that have no visits up to a week yet, or whose last day is over, those of one worker together. */
export async function listPlansToExtend(
  tx: ReadTx,
  { until, today, limit }: { readonly until: string; readonly today: string; readonly limit: number },
): Promise<{ readonly id: string; readonly workerId: string; readonly citizenId: string }[]> {
  return queryHot(
    tx,
    Prisma.sql`
    SELECT p.id, p.worker_id AS "workerId", p.citizen_id AS "citizenId" FROM visit_plan p
    WHERE p.state = 'active' AND (p.made_until < ${until} OR p.ends_on < ${today}::date)
    ORDER BY p.worker_id, p.id LIMIT ${limit}`,
  );
}

export async function listActiveIdsOf(
  tx: ReadTx,
  of: { readonly citizenId: string } | { readonly workerId: string },
): Promise<string[]> {
  const whose =
    'citizenId' in of
      ? Prisma.sql`p.citizen_id = ${of.citizenId}::uuid`
      : Prisma.sql`p.worker_id = ${of.workerId}::uuid`;
  const rows = await queryHot<{ id: string }>(
    tx,
    Prisma.sql`SELECT p.id FROM visit_plan p WHERE p.state = 'active' AND ${whose} ORDER BY p.id`,
  );
  return rows.map(({ id }) => id);
}

export async function insertPlan(tx: Tx, plan: NewPlan, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO visit_plan (municipality_id, id, citizen_id, worker_id, kind, state, starts_on, ends_on, holidays, room, phases, overruled,
      made_until, created_at, updated_at)
    VALUES (app_municipality(), ${plan.id}::uuid, ${plan.citizenId}::uuid, ${plan.workerId}::uuid, ${plan.kind}, ${plan.state},
      ${plan.startsOn}::date, ${plan.endsOn}::date, ${plan.holidays}, ${JSON.stringify(plan.room)}::jsonb, ${JSON.stringify(plan.phases)}::jsonb,
      ${[...plan.overruled]}::text[], ${plan.madeUntil}, ${now}::timestamptz, ${now}::timestamptz)`,
  );
}

/** Writes what a plan now is. The row MUST be held by the transaction. */
export async function updatePlan(tx: Tx, plan: NewPlan, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE visit_plan SET kind = ${plan.kind}, state = ${plan.state}, ends_on = ${plan.endsOn}::date,
      phases = ${JSON.stringify(plan.phases)}::jsonb, overruled = ${[...plan.overruled]}::text[], made_until = ${plan.madeUntil},
      updated_at = ${now}::timestamptz
    WHERE id = ${plan.id}::uuid`,
  );
}

export interface PlanChange {
  readonly kind: (typeof planChangeKinds)[number];
  readonly week: string | null;
  readonly slot: number | null;
  /** What was decided, as it was asked for. */
  readonly change: object;
  readonly word: CitizenWord;
}

/** Each is recorded after the last one of its plan, also within one millisecond: their order decides what holds. */
export async function insertChange(
  tx: Tx,
  planId: string,
  { kind, week, slot, change, word }: PlanChange,
  staffId: string | null,
  now: Date,
): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO visit_plan_change (municipality_id, id, plan_id, kind, week, slot, change, word, staff_id, recorded_at)
    SELECT app_municipality(), ${randomUUID()}::uuid, ${planId}::uuid, ${kind}, ${week}::text, ${slot}::int, ${JSON.stringify(change)}::jsonb,
      ${word}, ${staffId}::uuid,
      greatest(${now}::timestamptz, (SELECT max(c.recorded_at) + interval '1 millisecond' FROM visit_plan_change c WHERE c.plan_id = ${planId}::uuid))`,
  );
}

export interface ChangeRow extends Pick<PlanChange, 'kind' | 'week' | 'slot' | 'word'> {
  readonly planId: string;
  readonly by: string | null;
  readonly at: Date;
}

export function listChanges(tx: ReadTx, planIds: readonly string[]): Promise<ChangeRow[]> {
  return queryHot<ChangeRow>(
    tx,
    Prisma.sql`
    SELECT c.plan_id AS "planId", c.kind, c.week, c.slot, c.word, st.initials AS by, c.recorded_at AS at
    FROM visit_plan_change c LEFT JOIN staff st ON st.municipality_id = c.municipality_id AND st.id = c.staff_id
    WHERE c.plan_id = ANY (${[...planIds]}::uuid[]) ORDER BY c.plan_id, c.recorded_at`,
  );
}

/** What was decided for single weeks, by `slotKey`; of several decisions the last one holds. */
export async function readOverrides(tx: ReadTx, planId: string): Promise<ReadonlyMap<string, WeekChange>> {
  const rows = await queryHot<{ week: string; slot: number; change: unknown }>(
    tx,
    Prisma.sql`
    SELECT c.week, c.slot, c.change FROM visit_plan_change c
    WHERE c.plan_id = ${planId}::uuid AND c.kind = 'week' ORDER BY c.recorded_at`,
  );
  const shape = api.plans.changeWeek.body.shape.change;
  return new Map(rows.map((row) => [slotKey(row), shape.parse(row.change)]));
}

export interface GapRow extends Pick<Gap, 'week' | 'slot' | 'startsAt' | 'endsAt' | 'reason'> {
  readonly planId: string;
}

export function listGaps(tx: ReadTx, planIds: readonly string[], from: Date): Promise<GapRow[]> {
  return queryHot<GapRow>(
    tx,
    Prisma.sql`
    SELECT g.plan_id AS "planId", g.week, g.slot, g.starts_at AS "startsAt", g.ends_at AS "endsAt", g.reason FROM visit_plan_gap g
    WHERE g.plan_id = ANY (${[...planIds]}::uuid[]) AND g.starts_at >= ${from}::timestamptz ORDER BY g.plan_id, g.starts_at, g.slot`,
  );
}

/** Which slots of which weeks have a gap now, and which have none any more. */
export async function writeGaps(
  tx: Tx,
  planId: string,
  gaps: readonly Pick<Gap, 'week' | 'slot' | 'startsAt' | 'endsAt' | 'reason'>[],
  cleared: readonly { readonly week: string; readonly slot: number }[],
): Promise<void> {
  const keys = JSON.stringify([...gaps, ...cleared].map(({ week, slot }) => ({ week, slot })));
  await queryHot(
    tx,
    Prisma.sql`
    DELETE FROM visit_plan_gap g USING jsonb_to_recordset(${keys}::jsonb) AS key (week text, slot int)
    WHERE g.plan_id = ${planId}::uuid AND g.week = key.week AND g.slot = key.slot`,
  );
  if (gaps.length === 0) return;
  const rows = gaps.map(({ week, slot, startsAt, endsAt, reason }) => ({
    week,
    slot,
    startsAt,
    endsAt,
    reason,
  }));
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO visit_plan_gap (municipality_id, plan_id, week, slot, starts_at, ends_at, reason)
    SELECT app_municipality(), ${planId}::uuid, week, slot, "startsAt", "endsAt", reason
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS gap (week text, slot int, "startsAt" timestamptz, "endsAt" timestamptz, reason text)`,
  );
}

export async function deleteGapsFrom(tx: Tx, planId: string, from: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`DELETE FROM visit_plan_gap WHERE plan_id = ${planId}::uuid AND starts_at >= ${from}::timestamptz`,
  );
}

export interface MadeVisit extends Pick<VisitFacts, 'channel' | 'state' | 'endedReason'> {
  readonly id: string;
  readonly workerId: string;
  readonly week: string;
  readonly slot: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** What a plan has made from a week on, whatever has become of it. */
export function listMade(tx: ReadTx, planId: string, fromWeek: string): Promise<MadeVisit[]> {
  return queryHot<MadeVisit>(
    tx,
    Prisma.sql`
    SELECT v.id, v.plan_week AS week, v.plan_slot AS slot, v.worker_id AS "workerId", v.channel, v.state, v.ended_reason AS "endedReason",
      v.planned_starts_at AS "startsAt", v.planned_ends_at AS "endsAt"
    FROM visit v WHERE v.plan_id = ${planId}::uuid AND v.plan_week >= ${fromWeek} ORDER BY v.planned_starts_at, v.id`,
  );
}

/**
 * Takes a cancelled visit out of its plan, so that its place can be filled again: a cancelled visit stays cancelled, and
 * its leaf keeps telling where it came from.
 */
export async function detachVisit(tx: Tx, id: string, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE visit SET plan_id = NULL, plan_week = NULL, plan_slot = NULL, updated_at = ${now}::timestamptz
    WHERE id = ${id}::uuid AND state = 'cancelled'`,
  );
}
