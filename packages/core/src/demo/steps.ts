import type { CitizenStatus, StepReason } from '../contract/index.ts';
import { localDay } from '../kernel/time-zone.ts';
import type { Agenda } from './agenda.ts';
import { type Calendar, type Day, dayOf } from './calendar.ts';
import type { DemoCitizen } from './citizens.ts';
import type { Random } from './random.ts';
import type { DemoVisit } from './visits.ts';

export interface DemoStep {
  readonly id: string;
  readonly from: CitizenStatus | null;
  readonly to: CitizenStatus;
  readonly reason: StepReason;
  readonly on: Day;
}

export interface DemoAssessment {
  readonly id: string;
  readonly outcome: 'suited' | 'suited-with-help' | 'not-now' | 'unsuited';
  readonly reasons: readonly string[];
  readonly on: Day;
}

/** How far a citizen has come, and when. */
export interface Course {
  readonly status: CitizenStatus;
  readonly steps: readonly DemoStep[];
  readonly assessments: readonly DemoAssessment[];
  readonly registeredOn: Day;
}

type Mark = readonly [to: CitizenStatus, on: Day, reason: StepReason];

/** When offers began: after a few months of preparation. */
const programmeAfter = 75;

const acceptReasons = {
  'own-wish': 40,
  'worker-suggestion': 25,
  'smaller-bites': 20,
  'support-away-from-home': 8,
  illness: 7,
};
const declineReasons = {
  'prefers-visits': 35,
  'no-equipment': 25,
  'uneasy-with-technology': 15,
  'weak-connection': 8,
  'fear-of-being-watched': 7,
  'no-reason-given': 6,
  'not-suited-now': 4,
};
const introducedReasons = { 'at-home': 80, 'at-an-office': 20 };
const endReasons = { 'goal-reached': 35, 'needs-visits': 30, 'citizen-wish': 20, 'technology-failed': 15 };
const supportEndReasons = { 'moved-away': 50, died: 20, 'grant-ended': 30 };

export function makeCourse(
  { citizen, supportFrom }: Agenda,
  visits: readonly DemoVisit[],
  calendar: Calendar,
  random: Random,
): Course {
  // Whoever had support already was registered before history begins, the others before their support did.
  const registeredOn = Math.max(supportFrom, calendar.start) - random.between(21, 28);
  const marks = [
    ['candidate', registeredOn, 'mapped'] as const,
    ...(citizen.online === null
      ? withoutVideo(citizen, registeredOn, calendar, random)
      : withVideo(citizen, visits, registeredOn, calendar, random)),
  ];
  const steps = marks.map(
    ([to, on, reason], nth): DemoStep => ({
      id: random.uuid(),
      from: marks[nth - 1]?.[0] ?? null,
      to,
      reason,
      on,
    }),
  );
  const offered = steps.find(({ to }) => to === 'offered');
  const status = steps.at(-1)?.to ?? 'candidate';
  return {
    status,
    steps,
    assessments: offered === undefined ? [] : [assess(status, offered.on, random)],
    registeredOn,
  };
}

function withVideo(
  { online }: DemoCitizen,
  visits: readonly DemoVisit[],
  registeredOn: Day,
  calendar: Calendar,
  random: Random,
): Mark[] {
  const calls = visits.filter(({ channel }) => channel === 'video').sort((a, b) => a.day - b.day);
  const tried = calls[0]?.day ?? calendar.today;
  const held = calls
    .filter(({ state }) => state === 'held')
    .map(({ happensAt }) => dayOf(localDay(happensAt)));
  const began = held[0] ?? tried;
  const latest = held.at(-1) ?? began;
  const offered = Math.max(registeredOn, tried - random.between(25, 60));
  const accepted = Math.max(offered, tried - random.between(12, 22));
  const introduced = Math.max(accepted, tried - random.between(1, 7));
  const marks: Mark[] = [
    [
      'offered',
      offered,
      random.weighted({ 'worker-suggestion': 60, 'first-talk': 25, 'citizen-request': 15 }),
    ],
    ['accepted', accepted, random.weighted(acceptReasons)],
    [
      'introduced',
      introduced,
      online?.way === 'only' || online?.way === 'growing' ? 'by-video' : random.weighted(introducedReasons),
    ],
    ['active', began, 'first-call-held'],
  ];
  if (online?.way === 'fading') marks.push(['tapering', Math.min(began + 28, calendar.today), 'goal-near']);
  const over = latest + random.between(14, 40);
  if (online?.way === 'once' && over < calendar.today && random.chance(60)) {
    if (random.chance(30)) marks.push(['tapering', latest, 'citizen-wish']);
    marks.push(['ended', over, random.weighted(endReasons)]);
  }
  return marks;
}

function withoutVideo(
  { stands, supportUntil }: DemoCitizen,
  registeredOn: Day,
  calendar: Calendar,
  random: Random,
): Mark[] {
  if (stands === 'candidate') return [];
  if (stands === 'ended')
    return [
      ['ended', Math.max(registeredOn, supportUntil ?? calendar.today), random.weighted(supportEndReasons)],
    ];
  const recent = stands === 'offered' || stands === 'accepted' || stands === 'introduced';
  const from = Math.max(registeredOn, recent ? calendar.today - 45 : calendar.start + programmeAfter);
  const offered = Math.min(calendar.today - 12, from + random.below(Math.max(1, calendar.today - 12 - from)));
  const asked = Math.max(offered, registeredOn);
  const answered = Math.min(calendar.today - 4, asked + random.between(2, 10));
  const marks: Mark[] = [
    ['offered', asked, random.weighted({ 'worker-suggestion': 55, 'first-talk': 35, 'citizen-request': 10 })],
  ];
  if (stands === 'declined')
    marks.push(['declined', Math.max(asked, answered), random.weighted(declineReasons)]);
  if (stands === 'accepted' || stands === 'introduced')
    marks.push(['accepted', Math.max(asked, answered), random.weighted(acceptReasons)]);
  if (stands === 'introduced')
    marks.push([
      'introduced',
      Math.max(asked, Math.min(calendar.today, answered + 3)),
      random.weighted(introducedReasons),
    ]);
  return marks;
}

function assess(status: CitizenStatus, on: Day, random: Random): DemoAssessment {
  const id = random.uuid();
  if (status === 'declined')
    return random.chance(40)
      ? {
          id,
          outcome: 'not-now',
          reasons: [
            random.weighted({ 'technology-too-hard': 50, 'needs-presence': 30, 'no-private-place': 20 }),
          ],
          on,
        }
      : { id, outcome: 'suited-with-help', reasons: ['concerned-by-camera'], on };
  return random.chance(55)
    ? { id, outcome: 'suited', reasons: ['wishes-video'], on }
    : { id, outcome: 'suited-with-help', reasons: ['calm-on-video', 'technology-too-hard'], on };
}

/**
 * Some citizens are assessed and nobody has asked them yet, mostly where the worker takes part in the programme: what is
 * left to each worker's own attitude is the handbook's warning (F6).
 */
export function assessUnasked(
  course: Course,
  { worker }: DemoCitizen,
  calendar: Calendar,
  random: Random,
): Course {
  if (course.status !== 'candidate' || !random.chance(worker.inProgramme ? 55 : 6)) return course;
  const on = Math.max(course.registeredOn, calendar.today - random.between(15, 180));
  return { ...course, assessments: [assess(course.status, on, random)] };
}
