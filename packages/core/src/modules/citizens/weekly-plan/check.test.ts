import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DomainError } from '../../../kernel/errors.ts';
import { checkPlan } from './check.ts';
import { makeJpeg, makePdf, makePng } from './fixture.ts';

/** Pages, or why it was refused. */
const outcomeOf = (file: Buffer): unknown => {
  try {
    return checkPlan(file).pages;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'file_not_usable') return error.params.kind;
    throw error;
  }
};
const pdf = makePdf(['Mandag', 'Tirsdag']);
const packed = makePdf(['Mandag', 'Tirsdag', 'Onsdag'], { packed: true });
const text = (value: string): Buffer => Buffer.from(value, 'latin1');

describe('checking a weekly plan', () => {
  it.each([
    ['a PDF', pdf, 2],
    ['a PDF as word processors pack it', packed, 3],
    ['a PDF behind some bytes of a mail program', Buffer.concat([text('\r\n\r\n'), pdf]), 2],
    [
      'a PDF whose table of offsets is wrong',
      text(pdf.toString('latin1').replace(/\d{10} 00000 n/g, '0000000007 00000 n')),
      2,
    ],
    ['a PNG', makePng(), 1],
    ['a JPEG', makeJpeg(), 1],
    ['nothing', Buffer.alloc(0), 'empty'],
    ['a Word file', text('PK\x03\x04\x14\x00[Content_Types].xml'), 'office'],
    ['an old Excel file', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'office'],
    ['rich text', text('{\\rtf1\\ansi Mandag}'), 'office'],
    ['a picture of an iPhone', text('\0\0\0\x18ftypheic\0\0\0\0mif1heic'), 'heic'],
    ['text', text('Mandag: vaske tøj'), 'other'],
    ['a page of the web', text('<!doctype html><script>alert(1)</script>'), 'other'],
    ['a locked PDF', makePdf(['Mandag'], { encrypted: true }), 'protected'],
    [
      'a locked PDF as word processors pack it',
      makePdf(['Mandag'], { encrypted: true, packed: true }),
      'protected',
    ],
    ['a PDF of too many pages', makePdf(Array.from({ length: 101 }, () => 'Side')), 'too-many-pages'],
    ['a PDF without pages', makePdf([]), 'broken'],
    ['half a PDF', pdf.subarray(0, pdf.length / 2), 'broken'],
    ['half a PNG', makePng().subarray(0, 40), 'broken'],
    ['half a JPEG', makeJpeg().subarray(0, 120), 'broken'],
    ['a PNG that is huge once it is shown', makePng({ width: 16_000, height: 16_000 }), 'picture-too-large'],
    [
      'a JPEG that is huge once it is shown',
      makeJpeg({ width: 60_000, height: 60_000 }),
      'picture-too-large',
    ],
    ['a picture without size', makePng({ width: 0 }), 'broken'],
  ])('finds of %s what it is', (_, file, outcome) => {
    expect(outcomeOf(file)).toBe(outcome);
  });

  it('takes the last word of a PDF that was changed by writing behind its end', () => {
    const changed =
      '2 0 obj << /Type /Pages /Count 1 /Kids [4 0 R] >> endobj trailer << /Root 1 0 R >> startxref 0 %%EOF';
    expect(outcomeOf(Buffer.concat([pdf, text(changed)]))).toBe(1);
  });

  it.each([
    ['JPEG', makeJpeg({ note: 'hjemme hos Solvej' })],
    ['PNG', makePng({ note: 'hjemme hos Solvej' })],
  ])('keeps nothing of a %s but its picture', (_, file) => {
    expect(file.includes('Solvej')).toBe(true);
    const { file: kept } = checkPlan(file);
    expect(Buffer.from(kept).includes('Solvej')).toBe(false);
    // What is left is a picture still, and nothing more can be taken from it.
    expect(checkPlan(Buffer.from(kept)).file).toEqual(kept);
  });

  it('ends soon on files that are made to keep it busy', () => {
    const bomb = deflateSync(Buffer.alloc(40_000_000, ' '));
    const many = Array.from(
      { length: 40 },
      (_, n) =>
        `${n + 10} 0 obj << /Type /ObjStm /N 100000 /First 0 /Filter /FlateDecode /Length ${bomb.length} >> stream\n${bomb.toString('latin1')}\nendstream endobj\n`,
    );
    const overlapping = deflateSync(`${'7 0 '.repeat(90_000)}${'[1 '.repeat(100_000)}`);
    const hostile = [
      `%PDF-1.7 1 0 obj << /Pages 1 0 R /Kids [1 0 R 1 0 R] >> trailer << /Root 1 0 R >>`,
      `%PDF-1.7 ${'['.repeat(1_000_000)}`,
      `%PDF-1.7 1 0 obj ${'<< /A '.repeat(1_000_000)}`,
      `%PDF-1.7 ${'1 0 obj '.repeat(500_000)}`,
      `%PDF-1.7 ${'1 '.repeat(2_000_000)}`,
      `%PDF-1.7 ${'1 0 obj ('.repeat(200_000)}`,
      `%PDF-1.7 ${'1 0 obj << >> stream '.repeat(90_000)}`,
      `%PDF-1.7 1 0 obj << /Type /ObjStm /N 90000 /First 360000 /Filter /FlateDecode >> stream\n${overlapping.toString('latin1')}\nendstream`,
      `%PDF-1.7 ${many.join('')}`,
    ];
    for (const file of hostile) {
      const began = process.cpuUsage();
      expect(outcomeOf(text(file))).toBe('broken');
      expect(process.cpuUsage(began).user / 1000).toBeLessThan(3_000);
    }
  });

  it('answers whatever bytes come with pages or with a reason', () => {
    const whole = [pdf, packed, makePng({ note: 'x' }), makeJpeg({ note: 'x' })];
    const spoilt = fc
      .tuple(
        fc.constantFrom(...whole),
        fc.array(fc.tuple(fc.nat(4_000), fc.uint8Array({ maxLength: 12 })), { minLength: 1, maxLength: 8 }),
        fc.nat(5_000),
      )
      .map(([file, changes, length]) => {
        const bytes = Buffer.from(file);
        for (const [at, put] of changes)
          bytes.set(put.subarray(0, Math.max(0, bytes.length - at)), at % bytes.length);
        return bytes.subarray(0, length);
      });
    fc.assert(
      fc.property(
        fc.oneof(
          spoilt,
          fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes)),
        ),
        (file) => {
          const outcome = outcomeOf(file);
          expect(typeof outcome === 'string' || (Number(outcome) >= 1 && Number(outcome) <= 100)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
