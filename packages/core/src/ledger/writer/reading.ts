import { DomainError } from '../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx } from '../../storage/index.ts';
import { hashLeaf } from '../format/leaf.ts';
import { verifyConsistency, verifyInclusion } from '../format/merkle.ts';
import { proveConsistency, proveInclusion, rootAt, type TileReader } from '../format/proofs.ts';
import { hashLength } from '../format/sha256.ts';
import { tileHeight, tileWidth, widthAt } from '../format/tiles.ts';

export interface StoredCheckpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly rootHash: Buffer;
  /** The signed note, with the lines of all who cosigned it. */
  readonly note: string;
  readonly keyId: string;
  readonly signedAt: Date;
  /** Names of the witnesses that cosigned it. */
  readonly cosignedBy: readonly string[];
}

interface CheckpointRow {
  readonly origin: string;
  readonly size: string;
  readonly root_hash: Buffer;
  readonly note: string;
  readonly key_id: string;
  readonly signed_at: Date;
  readonly lines: readonly string[];
}

const storedCheckpoint = (row: CheckpointRow): StoredCheckpoint => ({
  origin: row.origin,
  size: BigInt(row.size),
  rootHash: row.root_hash,
  note: row.note + row.lines.join(''),
  keyId: row.key_id,
  signedAt: row.signed_at,
  cosignedBy: row.lines.map((line) => line.split(' ')[1] ?? ''),
});

export interface CheckpointSearch {
  /** Only those of this size or smaller. */
  readonly upTo?: bigint;
  readonly signedBefore?: Date;
  /** Only those of these sizes. */
  readonly among?: readonly bigint[];
  readonly limit: number;
}

/** Signed checkpoints with their cosignatures, the largest first. */
export async function listCheckpoints(tx: ReadTx, search: CheckpointSearch): Promise<StoredCheckpoint[]> {
  const rows = await queryHot<CheckpointRow>(
    tx,
    Prisma.sql`
      SELECT c.origin, c.size, c.root_hash, c.note, c.key_id, c.signed_at, ARRAY(
        SELECT s.line FROM ledger_cosignature s
        WHERE s.municipality_id = c.municipality_id AND s.size = c.size ORDER BY s.cosigned_at, s.witness_id
      ) AS lines
      FROM ledger_checkpoint c
      WHERE c.size <= coalesce(${search.upTo ?? null}::bigint, 9223372036854775807)
        AND c.signed_at <= coalesce(${search.signedBefore ?? null}::timestamptz, 'infinity')
        AND (${search.among?.map(String) ?? null}::bigint[] IS NULL OR c.size = ANY (${search.among?.map(String) ?? null}::bigint[]))
      ORDER BY c.size DESC LIMIT ${search.limit}`,
  );
  return rows.map(storedCheckpoint);
}

/** The latest signed checkpoint, or null before the first. */
export async function findHead(tx: ReadTx): Promise<StoredCheckpoint | null> {
  const [head] = await listCheckpoints(tx, { limit: 1 });
  return head ?? null;
}

/** @throws DomainError ledger_empty */
export async function requireHead(tx: ReadTx): Promise<StoredCheckpoint> {
  const head = await findHead(tx);
  if (head === null) throw new DomainError('ledger_empty');
  return head;
}

/**
 * The checkpoint of a size; the head where none is named.
 *
 * @throws DomainError ledger_empty, checkpoint_unknown
 */
export async function requireCheckpoint(tx: ReadTx, size: bigint | null): Promise<StoredCheckpoint> {
  if (size === null) return requireHead(tx);
  const [found] = await listCheckpoints(tx, { upTo: size, limit: 1 });
  if (found?.size !== size) throw new DomainError('checkpoint_unknown', { size: String(size) });
  return found;
}

/** The hashes of a stored tile; null where there is none. */
export async function findTile(tx: ReadTx, level: number, index: bigint): Promise<Buffer | null> {
  const [row] = await queryHot<{ hashes: Buffer }>(
    tx,
    Prisma.sql`SELECT hashes FROM ledger_tile WHERE level = ${level} AND "index" = ${index}`,
  );
  return row?.hashes ?? null;
}

/**
 * Reads tiles as proofs of a tree of `size` need them. One that is missing or too short is told as a log that does not agree
 * with itself.
 */
export const createTileReader =
  (tx: ReadTx, size: bigint): TileReader =>
  async (level, index) => {
    const hashes = await findTile(tx, level, index);
    const there = hashes === null ? 0 : hashes.length / hashLength;
    if (hashes === null || there < widthAt(level, index, size))
      throw unsound((index * BigInt(tileWidth) + BigInt(there)) << BigInt(tileHeight * level));
    return hashes;
  };

export interface StoredLeaf {
  readonly index: bigint;
  readonly entry: Buffer;
  readonly leafHash: Buffer;
}

/** Leaves in their order, from a place on. */
export async function listLeaves(tx: ReadTx, from: bigint, limit: number): Promise<StoredLeaf[]> {
  const rows = await queryHot<{ index: string; entry: Buffer; leaf_hash: Buffer }>(
    tx,
    Prisma.sql`SELECT "index", entry, leaf_hash FROM ledger_leaf WHERE "index" >= ${from} ORDER BY "index" LIMIT ${limit}`,
  );
  return rows.map((row) => ({ index: BigInt(row.index), entry: row.entry, leafHash: row.leaf_hash }));
}

/** @throws DomainError not_found; ledger_unsound for an entry that was signed and is gone: who asked for it is not mistaken */
export async function requireLeaf(tx: ReadTx, index: bigint): Promise<StoredLeaf> {
  const [leaf] = await listLeaves(tx, index, 1);
  if (leaf?.index === index) return leaf;
  const head = await findHead(tx);
  throw head !== null && index < head.size
    ? unsound(index)
    : new DomainError('not_found', { kind: `leaf ${index}` });
}

export const unsound = (index: bigint): DomainError =>
  new DomainError('ledger_unsound', { index: String(index) });

/**
 * That an entry is in the tree of a checkpoint.
 *
 * @throws DomainError tree_size_unknown when the tree does not reach the entry; ledger_unsound when the stored log does not agree
 * with what was signed
 */
export async function proveLeaf(
  tx: ReadTx,
  index: bigint,
  { size, rootHash }: StoredCheckpoint,
): Promise<{ readonly leafHash: Buffer; readonly proof: readonly Buffer[] }> {
  if (index >= size)
    throw new DomainError('tree_size_unknown', { size: String(index + 1n), head: String(size) });
  const leafHash = hashLeaf((await requireLeaf(tx, index)).entry);
  const proof = await proveInclusion(createTileReader(tx, size), index, size);
  // Proofs are read from stored tiles; one that does not hold is never given out.
  if (!verifyInclusion({ leafHash, index, size, proof, root: rootHash })) throw unsound(index);
  return { leafHash, proof };
}

/**
 * That the tree of a checkpoint begins with the tree of `from` leaves.
 *
 * @throws DomainError tree_size_unknown, ledger_unsound
 */
export async function proveExtension(
  tx: ReadTx,
  from: bigint,
  { size, rootHash }: StoredCheckpoint,
): Promise<readonly Buffer[]> {
  if (from > size) throw new DomainError('tree_size_unknown', { size: String(from), head: String(size) });
  const reader = createTileReader(tx, size);
  const [proof, fromRoot] = [await proveConsistency(reader, from, size), await rootAt(reader, from)];
  if (!verifyConsistency({ from, fromRoot, size, root: rootHash, proof })) throw unsound(from);
  return proof;
}
