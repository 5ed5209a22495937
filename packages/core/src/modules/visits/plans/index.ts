export { registerPlanRoutes } from './routes.ts';
export { createPlans, type PlansDeps, type PlansService } from './service.ts';
