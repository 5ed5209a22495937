import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api } from '../../contract/index.ts';
import { refusalOf } from '../../testing/index.ts';
import type { Actor } from '../identity/index.ts';
import { at, createVisitsFixture, span, tuesdayMorning, type VisitsFixture } from './fixture.ts';

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
const start = (id: string) => world.as(worker, (tx) => world.visits.start(tx, worker, id, {}));
const stateOf = async (id: string) => {
  const { rows } = await world.superuser.query<{ state: string }>('SELECT state FROM visit WHERE id = $1', [
    id,
  ]);
  return rows[0]?.state;
};
const bookingOf = async (id: string | null) => {
  const { rows } = await world.superuser.query<{ state: string; ends_at: Date }>(
    'SELECT state, ends_at FROM booking WHERE id = $1',
    [id],
  );
  return rows[0];
};
/** Does one thing, and lets it commit only when another, begun meanwhile, waits for it. */
const meanwhile = async <One, Other>(
  one: (done: () => Promise<void>) => Promise<One>,
  other: () => Promise<Other>,
): Promise<[PromiseSettledResult<One>, PromiseSettledResult<Other>]> => {
  const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const first = one(() => {
    reached.resolve();
    return go.promise;
  });
  await Promise.race([reached.promise, first]);
  const second = other();
  const waiting = async () =>
    (
      await world.superuser.query(
        'SELECT 1 FROM pg_locks l JOIN pg_database d ON d.datname = current_database() WHERE NOT l.granted AND l.pid IN (SELECT pid FROM pg_stat_activity WHERE datname = d.datname)',
      )
    ).rows.length;
  await expect.poll(waiting).toBeGreaterThan(0);
  go.resolve();
  return Promise.allSettled([first, second]);
};

describe('what lapses', () => {
  it('is not what was accepted at the same moment', async () => {
    const visit = await plan('2026-11-24T10:00', 20, { propose: true });
    world.clock.set(at('2026-11-24T10:01'));
    const [, lapsed] = await meanwhile(
      (done) =>
        world.as(worker, async (tx) => {
          await world.visits.accept(tx, worker, visit.id);
          await done();
        }),
      () => world.as(worker, (tx) => world.visits.lapseProposals(tx, world.municipalityId, 10)),
    );
    expect(lapsed).toMatchObject({ status: 'fulfilled', value: 0 });
    expect(await stateOf(visit.id)).toBe('planned');
  });

  it('is not what another time was proposed for at the same moment', async () => {
    const visit = await plan('2026-11-24T10:00', 20, { propose: true });
    world.clock.set(at('2026-11-24T10:01'));
    await meanwhile(
      (done) =>
        world.as(worker, async (tx) => {
          await world.visits.propose(tx, worker, visit.id, {
            ...span('2026-11-25T10:00', 20),
            by: 'citizen',
          });
          await done();
        }),
      () => world.as(worker, (tx) => world.visits.lapseProposals(tx, world.municipalityId, 10)),
    );
    expect(await stateOf(visit.id)).toBe('proposed');
  });
});

describe('when a worker leaves', () => {
  const leave = (tx: Parameters<Parameters<typeof world.as>[1]>[0]) =>
    world.visits.endVisitsOf(tx, world.admin, { workerId: worker.staffId });

  it('what is to come is cancelled, and what was and waits to be recorded can still be recorded', async () => {
    const [past, coming] = [await plan('2026-11-24T10:00', 20), await plan('2026-11-25T10:00', 20)];
    world.clock.set(at('2026-11-24T15:00'));
    expect(await world.as(world.admin, leave)).toBe(1);
    expect([await stateOf(past.id), await stateOf(coming.id)]).toEqual(['planned', 'cancelled']);
    const held = await world.as(world.admin, (tx) => world.visits.record(tx, world.admin, past.id, {}));
    expect(held.parts).toMatchObject([{ kind: 'video', minutes: 20 }]);
  });

  it('nobody plans for them at the same moment', async () => {
    const [, planned] = await meanwhile(
      (done) =>
        world.as(world.admin, async (tx) => {
          await tx.$executeRaw`UPDATE staff SET ended_at = ${world.clock.now()} WHERE id = ${worker.staffId}::uuid`;
          await leave(tx);
          await done();
        }),
      () => plan('2026-11-25T10:00', 20, inRoom()),
    );
    expect(planned).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
  });

  it('nobody gives them a visit at the same moment', async () => {
    const colleague = await world.worker();
    const visit = await plan('2026-11-25T10:00', 20);
    const [, moved] = await meanwhile(
      (done) =>
        world.as(world.admin, async (tx) => {
          await tx.$executeRaw`UPDATE staff SET ended_at = ${world.clock.now()} WHERE id = ${colleague.staffId}::uuid`;
          await done();
        }),
      () =>
        world.as(world.admin, (tx) =>
          world.visits.move(tx, world.admin, visit.id, {
            ...span('2026-11-25T10:00', 20),
            worker: colleague.initials,
          }),
        ),
    );
    expect(moved).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
  });
});

