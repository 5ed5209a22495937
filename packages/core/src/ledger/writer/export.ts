import { type Database, Prisma, queryHot, type ReadTx } from '../../storage/index.ts';
import { encodeEntryBundle } from '../format/entry-bundle.ts';
import {
  chooseCheckpoints,
  type ExportFile,
  encodeFormat,
  encodeKeys,
  filesBeforeTree,
  filesOfTree,
} from '../format/export-file.ts';
import { verifierOf } from '../format/note.ts';
import { hashLength } from '../format/sha256.ts';
import { encodeTarFile, tarEnd } from '../format/tar.ts';
import { tileWidth } from '../format/tiles.ts';
import { LeafSource, type ReadPage, TileSource } from './check-sources.ts';
import { findTile, listCheckpoints, requireCheckpoint, type StoredCheckpoint } from './reading.ts';

export interface LedgerExport {
  readonly origin: string;
  readonly size: bigint;
  /** The tar (see format/export-file.ts), read from the database while it is taken: page by page, nothing is held open. */
  readonly bytes: AsyncIterable<Buffer>;
}

/**
 * The whole log up to a signed size, in one file. The same size gives the same bytes, but for cosignatures that came later.
 * What is stored is told as it is, broken or not: to find that out is for whoever verifies it.
 *
 * @param size null for the signed head
 * @throws DomainError ledger_empty, checkpoint_unknown
 */
export async function exportLedger(
  database: Pick<Database, 'read'>,
  municipalityId: string,
  size: bigint | null,
): Promise<LedgerExport> {
  const read: ReadPage = (work) => database.read(municipalityId, work);
  const head = await read((tx) => requireCheckpoint(tx, size));
  return { origin: head.origin, size: head.size, bytes: writeExport(read, head) };
}

async function* writeExport(read: ReadPage, head: StoredCheckpoint): AsyncGenerator<Buffer> {
  const { origin, size } = head;
  const keys = await read((tx) => readKeys(tx, size));
  const earlier = await read((tx) => readEarlier(tx, size));
  const before: Readonly<Record<string, Buffer>> = {
    format: encodeFormat({ origin, size }),
    keys: encodeKeys(keys),
    head: Buffer.from(head.note),
  };
  for (const file of filesBeforeTree([...earlier.keys()])) {
    const content = file.kind === 'checkpoint' ? earlier.get(file.size) : before[file.kind];
    if (content === undefined) throw new Error(`nothing is known to write into ${file.name}`);
    yield encodeTarFile(file.name, content);
  }
  const [leaves, tiles] = [new LeafSource(read), new TileSource(read, Number(size))];
  const contentOf = async (file: ExportFile & { kind: 'entries' | 'tile' }): Promise<Buffer> => {
    const start = Number(file.index) * tileWidth;
    if (file.kind === 'entries') {
      await leaves.load(start, start + file.width);
      const entries = Array.from({ length: file.width }, (_, n) => leaves.at(start + n)?.entry ?? null);
      return encodeEntryBundle(entries.filter((entry) => entry !== null));
    }
    if (file.level === 0) {
      await tiles.load(start);
      return tiles.tileAt(start) ?? Buffer.alloc(0);
    }
    const hashes = await read((tx) => findTile(tx, file.level, file.index));
    return hashes?.subarray(0, file.width * hashLength) ?? Buffer.alloc(0);
  };
  for (const file of filesOfTree(size))
    if (file.kind === 'entries' || file.kind === 'tile')
      yield encodeTarFile(file.name, await contentOf(file));
  yield tarEnd;
}

/** The keys that the log had up to a size, as it says itself. */
async function readKeys(tx: ReadTx, size: bigint) {
  const rows = await queryHot<{ name: string; public_key: Buffer; from_size: string }>(
    tx,
    Prisma.sql`
      SELECT name, public_key, from_size FROM ledger_key WHERE purpose = 'log' AND from_size <= ${size}::bigint
      ORDER BY from_size, created_at, key_id`,
  );
  return rows.map(({ name, public_key, from_size }) => ({
    verifierKey: verifierOf(name, 'ed25519', public_key).verifierKey,
    fromSize: BigInt(from_size),
  }));
}

/** The notes of the chosen checkpoints before a size, ascending. */
async function readEarlier(tx: ReadTx, size: bigint): Promise<ReadonlyMap<bigint, Buffer>> {
  const [row] = await queryHot<{ sizes: string[] | null }>(
    tx,
    Prisma.sql`SELECT array_agg(size ORDER BY size) AS sizes FROM ledger_checkpoint WHERE size < ${size}::bigint`,
  );
  const chosen = chooseCheckpoints((row?.sizes ?? []).map(BigInt));
  const notes = await listCheckpoints(tx, { among: chosen, limit: chosen.length });
  return new Map(notes.reverse().map((each) => [each.size, Buffer.from(each.note)]));
}
