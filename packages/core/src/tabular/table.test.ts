import { describe, expect, it } from 'vitest';
import { describeRowReason } from '../contract/import-reasons.ts';
import { DomainError } from '../kernel/errors.ts';
import {
  choiceCell,
  clockTimeCell,
  decimalCell,
  emailCell,
  listCell,
  textCell,
  wholeNumberCell,
  yesNoCell,
} from './cells.ts';
import { dateCell, dateTimeCell } from './date-cells.ts';
import { type CellParser, type Columns, column, defineTable, type TableShape } from './shape.ts';
import { sourceFromBytes, type TableSource } from './source.ts';
import { openTable, type RowProblem, type TableOptions, type TableRow } from './table.ts';
import { caseSystem, fixture, text } from './testing.ts';

async function allRows<C extends Columns>(
  source: TableSource,
  shape: TableShape<C>,
  options: TableOptions = {},
) {
  const table = await openTable(source, shape, options);
  const rows: TableRow<C>[] = [];
  for await (const row of table.rows()) rows.push(row);
  return { table, rows };
}

async function refusal(opening: Promise<unknown>): Promise<unknown> {
  const error = await opening.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DomainError);
  return error instanceof DomainError ? error.details : null;
}

const problemsOf = (rows: readonly TableRow<Columns>[]): RowProblem[] =>
  rows.flatMap((row) => (row.ok ? [] : row.problems));

const named = (...headings: [string, ...string[]]) =>
  column({ headings, required: true, personal: false, cell: textCell(100) });
const oneColumn = defineTable({ columns: { a: named('A') } });
const twoColumns = defineTable({
  columns: {
    a: named('A'),
    b: column({ headings: ['B'], required: false, personal: false, cell: textCell(100) }),
  },
});

