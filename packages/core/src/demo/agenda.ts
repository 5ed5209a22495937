import type { Channel, CitizenWord, Phase, PlanKind, RoomWish } from '../contract/index.ts';
import { type Calendar, clockOf, type Day, mondayOf, weekdayOf } from './calendar.ts';
import type { DemoCitizen } from './citizens.ts';
import { callMinutes, fading, fadingSince, growing, growingSince, needsOf, spareMinutes } from './needs.ts';
import { at, type Random } from './random.ts';
import { gapMinutes, packWeek, type TimeWish, type WeekTime } from './timetable.ts';
import type { Town } from './town.ts';

/** An appointment that comes again, whether a plan makes it or it was made by hand. */
export interface Slot extends WeekTime {
  readonly channel: Channel;
  readonly minutes: number;
  /** Every so many weeks, counted from the week of `anchor`. */
  readonly every: number;
  readonly anchor: Day;
  /** First and last day it can be on. */
  readonly from: Day;
  readonly until: Day;
  /** Which slot of a plan it is, from the day that plan starts. */
  readonly plan: { readonly id: string; readonly place: number } | null;
}

export interface DemoPlan {
  readonly id: string;
  readonly citizen: DemoCitizen;
  readonly kind: PlanKind;
  readonly startsOn: Day;
  readonly phases: readonly Phase[];
  readonly room: RoomWish;
  readonly word: CitizenWord;
  readonly createdAt: Date;
}

export interface Agenda {
  readonly citizen: DemoCitizen;
  /** Not before what the citizen is granted; later for those whose support is mostly online, who have come lately. */
  readonly supportFrom: Day;
  readonly slots: readonly Slot[];
  /** Times that are kept for a call now and then. */
  readonly spare: (WeekTime & { readonly minutes: number }) | null;
  readonly plans: readonly DemoPlan[];
}

/** Whose week looks how: everybody's times, laid so that no worker is in two places at once. */
export function layAgendas(
  town: Town,
  citizens: readonly DemoCitizen[],
  calendar: Calendar,
  random: Random,
): Agenda[] {
  const times = new Map<string, { visits: WeekTime[]; calls: WeekTime[]; spare: WeekTime | null }>();
  for (const worker of town.workers) {
    const own = citizens.filter((citizen) => citizen.worker === worker);
    const wishes = own.flatMap((citizen) => {
      const needs = needsOf(citizen);
      const wish = (kind: 'visits' | 'calls' | 'spare', minutes: number) => ({
        kind,
        wish: {
          citizenId: citizen.id,
          minutes,
          everyDay: needs.growing && kind === 'calls',
        } satisfies TimeWish,
      });
      return [
        ...needs.visits.map((minutes) => wish('visits', minutes)),
        ...needs.calls.map((minutes) => wish('calls', minutes)),
        ...(needs.spare ? [wish('spare', spareMinutes)] : []),
      ];
    });
    const found = packWeek(
      worker,
      wishes.map(({ wish }) => wish),
      random,
    );
    for (const { id } of own) times.set(id, { visits: [], calls: [], spare: null });
    for (const [place, { kind, wish }] of wishes.entries()) {
      const kept = times.get(wish.citizenId);
      if (kept === undefined) continue;
      if (kind === 'spare') kept.spare = at(at(found, place), 0);
      else kept[kind].push(...at(found, place));
    }
  }
  return citizens.map((citizen) => {
    const kept = times.get(citizen.id) ?? { visits: [], calls: [], spare: null };
    return layAgenda(citizen, kept, calendar, random);
  });
}

