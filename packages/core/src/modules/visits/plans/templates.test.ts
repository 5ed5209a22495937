import { describe, expect, it } from 'vitest';
import { createPlan, type Phase, type PlanTemplate, type Slot } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { findPhase, lastWeek, replaceFrom, stayLonger, stepFrom } from './phases.ts';
import { kindOf, phasesOf } from './templates.ts';

const template = (given: object): PlanTemplate =>
  createPlan.parse({ citizen: 'B-7KQ25', startsOn: '2026-11-23', template: given, word: 'agreed' }).template;
const short = (phases: readonly Phase[]) =>
  phases.map(
    ({ weeks, slots }) =>
      `${weeks ?? 'on'}: ${slots.map((slot) => `${slot.weekday} ${slot.time} ${slot.channel} ${slot.minutes}/${slot.everyWeeks}`).join(', ')}`,
  );
const refusal = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof DomainError && error.code === 'plan_invalid') return String(error.params.why_en);
    throw error;
  }
  return 'not refused';
};

describe('a template', () => {
  it('is weekly or fortnightly until further notice', () => {
    const slots = [{ channel: 'video', weekday: 2, time: '10:00', minutes: 20 }];
    expect(short(phasesOf(template({ kind: 'weekly', slots })))).toEqual(['on: 2 10:00 video 20/1']);
    expect(short(phasesOf(template({ kind: 'fortnightly', slots })))).toEqual(['on: 2 10:00 video 20/2']);
  });

  it('grows from five minutes every weekday to half an hour a week', () => {
    expect(short(phasesOf(template({ kind: 'growing', time: '09:30' })))).toEqual([
      '2: 1 09:30 video 5/1, 2 09:30 video 5/1, 3 09:30 video 5/1, 4 09:30 video 5/1, 5 09:30 video 5/1',
      '2: 1 09:30 video 10/1, 3 09:30 video 10/1, 5 09:30 video 10/1',
      '2: 2 09:30 video 20/1, 4 09:30 video 20/1',
      'on: 2 09:30 video 30/1',
    ]);
  });

  it('grows by steps of its own, each day of a week once', () => {
    const steps = [
      { weeks: 3, weekdays: [5, 1, 1], minutes: 5 },
      { weeks: null, weekdays: [3], minutes: 45 },
    ];
    expect(short(phasesOf(template({ kind: 'growing', time: '09:30', channel: 'phone', steps })))).toEqual([
      '3: 1 09:30 phone 5/1, 5 09:30 phone 5/1',
      'on: 3 09:30 phone 45/1',
    ]);
  });

  it('splits one visit into a visit and calls', () => {
    const visit = { channel: 'physical', weekday: 1, time: '09:00', minutes: 40 };
    const calls = [3, 5].map((weekday) => ({ channel: 'video', weekday, time: '09:00', minutes: 10 }));
    expect(short(phasesOf(template({ kind: 'split', visit, calls })))).toEqual([
      'on: 1 09:00 physical 40/1, 3 09:00 video 10/1, 5 09:00 video 10/1',
    ]);
  });

  it('tapers off from every week to every fourth, and then ends', () => {
    const slot = { channel: 'video', weekday: 3, time: '11:00', minutes: 30 };
    const tapering = phasesOf(template({ kind: 'tapering', slot }));
    expect(short(tapering)).toEqual([
      '4: 3 11:00 video 30/1',
      '8: 3 11:00 video 30/2',
      '12: 3 11:00 video 30/4',
    ]);
    expect(lastWeek({ startsOn: '2026-11-25', phases: tapering })).toBe('2027-W18');
    const steps = [{ everyWeeks: 2, weeks: 6, minutes: 15 }];
    expect(short(phasesOf(template({ kind: 'tapering', slot, steps })))).toEqual(['6: 3 11:00 video 15/2']);
  });

  it('is refused where it can never be held', () => {
    const at = (weekday: number, time: string, minutes: number) => ({
      channel: 'video',
      weekday,
      time,
      minutes,
    });
    const weekly = (...slots: object[]) => refusal(() => phasesOf(template({ kind: 'weekly', slots })));
    expect(weekly(at(2, '10:00', 20), at(2, '10:10', 20))).toContain('same time');
    expect(weekly(at(2, '23:50', 20), at(3, '00:00', 20))).toContain('same time');
    expect(weekly(at(2, '10:00', 20), at(2, '10:20', 20))).toBe('not refused');
    expect(weekly({ ...at(2, '10:00', 20), everyWeeks: 3 })).toContain('every week');
    const steps = [
      { weeks: null, weekdays: [1], minutes: 5 },
      { weeks: 2, weekdays: [1], minutes: 10 },
    ];
    expect(refusal(() => phasesOf(template({ kind: 'growing', time: '09:00', steps })))).toContain(
      'last step',
    );
  });

  it('is known again after its phases were changed by hand', () => {
    const slot = (everyWeeks: number): Slot => ({
      channel: 'video',
      weekday: 2,
      time: '10:00',
      minutes: 20,
      everyWeeks,
    });
    expect(kindOf([{ weeks: null, slots: [slot(1), slot(1)] }])).toBe('weekly');
    expect(kindOf([{ weeks: null, slots: [slot(2)] }])).toBe('fortnightly');
    expect(kindOf([{ weeks: null, slots: [slot(1), slot(2)] }])).toBe('custom');
    expect(kindOf([{ weeks: 4, slots: [slot(1)] }])).toBe('custom');
  });
});

