import { Readable } from 'node:stream';
import { api, keyPurposes, type LedgerCheck } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { decodeCursor, toPage } from '../../kernel/cursor.ts';
import {
  exportLedger,
  findHead,
  type Ledger,
  type LedgerKeys,
  listCheckpoints,
  listLeaves,
  listWitnesses,
  type PublicKeyRow,
  requireCheckpoint,
  requireLeaf,
  requireWitness,
  runLedgerCheck,
} from '../../ledger/index.ts';
import { type ChangeEvents, type Database, Prisma, queryHot, type ReadTx } from '../../storage/index.ts';
import type { Endpoints } from '../identity/index.ts';
import {
  presentCheckpoint,
  presentKey,
  presentLastCheck,
  presentLeaf,
  presentWitness,
  toPublicKey,
} from './ledger-presenter.ts';
import { createLedgerService } from './ledger-service.ts';

export interface LedgerRouteDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly ledgerKeys: LedgerKeys;
}

const placeKey = /^(0|[1-9]\d{0,17})$/;

export function registerLedgerRoutes(
  endpoints: Endpoints,
  { clock, ledger, changes, database, ledgerKeys }: LedgerRouteDeps,
): void {
  const routes = api.ledger;
  const service = createLedgerService({ clock, ledger, changes, keys: ledgerKeys });

  endpoints.read(routes.head, async (tx) => {
    const head = await findHead(tx);
    const lastCheck = await tx.ledgerCheck.findFirst({ orderBy: { checkedAt: 'desc' } });
    return {
      checkpoint: head === null ? null : presentCheckpoint(head),
      waiting: await countWaiting(tx, head?.size ?? 0n),
      lastCheck: presentLastCheck(lastCheck),
    };
  });

  endpoints.read(routes.listLeaves, async (tx, { query }) => {
    const [from] = query.cursor === undefined ? [query.from] : decodeCursor(query.cursor, [placeKey]);
    const rows = await listLeaves(tx, BigInt(from), query.limit + 1);
    return toPage(rows, query.limit, presentLeaf, (row) => [String(row.index + 1n)]);
  });
  endpoints.read(routes.showLeaf, async (tx, { params }) =>
    presentLeaf(await requireLeaf(tx, BigInt(params.index))),
  );

  endpoints.read(routes.listCheckpoints, async (tx, { query }) => {
    const { limit, cursor, signedBefore } = query;
    const rows = await listCheckpoints(tx, {
      ...(cursor === undefined ? {} : { upTo: BigInt(decodeCursor(cursor, [placeKey])[0]) }),
      ...(signedBefore === undefined ? {} : { signedBefore: new Date(signedBefore) }),
      limit: limit + 1,
    });
    return toPage(rows, limit, presentCheckpoint, (row) => [String(row.size > 0n ? row.size - 1n : 0n)]);
  });
  endpoints.read(routes.showCheckpoint, async (tx, { params }) =>
    presentCheckpoint(await requireCheckpoint(tx, BigInt(params.size))),
  );

  endpoints.read(routes.proveInclusion, async (tx, { query }) => {
    const { checkpoint, leafHash, file } = await service.proveInclusion(tx, query.index, query.size);
    return {
      index: query.index,
      size: String(checkpoint.size),
      leafHash: leafHash.toString('base64'),
      proof: file,
    };
  });
  endpoints.read(routes.proveConsistency, async (tx, { query }) => {
    const { checkpoint, hashes } = await service.proveGrowth(tx, query.from, query.size);
    return {
      from: query.from,
      size: String(checkpoint.size),
      hashes: hashes.map((hash) => hash.toString('base64')),
      checkpoint: presentCheckpoint(checkpoint),
    };
  });

  endpoints.raw(routes.export, async ({ actor, query }, _request, reply) => {
    const size = query.size === undefined ? null : BigInt(query.size);
    const file = await exportLedger(database, actor.municipalityId, size);
    // Whoever goes away ends the reading with it: the stream is destroyed, and the generator returns.
    return reply
      .header('content-type', 'application/x-tar')
      .header('content-disposition', `attachment; filename="ledger-${file.size}.tar"`)
      .header('cache-control', 'no-store')
      .send(Readable.from(file.bytes, { objectMode: false }));
  });

  // It reads for as long as the log is long, page by page, and only what it found is a write: not one transaction. Whoever asks
  // while it runs gets the same answer, so that impatience does not read the log twice at once.
  const underWay = new Map<string, Promise<LedgerCheck>>();
  endpoints.raw(routes.check, async ({ actor: { municipalityId } }, _request, reply) => {
    const running =
      underWay.get(municipalityId) ??
      runLedgerCheck({ database, clock, changes }, municipalityId).finally(() =>
        underWay.delete(municipalityId),
      );
    underWay.set(municipalityId, running);
    return reply.send(await running);
  });

  endpoints.read(routes.listKeys, async (tx) => ({
    items: (await listLedgerKeys(tx)).map(presentKey),
    next: null,
  }));
  endpoints.write(
    routes.rotateKey,
    async (tx, { actor, body }) => {
      const { verifier } = await service.rotateKey(tx, actor, body.purpose);
      return { reference: `${body.purpose} ${verifier.keyId}` };
    },
    async (tx, reference) => {
      const [purpose = '', keyId = ''] = reference.split(' ');
      return presentKey(toPublicKey(await tx.ledgerKey.findFirstOrThrow({ where: { purpose, keyId } })));
    },
  );

  endpoints.read(routes.listWitnesses, async (tx) => ({
    items: (await listWitnesses(tx)).map(presentWitness),
    next: null,
  }));
  const showWitness = async (tx: ReadTx, id: string) => presentWitness(await requireWitness(tx, id));
  endpoints.write(
    routes.trustWitness,
    async (tx, { actor, body }) => ({ reference: await service.trustWitness(tx, actor, body.verifierKey) }),
    showWitness,
  );
  endpoints.write(
    routes.endWitness,
    async (tx, { actor, params }) => {
      await service.endWitness(tx, actor, params.id);
      return { reference: params.id };
    },
    showWitness,
  );
  endpoints.read(routes.askWitness, async (tx, { query }) => {
    const { checkpoint, request } = await service.askWitness(tx, query.from, query.size);
    return { from: query.from, size: String(checkpoint.size), request };
  });
  endpoints.write(
    routes.addCosignature,
    async (tx, { actor, body }) => ({
      reference: String(await service.addCosignatures(tx, actor, body.note)),
    }),
    async (tx, size) => presentCheckpoint(await requireCheckpoint(tx, BigInt(size))),
  );
  endpoints.write(
    routes.cosign,
    async (tx, { actor, body }) => {
      const fresh = await service.cosign(tx, actor, body);
      return { reference: fresh.origin, fresh };
    },
    // A repeated request finds the head that was remembered, and gets the same cosignature of it.
    async (tx, _origin, { actor, body }, fresh) => {
      const { origin, size, signature, cosignedAt } = fresh ?? (await service.cosign(tx, actor, body));
      return { origin, size: String(size), signature, cosignedAt: cosignedAt.toISOString() };
    },
  );
}

/** The public halves of all keys that sign: those of the log first, the one in use last among them. */
export async function listLedgerKeys(tx: ReadTx): Promise<readonly PublicKeyRow[]> {
  const rows = await tx.ledgerKey.findMany({
    // What contributions are encrypted to is kept beside them, and is no key that verifies anything.
    where: { purpose: { in: [...keyPurposes] } },
    orderBy: [{ purpose: 'asc' }, { fromSize: 'asc' }, { createdAt: 'asc' }, { keyId: 'asc' }],
  });
  return rows.map(toPublicKey);
}

/** Leaves that are committed and under no signed checkpoint, placed or not. */
async function countWaiting(tx: ReadTx, signed: bigint): Promise<number> {
  const [row] = await queryHot<{ n: number }>(
    tx,
    Prisma.sql`
      SELECT (SELECT count(*) FROM ledger_leaf WHERE "index" IS NULL)::int
        + (SELECT count(*) FROM ledger_leaf WHERE "index" >= ${signed}::bigint)::int AS n`,
  );
  return row?.n ?? 0;
}
