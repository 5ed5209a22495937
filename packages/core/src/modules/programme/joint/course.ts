import type { CurvePoint, MilestoneMeasure, ShownFigures } from '../../../contract/index.ts';
import type { ReadTx } from '../../../storage/index.ts';

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

/** The joint totals of the months that were over by the day and published by the size, oldest first. */
export function jointMonths(
  _tx: ReadTx,
  _programmeId: string,
  _question: JointQuestion,
): Promise<JointMonth[]> {
  return Promise.reject(new Error('not there yet'));
}

/** The curve of a programme that is led from here: month-ends; those whose totals are hidden are left out. */
export function curveOf(
  _tx: ReadTx,
  _programmeId: string,
  _question: JointQuestion,
): Promise<{ readonly points: CurvePoint[]; readonly months: readonly JointMonth[] }> {
  return Promise.reject(new Error('not there yet'));
}

/** The last day of the first month at whose end the joint total was at least so many, and the entry that gave it out. */
export function firstReachedInMonths(
  _tx: ReadTx,
  _programmeId: string,
  _question: JointQuestion,
  _of: { readonly measure: MilestoneMeasure; readonly atLeast: number },
): Promise<{ readonly on: string; readonly index: bigint | null } | null> {
  return Promise.reject(new Error('not there yet'));
}
