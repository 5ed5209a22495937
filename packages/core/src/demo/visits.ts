import type {
  CancelledBy,
  Channel,
  EndReason,
  ParticipantKind,
  PartKind,
  VisitPurpose,
  VisitState,
  VisitTopic,
} from '../contract/index.ts';
import type { DemoPlan } from './agenda.ts';
import type { Appointment, Outcome } from './appointments.ts';
import { type Calendar, type Day, mondayOf } from './calendar.ts';
import type { DemoCitizen } from './citizens.ts';
import { at, type Random } from './random.ts';
import { legsOf, type Stretch, stretchesOf } from './stretches.ts';
import type { Town, Worker } from './town.ts';

export interface DemoPart {
  readonly kind: PartKind;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly minutes: number | null;
}

export interface DemoVisit {
  readonly id: string;
  readonly citizen: DemoCitizen;
  readonly day: Day;
  readonly channel: Channel;
  readonly origin: 'planned' | 'unplanned';
  readonly state: VisitState;
  readonly happensAt: Date;
  readonly planned: { readonly startsAt: Date; readonly endsAt: Date } | null;
  readonly proposedBy: 'citizen' | 'worker' | null;
  readonly purposes: readonly VisitPurpose[];
  readonly topics: readonly VisitTopic[];
  readonly parts: readonly DemoPart[];
  readonly participants: readonly { readonly kind: ParticipantKind; readonly staffId: string | null }[];
  readonly plan: { readonly plan: DemoPlan; readonly week: string; readonly slot: number } | null;
  readonly ended: { readonly by: CancelledBy | null; readonly reason: EndReason } | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const minuteMs = 60_000;
const waitingPerDay = 15;
const callsUnplannedPercent = 14;
/** After the last appointment, and after the way back from it. */
const callsAfter = 40;

export interface VisitSources {
  readonly town: Town;
  readonly citizens: readonly DemoCitizen[];
  readonly plans: readonly DemoPlan[];
  readonly appointments: readonly Appointment[];
  readonly calendar: Calendar;
  readonly random: Random;
}

/** Turns appointments into visits with the actual times of each worker's day, and adds calls that nobody had planned. */
export function makeVisits(sources: VisitSources): DemoVisit[] {
  const { town, calendar, random, appointments } = sources;
  const context: Context = {
    ...sources,
    planOf: new Map(sources.plans.map((plan) => [plan.id, plan])),
    citizensOf: Map.groupBy(sources.citizens, ({ worker }) => worker),
  };
  const byWorker = Map.groupBy(appointments, ({ citizen }) => citizen.worker);
  return town.workers.flatMap((worker) => {
    const own = byWorker.get(worker) ?? [];
    const byDay = [...Map.groupBy(own, ({ day }) => day)].sort(([a], [b]) => a - b);
    return byDay.flatMap(([day, list]) => {
      const inOrder = [...list].sort((a, b) => a.minute - b.minute);
      return [
        ...makeDay(inOrder, context),
        ...(day < calendar.today && random.chance(callsUnplannedPercent)
          ? callUnplanned(
              worker,
              day,
              Math.max(...list.map(({ minute, minutes }) => minute + minutes)),
              context,
            )
          : []),
      ];
    });
  });
}

interface Context extends VisitSources {
  readonly planOf: ReadonlyMap<string, DemoPlan>;
  readonly citizensOf: ReadonlyMap<Worker, readonly DemoCitizen[]>;
}

function makeDay(list: readonly Appointment[], sources: Context): DemoVisit[] {
  const { random } = sources;
  const isTrip = ({ channel, outcome }: Appointment) =>
    channel === 'physical' && (outcome.kind === 'held' || outcome.kind === 'futile');
  const trips = list.filter(isTrip);
  const turned = list.some(({ outcome }) => outcome.kind === 'turned');
  // There and on, and from the last one back. A worker's day on the road is as long as was published.
  const legs =
    trips.length === 0 ? [] : legsOf(trips.length + 1, random.between(25, turned ? 40 : 60), random);
  let waiting = waitingPerDay;
  return list.map((one) => {
    const trip = trips.indexOf(one);
    const wait = (share: number, least: number, most: number): number => {
      const minutes = random.chance(share) ? Math.min(waiting, random.between(least, most)) : 0;
      waiting -= minutes;
      return minutes;
    };
    const back = trip === trips.length - 1 ? (legs.at(-1) ?? 0) : 0;
    const stretches = stretchesOf(
      one,
      { there: legs[trip] ?? 0, back, wait, alone: trips.length === 0 },
      sources,
    );
    return asVisit(one, stretches, sources);
  });
}

const support: readonly PartKind[] = ['video', 'physical', 'phone'];

function asVisit(one: Appointment, stretches: readonly Stretch[], sources: Context): DemoVisit {
  const { calendar, planOf, random } = sources;
  const { citizen, day, outcome } = one;
  const startsAt = calendar.at(day, one.minute);
  const parts = stretches.map((stretch) => asPart(stretch, day, calendar));
  const first = parts.find(({ kind }) => support.includes(kind));
  const plan = one.plan === null ? null : (planOf.get(one.plan.id) ?? null);
  const usual = calendar.at(day - random.between(6, 27), random.between(490, 930));
  // A plan makes its visits some weeks ahead, in the night.
  const made = plan === null ? usual : later(plan.createdAt, calendar.at(mondayOf(day) - 56, 260));
  const unplanned = outcome.kind === 'called-instead';
  const last = parts.at(-1)?.endsAt ?? parts.at(-1)?.startsAt ?? startsAt;
  const recordedAt = new Date(last.getTime() + random.between(4, 160) * minuteMs);
  const createdAt = earlier(unplanned ? recordedAt : made, calendar.asOf);
  const cancelledAt = new Date(startsAt.getTime() - random.between(20, 2800) * minuteMs);
  const touchedAt =
    outcome.kind === 'planned' || outcome.kind === 'proposed'
      ? createdAt
      : outcome.kind === 'open'
        ? last
        : outcome.kind === 'cancelled'
          ? cancelledAt
          : recordedAt;
  return {
    id: random.uuid(),
    citizen,
    day,
    channel: outcome.kind === 'by-phone' ? 'phone' : one.channel,
    origin: unplanned ? 'unplanned' : 'planned',
    state: stateOf(outcome),
    happensAt: first?.startsAt ?? startsAt,
    planned: unplanned ? null : { startsAt, endsAt: calendar.at(day, one.minute + one.minutes) },
    proposedBy: outcome.kind === 'proposed' ? outcome.by : null,
    purposes: one.purposes,
    topics: one.topics,
    parts,
    participants: stateOf(outcome) === 'held' && random.chance(3) ? [companion(citizen.worker, sources)] : [],
    plan:
      plan === null || one.plan === null ? null : { plan, week: calendar.weekOf(day), slot: one.plan.place },
    ended: endOf(outcome),
    createdAt,
    updatedAt: later(createdAt, earlier(touchedAt, calendar.asOf)),
  };
}

const earlier = (a: Date, b: Date): Date => (a < b ? a : b);
const later = (a: Date, b: Date): Date => (a > b ? a : b);

const asPart = ([kind, from, to]: Stretch, day: Day, calendar: Calendar): DemoPart => ({
  kind,
  startsAt: calendar.at(day, from),
  endsAt: to === null ? null : calendar.at(day, to),
  minutes: to === null ? null : to - from,
});

function stateOf(outcome: Outcome): VisitState {
  switch (outcome.kind) {
    case 'by-phone':
    case 'called-instead':
    case 'turned':
      return 'held';
    default:
      return outcome.kind;
  }
}

function endOf(outcome: Outcome): DemoVisit['ended'] {
  switch (outcome.kind) {
    case 'cancelled':
      return { by: outcome.by, reason: outcome.reason };
    case 'futile':
      return { by: null, reason: outcome.reason };
    case 'failed':
    case 'followed-up':
      return { by: null, reason: outcome.step };
    default:
      return null;
  }
}

function companion(worker: Worker, { town, random }: VisitSources): DemoVisit['participants'][number] {
  const kind = random.weighted({
    relative: 35,
    caseworker: 25,
    'health-care': 20,
    colleague: 15,
    interpreter: 5,
  });
  const others = town.workers.filter(({ id, team }) => team === worker.team && id !== worker.id);
  return { kind, staffId: kind === 'colleague' ? random.pick(others).id : null };
}

/** A citizen called, or was called, at the end of the day. */
function callUnplanned(worker: Worker, day: Day, dayEnds: number, sources: Context): DemoVisit[] {
  const { citizensOf, calendar, random } = sources;
  const own = (citizensOf.get(worker) ?? []).filter(
    ({ supportFrom, supportUntil, online }) =>
      supportFrom < day - 14 &&
      (supportUntil === null || day < supportUntil) &&
      // Their share of support online is not left to chance.
      (online === null || online.way === 'once' || online.way === 'regular'),
  );
  if (own.length === 0) return [];
  const citizen = random.pick(own);
  const from = dayEnds + callsAfter + random.between(0, 10);
  const to = from + random.between(4, 16);
  const happensAt = calendar.at(day, from);
  const recordedAt = calendar.at(day, to + random.between(1, 25));
  const topic: VisitTopic = citizen.online === null ? 'supportive-talk' : at(citizen.online.topics, 0);
  return [
    {
      id: random.uuid(),
      citizen,
      day,
      channel: 'phone',
      origin: 'unplanned',
      state: 'held',
      happensAt,
      planned: null,
      proposedBy: null,
      purposes: [],
      topics: [topic],
      parts: [asPart(['phone', from, to], day, calendar)],
      participants: [],
      plan: null,
      ended: null,
      createdAt: recordedAt,
      updatedAt: recordedAt,
    },
  ];
}