describe('real exports', () => {
  it('takes the case system’s file as it is', async () => {
    const { table, rows } = await allRows(await fixture('borgere-sagssystem-cp1252.csv'), caseSystem);
    expect(table).toMatchObject({
      encoding: 'windows-1252',
      delimiter: ';',
      rowCount: 60,
      ignoredHeadings: ['Udstyr', 'Internet'],
    });
    expect(problemsOf(rows)).toEqual([]);
    expect(rows).toHaveLength(60);
    expect(rows[0]).toMatchObject({
      ok: true,
      line: 2,
      values: {
        reference: '100200',
        name: 'Lærke Krogh',
        phone: '+4521513438',
        email: 'laerke0@example.dk',
        legalBasis: 'sel85',
        hours: 2,
        startsOn: '2025-09-21',
        team: 'Team Syd',
        worker: 'BM13',
      },
    });
    expect(rows[3]).toMatchObject({ values: { hours: 0.5, email: null } });
  });

  it('finds the one fault of each faulty line, and passes the good ones', async () => {
    const { rows } = await allRows(await fixture('borgere-med-fejl-cp1252.csv'), caseSystem);
    const teams = new Set(['Team Nord', 'Team Midt', 'Team Syd']);
    const problems = rows.flatMap((row) => {
      if (!row.ok) return row.problems;
      return teams.has(row.values.team) ? [] : [row.problem('team', 'unknown_team')];
    });
    expect(problems.map(({ line, column, shown, reason }) => [line, column, shown, reason])).toEqual([
      [3, 7, '31-02-2025', 'no_such_date'],
      [4, 6, '-1', 'too_small'],
      [5, 5, 'SEL § 999', 'not_in_list'],
      [6, 3, '1…(5)', 'not_a_phone_number'],
      [7, 1, '100200', 'duplicate_in_file'],
      [8, 8, 'Team Øst', 'unknown_team'],
      [9, 2, '', 'missing'],
      [10, 6, 'to', 'not_a_number'],
      [11, 4, 'i…(15)', 'not_an_email'],
      [12, null, '', 'too_few_cells'],
    ]);
    expect(problems[4]?.params).toEqual({ firstLine: 2 });
    expect(problems[0]?.heading).toBe('Startdato');
    for (const { reason, params } of problems) {
      expect(describeRowReason(reason, params, 'da')).not.toMatch(/[{}?]$|\?\./);
      expect(describeRowReason(reason, params, 'en')).not.toBe(describeRowReason(reason, params, 'da'));
    }
  });

  it('takes staff in UTF-8 with a byte order mark, commas, and roles in one cell', async () => {
    const staff = defineTable({
      columns: {
        initials: named('Initialer', 'initials'),
        name: column({ headings: ['Navn', 'name'], required: true, personal: true, cell: textCell(120) }),
        email: column({ headings: ['E-mail', 'email'], required: true, personal: true, cell: emailCell }),
        team: named('Team'),
        roles: column({
          headings: ['Rolle', 'role'],
          required: true,
          personal: false,
          cell: listCell(
            choiceCell({ support_worker: ['support-worker'], super_user: ['super-user'], leader: [] }),
          ),
        }),
        weeklyHours: column({
          headings: ['Timer', 'weekly_hours'],
          required: true,
          personal: false,
          cell: decimalCell({ min: 0, max: 60, decimals: 2 }),
        }),
      },
    });
    const { table, rows } = await allRows(await fixture('staff-utf8.csv'), staff);
    expect(table).toMatchObject({ encoding: 'utf-8', delimiter: ',', rowCount: 16, ignoredHeadings: [] });
    expect(problemsOf(rows)).toEqual([]);
    expect(rows[7]).toMatchObject({
      values: { name: 'Rikke Mølgaard', roles: ['support_worker', 'super_user'], weeklyHours: 32 },
    });
  });

  it('takes rooms with tabs', async () => {
    const rooms = defineTable({
      columns: {
        site: named('Sted', 'site'),
        room: named('Rum', 'room'),
        seats: column({
          headings: ['seats'],
          required: true,
          personal: false,
          cell: wholeNumberCell({ min: 1, max: 500 }),
        }),
        screen: column({ headings: ['screen'], required: true, personal: false, cell: yesNoCell }),
        opens: column({ headings: ['opens'], required: true, personal: false, cell: clockTimeCell }),
      },
      unique: [['site', 'room']],
    });
    const { table, rows } = await allRows(await fixture('rooms-tab.tsv'), rooms);
    expect(table).toMatchObject({ encoding: 'utf-8', delimiter: '\t', rowCount: 12 });
    expect(problemsOf(rows)).toEqual([]);
    expect(rows[0]).toMatchObject({
      values: { site: 'Rådhuset', room: 'Samtaleboks 1', seats: 1, screen: false, opens: '07:30' },
    });
  });

  it('takes devices, quoted and with American dates, and lets every IMEI pass', async () => {
    const devices = defineTable({
      columns: {
        id: named('Device ID'),
        imei: named('IMEI'),
        seenAt: column({ headings: ['Last check-in'], required: true, personal: false, cell: dateTimeCell }),
      },
      unique: [['id'], ['imei']],
    });
    const { table, rows } = await allRows(await fixture('devices-intune-export.csv'), devices);
    expect(table).toMatchObject({ rowCount: 40, dateOrders: { seenAt: 'american' } });
    expect(problemsOf(rows)).toEqual([]);
    expect(rows[0]).toMatchObject({ values: { seenAt: '2026-07-01T06:00:00' } });
    expect(rows[1]).toMatchObject({ values: { seenAt: '2026-10-22T22:00:00' } });
  });
});

