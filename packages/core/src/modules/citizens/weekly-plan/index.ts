export { type CheckedPlan, checkPlan } from './check.ts';
export { createWeeklyPlans, type PlanFile, type WeeklyPlans } from './service.ts';
export { findPlan, type PlanRow, presentPlan } from './store.ts';
