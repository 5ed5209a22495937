import type { Language, Milestone, Missing, ProgrammeStatus } from '../../../contract/index.ts';
import type { ReadTx } from '../../../storage/index.ts';
import { getOwnMunicipality } from '../../identity/index.ts';
import type { Measures } from '../measures/index.ts';
import { type Asked, judgeMilestones, type Reality, readReality, sizeAsked } from '../milestones/index.ts';
import {
  getProgrammeThen,
  missingFor,
  type NextNeed,
  type PlannedMilestone,
  type ProgrammeRow,
  presentProgramme,
  readPlan,
  readPlanThen,
} from '../plan/index.ts';

export interface StatusAsked extends Asked {
  readonly language: Language;
  /** The day it is, Europe/Copenhagen. */
  readonly today: string;
}

/**
 * Plan, curve, milestones, forecast and what is missing, all at one size of the log: the one screen. What is counted is
 * read once (`Reality`) and handed on.
 *
 * @throws DomainError not_found, tree_size_unknown, day_not_over
 */
export async function readStatus(
  tx: ReadTx,
  { measures }: { readonly measures: Measures },
  id: string,
  { language, today, ...asked }: StatusAsked,
): Promise<ProgrammeStatus> {
  const programme = await getProgrammeThen(tx, { measures }, id, sizeAsked(asked));
  const municipality = await getOwnMunicipality(tx);
  const reality = await readReality(tx, { measures }, programme, asked, today);
  const { at, from, question, citation, figures, curve } = reality;
  const milestones = await judgeMilestones(programme, reality, language);
  const isOfThen = question !== null && asked.checkpoint !== undefined;
  const plan = isOfThen
    ? { ...(await readPlanThen(tx, { measures }, programme, question)), readiness: null }
    : await readPlan(tx, programme, { at, language });
  const late =
    !isOfThen || programme.kind === 'lead'
      ? []
      : await measures.differences(tx, question, await measures.head(tx), {
          from,
          targetGroup: programme.targetGroup,
        });
  return {
    programme: presentProgramme({ ...programme, targetGroup: reality.targetGroup }),
    municipality: municipality.name,
    isDemo: municipality.isDemo,
    at,
    citation,
    phase: plan.phase,
    figures,
    degree: plan.estimate,
    curve,
    milestones,
    missing: isOfThen ? null : await readMissing(tx, programme, reality, milestones, { language, today }),
    readiness: plan.readiness,
    late,
  };
}

/** Of citizens that somebody here could offer something; nobody does anything about a course of the past any more. */
async function readMissing(
  tx: ReadTx,
  programme: ProgrammeRow,
  reality: Reality,
  milestones: readonly Milestone[],
  { language, today }: { readonly language: Language; readonly today: string },
): Promise<Missing | null> {
  if (programme.kind === 'lead' || programme.isHistory) return null;
  const { question, citation, exact, at } = reality;
  const known = {
    resolve: async () => (question === null || citation === null ? null : { question, citation }),
    figures: async () => {
      if (exact === null) throw new Error('what is asked about exactly is known exactly');
      return exact;
    },
    firstReached: async () => null,
  };
  const next = nextNeed(reality.planned, milestones);
  return missingFor(tx, { measures: known }, programme, { at, today, language, next });
}

/** The first milestone with a measure that was not reached, and that measure. */
function nextNeed(planned: readonly PlannedMilestone[], judged: readonly Milestone[]): NextNeed | null {
  for (const { code, needs } of judged) {
    const milestone = planned.find((one) => one.code === code);
    const open = needs.find(({ met, need }) => !met && need.kind === 'measure')?.need;
    if (milestone === undefined || open === undefined || open.kind === 'activity') continue;
    return { milestone, measure: open.measure, atLeast: open.atLeast };
  }
  return null;
}
