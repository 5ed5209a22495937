export { type Actor, allows, assertAllowed, type PermissionOf, type Policy, systemActor } from './actor.ts';
export { type Authentication, createAuthentication } from './authentication.ts';
export type { Call, Endpoints, Made, OpenCall, Reply } from './endpoints.ts';
export type { Guest } from './guest.ts';
export { createStaffImporter, exportStaff } from './import.ts';
export {
  createMunicipalityFounder,
  listMunicipalityIds,
  type MunicipalityFounder,
} from './municipalities.ts';
export { identityPolicy } from './policy.ts';
export { registerIdentityRoutes } from './routes.ts';
export { createIdentity, type IdentityService } from './service.ts';
export { findStaffByInitials, getOwnMunicipality, getStaffByInitials, getTeamByName } from './store.ts';
export { hashTokenSecret, makeTokenSecret } from './token-secret.ts';
