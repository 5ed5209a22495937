import { maxEntryLength } from '../format/entry-bundle.ts';
import { hashLength, sha256Into } from '../format/sha256.ts';
import { tileWidth } from '../format/tiles.ts';
import type { Findings } from './findings.ts';
import type { SignedHead } from './grown-tree.ts';
import { type SignedPart, shown } from './signed-part.ts';
import { StoredNodes } from './stored-nodes.ts';
import { StoredTree } from './stored-tree.ts';
import type { TarFiles } from './tar-files.ts';
import { type TreeFile, TreePlan } from './tree-plan.ts';

/** Reads bundles and tiles, grows the tree from them and tells what does not fit. */
export async function readTree(
  files: TarFiles,
  signed: SignedPart,
  heads: readonly SignedHead[],
  findings: Findings,
  onProgress: ((entries: bigint) => void) | undefined,
): Promise<{ readonly tree: StoredTree; readonly nodes: StoredNodes }> {
  const part = new TreePart(signed, heads, findings);
  for (let next = signed.next; next !== null; next = await files.next()) {
    if (next.kind === 'end') {
      part.end();
      if (!next.tidy) findings.add('oversized');
      break;
    }
    if (next.kind !== 'file') {
      findings.add(next.kind, part.whereabouts());
      break;
    }
    const { name, length } = next;
    const file = part.expects(name, length);
    const content = file === null ? null : await files.content(length);
    if (content === null && (file !== null || !(await files.skip(length)))) {
      findings.add('truncated', { ...part.whereabouts(), where: shown(name) });
      break;
    }
    if (file === null || content === null) continue;
    if (!content.tidy) findings.add('oversized', { where: name });
    part.read(file, content.bytes);
    if (file.kind === 'tile' && file.level === 0) onProgress?.(part.entries);
  }
  return part.settle();
}

class TreePart {
  readonly #plan: TreePlan;
  readonly #tree: StoredTree;
  readonly #nodes: StoredNodes;
  readonly #findings: Findings;
  readonly #hashes = Buffer.alloc((tileWidth + 1) * hashLength);
  /** Hashes of the bundle whose tile comes next. */
  #found: Buffer | null = null;
  /** The rank of the file that comes next. */
  #rank = 0n;

  constructor({ size, head }: SignedPart, heads: readonly SignedHead[], findings: Findings) {
    this.#plan = new TreePlan(size);
    this.#tree = new StoredTree(heads, head, findings);
    this.#nodes = new StoredNodes(this.#tree, size);
    this.#findings = findings;
  }

  /** How many entries were read. */
  get entries(): bigint {
    const read = (this.#rank / 2n) * BigInt(tileWidth);
    return read < this.#plan.size ? read : this.#plan.size;
  }

  /** The file of a name, if it may come now; otherwise it is told of, and is to be passed over. */
  expects(name: string, length: number): TreeFile | null {
    const file = this.#plan.fileOf(name);
    const most = file?.kind === 'entries' ? tileWidth * (2 + maxEntryLength) : tileWidth * hashLength;
    if (file !== null && file.rank !== null && file.rank >= this.#rank && length <= most) {
      if (file.name !== name) this.#findings.add('unreadable', { where: name });
      return file;
    }
    const index = file === null ? 0n : (file.index * BigInt(tileWidth)) << BigInt(8 * file.level);
    if (file === null || length > most) this.#findings.add('oversized', { where: shown(name) });
    else if (file.kind === 'entries') this.#findings.add('leaf-added', { index, where: name });
    else this.#findings.add('tile-added', { index, where: name });
    return null;
  }

  /** Only safe for a file that `expects` gave. */
  read(file: TreeFile, bytes: Buffer): void {
    this.#passOver(file.rank ?? this.#rank);
    if (file.level > 0) this.#nodes.compare(file, bytes);
    else if (file.kind === 'entries') this.#found = hashEntries(bytes, this.#hashes, file.width + 1);
    else this.#close(file, bytes);
    this.#rank = (file.rank ?? this.#rank) + 1n;
  }

  /** Nothing comes any more. */
  end(): void {
    this.#passOver(this.#plan.files);
  }

  /** Where the reading stands. */
  whereabouts(): { readonly index?: bigint; readonly where?: string } {
    const file = this.#plan.fileAt(this.#rank);
    if (file === null) return {};
    return { ...(file.level === 0 ? { index: file.index * BigInt(tileWidth) } : {}), where: file.name };
  }

  settle(): { readonly tree: StoredTree; readonly nodes: StoredNodes } {
    this.#tree.settle((index) => this.#nodes.ofTile(index));
    return { tree: this.#tree, nodes: this.#nodes };
  }

  /** Bundle and tile of one index were read, as far as they are there. */
  #close(file: TreeFile, told: Buffer | null): void {
    this.#tree.add(Number(file.index), file.width, this.#found, told);
    this.#found = null;
  }

  /** Tells of the files that should have come before the one of a rank. */
  #passOver(until: bigint): void {
    const leaves = 2n * this.#plan.bundles;
    let rank = this.#rank;
    if (rank >= until) return;
    if (rank < leaves && rank % 2n === 1n) {
      const file = this.#plan.fileAt(rank);
      if (file !== null) this.#close(file, null);
      rank += 1n;
    }
    // Bundles that are gone with their tiles; where only the bundle is, its tile will tell.
    const pairs = (until < leaves ? until : leaves) / 2n - rank / 2n;
    if (rank < leaves && pairs > 0n) {
      const end = (rank / 2n + pairs) * BigInt(tileWidth);
      const last = (end < this.#plan.size ? end : this.#plan.size) - 1n;
      this.#tree.miss((rank / 2n) * BigInt(tileWidth), last);
      rank += 2n * pairs;
    }
    // Of the higher levels the first is told: that a whole stretch is gone needs no list.
    const higher = until > leaves ? this.#plan.fileAt(rank < leaves ? leaves : rank) : null;
    if (higher !== null && higher.rank !== null && higher.rank < until) this.#nodes.miss(higher);
  }
}

/**
 * Hashes of a bundle's entries, at most `most`, and one of zeros for bytes that are no whole entry. Only safe for bytes that
 * nobody needs any more.
 */
function hashEntries(bytes: Buffer, target: Buffer, most: number): Buffer {
  let count = 0;
  let at = 0;
  while (at + 2 <= bytes.length && count < most) {
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) break;
    // The byte before an entry, read already, makes room for the zero that RFC 6962 hashes before a leaf.
    bytes[at + 1] = 0x00;
    sha256Into(bytes.subarray(at + 1, end), target, count * hashLength);
    count += 1;
    at = end;
  }
  if (at < bytes.length && count < most) {
    target.fill(0, count * hashLength, (count + 1) * hashLength);
    count += 1;
  }
  return target.subarray(0, count * hashLength);
}
