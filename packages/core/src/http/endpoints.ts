import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { device, type Route } from '../contract/index.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Actor, Call, Endpoints, OpenCall, Reply } from '../modules/identity/index.ts';
import type { Database, Idempotency } from '../storage/index.ts';

export interface EndpointDeps {
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly idempotency: Idempotency;
  /** Throws not_allowed unless the actor has the permission. */
  readonly authorize: (actor: Actor, route: Route) => void;
  /** In tests every answer is checked against the contract. */
  readonly verifyReplies: boolean;
}

const keyShape = /^[\x21-\x7e]{1,200}$/;

export function createEndpoints(
  app: FastifyInstance,
  { database, idempotency, authorize, verifyReplies }: EndpointDeps,
): Endpoints {
  const checked = <R extends Route>(route: R, answer: Reply<R>): Reply<R> =>
    verifyReplies ? (strictly(route.reply).parse(answer) as Reply<R>) : answer;

  const add = (
    route: Route,
    handle: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ): void => {
    app.route({
      method: route.method,
      url: `/api/v1${route.path}`,
      config: { route },
      // HEAD would open a stream without an end, and log the export of a file that nobody gets.
      exposeHeadRoute: route.form === 'json',
      schema: {
        operationId: route.id,
        summary: route.summary,
        tags: [route.id.split('.')[0] ?? ''],
        ...describeParts(route),
      },
      handler: async (request, reply) => {
        assertNothingUnread(route, request.body);
        return handle(request, reply);
      },
    });
  };

  const register = <R extends Route>(
    route: R,
    handle: (call: Call<R>, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>,
  ): void =>
    add(route, async (request, reply) => {
      if (request.actor === null) throw new DomainError('not_authenticated');
      const { params, query, body } = request;
      return handle({ actor: request.actor, params, query, body } as Call<R>, request, reply);
    });

  const openCallOf = <R extends Route>({ guest, query, body }: FastifyRequest): OpenCall<R> => {
    if (guest === null) throw new DomainError('link_not_valid');
    return { guest, query, body } as OpenCall<R>;
  };
  const registerOpen = <R extends Route>(
    route: R,
    answer: (call: OpenCall<R>, request: FastifyRequest) => Promise<Reply<R>>,
  ): void =>
    add(route, async (request, reply) => {
      const found = await answer(openCallOf(request), request);
      return reply.code(route.status).header('cache-control', 'no-store').send(checked(route, found));
    });

  return {
    read: (route, present) =>
      register(route, async (call, _request, reply) => {
        const answer = await database.read(call.actor.municipalityId, async (tx) => {
          authorize(call.actor, route);
          return present(tx, call);
        });
        return reply.code(route.status).send(checked(route, answer));
      }),

    write: (route, act, present) =>
      register(route, async (call, request, reply) => {
        const key = request.headers['idempotency-key'];
        if (key !== undefined && (typeof key !== 'string' || !keyShape.test(key))) {
          throw new DomainError(
            'invalid_input',
            {},
            {
              details: {
                fields: [
                  {
                    in: 'headers',
                    field: 'Idempotency-Key',
                    message: 'is 1 to 200 visible ASCII characters',
                  },
                ],
              },
            },
          );
        }
        const answer = await database.write(call.actor.municipalityId, async (tx) => {
          authorize(call.actor, route);
          if (key === undefined) {
            const made = await act(tx, call);
            return present(tx, made.reference, call, made.fresh);
          }
          let fresh: Awaited<ReturnType<typeof act>>['fresh'];
          const { reference } = await idempotency.once(
            tx,
            { staffId: call.actor.staffId, key, requestHash: hashRequest(request) },
            async () => {
              const made = await act(tx, call);
              fresh = made.fresh;
              return made.reference;
            },
          );
          return present(tx, reference, call, fresh);
        });
        return reply.code(route.status).send(checked(route, answer));
      }),

    openRead: (route, present) =>
      registerOpen(route, (call) => database.read(call.guest.municipalityId, (tx) => present(tx, call))),
    openWrite: (route, act) =>
      registerOpen(route, (call) => database.write(call.guest.municipalityId, (tx) => act(tx, call))),
    openRaw: (route, handle) =>
      registerOpen(route, async (call, request) => {
        const gone = new AbortController();
        const leave = () => gone.abort();
        request.raw.socket.once('close', leave);
        return handle(call, gone.signal).finally(() => request.raw.socket.off('close', leave));
      }),
    openUpload: (route, handle) =>
      registerOpen(route, async (call, request) => {
        if (!(request.body instanceof Readable))
          throw new DomainError('unsupported_media_type', {
            mediaType: request.headers['content-type'] === undefined ? 'none' : 'that was sent',
            expected: 'the file as application/octet-stream',
          });
        return handle({ ...call, device: deviceOf(request) }, request.body);
      }),
    openDownload: (route, act) =>
      add(route, async (request, reply) => {
        const call = openCallOf<typeof route>(request);
        const { mediaType, bytes } = await database.write(call.guest.municipalityId, (tx) => act(tx, call));
        return reply
          .headers({
            'cache-control': 'no-store',
            'content-disposition': 'attachment',
            'content-security-policy': "default-src 'none'; sandbox",
          })
          .type(mediaType)
          .send(bytes);
      }),
    anybody: (route, handle) =>
      add(route, async ({ query, body }, reply) => {
        const answer = await handle({ query, body } as Pick<OpenCall<typeof route>, 'query' | 'body'>);
        return reply.code(route.status).header('cache-control', 'no-store').send(checked(route, answer));
      }),

    raw: (route, handle) =>
      register(route, async (call, request, reply) => {
        authorize(call.actor, route);
        return handle(call, request, reply);
      }),
  };
}

/** @throws DomainError invalid_input */
function deviceOf({ headers }: FastifyRequest): string {
  const read = device.safeParse(headers['naer-device']);
  if (read.success) return read.data;
  const fields = [{ in: 'headers', field: 'Naer-Device', message: 'is what the page made for itself' }];
  throw new DomainError('invalid_input', {}, { details: { fields } });
}

function hashRequest(request: FastifyRequest): Buffer {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(JSON.stringify(request.body ?? null))
    .digest();
}

/** A body where none is read is as good as a misspelt field. An empty object is what some clients send for nothing. */
function assertNothingUnread({ body: schema, form }: Route, body: unknown): void {
  if (!(schema instanceof z.ZodUndefined) || form === 'upload' || body === undefined) return;
  if (typeof body === 'object' && body !== null && !Array.isArray(body) && Object.keys(body).length === 0)
    return;
  const fields = [{ in: 'body', field: '', message: 'is not read here: leave it out' }];
  throw new DomainError('invalid_input', {}, { details: { fields } });
}

/** Unknown fields are refused rather than ignored: a misspelt field would otherwise be lost in silence. */
function strictly(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodObject)) return schema;
  const [strict, described] = [schema.strict(), schema.meta()];
  // A description or example belongs to the one schema it was given to, and the document would lose it here.
  return described === undefined ? strict : strict.meta(described);
}

function describeParts(route: Route): Record<string, unknown> {
  const part = (schema: z.ZodType, name: string) =>
    schema instanceof z.ZodUndefined ? {} : { [name]: strictly(schema) };
  return {
    ...part(route.params, 'params'),
    // Without a declared query nothing is read from it, but a misspelt one is still refused.
    querystring: strictly(route.query instanceof z.ZodUndefined ? z.object({}) : route.query),
    ...part(route.body, 'body'),
    ...(route.form === 'json' ? { response: { [route.status]: route.reply } } : {}),
  };
}
