import type { PoolClient } from 'pg';
import type { Clock } from '../../../kernel/clock.ts';
import type { Database } from '../../../storage/index.ts';
import { advisoryLocks, findViolation } from '../../../storage/index.ts';
import {
  alone,
  contextOfDataKey,
  contextOfFormerKey,
  contextOfIndexKey,
  contextOfSeed,
  sealCheck,
  usedKeysSql,
} from './installation.ts';
import type { KeyRing } from './key-ring.ts';
import { type Context, seal, unseal } from './sealing.ts';

export interface RotationOptions {
  readonly worker: Database['worker'];
  readonly ring: KeyRing;
  readonly clock: Clock;
  /** Called after each committed batch with the number of keys rewrapped so far. */
  readonly onProgress?: (rewrapped: number) => void;
  readonly batchSize?: number;
}

export interface RotationResult {
  /** The key that everything is wrapped with now. */
  readonly keyId: string;
  readonly rewrapped: number;
}

/**
 * Replaces the master key. The order is what makes it safe at every instant, also under `kill -9` and among writers:
 *
 * 1. the new key goes into the file, beside the old one;
 * 2. when no transaction that seals is under way, the database names the new key as the current one; from then on
 *    nothing is wrapped with another;
 * 3. every data key, index key and seed of a log is rewrapped, in batches, each row naming its key;
 * 4. the old key leaves the file, once no row names it; of it stays, sealed with the new one, what checks the links that
 *    were made with it (decision 22).
 *
 * After a crash the next call finishes what was begun, if rows are left on an older key; else it begins anew. What lies
 * in backups of the database stays wrapped with the old key: its paper is kept as long as they are.
 *
 * @throws DomainError master_key_missing when a row names a key that nobody has
 */
export async function rotateMasterKey({
  worker,
  ring,
  clock,
  onProgress,
  batchSize = 500,
}: RotationOptions): Promise<RotationResult> {
  return alone(worker, async (client) => {
    const { id, master_key_id: before } = await getInstallation(client);
    const begun = (await keysInUse(client)).some((used) => used !== before);
    const keyId = begun ? before : await ring.add();
    if (!begun) await makeCurrent(client, id, keyId, sealCheck(await ring.get(keyId), id));
    const rewrapped = await rewrapAll(client, ring, keyId, batchSize, onProgress);
    // A row on another key can only be from a program that does not keep to this order; its key is not thrown away.
    if ((await keysInUse(client)).every((used) => used === keyId)) {
      await keepRoots(client, ring, keyId, clock.now());
      await ring.keepOnly(keyId);
    }
    return { keyId, rewrapped };
  });
}

/** In the database before the file forgets: whoever starts in between knows the key from one of them. */
async function keepRoots(client: PoolClient, ring: KeyRing, keyId: string, leftAt: Date): Promise<void> {
  const key = await ring.get(keyId);
  for (const { id, root } of await ring.rootsBeside(keyId))
    await client.query(
      `INSERT INTO former_key (id, master_key_id, wrapped_key, left_at) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING`,
      [id, keyId, seal(key, contextOfFormerKey(id), root), leftAt],
    );
}

async function getInstallation(client: PoolClient): Promise<{ id: string; master_key_id: string }> {
  const { rows } = await client.query<{ id: string; master_key_id: string }>(
    'SELECT id, master_key_id FROM installation',
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a vault that was never opened has no master key');
  return row;
}

async function keysInUse(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ master_key_id: string }>(usedKeysSql);
  return rows.map((row) => row.master_key_id);
}

/**
 * Waits until no transaction seals. While it waits in the queue, others that want to seal wait behind it, so it gives up
 * its place after half a second and queues again: a long import is not made to stop everybody.
 */
async function makeCurrent(
  client: PoolClient,
  installationId: string,
  keyId: string,
  check: Buffer,
): Promise<void> {
  for (;;) {
    try {
      await inTransaction(client, async () => {
        await client.query(`SET LOCAL lock_timeout = '500ms'`);
        await client.query('SELECT pg_advisory_xact_lock($1)', [advisoryLocks.masterKey]);
        await client.query('UPDATE installation SET master_key_id = $2, key_check = $3 WHERE id = $1', [
          installationId,
          keyId,
          check,
        ]);
      });
      return;
    } catch (error) {
      if (findViolation(error)?.state !== '55P03') throw error;
    }
  }
}

