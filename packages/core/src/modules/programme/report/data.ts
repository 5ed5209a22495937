import type {
  Activity,
  Citation,
  Decision,
  Language,
  Milestone,
  Programme,
  ProgrammePhase,
  PublishedMonth,
  ShownFigures,
} from '../../../contract/index.ts';
import { type FigurePath, unitName } from '../../../contract/measure-words.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import type { ReadTx } from '../../../storage/index.ts';
import { getOwnMunicipality } from '../../identity/index.ts';
import type { Measures, Question } from '../measures/index.ts';
import {
  doneIn,
  figuresOfShown,
  judgeMilestones,
  plannedThen,
  type Reality,
  shownValue,
} from '../milestones/index.ts';
import { lastDayOf, shownMonths } from '../months/index.ts';
import {
  getProgramme,
  listMilestones,
  type PlannedMilestone,
  type ProgrammeRow,
  presentProgramme,
  readPlan,
} from '../plan/index.ts';
import { shownMonth } from '../wording.ts';

/**
 * All that a report tells. It is made of month-ends as they were given out, so no number in it is smaller than what may be
 * shown, nor worked out of others; of the plan it tells no references and nobody's initials.
 */
export interface ReportData {
  readonly language: Language;
  readonly municipality: string;
  readonly isDemo: boolean;
  readonly programme: Omit<Programme, 'rhythm' | 'createdAt'>;
  /** `2015-10`, and its last day. */
  readonly month: string;
  readonly at: string;
  readonly publishedAt: string;
  readonly phase: ProgrammePhase;
  readonly degree: { readonly percent: number; readonly on: string } | null;
  /** Null for a joint total, whose members cite their own. */
  readonly citation: Citation | null;
  readonly months: readonly PublishedMonth[];
  readonly milestones: readonly Milestone[];
  readonly activities: readonly Pick<
    Activity,
    'code' | 'da' | 'en' | 'phase' | 'status' | 'responsible' | 'dueOn' | 'doneOn'
  >[];
  readonly decisions: readonly Pick<Decision, 'kind' | 'choice' | 'on'>[];
}

/** Plan and reality as they are drawn. */
export interface CourseChart {
  readonly points: readonly {
    readonly day: string;
    readonly hasReceived: number | null;
    readonly receivesRegularly: number | null;
  }[];
  readonly plan: readonly { readonly day: string; readonly count: number }[];
  readonly targets: readonly { readonly day: string; readonly count: number; readonly label: string }[];
}

export interface Bar {
  readonly name: string;
  /** Null where it is hidden. */
  readonly count: number | null;
}

/**
 * The report of a month, or of the last one that was given out.
 *
 * @throws DomainError not_found, month_not_published
 */
export async function readReport(
  tx: ReadTx,
  { measures }: { readonly measures: Measures },
  id: string,
  {
    month,
    language,
    today,
  }: { readonly month?: string | undefined; readonly language: Language; readonly today: string },
): Promise<ReportData> {
  const programme = await getProgramme(tx, id);
  const municipality = await getOwnMunicipality(tx);
  const months = (await shownMonths(tx, id, { to: month })).map((one) => ({
    ...one,
    units: one.units.map((unit) => ({ ...unit, name: unitName(unit, language) })),
  }));
  const published = months.at(-1);
  if (published === undefined || (month !== undefined && published.month !== month))
    throw new DomainError('month_not_published', { month: month ?? today.slice(0, 7) });
  const at = lastDayOf(published.month);
  const plan = await readPlan(tx, programme, { at, language });
  const reality = await realityOfMonths(tx, measures, programme, months);
  const { rhythm: _rhythm, createdAt: _createdAt, ...told } = presentProgramme(programme);
  return {
    language,
    municipality: municipality.name,
    isDemo: municipality.isDemo,
    programme: told,
    month: published.month,
    at,
    publishedAt: published.publishedAt,
    phase: plan.phase.phase,
    degree: plan.estimate === null ? null : { percent: plan.estimate.percent, on: plan.estimate.on },
    citation: published.citation,
    months,
    milestones: await judgeMilestones(programme, reality, language),
    activities: plan.activities.map(({ code, da, en, phase, status, responsible, dueOn, doneOn }) => ({
      code,
      da,
      en,
      phase,
      status,
      responsible,
      dueOn,
      doneOn,
    })),
    decisions: plan.decisions.map(({ kind, choice, on }) => ({ kind, choice, on })),
  };
}

