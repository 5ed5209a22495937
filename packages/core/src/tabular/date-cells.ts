import { bad, good } from './cells.ts';
import type { CellParser, DateOrder, Parsed } from './shape.ts';
import { unreadable } from './unreadable.ts';

/**
 * Dates in exports. With hyphens or dots the day comes first; "2025-09-21" is ISO. Slashes are read the Danish way
 * too, unless some date of the column can only be American (the second number is above 12); a column that also has a
 * date which can only be Danish is refused, and `--dates` decides for the reader.
 */
const numericDate = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})(?!\d)/;
const isoDate = /^(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)/;
const midnight = /^(?:[ T]0{1,2}[:.]00(?:[:.]00(?:\.0+)?)?)?$/;
const clock = /^(?:[ T](\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:\.\d+)?)?(?: ?([AP])M)?)$/i;

interface SplitDate {
  readonly day: string;
  readonly rest: string;
}

function splitDate(text: string, order: DateOrder): Parsed<SplitDate> {
  const iso = isoDate.exec(text);
  const numeric = iso ? null : numericDate.exec(text);
  if (!iso && !numeric) return bad('not_a_date');
  const american = numeric?.[2] === '/' && order === 'american';
  const [year, month, date] = iso
    ? [iso[1], iso[2], iso[3]]
    : [numeric?.[4], american ? numeric?.[1] : numeric?.[3], american ? numeric?.[3] : numeric?.[1]];
  const day = `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
  // The calendar's own reading gives the same text only for a day that exists.
  const instant = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 10) !== day)
    return bad('no_such_date');
  return good({ day, rest: text.slice((iso ?? numeric)?.[0].length) });
}

export interface DayLimits {
  /** "YYYY-MM-DD", both included. */
  readonly min?: string;
  readonly max?: string;
}

/** A day as "YYYY-MM-DD". A time of midnight after it, as spreadsheets add, is passed over. */
export function dateCell({ min = '2000-01-01', max = '2100-12-31' }: DayLimits = {}): CellParser<string> {
  return {
    dates: true,
    parse: (text, { dateOrder }) => {
      const date = splitDate(text, dateOrder);
      if (!date.ok) return date;
      if (!midnight.test(date.value.rest)) return bad('not_a_date');
      const { day } = date.value;
      return day < min || day > max ? bad('date_out_of_range', { min, max }) : good(day);
    },
  };
}

/** A day and time as "YYYY-MM-DDTHH:MM:SS", of whatever zone the file means; "AM" and "PM" are understood. */
export const dateTimeCell: CellParser<string> = {
  dates: true,
  parse: (text, { dateOrder }) => {
    const date = splitDate(text, dateOrder);
    if (!date.ok) return date;
    const match = clock.exec(date.value.rest);
    const half = match?.[4]?.toUpperCase();
    const written = Number(match?.[1]);
    if (!match || (half !== undefined && (written < 1 || written > 12))) return bad('not_a_date');
    const hour = half === undefined ? written : (written % 12) + (half === 'P' ? 12 : 0);
    const [minute, second] = [Number(match[2]), Number(match[3] ?? 0)];
    if (hour > 23 || minute > 59 || second > 59) return bad('not_a_date');
    const two = (n: number): string => String(n).padStart(2, '0');
    return good(`${date.value.day}T${two(hour)}:${two(minute)}:${two(second)}`);
  },
};

/** What the dates of one column have shown so far about its order. */
export class DateEvidence {
  #danishLine: number | null = null;
  #americanLine: number | null = null;

  see(text: string, line: number): void {
    const match = numericDate.exec(text);
    if (match === null) return;
    const [first, second] = [Number(match[1]), Number(match[3])];
    if (first > 12 && first <= 31 && second <= 12) this.#danishLine ??= line;
    if (match[2] === '/' && second > 12 && second <= 31 && first <= 12) this.#americanLine ??= line;
  }

  /** Throws `import_unreadable` when the column proves both orders. */
  order(heading: string): DateOrder {
    if (this.#danishLine !== null && this.#americanLine !== null) {
      const lines = { danishLine: this.#danishLine, americanLine: this.#americanLine };
      throw unreadable('dates_mixed', { heading, ...lines });
    }
    return this.#americanLine === null ? 'danish' : 'american';
  }
}
