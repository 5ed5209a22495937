import { z } from 'zod';
import { milestoneNeed, programme } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx, violatedConstraint } from '../../../storage/index.ts';
import type { PlannedMilestone, ProgrammeRow } from './rows.ts';

const selectProgramme = Prisma.sql`
  SELECT p.id, p.name, p.kind, p.target_group AS "targetGroup", p.starts_on::text AS "startsOn", p.trial_on::text AS "trialOn",
    p.ends_on::text AS "endsOn", p.rhythm, p.invitation, p.is_history AS "isHistory", p.created_at AS "createdAt"
  FROM programme p`;

const rhythmShape = programme.shape.rhythm;
type RawProgramme = Omit<ProgrammeRow, 'rhythm'> & { readonly rhythm: unknown };
const toRow = (raw: RawProgramme): ProgrammeRow => ({ ...raw, rhythm: rhythmShape.parse(raw.rhythm) });

/** In the order in which they were begun. */
export async function listProgrammes(tx: ReadTx): Promise<ProgrammeRow[]> {
  const rows = await queryHot<RawProgramme>(
    tx,
    Prisma.sql`${selectProgramme} ORDER BY p.is_history, p.created_at, p.id`,
  );
  return rows.map(toRow);
}

/** @throws DomainError not_found */
export async function getProgramme(tx: ReadTx, id: string): Promise<ProgrammeRow> {
  const [row] = await queryHot<RawProgramme>(tx, Prisma.sql`${selectProgramme} WHERE p.id = ${id}::uuid`);
  if (row === undefined) throw new DomainError('not_found', { kind: 'programme' });
  return toRow(row);
}

/**
 * As it is once nobody else can change it any more: every write of a programme's plan takes this lock first.
 *
 * @throws DomainError not_found
 */
export async function lockProgramme(tx: Tx, id: string): Promise<ProgrammeRow> {
  const [row] = await queryHot<RawProgramme>(
    tx,
    Prisma.sql`${selectProgramme} WHERE p.id = ${id}::uuid FOR NO KEY UPDATE OF p`,
  );
  if (row === undefined) throw new DomainError('not_found', { kind: 'programme' });
  return toRow(row);
}

/** @throws DomainError programme_exists */
export async function insertProgramme(tx: Tx, row: ProgrammeRow): Promise<void> {
  const invitation = row.invitation === null ? null : JSON.stringify(row.invitation);
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO programme (municipality_id, id, name, kind, target_group, starts_on, trial_on, ends_on, rhythm, invitation, is_history,
      created_at, updated_at)
    VALUES (app_municipality(), ${row.id}::uuid, ${row.name}, ${row.kind}, ${row.targetGroup}::int, ${row.startsOn}::date, ${row.trialOn}::date,
      ${row.endsOn}::date, ${JSON.stringify(row.rhythm)}::jsonb, ${invitation}::jsonb, ${row.isHistory}, ${row.createdAt}::timestamptz,
      ${row.createdAt}::timestamptz)`,
  ).catch(explainName(row.name));
}

/** @throws DomainError programme_exists */
export async function updateProgramme(tx: Tx, row: ProgrammeRow, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE programme SET name = ${row.name}, target_group = ${row.targetGroup}::int, starts_on = ${row.startsOn}::date,
      trial_on = ${row.trialOn}::date, ends_on = ${row.endsOn}::date, rhythm = ${JSON.stringify(row.rhythm)}::jsonb, updated_at = ${now}::timestamptz
    WHERE id = ${row.id}::uuid`,
  ).catch(explainName(row.name));
}

const explainName =
  (name: string) =>
  (error: unknown): never => {
    if (violatedConstraint(error) === 'programme_name_unique')
      throw new DomainError('programme_exists', { name });
    throw error;
  };

const needsShape = z.array(milestoneNeed);

/** By due day and code. */
export async function listMilestones(tx: ReadTx, programmeId: string): Promise<PlannedMilestone[]> {
  const rows = await queryHot<Omit<PlannedMilestone, 'needs'> & { readonly needs: unknown }>(
    tx,
    Prisma.sql`
    SELECT code, due_on::text AS due, title_da AS da, title_en AS en, needs FROM milestone
    WHERE programme_id = ${programmeId}::uuid ORDER BY due_on, code`,
  );
  return rows.map((row) => ({ ...row, needs: needsShape.parse(row.needs) }));
}

export async function putMilestones(
  tx: Tx,
  programmeId: string,
  milestones: readonly PlannedMilestone[],
  now: Date,
): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO milestone (municipality_id, programme_id, code, due_on, title_da, title_en, needs, updated_at)
    SELECT app_municipality(), ${programmeId}::uuid, code, due, da, en, needs, ${now}::timestamptz
    FROM jsonb_to_recordset(${JSON.stringify(milestones)}::jsonb) AS fresh (code text, due date, da text, en text, needs jsonb)
    ON CONFLICT (municipality_id, programme_id, code) DO UPDATE SET due_on = excluded.due_on, title_da = excluded.title_da,
      title_en = excluded.title_en, needs = excluded.needs, updated_at = excluded.updated_at`,
  );
}

export async function deleteMilestones(tx: Tx, programmeId: string, codes: readonly string[]): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`DELETE FROM milestone WHERE programme_id = ${programmeId}::uuid AND code = ANY (${[...codes]}::text[])`,
  );
}
