import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { visitStates } from '../../contract/index.ts';
import { violatedConstraint } from '../../storage/index.ts';
import { refusalOf } from '../../testing/index.ts';
import type { Actor } from '../identity/index.ts';
import { at, createVisitsFixture, span, tuesdayMorning, type VisitsFixture } from './fixture.ts';
import { nextStates } from './rules.ts';

let world: VisitsFixture;
let worker: Actor;
let citizen: string;
let room: string;

beforeAll(async () => {
  world = await createVisitsFixture();
});
afterAll(() => world.close());
beforeEach(async () => {
  world.clock.set(tuesdayMorning);
  worker = await world.worker();
  citizen = await world.citizen(worker);
  room = await world.room();
});

const inRoom = () => ({ room: { kind: 'room' as const, roomId: room } });
const plan = (local: string, minutes: number, more: object = {}) =>
  world.as(worker, (tx) => world.visits.plan(tx, worker, world.wish(citizen, local, minutes, more)));
const bookingOf = async (id: string | null) => {
  const { rows } = await world.superuser.query<{ state: string; ends_at: Date; starts_at: Date }>(
    'SELECT state, starts_at, ends_at FROM booking WHERE id = $1',
    [id],
  );
  return rows[0];
};

describe('a hold', () => {
  it('takes worker, citizen and room together', async () => {
    const visit = await plan('2026-11-24T10:00', 20, inRoom());
    expect(visit).toMatchObject({ state: 'planned', channel: 'video', citizen, worker: worker.initials });
    expect(visit.room?.id).toBe(room);
    expect(await bookingOf(visit.bookingId)).toMatchObject({ state: 'booked' });
  });

  it('names all that is missing, and the nearest times at which all are free', async () => {
    await plan('2026-11-24T10:00', 30, inRoom());
    const refusal = await refusalOf(plan('2026-11-24T10:10', 30, inRoom()));
    expect(refusal.code).toBe('hold_refused');
    expect(refusal.details.missing).toEqual(['worker', 'citizen', 'room']);
    expect(refusal.details.nearest).toEqual([
      expect.objectContaining(span('2026-11-24T10:30', 30)),
      expect.objectContaining(span('2026-11-24T09:30', 30)),
      expect.objectContaining(span('2026-11-25T10:10', 30)),
    ]);
  });

  it('refuses when the citizen alone has another appointment, and books no room then', async () => {
    await plan('2026-11-24T10:00', 30);
    const colleague = await world.worker();
    await world.as(world.admin, (tx) =>
      world.citizens.change(tx, world.admin, citizen, { substitute: colleague.initials }),
    );
    const wish = world.wish(citizen, '2026-11-24T10:00', 20, inRoom());
    const refusal = await refusalOf(world.as(colleague, (tx) => world.visits.plan(tx, colleague, wish)));
    expect(refusal.details.missing).toEqual(['citizen']);
    expect((await world.heldBookings()).filter((one) => one.visit === null)).toEqual([]);
  });

  it('leaves the transaction usable after a refusal, with nothing written', async () => {
    await plan('2026-11-24T10:00', 30, inRoom());
    const made = await world.as(worker, async (tx) => {
      const refused = world.visits.plan(tx, worker, world.wish(citizen, '2026-11-24T10:00', 30, inRoom()));
      expect((await refusalOf(refused)).code).toBe('hold_refused');
      return world.visits.plan(tx, worker, world.wish(citizen, '2026-11-24T11:00', 30, inRoom()));
    });
    expect(made.state).toBe('planned');
  });

  it('takes any room that fits, and says no when none is free', async () => {
    const other = await world.worker();
    await world.as(other, (tx) =>
      world.rooms.book(tx, other, { roomId: room, ...span('2026-11-24T12:00', 60) }),
    );
    const visit = await plan('2026-11-24T12:00', 20, { room: { kind: 'any', site: 'Rådhuset', needs: [] } });
    expect(visit.room?.id).not.toBe(room);
    const none = { room: { kind: 'any', site: 'Findes ikke', needs: [] } };
    expect((await refusalOf(plan('2026-11-24T13:00', 20, none))).details.missing).toEqual(['room']);
  });

  it('uses the room that the worker has taken for the whole morning, and leaves it to them when the visit is cancelled', async () => {
    const morning = await world.as(worker, (tx) =>
      world.rooms.book(tx, worker, { roomId: room, ...span('2026-11-24T09:00', 180) }),
    );
    const visit = await plan('2026-11-24T10:00', 20, inRoom());
    expect(visit).toMatchObject({ bookingId: morning.id, ownsBooking: false });
    await world.as(worker, (tx) =>
      world.visits.cancel(tx, worker, visit.id, { by: 'citizen', reason: 'illness' }),
    );
    expect(await bookingOf(morning.id)).toMatchObject({ state: 'booked' });
  });

  it('is moved as a whole: the room goes along', async () => {
    const visit = await plan('2026-11-24T10:00', 20, inRoom());
    const moved = await world.as(worker, (tx) =>
      world.visits.move(tx, worker, visit.id, span('2026-11-24T10:10', 30)),
    );
    expect(moved).toMatchObject({ state: 'planned', bookingId: visit.bookingId });
    expect(moved.plannedStartsAt?.toISOString()).toBe(at('2026-11-24T10:10'));
    expect((await bookingOf(visit.bookingId))?.starts_at.toISOString()).toBe(at('2026-11-24T10:10'));
  });

  it('is moved to a colleague with a booking of their own', async () => {
    const visit = await plan('2026-11-24T10:00', 20, inRoom());
    const colleague = await world.worker();
    const moved = await world.as(world.admin, (tx) =>
      world.visits.move(tx, world.admin, visit.id, {
        ...span('2026-11-24T10:00', 20),
        worker: colleague.initials,
      }),
    );
    expect(moved.worker).toBe(colleague.initials);
    expect(await bookingOf(visit.bookingId)).toMatchObject({ state: 'cancelled' });
    expect(await bookingOf(moved.bookingId)).toMatchObject({ state: 'booked' });
  });

  it('is let go when the visit is cancelled', async () => {
    const visit = await plan('2026-11-24T10:00', 20, inRoom());
    const cancelled = await world.as(worker, (tx) =>
      world.visits.cancel(tx, worker, visit.id, { by: 'citizen', reason: 'illness' }),
    );
    expect(cancelled).toMatchObject({
      state: 'cancelled',
      endedBy: 'citizen',
      endedReason: 'illness',
      room: null,
    });
    expect(await bookingOf(visit.bookingId)).toMatchObject({ state: 'cancelled' });
    expect((await plan('2026-11-24T10:00', 20, inRoom())).state).toBe('planned');
  });
});

