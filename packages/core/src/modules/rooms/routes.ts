import { api } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { decodeCursor, toPage } from '../../kernel/cursor.ts';
import type { ReadTx } from '../../storage/index.ts';
import type { Endpoints } from '../identity/index.ts';
import { searchFree } from './alternatives.ts';
import { readSpan } from './bookings.ts';
import { presentBooking, presentRoom, presentSeries, presentSite } from './presenter.ts';
import { getRoom, getSite, listRooms, listSites } from './room-store.ts';
import { assertBookable } from './rules.ts';
import { getSeries } from './series-store.ts';
import type { RoomsService } from './service.ts';
import { type BookingRow, getBooking, listBookings, listSeriesBookings } from './store.ts';

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const instant = /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export interface RoomRouteDeps {
  readonly rooms: RoomsService;
  readonly clock: Clock;
}

export function registerRoomRoutes(endpoints: Endpoints, { rooms, clock }: RoomRouteDeps): void {
  const routes = api.rooms;

  const showRoom = async (tx: ReadTx, id: string) => presentRoom(await getRoom(tx, id));
  const showBooking = async (tx: ReadTx, id: string) => presentBooking(await getBooking(tx, id, clock.now()));
  // The answer to a write is made of what was just written; only a repeated request has to read it.
  const showWritten = async (tx: ReadTx, id: string, _call: unknown, written: BookingRow | undefined) =>
    written === undefined ? showBooking(tx, id) : presentBooking(written);
  const showSeries = async (tx: ReadTx, id: string) =>
    presentSeries(await getSeries(tx, id), await listSeriesBookings(tx, id, clock.now()));
  const made = (row: BookingRow) => ({ reference: row.id, fresh: row });

  endpoints.read(routes.listSites, async (tx) => ({
    items: (await listSites(tx)).map(presentSite),
    next: null,
  }));
  endpoints.write(
    routes.createSite,
    async (tx, { actor, body }) => ({ reference: await rooms.createSite(tx, actor, body.name) }),
    async (tx, id) => presentSite(await getSite(tx, id)),
  );

  endpoints.read(routes.listRooms, async (tx, { query }) => {
    const { site, inactive, limit, cursor } = query;
    const afterId = cursor === undefined ? undefined : decodeCursor(cursor, [uuid])[0];
    return toPage(
      await listRooms(tx, { site, inactive, afterId, limit: limit + 1 }),
      limit,
      presentRoom,
      (row) => [row.id],
    );
  });
  endpoints.write(
    routes.registerRoom,
    async (tx, { actor, body }) => ({ reference: await rooms.registerRoom(tx, actor, body) }),
    showRoom,
  );
  endpoints.read(routes.findFree, async (tx, { query }) => {
    const [now, wanted] = [clock.now(), readSpan(query)];
    assertBookable(wanted, now);
    const needs = { features: query.needs ?? [], seats: query.seats ?? 1 };
    const { rooms: free, nearest } = await searchFree(tx, { needs, site: query.site, wanted, now });
    return { items: free.map(presentRoom), nearest: [...nearest] };
  });
  endpoints.read(routes.showRoom, (tx, { params }) => showRoom(tx, params.id));
  endpoints.write(
    routes.changeRoom,
    async (tx, { actor, params, body }) => {
      await rooms.changeRoom(tx, actor, params.id, body);
      return { reference: params.id };
    },
    showRoom,
  );

  endpoints.read(routes.listBookings, async (tx, { query }) => {
    const { room, worker, state, limit, cursor } = query;
    const [startsAt, id] = cursor === undefined ? [] : decodeCursor(cursor, [instant, uuid]);
    const filter = {
      room,
      worker,
      state,
      from: query.from === undefined ? undefined : new Date(query.from),
      to: query.to === undefined ? undefined : new Date(query.to),
      after: startsAt === undefined || id === undefined ? undefined : { startsAt: new Date(startsAt), id },
      limit: limit + 1,
    };
    const rows = await listBookings(tx, filter, clock.now());
    return toPage(rows, limit, presentBooking, (row) => [row.startsAt.toISOString(), row.id]);
  });
  endpoints.write(
    routes.book,
    async (tx, { actor, body }) => made(await rooms.book(tx, actor, body)),
    showWritten,
  );
  endpoints.read(routes.showBooking, (tx, { params }) => showBooking(tx, params.id));
  endpoints.write(
    routes.moveBooking,
    async (tx, { actor, params, body }) => made(await rooms.move(tx, actor, params.id, body)),
    showWritten,
  );
  endpoints.write(
    routes.checkIn,
    async (tx, { actor, params }) => made(await rooms.checkIn(tx, actor, params.id)),
    showWritten,
  );
  endpoints.write(
    routes.cancel,
    async (tx, { actor, params }) => made(await rooms.cancel(tx, actor, params.id)),
    showWritten,
  );

  endpoints.write(
    routes.bookSeries,
    async (tx, { actor, body }) => ({ reference: await rooms.bookSeries(tx, actor, body) }),
    showSeries,
  );
  endpoints.read(routes.showSeries, (tx, { params }) => showSeries(tx, params.id));
  endpoints.write(
    routes.cancelSeries,
    async (tx, { actor, params }) => ({ reference: await rooms.cancelSeries(tx, actor, params.id) }),
    showSeries,
  );
}
