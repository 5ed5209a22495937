import { describe, expect, it } from 'vitest';
import { csvField, renderCsv } from './csv.ts';
import { column, oneLine, renderCard, renderTable } from './table.ts';

type Row = { readonly name: string; readonly count: number; readonly text: string };
const columns = [
  column('Navn', 'name', (row: Row) => row.name),
  {
    ...column(
      'Antal',
      'count',
      (row: Row) => String(row.count),
      (row: Row) => row.count,
    ),
    align: 'right' as const,
  },
  column('Tekst', 'text', (row: Row) => row.text),
];
const rows = [
  { name: 'Åse', count: 3, text: 'kort' },
  { name: 'Karl-Åge Villadsen Mortensen', count: 1200, text: 'en noget længere tekst, der fylder godt' },
];

describe('a table', () => {
  it('keeps its columns in line, numbers to the right', () => {
    expect(renderTable(rows.slice(0, 1), columns, null)).toBe('Navn  Antal  Tekst\nÅse       3  kort');
  });

  it('is never wider than the terminal, and cuts with an ellipsis', () => {
    const lines = renderTable(rows, columns, 40).split('\n');
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(40);
    expect(lines[2]).toContain('…');
    expect(lines[2]).toContain('1200');
  });

  it('cuts nothing where no terminal is', () =>
    expect(renderTable(rows, columns, null)).toContain('fylder godt'));

  it('lets a last column of sentences go on below itself', () => {
    const lines = renderTable(
      rows,
      [...columns.slice(0, 2), { ...column('Tekst', 'text', (row: Row) => row.text), wraps: true as const }],
      60,
    ).split('\n');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(60);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('en noget længere tekst, der fylder godt');
  });

  it('obeys no escape sequence or line break in what it shows', () => {
    expect(oneLine('a\u001b[2Jb\nc\u0007d\u009b31me')).toBe('ab c de');
  });
});

describe('a card', () => {
  it('aligns its values, wraps them under themselves, and shows what is empty', () => {
    expect(
      renderCard(
        [
          ['Navn', 'Åse'],
          ['Team', ''],
        ],
        null,
      ),
    ).toBe('Navn  Åse\nTeam  –');
    expect(renderCard([['Må', 'aaaa bbbb cccc dddd']], 14)).toBe('Må  aaaa bbbb\n    cccc dddd');
  });
});

describe('CSV', () => {
  it('quotes only where it must (RFC 4180)', () => {
    expect(['a', 'a,b', 'sagde "nej"', 'a\nb', ' a', '', null, 3, true].map(csvField)).toEqual([
      'a',
      '"a,b"',
      '"sagde ""nej"""',
      '"a\nb"',
      '" a"',
      '',
      '',
      '3',
      'true',
    ]);
  });

  it('has stable headings and the values themselves, also those a table leaves out', () => {
    const hidden = { ...column('', 'more', () => 'x'), csvOnly: true as const };
    expect(renderCsv(rows.slice(1), [...columns, hidden])).toBe(
      'name,count,text,more\r\nKarl-Åge Villadsen Mortensen,1200,"en noget længere tekst, der fylder godt",x\r\n',
    );
    expect(renderTable(rows, [...columns, hidden], null)).not.toContain('x\n');
  });
});
