export type { GoodRow, ImportCounts, Importer } from './importer.ts';
export { type ExportedTable, type Exporter, registerImportRoutes } from './routes.ts';
export { createSpool, type Spool, type Spooled } from './spool.ts';
