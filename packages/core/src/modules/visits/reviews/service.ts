import { randomUUID } from 'node:crypto';
import type { Review, ReviewAnswer } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { localDay, startOfLocalDay } from '../../../kernel/time-zone.ts';
import type { Ledger } from '../../../ledger/index.ts';
import { type ChangeEvents, Prisma, type ReadTx, type Tx } from '../../../storage/index.ts';
import { type CitizenContacts, withinReach } from '../../citizens/index.ts';
import { type Actor, assertAllowed, findStaffByInitials } from '../../identity/index.ts';
import { visitsPolicy } from '../policy.ts';
import { readVisitRules } from '../visit-rules.ts';
import { firstDayOfLast, judgeContact } from './rules.ts';
import { type ContactRow, insertReview, listContacts } from './store.ts';

/** Those whose contact is by video alone, as the reviews that this asks for, answered within the rule's weeks or due. */
async function readReviews(tx: ReadTx, which: Prisma.Sql, now: Date): Promise<Review[]> {
  const { videoOnlyWeeks } = await readVisitRules(tx);
  const today = localDay(now);
  const since = startOfLocalDay(firstDayOfLast(videoOnlyWeeks, today));
  const rows = await listContacts(tx, which, { since, now });
  return rows.flatMap((row) => {
    const { lastVideoAt, videoSinceAt, lastInPersonAt, answeredOn } = row;
    const videoSince = localDay(videoSinceAt);
    const lastInPerson = lastInPersonAt === null ? null : localDay(lastInPersonAt);
    const facts = { lastVideo: localDay(lastVideoAt), videoSince, answeredOn };
    const { videoAlone, due, weeks } = judgeContact(facts, videoOnlyWeeks, today);
    if (!videoAlone) return [];
    const { code: citizen, worker } = row;
    return [{ citizen, worker, videoSince, lastInPerson, weeks, lastAnswer: answerIn(row), due }];
  });
}

const answerIn = ({ answer, answeredOn, answeredBy }: ContactRow): Review['lastAnswer'] =>
  answer === null || answeredOn === null ? null : { answer, on: answeredOn, by: answeredBy };

/** The codes of a worker's own citizens, as far as they are near the actor, whose contact by video alone asks for a review now. */
export async function listDueCodes(tx: ReadTx, actor: Actor, workerId: string, now: Date): Promise<string[]> {
  const which = Prisma.sql`citizen.worker_id = ${workerId}::uuid AND ${withinReach(actor, 'citizens:read')}`;
  const reviews = await readReviews(tx, which, now);
  return reviews.flatMap(({ citizen, due }) => (due ? [citizen] : []));
}

/**
 * Citizens within reach whose contact is by video alone, by code: those for whom a review is due, or all of them.
 *
 * @throws DomainError not_allowed; not_found for a worker who is not there
 */
export async function listReviews(
  tx: ReadTx,
  actor: Actor,
  { worker, all, now }: { readonly worker?: string | undefined; readonly all: boolean; readonly now: Date },
): Promise<Review[]> {
  assertAllowed(visitsPolicy, actor, 'visits:read');
  const staff = worker === undefined ? null : await findStaffByInitials(tx, worker);
  if (worker !== undefined && staff === null) throw new DomainError('not_found', { kind: `staff ${worker}` });
  const id = staff?.id ?? null;
  const which = Prisma.sql`${withinReach(actor, 'citizens:read')}
    AND (${id}::uuid IS NULL OR citizen.worker_id = ${id}::uuid OR citizen.substitute_id = ${id}::uuid)`;
  return (await readReviews(tx, which, now)).filter(({ due }) => all || due);
}

export interface ReviewsDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly contacts: CitizenContacts;
}

export type ReviewsService = ReturnType<typeof createReviews>;

/** Reviews of contact by video alone: they are asked for by themselves, and answered from a closed list. */
export function createReviews({ clock, ledger, changes, contacts }: ReviewsDeps) {
  /** @throws DomainError review_not_due where contact is not by video alone */
  const show = async (tx: ReadTx, code: string): Promise<Review> => {
    const [review] = await readReviews(tx, Prisma.sql`citizen.code = ${code}`, clock.now());
    if (review === undefined) throw new DomainError('review_not_due', { citizen: code });
    return review;
  };

  return {
    show,

    list: (tx: ReadTx, actor: Actor, wish: { readonly worker?: string | undefined; readonly all: boolean }) =>
      listReviews(tx, actor, { ...wish, now: clock.now() }),

    /** @throws DomainError not_allowed, not_found, citizen_erased, review_not_due */
    answer: async (
      tx: Tx,
      actor: Actor,
      code: string,
      { answer }: { readonly answer: ReviewAnswer },
    ): Promise<string> => {
      assertAllowed(visitsPolicy, actor, 'visits:write');
      // Held, so that of two answers at once the second finds that nothing is asked any more.
      const citizen = await contacts.hold(tx, actor, code);
      if (!(await show(tx, code)).due) throw new DomainError('review_not_due', { citizen: code });
      const now = clock.now();
      const on = localDay(now);
      const facts = { id: randomUUID(), citizenId: citizen.id, answer, on, staffId: actor.staffId };
      await insertReview(tx, facts, now);
      const subject = await contacts.identities.readSubject(tx, actor.municipalityId, citizen.id);
      await ledger.append(tx, actor.staffId, { type: 'contact.reviewed', subject, answer, on });
      await changes.append(tx, {
        type: 'citizen.contact-reviewed',
        entity: { kind: 'citizen', id: code },
        data: { answer },
      });
      return code;
    },
  };
}
