import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { Config } from '../config/index.ts';
import { demoHeader, type Route } from '../contract/index.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Actor, Guest } from '../modules/identity/index.ts';
import { takeStrictJson } from './json-body.ts';
import type { Log } from './logging.ts';
import type { Metrics } from './metrics.ts';
import { registerOpenApi } from './openapi.ts';
import { sendProblem, toDomainError, unsupportedMediaType } from './problems.ts';
import { refuseUnreadable } from './unreadable.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until authenticated, and on public addresses. */
    actor: Actor | null;
    /** Whose seat the link opens, on addresses with access `call-link`; else null. */
    guest: Guest | null;
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
  /** Finds the seat that a link opens, or null. */
  readonly authenticateGuest: (token: string) => Promise<Guest | null>;
}

const jsonLimitBytes = 1_000_000;

/** The bare server: limits, authentication, errors, logs and documentation; modules add their routes afterwards. */
export async function createServer({
  config,
  log,
  metrics,
  authenticate,
  authenticateGuest,
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
    clientErrorHandler: refuseUnreadable,
    // What fails before a route is found, such as an address with broken percent signs.
    frameworkErrors: (error, request, reply) =>
      void sendProblem(request, reply, toDomainError(error, request)),
  }) as unknown as FastifyInstance;

  closeSilentConnections(app);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
  app.decorateRequest('actor', null);
  app.decorateRequest('guest', null);
  takeStrictJson(app);
  // Files are passed on as they arrive; the import limits and spools them.
  app.addContentTypeParser(
    ['text/csv', 'text/plain', 'text/tab-separated-values', 'application/octet-stream'],
    (request, payload, done) =>
      request.routeOptions.config.route?.form === 'upload'
        ? done(null, payload)
        : done(unsupportedMediaType(request, 'application/json')),
  );

  app.setErrorHandler((thrown, request, reply) => {
    const error = toDomainError(thrown, request);
    if (error.code === 'internal' || error.code === 'unavailable') {
      log.error({ requestId: request.id, route: request.routeOptions.url, err: error }, 'request failed');
    }
    return sendProblem(request, reply, error);
  });
  const methodsAt = collectMethods(app);
  app.setNotFoundHandler((request, reply) => {
    const allowed = methodsAt(request.url);
    if (allowed === '') return sendProblem(request, reply, new DomainError('route_not_found'));
    void reply.header('allow', allowed);
    if (request.method === 'OPTIONS') return reply.code(204).send();
    return sendProblem(
      request,
      reply,
      new DomainError('method_not_allowed', { method: request.method, allowed }),
    );
  });

  await app.register(helmet, {
    contentSecurityPolicy: false,
    strictTransportSecurity: tls !== null || config.publicUrl?.startsWith('https:') === true,
  });
  const limits = config.requestsPerMinute === 0 ? null : await limitRequests(app, config.requestsPerMinute);

  app.addHook('onRequest', async (request, reply) => {
    const { route, open } = request.routeOptions.config;
    if (open === true || (route === undefined && request.is404) || route?.access === 'public') return;
    const token = bearerToken(request);
    if (route?.access === 'call-link') {
      request.guest = token === null ? null : await authenticateGuest(token);
      if (request.guest === null) {
        await limits?.countGuess(request);
        throw new DomainError('link_not_valid');
      }
      if (request.guest.isDemo) reply.raw.setHeader(demoHeader, '1');
      return;
    }
    request.actor = token === null ? null : await authenticate(token);
    if (request.actor !== null) {
      // On the bare answer, so that refusals, files and streams carry it as well.
      if (request.actor.isDemo) reply.raw.setHeader(demoHeader, '1');
      return;
    }
    await limits?.countGuess(request);
    throw new DomainError('not_authenticated');
  });

  // Before it is compared, the right one as well: what is tried beyond the limit learns nothing.
  app.addHook('preHandler', async (request) => {
    await limits?.countRare(request);
    if (request.guest !== null && givesPin(request.body)) await limits?.countGuess(request);
  });

  app.addHook('onSend', async (request, reply) => {
    void reply.header('x-request-id', request.id);
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

/**
 * A connection that never asked anything counts as busy to Node, so a browser that connected ahead of need would hold up the
 * stop for more than a minute. Once the last answer is given, whatever is still connected waits for nothing.
 */
function closeSilentConnections(app: FastifyInstance): void {
  let underWay = 0;
  let closing = false;
  const closeWhenAnswered = () => {
    if (closing && underWay === 0) app.server.closeAllConnections();
  };
  app.server.on('request', (_request, response) => {
    underWay += 1;
    response.once('close', () => {
      underWay -= 1;
      closeWhenAnswered();
    });
  });
  app.addHook('preClose', async () => {
    closing = true;
    closeWhenAnswered();
  });
}

/**
 * Requests are counted per token, or per address without one, before anything is looked up. Tokens that do not hold are
 * counted per address as well, or else everybody could have as many buckets as tokens they make up; so are the codes that are
 * typed for links. Some routes have a limit of their own for each address. A token that holds is not turned away for what others behind the same address try.
 */
async function limitRequests(app: FastifyInstance, perMinute: number) {
  const refusal = (ttlMs: number) =>
    new DomainError('too_many_requests', { seconds: Math.max(1, Math.ceil(ttlMs / 1000)) });
  await app.register(rateLimit, {
    global: false,
    max: perMinute,
    timeWindow: 60_000,
    keyGenerator: (request) => (isForAnybody(request) ? null : bearerToken(request)) ?? request.ip,
    // Whoever watches the service must not be turned away because somebody behind the same address is busy; nor the media
    // server, which tells of everybody's calls from one address and is known by its signature.
    allowList: (request) =>
      ['/healthz', '/readyz', '/media/webhook'].includes(request.routeOptions.url ?? ''),
    errorResponseBuilder: (_request, { ttl }) => refusal(ttl),
  });
  app.addHook('onRequest', app.rateLimit());
  const guesses = app.createRateLimit({ keyGenerator: (request) => request.ip });
  const rareOf = ({ routeOptions: { config } }: FastifyRequest) => config.route?.perMinute ?? null;
  const rare = app.createRateLimit({
    max: (request) => rareOf(request) ?? perMinute,
    keyGenerator: (request) => `${request.routeOptions.config.route?.id} ${request.ip}`,
  });
  return {
    /** Of routes with a limit of their own. @throws DomainError too_many_requests */
    countRare: async (request: FastifyRequest): Promise<void> => {
      if (rareOf(request) === null) return;
      const count = await rare(request);
      if (!count.isAllowed && count.isExceeded) throw refusal(count.ttl);
    },

    /** @throws DomainError too_many_requests */
    countGuess: async (request: FastifyRequest): Promise<void> => {
      const count = await guesses(request);
      if (!count.isAllowed && count.isExceeded) throw refusal(count.ttl);
    },
  };
}

const givesPin = (body: unknown): boolean => typeof body === 'object' && body !== null && 'pin' in body;

/** Where nobody looks at a token, one that is made up makes nobody another. */
const isForAnybody = ({ routeOptions: { config } }: FastifyRequest): boolean =>
  config.open === true || config.route?.access === 'public';

/** RFC 6750, section 2.1; the scheme is case-insensitive (RFC 9110, section 11.1). */
function bearerToken(request: FastifyRequest): string | null {
  return /^Bearer ([\x21-\x7e]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** Which methods an address takes, as an Allow header has it (RFC 9110, section 10.2.1); empty for an unknown address. */
function collectMethods(app: FastifyInstance): (url: string) => string {
  const known = new Map<string, { readonly shape: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const shape = new RegExp(
      `^${url.replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+').replaceAll('*', '.*')}$`,
    );
    const { methods } = known.get(url) ?? { methods: new Set<string>() };
    for (const each of [method].flat()) methods.add(each);
    known.set(url, { shape, methods });
  });
  return (url) => {
    const [path = ''] = url.split('?');
    const found = [...known.values()].filter(({ shape }) => shape.test(path));
    return [...new Set(found.flatMap(({ methods }) => [...methods]))].sort().join(', ');
  };
}
