import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { api, Channel, RecordUnplanned, RecordVisit } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { localDay } from '../../kernel/time-zone.ts';
import type { Tx } from '../../storage/index.ts';
import type { CitizenContacts } from '../citizens/index.ts';
import { type Actor, assertAllowed } from '../identity/index.ts';
import type { RoomsService } from '../rooms/index.ts';
import type { Desk } from './desk.ts';
import { visitsPolicy } from './policy.ts';
import type { createRoomEntry } from './room-entry.ts';
import {
  assertHappened,
  assertNearPlan,
  assertTimeHasCome,
  channelOf,
  checkedParts,
  closedPart,
  endRunning,
  isSupport,
  openPart,
  type Part,
  wholeMinute,
  wrongTimes,
} from './rules.ts';
import {
  findNote,
  getVisit,
  isRecordedElsewhere,
  replaceParticipants,
  sealNote,
  type VisitRow,
} from './store.ts';

export type EndBody = z.output<typeof api.visits.end.body>;
export type FutileBody = z.output<typeof api.visits.futile.body>;
export type FailBody = z.output<typeof api.visits.fail.body>;
export type FollowUpBody = z.output<typeof api.visits.followUp.body>;
type Told = Pick<RecordVisit, 'purposes' | 'topics' | 'participants' | 'note'>;

export interface RecordingDeps {
  readonly clock: Clock;
  readonly contacts: CitizenContacts;
  readonly rooms: RoomsService;
  readonly desk: Desk;
  readonly enterRoom: ReturnType<typeof createRoomEntry>;
  /** The revision of what is recorded now: a correction of what the case system has got already is another one. */
  readonly revisionOf: (tx: Tx, visitId: string) => Promise<number>;
  /** What was recorded is now to reach the case system. */
  readonly onRecorded: (tx: Tx, actor: Actor, recorded: { readonly visitId: string }) => Promise<void>;
}

const minuteMs = 60_000;

