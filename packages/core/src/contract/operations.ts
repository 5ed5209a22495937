import { z } from 'zod';
import { byId, id, instant, page, pageQuery } from './primitives.ts';
import { route } from './route.ts';

/** A change that listeners hear of, in the order of `position` (per municipality, from 1; growing, with gaps where events were erased or have served their time). */
export const changeEvent = z.object({
  position: z
    .string()
    .regex(/^\d+$/)
    .meta({ description: 'A whole number as text, since it may exceed 2^53.' }),
  type: z.string(),
  entity: z.object({ kind: z.string(), id: z.string() }),
  data: z.record(z.string(), z.unknown()),
  occurredAt: instant,
});
export type ChangeEvent = z.infer<typeof changeEvent>;

export const outboxMessage = z.object({
  id,
  kind: z.string(),
  state: z.enum(['pending', 'done', 'dead']),
  attempts: z.int(),
  nextAttemptAt: instant,
  lastError: z.string().nullable(),
  createdAt: instant,
});

export const operationsRoutes = {
  events: route(
    'events.stream',
    'GET',
    '/events',
    {
      access: 'events:read',
      summary: 'Changes as server-sent events; resume with Last-Event-ID',
      query: z.object({
        after: z
          .string()
          .regex(/^\d{1,18}$/)
          .optional(),
      }),
      form: 'events',
    },
    changeEvent,
  ),
  listOutbox: route(
    'operations.listOutbox',
    'GET',
    '/outbox',
    {
      access: 'operations:read',
      summary: 'Messages to other systems',
      query: z.object({ ...pageQuery, state: z.enum(['pending', 'done', 'dead']).default('dead') }),
    },
    page(outboxMessage),
  ),
  retryOutbox: route(
    'operations.retryOutbox',
    'POST',
    '/outbox/:id/retry',
    { access: 'operations:retry', summary: 'Try a dead message again', params: byId },
    outboxMessage,
  ),
  rotateMasterKey: route(
    'operations.rotateMasterKey',
    'POST',
    '/master-key/rotate',
    {
      access: 'operations:rotate-master-key',
      summary: 'Make a new master key and rewrap every key of the vault with it',
    },
    z.object({ keyId: z.string(), rewrapped: z.int(), rotatedAt: instant }),
  ),
} as const;

/** RFC 9457 problem details, with the error's code and the next step. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  next: z.string(),
  requestId: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  /** More that is known: `fields` for invalid input, `alternatives` for a room that is taken, `problems` for an import. */
  details: z.record(z.string(), z.unknown()).default({}),
});
export type Problem = z.infer<typeof problem>;
