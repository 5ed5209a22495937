import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ActivityStatus,
  activityStatuses,
  type DecisionKind,
  decisionChoices,
  decisionKinds,
  handbookActivities,
  usualRhythm,
} from '../../../contract/index.ts';
import { notStarted } from './activities.ts';
import { phaseOn } from './phases.ts';
import type { ActivityRow } from './plan-store.ts';
import { followUpsOn, type ReadinessFacts, readinessOn } from './readiness.ts';

const at = '2026-11-24';
const doneRows = (except: Readonly<Record<string, Partial<ActivityRow>>> = {}): ActivityRow[] =>
  handbookActivities
    .filter((code) => code !== 'D1')
    .map((code) => ({
      ...notStarted(code),
      status: 'done',
      doneOn: '2026-09-01',
      cases: code === 'F9' ? 3 : 0,
      ...except[code],
    }));
const open: Partial<ActivityRow> = { status: 'not-started', doneOn: null };
const decided = (
  except: Partial<Record<DecisionKind, ReadinessFacts['decisions'][number]['choice'] | null>> = {},
) => {
  const choices = {
    delivery: 'supplement',
    equipment: 'own-devices',
    'data-cost': 'citizen',
    planning: 'free',
    expectation: 'may',
    'freed-time': 'quality',
    ...except,
  } as const;
  return decisionKinds.flatMap((kind) => {
    const choice = choices[kind];
    return choice === null ? [] : [{ kind, choice, on: '2026-02-01' }];
  });
};

interface Wish {
  readonly trialOn?: string | null;
  readonly endsOn?: string | null;
  readonly activities?: readonly ActivityRow[];
  readonly decisions?: ReadinessFacts['decisions'];
  readonly held?: Parameters<typeof followUpsOn>[1]['held'];
  readonly targets?: ReadinessFacts['targets'];
  readonly staff?: ReadinessFacts['staff'];
}
/** A programme that has everything, but for what is wished otherwise; its trial is far away. */
const made = (wish: Wish = {}): ReadinessFacts => {
  const {
    trialOn = '2027-03-01',
    endsOn = null,
    activities = doneRows(),
    decisions = decided(),
    held = [],
  } = wish;
  // Without anything of the implementation begun, so that the day of the trial decides.
  const programme = { startsOn: '2026-01-05', trialOn, endsOn };
  const plan = { at, programme, activities, decisions };
  return {
    ...plan,
    phase: phaseOn(plan),
    followUps: followUpsOn(at, { rhythm: usualRhythm, held, trialSince: trialOn }),
    targets: wish.targets ?? [],
    staff: wish.staff === undefined ? { employed: 40, trained: 40, informed: 40 } : wish.staff,
  };
};
const found = (wish?: Wish) => readinessOn(made(wish), 'da').map(({ kind, weight }) => `${weight} ${kind}`);
const sentence = (kind: string, language: 'da' | 'en', wish?: Wish) =>
  readinessOn(made(wish), language).find((one) => one.kind === kind)?.sentence;

