import type { Seat } from '@naer/core/contract/calls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seatOf } from '../fixture-calls.ts';
import { useLanguage } from '../language.ts';
import { pickSeat, whoText } from './seats.ts';

beforeEach(() => useLanguage('da'));
afterEach(() => useLanguage('da'));

const citizen = seatOf({ kind: 'citizen', state: 'waiting' });
const worker = seatOf({ kind: 'worker', initials: 'BM13', state: 'admitted' });
const colleague = seatOf({ kind: 'colleague', role: 'colleague', initials: 'BM07' });
const interpreter = seatOf({ kind: 'guest', role: 'interpreter' });
const relatives = [
  seatOf({ kind: 'guest', role: 'relative', state: 'waiting' }),
  seatOf({ kind: 'guest', role: 'relative' }),
];
const seats: readonly Seat[] = [citizen, worker, colleague, interpreter, ...relatives];

describe('who is meant in a call', () => {
  it.each([
    ['borger', citizen],
    ['Borgeren', citizen],
    ['citizen', citizen],
    ['bm07', colleague],
    ['kollega BM07', colleague],
    ['tolk', interpreter],
    ['interpreter', interpreter],
    [interpreter.id.slice(0, 8), interpreter],
    [relatives[1]?.id ?? '', relatives[1]],
  ])('%s', (text, seat) => expect(pickSeat(seats, text, 'who waits')).toBe(seat));

  it('is, where nobody is named, the only one who waits, or the citizen', () => {
    expect(pickSeat([citizen, worker, interpreter], undefined, 'who waits')).toBe(citizen);
    expect(pickSeat(seats, undefined, 'the citizen')).toBe(citizen);
  });

  it('is asked back, by numbers, where several fit', () => {
    const numbers = relatives.map(({ id }) => `pårørende (${id.slice(0, 8)})`).join(', ');
    expect(() => pickSeat(seats, 'pårørende', 'who waits')).toThrow(
      expect.objectContaining({
        code: 'seat_ambiguous',
        params: expect.objectContaining({ choices: numbers }),
      }),
    );
    expect(() => pickSeat(seats, undefined, 'who waits')).toThrow('seat_ambiguous');
  });

  it('is told to be nobody where nobody waits or nobody fits, and the worker is never meant', () => {
    expect(() => pickSeat([worker, interpreter], undefined, 'who waits')).toThrow('nobody_waits');
    expect(() => pickSeat([worker, interpreter], 'BM13', 'who waits')).toThrow(
      expect.objectContaining({ code: 'seat_unknown', params: { who: 'BM13', known: 'tolk' } }),
    );
  });

  it('is shown by what they are, never by a name', () => {
    expect(seats.slice(0, 4).map(whoText)).toEqual([
      'borgeren',
      'medarbejderen BM13',
      'kollega BM07',
      'tolk',
    ]);
    expect(whoText(seatOf({ kind: 'guest', role: null }))).toBe('gæst');
  });
});
