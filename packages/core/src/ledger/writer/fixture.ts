import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';
import { ManualClock } from '../../kernel/clock.ts';
import { openVault, type Vault } from '../../modules/citizens/index.ts';
import { createChangeEvents, type Tx } from '../../storage/index.ts';
import { placeBatch } from '../../storage/sequencer.ts';
import { createTestDatabase, type TestDatabase } from '../../testing/index.ts';
import { openCheckpoint, type TreeHead } from '../format/checkpoint.ts';
import { verifierOf } from '../format/note.ts';
import { createLedgerKeys, type LedgerKeys } from './keys.ts';
import { createLedger } from './ledger.ts';
import { type SigningOutcome, type SignLogOptions, signLog } from './signing.ts';

/** A database with logs in it, and everything that signs them. */
export interface LedgerWorld {
  readonly test: TestDatabase;
  readonly clock: ManualClock;
  readonly vault: Vault;
  readonly keys: LedgerKeys;
  readonly keyFile: string;
  /** A connection as the sequencer's leader has it; closed with the world. */
  leader(): Promise<Client>;
  write<Result>(municipalityId: string, work: (tx: Tx) => Promise<Result>): Promise<Result>;
  /** Writes so many leaves in one transaction. */
  append(municipalityId: string, count: number): Promise<void>;
  /** Gives everything its place and signs the municipality's log. */
  sign(
    municipalityId: string,
    options?: Pick<SignLogOptions, 'leavesAtOnce' | 'beforeCommit'>,
  ): Promise<SigningOutcome>;
  /** Every signed head, ascending, its signature checked by the listed key that it names. */
  heads(municipalityId: string): Promise<readonly SignedHead[]>;
  leafHashes(municipalityId: string): Promise<readonly Buffer[]>;
  /** What was told of the log, placed or not. */
  events(municipalityId: string): Promise<readonly { type: string; entity_id: string; data: unknown }[]>;
  close(): Promise<void>;
}

export interface SignedHead extends TreeHead {
  readonly keyId: string;
  readonly note: string;
  readonly signedAt: Date;
}

export async function createLedgerWorld(): Promise<LedgerWorld> {
  const test = await createTestDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'naer-ledger-'));
  const keyFile = path.join(folder, 'master.json');
  const clock = new ManualClock('2026-11-24T09:00:00Z');
  const vault = await openVault({ worker: test.database.worker, keyFile, clock });
  const ledger = createLedger({ clock });
  const changes = createChangeEvents({ clock });
  const keys = createLedgerKeys({ clock, ledger, changes, vault });
  const clients: Client[] = [];

  const leader = async (): Promise<Client> => {
    const client = new Client({ connectionString: test.logins.workerUrl });
    // One that a test ends tells so by its next query.
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  };
  const own = await leader();

  return {
    test,
    clock,
    vault,
    keys,
    keyFile,
    leader,
    write: (municipalityId, work) => test.database.write(municipalityId, work),
    append: (municipalityId, count) =>
      test.database.write(municipalityId, (tx) =>
        ledger.append(
          tx,
          'system',
          Array.from({ length: count }, () => ({ type: 'team.created', team: randomUUID() }) as const),
        ),
      ),
    sign: async (municipalityId, options = {}) => {
      while ((await placeBatch(own)) > 0);
      return signLog(own, municipalityId, { clock, vault, ...options });
    },
    heads: async (municipalityId) => {
      // One statement, so that a log that is thrown away meanwhile is seen whole or not at all.
      const { rows } = await test.superuser.query<{
        size: string;
        origin: string;
        root_hash: Buffer;
        note: string;
        key_id: string;
        signed_at: Date;
        name: string;
        public_key: Buffer;
      }>(
        `SELECT head.*, name, public_key FROM ledger_checkpoint AS head
         LEFT JOIN ledger_key USING (municipality_id, key_id) WHERE municipality_id = $1 ORDER BY size`,
        [municipalityId],
      );
      return rows.map((row) => {
        const { origin, size, root, signedBy } = openCheckpoint(row.note, [
          verifierOf(row.name, 'ed25519', row.public_key),
        ]);
        const columns = [row.origin, BigInt(row.size), row.root_hash.toString('hex'), row.key_id];
        const signed = [origin, size, root.toString('hex'), signedBy.keyId];
        if (columns.join() !== signed.join())
          throw new Error(`the row says ${columns}, the note says ${signed}`);
        return { origin, size, root, keyId: signedBy.keyId, note: row.note, signedAt: row.signed_at };
      });
    },
    leafHashes: async (municipalityId) => {
      const { rows } = await test.superuser.query<{ entry: Buffer }>(
        'SELECT entry FROM ledger_leaf WHERE municipality_id = $1 AND "index" IS NOT NULL ORDER BY "index"',
        [municipalityId],
      );
      return rows.map(({ entry }) => sha256(0, entry));
    },
    events: async (municipalityId) =>
      (
        await test.superuser.query<{ type: string; entity_id: string; data: unknown }>(
          `SELECT type, entity_id, data FROM change_event WHERE municipality_id = $1 AND entity_kind = 'ledger' ORDER BY pending_id`,
          [municipalityId],
        )
      ).rows,
    close: async () => {
      for (const client of clients) await client.end().catch(() => undefined);
      await test.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** All heads, of one origin and each with the root of the leaves that it covers. @throws Error when one has another */
export async function readTrueHeads(
  world: LedgerWorld,
  municipalityId: string,
): Promise<readonly SignedHead[]> {
  const hashes = await world.leafHashes(municipalityId);
  const heads = await world.heads(municipalityId);
  for (const { origin, size, root } of heads) {
    if (origin !== heads[0]?.origin) throw new Error(`${origin} besides ${heads[0]?.origin}`);
    if (!root.equals(plainRoot(hashes.slice(0, Number(size)))))
      throw new Error(`the head of size ${size} is not that of the leaves`);
  }
  return heads;
}

/** The Merkle tree hash as RFC 6962, section 2.1, defines it: by halves, with no tiles. */
export function plainRoot(hashes: readonly Buffer[]): Buffer {
  const [first] = hashes;
  if (first === undefined) return createHash('sha256').digest();
  if (hashes.length === 1) return first;
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  return sha256(1, plainRoot(hashes.slice(0, half)), plainRoot(hashes.slice(half)));
}

const sha256 = (prefix: 0 | 1, ...parts: readonly Buffer[]): Buffer =>
  createHash('sha256')
    .update(Buffer.concat([Buffer.of(prefix), ...parts]))
    .digest();