describe('a proposal', () => {
  it('holds its time until it is accepted', async () => {
    const visit = await plan('2026-11-24T10:00', 20, { propose: true });
    expect(visit).toMatchObject({ state: 'proposed', proposedBy: 'worker' });
    expect((await refusalOf(plan('2026-11-24T10:00', 20))).code).toBe('hold_refused');
    const accepted = await world.as(worker, (tx) => world.visits.accept(tx, worker, visit.id));
    expect(accepted).toMatchObject({ state: 'planned', proposedBy: null });
  });

  it('can be answered with another time, which is held instead', async () => {
    const visit = await plan('2026-11-24T10:00', 20, inRoom());
    const proposed = await world.as(worker, (tx) =>
      world.visits.propose(tx, worker, visit.id, { ...span('2026-11-25T10:00', 20), by: 'citizen' }),
    );
    expect(proposed).toMatchObject({ state: 'proposed', proposedBy: 'citizen', room: { id: room } });
    expect((await plan('2026-11-24T10:00', 20, inRoom())).state).toBe('planned');
  });

  it('that nobody answered in time is no longer held', async () => {
    const visit = await plan('2026-11-24T10:00', 20, { propose: true, ...inRoom() });
    world.clock.set(at('2026-11-24T10:01'));
    const count = await world.as(worker, (tx) => world.visits.lapseProposals(tx, world.municipalityId, 10));
    expect(count).toBe(1);
    const [row] = await world.as(worker, async (tx) => [
      await world.visits
        .cancel(tx, worker, visit.id, { by: 'worker', reason: 'mistake' })
        .catch((error: unknown) => error),
    ]);
    expect(row).toMatchObject({ code: 'visit_state' });
    expect(await bookingOf(visit.bookingId)).toMatchObject({ state: 'cancelled' });
  });
});

