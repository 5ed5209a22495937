import type { Agreement, SeatKind, SeatState, TroubleStep } from '../../contract/index.ts';
import { goneOf, type Stay, type Together, together } from './presence.ts';
import type { CallRow } from './store.ts';

const minuteMs = 60_000;
/** So long the host has to end a visit with what it was about; then it is recorded without. */
export const finishWithinMs = 10 * minuteMs;

export interface SeatNow {
  readonly id: string;
  readonly kind: SeatKind;
  readonly state: SeatState;
  readonly since: Date;
  readonly byPhone: boolean;
}

export interface CallNow {
  /** When it was to begin. */
  readonly startsAt: Date;
  readonly closesAt: Date;
  readonly seats: readonly SeatNow[];
  readonly stays: readonly Stay[];
}

/** What is to become of a call that is on, by itself. */
export type Verdict =
  | { readonly what: 'nothing' }
  /** Technology gave up: the ground rules are set in motion. */
  | { readonly what: 'fail'; readonly step: TroubleStep }
  /** They talked, and it is over: the visit is recorded. */
  | { readonly what: 'finish' }
  /** Nobody talked, and the time of the call is over. */
  | { readonly what: 'close' };

/**
 * Who was in when, with what the media server cannot know: who said goodbye, or was turned away, is out although nobody
 * told of it yet; who is on the telephone is there from when they were let in, and so is the host, wherever they sit: until
 * they finish, or say goodbye on the page.
 */
export function staysOf({ seats, stays }: Pick<CallNow, 'seats' | 'stays'>): Stay[] {
  const out = new Map(
    seats.flatMap(({ id, state, since }) =>
      state === 'left' || state === 'refused'
        ? [[id, { since, gone: state === 'left' ? ('hung-up' as const) : ('removed' as const) }]]
        : [],
    ),
  );
  const callers = seats.filter(isOnTelephone);
  const first = new Date(Math.min(...callers.map(({ since }) => since.getTime())));
  const hosts = seats.filter(({ kind }) => kind === 'worker' && callers.length > 0);
  const onPhone = [
    ...callers.map(({ id, since }) => ({ seatId: id, since, until: undefined })),
    ...hosts.map(({ id }) => ({ seatId: id, since: first, until: out.get(id) })),
  ].map(({ seatId, since, until }): Stay => {
    const isEnded = until !== undefined && until.since > since;
    return {
      seatId,
      participant: 'telephone',
      joinedAt: since,
      leftAt: isEnded ? until.since : null,
      gone: isEnded ? until.gone : null,
    };
  });
  return [
    ...onPhone,
    ...stays.map((stay) => {
      const end = out.get(stay.seatId);
      if (end === undefined || stay.joinedAt > end.since) return stay;
      // Who hung up on the page may be gone from the network a moment later: it is the page that knows.
      if (stay.leftAt !== null && stay.leftAt <= end.since && stay.gone !== 'vanished') return stay;
      const leftAt = stay.leftAt !== null && stay.leftAt < end.since ? stay.leftAt : end.since;
      return isLast(stays, stay) ? { ...stay, leftAt, gone: end.gone } : stay;
    }),
  ];
}

const isOnTelephone = ({ byPhone, state }: SeatNow): boolean => byPhone && state === 'admitted';

const isLast = (stays: readonly Stay[], stay: Stay): boolean =>
  !stays.some((one) => one.seatId === stay.seatId && one.joinedAt > stay.joinedAt);

export const togetherIn = (call: Pick<CallNow, 'seats' | 'stays'>, now: Date): Together => {
  const kinds = new Map(call.seats.map(({ id, kind }) => [id, kind]));
  return together(staysOf(call), (seatId) => kinds.get(seatId), now);
};

