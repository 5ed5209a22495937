import { DomainError } from '../../kernel/errors.ts';
import { findCprLike } from '../../kernel/text.ts';
import { NoteBroken, parseVerifierKey, type Verifier } from '../format/note.ts';

/** Why something is refused, as the end of a sentence in both languages. */
export type Why = readonly [da: string, en: string];

export const refusal = (
  code: 'verifier_key_invalid' | 'cosignature_refused' | 'witness_request_refused',
  [why_da, why_en]: Why,
  details: Readonly<Record<string, unknown>> = {},
): DomainError => new DomainError(code, { why_da, why_en }, { details });

/** A file that cannot be read may be anything that somebody typed, a CPR number included. */
export function assertNoCpr(text: string): void {
  if (findCprLike(text) !== null) throw new DomainError('cpr_refused');
}

/** @throws DomainError verifier_key_invalid, cpr_refused */
export function readVerifierKey(text: string, algorithm: Verifier['algorithm']): Verifier {
  const verifier = attempt(() => parseVerifierKey(text));
  if (verifier instanceof NoteBroken) {
    assertNoCpr(text);
    throw refusal('verifier_key_invalid', [
      'den har ikke formen »navn+nøgle-id+base64«, eller noget er faldet ud undervejs',
      'it is not of the form "name+key ID+base 64", or something was lost on the way',
    ]);
  }
  assertNoCpr(verifier.name);
  if (verifier.algorithm !== algorithm)
    throw refusal(
      'verifier_key_invalid',
      algorithm === 'ed25519'
        ? ['den hører til et vidne, ikke til en log', 'it is the key of a witness, not of a log']
        : ['den hører til en log, ikke til et vidne', 'it is the key of a log, not of a witness'],
    );
  return verifier;
}

/** What a text of others says, or why it says nothing. */
export function attempt<Result>(work: () => Result): Result | NoteBroken {
  try {
    return work();
  } catch (error) {
    if (error instanceof NoteBroken) return error;
    throw error;
  }
}
