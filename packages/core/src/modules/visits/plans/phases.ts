import type { Phase } from '../../../contract/index.ts';
import { planInvalid } from './templates.ts';
import { addWeeks, weekOf, weeksBetween } from './weeks.ts';

/** The phases of a plan, counted from the ISO week in which it starts. */
export interface Course {
  /** "YYYY-MM-DD" */
  readonly startsOn: string;
  readonly phases: readonly Phase[];
}

export interface PhasePlace {
  /** From 0. */
  readonly index: number;
  readonly phase: Phase;
  /** How many weeks of the phase come before this one. */
  readonly weeksIn: number;
}

/** The phase a week lies in; null before the first and after the last. */
export function findPhase({ startsOn, phases }: Course, week: string): PhasePlace | null {
  let weeksIn = weeksBetween(weekOf(startsOn), week);
  if (weeksIn < 0) return null;
  for (const [index, phase] of phases.entries()) {
    if (phase.weeks === null || weeksIn < phase.weeks) return { index, phase, weeksIn };
    weeksIn -= phase.weeks;
  }
  return null;
}

/** The last week of the last phase; null where it goes on until further notice. */
export function lastWeek({ startsOn, phases }: Course): string | null {
  if (phases.at(-1)?.weeks === null) return null;
  return addWeeks(weekOf(startsOn), phases.reduce((sum, { weeks }) => sum + (weeks ?? 0), 0) - 1);
}

/**
 * Goes on to the next phase from a week on. The phase that ends is the one of the week before, so that asking for what
 * comes anyway changes nothing.
 *
 * @throws DomainError plan_invalid
 */
export function stepFrom(course: Course, fromWeek: string): Phase[] {
  const { index, phase, weeksIn } = phaseBefore(course, fromWeek);
  if (index === course.phases.length - 1) {
    throw planInvalid('det er allerede det sidste trin', 'this is the last step already');
  }
  return course.phases.with(index, { ...phase, weeks: weeksIn + 1 });
}

/**
 * Lengthens the phase of the week before; what comes after it comes so much later.
 *
 * @throws DomainError plan_invalid
 */
export function stayLonger(course: Course, fromWeek: string, stayWeeks: number): Phase[] {
  const { index, phase } = phaseBefore(course, fromWeek);
  if (phase.weeks === null) {
    throw planInvalid(
      'trinnet varer i forvejen indtil videre',
      'this step goes on until further notice already',
    );
  }
  return course.phases.with(index, { ...phase, weeks: phase.weeks + stayWeeks });
}

/**
 * Other phases from a week on; what was before stays as it was.
 *
 * @throws DomainError plan_invalid
 */
export function replaceFrom(course: Course, fromWeek: string, phases: readonly Phase[]): Phase[] {
  const before = weeksBetween(weekOf(course.startsOn), fromWeek);
  if (before < 0) throw planInvalid('den begynder først senere', 'it begins later than that');
  if (before === 0) return [...phases];
  const { index, phase, weeksIn } = phaseBefore(course, fromWeek);
  return [...course.phases.slice(0, index), { ...phase, weeks: weeksIn + 1 }, ...phases];
}

function phaseBefore(course: Course, week: string): PhasePlace {
  if (week <= weekOf(course.startsOn)) {
    throw planInvalid('den er ikke begyndt før den uge', 'it has not begun before that week');
  }
  const place = findPhase(course, addWeeks(week, -1));
  if (place === null) throw planInvalid('den er slut før den uge', 'it is over before that week');
  return place;
}
