import type { CallPage } from '@naer/core/contract/call-page';
import type { Texts } from '../texts/index.ts';

/** What was agreed, and between whom, as it can be kept for when the service cannot be reached. */
export interface Agreed {
  readonly caller: CallPage['groundRules']['caller'];
  readonly afterMinutes: number;
  readonly speakAgain: CallPage['groundRules']['speakAgain'];
  readonly phoneEnds: string | null;
  readonly worker: string;
  readonly kind: CallPage['me']['kind'];
  readonly isHost: boolean;
}

export const agreedOf = ({ groundRules, visit, me }: CallPage): Agreed => ({
  ...groundRules,
  worker: visit.worker,
  kind: me.kind,
  isHost: me.isHost,
});

/** Who phones whom after how long, said to the one who reads it. */
export function ruleOf(
  { caller, afterMinutes, phoneEnds, worker, kind, isHost }: Agreed,
  texts: Texts,
): string {
  const { rules } = texts;
  if (isHost)
    return caller === 'worker'
      ? rules.hostPhones(afterMinutes, phoneEnds)
      : rules.citizenPhonesHost(afterMinutes);
  if (kind !== 'citizen') return rules.guest;
  return caller === 'worker'
    ? rules.workerPhones(worker, afterMinutes, phoneEnds)
    : rules.citizenPhones(worker, afterMinutes);
}

/** The whole agreement, in two sentences; guests have agreed nothing about talking again. */
export const rulesOf = (agreed: Agreed, texts: Texts): readonly string[] =>
  agreed.kind === 'guest' || agreed.kind === 'colleague'
    ? [ruleOf(agreed, texts)]
    : [ruleOf(agreed, texts), texts.speakAgain[agreed.speakAgain]];