describe('taking place', () => {
  it('counts from start to end, and the room is given back when the talk is over', async () => {
    const visit = await plan('2026-11-24T10:00', 60, inRoom());
    world.clock.set(at('2026-11-24T10:02'));
    const open = await world.as(worker, (tx) => world.visits.start(tx, worker, visit.id, {}));
    expect(open).toMatchObject({ state: 'open', parts: [{ kind: 'video', endsAt: null, minutes: null }] });
    expect(await bookingOf(visit.bookingId)).toMatchObject({ state: 'checked-in' });
    world.clock.set(at('2026-11-24T10:25'));
    const held = await world.as(worker, (tx) =>
      world.visits.end(tx, worker, visit.id, { topics: ['supportive-talk'], note: 'Husk tandlægen.' }),
    );
    expect(held).toMatchObject({ state: 'held', hasNote: true, topics: ['supportive-talk'] });
    expect(held.parts).toMatchObject([{ kind: 'video', minutes: 23 }]);
    expect((await bookingOf(visit.bookingId))?.ends_at.toISOString()).toBe(at('2026-11-24T10:26'));
    expect(world.recorded.at(-1)).toBe(visit.id);
  });

  it('turns physical in the middle: both parts count, the room is free, the way is kept apart', async () => {
    const visit = await plan('2026-11-24T10:00', 60, inRoom());
    world.clock.set(at('2026-11-24T10:00'));
    await world.as(worker, (tx) => world.visits.start(tx, worker, visit.id, {}));
    world.clock.set(at('2026-11-24T10:10'));
    const turned = await world.as(worker, (tx) =>
      world.visits.turn(tx, worker, visit.id, { to: 'physical', room: { kind: 'none' }, acknowledge: [] }),
    );
    expect(turned).toMatchObject({ state: 'open', channel: 'physical', room: null });
    expect((await bookingOf(visit.bookingId))?.ends_at.toISOString()).toBe(at('2026-11-24T10:11'));
    world.clock.set(at('2026-11-24T10:32'));
    await world.as(worker, (tx) => world.visits.start(tx, worker, visit.id, {}));
    world.clock.set(at('2026-11-24T11:20'));
    const held = await world.as(worker, (tx) => world.visits.end(tx, worker, visit.id, {}));
    expect(held.parts.map(({ kind, minutes }) => [kind, minutes])).toEqual([
      ['video', 10],
      ['travel', 22],
      ['physical', 48],
    ]);
    expect(held.channel).toBe('physical');
  });

  it('turns to video before it begins, and takes a room for it', async () => {
    const visit = await plan('2026-11-24T10:00', 30, { channel: 'physical' });
    const turned = await world.as(worker, (tx) =>
      world.visits.turn(tx, worker, visit.id, { to: 'video', ...inRoom(), acknowledge: [] }),
    );
    expect(turned).toMatchObject({ channel: 'video', state: 'planned', room: { id: room } });
    const back = await world.as(worker, (tx) =>
      world.visits.turn(tx, worker, visit.id, { to: 'physical', room: { kind: 'none' }, acknowledge: [] }),
    );
    expect(back.room).toBeNull();
    expect(await bookingOf(turned.bookingId)).toMatchObject({ state: 'cancelled' });
  });

  it('takes the room again when it was released because nobody had come', async () => {
    const visit = await plan('2026-11-24T10:00', 60, inRoom());
    world.clock.set(at('2026-11-24T10:20'));
    const open = await world.as(worker, (tx) => world.visits.start(tx, worker, visit.id, {}));
    expect(open.bookingId).not.toBe(visit.bookingId);
    expect(await bookingOf(open.bookingId)).toMatchObject({ state: 'checked-in' });
  });

  it('begins early in its room where that is free', async () => {
    const visit = await plan('2026-11-24T10:00', 30, inRoom());
    world.clock.set(at('2026-11-24T09:30'));
    await world.as(worker, (tx) => world.visits.start(tx, worker, visit.id, {}));
    expect(await bookingOf(visit.bookingId)).toMatchObject({ state: 'checked-in' });
    expect((await bookingOf(visit.bookingId))?.starts_at.toISOString()).toBe(at('2026-11-24T09:30'));
  });

  it('fails and is followed up by phone: all minutes with the citizen count', async () => {
    const visit = await plan('2026-11-24T10:00', 30);
    world.clock.set(at('2026-11-24T10:00'));
    await world.as(worker, (tx) => world.visits.start(tx, worker, visit.id, {}));
    world.clock.set(at('2026-11-24T10:07'));
    const failed = await world.as(worker, (tx) =>
      world.visits.fail(tx, worker, visit.id, { step: 'dropped' }),
    );
    expect(failed).toMatchObject({ state: 'failed', endedReason: 'dropped' });
    world.clock.set(at('2026-11-24T10:40'));
    const followed = await world.as(worker, (tx) =>
      world.visits.followUp(tx, worker, visit.id, span('2026-11-24T10:10', 15)),
    );
    expect(followed.state).toBe('followed-up');
    expect(followed.parts.map(({ kind, minutes }) => [kind, minutes])).toEqual([
      ['video', 7],
      ['phone', 15],
    ]);
  });

  it('is futile when nobody is there: the way and the wait are kept, no minute counts', async () => {
    const visit = await plan('2026-11-24T10:00', 30, { channel: 'physical' });
    world.clock.set(at('2026-11-24T12:00'));
    const futile = await world.as(worker, (tx) =>
      world.visits.futile(tx, worker, visit.id, {
        reason: 'nobody-home',
        waitedMinutes: 10,
        travelMinutes: 25,
      }),
    );
    expect(futile).toMatchObject({ state: 'futile', endedReason: 'nobody-home' });
    expect(futile.parts.map(({ kind, minutes }) => [kind, minutes])).toEqual([
      ['travel', 25],
      ['waiting', 10],
    ]);
  });

  it('that nobody came to although it was opened was waiting online', async () => {
    const visit = await plan('2026-11-24T10:00', 30);
    world.clock.set(at('2026-11-24T10:00'));
    await world.as(worker, (tx) => world.visits.start(tx, worker, visit.id, {}));
    world.clock.set(at('2026-11-24T10:12'));
    const futile = await world.as(worker, (tx) =>
      world.visits.futile(tx, worker, visit.id, { reason: 'no-answer', waitedMinutes: 0, travelMinutes: 0 }),
    );
    expect(futile.parts).toMatchObject([{ kind: 'waiting', minutes: 12 }]);
  });
});

