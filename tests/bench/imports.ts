import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Client, createClient } from '@naer/core/client';
import { api } from '@naer/core/contract';
import pg from 'pg';
import type { Service, ServiceHome } from '../support/service.ts';
import { readAddresses } from './database.ts';
import { interleave } from './rounds.ts';
import { type Row, toRow } from './table.ts';
import { chunks } from './town.ts';

const rowCount = 10_000;
/** What an import writes, in an order that foreign keys allow. */
const tables = ['citizen', 'citizen_step', 'citizen_vault', 'ledger_leaf', 'change_event'];

interface Place {
  readonly id: string;
  readonly staffId: string;
  readonly client: Client;
}

/**
 * Citizens through the API (reading the file, checking it, sealing each identity, leaf and event) against the very rows
 * that this made, written once more for another municipality with `INSERT … SELECT unnest(…)`, one statement a table.
 */
export async function benchImports(home: ServiceHome, serviceUrl: string): Promise<Row[]> {
  const addresses = await readAddresses(home.home);
  const superuser = await connect(addresses.superuser);
  const app = await connect(addresses.app);
  try {
    let imported: Place | null = null;
    const figures = await interleave(2, {
      baseline: async () => {
        // The first, which is thrown away, has nothing to copy yet.
        imported ??= await importInto(await found(home, serviceUrl, superuser));
        const rows = await readRows(superuser, imported, await found(home, serviceUrl, superuser));
        await quiet(superuser);
        return writeRows(app, rows);
      },
      ours: async () => {
        const place = await found(home, serviceUrl, superuser);
        await quiet(superuser);
        const started = performance.now();
        imported = await importInto(place);
        return performance.now() - started;
      },
    });
    return [toRow('import 10,000 citizens', 'ms', figures, null)];
  } finally {
    await app.end();
    await superuser.end();
  }
}

/** How much more memory than at rest an import takes, four times as many rows against so many. */
export async function benchImportMemory(home: ServiceHome): Promise<Row[]> {
  const peakOf = async (count: number) => {
    const service = await home.start();
    const superuser = await connect((await readAddresses(home.home)).superuser);
    const place = await found(home, service.url, superuser);
    await superuser.end();
    const peak = await watchMemory(service, () => importInto(place, count));
    await service.stop();
    return peak;
  };
  const baseline = await peakOf(rowCount);
  const ours = await peakOf(4 * rowCount);
  if (baseline === null || ours === null) return [];
  return [toRow('peak memory, 40,000 against 10,000', 'MB', { ours, baseline }, null)];
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString, options: '-c timezone=UTC' });
  await client.connect();
  return client;
}

/** A municipality of its own for each import: repeating one in the same place would change nothing. */
async function found(home: ServiceHome, url: string, superuser: pg.Client): Promise<Place> {
  const administrator = { initials: 'ADM', name: 'Administrator', email: null };
  const made = await (await home.client()).call(api.identity.createMunicipality, {
    body: { name: `Kommune ${randomUUID().slice(0, 8)}`, administrator },
  });
  if (made.adminToken === null) throw new Error('no token for the new municipality');
  const client = createClient({ url, token: made.adminToken, language: 'en' });
  const { rows } = await superuser.query<{ id: string }>('SELECT id FROM staff WHERE municipality_id = $1', [
    made.id,
  ]);
  return { id: made.id, staffId: rows[0]?.id ?? '', client };
}

async function importInto(place: Place, count = rowCount): Promise<Place> {
  const lines = ['Sagsnr;Borger;Telefon;E-mail;Lovgrundlag;Visiteret (timer/uge);Startdato;Udstyr;Internet'];
  for (let n = 0; n < count; n += 1) {
    const phone = 20_000_000 + n;
    lines.push(
      `${100_000 + n};Borger Nummer ${n};${phone};borger${n}@example.dk;SEL § 85;${1 + (n % 4)};21-09-2025;egen tablet;god`,
    );
  }
  const run = await place.client.call(api.imports.citizens, { query: {}, file: chunks(lines.join('\n')) });
  if (run.created !== count)
    throw new Error(`the import ended otherwise: ${JSON.stringify(run).slice(0, 1000)}`);
  return place;
}

interface TableRows {
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** A list of values for each column, as PostgreSQL writes them. */
  readonly values: readonly (readonly (string | null)[])[];
}

interface Copy {
  readonly municipalityId: string;
  readonly tables: readonly TableRows[];
}

/** What an import made, as it would stand in another municipality. */
async function readRows(superuser: pg.Client, from: Place, to: Place): Promise<Copy> {
  const copied: TableRows[] = [];
  const renamed = new Map<unknown, string>([
    [from.id, to.id],
    [from.staffId, to.staffId],
  ]);
  for (const table of tables) {
    const { rows: columns } = await superuser.query<{ name: string; type: string }>(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
         AND attname NOT IN ('pending_id', 'index', 'position') ORDER BY attnum`,
      [table],
    );
    const list = columns.map(({ name }) => `${pg.escapeIdentifier(name)}::text`).join(', ');
    const { rows } = await superuser.query<(string | null)[]>({
      text: `SELECT ${list} FROM ${table} WHERE municipality_id = $1`,
      values: [from.id],
      rowMode: 'array',
    });
    if (rows.length < rowCount) continue;
    const values = columns.map((_, at) =>
      rows.map((row) => {
        const value = row[at] ?? null;
        return renamed.get(value) ?? value;
      }),
    );
    copied.push({ table, columns, values });
  }
  return { municipalityId: to.id, tables: copied };
}

async function writeRows(app: pg.Client, { municipalityId, tables: copied }: Copy): Promise<number> {
  const started = performance.now();
  await app.query('BEGIN');
  await app.query(`SELECT set_config('app.municipality', $1, true)`, [municipalityId]);
  for (const { table, columns, values } of copied) {
    const names = columns.map(({ name }) => pg.escapeIdentifier(name)).join(', ');
    const arrays = columns.map(({ type }, n) => `$${n + 1}::${type.replace(/\(.*\)/, '')}[]`).join(', ');
    await app.query(`INSERT INTO ${table} (${names}) SELECT * FROM unnest(${arrays})`, [...values]);
  }
  await app.query('COMMIT');
  return performance.now() - started;
}

/** Waits until the service has given every leaf and event its place, so that nothing runs on into the next round. */
async function quiet(superuser: pg.Client): Promise<void> {
  for (;;) {
    const { rows } = await superuser.query<{ left: boolean }>(
      'SELECT EXISTS (SELECT FROM change_event WHERE position IS NULL) OR EXISTS (SELECT FROM ledger_leaf WHERE index IS NULL) AS left',
    );
    if (rows[0]?.left !== true) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The most memory that a service held while it worked, beyond what it held before, in MB; null where nobody tells. */
async function watchMemory(service: Service, work: () => Promise<unknown>): Promise<number | null> {
  const read = async (): Promise<number | null> => {
    const status = await readFile(`/proc/${service.pid}/status`, 'utf8').catch(() => '');
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  };
  let peak = (await read()) ?? 0;
  if (peak === 0) return null;
  const timer = setInterval(async () => {
    peak = Math.max(peak, (await read()) ?? 0);
  }, 20);
  await work().finally(() => clearInterval(timer));
  return peak;
}
