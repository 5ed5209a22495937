import { describe, expect, it } from 'vitest';
import { mondayMorning as now, visitOf } from '../fixture-visits.ts';
import { isUnrecorded, type VisitWish, visitsThatFit } from './find-visit.ts';

const at = (time: string) => `2026-11-${time}:00.000Z`;
const fitting = (visits: Parameters<typeof visitsThatFit>[0], wish: VisitWish) =>
  visitsThatFit(visits, wish, now).map((visit) => visit.id);

const over = visitOf({ id: 'over', at: at('20T09:00') });
const older = visitOf({ id: 'older', at: at('18T09:00') });
const held = visitOf({ id: 'held', at: at('19T09:00'), state: 'held', handOff: 'waiting' });
const today = visitOf({ id: 'today', at: at('23T08:10') });
const afternoon = visitOf({ id: 'afternoon', at: at('23T13:00') });
const proposal = visitOf({ id: 'proposal', at: at('25T09:00'), state: 'proposed' });
const next = visitOf({ id: 'next', at: at('26T09:00') });

describe('a visit that is named by its citizen', () => {
  it('is the open one before all others, to end or turn', () => {
    const open = visitOf({ id: 'open', at: at('23T07:50'), state: 'open' });
    expect(fitting([today, open, next], 'current')).toEqual(['open']);
  });

  it("is today's, to begin; of several the one whose time it is", () => {
    expect(fitting([over, afternoon, next], 'current')).toEqual(['afternoon']);
    expect(fitting([over, today, afternoon, next], 'current')).toEqual(['today']);
  });

  it('is nobody’s choice but the person’s where two of today are equally near', () => {
    const evening = visitOf({ id: 'evening', at: at('23T16:00') });
    expect(fitting([afternoon, evening], 'current')).toEqual(['afternoon', 'evening']);
  });

  it('is the next one, to move, cancel or accept', () => {
    expect(fitting([next, proposal, over], 'coming')).toEqual(['proposal']);
    expect(fitting([next, proposal], 'proposed')).toEqual(['proposal']);
    expect(fitting([next], 'proposed')).toEqual([]);
  });

  it("is, for its call, today's by video, else the next, else the last, and never one that is cancelled", () => {
    const visited = visitOf({ id: 'visited', at: at('23T08:00'), channel: 'physical' });
    const cancelled = visitOf({ id: 'cancelled', at: at('24T08:00'), state: 'cancelled' });
    expect(fitting([held, today, visited, next], 'called')).toEqual(['today']);
    expect(fitting([held, visited, cancelled, next], 'called')).toEqual(['next']);
    expect(fitting([held, visited, cancelled], 'called')).toEqual(['held']);
    expect(fitting([visited, cancelled], 'called')).toEqual([]);
  });

  it('is the last that is over and not recorded, to record', () => {
    expect(fitting([next, over, older, held], 'unrecorded')).toEqual(['over']);
    expect(fitting([held, next], 'unrecorded')).toEqual([]);
  });

  it('is the last that was not recorded where today has none, to tell that it came to nothing', () => {
    expect(fitting([over, older, next], 'missed')).toEqual(['over']);
    expect(fitting([over, today, next], 'missed')).toEqual(['today']);
  });

  it('is the next one where today has none, to turn', () => {
    expect(fitting([over, next], 'turned')).toEqual(['next']);
    expect(fitting([over, today, next], 'turned')).toEqual(['today']);
  });

  it('is the last that was recorded, to hand off, and the next or else the last, to show', () => {
    expect(fitting([over, held, next], 'handed')).toEqual(['held']);
    expect(fitting([over, held, next], 'shown')).toEqual(['next']);
    expect(fitting([over, held], 'shown')).toEqual(['over']);
  });
});

it('a visit waits to be recorded from the minute it is over', () => {
  const visit = visitOf({ at: at('23T07:40') });
  expect(isUnrecorded(visit, new Date('2026-11-23T07:59:59Z'))).toBe(false);
  expect(isUnrecorded(visit, now)).toBe(true);
  expect(isUnrecorded({ ...visit, state: 'held' }, now)).toBe(false);
});