describe('recording', () => {
  it('takes the plan for what happened when nothing else is said', async () => {
    const visit = await plan('2026-11-24T10:00', 25);
    world.clock.set(at('2026-11-27T15:00'));
    const held = await world.as(worker, (tx) => world.visits.record(tx, worker, visit.id, {}));
    expect(held.parts).toMatchObject([{ kind: 'video', minutes: 25 }]);
    expect(held.happensAt.toISOString()).toBe(at('2026-11-24T10:00'));
  });

  it('is refused before it is over, unless times are given', async () => {
    const visit = await plan('2026-11-24T10:00', 25);
    const refusal = await refusalOf(world.as(worker, (tx) => world.visits.record(tx, worker, visit.id, {})));
    expect(refusal.code).toBe('visit_times');
  });

  it('names a visit after what it became', async () => {
    const visit = await plan('2026-11-24T10:00', 25);
    world.clock.set(at('2026-11-24T12:00'));
    const parts = [{ kind: 'phone' as const, ...span('2026-11-24T10:00', 15) }];
    const held = await world.as(worker, (tx) => world.visits.record(tx, worker, visit.id, { parts }));
    expect(held.channel).toBe('phone');
  });

  it('refuses times that overlap, lie ahead, or far back', async () => {
    const attempt = (parts: { kind: 'phone'; startsAt: string; endsAt: string }[]) =>
      refusalOf(world.as(worker, (tx) => world.visits.recordUnplanned(tx, worker, { citizen, parts })));
    const phone = (local: string, minutes: number) => ({ kind: 'phone' as const, ...span(local, minutes) });
    for (const parts of [
      [phone('2026-11-23T10:00', 20), phone('2026-11-23T10:10', 20)],
      [phone('2026-11-25T10:00', 20)],
      [phone('2026-07-01T10:00', 20)],
      [phone('2026-11-23T00:00', 10), phone('2026-11-23T13:00', 10)],
    ])
      expect((await attempt(parts)).code).toBe('visit_times');
  });

  it('counts a talk once, though it is typed twice', async () => {
    const record = (local: string, by = worker) => {
      const parts = [{ kind: 'phone' as const, ...span(local, 20) }];
      return world.as(by, (tx) => world.visits.recordUnplanned(tx, by, { citizen, parts }));
    };
    await record('2026-11-23T10:00');
    expect((await refusalOf(record('2026-11-23T10:10'))).code).toBe('visit_times');
    expect((await record('2026-11-23T10:20')).state).toBe('held');
    const visit = await plan('2026-11-24T10:00', 20);
    world.clock.set(at('2026-11-24T12:00'));
    const parts = [{ kind: 'video' as const, ...span('2026-11-23T10:05', 10) }];
    const again = world.as(worker, (tx) => world.visits.record(tx, worker, visit.id, { parts }));
    expect((await refusalOf(again)).code).toBe('visit_times');
    // Its own times stand in nobody's way.
    const own = await world.as(worker, (tx) => world.visits.record(tx, worker, visit.id, {}));
    expect((await world.as(worker, (tx) => world.visits.record(tx, worker, own.id, {}))).state).toBe('held');
  });

  it('of what did not take place waits until its time has come', async () => {
    const visit = await plan('2026-11-24T10:00', 20);
    world.clock.set(at('2026-11-24T08:59'));
    const futile = () =>
      world.as(worker, (tx) =>
        world.visits.futile(tx, worker, visit.id, {
          reason: 'no-answer',
          waitedMinutes: 0,
          travelMinutes: 0,
        }),
      );
    const fail = () =>
      world.as(worker, (tx) => world.visits.fail(tx, worker, visit.id, { step: 'no-sound' }));
    expect([(await refusalOf(futile())).code, (await refusalOf(fail())).code]).toEqual([
      'visit_times',
      'visit_times',
    ]);
    world.clock.set(at('2026-11-24T10:05'));
    expect((await futile()).state).toBe('futile');
  });

  it('keeps an unplanned call of the citizen with its own minutes', async () => {
    const parts = [{ kind: 'phone' as const, ...span('2026-11-23T22:10', 8) }];
    const row = await world.as(worker, (tx) =>
      world.visits.recordUnplanned(tx, worker, { citizen, parts, topics: ['supportive-talk'] }),
    );
    expect(row).toMatchObject({
      origin: 'unplanned',
      state: 'held',
      channel: 'phone',
      plannedStartsAt: null,
    });
  });

  it('makes a visit in person by the own worker the first meeting, and the first call the begin of the course', async () => {
    const newcomer = await world.citizen(worker, { acquaintance: { kind: 'not-met' } });
    const physical = { kind: 'physical' as const, ...span('2026-11-23T10:00', 45) };
    await world.as(worker, (tx) =>
      world.visits.recordUnplanned(tx, worker, { citizen: newcomer, parts: [physical] }),
    );
    const step = (to: 'offered' | 'accepted' | 'introduced', reason: 'first-talk' | 'own-wish' | 'at-home') =>
      world.as(worker, (tx) => world.citizens.takeStep(tx, worker, newcomer, { to, reason, on: undefined }));
    await step('offered', 'first-talk');
    await step('accepted', 'own-wish');
    await step('introduced', 'at-home');
    world.clock.set(at('2026-11-24T12:00'));
    const video = { kind: 'video' as const, ...span('2026-11-24T10:00', 20) };
    await world.as(worker, (tx) =>
      world.visits.recordUnplanned(tx, worker, { citizen: newcomer, parts: [video] }),
    );
    const row = await world.as(worker, (tx) => world.citizens.show(tx, worker, newcomer));
    expect(row).toMatchObject({ acquaintance: 'met', metOn: '2026-11-23', status: 'active' });
  });

  it('of a note lands in the vault alone, and is read with a trace', async () => {
    const visit = await plan('2026-11-24T10:00', 25);
    world.clock.set(at('2026-11-24T12:00'));
    await world.as(worker, (tx) => world.visits.record(tx, worker, visit.id, { note: 'Ring til søsteren' }));
    const read = await world.as(worker, (tx) => world.visits.readNote(tx, worker, visit.id));
    expect(read).toMatchObject({ note: 'Ring til søsteren', by: worker.initials });
    const { rows } = await world.superuser.query(
      `SELECT kind, reason FROM identity_access WHERE staff_id = $1`,
      [worker.staffId],
    );
    expect(rows).toEqual([{ kind: 'note', reason: 'visit' }]);
  });
});

