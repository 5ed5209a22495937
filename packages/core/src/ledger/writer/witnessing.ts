import type { Tx } from '../../storage/index.ts';
import { type OpenCheckpoint, openCheckpoint } from '../format/checkpoint.ts';
import { emptyRoot } from '../format/merkle.ts';
import { NoteBroken, type Signer, type Verifier } from '../format/note.ts';
import { parseWitnessRequest } from '../format/witness-request.ts';
import { cosignRequest as decide, type RefusalReason, type Witnessed } from '../verifier/witness.ts';
import { assertNoCpr, attempt, readVerifierKey, refusal, type Why } from './refusals.ts';

const unreadable: Why = ['filen er ikke en anmodning til et vidne', 'the file is no request to a witness'];
const whys: Readonly<Record<NoteBroken['code'], Why>> = {
  unreadable,
  'signature-broken': ['underskriften passer ikke til det', 'its signature does not fit it'],
  'wrong-key': ['det er ikke underskrevet med den nøgle', 'it is not signed with that key'],
  'origin-mismatch': ['nøglen hører til en anden log', 'the key belongs to another log'],
};

/** Why a log that was seen before is refused, in the words of what was seen. */
function whyRefused(reason: RefusalReason, head: OpenCheckpoint, seen: bigint): Why {
  if (head.size < seen)
    return [
      `vidnet har allerede set loggen med ${seen} poster, og en log bliver ikke mindre`,
      `the witness has already seen the log with ${seen} entries, and a log does not shrink`,
    ];
  if (head.size === seen)
    return [
      `vidnet har set en anden log med lige så mange poster (${seen}), så den er skrevet om`,
      `the witness has seen another log with as many entries (${seen}), so it was rewritten`,
    ];
  if (reason === 'other-size')
    return [
      `vidnet så sidst loggen med ${seen} poster; bed om en anmodning, der går ud fra dem`,
      `the witness last saw the log with ${seen} entries; ask for a request that starts from them`,
    ];
  if (reason === 'unreadable') return unreadable;
  return [
    `loggen bygger ikke videre på den, vidnet så med ${seen} poster: den er skrevet om, eller beviset er forkert`,
    `the log does not extend the one that the witness saw with ${seen} entries: it was rewritten, or the proof is wrong`,
  ];
}

function openRequested(checkpoint: string, log: Verifier): OpenCheckpoint {
  const head = attempt(() => openCheckpoint(checkpoint, [log]));
  if (!(head instanceof NoteBroken)) return head;
  throw refusal('witness_request_refused', whys[head.code], { reason: head.code });
}

export interface CosignedHead extends Witnessed {
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
    throw refusal('witness_request_refused', unreadable, { reason: 'unreadable' });
  }
  const head = openRequested(request.checkpoint, log);
  const { origin } = head;
  assertNoCpr(origin);
  // So that there is a row to lock; a refusal takes it back.
  await tx.$queryRaw`
    INSERT INTO ledger_witnessed (municipality_id, origin, verifier_key, size, root_hash, cosigned_at)
    VALUES (${municipalityId}::uuid, ${origin}, ${log.verifierKey}, 0, ${emptyRoot}, ${now}) ON CONFLICT DO NOTHING`;
  const [row] = await tx.$queryRaw<{ size: bigint; root_hash: Uint8Array; cosigned_at: Date }[]>`
    SELECT size, root_hash, cosigned_at FROM ledger_witnessed WHERE origin = ${origin} FOR UPDATE`;
  if (row === undefined) throw new Error('the row that was just made is gone');
  const seen: Witnessed = { origin, size: row.size, root: Buffer.from(row.root_hash) };
  // The same head again gets the same cosignature: a witness says when it first saw it.
  if (seen.size > 0n && head.size === seen.size && head.root.equals(seen.root))
    return { ...seen, signature: signer.sign(head.text, row.cosigned_at), cosignedAt: row.cosigned_at };
  const verdict = decide({ ...asked, signer, state: seen, at: now });
  if (!verdict.cosigned) {
    const why = whyRefused(verdict.reason, head, seen.size);
    throw refusal('witness_request_refused', why, { reason: verdict.reason, seen: String(seen.size) });
  }
  const { size, root } = verdict.state;
  await tx.ledgerWitnessed.updateMany({
    where: { origin },
    data: { verifierKey: log.verifierKey, size, rootHash: Uint8Array.from(root), cosignedAt: now },
  });
  return { ...verdict.state, signature: verdict.signature, cosignedAt: now };
}
