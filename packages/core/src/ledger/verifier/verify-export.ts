import type { Finding } from '../../contract/ledger.ts';
import { collectFindings, type Findings } from './findings.ts';
import type { SignedHead } from './grown-tree.ts';
import { trustCheckpoint } from './kept-heads.ts';
import { checkHistory } from './signed-history.ts';
import { readSignedPart, type SignedPart } from './signed-part.ts';
import { TarFiles } from './tar-files.ts';
import { readTree } from './tree-part.ts';
import { parseTrustedKeys, type TrustedKeys } from './trusted-keys.ts';

export interface ExportVerdict {
  /** Of the signed head, or what the file says of itself where there is none; null where it says nothing. */
  readonly origin: string | null;
  readonly size: bigint;
  /** The root of the tree that the leaves make, base 64; null where leaves are missing. */
  readonly rootHash: string | null;
  /** How many signed checkpoints the leaves were held against, the head among them. */
  readonly checkpoints: number;
  /** Names of the witnesses, among the keys given, that cosigned the head. */
  readonly cosignedBy: readonly string[];
  /** Empty when all is sound: faults of trust first, then in the order of the log; at most a hundred. */
  readonly findings: readonly Finding[];
}

export interface ExportOptions {
  /**
   * Keys of the log, several after a rotation and with the size that each signs from (see `parseTrustedKeys`), and of witnesses:
   * nothing else is trusted, least of all keys in the file.
   */
  readonly verifierKeys: readonly string[];
  /** A checkpoint that somebody kept, which this log must extend. */
  readonly against?: string;
  /** Told of how many entries were read, some times a second. */
  readonly onProgress?: (entries: bigint) => void;
}

/**
 * Checks a whole export (see `format/export-file.ts`) as it streams by, without service or database and in memory that does not
 * grow with it, but for 32 bytes of every 256 entries.
 *
 * @throws NoteBroken when a key of `verifierKeys` is none; never for what the export holds
 */
export async function verifyExport(
  source: AsyncIterable<Uint8Array>,
  { verifierKeys, against, onProgress }: ExportOptions,
): Promise<ExportVerdict> {
  const keys = parseTrustedKeys(verifierKeys);
  const findings = collectFindings();
  const files = new TarFiles(source);
  try {
    const signed = await readSignedPart(files, keys, findings);
    const kept = against === undefined ? null : keptHead(against, keys, signed, findings);
    const heads = [...signed.heads, ...(kept === null ? [] : [kept])].sort((one, other) =>
      one.size < other.size ? -1 : one.size > other.size ? 1 : 0,
    );
    const { tree, nodes } = await readTree(files, signed, heads, findings, onProgress);
    checkHistory({ ...signed, tree, kept, nodes }, findings);
    return {
      origin: signed.origin,
      size: signed.size,
      rootHash: tree.root()?.toString('base64') ?? null,
      checkpoints: signed.heads.filter((head) => tree.fits(head) !== undefined).length,
      cosignedBy: signed.cosignedBy,
      findings: findings.list(),
    };
  } finally {
    await files.close();
  }
}

function keptHead(
  note: string,
  keys: TrustedKeys,
  signed: SignedPart,
  findings: Findings,
): SignedHead | null {
  const where = 'against';
  const open = trustCheckpoint(note, keys, where, findings);
  if (open !== null && signed.origin !== null && open.origin !== signed.origin) {
    findings.add('origin-mismatch', { where });
    return null;
  }
  return open === null ? null : { size: open.size, root: open.root, where };
}
