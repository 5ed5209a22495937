import type {
  CancelReason,
  Channel,
  FailureStep,
  FutileReason,
  VisitPurpose,
  VisitTopic,
} from '../contract/index.ts';
import { type Agenda, daysOf, isPast } from './agenda.ts';
import { type Calendar, type Day, mondayOf, weekdayOf } from './calendar.ts';
import type { DemoCitizen } from './citizens.ts';
import type { OnlineCourse } from './courses.ts';
import { at, type Random } from './random.ts';

export type Outcome =
  | { readonly kind: 'held' | 'by-phone' | 'called-instead' | 'turned' | 'planned' | 'open' }
  | { readonly kind: 'proposed'; readonly by: 'citizen' | 'worker' }
  | {
      readonly kind: 'cancelled';
      readonly by: 'citizen' | 'worker' | 'municipality';
      readonly reason: CancelReason;
    }
  | { readonly kind: 'futile'; readonly reason: FutileReason }
  | { readonly kind: 'failed' | 'followed-up'; readonly step: FailureStep };

/** One time in a citizen's calendar, and what becomes of it. */
export interface Appointment {
  readonly citizen: DemoCitizen;
  readonly channel: Channel;
  readonly day: Day;
  /** By the wall clock, as planned. */
  readonly minute: number;
  readonly minutes: number;
  readonly plan: { readonly id: string; readonly place: number } | null;
  readonly outcome: Outcome;
  readonly purposes: readonly VisitPurpose[];
  readonly topics: readonly VisitTopic[];
}

type Planned = Omit<Appointment, 'outcome' | 'purposes' | 'topics'>;

/** What support is about among those whose topics no survey asked for. */
const usualTopics: Readonly<Record<VisitTopic, number>> = {
  'supportive-talk': 34,
  structure: 22,
  practical: 15,
  accompaniment: 9,
  'reading-post': 8,
  authorities: 5,
  medication: 3,
  other: 4,
};
const citizenReasons: Readonly<Partial<Record<CancelReason, number>>> = {
  illness: 35,
  'no-energy': 25,
  'other-appointment': 20,
  away: 8,
  hospitalised: 4,
  'no-reason-given': 8,
};
const workerReasons = { illness: 45, 'course-or-meeting': 35, 'urgent-elsewhere': 20 };
const steps: Readonly<Record<FailureStep, number>> = {
  'not-started': 40,
  'no-sound': 25,
  'no-picture': 15,
  dropped: 15,
  'does-not-work': 5,
};

/** The shares in percent of what is planned; somewhat less than the tenth cancelled and thirtieth futile that were published. */
const cancelledPercent = 6;
const futilePercent = 2.5;
const byPhonePercent = 4;
const madeUpForPercent = 80;
/** Not recorded yet: of the last working day and of today. */
const unrecordedPercent = 15;
/** Video began this long after the eighteen months did. */
const firstCallsAfter = 100;
const regularWithin = 28;

export function makeAppointments(
  agendas: readonly Agenda[],
  calendar: Calendar,
  random: Random,
): Appointment[] {
  const lastWorkday = workdayBefore(calendar.today, calendar);
  const seenOnce = random.shuffle(agendas.filter(({ citizen }) => citizen.online?.way === 'once'));
  return agendas.flatMap((agenda) => {
    const { citizen } = agenda;
    const share = (seenOnce.indexOf(agenda) + 0.5) / seenOnce.length;
    const planned: Planned[] = agenda.slots.flatMap((slot) =>
      [...daysOf(slot, calendar)].map((day) => ({ ...slot, citizen, day })),
    );
    const inOrder = (a: Planned, b: Planned) => a.day - b.day || a.minute - b.minute;
    const ordinary = planned
      .filter(({ channel }) => channel === 'physical')
      .sort(inOrder)
      .flatMap((one) => {
        const decided = decideVisit(one, lastWorkday, calendar, random);
        return isMadeUpFor(decided, calendar, random) ? [decided, callInstead(decided, random)] : [decided];
      });
    const calls = planned.filter(({ channel }) => channel === 'video').sort(inOrder);
    return [
      ...ordinary,
      ...decideCalls(citizen, calls, calendar, random),
      ...occasional(agenda, share, calendar, random),
    ];
  });
}

