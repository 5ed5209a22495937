export { handOffKind } from './calls.ts';
export { type HandOffRouteDeps, registerHandOffRoutes } from './routes.ts';
export { createHandOffSender, type HandOffSenderDeps } from './sender.ts';
export { createHandOffs, type HandOffDeps, type HandOffs } from './service.ts';
