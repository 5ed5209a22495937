import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  choiceCell,
  clockTimeCell,
  decimalCell,
  listCell,
  phoneCell,
  wholeNumberCell,
  yesNoCell,
} from './cells.ts';
import { dateCell, dateTimeCell } from './date-cells.ts';
import type { CellParser } from './shape.ts';

const context = { dateOrder: 'danish' } as const;
const read = (cell: CellParser<unknown>, text: string): unknown => {
  const parsed = cell.parse(text, context);
  return parsed.ok ? parsed.value : parsed.reason;
};

describe('numbers', () => {
  it.each([
    ['4,5', 4.5],
    ['4.5', 4.5],
    ['37', 37],
    ['1.234,5', 1234.5],
    ['1,234.5', 1234.5],
    ['1 234,5', 1234.5],
    ['1.234.567', 1_234_567],
    ['0,125', 0.125],
    ['-1', -1],
    ['\u22121', -1],
    ['1.234', 'ambiguous_number'],
    ['1,234', 'ambiguous_number'],
    ['to', 'not_a_number'],
    ['4,5,6', 'not_a_number'],
    ['1e5', 'not_a_number'],
    ['0x10', 'not_a_number'],
    ['1.23,4.5', 'not_a_number'],
    ['9'.repeat(21), 'not_a_number'],
    ['0,1234', 'too_many_decimals'],
  ])('%s is %s', (text, value) => {
    expect(read(decimalCell({ decimals: 3 }), text)).toBe(value);
  });

  it('keep their limits', () => {
    const hours = decimalCell({ min: 0, max: 168, decimals: 2 });
    expect([read(hours, '-1'), read(hours, '168'), read(hours, '168,01'), read(hours, '0,3')]).toEqual([
      'too_small',
      168,
      'too_large',
      0.3,
    ]);
    expect([read(wholeNumberCell(), '2,5'), read(wholeNumberCell({ min: 1 }), '0')]).toEqual([
      'not_a_whole_number',
      'too_small',
    ]);
  });

  it('are read as Danes write them', () => {
    const money = new Intl.NumberFormat('da-DK', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    fc.assert(
      fc.property(fc.integer({ min: -99_999_999, max: 99_999_999 }), (cents) => {
        expect(read(decimalCell({ decimals: 2 }), money.format(cents / 100))).toBeCloseTo(cents / 100, 6);
      }),
    );
  });
});

describe('words', () => {
  it.each([
    ['ja', true],
    ['NEJ', false],
    ['yes', true],
    ['no', false],
    ['1', true],
    ['0', false],
    ['x', true],
    ['True', true],
    ['måske', 'not_yes_or_no'],
  ])('%s is %s', (text, value) => {
    expect(read(yesNoCell, text)).toBe(value);
  });

  it('of a closed list go by any name', () => {
    const internet = choiceCell({ good: ['god'], weak: ['svag', 'dårlig'], none: ['ingen'] });
    expect(['God', 'weak', ' DÅRLIG ', 'middel'].map((word) => read(internet, word))).toEqual([
      'good',
      'weak',
      'weak',
      'not_in_list',
    ]);
    expect(internet.parse('middel', context)).toMatchObject({ params: { allowed: 'god, svag, ingen' } });
  });

  it('may stand several in a cell, each once', () => {
    const roles = listCell(choiceCell({ leader: ['leder'], coordinator: ['tovholder'] }));
    expect(read(roles, 'leder; tovholder|leder,')).toEqual(['leader', 'coordinator']);
    expect(read(roles, 'leder;chef')).toBe('not_in_list');
  });
});

describe('times', () => {
  it.each([
    ['07:30', '07:30'],
    ['7.30', '07:30'],
    ['7', '07:00'],
    ['07:30:00', '07:30'],
    ['kl. 7.30', '07:30'],
    ['24:00', '24:00'],
    ['24:01', 'not_a_clock_time'],
    ['7:60', 'not_a_clock_time'],
    ['7:3', 'not_a_clock_time'],
    ['halv otte', 'not_a_clock_time'],
  ])('%s is %s', (text, value) => {
    expect(read(clockTimeCell, text)).toBe(value);
  });

  it.each([
    ['01-07-2026 06:00', '2026-07-01T06:00:00'],
    ['2026-07-01T18:05:09.123', '2026-07-01T18:05:09'],
    ['01/07/2026 12:00:00 AM', '2026-07-01T00:00:00'],
    ['01/07/2026 12:00:00 PM', '2026-07-01T12:00:00'],
    ['01/07/2026 13:00:00 PM', 'not_a_date'],
    ['01/07/2026', 'not_a_date'],
    ['31/06/2026 10:00', 'no_such_date'],
  ])('%s is %s', (text, value) => {
    expect(read(dateTimeCell, text)).toBe(value);
  });

  it('every day of the calendar is read in each way of writing it', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-01'), max: new Date('2100-12-31'), noInvalidDate: true }),
        (date) => {
          const day = date.toISOString().slice(0, 10);
          const [y, m, d] = day.split('-');
          for (const text of [day, `${d}-${m}-${y}`, `${d}/${m}/${y}`, `${d}.${m}.${y}`])
            expect(read(dateCell(), text)).toBe(day);
          expect(dateCell().parse(`${m}/${d}/${y}`, { dateOrder: 'american' })).toEqual({
            ok: true,
            value: day,
          });
        },
      ),
    );
  });
});

describe('any text', () => {
  it('is read or refused by every cell, never thrown at', () => {
    const cells = [
      yesNoCell,
      clockTimeCell,
      phoneCell,
      dateCell(),
      dateTimeCell,
      decimalCell({ decimals: 2 }),
      wholeNumberCell(),
      listCell(yesNoCell),
    ];
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom<(typeof cells)[number]>(...cells),
        (text, cell) => {
          expect(cell.parse(text, context)).toHaveProperty('ok');
        },
      ),
    );
  });
});
