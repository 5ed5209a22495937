import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { findViolation } from '../storage/index.ts';
import type { TestDatabase } from './database.ts';
import {
  type ForeignKey,
  insertSql,
  insertTwins,
  insteadSql,
  makeRow,
  nordby,
  readForeignKeys,
  readTenantTables,
  referredTo,
  sydby,
  type TenantTable,
} from './twin-rows.ts';

/** How a statement ended: the SQLSTATE it was refused with, or what it gave and touched. */
export type Outcome =
  | { readonly state: string; readonly constraint: string | null }
  | { readonly state: null; readonly rows: readonly Record<string, unknown>[]; readonly touched: number };

/** A login that tries things, each in a transaction that is undone. */
export interface Prober {
  try(sql: string | { text: string; values: unknown[] }, tenant?: string | null): Promise<Outcome>;
  /** What PostgreSQL said besides answers. */
  readonly notices: readonly string[];
  close(): Promise<void>;
}

export async function openProber(url: string, ownTenant: string | null): Promise<Prober> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const notices: string[] = [];
  client.on('notice', ({ message }) => notices.push(String(message)));
  return {
    notices,
    try: async (sql, tenant = ownTenant) => {
      await client.query('BEGIN');
      try {
        if (tenant !== null) await client.query(`SELECT set_config('app.municipality', $1, true)`, [tenant]);
        const { rows, rowCount } = await client.query(sql);
        // References that are looked at only when a transaction ends are looked at now.
        await client.query('SET CONSTRAINTS ALL IMMEDIATE');
        return { state: null, rows, touched: rowCount ?? 0 };
      } catch (error) {
        const violation = findViolation(error);
        if (violation === null) throw error;
        return violation;
      } finally {
        await client.query('ROLLBACK');
      }
    },
    close: () => client.end(),
  };
}

/** SQLSTATE "insufficient privilege", which a row that breaks a policy is refused with as well. */
const notAllowed = '42501';
const brokenReference = '23503';
const alreadyThere = '23505';

/** What only grows: a row that is there stays as it is. Events of citizens can be taken back, by an erasure. */
const growing = [
  'ledger_leaf',
  'ledger_log',
  'ledger_tile',
  'ledger_checkpoint',
  'ledger_cosignature',
  'ledger_check',
  'citizen_step',
  'suitability_assessment',
  'identity_access',
  'change_event',
];

/** Where the sequencer adds rows, with the login across municipalities; it tells of each checkpoint, too. */
const sequenced = [
  'sequence_head',
  'ledger_log',
  'ledger_key',
  'ledger_tile',
  'ledger_checkpoint',
  'change_event',
];

/** Functions with the rights of the owner: starting a demo over, and telling the planner of many new rows. */
const ownersWork = `ARRAY['erase_demo_municipality', 'refresh_statistics']`;

/** Ids that are kept for looking up one's own only, and refer to nothing. */
const lookedUpOnly = [
  'hand_off.batch_id',
  'idempotency_record.staff_id',
  'import_run.staff_id',
  'message.seat_id',
  'message.visit_id',
];

/**
 * Tries, as core's own logins and in the name of Nordby, to reach what is Sydby's; one row of each municipality is in
 * every table. Whatever succeeds is told; so is whatever cannot be tried, because then nothing was shown.
 *
 * @param only the one table to try, where the others are known to hold
 */
export async function walkRowSecurity(
  test: TestDatabase,
  { only }: { readonly only?: string } = {},
): Promise<readonly string[]> {
  const { superuser, logins } = test;
  await insertTwins(superuser);
  const [all, foreignKeys] = [await readTenantTables(superuser), await readForeignKeys(superuser)];
  const tables = all.filter(({ name }) => only === undefined || name === only);
  const before = await fingerprint(superuser, all);
  const core = await openProber(logins.appUrl, nordby.municipalityId);
  const worker = await openProber(logins.workerUrl, null);
  try {
    const findings = await walkShape(superuser, all, foreignKeys);
    for (const table of tables) {
      findings.push(...(await walkTable(core, table, foreignKeys)));
      findings.push(...(await walkReferences(core, table, foreignKeys)));
      findings.push(...(await walkWorker(worker, table)));
    }
    if ((await fingerprint(superuser, all)) !== before) findings.push('something was changed');
    return findings;
  } finally {
    await core.close();
    await worker.close();
  }
}

