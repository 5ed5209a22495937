import type { Language, Missing, MissingOwn } from '../../../contract/index.ts';
import { addDays, localDay, startOfLocalDay } from '../../../kernel/time-zone.ts';
import type { ReadTx } from '../../../storage/index.ts';
import { type Actor, assertAllowed } from '../../identity/index.ts';
import type { Measures, Question } from '../measures/index.ts';
import { programmePolicy } from '../policy.ts';
import { missingOf, type NextNeed } from './missing-rules.ts';
import { countWaiting, countWorkers, listOwnWaiting } from './missing-store.ts';
import { listTargets } from './plan-store.ts';
import type { ProgrammeRow } from './rows.ts';
import { listMilestones } from './store.ts';

type Asking = Pick<Measures, 'resolve' | 'figures' | 'firstReached'>;

/** The days that end with the day asked about, within which a worker counts as active (domain page, section 6). */
const recentDays = 28;

/** The first milestone by due day with a measure that was never reached, and that measure. */
async function findNext(
  tx: ReadTx,
  measures: Asking,
  programme: ProgrammeRow,
  question: Question | null,
): Promise<NextNeed | null> {
  for (const milestone of await listMilestones(tx, programme.id)) {
    for (const need of milestone.needs) {
      if (need.kind === 'activity') continue;
      const { measure, atLeast } = need;
      const reached =
        question === null ? null : await measures.firstReached(tx, question, { measure, atLeast });
      if (reached === null) return { milestone, measure, atLeast };
    }
  }
  return null;
}

/**
 * What is missing to reach the next milestone, in counts. What can be done something about is as it is now, whatever day
 * is asked about: nobody can offer anything last year.
 *
 * @param asked `next` where the caller has judged the milestones already (null: there is none left); `at` is the day
 *   asked about (yesterday by default), from which weeks are counted
 * @throws DomainError tree_size_unknown, day_not_over
 */
export async function missingFor(
  tx: ReadTx,
  { measures }: { readonly measures: Asking },
  programme: ProgrammeRow,
  asked: {
    readonly at?: string | undefined;
    readonly today: string;
    readonly language: Language;
    readonly next?: NextNeed | null;
  },
): Promise<Missing> {
  const resolved = await measures.resolve(tx, asked.at === undefined ? {} : { at: asked.at });
  const question = resolved?.question ?? null;
  const at = question?.at ?? asked.at ?? asked.today;
  const next = asked.next === undefined ? await findNext(tx, measures, programme, question) : asked.next;
  const { targetGroup } = programme;
  const from = addDays(at, 1 - recentDays);
  const figures = question === null ? null : await measures.figures(tx, question, { from, targetGroup });
  const waiting = await countWaiting(tx);
  const workersWithoutOnline =
    figures === null
      ? await countWorkers(tx)
      : Math.max(0, figures.workers.employed - figures.workers.active);
  const stock = { ...waiting, workersWithoutOnline };
  const shared = programme.kind === 'member';
  const isPlanned = (await listMilestones(tx, programme.id)).some(({ needs }) =>
    needs.some(({ kind }) => kind === 'measure'),
  );
  return missingOf(next, figures, stock, { at, language: asked.language, shared, isPlanned });
}

/**
 * Whom of their own citizens a worker could offer or call, and how far they are. Who has said no, has ended or was erased
 * is not suggested; a colleague's citizens are not either.
 *
 * @throws DomainError not_allowed
 */
export async function missingOwn(
  tx: ReadTx,
  actor: Actor,
  programme: ProgrammeRow,
  now: Date,
): Promise<MissingOwn> {
  assertAllowed(programmePolicy, actor, 'programme:own');
  const today = localDay(now);
  const targets = await listTargets(tx, programme.id);
  const since = startOfLocalDay(addDays(today, 1 - recentDays));
  const own = await listOwnWaiting(tx, actor.staffId, since);
  return {
    target: targets.find(({ due }) => due >= today) ?? targets.at(-1) ?? null,
    online: own.online,
    suitedNeverOffered: [...own.suitedNeverOffered],
    acceptedNeverCalled: [...own.acceptedNeverCalled],
  };
}