describe('headings', () => {
  it('are found by any of their names, whatever their case and punctuation', async () => {
    const { rows } = await allRows(
      text(
        'BOSTØTTE;navn: ;sagsnr.;LOVGRUNDLAG;visiteret timer/uge;startdato;team\nBM1;Bo;7;§ 85;2;01-02-2025;T\n',
      ),
      caseSystem,
    );
    expect(rows[0]).toMatchObject({ ok: true, values: { reference: '7', name: 'Bo', worker: 'BM1' } });
  });

  it('follow the map before their own names', async () => {
    const { table, rows } = await allRows(text('A;Nr\nx;7\n'), oneColumn, { map: { Nr: 'a' } });
    expect(table.ignoredHeadings).toEqual(['A']);
    expect(rows[0]).toMatchObject({ values: { a: '7' } });
  });

  it('that are missing are named with what was found', async () => {
    expect(await refusal(openTable(text('B;C\n1;2\n'), twoColumns))).toEqual({
      reason: 'heading_missing',
      params: { missing: 'A (a)', found: 'B, C' },
    });
  });

  it('that turn out to be a person’s data are not repeated', async () => {
    const details = JSON.stringify(
      await refusal(openTable(text('Lærke Krogh;21513438\nBo;2\n'), twoColumns)),
    );
    expect(details).toContain('headings_unknown');
    expect(details).not.toMatch(/Lærke|2151/);
    const mixed = JSON.stringify(
      await refusal(openTable(text('B;21 51 34 38;010180-1234;a@example.dk\n1;2;3;4\n'), twoColumns)),
    );
    expect(mixed).toContain('heading_missing');
    expect(mixed).not.toMatch(/51 34|1234|example/);
  });

  it.each([
    ['a field that does not exist', { A: 'nowhere' }, 'map_unknown_field'],
    ['an inherited name', { A: 'toString' }, 'map_unknown_field'],
    ['a heading that is not there', { Z: 'a' }, 'map_unknown_heading'],
  ])('refuse a map that names %s', async (_, map, reason) => {
    expect(await refusal(openTable(text('A\n1\n'), oneColumn, { map }))).toMatchObject({ reason });
  });

  it('refuse the same field twice', async () => {
    expect(await refusal(openTable(text('A;a\n1;2\n'), oneColumn))).toMatchObject({
      reason: 'heading_twice',
    });
    expect(
      await refusal(openTable(text('X;Y\n1;2\n'), oneColumn, { map: { X: 'a', Y: 'a' } })),
    ).toMatchObject({ reason: 'heading_twice' });
  });
});

