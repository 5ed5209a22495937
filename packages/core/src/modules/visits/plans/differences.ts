import { type Gap, type Occurrence, slotKey, type Target } from './occurrences.ts';
import type { MadeVisit } from './store.ts';

/** What has to be done so that the visits are as the plan says. */
export type Step =
  /** In the place of a cancelled visit, where there is one. */
  | { readonly kind: 'make'; readonly target: Occurrence; readonly instead: MadeVisit | null }
  | { readonly kind: 'shift'; readonly target: Occurrence; readonly visit: MadeVisit }
  | { readonly kind: 'cancel'; readonly visit: MadeVisit; readonly gap: Gap | null }
  | { readonly kind: 'leave-out'; readonly gap: Gap }
  /** The plan does not ask for it any more, and nobody was planned for it. */
  | { readonly kind: 'forget'; readonly week: string; readonly slot: number };

export interface Differing {
  /** What the plan asked for until now, and what it asks for from now on, of the same weeks. */
  readonly before: readonly Target[];
  readonly after: readonly Target[];
  readonly made: readonly MadeVisit[];
  /** Whose plan it is. */
  readonly workerId: string;
  readonly now: Date;
  /** The one place that somebody decided on just now, by `slotKey`: there nothing done by hand stands above it. */
  readonly decided?: string;
}

/**
 * Compares what a plan asked for with what it asks for now. Only places whose time or channel is another one are
 * touched. A visit that somebody moved, turned or gave to a colleague by hand stays as it was agreed; what is over, open or ended stays; a
 * visit that a person cancelled is not made again, one that the plan itself cancelled is.
 */
export function differences({ before, after, made, workerId, now, decided }: Differing): Step[] {
  const byKey = <Item extends { readonly week: string; readonly slot: number }>(list: readonly Item[]) =>
    new Map(list.map((item) => [slotKey(item), item]));
  const [asked, asks, visits] = [byKey(before), byKey(after), byKey(made)];
  return [...new Set([...asks.keys(), ...asked.keys()])].flatMap((key): Step[] => {
    const [old, fresh, visit] = [asked.get(key), asks.get(key), visits.get(key)];
    const byName = key === decided;
    if (!byName && isSame(old, fresh)) return [];
    if (visit !== undefined && visit.state !== 'cancelled') {
      // One that was opened by mistake can be left out by name, but not moved.
      const isLive =
        visit.state === 'proposed' || visit.state === 'planned' || (byName && visit.state === 'open');
      const asPlanned =
        old?.kind === 'visit' && isAs(visit, old) && visit.workerId === workerId && visit.startsAt > now;
      if (!isLive || !(byName || asPlanned)) return [];
      if (fresh?.kind !== 'visit') return [{ kind: 'cancel', visit, gap: fresh ?? null }];
      return isAs(visit, fresh) ? [] : [{ kind: 'shift', visit, target: fresh }];
    }
    if (visit !== undefined && !byName && visit.endedReason !== 'plan-changed') return [];
    if (fresh === undefined)
      return old === undefined ? [] : [{ kind: 'forget', week: old.week, slot: old.slot }];
    if (fresh.kind === 'gap') return [{ kind: 'leave-out', gap: fresh }];
    // A time that is over cannot be planned; who asked for it by name is told so.
    if (fresh.startsAt <= now && !byName) return [{ kind: 'leave-out', gap: asGap(fresh, 'past') }];
    return [{ kind: 'make', target: fresh, instead: visit ?? null }];
  });
}

export const asGap = ({ week, slot, startsAt, endsAt }: Target, reason: Gap['reason']): Gap => ({
  kind: 'gap',
  week,
  slot,
  startsAt,
  endsAt,
  reason,
});

const isAs = (
  one: Pick<Occurrence, 'startsAt' | 'endsAt' | 'channel'>,
  other: Pick<Occurrence, 'startsAt' | 'endsAt' | 'channel'>,
): boolean =>
  one.startsAt.getTime() === other.startsAt.getTime() &&
  one.endsAt.getTime() === other.endsAt.getTime() &&
  one.channel === other.channel;

function isSame(one: Target | undefined, other: Target | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  if (one.kind === 'visit' && other.kind === 'visit') return isAs(one, other);
  return (
    one.kind === 'gap' &&
    other.kind === 'gap' &&
    one.reason === other.reason &&
    one.startsAt.getTime() === other.startsAt.getTime() &&
    one.endsAt.getTime() === other.endsAt.getTime()
  );
}
