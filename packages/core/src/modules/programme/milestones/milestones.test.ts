import { describe, expect, it } from 'vitest';
import type { CurvePoint, MilestoneNeed } from '../../../contract/index.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import type { ProgrammeFact } from '../measures/index.ts';
import type { PlannedMilestone } from '../plan/index.ts';
import { doneIn, figuresOfShown, type NeedState } from './reality.ts';
import { judgeMilestone } from './rules.ts';

const plan = (due: string, needs: MilestoneNeed[] = []): PlannedMilestone => ({
  code: 'M3',
  due,
  da: 'Mindst 178 borgere',
  en: 'At least 178 citizens',
  needs,
});
const received = (atLeast: number): MilestoneNeed => ({ kind: 'measure', measure: 'has-received', atLeast });
const met = (need: MilestoneNeed, metOn: string, metBy: string | null): NeedState => ({
  need,
  met: true,
  value: null,
  metOn,
  metBy,
});
const open = (need: MilestoneNeed, value: number | null): NeedState => ({
  need,
  met: false,
  value,
  metOn: null,
  metBy: null,
});
/** So many more each week from 4 January 2026 on. */
const growing = (weeks: number, perWeek: number): CurvePoint[] =>
  Array.from({ length: weeks + 1 }, (_, week) => ({
    day: addDays('2026-01-04', week * 7),
    hasReceived: week * perWeek,
    receivesRegularly: Math.floor(week * perWeek * 0.6),
  }));
const facts = { startsOn: '2026-01-01', curve: [], language: 'da' } as const;

describe('a milestone that was reached', () => {
  const need = received(178);
  const late = { ...facts, at: '2016-06-30', needs: [met(need, '2016-02-13', '8412')] };

  it('says when, how late, and by which entry', () => {
    const judged = judgeMilestone(plan('2015-10-31', [need]), late);
    expect(judged).toMatchObject({
      state: 'reached-late',
      reachedOn: '2016-02-13',
      reachedBy: '8412',
      daysLate: 105,
      forecast: null,
      why: 'Nået 13. februar 2016, 105 dage for sent: 178. borger fik sit første skærmbesøg (post 8.412).',
    });
    expect(judgeMilestone(plan('2015-10-31', [need]), { ...late, language: 'en' }).why).toBe(
      'Reached on 13 February 2016, 105 days late: the 178th citizen had a first video visit (entry 8,412).',
    );
  });

  it('is reached on the day of the last of its needs, whichever it is', () => {
    const anchored: MilestoneNeed = { kind: 'activity', what: 'anchored' };
    const judged = judgeMilestone(plan('2016-06-30', [need, anchored]), {
      ...facts,
      at: '2016-06-30',
      needs: [met(need, '2016-02-13', '10'), met(anchored, '2016-06-29', '11')],
    });
    expect(judged).toMatchObject({
      state: 'reached',
      reachedOn: '2016-06-29',
      reachedBy: '11',
      daysLate: -1,
    });
    expect(judged.why).toBe(
      'Nået 29. juni 2016, 1 dag før tid: aktiviteten »anchored« blev færdig (post 11).',
    );
  });

  it('calls an activity by the name that the handbook gives it', () => {
    const kickoff: MilestoneNeed = { kind: 'activity', what: 'I1' };
    const judged = judgeMilestone(plan('2015-10-31', [kickoff]), {
      ...facts,
      at: '2016-06-30',
      needs: [met(kickoff, '2015-10-01', '7')],
    });
    expect(judged.why).toBe(
      'Nået 1. oktober 2015, 30 dage før tid: aktiviteten »Hold kickoff« (I1) blev færdig (post 7).',
    );
  });

  it('in a joint programme is reached at the end of a month, and of a course of the past says what was published', () => {
    const regular: MilestoneNeed = { kind: 'measure', measure: 'receives-regularly', atLeast: 178 };
    const judged = judgeMilestone(plan('2015-10-31', [regular]), {
      ...facts,
      at: '2016-06-30',
      byMonths: true,
      needs: [met(regular, '2016-04-30', '71')],
      published: { on: '2016-02-29' },
    });
    expect(judged.why).toBe(
      'Nået 30. april 2016, 182 dage for sent: 178 borgere modtog jævnligt (post 71). Hvornår så mange modtog jævnligt, er ikke offentliggjort, og forløbet her er konstrueret; efter evaluatorernes mål, hvor mange der har modtaget, blev 178 nået 29. februar 2016, 121 dage for sent.',
    );
  });
});