describe('rows', () => {
  it('tell an empty cell from a column that is not there', async () => {
    const empty = await allRows(text('A;B\n1;\n'), twoColumns);
    expect(empty.rows[0]).toMatchObject({ values: { a: '1', b: null } });
    const absent = await allRows(text('A\n1\n'), twoColumns);
    expect(absent.rows[0]?.ok && 'b' in absent.rows[0].values).toBe(false);
  });

  it('may end in a delimiter', async () => {
    const { rows } = await allRows(text('A;B;\n1;2;\n1;2;;;\n'), twoColumns);
    expect(problemsOf(rows)).toEqual([]);
  });

  it('with too many cells are reported, not fatal', async () => {
    const { rows } = await allRows(text('A;B\n1;2;3\n4;5\n'), twoColumns);
    expect(rows.map((row) => row.ok)).toEqual([false, true]);
    expect(problemsOf(rows)).toMatchObject([
      { line: 2, reason: 'too_many_cells', params: { got: 3, expected: 2 } },
    ]);
  });

  it('report every faulty cell at once', async () => {
    const { rows } = await allRows(text(`A;B\n;${'x'.repeat(101)}\n`), twoColumns);
    expect(problemsOf(rows).map((problem) => problem.reason)).toEqual(['missing', 'too_long']);
  });

  it('refuse what looks like a CPR number in a column that is taken, without showing it', async () => {
    const { rows } = await allRows(text('A;C\n010180-1234;010180-1234\nok;010180-1234\n'), twoColumns);
    expect(rows.map((row) => row.ok)).toEqual([false, true]);
    expect(problemsOf(rows)).toMatchObject([{ reason: 'cpr_number', shown: '0…(11)' }]);
  });

  it.each([
    ['Team Øst', 'T…(8)'],
    ['Kirsten', 'K…(7)'],
    ['LONE', 'L…(4)'],
    ['20 00 00 00', '2…(11)'],
    ['20000000', '2…(8)'],
    ['Rådhusvej 7', 'R…(11)'],
    ['31-02-2025', '31-02-2025'],
    ['-1,5', '-1,5'],
    ['SEL § 999', 'SEL § 999'],
    ['BM13', 'BM13'],
  ])('of citizens show only what cannot be one of them, whatever the column: %s', async (cell, shown) => {
    const refuseAll: CellParser<string> = { parse: () => ({ ok: false, reason: 'not_in_list' }) };
    const team = column({ headings: ['Team'], required: true, personal: false, cell: refuseAll });
    const shape = defineTable({ columns: { team }, aboutCitizens: true });
    expect(problemsOf((await allRows(text(`Team\n${cell}\n`), shape)).rows)).toMatchObject([{ shown }]);
  });

  it('refuse characters that Windows-1252 does not have, and cells beyond all measure', async () => {
    const odd = sourceFromBytes(new Uint8Array([65, 10, 0xe6, 0x81, 10]));
    expect(problemsOf((await allRows(odd, oneColumn)).rows)).toMatchObject([
      { reason: 'unreadable_characters' },
    ]);
    const long = await allRows(text(`A\n${'x'.repeat(10_001)}\n`, 999), oneColumn);
    expect(problemsOf(long.rows)).toMatchObject([{ reason: 'too_long', params: { max: 10_000 } }]);
  });

  it('are compared by all fields of a rule, and found at the line where they first stood', async () => {
    const shape = defineTable({ columns: twoColumns.columns, unique: [['a', 'b']] });
    const { rows } = await allRows(text('A;B\nx;1\nx;2\n\nX;1\nx;\nx;\n'), shape);
    expect(problemsOf(rows)).toMatchObject([
      { line: 5, reason: 'duplicate_in_file', params: { firstLine: 2 } },
    ]);
  });
});

describe('dates', () => {
  const dated = defineTable({
    columns: { d: column({ headings: ['D'], required: true, personal: false, cell: dateCell() }) },
  });
  const values = async (lines: readonly string[], options: TableOptions = {}) =>
    (await allRows(text(`D\n${lines.join('\n')}\n`), dated, options)).rows.map((row) =>
      row.ok ? row.values.d : row.problems[0]?.reason,
    );

  it('are read as Danes write them', async () => {
    expect(
      await values([
        '21-09-2025',
        '21/09/2025',
        '21.09.2025',
        '2025-09-21',
        '1/2/2025',
        '2025-09-21 00:00:00',
      ]),
    ).toEqual(['2025-09-21', '2025-09-21', '2025-09-21', '2025-09-21', '2025-02-01', '2025-09-21']);
  });

  it('stay Danish while nothing proves otherwise, and turn American as a column', async () => {
    expect(await values(['03/04/2025', '05/06/2025'])).toEqual(['2025-04-03', '2025-06-05']);
    expect(await values(['03/04/2025', '05/16/2025'])).toEqual(['2025-03-04', '2025-05-16']);
    expect(await values(['21-09-2025', '09-21-2025'])).toEqual(['2025-09-21', 'no_such_date']);
  });

  it('that prove both are refused, unless the reader is told', async () => {
    const both = text('D\n16/05/2025\n05/16/2025\n');
    expect(await refusal(openTable(both, dated))).toMatchObject({
      reason: 'dates_mixed',
      params: { danishLine: 2, americanLine: 3 },
    });
    expect(await values(['16/05/2025', '05/16/2025'], { dates: 'danish' })).toEqual([
      '2025-05-16',
      'no_such_date',
    ]);
    expect(await values(['03/04/2025'], { dates: 'american' })).toEqual(['2025-03-04']);
  });

  it.each([
    ['31-02-2025', 'no_such_date'],
    ['29-02-2025', 'no_such_date'],
    ['2025-13-01', 'no_such_date'],
    ['00-01-2025', 'no_such_date'],
    ['21-09-25', 'not_a_date'],
    ['21-09-20255', 'not_a_date'],
    ['21-09-2025 10:00', 'not_a_date'],
    ['i går', 'not_a_date'],
    ['31-12-1999', 'date_out_of_range'],
    ['01-01-9999', 'date_out_of_range'],
  ])('refuse %s as %s', async (written, reason) => {
    expect(await values([written])).toEqual([reason]);
  });
});

