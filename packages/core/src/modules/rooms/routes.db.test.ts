import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../kernel/clock.ts';
import { fromLocal } from '../../kernel/time-zone.ts';
import { type Caller, startTestApp, type TestApp } from '../../testing/app.ts';

describe('the routes of rooms', () => {
  let app: TestApp;
  let administrator: Caller;
  let anna: Caller;
  let bo: Caller;
  let room: string;
  const clock = new ManualClock('2026-11-24T05:00:00Z');
  const ten = fromLocal('2026-11-24T10:00').toISOString();
  const halfPast = fromLocal('2026-11-24T10:30').toISOString();

  const ask = async (
    caller: Caller,
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ) => {
    const response = await caller.fetch(path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  };

  beforeAll(async () => {
    app = await startTestApp({ clock });
    const municipality = await app.test.municipality();
    [administrator, anna, bo] = [
      await app.caller(municipality, ['administrator']),
      await app.caller(municipality, ['support-worker']),
      await app.caller(municipality, ['support-worker']),
    ];
    const made = await ask(administrator, 'POST', '/api/v1/rooms', {
      site: 'Rådhuset',
      name: 'Boks 1',
      kind: 'booth',
      features: ['camera'],
    });
    expect(made.status).toBe(201);
    room = made.body.id;
  });
  afterAll(() => app.close());

  it('book a room once, also when the request is repeated, and tell the next what else is free', async () => {
    const wish = { roomId: room, startsAt: ten, endsAt: halfPast };
    const first = await ask(anna, 'POST', '/api/v1/bookings', wish, { 'idempotency-key': 'one' });
    expect(first).toMatchObject({
      status: 201,
      body: { room: { name: 'Boks 1', site: 'Rådhuset' }, state: 'booked' },
    });
    expect(await ask(anna, 'POST', '/api/v1/bookings', wish, { 'idempotency-key': 'one' })).toEqual(first);
    const second = await ask(bo, 'POST', '/api/v1/bookings', wish);
    expect(second).toMatchObject({ status: 409, body: { code: 'room_taken' } });
    const [alternative] = second.body.details.alternatives;
    const { kind: _, room: other, ...span } = alternative;
    expect((await ask(bo, 'POST', '/api/v1/bookings', { roomId: other.id, ...span })).status).toBe(201);
  });

  it('find, list page by page, move, check in and cancel', async () => {
    const free = await ask(anna, 'GET', `/api/v1/rooms/free?startsAt=${ten}&endsAt=${halfPast}&needs=camera`);
    expect(free).toMatchObject({ status: 200, body: { items: [] } });
    expect(free.body.nearest.length).toBeGreaterThan(0);
    const page = await ask(anna, 'GET', `/api/v1/bookings?room=${room}&limit=1`);
    const rest = await ask(anna, 'GET', `/api/v1/bookings?room=${room}&limit=1&cursor=${page.body.next}`);
    expect([page.body.items.length, rest.body.items.length, rest.body.next]).toEqual([1, 1, null]);
    const own = [...page.body.items, ...rest.body.items].find((one) => one.startsAt === ten);
    const moved = await ask(anna, 'POST', `/api/v1/bookings/${own.id}/move`, {
      startsAt: fromLocal('2026-11-24T11:00').toISOString(),
      endsAt: fromLocal('2026-11-24T11:30').toISOString(),
    });
    expect(moved).toMatchObject({
      status: 200,
      body: { checkInBy: fromLocal('2026-11-24T11:10').toISOString() },
    });
    expect(await ask(bo, 'POST', `/api/v1/bookings/${own.id}/cancel`)).toMatchObject({ status: 403 });
    expect(await ask(anna, 'POST', `/api/v1/bookings/${own.id}/check-in`)).toMatchObject({
      status: 409,
      body: { code: 'check_in_early' },
    });
    expect(await ask(anna, 'POST', `/api/v1/bookings/${own.id}/cancel`)).toMatchObject({
      status: 200,
      body: { state: 'cancelled' },
    });
  });

  it('refuse a cursor that was never given out, and a time that has passed', async () => {
    const forged = Buffer.from('["2026-11-24","1"]').toString('base64url');
    for (const path of [
      `/api/v1/bookings?cursor=${forged}`,
      `/api/v1/rooms?cursor=${forged}`,
      '/api/v1/bookings?cursor=AAAA',
    ]) {
      expect(await ask(anna, 'GET', path)).toMatchObject({ status: 400, body: { code: 'invalid_input' } });
    }
    const past = await ask(
      anna,
      'GET',
      '/api/v1/rooms/free?startsAt=2026-11-23T09:00:00Z&endsAt=2026-11-23T10:00:00Z',
    );
    expect(past).toMatchObject({ status: 422, body: { code: 'booking_past' } });
  });

  it('book a series, show it and cancel what is left', async () => {
    const from = fromLocal('2026-11-25T13:00');
    const wish = {
      roomId: room,
      startsAt: from.toISOString(),
      endsAt: new Date(from.getTime() + 1_800_000).toISOString(),
      rrule: 'FREQ=WEEKLY;COUNT=3',
    };
    const made = await ask(anna, 'POST', '/api/v1/booking-series', wish);
    expect(made).toMatchObject({ status: 201, body: { rrule: 'FREQ=WEEKLY;COUNT=3', skipped: [] } });
    expect(await ask(anna, 'GET', `/api/v1/booking-series/${made.body.id}`)).toEqual({
      status: 200,
      body: made.body,
    });
    expect(await ask(bo, 'POST', '/api/v1/booking-series', wish)).toMatchObject({
      status: 409,
      body: { code: 'series_conflicts', params: { count: 3, total: 3 } },
    });
    const cancelled = await ask(anna, 'POST', `/api/v1/booking-series/${made.body.id}/cancel`);
    expect(cancelled.body.bookings.map((one: { state: string }) => one.state)).toEqual([
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
  });

  it('give rooms as a file that they take back', async () => {
    const file = await administrator.fetch('/api/v1/rooms/export');
    const text = await file.text();
    expect(text).toContain('Rådhuset;Boks 1;samtaleboks');
  });
});
