import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { planVisit } from '../../contract/visits.ts';
import { DomainError } from '../../kernel/errors.ts';
import { fromLocal } from '../../kernel/time-zone.ts';
import type { Actor } from '../identity/index.ts';
import { createVisitsFixture, type VisitsFixture } from './fixture.ts';

let world: VisitsFixture;
afterEach(() => world.close());

const monday = fromLocal('2026-11-30T07:00');
const minuteMs = 60_000;
const bufferOf = (room: number): number => (room % 3) * 5;

/** What somebody tries to do; numbers are taken modulo what there is. */
type Attempt =
  | {
      readonly kind: 'plan';
      readonly worker: number;
      readonly citizen: number;
      readonly room: number | null;
      readonly at: number;
      readonly minutes: number;
      readonly propose: boolean;
    }
  | { readonly kind: 'move'; readonly visit: number; readonly at: number; readonly minutes: number }
  | { readonly kind: 'turn'; readonly visit: number; readonly room: number | null }
  | { readonly kind: 'cancel'; readonly visit: number };

const rooms = 12;
const workers = 50;
const citizens = 60;
/** Steps of five minutes from seven in the morning; two days of nine hours are crowded with a thousand attempts. */
const at = fc.tuple(fc.nat(1), fc.nat(107)).map(([day, step]) => day * 24 * 12 + step);
const minutes = fc.constantFrom(5, 10, 20, 30, 45, 60);
const room = fc.option(fc.nat(rooms - 1), { freq: 4 });
const attempt: fc.Arbitrary<Attempt> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('plan' as const),
      worker: fc.nat(workers - 1),
      citizen: fc.nat(citizens - 1),
      room,
      at,
      minutes,
      propose: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('move' as const), visit: fc.nat(), at, minutes }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('turn' as const), visit: fc.nat(), room }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('cancel' as const), visit: fc.nat() }) },
);
const thousand = fc.array(attempt, { minLength: 1000, maxLength: 1000 });

async function makePlace() {
  world = await createVisitsFixture({ app: 20, worker: 4 });
  const staff: Actor[] = [];
  for (let n = 0; n < workers; n += 1) staff.push(await world.worker(`W${n}`));
  const codes: string[] = [];
  // All belong to one team, so that any worker may plan for any citizen.
  const team = '30000000-0000-4000-8000-000000000001';
  await world.superuser.query('INSERT INTO team VALUES ($1, $2, $3, $4)', [
    world.municipalityId,
    team,
    'Alle',
    world.clock.now(),
  ]);
  await world.superuser.query('UPDATE staff SET team_id = $1', [team]);
  for (const [n] of Array.from({ length: citizens }).entries())
    codes.push(await world.citizen(staff[n % workers] ?? world.admin, { team: 'Alle' }));
  const roomIds: string[] = [];
  for (let n = 0; n < rooms; n += 1) roomIds.push(await world.room(bufferOf(n)));
  return { staff: staff.map((actor) => ({ ...actor, teamId: team })), codes, roomIds };
}

const spanOf = ({ at: step, minutes: length }: { readonly at: number; readonly minutes: number }) => {
  const startsAt = new Date(monday.getTime() + step * 5 * minuteMs);
  return { startsAt, endsAt: new Date(startsAt.getTime() + length * minuteMs) };
};
const isoSpan = (wish: { readonly at: number; readonly minutes: number }) => {
  const { startsAt, endsAt } = spanOf(wish);
  return { startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() };
};