describe('files that cannot be taken', () => {
  const bytes = (...list: number[]): TableSource => sourceFromBytes(new Uint8Array(list), 1);

  it.each([
    ['nothing', bytes(), 'empty'],
    ['blank lines', text('\n \n;;\n'), 'empty'],
    ['a byte order mark alone', bytes(0xef, 0xbb, 0xbf), 'empty'],
    ['headings alone', text('A;B\n'), 'no_rows'],
    ['UTF-16', bytes(0xff, 0xfe, 0x41, 0), 'utf16'],
    ['UTF-16, the other way round', bytes(0xfe, 0xff, 0, 0x41), 'utf16'],
    ['a spreadsheet', bytes(0x50, 0x4b, 0x03, 0x04, 1), 'spreadsheet'],
    ['NUL bytes', bytes(0x41, 0x0a, 0, 0x0a), 'not_text'],
    ['a quote that is never closed', text('A;B\n1;2\n"3;4\n5;6\n'), 'quote_not_closed'],
    ['a heading line without end', text('x'.repeat(100_001), 5000), 'heading_too_long'],
    ['201 columns', text(`A${';x'.repeat(200)}\n1\n`), 'too_many_columns'],
    [
      'a row of three million delimiters',
      text(`A;B\n1;2\n${';'.repeat(3_000_000)}`, 65_536),
      'row_too_large',
    ],
    ['a row of three million characters', text(`A;B\n"${'x;\n'.repeat(1_000_000)}`, 65_536), 'row_too_large'],
  ])('%s', async (_, source, reason) => {
    expect(await refusal(openTable(source, twoColumns))).toMatchObject({ reason });
  });

  it('more rows than allowed', async () => {
    expect(await refusal(openTable(text('A\n1\n2\n3\n'), oneColumn, { maxRows: 2 }))).toEqual({
      reason: 'too_many_rows',
      params: { max: 2 },
    });
  });

  it('say why in both languages', async () => {
    const error = await openTable(bytes(), oneColumn).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'import_unreadable',
      params: { why_da: 'Filen er tom.', why_en: 'The file is empty.' },
    });
  });
});

describe('a large file', () => {
  it('is read with flat memory, 41,000 rows', async () => {
    const source: TableSource = async function* lines() {
      const encoder = new TextEncoder();
      yield encoder.encode(
        'Sagsnr;Borger;Telefon;E-mail;Lovgrundlag;Visiteret (timer/uge);Startdato;Team;Bostøtte\r\n',
      );
      for (let row = 0; row < 41_000; row += 100) {
        const batch = Array.from(
          { length: 100 },
          (_, n) =>
            `${row + n};Lærke Krogh;2${String(row + n).padStart(7, '0')};a${row + n}@example.dk;SEL § 85;4,5;21-09-2025;Team Syd;BM13\r\n`,
        );
        yield encoder.encode(batch.join(''));
      }
    };
    const table = await openTable(source, caseSystem);
    expect(table.rowCount).toBe(41_000);
    let goodRows = 0;
    let lastLine = 0;
    let mostHeap = 0;
    for await (const row of table.rows()) {
      if (row.ok) goodRows += 1;
      lastLine = row.line;
      if (goodRows % 2000 === 0) mostHeap = Math.max(mostHeap, process.memoryUsage().heapUsed);
    }
    expect([goodRows, lastLine]).toEqual([41_000, 41_001]);
    expect(mostHeap).toBeLessThan(400 * 1024 * 1024);
  }, 60_000);
});