describe('guards', () => {
  it('warn of a first call to somebody never met, unless they are isolated', async () => {
    citizen = await world.citizen(worker, { acquaintance: { kind: 'not-met' } });
    const refusal = await refusalOf(plan('2026-11-24T10:00', 20));
    expect(refusal.code).toBe('visit_warnings');
    expect(refusal.details.warnings).toEqual(['never-met']);
    const planned = await plan('2026-11-24T10:00', 20, { acknowledge: ['never-met'] });
    expect(planned.overruled).toEqual(['never-met']);
    citizen = await world.citizen(worker, { acquaintance: { kind: 'isolated' } });
    expect((await plan('2026-11-24T11:00', 20)).overruled).toEqual([]);
  });

  it('warn of a substitute by video to somebody who does not want that', async () => {
    const substitute = await world.worker();
    citizen = await world.citizen(worker, {
      substitute: substitute.initials,
      substituteByVideo: 'unwanted',
    });
    const wish = world.wish(citizen, '2026-11-24T10:00', 20);
    const refusal = await refusalOf(world.as(substitute, (tx) => world.visits.plan(tx, substitute, wish)));
    expect(refusal.details.warnings).toEqual(['substitute-unwanted']);
    const inPerson = world.wish(citizen, '2026-11-24T10:00', 20, { channel: 'physical' });
    expect((await world.as(substitute, (tx) => world.visits.plan(tx, substitute, inPerson))).state).toBe(
      'planned',
    );
  });

  it('refuse a call at 23:00 by a day worker, and let an evening worker make it', async () => {
    const refusal = await refusalOf(plan('2026-11-24T23:00', 20));
    expect(refusal).toMatchObject({ code: 'outside_working_hours' });
    worker = await world.worker(undefined, 'evening');
    citizen = await world.citizen(worker);
    expect((await plan('2026-11-24T23:00', 20)).state).toBe('planned');
  });

  it('refuse a time that is over', async () => {
    expect((await refusalOf(plan('2026-11-23T10:00', 20))).code).toBe('visit_past');
  });

  it('keep a colleague from writing in somebody else’s calendar', async () => {
    const visit = await plan('2026-11-24T10:00', 20);
    const colleague = await world.worker();
    await world.as(world.admin, (tx) =>
      world.citizens.change(tx, world.admin, citizen, { substitute: colleague.initials }),
    );
    const attempt = world.as(colleague, (tx) =>
      world.visits.cancel(tx, colleague, visit.id, { by: 'worker', reason: 'illness' }),
    );
    expect((await refusalOf(attempt)).code).toBe('not_allowed');
  });

  it('show nobody the visits of citizens far from them', async () => {
    const visit = await plan('2026-11-24T10:00', 20);
    const stranger = await world.worker();
    const attempt = world.as(stranger, (tx) =>
      world.visits.cancel(tx, stranger, visit.id, { by: 'worker', reason: 'illness' }),
    );
    expect((await refusalOf(attempt)).code).toBe('not_found');
  });
});

