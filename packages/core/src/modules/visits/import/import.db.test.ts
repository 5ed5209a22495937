import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sourceFromBytes, type TableSource } from '../../../tabular/source.ts';
import { openTable, type RowProblem } from '../../../tabular/table.ts';
import type { Actor } from '../../identity/index.ts';
import { createVisitsFixture, type VisitsFixture } from '../fixture.ts';
import { createVisitsImporter } from './importer.ts';
import { type VisitValues, visitsShape } from './table.ts';

const heading =
  'Sagsnr;Borgerkode;Bostøtte;Dato;Klokken;Minutter;Form;Status;Aflyst af;Årsag;Formål;Emner;Vejtid;Ventetid';
const text = (...lines: string[]) => [heading, ...lines].join('\n');

describe('importing visits', () => {
  let world: VisitsFixture;
  let worker: Actor;
  let importer: ReturnType<typeof createVisitsImporter>;
  let references = 0;

  const importFrom = async (source: TableSource, batchRows = 1000, actor = world.admin) => {
    const known = await world.database.read(world.municipalityId, (tx) => importer.readKnown(tx, actor));
    const table = await openTable(source, visitsShape);
    const problems: RowProblem[] = [];
    for await (const row of table.rows())
      problems.push(...(row.ok ? importer.findProblems(row, known) : row.problems));
    const counts = { created: 0, updated: 0, unchanged: 0 };
    if (problems.length > 0) return { problems, counts };
    await world.database.write(
      world.municipalityId,
      async (tx) => {
        const flush = async (batch: readonly VisitValues[]) => {
          const done = await importer.apply(tx, actor, batch, known);
          counts.created += done.created;
          counts.updated += done.updated;
          counts.unchanged += done.unchanged;
        };
        let batch: VisitValues[] = [];
        for await (const row of table.rows()) {
          if (row.ok) batch.push(row.values);
          if (batch.length === batchRows) {
            await flush(batch);
            batch = [];
          }
        }
        if (batch.length > 0) await flush(batch);
      },
      { timeoutMs: 120_000 },
    );
    return { problems, counts };
  };
  const importText = (content: string, batchRows?: number) =>
    importFrom(sourceFromBytes(Buffer.from(content)), batchRows);
  const reasonsOf = async (content: string) =>
    (await importText(content)).problems.map(({ line, heading: at, reason }) => [line, at, reason]);

  /** A citizen of the worker, with a reference of their own. */
  const someone = async (
    acquaintance: { kind: 'not-met' } | { kind: 'met'; on: string } = { kind: 'not-met' },
  ) => {
    references += 1;
    const reference = `H-${references}`;
    const code = await world.citizen(worker, { identity: { reference }, acquaintance });
    return { reference, code };
  };
  const visitsOf = async (code: string) => {
    const { rows } = await world.superuser.query<Record<string, unknown>>(
      `SELECT v.channel, v.state, v.happens_at AS at, v.planned_starts_at AS planned, v.ended_by AS by, v.ended_reason AS reason, v.purposes, v.topics,
         (SELECT json_agg(json_build_array(p.kind, p.minutes) ORDER BY p.place) FROM visit_part p WHERE p.visit_id = v.id) AS parts
       FROM visit v JOIN citizen c ON c.id = v.citizen_id WHERE c.code = $1 ORDER BY v.happens_at, v.channel`,
      [code],
    );
    return rows;
  };

  beforeAll(async () => {
    world = await createVisitsFixture();
    worker = await world.worker('BM01');
    importer = createVisitsImporter(world);
  });
  afterAll(() => world.close());

  it('takes what a case system knows of them, and repeating it changes nothing', async () => {
    const { reference, code } = await someone();
    const file = text(
      `${reference};;bm01;14-09-2026;10:00;30;Skærmbesøg;;;;nedtrapning;støttende samtale, Struktur på dagen;;`,
      `;${code.toLowerCase()};BM01;2026-09-16;9.15;45;fysisk besøg;Afholdt;;;;praktiske opgaver|medicin;25;5`,
      `${reference};;BM01;17-09-2026;13;20;opkald;aflyst;borger;sygdom;;;;`,
      `${reference};;BM01;18-09-2026;08:30;60;hjemmebesøg;Forgæves;;;;;20;10`,
      `${reference};;BM01;25-10-2026;02:30;5;telefon;holdt;;;;;;`,
    );
    expect(await importText(file, 2)).toEqual({
      problems: [],
      counts: { created: 5, updated: 0, unchanged: 0 },
    });
    const at = (iso: string) => new Date(iso);
    expect(await visitsOf(code)).toEqual([
      {
        channel: 'video',
        state: 'held',
        at: at('2026-09-14T08:00:00Z'),
        planned: at('2026-09-14T08:00:00Z'),
        by: null,
        reason: null,
        purposes: ['tapering'],
        topics: ['supportive-talk', 'structure'],
        parts: [['video', 30]],
      },
      {
        channel: 'physical',
        state: 'held',
        at: at('2026-09-16T06:45:00Z'),
        planned: at('2026-09-16T07:15:00Z'),
        by: null,
        reason: null,
        purposes: [],
        topics: ['practical', 'medication'],
        parts: [
          ['travel', 25],
          ['waiting', 5],
          ['physical', 45],
        ],
      },
      {
        channel: 'phone',
        state: 'cancelled',
        at: at('2026-09-17T11:00:00Z'),
        planned: at('2026-09-17T11:00:00Z'),
        by: 'citizen',
        reason: 'illness',
        purposes: [],
        topics: [],
        parts: null,
      },
      {
        channel: 'physical',
        state: 'futile',
        at: at('2026-09-18T06:10:00Z'),
        planned: at('2026-09-18T06:30:00Z'),
        by: null,
        reason: 'nobody-home',
        purposes: [],
        topics: [],
        parts: [
          ['travel', 20],
          ['waiting', 10],
        ],
      },
      // Clocks show this time twice; the first is meant.
      expect.objectContaining({ at: at('2026-10-25T00:30:00Z'), parts: [['phone', 5]] }),
    ]);

    const leaves = await world.leaves();
    const told = leaves.filter((leaf) => leaf.type === 'visit.changed');
    expect(told).toHaveLength(5);
    expect(told[1]).toMatchObject({
      worker: worker.staffId,
      channel: 'physical',
      state: 'held',
      at: '2026-09-16T06:45:00.000Z',
      minutes: { video: 0, physical: 45, phone: 0, travel: 25, waiting: 5 },
      topics: ['practical', 'medication'],
      revision: 1,
    });
    expect(new Set(told.map((leaf) => leaf.subject)).size).toBe(1);
    expect(JSON.stringify(told)).not.toContain(code);
    expect((await world.superuser.query('SELECT 1 FROM hand_off')).rowCount).toBe(0);

    expect((await importText(file)).counts).toEqual({ created: 0, updated: 0, unchanged: 5 });
    expect(await world.leaves()).toHaveLength(leaves.length);
  });

  it('leaves what people recorded as it is, whether the file has its planned or its actual time', async () => {
    const { reference, code } = await someone({ kind: 'met', on: '2026-01-05' });
    await world.superuser.query(
      `INSERT INTO visit (municipality_id, id, citizen_id, worker_id, channel, origin, state, happens_at, planned_starts_at, planned_ends_at,
         purposes, topics, owns_booking, overruled, revision, created_at, updated_at)
       SELECT $1, gen_random_uuid(), id, worker_id, 'video', 'planned', 'held', '2026-11-20T09:03Z', '2026-11-20T09:00Z', '2026-11-20T09:30Z',
         '{}', '{}', false, '{}', 1, $3, $3 FROM citizen WHERE code = $2`,
      [world.municipalityId, code, world.clock.now()],
    );
    const line = (time: string, form: string) => `${reference};;BM01;20-11-2026;${time};50;${form};;;;;;;`;
    expect((await importText(text(line('10:00', 'video'), line('10:03', 'video')))).counts).toMatchObject({
      unchanged: 2,
    });
    // Another time or channel is another visit, though it overlaps.
    expect((await importText(text(line('10:04', 'video'), line('10:00', 'telefon')))).counts).toMatchObject({
      created: 2,
    });
    expect(await visitsOf(code)).toHaveLength(3);
  });

  it('takes a citizen who is named in two ways for one', async () => {
    const { reference, code } = await someone();
    const rest = 'BM01;01-09-2026;10:00;30;video;;;;;;;';
    expect((await importText(text(`${reference};;${rest}`, `;${code};${rest}`))).counts).toEqual({
      created: 1,
      updated: 0,
      unchanged: 1,
    });
    expect((await importText(text(`${reference};${code};${rest}`))).counts.unchanged).toBe(1);
  });

  it('makes acquainted whom a visit in person of their own worker shows to have met', async () => {
    const [met, called, stranger] = [await someone(), await someone(), await someone()];
    await world.worker('BM09');
    const line = (reference: string, initials: string, day: string, form: string, state = '') =>
      `${reference};;${initials};${day};10:00;30;${form};${state};;;;;;`;
    await importText(
      text(
        line(met.reference, 'BM01', '03-03-2026', 'besøg'),
        line(met.reference, 'BM01', '10-02-2026', 'besøg'),
        line(called.reference, 'BM01', '10-02-2026', 'video'),
        line(called.reference, 'BM01', '11-02-2026', 'besøg', 'aflyst'),
        line(stranger.reference, 'BM09', '10-02-2026', 'besøg'),
      ),
    );
    const { rows } = await world.superuser.query(
      'SELECT code, acquaintance, met_on::text AS on FROM citizen WHERE code = ANY ($1)',
      [[met.code, called.code, stranger.code]],
    );
    expect(new Map(rows.map((row) => [row.code, [row.acquaintance, row.on]]))).toEqual(
      new Map([
        [met.code, ['met', '2026-02-10']],
        [called.code, ['not-met', null]],
        [stranger.code, ['not-met', null]],
      ]),
    );
  });

  it('names every fault of a file with its line, and shows nothing personal', async () => {
    const { reference, code } = await someone();
    const other = await someone();
    const good = 'BM01;01-09-2026;10:00;30;video';
    const more = ';;;;;;;';
    expect(
      await reasonsOf(
        text(
          `;;${good}${more}`,
          `ukendt-77;;${good}${more}`,
          `;B-00000;${good}${more}`,
          `;B-0000;${good}${more}`,
          `${reference};${other.code};${good}${more}`,
          `${reference};;ZZ99;08-09-2026;10:00;30;video${more}`,
          `${reference};;;31-09-2026;25:00;0;brev;måske;;;;;;`,
          `${reference};;BM01;24-11-2026;06:45;30;video${more}`,
          `${reference};;BM01;02-09-2026;24:00;30;video${more}`,
          `${reference};;BM01;03-09-2026;10:00;30;video;holdt;borger;sygdom;;;;`,
          `${reference};;BM01;04-09-2026;10:00;30;video;forgæves;borger;sygdom;;;;`,
          `${reference};;BM01;05-09-2026;10:00;30;video;aflyst;;glemt;;;;`,
          `${reference};;BM01;06-09-2026;10:00;30;video;;;;;snak om vejret;;`,
          `${reference};;BM01;07-09-2026;10:00;30;video${more}`,
          `${reference};;BM01;07-09-2026;10:00;40;video${more}`,
        ),
      ),
    ).toEqual([
      [2, 'Sagsnr', 'missing'],
      [3, 'Sagsnr', 'unknown_citizen'],
      [4, 'Borgerkode', 'unknown_citizen'],
      [5, 'Borgerkode', 'not_a_citizen_code'],
      [6, 'Borgerkode', 'two_citizens'],
      [7, 'Bostøtte', 'unknown_worker'],
      [8, 'Bostøtte', 'missing'],
      [8, 'Dato', 'no_such_date'],
      [8, 'Klokken', 'not_a_clock_time'],
      [8, 'Minutter', 'too_small'],
      [8, 'Form', 'not_in_list'],
      [8, 'Status', 'not_in_list'],
      [9, 'Dato', 'not_over_yet'],
      [10, 'Klokken', 'not_a_clock_time'],
      [11, 'Aflyst af', 'not_for_this_outcome'],
      [11, 'Årsag', 'not_for_this_outcome'],
      [12, 'Aflyst af', 'not_for_this_outcome'],
      [12, 'Årsag', 'not_in_list'],
      [13, 'Årsag', 'not_in_list'],
      [14, 'Emner', 'not_in_list'],
      [16, 'Sagsnr', 'duplicate_in_file'],
    ]);
    const { problems } = await importText(text(`ukendt-77;;${good}${more}`, `;B-00000;${good}${more}`));
    expect(JSON.stringify(problems)).not.toMatch(/ukendt-77|B-00000/);
    expect(await visitsOf(code)).toEqual([]);
  });

  it('knows no citizen who was erased', async () => {
    const { reference, code } = await someone();
    await world.superuser.query(
      'DELETE FROM citizen_vault WHERE citizen_id = (SELECT id FROM citizen WHERE code = $1)',
      [code],
    );
    await world.superuser.query('UPDATE citizen SET erased_at = $2 WHERE code = $1', [
      code,
      world.clock.now(),
    ]);
    const rest = 'BM01;01-09-2026;10:00;30;video;;;;;;;';
    expect(await reasonsOf(text(`${reference};;${rest}`, `;${code};${rest}`))).toEqual([
      [2, 'Sagsnr', 'unknown_citizen'],
      [3, 'Borgerkode', 'unknown_citizen'],
    ]);
  });

  it('has each visit once, however the file is cut and how often it is imported', async () => {
    const { reference } = await someone();
    const row = fc.record({ day: fc.integer({ min: 1, max: 28 }), hour: fc.integer({ min: 8, max: 15 }) });
    const before = async () =>
      Number((await world.superuser.query<{ count: string }>('SELECT count(*) FROM visit')).rows[0]?.count);
    let month = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(row, { minLength: 1, maxLength: 12, selector: ({ day, hour }) => day * 100 + hour }),
        fc.integer({ min: 1, max: 12 }),
        async (rows, batch) => {
          month += 1;
          const lines = rows.map(
            ({ day, hour }) =>
              `${reference};;BM01;${day}-${(month % 12) + 1}-${2010 + Math.floor(month / 12)};${hour};30;video;;;;;;;`,
          );
          const start = await before();
          expect((await importText(text(...lines), batch)).counts.created).toBe(rows.length);
          expect((await importText(text(...lines.toReversed()), 5)).counts.unchanged).toBe(rows.length);
          expect(await before()).toBe(start + rows.length);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('is refused to those who may not', async () => {
    const known = await world.database.read(world.municipalityId, (tx) =>
      importer.readKnown(tx, world.admin),
    );
    await expect(
      world.database.read(world.municipalityId, (tx) => importer.readKnown(tx, worker)),
    ).rejects.toMatchObject({ code: 'not_allowed' });
    await expect(world.as(worker, (tx) => importer.apply(tx, worker, [], known))).rejects.toMatchObject({
      code: 'not_allowed',
    });
  });
});
