import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createTestDatabase,
  insertTwins,
  nordby,
  openProber,
  type Prober,
  sydby,
  type TestDatabase,
  walkRowSecurity,
} from '../testing/index.ts';

const notAllowed = '42501';

describe("core's own logins, by SQL", () => {
  it('reach nothing of another municipality, in any table there is', async () => {
    const test = await createTestDatabase();
    try {
      expect(await walkRowSecurity(test)).toEqual([]);
    } finally {
      await test.close();
    }
  });

  describe('the walk bites when', () => {
    it.each([
      [
        'row security is switched off',
        'ALTER TABLE room DISABLE ROW LEVEL SECURITY',
        'room has no row security',
      ],
      ['a policy is dropped', 'DROP POLICY tenant ON booking', 'booking: does not see its own row'],
      [
        'a policy lets everything pass',
        'CREATE POLICY wide ON citizen TO naer_app USING (true)',
        'citizen: sees a row of another municipality',
      ],
      [
        'a policy looks only at what is read',
        'ALTER POLICY tenant ON team WITH CHECK (true)',
        'team: inserts a row for another municipality',
      ],
      [
        'the ledger may be changed',
        'GRANT UPDATE (entry) ON ledger_leaf TO naer_app',
        'ledger_leaf: changes entry of what only grows',
      ],
      [
        'steps may be deleted',
        'GRANT DELETE ON citizen_step TO naer_app',
        'citizen_step: deletes what only grows',
      ],
      [
        'a table may be emptied',
        'GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO naer_app',
        'room: can be emptied',
      ],
      [
        'a reference leaves the municipality out',
        `ALTER TABLE room DROP CONSTRAINT room_municipality_id_site_id_fkey; ALTER TABLE site ADD UNIQUE (id);
         ALTER TABLE room ADD CONSTRAINT room_site FOREIGN KEY (site_id) REFERENCES site (id)`,
        'room room_site refers to site without the municipality',
      ],
      [
        'a reference is not checked',
        'ALTER TABLE booking DROP CONSTRAINT booking_municipality_id_worker_id_fkey',
        'booking.worker_id refers to nothing that is checked',
      ],
      [
        'the login across municipalities may read citizens',
        'GRANT SELECT ON citizen TO naer_worker',
        'citizen: the login across municipalities reads code',
      ],
      [
        'it may read what is sealed',
        'GRANT SELECT ON citizen_vault TO naer_worker',
        'citizen_vault: the login across municipalities reads sealed_identity',
      ],
      [
        'a new table forgets the municipality',
        'CREATE TABLE note (id uuid); GRANT SELECT ON note TO naer_app',
        'note has neither a municipality nor a reason to have none',
      ],
      [
        'a view goes round it',
        'CREATE VIEW everybody AS SELECT * FROM citizen',
        'everybody is a view, which row security does not reach',
      ],
      [
        'a function has the rights of its owner',
        `CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM citizen'`,
        'function peek runs with the rights of its owner',
      ],
    ])('%s', async (_what, sql, finding) => {
      const test = await createTestDatabase();
      try {
        await test.superuser.query(sql);
        const [table = ''] = /^\w+/.exec(finding) ?? [];
        expect(await walkRowSecurity(test, { only: table })).toContain(finding);
      } finally {
        await test.close();
      }
    });
  });
});

