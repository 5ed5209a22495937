import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decisionChoices, decisionKinds, decisions } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { PlannedMilestone } from './rows.ts';
import { assertChoice, assertDatesFit, dayTold, milestoneChanges, tidyMilestones } from './rules.ts';

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'held';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

const programme = { startsOn: '2026-01-05' };
const milestone = (code: string, due: string, atLeast = 45): PlannedMilestone => ({
  code,
  due,
  da: 'Mindst 45 borgere',
  en: 'At least 45 citizens',
  needs: [{ kind: 'measure', measure: 'has-received', atLeast }],
});

describe('the day that something is told of', () => {
  it('is today unless another is named, and never one to come', () => {
    expect(dayTold(undefined, '2026-11-24')).toBe('2026-11-24');
    expect(dayTold('2025-01-01', '2026-11-24')).toBe('2025-01-01');
    expect(codeOf(() => dayTold('2026-11-25', '2026-11-24'))).toBe('invalid_input');
  });
});

describe("a programme's days", () => {
  it.each([
    ['a trial before the start', { trialOn: '2026-01-04', endsOn: null }, 'programme_dates_invalid'],
    ['a trial on the first day', { trialOn: '2026-01-05', endsOn: null }, 'held'],
    ['an end on the first day', { trialOn: null, endsOn: '2026-01-05' }, 'programme_dates_invalid'],
    ['an end before the trial', { trialOn: '2026-06-01', endsOn: '2026-05-01' }, 'programme_dates_invalid'],
    ['start, trial and end in order', { trialOn: '2026-03-01', endsOn: '2027-05-01' }, 'held'],
  ])('with %s', (_name, days, outcome) => {
    expect(codeOf(() => assertDatesFit({ ...programme, ...days }))).toBe(outcome);
  });
});

describe('a decision', () => {
  it('is between its own choices and no others', () => {
    for (const kind of decisionKinds)
      for (const choice of decisionChoices) {
        const own: readonly string[] = decisions[kind];
        expect([kind, choice, codeOf(() => assertChoice(kind, choice))]).toEqual([
          kind,
          choice,
          own.includes(choice) ? 'held' : 'invalid_input',
        ]);
      }
  });
});

describe('milestones', () => {
  it('stand in the order of their due days', () => {
    const tidied = tidyMilestones(
      programme,
      [milestone('M2', '2026-12-31'), milestone('M1', '2026-06-30')],
      [],
    );
    expect(tidied.map(({ code }) => code)).toEqual(['M1', 'M2']);
  });

  it.each([
    ['twice under one code', [milestone('M1', '2026-06-30'), milestone('M1', '2026-07-31')]],
    ['twice but for capitals', [milestone('M1', '2026-06-30'), milestone('m1', '2026-07-31')]],
    ['due before the programme begins', [milestone('M1', '2026-01-04')]],
  ])('are refused %s', (_name, wanted) => {
    expect(codeOf(() => tidyMilestones(programme, wanted, []))).toBe('milestones_invalid');
  });

  it('keep the spelling that stands on the plan, and the handbook its capitals', () => {
    const wanted: PlannedMilestone = {
      ...milestone('m3', '2026-06-30'),
      needs: [
        { kind: 'activity', what: 'f9' },
        { kind: 'activity', what: 'seminar' },
      ],
    };
    const [tidied] = tidyMilestones(programme, [wanted], [milestone('M3', '2026-06-30')]);
    expect(tidied?.code).toBe('M3');
    expect(tidied?.needs).toEqual([
      { kind: 'activity', what: 'F9' },
      { kind: 'activity', what: 'seminar' },
    ]);
  });

  const anyPlan = fc.uniqueArray(
    fc.record({
      code: fc.constantFrom('M0', 'M1', 'M2', 'M3', 'M4'),
      atLeast: fc.integer({ min: 1, max: 3 }),
    }),
    { selector: ({ code }) => code },
  );
  const made = (plan: readonly { readonly code: string; readonly atLeast: number }[]) =>
    plan.map(({ code, atLeast }) => milestone(code, '2026-06-30', atLeast));

  it('become what was wanted by what is told of the change, and by nothing that could be left out', () => {
    fc.assert(
      fc.property(anyPlan, anyPlan, (before, after) => {
        const { set, removed } = milestoneChanges(made(before), made(after));
        const plan = new Map(made(before).map((one) => [one.code, one]));
        for (const { code } of removed) expect(plan.delete(code)).toBe(true);
        for (const one of set) {
          expect(plan.get(one.code)).not.toEqual(one);
          plan.set(one.code, one);
        }
        expect([...plan.values()].sort((a, b) => (a.code < b.code ? -1 : 1))).toEqual(
          made(after).sort((a, b) => (a.code < b.code ? -1 : 1)),
        );
      }),
    );
  });
});
