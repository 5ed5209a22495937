import {
  type DemoHandOff,
  type DemoNote,
  type DemoReview,
  makeHandOffs,
  makeNotes,
  makeReviews,
} from './aftercare.ts';
import { type Agenda, type DemoPlan, daysOffOf, layAgendas } from './agenda.ts';
import { makeAppointments } from './appointments.ts';
import { type DemoBooking, makeBookings } from './bookings.ts';
import { type Calendar, createCalendar } from './calendar.ts';
import { agreeOnCalls, type DemoCalls } from './calls.ts';
import { inventCitizens } from './citizens.ts';
import { type DemoProgramme, inventProgramme } from './programme.ts';
import { createRandom } from './random.ts';
import { assessUnasked, type Course, makeCourse } from './steps.ts';
import { inventTown, type Town } from './town.ts';
import { type DemoVisit, makeVisits } from './visits.ts';

/** A time of a plan that has no visit because the day is off. */
export interface DemoGap {
  readonly planId: string;
  readonly week: string;
  readonly slot: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** A whole municipality of invented people, in memory. */
export interface DemoMunicipality {
  readonly calendar: Calendar;
  readonly town: Town;
  readonly agendas: readonly Agenda[];
  /** By citizen. */
  readonly courses: ReadonlyMap<string, Course>;
  readonly plans: readonly DemoPlan[];
  readonly gaps: readonly DemoGap[];
  /** In the order of their time. */
  readonly visits: readonly DemoVisit[];
  readonly bookings: readonly DemoBooking[];
  readonly handOffs: readonly DemoHandOff[];
  readonly notes: readonly DemoNote[];
  readonly reviews: readonly DemoReview[];
  readonly calls: DemoCalls;
  readonly programme: DemoProgramme;
}

/** The seed that every demo grows from, so that all of them know the same people. */
const seed = 'naer demo 1';

/**
 * The same seed, day and hour give the same municipality; within a day only what happens on that day differs. Nothing is
 * read or written.
 */
export function inventMunicipality(
  now: Date,
  rules: { readonly closedDays: readonly string[]; readonly planAheadWeeks: number },
): DemoMunicipality {
  const calendar = createCalendar(now, rules);
  const stream = (part: string) => createRandom(`${seed} ${part}`);
  const town = inventTown(stream('town'));
  const citizens = inventCitizens(town, calendar, stream);
  const agendas = layAgendas(town, citizens, calendar, stream('agendas'));
  const plans = agendas.flatMap((agenda) => agenda.plans);
  const appointments = makeAppointments(agendas, calendar, stream('appointments'));
  const visits = makeVisits({ town, citizens, plans, appointments, calendar, random: stream('visits') }).sort(
    (a, b) => a.happensAt.getTime() - b.happensAt.getTime() || (a.id < b.id ? -1 : 1),
  );
  const visitsOf = Map.groupBy(visits, ({ citizen }) => citizen.id);
  const random = stream('courses of citizens');
  const unasked = stream('whom nobody has asked');
  const courseOf = (agenda: Agenda): Course => {
    const course = makeCourse(agenda, visitsOf.get(agenda.citizen.id) ?? [], calendar, random);
    return assessUnasked(course, agenda.citizen, calendar, unasked);
  };
  const courses = new Map(agendas.map((agenda) => [agenda.citizen.id, courseOf(agenda)]));
  return {
    calendar,
    town,
    agendas,
    courses,
    plans,
    gaps: agendas.flatMap(({ slots }) =>
      slots.flatMap((slot) => {
        const { plan, minute, minutes } = slot;
        if (plan === null) return [];
        return [...daysOffOf(slot, calendar)].map((day) => ({
          planId: plan.id,
          week: calendar.weekOf(day),
          slot: plan.place,
          startsAt: calendar.at(day, minute),
          endsAt: calendar.at(day, minute + minutes),
        }));
      }),
    ),
    visits,
    bookings: makeBookings(town, visits, calendar, stream('bookings')),
    handOffs: makeHandOffs(town, visits, calendar, stream('hand-offs')),
    notes: makeNotes(visits, stream('notes')),
    reviews: makeReviews(citizens, calendar, stream('reviews')),
    calls: agreeOnCalls(town, { citizens, courses }, calendar, stream('calls')),
    programme: inventProgramme(town, calendar, stream('programme')),
  };
}
