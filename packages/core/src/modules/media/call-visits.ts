import { randomBytes, randomUUID } from 'node:crypto';
import type { VisitState } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { ChangeEvents, Tx } from '../../storage/index.ts';
import { readCallDefaults, readGroundRules } from '../citizens/index.ts';
import type { Actor } from '../identity/index.ts';
import type { Messenger } from '../messaging/index.ts';
import type { VisitRow } from '../visits/index.ts';
import { isOver } from './call-desk.ts';
import { callFailed, troubleStepOf } from './diagnostics.ts';
import { emptyRoom } from './empty-room.ts';
import { tellFailed } from './failure-message.ts';
import { noExchange } from './key-exchange.ts';
import { findLastLinkOfSeat, insertLink, prolongLinks, revokeLinks } from './link-store.ts';
import type { BumpCall } from './record.ts';
import type { RoomOrders } from './room-client-orders.ts';
import {
  type CallRow,
  findCallOfVisit,
  getSeats,
  insertCall,
  insertSeat,
  lockCall,
  type NewSeat,
  type SeatRow,
  updateCall,
  updateSeat,
} from './store.ts';

/** A call may go on for so long after its planned end, and links hold until then. */
const afterEndMs = 4 * 3_600_000;
/** As many as fit on the screen and in the room. */
export const mostSeats = 8;

/** What everything of an earlier key agreement and wait is set to when a seat is somebody's anew. */
export const freshSeat = {
  state: 'invited',
  waitingSince: null,
  byPhone: false,
  tests: [],
  canEncrypt: null,
  gone: null,
  ...noExchange,
} as const;

/** 120 random bits: nobody guesses a room. */
const makeRoomName = (): string => `r${randomBytes(15).toString('base64url')}`;

export type CallVisits = ReturnType<typeof createCallVisits>;

export interface CallVisitsDeps {
  readonly clock: Clock;
  readonly changes: ChangeEvents;
  readonly orders: Pick<RoomOrders, 'end' | 'remove'>;
  readonly messenger: Pick<Messenger, 'send'>;
  readonly bump: BumpCall;
}

