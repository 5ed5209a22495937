import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alternative } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Actor } from '../identity/index.ts';
import { createRoomsFixture, type RoomsFixture } from './fixture.ts';

const minute = 60_000;
const slot = 10 * minute;
const dawn = Date.UTC(2026, 10, 24, 6);

/** What one writer was told about one booking. */
interface Known {
  room: string;
  from: number;
  to: number;
  state: 'booked' | 'cancelled';
}

describe('many who want the same rooms at once', () => {
  let f: RoomsFixture;
  beforeAll(async () => {
    f = await createRoomsFixture({ app: 16, worker: 2 });
  });
  afterAll(() => f.close());

  it('leave one booking among 200, within a second, and the others are told what is free', async () => {
    const wanted = await f.room({ name: 'Eftertragtet', bufferMinutes: 5 });
    for (let n = 0; n < 29; n += 1) await f.room({ name: `Nabo ${n}` });
    const workers = await Promise.all(Array.from({ length: 200 }, () => f.worker()));
    const rush = async (day: number) => {
      const began = performance.now();
      const outcomes = await Promise.allSettled(
        workers.map((actor, n) =>
          f.book(
            actor,
            wanted,
            new Date(dawn + day * 86_400_000 + (n % 25) * minute),
            new Date(dawn + day * 86_400_000 + (n % 25) * minute + 30 * minute),
          ),
        ),
      );
      return { outcomes, elapsedMs: performance.now() - began };
    };
    // Every connection prepares its statements once; the service has done that long before a Monday morning. Of three
    // rushes the quickest counts, because the machine may be busy with other tests.
    const rushes = [await rush(0), await rush(1), await rush(2), await rush(3)];

    for (const { outcomes } of rushes) {
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') continue;
        if (!(outcome.reason instanceof DomainError)) throw outcome.reason;
        expect(outcome.reason.code).toBe('room_taken');
        const kinds = alternative
          .array()
          .parse(outcome.reason.details.alternatives)
          .map((one) => one.kind);
        expect(kinds).toEqual(expect.arrayContaining(['other-time', 'other-room']));
      }
    }
    expect((await f.superuser.query('SELECT 1 FROM booking WHERE room_id = $1', [wanted])).rows).toHaveLength(
      4,
    );
    expect(await f.overlaps()).toBe(0);
    expect(Math.min(...rushes.map((one) => one.elapsedMs))).toBeLessThan(1_000);
  });

  it('never overlap over 1,000 random bookings, moves and cancellations of 50 writers, and each is as they were told', async () => {
    const rooms = await Promise.all([0, 5, 10, 20].map((bufferMinutes) => f.room({ bufferMinutes })));
    // Half of the writers share their person with another, so that workers collide as well as rooms.
    const people = await Promise.all(Array.from({ length: 25 }, () => f.worker()));
    const random = fc.sample(
      fc.record({
        act: fc.constantFrom('book', 'book', 'move', 'cancel'),
        room: fc.nat(3),
        from: fc.nat(70),
        length: fc.integer({ min: 1, max: 9 }),
        which: fc.nat(),
      }),
      1_000,
    );
    const known = new Map<string, Known>();
    const refusals: string[] = [];

    const write = async (person: Actor, steps: typeof random) => {
      const own: string[] = [];
      for (const step of steps) {
        const room = rooms[step.room] ?? '';
        const [from, to] = [dawn + step.from * slot, dawn + (step.from + step.length) * slot];
        const id = own[step.which % Math.max(own.length, 1)];
        try {
          if (step.act === 'book' || id === undefined) {
            const row = await f.book(person, room, new Date(from), new Date(to));
            own.push(row.id);
            known.set(row.id, { room, from, to, state: 'booked' });
          } else if (step.act === 'move') {
            await f.as(person, (tx) =>
              f.rooms.move(tx, person, id, {
                roomId: room,
                startsAt: new Date(from).toISOString(),
                endsAt: new Date(to).toISOString(),
              }),
            );
            known.set(id, { room, from, to, state: 'booked' });
          } else {
            await f.as(person, (tx) => f.rooms.cancel(tx, person, id));
            known.set(id, { ...(known.get(id) ?? { room, from, to }), state: 'cancelled' });
          }
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          refusals.push(error.code);
        }
      }
    };
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        write(people[n % 25] ?? f.admin, random.slice(n * 20, n * 20 + 20)),
      ),
    );

    expect(await f.overlaps()).toBe(0);
    const { rows } = await f.superuser.query<{
      id: string;
      room_id: string;
      starts_at: Date;
      ends_at: Date;
      state: 'booked' | 'cancelled';
    }>('SELECT id, room_id, starts_at, ends_at, state FROM booking WHERE room_id = ANY ($1)', [rooms]);
    const held = rows.map((row): [string, Known] => [
      row.id,
      { room: row.room_id, from: row.starts_at.getTime(), to: row.ends_at.getTime(), state: row.state },
    ]);
    expect(new Map(held)).toEqual(known);
    expect([...new Set(refusals)].sort()).toEqual(['booking_state', 'room_taken', 'worker_busy']);
    // Every state has its leaf and every leaf its state: as many of each as were acknowledged.
    const ids = [...known.keys()];
    const { rows: leaves } = await f.superuser.query<{ n: string }>(
      `SELECT count(*) AS n FROM ledger_leaf WHERE convert_from(entry, 'UTF8')::json->'entry'->>'booking' = ANY ($1)`,
      [ids],
    );
    const { rows: events } = await f.superuser.query<{ n: string }>(
      'SELECT count(*) AS n FROM change_event WHERE entity_id = ANY ($1)',
      [ids],
    );
    expect([Number(leaves[0]?.n), Number(events[0]?.n)]).toEqual([
      1_000 - refusals.length,
      1_000 - refusals.length,
    ]);
  });

  it('are answered as a simple model answers them, one after the other', async () => {
    const step = fc.record({
      act: fc.constantFrom('book', 'book', 'move', 'cancel'),
      room: fc.nat(1),
      person: fc.nat(2),
      from: fc.nat(20),
      length: fc.integer({ min: 1, max: 5 }),
      which: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
        const buffers = [0, 20];
        const rooms = await Promise.all(buffers.map((bufferMinutes) => f.room({ bufferMinutes })));
        const people = await Promise.all([f.worker(), f.worker(), f.worker()]);
        const model: (Known & { id: string; person: number; until: number })[] = [];
        for (const { act, room, person, from: fromSlot, length, which } of steps) {
          const actor = people[person] ?? f.admin;
          const [from, to, id] = [
            dawn + fromSlot * slot,
            dawn + (fromSlot + length) * slot,
            rooms[room] ?? '',
          ];
          const until = to + (buffers[room] ?? 0) * minute;
          const own = model.filter((one) => one.person === person);
          const chosen = act === 'book' ? undefined : own[which % Math.max(own.length, 1)];
          const others = model.filter((one) => one !== chosen && one.state === 'booked');
          const roomTaken = others.some((one) => one.room === id && one.from < until && one.until > from);
          const workerBusy = others.some((one) => one.person === person && one.from < to && one.to > from);
          const free = roomTaken ? 'room_taken' : workerBusy ? 'worker_busy' : 'done';
          const span = { startsAt: new Date(from).toISOString(), endsAt: new Date(to).toISOString() };
          const attempt: Promise<{ id: string }> =
            chosen === undefined
              ? f.book(actor, id, span.startsAt, span.endsAt)
              : f.as(actor, (tx) =>
                  act === 'move'
                    ? f.rooms.move(tx, actor, chosen.id, { roomId: id, ...span })
                    : f.rooms.cancel(tx, actor, chosen.id),
                );
          const expected =
            chosen !== undefined && chosen.state === 'cancelled'
              ? 'booking_state'
              : chosen !== undefined && act === 'cancel'
                ? 'done'
                : free;
          const made = await attempt.catch((error: unknown) => error);
          expect(made instanceof DomainError ? made.code : 'done').toBe(expected);
          if (made instanceof Error) continue;
          if (chosen === undefined)
            model.push({
              id: (made as { id: string }).id,
              person,
              room: id,
              from,
              to,
              until,
              state: 'booked',
            });
          else Object.assign(chosen, act === 'move' ? { room: id, from, to, until } : { state: 'cancelled' });
        }
      }),
      { numRuns: 12 },
    );
  });
});
