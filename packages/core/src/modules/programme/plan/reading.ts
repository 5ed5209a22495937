import type { ActivityPlan, Language } from '../../../contract/index.ts';
import type { ReadTx } from '../../../storage/index.ts';
import type { ProgrammeRow } from './store.ts';

/** The living plan as it is on a day, with the sentences in a language. */
export async function readPlan(
  _tx: ReadTx,
  _programme: ProgrammeRow,
  _asked: { readonly at: string; readonly language: Language },
): Promise<ActivityPlan> {
  throw new Error('not there yet');
}
