import { findPublicHoliday } from '../kernel/public-holidays.ts';
import { fromLocal, isoWeek, localDay, toLocal } from '../kernel/time-zone.ts';

/** Days as numbers, so that a year and a half of them is quick to walk: days since 1 January 1970, which was a Thursday. */
export type Day = number;

const dayMs = 86_400_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;

export const dayOf = (text: string): Day => Date.parse(`${text}T00:00:00Z`) / dayMs;
export const textOf = (day: Day): string => new Date(day * dayMs).toISOString().slice(0, 10);
/** ISO: 1 Monday to 7 Sunday. */
export const weekdayOf = (day: Day): number => ((((day + 3) % 7) + 7) % 7) + 1;
export const mondayOf = (day: Day): Day => day - weekdayOf(day) + 1;
export const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** The time the demo is made for, and the Danish wall clock around it. */
export interface Calendar {
  /** The full hour that the data show; only what happens today depends on the time of day. */
  readonly asOf: Date;
  readonly today: Day;
  /** The Monday eighteen months ago. */
  readonly start: Day;
  /** The last Sunday until which plans have made visits. */
  readonly end: Day;
  /** The instant at a minute of a day; between four in the morning and midnight. */
  at(day: Day, minute: number): Date;
  /** Public holidays and the municipality's own days off. */
  isOff(day: Day): boolean;
  /** "2026-W48" */
  weekOf(day: Day): string;
}

const monthsOfHistory = 18;

export function createCalendar(
  now: Date,
  rules: { readonly closedDays: readonly string[]; readonly planAheadWeeks: number },
): Calendar {
  const asOf = new Date(Math.floor(now.getTime() / hourMs) * hourMs);
  const today = dayOf(localDay(asOf));
  const start = mondayOf(dayOf(toLocal(asOf).subtract({ months: monthsOfHistory }).toPlainDate().toString()));
  const end = mondayOf(today) + 7 * rules.planAheadWeeks + 6;
  const noons = remember((day: Day) => fromLocal(`${textOf(day)}T12:00`).getTime());
  return {
    asOf,
    today,
    start,
    end,
    at: (day, minute) => new Date(noons(day) + (minute - 720) * minuteMs),
    isOff: remember(
      (day) => findPublicHoliday(textOf(day)) !== null || rules.closedDays.includes(textOf(day).slice(5)),
    ),
    weekOf: remember((day) => {
      const { year, week } = isoWeek(textOf(day));
      return `${year}-W${String(week).padStart(2, '0')}`;
    }),
  };
}

function remember<Value>(find: (day: Day) => Value): (day: Day) => Value {
  const known = new Map<Day, Value>();
  return (day) => {
    const kept = known.get(day);
    if (kept !== undefined) return kept;
    const found = find(day);
    known.set(day, found);
    return found;
  };
}
