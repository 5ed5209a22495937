import { z } from 'zod';
import { grantPeriods } from './citizens.ts';
import {
  byCode,
  citizenCode,
  day,
  initials,
  name,
  page,
  pageQuery,
  queryFlag,
  shownDay,
} from './primitives.ts';
import { route } from './route.ts';

const minutesByChannel = z.object({ video: z.int(), physical: z.int(), phone: z.int() });

/** Why a citizen gets too little: the last weeks together, or what is planned for the rest of the running week. */
export const shortfallKinds = ['behind', 'unplanned'] as const;

/** One ISO week of a citizen's granted and delivered time, in whole minutes. */
export const grantedWeek = z.object({
  /** The Monday. */
  from: shownDay,
  granted: z.int(),
  carriedIn: z
    .int()
    .meta({ description: 'From earlier weeks, by the rule of the municipality; may be negative.' }),
  delivered: minutesByChannel,
  /** Still ahead in this week. */
  planned: minutesByChannel,
  /** Nothing until the week is over. */
  carriedOut: z.int(),
});
export type GrantedWeek = z.infer<typeof grantedWeek>;

/** Granted against delivered time of one citizen in a period of whole weeks, in whole minutes. Never of a worker. */
export const grantedSummary = z.object({
  citizen: citizenCode,
  worker: initials.nullable(),
  grant: z.object({ minutes: z.int(), per: z.enum(grantPeriods) }),
  from: shownDay,
  /** The day after the last. */
  to: shownDay,
  granted: z.int(),
  carriedIn: z.int(),
  delivered: minutesByChannel,
  deliveredTotal: z.int(),
  planned: minutesByChannel,
  plannedTotal: z.int(),
  /** Granted and carried in, less delivered and planned; negative when more is given than granted. */
  left: z.int(),
  /** Share of the delivered time by video, in percent, or null where nothing was delivered. */
  onlinePercent: z.int().nullable(),
  /** Warned in time: what is missing in minutes, and why. */
  shortfall: z.object({ minutes: z.int(), kinds: z.array(z.enum(shortfallKinds)) }).nullable(),
});
export type GrantedSummary = z.infer<typeof grantedSummary>;

export const grantedRoutes = {
  list: route(
    'granted.list',
    'GET',
    '/granted',
    {
      access: 'granted:read',
      summary: 'Granted against delivered time per citizen, for whole weeks',
      query: z.object({
        ...pageQuery,
        from: day
          .optional()
          .meta({ description: 'The Monday of its week counts; the running week where left out.' }),
        weeks: z.coerce.number().int().min(1).max(53).default(1),
        team: name.optional(),
        worker: initials.optional().meta({ description: 'The citizens of a worker; never their sum.' }),
        short: queryFlag.default(false).meta({ description: 'Only those who are getting too little.' }),
      }),
    },
    page(grantedSummary),
  ),
  show: route(
    'granted.show',
    'GET',
    '/citizens/:code/granted',
    {
      access: 'granted:read',
      summary: 'One citizen, week by week',
      params: byCode,
      query: z.object({ from: day.optional(), weeks: z.coerce.number().int().min(1).max(53).default(4) }),
    },
    z.object({
      summary: grantedSummary,
      weeks: z.array(grantedWeek),
      /** The grants that held in the period, the earliest first. */
      grants: z.array(z.object({ from: shownDay, minutes: z.int(), per: z.enum(grantPeriods) })),
    }),
  ),
} as const;
