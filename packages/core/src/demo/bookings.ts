import type { BookingState } from '../contract/index.ts';
import { type Calendar, clockOf, type Day, mondayOf, weekdayOf } from './calendar.ts';
import type { Random } from './random.ts';
import type { Member, Room, Town } from './town.ts';
import type { DemoVisit } from './visits.ts';

export interface DemoBooking {
  readonly id: string;
  readonly roomId: string;
  readonly workerId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly blockedUntil: Date;
  readonly checkInBy: Date;
  readonly state: BookingState;
  readonly checkedInAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** The visit that it was made for. */
  readonly visitId: string | null;
}

const minuteMs = 60_000;
/** Rooms are booked since the system came into use for that. */
const roomsSince = 70;
export const graceMinutes = 10;
const bookedPercent = 70;
/** Meetings of those who have no visits, a day. */
const meetings = 3;
const meetingMinutes = 60;

/** Gives calls a room to be alone in, the nearest to the team first, and meeting rooms to meetings. */
export function makeBookings(
  town: Town,
  visits: readonly DemoVisit[],
  calendar: Calendar,
  random: Random,
): DemoBooking[] {
  const held = new Map<string, (readonly [from: number, to: number])[]>();
  const place = (
    rooms: readonly Room[],
    member: Member,
    span: { readonly startsAt: Date; readonly endsAt: Date; readonly day: Day; readonly minute: number },
    how: Pick<DemoBooking, 'state' | 'createdAt' | 'visitId'>,
  ): DemoBooking | null => {
    const from = span.startsAt.getTime();
    const room = rooms.find((one) => {
      const to = span.endsAt.getTime() + one.bufferMinutes * minuteMs;
      return (
        isOpen(one, span.day, span.minute, (span.endsAt.getTime() - from) / minuteMs) &&
        (held.get(one.id) ?? []).every(([start, end]) => end <= from || to <= start)
      );
    });
    if (room === undefined) return null;
    const blocked = span.endsAt.getTime() + room.bufferMinutes * minuteMs;
    if (how.state !== 'cancelled') held.set(room.id, [...(held.get(room.id) ?? []), [from, blocked]]);
    const checkedIn = how.state === 'checked-in';
    const checkedInAt = checkedIn
      ? new Date(Math.min(from + random.between(-6, graceMinutes - 3) * minuteMs, calendar.asOf.getTime()))
      : null;
    return {
      id: random.uuid(),
      roomId: room.id,
      workerId: member.id,
      startsAt: span.startsAt,
      endsAt: span.endsAt,
      blockedUntil: new Date(blocked),
      checkInBy: new Date(Math.min(span.endsAt.getTime(), from + graceMinutes * minuteMs)),
      ...how,
      checkedInAt,
      updatedAt: checkedInAt ?? how.createdAt,
    };
  };
  const forVisits = visits.flatMap((visit): DemoBooking[] => {
    const { plan, planned, channel, day, citizen } = visit;
    if (channel !== 'video' || planned === null || day < calendar.today - roomsSince) return [];
    const wanted = plan === null ? random.chance(bookedPercent) : plan.plan.room.kind !== 'none';
    if (!wanted) return [];
    const home = town.teams.indexOf(citizen.worker.team);
    const rooms = [...town.rooms].sort((a, b) => distance(town, a, home) - distance(town, b, home));
    const minute = Math.round((planned.startsAt.getTime() - calendar.at(day, 0).getTime()) / minuteMs);
    const how = { state: stateFor(visit, calendar), createdAt: visit.createdAt, visitId: visit.id };
    const booked = place(rooms, citizen.worker, { ...planned, day, minute }, how);
    return booked === null ? [] : [booked];
  });
  const forMeetings: DemoBooking[] = [];
  const meetingRooms = town.rooms.filter(({ kind }) => kind === 'meeting-room');
  for (let day = mondayOf(calendar.today) - 28; day <= mondayOf(calendar.today) + 20; day += 1) {
    if (weekdayOf(day) > 5 || calendar.isOff(day)) continue;
    for (const member of random
      .shuffle(town.colleagues.filter(({ shift }) => shift === 'day'))
      .slice(0, meetings)) {
      const minute = random.between(8, 14) * 60 + random.pick([0, 30]);
      const [startsAt, endsAt] = [calendar.at(day, minute), calendar.at(day, minute + meetingMinutes)];
      const state: BookingState =
        startsAt > calendar.asOf ? 'booked' : random.chance(12) ? 'lapsed' : 'checked-in';
      const made = calendar.at(day - random.between(1, 12), random.between(500, 900));
      const createdAt = new Date(Math.min(made.getTime(), calendar.asOf.getTime()));
      const how = { state, createdAt, visitId: null };
      const booked = place(random.shuffle(meetingRooms), member, { startsAt, endsAt, day, minute }, how);
      if (booked !== null) forMeetings.push(booked);
    }
  }
  return [...forVisits, ...forMeetings];
}

/** Two of a site's rooms are as good as each other; the team's own site comes first. */
const distance = (town: Town, room: Room, home: number): number => {
  const site = town.sites.findIndex(({ id }) => id === room.siteId);
  return ((site - home + town.sites.length) % town.sites.length) * 2 + (room.kind === 'meeting-room' ? 1 : 0);
};

function isOpen({ openingHours }: Room, day: Day, minute: number, minutes: number): boolean {
  const today = openingHours.find(({ weekday }) => weekday === weekdayOf(day));
  return today !== undefined && today.opens <= clockOf(minute) && clockOf(minute + minutes) <= today.closes;
}

function stateFor({ state, planned }: DemoVisit, { asOf }: Calendar): BookingState {
  if (state === 'cancelled') return 'cancelled';
  if (planned !== null && planned.startsAt > asOf) return 'booked';
  return 'checked-in';
}