/** What milestones are judged by where nothing but month-ends may be told: not even the day within a month. */
async function realityOfMonths(
  tx: ReadTx,
  measures: Measures,
  programme: ProgrammeRow,
  months: readonly PublishedMonth[],
): Promise<Reality> {
  const last = months.at(-1);
  const at = last === undefined ? programme.startsOn : lastDayOf(last.month);
  const head = await measures.head(tx);
  const size = last?.citation === null || last?.citation === undefined ? head : BigInt(last.citation.size);
  const question: Question = { size, at };
  const facts = head === 0n ? [] : await measures.programmeFacts(tx, question, programme.id);
  const totals = months.map((one) => ({ day: lastDayOf(one.month), figures: totalOf(one) }));
  const total = totals.at(-1)?.figures ?? {};
  return {
    at,
    from: addDays(at, -27),
    citation: last?.citation ?? null,
    question,
    figures: figuresOfShown(total, programme.targetGroup),
    exact: null,
    targetGroup: programme.targetGroup,
    value: (measure) => shownValue(total, measure),
    curve: totals.flatMap(({ day, figures: { hasReceived, receivesRegularly } }) =>
      typeof hasReceived === 'number'
        ? [
            {
              day,
              hasReceived,
              receivesRegularly: typeof receivesRegularly === 'number' ? receivesRegularly : null,
            },
          ]
        : [],
    ),
    byMonths: true,
    planned: await plannedAt(tx, measures, programme, question),
    activityDone: (code) => doneIn(facts, code),
    firstReached: async (measure, atLeast) => {
      const found = totals.find(({ figures }) => (shownValue(figures, measure) ?? 0) >= atLeast);
      return found === undefined ? null : { on: found.day, by: null };
    },
  };
}

/**
 * The milestones as they were planned when the month was given out, so that its report tells the same later. Those that were
 * planned after that are as they are now.
 */
async function plannedAt(
  tx: ReadTx,
  measures: Measures,
  programme: ProgrammeRow,
  question: Question,
): Promise<PlannedMilestone[]> {
  const facts = await measures.programmeFacts(tx, { ...question, at: anyDay }, programme.id);
  const known = new Set(facts.flatMap(({ type, code }) => (type === 'milestone.set' ? [code] : [])));
  const then = await plannedThen(tx, measures, programme, question, anyDay);
  const since = (await listMilestones(tx, programme.id)).filter(({ code }) => !known.has(code));
  return [...then, ...since].sort((a, b) => (a.due + a.code < b.due + b.code ? -1 : 1));
}
const anyDay = '9999-12-31';

/** The whole of a month-end, before its teams or members. */
export function totalOf({ units }: PublishedMonth): ShownFigures {
  return (units.find(({ id }) => id === null) ?? units[0])?.figures ?? {};
}

export function shownCountOf(figures: ShownFigures, path: FigurePath): number | null {
  const value = figures[path];
  return typeof value === 'number' ? value : null;
}

export function courseOf(data: ReportData): CourseChart {
  const points = data.months.map((one) => {
    const figures = totalOf(one);
    return {
      day: lastDayOf(one.month),
      hasReceived: shownCountOf(figures, 'hasReceived'),
      receivesRegularly: shownCountOf(figures, 'receivesRegularly'),
    };
  });
  const targets = data.milestones.flatMap(({ code, due, needs }) =>
    needs.flatMap(({ need }) =>
      need.kind === 'measure' && (need.measure === 'has-received' || need.measure === 'receives-regularly')
        ? [{ day: due, count: need.atLeast, label: `${code}: ${need.atLeast}` }]
        : [],
    ),
  );
  const plan = targets.length === 0 ? [] : [{ day: data.programme.startsOn, count: 0 }, ...targets];
  return { points, targets, plan: plan.map(({ day, count }) => ({ day, count })) };
}

/** "Online bostøtte · oktober 2015" */
export const reportTitle = ({ programme, month, language }: ReportData): string =>
  `${programme.name} · ${shownMonth(month, language)}`;
