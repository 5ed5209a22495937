import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from '@naer/core/client';
import { api } from '@naer/core/contract';
import { type Appending, openAppending } from '@naer/core/testing/appending';
import pg from 'pg';
import { readAddresses } from './database.ts';
import { aName } from './ledger-history.ts';
import { interleave } from './rounds.ts';
import { type Row, toRow } from './table.ts';

const writers = 16;

/**
 * Appending, until the last leaf lies under a signed checkpoint of the running service, against plain rows of the same bytes by
 * the same client. One leaf a transaction is what a visit writes; a hundred is what an import writes.
 */
export async function benchAppend(
  operator: Client,
  { url, home }: { readonly url: string; readonly home: string },
): Promise<Row[]> {
  const addresses = await readAddresses(home);
  const database = new pg.Client({ connectionString: addresses.superuser });
  await database.connect();
  const founded = await operator.call(api.identity.createMunicipality, {
    body: { name: aName(), administrator: { initials: 'ADM', name: 'Administrator', email: null } },
  });
  const client = createClient({ url, token: founded.adminToken, language: 'en' });
  await database.query(`
    CREATE TABLE plain_leaf (municipality_id uuid NOT NULL, id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, entry bytea NOT NULL);
    ALTER TABLE plain_leaf ENABLE ROW LEVEL SECURITY;
    CREATE POLICY tenant ON plain_leaf TO naer_app USING (municipality_id = app_municipality()) WITH CHECK (municipality_id = app_municipality());
    GRANT INSERT ON plain_leaf TO naer_app`);
  const appending = openAppending({ appUrl: addresses.app, workerUrl: addresses.app }, founded.id);
  try {
    const rows: Row[] = [];
    for (const [name, each, transactions] of [
      ['append, a leaf a transaction', 1, 4_000],
      ['append, a hundred leaves a transaction', 100, 300],
    ] as const) {
      const figures = await interleave(3, {
        ours: async () => {
          const before = BigInt((await head(client))?.size ?? 0);
          const started = performance.now();
          await rush(transactions, () => appending.append(entries(each)));
          await reach(client, before + BigInt(each * transactions));
          return (each * transactions) / ((performance.now() - started) / 1000);
        },
        baseline: async () => {
          const started = performance.now();
          await rush(transactions, () => appending.insert(entries(each)));
          return (each * transactions) / ((performance.now() - started) / 1000);
        },
      });
      rows.push(toRow(name, '/s', figures, { atLeast: 0.7 }));
    }
    return rows;
  } finally {
    await appending.close();
    await database.query('DROP TABLE plain_leaf');
    await database.end();
  }
}

type Entries = Parameters<Appending['append']>[0];

/** A visit, as most leaves are. */
const entries = (count: number): Entries =>
  Array.from({ length: count }, () => ({
    type: 'visit.changed',
    visit: crypto.randomUUID(),
    subject: crypto.randomUUID(),
    worker: crypto.randomUUID(),
    team: null,
    channel: 'video',
    origin: 'planned',
    state: 'held',
    at: '2026-11-02T09:00:00.000Z',
    plannedStartsAt: '2026-11-02T09:00:00.000Z',
    plannedEndsAt: '2026-11-02T09:30:00.000Z',
    minutes: { video: 28, physical: 0, phone: 0, travel: 0, waiting: 0 },
    purposes: ['smaller-bites'],
    topics: ['supportive-talk', 'structure'],
    endedBy: null,
    endedReason: null,
    overruled: [],
    plan: null,
    revision: 1,
  }));

async function rush(transactions: number, work: () => Promise<void>): Promise<void> {
  let left = transactions;
  const run = async () => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  await Promise.all(Array.from({ length: writers }, run));
}

const head = async (client: Client) => (await client.call(api.ledger.head, {})).checkpoint;

async function reach(client: Client, size: bigint): Promise<void> {
  while (BigInt((await head(client))?.size ?? 0) < size) await delay(20);
}
