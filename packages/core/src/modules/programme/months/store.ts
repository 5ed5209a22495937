import type { PublishedMonth } from '../../../contract/index.ts';
import type { ReadTx } from '../../../storage/index.ts';

/** Months such as `2015-10`, both included. */
export interface MonthSpan {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The month-ends of a programme of any kind as they were given out, oldest first. */
export function shownMonths(
  _tx: ReadTx,
  _programmeId: string,
  _span: MonthSpan = {},
): Promise<PublishedMonth[]> {
  return Promise.reject(new Error('not there yet'));
}
