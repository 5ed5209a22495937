import { createHash } from 'node:crypto';

/** Chance that is the same every time: everything invented comes from here. Never for secrets. */
export interface Random {
  /** A whole number from 0 up to but not including `limit`. */
  below(limit: number): number;
  /** A whole number, both ends included. */
  between(first: number, last: number): number;
  chance(percent: number): boolean;
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T;
  /** One of those named, as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key;
  shuffle<T>(list: readonly T[]): T[];
  bytes(length: number): Uint8Array;
  /** Shaped like a random UUID (RFC 9562, version 4). */
  uuid(): string;
}

const twoTo32 = 4_294_967_296;

/**
 * sfc32 of Chris Doty-Humphrey's PractRand (public domain), seeded from the hash of a text. Each part of the demo has a
 * stream of its own, so that one more visit does not rename everybody.
 */
export function createRandom(seed: string): Random {
  const hash = createHash('sha256').update(seed).digest();
  let [a, b, c, counter] = [hash.readInt32LE(0), hash.readInt32LE(4), hash.readInt32LE(8), 1];
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round += 1) next();

  const below = (limit: number): number => Math.floor((next() / twoTo32) * limit);
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => next() >>> 24);
  return {
    below,
    between: (first, last) => first + below(last - first + 1),
    chance: (percent) => next() / twoTo32 < percent / 100,
    pick: (list) => at(list, below(list.length)),
    weighted: <Key extends string>(weights: Readonly<Record<Key, number>>) => {
      const keys = keysOf(weights);
      let left = (next() / twoTo32) * keys.reduce((sum, key) => sum + weights[key], 0);
      for (const key of keys) {
        left -= weights[key];
        if (left < 0) return key;
      }
      return at(keys, keys.length - 1);
    },
    shuffle: (list) => {
      const shuffled = [...list];
      for (let last = shuffled.length - 1; last > 0; last -= 1) {
        const other = below(last + 1);
        const kept = at(shuffled, last);
        shuffled[last] = at(shuffled, other);
        shuffled[other] = kept;
      }
      return shuffled;
    },
    bytes,
    uuid: () => {
      const drawn = Buffer.from(bytes(16));
      drawn.writeUInt8(((drawn[6] ?? 0) & 0x0f) | 0x40, 6);
      drawn.writeUInt8(((drawn[8] ?? 0) & 0x3f) | 0x80, 8);
      const hex = drawn.toString('hex');
      return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
        '-',
      );
    },
  };
}

/** What stands at a place that is known to be in the list. */
export function at<T>(list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined) throw new Error(`there is nothing at ${place} of ${list.length}`);
  return found;
}

/** The keys of a record in the order they are written; TypeScript knows only that they are strings. */
export const keysOf = <Key extends string>(record: Readonly<Record<Key, unknown>>): Key[] =>
  Object.keys(record) as Key[];

/**
 * Shares `total` out by the method of the largest remainder, so that each part is as near to its share as whole numbers
 * can be.
 */
export function allot<Key extends string>(
  total: number,
  shares: Readonly<Record<Key, number>>,
): Record<Key, number> {
  const keys = keysOf(shares);
  const sum = keys.reduce((so, key) => so + shares[key], 0);
  const exact = keys.map((key) => ({ key, value: (total * shares[key]) / sum }));
  const parts = Object.fromEntries(exact.map(({ key, value }) => [key, Math.floor(value)])) as Record<
    Key,
    number
  >;
  const left = total - keys.reduce((so, key) => so + parts[key], 0);
  const byRemainder = [...exact].sort((x, y) => (y.value % 1) - (x.value % 1));
  for (const { key } of byRemainder.slice(0, left)) parts[key] += 1;
  return parts;
}

/** The answers of a survey in which several are possible: of each answer as many as its percentage, and nobody without one. */
export function deal<Key extends string>(
  people: number,
  percents: Readonly<Record<Key, number>>,
  random: Random,
): Key[][] {
  const answers: Key[][] = Array.from({ length: people }, () => []);
  const order = random.shuffle(answers.map((_, place) => place));
  let turn = 0;
  // Each answer goes on where the one before it ended, so that everybody has had a turn before anybody has the next.
  for (const key of keysOf(percents)) {
    const holders = Math.round((people * percents[key]) / 100);
    for (let nth = 0; nth < holders; nth += 1, turn += 1) at(answers, at(order, turn % people)).push(key);
  }
  return answers;
}
