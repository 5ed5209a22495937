import type { Preparation } from '../../../contract/index.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';

export interface PreparationRow {
  readonly initials: string;
  readonly kind: Preparation;
  readonly on: string;
  /** Initials of who recorded it. */
  readonly by: string | null;
  readonly recordedAt: Date;
}

/** By initials, the latest first. */
export const listPreparations = (
  tx: ReadTx,
  of?: { readonly initials: readonly string[]; readonly kind: Preparation; readonly on: string },
): Promise<PreparationRow[]> =>
  queryHot<PreparationRow>(
    tx,
    Prisma.sql`
    SELECT staff.initials, p.kind, p.held_on::text AS "on", recorder.initials AS by, p.recorded_at AS "recordedAt"
    FROM staff_preparation p
    JOIN staff ON staff.municipality_id = p.municipality_id AND staff.id = p.staff_id
    LEFT JOIN staff recorder ON recorder.municipality_id = p.municipality_id AND recorder.id = p.recorded_by
    ${
      of === undefined
        ? Prisma.empty
        : Prisma.sql`WHERE staff.initials = ANY (${[...of.initials]}::text[]) AND p.kind = ${of.kind} AND p.held_on = ${of.on}::date`
    }
    ORDER BY staff.initials, p.held_on DESC, p.kind`,
  );

/** Records what is not recorded yet; returns the staff whose rows are new. */
export async function insertPreparations(
  tx: Tx,
  rows: readonly { readonly id: string; readonly staffId: string }[],
  of: { readonly kind: Preparation; readonly on: string; readonly recordedBy: string },
  now: Date,
): Promise<string[]> {
  const fresh = await queryHot<{ staffId: string }>(
    tx,
    Prisma.sql`
    INSERT INTO staff_preparation (municipality_id, id, staff_id, kind, held_on, recorded_by, recorded_at)
    SELECT app_municipality(), id, "staffId", ${of.kind}, ${of.on}::date, ${of.recordedBy}::uuid, ${now}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS fresh (id uuid, "staffId" uuid)
    ON CONFLICT ON CONSTRAINT staff_preparation_once DO NOTHING
    RETURNING staff_id AS "staffId"`,
  );
  return fresh.map(({ staffId }) => staffId);
}

/** Employed members of staff by initials; those who are not there are left out. */
export const findEmployed = (
  tx: ReadTx,
  initials: readonly string[],
): Promise<{ readonly id: string; readonly initials: string }[]> =>
  queryHot(
    tx,
    Prisma.sql`SELECT id, initials FROM staff WHERE initials = ANY (${[...initials]}::text[]) AND ended_at IS NULL ORDER BY initials`,
  );

export interface StaffCounts {
  /** Support workers who are employed. */
  readonly employed: number;
  readonly trained: number;
  readonly informed: number;
}

/** Support workers employed now, and how many of them had been prepared by a day. Counts, never who. */
export async function countPrepared(tx: ReadTx, at: string): Promise<StaffCounts> {
  const had = (kind: Preparation) => Prisma.sql`
    count(*) FILTER (WHERE EXISTS (
      SELECT 1 FROM staff_preparation p WHERE p.staff_id = staff.id AND p.kind = ${kind} AND p.held_on <= ${at}::date))::int`;
  const [row] = await queryHot<StaffCounts>(
    tx,
    Prisma.sql`
    SELECT count(*)::int AS employed, ${had('trained')} AS trained, ${had('informed')} AS informed
    FROM staff WHERE ended_at IS NULL AND 'support-worker' = ANY (roles)`,
  );
  if (row === undefined) throw new Error('a count always answers');
  return row;
}