/** Keeps calls in step with their visits. */
export function createCallVisits({ clock, changes, orders, messenger, bump }: CallVisitsDeps) {
  /** The code of the link before holds for this one, unless another is given, or null for none. */
  const issueLink = async (
    tx: Tx,
    seatId: string,
    expiresAt: Date,
    now: Date,
    pinHash?: Buffer | null,
  ): Promise<string> => {
    const before = pinHash === undefined ? await findLastLinkOfSeat(tx, seatId) : null;
    await revokeLinks(tx, [seatId], now);
    const id = randomUUID();
    const link = { id, seatId, singleUse: false, expiresAt, pinHash: pinHash ?? before?.pinHash ?? null };
    await insertLink(tx, link, now);
    return id;
  };

  const seatsOf = async (
    tx: Tx,
    row: VisitRow,
  ): Promise<Pick<NewSeat, 'kind' | 'role' | 'staffId' | 'language'>[]> => {
    const { language } = await readGroundRules(tx, row.citizenId);
    return [
      { kind: 'citizen', role: null, staffId: null, language },
      { kind: 'worker', role: null, staffId: row.workerId, language: 'da' },
      ...row.participants
        .flatMap(({ kind, staffId }) =>
          staffId === null || staffId === row.workerId
            ? []
            : [{ kind: 'colleague', role: kind, staffId, language: 'da' } as const],
        )
        .slice(0, mostSeats - 2),
    ];
  };

  /** Whoever loses a seat while they are in leaves the room with it. */
  const sendOut = async (tx: Tx, call: CallRow, { id, state }: SeatRow, now: Date): Promise<void> => {
    if (state === 'admitted') await orders.remove(tx, call.roomName, id, now.toISOString());
  };

  /** Seats that are wanted and not there are made; a worker who is another gets the seat; who is not wanted loses theirs. */
  const keepSeats = async (tx: Tx, call: CallRow, row: VisitRow, now: Date): Promise<boolean> => {
    const [wanted, there] = [await seatsOf(tx, row), await getSeats(tx, call.id)];
    let changed = false;
    const same = (seat: SeatRow, wish: (typeof wanted)[number]) =>
      seat.kind === wish.kind && (wish.kind !== 'colleague' || seat.staffId === wish.staffId);
    for (const wish of wanted) {
      const seat = there.find((one) => same(one, wish));
      if (seat === undefined) {
        const id = randomUUID();
        await insertSeat(tx, { id, callId: call.id, sealedAddress: null, ...wish }, now);
        if (wish.kind === 'citizen') await issueLink(tx, id, call.closesAt, now);
        changed = true;
      } else if (seat.staffId !== wish.staffId || (seat.kind === 'colleague' && seat.state === 'refused')) {
        await revokeLinks(tx, [seat.id], now);
        await sendOut(tx, call, seat, now);
        await updateSeat(tx, seat.id, { ...freshSeat, since: now, staffId: wish.staffId });
        changed = true;
      } else if (seat.language !== wish.language) {
        await updateSeat(tx, seat.id, { language: wish.language });
      }
    }
    const unwanted = there.filter(
      (seat) =>
        seat.kind === 'colleague' && seat.state !== 'refused' && !wanted.some((wish) => same(seat, wish)),
    );
    for (const seat of unwanted) {
      await sendOut(tx, call, seat, now);
      await updateSeat(tx, seat.id, { ...freshSeat, state: 'refused', since: now });
      changed = true;
    }
    await revokeLinks(
      tx,
      unwanted.map(({ id }) => id),
      now,
    );
    return changed;
  };

  const begin = async (tx: Tx, row: VisitRow, times: Times, now: Date): Promise<void> => {
    const id = randomUUID();
    await insertCall(tx, { id, visitId: row.id, roomName: makeRoomName(), ...times }, now);
    const call = await lockCall(tx, id);
    await keepSeats(tx, call, row, now);
    await bump(tx, id);
  };

  /** A visit that is by video again gets a room that nobody has a token for, and new links. */
  const revive = async (tx: Tx, call: CallRow, row: VisitRow, times: Times, now: Date): Promise<void> => {
    await updateCall(
      tx,
      call.id,
      {
        ...times,
        roomName: makeRoomName(),
        state: 'prepared',
        encryption: null,
        aloneSince: null,
        failedStep: null,
        failedAt: null,
        diagnostics: null,
        worked: null,
        endedAt: null,
      },
      now,
    );
    await keepSeats(tx, call, row, now);
    for (const seat of await getSeats(tx, call.id)) {
      if (seat.state === 'refused') continue;
      await revokeLinks(tx, [seat.id], now);
      await updateSeat(tx, seat.id, { ...freshSeat, since: now });
      if (seat.kind === 'citizen') await issueLink(tx, seat.id, times.closesAt, now);
    }
    await bump(tx, call.id);
  };

  /** The worker says by other means than the page that it failed: its page and support hear of it the same. */
  const failByHand = async (
    tx: Tx,
    call: CallRow,
    row: VisitRow,
    over: { readonly endedAt: Date; readonly aloneSince: null },
  ): Promise<void> => {
    const step = troubleStepOf(row.endedReason);
    const { endedAt } = over;
    await updateCall(tx, call.id, { state: 'failed', failedStep: step, failedAt: endedAt, ...over }, endedAt);
    const { id: callId, encryption, diagnostics } = call;
    await changes.append(tx, callFailed({ callId, step, saidBy: 'worker', encryption, diagnostics }));
    // What is written down afterwards is no news to anybody.
    if (row.plannedEndsAt !== null && endedAt <= row.plannedEndsAt) await tellFailed(tx, messenger, call);
  };

  const end = async (
    tx: Tx,
    call: CallRow,
    row: VisitRow,
    before: VisitState | null,
    now: Date,
  ): Promise<void> => {
    const over = { endedAt: now, aloneSince: null };
    if (row.state === 'failed') await failByHand(tx, call, row, over);
    else await updateCall(tx, call.id, { state: 'ended', ...over }, now);
    await emptyRoom(tx, orders, call, now);
    // Whose call was held or failed reads what happens now, and who has said no may ask for another time; one that is called
    // off otherwise has nothing to show.
    const saidNo = row.state === 'cancelled' && before === 'proposed' && row.endedBy === 'citizen';
    if ((row.state === 'cancelled' && !saidNo) || row.state === 'futile' || row.channel !== 'video') {
      const seats = await getSeats(tx, call.id);
      await revokeLinks(
        tx,
        seats.map(({ id }) => id),
        now,
      );
    }
    await bump(tx, call.id);
  };

  return {
    issueLink,

    /** See `VisitListener`. The visit is held by the transaction. */
    visitChanged: async (tx: Tx, _actor: Actor, row: VisitRow, before: VisitState | null): Promise<void> => {
      const times = await timesOf(tx, row);
      const found = await findCallOfVisit(tx, row.id);
      if (found === null) {
        if (times !== null && row.state !== 'open') await begin(tx, row, times, clock.now());
        return;
      }
      const [call, now] = [await lockCall(tx, found.id), clock.now()];
      if (times === null) {
        if (!isOver(call)) await end(tx, call, row, before, now);
        return;
      }
      if (isOver(call)) {
        if (row.state !== 'open') await revive(tx, call, row, times, now);
        return;
      }
      const moved =
        call.opensAt.getTime() !== times.opensAt.getTime() ||
        call.closesAt.getTime() !== times.closesAt.getTime();
      if (moved) {
        await updateCall(tx, call.id, times, now);
        await prolongLinks(tx, call.id, times.closesAt);
      }
      const reseated = await keepSeats(tx, { ...call, ...times }, row, now);
      if (moved || reseated || before !== row.state) await bump(tx, call.id);
    },
  };
}

interface Times {
  readonly opensAt: Date;
  readonly closesAt: Date;
}

/** Null for a visit that is no call now. */
async function timesOf(tx: Tx, row: VisitRow): Promise<Times | null> {
  const { plannedStartsAt, plannedEndsAt } = row;
  const isToCome = row.state === 'proposed' || row.state === 'planned' || row.state === 'open';
  if (row.channel !== 'video' || !isToCome || plannedStartsAt === null || plannedEndsAt === null) return null;
  const { opensBeforeMinutes } = await readCallDefaults(tx);
  return {
    opensAt: new Date(plannedStartsAt.getTime() - opensBeforeMinutes * 60_000),
    closesAt: new Date(plannedEndsAt.getTime() + afterEndMs),
  };
}
