export { visitsPolicy } from './policy.ts';
export { visitLeaf } from './record.ts';
export { registerVisitRoutes } from './routes.ts';
export { createVisits, type VisitsService } from './service.ts';
export { deleteNotesOf, type VisitRow } from './store.ts';