/** What happens to visits as and after they take place. */
export function createRecording({
  clock,
  contacts,
  rooms,
  desk,
  enterRoom,
  revisionOf,
  onRecorded,
}: RecordingDeps) {
  const atOr = (at: string | undefined, now: Date): Date => {
    // Minutes are whole ones; the clock's seconds would count one less now and then.
    const found = at === undefined ? wholeMinute(now) : new Date(at);
    assertHappened(found, now);
    return found;
  };

  /** Who was there, what it was about, the note for the next time. What is left out stays as it was. */
  const tell = async (tx: Tx, actor: Actor, row: VisitRow, told: Told): Promise<void> => {
    const { participants, note } = told;
    if (participants !== undefined)
      await replaceParticipants(tx, row.id, await desk.participants(tx, participants));
    if (note === undefined) return;
    const { municipalityId, staffId } = actor;
    const { identities } = contacts;
    const sealed =
      note === null ? null : await identities.sealNote(tx, municipalityId, row.citizenId, row.id, note);
    await sealNote(tx, { visitId: row.id, citizenId: row.citizenId, sealed, staffId }, clock.now());
  };

  const factsOf = ({ purposes, topics }: Told) => ({
    ...(purposes === undefined ? {} : { purposes }),
    ...(topics === undefined ? {} : { topics }),
  });

  const release = async (tx: Tx, actor: Actor, row: VisitRow): Promise<void> => {
    if (row.ownsBooking && row.bookingId !== null) await rooms.release(tx, actor, row.bookingId);
  };

  const hold = async (
    tx: Tx,
    actor: Actor,
    row: VisitRow,
    parts: readonly Part[],
    told: Told,
  ): Promise<VisitRow> => {
    const support = parts.filter((part) => isSupport(part.kind));
    const [first] = support;
    if (first === undefined)
      throw wrongTimes('der er ingen tid med borgeren', 'there is no time with the citizen');
    await assertRecordedOnce(tx, row, support);
    const now = clock.now();
    const state = row.state === 'failed' || row.state === 'followed-up' ? row.state : 'held';
    await tell(tx, actor, row, told);
    await release(tx, actor, row);
    const kept = state === 'held' ? { endedBy: null, endedReason: null } : {};
    const change = {
      state,
      channel: channelOf(parts, row.channel),
      happensAt: first.startsAt,
      revision: await revisionOf(tx, row.id),
      parts,
      ...kept,
      ...factsOf(told),
    } as const;
    await desk.write(tx, actor, row, change, now);
    if (state === 'held') {
      const had = [...new Set(support.map((part) => part.kind))].filter(isSupport);
      await contacts.recordHeld(tx, actor, row.citizen, {
        channels: had,
        workerId: row.workerId,
        on: localDay(first.startsAt),
      });
    }
    if (state !== 'failed') await onRecorded(tx, actor, { visitId: row.id });
    return desk.reread(tx, row.id);
  };

  return {
    /**
     * The visit begins, or the worker who was on the way is there. The room is checked in to; was it released because
     * nobody had come, it is taken again if it is still free.
     *
     * @param by how they talk for now, where it is another way than was planned
     * @throws DomainError not_allowed, not_found, visit_state, visit_times
     */
    start: async (
      tx: Tx,
      actor: Actor,
      id: string,
      { at: given }: { readonly at?: string | undefined },
      by?: Channel,
    ): Promise<VisitRow> => {
      const row = await desk.take(tx, actor, id, 'start', [actor.staffId]);
      const now = clock.now();
      const at = atOr(given, now);
      const running = row.parts.find((part) => part.endsAt === null);
      if (row.state === 'open' && running?.kind !== 'travel')
        throw wrongTimes('besøget er allerede i gang', 'the visit is on already');
      assertNearPlan(at, row.plannedStartsAt);
      const parts = [...endRunning(row.parts, at), openPart(by ?? row.channel, at)];
      const happensAt = row.state === 'open' ? row.happensAt : at;
      const room = row.state === 'open' ? {} : await enterRoom(tx, actor, row);
      return desk.write(tx, actor, row, { state: 'open', happensAt, parts, ...room }, now);
    },

    /** @throws DomainError not_allowed, not_found, visit_state, visit_times */
    end: async (tx: Tx, actor: Actor, id: string, { at, ...told }: EndBody): Promise<VisitRow> => {
      const row = await desk.take(tx, actor, id, 'end');
      return hold(tx, actor, row, endRunning(row.parts, atOr(at, clock.now())), told);
    },

    /**
     * Records a visit as held, or corrects what was recorded. Without parts: as it was started and ended, or as planned.
     *
     * @throws DomainError not_allowed, not_found, visit_state, visit_times
     */
    record: async (
      tx: Tx,
      actor: Actor,
      id: string,
      { parts: given, ...told }: RecordVisit,
    ): Promise<VisitRow> => {
      const row = await desk.take(tx, actor, id, 'record');
      const now = clock.now();
      return hold(
        tx,
        actor,
        row,
        given === undefined ? asItWas(row, now) : checkedParts(given.map(readPart), now),
        told,
      );
    },

    /** @throws DomainError not_allowed, not_found, citizen_erased, visit_times */
    recordUnplanned: async (tx: Tx, actor: Actor, wish: RecordUnplanned): Promise<VisitRow> => {
      const worker = await desk.workerOf(tx, actor, wish.worker);
      const now = clock.now();
      const parts = checkedParts(wish.parts.map(readPart), now);
      const [first] = parts.filter((part) => isSupport(part.kind));
      if (first === undefined)
        throw wrongTimes('der er ingen tid med borgeren', 'there is no time with the citizen');
      const citizen = await contacts.hold(tx, actor, wish.citizen);
      const visit = {
        id: randomUUID(),
        citizenId: citizen.id,
        workerId: worker.id,
        channel: channelOf(parts, null),
        origin: 'unplanned',
        state: 'held',
        proposedBy: null,
        happensAt: first.startsAt,
        plannedStartsAt: null,
        plannedEndsAt: null,
        purposes: wish.purposes ?? [],
        topics: wish.topics ?? [],
        bookingId: null,
        ownsBooking: false,
        planId: null,
        planWeek: null,
        planSlot: null,
        endedBy: null,
        endedReason: null,
        overruled: [],
        revision: 1,
      } as const;
      await assertRecordedOnce(tx, visit, parts);
      const row = await desk.insert(tx, actor, visit, { parts }, now);
      await tell(tx, actor, row, wish);
      await contacts.recordHeld(tx, actor, row.citizen, {
        channels: parts.map((part) => part.kind).filter(isSupport),
        workerId: worker.id,
        on: localDay(first.startsAt),
      });
      await onRecorded(tx, actor, { visitId: row.id });
      return desk.reread(tx, row.id);
    },

    /** Nobody was there: the way and the wait are kept, and no minute counts. @throws DomainError as for `end` */
    futile: async (tx: Tx, actor: Actor, id: string, wish: FutileBody): Promise<VisitRow> => {
      const row = await desk.take(tx, actor, id, 'futile');
      const now = clock.now();
      const given = atOr(wish.at, now);
      const planned = row.plannedStartsAt;
      const at = wish.at === undefined && planned !== null && planned <= now ? planned : given;
      assertTimeHasCome(at, planned);
      assertNearPlan(at, planned);
      const parts = row.state === 'open' ? waitedSinceOpened(row.parts, given, wish) : waitedParts(at, wish);
      await release(tx, actor, row);
      const change = {
        state: 'futile',
        endedBy: null,
        endedReason: wish.reason,
        parts,
        revision: await revisionOf(tx, row.id),
      } as const;
      await desk.write(tx, actor, row, change, now);
      await onRecorded(tx, actor, { visitId: row.id });
      return desk.reread(tx, row.id);
    },

    /**
     * @param had the times that are known of it, such as from who was in the call; else what goes on ends now
     * @throws DomainError as for `end`
     */
    fail: async (
      tx: Tx,
      actor: Actor,
      id: string,
      wish: FailBody,
      had?: readonly Part[],
    ): Promise<VisitRow> => {
      const row = await desk.take(tx, actor, id, 'fail');
      const now = clock.now();
      const at = atOr(wish.at, now);
      assertTimeHasCome(at, row.plannedStartsAt);
      const parts = had ?? endRunning(row.parts, at);
      await release(tx, actor, row);
      return desk.write(
        tx,
        actor,
        row,
        { state: 'failed', endedBy: null, endedReason: wish.step, parts },
        now,
      );
    },

    /** The talk went on by phone, and its minutes count. @throws DomainError as for `end` */
    followUp: async (
      tx: Tx,
      actor: Actor,
      id: string,
      { startsAt, endsAt, ...told }: FollowUpBody,
    ): Promise<VisitRow> => {
      const row = await desk.take(tx, actor, id, 'followUp');
      const now = clock.now();
      // It may well be the next day, so what failed and what made it good need not lie within twelve hours.
      const call = { kind: 'phone' as const, startsAt: new Date(startsAt), endsAt: new Date(endsAt) };
      const before = row.parts.filter((part) => part.endsAt?.getTime() !== part.startsAt.getTime());
      const meets = (part: Part): boolean =>
        part.startsAt < call.endsAt && part.endsAt !== null && call.startsAt < part.endsAt;
      if (before.some(meets)) throw wrongTimes('to af dem overlapper', 'two of them overlap');
      const parts = [...before, ...checkedParts([call], now)].sort(
        (a, b) => a.startsAt.getTime() - b.startsAt.getTime(),
      );
      await tell(tx, actor, row, told);
      await desk.write(tx, actor, row, { state: 'followed-up', parts, ...factsOf(told) }, now);
      await onRecorded(tx, actor, { visitId: row.id });
      return desk.reread(tx, row.id);
    },

    /** What was noted for the next time; the reading is logged. @throws DomainError not_allowed, not_found */
    readNote: async (tx: Tx, actor: Actor, id: string) => {
      assertAllowed(visitsPolicy, actor, 'visits:read-note');
      const row = await getVisit(tx, actor, id);
      const found = await findNote(tx, row.id);
      if (found === null) return { note: null, by: null, at: null };
      const { municipalityId } = actor;
      const note = await contacts.identities.openNote(
        tx,
        municipalityId,
        row.citizenId,
        row.id,
        found.sealed,
      );
      await contacts.logReading(tx, actor, { id: row.citizenId, code: row.citizen }, 'note', 'visit');
      return { note, by: found.by, at: found.at };
    },
  };
}