describe('readiness', () => {
  it('has nothing to say where nothing is missing', () => {
    expect(found()).toEqual([]);
  });

  it.each<[string, Wish, string[]]>([
    [
      'a trial in a month without test',
      { trialOn: '2026-12-22', activities: doneRows({ F9: { cases: 2 } }) },
      ['stop trial-without-test'],
    ],
    [
      'a trial in more than a month without test',
      { trialOn: '2026-12-23', activities: doneRows({ F9: { cases: 2 } }) },
      [],
    ],
    [
      'a trial that runs without test',
      { trialOn: '2026-11-01', activities: doneRows({ F9: { cases: 0 } }) },
      ['stop trial-without-test'],
    ],
    [
      'a trial that needs no test',
      {
        trialOn: '2026-12-22',
        activities: doneRows({ F9: { status: 'not-relevant', doneOn: null, cases: 0 } }),
      },
      [],
    ],
    ['IT ready, the method not', { activities: doneRows({ F5: open }) }, ['warn method-not-ready']],
    ['the method ready, IT not', { activities: doneRows({ F8: open }) }, ['warn it-not-ready']],
    ['neither ready, with time left', { activities: doneRows({ F5: open, F8: open }) }, []],
    [
      'neither ready at the trial',
      { trialOn: '2026-12-01', activities: doneRows({ F5: open, F8: open }) },
      ['stop it-not-ready', 'stop method-not-ready'],
    ],
    ['a decision missing', { decisions: decided({ 'data-cost': null }) }, ['note decision-missing']],
    [
      'it said that nothing is decided',
      { decisions: decided({ 'freed-time': 'not-decided' }) },
      ['note decision-missing'],
    ],
    [
      'a decision missing at the trial',
      { trialOn: '2026-12-01', decisions: decided({ 'data-cost': null }) },
      ['warn decision-missing'],
    ],
    [
      'loans and a chain never tried',
      { decisions: decided({ equipment: 'loans' }), activities: doneRows({ F9: { cases: 0 } }) },
      ['warn logistics-untried'],
    ],
    [
      'loans and a chain that was tried',
      {
        decisions: decided({ equipment: 'both' }),
        activities: doneRows({ F4: { cases: 1 }, F9: { cases: 0 } }),
      },
      [],
    ],
    ['own devices alone', { activities: doneRows({ F9: { cases: 0 } }) }, []],
    ['staff not trained', { staff: { employed: 40, trained: 28, informed: 40 } }, ['note staff-untrained']],
    [
      'staff not informed at the trial',
      { trialOn: '2026-12-01', staff: { employed: 40, trained: 40, informed: 39 } },
      ['warn staff-uninformed'],
    ],
    [
      'a joint programme, without staff of its own',
      { staff: null, decisions: decided({ expectation: 'must' }) },
      [],
    ],
    [
      'an activity overdue',
      { activities: doneRows({ I4: { ...open, dueOn: '2026-11-23' } }) },
      ['warn activity-overdue'],
    ],
    ['an activity due today', { activities: doneRows({ I4: { ...open, dueOn: at } }) }, []],
    ['must without a target', { decisions: decided({ expectation: 'must' }) }, ['warn target-missing']],
    [
      'must with a target that is over',
      { decisions: decided({ expectation: 'must' }), targets: [{ due: '2026-11-23', citizens: 2 }] },
      ['warn target-missing'],
    ],
    [
      'must with a target',
      { decisions: decided({ expectation: 'must' }), targets: [{ due: at, citizens: 2 }] },
      [],
    ],
  ])('with %s', (_name, wish, expected) => {
    expect(found(wish)).toEqual(expected);
  });

  it('asks nothing of who is still exploring, but says which activity is overdue', () => {
    const activities = [{ ...notStarted('F1'), dueOn: '2026-11-01' }];
    expect(
      found({ trialOn: null, activities, decisions: [], staff: { employed: 40, trained: 0, informed: 0 } }),
    ).toEqual(['warn activity-overdue']);
  });

  it('says it in whole sentences, in the language asked for', () => {
    const wish = { trialOn: '2026-12-01', activities: doneRows({ F5: open, F7: open, F9: { cases: 1 } }) };
    expect(sentence('trial-without-test', 'da', wish)).toBe(
      'Afprøvningen begynder 1. december 2026, men det hele er kun prøvet med 1 forløb; kør mindst 3 (F9).',
    );
    expect(sentence('trial-without-test', 'en', wish)).toBe(
      'The trial begins on 1 December 2026, but the set-up was tested with only 1 case; run at least 3 (F9).',
    );
    expect(sentence('method-not-ready', 'da', wish)).toBe(
      'It er klar, metoden er ikke: »Gør rummene klar« (F5) og »Aftal, hvordan der registreres og dokumenteres« (F7) mangler.',
    );
    expect(sentence('method-not-ready', 'en', wish)).toBe(
      'IT is ready, the method is not: "Make the rooms fit" (F5) and "Agree on registration and documentation" (F7) are missing.',
    );
    expect(sentence('staff-untrained', 'da', { staff: { employed: 40, trained: 28, informed: 40 } })).toBe(
      '12 af 40 bostøttemedarbejdere er ikke oplært endnu (I3).',
    );
  });
});

