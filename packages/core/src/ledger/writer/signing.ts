import type { Client } from 'pg';
import type { Clock } from '../../kernel/clock.ts';
import { type AfterPlacing, type Ask, advisoryLocks, askOn, Prisma } from '../../storage/index.ts';
import { encodeCheckpoint, openCheckpoint } from '../format/checkpoint.ts';
import { emptyRoot } from '../format/merkle.ts';
import { NoteBroken } from '../format/note.ts';
import { findSigner, findVerifier, makeKey, makeOrigin, type SeedVault } from './keys.ts';
import { growTree, readEdge, SigningRefused } from './tree.ts';

export interface LedgerSigningOptions {
  readonly clock: Clock;
  readonly vault: SeedVault;
  /** Told of each municipality whose log could not be signed; the others are signed all the same. */
  readonly onError: (error: unknown, municipalityId: string) => void;
  /** Told after each commit of a signature. */
  readonly onSigned?: (municipalityId: string) => void;
  /** How long leaves gather under one signature; the first after a quiet while does not wait. */
  readonly signEveryMs?: number;
  /** How many leaves one transaction takes under signature at most. */
  readonly leavesAtOnce?: number;
}

/** `busy`: somebody else signs, rotates the key or throws the log away; `more`: signed, and there is more to sign. */
export type SigningOutcome = 'signed' | 'more' | 'nothing' | 'busy';

/** What signing may hold up the placing of leaves and events, which it takes turns with on one connection. */
const turnMs = 50;
/** Leaves are signed when they are placed; this finds what an earlier leader left, or what could not be signed. */
const lookEveryMs = 5_000;
const busyMs = 200;
const longestRetryMs = 60_000;

/** Signs the logs of all municipalities, as what the sequencer's leader does besides; see docs/decisions/0016. */
export function createLedgerSigning(options: LedgerSigningOptions): AfterPlacing {
  const { onError, onSigned, signEveryMs = 1000 } = options;
  const logs = new Map<string, { notBefore: number; failures: number }>();
  const waiting = new Set<string>();
  let nextLook = 0;
  let lastClient: Client | null = null;

  const stateOf = (id: string) => {
    const state = logs.get(id) ?? { notBefore: 0, failures: 0 };
    logs.set(id, state);
    return state;
  };
  const sign = async (client: Client, id: string): Promise<boolean> => {
    const state = stateOf(id);
    const retryInMs = (ms: number) => {
      state.notBefore = performance.now() + ms;
    };
    try {
      const outcome = await signLog(client, id, options);
      state.failures = 0;
      if (outcome === 'busy') {
        retryInMs(busyMs);
        return false;
      }
      if (outcome !== 'more') waiting.delete(id);
      if (outcome === 'signed' || outcome === 'more') onSigned?.(id);
      retryInMs(outcome === 'more' ? 0 : signEveryMs);
      return outcome !== 'nothing';
    } catch (error) {
      // A connection that is gone is the sequencer's to mend.
      await client.query('SELECT 1');
      retryInMs(Math.min(signEveryMs * 2 ** state.failures, longestRetryMs));
      state.failures += 1;
      onError(error, id);
      return false;
    }
  };

  return async (client, placed) => {
    const begun = performance.now();
    if (placed > 0 || begun >= nextLook || client !== lastClient) {
      for (const id of await findUnsigned(client)) waiting.add(id);
      nextLook = begun + lookEveryMs;
      lastClient = client;
    }
    let signed = false;
    const due = [...waiting]
      .filter((id) => stateOf(id).notBefore <= begun)
      .sort((one, other) => stateOf(one).notBefore - stateOf(other).notBefore);
    for (const id of due) {
      signed = (await sign(client, id)) || signed;
      if (performance.now() - begun > turnMs) break;
    }
    // What was signed is told of by an event, which wants its place.
    if (signed) return 0;
    const times = [nextLook, ...[...waiting].map((id) => stateOf(id).notBefore)];
    return Math.max(0, Math.min(...times) - performance.now());
  };
}