const workdayBefore = (day: Day, calendar: Calendar): Day => {
  for (let before = day - 1; ; before -= 1)
    if (weekdayOf(before) <= 5 && !calendar.isOff(before)) return before;
};

/** Heavy users' visits are held, or the share of their support that is online would be left to chance. */
const isHeavy = ({ online }: DemoCitizen): boolean => online?.way === 'beside' || online?.way === 'mostly';

function decideVisit(one: Planned, lastWorkday: Day, calendar: Calendar, random: Random): Appointment {
  const topics = topicsOf(one.citizen, random);
  const as = (outcome: Outcome): Appointment => ({
    ...one,
    outcome,
    purposes: [],
    topics: told(outcome) ? topics : [],
  });
  const now = nowAt(one, calendar);
  if (now === 'during') return as({ kind: 'open' });
  if (now === 'before') return as(random.chance(1.5) ? cancelled(random) : { kind: 'planned' });
  const late = one.day === lastWorkday || one.day === calendar.today;
  if (late && random.chance(unrecordedPercent)) return as({ kind: 'planned' });
  if (isHeavy(one.citizen)) return as({ kind: 'held' });
  if (random.chance(cancelledPercent)) return as(cancelled(random));
  if (random.chance(futilePercent))
    return as({
      kind: 'futile',
      reason: random.weighted({ 'nobody-home': 65, forgotten: 22, refused: 8, 'wrong-time': 5 }),
    });
  return as({ kind: random.chance(byPhonePercent) ? 'by-phone' : 'held' });
}

/** Of most visits that were cancelled on the day, at least a talk by phone remains. */
const isMadeUpFor = (one: Appointment, calendar: Calendar, random: Random): boolean =>
  one.outcome.kind === 'cancelled' &&
  one.outcome.reason !== 'hospitalised' &&
  nowAt(one, calendar) === 'after' &&
  random.chance(madeUpForPercent);
const callInstead = (one: Appointment, random: Random): Appointment => ({
  ...one,
  channel: 'phone',
  plan: null,
  outcome: { kind: 'called-instead' },
  topics: topicsOf(one.citizen, random),
});

const told = ({ kind }: Outcome): boolean => kind === 'held' || kind === 'by-phone' || kind === 'turned';

const nowAt = ({ day, minute, minutes }: Planned, calendar: Calendar): 'before' | 'during' | 'after' =>
  isPast(calendar, day, minute + minutes)
    ? 'after'
    : calendar.at(day, minute) <= calendar.asOf
      ? 'during'
      : 'before';

function cancelled(random: Random): Outcome {
  const by = random.weighted({ citizen: 72, worker: 24, municipality: 4 });
  const reason =
    by === 'citizen'
      ? pickReason(citizenReasons, random)
      : by === 'worker'
        ? random.weighted(workerReasons)
        : random.weighted({ weather: 60, closed: 40 });
  return { kind: 'cancelled', by, reason };
}
const pickReason = (weights: Readonly<Partial<Record<CancelReason, number>>>, random: Random): CancelReason =>
  random.weighted(Object.fromEntries(Object.entries(weights)) as Record<CancelReason, number>);

/**
 * What a citizen's calls came to: the first ones fail, for those who met technical problems, and the last ones are held, so
 * that whoever is seen every week counts as seen regularly.
 */
function decideCalls(
  citizen: DemoCitizen,
  calls: readonly Planned[],
  calendar: Calendar,
  random: Random,
): Appointment[] {
  const { online } = citizen;
  if (online === null) return [];
  const past = calls.filter((one) => nowAt(one, calendar) === 'after');
  const [least, most] = online.sessions;
  const surplus = Math.max(0, past.length - online.failures - most);
  const spareable = past.length - online.failures - least;
  const cancellations = Math.max(surplus, spareable >= 4 ? 1 : 0);
  const outcomes = past.map((_, place): Outcome => {
    if (place < online.failures) return failed(random);
    // In the middle, behind the failures and before the last two.
    const behind = place - online.failures;
    if (behind >= 1 && behind <= cancellations) return cancelled(random);
    if (online.way === 'regular' && behind === 3 && most > 7) return { kind: 'turned' };
    return { kind: 'held' };
  });
  const decided = tellApart(online, past, outcomes, random);
  const rest = calls.filter((one) => nowAt(one, calendar) !== 'after');
  return [
    ...decided,
    ...rest.map((one): Appointment => {
      const outcome: Outcome = { kind: nowAt(one, calendar) === 'during' ? 'open' : 'planned' };
      return { ...one, outcome, purposes: online.purposes.slice(0, 1), topics: [] };
    }),
  ];
}

