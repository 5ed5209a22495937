import { statusWords, stepReasonWords } from '../../contract/citizen-words.ts';
import { type CitizenStatus, type Identity, type StepReason, stepReasons } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { tidyText } from '../../kernel/text.ts';

/** Which step may follow which; the trigger `citizen_status_transition` says the same, and a test compares them. */
export const nextStatuses = {
  candidate: ['offered', 'ended'],
  offered: ['accepted', 'declined', 'ended'],
  declined: ['offered', 'ended'],
  accepted: ['introduced', 'declined', 'ended'],
  introduced: ['active', 'declined', 'ended'],
  active: ['tapering', 'ended'],
  tapering: ['active', 'ended'],
  ended: ['candidate'],
} as const satisfies Record<CitizenStatus, readonly CitizenStatus[]>;

export interface StepWish {
  readonly to: CitizenStatus;
  readonly reason: StepReason;
  /** A day in Denmark. */
  readonly on: string;
}

export interface CourseSoFar {
  readonly status: CitizenStatus;
  readonly acquaintance: AcquaintanceKind;
  /** The day of the latest step. */
  readonly latestOn: string;
  readonly today: string;
}

export type AcquaintanceKind = 'not-met' | 'met' | 'isolated';

/** @throws DomainError transition_not_allowed, reason_not_allowed, not_acquainted, invalid_input */
export function assertStep(
  { status, acquaintance, latestOn, today }: CourseSoFar,
  { to, reason, on }: StepWish,
): void {
  const allowed: readonly CitizenStatus[] = nextStatuses[status];
  if (!allowed.includes(to)) {
    throw new DomainError(
      'transition_not_allowed',
      {
        from: status,
        to,
        allowed: allowed.join(', '),
        from_da: statusWords[status][0],
        from_en: statusWords[status][1],
        to_da: statusWords[to][0],
        to_en: statusWords[to][1],
        allowed_da: allowed.map((next) => statusWords[next][0]).join(', '),
        allowed_en: allowed.map((next) => statusWords[next][1]).join(', '),
      },
      { details: { allowed } },
    );
  }
  const reasons: readonly StepReason[] = stepReasons[to];
  if (!reasons.includes(reason)) {
    throw new DomainError(
      'reason_not_allowed',
      {
        reason,
        to,
        allowed: reasons.join(', '),
        reason_da: stepReasonWords[reason][0],
        reason_en: stepReasonWords[reason][1],
        to_da: statusWords[to][0],
        to_en: statusWords[to][1],
        allowed_da: reasons.map((other) => stepReasonWords[other][0]).join(', '),
        allowed_en: reasons.map((other) => stepReasonWords[other][1]).join(', '),
      },
      { details: { allowed: reasons } },
    );
  }
  assertAcquainted(to, acquaintance);
  assertNotAfter(today, on, 'on');
  if (on < latestOn) throw badField('on', `must not lie before the latest step (${latestOn})`);
}

/**
 * The known face comes first: nobody is introduced to video, or goes on with it, before citizen and worker have met,
 * unless the citizen is isolated and the call is the way in. The constraint `citizen_acquainted` says the same.
 *
 * @throws DomainError not_acquainted
 */
export function assertAcquainted(status: CitizenStatus, acquaintance: AcquaintanceKind): void {
  if (acquaintance === 'not-met' && needsAcquaintance(status)) throw new DomainError('not_acquainted');
}

export const needsAcquaintance = (status: CitizenStatus): boolean =>
  status === 'introduced' || status === 'active' || status === 'tapering';

/** @throws DomainError invalid_input */
export function assertNotAfter(today: string, day: string, field: string): void {
  if (day > today) throw badField(field, `must not lie in the future (today is ${today})`);
}

const badField = (field: string, message: string): DomainError =>
  new DomainError('invalid_input', {}, { details: { fields: [{ in: 'body', field, message }] } });

/**
 * An identity in its one written form, the same for what is typed and for what is imported: single lines without
 * doubled spaces. References are compared in this form, capital and small letters apart.
 */
export const tidyIdentity = ({ reference, name, phone, email, address }: Identity): Identity => ({
  reference: tidyText(reference),
  name: tidyText(name),
  phone,
  email: email === null ? null : tidyText(email),
  address: address === null ? null : tidyText(address),
});

/** The fields in which two of a kind differ, in their order. */
export function changedFields<T extends object>(current: T, next: T): string[] {
  const before = new Map<string, unknown>(Object.entries(current));
  return Object.entries(next).flatMap(([field, value]) => (before.get(field) === value ? [] : [field]));
}

/** What is given replaces what is there; what is left out stays. */
export type Given<T> = { readonly [Field in keyof T]?: T[Field] | undefined };
export const withGiven = <T extends object>(current: T, given: Given<T>): T => ({
  ...current,
  ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
});
