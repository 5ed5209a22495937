import { api } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { decodeCursor, instantKey, toPage, uuidKey } from '../../kernel/cursor.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Ledger, LedgerKeys } from '../../ledger/index.ts';
import type { ChangeEvents, Database, OutboxMessageRow, ReadTx } from '../../storage/index.ts';
import { assertAllowed, type Endpoints } from '../identity/index.ts';
import { registerLedgerRoutes } from './ledger-routes.ts';
import { auditPolicy } from './policy.ts';

export interface AuditRouteDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly ledgerKeys: LedgerKeys;
  /** Makes a new master key and rewraps everything; resumable, so it runs outside the request's transaction. */
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly listMunicipalityIds: () => Promise<readonly string[]>;
  readonly rotateMasterKey: () => Promise<{ readonly keyId: string; readonly rewrapped: number }>;
}

const presentMessage = (row: OutboxMessageRow) => ({
  id: row.id,
  kind: row.kind,
  state: row.state as 'pending' | 'done' | 'dead',
  attempts: row.attempts,
  nextAttemptAt: row.nextAttemptAt.toISOString(),
  lastError: row.lastError,
  createdAt: row.createdAt.toISOString(),
});

export function registerAuditRoutes(
  endpoints: Endpoints,
  { clock, ledger, changes, ledgerKeys, database, listMunicipalityIds, rotateMasterKey }: AuditRouteDeps,
): void {
  const routes = api.operations;
  registerLedgerRoutes(endpoints, { clock, ledger, changes, database, ledgerKeys });

  const showMessage = async (tx: ReadTx, id: string) => {
    const row = await tx.outboxMessage.findUnique({ where: { id } });
    if (row === null) throw new DomainError('not_found', { kind: 'message' });
    return presentMessage(row);
  };
  endpoints.read(routes.listOutbox, async (tx, { query }) => {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, [instantKey, uuidKey]);
    const rows = await tx.outboxMessage.findMany({
      where: {
        state: query.state,
        ...(after === null
          ? {}
          : { OR: [{ createdAt: { gt: after[0] } }, { createdAt: after[0], id: { gt: after[1] } }] }),
      },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: query.limit + 1,
    });
    return toPage(rows, query.limit, presentMessage, (row) => [row.createdAt.toISOString(), row.id]);
  });
  endpoints.write(
    routes.retryOutbox,
    async (tx, { actor, params }) => {
      assertAllowed(auditPolicy, actor, 'operations:retry');
      const now = clock.now();
      // Attempts are kept: a message that fails again is dead again at once, not after hours.
      await tx.outboxMessage.updateMany({
        where: { id: params.id, state: 'dead' },
        data: { state: 'pending', nextAttemptAt: now, leasedUntil: null },
      });
      return { reference: params.id };
    },
    (tx, reference) => showMessage(tx, reference),
  );

  // The rotation works through the whole vault in small transactions of its own and can be resumed, so it is neither one
  // transaction nor repeated by an Idempotency-Key: asking twice rotates twice, which does no harm.
  endpoints.raw(routes.rotateMasterKey, async ({ actor }, _request, reply) => {
    const { keyId, rewrapped } = await rotateMasterKey();
    for (const municipalityId of await listMunicipalityIds()) {
      await database.write(municipalityId, async (tx) => {
        await ledger.append(tx, municipalityId === actor.municipalityId ? actor.staffId : 'system', {
          type: 'vault.master-key-rotated',
          keyId,
        });
        await changes.append(tx, { type: 'master-key.rotated', entity: { kind: 'master-key', id: keyId } });
      });
    }
    return reply.send({ keyId, rewrapped, rotatedAt: clock.now().toISOString() });
  });
}
