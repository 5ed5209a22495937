import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { Config } from '../config/index.ts';
import type { Route } from '../contract/index.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Actor } from '../modules/identity/index.ts';
import type { Log } from './logging.ts';
import type { Metrics } from './metrics.ts';
import { registerOpenApi } from './openapi.ts';
import { sendProblem, toDomainError } from './problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until authenticated, and on public addresses. */
    actor: Actor | null;
  }
  interface FastifyContextConfig {
    readonly route?: Route;
    /** Addresses outside the contract that anybody may read: health, documentation. */
    readonly open?: boolean;
  }
}

export interface ServerDeps {
  readonly config: Config['http'];
  readonly log: Log;
  readonly metrics: Metrics;
  /** Finds the actor of a bearer token, or null. */
  readonly authenticate: (token: string) => Promise<Actor | null>;
}

const jsonLimitBytes = 1_000_000;

/** The bare server: limits, authentication, errors, logs and documentation; modules add their routes afterwards. */
export async function createServer({
  config,
  log,
  metrics,
  authenticate,
}: ServerDeps): Promise<FastifyInstance> {
  const tls =
    config.tls === null
      ? null
      : { cert: await readFile(config.tls.certFile), key: await readFile(config.tls.keyFile) };
  const app = fastify({
    ...(tls === null ? {} : { https: tls }),
    logger: false,
    bodyLimit: jsonLimitBytes,
    trustProxy: config.trustedProxies.length === 0 ? false : [...config.trustedProxies],
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200 },
    // A request whose client went silent is ended; uploads and event streams set their own.
    requestTimeout: 120_000,
    forceCloseConnections: 'idle',
  }) as unknown as FastifyInstance;

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.decorateRequest('actor', null);
  // Files are passed on as they arrive; the import limits and spools them.
  app.addContentTypeParser(
    ['text/csv', 'text/plain', 'text/tab-separated-values', 'application/octet-stream'],
    (_request, payload, done) => done(null, payload),
  );

  app.setErrorHandler((thrown, request, reply) => {
    const error = toDomainError(thrown, request.id);
    if (error.code === 'internal' || error.code === 'unavailable') {
      log.error({ requestId: request.id, route: request.routeOptions.url, err: error }, 'request failed');
    }
    return sendProblem(request, reply, error);
  });
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, new DomainError('route_not_found')));

  await app.register(helmet, {
    contentSecurityPolicy: false,
    strictTransportSecurity: tls !== null || config.publicUrl?.startsWith('https:') === true,
  });
  if (config.requestsPerMinute > 0) {
    await app.register(rateLimit, {
      max: config.requestsPerMinute,
      timeWindow: 60_000,
      keyGenerator: (request) => request.headers.authorization ?? request.ip,
      errorResponseBuilder: (_request, context) =>
        new DomainError('too_many_requests', { seconds: Math.ceil(context.ttl / 1000) }),
    });
  }

  app.addHook('onRequest', async (request) => {
    const { route, open } = request.routeOptions.config;
    if (open === true || (route === undefined && request.is404) || route?.access === 'public') return;
    const [, token] = /^Bearer ([\x21-\x7e]{1,200})$/.exec(request.headers.authorization ?? '') ?? [];
    request.actor = token === undefined ? null : await authenticate(token);
    if (request.actor === null) throw new DomainError('not_authenticated');
  });

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.observeRequest(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
    log.info(
      {
        requestId: request.id,
        method: request.method,
        route,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        staff: request.actor?.staffId,
      },
      'request',
    );
  });

  await registerOpenApi(app);
  return app;
}
