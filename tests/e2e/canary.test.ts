import { once } from 'node:events';
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchFor } from '../support/canary.ts';
import { createHome, type Service, type ServiceHome } from '../support/service.ts';

/** Stands in every name, e-mail address, address and reference of a citizen here, and nowhere else in the world. */
const word = 'zqxvkanf';
const phones = ['71829364', '71829365', '71829366', '71829367'] as const;
const spaced = (phone: string) => phone.replace(/(..)(?=.)/g, '$1 ');
const canary = searchFor([word, ...phones.flatMap((phone) => [phone, spaced(phone)])]);

const identity = (n: number) => ({
  reference: `Zqxvkanf-${n}`,
  name: `Zqxvkanfine Ægirsdatter ${n}`,
  phone: spaced(phones[n] ?? phones[0]),
  email: `zqxvkanf.${n}@example.dk`,
  address: `Zqxvkanfvej ${n}, 8800 Viborg`,
});
const grant = { legalBasis: 'SEL § 85', granted: { minutes: 60, per: 'week' } };
const heading = 'Sagsnr;Borger;Telefon;E-mail;Lovgrundlag;Visiteret (timer/uge);Team';
const rowOf = (
  n: number | string,
  cells: Partial<Record<'name' | 'phone' | 'email' | 'basis' | 'hours' | 'team', string>> = {},
) =>
  [
    `Zqxvkanf-${n}`,
    cells.name ?? `Zqxvkanfine Importsen ${n}`,
    cells.phone ?? '',
    cells.email ?? `zqxvkanf.${n}@example.dk`,
    cells.basis ?? 'SEL § 85',
    cells.hours ?? '2',
    cells.team ?? '',
  ].join(';');
const many = (from: number, count: number) =>
  [heading, ...Array.from({ length: count }, (_, n) => rowOf(from + n))].join('\n');

interface Heard {
  readonly what: string;
  readonly status: number;
  readonly text: string;
}

