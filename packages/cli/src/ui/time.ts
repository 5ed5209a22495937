import { formatDay, formatTime, formatTimeRange } from '@naer/core/contract/time-phrase';
import { wallTime } from '../actions/days.ts';
import { language } from '../language.ts';

/** An instant of the API as Danish wall time: "tirsdag 24. november kl. 10.00". */
export const moment = (instant: string): string =>
  formatTime(new Date(instant), language(), { now: new Date() });

/** A booking's time: "tirsdag 24. november kl. 10.00–10.30"; `parseTimePhrase` reads it back. */
export const span = (startsAt: string, endsAt: string): string =>
  formatTimeRange(new Date(startsAt), new Date(endsAt), language(), { now: new Date() });

/** The same for a table: "tir 24. nov 10.00–10.30"; it is read back just as well. */
export const shortSpan = (startsAt: string, endsAt: string): string => shorter(span(startsAt, endsAt));

/** An instant for a table: "tir 24. nov 10.00". */
export const shortMoment = (instant: string): string => shorter(moment(instant));

/** Weekdays and months by their first three letters; what stands in brackets is kept. */
const shorter = (text: string): string =>
  text.replace(' kl.', '').replace(/\p{L}{4,}(?![^(]*\))/gu, (name) => name.slice(0, 3));

/** A day of the API: "tirsdag 24. november". */
export const dayText = (day: string): string => formatDay(day, language(), { now: new Date() });

/** The same for a table, where this year goes without saying: "tir 24. nov", "tir 24. nov 2025". */
export const shortDay = (day: string): string =>
  shorter(dayText(day)).replace(new RegExp(` ${wallTime(new Date()).day.slice(0, 4)}$`), '');

/** Today as it is written on paper, with its year. */
export const today = (): string =>
  formatDay(new Date().toLocaleDateString('sv', { timeZone: 'Europe/Copenhagen' }), language());
