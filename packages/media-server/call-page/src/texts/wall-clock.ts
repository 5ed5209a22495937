import { zone } from './format.ts';

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: zone,
  hourCycle: 'h23',
  ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
});

/** What the clock on a Danish wall shows at an instant, as if it were UTC; in milliseconds. */
function wallOf(instant: number): number {
  const found = new Map(
    parts.formatToParts(new Date(instant)).map(({ type, value }) => [type, Number(value)]),
  );
  const [year, month, day] = [found.get('year') ?? 0, found.get('month') ?? 1, found.get('day') ?? 1];
  return Date.UTC(year, month - 1, day, found.get('hour') ?? 0, found.get('minute') ?? 0);
}

/** When a Danish wall clock shows what `wall` would be as UTC. Where it shows it twice, one of the two. */
function instantOf(wall: number): number {
  const guess = wall - (wallOf(wall) - wall);
  return guess - (wallOf(guess) - wall);
}

/** The same weekday and time of day, so many weeks later, also when the clocks are changed in between. */
export const weeksLater = (instant: string, weeks: number): string =>
  new Date(instantOf(wallOf(Date.parse(instant)) + weeks * 7 * 86_400_000)).toISOString();

/** "2026-11-24" and "10:00" as two fields of a form hold them; null until both are there. */
export function instantAt(day: string, time: string): string | null {
  const wall = Date.parse(`${day}T${time}:00Z`);
  return Number.isNaN(wall) ? null : new Date(instantOf(wall)).toISOString();
}
