export { findInHandbook, type HandbookEntry, handbook } from './handbook.ts';
export { missingFor, missingOwn } from './missing.ts';
export type { NextNeed } from './missing-rules.ts';
export { presentMilestone, presentProgramme } from './presenter.ts';
export { kindWrong, type NewProgramme } from './programmes.ts';
export { readPlan } from './reading.ts';
export { milestoneLeaf, programmeLeaf } from './record.ts';
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
