import type { z } from 'zod';
import type { api, FutileReason, VisitTopic } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError, type ErrorCode } from '../../kernel/errors.ts';
import type { ReadTx, Tx } from '../../storage/index.ts';
import type { Guest } from '../identity/index.ts';
import { getVisits, type VisitRow, type VisitsService } from '../visits/index.ts';
import { assertHost, isOver } from './call-desk.ts';
import { emptyRoom } from './empty-room.ts';
import { type CallNow, togetherIn } from './failure-rules.ts';
import { planNext } from './next-visit.ts';
import { workerOf } from './on-behalf.ts';
import { inWholeMinutes, type Span } from './presence.ts';
import { readStays, takeTurn } from './presence-store.ts';
import type { BumpCall } from './record.ts';
import type { RoomOrders } from './room-client-orders.ts';
import { type CallRow, getCall, getSeats, lockCall, type SeatRow, updateCall, updateSeat } from './store.ts';

type FinishBody = z.output<typeof api.callPage.finish.body>;
type Part = VisitRow['parts'][number];
/** What is left out is as usual. */
export type FinishWish = Pick<FinishBody, 'topics'> & Partial<Omit<FinishBody, 'device' | 'topics'>>;
type Told = Pick<FinishBody, 'minutes'> & { readonly topics?: readonly VisitTopic[] };

export interface FinishDeps {
  readonly clock: Clock;
  readonly visits: Pick<VisitsService, 'accept' | 'start' | 'end' | 'record' | 'futile' | 'plan'>;
  readonly orders: RoomOrders;
  readonly bump: BumpCall;
}

const minuteMs = 60_000;

/** What is known of a call while something becomes of it. */
export interface CallInHand extends CallNow {
  readonly call: CallRow;
  readonly seats: readonly SeatRow[];
  readonly visit: VisitRow;
}

export async function readInHand(tx: ReadTx, callId: string): Promise<CallInHand> {
  const call = await getCall(tx, callId);
  const [visit] = await getVisits(tx, [call.visitId]);
  if (visit === undefined) throw new Error('a call has a visit');
  return {
    call,
    startsAt: visit.plannedStartsAt ?? call.opensAt,
    closesAt: call.closesAt,
    seats: await getSeats(tx, callId),
    stays: await readStays(tx, callId),
    visit,
  };
}

/** What a visit may answer to what happened in its call, which happened all the same. */
const tolerated: readonly ErrorCode[] = [
  'visit_state',
  'visit_times',
  'visit_past',
  'not_allowed',
  'not_found',
  'citizen_erased',
];

/** @returns whether the visit took it; all of these are told before anything is written */
export async function tried(work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (error instanceof DomainError && tolerated.includes(error.code)) return false;
    throw error;
  }
}

const isByPhone = (seats: readonly SeatRow[]): boolean =>
  seats.some(({ kind, byPhone }) => kind === 'citizen' && byPhone);

/** The parts of a visit as its call had them, with what lay before and after. */
export function partsOf(
  { seats, visit }: Pick<CallInHand, 'seats' | 'visit'>,
  spans: readonly Span[],
): Part[] {
  const had = inWholeMinutes(spans).map(
    ({ startsAt, endsAt }): Part => ({
      kind: isByPhone(seats) ? 'phone' : 'video',
      startsAt,
      endsAt,
      minutes: (endsAt.getTime() - startsAt.getTime()) / minuteMs,
    }),
  );
  const meets = (part: Part): boolean =>
    part.endsAt === null ||
    had.some(
      (one) =>
        one.endsAt !== null &&
        part.endsAt !== null &&
        part.startsAt < one.endsAt &&
        one.startsAt < part.endsAt,
    );
  return [...visit.parts.filter((part) => !meets(part)), ...had].sort(
    (a, b) => a.startsAt.getTime() - b.startsAt.getTime(),
  );
}

export type Finishing = ReturnType<typeof createFinishing>;

