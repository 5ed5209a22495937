import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Database, Tx } from '../../storage/index.ts';
import { readGroundRules } from '../citizens/index.ts';
import { isOver } from './call-desk.ts';
import type { Failures } from './failure.ts';
import { togetherIn, verdictOn } from './failure-rules.ts';
import { type CallInHand, type Finishing, readInHand } from './finish.ts';
import { endReplaced, follow, goneOf, isPresent, type PresenceEvent } from './presence.ts';
import {
  findOwnerOfRoom,
  listCallsOn,
  type RoomOwner,
  readStays,
  takeTurn,
  takeTurnIfFree,
  takeWebhook,
  writeStays,
} from './presence-store.ts';
import type { BumpCall } from './record.ts';
import type { RoomClient } from './room-client.ts';
import type { RoomOrders } from './room-client-orders.ts';
import { getSeats, lockCall, updateSeat } from './store.ts';

export interface PresenceDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, 'read' | 'write' | 'worker'>;
  readonly rooms: Pick<RoomClient, 'listParticipants'>;
  readonly finishing: Finishing;
  readonly failures: Failures;
  readonly orders: RoomOrders;
  readonly bump: BumpCall;
  readonly onError: (what: string, error: unknown) => void;
}

/** What the media server told, once its signature was checked. */
export interface HeardEvent {
  /** The same however often it is told. */
  readonly id: string;
  readonly roomName: string;
  readonly event: PresenceEvent;
}

export type Presence = ReturnType<typeof createPresence>;

/** With the first look and every so many the media server itself is asked who is there: what it tells can be lost. */
const looksPerRollCall = 6;
/** Who joined in the last moments may not have been in yet when the list was made. */
const settledMs = 10_000;

