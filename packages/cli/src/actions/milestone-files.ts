import { milestoneFile, milestoneNeed } from '@naer/core/contract/programme';
import type { MilestoneMeasure, MilestoneNeed } from '@naer/core/contract/programme-codes';
import { milestoneMeasures } from '@naer/core/contract/programme-codes';
import type { z } from 'zod';
import { CliError } from '../errors/cli-error.ts';
import { milestoneMeasureWords } from '../ui/programme-words.ts';
import { codeOf } from '../ui/words.ts';
import { readTextFile } from './text-files.ts';

export type MilestonesInput = z.output<typeof milestoneFile>['milestones'];

/** The milestones of a documented file, whatever else it tells. @throws CliError milestones_unreadable with the first fault */
export async function readMilestoneFile(file: string): Promise<MilestonesInput> {
  const text = await readTextFile(file);
  const parsed = milestoneFile.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data.milestones;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new CliError('milestones_unreadable', { file, why: `${where}: ${issue?.message ?? '?'}` });
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError('milestones_unreadable', { file, why: 'JSON' }, { cause: error });
  }
}

const isMeasure = (code: string): code is MilestoneMeasure =>
  milestoneMeasures.some((known) => known === code);

/** What a milestone needs, as written on a command line: "has-received=50,kickoff". */
export function readNeeds(text: string): MilestoneNeed[] {
  const parts = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const needs = parts.map((part) => {
    const [name = '', atLeast] = part.split('=').map((piece) => piece.trim());
    const measure = isMeasure(name) ? name : codeOf(milestoneMeasureWords, name);
    const need =
      atLeast === undefined
        ? { kind: 'activity', what: name }
        : { kind: 'measure', measure, atLeast: Number(atLeast) };
    const parsed = milestoneNeed.safeParse(need);
    // A measure without its number would be taken for an activity of that name.
    if (!parsed.success || (atLeast === undefined && measure !== undefined))
      throw new CliError('need_unreadable', { text: part, known: milestoneMeasures.join(', ') });
    return parsed.data;
  });
  if (needs.length === 0)
    throw new CliError('need_unreadable', { text, known: milestoneMeasures.join(', ') });
  return needs;
}
