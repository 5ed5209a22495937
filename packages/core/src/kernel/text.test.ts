import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCprLike, foldName, isCleanText, isEmail, mask, parseDanishPhone, tidyText } from './text.ts';

const two = (n: number): string => String(n).padStart(2, '0');
const cprLike = fc
  .tuple(
    fc.integer({ min: 1, max: 28 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 0, max: 99 }),
    fc.constantFrom('', ' ', '-', ' - ', '–', '\u2011', '\u00a0', '\u2009', '\u2212', '\u200b', '\u00ad'),
    fc.integer({ min: 0, max: 9999 }),
  )
  .map(([d, m, y, gap, n]) => `${two(d)}${two(m)}${two(y)}${gap}${String(n).padStart(4, '0')}`);

describe('findCprLike', () => {
  it('finds the number wherever it stands in a text', () => {
    fc.assert(
      fc.property(
        cprLike,
        fc.constantFrom('', 'cpr ', 'CPR:', 'cpr', '(', 'Åse, ', '🙂'),
        fc.constantFrom('', '.', ' f.', 'x'),
        (cpr, before, after) => {
          expect(findCprLike(before + cpr + after)).toEqual({ index: before.length, length: cpr.length });
        },
      ),
    );
  });

  it.each([
    ['digits of another script', '٠١٠١٨٠-١٢٣٤'],
    ['full-width digits', '０１０１８０－１２３４'],
    ['mathematical digits', '𝟎𝟏𝟎𝟏𝟖𝟎𝟏𝟐𝟑𝟒'],
    ['a zero-width space among the digits', '01\u200b0180-1234'],
    ['29 February in a leap year', '290204-1234'],
    ['a line break between', '010180\n1234'],
    ['a second candidate after one that is no date', '990180-1234 010180-1234'],
  ])('sees through %s', (_, text) => {
    expect(findCprLike(text)).not.toBeNull();
  });

  it.each([
    ['an IMEI', '355015826968862'],
    ['an IMEI that begins with a date', '010180123456789'],
    ['a day that is no date', '320180-1234'],
    ['a month that is no month', '011380-1234'],
    ['29 February in a common year', '290203-1234'],
    ['31 April', '310480-1234'],
    ['a telephone number', '+45 21 51 34 38'],
    ['a telephone number in one', '+4521513438'],
    ['a date and a time', '24-11-2026 10:00'],
    ['an ISO time', '2026-11-24T10:00:00Z'],
    ['a UUID whose parts look like one', 'cd010199-1234-4000-8000-000000000000'],
    ['five digits after', '010180-12345'],
    ['a digit before', '1010180-1234'],
    ['plain words', 'Åse ringer i morgen'],
    ['nothing', ''],
  ])('lets %s pass', (_, text) => {
    expect(findCprLike(text)).toBeNull();
  });

  it('finds one beside a UUID', () => {
    expect(findCprLike('cd010199-1234-4000-8000-000000000000 010180-1234')).toEqual({
      index: 37,
      length: 11,
    });
  });

  it('never throws, and points inside the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        const found = findCprLike(text);
        if (found !== null) expect(found.index + found.length).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it('reads a megabyte of digits in well under a second', () => {
    const started = process.cpuUsage();
    expect(findCprLike('010180-12345 '.repeat(80_000))).toBeNull();
    expect(findCprLike('é010180-12345 '.repeat(8_000))).toBeNull();
    expect(findCprLike(`é123456789 ${'x'.repeat(1_000_000)}`)).toBeNull();
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
  });
});

describe('isCleanText', () => {
  it.each(['Lærke\nKrogh\t§ 85', '', '🙂 👩🏽‍💻', 'Hülya Yıldız'])('takes %j', (text) => {
    expect(isCleanText(text)).toBe(true);
  });

  it.each(['a\0b', 'a\ud800b', '\udc00', 'a\rb', '\u001b[31m', 'a\u007f', 'a\u0085b'])(
    'refuses %j',
    (text) => {
      expect(isCleanText(text)).toBe(false);
    },
  );
});

describe('tidyText', () => {
  it('makes one line of one form', () => {
    expect(tidyText('  A\u030ase \n\t  Krogh\u00a0 ')).toBe('Åse Krogh');
  });

  it('keeps the lines of a longer text', () => {
    expect(tidyText(' en  \r\nto\rtre\t\n\n', { multiline: true })).toBe('en\nto\ntre');
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, multiline) => {
        const once = tidyText(text, { multiline });
        expect(tidyText(once, { multiline })).toBe(once);
      }),
    );
  });
});

