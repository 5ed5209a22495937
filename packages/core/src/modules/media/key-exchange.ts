import { createHash, timingSafeEqual } from 'node:crypto';
import { DomainError } from '../../kernel/errors.ts';
import type { SeatRow } from './store.ts';

/** What core keeps of the agreement of one seat with the host: public halves, in the order in which they may come. */
export type Exchange = Pick<
  SeatRow,
  'commitment' | 'hostKey' | 'publicKey' | 'nonce' | 'epoch' | 'wrappedKey'
>;
type Step = Partial<Exchange>;

/** What an exchange is before it has begun. The epoch stays: which keys of a call there were is not forgotten. */
export const noExchange = {
  commitment: null,
  hostKey: null,
  publicKey: null,
  nonce: null,
  wrappedKey: null,
} as const satisfies Step;

/** A seat commits itself. Another commitment begins anew; null is a browser that cannot. */
export const begin = ({ commitment }: Exchange, given: string | null): Step =>
  commitment === given ? {} : { ...noExchange, commitment: given };

/**
 * The host answers a commitment, once: whoever could answer twice could look for a key whose code agrees. Null where there
 * is nothing to answer, or the answer is to a commitment that was replaced meanwhile.
 */
export function answer(
  { commitment, hostKey }: Exchange,
  given: { readonly hostKey: string; readonly commitment?: string | undefined },
): Step | null {
  const isStale = given.commitment !== undefined && given.commitment !== commitment;
  return commitment === null || hostKey !== null || isStale ? null : { hostKey: given.hostKey };
}

/**
 * The seat shows what it committed to, once the host can no longer change theirs.
 *
 * @throws DomainError invalid_input before the host's key is there, or for another key than was committed to
 */
export function reveal(
  { commitment, hostKey, publicKey, nonce }: Exchange,
  given: { readonly publicKey: string; readonly nonce: string },
): Step {
  if (commitment === null || hostKey === null) throw refused('publicKey', "comes after the host's key");
  if (publicKey !== null && (publicKey !== given.publicKey || nonce !== given.nonce))
    throw refused('publicKey', 'was shown already');
  const hash = createHash('sha256')
    .update(Buffer.from(given.publicKey, 'base64url'))
    .update(Buffer.from(given.nonce, 'base64url'))
    .digest();
  const committed = Buffer.from(commitment, 'base64url');
  if (committed.length !== hash.length || !timingSafeEqual(committed, hash))
    throw refused('publicKey', 'is not what was committed to');
  return { publicKey: given.publicKey, nonce: given.nonce };
}

/** The call's key for one who is let in; null where they have not shown their key, or it is an older one than they have. */
export function wrap(
  { publicKey, epoch }: Exchange,
  isAdmitted: boolean,
  given: { readonly epoch: number; readonly key: string },
): Step | null {
  if (!isAdmitted || publicKey === null || given.epoch < epoch) return null;
  return { epoch: given.epoch, wrappedKey: given.key };
}

const refused = (field: string, message: string): DomainError =>
  new DomainError('invalid_input', {}, { details: { fields: [{ in: 'body', field, message }] } });
