import { hashLength } from '../format/sha256.ts';
import { entriesPath, tilePath, tileWidth } from '../format/tiles.ts';
import { Disputes, type Truth } from './disputes.ts';
import type { Findings } from './findings.ts';
import { GrownTree, type SignedHead } from './grown-tree.ts';

/**
 * Grows the tree from the entries, and beside it, from the first place where they differ, the one that the tiles of level 0
 * tell of.
 */
export class StoredTree {
  readonly #head: SignedHead | null;
  readonly #findings: Findings;
  readonly #byEntries: GrownTree;
  #byTiles: GrownTree | null = null;
  readonly #disputes = new Disputes();
  #whole = true;
  #rest = Buffer.alloc(0);

  /**
   * @param heads all that the tree is held against, ascending by size
   * @param head the log's own head among them, if it is signed
   */
  constructor(heads: readonly SignedHead[], head: SignedHead | null, findings: Findings) {
    this.#head = head;
    this.#findings = findings;
    this.#byEntries = new GrownTree(heads);
  }

  /** Whether all leaves so far could be read from one of the two forms; otherwise no root can be told any more. */
  get whole(): boolean {
    return this.#whole;
  }

  /**
   * The next bundle and its tile.
   *
   * @param found hashes of the bundle's entries, at most one more than `width`; null where there is no bundle
   * @param told the tile's bytes; null where there is no tile
   */
  add(index: number, width: number, found: Buffer | null, told: Buffer | null): void {
    const start = index * tileWidth;
    const length = width * hashLength;
    const usable = told?.length === length ? told : null;
    if (usable === null) {
      const at = told === null ? start : start + Math.min(Math.floor(told.length / hashLength), width);
      const kind = told === null ? 'tile-missing' : 'tile-changed';
      this.#findings.add(kind, { index: at, where: tilePath(0, BigInt(index), width) });
    }
    if (found === null) {
      const where = entriesPath(BigInt(index), width);
      this.#findings.add('leaf-missing', { index: start, until: start + width - 1, where });
    }
    // Where one form cannot be used, the other stands for both: its own fault is told already.
    const entries = found?.length === length ? found : usable;
    const tile = usable ?? entries;
    if (entries === null || tile === null) {
      if (found !== null) this.#miscount(start, width, found.length / hashLength);
      this.#whole = false;
      return;
    }
    if (found === null || found.equals(tile)) this.#disputes.agree();
    else this.#disputes.add(index, found, tile);
    if (!this.#whole) return;
    if (!entries.equals(tile)) this.#byTiles ??= this.#byEntries.fork();
    this.#byEntries.grow(entries);
    this.#byTiles?.grow(tile);
    if (width < tileWidth) this.#rest = Buffer.from(tile);
  }

  /** Leaves of which there is neither bundle nor tile. */
  miss(from: bigint, until: bigint): void {
    const where = entriesPath(from / BigInt(tileWidth), tileWidth);
    this.#findings.add('leaf-missing', { index: from, until, where });
    this.#whole = false;
  }

  /** Hashes of the leaves after the last full tile. */
  get rest(): Buffer {
    return this.#rest;
  }

  get isDisputed(): boolean {
    return this.#disputes.first !== undefined;
  }

  /** By the signed head, where only one of the two forms is what was signed. */
  truth(): Truth {
    if (!this.isDisputed) return 'entries';
    if (this.#byTiles === null) return 'tiles';
    const byEntries = this.#head !== null && this.#byEntries.fits(this.#head) === true;
    const byTiles = this.#head !== null && this.#byTiles.fits(this.#head) === true;
    return byEntries === byTiles ? 'unknown' : byEntries ? 'entries' : 'tiles';
  }

  /** Whether this is the tree that was signed; undefined while it has not grown to that size. */
  fits(head: SignedHead): boolean | undefined {
    const forms = this.#forms().map((tree) => tree.fits(head));
    return forms.includes(true) ? true : forms[0];
  }

  root(): Buffer | undefined {
    return this.#whole ? this.#forms()[0]?.root() : undefined;
  }

  /** What a tile of level 1 or higher must hold: in each form that may be the right one. */
  tiles(level: number, index: number, width: number): readonly Buffer[] {
    return this.#forms().map((tree) => tree.tile(level, index, width));
  }

  /** Tells what is wrong with leaves. @param nodeOf the stored hash of a full tile of level 0 */
  settle(nodeOf: (index: number) => Buffer | null): void {
    this.#disputes.settle(this.truth(), nodeOf, this.#findings);
  }

  #forms(): readonly GrownTree[] {
    if (this.#byTiles === null) return [this.#byEntries];
    const truth = this.truth();
    if (truth === 'unknown') return [this.#byEntries, this.#byTiles];
    return [truth === 'tiles' ? this.#byTiles : this.#byEntries];
  }

  #miscount(start: number, width: number, count: number): void {
    const where = entriesPath(BigInt(start / tileWidth), width);
    if (count > width) this.#findings.add('leaf-added', { index: start + width, where });
    else this.#findings.add('leaf-missing', { index: start + count, until: start + width - 1, where });
  }
}