/**
 * A talk counts once: whoever types it a second time is told. Other citizens may have been there at the same time.
 *
 * @throws DomainError visit_times
 */
async function assertRecordedOnce(
  tx: Tx,
  visit: { readonly id: string; readonly citizenId: string; readonly workerId: string },
  parts: readonly Part[],
): Promise<void> {
  const times = parts.flatMap(({ kind, startsAt, endsAt }) =>
    isSupport(kind) && endsAt !== null ? [{ startsAt, endsAt }] : [],
  );
  if (await isRecordedElsewhere(tx, visit, times))
    throw wrongTimes(
      'der er allerede registreret et besøg hos borgeren i den tid; ret det i stedet',
      'a visit to the citizen is recorded for that time already; correct that one instead',
    );
}

const readPart = (part: {
  readonly kind: Part['kind'];
  readonly startsAt: string;
  readonly endsAt: string;
}) => ({
  kind: part.kind,
  startsAt: new Date(part.startsAt),
  endsAt: new Date(part.endsAt),
});

/** As it was started and ended; where it was never started, as planned. */
function asItWas(row: VisitRow, now: Date): readonly Part[] {
  const { plannedStartsAt, plannedEndsAt } = row;
  if (row.parts.some((part) => isSupport(part.kind))) {
    const running = row.parts.find((part) => part.endsAt === null);
    if (running === undefined) return row.parts;
    // What came after the way would be lost.
    if (running.kind === 'travel')
      throw wrongTimes(
        'det sidste, der er noteret, er vejen; skriv, hvornår besøget var',
        'the last that was noted is the way; say when the visit was',
      );
    // Who forgot to end it meant the planned end or, where it began after that, the planned length.
    const began = running.startsAt;
    const lengthMs = (plannedEndsAt?.getTime() ?? 0) - (plannedStartsAt?.getTime() ?? 0);
    const meant =
      plannedEndsAt !== null && plannedEndsAt > began ? plannedEndsAt : new Date(began.getTime() + lengthMs);
    const minute = wholeMinute(now);
    const end = meant < now ? meant : minute < began ? now : minute;
    return endRunning(row.parts, end);
  }
  if (plannedStartsAt === null || plannedEndsAt === null || row.state === 'failed')
    throw wrongTimes('skriv, hvornår det var', 'say when it was');
  if (plannedEndsAt > now)
    throw wrongTimes(
      'besøget er ikke forbi endnu; skriv, hvornår det var',
      'the visit is not over yet; say when it was',
    );
  return [closedPart(row.channel, { startsAt: plannedStartsAt, endsAt: plannedEndsAt })];
}

