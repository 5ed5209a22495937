import { openCheckpoint } from '../format/checkpoint.ts';
import { emptyRoot, verifyConsistency } from '../format/merkle.ts';
import { NoteBroken, parseVerifierKey, type Signer } from '../format/note.ts';
import { parseWitnessRequest } from '../format/witness-request.ts';

// What a witness does (C2SP tlog-witness, add-checkpoint), without the network: requests and answers go by file.

/** The log as a witness last cosigned it. */
export interface Witnessed {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Buffer;
}

/**
 * Why a witness does not cosign: the request or the key is none (`unreadable`); no key that it trusts for the log signed
 * (`wrong-key`), or the signature is wrong (`signature-broken`); the key is another log's (`origin-mismatch`); the request begins
 * at another size than it last saw (`other-size`); the log does not extend what it saw (`not-an-extension`).
 */
export const refusalReasons = [
  'unreadable',
  'wrong-key',
  'signature-broken',
  'origin-mismatch',
  'smaller',
  'other-size',
  'not-an-extension',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export interface Cosigned {
  readonly cosigned: true;
  /** A whole line, to be added to the checkpoint. */
  readonly signature: string;
  /** To be kept before the signature is given out, and by one request at a time: otherwise a log could be cosigned twice. */
  readonly state: Witnessed;
}
export interface Refusal {
  readonly cosigned: false;
  readonly reason: RefusalReason;
  /** The size from which on a proof is wanted. */
  readonly seen: bigint;
}

/**
 * What was cosigned once is cosigned again, wherever the request begins: an answer can get lost.
 *
 * @param request the text of a request
 * @param verifierKey the log's, from somebody who is trusted, not from the request
 * @param state what this witness remembers of this log; null for a log that it never saw
 */
export function cosignRequest({
  request,
  verifierKey,
  signer,
  state,
  at,
}: {
  readonly request: string;
  readonly verifierKey: string;
  readonly signer: Signer;
  readonly state: Witnessed | null;
  readonly at: Date;
}): Cosigned | Refusal {
  const seen = state?.size ?? 0n;
  const refuse = (reason: RefusalReason): Refusal => ({ cosigned: false, reason, seen });
  try {
    const { from, proof, checkpoint } = parseWitnessRequest(request);
    const { origin, size, root, text } = openCheckpoint(checkpoint, [parseVerifierKey(verifierKey)]);
    if (state !== null && state.origin !== origin) return refuse('origin-mismatch');
    if (size < seen) return refuse('smaller');
    if (state !== null && size === seen && size > 0n)
      return root.equals(state.root)
        ? { cosigned: true, signature: signer.sign(text, at), state }
        : refuse('not-an-extension');
    if (from > size) return refuse('unreadable');
    if (from !== seen) return refuse('other-size');
    const fromRoot = state?.root ?? emptyRoot;
    if (!verifyConsistency({ from, fromRoot, size, root, proof })) return refuse('not-an-extension');
    return { cosigned: true, signature: signer.sign(text, at), state: { origin, size, root } };
  } catch (error) {
    if (error instanceof NoteBroken) return refuse(error.code);
    throw error;
  }
}
