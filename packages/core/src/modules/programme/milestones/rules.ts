import type { Milestone, MilestoneNeed } from '../../../contract/index.ts';

/** A milestone as it was set. */
export interface PlannedMilestone {
  readonly code: string;
  /** YYYY-MM-DD. */
  readonly due: string;
  readonly da: string;
  readonly en: string;
  readonly needs: readonly MilestoneNeed[];
}

/** What is known on the day asked about of a milestone's needs, in their order. */
export interface MilestoneFacts {
  readonly at: string;
  readonly needs: Milestone['needs'];
  readonly forecast: Milestone['forecast'];
}

/** How it goes with a milestone, and why. */
export function judgeMilestone(plan: PlannedMilestone, facts: MilestoneFacts): Milestone {
  const { code, due, da, en } = plan;
  return {
    code,
    due,
    da,
    en,
    state: 'at-risk',
    reachedOn: null,
    reachedBy: null,
    daysLate: null,
    needs: facts.needs,
    forecast: facts.forecast,
    why: '',
  };
}
