import { randomBytes, randomUUID } from 'node:crypto';
import type {
  AccessKind,
  CitizenStatus,
  connections,
  grantPeriods,
  IdentityReason,
  itSkills,
  ownEquipment,
  StepReason,
  substituteWishes,
  suitabilityOutcomes,
  suitabilityReasons,
} from '../../contract/index.ts';
import { makeCitizenCode } from '../../kernel/citizen-code.ts';
import { localDay } from '../../kernel/time-zone.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';
import type { Actor } from '../identity/index.ts';
import { type CitizenPermission, type Placed, reachOf } from './policy.ts';
import type { AcquaintanceKind } from './rules.ts';

/** What is known of a citizen besides who they are. Days are "YYYY-MM-DD". */
export interface StoredFacts extends Placed {
  readonly legalBasis: string;
  readonly grantedMinutes: number;
  readonly grantedPer: (typeof grantPeriods)[number];
  readonly supportFrom: string | null;
  readonly equipment: (typeof ownEquipment)[number];
  readonly connection: (typeof connections)[number];
  readonly itSkills: (typeof itSkills)[number];
  readonly acquaintance: AcquaintanceKind;
  /** Where they have met. */
  readonly metOn: string | null;
  readonly substituteByVideo: (typeof substituteWishes)[number];
}

export interface CitizenRow extends StoredFacts {
  readonly id: string;
  readonly code: string;
  readonly status: CitizenStatus;
  readonly teamName: string | null;
  readonly worker: string | null;
  readonly substitute: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly erasedAt: Date | null;
}

const selectCitizen = Prisma.sql`
  SELECT citizen.id, citizen.code, citizen.status, citizen.team_id AS "teamId", team.name AS "teamName",
    citizen.worker_id AS "workerId", worker.initials AS worker,
    citizen.substitute_id AS "substituteId", substitute.initials AS substitute,
    citizen.legal_basis_code AS "legalBasis", citizen.granted_minutes AS "grantedMinutes", citizen.granted_per AS "grantedPer",
    citizen.support_from::text AS "supportFrom", citizen.equipment, citizen.connection, citizen.it_skills AS "itSkills",
    citizen.acquaintance, citizen.met_on::text AS "metOn", citizen.substitute_by_video AS "substituteByVideo",
    citizen.created_at AS "createdAt", citizen.updated_at AS "updatedAt", citizen.erased_at AS "erasedAt"
  FROM citizen
  LEFT JOIN team ON team.municipality_id = citizen.municipality_id AND team.id = citizen.team_id
  LEFT JOIN staff AS worker ON worker.municipality_id = citizen.municipality_id AND worker.id = citizen.worker_id
  LEFT JOIN staff AS substitute
    ON substitute.municipality_id = citizen.municipality_id AND substitute.id = citizen.substitute_id`;
export async function findCitizen(tx: ReadTx, code: string): Promise<CitizenRow | null> {
  const [row] = await queryHot<CitizenRow>(tx, Prisma.sql`${selectCitizen} WHERE citizen.code = ${code}`);
  return row ?? null;
}

/** The same, held until the transaction ends, so that of two changes at once one sees the other. */
export async function lockCitizen(tx: Tx, code: string): Promise<CitizenRow | null> {
  const [row] = await tx.$queryRaw<
    CitizenRow[]
  >`${selectCitizen} WHERE citizen.code = ${code} FOR NO KEY UPDATE OF citizen`;
  return row ?? null;
}

/** Many at once, in the order of their ids, so that two who do this do not wait for each other. */
export const lockCitizensById = (tx: Tx, ids: readonly string[]): Promise<CitizenRow[]> =>
  tx.$queryRaw<CitizenRow[]>`${selectCitizen}
    WHERE citizen.id = ANY (${ids}::uuid[]) ORDER BY citizen.id FOR NO KEY UPDATE OF citizen`;

/**
 * Around the reads and updates of an import: a plan that was kept from when the tables were empty reads all of them for
 * each row it looks for, and nothing tells PostgreSQL to think again before the transaction ends. Not around inserts,
 * whose foreign keys would be planned anew for every row.
 */
export async function planAfresh<Result>(tx: Tx, work: () => Promise<Result>): Promise<Result> {
  await tx.$executeRaw`SET LOCAL plan_cache_mode = force_custom_plan`;
  const result = await work();
  await tx.$executeRaw`SET LOCAL plan_cache_mode = auto`;
  return result;
}

