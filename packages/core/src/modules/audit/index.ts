export { auditPolicy, permissionToHear } from './policy.ts';
export { registerAuditRoutes } from './routes.ts';
