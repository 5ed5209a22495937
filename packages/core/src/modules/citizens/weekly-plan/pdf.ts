import { inflateSync } from 'node:zlib';
import { isDict, isRef, nameOf, type PdfDict, PdfReader, type PdfValue } from './pdf-values.ts';
import { fileRefusal } from './refusal.ts';

/** A week's plan has a page or two; more than this is another document. */
const mostPages = 100;
/** Bounds on what a hostile file may cost. An ordinary one of a hundred pages has some thousands of objects. */
const mostObjects = 100_000;
const mostValues = 1_000_000;
const mostNodes = 10_000;
const mostInflatedBytes = 16 * 1024 * 1024;

/**
 * Counts the pages of a PDF by following its page tree (ISO 32000-2, section 7.7.3), which shows that it is whole. Objects
 * are found by reading the file from its beginning, as readers do that repair one, so its tables of offsets may be wrong.
 * Nothing of what is drawn on the pages is looked at.
 *
 * @throws DomainError file_not_usable: encrypted, without pages, of too many, or not to be read
 */
export function countPages(file: Buffer): number {
  const { objects, trailers } = readObjects(file.toString('latin1'), file);
  if (trailers.some((trailer) => (trailer.get('Encrypt') ?? null) !== null)) throw fileRefusal('protected');
  const resolve = (value: PdfValue | undefined): PdfValue | undefined => {
    // A reference to a reference is no PDF; two steps are kindness enough.
    const once = isRef(value) ? objects.get(value.ref) : value;
    return isRef(once) ? objects.get(once.ref) : once;
  };
  const catalog = resolve(trailers.findLast((trailer) => trailer.has('Root'))?.get('Root'));
  if (!isDict(catalog)) throw fileRefusal('broken');
  const todo: (PdfValue | undefined)[] = [catalog.get('Pages')];
  let [pages, steps] = [0, 0];
  while (todo.length > 0) {
    const node = resolve(todo.pop());
    // A tree that bites its own tail is never at its end.
    if (++steps > mostNodes) throw fileRefusal('broken');
    if (!isDict(node)) continue;
    const kids = resolve(node.get('Kids'));
    if (Array.isArray(kids)) todo.push(...kids.slice(0, mostNodes));
    else pages += 1;
    if (pages > mostPages) throw fileRefusal('too-many-pages');
  }
  if (pages === 0) throw fileRefusal('broken');
  return pages;
}

interface Found {
  readonly objects: Map<number, PdfValue>;
  readonly trailers: PdfDict[];
}

/** In the order of the file: what is written again later counts, as in a file that was changed by appending to it. */
function readObjects(text: string, file: Buffer): Found {
  const [objects, trailers] = [new Map<number, PdfValue>(), [] as PdfDict[]];
  const budget = { values: mostValues };
  let [inflated, count, unpacked] = [0, 0, 0];
  const unpack = (dict: PdfDict, data: Buffer): void => {
    const [many, first] = [dict.get('N'), dict.get('First')];
    if (typeof many !== 'number' || typeof first !== 'number') return;
    const most = mostInflatedBytes - inflated;
    const plain = most <= 0 ? null : inflate(dict, data, most);
    // What could not be unpacked may have cost all of it.
    inflated += plain === null ? mostInflatedBytes : plain.length;
    if (plain === null || inflated > mostInflatedBytes) return;
    const inside = plain.toString('latin1');
    const heads = new PdfReader(inside, 0, budget);
    for (let n = 0; n < many; n += 1) {
      const [number, offset] = [heads.read(), heads.read()];
      if (typeof number !== 'number' || typeof offset !== 'number') return;
      const reader = new PdfReader(inside, first + offset, budget);
      objects.set(number, reader.read() ?? null);
      // Objects that overlap would be read again and again.
      unpacked += reader.at - first - offset;
      if (++count > mostObjects || unpacked > mostInflatedBytes) throw fileRefusal('broken');
    }
  };

  const heads = new Heads(text);
  for (let at = 0; ; ) {
    const head = heads.next(at);
    if (head === null) return { objects, trailers };
    if (++count > mostObjects || budget.values <= 0) throw fileRefusal('broken');
    const reader = new PdfReader(text, head.after, budget);
    const value = reader.read();
    at = Math.max(reader.at, head.after);
    if (head.number === null) {
      if (isDict(value)) trailers.push(value);
      continue;
    }
    if (value === undefined) continue;
    objects.set(head.number, value);
    const begin = isDict(value) ? beginOfStream(text, reader.at) : null;
    if (!isDict(value) || begin === null) continue;
    const end = endOfStream(text, begin, value.get('Length'));
    at = end;
    const type = nameOf(value.get('Type'));
    if (type === 'XRef') trailers.push(value);
    if (type === 'ObjStm') unpack(value, file.subarray(begin, end));
  }
}

/** Finds each `12 0 obj` and `trailer`, going forward only. */
class Heads {
  readonly #text: string;
  #trailer = -1;

  constructor(text: string) {
    this.#text = text;
  }

  next(from: number): { readonly number: number | null; readonly after: number } | null {
    const text = this.#text;
    if (this.#trailer < from) {
      const found = text.indexOf('trailer', from);
      this.#trailer = found === -1 ? Number.POSITIVE_INFINITY : found;
    }
    for (let at = text.indexOf('obj', from); at !== -1; at = text.indexOf('obj', at + 3)) {
      if (this.#trailer < at) break;
      const before = text.slice(Math.max(from, at - 32), at);
      const number = /(?:^|[^\d])(\d{1,9})\s{1,8}\d{1,5}\s{1,8}$/.exec(before)?.[1];
      if (number !== undefined) return { number: Number(number), after: at + 3 };
    }
    return Number.isFinite(this.#trailer) ? { number: null, after: this.#trailer + 'trailer'.length } : null;
  }
}

function beginOfStream(text: string, at: number): number | null {
  const found = /^\s{0,8}stream(\r\n|\n|\r)?/.exec(text.slice(at, at + 20));
  return found === null ? null : at + found[0].length;
}

/** By its length where that holds, else by the word that ends it; a stream without end goes to the end. */
function endOfStream(text: string, begin: number, length: PdfValue | undefined): number {
  if (typeof length === 'number' && length >= 0 && begin + length <= text.length) {
    const told = begin + length;
    if (/^\s{0,4}endstream/.test(text.slice(told, told + 16))) return told;
  }
  const end = text.indexOf('endstream', begin);
  return end === -1 ? text.length : end;
}

/** Null where it is packed in a way that no program is known to use here, or is damaged. */
function inflate(dict: PdfDict, data: Buffer, most: number): Buffer | null {
  const filter = dict.get('Filter');
  const name = nameOf(Array.isArray(filter) ? filter[0] : filter);
  if (filter === undefined || (Array.isArray(filter) && filter.length === 0)) return data.subarray(0, most);
  if (name !== 'FlateDecode' || dict.has('DecodeParms') || (Array.isArray(filter) && filter.length > 1))
    return null;
  try {
    return inflateSync(data, { maxOutputLength: most });
  } catch {
    return null;
  }
}