interface Wrapped {
  readonly municipality_id: string;
  /** Which of the municipality's keys, where it has several. */
  readonly part: string | null;
  readonly master_key_id: string;
  readonly wrapped_key: Buffer;
}

async function rewrapAll(
  client: PoolClient,
  ring: KeyRing,
  keyId: string,
  batchSize: number,
  onProgress: RotationOptions['onProgress'],
): Promise<number> {
  let rewrapped = 0;
  for (const table of [indexKeys, seeds, formers, dataKeys]) {
    for (;;) {
      const done = await inTransaction(client, () => rewrapBatch(client, ring, table, keyId, batchSize));
      if (done === 0) break;
      rewrapped += done;
      onProgress?.(rewrapped);
    }
  }
  return rewrapped;
}

/**
 * Rows that somebody else holds are passed over while others are left, so that a rotation never waits for one row while
 * it holds another; only when nothing else is left does it wait, for one row.
 */
async function rewrapBatch(
  client: PoolClient,
  ring: KeyRing,
  table: typeof dataKeys,
  keyId: string,
  batchSize: number,
): Promise<number> {
  const next = (limit: number, whenHeld: string) =>
    client.query<Wrapped>(
      `${table.select} WHERE master_key_id <> $1 ORDER BY master_key_id LIMIT $2 FOR NO KEY UPDATE ${whenHeld}`,
      [keyId, limit],
    );
  let { rows } = await next(batchSize, 'SKIP LOCKED');
  if (rows.length === 0) ({ rows } = await next(1, ''));
  if (rows.length === 0) return 0;
  const key = await ring.get(keyId);
  const rewrapped: Buffer[] = [];
  for (const row of rows) {
    const context = table.contextOf(row);
    rewrapped.push(seal(key, context, unseal(await ring.get(row.master_key_id), context, row.wrapped_key)));
  }
  await client.query(table.update, [
    rows.map((row) => row.municipality_id),
    rows.map((row) => row.part),
    rewrapped,
    keyId,
  ]);
  return rows.length;
}

const dataKeys = {
  select: 'SELECT municipality_id, citizen_id::text AS part, master_key_id, wrapped_key FROM citizen_vault',
  update: `
    UPDATE citizen_vault AS vault SET wrapped_key = fresh.wrapped_key, master_key_id = $4
    FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS fresh (municipality_id, citizen_id, wrapped_key)
    WHERE vault.municipality_id = fresh.municipality_id AND vault.citizen_id = fresh.citizen_id`,
  contextOf: (row: Wrapped): Context =>
    contextOfDataKey({ municipalityId: row.municipality_id, citizenId: row.part ?? '' }),
};

const indexKeys: typeof dataKeys = {
  select: 'SELECT municipality_id, NULL AS part, master_key_id, wrapped_key FROM vault_index_key',
  update: `
    UPDATE vault_index_key AS vault SET wrapped_key = fresh.wrapped_key, master_key_id = $4
    FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS fresh (municipality_id, part, wrapped_key)
    WHERE vault.municipality_id = fresh.municipality_id`,
  contextOf: (row) => contextOfIndexKey(row.municipality_id),
};

const formers: typeof dataKeys = {
  select: 'SELECT NULL AS municipality_id, id AS part, master_key_id, wrapped_key FROM former_key',
  update: `
    UPDATE former_key AS former SET wrapped_key = fresh.wrapped_key, master_key_id = $4
    FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS fresh (municipality_id, part, wrapped_key) WHERE former.id = fresh.part`,
  contextOf: (row) => contextOfFormerKey(row.part ?? ''),
};

/** Those of retired keys are gone; such a row names no master key. */
const seeds: typeof dataKeys = {
  select: `SELECT municipality_id, purpose || '/' || key_id AS part, master_key_id, wrapped_key FROM ledger_key`,
  update: `
    UPDATE ledger_key AS key SET wrapped_key = fresh.wrapped_key, master_key_id = $4
    FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS fresh (municipality_id, part, wrapped_key)
    WHERE key.municipality_id = fresh.municipality_id AND key.purpose || '/' || key.key_id = fresh.part`,
  contextOf: (row) => {
    const [purpose = '', keyId = ''] = (row.part ?? '').split('/');
    return contextOfSeed({ municipalityId: row.municipality_id, purpose, keyId });
  },
};

async function inTransaction<Result>(client: PoolClient, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
