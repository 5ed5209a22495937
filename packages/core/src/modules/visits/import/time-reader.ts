import { addDays, fromLocal, startOfLocalDay } from '../../../kernel/time-zone.ts';

const dayMs = 86_400_000;

/**
 * Reads Danish clock times ("07:30") on days, quickly for many rows: a day on which clocks do not change, as nearly all,
 * is looked up once. A time that clocks skip is an hour later; of one that they show twice the first is meant.
 */
export function createTimeReader(): (day: string, time: string) => Date {
  /** When a day begins, or null where it has not 24 hours. */
  const midnights = new Map<string, number | null>();
  const midnightOf = (day: string): number | null => {
    const known = midnights.get(day);
    if (known !== undefined) return known;
    const start = startOfLocalDay(day).getTime();
    const midnight = startOfLocalDay(addDays(day, 1)).getTime() - start === dayMs ? start : null;
    midnights.set(day, midnight);
    return midnight;
  };
  return (day, time) => {
    const midnight = midnightOf(day);
    if (midnight === null) return fromLocal(`${day}T${time}`);
    return new Date(midnight + Date.parse(`1970-01-01T${time}Z`));
  };
}
