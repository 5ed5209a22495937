import { type KeyObject, randomUUID } from 'node:crypto';
import {
  createMasterKeyFile,
  type MasterKeyRing,
  makeMasterKey,
  readMasterKeyFile,
  ringOf,
} from '../../../contract/master-key-file.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import {
  type Ask,
  advisoryLocks,
  askIn,
  type Database,
  Prisma,
  type ReadTx,
  type Tx,
} from '../../../storage/index.ts';
import {
  alone,
  contextOfDataKey,
  contextOfFormerKey,
  contextOfIndexKey,
  contextOfSeed,
  opensCheck,
  type SeedOwner,
  sealCheck,
  usedKeysSql,
  type VaultOwner,
} from './installation.ts';
import { type DerivedKeys, type FormerKey, KeyRing } from './key-ring.ts';
import { type RotationOptions, type RotationResult, rotateMasterKey } from './rotation.ts';
import { keyFrom, makeKey, seal, unseal } from './sealing.ts';

/** A data key as it lies in the database. */
export interface WrappedKey {
  readonly masterKeyId: string;
  readonly wrappedKey: Uint8Array;
}

/** What a transaction that seals needs; only safe within that transaction. */
export interface SealingKeys {
  readonly masterKeyId: string;
  readonly masterKey: KeyObject;
  readonly indexKey: KeyObject;
}

export interface Vault {
  /**
   * The keys to seal and to index with. Takes a lock, shared among writers and held until the transaction ends, which a
   * rotation waits for before it makes another key the current one: so nothing is wrapped with a key that was replaced.
   * The first call in a municipality makes its index key, and others wait for that transaction: found a municipality with it.
   */
  sealingKeys(tx: Tx, municipalityId: string): Promise<SealingKeys>;
  /** The key of the municipality's blind indexes; null where nothing was indexed yet. */
  findIndexKey(tx: ReadTx, municipalityId: string): Promise<KeyObject | null>;
  /** A new data key, and how it is stored. */
  makeDataKey(keys: SealingKeys, owner: VaultOwner): WrappedKey & { readonly dataKey: KeyObject };
  /** @throws DomainError master_key_missing, or SealBroken */
  unwrap(owner: VaultOwner, wrapped: WrappedKey): Promise<KeyObject>;
  /** Seals a seed of 32 bytes in the transaction that `ask` asks in; the same lock as for `sealingKeys`. */
  sealSeed(ask: Ask, owner: SeedOwner, seed: Uint8Array): Promise<WrappedKey>;
  /** @throws DomainError master_key_missing, or SealBroken */
  openSeed(owner: SeedOwner, wrapped: WrappedKey): Promise<Buffer>;
  /**
   * Keys that are made of the master keys, for what is signed, or sealed for a short while. They outlive a rotation: what
   * was signed with the key before is told from what is signed now by `leftAt`.
   */
  derivedKeys(purpose: string): DerivedKeys;
  /** See rotation.ts. MUST NOT be awaited in a transaction that has sealed something: it would wait for itself. */
  rotateMasterKey(options?: Pick<RotationOptions, 'onProgress' | 'batchSize'>): Promise<RotationResult>;
}

export interface VaultOptions {
  readonly worker: Database['worker'];
  readonly keyFile: string;
  readonly clock: Clock;
}

/**
 * Opens the vault of this database. On the very first start it makes the master key, in the file first; afterwards the
 * file must have every key that the database uses.
 *
 * @throws DomainError master_key_missing, master_key_mismatch, master_key_unreadable
 */
