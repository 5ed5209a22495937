import { z } from 'zod';
import { byId, citizenCode, id, initials, instant, page, pageQuery } from './primitives.ts';
import { route } from './route.ts';
import { channels } from './visits.ts';

/** How a visit reached the case system: pasted by hand, in a file, or by a call to it. */
export const handOffWays = ['by-hand', 'file', 'call'] as const;
export type HandOffWay = (typeof handOffWays)[number];

/** What became of a visit that is handed off; what was cancelled, or failed and was never made good, is not. */
export const handOffOutcomes = ['held', 'futile', 'followed-up'] as const;
export type HandOffOutcome = (typeof handOffOutcomes)[number];

/** One revision of a recorded visit on its way to the case system; never handed off twice. */
export const handOff = z.object({
  id,
  visit: id,
  citizen: citizenCode,
  worker: initials,
  channel: z.enum(channels),
  at: instant,
  /** 1, and one more for each correction after it was handed off. */
  revision: z.int(),
  state: z.enum(['waiting', 'delivered', 'refused']),
  /** How it was handed off; of one that waits: a call is under way, or was made and its answer lost. */
  way: z.enum(handOffWays).nullable(),
  batch: id.nullable(),
  /** What the case system answered with. */
  receipt: z.string().nullable(),
  handedAt: instant.nullable(),
});
export type HandOff = z.infer<typeof handOff>;

/** What is handed off: the ready text, and the same as fields. */
export const handOffDocument = z.object({
  visit: id,
  revision: z.int(),
  citizen: citizenCode,
  /** The municipality's own case number, from the vault. */
  reference: z.string(),
  worker: initials,
  channel: z.enum(channels),
  outcome: z.enum(handOffOutcomes),
  startsAt: instant,
  endsAt: instant,
  minutes: z.object({ video: z.int(), physical: z.int(), phone: z.int(), travel: z.int(), waiting: z.int() }),
  /** These three in Danish words. */
  purposes: z.array(z.string()),
  topics: z.array(z.string()),
  participants: z.array(z.string()),
  /** Plain Danish, ready to paste. */
  text: z.string(),
  note: z.string().nullable(),
});
export type HandOffDocument = z.infer<typeof handOffDocument>;

export const handOffRoutes = {
  list: route(
    'handOff.list',
    'GET',
    '/hand-offs',
    {
      access: 'hand-off:read',
      summary: 'What waits for the case system, reached it, or was refused by it',
      query: z.object({
        ...pageQuery,
        state: z.enum(['waiting', 'delivered', 'refused']).default('waiting'),
        worker: initials.optional(),
        from: instant.optional(),
        to: instant.optional(),
      }),
    },
    page(handOff),
  ),
  read: route(
    'handOff.read',
    'POST',
    '/visits/:id/hand-off/read',
    {
      access: 'hand-off:write',
      summary: 'The ready text and its fields; the reading is logged',
      params: byId,
    },
    handOffDocument,
  ),
  markByHand: route(
    'handOff.markByHand',
    'POST',
    '/visits/:id/hand-off',
    {
      access: 'hand-off:write',
      summary: 'The text was pasted into the case system by hand',
      params: byId,
      body: z.object({ revision: z.int().min(1).optional() }).meta({ examples: [{ revision: 1 }] }),
    },
    handOff,
  ),
  exportBatch: route(
    'handOff.exportBatch',
    'POST',
    '/hand-off-batches',
    {
      access: 'hand-off:export',
      summary: 'A file of all that waits, which counts as handed off; logged for each citizen',
      body: z
        .object({
          id: id.meta({ description: 'Of your choice: asking again gives the same file again.' }),
          format: z.enum(['csv', 'json']).default('csv'),
          until: instant.optional(),
        })
        .meta({ examples: [{ id: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11', format: 'csv' }] }),
      form: 'download',
    },
    z.string(),
  ),
  retry: route(
    'handOff.retry',
    'POST',
    '/hand-offs/:id/retry',
    { access: 'hand-off:write', summary: 'Call the case system again about what it refused', params: byId },
    handOff,
  ),
} as const;
