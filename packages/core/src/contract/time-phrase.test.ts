import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, fromLocal, localDay, toLocal, wallTimeKind } from '../kernel/time-zone.ts';
import { formatTimeRange, parseTimePhrase, timePhraseReasons } from './time-phrase.ts';

/** A Sunday in week 47, 13.00 on Danish clocks. */
const now = new Date('2026-11-22T12:00:30Z');

function read(text: string, at: Date = now): string {
  const phrase = parseTimePhrase(text, { now: at });
  if (!phrase.ok) return phrase.reason;
  const local = (instant: Date): string =>
    toLocal(instant).toPlainDateTime().toString({ smallestUnit: 'minute' });
  switch (phrase.kind) {
    case 'moment':
      return local(phrase.start);
    case 'range':
      return `${local(phrase.start)} ${local(phrase.end)}`;
    case 'day':
      return phrase.date;
    case 'duration':
      return `${phrase.minutes} min`;
  }
}

describe('parseTimePhrase', () => {
  it.each([
    ['i morgen 10:00', '2026-11-23T10:00'],
    ['I morgen kl. 10', '2026-11-23T10:00'],
    ['i overmorgen 8', '2026-11-24T08:00'],
    ['i går 10', '2026-11-21T10:00'],
    ['tirsdag uge 48 9-9.30', '2026-11-24T09:00 2026-11-24T09:30'],
    ['uge 48 tirsdag 9-9.30', '2026-11-24T09:00 2026-11-24T09:30'],
    ['tirsdag i uge 2 kl. 9', '2027-01-12T09:00'],
    ['mandag uge 53 2026 9', '2026-12-28T09:00'],
    ['tirsdag 10', '2026-11-24T10:00'],
    ['på fredag kl. 14', '2026-11-27T14:00'],
    ['i dag 15.15-16', '2026-11-22T15:15 2026-11-22T16:00'],
    ['24/11 10.00', '2026-11-24T10:00'],
    ['24/11-2026 kl. 10', '2026-11-24T10:00'],
    ['24-11-2026 10.00', '2026-11-24T10:00'],
    ['24.11.26 10.00', '2026-11-24T10:00'],
    ['24.11 10.00', '2026-11-24T10:00'],
    ['tirsdag d. 24.11. kl. 10.00', '2026-11-24T10:00'],
    ['24. november 2026 kl 10', '2026-11-24T10:00'],
    ['tirsdag den 24. november kl. 10', '2026-11-24T10:00'],
    ['den 24. kl. 10', '2026-11-24T10:00'],
    ['d. 21. kl 10', '2026-12-21T10:00'],
    ['21. november 10.00', '2027-11-21T10:00'],
    ['29/2 10.00', '2028-02-29T10:00'],
    ['om 20 minutter', '2026-11-22T13:20'],
    ['om en halv time', '2026-11-22T13:30'],
    ['om 2 dage kl. 10', '2026-11-24T10:00'],
    ['om en uge 10', '2026-11-29T10:00'],
    ['mandag 8-8.45', '2026-11-23T08:00 2026-11-23T08:45'],
    ['mandag fra 8 til 8.45', '2026-11-23T08:00 2026-11-23T08:45'],
    ['kl. 10-11 på tirsdag', '2026-11-24T10:00 2026-11-24T11:00'],
    ['tirsdag i næste uge kl. 9', '2026-11-24T09:00'],
    ['halv 10 i morgen', '2026-11-23T09:30'],
    ['tirsdag kl. 0930', '2026-11-24T09:30'],
    ['tirsdag 10 i 45 min', '2026-11-24T10:00 2026-11-24T10:45'],
    ['i morgen 10:00, 1 time', '2026-11-23T10:00 2026-11-23T11:00'],
    ['i morgen 23.00-24.00', '2026-11-23T23:00 2026-11-24T00:00'],
    ['nu', '2026-11-22T13:00'],
    ['nu i 30 min', '2026-11-22T13:00 2026-11-22T13:30'],
    ['nu til 14', '2026-11-22T13:00 2026-11-22T14:00'],
    ['kl. 14', '2026-11-22T14:00'],
    ['kl. 12', '2026-11-23T12:00'],
    ['tirsdag kl. 23 - onsdag kl. 1', '2026-11-24T23:00 2026-11-25T01:00'],
    ['i morgen', '2026-11-23'],
    ['søndag', '2026-11-22'],
    ['næste søndag', '2026-11-29'],
    ['24/11', '2026-11-24'],
  ])('reads »%s«', (text, meaning) => {
    expect(read(text)).toBe(meaning);
  });

  it.each([
    ['tomorrow 10am', '2026-11-23T10:00'],
    ['10 a.m. tomorrow', '2026-11-23T10:00'],
    ['next tuesday 9:30-10', '2026-11-24T09:30 2026-11-24T10:00'],
    ['Tuesday week 48 9:00', '2026-11-24T09:00'],
    ['tuesday 2-3pm', '2026-11-24T14:00 2026-11-24T15:00'],
    ['tuesday 11-1pm', '2026-11-24T11:00 2026-11-24T13:00'],
    ['tuesday 10 to 11', '2026-11-24T10:00 2026-11-24T11:00'],
    ['12am on 25 November', '2026-11-25T00:00'],
    ['November 24 10:00', '2026-11-24T10:00'],
    ['the 24th at 10', '2026-11-24T10:00'],
    ['24th of november 2026, 10:00 for 30 minutes', '2026-11-24T10:00 2026-11-24T10:30'],
    ['in 20 minutes', '2026-11-22T13:20'],
    ['in two days at 9', '2026-11-24T09:00'],
    ['now', '2026-11-22T13:00'],
    ['monday next week 9', '2026-11-23T09:00'],
  ])('reads "%s"', (text, meaning) => {
    expect(read(text)).toBe(meaning);
  });

  it.each([
    ['2026-11-24T10:00', '2026-11-24T10:00'],
    ['2026-11-24 10:00', '2026-11-24T10:00'],
    ['2026-11-24T10:00:00.000Z', '2026-11-24T11:00'],
    ['2026-11-24 10:00+01:00', '2026-11-24T10:00'],
    ['2026-11-24T10:00-05:00', '2026-11-24T16:00'],
    ['2026-11-24 10:00-10:30', '2026-11-24T10:00 2026-11-24T10:30'],
    ['2026-11-24T10:00/2026-11-24T10:30', '2026-11-24T10:00 2026-11-24T10:30'],
    ['2026-11-24T09:00Z/2026-11-24T09:30Z', '2026-11-24T10:00 2026-11-24T10:30'],
    ['2026-11-24', '2026-11-24'],
  ])('reads ISO 8601 %s', (text, meaning) => {
    expect(read(text)).toBe(meaning);
  });

  it.each([
    ['30 min', '30 min'],
    ['30 minutter', '30 min'],
    ['1 time', '60 min'],
    ['2 timer', '120 min'],
    ['1t30', '90 min'],
    ['1 time og 30 min', '90 min'],
    ['1,5 time', '90 min'],
    ['1½ time', '90 min'],
    ['halvanden time', '90 min'],
    ['en halv time', '30 min'],
    ['et kvarter', '15 min'],
    ['an hour', '60 min'],
    ['1h', '60 min'],
    ['45m', '45 min'],
  ])('reads the length %s', (text, meaning) => {
    expect(read(text)).toBe(meaning);
  });

  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['snart', 'not_understood'],
    ['i morgen 10 eller 11', 'not_understood'],
    ['x'.repeat(5000), 'not_understood'],
    ['31/2 10.00', 'no_such_date'],
    ['2026-02-30T10:00', 'no_such_date'],
    ['2026-02-30T10:00Z', 'no_such_date'],
    ['tirsdag uge 54 10', 'no_such_date'],
    ['mandag uge 53 2025 9', 'no_such_date'],
    ['11/24/2026 10:00', 'no_such_date'],
    ['i morgen 25.00', 'no_such_time'],
    ['i morgen 10.75', 'no_such_time'],
    ['tomorrow 13pm', 'no_such_time'],
    ['i morgen kl. 24', 'no_such_time'],
    ['onsdag 24. november 2026 kl. 10', 'weekday_mismatch'],
    ['onsdag den 24. kl. 10', 'weekday_mismatch'],
    ['i morgen 11-10', 'end_before_start'],
    ['i morgen 10-10', 'end_before_start'],
    ['24/11/1999 10:00', 'out_of_range'],
    ['1/1/2101 10:00', 'out_of_range'],
    ['9999-12-31T23:59Z', 'out_of_range'],
    ['0 min', 'duration_out_of_range'],
    ['om 9999 timer', 'duration_out_of_range'],
  ])('refuses "%s" as %s', (text, reason) => {
    expect(read(text)).toBe(reason);
    expect(timePhraseReasons).toHaveProperty(reason);
  });

  it('takes today for a weekday whose time is still ahead, and next week otherwise', () => {
    expect(read('søndag kl. 14')).toBe('2026-11-22T14:00');
    expect(read('søndag kl. 13')).toBe('2026-11-29T13:00');
    expect(read('søndag 9-10')).toBe('2026-11-29T09:00 2026-11-29T10:00');
  });

  it('finds the end of the year and the turn of the ISO year', () => {
    const newYearsEve = new Date('2026-12-31T12:00:00Z');
    expect(read('i morgen 10', newYearsEve)).toBe('2027-01-01T10:00');
    expect(read('fredag uge 53 10', newYearsEve)).toBe('2027-01-01T10:00');
    expect(read('mandag uge 1 10', newYearsEve)).toBe('2027-01-04T10:00');
  });
});

