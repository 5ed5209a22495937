import { randomUUID } from 'node:crypto';
import type { LedgerCheck } from '../../contract/ledger.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type ChangeEvents, type Database, Prisma, queryHot, type ReadTx } from '../../storage/index.ts';
import { hashLength } from '../format/sha256.ts';
import { tileHeight, tilePath, tileWidth } from '../format/tiles.ts';
import { type CheckedCheckpoint, CheckpointSource } from './check-checkpoints.ts';
import { LeafSource, type ReadPage, TileSource } from './check-sources.ts';
import { Findings } from './findings.ts';
import { findTile, requireCheckpoint } from './reading.ts';
import { type BuiltNode, Rebuild } from './rebuild.ts';

type Reader = Pick<Database, 'read'>;

interface Extent {
  readonly origin: string;
  /** How far the log says that its tree reaches. */
  readonly size: number;
  readonly signed: number;
  readonly placed: number;
}

/** What the log says of itself, as one statement sees it. */
async function readExtent(tx: ReadTx): Promise<Extent | null> {
  const [row] = await queryHot<{ origin: string | null; size: string; signed: string; placed: string }>(
    tx,
    Prisma.sql`
      SELECT log.origin, coalesce(log.size, 0) AS size, coalesce(head.ledger_size, 0) AS placed,
        coalesce((SELECT max(size) FROM ledger_checkpoint), 0) AS signed
      FROM (SELECT app_municipality() AS id) AS own
      LEFT JOIN ledger_log AS log ON log.municipality_id = own.id
      LEFT JOIN sequence_head AS head ON head.municipality_id = own.id`,
  );
  if (row === undefined || row.origin === null) return null;
  return {
    origin: row.origin,
    size: Number(row.size),
    signed: Number(row.signed),
    placed: Number(row.placed),
  };
}

/**
 * Rebuilds the tree from the bytes of the leaves and compares it with everything that is stored and signed: leaf hashes, tiles
 * of every level, the root and signature of each checkpoint, and how many leaves there should be. Reads page by page, each in
 * a transaction of its own: what is checked only grows, so its size at the beginning is a consistent one.
 *
 * @param upTo a signed size; null for all there is, and then for what does not belong there as well
 * @throws DomainError ledger_empty before the first checkpoint; checkpoint_unknown; unavailable when the log was replaced
 * meanwhile (a demo municipality that was made anew)
 */
export async function checkLedger(
  database: Reader,
  municipalityId: string,
  upTo: bigint | null,
): Promise<{ readonly size: bigint; readonly sound: boolean; readonly findings: LedgerCheck['findings'] }> {
  const read = <Result>(work: (tx: ReadTx) => Promise<Result>) => database.read(municipalityId, work);
  const extent = await read(readExtent);
  if (extent === null) throw new DomainError('ledger_empty');
  if (upTo !== null) await read((tx) => requireCheckpoint(tx, upTo));
  const size = upTo === null ? Math.max(extent.size, extent.signed) : Number(upTo);
  const findings = new Findings();
  const checkpoints = await CheckpointSource.open(read, extent.origin, size);
  const meet = ({ broken, root, size: at }: CheckedCheckpoint) => {
    for (const each of broken) findings.add(each);
    return { size: at, root };
  };

  const [leaves, tiles, rebuild] = [new LeafSource(read), new TileSource(read, size), new Rebuild(findings)];
  const higher = new HigherTiles(read, findings);
  for (const early of await checkpoints.upTo(0)) rebuild.meet(meet(early));
  for (let start = 0; start < size; start += tileWidth) {
    const end = Math.min(start + tileWidth, size);
    await leaves.load(start - rebuild.shift, end - rebuild.shift);
    await tiles.load(start);
    const tile = tiles.tileAt(start);
    const there = start + (tile?.length ?? 0) / hashLength;
    const where = tilePath(0, BigInt(start / tileWidth), tileWidth);
    if (there < end) findings.add({ kind: 'tile-missing', index: Math.floor(there), until: end - 1, where });
    const nodes = rebuild.add({
      start,
      end,
      leafAt: (index) => leaves.at(index),
      tileHashAt: (place) => tiles.hashAt(place),
      tile,
      node: end % tileWidth === 0 ? await higher.find(1, start / tileWidth) : null,
      signed: (await checkpoints.upTo(end)).map(meet),
    });
    for (const node of nodes) await higher.compare(node);
  }
  rebuild.finish();
  if (upTo === null) {
    tellOfExtent(extent, findings);
    for (const found of await read((tx) => findSurplus(tx, size))) findings.add(found);
  }
  if ((await read(readExtent))?.origin !== extent.origin) throw new DomainError('unavailable');
  return { size: BigInt(size), sound: findings.sound, findings: findings.list() };
}

/** The stored tiles above level 0, of each level the one that is being filled. */
class HigherTiles {
  readonly #read: ReadPage;
  readonly #findings: Findings;
  readonly #current = new Map<number, { readonly index: number; readonly hashes: Buffer }>();

  constructor(read: ReadPage, findings: Findings) {
    this.#read = read;
    this.#findings = findings;
  }

  /** The stored hash of a node; null where there is none. */
  async find(level: number, place: number): Promise<Buffer | null> {
    const index = Math.floor(place / tileWidth);
    let tile = this.#current.get(level);
    if (tile?.index !== index) {
      const hashes = await this.#read((tx) => findTile(tx, level, BigInt(index)));
      tile = { index, hashes: hashes ?? Buffer.alloc(0) };
      this.#current.set(level, tile);
    }
    const at = (place % tileWidth) * hashLength;
    const hash = tile.hashes.subarray(at, at + hashLength);
    return hash.length === hashLength ? hash : null;
  }

