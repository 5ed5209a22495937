import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { ChangeEvents, Database } from '../../storage/index.ts';
import { markByReceipt } from './store.ts';

export interface ReceiptDeps {
  readonly database: Pick<Database, 'worker' | 'write'>;
  readonly clock: Clock;
  readonly changes: ChangeEvents;
  /** The one that the gateway knows us by. */
  readonly token: string;
}

const receipt = z.object({ id: z.string().min(1).max(200), status: z.enum(['delivered', 'failed']) });

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Where the SMS gateway tells what became of a message: `POST /messages/receipts {id, status}` with the shared token. The
 * same receipt may come any number of times. 404 for an id that is not known yet, or not any more: gateways repeat.
 */
export function registerReceipts(
  app: FastifyInstance,
  { database, clock, changes, token }: ReceiptDeps,
): void {
  const expected = digest(`Bearer ${token}`);
  app.post(
    '/messages/receipts',
    { config: { open: true }, schema: { hide: true } },
    async (request, reply) => {
      if (!timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
        throw new DomainError('not_authenticated');
      const told = receipt.safeParse(request.body);
      if (!told.success) throw new DomainError('invalid_input');
      const { id, status } = told.data;
      const { rows } = await database.worker.query<{ municipality_id: string }>(
        'SELECT municipality_id FROM message WHERE receipt = $1',
        [id],
      );
      const [found] = rows;
      if (found === undefined) throw new DomainError('not_found', { kind: 'message' });
      await database.write(found.municipality_id, async (tx) => {
        const failed = await markByReceipt(tx, id, status, clock.now());
        await changes.append(
          tx,
          ...failed.map((message) => ({
            type: 'message.failed',
            entity: { kind: 'message', id: message.id },
            data: { kind: message.kind, channel: message.channel },
          })),
        );
      });
      return reply.code(204).send();
    },
  );
}
