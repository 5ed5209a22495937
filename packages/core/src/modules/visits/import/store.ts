import { Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';
import type { Part } from '../rules.ts';
import type { NewVisit } from '../store.ts';

/** A visit as a file tells it; its plan is never missing. */
export interface ImportedVisit extends NewVisit {
  readonly plannedStartsAt: Date;
  readonly plannedEndsAt: Date;
  readonly parts: readonly Part[];
}

/** Ids by initials, of those who have left too: history names them. */
export async function readStaffIds(tx: ReadTx): Promise<Map<string, string>> {
  const staff = await tx.staff.findMany({ select: { id: true, initials: true } });
  return new Map(staff.map(({ id, initials }) => [initials, id]));
}

/** Ids by code, of those who are not erased. */
export async function readKnownCodes(tx: ReadTx): Promise<Map<string, string>> {
  const citizens = await tx.citizen.findMany({
    where: { erasedAt: null },
    select: { id: true, code: true },
  });
  return new Map(citizens.map(({ id, code }) => [code, id]));
}

export interface PlacedCitizen {
  readonly id: string;
  readonly code: string;
  readonly teamId: string | null;
  readonly workerId: string | null;
  readonly substituteId: string | null;
  readonly acquaintance: string;
}

export async function readCitizens(tx: ReadTx, ids: readonly string[]): Promise<Map<string, PlacedCitizen>> {
  const rows = await queryHot<PlacedCitizen>(
    tx,
    Prisma.sql`
    SELECT id, code, team_id AS "teamId", worker_id AS "workerId", substitute_id AS "substituteId", acquaintance
    FROM citizen WHERE id = ANY (${[...ids]}::uuid[])`,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** A visit begins at most so long before or after its planned start. */
const halfADayMs = 12 * 3_600_000;

/**
 * Which of these visits are there already. Planned anew each time, since the table grows while an import runs; OFFSET 0
 * keeps it a search by citizen and time for every row.
 */
export async function findThere(tx: Tx, visits: readonly ImportedVisit[]): Promise<Set<string>> {
  const rows = JSON.stringify(
    visits.map(({ id, citizenId, channel, plannedStartsAt }) => ({
      id,
      citizenId,
      channel,
      at: plannedStartsAt,
      from: new Date(plannedStartsAt.getTime() - halfADayMs),
      to: new Date(plannedStartsAt.getTime() + halfADayMs),
    })),
  );
  await tx.$executeRaw`SET LOCAL plan_cache_mode = force_custom_plan`;
  const found = await queryHot<{ id: string }>(
    tx,
    Prisma.sql`
    SELECT fresh.id
    FROM jsonb_to_recordset(${rows}::jsonb) AS fresh (id uuid, "citizenId" uuid, channel text, at timestamptz, "from" timestamptz, "to" timestamptz)
    WHERE EXISTS (
      SELECT 1 FROM visit
      WHERE visit.citizen_id = fresh."citizenId" AND visit.happens_at >= fresh."from" AND visit.happens_at <= fresh."to"
        AND visit.channel = fresh.channel AND (visit.planned_starts_at = fresh.at OR visit.happens_at = fresh.at)
      OFFSET 0
    )`,
  );
  await tx.$executeRaw`SET LOCAL plan_cache_mode = DEFAULT`;
  return new Set(found.map(({ id }) => id));
}

export async function insertImported(tx: Tx, visits: readonly ImportedVisit[], now: Date): Promise<void> {
  const rows = JSON.stringify(visits.map(({ parts: _, ...visit }) => visit));
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO visit (municipality_id, id, citizen_id, worker_id, channel, origin, state, happens_at, planned_starts_at, planned_ends_at,
      purposes, topics, owns_booking, ended_by, ended_reason, overruled, revision, created_at, updated_at)
    SELECT app_municipality(), id, "citizenId", "workerId", channel, origin, state, "happensAt", "plannedStartsAt", "plannedEndsAt",
      purposes, topics, "ownsBooking", "endedBy", "endedReason", overruled, revision, ${now}::timestamptz, ${now}::timestamptz
    FROM jsonb_to_recordset(${rows}::jsonb) AS fresh (id uuid, "citizenId" uuid, "workerId" uuid, channel text, origin text, state text,
      "happensAt" timestamptz, "plannedStartsAt" timestamptz, "plannedEndsAt" timestamptz, purposes text[], topics text[], "ownsBooking" boolean,
      "endedBy" text, "endedReason" text, overruled text[], revision int)`,
  );
  const parts = JSON.stringify(
    visits.flatMap((visit) => visit.parts.map((part, place) => ({ visitId: visit.id, place, ...part }))),
  );
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO visit_part (municipality_id, visit_id, place, kind, starts_at, ends_at, minutes)
    SELECT app_municipality(), "visitId", place, kind, "startsAt", "endsAt", minutes
    FROM jsonb_to_recordset(${parts}::jsonb) AS part ("visitId" uuid, place int, kind text, "startsAt" timestamptz, "endsAt" timestamptz, minutes int)`,
  );
}
