import { createHash } from 'node:crypto';
import type { Language } from '../kernel/errors.ts';
import { masterKeyBytes, masterKeyId } from './master-key-file.ts';

/**
 * A master key on paper: five lines of twenty characters in Crockford's base 32 (Douglas Crockford, "Base 32"), written
 * in groups of four. A line is its number (1 to 5), 13 characters of 64 bits, and 6 characters that check it: the code
 * of Bech32 (BIP-173), which finds every error of up to four characters in a line. Lines 1 to 4 are the key; line 5 is
 * the first half of the key's SHA-256 and so checks the whole.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const lineBytes = 8;
const dataLength = 13;
const checkLength = 6;
const lineLength = 1 + dataLength + checkLength;
const lineCount = masterKeyBytes / lineBytes + 1;

export type PaperProblem =
  /** There is no such line. */
  | 'missing'
  /** The line stands there twice, not alike. */
  | 'twice'
  /** The line has too few or too many characters. */
  | 'length'
  /** The line has a character that is never used: U, or a sign. */
  | 'character'
  /** The line was copied wrongly somewhere. */
  | 'check'
  /** Every line is right by itself, but they are not of one key. */
  | 'mixed';

export type DecodedPaperKey =
  | { readonly ok: true; readonly keyId: string; readonly key: Buffer }
  /** `line` is 1 to 5; null where all are meant. */
  | { readonly ok: false; readonly line: number | null; readonly problem: PaperProblem };

/** The five lines of a key, in groups of four. */
export function encodePaperKey(keyId: string, key: Uint8Array): string[] {
  if (key.length !== masterKeyBytes || masterKeyId(key) !== keyId)
    throw new Error('the key is not the one named');
  const bytes = Buffer.concat([key, digestOf(key)]);
  return Array.from({ length: lineCount }, (_, index) => {
    const part = bytes.subarray(index * lineBytes, (index + 1) * lineBytes);
    const values = [index + 1, ...toBase32(part)];
    const text = [...values, ...checkOf(values)].map((value) => alphabet[value]).join('');
    return (text.match(/.{4}/g) ?? []).join(' ');
  });
}

/**
 * Reads the lines back from whatever a person typed or a page holds: in any order, among other text, in small letters,
 * with any spaces and hyphens, with O for 0 and I or L for 1.
 */
export function decodePaperKey(text: string): DecodedPaperKey {
  const found = new Map<number, string>();
  for (const row of text.slice(0, 100_000).split('\n')) {
    const line = asLine(row);
    if (line === null) continue;
    const number = Number(line[0]);
    const earlier = found.get(number);
    if (earlier !== undefined && earlier !== line) return { ok: false, line: number, problem: 'twice' };
    found.set(number, line);
  }
  const parts: Buffer[] = [];
  for (let number = 1; number <= lineCount; number += 1) {
    const read = readLine(found.get(number));
    if (typeof read === 'string') return { ok: false, line: number, problem: read };
    parts.push(read);
  }
  const bytes = Buffer.concat(parts);
  const key = bytes.subarray(0, masterKeyBytes);
  if (!digestOf(key).equals(bytes.subarray(masterKeyBytes)))
    return { ok: false, line: null, problem: 'mixed' };
  return { ok: true, keyId: masterKeyId(key), key };
}

const digestOf = (key: Uint8Array): Buffer =>
  createHash('sha256').update(key).digest().subarray(0, lineBytes);

/** A row that is meant as a line of a key, compact; null for the words around them. */
function asLine(row: string): string | null {
  const compact = row
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}_.:]/gu, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  const near = compact.length >= lineLength - 4 && compact.length <= lineLength + 4;
  return near && /^[1-5]/.test(compact) ? compact : null;
}

function readLine(line: string | undefined): Buffer | PaperProblem {
  if (line === undefined) return 'missing';
  if (line.length !== lineLength) return 'length';
  const values = [...line].map((char) => alphabet.indexOf(char));
  if (values.includes(-1)) return 'character';
  const data = values.slice(0, 1 + dataLength);
  if (checkOf(data).some((value, index) => value !== values[1 + dataLength + index])) return 'check';
  return fromBase32(data.slice(1)) ?? 'check';
}

/** 8 bytes as 13 values of 5 bits; the last bit is 0. */
function toBase32(bytes: Uint8Array): number[] {
  const bits = Buffer.from(bytes).readBigUInt64BE() << 1n;
  return Array.from({ length: dataLength }, (_, index) =>
    Number((bits >> BigInt(5 * (dataLength - 1 - index))) & 31n),
  );
}