async function findUnsigned(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT head.municipality_id AS id FROM sequence_head AS head LEFT JOIN ledger_log AS log USING (municipality_id)
     WHERE head.ledger_size > coalesce(log.size, 0)`,
  );
  return rows.map(({ id }) => id);
}

/** Leaves of all municipalities that are committed and under no signed checkpoint, placed or not. */
export const unsignedLeavesSql = `
  SELECT (SELECT count(*) FROM ledger_leaf WHERE "index" IS NULL)
    + coalesce(sum(head.ledger_size - coalesce(log.size, 0)), 0) AS n
  FROM sequence_head AS head LEFT JOIN ledger_log AS log USING (municipality_id)`;

export interface SignLogOptions extends Pick<LedgerSigningOptions, 'clock' | 'vault' | 'leavesAtOnce'> {
  /** Lets a test hold the transaction where everything is written and nothing committed. */
  readonly beforeCommit?: () => Promise<void>;
}

/**
 * Brings one municipality's placed leaves under a signed checkpoint, in one transaction. Safe to run twice at once, and by
 * whoever believes to lead: a lock lets one in, the log's row says how far the tree reaches, and the database takes one
 * root for each (origin, size).
 *
 * @throws SigningRefused when the stored tree is not the one that was signed last, or a leaf is not what it was
 */
export async function signLog(
  client: Client,
  municipalityId: string,
  { beforeCommit, ...options }: SignLogOptions,
): Promise<SigningOutcome> {
  await client.query('BEGIN');
  try {
    const outcome = await signWithin(askOn(client), municipalityId, options);
    await beforeCommit?.();
    await client.query('COMMIT');
    return outcome;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function signWithin(
  ask: Ask,
  municipalityId: string,
  { clock, vault, leavesAtOnce = 16_384 }: SignLogOptions,
): Promise<SigningOutcome> {
  const [lock] = await ask<{ got: boolean }>(
    Prisma.sql`SELECT pg_try_advisory_xact_lock(${advisoryLocks.ledgerLog}::int, hashtext(${municipalityId}::text)) AS got`,
  );
  if (lock?.got !== true) return 'busy';
  const log = await findLog(ask, municipalityId);
  const [head] = await ask<{ size: string }>(
    Prisma.sql`SELECT ledger_size AS size FROM sequence_head WHERE municipality_id = ${municipalityId}::uuid`,
  );
  const placed = BigInt(head?.size ?? 0);
  const signed = log?.size ?? 0n;
  if (placed <= signed) return 'nothing';

  const last = await readLast(ask, municipalityId);
  const now = clock.now();
  const origin = log?.origin ?? (await makeLog(ask, vault, municipalityId, last, now));
  if (last === null ? signed > 0n : last.origin !== origin || last.size !== signed)
    throw new SigningRefused(`the last checkpoint is not that of size ${signed}`);
  const edge = await readEdge(ask, municipalityId, signed);
  const expected = last === null ? emptyRoot : last.root;
  if (!edge.root.equals(expected))
    throw new SigningRefused(`the stored tree is not the one signed at size ${signed}`);
  const signer = await findSigner(ask, vault, municipalityId, 'log');
  if (signer === null || signer.verifier.name !== origin) throw new SigningRefused('its key is gone');

  const size = placed - signed > BigInt(leavesAtOnce) ? signed + BigInt(leavesAtOnce) : placed;
  const root = await growTree(ask, municipalityId, edge, size);
  const text = encodeCheckpoint({ origin, size, root });
  // Instants in the log's own order, whatever the clocks of two leaders say.
  const signedAt = last !== null && last.signedAt > now ? last.signedAt : now;
  await ask(Prisma.sql`
    INSERT INTO ledger_checkpoint (municipality_id, size, origin, root_hash, note, key_id, signed_at)
    VALUES (${municipalityId}::uuid, ${size}::bigint, ${origin}, ${root}, ${`${text}\n${signer.sign(text)}`},
      ${signer.verifier.keyId}, ${signedAt})`);
  await ask(
    Prisma.sql`UPDATE ledger_log SET size = ${size}::bigint WHERE municipality_id = ${municipalityId}::uuid`,
  );
  await ask(Prisma.sql`
    INSERT INTO change_event (municipality_id, type, entity_kind, entity_id, data, occurred_at)
    VALUES (${municipalityId}::uuid, 'ledger.signed', 'ledger', ${origin}, ${JSON.stringify({ size: String(size) })}::jsonb, ${now})`);
  return size < placed ? 'more' : 'signed';
}

async function findLog(ask: Ask, municipalityId: string): Promise<{ origin: string; size: bigint } | null> {
  const [log] = await ask<{ origin: string; size: string }>(
    Prisma.sql`SELECT origin, size FROM ledger_log WHERE municipality_id = ${municipalityId}::uuid FOR UPDATE`,
  );
  return log === undefined ? null : { origin: log.origin, size: BigInt(log.size) };
}

async function makeLog(
  ask: Ask,
  vault: SeedVault,
  municipalityId: string,
  last: LastCheckpoint | null,
  now: Date,
): Promise<string> {
  // Another name would hide that what was signed under the first one is lost.
  if (last !== null) throw new SigningRefused('the log has checkpoints, but its own row is gone');
  const [municipality] = await ask<{ name: string }>(
    Prisma.sql`SELECT name FROM municipality WHERE id = ${municipalityId}::uuid`,
  );
  const origin = makeOrigin(municipality?.name ?? '');
  await ask(
    Prisma.sql`INSERT INTO ledger_log (municipality_id, origin, size, created_at) VALUES (${municipalityId}::uuid, ${origin}, 0, ${now})`,
  );
  await makeKey(ask, vault, { municipalityId, purpose: 'log', name: origin, fromSize: 0n, createdAt: now });
  return origin;
}

interface LastCheckpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Buffer;
  readonly signedAt: Date;
}

/** What was signed last, as its signature has it: the columns beside it are only there to be searched. */
async function readLast(ask: Ask, municipalityId: string): Promise<LastCheckpoint | null> {
  const [row] = await ask<{ note: string; key_id: string; signed_at: Date }>(Prisma.sql`
    SELECT note, key_id, signed_at FROM ledger_checkpoint
    WHERE municipality_id = ${municipalityId}::uuid ORDER BY size DESC LIMIT 1`);
  if (row === undefined) return null;
  const verifier = await findVerifier(ask, municipalityId, 'log', row.key_id);
  try {
    const { origin, size, root } = openCheckpoint(row.note, verifier === null ? [] : [verifier]);
    return { origin, size, root, signedAt: row.signed_at };
  } catch (error) {
    if (!(error instanceof NoteBroken)) throw error;
    throw new SigningRefused('its last checkpoint does not bear its signature', {
      cause: error,
    });
  }
}
