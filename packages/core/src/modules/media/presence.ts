import type { GoneReason, SeatKind } from '../../contract/call-codes.ts';

/** One stay of a seat in the room, as the media server told of it. */
export interface Stay {
  readonly seatId: string;
  /** The media server's id of the connection: who comes back in full is another one. */
  readonly participant: string;
  readonly joinedAt: Date;
  readonly leftAt: Date | null;
  readonly gone: GoneReason | null;
}

/** What the media server tells, in whatever order it arrives, and however often. */
export type PresenceEvent =
  | { readonly type: 'joined'; readonly seatId: string; readonly participant: string; readonly at: Date }
  | {
      readonly type: 'left';
      readonly seatId: string;
      readonly participant: string;
      readonly joinedAt: Date;
      readonly at: Date;
      readonly gone: GoneReason;
    }
  | { readonly type: 'finished'; readonly at: Date; readonly gone: GoneReason };

export interface Span {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** The times in which host and at least one other were in the room together. */
export interface Together {
  readonly spans: readonly Span[];
  /** Whether they are together now; the last span then ends now. */
  readonly goesOn: boolean;
  /** Whole minutes of all spans, to the nearest, as visits count theirs. */
  readonly minutes: number;
  /** Who ended the last span, and how; empty while it goes on, or where there is none. */
  readonly endedBy: readonly { readonly seatId: string; readonly gone: GoneReason }[];
}

const minuteMs = 60_000;

/**
 * The stays with one more event heard. The order of events does not matter: a stay that ends before it is known to have
 * begun begins with its end, and of two ends the earlier one holds.
 */
export function follow(stays: readonly Stay[], event: PresenceEvent): readonly Stay[] {
  if (event.type === 'finished')
    return stays.map((stay) =>
      stay.joinedAt > event.at ? stay : endedAt(stay, event.at, event.gone, stay.leftAt === null),
    );
  const known = stays.find((stay) => stay.seatId === event.seatId && stay.participant === event.participant);
  const { seatId, participant } = event;
  if (event.type === 'joined') {
    if (known === undefined)
      return [...stays, { seatId, participant, joinedAt: event.at, leftAt: null, gone: null }];
    if (known.joinedAt <= event.at) return stays;
    return stays.map((stay) => (stay === known ? { ...stay, joinedAt: event.at } : stay));
  }
  const begun = known ?? { seatId, participant, joinedAt: event.joinedAt, leftAt: null, gone: null };
  const ended = endedAt(begun, event.at, event.gone, begun.leftAt === null || event.at <= begun.leftAt);
  return known === undefined ? [...stays, ended] : stays.map((stay) => (stay === known ? ended : stay));
}

/** @param holds whether this end is the one that counts */
function endedAt(stay: Stay, at: Date, gone: GoneReason, holds: boolean): Stay {
  if (!holds) return stay;
  // The media server tells ends in whole seconds, and beginnings more exactly.
  return { ...stay, leftAt: at < stay.joinedAt ? stay.joinedAt : at, gone };
}

/** A seat is in the room once: a stay whose end nobody told of ended when the next one of that seat began. */
export const endReplaced = (stays: readonly Stay[]): readonly Stay[] =>
  stays.map((stay) => {
    if (stay.leftAt !== null) return stay;
    const later = stays
      .filter(({ seatId, joinedAt }) => seatId === stay.seatId && joinedAt > stay.joinedAt)
      .map(({ joinedAt }) => joinedAt.getTime());
    return later.length === 0 ? stay : { ...stay, leftAt: new Date(Math.min(...later)), gone: 'vanished' };
  });

interface Stretch {
  readonly seatId: string;
  readonly from: number;
  readonly to: number;
  /** Null: until now, and on. */
  readonly gone: GoneReason | null;
}

/** Whether a seat is in the room now: its latest stay has no end. */
export const isPresent = (stays: readonly Stay[], seatId: string): boolean =>
  latestStay(stays, seatId)?.leftAt === null;

/** How a seat went last; null while it is in, and where it never was. */
export const goneOf = (stays: readonly Stay[], seatId: string): GoneReason | null =>
  latestStay(stays, seatId)?.gone ?? null;

function latestStay(stays: readonly Stay[], seatId: string): Stay | undefined {
  return stays
    .filter((stay) => stay.seatId === seatId)
    .sort((a, b) => b.joinedAt.getTime() - a.joinedAt.getTime() || ends(b) - ends(a))[0];
}
const ends = ({ leftAt }: Stay): number => leftAt?.getTime() ?? Number.POSITIVE_INFINITY;

/**
 * What a seat's stays come to. A seat is in the room once: a stay whose end nobody told of ends where the next begins.
 */
function stretchesOf(stays: readonly Stay[], now: number): Stretch[] {
  const ofSeats = Map.groupBy(stays, (stay) => stay.seatId);
  return [...ofSeats.values()].flatMap((own) => {
    const sorted = own.toSorted((a, b) => a.joinedAt.getTime() - b.joinedAt.getTime());
    const merged: Stretch[] = [];
    for (const [index, stay] of sorted.entries()) {
      const next = sorted[index + 1]?.joinedAt.getTime();
      const from = Math.min(stay.joinedAt.getTime(), now);
      const told = stay.leftAt?.getTime() ?? next;
      const gone = told === undefined ? null : (stay.gone ?? 'vanished');
      const stretch = { seatId: stay.seatId, from, to: Math.min(told ?? now, now), gone };
      const before = merged.at(-1);
      // Two stays that overlap or touch are one.
      if (before === undefined || (stretch.from > before.to && before.gone !== null)) merged.push(stretch);
      else if (before.gone !== null && (stretch.gone === null || stretch.to >= before.to))
        merged[merged.length - 1] = { ...before, to: stretch.to, gone: stretch.gone };
    }
    return merged;
  });
}

/** @param kindOf what each seat is; stays of seats that are unknown count for nothing */
export function together(
  stays: readonly Stay[],
  kindOf: (seatId: string) => SeatKind | undefined,
  now: Date,
): Together {
  const known = stretchesOf(stays, now.getTime()).filter(({ seatId }) => kindOf(seatId) !== undefined);
  const hosts = known.filter(({ seatId }) => kindOf(seatId) === 'worker');
  const others = known.filter(({ seatId }) => kindOf(seatId) !== 'worker');
  const shared: { from: number; to: number; goesOn: boolean }[] = [];
  const overlaps = hosts
    .flatMap((host) =>
      others.map((other) => ({
        from: Math.max(host.from, other.from),
        to: Math.min(host.to, other.to),
        goesOn: host.gone === null && other.gone === null,
      })),
    )
    .filter(({ from, to, goesOn }) => from < to || (goesOn && from === to))
    .sort((a, b) => a.from - b.from);
  for (const overlap of overlaps) {
    const before = shared.at(-1);
    if (before === undefined || overlap.from > before.to) shared.push({ ...overlap });
    else {
      before.to = Math.max(before.to, overlap.to);
      before.goesOn ||= overlap.goesOn;
    }
  }
  const last = shared.at(-1);
  const totalMs = shared.reduce((sum, { from, to }) => sum + to - from, 0);
  return {
    spans: shared.map(({ from, to }) => ({ startsAt: new Date(from), endsAt: new Date(to) })),
    goesOn: last?.goesOn === true,
    minutes: Math.round(totalMs / minuteMs),
    endedBy:
      last === undefined || last.goesOn
        ? []
        : known.flatMap(({ seatId, to, gone }) =>
            gone !== null && to === last.to ? [{ seatId, gone }] : [],
          ),
  };
}

/** A visit has at most twelve parts; some are left for the way there and a call by phone. */
const mostParts = 8;

/**
 * The spans as the parts of a visit, in whole minutes: they neither overlap nor add up to another number than `minutes` of
 * them all, and none ends more than a minute after it did. What is too short for a minute of its own goes to the next.
 * Where a bad connection broke a talk in very many pieces, those with the least between them are told as one.
 */
export function inWholeMinutes(spans: readonly Span[]): Span[] {
  const parts: { from: number; to: number }[] = [];
  let sumMs = 0;
  let counted = 0;
  for (const { startsAt, endsAt } of spans) {
    sumMs += endsAt.getTime() - startsAt.getTime();
    const minutes = Math.round(sumMs / minuteMs) - counted;
    if (minutes === 0) continue;
    counted += minutes;
    const before = parts.at(-1);
    const begun = Math.floor(startsAt.getTime() / minuteMs) * minuteMs;
    const from = Math.max(before?.to ?? begun, begun);
    if (before?.to === from) before.to += minutes * minuteMs;
    else parts.push({ from, to: from + minutes * minuteMs });
  }
  while (parts.length > mostParts) mergeNearest(parts);
  return parts.map(({ from, to }) => ({ startsAt: new Date(from), endsAt: new Date(to) }));
}

/** The later of the two with the least between them is moved to the end of the earlier, so that no minute is won or lost. */
function mergeNearest(parts: { from: number; to: number }[]): void {
  const gaps = parts.slice(1).map(({ from }, index) => from - (parts[index]?.to ?? from));
  const at = gaps.indexOf(Math.min(...gaps));
  const [earlier, later] = [parts[at], parts[at + 1]];
  if (earlier === undefined || later === undefined) return;
  earlier.to += later.to - later.from;
  parts.splice(at + 1, 1);
}
