import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { DomainError } from '../kernel/errors.ts';
import type { Actor } from '../modules/identity/index.ts';
import type { Metrics } from './metrics.ts';

export interface ProbeDeps {
  readonly worker: Pool;
  readonly metrics: Metrics;
  readonly mayReadMetrics: (actor: Actor) => boolean;
}

/** `/healthz`: the process lives. `/readyz`: it can do its work now. `/metrics`: numbers, for a token that may read them. */
export function registerProbes(app: FastifyInstance, { worker, metrics, mayReadMetrics }: ProbeDeps): void {
  app.get('/healthz', { config: { open: true }, schema: { hide: true } }, async () => ({ status: 'alive' }));
  app.get('/readyz', { config: { open: true }, schema: { hide: true } }, async () => {
    await worker.query('SELECT 1').catch((error: unknown) => {
      throw new DomainError('unavailable', {}, { cause: error });
    });
    return { status: 'ready' };
  });
  app.get('/metrics', { schema: { hide: true } }, async (request, reply) => {
    if (request.actor === null) throw new DomainError('not_authenticated');
    if (!mayReadMetrics(request.actor))
      throw new DomainError('not_allowed', { permission: 'operations:read' });
    return reply.header('content-type', metrics.contentType).send(await metrics.text());
  });
}
