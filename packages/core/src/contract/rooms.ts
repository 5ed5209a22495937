import { z } from 'zod';
import {
  byId,
  cprOr,
  id,
  initials,
  instant,
  name,
  page,
  pageQuery,
  personText,
  queryFlag,
} from './primitives.ts';
import { route } from './route.ts';

/** What makes a room fit for a talk that nobody else may hear (domain page, section 3). */
export const roomFeatures = ['screen', 'camera', 'headset', 'wired', 'curtains', 'quiet', 'light'] as const;
export type RoomFeature = (typeof roomFeatures)[number];
export const roomKinds = ['booth', 'office', 'meeting-room', 'other'] as const;

const clockTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'is a time of day such as 07:30')
  .meta({ examples: ['07:30'] });

/** Opening hours per ISO weekday (1 Monday … 7 Sunday), local time; a weekday that is missing is closed. */
export const openingHours = z
  .array(z.strictObject({ weekday: z.int().min(1).max(7), opens: clockTime, closes: clockTime }))
  .max(7)
  .refine((days) => new Set(days.map((d) => d.weekday)).size === days.length, 'names a weekday twice')
  .refine((days) => days.every((d) => d.opens < d.closes), 'closes before it opens');
export type OpeningHours = z.infer<typeof openingHours>;

export const site = z.object({ id, name: z.string(), createdAt: instant });
export type Site = z.infer<typeof site>;

export const room = z.object({
  id,
  site: z.object({ id, name: z.string() }),
  name: z.string(),
  kind: z.enum(roomKinds),
  seats: z.int(),
  features: z.array(z.enum(roomFeatures)),
  openingHours,
  /** Minutes kept free after each booking. */
  bufferMinutes: z.int(),
  active: z.boolean(),
});
export type Room = z.infer<typeof room>;

const roomFacts = {
  kind: z.enum(roomKinds),
  seats: z.int().min(1).max(100),
  features: z.array(z.enum(roomFeatures)).max(roomFeatures.length),
  openingHours,
  bufferMinutes: z.int().min(0).max(120),
};
/** Monday to Friday, 08:00 to 16:00. */
export const officeHours = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens: '08:00', closes: '16:00' }));

export const registerRoom = z
  .object({
    site: name.meta({ description: 'The name of the site; made if it does not exist.' }),
    name,
    kind: roomFacts.kind.default('other'),
    seats: roomFacts.seats.default(1),
    features: roomFacts.features.default([]),
    openingHours: openingHours.default(officeHours),
    bufferMinutes: roomFacts.bufferMinutes.default(0),
  })
  .meta({
    examples: [
      {
        site: 'Rådhuset',
        name: 'Samtaleboks 9',
        kind: 'booth',
        seats: 1,
        features: ['camera', 'wired', 'quiet'],
        bufferMinutes: 5,
      },
    ],
  });
export const changeRoom = z
  .object({ name, ...roomFacts, active: z.boolean() })
  .partial()
  .meta({ examples: [{ bufferMinutes: 10 }] });

export const bookingStates = ['booked', 'checked-in', 'lapsed', 'cancelled'] as const;
export type BookingState = (typeof bookingStates)[number];

export const booking = z.object({
  id,
  room: z.object({ id, name: z.string(), site: z.string() }),
  worker: initials,
  startsAt: instant,
  endsAt: instant,
  /** The end plus the room's buffer: nobody else can have the room before this. */
  blockedUntil: instant,
  /** Checked in to before this, or the room is released. */
  checkInBy: instant,
  state: z.enum(bookingStates),
  checkedInAt: instant.nullable(),
  seriesId: id.nullable(),
  createdAt: instant,
});
export type Booking = z.infer<typeof booking>;

/** Another room at the same time, or the same room at the nearest free time. */
export const alternative = z.object({
  kind: z.enum(['other-room', 'other-time']),
  room: z.object({ id, name: z.string(), site: z.string() }),
  startsAt: instant,
  endsAt: instant,
});
export type Alternative = z.infer<typeof alternative>;

const span = { startsAt: instant, endsAt: instant };
const longestMs = 12 * 3_600_000;
const isSpan = (value: { startsAt: string; endsAt: string }) => {
  const length = Date.parse(value.endsAt) - Date.parse(value.startsAt);
  return length >= 5 * 60_000 && length <= longestMs;
};
const spanRule = 'ends 5 minutes to 12 hours after it starts';

export const bookRoom = z
  .object({
    roomId: id,
    worker: initials.optional().meta({ description: 'Somebody else, where you may book for others.' }),
    ...span,
  })
  .refine(isSpan, spanRule)
  .meta({
    examples: [
      {
        roomId: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
        startsAt: '2026-11-24T09:00:00Z',
        endsAt: '2026-11-24T09:30:00Z',
      },
    ],
  });
export type BookRoom = z.infer<typeof bookRoom>;

export const bookSeries = z
  .object({
    roomId: id,
    worker: initials.optional(),
    ...span,
    rrule: personText(200).meta({
      description: 'RFC 5545 recurrence rule in local time, at most 400 occurrences within two years.',
      examples: ['FREQ=WEEKLY;COUNT=10'],
    }),
    skipConflicts: z.boolean().default(false),
  })
  .refine(isSpan, spanRule)
  .meta({
    examples: [
      {
        roomId: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
        startsAt: '2026-11-24T09:00:00Z',
        endsAt: '2026-11-24T09:30:00Z',
        rrule: 'FREQ=WEEKLY;COUNT=10',
      },
    ],
  });
