import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mondayMorning } from '../fixture-visits.ts';
import { commandWith, nearestLines } from './pasteable.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: mondayMorning, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const nearest = [{ startsAt: '2026-11-24T09:20:00.000Z', endsAt: '2026-11-24T09:40:00.000Z' }];
const again = (...argv: string[]) => nearestLines(nearest, argv)[1];

describe('a refused time comes back as the same command', () => {
  it('with the new time in the place of the old, and no length beside it', () => {
    expect(
      again('visits', 'plan', 'B-7KQ25', '--minutes', '20', '--video', 'tirsdag 10', '--room', 'any'),
    ).toBe('  naer visits plan B-7KQ25 --video "tir 24. nov 10.20–10.40" --room any');
    expect(again('visits', 'plan', 'B-7KQ25', '--phone=tirsdag 10', '--minutes=20')).toBe(
      '  naer visits plan B-7KQ25 "--phone=tir 24. nov 10.20–10.40"',
    );
  });

  it('also where the time stands by itself, behind the visit', () => {
    expect(again('visits', 'move', '3f0c2a52', 'onsdag 11', '--room', 'Boks 10')).toBe(
      '  naer visits move 3f0c2a52 "tir 24. nov 10.20–10.40" --room "Boks 10"',
    );
    expect(again('visits', 'propose', 'B-7KQ25', '--by', 'citizen', 'onsdag 11')).toBe(
      '  naer visits propose B-7KQ25 --by citizen "tir 24. nov 10.20–10.40"',
    );
  });

  it('and as the time alone where the command named none', () => {
    expect(again('visits', 'turn', '3f0c2a52', '--video', '--room', 'any')).toBe('  tir 24. nov 10.20–10.40');
  });

  it('not at all where there is none', () => expect(nearestLines([], ['visits'])).toEqual([]));
});

it('a word that a shell would read otherwise is quoted', () => {
  expect(
    commandWith(['visits', 'plan', 'B-7KQ25', '--with', 'colleague:BM07', '--room', 'a$b'], '--anyway'),
  ).toBe('  naer visits plan B-7KQ25 --with colleague:BM07 --room "a\\$b" --anyway');
});
