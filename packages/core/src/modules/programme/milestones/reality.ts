import { z } from 'zod';
import {
  type Citation,
  type CurvePoint,
  type Figures,
  type JointFigures,
  jointFigures,
  type Milestone,
  type MilestoneMeasure,
  type MilestoneNeed,
  milestoneNeed,
  type ShownCount,
  type ShownFigures,
} from '../../../contract/index.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import type { ReadTx } from '../../../storage/index.ts';
import { curveOf, firstReachedInMonths } from '../joint/index.ts';
import type { Measures, ProgrammeFact, Question } from '../measures/index.ts';
import { listMilestones, type PlannedMilestone, type ProgrammeRow } from '../plan/index.ts';

/** What a milestone's need has come to. */
export type NeedState = Milestone['needs'][number];

export interface Asked {
  readonly at?: string | undefined;
  readonly checkpoint?: string | undefined;
}

/** How much of the log is to be believed; null is all there is. */
export const sizeAsked = ({ checkpoint }: Asked): bigint | null =>
  checkpoint === undefined ? null : BigInt(checkpoint);

/** The first day on which something was so, and the entry by which it became so where one alone did. */
export interface Reached {
  readonly on: string;
  readonly by: bigint | null;
}

/** What is known of a programme on the day asked about; read once and asked by milestones, forecast and status alike. */
export interface Reality {
  /** The day asked about. */
  readonly at: string;
  readonly citation: Citation | null;
  /** Null while nothing is folded. */
  readonly question: Question | null;
  /** The first day of what is counted within a period: 28 days that end with the day. */
  readonly from: string;
  /** Of a joint programme, those of its last month-end, as it was given out. */
  readonly figures: JointFigures;
  /** Whom the rate is of: of a joint programme, those of the members that took part in that month. */
  readonly targetGroup: number;
  /** The same as `figures`, exact; null where they are another's month-ends. */
  readonly exact: Figures | null;
  /** Weeks since the programme began, or five years; month-ends of a joint programme. */
  readonly curve: CurvePoint[];
  /** How far a measure is; null where a month-end hides it. */
  readonly value: (measure: MilestoneMeasure) => number | null;
  readonly firstReached: (measure: MilestoneMeasure, atLeast: number) => Promise<Reached | null>;
  /** Measures are known at the ends of months only: those of a joint programme, and of a report. */
  readonly byMonths: boolean;
  readonly planned: readonly PlannedMilestone[];
  readonly activityDone: (code: string) => Reached | null;
}

export interface RealityDeps {
  readonly measures: Measures;
}

const periodDays = 28;
const longestDays = 5 * 366;

/**
 * @throws DomainError tree_size_unknown, day_not_over
 */
export async function readReality(
  tx: ReadTx,
  { measures }: RealityDeps,
  programme: ProgrammeRow,
  asked: Asked,
  today: string,
): Promise<Reality> {
  // A course of the past is asked about as it was when it ended.
  const end = programme.isHistory && asked.at === undefined ? programme.endsOn : null;
  const resolved = await measures.resolve(tx, end === null ? asked : { ...asked, at: end });
  const question = resolved?.question ?? null;
  const at = question?.at ?? asked.at ?? end ?? addDays(today, -1);
  const from = addDays(at, 1 - periodDays);
  const facts = question === null ? [] : await measures.programmeFacts(tx, question, programme.id);
  // What is set later than the day asked about was still set, unless only so much of the log is believed.
  const planned =
    asked.checkpoint === undefined || question === null
      ? await listMilestones(tx, programme.id)
      : await plannedThen(tx, measures, programme, question, today);
  const shared = {
    at,
    from,
    question,
    citation: resolved?.citation ?? null,
    planned,
    byMonths: programme.kind === 'lead',
    activityDone: (code: string) => doneIn(facts, code),
  };

  if (programme.kind === 'lead') {
    const joint = { at, ...(asked.checkpoint === undefined ? {} : { size: question?.size }) };
    const { points, months } = await curveOf(tx, programme.id, joint);
    return {
      ...shared,
      ...knownOfMonths(months.at(-1)?.total ?? {}, months.at(-1)?.targetGroup || programme.targetGroup),
      curve: points,
      firstReached: async (measure, atLeast) => {
        const found = await firstReachedInMonths(tx, programme.id, joint, { measure, atLeast });
        return found === null ? null : { on: found.on, by: found.index };
      },
    };
  }
  if (question === null)
    return {
      ...shared,
      curve: [],
      ...knownOfMonths({}, programme.targetGroup),
      firstReached: async () => null,
    };
  // Neither before the programme, nor longer than anybody looks, nor after the day itself.
  const longest = addDays(at, -longestDays);
  const begun = [programme.startsOn, longest].toSorted().at(-1) ?? longest;
  const curveOfWeeks = { from: begun > at ? addDays(at, -7) : begun, by: 'week' } as const;
  const figures = await measures.figures(tx, question, { from, targetGroup: programme.targetGroup });
  return {
    ...shared,
    figures,
    exact: figures,
    targetGroup: programme.targetGroup,
    value: (measure) => measuredValue(measure, figures),
    curve: await measures.curve(tx, question, curveOfWeeks),
    firstReached: async (measure, atLeast) => {
      const found = await measures.firstReached(tx, question, { measure, atLeast });
      return found === null ? null : { on: found.on, by: found.index };
    },
  };
}

