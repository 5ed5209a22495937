export { createProgrammeModule, type ProgrammeModule } from './module.ts';
export { programmePolicy } from './policy.ts';
