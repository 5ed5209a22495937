import type { MilestoneMeasure } from '../../../contract/index.ts';
import { countUntil } from './days.ts';
import { type Courses, intersection, regularDays, regularVisits, type StaffFact, staffOn } from './rules.ts';

/** A held video visit of one day, and the entry that first told of it as it now is. */
export interface VisitOfDay {
  readonly subject: string;
  readonly worker: string;
  readonly index: bigint;
}

/** What somebody could be counted by until a day: their video visits, or what is told of them as staff. */
export interface Known {
  readonly courses: Courses;
  readonly workerDays: Courses;
  readonly staff: readonly StaffFact[];
}

/** Who is counted by a measure at the end of a day. */
export function countedOn(
  { courses, workerDays, staff }: Known,
  measure: MilestoneMeasure,
  day: number,
): Set<string> {
  if (measure === 'has-received') return haveAtLeast(courses, 1, -Infinity, day);
  if (measure === 'receives-regularly') return haveAtLeast(courses, regularVisits, day - regularDays, day);
  const { employed, trained, informed } = staffOn(staff, day);
  if (measure === 'active-workers')
    return intersection(employed, haveAtLeast(workerDays, 1, day - regularDays, day));
  return intersection(employed, measure === 'trained' ? trained : informed);
}

/** Those with so many visits after one day and until another. */
function haveAtLeast(courses: Courses, visits: number, after: number, until: number): Set<string> {
  const found = new Set<string>();
  for (const [who, days] of courses)
    if (countUntil(days, until) - countUntil(days, after) >= visits) found.add(who);
  return found;
}

/** The first day on which at least so many were counted; null while there were never so many. */
export function firstDayOf(known: Known, measure: MilestoneMeasure, atLeast: number): number | null {
  if (measure === 'has-received' || measure === 'receives-regularly') {
    const changes = changesOf([...known.courses.values()], measure);
    let counted = 0;
    for (const day of [...changes.keys()].sort((a, b) => a - b)) {
      counted += changes.get(day) ?? 0;
      if (counted >= atLeast) return day;
    }
    return null;
  }
  // A count of staff only grows on days on which something happened that it counts; they are few.
  const days = new Set(known.staff.map(({ on }) => on));
  if (measure === 'active-workers')
    for (const all of known.workerDays.values()) for (const day of all) days.add(day);
  const inOrder = [...days].sort((a, b) => a - b);
  return inOrder.find((day) => countedOn(known, measure, day).size >= atLeast) ?? null;
}

/** By how much a count of citizens changes on the days on which it does. */
function changesOf(
  courses: readonly (readonly number[])[],
  measure: 'has-received' | 'receives-regularly',
): ReadonlyMap<number, number> {
  const changes = new Map<number, number>();
  const change = (day: number, by: number) => changes.set(day, (changes.get(day) ?? 0) + by);
  for (const days of courses) {
    if (measure === 'has-received') {
      if (days[0] !== undefined) change(days[0], 1);
      continue;
    }
    // Each two visits that lie close enough make a stretch: from the later of them until the earlier one is too long ago.
    let covered = -Infinity;
    for (const [nth, day] of days.entries()) {
      const until = (days[nth - regularVisits + 1] ?? -Infinity) + regularDays;
      const from = Math.max(day, covered);
      if (from >= until) continue;
      change(from, 1);
      change(until, -1);
      covered = until;
    }
  }
  return changes;
}

/**
 * The entry that brought a measure to at least so many on a day: those who are counted anew came in the order of the entries that
 * brought them, and this is the one that made the number full.
 *
 * @param visits the held video visits of that day
 */
export function completingEntry(
  known: Known,
  { measure, atLeast, day }: { measure: MilestoneMeasure; atLeast: number; day: number },
  visits: readonly VisitOfDay[],
): bigint | null {
  const before = countedOn(known, measure, day - 1);
  const now = countedOn(known, measure, day);
  const broughtBy = [...now]
    .filter((who) => !before.has(who))
    .flatMap((who) => entryOf(known, measure, day, visits, who) ?? [])
    .sort((a, b) => (a < b ? -1 : 1));
  return broughtBy[atLeast - intersection(now, before).size - 1] ?? null;
}

/** The entry by which somebody is counted from that day on. */
function entryOf(
  { courses, staff }: Known,
  measure: MilestoneMeasure,
  day: number,
  visits: readonly VisitOfDay[],
  who: string,
): bigint | null {
  const ascending = (entries: bigint[]): bigint[] => entries.sort((a, b) => (a < b ? -1 : 1));
  const visitsOf = (person: 'subject' | 'worker') =>
    ascending(visits.filter((visit) => visit[person] === who).map((visit) => visit.index));
  if (measure === 'has-received') return visitsOf('subject')[0] ?? null;
  if (measure === 'receives-regularly') {
    const days = courses.get(who) ?? [];
    const already = countUntil(days, day - 1) - countUntil(days, day - regularDays);
    return visitsOf('subject')[regularVisits - 1 - already] ?? null;
  }
  const told = staff.filter((fact) => fact.staff === who && fact.on === day).map((fact) => fact.index);
  const called = measure === 'active-workers' ? visitsOf('worker').slice(0, 1) : [];
  return ascending([...told, ...called]).at(-1) ?? null;
}