/** What must never be, however it came about. */
async function findFaults(): Promise<string[]> {
  const { rows } = await world.superuser.query<{ fault: string }>(`
    WITH live AS (SELECT * FROM visit WHERE state IN ('proposed', 'planned', 'open')),
      held AS (SELECT * FROM booking WHERE state IN ('booked', 'checked-in'))
    SELECT 'worker twice' AS fault FROM live a JOIN live b ON a.id < b.id AND a.worker_id = b.worker_id
      AND a.planned_starts_at < b.planned_ends_at AND b.planned_starts_at < a.planned_ends_at
    UNION ALL SELECT 'citizen twice' FROM live a JOIN live b ON a.id < b.id AND a.citizen_id = b.citizen_id
      AND a.planned_starts_at < b.planned_ends_at AND b.planned_starts_at < a.planned_ends_at
    UNION ALL SELECT 'room twice' FROM held a JOIN held b ON a.id < b.id AND a.room_id = b.room_id
      AND a.starts_at < b.blocked_until AND b.starts_at < a.blocked_until
    UNION ALL SELECT 'a hold without a visit' FROM held h
      WHERE NOT EXISTS (SELECT 1 FROM live v WHERE v.booking_id = h.id AND v.owns_booking)
    UNION ALL SELECT 'a visit without its hold' FROM live v
      WHERE v.booking_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM held h WHERE h.id = v.booking_id)
    UNION ALL SELECT 'a hold at another time' FROM live v JOIN held h ON h.id = v.booking_id
      WHERE h.starts_at <> v.planned_starts_at OR h.ends_at <> v.planned_ends_at OR h.worker_id <> v.worker_id
    UNION ALL SELECT 'a room for no video' FROM live v WHERE v.booking_id IS NOT NULL AND v.channel <> 'video'
    UNION ALL SELECT 'leaf and state differ' FROM visit v WHERE v.state <> (
      SELECT convert_from(l.entry, 'UTF8')::jsonb #>> '{entry,state}' FROM ledger_leaf l
      WHERE convert_from(l.entry, 'UTF8')::jsonb #>> '{entry,visit}' = v.id::text ORDER BY l.pending_id DESC LIMIT 1)
    UNION ALL SELECT 'leaf and booking differ' FROM booking b WHERE b.state <> (
      SELECT convert_from(l.entry, 'UTF8')::jsonb #>> '{entry,state}' FROM ledger_leaf l
      WHERE convert_from(l.entry, 'UTF8')::jsonb #>> '{entry,booking}' = b.id::text ORDER BY l.pending_id DESC LIMIT 1)`);
  return rows.map((row) => row.fault);
}

interface Modelled {
  id: string;
  readonly worker: number;
  readonly citizen: number;
  room: number | null;
  startsAt: Date;
  endsAt: Date;
}

/** The simplest thing that can hold: a list, and a look at all of it. */
function missingIn(held: readonly Modelled[], wish: Omit<Modelled, 'id'>, self: Modelled | null): string[] {
  const others = held.filter((one) => one !== self);
  const meets = (one: Modelled, extra: number) =>
    one.startsAt.getTime() < wish.endsAt.getTime() + extra &&
    wish.startsAt.getTime() < one.endsAt.getTime() + extra;
  return [
    ...(others.some((one) => one.worker === wish.worker && meets(one, 0)) ? ['worker'] : []),
    ...(others.some((one) => one.citizen === wish.citizen && meets(one, 0)) ? ['citizen'] : []),
    ...(wish.room !== null &&
    others.some((one) => one.room === wish.room && meets(one, bufferOf(wish.room ?? 0) * minuteMs))
      ? ['room']
      : []),
  ];
}

