import type { Tx } from '../../storage/index.ts';
import { type OpenCheckpoint, openCheckpoint } from '../format/checkpoint.ts';
import { emptyRoot, verifyConsistency } from '../format/merkle.ts';
import { NoteBroken, type Signer, type Verifier } from '../format/note.ts';
import { parseWitnessRequest, type WitnessRequest } from '../format/witness-request.ts';
import { assertNoCpr, attempt, readVerifierKey, refusal, type Why } from './refusals.ts';

/** A log of somebody else as this witness last saw it. */
export interface SeenLog {
  readonly size: bigint;
  readonly root: Buffer;
}

/**
 * What a witness decides (C2SP tlog-witness, add-checkpoint): whether a checkpoint is that of a log which only grew since it was
 * last seen. A head that was cosigned before may be cosigned again.
 *
 * @param seen null when the log was never seen
 * @throws DomainError witness_request_refused
 */
export function decideToCosign(
  { from, proof, checkpoint }: WitnessRequest,
  log: Verifier,
  seen: SeenLog | null,
): OpenCheckpoint {
  const head = openRequested(checkpoint, log);
  const refuse = (reason: string, why: Why) =>
    refusal('witness_request_refused', why, {
      reason,
      ...(seen === null ? {} : { seen: String(seen.size) }),
    });
  if (head.size === 0n && !head.root.equals(emptyRoot))
    throw refuse('root-mismatch', ['en tom log har en anden rod', 'an empty log has another root']);
  const last = seen ?? { size: 0n, root: emptyRoot };
  if (head.size < last.size)
    throw refuse('not-an-extension', [
      `vidnet har allerede set loggen med ${last.size} poster, og en log bliver ikke mindre`,
      `the witness has already seen the log with ${last.size} entries, and a log does not shrink`,
    ]);
  if (head.size === last.size) {
    if (head.root.equals(last.root)) return head;
    throw refuse('not-an-extension', [
      `vidnet har set en anden log med lige så mange poster (${last.size}), så den er skrevet om`,
      `the witness has seen another log with as many entries (${last.size}), so it was rewritten`,
    ]);
  }
  if (from !== last.size)
    throw refuse('proof-broken', [
      `anmodningen går ud fra ${from} poster, men vidnet så sidst ${last.size}; bed om en ny fra ${last.size}`,
      `the request starts from ${from} entries, but the witness last saw ${last.size}; ask for a new one from ${last.size}`,
    ]);
  if (!verifyConsistency({ from, fromRoot: last.root, size: head.size, root: head.root, proof }))
    throw refuse('not-an-extension', [
      `loggen bygger ikke videre på den, vidnet så med ${last.size} poster: den er skrevet om, eller beviset er forkert`,
      `the log does not extend the one that the witness saw with ${last.size} entries: it was rewritten, or the proof is wrong`,
    ]);
  return head;
}

function openRequested(checkpoint: string, log: Verifier): OpenCheckpoint {
  const head = attempt(() => openCheckpoint(checkpoint, [log]));
  if (!(head instanceof NoteBroken)) return head;
  const whys: Readonly<Record<NoteBroken['code'], Why>> = {
    unreadable: ['filen er ikke en anmodning til et vidne', 'the file is no request to a witness'],
    'signature-broken': ['underskriften passer ikke til det', 'its signature does not fit it'],
    'wrong-key': ['det er ikke underskrevet med den nøgle', 'it is not signed with that key'],
    'origin-mismatch': ['nøglen hører til en anden log', 'the key belongs to another log'],
  };
  throw refusal('witness_request_refused', whys[head.code], { reason: head.code });
}

export interface CosignedHead extends SeenLog {
  readonly origin: string;
  /** A whole signature line. */
  readonly signature: string;
  readonly cosignedAt: Date;
}

/**
 * Checks somebody else's request, remembers the head and cosigns it. The log's row is locked meanwhile, so that no two requests
 * build upon the same memory.
 *
 * @throws DomainError verifier_key_invalid, witness_request_refused, cpr_refused
 */
export async function cosignRequest(
  tx: Tx,
  municipalityId: string,
  asked: { readonly request: string; readonly verifierKey: string },
  { signer, now }: { readonly signer: Signer; readonly now: Date },
): Promise<CosignedHead> {
  const log = readVerifierKey(asked.verifierKey, 'ed25519');
  const request = attempt(() => parseWitnessRequest(asked.request));
  if (request instanceof NoteBroken) {
    assertNoCpr(asked.request);
    throw refusal('witness_request_refused', [
      'filen er ikke en anmodning til et vidne',
      'the file is no request to a witness',
    ]);
  }
  const { origin } = openRequested(request.checkpoint, log);
  assertNoCpr(origin);
  // So that there is a row to lock; a refusal takes it back.
  await tx.$queryRaw`
    INSERT INTO ledger_witnessed (municipality_id, origin, verifier_key, size, root_hash, cosigned_at)
    VALUES (${municipalityId}::uuid, ${origin}, ${log.verifierKey}, 0, ${emptyRoot}, ${now}) ON CONFLICT DO NOTHING`;
  const [row] = await tx.$queryRaw<{ size: bigint; root_hash: Uint8Array; cosigned_at: Date }[]>`
    SELECT size, root_hash, cosigned_at FROM ledger_witnessed WHERE origin = ${origin} FOR UPDATE`;
  if (row === undefined) throw new Error('the row that was just made is gone');
  const seen = { size: row.size, root: Buffer.from(row.root_hash) };
  const head = decideToCosign(request, log, seen);
  // The same head again gets the same cosignature: a witness says when it first saw it.
  const isKnown = head.size === seen.size && seen.size > 0n;
  const cosignedAt = isKnown ? row.cosigned_at : now;
  if (!isKnown)
    await tx.ledgerWitnessed.updateMany({
      where: { origin },
      data: {
        verifierKey: log.verifierKey,
        size: head.size,
        rootHash: Uint8Array.from(head.root),
        cosignedAt,
      },
    });
  return {
    origin,
    size: head.size,
    root: head.root,
    signature: signer.sign(head.text, cosignedAt),
    cosignedAt,
  };
}