describe('mask', () => {
  it.each([
    ['Kirsten Østerg', 'K…(14)'],
    ['', ''],
    ['Bo', '…(2)'],
    ['12345', '1…(5)'],
    ['🙂🙂🙂🙂', '…(4)'],
    ['x'.repeat(41), 'x…(40+)'],
  ])('shows %j as %j', (value, shown) => {
    expect(mask(value)).toBe(shown);
  });

  it('never shows two characters of the value', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zæøå]{2,60}$/), (value) => {
        expect(mask(value)).not.toContain(value.slice(0, 2));
      }),
    );
  });
});

describe('parseDanishPhone', () => {
  it.each([
    ['21 51 34 38', '+4521513438'],
    ['21513438', '+4521513438'],
    ['+45 21-51-34-38', '+4521513438'],
    ['0045 2151 3438', '+4521513438'],
    ['45 21 51 34 38', '+4521513438'],
    ['(+45) 21.51.34.38', '+4521513438'],
    ['45\u00a021\u00a051\u00a034', '+4545215134'],
    ['+46 70 123 45 67', '+46701234567'],
    ['+298 123456', '+298123456'],
  ])('reads %j as %s', (text, number) => {
    expect(parseDanishPhone(text)).toBe(number);
  });

  it.each([
    '12345',
    '01234567',
    '11223344',
    '+45 1234567',
    '+45 11 22 33 44',
    '0046701234567',
    '21513438 lok. 2',
    '21+513438',
    '',
    '215134389',
    '+0123456789',
    '+1234567890123456',
  ])('refuses %j', (text) => {
    expect(parseDanishPhone(text)).toBeNull();
  });

  it('takes back what it gave', () => {
    fc.assert(
      fc.property(fc.integer({ min: 20_000_000, max: 99_999_999 }), (number) => {
        const first = parseDanishPhone(String(number));
        expect(first).toBe(`+45${number}`);
        expect(parseDanishPhone(first ?? '')).toBe(first);
      }),
    );
  });
});

describe('isEmail', () => {
  it.each(['laerke0@example.dk', 'a.b+c@sub.example.co', "o'brien@example.org", 'post@bostøtte.dk'])(
    'takes %s',
    (text) => {
      expect(isEmail(text)).toBe(true);
    },
  );

  it.each([
    'ikke-en-adresse',
    '@example.dk',
    'a@',
    'a@localhost',
    'a..b@example.dk',
    '.a@example.dk',
    'a b@example.dk',
    'a@-x.dk',
    'a@example.dk, b@example.dk',
    `${'a'.repeat(65)}@example.dk`,
    'a@b@example.dk',
    'a@example.dk\n',
  ])('refuses %j', (text) => {
    expect(isEmail(text)).toBe(false);
  });

  it('answers at once on hostile input', () => {
    const started = process.cpuUsage();
    expect(isEmail(`${'a.'.repeat(30)}@${'a-'.repeat(90)}`)).toBe(false);
    // Of its own time: a busy machine's is nobody's fault.
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(100);
  });
});

describe('foldName', () => {
  it.each([
    ['Visiteret (timer/uge)', 'visiteret timer uge'],
    ['  E-MAIL: ', 'e mail'],
    ['weekly_hours', 'weekly hours'],
    ['A\u030ase', 'åse'],
    ['Karl-Åge', 'karl åge'],
    ['SEL § 85', 'sel 85'],
  ])('compares %j as %j', (text, folded) => {
    expect(foldName(text)).toBe(folded);
  });

  it('keeps different letters different', () => {
    expect(foldName('Åse')).not.toBe(foldName('Ase'));
  });
});