  async compare({ level, place, candidates }: BuiltNode): Promise<void> {
    const stored = await this.find(level, place);
    const span = 2 ** (tileHeight * level);
    const covered = { index: place * span, until: (place + 1) * span - 1 };
    const where = tilePath(level, BigInt(Math.floor(place / tileWidth)), tileWidth);
    if (stored === null) this.#findings.add({ kind: 'tile-missing', ...covered, where });
    else if (candidates.length > 0 && !candidates.some((node) => node.equals(stored)))
      this.#findings.add({ kind: 'node-changed', ...covered, where });
  }
}

/** The log's own counts against each other: a wrong one would let an index be given twice, or a fork be signed. */
function tellOfExtent({ size, signed, placed }: Extent, findings: Findings): void {
  const reach = Math.max(size, signed);
  if (signed < size)
    findings.add({ kind: 'unsigned-root', index: signed, until: size - 1, where: `checkpoint ${size}` });
  if (size < signed)
    findings.add({ kind: 'root-mismatch', index: size, until: signed - 1, where: 'the size of the log' });
  if (placed < reach)
    findings.add({ kind: 'leaf-added', index: placed, until: reach - 1, where: 'the sequence' });
}

/** What is stored beside the tree of a size: leaves under indexes that were never given, tiles wider than the log. */
async function findSurplus(tx: ReadTx, size: number) {
  const [leaves] = await queryHot<{
    placed: string;
    waiting: string;
    first: string | null;
    last: string | null;
  }>(
    tx,
    Prisma.sql`
      SELECT head.ledger_size AS placed,
        (SELECT count(*) FROM ledger_leaf WHERE "index" >= ${size}::bigint AND "index" < head.ledger_size) AS waiting,
        (SELECT min("index") FROM ledger_leaf) AS first, (SELECT max("index") FROM ledger_leaf) AS last
      FROM sequence_head AS head`,
  );
  const tiles = await queryHot<{ level: number; index: string; width: string; nodes: string }>(
    tx,
    Prisma.sql`
      SELECT level, "index", width, nodes FROM (
        SELECT level, "index", octet_length(hashes) / ${hashLength}::int AS width,
          CASE WHEN level BETWEEN 0 AND 7 THEN log.size >> (${tileHeight}::int * level) ELSE 0 END AS nodes
        FROM ledger_tile CROSS JOIN ledger_log AS log
      ) AS tile
      WHERE "index" < 0 OR "index" * ${tileWidth}::int + width > nodes
      ORDER BY level, "index" LIMIT 100`,
  );
  const [placed, waiting] = [Number(leaves?.placed ?? 0), Number(leaves?.waiting ?? 0)];
  const [first, last] = [Number(leaves?.first ?? 0), Number(leaves?.last ?? -1)];
  return [
    ...(first < 0 ? [{ kind: 'leaf-added' as const, index: null, at: -1, where: `entry ${first}` }] : []),
    ...(last >= Math.max(placed, size) ? [{ kind: 'leaf-added' as const, index: last }] : []),
    // Placed and not signed yet: nothing but their number can be told.
    ...(waiting < placed - size ? [{ kind: 'leaf-missing' as const, index: size, until: placed - 1 }] : []),
    ...tiles.map(({ level, index, width, nodes }) => {
      const span = 2 ** (tileHeight * level);
      const from = Math.max(Number(index) * tileWidth, Number(nodes));
      const until = (Number(index) * tileWidth + Number(width)) * span - 1;
      return Number(index) < 0 || level < 0
        ? { kind: 'tile-added' as const, index: null, where: `tile/${level}/${index}` }
        : {
            kind: 'tile-added' as const,
            index: from * span,
            until,
            where: tilePath(level, BigInt(index), tileWidth),
          };
    }),
  ];
}

/**
 * Checks the log up to a signed size, before a figure is given out that was computed at it.
 *
 * @throws DomainError ledger_unsound with the first broken entry; ledger_empty, checkpoint_unknown
 */
export async function assertSound(database: Reader, municipalityId: string, size: bigint): Promise<void> {
  const { sound, findings } = await checkLedger(database, municipalityId, size);
  if (!sound) throw new DomainError('ledger_unsound', { index: findings[0]?.index ?? String(size) });
}

export interface LedgerCheckDeps {
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly clock: Clock;
  readonly changes: ChangeEvents;
}

/**
 * Checks the whole log, keeps what was found, and tells of it (`ledger.checked`).
 *
 * @throws DomainError ledger_empty
 */
export async function runLedgerCheck(
  { database, clock, changes }: LedgerCheckDeps,
  municipalityId: string,
): Promise<LedgerCheck> {
  const { size, sound, findings } = await checkLedger(database, municipalityId, null);
  const checkedAt = clock.now();
  await database.write(municipalityId, async (tx) => {
    const [log] = await tx.$queryRaw<{ origin: string }[]>`SELECT origin FROM ledger_log`;
    await tx.ledgerCheck.create({
      data: { municipalityId, id: randomUUID(), size, sound, findings, checkedAt },
    });
    await changes.append(tx, {
      type: 'ledger.checked',
      entity: { kind: 'ledger', id: log?.origin ?? '' },
      data: { size: String(size), sound, findings: findings.length },
    });
  });
  return { size: String(size), sound, findings, checkedAt: checkedAt.toISOString() };
}