/** What must hold of every table whoever tries: PostgreSQL's own description of it. */
async function walkShape(
  superuser: Client,
  tables: readonly TenantTable[],
  foreignKeys: readonly ForeignKey[],
): Promise<string[]> {
  const findings: string[] = [];
  const { rows } = await superuser.query<{ finding: string }>(`
    SELECT format('%s has neither a municipality nor a reason to have none', c.relname) AS finding FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname NOT IN ('municipality', 'installation', 'former_key', 'link_ask', '_prisma_migrations')
      AND NOT EXISTS (SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'municipality_id' AND a.attnotnull AND NOT a.attisdropped)
    UNION ALL SELECT format('%s has no row security', c.relname) FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity AND c.relname <> '_prisma_migrations'
    UNION ALL SELECT format('%s is a view, which row security does not reach', c.relname) FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm', 'f')
    UNION ALL SELECT format('function %s runs with the rights of its owner', p.proname) FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
      -- What only the owner can do for the service: not everybody may call it, and it looks nothing up by a path that
      -- somebody else could set.
      AND NOT (p.proname = ANY (${ownersWork}) AND NOT has_function_privilege('public', p.oid, 'EXECUTE')
        AND EXISTS (SELECT 1 FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search_path=%'))
    UNION ALL SELECT format('%s is owned by a login of core', c.relname) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
    WHERE c.relnamespace = 'public'::regnamespace AND (pg_has_role(r.oid, 'naer_app', 'member') OR pg_has_role(r.oid, 'naer_worker', 'member')) AND NOT r.rolsuper
    UNION ALL SELECT format('everybody may %s %s', lower(g.privilege_type), g.table_name) FROM information_schema.table_privileges g
    WHERE g.table_schema = 'public' AND g.grantee = 'PUBLIC'
    ORDER BY 1`);
  findings.push(...rows.map((row) => row.finding));
  const tenantColumnOf = new Map(tables.map((table) => [table.name, table.tenantColumn]));
  for (const { name, table, columns, to, toColumns } of foreignKeys) {
    const [from, target] = [tenantColumnOf.get(table), tenantColumnOf.get(to)];
    const place = from === undefined ? -1 : columns.indexOf(from);
    if (target !== undefined && (place < 0 || toColumns[place] !== target))
      findings.push(`${table} ${name} refers to ${to} without the municipality`);
  }
  for (const { name, columns } of tables) {
    for (const column of columns) {
      const refers = foreignKeys.some((key) => key.table === name && key.columns.includes(column.name));
      const isReference =
        column.type === 'uuid' && column.name.endsWith('_id') && column.name !== 'municipality_id';
      if (isReference && !refers && !lookedUpOnly.includes(`${name}.${column.name}`))
        findings.push(`${name}.${column.name} refers to nothing that is checked`);
    }
  }
  return findings;
}

