import {
  type ActivityPlan,
  type DecisionKind,
  decisionKinds,
  type Language,
  tracks,
} from '../../../contract/index.ts';
import type { ReadTx } from '../../../storage/index.ts';
import { allActivities, presentActivity } from './activities.ts';
import { phaseOn, trackOn } from './phases.ts';
import { findEstimate, listActivities, listDecisions, listHeld, listTargets } from './plan-store.ts';
import { countPrepared } from './preparation-store.ts';
import { presentDecision } from './presenter.ts';
import { followUpsOn, readinessOn } from './readiness.ts';
import type { ProgrammeRow } from './rows.ts';
import { listMilestones } from './store.ts';

/** Where a programme is, and how far by its own estimate. */
export type PlanNow = Pick<ActivityPlan, 'phase' | 'estimate'>;

const place = (kind: DecisionKind): number => decisionKinds.indexOf(kind);

/**
 * The living plan as it was on a day, as far as its own days tell: what was recorded later about a day before is in it.
 * A joint programme has no staff of its own, and nobody is to do anything about a history any more.
 *
 * @param asked `at` is the day asked about, Europe/Copenhagen
 */
export async function readPlan(
  tx: ReadTx,
  programme: ProgrammeRow,
  { at, language }: { readonly at: string; readonly language: Language },
): Promise<ActivityPlan> {
  const milestones = await listMilestones(tx, programme.id);
  const activities = allActivities(await listActivities(tx, programme.id), milestones, at);
  const decisions = await listDecisions(tx, programme.id, at);
  const targets = await listTargets(tx, programme.id);
  const held = await listHeld(tx, programme.id, at);
  const estimate = await findEstimate(tx, programme.id, at);
  const facts = { at, programme, activities, decisions };
  const phase = phaseOn(facts);
  const hasTried = phase.phase === 'trial' || phase.phase === 'full-implementation';
  const trialSince = programme.trialOn ?? (hasTried ? phase.since : null);
  const followUps = followUpsOn(at, { rhythm: programme.rhythm, held, trialSince });
  const staff = programme.kind === 'lead' ? null : await countPrepared(tx, at);
  return {
    phase,
    tracks: tracks.map((track) => trackOn(track, activities)),
    activities: activities.map((row) => presentActivity(row, language)),
    decisions: [...decisions].sort((a, b) => place(a.kind) - place(b.kind)).map(presentDecision),
    targets: targets.map(({ due, citizens }) => ({ due, citizens })),
    followUps,
    estimate,
    readiness: programme.isHistory
      ? []
      : readinessOn({ ...facts, phase, followUps, targets, staff }, language),
  };
}
