/**
 * The code a citizen is known by outside the vault: "B-", four characters of Crockford's base 32 and his check
 * character (Douglas Crockford, "Base 32": the number modulo 37). Check values of 32 and more would need the
 * symbols * ~ $ = U; numbers that have them are never given out, which leaves 907,000 codes of plain characters.
 * One wrong character and two neighbours swapped are always noticed, because 37 is a prime above 32.
 */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeCount = 32 ** 4;

/**
 * A new random code. `randomBytes` MUST be a cryptographic source: codes must not tell the order in which citizens
 * came. Uniqueness within a municipality is the caller's and the database's matter.
 */
export function makeCitizenCode(randomBytes: (length: number) => Uint8Array): string {
  for (let attempt = 0; attempt < 1000; attempt += 1) {
    const [a = 0, b = 0, c = 0] = randomBytes(3);
    const number = (a * 65_536 + b * 256 + c) % codeCount;
    const code = withCheck(number);
    if (code !== null) return code;
  }
  throw new Error('The source of random bytes gives the same bytes again and again.');
}

function withCheck(number: number): string | null {
  const check = alphabet[number % 37];
  if (check === undefined) return null;
  let digits = '';
  for (let rest = number, place = 0; place < 4; place += 1) {
    digits = `${alphabet[rest % 32] ?? ''}${digits}`;
    rest = Math.floor(rest / 32);
  }
  return `B-${digits}${check}`;
}

/**
 * The code a person meant, in its one written form, or null when it is none. Lower case, spaces, missing or odd
 * hyphens are read through, as are I and L for 1 and O for 0.
 */
export function parseCitizenCode(text: string): string | null {
  if (text.length > 40) return null;
  const compact = text.toUpperCase().replace(/[\s\p{Pd}]/gu, '');
  const match = /^B([0-9A-Z]{4})([0-9A-Z])$/.exec(compact);
  if (match === null) return null;
  const read = (chars: string): string => chars.replace(/[IL]/g, '1').replace(/O/g, '0');
  let number = 0;
  for (const char of read(match[1] ?? '')) {
    const value = alphabet.indexOf(char);
    if (value < 0) return null;
    number = number * 32 + value;
  }
  const code = withCheck(number);
  return code?.at(-1) === read(match[2] ?? '') ? code : null;
}
