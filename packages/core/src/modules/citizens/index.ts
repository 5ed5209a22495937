export { type CitizenContacts, createCitizenContacts } from './contacts.ts';
export { createCitizensExporter } from './export.ts';
export {
  createGroundRules,
  type GroundRulesOf,
  readCallDefaults,
  readGroundRules,
  readTalkHours,
  registerGroundRulesRoutes,
} from './ground-rules/index.ts';
export { createIdentities, type Identities } from './identities.ts';
export { type CitizenIdentities, createCitizenIdentities } from './identity-service.ts';
export { createCitizensImporter } from './import.ts';
export { createLegalBases, seedLegalBases } from './legal-bases.ts';
export { citizensPolicy } from './policy.ts';
export { registerCitizenRoutes } from './routes.ts';
export { type CitizensDeps, type CitizensService, createCitizens } from './service.ts';
export { type CitizenRow, findCitizensInReach, withinReach } from './store.ts';
export {
  type DerivedKeys,
  openVault,
  type RotationResult,
  seal,
  unseal,
  type Vault,
} from './vault/index.ts';
export {
  checkPlan,
  createWeeklyPlans,
  findPlan,
  type PlanFile,
  type PlanRow,
  presentPlan,
  type WeeklyPlans,
} from './weekly-plan/index.ts';
