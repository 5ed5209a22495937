import { spawnSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from '@naer/core/client';
import { api } from '@naer/core/contract';
import pg from 'pg';
import { checkout } from '../support/service.ts';
import { readAddresses } from './database.ts';
import { aName, writeLeaves } from './ledger-history.ts';
import { median } from './rounds.ts';
import { type Row, toRow } from './table.ts';

const million = 1_000_000;
const bin = path.join(checkout, 'packages/cli/bin/naer.js');

/**
 * Five years of history in one log: two million leaves. At the first million it is exported and verified; over both the
 * programme is asked how it goes.
 */
export async function benchLedger(
  operator: Client,
  { url, home }: { readonly url: string; readonly home: string },
): Promise<Row[]> {
  const database = new pg.Client({ connectionString: (await readAddresses(home)).superuser });
  await database.connect();
  const file = path.join(home, 'export.tar');
  try {
    const founded = await operator.call(api.identity.createMunicipality, {
      body: { name: aName(), administrator: { initials: 'ADM', name: 'Administrator', email: null } },
    });
    if (founded.adminToken === null) throw new Error('no token for the municipality with a log');
    const client = createClient({ url, token: founded.adminToken, language: 'en' });
    await client.call(api.identity.changeStaff, {
      params: { initials: 'ADM' },
      body: { roles: ['administrator', 'coordinator'] },
    });
    const until = new Date();
    const own = Number((await settled(client)).size);
    const leaves = { count: 2 * million - own, until };
    await writeLeaves(database, founded.id, { ...leaves, from: 0, upTo: million - own });
    const { size } = await signed(client, BigInt(million));
    const { items: keys } = await client.call(api.ledger.listKeys, {});
    const key = keys.find(({ purpose }) => purpose === 'log')?.verifierKey ?? '';
    const answer = await client.open(api.ledger.export, { query: { size } });
    if (answer.body === null) throw new Error('no export');
    await pipeline(answer.body, createWriteStream(file));
    const verify = verifying(file, key, Number(size));

    await writeLeaves(database, founded.id, { ...leaves, from: million - own, upTo: leaves.count });
    await client.call(api.programme.create, {
      body: { name: 'Online bostøtte', targetGroup: 500, startsOn: yearsBefore(until, 5) },
    });
    await signed(client, BigInt(2 * million));
    await folded(database, founded.id, 2 * million);
    const isQuiet = await published(database, founded.id, until);
    await database.query('VACUUM ANALYZE');
    return [...verify, asking(url, founded.adminToken, isQuiet)];
  } finally {
    await rm(file, { force: true });
    await database.end();
  }
}

function verifying(file: string, key: string, entries: number): Row[] {
  const rounds = Array.from({ length: 3 }, () => ({
    ours: run<{ ms: number; peakMb: number; size: string; findings: number }>('verify-export.ts', file, key),
    bare: run<{ ms: number }>('bare-hashes.ts', String(entries), '420'),
  }));
  for (const { ours } of rounds)
    if (ours.size !== String(entries) || ours.findings > 0)
      throw new Error(`the export was not found sound: ${JSON.stringify(ours)}`);
  const perSecond = (ms: number) => entries / (ms / 1000);
  const ours = perSecond(median(rounds.map((round) => round.ours.ms)));
  const baseline = perSecond(median(rounds.map((round) => round.bare.ms)));
  const peak = Math.max(...rounds.map((round) => round.ours.peakMb));
  return [
    toRow('verify a million entries', '/s', { ours, baseline }, { atLeast: 0.5 }),
    toRow('peak memory of that, against 150 MB', 'MB', { ours: peak, baseline: 150 }, { atMost: 1 }),
  ];
}

/** The whole command, from start to exit, against the two seconds that a person may wait. */
function asking(url: string, token: string, isQuiet: boolean): Row {
  const times = Array.from({ length: 7 }, () => {
    const started = performance.now();
    const { status, stderr } = spawnSync(process.execPath, [bin, 'programme', 'status'], {
      encoding: 'utf8',
      env: { ...process.env, NAER_URL: url, NAER_TOKEN: token },
    });
    if (status !== 0) throw new Error(`programme status ended with ${status}: ${stderr}`);
    return performance.now() - started;
  });
  return toRow(
    `naer programme status, two million leaves${isQuiet ? '' : ', months being given out'}, against 2 s`,
    'ms',
    { ours: median(times.slice(1)), baseline: 2000 },
    { atMost: 1 },
  );
}

function run<Told>(script: string, ...args: string[]): Told {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      '--experimental-strip-types',
      path.join(import.meta.dirname, script),
      ...args,
    ],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  if (status !== 0) throw new Error(`${script} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Told;
}

/** The signed head, once nothing waits for a signature. */
async function settled(client: Client) {
  for (;;) {
    const { checkpoint, waiting } = await client.call(api.ledger.head, {});
    if (checkpoint !== null && waiting === 0) return checkpoint;
    await delay(200);
  }
}

/** The signed head, once it covers so many leaves. */
async function signed(client: Client, size: bigint) {
  for (;;) {
    const { checkpoint } = await client.call(api.ledger.head, {});
    if (checkpoint !== null && BigInt(checkpoint.size) >= size) return checkpoint;
    await delay(200);
  }
}

async function folded(database: pg.Client, municipalityId: string, size: number): Promise<void> {
  for (;;) {
    const { rows } = await database.query<{ size: string }>(
      'SELECT size FROM measure_fold WHERE municipality_id = $1',
      [municipalityId],
    );
    if (Number(rows[0]?.size ?? 0) >= size) return;
    await delay(500);
  }
}

const publishingPatienceMs = 180_000;

/**
 * Waits until all months that are over are given out: five years of them once, and from then on one a month. Where that takes
 * longer than anybody would wait with a benchmark, the service is asked while it does so, and the row says it.
 */
async function published(database: pg.Client, municipalityId: string, now: Date): Promise<boolean> {
  const until = performance.now() + publishingPatienceMs;
  const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 10);
  for (;;) {
    const { rowCount } = await database.query(
      'SELECT 1 FROM published_month WHERE municipality_id = $1 AND month = $2::date',
      [municipalityId, last],
    );
    if (rowCount === 1) return true;
    if (performance.now() > until) return false;
    await delay(500);
  }
}

const yearsBefore = (day: Date, years: number): string =>
  new Date(day.getTime() - years * 364 * 86_400_000).toISOString().slice(0, 10);
