import type { KeyObject } from 'node:crypto';
import type { PoolClient } from 'pg';
import { advisoryLocks, type Database, withClient } from '../../../storage/index.ts';
import { type Context, SealBroken, seal, unseal } from './sealing.ts';

export interface VaultOwner {
  readonly municipalityId: string;
  readonly citizenId: string;
}

export const contextOfDataKey = ({ municipalityId, citizenId }: VaultOwner): Context => ({
  purpose: 'citizen-key',
  owner: [municipalityId, citizenId],
});
export const contextOfIndexKey = (municipalityId: string): Context => ({
  purpose: 'index-key',
  owner: [municipalityId],
});

/** What is kept of a master key that was replaced; see key-ring.ts. */
export const contextOfFormerKey = (id: string): Context => ({ purpose: 'former-key', owner: [id] });

/** A seed of the municipality's log or of the witness that it is; see ledger/writer/keys.ts. */
export interface SeedOwner {
  readonly municipalityId: string;
  readonly purpose: string;
  readonly keyId: string;
}
export const contextOfSeed = ({ municipalityId, purpose, keyId }: SeedOwner): Context => ({
  purpose: 'log-key',
  owner: [municipalityId, purpose, keyId],
});

/** The value sealed in `installation` is this text: it tells whether a key is the right one, and nothing else. */
const checkText = Buffer.from('naer');
export const sealCheck = (key: KeyObject, installationId: string): Buffer =>
  seal(key, contextOfCheck(installationId), checkText);
const contextOfCheck = (installationId: string): Context => ({
  purpose: 'key-check',
  owner: [installationId],
});

/** Whether a key is the one that an installation's check value was sealed with. */
export function opensCheck(
  key: KeyObject,
  installation: { readonly id: string; readonly key_check: Uint8Array },
): boolean {
  try {
    return unseal(key, contextOfCheck(installation.id), installation.key_check).equals(checkText);
  } catch (error) {
    if (error instanceof SealBroken) return false;
    throw error;
  }
}

/** Each key in use, by jumps along the index rather than past every citizen. */
export const usedKeysSql = `
  WITH RECURSIVE used (master_key_id) AS (
    SELECT min(master_key_id) FROM citizen_vault
    UNION ALL
    SELECT (SELECT min(vault.master_key_id) FROM citizen_vault vault WHERE vault.master_key_id > used.master_key_id)
    FROM used WHERE used.master_key_id IS NOT NULL
  )
  SELECT master_key_id FROM used WHERE master_key_id IS NOT NULL
  UNION SELECT master_key_id FROM vault_index_key
  UNION SELECT master_key_id FROM ledger_key WHERE master_key_id IS NOT NULL
  UNION SELECT master_key_id FROM former_key
  UNION SELECT master_key_id FROM installation`;

/** Runs what only one process at a time may do to the key file. */
export const alone = <Result>(
  worker: Database['worker'],
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> =>
  withClient(worker, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [advisoryLocks.rotation]);
    const result = await work(client);
    await client.query('SELECT pg_advisory_unlock($1)', [advisoryLocks.rotation]);
    return result;
  });
