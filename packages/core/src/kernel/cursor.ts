import { DomainError } from './errors.ts';

/** Where a page ends, as an opaque text: base64url of a JSON list of the sort keys of its last item. */
export const encodeCursor = (keys: readonly string[]): string =>
  Buffer.from(JSON.stringify(keys)).toString('base64url');

/** What a sort key looks like; a RegExp is one. */
export interface KeyShape {
  test(text: string): boolean;
}

export const uuidKey: KeyShape = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/** What `Date.toISOString` makes of a real instant: the 31st of February would reach the database otherwise. */
export const instantKey: KeyShape = {
  test: (text) =>
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text) &&
    !Number.isNaN(Date.parse(text)) &&
    new Date(text).toISOString() === text &&
    text >= '1900',
};

/**
 * @param shapes one pattern per key, so that what comes back is what was given out
 * @throws DomainError invalid_input
 */
export function decodeCursor<const Shapes extends readonly KeyShape[]>(
  cursor: string,
  shapes: Shapes,
): { readonly [K in keyof Shapes]: string } {
  const keys = parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (
    !Array.isArray(keys) ||
    keys.length !== shapes.length ||
    !shapes.every((shape, n) => typeof keys[n] === 'string' && shape.test(keys[n]))
  ) {
    throw new DomainError(
      'invalid_input',
      {},
      {
        details: {
          fields: [{ in: 'querystring', field: 'cursor', message: 'is not the `next` of an earlier page' }],
        },
      },
    );
  }
  return keys as unknown as { readonly [K in keyof Shapes]: string };
}

/** Cuts a list that was read one longer than asked for into a page and the cursor of the next. */
export function toPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  present: (row: Row) => Item,
  keysOf: (row: Row) => readonly string[],
): { items: Item[]; next: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(present),
    next: rows.length > limit && last !== undefined ? encodeCursor(keysOf(last)) : null,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
