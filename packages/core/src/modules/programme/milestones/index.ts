export { judgeMilestone, type MilestoneFacts, type PlannedMilestone } from './rules.ts';