const failed = (random: Random): Outcome => ({
  kind: random.chance(85) ? 'followed-up' : 'failed',
  step: random.weighted(steps),
});

/** Gives each held call its purposes and topics, so that together they are just what the citizen would have answered. */
function tellApart(
  online: OnlineCourse,
  calls: readonly Planned[],
  outcomes: readonly Outcome[],
  random: Random,
): Appointment[] {
  const count = outcomes.filter(told).length;
  let nth = -1;
  const share = <Answer>(answers: readonly Answer[]): Answer[] =>
    answers.length > count
      ? answers.filter((_, place) => place % count === nth)
      : [at(answers, nth % answers.length)];
  return calls.map((one, place) => {
    const outcome = at(outcomes, place);
    if (!told(outcome)) return { ...one, outcome, purposes: [], topics: [] };
    nth += 1;
    const topics = [
      ...new Set([...share(online.topics), ...(random.chance(40) ? [random.pick(online.topics)] : [])]),
    ];
    return { ...one, outcome, purposes: share(online.purposes), topics };
  });
}

/**
 * Calls now and then: those of the past for who was seen a few times, a first one to come for who is about to begin.
 *
 * @param share where among the others who were seen a few times they come, from 0 for the first
 */
function occasional(
  { citizen, spare, supportFrom }: Agenda,
  share: number,
  calendar: Calendar,
  random: Random,
): Appointment[] {
  if (spare === null) return [];
  const { online, stands } = citizen;
  const onWeek = (monday: Day): Planned => ({
    citizen,
    channel: 'video',
    day: monday + spare.weekday - 1,
    minute: spare.minute,
    minutes: spare.minutes,
    plan: null,
  });
  const isOpen = ({ day }: Planned) => !calendar.isOff(day);
  const thisWeek = mondayOf(calendar.today);
  if (online === null) {
    // Accepted: a time is proposed; introduced: the first call is planned.
    const next = [1, 2, 3].map((weeks) => onWeek(thisWeek + 7 * weeks)).filter(isOpen);
    const one = next[stands === 'introduced' ? 0 : random.below(next.length)];
    if (one === undefined) return [];
    const outcome: Outcome =
      stands === 'introduced'
        ? { kind: 'planned' }
        : { kind: 'proposed', by: random.chance(70) ? 'worker' : 'citizen' };
    return [{ ...one, outcome, purposes: [], topics: [] }];
  }
  const sessions = random.between(...online.sessions);
  const weeks = sessions + online.failures;
  const latest = thisWeek - 7;
  const from = Math.max(mondayOf(supportFrom) + 21, calendar.start + firstCallsAfter);
  // More of them lately than in the beginning, as more workers got going; the last one of several long enough ago not to be regular.
  const room = Math.max(0, Math.floor((latest - from) / 7) - 5 * (weeks - 1));
  const last = latest - 7 * Math.floor(room * (1 - Math.sqrt(share)));
  const days: Planned[] = [];
  let monday = mondayOf(last);
  while (days.length < weeks) {
    const one = onWeek(monday);
    if (isOpen(one)) days.unshift(one);
    // So far apart that no two held calls are within four weeks of each other.
    monday -= 7 * (Math.ceil(regularWithin / 7) + 1);
  }
  const outcomes = days.map(
    (_, place): Outcome => (place < online.failures ? failed(random) : { kind: 'held' }),
  );
  return tellApart(online, days, outcomes, random);
}

function topicsOf({ online }: DemoCitizen, random: Random): VisitTopic[] {
  const draw = () => (online === null ? random.weighted(usualTopics) : random.pick(online.topics));
  return [...new Set(Array.from({ length: random.between(1, 3) }, draw))];
}
