import { z } from 'zod';
import { openingHours } from './rooms.ts';

/** When somebody works: their shift decides which of the municipality's working hours hold for them. */
export const shifts = ['day', 'evening', 'night'] as const;
export type Shift = (typeof shifts)[number];

/** A day of the year, month first: "12-24". */
const yearDay = z
  .string()
  .regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'is a month and a day such as 12-24')
  .meta({ examples: ['12-24'] });

/**
 * How granted time that was not delivered, or was exceeded, counts later: not at all; what was not delivered for so
 * many weeks and up to so many minutes; or that and what was too much, which is taken from the weeks after.
 */
const carryOver = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.enum(['undelivered', 'both']),
    weeks: z.int().min(1).max(26),
    maxMinutes: z.int().min(0).max(10_080),
  }),
]);
export type CarryOver = z.infer<typeof carryOver>;

/** The municipality's own rules for visits. */
export const visitRules = z.object({
  /** Local times in which somebody of a shift may be planned for. */
  workingHours: z.strictObject({ day: openingHours, evening: openingHours, night: openingHours }),
  /** Days off every year besides public holidays. */
  closedDays: z.array(yearDay).max(20),
  /** How many weeks ahead the visits of a plan are made. */
  planAheadWeeks: z.int().min(1).max(26),
  /** After so many weeks of contact by video alone a review is asked for. */
  videoOnlyWeeks: z.int().min(1).max(52),
  carryOver,
  /** A warning comes when delivered and planned time falls below this share of what was granted, in percent. */
  tooLittlePercent: z.int().min(0).max(100),
  /** Over so many weeks, the running one included. */
  tooLittleWeeks: z.int().min(1).max(12),
});
export type VisitRules = z.infer<typeof visitRules>;

const hours = (weekdays: readonly number[], opens: string, closes: string) =>
  weekdays.map((weekday) => ({ weekday, opens, closes }));
const everyDay = [1, 2, 3, 4, 5, 6, 7];

/** What holds until a municipality says otherwise. */
export const defaultVisitRules: VisitRules = {
  workingHours: {
    day: hours([1, 2, 3, 4, 5], '07:00', '18:00'),
    evening: hours(everyDay, '07:00', '24:00'),
    night: hours(everyDay, '00:00', '24:00'),
  },
  closedDays: ['12-24'],
  planAheadWeeks: 8,
  videoOnlyWeeks: 6,
  carryOver: { kind: 'undelivered', weeks: 4, maxMinutes: 240 },
  tooLittlePercent: 75,
  tooLittleWeeks: 4,
};