export interface CitizenFilter {
  readonly after: string | null;
  readonly limit: number;
  readonly status: CitizenStatus | null;
  readonly teamId: string | null;
  readonly workerId: string | null;
  readonly erased: boolean;
}

/** By code. A worker's filter finds those they are substitute for, too. */
export function listCitizens(tx: ReadTx, actor: Actor, filter: CitizenFilter): Promise<CitizenRow[]> {
  const { after, limit, status, teamId, workerId, erased } = filter;
  return tx.$queryRaw<CitizenRow[]>`${selectCitizen}
    WHERE ${withinReach(actor, 'citizens:read')}
      AND citizen.code > ${after ?? ''}
      AND (citizen.erased_at IS NOT NULL) = ${erased}
      AND (${status}::text IS NULL OR citizen.status = ${status})
      AND (${teamId}::uuid IS NULL OR citizen.team_id = ${teamId}::uuid)
      AND (${workerId}::uuid IS NULL OR citizen.worker_id = ${workerId}::uuid OR citizen.substitute_id = ${workerId}::uuid)
    ORDER BY citizen.code LIMIT ${limit}`;
}

/** Those of these codes whose citizens somebody may read about. */
export async function findCitizensInReach(
  tx: ReadTx,
  actor: Actor,
  codes: readonly string[],
): Promise<ReadonlySet<string>> {
  if (reachOf(actor, 'citizens:read') === 'everybody') return new Set(codes);
  const found = await tx.$queryRaw<{ code: string }[]>`
    SELECT citizen.code FROM citizen WHERE citizen.code = ANY(${[...codes]}) AND ${withinReach(actor, 'citizens:read')}`;
  return new Set(found.map(({ code }) => code));
}

/** `isWithinReach` of policy.ts in SQL. */
export const withinReach = (actor: Actor, permission: CitizenPermission): Prisma.Sql =>
  Prisma.sql`(${reachOf(actor, permission) === 'everybody'} OR citizen.team_id = ${actor.teamId}::uuid OR citizen.worker_id = ${actor.staffId}::uuid OR citizen.substitute_id = ${actor.staffId}::uuid)`;

export interface NewCitizen extends StoredFacts {
  readonly id: string;
}

/**
 * Writes citizens, new ones as candidates, each under a code that is free. Codes are taken by others at the same time,
 * so whichever turn out to be taken are drawn again.
 *
 * @returns the code of each id
 */
export async function insertCitizens(
  tx: Tx,
  citizens: readonly NewCitizen[],
  now: Date,
): Promise<Map<string, string>> {
  const codes = new Map<string, string>();
  let waiting = citizens;
  for (let attempt = 0; waiting.length > 0; attempt += 1) {
    if (attempt === 100) throw new Error('no free citizen code was found');
    const drawn = waiting.map((citizen) => ({ ...citizen, code: makeCitizenCode(randomBytes) }));
    const taken = await tx.$queryRaw<{ id: string; code: string }[]>`
      INSERT INTO citizen (municipality_id, id, code, status, team_id, worker_id, substitute_id, legal_basis_code, granted_minutes, granted_per,
        support_from, equipment, connection, it_skills, acquaintance, met_on, substitute_by_video, created_at, updated_at)
      SELECT app_municipality(), id, code, 'candidate', "teamId", "workerId", "substituteId", "legalBasis", "grantedMinutes", "grantedPer",
        "supportFrom", equipment, connection, "itSkills", acquaintance, "metOn", "substituteByVideo", ${now}, ${now}
      FROM ${asFacts(drawn, Prisma.sql`, code text`)}
      ON CONFLICT ON CONSTRAINT citizen_code_unique DO NOTHING
      RETURNING id, code`;
    for (const { id, code } of taken) codes.set(id, code);
    waiting = waiting.filter(({ id }) => !codes.has(id));
  }
  await recordGrants(tx, [...codes.keys()], localDay(now));
  return codes;
}

