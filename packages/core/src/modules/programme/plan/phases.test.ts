import { describe, expect, it } from 'vitest';
import { type ActivityStatus, handbookActivities } from '../../../contract/index.ts';
import { notStarted } from './activities.ts';
import { isTrialNear, type PlanFacts, phaseOn, trackOn } from './phases.ts';
import type { ActivityRow } from './plan-store.ts';

const at = '2026-11-24';
const told = (code: string, status: ActivityStatus, on: string | null): ActivityRow => ({
  ...notStarted(code),
  status,
  startsOn: status === 'under-way' ? on : null,
  doneOn: status === 'done' ? on : null,
});
const facts = (
  more: Partial<PlanFacts> & { readonly trialOn?: string | null; readonly endsOn?: string | null },
): PlanFacts => ({
  at,
  activities: [],
  decisions: [],
  programme: { startsOn: '2026-01-05', trialOn: more.trialOn ?? null, endsOn: more.endsOn ?? null },
  ...more,
});

describe('the phase', () => {
  const delivery = { kind: 'delivery', choice: 'supplement', on: '2026-02-01' } as const;
  it.each<[string, Parameters<typeof facts>[0], string, string | null]>([
    ['nothing was told', {}, 'exploration', '2026-01-05'],
    ['the programme has not begun', { at: '2025-12-01' }, 'exploration', null],
    ['it is decided how visits are delivered', { decisions: [delivery] }, 'installation', '2026-02-01'],
    [
      'another decision was made',
      { decisions: [{ ...delivery, kind: 'equipment', choice: 'loans' }] },
      'exploration',
      '2026-01-05',
    ],
    [
      'preparation has begun',
      { activities: [told('F4', 'under-way', '2026-01-20')], decisions: [delivery] },
      'installation',
      '2026-01-20',
    ],
    [
      'the day of the trial has come',
      { trialOn: '2026-11-24', decisions: [delivery] },
      'trial',
      '2026-11-24',
    ],
    [
      'the trial is tomorrow, though training goes on',
      { trialOn: '2026-11-25', decisions: [delivery], activities: [told('I3', 'under-way', '2026-11-01')] },
      'installation',
      '2026-02-01',
    ],
    [
      'no day of a trial is named and implementation has begun',
      { activities: [told('I1', 'done', '2026-05-01')] },
      'trial',
      '2026-05-01',
    ],
    [
      'standing follow-up has begun',
      { trialOn: '2026-03-01', activities: [told('D1', 'under-way', '2026-10-01')] },
      'full-implementation',
      '2026-10-01',
    ],
    [
      'the programme is over',
      { trialOn: '2026-03-01', endsOn: '2026-10-31' },
      'full-implementation',
      '2026-11-01',
    ],
    ['it is the last day', { trialOn: '2026-03-01', endsOn: '2026-11-24' }, 'trial', '2026-03-01'],
  ])('when %s', (_name, more, phase, since) => {
    expect(phaseOn(facts(more))).toEqual({ phase, since });
  });
});

describe('a trial is near', () => {
  it.each([
    ['2026-12-22', true],
    ['2026-12-23', false],
    ['2026-03-01', true],
  ])('when it begins on %s: %s', (trialOn, near) => {
    const asked = facts({ trialOn });
    expect(isTrialNear(asked, phaseOn(asked).phase)).toBe(near);
  });

  it('not any more in full implementation', () => {
    expect(isTrialNear(facts({ trialOn: '2026-03-01' }), 'full-implementation')).toBe(false);
  });
});

describe('a track', () => {
  const all = (status: ActivityStatus) => handbookActivities.map((code) => told(code, status, '2026-10-01'));
  const but = (...codes: string[]) =>
    all('done').map((row) => (codes.includes(row.code) ? notStarted(row.code) : row));

  it('counts what is done of what is relevant', () => {
    expect(trackOn('it', all('done'))).toEqual({ track: 'it', done: 4, of: 4, ready: true });
    expect(trackOn('method', all('not-started'))).toEqual({ track: 'method', done: 0, of: 15, ready: false });
    expect(
      trackOn('it', [...but('F4').filter(({ code }) => code !== 'F4'), told('F4', 'not-relevant', null)]),
    ).toEqual({
      track: 'it',
      done: 3,
      of: 3,
      ready: true,
    });
  });

  it.each([
    ['F8', { it: false, method: true }],
    ['F5', { it: true, method: false }],
    ['F9', { it: false, method: false }],
    ['I3', { it: false, method: false }],
    ['I1', { it: true, method: true }],
    ['D1', { it: true, method: true }],
  ])('is ready for a trial without %s: %o', (code, ready) => {
    const rows = but(code);
    expect({ it: trackOn('it', rows).ready, method: trackOn('method', rows).ready }).toEqual(ready);
  });

  it('is ready once practice has begun, though it goes on', () => {
    const rows = all('done').map((row) => (row.code === 'I3' ? told('I3', 'under-way', '2026-11-01') : row));
    expect(trackOn('method', rows).ready).toBe(true);
  });
});