describe('the six standing follow-ups', () => {
  const on = (trialSince: string | null, held: Wish['held'] = []) =>
    followUpsOn(at, { rhythm: usualRhythm, held: held ?? [], trialSince }).find(
      ({ kind }) => kind === 'goals',
    );

  it.each([
    ['a trial that began a rhythm ago', '2026-10-27', undefined, { nextOn: at, overdue: false }],
    ['a trial that began a day more ago', '2026-10-26', undefined, { nextOn: '2026-11-23', overdue: true }],
    ['one held since', '2026-03-01', '2026-11-01', { nextOn: '2026-11-29', overdue: false }],
    ['one held long ago', '2026-03-01', '2026-10-01', { nextOn: '2026-10-29', overdue: true }],
    ['a trial that nobody has set', null, undefined, { nextOn: '2026-12-22', overdue: false }],
    ['a trial to come', '2026-12-01', undefined, { nextOn: '2026-12-29', overdue: false }],
  ] as const)('with %s', (_name, trialSince, lastOn, expected) => {
    expect(on(trialSince, lastOn === undefined ? [] : [{ kind: 'goals', lastOn }])).toMatchObject({
      everyWeeks: 4,
      lastOn: lastOn ?? null,
      ...expected,
    });
  });

  it('are told of in one sentence where they are overdue', () => {
    const wish = { trialOn: '2026-08-03', held: [{ kind: 'goals', lastOn: '2026-11-20' } as const] };
    expect(sentence('follow-up-overdue', 'da', wish)).toBe(
      'Det er tid til at følge op på rummene, hvem det passer til, oplæring af nye kolleger, kulturen og datasikkerheden, siden 31. august 2026 (D1).',
    );
  });
});

describe('whatever a programme is like', () => {
  const anyRow = (code: string) =>
    fc.record({
      code: fc.constant(code),
      status: fc.constantFrom<ActivityStatus>(...activityStatuses),
      responsible: fc.constant(null),
      startsOn: fc.option(fc.constantFrom('2026-01-10', '2026-11-01')),
      dueOn: fc.option(fc.constantFrom('2026-11-01', '2026-12-31')),
      doneOn: fc.constant(null),
      cases: fc.nat(5),
      evidence: fc.constant<string[]>([]),
    });
  const anyWish = fc.record({
    trialOn: fc.option(fc.constantFrom('2026-02-01', '2026-12-01', '2027-06-01')),
    activities: fc.tuple(...handbookActivities.map(anyRow)),
    decisions: fc.uniqueArray(
      fc.record({
        kind: fc.constantFrom(...decisionKinds),
        choice: fc.constantFrom(...decisionChoices),
        on: fc.constant('2026-02-01'),
      }),
      { selector: ({ kind }) => kind },
    ),
    staff: fc.option(
      fc.record({ employed: fc.integer({ min: 5, max: 9 }), trained: fc.nat(5), informed: fc.nat(5) }),
    ),
  });

  it('the heaviest comes first, each thing is said once, and both languages say as much', () => {
    fc.assert(
      fc.property(anyWish, (wish) => {
        const da = readinessOn(made(wish), 'da');
        const en = readinessOn(made(wish), 'en');
        expect(da.map(({ sentence: _, ...rest }) => rest)).toEqual(
          en.map(({ sentence: _, ...rest }) => rest),
        );
        const order = da.map(({ weight }) => ['stop', 'warn', 'note'].indexOf(weight));
        expect(order).toEqual([...order].sort());
        expect(new Set(da.map(({ sentence: said }) => said)).size).toBe(da.length);
        for (const { sentence: said } of [...da, ...en]) expect(said).toMatch(/^\S.*[.]$/);
      }),
      { numRuns: 50 },
    );
  });

  it('to test more never makes anything worse', () => {
    fc.assert(
      fc.property(anyWish, (wish) => {
        const tested = wish.activities.map((row) => (row.code === 'F9' ? { ...row, cases: 5 } : row));
        const before = found(wish);
        const after = found({ ...wish, activities: tested });
        expect(after.filter((one) => !before.includes(one))).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });
});
