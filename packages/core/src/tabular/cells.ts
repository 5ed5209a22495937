import type { ReasonParams, RowReason } from '../contract/import-reasons.ts';
import { foldName, isEmail, parseDanishPhone } from '../kernel/text.ts';
import type { CellParser, Parsed } from './shape.ts';

/** The readers of single cells. Dates have a file of their own, `date-cells.ts`. */
export const good = <V>(value: V): Parsed<V> => ({ ok: true, value });
export const bad = (reason: RowReason, params: ReasonParams = {}): Parsed<never> => ({
  ok: false,
  reason,
  params,
});

export const textCell = (max: number): CellParser<string> => ({
  parse: (text) => (text.length > max ? bad('too_long', { max }) : good(text)),
});

export interface NumberLimits {
  readonly min?: number;
  readonly max?: number;
}

function within(value: number, limits: NumberLimits): Parsed<number> {
  if (limits.min !== undefined && value < limits.min) return bad('too_small', { min: limits.min });
  if (limits.max !== undefined && value > limits.max) return bad('too_large', { max: limits.max });
  return good(value);
}

export const wholeNumberCell = (limits: NumberLimits = {}): CellParser<number> => ({
  parse: (text) => {
    const number = readDecimal(text);
    if (!number.ok) return number;
    return Number.isSafeInteger(number.value) ? within(number.value, limits) : bad('not_a_whole_number');
  },
});

/** "4,5", "4.5", "1.234,5", "1,234.5" and "1 234,5"; what could be either thousands or decimals is refused. */
export const decimalCell = (limits: NumberLimits & { readonly decimals: number }): CellParser<number> => ({
  parse: (text) => {
    const number = readDecimal(text);
    if (!number.ok) return number;
    const scaled = number.value * 10 ** limits.decimals;
    if (Math.abs(scaled - Math.round(scaled)) > 1e-6)
      return bad('too_many_decimals', { decimals: limits.decimals });
    return within(number.value, limits);
  },
});

function readDecimal(text: string): Parsed<number> {
  const compact = text.replace(/(?<=\d)\s(?=\d{3}(?!\d))/g, '').replace('\u2212', '-');
  if (compact.length > 20) return bad('not_a_number');
  // "1.234" is 1234 to a Dane and 1.234 to an American, "1,234" the other way round; "0,125" is neither's thousands.
  if (/^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(compact)) return bad('ambiguous_number');
  if (/^[+-]?\d+(?:[.,]\d+)?$/.test(compact)) return good(Number(compact.replace(',', '.')));
  const danish = /^([+-]?[1-9]\d{0,2}(?:\.\d{3})+)(?:,(\d+))?$/.exec(compact);
  if (danish) return good(Number(`${(danish[1] ?? '').replaceAll('.', '')}.${danish[2] ?? 0}`));
  const american = /^([+-]?[1-9]\d{0,2}(?:,\d{3})+)(?:\.(\d+))?$/.exec(compact);
  if (american) return good(Number(`${(american[1] ?? '').replaceAll(',', '')}.${american[2] ?? 0}`));
  return bad('not_a_number');
}

const yes = new Set(['ja', 'j', 'yes', 'y', 'true', 'sand', 'sandt', '1', 'x', '✓', '✔']);
const no = new Set(['nej', 'n', 'no', 'false', 'falsk', '0', '-']);

export const yesNoCell: CellParser<boolean> = {
  parse: (text) => {
    const word = text.toLowerCase();
    if (yes.has(word)) return good(true);
    return no.has(word) ? good(false) : bad('not_yes_or_no');
  },
};

/** "07:30", "7.30" or "7" as "07:30"; 24:00 is the end of a day. */
export const clockTimeCell: CellParser<string> = {
  parse: (text) => {
    const match = /^(?:kl\.? ?)?(\d{1,2})(?:[:.](\d{2})(?:[:.]00)?)?$/i.exec(text);
    const [hour, minute] = [Number(match?.[1] ?? -1), Number(match?.[2] ?? 0)];
    if (hour < 0 || minute > 59 || hour * 60 + minute > 1440) return bad('not_a_clock_time');
    return good(`${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
  },
};

/** One of a closed list, by its code or any of its names in either language, compared folded. */
export function choiceCell<V extends string>(choices: Readonly<Record<V, readonly string[]>>): CellParser<V> {
  const entries = Object.entries(choices) as [V, readonly string[]][];
  const known = new Map(
    entries.flatMap(([value, names]) =>
      [value, ...names].map((name): [string, V] => [foldName(name), value]),
    ),
  );
  const allowed = entries.map(([value, names]) => names[0] ?? value).join(', ');
  return {
    parse: (text) => {
      const value = known.get(foldName(text));
      return value === undefined ? bad('not_in_list', { allowed }) : good(value);
    },
  };
}

/** Several values in one cell, separated by semicolons, commas or bars; each once, in their order. */
export function listCell<V>(item: CellParser<V>): CellParser<readonly V[]> {
  return {
    parse: (text, context) => {
      const values: V[] = [];
      for (const part of text.split(/[;,|]/)) {
        if (part.trim() === '') continue;
        const parsed = item.parse(part.trim(), context);
        if (!parsed.ok) return parsed;
        if (!values.includes(parsed.value)) values.push(parsed.value);
      }
      return good(values);
    },
  };
}

/** A telephone number as E.164, see `parseDanishPhone`. */
export const phoneCell: CellParser<string> = {
  parse: (text) => {
    const number = parseDanishPhone(text);
    return number === null ? bad('not_a_phone_number') : good(number);
  },
};

export const emailCell: CellParser<string> = {
  parse: (text) => (isEmail(text) ? good(text) : bad('not_an_email')),
};
