import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerEntry } from '../../ledger/index.ts';
import type { Tx } from '../../storage/index.ts';
import { sourceFromBytes, type TableSource } from '../../tabular/source.ts';
import { openTable, type RowProblem } from '../../tabular/table.ts';
import { writeCsv } from '../../tabular/write.ts';
import { aCitizen } from '../../testing/index.ts';
import type { Actor } from '../identity/index.ts';
import { createCitizensExporter } from './export.ts';
import { createWorld, type World } from './fixture.ts';
import { createCitizensImporter } from './import.ts';
import { findCitizen, listCitizens } from './store.ts';
import { type CitizenValues, citizensShape, formatHours } from './table.ts';

const fixtures = path.join(import.meta.dirname, '../../../../../tests/fixtures/imports');
const heading =
  'Sagsnr;Borger;Telefon;E-mail;Lovgrundlag;Visiteret (timer/uge);Startdato;Team;Bostøtte;Udstyr;Internet';
const csv = (...lines: string[]): TableSource => sourceFromBytes(Buffer.from([heading, ...lines].join('\n')));

describe('importing citizens', () => {
  let world: World;
  let coordinator: Actor;
  let importer: ReturnType<typeof createCitizensImporter>;
  const write = <Result>(work: (tx: Tx) => Promise<Result>) =>
    world.database.write(world.nordby, work, { timeoutMs: 120_000 });

  const importFrom = async (source: TableSource, batchRows = 1000) => {
    const known = await world.database.read(world.nordby, (tx) => importer.readKnown(tx, coordinator));
    const table = await openTable(source, citizensShape);
    const problems: RowProblem[] = [];
    for await (const row of table.rows())
      problems.push(...(row.ok ? importer.findProblems(row, known) : row.problems));
    const counts = { created: 0, updated: 0, unchanged: 0 };
    if (problems.length > 0) return { problems, counts };
    await write(async (tx) => {
      const flush = async (batch: readonly CitizenValues[]) => {
        const done = await importer.apply(tx, coordinator, batch, known);
        counts.created += done.created;
        counts.updated += done.updated;
        counts.unchanged += done.unchanged;
      };
      let batch: CitizenValues[] = [];
      for await (const row of table.rows()) {
        if (row.ok) batch.push(row.values);
        if (batch.length === batchRows) {
          await flush(batch);
          batch = [];
        }
      }
      await flush(batch);
    });
    return { problems, counts };
  };
  const exported = (wish: Parameters<ReturnType<typeof createCitizensExporter>>[2]) =>
    write(async (tx) => {
      const table = createCitizensExporter(world)(tx, coordinator, wish);
      const pieces: string[] = [];
      for await (const piece of writeCsv(table.headings, table.rows)) pieces.push(piece);
      return pieces.join('');
    });
  const codeOf = async (reference: string): Promise<string> => {
    const [code = ''] = await write((tx) =>
      world.citizenIdentities.find(tx, coordinator, { reference, reason: 'contact' }),
    );
    return code;
  };
  const rowOf = async (reference: string) =>
    world.database.read(world.nordby, async (tx) => findCitizen(tx, await codeOf(reference)));
  const leavesSince = async (before: number): Promise<LedgerEntry[]> => (await world.leaves()).slice(before);

  beforeAll(async () => {
    world = await createWorld();
    coordinator = await world.actor(world.nordby, ['coordinator']);
    importer = createCitizensImporter(world);
    for (const team of ['Team Nord', 'Team Midt', 'Team Syd']) await world.team(world.nordby, team);
    for (let n = 1; n <= 16; n += 1)
      await world.superuser.query(
        `INSERT INTO staff (municipality_id, id, initials, name, roles, shift, created_at, updated_at) VALUES ($1, gen_random_uuid(), $2, $2, $3, 'day', $4, $4)`,
        [world.nordby, `BM${String(n).padStart(2, '0')}`, ['support-worker'], world.clock.now()],
      );
  });
  afterAll(() => world.close());

  it("takes a case system's own export as it is, and repeating it changes nothing", async () => {
    const source = sourceFromBytes(await readFile(path.join(fixtures, 'borgere-sagssystem-cp1252.csv')));
    expect(await importFrom(source)).toEqual({
      problems: [],
      counts: { created: 60, updated: 0, unchanged: 0 },
    });
    const after = (await world.leaves()).length;
    expect(await rowOf('100206')).toMatchObject({
      status: 'candidate',
      grantedMinutes: 270,
      grantedPer: 'week',
      supportFrom: '2025-09-09',
      teamName: 'Team Syd',
      worker: 'BM03',
      connection: 'weak',
      equipment: 'unknown',
    });
    const identity = await write(async (tx) =>
      world.citizenIdentities.read(tx, coordinator, await codeOf('100200'), 'correction'),
    );
    expect(identity).toEqual({
      reference: '100200',
      name: 'Lærke Krogh',
      phone: '+4521513438',
      email: 'laerke0@example.dk',
      address: null,
    });

    const events = await world.superuser.query('SELECT 1 FROM change_event');
    expect((await importFrom(source, 7)).counts).toEqual({ created: 0, updated: 0, unchanged: 60 });
    const more = await leavesSince(after);
    expect(more.filter((leaf) => leaf.type !== 'citizen.identity-read')).toEqual([]);
    expect((await world.superuser.query('SELECT 1 FROM change_event')).rowCount).toBe(events.rowCount);
  });

  it('names every fault of a file with its line, and shows nothing personal', async () => {
    const { problems } = await importFrom(
      sourceFromBytes(await readFile(path.join(fixtures, 'borgere-med-fejl-cp1252.csv'))),
    );
    expect(problems.map(({ line, heading: at, reason }) => [line, at, reason])).toEqual([
      [3, 'Startdato', 'no_such_date'],
      [4, 'Visiteret (timer/uge)', 'too_small'],
      [5, 'Lovgrundlag', 'not_in_list'],
      [6, 'Telefon', 'not_a_phone_number'],
      [7, 'Sagsnr', 'duplicate_in_file'],
      [8, 'Team', 'unknown_team'],
      [9, 'Borger', 'missing'],
      [10, 'Visiteret (timer/uge)', 'not_a_number'],
      [11, 'E-mail', 'not_an_email'],
      [12, null, 'too_few_cells'],
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/12345|ikke-en-adresse|Nørgaard|"100200"/);
  });

  it('updates what a row changes and nothing else, with a leaf for each', async () => {
    await importFrom(
      csv(
        'I-1;Anna Dam;20 10 10 10;a@example.dk;SEL § 85;2;;Team Nord;BM01;iPad;god',
        'I-2;Bo Eg;;;SEL § 85;1;;;;;',
      ),
    );
    const before = (await world.leaves()).length;
    world.clock.advance(60_000);
    const { counts } = await importFrom(
      csv('I-1;Anna Dam;20 10 10 11;;SEL § 85;2,5;;;BM02;;svag', 'I-2;Bo Eg;;;SEL § 85;1;;;;;'),
    );
    expect(counts).toEqual({ created: 0, updated: 1, unchanged: 1 });
    expect(await leavesSince(before)).toMatchObject([
      { type: 'citizen.identity-changed', fields: ['phone', 'email'] },
      { type: 'citizen.changed', fields: ['teamId', 'workerId', 'grantedMinutes', 'connection'] },
    ]);
    // An empty cell clears what can be empty, and leaves what was found out about equipment.
    expect(await rowOf('I-1')).toMatchObject({
      teamId: null,
      worker: 'BM02',
      grantedMinutes: 150,
      equipment: 'tablet',
      connection: 'weak',
      updatedAt: world.clock.now(),
    });
    const found = await write((tx) =>
      world.citizenIdentities.find(tx, coordinator, { phone: '+4520101011', reason: 'contact' }),
    );
    expect(found).toEqual([await codeOf('I-1')]);
  });

  it('meets the citizens whom people registered, by reference', async () => {
    const code = await write((tx) =>
      world.citizens.register(
        tx,
        coordinator,
        aCitizen({ identity: { reference: 'I-20', name: 'Eva Fløe', address: 'Nygade 1' } }),
      ),
    );
    await importFrom(csv('I-20;Eva Fløe;20 00 00 00;laerke@example.dk;SEL § 85;3;;;;;'));
    expect(await codeOf('I-20')).toBe(code);
    const identity = await write((tx) => world.citizenIdentities.read(tx, coordinator, code, 'contact'));
    // The file has no column for addresses, so the one there is stays.
    expect(identity.address).toBe('Nygade 1');
  });

  it('registers anew whoever was erased', async () => {
    await importFrom(csv('I-30;Ib Juul;;;SEL § 85;1;;;;;'));
    const erased = await codeOf('I-30');
    await write((tx) =>
      world.citizenIdentities.erase(tx, coordinator, erased, { reason: 'data-subject-request' }),
    );
    expect((await importFrom(csv('I-30;Ib Juul;;;SEL § 85;1;;;;;'))).counts.created).toBe(1);
    expect(await codeOf('I-30')).not.toBe(erased);
  });

  it('does not undo the first meeting that a course rests on', async () => {
    const head = 'Sagsnr;Borger;Lovgrundlag;Visiteret (timer/uge);Mødt den;Isoleret';
    const source = (met: string, isolated: string) =>
      sourceFromBytes(Buffer.from(`${head}\nI-40;Kaj Lind;SEL § 85;1;${met};${isolated}`));
    await importFrom(source('', 'ja'));
    const code = await codeOf('I-40');
    for (const [to, reason] of [
      ['offered', 'first-talk'],
      ['accepted', 'own-wish'],
      ['introduced', 'by-video'],
    ] as const) {
      await write((tx) => world.citizens.takeStep(tx, coordinator, code, { to, reason }));
    }
    expect((await importFrom(source('', 'nej'))).counts).toEqual({ created: 0, updated: 0, unchanged: 1 });
    await importFrom(source('2026-11-20', ''));
    expect(await rowOf('I-40')).toMatchObject({ acquaintance: 'met', metOn: '2026-11-20' });
  });

  it('gives back what was exported with identities, unchanged, whatever the citizens are like', async () => {
    const text = fc
      .string({ minLength: 1, maxLength: 30, unit: fc.constantFrom(...'aåø ;"=+@-\'tekst,Ø') })
      .filter((value) => value.trim() !== '');
    const people = fc.sample(
      fc.record({
        name: text,
        address: fc.option(text, { nil: null }),
        granted: fc.record({
          minutes: fc.integer({ min: 0, max: 10_080 }),
          per: fc.constantFrom('week' as const, 'fortnight' as const),
        }),
        equipment: fc.constantFrom(
          'unknown' as const,
          'none' as const,
          'phone' as const,
          'tablet' as const,
          'computer' as const,
        ),
        connection: fc.constantFrom('unknown' as const, 'none' as const, 'weak' as const, 'good' as const),
        itSkills: fc.constantFrom('unknown' as const, 'none' as const, 'some' as const, 'good' as const),
        substitute: fc.constantFrom(null, 'BM05'),
        supportFrom: fc.constantFrom(null, '2025-02-03'),
        acquaintance: fc.constantFrom(
          { kind: 'not-met' as const },
          { kind: 'isolated' as const },
          { kind: 'met' as const, on: '2026-01-02' },
        ),
      }),
      60,
    );
    for (const { name, address, ...facts } of people) {
      await write((tx) =>
        world.citizens.register(tx, coordinator, aCitizen({ ...facts, identity: { name, address } })),
      );
    }
    await expect(exported({ identities: true })).rejects.toMatchObject({ code: 'invalid_input' });
    const file = await exported({ identities: true, reason: 'supervision' });
    const leaves = await world.leaves();
    const { rowCount } = await world.superuser.query(
      `SELECT 1 FROM identity_access WHERE kind = 'export' AND reason = 'supervision'`,
    );
    expect(leaves.at(-1)).toEqual({
      type: 'citizens.identities-exported',
      count: rowCount,
      reason: 'supervision',
    });
    const { problems, counts } = await importFrom(sourceFromBytes(Buffer.from(file)));
    expect(problems).toEqual([]);
    expect(counts).toEqual({ created: 0, updated: 0, unchanged: rowCount });
    expect(await leavesSince(leaves.length)).toEqual([]);
  });

  it('exports without a name, unasked for, and without a trace', async () => {
    const before = (await world.leaves()).length;
    const file = await exported({ identities: false });
    const listed = await world.database.read(world.nordby, (tx) =>
      listCitizens(tx, coordinator, {
        after: null,
        limit: 1000,
        status: null,
        teamId: null,
        workerId: null,
        erased: false,
      }),
    );
    expect(file.trim().split('\r\n')).toHaveLength(listed.length + 1);
    expect(file).not.toMatch(/Lærke|Krogh|Borger|Telefon|@/);
    expect(await leavesSince(before)).toEqual([]);
  });

  it('is refused to those who may not', async () => {
    const leader = await world.actor(world.nordby, ['leader']);
    const known = await world.database.read(world.nordby, (tx) => importer.readKnown(tx, coordinator));
    await expect(
      world.database.read(world.nordby, (tx) => importer.readKnown(tx, leader)),
    ).rejects.toMatchObject({ code: 'not_allowed' });
    await expect(write((tx) => importer.apply(tx, leader, [], known))).rejects.toMatchObject({
      code: 'not_allowed',
    });
    const exportAs = (actor: Actor, identities: boolean) =>
      write(async (tx) => createCitizensExporter(world)(tx, actor, { identities, reason: 'contact' }));
    await expect(exportAs(leader, true)).rejects.toMatchObject({ code: 'not_allowed' });
    await expect(exportAs(await world.actor(world.nordby, ['support-worker']), false)).rejects.toMatchObject({
      code: 'not_allowed',
    });
  });
});

describe('hours in a file', () => {
  it('give every number of minutes back', async () => {
    const { cell } = citizensShape.columns.weekly;
    for (let minutes = 0; minutes <= 10_080; minutes += 1) {
      expect(cell.parse(formatHours(minutes), { dateOrder: 'danish' }), String(minutes)).toEqual({
        ok: true,
        value: minutes,
      });
    }
  });
});
