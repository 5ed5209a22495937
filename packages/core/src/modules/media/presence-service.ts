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
  type CallOn,
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
import type { Listed, RoomClient } from './room-client.ts';
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
/** Of all connections to the database, looking after calls takes these. */
const atOnce = 4;
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

  /** Does what is to be done of a call, if anything is; looks first, since mostly nothing is. */
  const settle = async (owner: RoomOwner, mediaServer: MediaServer, patient: boolean): Promise<void> => {
    const { municipalityId, callId } = owner;
    const seen = await database.read(municipalityId, (tx) => judge(tx, owner));
    if (seen === null) return;
    const isDown =
      seen.verdict.what === 'fail' && (await mediaServer.listed(seen.inHand.call.roomName)) === null;
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

  /** Asks who is there, and puts right what was not heard: who has gone, and who has come. */
  const callTheRoll = async (
    { municipalityId, callId, roomName }: CallOn,
    mediaServer: MediaServer,
  ): Promise<void> => {
    const asked = clock.now();
    const there = await mediaServer.listed(roomName);
    if (there === null) return;
    await database.write(municipalityId, async (tx) => {
      await takeTurn(tx, callId);
      const stays = await readStays(tx, callId);
      const missing = stays.filter(
        ({ participant, joinedAt, leftAt }) =>
          leftAt === null &&
          there.every((one) => one.participant !== participant) &&
          asked.getTime() - joinedAt.getTime() > settledMs,
      );
      // Whose stay is known and has an end left since the list was made.
      const unheard = there.filter(
        ({ isActive, participant }) => isActive && stays.every((stay) => stay.participant !== participant),
      );
      if (missing.length === 0 && unheard.length === 0) return;
      await lockCall(tx, callId);
      for (const { seatId, participant } of unheard)
        if (!(await isLetIn(tx, callId, seatId))) await orders.remove(tx, roomName, seatId, participant);
      const events = [
        ...missing.map(
          ({ seatId, participant, joinedAt }): PresenceEvent => ({
            type: 'left',
            seatId,
            participant,
            joinedAt,
            at: asked,
            gone: 'vanished',
          }),
        ),
        ...unheard.map(({ seatId, participant, joinedAt }): PresenceEvent => {
          const at = new Date(Math.min(asked.getTime(), joinedAt?.getTime() ?? asked.getTime()));
          return { type: 'joined', seatId, participant, at };
        }),
      ];
      if (await take(tx, callId, events)) await bump(tx, callId);
    });
  };

  /** Each of the calls, a few at a time; one that goes wrong keeps no other from its turn. */
  const each = async (calls: readonly CallOn[], work: (call: CallOn) => Promise<void>): Promise<void> => {
    const left = calls.values();
    const takeOn = async () => {
      for (const call of left)
        await work(call).catch((error: unknown) => onError('looking after a call', error));
    };
    await Promise.all(Array.from({ length: atOnce }, takeOn));
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
      if (isNew)
        await settle(owner, askOnce(rooms), true).catch((error: unknown) =>
          onError('settling a call', error),
        );
      return true;
    },

    /** Looks at every call that goes on; safe in several processes at once. To be done every five seconds. */
    look: async (): Promise<void> => {
      looks += 1;
      const on = await listCallsOn(worker);
      const mediaServer = askOnce(rooms);
      // First who is there, so that nobody's call fails for a word that was lost.
      if (looks % looksPerRollCall === 1) await each(on, (call) => callTheRoll(call, mediaServer));
      await each(on, (call) => settle(call, mediaServer, false));
    },
  };
}

/** The media server in one look at all calls. */
interface MediaServer {
  /** Null once it has not answered: it is asked no more, since each such wait delays what was agreed for others' calls. */
  listed(roomName: string): Promise<readonly Listed[] | null>;
}

function askOnce(rooms: Pick<RoomClient, 'listParticipants'>): MediaServer {
  let isDown = false;
  return {
    listed: async (roomName) => {
      if (isDown) return null;
      try {
        return await rooms.listParticipants(roomName);
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== 'media_unavailable') throw error;
        isDown = true;
        return null;
      }
    },
  };
}
