import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';

const folder = path.join(import.meta.dirname, '../../prisma/schema');
const typesOf: Readonly<Record<string, string>> = {
  String: 'text',
  'String @db.Uuid': 'uuid',
  'String[]': 'text[]',
  Int: 'integer',
  BigInt: 'bigint',
  Float: 'double precision',
  Boolean: 'boolean',
  Bytes: 'bytea',
  Json: 'jsonb',
  'DateTime @db.Timestamptz(3)': 'timestamp(3) with time zone',
  'DateTime @db.Date': 'date',
};

interface Table {
  /** column → type, with "null" where it may be empty */
  readonly columns: Record<string, string>;
  readonly primaryKey: readonly string[];
  readonly uniques: Record<string, readonly string[]>;
}

/** The tables that the Prisma schema speaks of, in PostgreSQL's words. Refuses what it does not understand. */
async function readSchema(): Promise<Record<string, Table>> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.prisma'));
  const text = (await Promise.all(files.map((name) => readFile(path.join(folder, name), 'utf8')))).join('\n');
  const models = [...text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name = '', body = '']) => ({
    name,
    body,
  }));
  const names = new Set(models.map(({ name }) => name));
  const tables: Record<string, Table> = {};
  for (const { name, body } of models) {
    const columnOf: Record<string, string> = {};
    const columns: Record<string, string> = {};
    const uniques: Record<string, readonly string[]> = {};
    let primaryKey: readonly string[] = [];
    let table = name;
    const lines = body
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('//'));
    for (const line of lines.filter((each) => !each.startsWith('@@'))) {
      const [, field = '', type = '', list = '', optional = '', rest = ''] =
        /^(\w+)\s+(\w+)(\[\])?(\?)?(.*)$/.exec(line) ?? [];
      if (names.has(type)) continue;
      const native = /@db\.\w+(\(\d+\))?/.exec(rest)?.[0];
      const known = typesOf[`${type}${list}${native === undefined ? '' : ` ${native}`}`];
      if (known === undefined)
        throw new Error(`the drift test does not know the type of ${name}.${field}: ${line}`);
      const column = /@map\("(\w+)"\)/.exec(rest)?.[1] ?? field;
      columnOf[field] = column;
      columns[column] = optional === '?' ? `${known} null` : known;
      if (/@id\b/.test(rest)) primaryKey = [column];
      const unique = /@unique\(map: "(\w+)"\)/.exec(rest)?.[1];
      if (unique !== undefined) uniques[unique] = [column];
    }
    const listOf = (fields: string) =>
      fields.split(',').map((field) => columnOf[field.trim()] ?? `${field}?`);
    for (const line of lines.filter((each) => each.startsWith('@@'))) {
      table = /^@@map\("(\w+)"\)/.exec(line)?.[1] ?? table;
      const id = /^@@id\(\[(.+?)\]/.exec(line)?.[1];
      if (id !== undefined) primaryKey = listOf(id);
      const [, fields, map] = /^@@unique\(\[(.+?)\], map: "(\w+)"\)/.exec(line) ?? [];
      if (fields !== undefined && map !== undefined) uniques[map] = listOf(fields);
    }
    tables[table] = { columns, primaryKey, uniques };
  }
  return tables;
}

