import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Role, registerRoom, roles } from '../../contract/index.ts';
import { fromLocal } from '../../kernel/time-zone.ts';
import { type Actor, allows } from '../identity/index.ts';
import { searchFree } from './alternatives.ts';
import { createRoomsFixture, type RoomsFixture, refusalOf } from './fixture.ts';
import { roomsPolicy } from './policy.ts';
import { getRoom, listRooms } from './room-store.ts';
import { getBooking, listBookings } from './store.ts';

describe('who may do what with rooms', () => {
  let f: RoomsFixture;
  let room: string;
  let hour = 0;
  beforeAll(async () => {
    f = await createRoomsFixture();
    room = await f.room();
  });
  afterAll(() => f.close());

  const nextSpan = () => {
    hour += 1;
    const from = fromLocal('2027-01-04T00:00').getTime() + hour * 3_600_000;
    return { startsAt: new Date(from).toISOString(), endsAt: new Date(from + 1_800_000).toISOString() };
  };
  const bookFor = (actor: Actor, worker?: string) =>
    f.as(actor, (tx) =>
      f.rooms.book(tx, actor, { roomId: room, ...(worker === undefined ? {} : { worker }), ...nextSpan() }),
    );

  /** Each action, and the permission without which it is refused. */
  const actions: [
    string,
    'rooms:write' | 'rooms:book' | 'rooms:book-for-others',
    (actor: Actor, other: Actor) => Promise<unknown>,
  ][] = [
    [
      'creates a site',
      'rooms:write',
      (actor) => f.as(actor, (tx) => f.rooms.createSite(tx, actor, `Sted ${crypto.randomUUID()}`)),
    ],
    [
      'registers a room',
      'rooms:write',
      (actor) =>
        f.as(actor, (tx) =>
          f.rooms.registerRoom(
            tx,
            actor,
            registerRoom.parse({ site: 'Rådhuset', name: crypto.randomUUID() }),
          ),
        ),
    ],
    [
      'changes a room',
      'rooms:write',
      (actor) => f.as(actor, (tx) => f.rooms.changeRoom(tx, actor, room, { seats: 1 })),
    ],
    ['books for themselves', 'rooms:book', (actor) => bookFor(actor)],
    ['books for somebody else', 'rooms:book-for-others', (actor, other) => bookFor(actor, other.initials)],
    [
      'books a series for somebody else',
      'rooms:book-for-others',
      (actor, other) =>
        f.as(actor, (tx) =>
          f.rooms.bookSeries(tx, actor, {
            roomId: room,
            worker: other.initials,
            rrule: 'FREQ=DAILY;COUNT=1',
            skipConflicts: false,
            ...nextSpan(),
          }),
        ),
    ],
    [
      "moves a colleague's booking",
      'rooms:book-for-others',
      async (actor, other) => {
        const { id } = await bookFor(other);
        return f.as(actor, (tx) => f.rooms.move(tx, actor, id, nextSpan()));
      },
    ],
    [
      "cancels a colleague's booking",
      'rooms:book-for-others',
      async (actor, other) => {
        const { id } = await bookFor(other);
        return f.as(actor, (tx) => f.rooms.cancel(tx, actor, id));
      },
    ],
  ];

  it.each(roles.map((role) => [role]))(
    '%s does what the policy gives, and nothing else',
    async (role: Role) => {
      const [actor, other] = [await f.actor(f.municipalityId, [role]), await f.worker()];
      for (const [name, permission, act] of actions) {
        if (allows(roomsPolicy, actor, permission))
          await expect(act(actor, other), name).resolves.toBeDefined();
        else expect((await refusalOf(act(actor, other))).code, name).toBe('not_allowed');
      }
    },
  );

  it("does not let a worker check in to a colleague's booking", async () => {
    const [anna, bo] = [await f.worker(), await f.worker()];
    const { id } = await f.book(anna, room, '2026-11-24T05:10:00Z', '2026-11-24T05:40:00Z');
    expect((await refusalOf(f.as(bo, (tx) => f.rooms.checkIn(tx, bo, id)))).code).toBe('not_allowed');
    await f.as(anna, (tx) => f.rooms.checkIn(tx, anna, id));
  });

  it('does not book for somebody unknown or no longer employed', async () => {
    const leader = await f.actor(f.municipalityId, ['leader']);
    const gone = await f.worker();
    await f.superuser.query('UPDATE staff SET ended_at = created_at WHERE id = $1', [gone.staffId]);
    expect((await refusalOf(bookFor(leader, gone.initials))).code).toBe('not_found');
    expect((await refusalOf(bookFor(leader, 'NIX'))).code).toBe('not_found');
  });

  it('shows and gives nothing of it to another municipality', async () => {
    const elsewhere = await f.municipality('Sydby');
    const stranger = await f.actor(elsewhere, ['administrator', 'coordinator', 'leader']);
    const anna = await f.worker();
    const own = await bookFor(anna);
    const series = await f.as(anna, (tx) =>
      f.rooms.bookSeries(tx, anna, {
        roomId: room,
        rrule: 'FREQ=DAILY;COUNT=1',
        skipConflicts: false,
        ...nextSpan(),
      }),
    );
    const attempts: [string, () => Promise<unknown>][] = [
      ['book', () => bookFor(stranger)],
      ['book for a worker of ours', () => bookFor(stranger, anna.initials)],
      [
        'series',
        () =>
          f.as(stranger, (tx) =>
            f.rooms.bookSeries(tx, stranger, {
              roomId: room,
              rrule: 'FREQ=DAILY;COUNT=1',
              skipConflicts: false,
              ...nextSpan(),
            }),
          ),
      ],
      ['cancel series', () => f.as(stranger, (tx) => f.rooms.cancelSeries(tx, stranger, series))],
      ['move', () => f.as(stranger, (tx) => f.rooms.move(tx, stranger, own.id, nextSpan()))],
      ['cancel', () => f.as(stranger, (tx) => f.rooms.cancel(tx, stranger, own.id))],
      ['check in', () => f.as(stranger, (tx) => f.rooms.checkIn(tx, stranger, own.id))],
      ['change the room', () => f.as(stranger, (tx) => f.rooms.changeRoom(tx, stranger, room, { seats: 9 }))],
      ['see the room', () => f.database.read(elsewhere, (tx) => getRoom(tx, room))],
      ['see the booking', () => f.database.read(elsewhere, (tx) => getBooking(tx, own.id, f.clock.now()))],
    ];
    for (const [name, attempt] of attempts) expect((await refusalOf(attempt())).code, name).toBe('not_found');
    const now = f.clock.now();
    const wanted = { startsAt: new Date('2026-11-30T10:00:00Z'), endsAt: new Date('2026-11-30T11:00:00Z') };
    await f.database.read(elsewhere, async (tx) => {
      expect(await listRooms(tx, { inactive: true, limit: 10 })).toEqual([]);
      expect(await listBookings(tx, { limit: 10 }, now)).toEqual([]);
      expect(
        await searchFree(tx, { needs: { features: [], seats: 1 }, site: undefined, wanted, now }),
      ).toEqual({ rooms: [], nearest: [] });
    });
  });
});

