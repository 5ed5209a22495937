/** A name of PDF, such as /Type. */
interface PdfName {
  readonly name: string;
}
export interface PdfRef {
  readonly ref: number;
}
export type PdfDict = ReadonlyMap<string, PdfValue>;
/** Strings are not kept: nothing that is asked for is one. */
export type PdfValue = null | boolean | number | PdfName | PdfRef | PdfDict | readonly PdfValue[] | 'string';

export const isDict = (value: PdfValue | undefined): value is PdfDict => value instanceof Map;
export const isRef = (value: PdfValue | undefined): value is PdfRef =>
  typeof value === 'object' && value !== null && 'ref' in value;
export const nameOf = (value: PdfValue | undefined): string | null =>
  typeof value === 'object' && value !== null && 'name' in value ? value.name : null;

const deepest = 64;
const mostInOne = 20_000;
const whitespace = new Set(['\0', '\t', '\n', '\f', '\r', ' ']);
const delimiters = new Set(['(', ')', '<', '>', '[', ']', '{', '}', '/', '%']);

/** Reads the values of PDF (ISO 32000-2, section 7.3) one after another; what is none reads as `undefined`. */
export class PdfReader {
  readonly #text: string;
  readonly #budget: { values: number };
  /** Behind what was read last. */
  at: number;

  /** @param budget how many values may still be read, here and wherever else it was given to */
  constructor(text: string, at: number, budget: { values: number }) {
    this.#text = text;
    this.at = at;
    this.#budget = budget;
  }

  read(depth = 0): PdfValue | undefined {
    this.#skip();
    const sign = this.#text[this.at];
    this.#budget.values -= 1;
    if (sign === undefined || depth > deepest || this.#budget.values < 0) return undefined;
    if (sign === '/') return this.#name();
    if (sign === '(') return this.#string();
    if (sign === '[') return this.#array(depth);
    if (sign === '<') return this.#text[this.at + 1] === '<' ? this.#dict(depth) : this.#hex();
    return this.#word();
  }

  #skip(): void {
    for (;;) {
      const sign = this.#text[this.at];
      if (sign === undefined) return;
      if (sign === '%') {
        while (this.at < this.#text.length && !'\r\n'.includes(this.#text[this.at] ?? '\n')) this.at += 1;
      } else if (!whitespace.has(sign)) return;
      else this.at += 1;
    }
  }

  #regular(): string {
    const from = this.at;
    // No word or name that means anything is longer (annex C).
    while (this.at < this.#text.length && this.at - from < 256) {
      const sign = this.#text[this.at] ?? ' ';
      if (whitespace.has(sign) || delimiters.has(sign)) break;
      this.at += 1;
    }
    return this.#text.slice(from, this.at);
  }

  #name(): PdfName {
    this.at += 1;
    const raw = this.#regular();
    return {
      name: raw.replace(/#([\dA-Fa-f]{2})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      ),
    };
  }

  #string(): 'string' {
    let open = 0;
    for (; this.at < this.#text.length; this.at += 1) {
      const sign = this.#text[this.at];
      if (sign === '\\') this.at += 1;
      else if (sign === '(') open += 1;
      else if (sign === ')') {
        open -= 1;
        if (open === 0) break;
      }
    }
    this.at += 1;
    return 'string';
  }

  #hex(): 'string' {
    const end = this.#text.indexOf('>', this.at);
    this.at = end === -1 ? this.#text.length : end + 1;
    return 'string';
  }

  #array(depth: number): readonly PdfValue[] {
    this.at += 1;
    const values: PdfValue[] = [];
    while (values.length < mostInOne) {
      this.#skip();
      if (this.#text[this.at] === ']') {
        this.at += 1;
        break;
      }
      const value = this.read(depth + 1);
      if (value === undefined) break;
      values.push(value);
    }
    return values;
  }

  #dict(depth: number): PdfDict {
    this.at += 2;
    const entries = new Map<string, PdfValue>();
    while (entries.size < mostInOne) {
      this.#skip();
      if (this.#text.startsWith('>>', this.at)) {
        this.at += 2;
        break;
      }
      const key = nameOf(this.read(depth + 1));
      const value = key === null ? undefined : this.read(depth + 1);
      if (key === null || value === undefined) break;
      entries.set(key, value);
    }
    return entries;
  }

  /** A number, a reference (`12 0 R`), or one of three words. */
  #word(): PdfValue | undefined {
    const word = this.#regular();
    if (word === 'null') return null;
    if (word === 'true' || word === 'false') return word === 'true';
    if (!/^[+-]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})$/.test(word)) return undefined;
    const number = Number(word);
    const reference = /^\s{1,8}\d{1,5}\s{1,8}R(?![A-Za-z0-9])/.exec(this.#text.slice(this.at, this.at + 24));
    if (reference === null || !Number.isInteger(number)) return number;
    this.at += reference[0].length;
    return { ref: number };
  }
}
