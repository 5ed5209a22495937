import type { Citation } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { rootAt } from '../../../ledger/index.ts';
import { Prisma, queryHot, type ReadTx } from '../../../storage/index.ts';

/** How much of the log can be asked about: what is signed and folded; 0 before the first. */
export async function readHead(tx: ReadTx): Promise<bigint> {
  const [row] = await queryHot<{ head: string }>(
    tx,
    Prisma.sql`
      SELECT least(
        coalesce((SELECT max(size) FROM ledger_checkpoint), 0), coalesce((SELECT size FROM measure_fold), 0)
      ) AS head`,
  );
  return BigInt(row?.head ?? 0);
}

/**
 * What figures at a size rest on: the root of that tree, and the smallest signed checkpoint that it is or lies under.
 *
 * @throws DomainError tree_size_unknown, ledger_unsound
 */
export async function citationOf(tx: ReadTx, size: bigint): Promise<Citation> {
  const [checkpoint] = await queryHot<{
    origin: string;
    size: string;
    root_hash: Buffer;
    key_id: string;
    signed_at: Date;
  }>(
    tx,
    Prisma.sql`
      SELECT origin, size, root_hash, key_id, signed_at FROM ledger_checkpoint
      WHERE size >= ${size} ORDER BY size LIMIT 1`,
  );
  if (checkpoint === undefined)
    throw new DomainError('tree_size_unknown', { size: String(size), head: String(await readHead(tx)) });
  const root = BigInt(checkpoint.size) === size ? checkpoint.root_hash : await rootAt(tilesOf(tx), size);
  return {
    size: String(size),
    rootHash: root.toString('base64'),
    checkpoint: {
      origin: checkpoint.origin,
      size: checkpoint.size,
      signedAt: checkpoint.signed_at.toISOString(),
      keyId: checkpoint.key_id,
    },
  };
}

const tilesOf =
  (tx: ReadTx) =>
  async (level: number, index: bigint): Promise<Buffer> => {
    const [tile] = await queryHot<{ hashes: Buffer }>(
      tx,
      Prisma.sql`SELECT hashes FROM ledger_tile WHERE level = ${level} AND "index" = ${index}`,
    );
    if (tile === undefined)
      throw new DomainError('ledger_unsound', { index: String(index << BigInt(8 * (level + 1))) });
    return tile.hashes;
  };
