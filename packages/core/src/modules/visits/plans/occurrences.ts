import { Temporal } from 'temporal-polyfill';
import type { Channel, GapReason, HolidayChoice, Slot } from '../../../contract/index.ts';
import { findPublicHoliday } from '../../../kernel/public-holidays.ts';
import { addDays, fromLocal } from '../../../kernel/time-zone.ts';
import { type Course, findPhase } from './phases.ts';
import { mondayOf, weekOf, weeksFrom } from './weeks.ts';

/** What was decided for one visit of one week, against the plan. */
export type WeekChange =
  | { readonly kind: 'skip' }
  | {
      readonly kind: 'set';
      readonly channel?: Channel | undefined;
      readonly weekday?: number | undefined;
      readonly time?: string | undefined;
      readonly minutes?: number | undefined;
    };

export interface PlanShape extends Course {
  readonly endsOn: string | null;
  readonly holidays: HolidayChoice;
  /** By `slotKey`. */
  readonly overrides: ReadonlyMap<string, WeekChange>;
}

interface Placed {
  readonly week: string;
  /** From 0, in the order of the phase. */
  readonly slot: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
}
export interface Occurrence extends Placed {
  readonly kind: 'visit';
  readonly channel: Channel;
  readonly minutes: number;
}
/** A time that the plan asks for and that has no visit. */
export interface Gap extends Placed {
  readonly kind: 'gap';
  readonly reason: GapReason;
}
export type Target = Occurrence | Gap;

export const slotKey = ({ week, slot }: { readonly week: string; readonly slot: number }): string =>
  `${week}/${slot}`;

export interface ExpandOptions {
  /** First and last ISO week, both included. */
  readonly from: string;
  readonly to: string;
  /** The municipality's own days off every year, as "MM-DD". */
  readonly closedDays: readonly string[];
  /** A visit is moved off a day off to no earlier time than this. */
  readonly notBefore: Date;
}

/**
 * What a plan asks for, week by week. The first phase begins in the ISO week of `startsOn`; what lies before that day,
 * or after `endsOn`, is left out. Times are those of the wall clock in Denmark: one that March skips is held an hour
 * later, of one that October repeats the first is meant (RFC 5545, section 3.3.5).
 *
 * On a day off the plan's choice holds: `keep` it there, `skip` it, or `move` it to the nearest working day (Monday to
 * Friday, no day off) after it in the same ISO week, else the nearest before it. A moved visit keeps its clock time and
 * never overlaps another of the same plan: such a day is passed over. Where no day is left, there is a gap. What was
 * decided for a single week is taken at its word, also on a day off.
 */
export function* expandPlan(plan: PlanShape, options: ExpandOptions): Generator<Target> {
  for (const week of weeksFrom(options.from, options.to)) {
    if (plan.endsOn !== null && week > weekOf(plan.endsOn)) return;
    yield* expandWeek(plan, week, options);
  }
}

interface Demand {
  readonly place: number;
  readonly slot: Slot;
  readonly day: string;
  readonly change: WeekChange | undefined;
}

function expandWeek(plan: PlanShape, week: string, options: ExpandOptions): Target[] {
  const found = findPhase(plan, week);
  if (found === null) return [];
  const monday = mondayOf(week);
  const inBounds = (day: string): boolean =>
    day >= plan.startsOn && (plan.endsOn === null || day <= plan.endsOn);
  const demands = found.phase.slots.flatMap((usual, place): Demand[] => {
    if (found.weeksIn % usual.everyWeeks !== 0) return [];
    const change = plan.overrides.get(slotKey({ week, slot: place }));
    const slot = change?.kind === 'set' ? applyChange(usual, change) : usual;
    const day = addDays(monday, slot.weekday - 1);
    return inBounds(day) ? [{ place, slot, day, change }] : [];
  });

  const isOff = (day: string): boolean =>
    findPublicHoliday(day) !== null || options.closedDays.includes(day.slice(5));
  const waits = ({ change, day }: Demand): boolean => change === undefined && isOff(day);
  const targets = new Map<number, Target>();
  const gap = ({ place, slot, day }: Demand, reason: GapReason): Gap => ({
    kind: 'gap',
    week,
    slot: place,
    ...spanOf(slot, day),
    reason,
  });
  const visit = ({ place, slot }: Demand, day: string): Occurrence => ({
    kind: 'visit',
    week,
    slot: place,
    ...spanOf(slot, day),
    channel: slot.channel,
    minutes: slot.minutes,
  });

  const displaced: Demand[] = [];
  for (const demand of demands) {
    const { place, change, day } = demand;
    if (change?.kind === 'skip') targets.set(place, gap(demand, 'skipped'));
    else if (!waits(demand) || plan.holidays === 'keep') targets.set(place, visit(demand, day));
    else if (plan.holidays === 'skip') targets.set(place, gap(demand, 'holiday'));
    else displaced.push(demand);
  }
  // What has its own day comes first, so that what is moved makes room for it and not the other way round.
  displaced.sort((a, b) => (a.day + a.slot.time < b.day + b.slot.time ? -1 : 1));
  for (const demand of displaced) {
    const weekdays = [0, 1, 2, 3, 4].map((days) => addDays(monday, days));
    const candidates = [
      ...weekdays.filter((day) => day > demand.day),
      ...weekdays.filter((day) => day < demand.day).reverse(),
    ];
    const moved = candidates
      .filter((day) => !isOff(day) && inBounds(day))
      .map((day) => visit(demand, day))
      .find((one) => one.startsAt >= options.notBefore && !meets(one, targets.values()));
    targets.set(demand.place, moved ?? gap(demand, 'holiday'));
  }
  return [...targets.values()].sort((a, b) => a.slot - b.slot);
}

const applyChange = (slot: Slot, change: Extract<WeekChange, { kind: 'set' }>): Slot => ({
  ...slot,
  channel: change.channel ?? slot.channel,
  weekday: change.weekday ?? slot.weekday,
  time: change.time ?? slot.time,
  minutes: change.minutes ?? slot.minutes,
});

/** As long as it is meant to take, also in a night in which the clock changes. */
function spanOf({ time, minutes }: Slot, day: string): { readonly startsAt: Date; readonly endsAt: Date } {
  const startsAt = fromLocal(Temporal.PlainDate.from(day).toPlainDateTime(time));
  return { startsAt, endsAt: new Date(startsAt.getTime() + minutes * 60_000) };
}

const meets = (one: Target, others: Iterable<Target>): boolean =>
  [...others].some(
    (other) => other.kind === 'visit' && other.startsAt < one.endsAt && one.startsAt < other.endsAt,
  );
