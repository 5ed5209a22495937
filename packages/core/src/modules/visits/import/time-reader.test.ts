import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLocal } from '../../../kernel/time-zone.ts';
import { createTimeReader } from './time-reader.ts';

describe('clock times of many rows', () => {
  it('are those of the wall clock, also on days when clocks change', () => {
    const read = createTimeReader();
    const days = fc.oneof(
      fc.constantFrom('2026-03-29', '2026-10-25', '2026-03-28', '2026-10-26'),
      fc
        .date({ min: new Date('2000-01-01'), max: new Date('2100-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
    );
    fc.assert(
      fc.property(days, fc.nat(23), fc.nat(59), (day, hour, minute) => {
        const time = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
        expect(read(day, time)).toEqual(fromLocal(`${day}T${time}`));
      }),
      { numRuns: 500 },
    );
  });
});