/**
 * What was opened and found empty was waiting; who was on the way was on the way until the door, and waited there for as
 * long as is said.
 */
function waitedSinceOpened(opened: readonly Part[], at: Date, { waitedMinutes }: FutileBody): Part[] {
  const way = opened.find((part) => part.endsAt === null && part.kind === 'travel');
  const waited = (part: Part): Part => (isSupport(part.kind) ? { ...part, kind: 'waiting' } : part);
  if (way === undefined || waitedMinutes === 0) return endRunning(opened, at).map(waited);
  const arrivedAt = new Date(Math.max(way.startsAt.getTime(), at.getTime() - waitedMinutes * minuteMs));
  const wait = closedPart('waiting', { startsAt: arrivedAt, endsAt: at });
  return [...endRunning(opened, arrivedAt).map(waited), wait];
}

/** The way there ends where the wait begins. */
function waitedParts(at: Date, { waitedMinutes, travelMinutes }: FutileBody): Part[] {
  const before = (minutes: number): Date => new Date(at.getTime() - minutes * minuteMs);
  const after = (minutes: number): Date => new Date(at.getTime() + minutes * minuteMs);
  return [
    ...(travelMinutes > 0 ? [closedPart('travel', { startsAt: before(travelMinutes), endsAt: at })] : []),
    ...(waitedMinutes > 0 ? [closedPart('waiting', { startsAt: at, endsAt: after(waitedMinutes) })] : []),
  ];
}
