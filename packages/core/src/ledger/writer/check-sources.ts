import { Prisma, queryHot, type ReadTx } from '../../storage/index.ts';
import { hashLength } from '../format/sha256.ts';
import { tileWidth } from '../format/tiles.ts';
import type { LeafBytes } from './rebuild.ts';

export type ReadPage = <Result>(work: (tx: ReadTx) => Promise<Result>) => Promise<Result>;

/** A page is a few megabytes at most, and a small part of a second of work. */
const leavesAtOnce = 4096;
const tilesAtOnce = 32;
/** How far beyond a block can be looked: as many entries as can have been dropped or added within it, and the two after. */
const ahead = tileWidth + 2;

/** By how far their index is past that of the page. */
type LeafPage = readonly (LeafBytes | undefined)[];

/** Leaves in a window that moves up the log; the page after the window is on its way while the window is worked on. */
export class LeafSource {
  readonly #read: ReadPage;
  #pages: { readonly from: number; readonly leaves: LeafPage }[] = [];
  #next: { readonly from: number; readonly page: Promise<LeafPage> };

  constructor(read: ReadPage) {
    this.#read = read;
    this.#next = this.#ask(0);
  }

  /** Makes the leaves of a block readable, and some beyond it. */
  async load(start: number, end: number): Promise<void> {
    while (this.#next.from < end + ahead) {
      const { from, page } = this.#next;
      const leaves = await page;
      this.#next = this.#ask(from + leavesAtOnce);
      this.#pages = [
        ...this.#pages.filter((each) => each.from + leavesAtOnce > start - ahead),
        { from, leaves },
      ];
    }
  }

  at(index: number): LeafBytes | null {
    const page = this.#pages.find(({ from }) => index >= from && index < from + leavesAtOnce);
    return page?.leaves[index - page.from] ?? null;
  }

  #ask(from: number): { readonly from: number; readonly page: Promise<LeafPage> } {
    const page = this.#read((tx) => readLeafPage(tx, from));
    // Whoever waits for it meets the error; nobody may wait for the last one.
    page.catch(() => undefined);
    return { from, page };
  }
}

// Index (8 bytes), length (4), hash and entry of one leaf after another, in one value: reading thousands of small values costs
// more than hashing them.
async function readLeafPage(tx: ReadTx, from: number): Promise<LeafPage> {
  const [row] = await queryHot<{ bytes: Buffer | null }>(
    tx,
    Prisma.sql`
      SELECT string_agg(int8send("index") || int4send(octet_length(entry)) || leaf_hash || entry, ''::bytea) AS bytes
      FROM ledger_leaf WHERE "index" >= ${from}::bigint AND "index" < ${from + leavesAtOnce}::bigint`,
  );
  const bytes = row?.bytes ?? Buffer.alloc(0);
  const leaves = new Array<LeafBytes | undefined>(leavesAtOnce);
  for (let at = 0; at < bytes.length; ) {
    const [hashAt, length] = [at + 12, bytes.readUInt32BE(at + 8)];
    const entryAt = hashAt + hashLength;
    leaves[Number(bytes.readBigInt64BE(at)) - from] = {
      leafHash: bytes.subarray(hashAt, entryAt),
      entry: bytes.subarray(entryAt, entryAt + length),
    };
    at = entryAt + length;
  }
  return leaves;
}

/** The stored tiles of level 0, cut to the tree. */
export class TileSource {
  readonly #read: ReadPage;
  readonly #size: number;
  #tiles = new Map<number, Buffer>();
  #loaded = 0;

  constructor(read: ReadPage, size: number) {
    this.#read = read;
    this.#size = size;
  }

  /** Makes the tile at a place readable, and the one after it. */
  async load(place: number): Promise<void> {
    const index = place / tileWidth;
    while (this.#loaded < index + 2) {
      const from = this.#loaded;
      const rows = await this.#read((tx) =>
        queryHot<{ index: string; hashes: Buffer }>(
          tx,
          Prisma.sql`SELECT "index", hashes FROM ledger_tile WHERE level = 0 AND "index" >= ${from}::bigint AND "index" < ${from + tilesAtOnce}::bigint`,
        ),
      );
      this.#tiles = new Map([
        ...[...this.#tiles].filter(([known]) => known >= index),
        ...rows.map((row): [number, Buffer] => [Number(row.index), this.#cut(Number(row.index), row.hashes)]),
      ]);
      this.#loaded += tilesAtOnce;
    }
  }

  tileAt(place: number): Buffer | null {
    return this.#tiles.get(Math.floor(place / tileWidth)) ?? null;
  }

  hashAt(place: number): Buffer | null {
    const at = (place % tileWidth) * hashLength;
    const hash = this.tileAt(place)?.subarray(at, at + hashLength);
    return hash?.length === hashLength ? hash : null;
  }

  /** The log may have grown since its size was read. */
  #cut(index: number, hashes: Buffer): Buffer {
    return hashes.subarray(0, Math.max(0, this.#size - index * tileWidth) * hashLength);
  }
}
