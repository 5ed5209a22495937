import type { Channel, CurvePoint, Figures } from '../../../contract/index.ts';
import { countUntil, dayOfNumber, type Period } from './days.ts';

// What the measures are (domain page, section 6), reckoned from facts in force. `measureWords` says the same in words.

/** *Ours*: whoever has at least so many held video visits within so many days receives regularly. */
export const regularVisits = 2;
export const regularDays = 28;

/** Of a citizen: the days of their held video visits, ascending, a day as often as there were visits on it. */
export type Courses = ReadonlyMap<string, readonly number[]>;

/** A citizen's minutes of support from the end of the period before until the end of this one; the first is 0. */
export interface MinuteSum {
  readonly subject: string;
  readonly period: number;
  readonly videoMinutes: number;
  /** By video, in person and by phone; travel and waiting are no support. */
  readonly minutes: number;
}

/** Visits that ended within a period, the first of which is 0. */
export interface EndingSum {
  /** Null where it was not asked whose they are. */
  readonly subject: string | null;
  readonly period: number;
  readonly channel: Channel;
  readonly ending: 'held' | 'cancelled' | 'futile' | 'failed';
  readonly visits: number;
}

/** The first day on which a citizen took a step. */
export interface FirstStep {
  readonly subject: string;
  readonly step: string;
  readonly on: number;
}

/** An employment that began, changed or ended, or a preparation; in the order of days and, within one, of the log. */
export interface StaffFact {
  readonly index: bigint;
  readonly staff: string;
  readonly on: number;
  readonly what: 'support-worker' | 'other' | 'trained' | 'informed';
}

export interface Material {
  readonly courses: Courses;
  readonly minutes: readonly MinuteSum[];
  readonly endings: readonly EndingSum[];
  readonly steps: readonly FirstStep[];
  readonly staff: readonly StaffFact[];
  /** Of a worker: the days with held video visits, ascending. */
  readonly workerDays: Courses;
}

/** @param targetGroup null where there is none to divide by, such as for a team */
export function figuresOf(
  material: Material,
  periods: readonly Period[],
  targetGroup: number | null,
): Figures[] {
  const { courses } = material;
  const minutes = Map.groupBy(material.minutes, (sum) => sum.period);
  const endings = Map.groupBy(material.endings, (sum) => sum.period);
  const funnel = funnelDays(material);
  const shares = new Map<string, { video: number; all: number }>();
  return periods.map((period, nth) => {
    for (const { subject, videoMinutes, minutes: more } of minutes.get(nth) ?? []) {
      const { video, all } = shares.get(subject) ?? { video: 0, all: 0 };
      shares.set(subject, { video: video + videoMinutes, all: all + more });
    }
    const sessions = { '1': 0, '2-3': 0, '4-7': 0, 'over-7': 0 };
    const onlineShare = { '0-24': 0, '25-49': 0, '50-74': 0, '75-100': 0 };
    for (const [subject, days] of courses) {
      const had = countUntil(days, period.to);
      if (had === 0) continue;
      sessions[sessionBucket(had)] += 1;
      onlineShare[shareBucket(shares.get(subject))] += 1;
    }
    const { hasReceived, receivesRegularly } = countsOn(courses, period.to);
    const channels = channelsOf(endings.get(nth) ?? []);
    const { held, failed } = channels.video;
    return {
      hasReceived,
      receivesRegularly,
      implementationRate: targetGroup === null ? null : Math.min(1, receivesRegularly / targetGroup),
      sessions,
      onlineShare,
      funnel: {
        offered: countUntil(funnel.offered, period.to),
        accepted: countUntil(funnel.accepted, period.to),
        declined: countUntil(funnel.declined, period.to),
        introduced: countUntil(funnel.introduced, period.to),
        firstCall: countUntil(funnel.firstCall, period.to),
        regular: countUntil(funnel.regular, period.to),
      },
      channels,
      technicalFailureRate: held + failed === 0 ? null : failed / (held + failed),
      workers: workersOf(material, period),
    };
  });
}

/** The two counts at the end of each period. */
export const curveOf = (courses: Courses, periods: readonly Period[]): CurvePoint[] =>
  periods.map(({ to }) => ({ day: dayOfNumber(to), ...countsOn(courses, to) }));

function countsOn(courses: Courses, day: number) {
  let [hasReceived, receivesRegularly] = [0, 0];
  for (const days of courses.values()) {
    const had = countUntil(days, day);
    if (had > 0) hasReceived += 1;
    if (had >= regularVisits && isRegular(days, had, day)) receivesRegularly += 1;
  }
  return { hasReceived, receivesRegularly };
}

