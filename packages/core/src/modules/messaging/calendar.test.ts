import ICAL from 'ical.js';
import { describe, expect, it } from 'vitest';
import { type CalendarEntry, writeCalendar } from './calendar.ts';

const entry: CalendarEntry = {
  isCancelled: false,
  uid: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
  sequence: 0,
  startsAt: new Date('2026-11-26T09:00:00Z'),
  endsAt: new Date('2026-11-26T09:30:00Z'),
  language: 'da',
  link: `https://naer.nordby.dk/s#${'Aa0_-'.repeat(10)}`,
  from: 'aftale@nordby.dk',
  to: 'laerke@example.dk',
  now: new Date('2026-11-20T11:00:00Z'),
};

const read = (text: string) => {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent');
  const [component] = events;
  if (component === undefined || events.length !== 1) throw new Error('there is to be one event');
  return { calendar, component, event: new ICAL.Event(component) };
};

/** A calendar as RFC 5546, section 3.2 has it: a higher SEQUENCE of the same UID replaces, CANCEL takes away. */
const keepIn = (held: Map<string, InstanceType<typeof ICAL.Event>>, text: string) => {
  const { calendar, event } = read(text);
  const before = held.get(event.uid);
  if (before !== undefined && before.sequence >= event.sequence) return;
  if (calendar.getFirstPropertyValue('method') === 'CANCEL') held.delete(event.uid);
  else held.set(event.uid, event);
};

describe('the calendar entry', () => {
  it('says when, and nothing of what, with an alarm a quarter of an hour before', () => {
    const { calendar, component, event } = read(writeCalendar(entry));
    expect(calendar.getFirstPropertyValue('method')).toBe('REQUEST');
    expect([event.uid, event.summary, event.sequence]).toEqual([entry.uid, 'Aftale', 0]);
    expect(event.startDate.toJSDate()).toEqual(entry.startsAt);
    expect(event.endDate.toJSDate()).toEqual(entry.endsAt);
    expect(component.getFirstPropertyValue('url')).toBe(entry.link);
    expect(component.getFirstPropertyValue('class')).toBe('PRIVATE');
    const alarms = component.getAllSubcomponents('valarm');
    expect(alarms.map((alarm) => String(alarm.getFirstPropertyValue('trigger')))).toEqual(['-PT15M']);
    expect(alarms.map((alarm) => alarm.getFirstPropertyValue('description'))).toEqual(['Aftale']);
    expect(read(writeCalendar({ ...entry, language: 'en' })).event.summary).toBe('Appointment');
  });

  it('is replaced by a change and taken away by a cancellation', () => {
    const held = new Map<string, InstanceType<typeof ICAL.Event>>();
    keepIn(held, writeCalendar(entry));
    const moved = {
      ...entry,
      startsAt: new Date('2026-11-27T12:00:00Z'),
      endsAt: new Date('2026-11-27T12:30:00Z'),
    };
    keepIn(held, writeCalendar({ ...moved, sequence: 1 }));
    expect([...held.values()].map(({ startDate }) => startDate.toJSDate())).toEqual([moved.startsAt]);
    // What is late changes nothing any more.
    keepIn(held, writeCalendar(entry));
    expect([...held.values()].map(({ startDate }) => startDate.toJSDate())).toEqual([moved.startsAt]);
    keepIn(held, writeCalendar({ ...moved, sequence: 2, isCancelled: true, link: null }));
    expect(held.size).toBe(0);
  });

  it('has its times right on both sides of a clock change', () => {
    for (const startsAt of ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2027-03-28T01:00:00Z']) {
      const at = new Date(startsAt);
      const { event } = read(
        writeCalendar({ ...entry, startsAt: at, endsAt: new Date(at.getTime() + 1_800_000) }),
      );
      expect(event.startDate.toJSDate()).toEqual(at);
      expect(event.duration.toSeconds()).toBe(1800);
    }
  });

  it('is cancelled without link and alarm, and says so', () => {
    const { calendar, component } = read(writeCalendar({ ...entry, isCancelled: true, sequence: 3 }));
    expect(calendar.getFirstPropertyValue('method')).toBe('CANCEL');
    expect(component.getFirstPropertyValue('status')).toBe('CANCELLED');
    expect(component.getFirstPropertyValue('url')).toBeNull();
    expect(component.getAllSubcomponents('valarm')).toEqual([]);
  });
});
