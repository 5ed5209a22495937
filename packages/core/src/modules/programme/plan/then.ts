import { z } from 'zod';
import { activityStatuses, decisionChoices, decisionKinds } from '../../../contract/index.ts';
import type { ReadTx } from '../../../storage/index.ts';
import type { Measures, ProgrammeFact } from '../measures/index.ts';
import { activityOn, notStarted } from './activities.ts';
import { phaseOn } from './phases.ts';
import { type ActivityRow, findEstimate, listActivities } from './plan-store.ts';
import type { PlanNow } from './reading.ts';
import type { ProgrammeRow } from './rows.ts';
import { getProgramme } from './store.ts';

// A programme as so much of the log tells of it, for a question of then. What is no part of the log (names, the rhythm of
// follow-ups, who is responsible) is as it is now.

type Asking = Pick<Measures, 'programmeFacts'>;

/** Facts are told in the order of the log, whatever day they speak of. */
const anyDay = '9999-12-31';

const programmeData = z.object({
  targetGroup: z.int(),
  startsOn: z.string(),
  trialOn: z.string().nullable(),
  endsOn: z.string().nullable(),
});

/**
 * @param size how much of the log is believed; null is as it is now. One that the log did not tell of by then is as it is now
 * @throws DomainError not_found
 */
export async function getProgrammeThen(
  tx: ReadTx,
  { measures }: { readonly measures: Asking },
  id: string,
  size: bigint | null,
): Promise<ProgrammeRow> {
  const programme = await getProgramme(tx, id);
  if (size === null) return programme;
  const facts = await measures.programmeFacts(tx, { size, at: anyDay }, id);
  const told = facts.findLast(({ type }) => type === 'programme.changed');
  return told === undefined ? programme : { ...programme, ...programmeData.parse(told.data) };
}

const activityData = z.object({ status: z.enum(activityStatuses), cases: z.int() });
const decisionData = z.object({ choice: z.enum(decisionChoices) });
const estimateData = z.object({ percent: z.int() });

/** Phase and own estimate of a day, by so much of the log. */
export async function readPlanThen(
  tx: ReadTx,
  { measures }: { readonly measures: Asking },
  programme: ProgrammeRow,
  { size, at }: { readonly size: bigint; readonly at: string },
): Promise<PlanNow> {
  const all = await measures.programmeFacts(tx, { size: longestLog, at: anyDay }, programme.id);
  const facts = all.filter(({ index }) => index < size);
  const later = new Set(
    all.flatMap(({ type, code, index }) => (type === 'activity.changed' && index >= size ? [code] : [])),
  );
  const rows = await listActivities(tx, programme.id);
  const told = Map.groupBy(
    facts.filter(({ type }) => type === 'activity.changed'),
    ({ code }) => code ?? '',
  );
  const activities = [...told].map(([code, changes]) => {
    const row = rows.find((one) => one.code === code) ?? notStarted(code);
    // Where the log tells nothing later, the row is what it was, planned days included.
    return activityOn(later.has(code) ? activityThen(row, changes) : row, at);
  });
  const decisions = facts.flatMap(({ type, code, on, data }) => {
    const kind = decisionKinds.find((one) => one === code);
    if (type !== 'decision.made' || kind === undefined || on > at) return [];
    return [{ kind, on, choice: decisionData.parse(data).choice }];
  });
  const latest = decisionKinds.flatMap(
    (kind) => latestDay(decisions.filter((one) => one.kind === kind)) ?? [],
  );
  const estimates = facts.flatMap(({ type, on, data }) =>
    type === 'degree.estimated' && on <= at ? [{ on, percent: estimateData.parse(data).percent }] : [],
  );
  const estimate = latestDay(estimates);
  const now = await findEstimate(tx, programme.id, at);
  const isTheSame = now?.on === estimate?.on && now?.percent === estimate?.percent;
  return {
    phase: phaseOn({ at, programme, activities, decisions: latest }),
    estimate: estimate === undefined ? null : { ...estimate, by: isTheSame ? (now?.by ?? null) : null },
  };
}

/** More than any log has. */
const longestLog = 2n ** 62n;

/** The one of the latest day; of several of a day, that which was told last. */
const latestDay = <Told extends { readonly on: string }>(told: readonly Told[]): Told | undefined =>
  told.reduce<Told | undefined>(
    (last, one) => (last === undefined || one.on >= last.on ? one : last),
    undefined,
  );

/** An activity by what was told of it: begun on the day of the first that says so, done on the day of the last. */
function activityThen(row: ActivityRow, changes: readonly ProgrammeFact[]): ActivityRow {
  let then: ActivityRow = { ...row, status: 'not-started', startsOn: null, doneOn: null, cases: 0 };
  for (const { on, data } of changes) {
    const { status, cases } = activityData.parse(data);
    const begun = status === 'under-way' ? on : status === 'done' ? then.startsOn : null;
    then = { ...then, status, cases, startsOn: begun, doneOn: status === 'done' ? on : null };
  }
  return then;
}
