import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { api, type Route } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Columns } from '../../tabular/shape.ts';
import { writeCsv } from '../../tabular/write.ts';
import type { Actor, Call, Endpoints } from '../identity/index.ts';
import type { Importer } from './importer.ts';
import { type ImportDeps, type ImportOptions, presentRun, runImport } from './run.ts';
import type { Spool, Spooled } from './spool.ts';

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

type UploadRoute = (typeof api.imports)['citizens' | 'staff' | 'rooms' | 'visits'];

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
  const oneOfFew = createLimit(atOnce);
  const routes = api.imports;

  endpoints.read(routes.show, async (tx, { actor, params }) => {
    const row = await tx.importRun.findFirst({ where: { id: params.id, staffId: actor.staffId } });
    if (row === null) throw new DomainError('not_found', { kind: 'import' });
    return presentRun(row);
  });

  const exportAt = <R extends Route>(route: R, fileName: string, exporter: Exporter<R>) =>
    endpoints.raw(route, async (call, _request, reply: FastifyReply) => {
      const { source, dispose } = await oneOfFew(() => spoolTable(spool, (send) => exporter(call, send)));
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
            return await oneOfFew(() => runImport(importer, actor, file.source, query, deps));
          } finally {
            await file.dispose();
          }
        },
      ),
  };
}

/** Each holds a connection for as long as it takes and needs a second one for its progress: the others work on. */
const atOnce = 3;

/** @throws DomainError unavailable, when so many are under way in this process */
function createLimit(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let running = 0;
  return async (work) => {
    if (running >= most) throw new DomainError('unavailable');
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
    }
  };
}

/** Spools what an exporter sends; when its transaction is run again or fails, what was spooled before is deleted. */
async function spoolTable(
  spool: Spool,
  run: (send: (table: ExportedTable) => Promise<void>) => Promise<void>,
): Promise<Spooled> {
  const kept: Spooled[] = [];
  const forget = (files: readonly Spooled[]) => Promise.all(files.map((file) => file.dispose()));
  try {
    await run(async ({ headings, rows }) => {
      kept.push(await spool.keep(writeCsv(headings, rows)));
    });
  } catch (error) {
    await forget(kept);
    throw error;
  }
  const last = kept.pop();
  await forget(kept);
  if (last === undefined) throw new Error('an exporter must send its table');
  return last;
}
