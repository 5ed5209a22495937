import { randomUUID } from 'node:crypto';
import { parse } from 'csv-parse/sync';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handOffDocument } from '../../../contract/index.ts';
import type { Actor } from '../../identity/index.ts';
import { span } from '../fixture.ts';
import { createHandOffWorld, type HandOffWorld, taking, textOf } from './fixture.ts';
import { listHandOffs } from './store.ts';

const clearTables =
  'TRUNCATE outbox_message, hand_off, visit_note, visit_part, visit_participant, visit CASCADE';

describe('handing off by hand or in a file', () => {
  let w: HandOffWorld;
  beforeAll(async () => {
    w = await createHandOffWorld({ hasCaseSystem: false });
  });
  beforeEach(async () => {
    w.clock.set('2026-11-24T12:00:00Z');
    await w.superuser.query(clearTables);
  });
  afterEach(() => w.quiet());
  afterAll(() => w.close());

  const read = (visit: string, by: Actor = w.anna) => w.as(by, (tx) => w.handOffs.read(tx, by, visit));
  const mark = (visit: string, revision?: number, by: Actor = w.anna) =>
    w.as(by, (tx) => w.handOffs.markByHand(tx, by, visit, revision));
  const file = (
    id: string = randomUUID(),
    wish: { format?: 'csv' | 'json'; until?: string } = {},
    by: Actor = w.coordinator,
  ): Promise<string> =>
    w.as(by, async (tx) =>
      textOf(await w.handOffs.exportBatch(tx, by, { id, format: wish.format ?? 'json', ...wish })),
    );
  const documents = async (...wish: Parameters<typeof file>) =>
    handOffDocument.array().parse(JSON.parse(await file(...wish)));
  const handedOffLeaves = async () => (await w.leaves()).filter(({ type }) => type === 'visit.handed-off');
  const list = (by: Actor, state: 'waiting' | 'delivered' | 'refused' = 'waiting') =>
    w.database.read(w.municipalityId, (tx) =>
      listHandOffs(tx, by, { state, worker: null, from: null, to: null, after: null, limit: 50 }),
    );

  it('gives a ready text to paste, logs that it was read, and knows when it was pasted', async () => {
    const citizen = await w.citizenOf({ identity: { reference: 'SAG-1' } });
    const visit = await w.record(citizen, { note: 'Tag brevet med.' });
    expect(await list(w.anna)).toMatchObject([{ visitId: visit, state: 'waiting', way: null }]);
    expect(await read(visit)).toMatchObject({
      reference: 'SAG-1',
      note: 'Tag brevet med.',
      text: 'Uplanlagt skærmbesøg tirsdag den 24. november 2026 kl. 10.00–10.20 (20 minutter). Emner: struktur på dagen.',
    });
    expect(await w.readings(citizen)).toEqual([
      { staff_id: w.anna.staffId, kind: 'hand-off', reason: 'documentation' },
    ]);
    await mark(visit, 1);
    expect(await list(w.anna)).toEqual([]);
    expect(await list(w.anna, 'delivered')).toMatchObject([
      { visitId: visit, way: 'by-hand', handedAt: w.clock.now() },
    ]);
    expect((await w.leaves()).at(-1)).toEqual({
      type: 'visit.handed-off',
      visit,
      revision: 1,
      way: 'by-hand',
    });
    expect(await w.messages()).toEqual([]);
  });

  it('says of a demo municipality that it is invented, should it reach a real case system', async () => {
    const visit = await w.record(await w.citizenOf());
    await w.superuser.query('UPDATE municipality SET is_demo = true WHERE id = $1', [w.municipalityId]);
    expect((await read(visit)).text).toMatch(/^DEMODATA, opdigtet\. Uplanlagt skærmbesøg tirsdag/);
    await w.superuser.query('UPDATE municipality SET is_demo = false WHERE id = $1', [w.municipalityId]);
  });

  it('hands nothing off twice by hand, and nothing that is not recorded', async () => {
    const visit = await w.record(await w.citizenOf());
    await mark(visit);
    await expect(mark(visit)).rejects.toMatchObject({ code: 'handed_off_already', params: { revision: 1 } });
    await expect(mark(visit, 2)).rejects.toMatchObject({ code: 'not_handed_off_yet' });
    const planned = await w.as(w.anna, async (tx) =>
      w.visits.plan(tx, w.anna, w.wish(await w.citizenOf(), '2026-11-25T10:00', 20)),
    );
    await expect(mark(planned.id)).rejects.toMatchObject({ code: 'not_handed_off_yet' });
    await expect(read(planned.id)).rejects.toMatchObject({ code: 'not_handed_off_yet' });
    await expect(mark(randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('asks for a correction by hand too, and takes no old text for it', async () => {
    const visit = await w.record(await w.citizenOf());
    await mark(visit);
    await w.correct(visit, 40);
    expect(await read(visit)).toMatchObject({ revision: 2, minutes: { video: 40 } });
    await expect(mark(visit, 1)).rejects.toMatchObject({ code: 'handed_off_already' });
    await mark(visit, 2);
    expect(await w.handedOff(visit)).toMatchObject([
      { revision: 1, state: 'delivered' },
      { revision: 2, state: 'delivered' },
    ]);
  });

  it('tells beforehand which revision a recording will have', async () => {
    const revisionOf = (visit: string) => w.as(w.anna, (tx) => w.handOffs.revisionOf(tx, visit));
    expect(await revisionOf(randomUUID())).toBe(1);
    const visit = await w.record(await w.citizenOf());
    expect(await revisionOf(visit)).toBe(1);
    await mark(visit);
    expect(await revisionOf(visit)).toBe(2);
    await w.correct(visit, 40);
    expect(await revisionOf(visit)).toBe(2);
  });

  it('lets somebody decide whose call was never answered, once no case system is called any more', async () => {
    const visit = await w.record(await w.citizenOf());
    await w.superuser.query(`UPDATE hand_off SET way = 'call' WHERE visit_id = $1`, [visit]);
    expect(await documents()).toEqual([]);
    await mark(visit);
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered', way: 'by-hand' }]);
  });

  it('hands off what was futile, and what was held after all as its correction', async () => {
    const citizen = await w.citizenOf();
    w.clock.set('2026-11-24T08:00:00Z');
    const { id } = await w.as(w.anna, (tx) =>
      w.visits.plan(tx, w.anna, w.wish(citizen, '2026-11-24T10:00', 60, { channel: 'physical' })),
    );
    w.clock.set('2026-11-24T12:00:00Z');
    await w.as(w.anna, (tx) =>
      w.visits.futile(tx, w.anna, id, { reason: 'nobody-home', waitedMinutes: 10, travelMinutes: 25 }),
    );
    expect(await read(id)).toMatchObject({
      outcome: 'futile',
      text: 'Forgæves fysisk besøg tirsdag den 24. november 2026 kl. 10.00: der var ingen hjemme. Vejtid: 25 minutter. Ventetid: 10 minutter.',
    });
    await mark(id);
    await w.as(w.anna, (tx) =>
      w.visits.record(tx, w.anna, id, { parts: [{ kind: 'physical', ...span('2026-11-24T10:15', 45) }] }),
    );
    expect(await read(id)).toMatchObject({
      outcome: 'held',
      revision: 2,
      text: 'Rettelse (erstatter udgave 1). Fysisk besøg tirsdag den 24. november 2026 kl. 10.15–11.00 (45 minutter).',
    });
  });

  it('hands off a failed call when it was followed up, and not before', async () => {
    const citizen = await w.citizenOf();
    w.clock.set('2026-11-24T08:00:00Z');
    const { id } = await w.as(w.anna, (tx) =>
      w.visits.plan(tx, w.anna, w.wish(citizen, '2026-11-24T10:00', 20)),
    );
    w.clock.set('2026-11-24T09:02:00Z');
    await w.as(w.anna, (tx) => w.visits.fail(tx, w.anna, id, { step: 'no-sound' }));
    await expect(read(id)).rejects.toMatchObject({ code: 'not_handed_off_yet' });
    w.clock.set('2026-11-24T12:00:00Z');
    await w.as(w.anna, (tx) => w.visits.followUp(tx, w.anna, id, span('2026-11-24T10:15', 10)));
    expect(await read(id)).toMatchObject({
      outcome: 'followed-up',
      text: 'Skærmbesøg tirsdag den 24. november 2026 kl. 10.00 mislykkedes: der var ingen lyd. Fulgt op med opkald kl. 10.15–10.25 (10 minutter).',
    });
  });

  it('makes a file of all that waits, once, and the same file again for the same batch', async () => {
    const citizen = await w.citizenOf();
    const [first, second] = [
      await w.record(citizen),
      await w.record(citizen, { local: '2026-11-24T11:00', note: 'Husk nøglen.' }),
    ];
    const before = await handedOffLeaves();
    const batch = randomUUID();
    const made = await file(batch);
    expect(handOffDocument.array().parse(JSON.parse(made))).toMatchObject([
      { visit: first, note: null },
      { visit: second, note: 'Husk nøglen.' },
    ]);
    // One reading for each citizen, not for each visit.
    expect(await w.readings(citizen)).toHaveLength(1);
    const later = await w.record(await w.citizenOf(), { local: '2026-11-24T11:30' });
    expect(await file(batch)).toBe(made);
    expect(await documents()).toMatchObject([{ visit: later }]);
    expect(await documents()).toEqual([]);
    expect((await handedOffLeaves()).slice(before.length)).toEqual([
      { type: 'visit.handed-off', visit: expect.any(String), revision: 1, way: 'file' },
      { type: 'visit.handed-off', visit: expect.any(String), revision: 1, way: 'file' },
      { type: 'visit.handed-off', visit: later, revision: 1, way: 'file' },
    ]);
    await expect(mark(first)).rejects.toMatchObject({ code: 'handed_off_already' });
  });

  it('makes a file until a time, and leaves the rest to wait', async () => {
    const early = await w.record(await w.citizenOf(), { local: '2026-11-24T09:00' });
    const late = await w.record(await w.citizenOf(), { local: '2026-11-24T11:00' });
    const until = span('2026-11-24T11:00', 1).startsAt;
    expect(await documents(randomUUID(), { until })).toMatchObject([{ visit: early }]);
    expect(await list(w.coordinator)).toMatchObject([{ visitId: late }]);
  });

  it('writes a file that a spreadsheet reads, and none of its cells as a formula', async () => {
    const citizen = await w.citizenOf({ identity: { reference: '=1+1' } });
    const visit = await w.record(citizen, { note: '@SUM(A1); "citat"\nog ny linje' });
    const csv = await file(randomUUID(), { format: 'csv' });
    expect(csv.startsWith('\ufeffBesøg;Udgave;Sagsnr;')).toBe(true);
    const [row] = parse(csv, { bom: true, delimiter: ';', columns: true }) as Record<string, string>[];
    expect(row).toEqual({
      Besøg: visit,
      Udgave: '1',
      Sagsnr: `'=1+1`,
      Borgerkode: citizen,
      Medarbejder: 'AB',
      Form: 'skærmbesøg',
      Udfald: 'holdt',
      Begyndt: '2026-11-24 10:00',
      Slut: '2026-11-24 10:20',
      'Video (min.)': '20',
      'Fysisk (min.)': '0',
      'Telefon (min.)': '0',
      'Vejtid (min.)': '0',
      'Ventetid (min.)': '0',
      Formål: '',
      Emner: 'struktur på dagen',
      Deltagere: '',
      Tekst:
        'Uplanlagt skærmbesøg tirsdag den 24. november 2026 kl. 10.00–10.20 (20 minutter). Emner: struktur på dagen.',
      Notat: `'@SUM(A1); "citat"\nog ny linje`,
    });
  });

  it('makes one file of more visits than it reads at once, in the order they happened', async () => {
    const citizen = await w.citizenOf();
    const one = await w.record(citizen, { local: '2026-11-24T08:00', minutes: 1 });
    // Copies of a recorded visit, each a minute later.
    await w.superuser.query(
      `INSERT INTO visit SELECT (jsonb_populate_record(v, jsonb_build_object('id', gen_random_uuid(), 'happens_at', v.happens_at + n * interval '1 minute'))).*
       FROM visit v, generate_series(1, 450) AS n WHERE v.id = $1`,
      [one],
    );
    await w.superuser.query(
      `INSERT INTO hand_off (municipality_id, id, visit_id, revision, state, created_at)
       SELECT municipality_id, gen_random_uuid(), id, 1, 'waiting', created_at FROM visit WHERE id <> $1`,
      [one],
    );
    const made = await documents();
    expect(made).toHaveLength(451);
    expect(new Set(made.map(({ visit }) => visit)).size).toBe(451);
    const times = made.map(({ startsAt }) => startsAt);
    expect(times).toEqual([...times].sort());
  });

  it('gives two who ask for the same batch at once the same file, though more has come to wait', async () => {
    await w.record(await w.citizenOf());
    const batch = randomUUID();
    const [made, mayEnd] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
    const first = w.as(w.coordinator, async (tx) => {
      const wish = { id: batch, format: 'json' } as const;
      made.resolve(await textOf(await w.handOffs.exportBatch(tx, w.coordinator, wish)));
      await mayEnd.promise;
    });
    const firstFile = await made.promise;
    const later = await w.record(await w.citizenOf(), { local: '2026-11-24T11:00' });
    const second = file(batch);
    await expect
      .poll(() =>
        w.rowsOf(
          `SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted AND d.datname = current_database()`,
        ),
      )
      .toHaveLength(1);
    mayEnd.resolve();
    await first;
    expect(await second).toBe(firstFile);
    expect(await list(w.coordinator)).toMatchObject([{ visitId: later }]);
  });

  it('puts no visit into two files that are made at once', async () => {
    const visits: string[] = [];
    for (let n = 0; n < 6; n += 1)
      visits.push(await w.record(await w.citizenOf(), { local: `2026-11-24T0${n + 1}:00`, minutes: 5 }));
    const made = await Promise.all([documents(), documents(), documents()]);
    expect(
      made
        .flat()
        .map(({ visit }) => visit)
        .sort(),
    ).toEqual(visits.sort());
  });

  it('leaves those out of a repeated file who were erased since', async () => {
    const [stays, goes] = [await w.citizenOf(), await w.citizenOf()];
    await w.record(stays);
    await w.record(goes, { local: '2026-11-24T11:00', note: 'canary' });
    const batch = randomUUID();
    expect(await documents(batch)).toHaveLength(2);
    await w.superuser.query('DELETE FROM visit_note');
    await w.superuser.query(
      'DELETE FROM citizen_vault USING citizen WHERE citizen.id = citizen_id AND code = $1',
      [goes],
    );
    await w.superuser.query('UPDATE citizen SET erased_at = $2 WHERE code = $1', [goes, w.clock.now()]);
    expect(await documents(batch)).toMatchObject([{ citizen: stays }]);
    // That it was handed off stays known.
    expect(await list(w.coordinator, 'delivered')).toHaveLength(2);
  });

  it('shows workers what concerns their own visits and citizens, and coordinators everything', async () => {
    const stranger = await w.worker();
    const visit = await w.record(await w.citizenOf());
    expect(await list(stranger)).toEqual([]);
    expect(await list(w.coordinator)).toHaveLength(1);
    await expect(read(visit, stranger)).rejects.toMatchObject({ code: 'not_found' });
    await expect(mark(visit, 1, stranger)).rejects.toMatchObject({ code: 'not_found' });
    const [row] = await w.handedOff(visit);
    await expect(w.as(stranger, (tx) => w.handOffs.retry(tx, stranger, row?.id ?? ''))).rejects.toMatchObject(
      { code: 'not_found' },
    );
    await expect(file(randomUUID(), {}, w.anna)).rejects.toMatchObject({ code: 'not_allowed' });
    // Their own visit stays theirs when the citizen has got another worker.
    await w.superuser.query('UPDATE citizen SET worker_id = $1', [stranger.staffId]);
    expect(await list(w.anna)).toHaveLength(1);
    expect(await list(stranger)).toHaveLength(1);
  });
});

describe('calls, files and hands at the same time', () => {
  let w: HandOffWorld;
  beforeAll(async () => {
    w = await createHandOffWorld();
  });
  afterEach(() => w.quiet());
  afterAll(() => w.close());

  it('hand each visit off exactly once, by one of them', { timeout: 120_000 }, async () => {
    const receiver = await w.receiver(taking);
    const dispatchers = [w.dispatch(receiver.url), w.dispatch(receiver.url)];
    const inFiles: string[] = [];
    const byHand: string[] = [];
    const visits: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      const fresh = await Promise.all(
        Array.from({ length: 12 }, async (_, n) =>
          w.record(await w.citizenOf(), { local: `2026-11-24T0${round}:${10 + n * 4}`, minutes: 2 }),
        ),
      );
      visits.push(...fresh);
      await Promise.all([
        ...fresh.slice(0, 4).map(async (visit) => {
          const marked = await w
            .as(w.anna, (tx) => w.handOffs.markByHand(tx, w.anna, visit))
            .catch((error: { code?: string }) => {
              if (error.code === 'handed_off_already' || error.code === 'hand_off_under_way') return null;
              throw error;
            });
          if (marked !== null) byHand.push(visit);
        }),
        w
          .as(w.coordinator, async (tx) => {
            const batch = { id: randomUUID(), format: 'json' } as const;
            return textOf(await w.handOffs.exportBatch(tx, w.coordinator, batch));
          })
          .then((made) =>
            inFiles.push(
              ...handOffDocument
                .array()
                .parse(JSON.parse(made))
                .map(({ visit }) => visit),
            ),
          ),
      ]);
      await expect
        .poll(async () => (await w.rowsOf(`SELECT 1 FROM outbox_message WHERE state <> 'done'`)).length)
        .toBe(0);
    }
    const called = receiver.documents().map(({ visit }) => visit);
    expect([...called, ...inFiles, ...byHand].sort()).toEqual([...visits].sort());
    const ways = await w.rowsOf<{ way: string; n: string }>(
      `SELECT way, count(*) AS n FROM hand_off WHERE state = 'delivered' GROUP BY way`,
    );
    expect(Object.fromEntries(ways.map(({ way, n }) => [way, Number(n)]))).toEqual(
      Object.fromEntries(
        Object.entries({ call: called.length, file: inFiles.length, 'by-hand': byHand.length }).filter(
          ([, n]) => n > 0,
        ),
      ),
    );
    expect(dispatchers.flatMap(({ attempts }) => attempts).every((outcome) => outcome === 'sent')).toBe(true);
  });
});

describe('names and notes', () => {
  it('leave by the call and the file, and stand nowhere else in the clear', async () => {
    const w = await createHandOffWorld();
    try {
      const canary = 'Kanariefuglqzx';
      const person = { name: `Navn ${canary}`, address: `Vej ${canary}`, email: `${canary}@example.dk` };
      const reference = `SAG-${canary}`;
      const [called, filed] = [
        await w.citizenOf({ identity: { ...person, reference } }),
        await w.citizenOf({ identity: { ...person, reference: `${reference}-2` } }),
      ];
      const note = `Ring til ${canary} på torsdag.`;
      const receiver = await w.receiver((response, nth) =>
        // Also what the other side says in refusing must not be kept.
        nth === 1 ? void response.writeHead(500).end(canary) : taking(response, nth),
      );
      const first = await w.record(called, { note });
      const dispatcher = w.dispatch(receiver.url);
      await dispatcher.until('retry');
      w.clock.advance(5_000);
      dispatcher.wake();
      await dispatcher.until('retry', 'sent');
      await w.quiet();
      await w.record(filed, { note, local: '2026-11-24T11:00' });
      const made = await w.as(w.coordinator, async (tx) =>
        textOf(await w.handOffs.exportBatch(tx, w.coordinator, { id: randomUUID(), format: 'csv' })),
      );
      await w.as(w.anna, (tx) => w.handOffs.read(tx, w.anna, first));

      for (const body of [receiver.received[1]?.body ?? '', made]) {
        expect(body).toContain(note);
        expect(body).toContain(reference);
        // The case system knows its citizens by number: no name, address or mail is handed over.
        expect(body).not.toMatch(/Navn Kanarie|Vej Kanarie|@example/);
      }

      const columns = await w.rowsOf<{ table: string; column: string }>(
        `SELECT c.table_name AS "table", c.column_name AS "column" FROM information_schema.columns c
         JOIN information_schema.tables t USING (table_schema, table_name)
         WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'`,
      );
      /** Columns that hold a text somewhere, be it as bytes. */
      const whereIs = async (text: string): Promise<string[]> => {
        const found: string[] = [];
        for (const { table, column } of columns) {
          const [hit] = await w.rowsOf(
            `SELECT 1 FROM "${table}" WHERE "${column}"::text ILIKE $1 OR "${column}"::text LIKE $2 LIMIT 1`,
            [`%${text}%`, `%${Buffer.from(text).toString('hex')}%`],
          );
          if (hit !== undefined) found.push(`${table}.${column}`);
        }
        return found;
      };
      expect(await whereIs(first)).toEqual(
        expect.arrayContaining(['outbox_message.payload', 'change_event.data', 'ledger_leaf.entry']),
      );
      expect(await whereIs(canary)).toEqual([]);
      const outbox = await w.rowsOf<{ payload: Record<string, unknown> }>(
        'SELECT payload FROM outbox_message',
      );
      for (const { payload } of outbox)
        expect(Object.keys(payload).sort()).toEqual(['handOff', 'revision', 'visit']);
      expect(outbox).toHaveLength(2);
    } finally {
      await w.close();
    }
  });
});