async function walkTable(
  core: Prober,
  table: TenantTable,
  foreignKeys: readonly ForeignKey[],
): Promise<string[]> {
  const { name, tenantColumn, columns } = table;
  const findings: string[] = [];
  const refusedOrNone = (what: string, outcome: Outcome) => {
    if (outcome.state === null && outcome.touched > 0) findings.push(`${name}: ${what}`);
    if (outcome.state !== null && outcome.state !== notAllowed)
      findings.push(`${name}: whether one ${what} was not shown (${outcome.state})`);
  };
  const refused = (what: string, outcome: Outcome) => {
    if (outcome.state === null) findings.push(`${name}: ${what}`);
    else refusedOrNone(what, outcome);
  };
  const theirs = `${tenantColumn} = '${sydby.municipalityId}'`;
  const ours = `${tenantColumn} = '${nordby.municipalityId}'`;

  const seen = await core.try(`SELECT ${tenantColumn} AS tenant FROM ${name}`);
  if (seen.state !== null || seen.rows.length !== 1) findings.push(`${name}: does not see its own row`);
  else if (seen.rows[0]?.tenant !== nordby.municipalityId)
    findings.push(`${name}: sees a row of another municipality`);
  refusedOrNone(
    'sees a row of another municipality',
    await core.try(`SELECT 1 FROM ${name} WHERE ${theirs}`),
  );
  refusedOrNone(
    'locks a row of another municipality',
    await core.try(`SELECT 1 FROM ${name} WHERE ${theirs} FOR KEY SHARE`),
  );
  refusedOrNone('sees rows without a municipality set', await core.try(`SELECT 1 FROM ${name}`, null));
  refusedOrNone('sees rows with an empty municipality', await core.try(`SELECT 1 FROM ${name}`, ''));
  refused('can be emptied', await core.try(`TRUNCATE ${name} CASCADE`));

  const theirRow = makeRow(table, sydby, foreignKeys, { id: randomUUID() });
  const insertable = await grantedColumns(core, name, 'INSERT');
  const given =
    insertable.length === 0
      ? theirRow
      : new Map([...theirRow].filter(([column]) => insertable.includes(column)));
  refused('inserts a row for another municipality', await core.try(insertSql(name, given)));
  const ourRow = makeRow(table, nordby, foreignKeys, { id: randomUUID() });
  refused('inserts a row without a municipality set', await core.try(insertSql(name, ourRow), null));

  refusedOrNone(
    'deletes a row of another municipality',
    await core.try(`DELETE FROM ${name} WHERE ${theirs}`),
  );
  const updatable = await grantedColumns(core, name, 'UPDATE');
  for (const { name: column } of columns) {
    const set = `UPDATE ${name} SET "${column}" = "${column}"`;
    refusedOrNone(`changes ${column} of another municipality`, await core.try(`${set} WHERE ${theirs}`));
    const all = await core.try(set);
    if (all.state === null && all.touched > 1)
      findings.push(`${name}: changes ${column} of all municipalities`);
    if (growing.includes(name) && updatable.includes(column))
      findings.push(`${name}: changes ${column} of what only grows`);
  }
  refusedOrNone(
    'hands its own row to another municipality',
    await core.try(`UPDATE ${name} SET ${tenantColumn} = '${sydby.municipalityId}' WHERE ${ours}`),
  );
  if (growing.includes(name))
    refusedOrNone('deletes what only grows', await core.try(`DELETE FROM ${name} WHERE ${ours}`));
  return findings;
}

/** References, and uniqueness that reaches over municipalities: foreign keys and indexes do not look at row security. */
async function walkReferences(
  core: Prober,
  table: TenantTable,
  foreignKeys: readonly ForeignKey[],
): Promise<string[]> {
  const { name, tenantColumn } = table;
  const findings: string[] = [];
  const insertable = await grantedColumns(core, name, 'INSERT');
  for (const key of foreignKeys.filter((candidate) => candidate.table === name)) {
    const pointing = key.columns.filter((column) => column !== tenantColumn);
    const typeOf = new Map(table.columns.map((column) => [column.name, column.type]));
    const theirIds = new Map(pointing.map((column) => [column, referredTo(sydby, typeOf.get(column))]));
    if (pointing.length === 0) continue;
    const isStopped = ({ state, ...outcome }: Outcome) =>
      state === notAllowed ||
      (state === brokenReference && 'constraint' in outcome && outcome.constraint === key.name);
    const row = new Map([...makeRow(table, nordby, foreignKeys, { id: randomUUID() }), ...theirIds]);
    const given =
      insertable.length === 0 ? row : new Map([...row].filter(([column]) => insertable.includes(column)));
    const first = await core.try(insertSql(name, given));
    // Where a row is known by nothing but what it refers to, its own place has to be free before references are looked at.
    const inserted =
      first.state === alreadyThere ? await core.try(insteadSql(name, tenantColumn, given)) : first;
    if (!isStopped(inserted))
      findings.push(
        `${name}: a new row refers to another municipality's ${key.to} (${inserted.state ?? 'done'})`,
      );
    const sets = [...theirIds].map(([column, id]) => `"${column}" = '${id}'`);
    const updated = await core.try(
      `UPDATE ${name} SET ${sets.join(', ')} WHERE ${tenantColumn} = '${nordby.municipalityId}'`,
    );
    if (!isStopped(updated))
      findings.push(
        `${name}: its row is made to refer to another municipality's ${key.to} (${updated.state ?? 'done'})`,
      );
  }
  return findings;
}

/**
 * What the login across municipalities may read, written out: it looks up tokens, orders events, sends messages and
 * rewraps keys. Of the citizens it sees that there are keys, and nothing that is wrapped by them.
 */
