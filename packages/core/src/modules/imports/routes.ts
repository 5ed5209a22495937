import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { api, type Route } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Columns } from '../../tabular/shape.ts';
import { writeCsv } from '../../tabular/write.ts';
import type { Actor, Call, Endpoints } from '../identity/index.ts';
import type { Importer } from './importer.ts';
import { type ImportDeps, type ImportOptions, presentRun, runImport } from './run.ts';
import type { Spool } from './spool.ts';

/** A list as a file: its headings and its rows, in the shape that import takes. */
export interface ExportedTable {
  readonly headings: readonly string[];
  readonly rows: AsyncIterable<readonly (string | null)[]> | Iterable<readonly (string | null)[]>;
}

/**
 * Runs `send` with the table inside a transaction. The table is only valid until `send` returns, so it is spooled there
 * and sent to the network afterwards.
 */
export type Exporter<R extends Route> = (
  call: Call<R>,
  send: (table: ExportedTable) => Promise<void>,
) => Promise<void>;

type UploadRoute = typeof api.imports.citizens | typeof api.imports.staff | typeof api.imports.rooms;

export interface ImportRouteDeps extends ImportDeps {
  readonly spool: Spool;
  readonly exportCitizens: Exporter<typeof api.imports.exportCitizens>;
  readonly exportStaff: Exporter<typeof api.imports.exportStaff>;
  readonly exportRooms: Exporter<typeof api.imports.exportRooms>;
}

export function registerImportRoutes(
  endpoints: Endpoints,
  deps: ImportRouteDeps,
): {
  /** Lets a file be imported at a route. */
  importAt<C extends Columns, Known>(route: UploadRoute, importer: Importer<C, Known>): void;
} {
  const { spool } = deps;
  const routes = api.imports;

  endpoints.read(routes.show, async (tx, { actor, params }) => {
    const row = await tx.importRun.findFirst({ where: { id: params.id, staffId: actor.staffId } });
    if (row === null) throw new DomainError('not_found', { kind: 'import' });
    return presentRun(row);
  });

  const exportAt = <R extends Route>(route: R, fileName: string, exporter: Exporter<R>) =>
    endpoints.raw(route, async (call, _request, reply: FastifyReply) => {
      let kept: Awaited<ReturnType<Spool['keep']>> | null = null;
      await exporter(call, async ({ headings, rows }) => {
        kept = await spool.keep(writeCsv(headings, rows));
      });
      if (kept === null) throw new Error('an exporter must send its table');
      const { source, dispose } = kept as Awaited<ReturnType<Spool['keep']>>;
      const body = Readable.from(source());
      body.once('close', () => void dispose());
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="${fileName}"`)
        .header('cache-control', 'no-store')
        .send(body);
    });
  exportAt(routes.exportCitizens, 'citizens.csv', deps.exportCitizens);
  exportAt(routes.exportStaff, 'staff.csv', deps.exportStaff);
  exportAt(routes.exportRooms, 'rooms.csv', deps.exportRooms);

  return {
    importAt: (route, importer) =>
      endpoints.raw(
        route as UploadRoute,
        async ({ actor, query }: { actor: Actor; query: ImportOptions }, request) => {
          if (!(request.body instanceof Readable)) {
            throw new DomainError('unsupported_media_type', {
              mediaType: request.headers['content-type'] === undefined ? 'none' : 'that was sent',
              expected: 'the file as text/csv or application/octet-stream',
            });
          }
          const file = await spool.keep(request.body);
          try {
            return await runImport(importer, actor, file.source, query, deps);
          } finally {
            await file.dispose();
          }
        },
      ),
  };
}
