import type { PlanFormat, WeeklyPlan } from '../../../contract/index.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';

/** What is known of a plan without opening it. */
export interface PlanRow {
  readonly id: string;
  readonly format: PlanFormat;
  readonly pages: number;
  readonly bytes: number;
  readonly byCitizen: boolean;
  readonly updatedAt: Date;
}

const columns = Prisma.sql`id, format, pages, bytes, by_citizen AS "byCitizen", updated_at AS "updatedAt"`;

export async function findPlan(tx: ReadTx, citizenId: string): Promise<PlanRow | null> {
  const [row] = await queryHot<PlanRow>(
    tx,
    Prisma.sql`SELECT ${columns} FROM weekly_plan WHERE citizen_id = ${citizenId}::uuid`,
  );
  return row ?? null;
}

export async function findSealedPlan(
  tx: ReadTx,
  citizenId: string,
): Promise<(PlanRow & { readonly sealedFile: Buffer }) | null> {
  const [row] = await queryHot<PlanRow & { readonly sealedFile: Buffer }>(
    tx,
    Prisma.sql`SELECT ${columns}, sealed_file AS "sealedFile" FROM weekly_plan WHERE citizen_id = ${citizenId}::uuid`,
  );
  return row ?? null;
}

/** The last version takes the place of the one before. */
export async function writePlan(
  tx: Tx,
  citizenId: string,
  plan: PlanRow & { readonly sealedFile: Uint8Array },
): Promise<void> {
  const { id, format, pages, bytes, byCitizen, updatedAt, sealedFile } = plan;
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO weekly_plan (municipality_id, citizen_id, id, format, pages, bytes, sealed_file, by_citizen, updated_at)
    VALUES (app_municipality(), ${citizenId}::uuid, ${id}::uuid, ${format}, ${pages}::int, ${bytes}::int, ${sealedFile}::bytea,
      ${byCitizen}::boolean, ${updatedAt}::timestamptz)
    ON CONFLICT (municipality_id, citizen_id) DO UPDATE SET id = excluded.id, format = excluded.format, pages = excluded.pages,
      bytes = excluded.bytes, sealed_file = excluded.sealed_file, by_citizen = excluded.by_citizen, updated_at = excluded.updated_at`,
  );
}

/** @returns whether there was one */
export async function deletePlan(tx: Tx, citizenId: string): Promise<boolean> {
  const rows = await queryHot(
    tx,
    Prisma.sql`DELETE FROM weekly_plan WHERE citizen_id = ${citizenId}::uuid RETURNING id`,
  );
  return rows.length > 0;
}

export const presentPlan = ({ id, format, pages, bytes, byCitizen, updatedAt }: PlanRow): WeeklyPlan => ({
  id,
  format,
  pages,
  bytes,
  byCitizen,
  updatedAt: updatedAt.toISOString(),
});
