export { missingFor, type NextNeed } from './missing.ts';
export { readPlan } from './reading.ts';
export {
  deleteMilestones,
  getProgramme,
  insertProgramme,
  listMilestones,
  listProgrammes,
  lockProgramme,
  type PlannedMilestone,
  type ProgrammeRow,
  putMilestones,
  updateProgramme,
} from './store.ts';
