export { auditPolicy, permissionsToHear } from './policy.ts';
export { registerAuditRoutes } from './routes.ts';
