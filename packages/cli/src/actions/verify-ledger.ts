import { open, readFile } from 'node:fs/promises';
import type { Input } from '@naer/core/client';
import type { Route } from '@naer/core/contract/route';
import type { z } from 'zod';
import { CliError } from '../errors/cli-error.ts';
import { say } from '../language.ts';
import { entriesText } from '../ui/ledger.ts';
import { ProgressBar } from '../ui/progress.ts';
import type { Verdict } from '../ui/verdicts.ts';
import { failureText } from './files.ts';
import { openImport } from './import-file.ts';
import { readLinesFile, readTextFile } from './text-files.ts';
import { sizeTold, withKeys } from './verifier-keys.ts';

// The verifier is loaded with the first thing to verify: it brings hashing and tar along.
const verifier = () => import('@naer/core/verifier');

/** C2SP tlog-proof. */
const proofBegins = 'c2sp.org/tlog-proof@';

/** Checks an export as it streams by; `kept` is a checkpoint that it must extend. A bar is shown where somebody is looking. */
export async function verifyExportFile(
  file: string,
  verifierKeys: readonly string[],
  kept: string | undefined,
): Promise<Verdict> {
  const { verifyExport } = await verifier();
  const source = await openImport(file);
  const bar = new ProgressBar(say('Efterprøver', 'Verifying'));
  try {
    const { size, findings, ...told } = await withKeys(() =>
      verifyExport(
        source.read((share) => bar.show(share)),
        {
          verifierKeys,
          ...(kept === undefined ? {} : { against: kept }),
          onProgress: (entries) => bar.show(null, entriesText(entries)),
        },
      ),
    );
    const against = kept === undefined ? null : sizeTold(kept);
    return {
      kind: 'export',
      sound: findings.length === 0,
      ...told,
      size: size.toString(),
      against,
      findings,
    };
  } finally {
    bar.clear();
  }
}

/** Whether a file begins as a tlog-proof does: it proves something of an entry, which has to be given. */
export async function isProof(file: string): Promise<boolean> {
  if (file === '-') return false;
  const handle = await open(file).catch(() => null);
  if (handle === null) return false;
  try {
    const { buffer, bytesRead } = await handle.read(
      Buffer.alloc(proofBegins.length),
      0,
      proofBegins.length,
      0,
    );
    return buffer.toString('latin1', 0, bytesRead) === proofBegins;
  } catch {
    // A folder, or what cannot be read again: whoever opens the file to check it says so.
    return false;
  } finally {
    await handle.close();
  }
}

/** Checks a tlog-proof of an entry, given as its exact bytes in a file or by its hash. */
export async function verifyProof(
  file: string,
  leaf: { readonly entry: string | undefined; readonly leafHash: string | undefined },
  verifierKeys: readonly string[],
): Promise<Verdict> {
  const { verifyProofFile } = await verifier();
  const proof = await readLinesFile(file);
  const given =
    leaf.entry === undefined
      ? { leafHash: readHash(leaf.leafHash ?? '') }
      : { entry: await readEntry(leaf.entry) };
  const { origin, index, size, cosignedBy, findings } = await withKeys(async () =>
    verifyProofFile(proof, { verifierKeys, ...given }),
  );
  return {
    kind: 'proof',
    sound: findings.length === 0,
    origin,
    index: index?.toString() ?? null,
    size: size?.toString() ?? null,
    cosignedBy,
    findings,
  };
}

/** Asks the service to prove that the log of today extends a kept checkpoint, and checks that here. */
export async function verifyAgainst(
  kept: string,
  verifierKeys: readonly string[],
  call: <R extends Route>(route: R, input: Input<R>) => Promise<z.output<R['reply']>>,
): Promise<Verdict> {
  const [{ verifyExtension }, { ledgerRoutes }] = await Promise.all([
    verifier(),
    import('@naer/core/contract/ledger'),
  ]);
  const from = sizeTold(kept);
  const { checkpoint } = await call(ledgerRoutes.head, {});
  if (from === null || checkpoint === null || BigInt(checkpoint.size) < BigInt(from)) {
    // Nothing to prove with: the verifier says what is wrong with what there is.
    const { size, findings } = await withKeys(async () =>
      verifyExtension({ kept, current: checkpoint?.note ?? '', proof: [], verifierKeys }),
    );
    return { kind: 'history', sound: findings.length === 0, from, size: size?.toString() ?? null, findings };
  }
  const proof = await call(ledgerRoutes.proveConsistency, { query: { from, size: checkpoint.size } });
  const verdict = await withKeys(async () =>
    verifyExtension({
      kept,
      current: proof.checkpoint.note,
      proof: proof.hashes.map((hash) => Buffer.from(hash, 'base64')),
      verifierKeys,
    }),
  );
  return {
    kind: 'history',
    sound: verdict.findings.length === 0,
    from: verdict.from?.toString() ?? null,
    size: verdict.size?.toString() ?? null,
    findings: verdict.findings,
  };
}

/**
 * The exact bytes of an entry: of a file as it is but for a line break at its end, which every editor adds and canonical JSON
 * never has, or of the `entry` in what `naer ledger show --json` wrote.
 */
async function readEntry(file: string): Promise<Buffer> {
  try {
    const bytes = file === '-' ? Buffer.from(await readTextFile('-')) : await readFile(file);
    const text = bytes.toString('utf8').replace(/\r?\n$/, '');
    return Buffer.from(shownEntry(text) ?? text);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError('file_unreadable', { file, why: failureText(error) }, { cause: error });
  }
}

function shownEntry(text: string): string | null {
  try {
    const shown: unknown = JSON.parse(text);
    const isShown = typeof shown === 'object' && shown !== null && 'entry' in shown && 'leafHash' in shown;
    return isShown && typeof shown.entry === 'string' ? shown.entry : null;
  } catch {
    return null;
  }
}

function readHash(text: string): Buffer {
  const hash = Buffer.from(text.trim(), 'base64');
  if (hash.length !== 32) throw new CliError('hash_unreadable', { text });
  return hash;
}