describe('the phases of a plan', () => {
  const phases = phasesOf(template({ kind: 'growing', time: '09:30' }));
  const course = { startsOn: '2026-11-25', phases };
  const weeks = (changed: readonly Phase[]) => changed.map((phase) => phase.weeks);

  it('begin in the week of the first day and follow each other', () => {
    const at = (week: string) => findPhase(course, week)?.index ?? null;
    expect(
      ['2026-W47', '2026-W48', '2026-W49', '2026-W50', '2026-W53', '2027-W01', '2031-W01'].map(at),
    ).toEqual([null, 0, 0, 1, 2, 3, 3]);
  });

  it('go on to the next one from a week on', () => {
    expect(weeks(stepFrom(course, '2026-W49'))).toEqual([1, 2, 2, null]);
    expect(weeks(stepFrom(course, '2026-W51'))).toEqual([2, 1, 2, null]);
  });

  it('do not change when the step is due that week anyway', () => {
    expect(stepFrom(course, '2026-W50')).toEqual(phases);
  });

  it('stay longer in one, and the rest comes later', () => {
    expect(weeks(stayLonger(course, '2026-W49', 3))).toEqual([5, 2, 2, null]);
    expect(weeks(stayLonger(course, '2026-W50', 1))).toEqual([3, 2, 2, null]);
  });

  it('are others from a week on, and what was before stays', () => {
    const other = [{ weeks: null, slots: [] }];
    expect(weeks(replaceFrom(course, '2026-W51', other))).toEqual([2, 1, null]);
    expect(replaceFrom(course, '2026-W48', other)).toEqual(other);
    expect(weeks(replaceFrom({ ...course, phases: [{ weeks: 2, slots: [] }] }, '2026-W50', other))).toEqual([
      2,
      null,
    ]);
  });

  it('are not changed where there is nothing to change', () => {
    expect(refusal(() => stepFrom(course, '2026-W48'))).toContain('not begun');
    expect(refusal(() => stepFrom(course, '2027-W02'))).toContain('last step');
    expect(refusal(() => stayLonger(course, '2027-W02', 1))).toContain('further notice');
    expect(refusal(() => replaceFrom(course, '2026-W40', phases))).toContain('later');
    const ending = { ...course, phases: [{ weeks: 2, slots: [] }] };
    expect(refusal(() => replaceFrom(ending, '2026-W51', phases))).toContain('over');
  });
});
