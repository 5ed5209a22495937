import type { FastifyInstance, FastifyReply } from 'fastify';
import { DomainError } from '../kernel/errors.ts';
import { findHead, findTile, hashLength, parseTilePath } from '../ledger/index.ts';
import { listLedgerKeys } from '../modules/audit/index.ts';
import type { Database, ReadTx } from '../storage/index.ts';

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
/** What is published never changes, so it may be kept for a year (C2SP tlog-tiles); but for a demo, whose log is made anew. */
const forGood = 'public, max-age=31536000, immutable';
/** Parts of a tile's index: four groups of three digits, and the width of one that is not full. */
const deepest = 5;
const forSeconds = 'public, max-age=5';

/**
 * What anybody may see of a log: keys, the signed head and the hashes of its tree (C2SP tlog-tiles), so that witnesses and
 * auditors need no token. Entries are never among it. The address of a log is `<public URL>/ledger/<municipality's id>`.
 */
export function registerLedgerPages(
  app: FastifyInstance,
  { database }: { readonly database: Pick<Database, 'read'> },
): void {
  const options = { config: { open: true }, schema: { hide: true } };
  const missing = () => new DomainError('route_not_found');
  const readOf = async <Result>(params: unknown, work: (tx: ReadTx) => Promise<Result>): Promise<Result> => {
    const { municipalityId } = params as { municipalityId: string };
    if (!uuid.test(municipalityId)) throw missing();
    return database.read(municipalityId, work);
  };
  const sendText = (reply: FastifyReply, text: string | null) => {
    if (text === null || text === '') throw missing();
    return reply.header('cache-control', forSeconds).type('text/plain; charset=utf-8').send(text);
  };

  app.get('/ledger/:municipalityId/keys', options, async ({ params }, reply) => {
    const keys = await readOf(params, listLedgerKeys);
    const lines = keys.map(({ purpose, verifier, fromSize }) =>
      purpose === 'log' ? `${verifier.verifierKey} ${fromSize}\n` : `${verifier.verifierKey}\n`,
    );
    return sendText(reply, lines.join(''));
  });
  app.get('/ledger/:municipalityId/checkpoint', options, async ({ params }, reply) => {
    const head = await readOf(params, findHead);
    return sendText(reply, head?.note ?? null);
  });
  // Every depth by its name: what a wildcard serves, nobody who lists the addresses can see.
  for (let depth = 1; depth <= deepest; depth += 1) {
    const parts = Array.from({ length: depth }, (_, n) => `part${n}`);
    const address = `/ledger/:municipalityId/tile/:level/${parts.map((part) => `:${part}`).join('/')}`;
    app.get(address, options, async ({ params }, reply) => {
      const named = params as Readonly<Record<string, string>>;
      const place = parseTilePath(['tile', named.level, ...parts.map((part) => named[part])].join('/'));
      if (place === null) throw missing();
      const { level, index, width } = place;
      const { hashes, isDemo } = await readOf(params, async (tx) => ({
        hashes: await findTile(tx, level, index),
        isDemo: (await tx.municipality.findFirst({ select: { isDemo: true } }))?.isDemo === true,
      }));
      if (hashes === null || hashes.length < width * hashLength) throw missing();
      return reply
        .header('cache-control', isDemo ? forSeconds : forGood)
        .type('application/octet-stream')
        .send(hashes.subarray(0, width * hashLength));
    });
  }
}