describe('who a citizen is, and what is noted of them,', () => {
  let place: ServiceHome;
  let service: Service;
  let superuser: Client;
  const outputs: string[] = [];
  const answers: Heard[] = [];
  const live: string[] = [];
  const afterCrash: string[] = [];
  /** What the case system was called with: there, names and notes are to arrive. */
  const calls: string[] = [];
  let caseSystem: Server;
  let code = '';
  let otherCode = '';

  /** Asks, and keeps the answer to be searched; one that is asked for an identity is not kept. */
  const ask = async (
    method: string,
    target: string,
    sending: { body?: unknown; file?: string | Uint8Array<ArrayBuffer>; forIdentity?: true } = {},
  ): Promise<Heard> => {
    const { body, file, forIdentity } = sending;
    const answer = await fetch(new URL(target, service.url), {
      method,
      headers: {
        authorization: `Bearer ${await place.token()}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(file === undefined ? {} : { 'content-type': 'text/csv' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(file === undefined ? {} : { body: file }),
    });
    const heard = { what: `${method} ${target}`, status: answer.status, text: await answer.text() };
    if (forIdentity === undefined) answers.push(heard);
    return heard;
  };
  const have = async (...given: Parameters<typeof ask>): Promise<Record<string, unknown>> => {
    const { status, text, what } = await ask(...given);
    if (status >= 300) throw new Error(`${what} answered ${status}: ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  };

  const openDatabase = async (): Promise<Client> => {
    const folder = path.join(place.home, 'postgres');
    const [password, port] = await Promise.all(
      ['superuser-password', 'port'].map(async (name) =>
        (await readFile(path.join(folder, name), 'utf8')).trim(),
      ),
    );
    const client = new Client({
      host: '127.0.0.1',
      port: Number(port),
      user: 'postgres',
      password: password ?? '',
      database: 'naer',
    });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  /** The home, and the data of its database where those lie elsewhere. */
  const folders = async (): Promise<readonly string[]> => {
    const elsewhere = await readFile(path.join(place.home, 'postgres', 'location'), 'utf8').catch(() => null);
    return elsewhere === null ? [place.home] : [place.home, elsewhere.trim()];
  };
  const start = async () => {
    service = await place.start({
      NAER_LOG_LEVEL: 'debug',
      NAER_CASE_SYSTEM_URL: `http://127.0.0.1:${(caseSystem.address() as AddressInfo).port}/`,
      NAER_CASE_SYSTEM_SECRET: `whsec_${Buffer.alloc(32, 'k').toString('base64')}`,
    });
    superuser = await openDatabase();
  };
  const listen = async (until: string): Promise<string> => {
    const answer = await fetch(new URL('/api/v1/events?after=0', service.url), {
      headers: { authorization: `Bearer ${await place.token()}` },
    });
    let text = '';
    for await (const piece of (answer.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.includes(until)) break;
    }
    return text;
  };

  /** Holds a write in the middle of its work and does something to the connection it works on. */
  const disturb = async (what: 'pg_terminate_backend' | 'pg_cancel_backend', n: number) => {
    await superuser.query('BEGIN; LOCK TABLE citizen_vault');
    const answer = ask('POST', '/api/v1/citizens', { body: { ...grant, identity: identity(n) } });
    for (let waiting = 0; waiting === 0; ) {
      // Within a transaction PostgreSQL remembers what it first saw of others.
      await superuser.query('SELECT pg_stat_clear_snapshot()');
      const { rowCount } = await superuser.query(
        `SELECT ${what}(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'naer' AND query LIKE '%INTO citizen_vault%'`,
      );
      waiting = rowCount ?? 0;
    }
    await superuser.query('ROLLBACK');
    expect((await answer).status).toBeGreaterThanOrEqual(500);
  };
  const refuseInserts = async (table: string, condition: string) => {
    await superuser.query(`ALTER TABLE ${table} ADD CONSTRAINT provoked CHECK (${condition}) NOT VALID`);
    expect(
      (await ask('POST', '/api/v1/citizens', { body: { ...grant, identity: identity(3) } })).status,
    ).toBeGreaterThanOrEqual(400);
    await superuser.query(`ALTER TABLE ${table} DROP CONSTRAINT provoked`);
  };

  /** A talk of the last hour, with what was noted of it for the next time. */
  const recordTalk = async (citizen: string, minutesAgo: number, note: string): Promise<string> => {
    const startsAt = new Date(Date.now() - minutesAgo * 60_000);
    const part = { kind: 'video', startsAt, endsAt: new Date(startsAt.getTime() + 300_000) };
    const body = { citizen, parts: [part], topics: ['supportive-talk'], note };
    return String((await have('POST', '/api/v1/visits/unplanned', { body })).id);
  };

  beforeAll(async () => {
    place = await createHome();
    // Broken at first, so that what it is told waits; then it refuses one and takes the rest.
    caseSystem = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => {
        body += piece;
      });
      request.on('end', () => {
        calls.push(body);
        const status = calls.length === 1 ? 503 : calls.length === 2 ? 400 : 200;
        response.writeHead(status, { 'content-type': 'application/json' });
        // Whatever the other side says of a citizen is not kept either.
        response.end(
          JSON.stringify({ receipt: status === 200 ? 'K-1' : null, error: 'Zqxvkanfine kendes ikke' }),
        );
      });
    }).listen(0, '127.0.0.1');
    await once(caseSystem, 'listening');
    await start();
    const living = listen('Kanariefuglen').then(
      (text) => live.push(text),
      () => undefined,
    );

    // What is done every day.
    await have('POST', '/api/v1/teams', { body: { name: 'Team Midt' } });
    const room = await have('POST', '/api/v1/rooms', {
      body: {
        site: 'Rådhuset',
        name: 'Boks 1',
        openingHours: [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, opens: '00:00', closes: '24:00' })),
      },
    });
    code = String(
      (
        await have('POST', '/api/v1/citizens', {
          body: { ...grant, identity: identity(0), team: 'Team Midt' },
        })
      ).code,
    );
    otherCode = String(
      (await have('POST', '/api/v1/citizens', { body: { ...grant, identity: identity(1) } })).code,
    );
    const one = `/api/v1/citizens/${code}`;
    await have('PATCH', `${one}/identity`, {
      body: { name: 'Zqxvkanfine Nytnavn', address: 'Zqxvkanfvej 99' },
    });
    const read = await ask('POST', `${one}/identity/read`, { body: { reason: 'visit' }, forIdentity: true });
    expect(read.text).toContain('Zqxvkanfine Nytnavn');
    for (const wish of [
      { phone: spaced(phones[0]) },
      { phone: `+45${phones[0]}` },
      { reference: 'Zqxvkanf-0' },
    ])
      expect(await have('POST', '/api/v1/citizens/find', { body: { ...wish, reason: 'contact' } })).toEqual({
        codes: [code],
      });
    await have('POST', `${one}/steps`, { body: { to: 'offered', reason: 'first-talk' } });
    await have('POST', `${one}/assessments`, { body: { outcome: 'suited', withCitizen: true } });
    for (const target of [
      one,
      `${one}/steps`,
      `${one}/assessments`,
      `${one}/accesses`,
      '/api/v1/citizens',
      '/api/v1/outbox?state=pending',
    ])
      await have('GET', target);
    const startsAt = new Date(Date.now() + 3_600_000);
    await have('POST', '/api/v1/bookings', {
      body: { roomId: room.id, startsAt, endsAt: new Date(startsAt.getTime() + 1_800_000) },
    });
    await have('POST', '/api/v1/master-key/rotate');

    // Talks, what was noted of them, and how that reaches the case system.
    const talk = await recordTalk(code, 50, 'Zqxvkanfs søster ringer fredag');
    const other = await recordTalk(otherCode, 40, 'Zqxvkanf sover dårligt');
    const correction = { note: 'Zqxvkanfs bror ringer fredag' };
    await have('POST', `/api/v1/visits/${talk}/record`, { body: correction });
    for (const wrong of ['Zqxvkanf 010203-1234', 'Zqxvkanf\u0000', 'Zqxvkanf'.repeat(400)])
      expect(
        (await ask('POST', `/api/v1/visits/${talk}/record`, { body: { note: wrong } })).status,
      ).toBeGreaterThanOrEqual(400);
    const noted = await ask('POST', `/api/v1/visits/${talk}/note/read`, { forIdentity: true });
    expect(noted.text).toContain('bror ringer fredag');
    const text = await ask('POST', `/api/v1/visits/${other}/hand-off/read`, { forIdentity: true });
    expect(text.text).toContain('Zqxvkanf sover dårligt');
    for (const target of [
      '/api/v1/visits',
      `/api/v1/visits/${talk}`,
      `/api/v1/visits/overview?from=${new Date().toISOString().slice(0, 10)}&days=7`,
      '/api/v1/hand-offs',
      '/api/v1/hand-offs?state=refused',
      '/api/v1/granted',
      `/api/v1/citizens/${code}/granted`,
      '/api/v1/contact-reviews',
      '/api/v1/outbox?state=pending',
      '/api/v1/outbox?state=dead',
    ])
      await have('GET', target);
    await superuser.query(`ALTER TABLE visit_note ADD CONSTRAINT provoked CHECK (false) NOT VALID`);
    expect(
      (await ask('POST', `/api/v1/visits/${talk}/record`, { body: { note: 'Zqxvkanf igen' } })).status,
    ).toBeGreaterThanOrEqual(400);
    await superuser.query('ALTER TABLE visit_note DROP CONSTRAINT provoked');

    // Files, good and bad.
    await have('POST', '/api/v1/citizens/imports', {
      file: [heading, rowOf(10, { phone: phones[2] }), rowOf(11)].join('\n'),
    });
    const changed = [heading, rowOf(10, { name: 'Zqxvkanfine Giftenavn' })].join('\r\n');
    await have('POST', '/api/v1/citizens/imports?dryRun=true', { file: changed });
    await have('POST', '/api/v1/citizens/imports', { file: new Uint8Array(Buffer.from(changed, 'latin1')) });
    const faulty: readonly string[] = [
      [
        heading,
        rowOf(20, { phone: 'zqxvkanf' }),
        rowOf(21, { email: 'zqxvkanf' }),
        rowOf(22, { hours: 'mange' }),
        rowOf(23, { name: 'Zqxvkanf'.repeat(40) }),
        rowOf(24, { name: '' }),
      ].join('\n'),
      [heading, rowOf(20), rowOf(20)].join('\n'),
      [heading, `Zqxvkanf-25;Zqxvkanfine;Forskudt;;zqxvkanf.25@example.dk;SEL § 85;2;`].join('\n'),
      [
        heading,
        rowOf(26, { basis: 'Zqxvkanfine Forskudt' }),
        rowOf(27, { team: 'Zqxvkanfine Forskudt' }),
        rowOf(28, { hours: 'Zqxvkanf 2' }),
      ].join('\n'),
      [rowOf(29), rowOf(30)].join('\n'),
      [heading, rowOf(31, { name: '"Zqxvkanfine' })].join('\n'),
      [heading, rowOf(32, { name: 'Zqxvkanfine 010203-1234' })].join('\n'),
      [heading, rowOf(33, { name: 'Zqxvkanf\u0000ine' })].join('\n'),
    ];
    for (const file of faulty) {
      expect((await ask('POST', '/api/v1/citizens/imports', { file })).status).toBe(422);
      expect((await ask('POST', '/api/v1/staff/imports', { file })).status).toBe(422);
    }
    // Names where a mistaken mapping says that teams stand.
    const swapped = new URLSearchParams({ map: JSON.stringify({ Borger: 'team', Team: 'name' }) });
    const file = [heading, rowOf(34, { team: 'Team Midt' })].join('\n');
    expect((await ask('POST', `/api/v1/citizens/imports?${swapped}`, { file })).status).toBe(422);
    await ask('POST', '/api/v1/citizens/export', { body: { identities: false } });
    const exported = await ask('POST', '/api/v1/citizens/export', {
      body: { identities: true, reason: 'supervision' },
      forIdentity: true,
    });
    expect(exported.text).toContain('Zqxvkanfine Giftenavn');

    // What goes wrong: values that are refused, and a database that fails under the work.
    for (const wrong of [
      { reference: 'Zqxvkanf-0' },
      { name: 'Zqxvkanf'.repeat(40) },
      { email: 'zqxvkanf' },
      { phone: 'zqxvkanf' },
      { name: 'Zqxvkanf 010203-1234' },
      { name: 'Zqxvkanf\u0000' },
      { address: ['Zqxvkanf'] },
    ]) {
      expect(
        (
          await ask('POST', '/api/v1/citizens', {
            body: { ...grant, identity: { ...identity(2), ...wrong } },
          })
        ).status,
      ).toBeGreaterThanOrEqual(400);
      expect(
        (
          await ask('PATCH', `${one}/identity`, {
            body: wrong.reference === undefined ? wrong : { reference: 'Zqxvkanf-1' },
          })
        ).status,
      ).toBeGreaterThanOrEqual(400);
    }
    await ask('POST', '/api/v1/citizens', {
      body: { ...grant, identity: identity(2), legalBasis: 'SEL § 999' },
    });
    await ask('POST', '/api/v1/citizens', { body: `{"identity":{"name":"Zqxvkanfine` });
    await ask('GET', `/api/v1/citizens/${encodeURIComponent('Zqxvkanfine Ægir')}`);
    await ask('GET', `/api/v1/citizens?name=Zqxvkanfine`);
    await ask('GET', `/api/v1/zqxvkanf`);
    await refuseInserts('citizen', 'false');
    await refuseInserts('citizen_vault', 'octet_length(sealed_identity) < 5');
    await refuseInserts('change_event', 'false');
    await disturb('pg_terminate_backend', 2);
    await disturb('pg_cancel_backend', 2);
    await superuser.query(`
      CREATE SEQUENCE provoked; GRANT USAGE ON provoked TO PUBLIC;
      CREATE FUNCTION provoke() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('provoked') > 2000 THEN RAISE EXCEPTION 'failing row: %', NEW USING DETAIL = NEW::text; END IF; RETURN NULL;
      END $$;
      CREATE TRIGGER provoked AFTER INSERT ON citizen_vault FOR EACH ROW EXECUTE FUNCTION provoke()`);
    expect(
      (await ask('POST', '/api/v1/citizens/imports', { file: many(1000, 3000) })).status,
    ).toBeGreaterThanOrEqual(500);
    await superuser.query(
      'DROP TRIGGER provoked ON citizen_vault; DROP FUNCTION provoke(); DROP SEQUENCE provoked',
    );

    // A crash in the middle of an import, held there, leaves the file on disk, and what PostgreSQL has written of it.
    await superuser.query(`
      CREATE SEQUENCE held;
      GRANT USAGE ON held TO PUBLIC;
      CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('held') > 500 THEN PERFORM pg_advisory_xact_lock(500); END IF; RETURN NULL;
      END $$;
      CREATE TRIGGER held AFTER INSERT ON citizen_vault FOR EACH ROW EXECUTE FUNCTION hold();
      SELECT pg_advisory_lock(500)`);
    const dying = ask('POST', '/api/v1/citizens/imports', { file: many(5000, 6000) }).catch(() => null);
    const held = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND wait_event = 'advisory'`;
    while ((await superuser.query(held)).rowCount === 0) await delay(5);
    await service.killHard();
    await dying;
    expect(await readdir(path.join(place.home, 'spool'))).toHaveLength(1);
    outputs.push(service.output());
    for (const folder of await folders()) afterCrash.push(...(await canary.inFolder(folder)));
    await superuser.end();
    await start();
    await superuser.query('DROP TRIGGER held ON citizen_vault; DROP FUNCTION hold(); DROP SEQUENCE held');
    await have('POST', '/api/v1/teams', { body: { name: 'Kanariefuglen' } });
    await living;
  }, 120_000);
  afterAll(async () => {
    await superuser.end();
    await place.remove();
    caseSystem.close();
  });

  it('stands in no answer but those that were asked for it', () => {
    expect(answers.filter(({ status }) => status >= 400).length).toBeGreaterThan(30);
    expect(
      answers.flatMap(({ what, status, text }) =>
        canary.inBytes(text).map((shape) => `${what} ${status}: ${shape}`),
      ),
    ).toEqual([]);
  });

  it('stands in no event and no leaf', async () => {
    const { rows } = await superuser.query<{ position: string }>(
      'SELECT max(position) AS position FROM change_event',
    );
    const events = await listen(`id: ${rows[0]?.position}\n`);
    expect(events).toContain('citizen.identity-changed');
    expect(canary.inBytes(events)).toEqual([]);
    expect(live.flatMap((text) => canary.inBytes(text))).toEqual([]);
    const leaves = await ask('GET', '/api/v1/ledger/leaves?limit=200');
    expect(leaves.text).toContain('citizen.identity-read');
    expect(canary.inBytes(leaves.text)).toEqual([]);
  });

  it('stands in no metric and nothing that was printed', async () => {
    const metrics = await ask('GET', '/metrics');
    expect(metrics.text).toContain('naer_http_request_seconds');
    expect(canary.inBytes(metrics.text)).toEqual([]);
    expect([...outputs, service.output()].flatMap((text) => canary.inBytes(text))).toEqual([]);
  });

  it('stands in no column of any table', async () => {
    expect((await superuser.query('SELECT 1 FROM citizen_vault')).rowCount).toBeGreaterThan(3);
    expect(await canary.inDatabase(superuser)).toEqual([]);
  });

  it('stands in no file: no log, no spooled upload, no page or journal of the database', async () => {
    expect(afterCrash).toEqual([]);
    await superuser.query('CHECKPOINT');
    expect(await readFile(path.join(place.home, 'logs', 'core.log'), 'utf8')).toContain('request failed');
    for (const folder of await folders()) expect(await canary.inFolder(folder)).toEqual([]);
  });

  it('reaches the case system, and nobody else', async () => {
    const isSettled = async () =>
      (await superuser.query(`SELECT 1 FROM outbox_message WHERE kind = 'hand-off' AND state = 'pending'`))
        .rowCount === 0;
    while (!(await isSettled())) await delay(100);
    expect(calls.length).toBeGreaterThan(2);
    expect(calls.some((call) => call.includes('bror ringer fredag') && call.includes('Zqxvkanf-0'))).toBe(
      true,
    );
    expect(await canary.inDatabase(superuser)).toEqual([]);
    const { rows } = await superuser.query('SELECT state, receipt FROM hand_off ORDER BY state');
    expect(rows).toContainEqual({ state: 'delivered', receipt: 'K-1' });
  });

  it('would be found there, in whatever shape', async () => {
    const control = 'wjkqplom';
    const text = 'Wjkqplomine Ægir';
    const searcher = searchFor([control]);
    await superuser.query(
      'CREATE TABLE control (plain text, list text[], object jsonb, utf16 bytea, base64 text, hex text)',
    );
    await superuser.query('INSERT INTO control VALUES ($1, $2, $3, $4, $5, $6)', [
      text,
      [text],
      { name: text },
      Buffer.from(text, 'utf16le'),
      Buffer.from(`x${text}`).toString('base64'),
      Buffer.from(text).toString('hex'),
    ]);
    await superuser.query('CHECKPOINT');
    await appendFile(path.join(place.home, 'logs', 'core.log'), `{"msg":"${text}"}\n`);
    await writeFile(path.join(place.home, 'spool', 'left-behind'), Buffer.from(text, 'utf16le'));
    expect([...(await searcher.inDatabase(superuser))].sort()).toEqual([
      `control: "${control}" UTF-16`,
      `control: "${control}" base 64`,
      `control: "${control}" hex`,
      `control: "${control}" plain`,
    ]);
    const files = (await Promise.all((await folders()).map((folder) => searcher.inFolder(folder)))).flat();
    expect(files).toContain(`logs/core.log: "${control}" plain`);
    expect(files).toContain(`spool/left-behind: "${control}" UTF-16`);
    expect(files).toContainEqual(expect.stringMatching(/base\/\d+\/\d+: "wjkqplom" base 64$/));
    expect(files).toContainEqual(expect.stringMatching(/pg_wal\/[0-9A-F]+: "wjkqplom" plain$/));
    expect(searcher.inBytes('intet at se')).toEqual([]);
  });

  it('is gone after erasure: it cannot be read, found or decrypted with any key that is left', async () => {
    const kept = await superuser.query<Record<string, Buffer>>(
      'SELECT vault.* FROM citizen_vault vault JOIN citizen ON id = citizen_id WHERE code = $1',
      [code],
    );
    expect(
      (await ask('POST', `/api/v1/citizens/${code}/erase`, { body: { reason: 'data-subject-request' } }))
        .status,
    ).toBe(200);
    expect(
      (await ask('POST', `/api/v1/citizens/${code}/identity/read`, { body: { reason: 'visit' } })).status,
    ).toBe(410);
    for (const wish of [{ phone: phones[0] }, { reference: 'Zqxvkanf-0' }])
      expect(await have('POST', '/api/v1/citizens/find', { body: { ...wish, reason: 'contact' } })).toEqual({
        codes: [],
      });
    expect(
      (
        await superuser.query('SELECT 1 FROM visit_note JOIN citizen ON id = citizen_id WHERE code = $1', [
          code,
        ])
      ).rowCount,
    ).toBe(0);
    const everything = await ask('POST', '/api/v1/citizens/export', {
      body: { identities: true, reason: 'supervision' },
      forIdentity: true,
    });
    expect(everything.text).not.toContain('Zqxvkanfine Nytnavn');
    expect(
      (
        await superuser.query('SELECT 1 FROM citizen_vault JOIN citizen ON id = citizen_id WHERE code = $1', [
          code,
        ])
      ).rowCount,
    ).toBe(0);

    // Whoever kept the sealed bytes has every key that is left tried on them: the service itself must fail to open them.
    const [row] = kept.rows;
    await superuser.query('UPDATE citizen SET erased_at = NULL WHERE code = $1', [code]);
    for (const owner of [otherCode, null]) {
      await superuser.query(
        `INSERT INTO citizen_vault (municipality_id, citizen_id, master_key_id, wrapped_key, sealed_identity, sealed_subject, reference_index, phone_index)
         SELECT municipality_id, $1, master_key_id, wrapped_key, $2, $3, $4, NULL FROM citizen_vault JOIN citizen USING (municipality_id) WHERE citizen_id = id AND ($5::text IS NULL OR code = $5) LIMIT 1`,
        [row?.citizen_id, row?.sealed_identity, row?.sealed_subject, row?.reference_index, owner],
      );
      const attempt = await ask('POST', `/api/v1/citizens/${code}/identity/read`, {
        body: { reason: 'visit' },
      });
      expect(attempt.status).toBe(500);
      expect(canary.inBytes(attempt.text)).toEqual([]);
      await superuser.query('DELETE FROM citizen_vault WHERE citizen_id = $1', [row?.citizen_id]);
    }
    // With its own key back in place they open: what was tried was the right thing.
    await superuser.query(
      'INSERT INTO citizen_vault (municipality_id, citizen_id, master_key_id, wrapped_key, sealed_identity, sealed_subject, reference_index) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      [
        row?.municipality_id,
        row?.citizen_id,
        row?.master_key_id,
        row?.wrapped_key,
        row?.sealed_identity,
        row?.sealed_subject,
        row?.reference_index,
      ],
    );
    const restored = await ask('POST', `/api/v1/citizens/${code}/identity/read`, {
      body: { reason: 'visit' },
      forIdentity: true,
    });
    expect(restored.text).toContain('Zqxvkanfine Nytnavn');
  });
});
