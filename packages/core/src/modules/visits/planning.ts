import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type {
  api,
  CancelledBy,
  CancelReason,
  PlanVisit,
  RoomWish,
  VisitRules,
} from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../storage/index.ts';
import type { CitizenContacts, CitizenRow } from '../citizens/index.ts';
import { type Actor, systemActor } from '../identity/index.ts';
import type { RoomsService, Span } from '../rooms/index.ts';
import type { Desk } from './desk.ts';
import { type Claim, type HeldWorker, type Holds, spanFrom } from './hold.ts';
import {
  assertAcknowledged,
  assertHappened,
  assertPlannable,
  assertWithinWorkingHours,
  endRunning,
  openPart,
  warningsFor,
  wholeMinute,
} from './rules.ts';
import { listIdsToEnd, lockStaffCalendars, lockVisits, type VisitRow } from './store.ts';
import { readVisitRules } from './visit-rules.ts';

export type MoveBody = z.output<typeof api.visits.move.body>;
export type ProposeBody = z.output<typeof api.visits.propose.body>;
export type TurnBody = z.output<typeof api.visits.turn.body>;
/** Times of a move; what is left out stays. */
export type MoveWish = Pick<MoveBody, 'startsAt' | 'endsAt'> & Partial<MoveBody>;
export interface CancelWish {
  readonly by: CancelledBy;
  readonly reason: CancelReason;
}
/** Which visit of a plan it is. */
export interface PlanPlace {
  readonly id: string;
  readonly week: string;
  readonly slot: number;
}

export interface PlanningDeps {
  readonly clock: Clock;
  readonly contacts: CitizenContacts;
  readonly rooms: RoomsService;
  readonly holds: Holds;
  readonly desk: Desk;
}

const readSpan = (times: { readonly startsAt: string; readonly endsAt: string }): Span => ({
  startsAt: new Date(times.startsAt),
  endsAt: new Date(times.endsAt),
});

const currentOf = (row: VisitRow): NonNullable<Claim['current']> => ({
  visitId: row.id,
  bookingId: row.bookingId,
  ownsBooking: row.ownsBooking,
});

/** A visit that has a room keeps it; one without needs none. */
const sameRoom = (row: VisitRow): RoomWish =>
  row.room === null ? { kind: 'none' } : { kind: 'room', roomId: row.room.id };

