import {
  NoteBroken,
  openCheckpoint,
  readVerifierKey,
  type Verifier,
  verifyNote,
} from '../../../ledger/index.ts';
import { isOver, monthOf } from '../months/index.ts';
import { areSane, type Contribution, parseContribution } from './format.ts';
import { refused } from './refusals.ts';
import type { ContributionRow, MemberRow } from './store.ts';

/** The key of a log. @throws DomainError verifier_key_invalid, also for the key of a witness; cpr_refused */
export const readLogKey = (text: string): Verifier => readVerifierKey(text, 'ed25519');

export interface Expected {
  readonly programme: string;
  readonly members: readonly MemberRow[];
  /** All that was taken in for the programme so far. */
  readonly received: readonly ContributionRow[];
  readonly now: Date;
}

/**
 * Whose contribution a signed note is, once everything about it has been checked but whether it came before.
 *
 * @throws DomainError contribution_refused
 */
export function checkContribution(
  note: string,
  { programme, members, received, now }: Expected,
): { readonly member: MemberRow; readonly text: string; readonly contribution: Contribution } {
  const { text, verifier, member } = openNote(note, members);
  const contribution = parseContribution(text);
  if (contribution === null) throw refused('unreadable');
  const { month, counts } = contribution;
  if (contribution.programme !== programme) throw refused('other-programme');
  if (contribution.origin !== verifier.name) throw refused('other-origin');
  if (!isOver(month, now)) throw refused('month-not-over');
  const isIn =
    monthOf(member.joinedOn) <= month && (member.leftOn === null || month <= monthOf(member.leftOn));
  if (!isIn) throw refused('not-a-member-then');
  checkCheckpoint(contribution, member.verifierKeys.map(readLogKey));
  checkHistory(
    contribution,
    received.filter(({ memberId }) => memberId === member.id),
  );
  if (!areSane(counts)) throw refused('not-sane');
  return { member, text, contribution };
}

function openNote(note: string, members: readonly MemberRow[]) {
  const keys = members.flatMap((member) =>
    member.verifierKeys.map((key) => ({ member, verifier: readLogKey(key) })),
  );
  try {
    const { text, verified } = verifyNote(
      note,
      keys.map(({ verifier }) => verifier),
    );
    const by = keys.find(({ verifier }) => verifier === verified[0]?.verifier);
    if (by === undefined) throw refused('unsigned');
    return { text, ...by };
  } catch (error) {
    if (!(error instanceof NoteBroken)) throw error;
    if (error.code === 'unreadable') throw refused('unreadable');
    throw refused(error.code === 'signature-broken' ? 'signature-broken' : 'unsigned');
  }
}

function checkCheckpoint({ origin, size, root, checkpoint }: Contribution, keys: readonly Verifier[]): void {
  try {
    const head = openCheckpoint(checkpoint, keys);
    const isSame = head.size === BigInt(size) && head.root.toString('base64') === root;
    if (head.origin !== origin || !isSame) throw refused('checkpoint-other');
  } catch (error) {
    if (error instanceof NoteBroken) throw refused('checkpoint-broken');
    throw error;
  }
}

/** What a lead can see of a log from its checkpoints alone: it does not get shorter, and has one root at each size. */
function checkHistory(
  { month, origin, size, root }: Contribution,
  earlier: readonly ContributionRow[],
): void {
  for (const { month: other, figures } of earlier) {
    if (figures.origin !== origin) continue;
    if (figures.size === size && figures.root !== root) throw refused('log-forked');
    if (other < month && BigInt(size) < BigInt(figures.size)) throw refused('log-shrunk');
  }
}