export async function updateFacts(tx: Tx, citizens: readonly NewCitizen[], now: Date): Promise<void> {
  await tx.$executeRaw`
    UPDATE citizen SET team_id = "teamId", worker_id = "workerId", substitute_id = "substituteId", legal_basis_code = "legalBasis",
      granted_minutes = "grantedMinutes", granted_per = "grantedPer", support_from = "supportFrom", equipment = fresh.equipment,
      connection = fresh.connection, it_skills = "itSkills", acquaintance = fresh.acquaintance, met_on = "metOn",
      substitute_by_video = "substituteByVideo", updated_at = ${now}
    FROM ${asFacts(citizens, Prisma.empty)}
    WHERE citizen.id = fresh.id`;
  await recordGrants(
    tx,
    citizens.map(({ id }) => id),
    localDay(now),
  );
}

/** Many citizens as one parameter, so that the text of the statement is the same for one and for a thousand. */
const asFacts = (citizens: readonly NewCitizen[], more: Prisma.Sql): Prisma.Sql => Prisma.sql`
  jsonb_to_recordset(${JSON.stringify(citizens)}::jsonb) AS fresh (id uuid, "teamId" uuid, "workerId" uuid, "substituteId" uuid, "legalBasis" text,
    "grantedMinutes" int, "grantedPer" text, "supportFrom" date, equipment text, connection text, "itSkills" text, acquaintance text, "metOn" date, "substituteByVideo" text ${more})`;

/**
 * Keeps what was granted over time, which `citizen` itself forgets: the first grant holds from the day support began, a
 * changed one from today.
 */
async function recordGrants(tx: Tx, citizenIds: readonly string[], today: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO citizen_grant (municipality_id, citizen_id, from_on, minutes, per)
    SELECT app_municipality(), citizen.id,
      CASE WHEN last.from_on IS NULL THEN coalesce(citizen.support_from, ${today}::date) ELSE greatest(last.from_on, ${today}::date) END,
      citizen.granted_minutes, citizen.granted_per
    FROM citizen LEFT JOIN LATERAL (
      SELECT g.from_on, g.minutes, g.per FROM citizen_grant g WHERE g.citizen_id = citizen.id ORDER BY g.from_on DESC LIMIT 1
    ) AS last ON true
    WHERE citizen.id = ANY (${citizenIds}::uuid[])
      AND (last.minutes, last.per) IS DISTINCT FROM (citizen.granted_minutes, citizen.granted_per)
    ON CONFLICT (municipality_id, citizen_id, from_on) DO UPDATE SET minutes = excluded.minutes, per = excluded.per`;
}

export interface StepRow {
  readonly id: string;
  readonly from: CitizenStatus | null;
  readonly to: CitizenStatus;
  readonly reason: StepReason;
  readonly on: string;
  readonly by: string | null;
  readonly recordedAt: Date;
}

const selectStep = Prisma.sql`
  SELECT step.id, step.from_status AS "from", step.to_status AS "to", step.reason, step.taken_on::text AS "on", staff.initials AS by, step.recorded_at AS "recordedAt"
  FROM citizen_step AS step LEFT JOIN staff ON staff.municipality_id = step.municipality_id AND staff.id = step.staff_id`;

export const listSteps = (tx: ReadTx, citizenId: string): Promise<StepRow[]> =>
  tx.$queryRaw<
    StepRow[]
  >`${selectStep} WHERE step.citizen_id = ${citizenId}::uuid ORDER BY step.recorded_at, step.id`;

export async function getStep(tx: ReadTx, id: string): Promise<StepRow> {
  const [row] = await tx.$queryRaw<StepRow[]>`${selectStep} WHERE step.id = ${id}::uuid`;
  if (row === undefined) throw new Error('a step that was just taken is there');
  return row;
}

export interface NewStep {
  readonly id: string;
  readonly citizenId: string;
  readonly from: CitizenStatus | null;
  readonly to: CitizenStatus;
  readonly reason: StepReason;
  readonly on: string;
}

export async function insertSteps(
  tx: Tx,
  staffId: string,
  steps: readonly NewStep[],
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO citizen_step (municipality_id, id, citizen_id, from_status, to_status, reason, taken_on, staff_id, recorded_at)
    SELECT app_municipality(), id, "citizenId", "from", "to", reason, "on", ${staffId}::uuid, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) AS step (id uuid, "citizenId" uuid, "from" text, "to" text, reason text, "on" date)`;
}

