import type { OpeningHours } from '../../contract/index.ts';

/** Opening hours of a week in one cell of a spreadsheet, such as "ma-fr 07:30-18:00; lø 09:00-12:00". */
const days = [
  ['ma', 'man', 'mandag', 'mo', 'mon', 'monday'],
  ['ti', 'tir', 'tirsdag', 'tu', 'tue', 'tuesday'],
  ['on', 'ons', 'onsdag', 'we', 'wed', 'wednesday'],
  ['to', 'tor', 'torsdag', 'th', 'thu', 'thursday'],
  ['fr', 'fre', 'fredag', 'fri', 'friday'],
  ['lø', 'lør', 'lørdag', 'sa', 'sat', 'saturday'],
  ['sø', 'søn', 'søndag', 'su', 'sun', 'sunday'],
] as const;

const weekdayOf = new Map<string, number>(
  days.flatMap((names, index) => names.map((name): [string, number] => [name, index + 1])),
);
const piece =
  /^(?<from>\p{L}+)\.?(?:\s*[-–]\s*(?<to>\p{L}+)\.?)?\s+(?<opens>\d{1,2}(?:[:.]\d{2})?)\s*[-–]\s*(?<closes>\d{1,2}(?:[:.]\d{2})?)$/u;

/** Null when the text is not understood, names a day twice, or closes before it opens. "lukket" is never open. */
export function parseWeeklyHours(text: string): OpeningHours | null {
  if (/^(lukket|closed)$/i.test(text.trim())) return [];
  const hours: OpeningHours = [];
  for (const part of text.split(/[;,]/)) {
    const found = piece.exec(part.trim().toLowerCase())?.groups;
    if (found === undefined) return null;
    const first = weekdayOf.get(found.from ?? '');
    const last = found.to === undefined ? first : weekdayOf.get(found.to);
    const [opens, closes] = [clock(found.opens ?? ''), clock(found.closes ?? '')];
    if (
      first === undefined ||
      last === undefined ||
      first > last ||
      opens === null ||
      closes === null ||
      opens >= closes
    )
      return null;
    for (let weekday = first; weekday <= last; weekday += 1) {
      if (hours.some((day) => day.weekday === weekday)) return null;
      hours.push({ weekday, opens, closes });
    }
  }
  return hours.sort((a, b) => a.weekday - b.weekday);
}

function clock(text: string): string | null {
  const [hour, minute] = text.split(/[:.]/).map(Number);
  if (hour === undefined || (minute ?? 0) > 59 || hour * 60 + (minute ?? 0) > 1440) return null;
  return `${String(hour).padStart(2, '0')}:${String(minute ?? 0).padStart(2, '0')}`;
}

/** The text that `parseWeeklyHours` reads back; days in a row with the same hours are written together. */
export function formatWeeklyHours(hours: OpeningHours): string {
  if (hours.length === 0) return 'lukket';
  const runs: { first: number; last: number; opens: string; closes: string }[] = [];
  for (const { weekday, opens, closes } of [...hours].sort((a, b) => a.weekday - b.weekday)) {
    const run = runs.at(-1);
    if (run !== undefined && run.last === weekday - 1 && run.opens === opens && run.closes === closes)
      run.last = weekday;
    else runs.push({ first: weekday, last: weekday, opens, closes });
  }
  const name = (weekday: number): string => days[weekday - 1]?.[0] ?? '';
  return runs
    .map(
      ({ first, last, opens, closes }) =>
        `${name(first)}${first === last ? '' : `-${name(last)}`} ${opens}-${closes}`,
    )
    .join('; ');
}
