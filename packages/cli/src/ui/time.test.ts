import { parseTimePhrase } from '@naer/core/contract/time-phrase';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useLanguage } from '../language.ts';
import { shortSpan } from './time.ts';

afterEach(() => {
  useLanguage('da');
  vi.useRealTimers();
});

describe('a time in a table', () => {
  it('is short in either language', () => {
    vi.useFakeTimers({ now: new Date('2026-11-22T08:00:00Z') });
    const time = ['2026-11-24T09:00:00Z', '2026-11-24T09:30:00Z'] as const;
    expect(shortSpan(...time)).toBe('tir 24. nov 10.00–10.30');
    useLanguage('en');
    expect(shortSpan(...time)).toBe('Tue 24 Nov, 10:00–10:30');
  });

  it('is read back to the same moments, at any time of the year and whenever it was written', () => {
    const minutes = fc.integer({ min: Date.UTC(2026, 0, 1) / 60_000, max: Date.UTC(2028, 0, 1) / 60_000 });
    void fc.assert(
      fc.property(
        minutes,
        fc.integer({ min: -400, max: 400 }),
        fc.integer({ min: 5, max: 720 }),
        fc.constantFrom('da' as const, 'en' as const),
        (start, days, length, language) => {
          const now = new Date((start + days * 1440) * 60_000);
          vi.useFakeTimers({ now });
          useLanguage(language);
          const [startsAt, endsAt] = [new Date(start * 60_000), new Date((start + length) * 60_000)];
          const phrase = shortSpan(startsAt.toISOString(), endsAt.toISOString());
          expect(parseTimePhrase(phrase, { now }), phrase).toMatchObject({
            kind: 'range',
            start: startsAt,
            end: endsAt,
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});
