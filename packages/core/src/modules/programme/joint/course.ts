import type { CurvePoint, MilestoneMeasure, ShownFigures } from '../../../contract/index.ts';
import { publishedMonth } from '../../../contract/index.ts';
import { Prisma, queryHot, type ReadTx } from '../../../storage/index.ts';
import { lastDayOf } from '../months/index.ts';

/** The last day that is asked about, and how much of the lead's log is believed (all that there is without it). */
export interface JointQuestion {
  readonly at: string;
  readonly size?: bigint | undefined;
}

/** The total of a joint programme at a month's end, as it was given out. */
export interface JointMonth {
  /** `2015-10` */
  readonly month: string;
  /** The last day of the month. */
  readonly on: string;
  /** The entry of the lead's log by which the month was published; null while it has no place. */
  readonly index: bigint | null;
  readonly total: ShownFigures;
  /** Of the members that took part in the month. */
  readonly targetGroup: number;
  /** How many members contributed. */
  readonly members: number;
}

const unitsShape = publishedMonth.shape.units;

/**
 * The joint totals of the months that were over by the day and published by the size, oldest first. All that a lead reads of
 * members is made of these: what was received lies beside them and is shown to nobody.
 */
export async function jointMonths(
  tx: ReadTx,
  programmeId: string,
  { at, size }: JointQuestion,
): Promise<JointMonth[]> {
  const rows = await queryHot<{ month: string; index: string | null; shown: unknown }>(
    tx,
    Prisma.sql`
      SELECT to_char(m.month, 'YYYY-MM') AS month, f."index", m.shown
      FROM published_month m
      LEFT JOIN ledger_fact f
        ON f.type = 'month.published' AND f.programme = m.programme_id AND f.code = to_char(m.month, 'YYYY-MM')
      WHERE m.programme_id = ${programmeId}::uuid AND (${size ?? null}::bigint IS NULL OR f."index" < ${size ?? null}::bigint)
      ORDER BY m.month`,
  );
  return rows.flatMap(({ month, index, shown }): JointMonth[] => {
    const on = lastDayOf(month);
    const [whole, ...parts] = unitsShape.parse(shown);
    if (whole === undefined || on > at) return [];
    return [
      {
        month,
        on,
        index: index === null ? null : BigInt(index),
        total: whole.figures,
        targetGroup: whole.targetGroup ?? 0,
        members: parts.length,
      },
    ];
  });
}

/** The curve of a programme that is led from here: month-ends; those whose totals are hidden are left out. */
export async function curveOf(
  tx: ReadTx,
  programmeId: string,
  question: JointQuestion,
): Promise<{ readonly points: CurvePoint[]; readonly months: readonly JointMonth[] }> {
  const months = await jointMonths(tx, programmeId, question);
  const points = months.flatMap(({ on, total }): CurvePoint[] => {
    const { hasReceived, receivesRegularly = 'hidden' } = total;
    if (typeof hasReceived !== 'number') return [];
    return [
      { day: on, hasReceived, receivesRegularly: receivesRegularly === 'hidden' ? null : receivesRegularly },
    ];
  });
  return { points, months };
}

const pathOf: Readonly<Record<MilestoneMeasure, string>> = {
  'has-received': 'hasReceived',
  'receives-regularly': 'receivesRegularly',
  'active-workers': 'workers.active',
  trained: 'workers.trained',
  informed: 'workers.informed',
};

/**
 * The last day of the first month at whose end the joint total was at least so many, and the entry that gave it out. Within
 * the month nobody can tell, since members tell of month-ends only.
 */
export async function firstReachedInMonths(
  tx: ReadTx,
  programmeId: string,
  question: JointQuestion,
  { measure, atLeast }: { readonly measure: MilestoneMeasure; readonly atLeast: number },
): Promise<{ readonly on: string; readonly index: bigint | null } | null> {
  for (const { on, index, total } of await jointMonths(tx, programmeId, question)) {
    const reached = total[pathOf[measure]];
    if (typeof reached === 'number' && reached >= atLeast) return { on, index };
  }
  return null;
}
