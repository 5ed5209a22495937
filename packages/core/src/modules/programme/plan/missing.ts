import type { Language, MilestoneMeasure, Missing } from '../../../contract/index.ts';
import type { ReadTx } from '../../../storage/index.ts';
import type { Measures } from '../measures/index.ts';
import type { PlannedMilestone, ProgrammeRow } from './store.ts';

/** The milestone that is to be reached next, and the measure that it still needs. */
export interface NextNeed {
  readonly milestone: PlannedMilestone;
  readonly measure: MilestoneMeasure;
  readonly atLeast: number;
}

/**
 * What is missing to reach the next milestone, in counts.
 *
 * @param next null finds the first milestone by due day whose measure is not reached
 * @param at the day that it is on, from which weeks are counted
 */
export async function missingFor(
  _tx: ReadTx,
  _deps: { readonly measures: Pick<Measures, 'resolve' | 'figures'> },
  _programme: ProgrammeRow,
  _asked: { readonly at: string; readonly language: Language; readonly next?: NextNeed | null },
): Promise<Missing> {
  throw new Error('not there yet');
}