function measuredValue(measure: MilestoneMeasure, figures: Figures): number {
  switch (measure) {
    case 'has-received':
      return figures.hasReceived;
    case 'receives-regularly':
      return figures.receivesRegularly;
    case 'active-workers':
      return figures.workers.active;
    case 'trained':
      return figures.workers.trained;
    case 'informed':
      return figures.workers.informed;
  }
}

/** What each need has come to, in the order of the needs. */
export async function readNeeds(reality: Reality, needs: readonly MilestoneNeed[]): Promise<NeedState[]> {
  const states: NeedState[] = [];
  for (const need of needs) {
    const found =
      need.kind === 'activity'
        ? reality.activityDone(need.what)
        : await reality.firstReached(need.measure, need.atLeast);
    states.push({
      need,
      met: found !== null,
      value: need.kind === 'activity' ? null : reality.value(need.measure),
      metOn: found?.on ?? null,
      metBy: found === null || found.by === null ? null : String(found.by),
    });
  }
  return states;
}

const activityData = z.object({ status: z.string() });

/** When an activity that is done was done: the first entry of the last run of those that say so. */
export function doneIn(facts: readonly ProgrammeFact[], code: string): Reached | null {
  let done: Reached | null = null;
  for (const { type, code: told, on, index, data } of facts) {
    if (type !== 'activity.changed' || told !== code) continue;
    const { status } = activityData.parse(data);
    if (status !== 'done') done = null;
    else done ??= { on, by: index };
  }
  return done;
}

const milestoneData = z.object({ due: z.string(), needs: z.array(milestoneNeed), removed: z.boolean() });

/** The milestones that so much of the log tells of. Their titles are no part of the log: they are as they are now. */
export async function plannedThen(
  tx: ReadTx,
  measures: Measures,
  programme: ProgrammeRow,
  { size }: Question,
  today: string,
): Promise<PlannedMilestone[]> {
  const titles = new Map((await listMilestones(tx, programme.id)).map((one) => [one.code, one]));
  const standing = new Map<string, PlannedMilestone>();
  for (const fact of await measures.programmeFacts(tx, { size, at: today }, programme.id)) {
    if (fact.type !== 'milestone.set' || fact.code === null) continue;
    const { due, needs, removed } = milestoneData.parse(fact.data);
    const title = titles.get(fact.code);
    if (removed) standing.delete(fact.code);
    else
      standing.set(fact.code, {
        code: fact.code,
        due,
        needs,
        da: title?.da ?? fact.code,
        en: title?.en ?? fact.code,
      });
  }
  return [...standing.values()].sort((a, b) => (a.due + a.code < b.due + b.code ? -1 : 1));
}

const pathOf: Readonly<Record<MilestoneMeasure, string>> = {
  'has-received': 'hasReceived',
  'receives-regularly': 'receivesRegularly',
  'active-workers': 'workers.active',
  trained: 'workers.trained',
  informed: 'workers.informed',
};

/** What a month-end tells of a measure as it was given out; null where it is hidden. */
export function shownValue(shown: ShownFigures, measure: MilestoneMeasure): number | null {
  const value = shown[pathOf[measure]];
  return typeof value === 'number' ? value : null;
}

const knownOfMonths = (
  shown: ShownFigures,
  targetGroup: number,
): Pick<Reality, 'figures' | 'exact' | 'targetGroup' | 'value'> => ({
  figures: figuresOfShown(shown, targetGroup),
  exact: null,
  targetGroup,
  value: (measure) => (Object.keys(shown).length === 0 ? 0 : shownValue(shown, measure)),
});

/** Figures of a month-end as it was given out; what it does not tell at all is 0, and rates of what is hidden are none. */
export function figuresOfShown(shown: ShownFigures, targetGroup: number): JointFigures {
  const count = (path: string): ShownCount => shown[path] ?? 0;
  const group = (path: string, keys: readonly string[]) =>
    Object.fromEntries(keys.map((key) => [key, count(`${path}.${key}`)]));
  const rate = (part: ShownCount, whole: ShownCount): number | null =>
    part === 'hidden' || whole === 'hidden' || whole === 0 ? null : Math.min(1, part / whole);
  const endings = ['held', 'cancelled', 'futile', 'failed'];
  const [held, failed] = [count('channels.video.held'), count('channels.video.failed')];
  const tried = held === 'hidden' || failed === 'hidden' ? 'hidden' : held + failed;
  return jointFigures.parse({
    hasReceived: count('hasReceived'),
    receivesRegularly: count('receivesRegularly'),
    implementationRate: rate(count('receivesRegularly'), targetGroup),
    sessions: group('sessions', ['1', '2-3', '4-7', 'over-7']),
    onlineShare: group('onlineShare', ['0-24', '25-49', '50-74', '75-100']),
    funnel: group('funnel', ['offered', 'accepted', 'declined', 'introduced', 'firstCall', 'regular']),
    channels: {
      video: group('channels.video', endings),
      physical: group('channels.physical', endings),
      phone: group('channels.phone', endings),
    },
    technicalFailureRate: rate(failed, tried),
    workers: group('workers', ['employed', 'active', 'trained', 'informed']),
  });
}
