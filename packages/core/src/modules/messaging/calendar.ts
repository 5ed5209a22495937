import ical, {
  ICalAlarmType,
  ICalAttendeeRole,
  ICalAttendeeStatus,
  ICalCalendarMethod,
  ICalEventClass,
  ICalEventStatus,
} from 'ical-generator';
import { senderNames } from './templates/index.ts';

/** An entry in a calendar as others see it over a shoulder: that there is something, and nothing of what. */
export interface CalendarEntry {
  /** A cancelled one takes the entry away. */
  readonly isCancelled: boolean;
  /** The same through all changes of a visit. */
  readonly uid: string;
  /** Grows with each change, so that a calendar replaces what it has (RFC 5545, section 3.8.7.4). */
  readonly sequence: number;
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly language: 'da' | 'en';
  readonly link: string | null;
  readonly from: string;
  readonly to: string;
  readonly now: Date;
}

const alarmSeconds = 15 * 60;

/** One VEVENT (RFC 5545) to be sent by mail (RFC 6047): times in UTC, an alarm a quarter of an hour before. */
export function writeCalendar(entry: CalendarEntry): string {
  const { isCancelled, language, link } = entry;
  const summary = senderNames[language];
  const calendar = ical({
    prodId: { company: 'naer', product: 'naer', language: language.toUpperCase() },
    method: isCancelled ? ICalCalendarMethod.CANCEL : ICalCalendarMethod.REQUEST,
  });
  const event = calendar.createEvent({
    id: entry.uid,
    sequence: entry.sequence,
    stamp: entry.now,
    start: entry.startsAt,
    end: entry.endsAt,
    summary,
    class: ICalEventClass.PRIVATE,
    status: isCancelled ? ICalEventStatus.CANCELLED : ICalEventStatus.CONFIRMED,
    organizer: { name: summary, email: entry.from },
    attendees: [
      {
        email: entry.to,
        rsvp: false,
        role: ICalAttendeeRole.REQ,
        status: ICalAttendeeStatus.NEEDSACTION,
      },
    ],
    ...(link === null || isCancelled ? {} : { url: link, description: link }),
  });
  if (!isCancelled)
    event.createAlarm({ type: ICalAlarmType.display, trigger: alarmSeconds, description: summary });
  return calendar.toString();
}
