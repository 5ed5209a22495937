import type { Channel, grantPeriods, shortfallKinds, VisitRules } from '../../../contract/index.ts';
import { carriedInto, lookBackWeeks } from './carry-over.ts';
import { addWeeks, dayNumber, weeksBetween } from './weeks.ts';

/** What a citizen is granted from a day ("YYYY-MM-DD") on, until the next grant begins. */
export interface Grant {
  readonly from: string;
  readonly minutes: number;
  readonly per: (typeof grantPeriods)[number];
}

export type ByChannel = Readonly<Record<Channel, number>>;
export const noMinutes: ByChannel = { video: 0, physical: 0, phone: 0 };
export const total = ({ video, physical, phone }: ByChannel): number => video + physical + phone;
export const sum = (list: readonly ByChannel[]): ByChannel => ({
  video: list.reduce((minutes, each) => minutes + each.video, 0),
  physical: list.reduce((minutes, each) => minutes + each.physical, 0),
  phone: list.reduce((minutes, each) => minutes + each.phone, 0),
});

/** A day of a weekly grant is a seventh of it, of a fortnightly one a fourteenth: both are whole in fourteenths. */
const fourteenthsADay = ({ minutes, per }: Grant): number => (per === 'week' ? 2 * minutes : minutes);

/** Everything granted before a day, in fourteenths of a minute. Grants are the earliest first. */
function fourteenthsBefore(grants: readonly Grant[], day: number): number {
  return grants.reduce((all, grant, index) => {
    const next = grants[index + 1];
    const until = next === undefined ? day : Math.min(day, dayNumber(next.from));
    return all + Math.max(0, until - dayNumber(grant.from)) * fourteenthsADay(grant);
  }, 0);
}

const wholeMinutes = (fourteenths: number): number => Math.floor((fourteenths + 7) / 14);

/**
 * The minutes granted in the week of a Monday: of each of its days the share of the grant that holds on that day; nothing
 * before the first. What is rounded is the sum since the first grant began, and a week is the difference of two such sums,
 * so weeks added up never drift: a fortnight grant of 45 gives 23 and 22, and 45 in any two weeks that it holds throughout.
 */
export function grantedInWeek(grants: readonly Grant[], monday: string): number {
  const start = dayNumber(monday);
  return wholeMinutes(fourteenthsBefore(grants, start + 7)) - wholeMinutes(fourteenthsBefore(grants, start));
}

/** Those of the grants, the earliest first, that hold on some day from `from` until before `to`. */
export const grantsWithin = (grants: readonly Grant[], from: string, to: string): Grant[] =>
  grants.filter((grant, index) => {
    const next = grants[index + 1];
    return grant.from < to && (next === undefined || next.from > from);
  });

/** One week of a citizen, before it is known what is carried into it. */
export interface WeekFacts {
  readonly from: string;
  readonly granted: number;
  readonly delivered: ByChannel;
  readonly planned: ByChannel;
}

export interface WeekAccount extends WeekFacts {
  readonly carriedIn: number;
  readonly carriedOut: number;
}

export type Shortfall = {
  readonly minutes: number;
  readonly kinds: (typeof shortfallKinds)[number][];
} | null;

export interface Account {
  readonly weeks: readonly WeekAccount[];
  readonly shortfall: Shortfall;
}

/** The period that is asked for: whole weeks. */
export interface Period {
  readonly from: string;
  readonly weeks: number;
  /** The Monday of the running week. */
  readonly running: string;
}

/** A period that is over is looked at for the record; nobody is warned of it. */
const isOver = ({ from, weeks, running }: Period): boolean => weeksBetween(from, running) >= weeks;

/** How many weeks before a period are read to account for it. */
export function weeksReadBefore(period: Period, rules: VisitRules): number {
  const ahead = Math.max(0, weeksBetween(period.running, period.from));
  // What was carried into the running week is known; what will be carried into later ones is not.
  const forCarryOver = lookBackWeeks(rules.carryOver);
  const forWarning = isOver(period)
    ? 0
    : rules.tooLittleWeeks - 1 - Math.max(0, weeksBetween(period.from, period.running));
  return ahead > 0 ? 0 : Math.max(forCarryOver, forWarning);
}

/**
 * Granted against delivered time of a citizen. Only weeks that are over carry something out: while a week runs, what it
 * lacks can still be given, so nothing is carried out of it, nor into a week that lies ahead.
 *
 * @param read the weeks of the period, with `weeksReadBefore` weeks before them
 */
export function accountFor(read: readonly WeekFacts[], period: Period, rules: VisitRules): Account {
  const before = weeksReadBefore(period, rules);
  const balances = read.map(({ granted, delivered }) => ({ granted, delivered: total(delivered) }));
  // What is carried into each week of the period, and out of its last one.
  const carried = Array.from({ length: period.weeks + 1 }, (_, week) =>
    addWeeks(period.from, week - 1) < period.running
      ? carriedInto(balances.slice(0, before + week), rules.carryOver)
      : 0,
  );
  const weeks = read.slice(before).map((week, index) => ({
    ...week,
    carriedIn: carried[index] ?? 0,
    carriedOut: carried[index + 1] ?? 0,
  }));
  return { weeks, shortfall: isOver(period) ? null : findShortfall(read, weeks, period, rules) };
}

/**
 * Warns in time of a citizen who gets too little: below `tooLittlePercent` of what is due, counting what is planned for
 * the rest of the week, so that the whole week's grant can be held against it from its Monday on.
 *
 * - `behind`: the last `tooLittleWeeks` weeks together, the running one included;
 * - `unplanned`: the running week, or the first one of a period ahead, by itself. What is still owed from before is no part
 *   of it, or else one missed visit would warn for weeks; what was given beforehand is. Nor does a running week warn whose
 *   shortfall the weeks before have made up for.
 *
 * The minutes are what is missing to all of it, and the greater number where both warn. Who is granted nothing is never
 * warned of.
 */
function findShortfall(
  read: readonly WeekFacts[],
  weeks: readonly WeekAccount[],
  { running }: Period,
  { tooLittlePercent, tooLittleWeeks }: VisitRules,
): Shortfall {
  const missing = (due: number, given: number): number =>
    given * 100 < due * tooLittlePercent ? due - given : 0;
  const given = (week: WeekFacts): number => total(week.delivered) + total(week.planned);

  const runs = read.findIndex((week) => week.from === running);
  const grantedNow = read[runs]?.granted ?? 0;
  const recent = grantedNow === 0 ? [] : read.slice(Math.max(0, runs + 1 - tooLittleWeeks), runs + 1);
  const due = recent.reduce((minutes, week) => minutes + week.granted, 0);
  const had = recent.reduce((minutes, week) => minutes + given(week), 0);
  const behind = missing(due, had);
  const next = weeks.find((week) => week.from >= running);
  const unplanned =
    next === undefined || next.granted === 0 || (next.from === running && had >= due)
      ? 0
      : missing(next.granted + Math.min(0, next.carriedIn), given(next));

  const kinds = [
    ...(behind > 0 ? (['behind'] as const) : []),
    ...(unplanned > 0 ? (['unplanned'] as const) : []),
  ];
  return kinds.length === 0 ? null : { minutes: Math.max(behind, unplanned), kinds };
}
