export { createHandOffSender, type HandOffSenderDeps, handOffKind } from './hand-off/index.ts';
export { createVisitsImporter } from './import/importer.ts';
export { createVisitsModule, type VisitsModule } from './module.ts';
export { visitsPolicy } from './policy.ts';
export { visitLeaf } from './record.ts';
