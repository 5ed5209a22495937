import { addDays } from './time-zone.ts';

export interface PublicHoliday {
  /** "YYYY-MM-DD" */
  readonly day: string;
  readonly da: string;
  readonly en: string;
}

/**
 * The Danish public holidays (helligdage) of a year, in order. Store bededag is among them until 2023: lov nr. 214 af
 * 6. marts 2023 abolished it from 1 January 2024. Grundlovsdag and Christmas Eve are none, though many are off.
 */
export function publicHolidays(year: number): readonly PublicHoliday[] {
  const easter = easterSunday(year);
  const holiday = (day: string, da: string, en: string): PublicHoliday => ({ day, da, en });
  return [
    holiday(`${year}-01-01`, 'nytårsdag', "New Year's Day"),
    holiday(addDays(easter, -3), 'skærtorsdag', 'Maundy Thursday'),
    holiday(addDays(easter, -2), 'langfredag', 'Good Friday'),
    holiday(easter, 'påskedag', 'Easter Sunday'),
    holiday(addDays(easter, 1), '2. påskedag', 'Easter Monday'),
    ...(year < 2024 ? [holiday(addDays(easter, 26), 'store bededag', 'Great Prayer Day')] : []),
    holiday(addDays(easter, 39), 'Kristi himmelfartsdag', 'Ascension Day'),
    holiday(addDays(easter, 49), 'pinsedag', 'Whit Sunday'),
    holiday(addDays(easter, 50), '2. pinsedag', 'Whit Monday'),
    holiday(`${year}-12-25`, 'juledag', 'Christmas Day'),
    holiday(`${year}-12-26`, '2. juledag', 'Boxing Day'),
  ];
}

/** The public holiday a day is, or null. */
export function findPublicHoliday(day: string): PublicHoliday | null {
  return publicHolidays(Number(day.slice(0, 4))).find((holiday) => holiday.day === day) ?? null;
}

// Easter Sunday in the Gregorian calendar by the anonymous algorithm (Meeus, "Astronomical Algorithms", chapter 8).
function easterSunday(year: number): string {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const inCentury = year % 100;
  const moonCorrection = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - Math.floor(century / 4) - moonCorrection + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(inCentury / 4) - epact - (inCentury % 4)) % 7;
  const correction = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const marchDays = epact + weekday - 7 * correction + 114;
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${year}-${two(Math.floor(marchDays / 31))}-${two((marchDays % 31) + 1)}`;
}
