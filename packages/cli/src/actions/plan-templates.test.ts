import { describe, expect, it } from 'vitest';
import { mondayMorning as now } from '../fixture-visits.ts';
import { readTemplate, type TemplateWish, templateStart } from './plan-templates.ts';

const wish = (given: Partial<TemplateWish>): TemplateWish => ({
  kind: undefined,
  file: undefined,
  at: [],
  minutes: undefined,
  channel: undefined,
  calls: [],
  callChannel: undefined,
  steps: undefined,
  ...given,
});
const context = { now, minutes: async () => 35 };
const read = (given: Partial<TemplateWish>) => readTemplate(wish(given), context);

describe('a plan on the command line', () => {
  it('is weekly at the first times, each as long as it says, and asks once where none says', async () => {
    expect(await read({ kind: 'weekly', at: ['tirsdag 10-10.20', 'torsdag 14', 'fredag 9'] })).toEqual({
      kind: 'weekly',
      slots: [
        { channel: 'video', weekday: 2, time: '10:00', minutes: 20 },
        { channel: 'video', weekday: 4, time: '14:00', minutes: 35 },
        { channel: 'video', weekday: 5, time: '09:00', minutes: 35 },
      ],
    });
  });

  it('grows by the usual steps, or by its own', async () => {
    expect(await read({ kind: 'growing', at: ['mandag 9.30'] })).toEqual({
      kind: 'growing',
      channel: 'video',
      time: '09:30',
      steps: undefined,
    });
    expect(
      await read({ kind: 'growing', at: ['mandag 9.30'], steps: '2:ma-fr:5, 4:ma,on,fr:10, :ti:30' }),
    ).toMatchObject({
      steps: [
        { weeks: 2, weekdays: [1, 2, 3, 4, 5], minutes: 5 },
        { weeks: 4, weekdays: [1, 3, 5], minutes: 10 },
        { weeks: null, weekdays: [2], minutes: 30 },
      ],
    });
  });

  it('splits a visit in person into a visit and calls by video', async () => {
    expect(
      await read({ kind: 'split', at: ['mandag 10-11'], calls: ['onsdag 10-10.15', 'fredag 10-10.15'] }),
    ).toEqual({
      kind: 'split',
      visit: { channel: 'physical', weekday: 1, time: '10:00', minutes: 60 },
      calls: [
        { channel: 'video', weekday: 3, time: '10:00', minutes: 15 },
        { channel: 'video', weekday: 5, time: '10:00', minutes: 15 },
      ],
    });
  });

  it('tapers off', async () => {
    expect(await read({ kind: 'tapering', at: ['torsdag 14-14.30'], steps: '1:4, 2:8:20' })).toMatchObject({
      slot: { weekday: 4, time: '14:00', minutes: 30 },
      steps: [
        { everyWeeks: 1, weeks: 4 },
        { everyWeeks: 2, weeks: 8, minutes: 20 },
      ],
    });
  });

  it.each<Partial<TemplateWish>>([
    { at: ['mandag 10'] },
    { kind: 'weekly' },
    { kind: 'split', at: ['mandag 10-11'] },
  ])('says what it lacks: %j', async (given) => {
    await expect(read(given)).rejects.toMatchObject({ code: 'usage' });
  });

  it.each(['2:hest:5', 'ma:5', '2:ma-fr'])('does not guess at the step "%s"', async (steps) => {
    await expect(read({ kind: 'growing', at: ['mandag 9'], steps })).rejects.toMatchObject({
      code: 'steps_unreadable',
    });
  });

  it('begins on the earliest of its first days', () => {
    expect(templateStart(['torsdag 14', 'tirsdag 10'], now)).toBe('2026-11-24');
    expect(templateStart([], now)).toBe('2026-11-23');
  });
});