export type BookSeries = z.infer<typeof bookSeries>;

/** A time of a series that could not be booked, and why. */
export const skipped = z.object({
  startsAt: instant,
  endsAt: instant,
  reason: z.enum(['room_taken', 'worker_busy', 'room_closed']),
});
export const series = z.object({
  id,
  rrule: z.string(),
  roomId: id,
  worker: initials,
  bookings: z.array(booking),
  skipped: z.array(skipped),
  createdAt: instant,
});
export type Series = z.infer<typeof series>;

const needs = z
  .string()
  .max(200)
  .transform((value, context) => {
    const wanted = value.split(',').filter((part) => part !== '');
    const known = wanted.filter((part): part is RoomFeature =>
      (roomFeatures as readonly string[]).includes(part),
    );
    if (known.length !== wanted.length) {
      const message = cprOr(`is a list of ${roomFeatures.join(', ')}`, value);
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
    return known;
  });

export const roomsRoutes = {
  listSites: route(
    'rooms.listSites',
    'GET',
    '/sites',
    { access: 'rooms:read', summary: 'Sites' },
    page(site),
  ),
  createSite: route(
    'rooms.createSite',
    'POST',
    '/sites',
    {
      access: 'rooms:write',
      summary: 'Create a site',
      body: z.object({ name }).meta({ examples: [{ name: 'Rådhuset' }] }),
      status: 201,
    },
    site,
  ),
  listRooms: route(
    'rooms.listRooms',
    'GET',
    '/rooms',
    {
      access: 'rooms:read',
      summary: 'Rooms',
      query: z.object({ ...pageQuery, site: name.optional(), inactive: queryFlag.default(false) }),
    },
    page(room),
  ),
  registerRoom: route(
    'rooms.registerRoom',
    'POST',
    '/rooms',
    { access: 'rooms:write', summary: 'Register a room', body: registerRoom, status: 201 },
    room,
  ),
  showRoom: route(
    'rooms.showRoom',
    'GET',
    '/rooms/:id',
    { access: 'rooms:read', summary: 'One room', params: byId },
    room,
  ),
  changeRoom: route(
    'rooms.changeRoom',
    'PATCH',
    '/rooms/:id',
    { access: 'rooms:write', summary: 'Change a room', params: byId, body: changeRoom },
    room,
  ),
  findFree: route(
    'rooms.findFree',
    'GET',
    '/rooms/free',
    {
      access: 'rooms:read',
      summary: 'Free rooms for a time and needs; and where none is free, the nearest that will be',
      query: z
        .object({
          ...span,
          needs: needs.optional(),
          seats: z.coerce.number().int().min(1).max(100).optional(),
          site: name.optional(),
        })
        .refine(isSpan, spanRule),
    },
    z.object({ items: z.array(room), nearest: z.array(alternative) }),
  ),
  listBookings: route(
    'rooms.listBookings',
    'GET',
    '/bookings',
    {
      access: 'rooms:read',
      summary: 'Bookings in a period',
      query: z.object({
        ...pageQuery,
        room: id.optional(),
        worker: initials.optional(),
        from: instant.optional(),
        to: instant.optional(),
        state: z.enum(bookingStates).optional(),
      }),
    },
    page(booking),
  ),
  book: route(
    'rooms.book',
    'POST',
    '/bookings',
    { access: 'rooms:book', summary: 'Book a room; never collides', body: bookRoom, status: 201 },
    booking,
  ),
  showBooking: route(
    'rooms.showBooking',
    'GET',
    '/bookings/:id',
    { access: 'rooms:read', summary: 'One booking', params: byId },
    booking,
  ),
  moveBooking: route(
    'rooms.moveBooking',
    'POST',
    '/bookings/:id/move',
    {
      access: 'rooms:book',
      summary: 'Move a booking to another time or room',
      params: byId,
      body: z
        .object({ roomId: id.optional(), ...span })
        .refine(isSpan, spanRule)
        .meta({ examples: [{ startsAt: '2026-11-24T10:00:00Z', endsAt: '2026-11-24T10:30:00Z' }] }),
    },
    booking,
  ),
  checkIn: route(
    'rooms.checkIn',
    'POST',
    '/bookings/:id/check-in',
    { access: 'rooms:book', summary: 'Check in, from 15 minutes before the start', params: byId },
    booking,
  ),
  cancel: route(
    'rooms.cancel',
    'POST',
    '/bookings/:id/cancel',
    { access: 'rooms:book', summary: 'Cancel a booking', params: byId },
    booking,
  ),
  bookSeries: route(
    'rooms.bookSeries',
    'POST',
    '/booking-series',
    {
      access: 'rooms:book',
      summary: 'Book a series: all or nothing, or with skipConflicts what is free',
      body: bookSeries,
      status: 201,
    },
    series,
  ),
  showSeries: route(
    'rooms.showSeries',
    'GET',
    '/booking-series/:id',
    { access: 'rooms:read', summary: 'One series', params: byId },
    series,
  ),
  cancelSeries: route(
    'rooms.cancelSeries',
    'POST',
    '/booking-series/:id/cancel',
    { access: 'rooms:book', summary: 'Cancel what is left of a series', params: byId },
    series,
  ),
} as const;
