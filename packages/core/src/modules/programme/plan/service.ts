import type { Clock } from '../../../kernel/clock.ts';
import { createProgrammes } from './programmes.ts';
import { createProgrammeRecorder, type RecordDeps } from './record.ts';
import { createTelling } from './telling.ts';

export interface PlanDeps extends RecordDeps {
  readonly clock: Clock;
}

export type PlanService = ReturnType<typeof createPlan>;

/** Programmes, their milestones, and what is told of them. Everything here is done within the caller's transaction. */
export function createPlan({ clock, ledger, changes }: PlanDeps) {
  const record = createProgrammeRecorder({ ledger, changes });
  return { ...createProgrammes({ clock, record }), ...createTelling({ clock, record }) };
}