function layAgenda(
  citizen: DemoCitizen,
  times: {
    readonly visits: readonly WeekTime[];
    readonly calls: readonly WeekTime[];
    readonly spare: WeekTime | null;
  },
  calendar: Calendar,
  random: Random,
): Agenda {
  const needs = needsOf(citizen);
  const { online } = citizen;
  const heavy =
    online !== null && online.way !== 'once' && online.way !== 'regular' && online.way !== 'fading';
  const calls = times.calls.map((time, place) => ({
    ...time,
    channel: 'video' as const,
    minutes: needs.calls[place] ?? callMinutes,
  }));
  const callsFrom =
    online === null || online.way === 'once' ? null : beginningOf(online, calls, calendar, random);
  const supportFrom = heavy && callsFrom !== null ? callsFrom : citizen.supportFrom;
  const first = Math.max(supportFrom, calendar.start);
  const until = citizen.supportUntil ?? calendar.end;
  const slots: Slot[] = [];
  const plans: DemoPlan[] = [];
  const room: RoomWish = random.chance(70)
    ? { kind: 'any', site: null, needs: ['camera'] }
    : { kind: 'none' };
  const addPlan = (kind: PlanKind, startsOn: Day, phases: readonly Phase[], withRoom: boolean): string => {
    const id = random.uuid();
    plans.push({
      id,
      citizen,
      kind,
      startsOn,
      phases,
      room: withRoom ? room : { kind: 'none' },
      word: random.weighted({ agreed: 70, 'own-wish': 25, 'would-rather-not': 2, 'not-asked': 3 }),
      createdAt: new Date(
        Math.min(
          calendar.at(startsOn - random.between(2, 9), random.between(540, 900)).getTime(),
          calendar.asOf.getTime(),
        ),
      ),
    });
    return id;
  };
  const visits = times.visits.map((time, place) => ({
    ...time,
    channel: 'physical' as const,
    minutes: needs.visits[place] ?? 60,
  }));
  const together = callsFrom !== null && visits.length === 1 && online?.way !== 'fading';
  const ongoing = citizen.supportUntil === null;

  // Visits: by hand in the past, by a plan since some weeks.
  if (visits.length > 0) {
    const weeksAgo = 2 * random.between(1, 5);
    const planFrom = together ? callsFrom : Math.max(mondayOf(calendar.today) - 7 * weeksAgo, first);
    const every = citizen.short ? 2 : needs.every;
    const kind: PlanKind = together ? 'split' : every === 2 ? 'fortnightly' : 'weekly';
    const places = together ? [...visits, ...calls] : visits;
    const phase: Phase = {
      weeks: null,
      slots: places.map((slot) => asSlot(slot, slot.channel === 'video' ? 1 : every)),
    };
    const id = ongoing ? addPlan(kind, planFrom, [phase], together) : null;
    for (const [place, slot] of visits.entries()) {
      const span = { ...slot, anchor: mondayOf(planFrom) };
      const plan = id === null ? null : { id, place };
      slots.push({
        ...span,
        every: needs.every,
        from: first,
        until: Math.min(until, planFrom - 1),
        plan: null,
      });
      slots.push({ ...span, every, from: planFrom, until, plan });
    }
    if (together)
      for (const [nth, slot] of calls.entries())
        slots.push({
          ...slot,
          every: 1,
          anchor: callsFrom,
          from: callsFrom,
          until,
          plan: id === null ? null : { id, place: visits.length + nth },
        });
  }
  if (callsFrom !== null && !together) {
    const stages = stagesOf(online?.way ?? 'regular', calls);
    const kind: PlanKind =
      online?.way === 'growing' ? 'growing' : online?.way === 'fading' ? 'tapering' : 'weekly';
    const phases = stages.map(({ weeks, slots: list, every }) => ({
      weeks,
      slots: list.map((slot) => asSlot(slot, every)),
    }));
    const id = addPlan(kind, callsFrom, phases, true);
    let from = callsFrom;
    for (const { weeks, slots: list, every } of stages) {
      const last = weeks === null ? until : from + 7 * weeks - 1;
      for (const [place, slot] of list.entries())
        slots.push({ ...slot, every, anchor: from, from, until: Math.min(last, until), plan: { id, place } });
      from = last + 1;
    }
  }
  return {
    citizen,
    supportFrom,
    slots,
    spare: times.spare === null ? null : { ...times.spare, minutes: spareMinutes },
    plans,
  };
}

type Call = WeekTime & { readonly channel: Channel; readonly minutes: number };
interface Stage {
  readonly weeks: number | null;
  readonly every: number;
  readonly slots: readonly Call[];
}

function stagesOf(way: string, calls: readonly Call[]): Stage[] {
  if (way === 'growing')
    return growing.map(({ weeks, weekdays, minutes }) => ({
      weeks,
      every: 1,
      slots: weekdays.map((weekday) => ({ ...at(calls, weekday - 1), minutes })),
    }));
  if (way === 'fading') return fading.map(({ weeks, every }) => ({ weeks, every, slots: calls }));
  return [{ weeks: null, every: 1, slots: calls }];
}

const asSlot = ({ channel, weekday, minute, minutes }: Call, everyWeeks: number) => ({
  channel,
  weekday,
  time: clockOf(minute),
  minutes,
  everyWeeks,
});

/** The Monday since which somebody is called, so that by now there have been as many calls as they are to have had. */
function beginningOf(
  online: NonNullable<DemoCitizen['online']>,
  calls: readonly Call[],
  calendar: Calendar,
  random: Random,
): Day {
  const monday = mondayOf(calendar.today);
  if (online.way === 'growing') return monday - growingSince;
  if (online.way === 'fading') return monday - fadingSince;
  const [least, most] = online.sessions;
  const wanted = Math.min(most, online.way === 'only' ? 21 : least + random.between(0, 4)) + online.failures;
  for (let from = monday; from > calendar.start; from -= 7)
    if (countPast(calls, from, calendar) >= wanted) return from;
  throw new Error('no year is full of holidays');
}

/** Over, and whoever was there has come back. */
export const isPast = (calendar: Calendar, day: Day, endMinute: number): boolean =>
  day < calendar.today ||
  (day === calendar.today && calendar.at(day, endMinute + gapMinutes) <= calendar.asOf);

function countPast(calls: readonly Call[], from: Day, calendar: Calendar): number {
  let count = 0;
  for (let day = from; day <= calendar.today; day += 1)
    if (!calendar.isOff(day))
      count += calls.filter(
        ({ weekday, minute, minutes }) =>
          weekday === weekdayOf(day) && isPast(calendar, day, minute + minutes),
      ).length;
  return count;
}

/** The days of a slot from the beginning of history to the end of what is planned, days off left out. */
export function* daysOf(slot: Slot, calendar: Calendar): Generator<Day> {
  const first = mondayOf(slot.from) + slot.weekday - 1;
  for (let day = first; day <= slot.until; day += 7) {
    if (day < slot.from || calendar.isOff(day)) continue;
    const weeks = (mondayOf(day) - slot.anchor) / 7;
    if (((weeks % slot.every) + slot.every) % slot.every === 0) yield day;
  }
}

/** The days on which a plan has no visit because they are off. */
export function* daysOffOf(slot: Slot, calendar: Calendar): Generator<Day> {
  const anywhere = { ...calendar, isOff: (day: Day) => !calendar.isOff(day) };
  yield* daysOf(slot, anywhere);
}
