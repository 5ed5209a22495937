import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpeningHours } from '../../contract/index.ts';
import type { Database } from '../../storage/index.ts';
import { sourceFromBytes } from '../../tabular/source.ts';
import { openTable } from '../../tabular/table.ts';
import { writeCsv } from '../../tabular/write.ts';
import { alwaysOpen, createRoomsFixture, type RoomsFixture } from './fixture.ts';
import { exportRooms, findRoomProblems, type PlannedRoom, planRoom, roomsShape } from './import.ts';
import { listRooms } from './room-store.ts';
import { formatWeeklyHours, parseWeeklyHours } from './weekly-hours.ts';

const list = [
  'site\troom\tseats\tscreen\tcamera\theadset\twired\tcurtains\tquiet\topens\tcloses',
  'Rådhuset\tSamtaleboks 1\t1\tnej\tja\tnej\tja\tnej\tnej\t07:30\t18:00',
  'Plejecenter Åbakken\tKontor 4\t6\tnej\tja\tja\tnej\tx\t\t7.30\t22:00',
].join('\n');

describe('rooms from a spreadsheet', () => {
  let f: RoomsFixture;
  beforeAll(async () => {
    f = await createRoomsFixture();
  });
  afterAll(() => f.close());

  const read = async (text: string): Promise<{ plans: PlannedRoom[]; problems: string[] }> => {
    const table = await openTable(sourceFromBytes(new TextEncoder().encode(text)), roomsShape);
    const [plans, problems]: [PlannedRoom[], string[]] = [[], []];
    for await (const row of table.rows()) {
      if (!row.ok)
        problems.push(
          ...row.problems.map((problem) => `${problem.line} ${problem.heading} ${problem.reason}`),
        );
      else {
        const found = findRoomProblems(row);
        problems.push(...found.map((problem) => `${problem.line} ${problem.heading} ${problem.reason}`));
        if (found.length === 0) plans.push(planRoom(row.values));
      }
    }
    return { plans, problems };
  };
  const apply = (plans: readonly PlannedRoom[]) =>
    f.as(f.admin, (tx) => f.rooms.applyRooms(tx, f.admin, plans));
  const leaves = async () => (await f.superuser.query('SELECT count(*) AS n FROM ledger_leaf')).rows[0]?.n;
  const written = async (database: Pick<Database, 'read'>): Promise<string> =>
    database.read(f.municipalityId, async (tx) => {
      const { headings, rows } = exportRooms(tx);
      let text = '';
      for await (const piece of writeCsv(headings, rows)) text += piece;
      return text;
    });

  it('are made once; the same file again changes nothing and leaves no trace', async () => {
    const { plans, problems } = await read(list);
    expect(problems).toEqual([]);
    expect(await apply(plans)).toEqual({ created: 2, updated: 0, unchanged: 0 });
    const [second, first] = await f.database
      .read(f.municipalityId, (tx) => listRooms(tx, { inactive: true, limit: 10 }))
      .then((rows) => [rows.find((row) => row.seats === 6), rows.find((row) => row.seats === 1)]);
    expect(first).toMatchObject({
      siteName: 'Rådhuset',
      name: 'Samtaleboks 1',
      kind: 'booth',
      features: ['camera', 'wired'],
      bufferMinutes: 0,
      active: true,
    });
    expect(second).toMatchObject({ kind: 'office', features: ['camera', 'headset', 'curtains'] });
    expect(second?.openingHours).toEqual(
      [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens: '07:30', closes: '22:00' })),
    );
    const before = await leaves();
    expect(await apply(plans)).toEqual({ created: 0, updated: 0, unchanged: 2 });
    expect(await leaves()).toBe(before);
    expect(await apply((await read(list.replace('\t6\t', '\t5\t'))).plans)).toEqual({
      created: 0,
      updated: 1,
      unchanged: 1,
    });
  });

  it('keep what the file is silent about', async () => {
    await apply(
      (
        await read(
          'Sted;Rum;Skærm;Åbningstider;Pause efter (minutter)\nKirken;Lokale 1;ja;ma-on 08:00-12:00;10\n',
        )
      ).plans,
    );
    expect(await apply((await read('Sted;Lokale;Pladser\nKirken;Lokale 1;4\n')).plans)).toMatchObject({
      updated: 1,
    });
    const rooms = await f.database.read(f.municipalityId, (tx) =>
      listRooms(tx, { site: 'Kirken', inactive: true, limit: 10 }),
    );
    expect(rooms).toEqual([expect.objectContaining({ seats: 4, features: ['screen'], bufferMinutes: 10 })]);
    expect(rooms[0]?.openingHours).toHaveLength(3);
  });

  it('are refused row by row, with the line, the heading and the reason', async () => {
    const { problems } = await read(
      'Sted;Rum;Pladser;Åbner;Lukker;Åbningstider\nA;1;0;8;16;\nA;2;1;16;8;\nA;3;1;8;;\nA;4;1;;;hele tiden\nA;2;1;;;\n',
    );
    expect(problems).toEqual([
      '2 Pladser too_small',
      '3 Lukker closes_before_opening',
      '4 Lukker missing',
      '5 Åbningstider not_opening_hours',
      '6 Sted duplicate_in_file',
    ]);
  });

  it('are exported as they are taken in again', async () => {
    await f.room({ name: 'Døgnåben', openingHours: alwaysOpen });
    await f.room({ name: '=Formel', openingHours: [{ weekday: 6, opens: '09:00', closes: '24:00' }] });
    await f.room({
      name: 'Aldrig',
      openingHours: [],
      features: ['light', 'quiet'],
      bufferMinutes: 7,
      kind: 'other',
    });
    const text = await written(f.database);
    const { plans, problems } = await read(text);
    expect(problems).toEqual([]);
    expect(await apply(plans)).toMatchObject({ created: 0, updated: 0, unchanged: plans.length });
    expect(plans.length).toBeGreaterThanOrEqual(5);
  });
});

describe('the opening hours of a week', () => {
  const clock = fc
    .integer({ min: 0, max: 96 })
    .map(
      (quarter) =>
        `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`,
    );
  const day = fc
    .record({ weekday: fc.integer({ min: 1, max: 7 }), opens: clock, closes: clock })
    .filter(({ opens, closes }) => opens < closes);

  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.uniqueArray(day, { selector: ({ weekday }) => weekday }), (hours: OpeningHours) => {
        expect(parseWeeklyHours(formatWeeklyHours(hours))).toEqual(
          [...hours].sort((a, b) => a.weekday - b.weekday),
        );
      }),
    );
  });

  it('are understood as people write them', () => {
    expect(
      parseWeeklyHours('Mandag–fredag 7.30–18; lør. 9-12')?.map(
        (one) => `${one.weekday} ${one.opens}-${one.closes}`,
      ),
    ).toEqual([
      '1 07:30-18:00',
      '2 07:30-18:00',
      '3 07:30-18:00',
      '4 07:30-18:00',
      '5 07:30-18:00',
      '6 09:00-12:00',
    ]);
    for (const nonsense of [
      '',
      'ma',
      'ma 8',
      'ma 25-26',
      'ma 16-8',
      'fr-ma 8-16',
      'ma 8-16; ma 17-18',
      'xx 8-16',
    ])
      expect(parseWeeklyHours(nonsense)).toBeNull();
  });
});
