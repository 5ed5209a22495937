import { addDays, localDay } from '../../../kernel/time-zone.ts';

// Months are written `2015-10`, days `2015-10-31`, both of the Danish calendar.

export const monthOf = (day: string): string => day.slice(0, 7);
export const firstDayOf = (month: string): string => `${month}-01`;

export function nextMonth(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`;
}

export const lastDayOf = (month: string): string => addDays(firstDayOf(nextMonth(month)), -1);

/** Whether a month is over. */
export const isOver = (month: string, now: Date): boolean => month < monthOf(localDay(now));

/** The months from a day on that are over; up to the month of the last day where there is one. */
export function monthsOver(startsOn: string, endsOn: string | null, now: Date): string[] {
  const months: string[] = [];
  const last = endsOn === null ? null : monthOf(endsOn);
  for (
    let month = monthOf(startsOn);
    isOver(month, now) && (last === null || month <= last);
    month = nextMonth(month)
  )
    months.push(month);
  return months;
}