describe('the night in March when an hour is skipped', () => {
  const before = new Date('2026-03-28T12:00:00Z');

  it('refuses the skipped hour and says why', () => {
    expect(read('i morgen 2.30', before)).toBe('skipped_by_summer_time');
    expect(read('2026-03-29T02:00', before)).toBe('skipped_by_summer_time');
    expect(read('29/3 1-2.30', before)).toBe('skipped_by_summer_time');
  });

  it('counts a length over it in real minutes', () => {
    expect(read('i morgen 1.30 i 1 time', before)).toBe('2026-03-29T01:30 2026-03-29T03:30');
  });
});

describe('the night in October when an hour is repeated', () => {
  const before = new Date('2026-10-24T12:00:00Z');
  const parse = (text: string) => parseTimePhrase(text, { now: before });

  it('takes the first of the two and says so', () => {
    expect(parse('i morgen 2.30')).toEqual({
      ok: true,
      kind: 'moment',
      start: new Date('2026-10-25T00:30:00Z'),
      ambiguous: true,
    });
    expect(parse('i morgen 1.30-2.30')).toMatchObject({
      end: new Date('2026-10-25T00:30:00Z'),
      ambiguous: true,
    });
    expect(parse('i morgen 1.30')).toMatchObject({ ambiguous: false });
  });

  it('takes the one that is named', () => {
    expect(parse('i morgen 2.30 vintertid')).toMatchObject({
      start: new Date('2026-10-25T01:30:00Z'),
      ambiguous: false,
    });
    expect(parse('tomorrow 2:30 (summer time)')).toMatchObject({ start: new Date('2026-10-25T00:30:00Z') });
    expect(parse('1. november 10.00 sommertid')).toEqual({ ok: false, reason: 'no_such_time' });
  });
});

