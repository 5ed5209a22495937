import { TreeRange } from '../format/merkle.ts';
import { hashLength } from '../format/sha256.ts';
import { entriesPath, tilePath, tileWidth } from '../format/tiles.ts';
import { compareBundle, type EntryFault, type Shift } from './bundle-against-tile.ts';
import type { Findings } from './findings.ts';

/** A bundle and a tile that do not tell the same. */
interface Dispute {
  readonly index: number;
  /** Hashes of the bundle's entries. */
  readonly found: Buffer;
  /** Hashes in the tile. */
  readonly told: Buffer;
  /** What is wrong with the entries, if the tile is right. */
  faults: readonly EntryFault[];
}

/** Which of the two stored forms of the leaves is the one that was signed. */
export type Truth = 'entries' | 'tiles' | 'unknown';

/** More than anybody reads, few enough to be remembered: 16 KB each. */
const mostDisputes = 200;

/** Where bundles and tiles of level 0 differ; which of them is wrong is known once a signed head was reached. */
export class Disputes {
  readonly #list: Dispute[] = [];
  #shift: Shift = null;

  /** The first entry that is in doubt. */
  get first(): number | undefined {
    const first = this.#list[0];
    return first === undefined ? undefined : first.index * tileWidth;
  }

  /** A bundle that agrees with its tile: entries that had moved are in their places again. */
  agree(): void {
    this.#shift = null;
  }

  add(index: number, found: Buffer, told: Buffer): void {
    const { faults, shift } = compareBundle(found, told, this.#shift);
    const moved = this.#movedFromBefore(index, found, told, faults[0]);
    this.#shift = shift;
    if (this.#list.length >= mostDisputes) return;
    const dispute = { index, found: Buffer.from(found), told: Buffer.from(told) };
    this.#list.push({ ...dispute, faults: moved ? faults.slice(1) : faults });
  }

  /**
   * Tells of every place what is wrong there.
   *
   * @param nodeOf the stored hash of a full tile of level 0: what decides where no signed head does
   */
  settle(truth: Truth, nodeOf: (index: number) => Buffer | null, findings: Findings): void {
    const entriesAreWrong = (dispute: Dispute): boolean =>
      dispute.found.length !== dispute.told.length ||
      truth === 'tiles' ||
      (truth === 'unknown' && nodeOf(dispute.index)?.equals(rootOf(dispute.found)) !== true);
    const swaps = this.#swapsBetweenBundles();
    for (const dispute of this.#list) {
      const start = dispute.index * tileWidth;
      const width = dispute.told.length / hashLength;
      if (!entriesAreWrong(dispute)) {
        const places = differing(dispute);
        const [index = start, until = index] = [places[0], places.at(-1)].map((place = 0) => start + place);
        findings.add('tile-changed', { index, until, where: tilePath(0, BigInt(dispute.index), width) });
        continue;
      }
      const where = entriesPath(BigInt(dispute.index), width);
      for (const { kind, first, last } of dispute.faults) {
        const index = start + first;
        const other = swaps.get(index);
        if (other === undefined) findings.add(kind, { index, until: start + last, where });
        else if (other > index) findings.add('leaves-swapped', { index, until: other, where });
      }
    }
  }

  /**
   * Whether the first fault of a bundle began with the last entry of the bundle before, which looked changed but has only moved
   * here, or from here.
   */
  #movedFromBefore(index: number, found: Buffer, told: Buffer, fault: EntryFault | undefined): boolean {
    const before = this.#list.at(-1);
    const last = before?.faults.at(-1);
    if (fault?.first !== 0 || before?.index !== index - 1 || last?.kind !== 'leaf-changed') return false;
    const end = before.told.length - hashLength;
    if (last.first !== end / hashLength || before.found.length !== before.told.length) return false;
    const moved =
      (fault.kind === 'leaf-missing' && before.found.subarray(end).equals(told.subarray(0, hashLength))) ||
      (fault.kind === 'leaf-added' && before.told.subarray(end).equals(found.subarray(0, hashLength)));
    if (moved) before.faults = [...before.faults.slice(0, -1), { ...last, kind: fault.kind }];
    return moved;
  }

  /** Places whose entries changed with one another, each with its other. */
  #swapsBetweenBundles(): ReadonlyMap<number, number> {
    const places = this.#list.flatMap(({ index, found, told, faults }) =>
      faults
        .filter(({ kind, first, last }) => kind === 'leaf-changed' && first === last)
        .map(({ first }) => ({
          at: index * tileWidth + first,
          found: found.toString('hex', first * hashLength, (first + 1) * hashLength),
          told: told.toString('hex', first * hashLength, (first + 1) * hashLength),
        })),
    );
    const byMove = new Map(places.map((place) => [`${place.found} ${place.told}`, place.at]));
    return new Map(
      places.flatMap(({ at, found, told }) => {
        const other = byMove.get(`${told} ${found}`);
        return other === undefined ? [] : [[at, other] as const];
      }),
    );
  }
}

function differing({ found, told }: Dispute): readonly number[] {
  const places: number[] = [];
  for (let at = 0; at < told.length; at += hashLength) {
    if (told.compare(found, at, at + hashLength, at, at + hashLength) !== 0) places.push(at / hashLength);
  }
  return places;
}

function rootOf(hashes: Buffer): Buffer {
  const range = new TreeRange();
  for (let at = 0; at < hashes.length; at += hashLength) range.push(0, hashes, at);
  return range.root();
}
