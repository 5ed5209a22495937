export { createHandOffSender, type HandOffSenderDeps, handOffKind } from './hand-off/index.ts';
export { createVisitsImporter } from './import/importer.ts';
export { createVisitsModule, type VisitsModule } from './module.ts';
export { visitsPolicy } from './policy.ts';
export { type VisitListener, visitLeaf } from './record.ts';
export type { VisitsService } from './service.ts';
export { getVisit, getVisits, listPlanned, lockStaffCalendars, lockVisits, type VisitRow } from './store.ts';
export { readVisitRules } from './visit-rules.ts';
