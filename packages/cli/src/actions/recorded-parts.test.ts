import { describe, expect, it } from 'vitest';
import { mondayMorning as now, visitOf } from '../fixture-visits.ts';
import { readParts } from './recorded-parts.ts';

// Thursday the 19th, 10.00 to 10.20.
const visit = visitOf({ at: '2026-11-19T09:00:00.000Z' });
const none = {
  channel: undefined,
  minutes: undefined,
  from: undefined,
  to: undefined,
  travel: undefined,
  parts: [],
};
const time = (clock: string) => `2026-11-19T${clock}:00.000Z`;

describe('the times of a visit that is recorded', () => {
  it('are left to the service where none are told', () =>
    expect(readParts(visit, none, now)).toBeUndefined());

  it('are so many minutes from the planned start', () => {
    expect(readParts(visit, { ...none, minutes: 25 }, now)).toEqual([
      { kind: 'video', startsAt: time('09:00'), endsAt: time('09:25') },
    ]);
  });

  it('are those of the day of the visit, by the channel that it was, with the way before', () => {
    const told = { ...none, from: '10.05', to: '10.30', travel: 15, channel: 'physical' as const };
    expect(readParts(visit, told, now)).toEqual([
      { kind: 'travel', startsAt: time('08:50'), endsAt: time('09:05') },
      { kind: 'physical', startsAt: time('09:05'), endsAt: time('09:30') },
    ]);
  });

  it('keep their end where only the beginning was another', () => {
    expect(readParts(visit, { ...none, from: '10.05' }, now)).toEqual([
      { kind: 'video', startsAt: time('09:05'), endsAt: time('09:20') },
    ]);
  });

  it('may be told part by part, in Danish or English', () => {
    const parts = ['video:10.00-10.12', 'vejtid:10.12-10.30', 'physical:10:30-11:00'];
    expect(readParts(visit, { ...none, parts }, now)).toEqual([
      { kind: 'video', startsAt: time('09:00'), endsAt: time('09:12') },
      { kind: 'travel', startsAt: time('09:12'), endsAt: time('09:30') },
      { kind: 'physical', startsAt: time('09:30'), endsAt: time('10:00') },
    ]);
    expect(() => readParts(visit, { ...none, parts: ['video:10.00'] }, now)).toThrow('part_unreadable');
  });
});