/** Whether the last of the visits that were had lie close enough to the day. */
const isRegular = (days: readonly number[], had: number, day: number): boolean =>
  (days[had - regularVisits] ?? -Infinity) > day - regularDays;

/** The days on which citizens got so far, ascending. Whoever got somewhere got everywhere before, recorded or not. */
function funnelDays({ courses, steps }: Material): Record<keyof Figures['funnel'], number[]> {
  const reached = new Map<string, Map<string, number>>();
  const reach = (subject: string, step: string, on: number | null): void => {
    if (on === null) return;
    const of = reached.get(subject) ?? new Map<string, number>();
    reached.set(subject, of);
    of.set(step, Math.min(on, of.get(step) ?? Infinity));
  };
  for (const { subject, step, on } of steps)
    for (const implied of impliedSteps[step] ?? []) reach(subject, implied, on);
  for (const [subject, days] of courses) {
    for (const step of ['offered', 'accepted', 'introduced', 'firstCall'])
      reach(subject, step, days[0] ?? null);
    reach(subject, 'regular', firstRegular(days));
  }
  const daysOf = (step: string): number[] =>
    [...reached.values()].flatMap((of) => of.get(step) ?? []).sort((a, b) => a - b);
  return {
    offered: daysOf('offered'),
    accepted: daysOf('accepted'),
    declined: daysOf('declined'),
    introduced: daysOf('introduced'),
    firstCall: daysOf('firstCall'),
    regular: daysOf('regular'),
  };
}

const impliedSteps: Readonly<Record<string, readonly string[]>> = {
  offered: ['offered'],
  declined: ['offered', 'declined'],
  accepted: ['offered', 'accepted'],
  introduced: ['offered', 'accepted', 'introduced'],
  active: ['offered', 'accepted', 'introduced'],
  tapering: ['offered', 'accepted', 'introduced'],
};

/** The first day on which a citizen received regularly. */
function firstRegular(days: readonly number[]): number | null {
  const nth = days.findIndex((day, place) => place + 1 >= regularVisits && isRegular(days, place + 1, day));
  return days[nth] ?? null;
}

function sessionBucket(visits: number): keyof Figures['sessions'] {
  if (visits === 1) return '1';
  if (visits <= 3) return '2-3';
  return visits <= 7 ? '4-7' : 'over-7';
}

/** Whoever received by video, but without a minute on record, has had all of it by video as far as anybody knows. */
function shareBucket(minutes: { video: number; all: number } | undefined): keyof Figures['onlineShare'] {
  const { video, all } = minutes ?? { video: 0, all: 0 };
  if (all === 0 || video * 4 >= all * 3) return '75-100';
  if (video * 2 >= all) return '50-74';
  return video * 4 >= all ? '25-49' : '0-24';
}

function channelsOf(sums: readonly EndingSum[]): Figures['channels'] {
  const none = () => ({ held: 0, cancelled: 0, futile: 0, failed: 0 });
  const channels = { video: none(), physical: none(), phone: none() };
  for (const { channel, ending, visits } of sums) channels[channel][ending] += visits;
  return channels;
}

function workersOf({ staff, workerDays }: Material, { from, to }: Period): Figures['workers'] {
  const { employed, trained, informed } = staffOn(staff, to);
  const active = [...employed].filter((worker) => {
    const days = workerDays.get(worker) ?? [];
    return countUntil(days, to) > countUntil(days, from - 1);
  });
  return {
    employed: employed.size,
    active: active.length,
    trained: intersection(employed, trained).size,
    informed: intersection(employed, informed).size,
  };
}

/** Those of one set who are in another, too. */
export const intersection = (one: ReadonlySet<string>, other: ReadonlySet<string>): Set<string> =>
  new Set([...one].filter((who) => other.has(who)));

/** Who is employed as a support worker at the end of a day, and who was prepared by then. */
export function staffOn(staff: readonly StaffFact[], day: number) {
  const employed = new Set<string>();
  const prepared = { trained: new Set<string>(), informed: new Set<string>() };
  for (const { staff: who, on, what } of staff) {
    if (on > day) break;
    if (what === 'support-worker') employed.add(who);
    else if (what === 'other') employed.delete(who);
    else prepared[what].add(who);
  }
  return { employed, ...prepared };
}