describe('a room', () => {
  it('taken in the middle is the visit’s until it ends, and nobody has to check in', async () => {
    const visit = await plan('2026-11-24T10:00', 60, { channel: 'physical' });
    world.clock.set(at('2026-11-24T10:00'));
    await start(visit.id);
    world.clock.set(at('2026-11-24T10:10'));
    const turned = await world.as(worker, (tx) =>
      world.visits.turn(tx, worker, visit.id, { to: 'video', ...inRoom(), acknowledge: [] }),
    );
    expect(await bookingOf(turned.bookingId)).toMatchObject({ state: 'checked-in' });
  });

  it('is had for a visit that should have begun some minutes ago', async () => {
    const visit = await plan('2026-11-24T10:00', 60, { channel: 'physical' });
    world.clock.set(at('2026-11-24T10:10'));
    const turned = await world.as(worker, (tx) =>
      world.visits.turn(tx, worker, visit.id, { to: 'video', ...inRoom(), acknowledge: [] }),
    );
    expect(turned).toMatchObject({ state: 'planned', room: { id: room } });
    await start(visit.id);
    expect(await bookingOf(turned.bookingId)).toMatchObject({ state: 'checked-in' });
  });

  it('that somebody has checked in to is given back when the visit is moved', async () => {
    const visit = await plan('2026-11-24T10:00', 30, inRoom());
    world.clock.set(at('2026-11-24T09:50'));
    await world.as(worker, (tx) => world.rooms.checkIn(tx, worker, visit.bookingId ?? ''));
    const moved = await world.as(worker, (tx) =>
      world.visits.move(tx, worker, visit.id, span('2026-11-24T14:00', 30)),
    );
    expect(moved.bookingId).not.toBe(visit.bookingId);
    expect(await bookingOf(visit.bookingId)).toMatchObject({ state: 'cancelled' });
    expect((await world.heldBookings()).filter((one) => one.visit === null)).toEqual([]);
  });

  it('whose booking was cancelled is not shown as the visit’s any more, and is not asked for when it is moved', async () => {
    const visit = await plan('2026-11-24T10:00', 30, inRoom());
    await world.as(worker, (tx) => world.rooms.cancel(tx, worker, visit.bookingId ?? ''));
    const colleague = await world.worker();
    await world.as(colleague, (tx) =>
      world.rooms.book(tx, colleague, { roomId: room, ...span('2026-11-24T09:00', 180) }),
    );
    const moved = await world.as(worker, (tx) =>
      world.visits.move(tx, worker, visit.id, span('2026-11-24T10:30', 30)),
    );
    expect(moved).toMatchObject({ room: null, bookingId: null, ownsBooking: false });
  });

  it('that the worker cannot have early, being in another one, keeps no visit from beginning', async () => {
    const other = await world.room();
    const { id } = await world.as(worker, (tx) =>
      world.rooms.book(tx, worker, { roomId: other, ...span('2026-11-24T09:00', 60) }),
    );
    const visit = await plan('2026-11-24T10:00', 30, inRoom());
    world.clock.set(at('2026-11-24T09:00'));
    await world.as(worker, (tx) => world.rooms.checkIn(tx, worker, id));
    world.clock.set(at('2026-11-24T09:40'));
    expect(await start(visit.id)).toMatchObject({ state: 'open', bookingId: visit.bookingId });
  });
});

