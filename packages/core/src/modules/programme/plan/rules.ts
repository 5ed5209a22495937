import {
  type DecisionChoice,
  type DecisionKind,
  decisions,
  type MilestoneNeed,
} from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { findInHandbook } from './handbook.ts';
import type { PlannedMilestone, ProgrammeRow } from './rows.ts';

export const badField = (field: string, message: string): DomainError =>
  new DomainError('invalid_input', {}, { details: { fields: [{ in: 'body', field, message }] } });

/**
 * The day that something is told of: today where none is named. What prepares a programme may come before its start.
 *
 * @throws DomainError invalid_input for a day to come
 */
export function dayTold(on: string | undefined, today: string, field = 'on'): string {
  if (on !== undefined && on > today) throw badField(field, `must not lie in the future (today is ${today})`);
  return on ?? today;
}

/** @throws DomainError programme_dates_invalid */
export function assertDatesFit({
  startsOn,
  trialOn,
  endsOn,
}: Pick<ProgrammeRow, 'startsOn' | 'trialOn' | 'endsOn'>): void {
  if (trialOn !== null && trialOn < startsOn)
    throw datesInvalid('afprøvningen begynder før programmet', 'the trial begins before the programme');
  if (endsOn !== null && endsOn <= startsOn)
    throw datesInvalid('programmet slutter, før det begynder', 'the programme ends before it begins');
  if (endsOn !== null && trialOn !== null && endsOn < trialOn)
    throw datesInvalid(
      'programmet slutter, før afprøvningen begynder',
      'the programme ends before the trial begins',
    );
}

export const datesInvalid = (da: string, en: string): DomainError =>
  new DomainError('programme_dates_invalid', { why_da: da, why_en: en });

/**
 * A decision is between its own choices: `loans` answers the question of equipment, not the one of planning.
 *
 * @throws DomainError invalid_input
 */
export function assertChoice(kind: DecisionKind, choice: DecisionChoice): void {
  const choices: readonly DecisionChoice[] = decisions[kind];
  if (!choices.includes(choice)) throw badField('choice', `is one of ${choices.join(', ')} for ${kind}`);
}

/** A code of the handbook in capitals however it was typed; a word of one's own as it is. */
export const activityCode = (code: string): string => findInHandbook(code.toUpperCase())?.code ?? code;

const tidyNeed = (need: MilestoneNeed): MilestoneNeed =>
  need.kind === 'activity' ? { kind: 'activity', what: activityCode(need.what) } : need;

/** Codes are the same whatever their capitals: `m3` is the M3 that is there. */
export const sameCode = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const milestonesInvalid = (da: string, en: string): DomainError =>
  new DomainError('milestones_invalid', { why_da: da, why_en: en });

/**
 * Milestones as they are to stand, by due day and code.
 *
 * @param wanted whole milestones, each under the code that was given for it
 * @param standing those on the plan now, whose spelling of a code goes on
 * @throws DomainError milestones_invalid
 */
export function tidyMilestones(
  programme: Pick<ProgrammeRow, 'startsOn'>,
  wanted: readonly PlannedMilestone[],
  standing: readonly PlannedMilestone[],
): PlannedMilestone[] {
  const tidied = wanted.map(({ code, due, da, en, needs }) => ({
    code: standing.find((one) => sameCode(one.code, code))?.code ?? code,
    due,
    da,
    en,
    needs: needs.map(tidyNeed),
  }));
  const seen = new Set<string>();
  for (const { code, due } of tidied) {
    if (seen.has(code.toLowerCase()))
      throw milestonesInvalid(`der er to, der hedder ${code}`, `there are two called ${code}`);
    seen.add(code.toLowerCase());
    if (due < programme.startsOn)
      throw milestonesInvalid(
        `${code} skal være nået ${due}, og programmet begynder først ${programme.startsOn}`,
        `${code} is due on ${due}, before the programme begins on ${programme.startsOn}`,
      );
  }
  return tidied.sort(byDue);
}

const byDue = (a: PlannedMilestone, b: PlannedMilestone): number =>
  a.due === b.due ? compare(a.code, b.code) : compare(a.due, b.due);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What setting all milestones at once changes: unchanged ones are not told again. */
export function milestoneChanges(
  standing: readonly PlannedMilestone[],
  wanted: readonly PlannedMilestone[],
): { readonly set: PlannedMilestone[]; readonly removed: PlannedMilestone[] } {
  const before = new Map(standing.map((one) => [one.code, one]));
  const after = new Set(wanted.map(({ code }) => code));
  return {
    set: wanted.filter((one) => !isSame(before.get(one.code), one)),
    removed: standing.filter(({ code }) => !after.has(code)),
  };
}

const isSame = (a: PlannedMilestone | undefined, b: PlannedMilestone): boolean =>
  a !== undefined &&
  a.due === b.due &&
  a.da === b.da &&
  a.en === b.en &&
  a.needs.length === b.needs.length &&
  a.needs.every((need, n) => isSameNeed(need, b.needs[n]));

const isSameNeed = (a: MilestoneNeed, b: MilestoneNeed | undefined): boolean => {
  if (a.kind === 'activity') return b?.kind === 'activity' && a.what === b.what;
  return b?.kind === 'measure' && a.measure === b.measure && a.atLeast === b.atLeast;
};