describe('a milestone that is to come', () => {
  const curve = growing(40, 3);
  const at = curve.at(-1)?.day ?? '';
  const judge = (due: string, atLeast: number) =>
    judgeMilestone(plan(due, [received(atLeast)]), {
      ...facts,
      at,
      curve,
      needs: [open(received(atLeast), 120)],
    });

  it('is on time, at risk or late by the chance of its forecast', () => {
    expect(judge(addDays(at, 140), 140)).toMatchObject({ state: 'on-time', reachedOn: null, daysLate: null });
    expect(judge(addDays(at, 140), 180).state).toBe('at-risk');
    expect(judge(addDays(at, 28), 200).state).toBe('late');
  });

  it('says what is missing and when it is reached, in one sentence', () => {
    expect(judge(addDays(at, 42), 140).why).toMatch(
      /^Mangler 20 borgere; med farten nu nås det \d+\..*–\d+\. \w+ 202\d; chancen for at nå det til tiden er \d+ %\.$/,
    );
    expect(judge(addDays(at, 42), 9000).why).toContain('nås det ikke inden for to år');
  });

  it('of a joint programme says at a member that the target is common', () => {
    const due = addDays(at, 42);
    const needs = [open(received(178), 120)];
    const judged = judgeMilestone(plan(due, [received(178)]), { ...facts, at, curve, needs, isShared: true });
    expect(judged).toMatchObject({ state: 'shared', forecast: null, daysLate: null });
    expect(judged.why).toMatch(
      /^Målet er fælles for kommunerne, og fristen er \d+\. november 2026; herfra kommer 120 af de 178\.$/,
    );
    const over = judgeMilestone(plan(addDays(at, -8), [received(178)]), {
      ...facts,
      at,
      curve,
      needs,
      isShared: true,
      language: 'en',
    });
    expect(over).toMatchObject({ state: 'shared', daysLate: null });
    expect(over.why).toMatch(/and was due on .*; 120 of the 178 are from here\.$/);
    const hidden = judgeMilestone(plan(addDays(at, 8), [received(178)]), {
      ...facts,
      at,
      curve,
      needs: needs.map((need) => ({ ...need, value: null })),
      isShared: true,
    });
    expect(hidden.why).toContain('herfra kommer nogle (tallet er skjult) af de 178.');
  });

  it('is late once its day is over, whatever its chance', () => {
    const judged = judge(addDays(at, -8), 123);
    expect(judged).toMatchObject({ state: 'late', daysLate: 8 });
    expect(judged.why).toMatch(/^Skulle være nået .*, for 8 dage siden: mangler 3 borgere; /);
  });

  it('waits for its activities as for its citizens', () => {
    const activity: MilestoneNeed = { kind: 'activity', what: 'kickoff' };
    const waiting = (due: string) =>
      judgeMilestone(plan(due, [activity]), { ...facts, at: '2026-03-01', needs: [open(activity, null)] });
    expect(waiting('2026-06-01').state).toBe('on-time');
    expect(waiting('2026-03-08')).toMatchObject({
      state: 'at-risk',
      forecast: null,
      why: 'Mangler aktiviteten »kickoff«; fristen er 8. marts 2026, om 7 dage.',
    });
  });

  it('counts workers by the speed since the beginning', () => {
    const trained: MilestoneNeed = { kind: 'measure', measure: 'trained', atLeast: 40 };
    const judged = (value: number) =>
      judgeMilestone(plan('2026-05-01', [trained]), {
        ...facts,
        at: '2026-03-02',
        needs: [open(trained, value)],
      });
    expect(judged(30).state).toBe('on-time');
    expect(judged(10).state).toBe('at-risk');
    expect(judged(10).why).toContain('oplæring af 30 medarbejdere');
  });
});

describe('an activity', () => {
  const told = (index: bigint, on: string, status: string, code = 'F9'): ProgrammeFact => ({
    index,
    type: 'activity.changed',
    code,
    on,
    data: { status, cases: 0, evidence: 0 },
  });

  it('was done when it was first told to be, unless it was taken up again', () => {
    expect(doneIn([told(1n, '2026-01-02', 'under-way')], 'F9')).toBeNull();
    const done = [told(1n, '2026-01-02', 'done'), told(2n, '2026-01-05', 'done')];
    expect(doneIn(done, 'F9')).toEqual({ on: '2026-01-02', by: 1n });
    const again = [...done, told(3n, '2026-02-01', 'under-way')];
    expect(doneIn(again, 'F9')).toBeNull();
    expect(doneIn([...again, told(4n, '2026-02-09', 'done')], 'F9')).toEqual({ on: '2026-02-09', by: 4n });
    expect(doneIn(done, 'F8')).toBeNull();
  });
});

it('makes figures of a month-end that was given out, where nothing is told that is hidden', () => {
  const figures = figuresOfShown(
    { hasReceived: 190, receivesRegularly: 89, 'funnel.offered': 'hidden' },
    1780,
  );
  expect(figures).toMatchObject({ hasReceived: 190, implementationRate: 0.05, technicalFailureRate: null });
  expect(figures.funnel.offered).toBe('hidden');
});