describe('what is recorded', () => {
  it('is on the way until the door, and waiting at it, when nobody is home after a visit turned physical', async () => {
    const visit = await plan('2026-11-24T10:00', 30);
    world.clock.set(at('2026-11-24T10:00'));
    await start(visit.id);
    world.clock.set(at('2026-11-24T10:04'));
    await world.as(worker, (tx) =>
      world.visits.turn(tx, worker, visit.id, { to: 'physical', room: { kind: 'none' }, acknowledge: [] }),
    );
    world.clock.set(at('2026-11-24T10:34'));
    const futile = await world.as(worker, (tx) =>
      world.visits.futile(tx, worker, visit.id, {
        reason: 'nobody-home',
        waitedMinutes: 10,
        travelMinutes: 0,
      }),
    );
    expect(futile.parts.map(({ kind, minutes }) => [kind, minutes])).toEqual([
      ['waiting', 4],
      ['travel', 20],
      ['waiting', 10],
    ]);
  });

  it('counts the same minutes whether a talk that is on is ended or recorded', async () => {
    const minutes: (number | null | undefined)[] = [];
    for (const how of ['end', 'record'] as const) {
      const day = how === 'end' ? '2026-11-24' : '2026-11-25';
      world.clock.set(at(`${day}T09:00`));
      const visit = await plan(`${day}T10:00`, 30);
      world.clock.set(at(`${day}T10:00`));
      await start(visit.id);
      world.clock.set(new Date(Date.parse(at(`${day}T10:07`)) + 40_000));
      const held = await world.as(worker, (tx) => world.visits[how](tx, worker, visit.id, {}));
      minutes.push(held.parts[0]?.minutes);
    }
    expect(minutes).toEqual([7, 7]);
  });

  it('took as long as planned when it began after its planned end and nobody ended it', async () => {
    const visit = await plan('2026-11-24T10:00', 30);
    world.clock.set(at('2026-11-24T10:35'));
    await start(visit.id);
    world.clock.set(at('2026-11-24T16:00'));
    const held = await world.as(worker, (tx) => world.visits.record(tx, worker, visit.id, {}));
    expect(held.parts).toMatchObject([{ kind: 'video', minutes: 30 }]);
  });

  it('is asked for where the way to the citizen is the last that is known', async () => {
    const visit = await plan('2026-11-24T10:00', 60);
    world.clock.set(at('2026-11-24T10:00'));
    await start(visit.id);
    world.clock.set(at('2026-11-24T10:10'));
    await world.as(worker, (tx) =>
      world.visits.turn(tx, worker, visit.id, { to: 'physical', room: { kind: 'none' }, acknowledge: [] }),
    );
    world.clock.set(at('2026-11-24T16:00'));
    const record = world.as(worker, (tx) => world.visits.record(tx, worker, visit.id, {}));
    expect((await refusalOf(record)).code).toBe('visit_times');
  });

  it('is followed up the next day as well, but not within the time of the failed talk', async () => {
    const visit = await plan('2026-11-24T15:00', 30);
    world.clock.set(at('2026-11-24T15:00'));
    await start(visit.id);
    world.clock.set(at('2026-11-24T15:07'));
    await world.as(worker, (tx) => world.visits.fail(tx, worker, visit.id, { step: 'dropped' }));
    world.clock.set(at('2026-11-25T10:00'));
    const followUp = (local: string) =>
      world.as(worker, (tx) => world.visits.followUp(tx, worker, visit.id, span(local, 10)));
    expect((await refusalOf(followUp('2026-11-24T15:05'))).code).toBe('visit_times');
    const followed = await followUp('2026-11-25T09:00');
    expect(followed.parts.map(({ kind, minutes }) => [kind, minutes])).toEqual([
      ['video', 7],
      ['phone', 10],
    ]);
  });

  it('cannot have failed before it was to be', async () => {
    const visit = await plan('2026-11-27T10:00', 30, inRoom());
    const refusal = await refusalOf(
      world.as(worker, (tx) => world.visits.fail(tx, worker, visit.id, { step: 'not-started' })),
    );
    expect(refusal.code).toBe('visit_times');
    world.clock.set(at('2026-11-30T15:00'));
    const failed = await world.as(worker, (tx) =>
      world.visits.fail(tx, worker, visit.id, { step: 'not-started' }),
    );
    expect(failed.state).toBe('failed');
  });
});

it('a day is moved with each visit named once', () => {
  const move = { visit: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11', ...span('2026-11-25T10:00', 30) };
  const later = { ...move, ...span('2026-11-25T12:00', 30) };
  const other = { ...later, visit: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b12' };
  const { body } = api.visits.moveDay;
  expect(body.safeParse({ moves: [move, later] }).success).toBe(false);
  expect(body.safeParse({ moves: [move, other] }).success).toBe(true);
});
