import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { officeHours } from '../../contract/index.ts';
import { fromLocal } from '../../kernel/time-zone.ts';
import type { Actor } from '../identity/index.ts';
import { createRoomsFixture, type RoomsFixture, refusalOf, tuesdayMorning } from './fixture.ts';
import { getSeries } from './series-store.ts';
import { listSeriesBookings } from './store.ts';

const at = (clock: string, day = '2026-11-24'): Date => fromLocal(`${day}T${clock}`);

describe('a series of bookings', () => {
  let f: RoomsFixture;
  beforeAll(async () => {
    f = await createRoomsFixture();
  });
  afterAll(() => f.close());

  const wish = (roomId: string, rrule: string, from = at('10:00'), more = {}) => ({
    roomId,
    rrule,
    startsAt: from.toISOString(),
    endsAt: new Date(from.getTime() + 1_800_000).toISOString(),
    skipConflicts: false,
    ...more,
  });
  const bookSeries = (actor: Actor, draft: ReturnType<typeof wish>) =>
    f.as(actor, (tx) => f.rooms.bookSeries(tx, actor, draft));
  const read = (id: string) =>
    f.database.read(f.municipalityId, async (tx) => ({
      series: await getSeries(tx, id),
      rows: await listSeriesBookings(tx, id, f.clock.now()),
    }));

  it('holds the room every week at the same clock time, with a leaf and a message for each', async () => {
    const [room, anna] = [await f.room({ openingHours: officeHours }), await f.worker()];
    const { series, rows } = await read(await bookSeries(anna, wish(room, 'FREQ=WEEKLY;COUNT=20')));
    expect(rows).toHaveLength(20);
    expect(rows[17]?.startsAt).toEqual(at('10:00', '2027-03-23'));
    expect(rows[18]?.startsAt).toEqual(at('10:00', '2027-03-30'));
    expect(rows[18]?.startsAt.toISOString()).toBe('2027-03-30T08:00:00.000Z');
    expect(series).toMatchObject({ worker: anna.initials, rrule: 'FREQ=WEEKLY;COUNT=20', skipped: [] });
    expect(f.announced.filter((one) => rows.some((row) => row.id === one.id))).toHaveLength(20);
    const { rows: leaves } = await f.superuser.query(
      `SELECT 1 FROM ledger_leaf WHERE convert_from(entry, 'UTF8')::json->'entry'->>'booking' = ANY ($1)`,
      [rows.map((row) => row.id)],
    );
    expect(leaves).toHaveLength(20);
  });

  it('is refused as a whole when a time is taken, closed or the worker elsewhere, and all of these are listed', async () => {
    const [room, other, anna, bo] = [
      await f.room({ openingHours: officeHours }),
      await f.room(),
      await f.worker(),
      await f.worker(),
    ];
    await f.book(bo, room, at('10:15', '2026-11-25'), at('10:45', '2026-11-25'));
    await f.book(anna, other, at('10:00', '2026-11-26'), at('10:30', '2026-11-26'));
    const before = await f.superuser.query('SELECT count(*) AS n FROM booking');
    const { code, params, details } = await refusalOf(bookSeries(anna, wish(room, 'FREQ=DAILY;COUNT=6')));
    expect([code, params.count, params.total]).toEqual(['series_conflicts', 4, 6]);
    const short = (details.conflicts as { startsAt: string; reason: string }[]).map((one) => [
      one.startsAt.slice(0, 10),
      one.reason,
    ]);
    expect(short).toEqual([
      ['2026-11-25', 'room_taken'],
      ['2026-11-26', 'worker_busy'],
      ['2026-11-28', 'room_closed'],
      ['2026-11-29', 'room_closed'],
    ]);
    expect((await f.superuser.query('SELECT count(*) AS n FROM booking')).rows).toEqual(before.rows);

    const { series, rows } = await read(
      await bookSeries(anna, wish(room, 'FREQ=DAILY;COUNT=6', at('10:00'), { skipConflicts: true })),
    );
    expect(rows.map((row) => row.startsAt.toISOString().slice(0, 10))).toEqual(['2026-11-24', '2026-11-27']);
    expect(series.skipped).toEqual(details.conflicts);
  });

  it('is refused when nothing of it can be had, also when conflicts may be skipped', async () => {
    const [room, anna, bo] = [await f.room(), await f.worker(), await f.worker()];
    await f.book(bo, room, at('10:00'), at('10:30'));
    const refused = await refusalOf(
      bookSeries(anna, wish(room, 'FREQ=DAILY;COUNT=1', at('10:00'), { skipConflicts: true })),
    );
    expect(refused.code).toBe('series_conflicts');
  });

  it('of the greatest length is booked in one go', async () => {
    const [room, anna] = [await f.room(), await f.worker()];
    const { rows } = await read(await bookSeries(anna, wish(room, 'FREQ=DAILY;COUNT=400')));
    expect(rows).toHaveLength(400);
  });

  it.each([
    ['in the past', 'FREQ=DAILY;COUNT=3', '2026-11-20', 'booking_past'],
    ['beyond two years', 'FREQ=DAILY;COUNT=3', '2028-11-23', 'series_invalid'],
    ['without end', 'FREQ=DAILY', '2026-11-24', 'series_invalid'],
  ])('%s is refused', async (_, rule, day, code) => {
    const [room, anna] = [await f.room(), await f.worker()];
    expect((await refusalOf(bookSeries(anna, wish(room, rule, at('10:00', day))))).code).toBe(code);
  });

  it('wanted by several at once goes to one of them whole', async () => {
    const [room, others] = [await f.room(), await Promise.all(Array.from({ length: 8 }, () => f.worker()))];
    const outcomes = await Promise.allSettled(
      others.map((actor, n) =>
        bookSeries(
          actor,
          wish(room, 'FREQ=DAILY;COUNT=30', new Date(at('10:00', '2027-01-04').getTime() + n * 60_000)),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'series_conflicts' });
    expect(await f.overlaps()).toBe(0);
  });

  it('is cancelled from now on; what has been stays', async () => {
    const [room, anna] = [await f.room(), await f.worker()];
    const id = await bookSeries(anna, wish(room, 'FREQ=DAILY;COUNT=4'));
    const [first] = (await read(id)).rows;
    f.clock.set(at('09:50'));
    await f.as(anna, (tx) => f.rooms.checkIn(tx, anna, first?.id ?? ''));
    f.clock.set(at('10:20', '2026-11-25'));
    await f.as(anna, (tx) => f.rooms.cancelSeries(tx, anna, id));
    expect((await read(id)).rows.map((row) => row.state)).toEqual([
      'checked-in',
      'lapsed',
      'cancelled',
      'cancelled',
    ]);
    f.clock.set(tuesdayMorning);
  });
});
