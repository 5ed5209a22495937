import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import {
  type PublishedMonth,
  publishedMonth,
  type ShownFigures,
  type Unit,
} from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { LedgerEntry } from '../../../ledger/index.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';
import { citationOf } from '../measures/index.ts';
import { isOver } from './calendar.ts';
import type { Counts } from './counts.ts';

/** Months such as `2015-10`, both included. */
export interface MonthSpan {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A municipality, team or member with its exact counts: never given out, but for the sealed contribution to a lead. */
export interface ExactUnit extends Unit {
  readonly targetGroup: number | null;
  readonly counts: Counts;
}

/** A month-end as it is kept: what was counted, and what is given out of it, unit by unit (the whole first). */
export interface KeptMonth {
  readonly month: string;
  /** Leaves that were counted; 0 for a joint total, whose members cite their own. */
  readonly size: bigint;
  readonly exact: readonly ExactUnit[];
  readonly shown: readonly ShownFigures[];
}

const exactShape = z.array(
  publishedMonth.shape.units.element
    .omit({ figures: true })
    .extend({ counts: z.record(z.string(), z.int()) }),
);
const shownShape = publishedMonth.shape.units;

interface Row {
  readonly month: string;
  readonly size: string;
  readonly exact: unknown;
  readonly shown: unknown;
  readonly publishedAt: Date;
}

const selectMonths = Prisma.sql`
  SELECT to_char(month, 'YYYY-MM') AS month, size, exact, shown, published_at AS "publishedAt" FROM published_month`;
/** The days between which no month is left out, for whoever names none. */
const [earliest, latest] = ['2000-01', '2099-12'];

const listRows = (
  tx: ReadTx,
  programmeId: string,
  { from = earliest, to = latest }: MonthSpan,
): Promise<Row[]> =>
  queryHot<Row>(
    tx,
    Prisma.sql`${selectMonths}
      WHERE programme_id = ${programmeId}::uuid AND month BETWEEN ${`${from}-01`}::date AND ${`${to}-01`}::date
      ORDER BY published_month.month`,
  );

const keptOf = ({ month, size, exact, shown }: Row): KeptMonth => ({
  month,
  size: BigInt(size),
  exact: exactShape.parse(exact),
  shown: shownShape.parse(shown).map(({ figures }) => figures),
});

/** The month-ends of a programme of any kind as they were given out, oldest first. All that leaves is made of these. */
export async function shownMonths(
  tx: ReadTx,
  programmeId: string,
  span: MonthSpan = {},
): Promise<PublishedMonth[]> {
  const months: PublishedMonth[] = [];
  for (const row of await listRows(tx, programmeId, span))
    months.push({
      month: row.month,
      publishedAt: row.publishedAt.toISOString(),
      citation: BigInt(row.size) === 0n ? null : await citationOf(tx, BigInt(row.size)),
      units: shownShape.parse(row.shown),
    });
  return months;
}

/** With the exact counts, oldest first. */
export const keptMonths = async (tx: ReadTx, programmeId: string): Promise<KeptMonth[]> =>
  (await listRows(tx, programmeId, {})).map(keptOf);

/**
 * One month-end with its exact counts.
 *
 * @param now so that it can be told why there is none
 * @throws DomainError month_not_over, month_not_published
 */
export async function requireMonth(
  tx: ReadTx,
  programmeId: string,
  month: string,
  now: Date,
): Promise<KeptMonth> {
  const [row] = await listRows(tx, programmeId, { from: month, to: month });
  if (row !== undefined) return keptOf(row);
  throw new DomainError(isOver(month, now) ? 'month_not_published' : 'month_not_over', { month });
}

/**
 * Keeps a month-end for good, and returns the leaf that binds what is given out: SHA-256 over a random salt and the RFC 8785
 * bytes of the table, so that nobody can try out tables against the log.
 */
export async function insertMonth(
  tx: Tx,
  programmeId: string,
  { month, size, exact, shown }: KeptMonth,
  publishedAt: Date,
): Promise<LedgerEntry> {
  const table = exact.map(({ counts: _, ...unit }, nth) => ({ ...unit, figures: shown[nth] ?? {} }));
  const salt = randomBytes(16);
  const hash = saltedHash(salt, table);
  await queryHot(
    tx,
    Prisma.sql`
      INSERT INTO published_month (municipality_id, programme_id, month, size, exact, shown, salt, hash, published_at)
      VALUES (app_municipality(), ${programmeId}::uuid, ${`${month}-01`}::date, ${size}::bigint, ${JSON.stringify(exact)}::jsonb,
        ${JSON.stringify(table)}::jsonb, ${salt}, ${hash}, ${publishedAt}::timestamptz)`,
  );
  return { type: 'month.published', programme: programmeId, month, size: String(size), hash };
}

/** Hexadecimal. */
export function saltedHash(salt: Uint8Array, value: unknown): string {
  const json = canonicalize(value);
  if (json === undefined) throw new Error('only JSON can be hashed');
  return createHash('sha256').update(salt).update(json).digest('hex');
}