/** Who is in the room, and what becomes of the call by that. */
export function createPresence(deps: PresenceDeps) {
  const { clock, database, rooms, finishing, failures, orders, bump, onError } = deps;
  const { worker } = database;

  /** The call and turn MUST be held. @returns whether anything is other than it was */
  const take = async (tx: Tx, callId: string, events: readonly PresenceEvent[]): Promise<boolean> => {
    const [before, seats] = [await readStays(tx, callId), await getSeats(tx, callId)];
    const ids = new Set(seats.map(({ id }) => id));
    const known = events.filter((event) => event.type === 'finished' || ids.has(event.seatId));
    const after = endReplaced(known.reduce(follow, before));
    if (after.every((stay) => before.includes(stay))) return false;
    await writeStays(tx, before, after);
    for (const seat of seats) {
      const gone = isPresent(after, seat.id) ? null : goneOf(after, seat.id);
      // What the page said of itself stays: it knows better than the network.
      if (seat.state !== 'left' && seat.state !== 'refused' && seat.gone !== gone)
        await updateSeat(tx, seat.id, { gone });
    }
    return true;
  };

  const isLetIn = async (tx: Tx, callId: string, seatId: string): Promise<boolean> => {
    const seat = (await getSeats(tx, callId)).find(({ id }) => id === seatId);
    return seat?.state === 'admitted' && !seat.byPhone;
  };

  const judge = async (
    tx: Parameters<typeof readInHand>[0],
    { callId }: RoomOwner,
  ): Promise<{ inHand: CallInHand; begun: Date | null; verdict: ReturnType<typeof verdictOn> } | null> => {
    const inHand = await readInHand(tx, callId);
    if (isOver(inHand.call)) return null;
    const now = clock.now();
    const { state } = inHand.visit;
    const [first] = togetherIn(inHand, now).spans;
    const begun =
      first !== undefined && (state === 'planned' || state === 'proposed') ? first.startsAt : null;
    const verdict = verdictOn(inHand, await readGroundRules(tx, inHand.visit.citizenId), now);
    return begun === null && verdict.what === 'nothing' ? null : { inHand, begun, verdict };
  };

  const answers = async (roomName: string): Promise<boolean> => {
    try {
      await rooms.listParticipants(roomName);
      return true;
    } catch (error) {
      unlessDown(error);
      return false;
    }
  };

  /** Does what is to be done of a call, if anything is; looks first, since mostly nothing is. */
  const settle = async (owner: RoomOwner, patient: boolean): Promise<void> => {
    const { municipalityId, callId } = owner;
    const seen = await database.read(municipalityId, (tx) => judge(tx, owner));
    if (seen === null) return;
    const isDown = seen.verdict.what === 'fail' && !(await answers(seen.inHand.call.roomName));
    await database.write(municipalityId, async (tx) => {
      if (patient) await takeTurn(tx, callId);
      else if (!(await takeTurnIfFree(tx, callId))) return;
      const found = await judge(tx, owner);
      if (found === null) return;
      const { inHand, begun, verdict } = found;
      if (verdict.what === 'fail') {
        // Nobody's network is in the way of what does not answer us either.
        const step = isDown && verdict.step === 'network-blocked' ? 'media-down' : verdict.step;
        return failures.fail(tx, municipalityId, inHand, { step, by: null, diagnostics: null });
      }
      if (begun !== null) await finishing.begin(tx, municipalityId, inHand, begun);
      if (verdict.what === 'finish') await finishing.finishByItself(tx, municipalityId, inHand);
      else if (verdict.what === 'close') await finishing.close(tx, callId);
    });
  };

  /** Asks who is there, and puts right what was not heard. */
  const callTheRoll = async (call: RoomOwner & { readonly roomName: string }): Promise<void> => {
    const { municipalityId, callId, roomName } = call;
    const asked = clock.now();
    const there = await rooms.listParticipants(roomName);
    await database.write(municipalityId, async (tx) => {
      await takeTurn(tx, callId);
      const missing = (await readStays(tx, callId)).filter(
        ({ participant, joinedAt, leftAt }) =>
          leftAt === null && !there.has(participant) && asked.getTime() - joinedAt.getTime() > settledMs,
      );
      if (missing.length === 0) return;
      await lockCall(tx, callId);
      const events = missing.map(
        ({ seatId, participant, joinedAt }): PresenceEvent => ({
          type: 'left',
          seatId,
          participant,
          joinedAt,
          at: asked,
          gone: 'vanished',
        }),
      );
      if (await take(tx, callId, events)) await bump(tx, callId);
    });
  };

  let looks = 0;
  return {
    /**
     * Takes what the media server told, once. Presence is kept whatever becomes of the visit by it, which is tried at once
     * and else by the next look.
     *
     * @returns false for a room that is not ours
     */
    hear: async ({ id, roomName, event }: HeardEvent): Promise<boolean> => {
      const owner = await findOwnerOfRoom(worker, roomName);
      if (owner === null) return false;
      const { municipalityId, callId } = owner;
      const isNew = await database.write(municipalityId, async (tx) => {
        await takeTurn(tx, callId);
        if (!(await takeWebhook(tx, id, clock.now()))) return false;
        const call = await lockCall(tx, callId);
        // A room that somebody came back to after its end is ended once more.
        if (event.type === 'joined' && isOver(call)) {
          await orders.end(tx, roomName, id);
          return false;
        }
        // A token holds for two minutes, whatever became of whom it was made for.
        if (event.type === 'joined' && !(await isLetIn(tx, callId, event.seatId)))
          await orders.remove(tx, roomName, event.seatId, id);
        if (!(await take(tx, callId, [event]))) return false;
        await bump(tx, callId);
        return true;
      });
      if (isNew) await settle(owner, true).catch((error: unknown) => onError('settling a call', error));
      return true;
    },

    /** Looks at every call that goes on; safe in several processes at once. To be done every five seconds. */
    look: async (): Promise<void> => {
      looks += 1;
      const on = await listCallsOn(worker);
      for (const call of on) {
        try {
          if (looks % looksPerRollCall === 1) await callTheRoll(call).catch(unlessDown);
          await settle(call, false);
        } catch (error) {
          onError('looking after a call', error);
        }
      }
    },
  };
}

/** A media server that does not answer says nothing of who is there. */
const unlessDown = (error: unknown): void => {
  if (!(error instanceof DomainError) || error.code !== 'media_unavailable') throw error;
};
