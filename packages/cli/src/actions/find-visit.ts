import type { Visit } from '@naer/core/contract/visits';
import { wallTime } from './days.ts';

/**
 * What a command is about to do with a visit that was named by the citizen's code only:
 * `current` begin or end the one of today; `missed` tell that it came to nothing, today or before; `turned` turn it, today
 * or ahead; `coming` change the next one; `proposed` answer the next proposal;
 * `unrecorded` record the last one that is over; `failed` follow up the last that failed; `noted` read the last note;
 * `handed` hand off the last that was recorded; `shown` look at the next, else the last; `called` the call of the one of
 * today, else of the next, else of the last, of those by video.
 */
export type VisitWish =
  | 'current'
  | 'missed'
  | 'turned'
  | 'coming'
  | 'proposed'
  | 'unrecorded'
  | 'failed'
  | 'noted'
  | 'handed'
  | 'shown'
  | 'called';

const nearMs = 30 * 60_000;
const endOf = (visit: Visit): number => Date.parse(visit.planned?.endsAt ?? visit.at);
const startOf = (visit: Visit): number => Date.parse(visit.at);

/** Whether a visit is over by the clock and nobody has said what became of it. */
export const isUnrecorded = (visit: Visit, now: Date): boolean =>
  (visit.state === 'planned' || visit.state === 'open') && endOf(visit) <= now.getTime();

/**
 * The visits of one citizen that fit, best first. One is an answer; several are choices to put before the person, since
 * none of them is meant more than the others; none says so.
 */
export function visitsThatFit(visits: readonly Visit[], wish: VisitWish, now: Date): readonly Visit[] {
  const inOrder = [...visits].sort((a, b) => startOf(a) - startOf(b));
  const ahead = inOrder.filter((visit) => endOf(visit) > now.getTime());
  const first = (list: readonly Visit[]) => list.slice(0, 1);
  const last = (list: readonly Visit[]) => list.slice(-1);
  const coming = () => first(ahead.filter(({ state }) => state === 'planned' || state === 'proposed'));
  const unrecorded = () =>
    last(inOrder.filter((visit) => visit.state === 'open' || isUnrecorded(visit, now)));
  switch (wish) {
    case 'current':
      return current(inOrder, now);
    case 'missed':
      return orElse(current(inOrder, now), unrecorded);
    case 'turned':
      return orElse(current(inOrder, now), coming);
    case 'coming':
      return coming();
    case 'proposed':
      return first(ahead.filter(({ state }) => state === 'proposed'));
    case 'unrecorded':
      return unrecorded();
    case 'failed':
      return last(inOrder.filter(({ state }) => state === 'failed'));
    case 'noted':
      return last(inOrder.filter(({ hasNote }) => hasNote));
    case 'handed':
      return last(inOrder.filter(({ handOff }) => handOff !== 'none'));
    case 'called': {
      const calls = inOrder.filter(({ channel, state }) => channel === 'video' && state !== 'cancelled');
      const next = orElse(current(calls, now), () => visitsThatFit(calls, 'coming', now));
      return orElse(next, () => last(calls));
    }
    case 'shown': {
      const took = inOrder.filter(({ state }) => state !== 'cancelled');
      const next = first(took.filter((visit) => ahead.includes(visit)));
      return orElse(next, () => last(took.length > 0 ? took : inOrder));
    }
  }
}

const orElse = (found: readonly Visit[], other: () => readonly Visit[]): readonly Visit[] =>
  found.length > 0 ? found : other();

/** The open one; else today's; of several today the one whose time it is, within half an hour. */
function current(inOrder: readonly Visit[], now: Date): readonly Visit[] {
  const open = inOrder.filter(({ state }) => state === 'open');
  if (open.length > 0) return open;
  const today = wallTime(now).day;
  const planned = inOrder.filter(({ state, at }) => state === 'planned' && wallTime(at).day === today);
  const near = planned.filter(
    (visit) => startOf(visit) - nearMs <= now.getTime() && now.getTime() <= endOf(visit) + nearMs,
  );
  return near.length === 1 ? near : planned;
}