describe('the migrated database', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await createTestDatabase();
  });
  afterAll(() => test.close());

  const list = async <Row>(sql: string): Promise<Row[]> => (await test.superuser.query(sql)).rows as Row[];

  async function readDatabase(): Promise<Record<string, Table>> {
    const columns = await list<{ table: string; column: string; type: string; empty: boolean }>(
      `SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS empty
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped
         AND c.relname <> '_prisma_migrations'`,
    );
    const keys = await list<{ table: string; name: string; kind: string; columns: string[] }>(
      `SELECT c.relname AS table, k.conname AS name, k.contype AS kind,
         (SELECT array_agg(a.attname::text ORDER BY place) FROM unnest(k.conkey) WITH ORDINALITY AS key (number, place)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = key.number) AS columns
       FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
       WHERE c.relnamespace = 'public'::regnamespace AND k.contype IN ('p', 'u') AND c.relname <> '_prisma_migrations'`,
    );
    const tables: Record<
      string,
      { columns: Record<string, string>; primaryKey: string[]; uniques: Record<string, string[]> }
    > = {};
    for (const { table, column, type, empty } of columns) {
      tables[table] ??= { columns: {}, primaryKey: [], uniques: {} };
      tables[table].columns[column] = empty ? `${type} null` : type;
    }
    for (const { table, name, kind, columns: list } of keys) {
      const own = tables[table];
      if (own === undefined) continue;
      if (kind === 'p') own.primaryKey = list;
      else own.uniques[name] = list;
    }
    return tables;
  }

  it('has the tables, columns, types, keys and names of the Prisma schema, and nothing else', async () => {
    const schema = await readSchema();
    expect(Object.keys(schema).length).toBeGreaterThan(15);
    expect(await readDatabase()).toEqual(schema);
  });

  it('would notice a column that is missing, empty where it may not be, or of another type', async () => {
    await test.superuser.query('BEGIN');
    try {
      await test.superuser.query('ALTER TABLE team ALTER COLUMN name DROP NOT NULL, ADD COLUMN extra text');
      await test.superuser.query('ALTER TABLE room ALTER COLUMN seats TYPE bigint');
      const [database, schema] = [await readDatabase(), await readSchema()];
      expect(database.team).not.toEqual(schema.team);
      expect(database.room).not.toEqual(schema.room);
      expect(database.staff).toEqual(schema.staff);
    } finally {
      await test.superuser.query('ROLLBACK');
    }
  });

  it('keeps every table behind row security, with a policy for core or nothing granted to it', async () => {
    const open = await list<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> '_prisma_migrations'
         AND NOT (c.relrowsecurity AND (
           EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND 'naer_app'::regrole = ANY (p.polroles))
           OR NOT (has_any_column_privilege('naer_app', c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege('naer_app', c.oid, 'DELETE'))))`,
    );
    expect(open).toEqual([]);
  });

  it('lets the policies of core see one municipality only, but for the one that names the master key', async () => {
    const wide = await list<{ table: string; name: string }>(
      `SELECT tablename AS table, policyname AS name FROM pg_policies
       WHERE schemaname = 'public' AND 'naer_app' = ANY (roles) AND permissive = 'PERMISSIVE'
         AND NOT (qual ~ '^\\((municipality_)?id = app_municipality\\(\\)\\)$' AND with_check = qual)`,
    );
    expect(wide).toEqual([{ table: 'installation', name: 'key_id' }]);
  });

  it('lets everybody else in by no policy and no grant', async () => {
    const policies = await list(
      `SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND NOT roles <@ ARRAY['naer_app', 'naer_worker']::name[]`,
    );
    const grants = await list(
      `SELECT table_name, grantee FROM information_schema.role_table_grants
       WHERE table_schema = 'public' AND grantee NOT IN ('naer_app', 'naer_worker', (SELECT tableowner FROM pg_tables WHERE tablename = 'staff'))`,
    );
    expect([...policies, ...grants]).toEqual([]);
  });

  it('gives core logins that own nothing and can neither pass row security nor become more', async () => {
    const logins = await list<Record<string, unknown>>(
      `SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,
         (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) + (SELECT count(*)::int FROM pg_database WHERE datdba = r.oid)
           + (SELECT count(*)::int FROM pg_proc WHERE proowner = r.oid) + (SELECT count(*)::int FROM pg_namespace WHERE nspowner = r.oid) AS owned,
         (SELECT array_agg(g.rolname::text) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid) AS groups
       FROM pg_roles r WHERE rolname IN ('${new URL(test.logins.appUrl).username}', '${new URL(test.logins.workerUrl).username}')
       ORDER BY rolname`,
    );
    const nothing = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      owned: 0,
    };
    expect(logins).toEqual([
      { ...nothing, groups: ['naer_app'] },
      { ...nothing, groups: ['naer_worker'] },
    ]);
    const groups = await list(
      `SELECT rolname FROM pg_roles WHERE rolname IN ('naer_app', 'naer_worker') AND (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole)`,
    );
    expect(groups).toEqual([]);
  });

  it('has no function that runs with the rights of its owner but for two, which not everybody may call', async () => {
    const definers = await list(
      `SELECT proname AS name, has_function_privilege('naer_app', oid, 'EXECUTE') AS app, has_function_privilege('naer_worker', oid, 'EXECUTE') AS worker,
         has_function_privilege('public', oid, 'EXECUTE') AS everybody, proconfig AS set
       FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
         AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = pg_proc.oid AND d.deptype = 'e')
       ORDER BY proname`,
    );
    const set = ['search_path=pg_catalog, public, pg_temp'];
    expect(definers).toEqual([
      { name: 'erase_demo_municipality', app: false, worker: true, everybody: false, set },
      { name: 'refresh_statistics', app: true, worker: false, everybody: false, set },
    ]);
  });
});
