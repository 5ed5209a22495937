export { findInHandbook, handbook } from './handbook.ts';
export { missingFor } from './missing.ts';
export type { NextNeed } from './missing-rules.ts';
export { presentMilestone, presentProgramme } from './presenter.ts';
export { kindWrong } from './programmes.ts';
export { readPlan } from './reading.ts';
export { programmeLeaf } from './record.ts';
export { registerPlanRoutes } from './routes.ts';
export { createPlan, type PlanService } from './service.ts';
export {
  getProgramme,
  listMilestones,
  listProgrammes,
  lockProgramme,
  type PlannedMilestone,
  type ProgrammeRow,
} from './store.ts';
export { getProgrammeThen, readPlanThen } from './then.ts';
