import type { Alternative, Booking, Room, Series, Site } from '../../contract/index.ts';
import type { Span } from './opening-hours.ts';
import type { SiteRow } from './room-store.ts';
import type { RoomFacts } from './rules.ts';
import type { SeriesRow } from './series-store.ts';
import type { BookingRow } from './store.ts';

export const presentSite = (row: SiteRow): Site => ({
  id: row.id,
  name: row.name,
  createdAt: row.createdAt.toISOString(),
});

export const presentRoom = (row: RoomFacts): Room => ({
  id: row.id,
  site: { id: row.siteId, name: row.siteName },
  name: row.name,
  kind: row.kind,
  seats: row.seats,
  features: [...row.features],
  openingHours: row.openingHours.map(({ weekday, opens, closes }) => ({ weekday, opens, closes })),
  bufferMinutes: row.bufferMinutes,
  active: row.active,
});

export const presentBooking = (row: BookingRow): Booking => ({
  id: row.id,
  room: { id: row.roomId, name: row.roomName, site: row.siteName },
  worker: row.worker,
  startsAt: row.startsAt.toISOString(),
  endsAt: row.endsAt.toISOString(),
  blockedUntil: row.blockedUntil.toISOString(),
  checkInBy: row.checkInBy.toISOString(),
  state: row.state,
  checkedInAt: row.checkedInAt?.toISOString() ?? null,
  seriesId: row.seriesId,
  createdAt: row.createdAt.toISOString(),
});

export const presentSeries = (row: SeriesRow, bookings: readonly BookingRow[]): Series => ({
  id: row.id,
  rrule: row.rrule,
  roomId: row.roomId,
  worker: row.worker,
  bookings: bookings.map(presentBooking),
  skipped: row.skipped.map(({ startsAt, endsAt, reason }) => ({ startsAt, endsAt, reason })),
  createdAt: row.createdAt.toISOString(),
});

export const presentAlternative = (kind: Alternative['kind'], room: RoomFacts, span: Span): Alternative => ({
  kind,
  room: { id: room.id, name: room.name, site: room.siteName },
  startsAt: span.startsAt.toISOString(),
  endsAt: span.endsAt.toISOString(),
});