function fromBase32(values: readonly number[]): Buffer | null {
  const bits = values.reduce((sum, value) => (sum << 5n) | BigInt(value), 0n);
  if ((bits & 1n) === 1n) return null;
  const bytes = Buffer.alloc(lineBytes);
  bytes.writeBigUInt64BE(bits >> 1n);
  return bytes;
}

/** BIP-173: the remainder of the values as a polynomial over GF(32), and the constant that keeps zeros from passing. */
const generator = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function checkOf(values: readonly number[]): number[] {
  let sum = 1;
  for (const value of [...values, 0, 0, 0, 0, 0, 0]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, term] of generator.entries()) if (((top >> bit) & 1) === 1) sum ^= term;
  }
  return Array.from(
    { length: checkLength },
    (_, index) => ((sum ^ 1) >>> (5 * (checkLength - 1 - index))) & 31,
  );
}

const pageTexts = {
  da: {
    title: 'Nær: papirkopi af hovednøglen',
    key: 'Nøgle',
    printed: 'Udskrevet',
    paragraphs: [
      [
        'Hvad det er.',
        'Borgernes navne, telefonnumre og adresser ligger krypteret i Nærs',
        'database. Kun denne nøgle åbner dem. Går nøglefilen tabt, og findes',
        'papiret ikke, er oplysningerne tabt for altid.',
      ],
      [
        'Hvor det skal ligge.',
        'I et aflåst pengeskab eller en bankboks, et andet sted end sikkerhedskopien',
        'af databasen: den, der har begge, kan læse alt. Tag ikke et billede af',
        'papiret, og scan det ikke. Skriv op, hvem der har adgang.',
      ],
      [
        'Sådan lægges nøglen tilbage.',
        'Kør »naer key restore« på serveren, skriv de fem linjer, og start Nær.',
        'Store og små bogstaver er lige gode. O læses som 0, og I og L som 1;',
        'U bruges ikke. Kommandoen siger, hvilken linje der er skrevet forkert.',
      ],
      [
        'Når nøglen er skiftet.',
        'Udskriv en ny side med »naer key backup«. Gem denne, så længe der findes',
        'sikkerhedskopier af databasen fra dens tid; brænd eller makulér den så.',
      ],
    ],
  },
  en: {
    title: 'Nær: paper backup of the master key',
    key: 'Key',
    printed: 'Printed',
    paragraphs: [
      [
        'What it is.',
        "The citizens' names, telephone numbers and addresses are encrypted in the",
        'database of Nær. Only this key opens them. If the key file is lost and',
        'this paper is not there, they are lost for good.',
      ],
      [
        'Where to keep it.',
        'In a locked safe or a bank box, not where the backup of the database is:',
        'whoever has both can read everything. Do not photograph or scan the paper.',
        'Write down who has access.',
      ],
      [
        'How to put the key back.',
        'Run "naer key restore" on the server, type the five lines, and start Nær.',
        'Capital and small letters are alike. O is read as 0, and I and L as 1;',
        'U is not used. The command tells which line was typed wrongly.',
      ],
      [
        'After the key was changed.',
        'Print a new page with "naer key backup". Keep this one as long as there are',
        'backups of the database from its time; then burn or shred it.',
      ],
    ],
  },
} as const satisfies Record<Language, unknown>;

export interface PaperBackup {
  readonly keyId: string;
  readonly key: Uint8Array;
  readonly language: Language;
  /** The day, as it shall be read. */
  readonly printedOn: string;
}

/** The page as plain text of at most 80 columns, which fits A4; one page for each key of the file. */
export function renderPaperBackup({ keyId, key, language, printedOn }: PaperBackup): string {
  const { title, key: keyWord, printed, paragraphs } = pageTexts[language];
  const lines = encodePaperKey(keyId, key).map((line) => `        ${line}`);
  const facts = `${keyWord}: ${keyId}    ${printed}: ${printedOn}`;
  const words = paragraphs.map(([heading, ...text]) =>
    [heading, ...text.map((line) => `  ${line}`)].join('\n'),
  );
  return `${[title, '='.repeat(title.length), '', facts, '', lines.join('\n\n'), '', words.join('\n\n')].join('\n')}\n`;
}