const minute = fc
  .integer({ min: Date.UTC(2000, 0, 2) / 60_000, max: Date.UTC(2100, 11, 20) / 60_000 })
  .map((minutes) => new Date(minutes * 60_000));
// The nights of both changes, to the minute, are as likely as all the rest.
const nearChange = fc
  .tuple(
    fc.constantFrom('2026-03-29', '2026-10-25', '2027-03-28', '2027-10-31'),
    fc.integer({ min: -120, max: 360 }),
  )
  .map(([day, offset]) => new Date(fromLocal(`${day}T00:00`).getTime() + offset * 60_000));

describe('what is written is read back', () => {
  it('to the same instants, in both languages, with and without the year', () => {
    fc.assert(
      fc.property(
        fc.oneof(minute, nearChange),
        fc.integer({ min: 1, max: 3 * 1440 }),
        fc.constantFrom('da' as const, 'en' as const),
        fc.option(fc.integer({ min: -400 * 1440, max: 400 * 1440 }), { nil: undefined }),
        (start, length, language, sinceStart) => {
          const end = new Date(start.getTime() + length * 60_000);
          const at = new Date(start.getTime() + (sinceStart ?? 0) * 60_000);
          const text = formatTimeRange(start, end, language, sinceStart === undefined ? {} : { now: at });
          expect(parseTimePhrase(text, { now: at }), text).toEqual({
            ok: true,
            kind: 'range',
            start,
            end,
            ambiguous: false,
          });
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('as ISO 8601 too', () => {
    fc.assert(
      fc.property(minute, (start) => {
        expect(parseTimePhrase(start.toISOString(), { now })).toMatchObject({ kind: 'moment', start });
      }),
    );
  });

  it('for a weekday within the coming seven days', () => {
    const hour = fc.integer({ min: 4, max: 23 });
    fc.assert(
      fc.property(minute, fc.integer({ min: 1, max: 7 }), hour, (at, days, clock) => {
        const day = addDays(localDay(at), days);
        const start = fromLocal(`${day}T${String(clock).padStart(2, '0')}:00`);
        const name = formatTimeRange(start, start, 'da').split(' ')[0] ?? '';
        const phrase = parseTimePhrase(`${days === 7 ? 'næste ' : ''}${name} kl. ${clock}`, { now: at });
        expect(phrase).toMatchObject({ ok: true, start });
      }),
    );
  });
});

describe('any text', () => {
  const words = fc.constantFrom(
    ...'i morgen dag om på næste next tirsdag uge week 48 53 24. november feb maj 29/2 24/11-2026 2026-11-24 9-9.30 10 10:00 kl. am pm - til to t30 1t 1,5 min time timer en halv nu now den d. sommertid vintertid / : . , + z 99 0 24:00'.split(
      ' ',
    ),
  );
  const phrase = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 9 }).map((list) => list.join(' ')),
    fc.array(words, { maxLength: 9 }).map((list) => list.join('')),
  );

  it('is read or refused, never thrown at; what is read is in order and exists', () => {
    fc.assert(
      fc.property(phrase, fc.oneof(minute, nearChange), (text, at) => {
        const found = parseTimePhrase(text, { now: at });
        if (!found.ok || found.kind === 'duration') return;
        expect(wallTimeKind(toLocal(found.start).toPlainDateTime())).not.toBe('never');
        expect(toLocal(found.start).year).toBeGreaterThanOrEqual(2000);
        expect(toLocal(found.start).year).toBeLessThanOrEqual(2100);
        if (found.kind !== 'moment') expect(found.end.getTime()).toBeGreaterThan(found.start.getTime());
      }),
      { numRuns: 3000 },
    );
  });
});
