export { checkLedgerByNight } from './ledger-night.ts';
export { listLedgerKeys } from './ledger-routes.ts';
export { auditPolicy, permissionsToHear } from './policy.ts';
export { registerAuditRoutes } from './routes.ts';
