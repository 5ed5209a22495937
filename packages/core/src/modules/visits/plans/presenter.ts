import type { Plan } from '../../../contract/index.ts';
import { findPhase } from './phases.ts';
import type { ChangeRow, GapRow, PlanRow } from './store.ts';

export interface ShownWith {
  readonly gaps: readonly GapRow[];
  readonly changes: readonly ChangeRow[];
  /** The ISO week it is. */
  readonly week: string;
}

/** @param shown gaps and changes of any plans; only those of this one are shown */
export const presentPlan = (row: PlanRow, { gaps, changes, week }: ShownWith): Plan => ({
  id: row.id,
  citizen: row.citizen,
  worker: row.worker,
  kind: row.kind,
  state: row.state,
  startsOn: row.startsOn,
  endsOn: row.endsOn,
  holidays: row.holidays,
  room: row.room,
  phases: [...row.phases],
  currentPhase: row.state === 'ended' ? null : (findPhase(row, week)?.index ?? null),
  madeUntil: row.madeUntil,
  gaps: gaps
    .filter(({ planId }) => planId === row.id)
    .map((gap) => ({
      week: gap.week,
      slot: gap.slot,
      startsAt: gap.startsAt.toISOString(),
      endsAt: gap.endsAt.toISOString(),
      reason: gap.reason,
    })),
  changes: changes
    .filter(({ planId }) => planId === row.id)
    .map((change) => ({
      kind: change.kind,
      week: change.week,
      slot: change.slot,
      word: change.word,
      by: change.by,
      at: change.at.toISOString(),
    })),
  createdAt: row.createdAt.toISOString(),
});
