import { z } from 'zod';
import { findCprLike } from '../kernel/text.ts';
import { identityReasons } from './citizens.ts';
import { byId, cprRefused, id, instant, queryFlag } from './primitives.ts';
import { route } from './route.ts';

export const importKinds = ['citizens', 'staff', 'rooms', 'visits'] as const;
export type ImportKind = (typeof importKinds)[number];

/** One cell or row that stops an import. `shown` is masked where the column holds personal data. */
export const rowProblem = z.object({
  /** Physical line in the file, from 1. */
  line: z.int(),
  /** Column number from 1, or null where the whole row is meant. */
  column: z.int().nullable(),
  heading: z.string().nullable(),
  shown: z.string(),
  reason: z.string().meta({ description: 'A code from the closed list of import reasons.' }),
  params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
});
export type RowProblem = z.infer<typeof rowProblem>;

/** How far an import has come. Nothing is written before every row was found good. */
export const importRun = z.object({
  id,
  kind: z.enum(importKinds),
  state: z.enum(['checking', 'writing', 'done', 'rejected', 'failed']),
  dryRun: z.boolean(),
  rows: z.int(),
  created: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  problemCount: z.int(),
  /** The first 200 problems. */
  problems: z.array(rowProblem),
  ignoredHeadings: z.array(z.string()),
  startedAt: instant,
  endedAt: instant.nullable(),
});
export type ImportRun = z.infer<typeof importRun>;

const importQuery = z.object({
  run: id.optional().meta({
    description:
      'An id of your choice, to follow the progress at /imports/{id} while the file is being read.',
  }),
  dryRun: queryFlag.default(false),
  map: z
    .string()
    .max(10_000)
    .transform((value, context) => {
      if (findCprLike(value) !== null) {
        context.addIssue({ code: 'custom', message: cprRefused });
        return z.NEVER;
      }
      try {
        return z.record(z.string().max(200), z.string().max(60)).parse(JSON.parse(value));
      } catch {
        context.addIssue({ code: 'custom', message: 'is a JSON object from heading to field' });
        return z.NEVER;
      }
    })
    .optional()
    .meta({ description: 'Which heading of the file is which field, as JSON: {"Sagsnummer":"reference"}.' }),
  dates: z.enum(['danish', 'american']).optional(),
});
export type ImportQuery = z.infer<typeof importQuery>;

export const importsRoutes = {
  citizens: route(
    'imports.citizens',
    'POST',
    '/citizens/imports',
    {
      access: 'citizens:import',
      summary: 'Import citizens from a spreadsheet file: all rows or none',
      query: importQuery,
      form: 'upload',
    },
    importRun,
  ),
  staff: route(
    'imports.staff',
    'POST',
    '/staff/imports',
    {
      access: 'staff:write',
      summary: 'Import staff from a spreadsheet file',
      query: importQuery,
      form: 'upload',
    },
    importRun,
  ),
  rooms: route(
    'imports.rooms',
    'POST',
    '/rooms/imports',
    {
      access: 'rooms:write',
      summary: 'Import rooms from a spreadsheet file',
      query: importQuery,
      form: 'upload',
    },
    importRun,
  ),
  visits: route(
    'imports.visits',
    'POST',
    '/visits/imports',
    {
      access: 'visits:import',
      summary: 'Import visits that were held before, from a spreadsheet file',
      query: importQuery,
      form: 'upload',
    },
    importRun,
  ),
  show: route(
    'imports.show',
    'GET',
    '/imports/:id',
    { access: 'authenticated', summary: 'How far one of your imports has come', params: byId },
    importRun,
  ),
  exportCitizens: route(
    'imports.exportCitizens',
    'POST',
    '/citizens/export',
    {
      access: 'citizens:export',
      summary: 'Citizens as CSV that import takes; identities only with a reason, and logged',
      body: z
        .object({ identities: z.boolean().default(false), reason: z.enum(identityReasons).optional() })
        .meta({ examples: [{ identities: false }] }),
      form: 'download',
    },
    z.string(),
  ),
  exportStaff: route(
    'imports.exportStaff',
    'GET',
    '/staff/export',
    { access: 'staff:read', summary: 'Staff as CSV that import takes', form: 'download' },
    z.string(),
  ),
  exportRooms: route(
    'imports.exportRooms',
    'GET',
    '/rooms/export',
    { access: 'rooms:read', summary: 'Rooms as CSV that import takes', form: 'download' },
    z.string(),
  ),
} as const;
