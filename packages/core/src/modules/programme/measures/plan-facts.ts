import { Prisma, queryHot, type ReadTx } from '../../../storage/index.ts';
import type { ProgrammeFact, Question } from './question.ts';

const planTypes = [
  'programme.changed',
  'milestone.set',
  'activity.changed',
  'decision.made',
  'worker-target.set',
  'follow-up.held',
  'degree.estimated',
  'month.published',
  'contribution.made',
  'member.changed',
  'contribution.received',
];

export async function readProgrammeFacts(
  tx: ReadTx,
  { size, at }: Question,
  programme: string,
): Promise<ProgrammeFact[]> {
  const rows = await queryHot<{
    index: string;
    type: string;
    code: string | null;
    on: string;
    data: unknown;
  }>(
    tx,
    Prisma.sql`
      SELECT "index", type, code, happened_on::text AS "on", data FROM ledger_fact
      WHERE type = ANY (${planTypes}::text[]) AND programme = ${programme}::uuid
        AND "index" < ${size} AND happened_on <= ${at}::date
      ORDER BY "index"`,
  );
  return rows.map((row) => ({ ...row, index: BigInt(row.index) }));
}
