import { Readable } from 'node:stream';
import { api } from '../../../contract/index.ts';
import { decodeCursor, instantKey, toPage, uuidKey } from '../../../kernel/cursor.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { Database, ReadTx } from '../../../storage/index.ts';
import type { Endpoints } from '../../identity/index.ts';
import type { Spool, Spooled } from '../../imports/index.ts';
import { presentHandOff } from './presenter.ts';
import type { HandOffs } from './service.ts';
import { findHandOff, listHandOffs } from './store.ts';

export interface HandOffRouteDeps {
  readonly handOffs: HandOffs;
  readonly database: Pick<Database, 'write'>;
  readonly spool: Spool;
}

/** The visits of a whole municipality take seconds; see `exportTimeoutMs` of app.ts. */
const exportTimeoutMs = 300_000;
const mediaTypes = { csv: 'text/csv; charset=utf-8', json: 'application/json; charset=utf-8' };

export function registerHandOffRoutes(
  endpoints: Endpoints,
  { handOffs, database, spool }: HandOffRouteDeps,
): void {
  const routes = api.handOff;

  const present = async (tx: ReadTx, id: string) => {
    const row = await findHandOff(tx, id);
    if (row === null) throw new DomainError('not_found', { kind: 'hand-off' });
    return presentHandOff(row);
  };

  endpoints.read(routes.list, async (tx, { actor, query }) => {
    const { limit, cursor, state, worker, from, to } = query;
    const rows = await listHandOffs(tx, actor, {
      state,
      worker: worker ?? null,
      from: from === undefined ? null : new Date(from),
      to: to === undefined ? null : new Date(to),
      after: cursor === undefined ? null : decodeCursor(cursor, [instantKey, uuidKey]),
      limit: limit + 1,
    });
    return toPage(rows, limit, presentHandOff, (row) => [row.createdAt.toISOString(), row.id]);
  });

  endpoints.write(
    routes.read,
    async (tx, { actor, params }) => ({
      reference: params.id,
      fresh: await handOffs.read(tx, actor, params.id),
    }),
    // A repeated request has nothing fresh: it is another reading, and logged as one.
    async (tx, visitId, { actor }, fresh) => fresh ?? handOffs.read(tx, actor, visitId),
  );
  endpoints.write(
    routes.markByHand,
    async (tx, { actor, params, body }) => ({
      reference: await handOffs.markByHand(tx, actor, params.id, body.revision),
    }),
    present,
  );
  endpoints.write(
    routes.retry,
    async (tx, { actor, params }) => ({ reference: await handOffs.retry(tx, actor, params.id) }),
    present,
  );

  // Spooled within the transaction that counts it as handed off, sent when that is certain. One that does not arrive is
  // asked for again under the same id.
  endpoints.raw(routes.exportBatch, async ({ actor, body }, _request, reply) => {
    const kept: Spooled[] = [];
    try {
      await database.write(
        actor.municipalityId,
        async (tx) => {
          // A transaction that is run again makes its file again.
          for (const stale of kept.splice(0)) await stale.dispose();
          kept.push(await spool.keep(await handOffs.exportBatch(tx, actor, body)));
        },
        { timeoutMs: exportTimeoutMs },
      );
    } catch (error) {
      for (const stale of kept) await stale.dispose();
      throw error;
    }
    const [file] = kept;
    if (file === undefined) throw new Error('an export makes a file');
    const content = Readable.from(file.source());
    content.once('close', () => void file.dispose());
    return reply
      .header('content-type', mediaTypes[body.format])
      .header('content-disposition', `attachment; filename="hand-off.${body.format}"`)
      .header('cache-control', 'no-store')
      .send(content);
  });
}
