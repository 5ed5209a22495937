import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { officeHours } from '../../contract/index.ts';
import { fromLocal } from '../../kernel/time-zone.ts';
import { createRoomsFixture, type RoomsFixture, refusalOf, tuesdayMorning } from './fixture.ts';
import { getBooking, listBookings } from './store.ts';

const minute = 60_000;
const at = (clock: string, day = '2026-11-24'): Date => fromLocal(`${day}T${clock}`);

describe('a booking', () => {
  let f: RoomsFixture;
  beforeAll(async () => {
    f = await createRoomsFixture();
  });
  afterAll(() => f.close());

  const stateInTable = async (id: string): Promise<string> =>
    (await f.superuser.query('SELECT state FROM booking WHERE id = $1', [id])).rows[0]?.state;
  const told = async (id: string) => {
    const { rows: leaves } = await f.superuser.query(
      `SELECT convert_from(entry, 'UTF8')::json AS leaf FROM ledger_leaf WHERE position($1::bytea IN entry) > 0 ORDER BY pending_id`,
      [id],
    );
    const { rows: events } = await f.superuser.query(
      'SELECT data FROM change_event WHERE entity_id = $1 ORDER BY pending_id',
      [id],
    );
    return {
      leaves: leaves.map((row) => [row.leaf.actor, row.leaf.entry.state]),
      events: events.map((row) => row.data.state),
      sent: f.announced.filter((one) => one.id === id).map((one) => one.state),
    };
  };

  it('is written together with its leaf, its event and its message', async () => {
    const [room, anna] = [await f.room({ bufferMinutes: 5 }), await f.worker()];
    const row = await f.book(anna, room, at('10:00'), at('10:30'));
    expect(row).toMatchObject({
      state: 'booked',
      worker: anna.initials,
      siteName: 'Rådhuset',
      blockedUntil: at('10:35'),
      checkInBy: at('10:10'),
    });
    expect(await f.database.read(f.municipalityId, (tx) => getBooking(tx, row.id, f.clock.now()))).toEqual(
      row,
    );
    expect(await told(row.id)).toEqual({
      leaves: [[anna.staffId, 'booked']],
      events: ['booked'],
      sent: ['booked'],
    });
  });

  it('leaves nothing behind when it is refused', async () => {
    const [room, anna, bo] = [
      await f.room({ openingHours: officeHours }),
      await f.worker(),
      await f.worker(),
    ];
    await f.book(anna, room, at('10:00'), at('10:30'));
    const count = async () =>
      (
        await f.superuser.query(
          'SELECT (SELECT count(*) FROM booking) + (SELECT count(*) FROM ledger_leaf) + (SELECT count(*) FROM change_event) AS n',
        )
      ).rows[0]?.n;
    const before = await count();
    expect((await refusalOf(f.book(bo, room, at('10:15'), at('10:45')))).code).toBe('room_taken');
    expect((await refusalOf(f.book(bo, room, at('18:00'), at('18:30')))).code).toBe('room_closed');
    expect(await count()).toBe(before);
  });

  it('keeps the buffer of the room free behind it, and before what comes after', async () => {
    const [room, anna, bo, eva] = [
      await f.room({ bufferMinutes: 10 }),
      await f.worker(),
      await f.worker(),
      await f.worker(),
    ];
    await f.book(anna, room, at('10:00'), at('10:30'));
    expect((await refusalOf(f.book(bo, room, at('10:39'), at('11:00')))).code).toBe('room_taken');
    expect((await refusalOf(f.book(bo, room, at('09:30'), at('09:51')))).code).toBe('room_taken');
    await f.book(bo, room, at('10:40'), at('11:00'));
    await f.book(eva, room, at('09:20'), at('09:50'));
  });

  it('is refused with the nearest free times and the other rooms that fit, those of the same site first', async () => {
    const site = 'Alternativ';
    const need = { features: ['camera' as const], openingHours: officeHours };
    const room = await f.room({ ...need, site, name: 'A' });
    await f.room({ ...need, site: 'Andetsteds', name: 'Fjern' });
    await f.room({ ...need, site, name: 'Nabo', features: ['camera', 'wired'] });
    await f.room({ site, name: 'Uden kamera' });
    const taken = await f.room({ ...need, site, name: 'Også optaget' });
    const [anna, bo, eva] = [await f.worker(), await f.worker(), await f.worker()];
    await f.book(anna, room, at('10:00'), at('10:30'));
    await f.book(eva, taken, at('10:00'), at('10:30'));
    const { code, details } = await refusalOf(f.book(bo, room, at('10:00'), at('10:30')));
    expect(code).toBe('room_taken');
    const short = (details.alternatives as { kind: string; room: { name: string }; startsAt: string }[]).map(
      (one) => [one.kind, one.room.name, one.startsAt],
    );
    const ten = at('10:00').toISOString();
    expect(short).toEqual([
      ['other-time', 'A', at('09:30').toISOString()],
      ['other-time', 'A', at('10:30').toISOString()],
      ['other-time', 'A', at('10:00', '2026-11-25').toISOString()],
      ['other-room', 'Nabo', ten],
      ['other-room', 'Fjern', ten],
    ]);
  });

  it('is refused to a worker who is elsewhere then, who may go straight from one room to the next', async () => {
    const [one, two, anna] = [await f.room({ bufferMinutes: 15 }), await f.room(), await f.worker()];
    await f.book(anna, one, at('10:00'), at('10:30'));
    const refused = await refusalOf(f.book(anna, two, at('10:29'), at('11:00')));
    expect([refused.code, refused.params.worker]).toEqual(['worker_busy', anna.initials]);
    expect(refused.details.alternatives).toContainEqual(
      expect.objectContaining({ kind: 'other-time', startsAt: at('10:30').toISOString() }),
    );
    await f.book(anna, two, at('10:30'), at('11:00'));
  });

  it.each([
    ['in the past', '2026-11-24T04:54:00Z', '2026-11-24T05:30:00Z', 'booking_past'],
    ['more than two years ahead', '2028-11-24T09:00:00Z', '2028-11-24T09:30:00Z', 'booking_too_far'],
    ['outside opening hours', '2026-11-24T16:30:00Z', '2026-11-24T17:00:00Z', 'room_closed'],
    ['on a Sunday', '2026-11-29T10:00:00Z', '2026-11-29T10:30:00Z', 'room_closed'],
  ])('%s is refused', async (_, from, to, code) => {
    const [room, anna] = [await f.room({ openingHours: officeHours }), await f.worker()];
    expect((await refusalOf(f.book(anna, room, from, to))).code).toBe(code);
  });

  it('is refused in a room out of use, and in one that does not exist', async () => {
    const [room, anna] = [await f.room(), await f.worker()];
    await f.as(f.admin, (tx) => f.rooms.changeRoom(tx, f.admin, room, { active: false }));
    expect((await refusalOf(f.book(anna, room, at('10:00'), at('10:30')))).code).toBe('room_inactive');
    expect((await refusalOf(f.book(anna, anna.staffId, at('10:00'), at('10:30')))).code).toBe('not_found');
  });

  it.each([
    ['2027-03-27', '2027-03-28', 7],
    ['2026-10-24', '2026-10-25', 9],
  ])(
    'over the night of %s lasts as long as the clock makes it: %s, %i hours',
    async (evening, morning, hours) => {
      f.clock.set('2026-10-20T08:00:00Z');
      const [room, anna] = [await f.room(), await f.worker()];
      const row = await f.book(anna, room, at('22:00', evening), at('06:00', morning));
      f.clock.set(tuesdayMorning);
      expect((row.endsAt.getTime() - row.startsAt.getTime()) / 3_600_000).toBe(hours);
    },
  );

  describe('that nobody checks in to', () => {
    it('is shown as lapsed, frees the room, and is released by the next booking of the room', async () => {
      f.clock.set(tuesdayMorning);
      const [room, anna, bo] = [await f.room(), await f.worker(), await f.worker()];
      const late = await f.book(anna, room, at('07:00'), at('08:00'));
      f.clock.set(at('07:10'));
      expect((await refusalOf(f.book(bo, room, at('07:15'), at('08:00')))).code).toBe('room_taken');
      f.clock.set(new Date(at('07:10').getTime() + 1));
      const [shown] = await f.database.read(f.municipalityId, (tx) =>
        listBookings(tx, { room, limit: 10 }, f.clock.now()),
      );
      expect([shown?.state, await stateInTable(late.id)]).toEqual(['lapsed', 'booked']);
      await f.book(bo, room, at('07:15'), at('08:00'));
      expect(await stateInTable(late.id)).toBe('lapsed');
      expect(await told(late.id)).toEqual({
        leaves: [
          [anna.staffId, 'booked'],
          ['system', 'lapsed'],
        ],
        events: ['booked', 'lapsed'],
        sent: ['booked', 'lapsed'],
      });
      expect((await refusalOf(f.as(anna, (tx) => f.rooms.checkIn(tx, anna, late.id)))).code).toBe(
        'booking_state',
      );
      expect((await refusalOf(f.as(anna, (tx) => f.rooms.cancel(tx, anna, late.id)))).code).toBe(
        'booking_state',
      );
      f.clock.set(tuesdayMorning);
    });

    it('frees its worker too, for a booking or a move elsewhere', async () => {
      const [one, two, anna] = [await f.room(), await f.room(), await f.worker()];
      const lapsing = [
        await f.book(anna, one, at('07:00'), at('08:00')),
        await f.book(anna, one, at('08:00'), at('08:30')),
      ];
      const later = await f.book(anna, two, at('12:00'), at('12:30'));
      f.clock.set(at('07:20'));
      await f.book(anna, two, at('07:20'), at('07:50'));
      f.clock.set(at('08:20'));
      await f.as(anna, (tx) =>
        f.rooms.move(tx, anna, later.id, {
          startsAt: at('08:20').toISOString(),
          endsAt: at('08:50').toISOString(),
        }),
      );
      expect(await Promise.all(lapsing.map((row) => stateInTable(row.id)))).toEqual(['lapsed', 'lapsed']);
      f.clock.set(tuesdayMorning);
    });

    it('is released by the regular job, once', async () => {
      const [room, anna] = [await f.room(), await f.worker()];
      const row = await f.book(anna, room, at('07:00'), at('08:00'));
      f.clock.set(at('09:00'));
      expect(await f.as(f.admin, (tx) => f.rooms.releaseLapsed(tx, 1_000))).toBeGreaterThan(0);
      expect(await f.as(f.admin, (tx) => f.rooms.releaseLapsed(tx, 1_000))).toBe(0);
      expect(await told(row.id)).toMatchObject({ events: ['booked', 'lapsed'] });
      f.clock.set(tuesdayMorning);
    });
  });

  it('is checked in to from a quarter of an hour before, and then does not lapse', async () => {
    const [room, anna, bo] = [await f.room(), await f.worker(), await f.worker()];
    const row = await f.book(anna, room, at('10:00'), at('11:00'));
    f.clock.set(at('09:44'));
    expect((await refusalOf(f.as(anna, (tx) => f.rooms.checkIn(tx, anna, row.id)))).code).toBe(
      'check_in_early',
    );
    f.clock.set(at('09:45'));
    expect(await f.as(anna, (tx) => f.rooms.checkIn(tx, anna, row.id))).toMatchObject({
      state: 'checked-in',
      checkedInAt: at('09:45'),
    });
    expect((await refusalOf(f.as(anna, (tx) => f.rooms.checkIn(tx, anna, row.id)))).code).toBe(
      'booking_state',
    );
    f.clock.set(at('10:30'));
    expect((await refusalOf(f.book(bo, room, at('10:30'), at('11:00')))).code).toBe('room_taken');
    f.clock.set(tuesdayMorning);
  });

  it('is moved to another time and room, but never onto another booking', async () => {
    const [one, two, anna, bo] = [
      await f.room(),
      await f.room({ bufferMinutes: 10 }),
      await f.worker(),
      await f.worker(),
    ];
    const row = await f.book(anna, one, at('10:00'), at('10:30'));
    await f.book(bo, two, at('11:00'), at('11:30'));
    const move = (from: string, to: string, roomId?: string) =>
      f.as(anna, (tx) =>
        f.rooms.move(tx, anna, row.id, {
          ...(roomId === undefined ? {} : { roomId }),
          startsAt: at(from).toISOString(),
          endsAt: at(to).toISOString(),
        }),
      );
    const refused = await refusalOf(move('10:30', '10:51', two));
    expect([refused.code, (refused.details.alternatives as unknown[]).length > 0]).toEqual([
      'room_taken',
      true,
    ]);
    expect(await move('10:15', '10:45')).toMatchObject({
      startsAt: at('10:15'),
      checkInBy: at('10:25'),
      roomId: one,
    });
    expect(await move('10:20', '10:50', two)).toMatchObject({ roomId: two, blockedUntil: at('11:00') });
    await f.book(bo, one, at('10:15'), at('10:50'));
    expect(
      await f.database.read(f.municipalityId, (tx) => getBooking(tx, row.id, f.clock.now())),
    ).toMatchObject({ roomId: two, startsAt: at('10:20') });
  });

  it('that is cancelled frees the room at once', async () => {
    const [room, anna, bo] = [await f.room(), await f.worker(), await f.worker()];
    const row = await f.book(anna, room, at('10:00'), at('10:30'));
    expect(await f.as(anna, (tx) => f.rooms.cancel(tx, anna, row.id))).toMatchObject({ state: 'cancelled' });
    expect((await refusalOf(f.as(anna, (tx) => f.rooms.cancel(tx, anna, row.id)))).code).toBe(
      'booking_state',
    );
    await f.book(bo, room, at('10:00'), at('10:30'));
  });

  it('of somebody whose employment ends is cancelled, unless it is over or under way', async () => {
    const [room, anna] = [await f.room(), await f.worker()];
    const running = await f.book(anna, room, at('07:00'), at('08:00'));
    const future = await f.book(anna, room, at('10:00'), at('10:30'));
    f.clock.set(at('07:00'));
    await f.as(anna, (tx) => f.rooms.checkIn(tx, anna, running.id));
    await f.as(f.admin, (tx) => f.rooms.cancelFutureBookingsOf(tx, f.admin, anna.staffId));
    expect([await stateInTable(running.id), await stateInTable(future.id)]).toEqual([
      'checked-in',
      'cancelled',
    ]);
    expect(await told(future.id)).toMatchObject({
      leaves: [
        [anna.staffId, 'booked'],
        [f.admin.staffId, 'cancelled'],
      ],
    });
    f.clock.set(tuesdayMorning);
  });

  it('takes no forbidden step, also when SQL asks for it', async () => {
    const [room, anna] = [await f.room(), await f.worker()];
    const row = await f.book(anna, room, at('10:00'), at('10:30'));
    await f.as(anna, (tx) => f.rooms.cancel(tx, anna, row.id));
    for (const state of ['booked', 'checked-in', 'lapsed']) {
      await expect(
        f.superuser.query('UPDATE booking SET state = $2 WHERE id = $1', [row.id, state]),
      ).rejects.toThrow('booking_state_transition');
    }
    const long = f.superuser.query(
      `UPDATE booking SET ends_at = starts_at + interval '13 hours', blocked_until = starts_at + interval '13 hours' WHERE id = $1`,
      [row.id],
    );
    await expect(long).rejects.toThrow('booking_span');
  });

  it('stays in its place in the list while others are being made', async () => {
    const [room, anna] = [await f.room(), await f.worker()];
    const slots = Array.from({ length: 40 }, (_, n) => at('08:00', '2027-01-05').getTime() + n * 10 * minute);
    for (const slot of slots.filter((_, n) => n % 2 === 0))
      await f.book(anna, room, new Date(slot), new Date(slot + 10 * minute));
    const before = (
      await f.database.read(f.municipalityId, (tx) => listBookings(tx, { room, limit: 100 }, f.clock.now()))
    ).map((row) => row.id);
    const seen: string[] = [];
    const writing = Promise.all(
      slots
        .filter((_, n) => n % 2 === 1)
        .map((slot) => f.book(anna, room, new Date(slot), new Date(slot + 10 * minute))),
    );
    for (let after: { startsAt: Date; id: string } | undefined; ; ) {
      const rows = await f.database.read(f.municipalityId, (tx) =>
        listBookings(tx, { room, limit: 3, after }, f.clock.now()),
      );
      if (rows.length === 0) break;
      seen.push(...rows.map((row) => row.id));
      after = rows.at(-1);
    }
    await writing;
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => before.includes(id))).toEqual(before);
  });

  it('is found by room, worker, time and state', async () => {
    const [room, anna, bo] = [await f.room(), await f.worker(), await f.worker()];
    const day = '2027-02-02';
    const first = await f.book(anna, room, at('08:00', day), at('09:00', day));
    const second = await f.book(bo, room, at('09:00', day), at('10:00', day));
    await f.as(bo, (tx) => f.rooms.cancel(tx, bo, second.id));
    const find = async (filter: object) =>
      (
        await f.database.read(f.municipalityId, (tx) =>
          listBookings(tx, { room, limit: 10, ...filter }, f.clock.now()),
        )
      ).map((row) => row.id);
    expect(await find({})).toEqual([first.id, second.id]);
    expect(await find({ worker: bo.initials })).toEqual([second.id]);
    expect(await find({ from: at('09:00', day) })).toEqual([second.id]);
    expect(await find({ to: at('09:00', day) })).toEqual([first.id]);
    expect(await find({ state: 'cancelled' })).toEqual([second.id]);
    expect(await find({ state: 'booked' })).toEqual([first.id]);
  });
});