export async function openVault({ worker, keyFile, clock }: VaultOptions): Promise<Vault> {
  const keys = await fittingKeys(worker, keyFile, clock);
  const ring = new KeyRing(keyFile, keys, await readFormerKeys(worker, keys));

  const indexRow = async (tx: ReadTx): Promise<WrappedKey | null> => {
    const rows = await tx.$queryRaw<{ master_key_id: string; wrapped_key: Uint8Array }[]>`
      SELECT master_key_id, wrapped_key FROM vault_index_key WHERE municipality_id = app_municipality()`;
    const [row] = rows;
    return row === undefined ? null : { masterKeyId: row.master_key_id, wrappedKey: row.wrapped_key };
  };
  const findIndexKey = async (tx: ReadTx, municipalityId: string): Promise<KeyObject | null> => {
    const row = await indexRow(tx);
    if (row === null) return null;
    return keyFrom(
      unseal(await ring.get(row.masterKeyId), contextOfIndexKey(municipalityId), row.wrappedKey),
    );
  };

  const lockMasterKey = async (ask: Ask): Promise<Pick<SealingKeys, 'masterKeyId' | 'masterKey'>> => {
    // Two statements: what the second one sees must be from after the lock was given.
    await ask(
      Prisma.sql`SELECT 1 AS locked FROM pg_advisory_xact_lock_shared(${advisoryLocks.masterKey}::bigint)`,
    );
    const [installation] = await ask<{ master_key_id: string }>(
      Prisma.sql`SELECT master_key_id FROM installation`,
    );
    if (installation === undefined) throw new DomainError('master_key_missing', { file: keyFile });
    const masterKeyId = installation.master_key_id;
    return { masterKeyId, masterKey: await ring.get(masterKeyId) };
  };

  return {
    derivedKeys: (purpose) => ring.derive(purpose),
    findIndexKey,
    sealingKeys: async (tx, municipalityId) => {
      const { masterKeyId, masterKey } = await lockMasterKey(askIn(tx));
      let indexKey = await findIndexKey(tx, municipalityId);
      if (indexKey === null) {
        const wrapped = seal(masterKey, contextOfIndexKey(municipalityId), makeKey().export());
        await tx.$executeRaw`
          INSERT INTO vault_index_key (municipality_id, master_key_id, wrapped_key)
          VALUES (app_municipality(), ${masterKeyId}, ${wrapped}) ON CONFLICT (municipality_id) DO NOTHING`;
        indexKey = await findIndexKey(tx, municipalityId);
      }
      if (indexKey === null) throw new Error('the key of the blind indexes was not kept');
      return { masterKeyId, masterKey, indexKey };
    },
    makeDataKey: ({ masterKeyId, masterKey }, owner) => {
      const dataKey = makeKey();
      return { masterKeyId, dataKey, wrappedKey: seal(masterKey, contextOfDataKey(owner), dataKey.export()) };
    },
    unwrap: async (owner, { masterKeyId, wrappedKey }) =>
      keyFrom(unseal(await ring.get(masterKeyId), contextOfDataKey(owner), wrappedKey)),
    sealSeed: async (ask, owner, seed) => {
      const { masterKeyId, masterKey } = await lockMasterKey(ask);
      return { masterKeyId, wrappedKey: seal(masterKey, contextOfSeed(owner), seed) };
    },
    openSeed: async (owner, { masterKeyId, wrappedKey }) =>
      unseal(await ring.get(masterKeyId), contextOfSeed(owner), wrappedKey),
    rotateMasterKey: (options = {}) => rotateMasterKey({ ...options, worker, ring, clock }),
  };
}

/** Read once: a key that another process replaces from now on is one that this process knows whole. */
async function readFormerKeys(
  worker: VaultOptions['worker'],
  { keys }: MasterKeyRing,
): Promise<readonly FormerKey[]> {
  const { rows } = await worker.query<{
    id: string;
    master_key_id: string;
    wrapped_key: Buffer;
    left_at: Date;
  }>('SELECT id, master_key_id, wrapped_key, left_at FROM former_key');
  return rows.flatMap(({ id, master_key_id, wrapped_key, left_at }) => {
    const key = keys.get(master_key_id);
    if (key === undefined || keys.has(id)) return [];
    return [{ id, root: unseal(keyFrom(key), contextOfFormerKey(id), wrapped_key), leftAt: left_at }];
  });
}

async function fittingKeys(
  worker: VaultOptions['worker'],
  keyFile: string,
  clock: Clock,
): Promise<MasterKeyRing> {
  return alone(worker, async (client) => {
    // One process makes the first key; the others wait for it and then find what it made.
    const { rows } = await client.query<{ id: string; master_key_id: string; key_check: Buffer }>(
      'SELECT id, master_key_id, key_check FROM installation',
    );
    const [installation] = rows;
    if (installation === undefined) {
      await createMasterKeyFile(keyFile, ringOf(makeMasterKey()));
      const ring = await readMasterKeyFile(keyFile);
      const key = ring?.keys.get(ring.current);
      if (ring === null || key === undefined)
        throw new DomainError('master_key_unreadable', { file: keyFile });
      const id = randomUUID();
      await client.query(
        'INSERT INTO installation (id, master_key_id, key_check, created_at) VALUES ($1, $2, $3, $4)',
        [id, ring.current, sealCheck(keyFrom(key), id), clock.now()],
      );
      return ring;
    }
    const ring = await readMasterKeyFile(keyFile);
    if (ring === null) throw new DomainError('master_key_missing', { file: keyFile });
    const { rows: used } = await client.query<{ master_key_id: string }>(usedKeysSql);
    const current = ring.keys.get(installation.master_key_id);
    if (current === undefined || !opensCheck(keyFrom(current), installation))
      throw new DomainError('master_key_mismatch', { file: keyFile });
    if (used.some((row) => !ring.keys.has(row.master_key_id)))
      throw new DomainError('master_key_missing', { file: keyFile });
    return ring;
  });
}
