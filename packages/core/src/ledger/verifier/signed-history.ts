import type { Findings } from './findings.ts';
import type { SignedHead } from './grown-tree.ts';
import type { StoredNodes } from './stored-nodes.ts';
import type { StoredTree } from './stored-tree.ts';

/**
 * Tells where the tree is not the one that was signed, as closely as the signed checkpoints before allow, and which stored nodes
 * are not those of the tree.
 */
export function checkHistory(
  given: {
    readonly tree: StoredTree;
    readonly size: bigint;
    /** Ascending by size. */
    readonly heads: readonly SignedHead[];
    /** The last of them, if it is signed. */
    readonly head: SignedHead | null;
    readonly kept: SignedHead | null;
    readonly nodes: StoredNodes;
  },
  findings: Findings,
): void {
  const { tree, heads, head, nodes } = given;
  const reached = heads.filter((each) => tree.fits(each) !== undefined);
  const at = reached.findIndex((each) => tree.fits(each) === false);
  const unfit = reached[at];
  const headFits = head !== null && tree.fits(head) === true;
  if (unfit !== undefined) {
    const from = reached[at - 1]?.size ?? 0n;
    const until = unfit.size === 0n ? 0n : unfit.size - 1n;
    // Stored nodes that lead to the signed root remember what the leaves were.
    const nodesAreRight = !headFits && head !== null && nodes.rootByFirstLevel().equals(head.root);
    const node = nodesAreRight
      ? nodes.faults.find((fault) => fault.until >= from && fault.index <= until)
      : undefined;
    findings.add(headFits ? 'not-an-extension' : 'root-mismatch', {
      index: node !== undefined && node.index > from ? node.index : from,
      until: node !== undefined && node.until < until ? node.until : until,
      where: node === undefined ? unfit.where : `${unfit.where}, ${node.where}`,
    });
  }
  // Where the leaves are wrong, the nodes over them are no fault of their own.
  const leavesAreRight = unfit === undefined || headFits;
  if (leavesAreRight) {
    for (const { kind, index, until, where } of nodes.faults) findings.add(kind, { index, until, where });
  }
  checkKept(given, findings);
}

/** What somebody kept shows that history was rewritten, but not where. */
function checkKept(
  {
    tree,
    size,
    kept,
  }: { readonly tree: StoredTree; readonly size: bigint; readonly kept: SignedHead | null },
  findings: Findings,
): void {
  if (kept === null) return;
  const { where } = kept;
  if (kept.size > size) findings.add('not-an-extension', { index: size, until: kept.size - 1n, where });
  else if (tree.fits(kept) === false) {
    findings.add('not-an-extension', { index: 0n, until: kept.size === 0n ? 0n : kept.size - 1n, where });
  }
}