/** What happens to visits before they take place. */
export function createPlanning({ clock, contacts, rooms, holds, desk }: PlanningDeps) {
  const citizenOf = async (tx: Tx, row: VisitRow): Promise<CitizenRow> => {
    const [citizen] = await contacts.holdById(tx, [row.citizenId]);
    if (citizen === undefined) throw new Error('the citizen of a visit is there');
    if (citizen.erasedAt !== null) throw new DomainError('citizen_erased');
    return citizen;
  };

  const moveHeld = async (
    tx: Tx,
    actor: Actor,
    row: VisitRow,
    worker: HeldWorker,
    wish: { readonly span: Span; readonly room: RoomWish; readonly movedAlong?: readonly string[] },
    rules: VisitRules,
  ) => {
    const now = clock.now();
    assertPlannable(wish.span, now);
    assertWithinWorkingHours(rules, worker, wish.span);
    // A booking belongs to its worker: another worker needs another one.
    const changesHands = worker.id !== row.workerId;
    if (changesHands && row.ownsBooking && row.bookingId !== null)
      await rooms.release(tx, actor, row.bookingId);
    const current = changesHands ? { visitId: row.id, bookingId: null, ownsBooking: false } : currentOf(row);
    return holds.claim(tx, actor, {
      worker,
      citizenId: row.citizenId,
      span: wish.span,
      room: wish.room,
      hours: rules.workingHours[worker.shift],
      current,
      ...(wish.movedAlong === undefined ? {} : { movedAlong: wish.movedAlong }),
    });
  };

  const cancelRow = async (
    tx: Tx,
    actor: Actor,
    row: VisitRow,
    { by, reason }: CancelWish,
  ): Promise<VisitRow> => {
    if (row.ownsBooking && row.bookingId !== null) await rooms.release(tx, actor, row.bookingId);
    const change = {
      state: 'cancelled',
      proposedBy: null,
      endedBy: by,
      endedReason: reason,
      bookingId: null,
      ownsBooking: false,
      // What was opened by mistake did not take place.
      parts: [],
      happensAt: row.plannedStartsAt ?? row.happensAt,
    } as const;
    return desk.write(tx, actor, row, change, clock.now());
  };

  /**
   * Ends visits that nobody decides on one by one: the worker left, the citizen was erased, nobody answered. What a
   * colleague has just accepted, moved or given away is looked at again once it is held.
   */
  const cancelAll = async (
    tx: Tx,
    actor: Actor,
    ids: readonly string[],
    wish: CancelWish,
    isStillMeant: (row: VisitRow) => boolean,
  ): Promise<number> => {
    await lockVisits(tx, ids);
    let count = 0;
    for (const id of ids) {
      const row = await desk.reread(tx, id);
      if (row.state !== 'proposed' && row.state !== 'planned' && row.state !== 'open') continue;
      if (!isStillMeant(row)) continue;
      await cancelRow(tx, actor, row, wish);
      count += 1;
    }
    return count;
  };

  return {
    /**
     * Plans or proposes a visit. After hold_refused, outside_working_hours, visit_warnings or visit_past nothing was
     * written, and the transaction can go on.
     *
     * @throws DomainError not_allowed, not_found, citizen_erased, hold_refused, outside_working_hours, visit_warnings,
     *   visit_past, booking_too_far
     */
    plan: async (
      tx: Tx,
      actor: Actor,
      wish: PlanVisit,
      inPlan: PlanPlace | null = null,
    ): Promise<VisitRow> => {
      const worker = await desk.workerOf(tx, actor, wish.worker);
      const [now, span] = [clock.now(), readSpan(wish)];
      assertPlannable(span, now);
      const rules = await readVisitRules(tx);
      assertWithinWorkingHours(rules, worker, span);
      await lockStaffCalendars(tx, [worker.id], [worker.id]);
      const citizen = await contacts.hold(tx, actor, wish.citizen);
      const warnings = warningsFor(wish.channel, citizen, worker.id);
      assertAcknowledged(warnings, wish.acknowledge);
      const participants = await desk.participants(tx, wish.participants);
      const held = await holds.claim(tx, actor, {
        worker,
        citizenId: citizen.id,
        span,
        room: wish.room,
        hours: rules.workingHours[worker.shift],
        current: null,
      });
      const visit = {
        id: randomUUID(),
        citizenId: citizen.id,
        workerId: worker.id,
        channel: wish.channel,
        origin: 'planned',
        state: wish.propose ? 'proposed' : 'planned',
        proposedBy: wish.propose ? 'worker' : null,
        happensAt: span.startsAt,
        plannedStartsAt: span.startsAt,
        plannedEndsAt: span.endsAt,
        purposes: wish.purposes,
        topics: [],
        ...held,
        planId: inPlan?.id ?? null,
        planWeek: inPlan?.week ?? null,
        planSlot: inPlan?.slot ?? null,
        endedBy: null,
        endedReason: null,
        overruled: warnings,
        revision: 1,
      } as const;
      return desk.insert(tx, actor, visit, { participants }, now);
    },

    /** @throws DomainError not_allowed, not_found, visit_state, visit_past */
    accept: async (tx: Tx, actor: Actor, id: string): Promise<VisitRow> => {
      const row = await desk.take(tx, actor, id, 'accept');
      const now = clock.now();
      if (row.plannedEndsAt !== null && row.plannedEndsAt <= now) throw new DomainError('visit_past');
      return desk.write(tx, actor, row, { state: 'planned', proposedBy: null }, now);
    },

    /** Another time, held at once, which waits to be accepted. @throws DomainError as for `move` */
    propose: async (tx: Tx, actor: Actor, id: string, wish: ProposeBody): Promise<VisitRow> => {
      const row = await desk.take(tx, actor, id, 'propose', [actor.staffId]);
      await citizenOf(tx, row);
      const span = readSpan(wish);
      const rules = await readVisitRules(tx);
      const held = await moveHeld(
        tx,
        actor,
        row,
        await desk.shiftOf(tx, row),
        { span, room: sameRoom(row) },
        rules,
      );
      const change = {
        state: 'proposed',
        proposedBy: wish.by,
        happensAt: span.startsAt,
        plannedStartsAt: span.startsAt,
        plannedEndsAt: span.endsAt,
        ...held,
      } as const;
      return desk.write(tx, actor, row, change, clock.now());
    },

    /**
     * Moves a visit to another time, room or worker.
     *
     * @throws DomainError as for `plan`, and visit_state
     */
    move: async (tx: Tx, actor: Actor, id: string, wish: MoveWish): Promise<VisitRow> => {
      const other = wish.worker === undefined ? null : await desk.workerOf(tx, actor, wish.worker);
      const row = await desk.take(tx, actor, id, 'move', [other?.id ?? actor.staffId]);
      const citizen = await citizenOf(tx, row);
      const worker = other ?? (await desk.shiftOf(tx, row));
      const warnings = warningsFor(row.channel, citizen, worker.id);
      assertAcknowledged(
        warnings.filter((warning) => !row.overruled.includes(warning)),
        wish.acknowledge ?? [],
      );
      const span = readSpan(wish);
      const room = wish.room ?? sameRoom(row);
      const held = await moveHeld(tx, actor, row, worker, { span, room }, await readVisitRules(tx));
      const change = {
        workerId: worker.id,
        happensAt: span.startsAt,
        plannedStartsAt: span.startsAt,
        plannedEndsAt: span.endsAt,
        overruled: warnings,
        ...held,
      };
      return desk.write(tx, actor, row, change, clock.now());
    },

    /**
     * Turns a visit to another channel. Before it begins, it stays at its time; in the middle, what was is ended and
     * counts, the room is given back, and where the worker says "I'm coming" the way begins.
     *
     * @throws DomainError not_allowed, not_found, visit_state, visit_warnings, hold_refused, visit_times
     */
    turn: async (tx: Tx, actor: Actor, id: string, wish: TurnBody): Promise<VisitRow> => {
      const row = await desk.take(tx, actor, id, 'turn', [actor.staffId]);
      const now = clock.now();
      if (row.channel === wish.to) return row;
      const citizen = await citizenOf(tx, row);
      const warnings = warningsFor(wish.to, citizen, row.workerId);
      // In the middle of a talk nobody is asked: the two have met already.
      if (row.state !== 'open') assertAcknowledged(warnings, wish.acknowledge);
      const at = wish.at === undefined ? wholeMinute(now) : new Date(wish.at);
      if (row.state === 'open') assertHappened(at, now);
      const held = await turnRoom(tx, actor, row, wish, now);
      const parts =
        row.state === 'open'
          ? [...endRunning(row.parts, at), openPart(wish.to === 'physical' ? 'travel' : wish.to, at)]
          : undefined;
      const change = {
        channel: wish.to,
        overruled: warnings,
        ...held,
        ...(parts === undefined ? {} : { parts }),
      };
      return desk.write(tx, actor, row, change, now);
    },

    /** @throws DomainError not_allowed, not_found, visit_state */
    cancel: async (tx: Tx, actor: Actor, id: string, wish: CancelWish): Promise<VisitRow> =>
      cancelRow(tx, actor, await desk.take(tx, actor, id, 'cancel'), wish),

    /** For a day that is moved: the visits do not stand in each other's way. See day-move.ts. */
    moveAlong: async (
      tx: Tx,
      actor: Actor,
      moves: readonly { readonly row: VisitRow; readonly span: Span }[],
    ): Promise<VisitRow[]> => {
      const rules = await readVisitRules(tx);
      const moved: VisitRow[] = [];
      let waiting = moves.map(({ row }) => row.id);
      for (const { row, span } of moves) {
        await citizenOf(tx, row);
        waiting = waiting.filter((id) => id !== row.id);
        const worker = await desk.shiftOf(tx, row);
        const held = await moveHeld(
          tx,
          actor,
          row,
          worker,
          { span, room: sameRoom(row), movedAlong: waiting },
          rules,
        );
        const times = {
          happensAt: span.startsAt,
          plannedStartsAt: span.startsAt,
          plannedEndsAt: span.endsAt,
        };
        moved.push(await desk.write(tx, actor, row, { ...times, ...held }, clock.now()));
      }
      return moved;
    },

    /** What was proposed and not answered before its time is no longer held. Returns how many; for a regular job. */
    lapseProposals: async (tx: Tx, municipalityId: string, limit: number): Promise<number> => {
      const now = clock.now();
      const ids = await listIdsToEnd(tx, { proposedBefore: now, limit });
      const wish = { by: 'system', reason: 'unanswered' } as const;
      const isUnanswered = (row: VisitRow): boolean => row.state === 'proposed' && row.happensAt < now;
      return cancelAll(tx, systemActor(municipalityId), ids, wish, isUnanswered);
    },

    /**
     * With an employment end the visits that were to come, while those that were can still be recorded by who may do it
     * for others; with the knowledge of who somebody is, all of theirs.
     */
    endVisitsOf: async (
      tx: Tx,
      actor: Actor,
      of: { readonly citizenId: string } | { readonly workerId: string },
    ): Promise<number> => {
      const by = 'municipality';
      if ('citizenId' in of)
        return cancelAll(tx, actor, await listIdsToEnd(tx, of), { by, reason: 'citizen-erased' }, () => true);
      const ids = await listIdsToEnd(tx, { ...of, after: clock.now() });
      return cancelAll(tx, actor, ids, { by, reason: 'worker-left' }, (row) => row.workerId === of.workerId);
    },
  };

  async function turnRoom(tx: Tx, actor: Actor, row: VisitRow, wish: TurnBody, now: Date) {
    const { plannedStartsAt, plannedEndsAt } = row;
    const isOn = row.state === 'open';
    const isOver = !isOn && plannedEndsAt !== null && plannedEndsAt <= now;
    if (wish.to !== 'video' || wish.room.kind === 'none' || isOver) {
      await holds.letGo(tx, actor, currentOf(row));
      return { bookingId: null, ownsBooking: false };
    }
    // In the middle, or when it should have begun, the room is needed from now on, for at least a quarter of an hour.
    const fromNow = isOn || plannedStartsAt === null || plannedStartsAt < now;
    const startsAt = fromNow ? now : plannedStartsAt;
    const soonest = spanFrom(startsAt, 15).endsAt;
    const endsAt = plannedEndsAt !== null && (plannedEndsAt > soonest || !fromNow) ? plannedEndsAt : soonest;
    const worker = await desk.shiftOf(tx, row);
    const rules = await readVisitRules(tx);
    const held = await holds.claim(tx, actor, {
      worker,
      citizenId: row.citizenId,
      span: { startsAt, endsAt },
      room: wish.room,
      hours: rules.workingHours[worker.shift],
      current: currentOf(row),
    });
    // Who is talking is in the room: it must not lapse because nobody came.
    if (isOn && held.ownsBooking && held.bookingId !== null) await rooms.checkIn(tx, actor, held.bookingId);
    return held;
  }
}