/** @param afterMinutes of the ground rules */
export function verdictOn(
  call: CallNow,
  { afterMinutes }: Pick<Agreement, 'afterMinutes'>,
  now: Date,
): Verdict {
  const nothing = { what: 'nothing' } as const;
  const stays = staysOf(call);
  const had = togetherIn(call, now);
  // Nobody sees a telephone being put down: what was forgotten is not recorded as hours of talk, but left to the worker.
  if (had.goesOn) return call.seats.some(isOnTelephone) && now >= call.closesAt ? { what: 'close' } : nothing;
  const isOver = (since: Date, ms: number): boolean => now.getTime() - since.getTime() >= ms;
  const afterMs = afterMinutes * minuteMs;
  const wentByChoice = (seat: SeatNow): boolean => {
    const gone = goneOf(stays, seat.id);
    return gone !== null && gone !== 'vanished';
  };

  const lastEnd = had.spans.at(-1)?.endsAt ?? null;
  const bothInSince = letInSince(call, (seat) => wentByChoice(seat) && !returned(stays, seat));
  if (bothInSince !== null && (lastEnd === null || bothInSince > lastEnd)) {
    if (!isOver(bothInSince, afterMs)) return nothing;
    // Where one of them got through, the way of the other is blocked; where nobody did, there is nothing to reach.
    const someoneIsIn = call.seats.some(({ id }) =>
      stays.some((stay) => stay.seatId === id && stay.leftAt === null),
    );
    return { what: 'fail', step: someoneIsIn ? 'network-blocked' : 'media-down' };
  }
  if (lastEnd !== null) {
    const others = call.seats.filter(({ kind }) => kind !== 'worker');
    const citizen = others.filter(
      ({ kind, id }) => kind === 'citizen' && stays.some((stay) => stay.seatId === id),
    );
    const chose = (citizen.length > 0 ? citizen : others).some(wentByChoice);
    const dropped = had.endedBy.every(({ gone }) => gone === 'vanished') && !chose;
    if (dropped) return isOver(lastEnd, afterMs) ? { what: 'fail', step: 'dropped' } : nothing;
    // Who came back to the waiting room is to be let in, or turned away, first.
    if (others.some(({ state }) => state === 'waiting') && now < call.closesAt) return nothing;
    return isOver(lastEnd, finishWithinMs) ? { what: 'finish' } : nothing;
  }
  return now >= call.closesAt ? { what: 'close' } : nothing;
}

/**
 * Since when host and another are let in and should be able to talk, by the page; null while they are not. Who was let in
 * from elsewhere and finds that the host never comes is not left to sit there: that counts from when it was to begin.
 */
function letInSince({ seats, startsAt }: CallNow, isGone: (seat: SeatNow) => boolean): Date | null {
  const inNow = seats.filter((seat) => seat.state === 'admitted' && !seat.byPhone && !isGone(seat));
  const host = inNow.find(({ kind }) => kind === 'worker');
  const [other] = inNow
    .filter(({ kind }) => kind !== 'worker')
    .sort((a, b) => a.since.getTime() - b.since.getTime());
  if (other === undefined) return null;
  const neverCame = seats.some(({ kind, state }) => kind === 'worker' && state === 'invited');
  const hostSince = host?.since ?? (neverCame ? startsAt : null);
  return hostSince === null ? null : new Date(Math.max(hostSince.getTime(), other.since.getTime()));
}

/** Let in anew after they had gone. */
const returned = (stays: readonly Stay[], seat: SeatNow): boolean =>
  stays.every((stay) => stay.seatId !== seat.id || (stay.leftAt !== null && stay.leftAt < seat.since));

/** What the page says of a failed call: who phones, and until when. */
export interface Failure extends Pick<Agreement, 'caller' | 'speakAgain'> {
  readonly step: TroubleStep;
  readonly at: Date;
  readonly phonesBy: Date;
}

/**
 * Null for a call that did not fail. Who gave up before the visit's time is phoned when its time has come: nobody is at
 * the telephone before that.
 */
export function failureOf(
  { failedAt, failedStep }: Pick<CallRow, 'failedAt' | 'failedStep'>,
  { caller, afterMinutes, speakAgain }: Agreement,
  plannedStartsAt: Date | null,
): Failure | null {
  if (failedAt === null || failedStep === null) return null;
  const from = plannedStartsAt !== null && plannedStartsAt > failedAt ? plannedStartsAt : failedAt;
  return {
    step: failedStep,
    at: failedAt,
    caller,
    phonesBy: new Date(from.getTime() + afterMinutes * minuteMs),
    speakAgain,
  };
}