describe('a whole day', () => {
  it('finds a day for all of it and moves it in one go', async () => {
    const second = await world.citizen(worker);
    const first = await plan('2026-11-24T10:00', 30, inRoom());
    const other = await world.as(worker, (tx) =>
      world.visits.plan(tx, worker, world.wish(second, '2026-11-24T11:00', 45, { channel: 'physical' })),
    );
    // Wednesday at ten the citizen is taken by somebody else's visit.
    const wednesday = await plan('2026-11-25T10:00', 30);
    const move = await world.as(worker, (tx) =>
      world.visits.proposeDayMove(tx, worker, { from: '2026-11-24' }),
    );
    expect(move.to).toBe('2026-11-25');
    expect(move.items.map((item) => item.to?.startsAt.toISOString())).toEqual([
      at('2026-11-25T09:30'),
      at('2026-11-25T11:00'),
    ]);
    const moves = move.items.flatMap((item) =>
      item.to === null
        ? []
        : [
            {
              visit: item.visit.id,
              startsAt: item.to.startsAt.toISOString(),
              endsAt: item.to.endsAt.toISOString(),
            },
          ],
    );
    const moved = await world.as(worker, (tx) => world.visits.moveDay(tx, worker, moves));
    expect(moved.map((row) => row.id).sort()).toEqual([first.id, other.id].sort());
    expect(wednesday.state).toBe('planned');
  });

  it('moves nothing when one of them cannot go', async () => {
    const second = await world.citizen(worker);
    const first = await plan('2026-11-24T10:00', 30);
    const other = await world.as(worker, (tx) =>
      world.visits.plan(tx, worker, world.wish(second, '2026-11-25T10:00', 30)),
    );
    const third = await plan('2026-11-24T12:00', 30);
    const attempt = world.as(worker, (tx) =>
      world.visits.moveDay(tx, worker, [
        { visit: third.id, ...span('2026-11-25T12:00', 30) },
        { visit: first.id, ...span('2026-11-25T10:15', 30) },
      ]),
    );
    expect((await refusalOf(attempt)).code).toBe('hold_refused');
    const { rows } = await world.superuser.query(
      'SELECT id FROM visit WHERE planned_starts_at >= $1 AND worker_id = $2',
      [at('2026-11-25T00:00'), worker.staffId],
    );
    expect(rows).toEqual([{ id: other.id }]);
  });
});

