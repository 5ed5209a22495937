import type { TalkSpan } from '../../../contract/index.ts';
import { addDays, fromLocal, localDay, toLocal, wallTimeKind } from '../../../kernel/time-zone.ts';

/** A talk that is asked for is planned for so long; a proposal may be for another length. */
export const talkMinutes = 30;
/** Nobody is asked for a talk that is to begin before they could have read it. */
const noticeMs = 2 * 3_600_000;
/** A page may have stood open for a while since it was shown what it now chooses. */
const graceMs = 3_600_000;
const aheadDays = 14;
const stepMinutes = 30;
/** More than a handful is no simple choice. */
const mostTimes = 6;
/** The second of a day is so much later than the first that it is a choice. */
const apartMs = 3 * 3_600_000;

export interface Stretch {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface TalkTimes {
  readonly hours: readonly TalkSpan[];
  /** When worker or citizen has something else. */
  readonly busy: readonly Stretch[];
  /** Whether the worker is at work. */
  readonly isAtWork: (stretch: Stretch) => boolean;
  readonly minutes: number;
  readonly now: Date;
}

/** Until when times are looked for. */
export const talksUntil = (now: Date): Date => new Date(now.getTime() + (aheadDays + 1) * 86_400_000);

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));

/** Every half hour of a worker's talk hours in the next two weeks at which both have time. */
function* freeTimes({ hours, busy, isAtWork, minutes, now }: TalkTimes, earliest: Date): Generator<Date> {
  const today = localDay(now);
  for (let ahead = 0; ahead <= aheadDays; ahead += 1) {
    const day = addDays(today, ahead);
    const { dayOfWeek } = toLocal(fromLocal(`${day}T12:00`));
    const spans = hours
      .filter(({ weekday }) => weekday === dayOfWeek)
      .toSorted((a, b) => a.from.localeCompare(b.from));
    for (const { from, until } of spans)
      for (let at = minutesOf(from); at + minutes <= minutesOf(until); at += stepMinutes) {
        const local = `${day}T${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
        // A time that the clock shows twice or never is no time to agree on.
        if (wallTimeKind(local) !== 'once') continue;
        const startsAt = fromLocal(local);
        const stretch = { startsAt, endsAt: new Date(startsAt.getTime() + minutes * 60_000) };
        const isTaken = busy.some((one) => one.startsAt < stretch.endsAt && stretch.startsAt < one.endsAt);
        if (startsAt >= earliest && !isTaken && isAtWork(stretch)) yield startsAt;
      }
  }
}

/** The times that a citizen is shown: the soonest, two a day at most, so that there is something to choose between. */
export function timesToOffer(wanted: TalkTimes): Date[] {
  const offered: Date[] = [];
  const ofDay = new Map<string, Date[]>();
  for (const time of freeTimes(wanted, new Date(wanted.now.getTime() + noticeMs))) {
    const day = localDay(time);
    const [first, second] = ofDay.get(day) ?? [];
    if (second !== undefined) continue;
    if (first !== undefined && time.getTime() - first.getTime() < apartMs) continue;
    ofDay.set(day, first === undefined ? [time] : [first, time]);
    offered.push(time);
    if (offered.length === mostTimes) break;
  }
  return offered;
}

/** Whether a time can be chosen still, shown a while ago. */
export function canBeChosen(startsAt: Date, wanted: TalkTimes): boolean {
  const earliest = new Date(wanted.now.getTime() + noticeMs - graceMs);
  for (const time of freeTimes(wanted, earliest)) if (time.getTime() === startsAt.getTime()) return true;
  return false;
}
