import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activityStatuses } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { activityOn, allActivities, changeActivity, notStarted, presentActivity } from './activities.ts';
import type { PlannedMilestone } from './rows.ts';

const today = '2026-11-24';
const f9 = notStarted('F9');
const refused = (work: () => unknown): string => {
  try {
    work();
    return 'held';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
};

describe('telling of an activity', () => {
  it('begins it on the day told, and ends it on another', () => {
    const begun = changeActivity(f9, { status: 'under-way', on: '2026-10-01' }, '2026-10-01');
    expect(begun).toMatchObject({ row: { status: 'under-way', startsOn: '2026-10-01' }, on: '2026-10-01' });
    const done = changeActivity(begun.row, { status: 'done', on: '2026-11-02' }, '2026-11-02');
    expect(done).toMatchObject({
      row: { status: 'done', startsOn: '2026-10-01', doneOn: '2026-11-02' },
      on: '2026-11-02',
    });
  });

  it('moves no day where it says again what holds already', () => {
    const { row } = changeActivity(f9, { status: 'done', on: '2026-11-02' }, '2026-11-02');
    expect(changeActivity(row, { status: 'done', addEvidence: 'sag 26/1042' }, today)).toMatchObject({
      row: { doneOn: '2026-11-02', evidence: ['sag 26/1042'] },
      on: '2026-11-02',
    });
  });

  it('can correct the day on which it was done', () => {
    const { row } = changeActivity(f9, { status: 'done' }, today);
    expect(changeActivity(row, { on: '2026-11-02' }, '2026-11-02').row.doneOn).toBe('2026-11-02');
  });

  it('takes the day of being done away where it is taken up again', () => {
    const { row } = changeActivity(f9, { status: 'done', on: '2026-11-02' }, '2026-11-02');
    expect(changeActivity(row, { status: 'under-way' }, today).row).toMatchObject({
      doneOn: null,
      startsOn: today,
    });
  });

  it('keeps a reference once, however often it is told', () => {
    const once = changeActivity(f9, { addEvidence: 'sag 1' }, today).row;
    expect(changeActivity(once, { addEvidence: 'sag 1' }, today).row.evidence).toEqual(['sag 1']);
  });

  it.each([
    ['a day without a status that has one', { on: '2026-11-02' }, 'invalid_input'],
    [
      'a start after the day it was done',
      { status: 'done', startsOn: '2026-12-01' },
      'programme_dates_invalid',
    ],
    ['due before it begins', { startsOn: '2026-12-01', dueOn: '2026-11-30' }, 'programme_dates_invalid'],
    ['planned for a time to come', { startsOn: '2026-12-01', dueOn: '2026-12-30' }, 'held'],
  ] as const)('with %s', (_name, wish, outcome) => {
    expect(refused(() => changeActivity(f9, wish, today))).toBe(outcome);
  });

  it('never leaves a day of being done without the status, nor the status without the day', () => {
    const day = fc.constantFrom('2026-10-01', '2026-11-02', today);
    const wish = fc.record(
      { status: fc.constantFrom(...activityStatuses), startsOn: fc.option(day), dueOn: fc.option(day) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(wish, day)), (story) => {
        let row = f9;
        for (const [told, on] of story) {
          try {
            row = changeActivity(row, told, on).row;
          } catch (error) {
            if (!(error instanceof DomainError)) throw error;
          }
          expect(row.doneOn !== null).toBe(row.status === 'done');
        }
      }),
    );
  });
});

describe('the activities of a programme', () => {
  const milestones: PlannedMilestone[] = [
    {
      code: 'M0',
      due: '2026-12-31',
      da: 'Kickoff',
      en: 'Kick-off',
      needs: [
        { kind: 'activity', what: 'kickoff' },
        { kind: 'activity', what: 'F9' },
      ],
    },
  ];

  it("are the handbook's and those of the milestones' own words, each once", () => {
    const codes = allActivities([notStarted('kickoff'), notStarted('seminar')], milestones, today).map(
      ({ code }) => code,
    );
    expect(codes).toHaveLength(18);
    expect(codes.slice(15)).toEqual(['D1', 'kickoff', 'seminar']);
  });

  it('were not done before the day they were done, nor begun before they began', () => {
    const { row } = changeActivity(
      { ...f9, startsOn: '2026-10-01' },
      { status: 'done', on: '2026-11-02' },
      '2026-11-02',
    );
    expect(
      ['2026-09-30', '2026-10-01', '2026-11-01', '2026-11-02'].map((at) => activityOn(row, at).status),
    ).toEqual(['not-started', 'under-way', 'under-way', 'done']);
  });

  it('are answered for by whom the handbook names, unless the municipality names another', () => {
    expect(presentActivity(f9, 'da')).toMatchObject({
      responsible: 'project-lead',
      da: 'Prøv det hele af',
      phase: 'preparation',
    });
    expect(presentActivity({ ...f9, responsible: 'coordinator' }, 'en').responsible).toBe('coordinator');
    expect(presentActivity(notStarted('seminar'), 'da')).toMatchObject({
      phase: 'own',
      da: 'seminar',
      responsible: null,
    });
  });
});
