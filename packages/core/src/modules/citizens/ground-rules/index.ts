export { registerGroundRulesRoutes } from './routes.ts';
export { createGroundRules, type GroundRulesService } from './service.ts';
export { type GroundRulesOf, readCallDefaults, readGroundRules, readTalkHours } from './store.ts';