describe('the search for a free room', () => {
  let f: RoomsFixture;
  beforeAll(async () => {
    f = await createRoomsFixture();
  });
  afterAll(() => f.close());

  const search = (from: string, to: string, needs = {}) =>
    f.database.read(f.municipalityId, (tx) =>
      searchFree(tx, {
        needs: { features: ['camera'], seats: 1, ...needs },
        site: undefined,
        wanted: { startsAt: fromLocal(from), endsAt: fromLocal(to) },
        now: f.clock.now(),
      }),
    );

  it('gives the best fit first, and the nearest times where nothing is free', async () => {
    const hours = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens: '08:00', closes: '16:00' }));
    const plain = await f.room({
      name: 'Kamera',
      features: ['camera'],
      openingHours: hours,
      bufferMinutes: 10,
    });
    const rich = await f.room({ name: 'Alt', features: ['camera', 'screen', 'wired'], openingHours: hours });
    await f.room({ name: 'Uden', openingHours: hours });
    const [anna, bo] = [await f.worker(), await f.worker()];
    const names = async (from: string, to: string, needs = {}) =>
      (await search(from, to, needs)).rooms.map((room) => room.name);
    expect(await names('2026-11-24T10:00', '2026-11-24T10:30')).toEqual(['Kamera', 'Alt']);
    expect(await names('2026-11-24T10:00', '2026-11-24T10:30', { features: ['camera', 'wired'] })).toEqual([
      'Alt',
    ]);
    expect(await names('2026-11-24T10:00', '2026-11-24T10:30', { seats: 2 })).toEqual([]);
    const held = await f.book(anna, plain, fromLocal('2026-11-24T10:00'), fromLocal('2026-11-24T10:30'));
    expect(await names('2026-11-24T10:35', '2026-11-24T11:00')).toEqual(['Alt']);
    await f.book(bo, rich, fromLocal('2026-11-24T10:00'), fromLocal('2026-11-24T10:30'));
    const { rooms, nearest } = await search('2026-11-24T10:00', '2026-11-24T10:30');
    expect(rooms).toEqual([]);
    expect(nearest.slice(0, 3).map((one) => [one.room.name, one.startsAt])).toEqual([
      ['Alt', fromLocal('2026-11-24T09:30').toISOString()],
      ['Alt', fromLocal('2026-11-24T10:30').toISOString()],
      ['Kamera', fromLocal('2026-11-24T09:20').toISOString()],
    ]);
    // A booking that nobody checked in to holds nothing, although no one has released it yet.
    f.clock.set(fromLocal('2026-11-24T10:11'));
    expect(await names('2026-11-24T10:15', '2026-11-24T10:30')).toEqual(['Kamera', 'Alt']);
    expect(held.state).toBe('booked');
  });
});