export interface AssessmentRow {
  readonly id: string;
  readonly outcome: (typeof suitabilityOutcomes)[number];
  readonly reasons: (typeof suitabilityReasons)[number][];
  readonly withCitizen: boolean;
  readonly on: string;
  readonly by: string | null;
  readonly recordedAt: Date;
}

const selectAssessment = Prisma.sql`
  SELECT assessment.id, assessment.outcome, assessment.reasons, assessment.with_citizen AS "withCitizen", assessment.assessed_on::text AS "on",
    staff.initials AS by, assessment.recorded_at AS "recordedAt"
  FROM suitability_assessment AS assessment
  LEFT JOIN staff ON staff.municipality_id = assessment.municipality_id AND staff.id = assessment.staff_id`;

export const listAssessments = (tx: ReadTx, citizenId: string): Promise<AssessmentRow[]> =>
  tx.$queryRaw<
    AssessmentRow[]
  >`${selectAssessment} WHERE assessment.citizen_id = ${citizenId}::uuid ORDER BY assessment.assessed_on, assessment.recorded_at, assessment.id`;

export async function getAssessment(tx: ReadTx, id: string): Promise<AssessmentRow> {
  const [row] = await tx.$queryRaw<AssessmentRow[]>`${selectAssessment} WHERE assessment.id = ${id}::uuid`;
  if (row === undefined) throw new Error('an assessment that was just made is there');
  return row;
}

export interface AccessRow {
  readonly id: string;
  readonly by: string | null;
  readonly reason: IdentityReason;
  readonly kind: AccessKind;
  readonly at: Date;
}

/** The latest first. `after` is where the page before ended. */
export function listAccesses(
  tx: ReadTx,
  citizenId: string,
  after: readonly [at: string, id: string] | null,
  limit: number,
): Promise<AccessRow[]> {
  const [at, id] = after ?? [null, null];
  return tx.$queryRaw<AccessRow[]>`
    SELECT access.id, staff.initials AS by, access.reason, access.kind, access.accessed_at AS at
    FROM identity_access AS access LEFT JOIN staff ON staff.municipality_id = access.municipality_id AND staff.id = access.staff_id
    WHERE access.citizen_id = ${citizenId}::uuid AND (${at}::timestamptz IS NULL OR (access.accessed_at, access.id) < (${at}::timestamptz, ${id}::uuid))
    ORDER BY access.accessed_at DESC, access.id DESC LIMIT ${limit}`;
}

export async function insertAccesses(
  tx: Tx,
  actor: { readonly staffId: string | null },
  citizenIds: readonly string[],
  { kind, reason }: Pick<AccessRow, 'kind' | 'reason'>,
  now: Date,
): Promise<void> {
  const rows = citizenIds.map((citizenId) => ({ id: randomUUID(), citizenId }));
  await tx.$executeRaw`
    INSERT INTO identity_access (municipality_id, id, citizen_id, staff_id, kind, reason, accessed_at)
    SELECT app_municipality(), id, "citizenId", ${actor.staffId}::uuid, ${kind}, ${reason}, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS access (id uuid, "citizenId" uuid)`;
}

/**
 * Destroys the key of an identity and forgets what could point to the person: place, people, days, device, ground rules and the
 * events that carry the code. The course stays, under a code that nobody can trace.
 */
export async function eraseCitizen(
  tx: Tx,
  { id, code }: Pick<CitizenRow, 'id' | 'code'>,
  now: Date,
): Promise<void> {
  await tx.$executeRaw`DELETE FROM citizen_vault WHERE citizen_id = ${id}::uuid`;
  await tx.$executeRaw`DELETE FROM ground_rules WHERE citizen_id = ${id}::uuid`;
  await tx.$executeRaw`DELETE FROM weekly_plan WHERE citizen_id = ${id}::uuid`;
  await tx.$executeRaw`DELETE FROM change_event WHERE entity_kind = 'citizen' AND entity_id = ${code}`;
  await tx.$executeRaw`
    UPDATE citizen SET team_id = NULL, worker_id = NULL, substitute_id = NULL, granted_minutes = 0, support_from = NULL, equipment = 'unknown',
      connection = 'unknown', it_skills = 'unknown', acquaintance = 'not-met', met_on = NULL, substitute_by_video = 'unknown', updated_at = ${now}, erased_at = ${now}
    WHERE id = ${id}::uuid`;
}
