import type { Finding } from '../../contract/ledger.ts';
import { hashLeaf } from '../format/leaf.ts';
import { verifyConsistency, verifyInclusion } from '../format/merkle.ts';
import { NoteBroken } from '../format/note.ts';
import { parseProofFile } from '../format/proof-file.ts';
import { collectFindings } from './findings.ts';
import { claimOf, trustCheckpoint } from './kept-heads.ts';
import { parseTrustedKeys } from './trusted-keys.ts';

export interface ProofVerdict {
  readonly origin: string | null;
  readonly index: bigint | null;
  readonly size: bigint | null;
  readonly cosignedBy: readonly string[];
  /** Empty when the entry is in the log that was signed. */
  readonly findings: readonly Finding[];
}

/**
 * Whether a tlog-proof shows that an entry is in a log. A path that leads to a root which none of the keys signed proves nothing
 * (`unsigned-root`).
 *
 * @param bytes the proof's file
 * @throws NoteBroken when a key of `verifierKeys` is none; never for what the proof holds
 */
export function verifyProofFile(
  bytes: Uint8Array | string,
  {
    verifierKeys,
    ...leaf
  }: { readonly verifierKeys: readonly string[] } & (
    | { readonly entry: Uint8Array }
    | { readonly leafHash: Buffer }
  ),
): ProofVerdict {
  const keys = parseTrustedKeys(verifierKeys);
  const findings = collectFindings();
  const none = { origin: null, index: null, size: null, cosignedBy: [] };
  try {
    const { index, proof, checkpoint } = parseProofFile(bytes);
    const head = trustCheckpoint(checkpoint, keys, 'checkpoint', findings);
    if (head === null) {
      findings.add('unsigned-root', { index, where: 'checkpoint' });
      return { ...none, index, findings: findings.list() };
    }
    const leafHash = 'entry' in leaf ? hashLeaf(leaf.entry) : leaf.leafHash;
    if (!verifyInclusion({ leafHash, index, size: head.size, proof, root: head.root })) {
      findings.add('proof-broken', { index });
    }
    const cosignedBy = head.cosigned.map(({ verifier }) => verifier.name);
    return { origin: head.origin, index, size: head.size, cosignedBy, findings: findings.list() };
  } catch (error) {
    if (!(error instanceof NoteBroken)) throw error;
    findings.add(error.code);
    return { ...none, findings: findings.list() };
  }
}

/**
 * Whether today's log begins with the one that somebody kept a checkpoint of. A proof that does not fit is `not-an-extension`: a
 * log that extends what it signed can always give one that does.
 *
 * @param proof RFC 6962, section 2.1.2
 * @throws NoteBroken when a key of `verifierKeys` is none; never for the rest
 */
export function verifyExtension({
  kept,
  current,
  proof,
  verifierKeys,
}: {
  readonly kept: Uint8Array | string;
  readonly current: Uint8Array | string;
  readonly proof: readonly Buffer[];
  readonly verifierKeys: readonly string[];
}): { readonly from: bigint | null; readonly size: bigint | null; readonly findings: readonly Finding[] } {
  const keys = parseTrustedKeys(verifierKeys);
  const findings = collectFindings();
  const before = trustCheckpoint(kept, keys, 'against', findings);
  const now = trustCheckpoint(current, keys, 'checkpoint', findings);
  if (before !== null && now === null && (claimOf(current)?.origin ?? before.origin) !== before.origin) {
    // That no key fits is then no riddle: the log that was kept is not the one that is here.
    findings.add('origin-mismatch', { where: 'checkpoint' });
  }
  if (before !== null && now !== null) {
    if (before.origin !== now.origin) findings.add('origin-mismatch', { where: 'against' });
    else if (before.size > now.size) {
      findings.add('not-an-extension', { index: now.size, until: before.size - 1n, where: 'against' });
    } else if (
      !verifyConsistency({ from: before.size, fromRoot: before.root, size: now.size, root: now.root, proof })
    ) {
      const until = before.size === 0n ? 0n : before.size - 1n;
      findings.add('not-an-extension', { index: 0n, until, where: 'against' });
    }
  }
  return { from: before?.size ?? null, size: now?.size ?? null, findings: findings.list() };
}