const workerReads: Readonly<Record<string, readonly string[] | 'all'>> = {
  municipality: 'all',
  staff: ['municipality_id', 'id', 'initials', 'team_id', 'roles', 'ended_at'],
  access_token: 'all',
  change_event: 'all',
  ledger_leaf: 'all',
  ledger_log: 'all',
  ledger_key: 'all',
  ledger_tile: 'all',
  ledger_checkpoint: 'all',
  sequence_head: 'all',
  outbox_message: 'all',
  call: ['municipality_id', 'id', 'visit_id', 'room_name', 'state', 'closes_at', 'ended_at'],
  call_seat: ['municipality_id', 'id', 'call_id', 'kind', 'state', 'staff_id'],
  call_link: 'all',
  call_presence: ['municipality_id', 'seat_id'],
  talk_request: ['state', 'answered_at'],
  message: 'all',
  mailbox_item: ['municipality_id', 'message_id', 'at'],
  media_webhook: ['received_at'],
  idempotency_record: 'all',
  import_run: 'all',
  citizen_vault: ['municipality_id', 'citizen_id', 'master_key_id', 'wrapped_key'],
  vault_index_key: 'all',
};

async function walkWorker(worker: Prober, { name, columns, tenantColumn }: TenantTable): Promise<string[]> {
  const findings: string[] = [];
  const readable = workerReads[name] ?? [];
  for (const { name: column } of columns) {
    const seen = await worker.try(`SELECT "${column}" FROM ${name} LIMIT 1`);
    if (seen.state === null && readable !== 'all' && !readable.includes(column))
      findings.push(`${name}: the login across municipalities reads ${column}`);
  }
  const tries = [
    `DELETE FROM ${name}`,
    ...columns.map(({ name: column }) => `UPDATE ${name} SET "${column}" = "${column}"`),
  ];
  const untouchable = [
    'ledger_leaf',
    'ledger_log',
    'ledger_key',
    'ledger_checkpoint',
    'citizen_vault',
    'vault_index_key',
    'staff',
    'municipality',
  ];
  for (const sql of tries) {
    const outcome = await worker.try(sql);
    const isRewrap =
      /^UPDATE (citizen_vault|vault_index_key|ledger_key) SET "(master_key_id|wrapped_key)"/.test(sql);
    const isPlacing = /^UPDATE (ledger_leaf SET "index"|ledger_log SET "size")/.test(sql);
    if (
      outcome.state === null &&
      !isRewrap &&
      !isPlacing &&
      (readable.length === 0 || untouchable.includes(name))
    )
      findings.push(`${name}: the login across municipalities does: ${sql}`);
  }
  const emptied = await worker.try(`TRUNCATE ${name} CASCADE`);
  const inserted = await worker.try(
    `INSERT INTO ${name} (${tenantColumn}) VALUES ('${nordby.municipalityId}')`,
  );
  if (emptied.state !== notAllowed) findings.push(`${name}: the login across municipalities empties it`);
  if (inserted.state !== notAllowed && !sequenced.includes(name))
    findings.push(`${name}: the login across municipalities inserts (${inserted.state ?? 'done'})`);
  return findings;
}

async function grantedColumns(
  core: Prober,
  table: string,
  right: 'INSERT' | 'UPDATE',
): Promise<readonly string[]> {
  const outcome = await core.try(`
    SELECT attname::text AS name FROM pg_attribute
    WHERE attrelid = '${table}'::regclass AND attnum > 0 AND NOT attisdropped AND has_column_privilege(attrelid, attnum, '${right}')`);
  return outcome.state === null ? outcome.rows.map((row) => String(row.name)) : [];
}

/** All rows of all municipalities as one hash. */
async function fingerprint(superuser: Client, tables: readonly TenantTable[]): Promise<string> {
  const parts = tables.map(
    ({ name }) =>
      `SELECT '${name}' || coalesce(string_agg(t::text, '|' ORDER BY t::text), '') AS part FROM ${name} t`,
  );
  const { rows } = await superuser.query<{ hash: string }>(
    // PostgreSQL reads so many tables in parallel, in whatever order.
    `SELECT md5(string_agg(part, ';' ORDER BY part)) AS hash FROM (${parts.join(' UNION ALL ')}) all_parts`,
  );
  return rows[0]?.hash ?? '';
}
