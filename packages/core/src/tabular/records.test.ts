import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCleanText } from '../kernel/text.ts';
import { guardFormula, unguardFormula } from './formula-guard.ts';
import { type Delimiter, detectDelimiter, readRecords } from './records.ts';
import { detectEncoding, sourceFromBytes } from './source.ts';
import { text } from './testing.ts';
import { writeCsv } from './write.ts';

async function records(content: string, delimiter: Delimiter = ';', pieceSize = 3) {
  const found: { line: number; cells: readonly string[] }[] = [];
  for await (const record of readRecords(text(content, pieceSize), { encoding: 'utf-8', delimiter }))
    found.push(record);
  return found;
}

describe('detectEncoding', () => {
  it('takes UTF-8 when all of it is, wherever the pieces are cut', async () => {
    const bytes = new TextEncoder().encode('Navn\nÅse 🙂\n');
    for (let size = 1; size < 8; size += 1)
      expect(await detectEncoding(sourceFromBytes(bytes, size))).toBe('utf-8');
  });

  it('takes Windows-1252 when a byte late in the file, or the last one, is not UTF-8', async () => {
    const late = new Uint8Array(200_000).fill(0x61);
    late[199_000] = 0xe6;
    expect(await detectEncoding(sourceFromBytes(late))).toBe('windows-1252');
    expect(await detectEncoding(sourceFromBytes(new Uint8Array([0x61, 0xc3])))).toBe('windows-1252');
  });
});

describe('detectDelimiter', () => {
  it.each<[string, Delimiter]>([
    ['a;b;c\n1,2;3,4;5,6\n', ';'],
    ['a,b,c\n1;2;3;4;5;6\n', ','],
    ['a\tb\n', '\t'],
    ['"a;b;c;d",e,f\n', ','],
    ['"a\n;;;;",b\n', ','],
    ['\n  \n\na,b\n', ','],
    ['one heading\n', ';'],
    ['sep=,\na,b;c;d\n', ','],
    ['a,b', ','],
  ])('of %j is %j', async (content, delimiter) => {
    expect(await detectDelimiter(text(content), 'utf-8')).toBe(delimiter);
  });
});

describe('readRecords', () => {
  it.each(['\n', '\r\n', '\r'])(
    'counts physical lines, also after breaks within quotes, with %j',
    async (end) => {
      const lines = ['h;i', '', '"a', 'b', '";"c', 'd"', '', 'e;f', ';', 'g;h'];
      for (const pieceSize of [1, 2, 3, 5, 100]) {
        expect(await records(lines.join(end), ';', pieceSize)).toEqual([
          { line: 1, cells: ['h', 'i'] },
          { line: 3, cells: ['a\nb\n', 'c\nd'] },
          { line: 8, cells: ['e', 'f'] },
          { line: 10, cells: ['g', 'h'] },
        ]);
      }
    },
  );

  it('passes over Excel’s separator line without losing count', async () => {
    expect(await records('sep=;\r\na;b\r\n1;2\r\n')).toEqual([
      { line: 2, cells: ['a', 'b'] },
      { line: 3, cells: ['1', '2'] },
    ]);
  });

  it('reads quotes that stand in the middle of a text as they are', async () => {
    expect(await records('a\niPad 11" hvid\n"sagt ""hej"""\n')).toMatchObject([
      {},
      { cells: ['iPad 11" hvid'] },
      { cells: ['sagt "hej"'] },
    ]);
  });

  it('stops reading the file when the reader leaves', async () => {
    let closed = false;
    const source = async function* endless() {
      try {
        for (;;) yield new TextEncoder().encode('a;b\n');
      } finally {
        closed = true;
      }
    };
    for await (const record of readRecords(source, { encoding: 'utf-8', delimiter: ';' }))
      if (record.line > 10) break;
    await expect.poll(() => closed).toBe(true);
  });
});

describe('formulas', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-2+3', "'-2+3"],
    ["'=x", "''=x"],
    ['＝1', "'＝1"],
    ['-1', '-1'],
    ['+4521513438', '+4521513438'],
    ["'t Hooft", "'t Hooft"],
    ['plain', 'plain'],
  ])('%j is written as %j and read back', (cell, written) => {
    expect(guardFormula(cell)).toBe(written);
    expect(unguardFormula(written)).toBe(cell);
  });
});

describe('writeCsv', () => {
  const cell = fc
    .oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc
        .array(fc.constantFrom('"', ';', ',', '\t', '\n', "'", '=', '+', '-', '@', ' ', 'a', 'å', '1'), {
          maxLength: 8,
        })
        .map((list) => list.join('')),
    )
    .filter(isCleanText);

  it('writes what reading gives back, cell for cell', async () => {
    const row = fc.tuple(fc.constant('x'), cell, cell);
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 6 }),
        fc.constantFrom<Delimiter>(',', ';', '\t'),
        fc.boolean(),
        async (rows, delimiter, bom) => {
          let written = '';
          for await (const piece of writeCsv(['h', 'i', 'j'], rows, { delimiter, bom })) written += piece;
          const read = await records(written, delimiter, 1000);
          expect(read.map((record) => record.cells)).toEqual([['h', 'i', 'j'], ...rows]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never begins a cell with what a spreadsheet would run', () => {
    fc.assert(
      fc.property(cell, (content) => {
        expect(guardFormula(content)).not.toMatch(/^[=@]|^[+-](?!\d+([.,]\d+)?$)/);
      }),
    );
  });

  it('begins with a byte order mark, so that Excel reads it', async () => {
    const pieces: string[] = [];
    for await (const piece of writeCsv(['Navn'], [['Åse'], [null]])) pieces.push(piece);
    expect(pieces.join('')).toBe('\ufeffNavn\r\nÅse\r\n\r\n');
  });

  it('refuses a row that does not fit its headings', async () => {
    await expect(writeCsv(['a'], [['1', '2']]).next()).rejects.toThrow('2 cells');
  });
});