describe('a login of core cannot', () => {
  let test: TestDatabase;
  let core: Prober;
  let worker: Prober;
  let names: { readonly core: string; readonly worker: string; readonly owner: string };

  beforeAll(async () => {
    test = await createTestDatabase();
    await insertTwins(test.superuser);
    core = await openProber(test.logins.appUrl, nordby.municipalityId);
    worker = await openProber(test.logins.workerUrl, null);
    const userOf = (url: string) => decodeURIComponent(new URL(url).username);
    names = {
      core: userOf(test.logins.appUrl),
      worker: userOf(test.logins.workerUrl),
      owner: userOf(test.superuserUrl),
    };
  });
  afterAll(async () => {
    await core.close();
    await worker.close();
    await test.close();
  });

  it.each([
    ['become its owner', 'SET ROLE {owner}'],
    ['become the login across municipalities', 'SET ROLE {worker}'],
    ['take the rights across municipalities', 'SET ROLE naer_worker'],
    ['start over as somebody else', 'SET SESSION AUTHORIZATION {owner}'],
    ['switch row security off for a table', 'ALTER TABLE citizen DISABLE ROW LEVEL SECURITY'],
    ['switch row security off for itself', 'SET LOCAL row_security = off; SELECT count(*) FROM citizen'],
    ['drop a policy', 'DROP POLICY tenant ON citizen'],
    ['change a policy', 'ALTER POLICY tenant ON citizen USING (true)'],
    ['add a policy', 'CREATE POLICY mine ON citizen USING (true)'],
    ['take a table', 'ALTER TABLE citizen OWNER TO {core}'],
    [
      'add a trigger',
      'CREATE TRIGGER t BEFORE INSERT ON team FOR EACH ROW EXECUTE FUNCTION check_booking_state()',
    ],
    ['switch triggers off', 'ALTER TABLE booking DISABLE TRIGGER ALL'],
    ['switch constraints off', 'SET session_replication_role = replica'],
    ['exempt itself', 'ALTER ROLE {core} BYPASSRLS'],
    ['make itself superuser', 'ALTER ROLE {core} SUPERUSER'],
    ['give itself a role', 'GRANT naer_worker TO {core}'],
    ['give itself the reading of everything', 'GRANT pg_read_all_data TO {core}'],
    ['make a login', 'CREATE ROLE another LOGIN'],
    ['make a table', 'CREATE TABLE mine (id int)'],
    ['make a schema', 'CREATE SCHEMA mine'],
    [
      'make a function with rights of its own',
      `CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'`,
    ],
    [
      'replace the function that names the municipality',
      `CREATE OR REPLACE FUNCTION app_municipality() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'`,
    ],
    ['load an extension', 'CREATE EXTENSION file_fdw'],
    ['change the server', 'SELECT pg_reload_conf()'],
    ['have its statements logged', `SET log_statement = 'all'`],
    ['copy a table to a file', `COPY team TO '/tmp/naer-copied'`],
    ['run a program', `COPY (SELECT 1) TO PROGRAM 'true'`],
    ['read a file', `SELECT pg_read_file('PG_VERSION')`],
    ['read a file as bytes', `SELECT pg_read_binary_file('PG_VERSION')`],
    ['list a folder', `SELECT pg_ls_dir('.')`],
    ['load a file as a large object', `SELECT lo_import('/etc/hostname')`],
    ['make a large object', 'SELECT lo_create(0)'],
    ['make a large object of a given number', 'SELECT lo_creat(-1)'],
    ['make a large object of bytes', `SELECT lo_from_bytea(0, 'x')`],
    ['read the passwords of logins', 'SELECT rolpassword FROM pg_authid'],
    ['read what the planner knows of values', 'SELECT stavalues1 FROM pg_statistic'],
    ['see how far migrations are', 'SELECT * FROM _prisma_migrations'],
    ['read the check of the master key', 'SELECT key_check FROM installation'],
    [
      'give a leaf its place',
      `INSERT INTO ledger_leaf (municipality_id, "index", entry, leaf_hash) VALUES ('${nordby.municipalityId}', 7, 'x', 'x')`,
    ],
    ['give an event its place', `UPDATE change_event SET position = 7`],
    ['count events of its own', `SELECT setval(pg_get_serial_sequence('change_event', 'pending_id'), 7)`],
  ])('%s', async (_what, sql) => {
    const filled = sql.replace(
      /\{(core|worker|owner)\}/g,
      (_, who: 'core' | 'worker' | 'owner') => `"${names[who]}"`,
    );
    expect((await core.try(filled)).state).toBe(notAllowed);
    // The other login may read the check of the key and place events; for everything else it is the same.
    if (/key_check|change_event SET|\{worker\}|naer_worker/.test(sql)) return;
    expect((await worker.try(filled.replaceAll(names.core, names.worker))).state).toBe(notAllowed);
  });

  it('change events or the order by resetting its role', async () => {
    const outcome = await core.try('RESET ROLE; RESET SESSION AUTHORIZATION; SELECT 1 FROM citizen', null);
    expect(outcome).toMatchObject({ state: null });
    const who = await core.try(
      `SELECT current_user AS "current", session_user AS "session", (SELECT count(*)::int FROM citizen) AS citizens`,
    );
    expect(who).toMatchObject({ rows: [{ current: names.core, session: names.core, citizens: 1 }] });
  });

  it("copy out more than its own municipality's rows, nor copy in any", async () => {
    expect(await core.try('COPY citizen TO STDOUT')).toMatchObject({ state: null, touched: 1 });
    expect(await core.try('COPY citizen TO STDOUT', null)).toMatchObject({ state: null, touched: 0 });
    expect(await core.try('COPY team FROM STDIN')).toMatchObject({ state: '0A000' });
  });

  it("make a function see another municipality's rows before row security hides them", async () => {
    await core.try(`
      CREATE FUNCTION pg_temp.spy(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$ BEGIN RAISE NOTICE 'spied %', $1; RETURN true; END $$;
      SELECT count(*) FROM citizen WHERE pg_temp.spy(code)`);
    expect(core.notices).toContain(`spied ${nordby.name}`);
    expect(core.notices).not.toContain(`spied ${sydby.name}`);
  });

  it("read another municipality's values from the statistics", async () => {
    const statistics = `SELECT 1 FROM pg_stats WHERE schemaname = 'public' AND tablename <> 'installation'`;
    await test.superuser.query('ANALYZE');
    const { rowCount } = await test.superuser.query(statistics);
    expect(rowCount).toBeGreaterThan(0);
    expect(await core.try(statistics)).toMatchObject({ state: null, touched: 0 });
  });

  it("take over another municipality's row by colliding with it", async () => {
    const collide = (conflict: string) => `
      INSERT INTO access_token (municipality_id, id, staff_id, name, secret_hash, scopes, expires_at, created_at)
      VALUES ('${nordby.municipalityId}', '${sydby.rowId}', '${nordby.rowId}', 'x', (SELECT sydby.hash FROM sydby), '{}', '2027-01-01', '2026-01-01')
      ${conflict}`;
    // The one uniqueness that reaches over municipalities: a token's secret says by itself whose it is.
    const { rows } = await test.superuser.query<{ hash: string }>(
      `SELECT encode(secret_hash, 'hex') AS hash FROM access_token WHERE municipality_id = $1`,
      [sydby.municipalityId],
    );
    const known = `WITH sydby AS (SELECT decode('${rows[0]?.hash}', 'hex') AS hash)`;
    const update = 'ON CONFLICT (secret_hash) DO UPDATE SET staff_id = EXCLUDED.staff_id';
    expect(await core.try(known + collide(update))).toMatchObject({ state: notAllowed });
    expect(await core.try(known + collide('ON CONFLICT DO NOTHING'))).toMatchObject({ touched: 0 });
  });

  it('delete events but those of citizens that are erased', async () => {
    expect(await core.try('DELETE FROM change_event')).toMatchObject({ state: null, touched: 0 });
    await test.superuser.query(`UPDATE change_event SET entity_kind = 'citizen'`);
    expect(await core.try('DELETE FROM change_event')).toMatchObject({ state: null, touched: 1 });
  });

  it('be more than a login that owns nothing', async () => {
    const { rows } = await test.superuser.query(
      `SELECT rolname, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls AS powerful,
         ARRAY(SELECT m.roleid::regrole::text FROM pg_auth_members m WHERE m.member = r.oid) AS roles,
         (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) + (SELECT count(*)::int FROM pg_proc WHERE proowner = r.oid) AS owned
       FROM pg_roles r WHERE rolname = ANY ($1) ORDER BY rolname`,
      [[names.core, names.worker]],
    );
    expect(rows).toEqual([
      { rolname: names.core, powerful: false, roles: ['naer_app'], owned: 0 },
      { rolname: names.worker, powerful: false, roles: ['naer_worker'], owned: 0 },
    ]);
  });
});