describe('the ledger', () => {
  it('has one leaf for each change, without code or name', async () => {
    const before = (await world.leaves()).length;
    const visit = await plan('2026-11-24T10:00', 20);
    world.clock.set(at('2026-11-24T12:00'));
    await world.as(worker, (tx) => world.visits.record(tx, worker, visit.id, { note: 'hemmeligt' }));
    const told = (await world.leaves()).slice(before).filter((leaf) => leaf.type === 'visit.changed');
    expect(told.map((leaf) => leaf.state)).toEqual(['planned', 'held']);
    expect(told.at(-1)?.minutes).toEqual({ video: 20, physical: 0, phone: 0, travel: 0, waiting: 0 });
    expect(JSON.stringify(told)).not.toMatch(new RegExp(`${citizen}|hemmeligt`));
  });
});

it('the database allows exactly the steps from state to state that the rules name', async () => {
  const visit = await plan('2026-11-24T10:00', 20);
  const shape = (state: string) =>
    `state = '${state}', proposed_by = ${state === 'proposed' ? "'worker'" : 'NULL'} WHERE id = '${visit.id}'`;
  for (const from of visitStates) {
    for (const to of visitStates.filter((state) => state !== from)) {
      await world.superuser.query('ALTER TABLE visit DISABLE TRIGGER visit_state_transition');
      await world.superuser.query(`UPDATE visit SET ${shape(from)}`);
      await world.superuser.query('ALTER TABLE visit ENABLE TRIGGER visit_state_transition');
      const allowed = (nextStates[from] as readonly string[]).includes(to);
      const attempt = world.superuser.query(`UPDATE visit SET ${shape(to)}`).then(
        () => null,
        (error: unknown) => violatedConstraint(error),
      );
      expect([from, to, await attempt]).toEqual([from, to, allowed ? null : 'visit_state_transition']);
    }
  }
});