/** The beginning and the good end of a visit, from who was in the room when. */
export function createFinishing({ clock, visits, orders, bump }: FinishDeps) {
  const actorOf = (guest: Pick<Guest, 'municipalityId'>, visit: VisitRow) =>
    workerOf(guest.municipalityId, visit);

  /** They are together: the visit has begun, whether or not its time was accepted before. */
  const begin = async (
    tx: Tx,
    municipalityId: string,
    { visit, seats }: CallInHand,
    at: Date,
  ): Promise<boolean> => {
    const actor = actorOf({ municipalityId }, visit);
    const isUnderWay = visit.parts.some((part) => part.endsAt === null && part.kind === 'travel');
    if (visit.state !== 'planned' && visit.state !== 'proposed' && !isUnderWay) return false;
    return tried(async () => {
      if (visit.state === 'proposed') await visits.accept(tx, actor, visit.id);
      const by = isByPhone(seats) ? 'phone' : undefined;
      await visits.start(tx, actor, visit.id, { at: at.toISOString() }, by);
    });
  };

  /** Nobody is in any more, and nobody comes in. */
  const close = async (tx: Tx, callId: string): Promise<void> => {
    const [call, now] = [await lockCall(tx, callId), clock.now()];
    if (!isOver(call)) await updateCall(tx, callId, { state: 'ended', endedAt: now, aloneSince: null }, now);
    for (const { id, state, gone } of await getSeats(tx, callId))
      if (state === 'admitted' || state === 'waiting')
        await updateSeat(tx, id, { state: 'left', since: now, gone: gone ?? 'call-ended' });
    await emptyRoom(tx, orders, call, now);
    await bump(tx, callId);
  };

  /** What was said instead of what was counted, from when they first met. */
  const spanOf = (inHand: CallInHand, minutes: number, first: Date | undefined, now: Date): Span[] => {
    if (minutes === 0) return [];
    const { parts, plannedStartsAt } = inHand.visit;
    const begun = first ?? parts.find(({ kind }) => kind === 'video')?.startsAt ?? plannedStartsAt ?? now;
    const length = minutes * minuteMs;
    const latest = Math.floor(now.getTime() / minuteMs) * minuteMs - length;
    const startsAt = new Date(Math.min(Math.floor(begun.getTime() / minuteMs) * minuteMs, latest));
    return [{ startsAt, endsAt: new Date(startsAt.getTime() + length) }];
  };

  /** @throws DomainError visit_times, visit_state, where it cannot be recorded as it was */
  const record = async (
    tx: Tx,
    municipalityId: string,
    inHand: CallInHand,
    { minutes, topics }: Told,
    now: Date,
  ): Promise<void> => {
    const { spans } = togetherIn(inHand, now);
    const [visit] = await getVisits(tx, [inHand.visit.id]);
    if (visit === undefined) return;
    const actor = actorOf({ municipalityId }, visit);
    const told = topics === undefined || topics.length === 0 ? {} : { topics: [...topics] };
    const counted = minutes === undefined ? spans : spanOf(inHand, minutes, spans[0]?.startsAt, now);
    const parts = partsOf({ ...inHand, visit }, counted).flatMap(({ kind, startsAt, endsAt }) =>
      endsAt === null || endsAt <= startsAt
        ? []
        : [{ kind, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() }],
    );
    const running = visit.parts.find((part) => part.endsAt === null);
    if (parts.some(({ kind }) => kind === 'video' || kind === 'phone' || kind === 'physical'))
      await visits.record(tx, actor, visit.id, { parts, ...told });
    else if (running !== undefined)
      // They met for less than half a minute: it was held, and no minute of it counts.
      await visits.end(tx, actor, visit.id, { at: running.startsAt.toISOString(), ...told });
    else
      throw new DomainError('visit_times', {
        why_da:
          'der har ikke været andre med i samtalen; skriv minutterne, eller registrér besøget som forgæves',
        why_en: 'nobody else was in the call; say the minutes, or record the visit as futile',
      });
  };

  /** Nobody came; that their call is over then follows from the visit. Saying it twice is once. */
  const recordFutile = async (
    tx: Tx,
    municipalityId: string,
    { visit }: CallInHand,
    reason: FutileReason,
  ): Promise<void> => {
    if (visit.state === 'futile') return;
    const none = { waitedMinutes: 0, travelMinutes: 0 };
    await visits.futile(tx, actorOf({ municipalityId }, visit), visit.id, { reason, ...none });
  };

  return {
    begin,
    close,

    /** It is over and nobody finished it: it is recorded without what it was about. */
    finishByItself: async (tx: Tx, municipalityId: string, inHand: CallInHand): Promise<void> => {
      const now = clock.now();
      // Where the worker recorded it by hand meanwhile, theirs is what counts.
      await tried(() => record(tx, municipalityId, inHand, {}, now));
      await close(tx, inHand.call.id);
    },

    /**
     * The host ends the visit and plans the next, both or neither. Of a call that recorded itself, topics and minutes are
     * added; one that failed stays failed.
     *
     * @throws DomainError not_allowed for others than the host; visit_times, visit_state; as for planning a visit
     */
    finish: async (
      tx: Tx,
      guest: Guest,
      { outcome = 'held', reason = 'no-answer', topics, minutes, next = null }: FinishWish,
    ): Promise<void> => {
      assertHost(guest);
      await takeTurn(tx, guest.callId);
      const inHand = await readInHand(tx, guest.callId);
      const now = clock.now();
      const { municipalityId } = guest;
      if (next !== null) await planNext(visits, tx, municipalityId, inHand.visit, next);
      if (outcome === 'futile') return recordFutile(tx, municipalityId, inHand, reason);
      const told = { topics, ...(minutes === undefined ? {} : { minutes }) };
      if (inHand.call.state === 'failed') return;
      // Closed since nobody came by the page: whatever happened instead is recorded as the host says.
      const isOpen = ['proposed', 'planned', 'open'].includes(inHand.visit.state);
      if (inHand.call.state === 'ended' && !isOpen) {
        if (inHand.visit.state !== 'held' || (topics.length === 0 && minutes === undefined)) return;
        const actor = actorOf(guest, inHand.visit);
        if (minutes === undefined) await visits.record(tx, actor, inHand.visit.id, { topics });
        else await record(tx, municipalityId, inHand, told, now);
        return bump(tx, guest.callId);
      }
      const [first] = togetherIn(inHand, now).spans;
      if (first !== undefined) await begin(tx, municipalityId, inHand, first.startsAt);
      await record(tx, municipalityId, inHand, told, now);
      await close(tx, guest.callId);
    },

    /** Did sound and picture work? One no stays a no. */
    answerWorked: async (tx: Tx, guest: Guest, worked: boolean): Promise<void> => {
      const call = await lockCall(tx, guest.callId);
      await updateCall(tx, call.id, { worked: worked && call.worked !== false }, clock.now());
    },
  };
}
