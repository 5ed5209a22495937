import type { Programme } from '@naer/core/contract/programme';
import { type FollowUpKind, followUpKinds } from '@naer/core/contract/programme-codes';
import { CliError } from '../errors/cli-error.ts';
import { pick } from '../ui/choices.ts';
import { followUpWords } from '../ui/programme-words.ts';

/** Weeks between two follow-ups, as "goals=4,culture=8" changes those that were there. Undefined where nothing is given. */
export function readRhythm(
  text: string | undefined,
  before: Programme['rhythm'],
): Programme['rhythm'] | undefined {
  if (text === undefined) return undefined;
  const changed = text.split(',').map((part): readonly [FollowUpKind, number] => {
    const [name = '', weeks = ''] = part.split('=');
    if (!/^\d{1,3}$/.test(weeks.trim()))
      throw new CliError('rhythm_unreadable', { text: part.trim(), known: followUpKinds.join(', ') });
    return [pick(followUpWords, name, '--rhythm'), Number(weeks)];
  });
  return { ...before, ...Object.fromEntries(changed) };
}
