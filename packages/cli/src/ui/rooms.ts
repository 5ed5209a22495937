import type { Booking, OpeningHours, Room } from '@naer/core/contract/rooms';
import { Args, Flags } from '@oclif/core';
import { formatOpeningHours, readOpeningHours } from '../actions/opening-hours.ts';
import { roomName } from '../actions/rooms.ts';
import { shortId } from '../actions/short-ids.ts';
import { say } from '../language.ts';
import { choice, choices, pick, pickAll } from './choices.ts';
import { type Column, column, renderCard, renderTable } from './table.ts';
import { tableWidth } from './terminal.ts';
import { moment, shortSpan, span } from './time.ts';
import { bookingWords, featureWords, kindWords, skipWords, word } from './words.ts';

const features = (room: Room) => room.features.map((feature) => word(featureWords, feature)).join(', ');

export const roomColumns = (): Column<Room>[] => [
  column(say('Sted', 'Site'), 'site', (room) => room.site.name),
  column(say('Rum', 'Room'), 'room', (room) => room.name),
  column(
    say('Slags', 'Kind'),
    'kind',
    (room) => word(kindWords, room.kind),
    (room) => room.kind,
  ),
  {
    ...column(
      say('Pladser', 'Seats'),
      'seats',
      (room: Room) => String(room.seats),
      (room: Room) => room.seats,
    ),
    align: 'right',
  },
  column(say('Åbent', 'Open'), 'openingHours', (room) => formatOpeningHours(room.openingHours)),
  {
    ...column(say('Har', 'Has'), 'features', features, (room: Room) => room.features.join(';')),
    wraps: true,
  },
];

export const roomCard = (room: Room): string =>
  renderCard([
    [say('Rum', 'Room'), roomName(room)],
    [say('Slags', 'Kind'), word(kindWords, room.kind)],
    [say('Pladser', 'Seats'), String(room.seats)],
    [say('Har', 'Has'), features(room)],
    [say('Åbent', 'Open'), formatOpeningHours(room.openingHours)],
    [say('Luft efter booking', 'Buffer'), `${room.bufferMinutes} min`],
    ...(room.active ? [] : [[say('I brug', 'In use'), say('nej', 'no')] as const]),
  ]);

export const bookingColumns = (): Column<Booking>[] => [
  column(
    say('Nr.', 'No.'),
    'id',
    (booking) => shortId(booking.id),
    (booking) => booking.id,
  ),
  column(
    say('Hvornår', 'When'),
    'startsAt',
    (booking) => shortSpan(booking.startsAt, booking.endsAt),
    (booking) => booking.startsAt,
  ),
  { ...column('', 'endsAt', (booking: Booking) => booking.endsAt), csvOnly: true },
  column(say('Hvem', 'Who'), 'worker', (booking) => booking.worker),
  column(
    say('Stand', 'State'),
    'state',
    (booking) => word(bookingWords, booking.state),
    (booking) => booking.state,
  ),
  column(say('Rum', 'Room'), 'room', ({ room }) => `${room.site}/${room.name}`),
];

/** One line that says all of a booking, and how to undo it. */
export const bookingText = (booking: Booking): string =>
  renderCard([
    [say('Rum', 'Room'), `${booking.room.site}/${booking.room.name}`],
    [say('Hvornår', 'When'), span(booking.startsAt, booking.endsAt)],
    [say('Hvem', 'Who'), booking.worker],
    [say('Stand', 'State'), word(bookingWords, booking.state)],
    ...(booking.state === 'booked'
      ? [[say('Tjek ind før', 'Check in before'), moment(booking.checkInBy)] as const]
      : []),
    [say('Nr.', 'No.'), shortId(booking.id)],
  ]);

export const roomArg = Args.string({
  required: true,
  description: say(
    'Rum: navn, "sted/navn" eller begyndelsen af det',
    'Room: name, "site/name" or the beginning of it',
  ),
});
export const timeArg = Args.string({
  required: true,
  description: say(
    'Tid, som man skriver den: "i morgen 10-10.30"',
    'Time, as people write it: "tomorrow 10-10:30"',
  ),
});
export const bookingArg = Args.string({
  required: true,
  description: say('Nummeret fra »naer rooms bookings«', 'The number from "naer rooms bookings"'),
});
export const minutesFlag = Flags.integer({
  summary: say('Længde, når tiden ingen ende har', 'Length, when the time has no end'),
  default: 30,
  min: 5,
  max: 720,
  helpValue: 'MIN',
});
export const forFlag = Flags.string({
  summary: say('Til en anden medarbejder, hvor du må', 'For another member of staff, where you may'),
  helpValue: 'BM13',
  parse: async (text) => text.toUpperCase(),
});

export const roomFlags = () => ({
  kind: choice(kindWords, say('Slags', 'Kind')),
  seats: Flags.integer({ summary: say('Pladser', 'Seats'), min: 1, max: 100, helpValue: 'N' }),
  features: Flags.string(
    choices(featureWords, say('Hvad rummet har, med komma', 'What the room has, with commas')),
  ),
  hours: Flags.string({
    summary: say('Åbningstid', 'Opening hours'),
    helpValue: say('"ma-fr 8-16"', '"mon-fri 8-16"'),
  }),
  buffer: Flags.integer({
    summary: say('Minutter, der holdes fri efter en booking', 'Minutes kept free after a booking'),
    min: 0,
    max: 120,
    helpValue: 'MIN',
  }),
});
interface RoomFlags {
  readonly kind?: string | undefined;
  readonly seats?: number | undefined;
  readonly features?: string | undefined;
  readonly hours?: string | undefined;
  readonly buffer?: number | undefined;
}

/** What such options come to; what was not given is left out. */
export const roomInput = (flags: RoomFlags) => ({
  kind: pick(kindWords, flags.kind, '--kind'),
  seats: flags.seats,
  features: pickAll(featureWords, flags.features, '--features'),
  openingHours:
    flags.hours === undefined ? undefined : (readOpeningHours(flags.hours) satisfies OpeningHours),
  bufferMinutes: flags.buffer,
});

type Skipped = {
  readonly startsAt: string;
  readonly endsAt: string;
  readonly reason: keyof typeof skipWords;
};

/** The times of a series that are taken, and why. */
export const skippedText = (skipped: readonly Skipped[]): string =>
  renderTable(
    skipped,
    [
      column(say('Optaget', 'Taken'), 'startsAt', (time) => shortSpan(time.startsAt, time.endsAt)),
      column(say('Grund', 'Reason'), 'reason', (time) => word(skipWords, time.reason)),
    ],
    tableWidth(),
  );
