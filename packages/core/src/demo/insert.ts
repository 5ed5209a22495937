import { setImmediate } from 'node:timers/promises';
import { Prisma, queryHot, type Tx } from '../storage/index.ts';

/** A row by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

const atOnce = 2500;

/** Of tables that were just filled, or filled anew, PostgreSQL knows nothing, and looks up each foreign key by reading them all. */
export const refreshStatistics = (tx: Tx) => queryHot(tx, Prisma.sql`SELECT refresh_statistics()`);

/** @param rows all with the same columns, which MUST come from the code */
export async function insert(tx: Tx, table: string, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Prisma.raw(Object.keys(first).join(', '));
  await inBatches(rows, (batch) =>
    queryHot(
      tx,
      Prisma.sql`
        INSERT INTO ${Prisma.raw(table)} (municipality_id, ${columns})
        SELECT app_municipality(), ${columns}
        FROM jsonb_populate_recordset(NULL::${Prisma.raw(table)}, ${JSON.stringify(batch)}::jsonb)`,
    ),
  );
}

/** One after the other, but that the next batch is made ready while PostgreSQL works on the one before. */
export async function inBatches<T>(
  list: readonly T[],
  send: (batch: readonly T[]) => Promise<unknown>,
): Promise<void> {
  let under: Promise<unknown> = Promise.resolve();
  for (let from = 0; from < list.length; from += atOnce) {
    const next = send(list.slice(from, from + atOnce));
    // Awaited in the next round; until then a failure must not count as unheard.
    next.catch(() => undefined);
    await under;
    under = next;
    // Lets what was sent leave before the next batch is made.
    await setImmediate();
  }
  await under;
}