it('one after the other, a thousand plans, moves, turns and cancellations are held and refused as a simple model says', async () => {
  const { staff, codes, roomIds } = await makePlace();
  const [attempts = []] = fc.sample(thousand, { numRuns: 1, seed: 20261124 });
  const held: Modelled[] = [];
  let refused = 0;
  for (const one of attempts) {
    const target = one.kind === 'plan' ? undefined : held[one.visit % Math.max(1, held.length)];
    const actor = staff[one.kind === 'plan' ? one.worker : (target?.worker ?? 0)];
    if (actor === undefined || (one.kind !== 'plan' && target === undefined)) continue;
    const roomWish = (index: number | null) =>
      index === null
        ? ({ kind: 'none' } as const)
        : ({ kind: 'room', roomId: roomIds[index] ?? '' } as const);
    const outcome = await world
      .as(actor, (tx) => {
        if (one.kind === 'plan') {
          const wish = planVisit.parse({
            citizen: codes[one.citizen],
            channel: 'video',
            ...isoSpan(one),
            room: roomWish(one.room),
            propose: one.propose,
          });
          return world.visits.plan(tx, actor, wish);
        }
        const id = target?.id ?? '';
        if (one.kind === 'move') return world.visits.move(tx, actor, id, isoSpan(one));
        if (one.kind === 'cancel')
          return world.visits.cancel(tx, actor, id, { by: 'citizen', reason: 'illness' });
        return world.visits
          .turn(tx, actor, id, { to: 'phone', room: { kind: 'none' }, acknowledge: [] })
          .then(() =>
            world.visits.turn(tx, actor, id, { to: 'video', room: roomWish(one.room), acknowledge: [] }),
          );
      })
      .then(
        (row) => ({ id: row.id, missing: [] as unknown }),
        (error: unknown) => {
          if (error instanceof DomainError && error.code === 'hold_refused')
            return { id: '', missing: error.details.missing };
          throw error;
        },
      );
    if (outcome.id === '') refused += 1;
    if (one.kind === 'plan') {
      const wish = { worker: one.worker, citizen: one.citizen, room: one.room, ...spanOf(one) };
      expect(outcome.missing).toEqual(missingIn(held, wish, null));
      if (outcome.id !== '') held.push({ id: outcome.id, ...wish });
    } else if (target !== undefined) {
      if (one.kind === 'cancel') held.splice(held.indexOf(target), 1);
      else {
        const wish = one.kind === 'move' ? { ...target, ...spanOf(one) } : { ...target, room: one.room };
        expect(outcome.missing).toEqual(missingIn(held, wish, target));
        if (outcome.id !== '') Object.assign(target, wish);
      }
    }
  }
  expect(refused).toBeGreaterThan(50);
  expect(held.length).toBeGreaterThan(50);
  const { rows } = await world.superuser.query<{ id: string; room: string | null; starts: Date; ends: Date }>(
    `SELECT v.id, b.room_id AS room, v.planned_starts_at AS starts, v.planned_ends_at AS ends
     FROM visit v LEFT JOIN booking b ON b.id = v.booking_id WHERE v.state IN ('proposed', 'planned', 'open') ORDER BY v.id`,
  );
  expect(rows).toEqual(
    [...held]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map((one) => ({
        id: one.id,
        room: one.room === null ? null : roomIds[one.room],
        starts: one.startsAt,
        ends: one.endsAt,
      })),
  );
  expect(await findFaults()).toEqual([]);
}, 120_000);

it('fifty workers at once leave no overlap and no orphaned hold', async () => {
  const { staff, codes, roomIds } = await makePlace();
  const [attempts = []] = fc.sample(thousand, { numRuns: 1, seed: 20261125 });
  const refusals = new Map<string, number>();
  let done = 0;
  await Promise.all(
    staff.map(async (actor, index) => {
      const mine: string[] = [];
      for (const one of attempts.filter((_, place) => place % workers === index)) {
        const id = mine[one.kind === 'plan' ? 0 : one.visit % Math.max(1, mine.length)];
        if (one.kind !== 'plan' && id === undefined) continue;
        await world
          .as(actor, (tx) => {
            if (one.kind === 'plan') {
              // Half the citizens and half the rooms, so that many meet.
              const roomId = roomIds[(one.room ?? 0) % 6] ?? '';
              const wish = planVisit.parse({
                citizen: codes[one.citizen % 30],
                channel: 'video',
                ...isoSpan(one),
                room: one.room === null ? { kind: 'any' } : { kind: 'room', roomId },
                propose: one.propose,
              });
              return world.visits.plan(tx, actor, wish);
            }
            if (one.kind === 'move') return world.visits.move(tx, actor, id ?? '', isoSpan(one));
            if (one.kind === 'cancel')
              return world.visits.cancel(tx, actor, id ?? '', { by: 'worker', reason: 'illness' });
            return world.visits.turn(tx, actor, id ?? '', {
              to: 'phone',
              room: { kind: 'none' },
              acknowledge: [],
            });
          })
          .then(
            (row) => {
              done += 1;
              if (one.kind === 'plan') mine.push(row.id);
            },
            (error: unknown) => {
              if (!(error instanceof DomainError)) throw error;
              refusals.set(error.code, (refusals.get(error.code) ?? 0) + 1);
            },
          );
      }
    }),
  );
  expect(await findFaults()).toEqual([]);
  expect(done).toBeGreaterThan(300);
  // Whatever was refused was refused for a reason that a person understands.
  for (const code of refusals.keys()) expect(['hold_refused', 'visit_state']).toContain(code);
  expect(refusals.get('hold_refused')).toBeGreaterThan(50);
}, 120_000);
