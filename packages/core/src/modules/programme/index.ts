export { encodeContribution, jointUnits } from './joint/index.ts';
export { createProgrammeModule, type ProgrammeModule } from './module.ts';
export {
  type Counts,
  createGuard,
  type KeptMonth,
  lastDayOf,
  monthsOver,
  saltedHash,
} from './months/index.ts';
export { programmePolicy } from './policy.ts';
