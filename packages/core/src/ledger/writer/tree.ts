import { type Ask, Prisma } from '../../storage/index.ts';
import { appendToTiles, edgePlaces, rootOf, type Tile } from '../format/tiles.ts';

/** What may not be built upon: a signature over it could contradict one that was given before. */
export class SigningRefused extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(`nothing is signed, because ${why}`, options);
    this.name = 'SigningRefused';
  }
}

/** A tree by its right edge, which is all that it needs to grow. */
export interface Edge {
  readonly size: bigint;
  readonly tiles: readonly Tile[];
  readonly root: Buffer;
}

/** How many leaves are in memory at once. */
const leavesAtOnce = 8192;

/** @throws SigningRefused when tiles are missing, cut short or too long */
export async function readEdge(ask: Ask, municipalityId: string, size: bigint): Promise<Edge> {
  const places = edgePlaces(size);
  const rows = await ask<{ level: number; index: string; hashes: Buffer }>(Prisma.sql`
    SELECT level, "index", hashes FROM ledger_tile
    WHERE municipality_id = ${municipalityId}::uuid AND (level, "index") IN (
      SELECT * FROM unnest(${places.map(({ level }) => level)}::int[], ${places.map(({ index }) => index)}::bigint[])
    )`);
  const tiles = rows.map(({ level, index, hashes }) => ({ level, index: BigInt(index), hashes }));
  return { size, tiles, root: orRefuse(() => rootOf(tiles, size)) };
}

/**
 * Grows the stored tree over leaves that have their place; memory does not grow with them.
 *
 * @throws SigningRefused when a leaf is missing, or its bytes are not those of its hash
 */
export async function growTree(ask: Ask, municipalityId: string, edge: Edge, size: bigint): Promise<Buffer> {
  let grown = edge;
  while (grown.size < size) {
    const before = grown;
    const end = before.size + BigInt(leavesAtOnce);
    const leaves = await readLeafHashes(ask, municipalityId, before.size, end < size ? end : size);
    const { tiles, ...after } = orRefuse(() => appendToTiles(before.tiles, before.size, leaves));
    await writeTiles(ask, municipalityId, tiles);
    grown = { ...after, tiles: edgeOf([...before.tiles, ...tiles], after.size) };
  }
  return grown.root;
}

async function readLeafHashes(ask: Ask, municipalityId: string, from: bigint, to: bigint): Promise<Buffer[]> {
  const rows = await ask<{ index: string; hash: Buffer; fits: boolean }>(Prisma.sql`
    SELECT "index", leaf_hash AS hash, leaf_hash = sha256(decode('00', 'hex') || entry) AS fits FROM ledger_leaf
    WHERE municipality_id = ${municipalityId}::uuid AND "index" >= ${from}::bigint AND "index" < ${to}::bigint
    ORDER BY "index"`);
  if (BigInt(rows.length) !== to - from)
    throw new SigningRefused(`there are ${rows.length} entries from ${from} to before ${to}`);
  const changed = rows.find(({ fits }) => !fits);
  if (changed !== undefined) throw new SigningRefused(`entry ${changed.index} is not what its hash says`);
  return rows.map(({ hash }) => hash);
}

const writeTiles = (ask: Ask, municipalityId: string, tiles: readonly Tile[]): Promise<unknown> =>
  ask(Prisma.sql`
    INSERT INTO ledger_tile (municipality_id, level, "index", hashes)
    SELECT ${municipalityId}::uuid, * FROM unnest(${tiles.map(({ level }) => level)}::int[],
      ${tiles.map(({ index }) => index)}::bigint[], ${tiles.map(({ hashes }) => hashes)}::bytea[])
    ON CONFLICT (municipality_id, level, "index") DO UPDATE SET hashes = EXCLUDED.hashes`);

/** The tiles that form the edge at `size`, the later one where there are two. */
const edgeOf = (tiles: readonly Tile[], size: bigint): Tile[] =>
  edgePlaces(size).flatMap(
    (place) => tiles.findLast(({ level, index }) => level === place.level && index === place.index) ?? [],
  );

function orRefuse<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw new SigningRefused('a tile at the edge of the tree is not as long as it must be', { cause: error });
  }
}
