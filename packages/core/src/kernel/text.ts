/**
 * Text as people type it: what is kept, what is refused, and what may be shown again.
 *
 * Every string of the contract and every cell of an import passes through here, so that the CPR refusal, the
 * characters PostgreSQL cannot hold and the masking of personal values are decided in one place.
 */

/** Where in a text something stands, in UTF-16 units of the text as it was given. */
export interface TextSpan {
  readonly index: number;
  readonly length: number;
}

const daysInMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
// Six digits, at most a space, a hyphen and a space, four digits; no digit before or after, so that an IMEI passes.
const cprShape = /(?<!\d)(\d{2})(\d{2})(\d{2}) ?-? ?\d{4}(?!\d)/g;
const uuidShape = /(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])/gi;

/**
 * Finds the first thing that looks like a Danish personal identification number: a valid ddmmyy date, at most a
 * hyphen or spaces, four digits. There is no modulus-11 check, because numbers given out since 2007 fail it.
 * Digits of any script, every kind of hyphen and space, and invisible characters in between are seen through.
 * A UUID is not looked into: in 41,000 of them a handful would look like a number by chance.
 */
export function findCprLike(text: string): TextSpan | null {
  const plain = text.length < 10 ? null : plainDigits(text);
  if (plain === null) return null;
  const uuids = [...plain.text.matchAll(uuidShape)].map((match) => [
    match.index,
    match.index + match[0].length,
  ]);
  cprShape.lastIndex = 0;
  for (let match = cprShape.exec(plain.text); match !== null; match = cprShape.exec(plain.text)) {
    const from = match.index;
    const to = from + match[0].length;
    const inUuid = uuids.some(([start = 0, end = 0]) => from >= start && to <= end);
    if (!inUuid && isDayMonthYear(Number(match[1]), Number(match[2]), Number(match[3]))) {
      const index = plain.origin(from);
      return { index, length: plain.origin(to - 1, 'end') - index };
    }
    cprShape.lastIndex = from + 1;
  }
  return null;
}

// The century is not known, so 29 February is a date in every year that can be a leap year; 2000 makes "00" one.
function isDayMonthYear(day: number, month: number, year: number): boolean {
  if (day < 1 || day > (daysInMonth[month - 1] ?? 0)) return false;
  return !(day === 29 && month === 2) || year % 4 === 0;
}

/** The text with ASCII digits, hyphens and spaces and without invisible characters, and the way back to its origin. */
function plainDigits(
  text: string,
): { text: string; origin: (position: number, edge?: 'end') => number } | null {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole ASCII range is meant.
  if (/^[\x00-\x7f]*$/.test(text)) {
    if (!/\d{4}/.test(text)) return null;
    return {
      text: text.replace(/[\t\n\r]/g, ' '),
      origin: (position, edge) => position + (edge === 'end' ? 1 : 0),
    };
  }
  // Most texts with a letter beyond ASCII have not ten digits of any kind, and need no closer look.
  if (!/(?:\p{N}\P{N}*){10}/u.test(text)) return null;
  let plain = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let at = 0;
  for (const char of text) {
    const end = at + char.length;
    const shown = plainCharacter(char);
    if (shown !== '') {
      plain += shown;
      starts.push(at);
      ends.push(end);
    }
    at = end;
  }
  return {
    text: plain,
    origin: (position, edge) => (edge === 'end' ? ends[position] : starts[position]) ?? text.length,
  };
}

/** One character for one character: an ASCII digit, "-", a space, "" for the invisible, the rest as a letter. */
function plainCharacter(char: string): string {
  if (char <= '\x7f') return /^\s$/.test(char) ? ' ' : char;
  if (/^\p{Nd}$/u.test(char)) return asciiDigit(char);
  if (/^\p{Cf}$/u.test(char)) return '';
  if (/^[\p{Pd}\u2043\u2212]$/u.test(char)) return '-';
  if (/^\s$/u.test(char)) return ' ';
  const compatible = char.normalize('NFKC');
  return /^\d$/.test(compatible) ? compatible : '.';
}

// Decimal digits of a script stand in runs of ten in Unicode, zero first; mathematical ones have an NFKC form.
function asciiDigit(char: string): string {
  const compatible = char.normalize('NFKC');
  if (/^[0-9]$/.test(compatible)) return compatible;
  const code = char.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

/** Whether a text can be stored and shown: no NUL or other control characters but newline and tab, no half surrogates. */
export function isCleanText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  return text.isWellFormed() && !/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(text);
}

/**
 * The same text in the one form that is stored and compared: NFC, without space around it. A single line has each
 * run of white space made one space; `multiline` keeps line breaks (as "\n") and only trims the end of each line.
 */
export function tidyText(text: string, options: { readonly multiline?: boolean } = {}): string {
  const composed = text.normalize('NFC');
  if (options.multiline !== true) return composed.replace(/\s+/g, ' ').trim();
  return composed
    .replace(/\r\n?/g, '\n')
    .replace(/[^\S\n]+(?=\n)/g, '')
    .trim();
}

/**
 * What an error report may show of a personal value: its first character and its length, never the value.
 * "Kirsten Østerg" is shown as "K…(14)"; values under four characters show their length alone, long ones "(40+)".
 */
export function mask(value: string): string {
  const characters = [...tidyText(value)];
  if (characters.length === 0) return '';
  const first = characters[0] ?? '';
  const shown = characters.length >= 4 && /^[\p{L}\p{N}]$/u.test(first) ? first : '';
  return `${shown}…(${characters.length > 40 ? '40+' : characters.length})`;
}

/**
 * A telephone number in E.164, or null. Danish numbers (eight digits, never starting with 0 or 1; law: the numbering
 * plan under the telecommunications act) may be written with spaces, dots, hyphens, "+45", "0045" or "45" before
 * them; a number of another country is kept when it starts with "+".
 */
export function parseDanishPhone(text: string): string | null {
  if (text.length > 40) return null;
  const compact = text.normalize('NFKC').replace(/[\s\p{Pd}\p{Cf}().]/gu, '');
  const danish = /^(?:\+45|0045|45(?=\d{8}$))?([2-9]\d{7})$/.exec(compact);
  if (danish !== null) return `+45${danish[1] ?? ''}`;
  return /^\+(?!45)[1-9]\d{6,14}$/.test(compact) ? compact : null;
}

const mailLabel = '[a-z0-9æøåäöüé](?:[a-z0-9æøåäöüé-]{0,61}[a-z0-9æøåäöüé])?';
const mailShape = new RegExp(
  `^[a-z0-9_%+'&=/~-]+(?:\\.[a-z0-9_%+'&=/~-]+)*@(?:${mailLabel}\\.)+[a-z]{2,63}$`,
  'i',
);

/** Whether a text is an e-mail address of the usual kind: no quotes, no comments, no bare hosts; .dk's own letters pass. */
export function isEmail(text: string): boolean {
  return text.length <= 254 && text.indexOf('@') <= 64 && mailShape.test(text);
}

/**
 * The form in which headings, names and closed-list words are compared: NFC, lower case, everything that is neither
 * letter nor digit made one space. æ, ø, å and accents stay: "Åse" and "Ase" are two names.
 */
export function foldName(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}
