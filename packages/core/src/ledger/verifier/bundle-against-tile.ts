import { hashLength } from '../format/sha256.ts';

// What was done to the entries of a bundle, told from the hashes that their tile holds for them.

/** A place of a bundle where something is wrong with its entries, the tile being right. */
export interface EntryFault {
  readonly kind: 'leaf-changed' | 'leaf-missing' | 'leaf-added' | 'leaves-swapped';
  /** The first place in the bundle, 0 to 256. */
  readonly first: number;
  readonly last: number;
}

/** Entries that moved by one, for all bundles that follow the one in which an entry was dropped or added. */
export type Shift = 'left' | 'right' | null;

export interface BundleVerdict {
  readonly faults: readonly EntryFault[];
  readonly shift: Shift;
}

/**
 * @param found hashes of the bundle's entries, one more than the tile's at most
 * @param right the tile's hashes
 * @param before how the bundles before this one had moved; what that explains is no new fault
 */
export function compareBundle(found: Buffer, right: Buffer, before: Shift): BundleVerdict {
  const count = found.length / hashLength;
  const width = right.length / hashLength;
  const same = (place: number, other = place): boolean =>
    found.compare(
      right,
      other * hashLength,
      (other + 1) * hashLength,
      place * hashLength,
      (place + 1) * hashLength,
    ) === 0;
  /** Whether the bundle's hashes from one place on are the tile's from another. */
  const run = (from: number, to: number, length: number): boolean =>
    length <= 0 ||
    found
      .subarray(from * hashLength, (from + length) * hashLength)
      .equals(right.subarray(to * hashLength, (to + length) * hashLength));

  const leftLength = (from: number) => Math.min(count - from, width - 1 - from);
  const rightLength = (from: number) => Math.min(count - 1 - from, width - from);
  if (before === 'left' && count >= width - 1 && run(0, 1, leftLength(0)))
    return { faults: [], shift: 'left' };
  if (before === 'right' && count >= width && run(1, 0, rightLength(0)))
    return { faults: [], shift: 'right' };

  const differing: number[] = [];
  for (let place = 0; place < Math.min(count, width); place += 1) if (!same(place)) differing.push(place);
  const [first, second] = differing;
  if (first === undefined) {
    if (count === width) return { faults: [], shift: null };
    const kind = count < width ? 'leaf-missing' : 'leaf-added';
    return {
      faults: [{ kind, first: Math.min(count, width), last: Math.max(count, width) - 1 }],
      shift: null,
    };
  }
  if (count === width) {
    if (differing.length === 1) return { faults: [changed(first)], shift: null };
    if (second !== undefined && differing.length === 2 && same(first, second) && same(second, first)) {
      return { faults: [{ kind: 'leaves-swapped', first, last: second }], shift: null };
    }
  }
  if (
    count >= width - 1 &&
    count <= width &&
    leftLength(first) > 0 &&
    run(first, first + 1, leftLength(first))
  ) {
    return { faults: [{ kind: 'leaf-missing', first, last: first }], shift: 'left' };
  }
  if (count >= width && rightLength(first) > 0 && run(first + 1, first, rightLength(first))) {
    return { faults: [{ kind: 'leaf-added', first, last: first }], shift: 'right' };
  }
  // A length that was changed makes nonsense of all that follows it in the bundle.
  if (count !== width) return { faults: [{ kind: 'leaf-changed', first, last: width - 1 }], shift: null };
  return { faults: differing.map(changed), shift: null };
}

const changed = (place: number): EntryFault => ({ kind: 'leaf-changed', first: place, last: place });
