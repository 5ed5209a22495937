export {
  type Asked,
  doneIn,
  figuresOfShown,
  plannedThen,
  type Reality,
  type RealityDeps,
  readReality,
  shownValue,
  sizeAsked,
} from './reality.ts';
export { type MilestoneRouteDeps, registerForecastRoutes, registerMilestoneRoutes } from './routes.ts';
export { judgeMilestone, type MilestoneFacts } from './rules.ts';
export { judgeMilestones } from './service.ts';
