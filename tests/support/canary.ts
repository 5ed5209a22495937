import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client } from 'pg';

/** A text as it would look in some storage or on some wire. */
interface Needle {
  readonly shape: string;
  readonly bytes: Buffer;
}

/** Looks for words in whatever shape they may have been kept, and tells where and how; never more than that. */
export interface Searcher {
  /** The shapes in which any of the words stands there. */
  inBytes(bytes: Buffer | string): readonly string[];
  /** `file: shape` for every file in a folder and the folders in it. */
  inFolder(folder: string): Promise<readonly string[]>;
  /** `table: shape` for every row of every table that a superuser can read. */
  inDatabase(superuser: Client): Promise<readonly string[]>;
}

export function searchFor(words: readonly string[]): Searcher {
  const needles = words.flatMap(shapesOf);
  const inBytes = (given: Buffer | string): readonly string[] => {
    const bytes = typeof given === 'string' ? Buffer.from(given) : given;
    return needles.filter((needle) => bytes.includes(needle.bytes)).map(({ shape }) => shape);
  };
  return {
    inBytes,
    inFolder: async (folder) => {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const found: string[] = [];
      for (const entry of entries.filter((each) => each.isFile())) {
        const file = path.join(entry.parentPath, entry.name);
        // The database makes and removes files while it works; one that is gone can be read by nobody.
        const bytes = await readFile(file).catch(() => Buffer.alloc(0));
        for (const shape of inBytes(bytes)) found.push(`${path.relative(folder, file)}: ${shape}`);
      }
      return found;
    },
    inDatabase: async (superuser) => {
      const { rows: columns } = await superuser.query<{ table: string; name: string; isBytes: boolean }>(`
        SELECT attrelid::regclass::text AS table, quote_ident(attname) AS name, atttypid = 'bytea'::regtype AS "isBytes"
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE attnum > 0 AND NOT attisdropped AND (relkind IN ('r', 'p', 't', 'm') OR attrelid = 'pg_stat_activity'::regclass)`);
      const found = new Set<string>();
      for (const [table, own] of Map.groupBy(columns, (column) => column.table)) {
        const asText = own.filter(({ isBytes }) => !isBytes).map(({ name }) => `${name}::text`);
        const asBytes = own.filter(({ isBytes }) => isBytes).map(({ name }) => name);
        const values = [`concat_ws(' ', ${['NULL', ...asText].join(', ')})`, ...asBytes];
        const { rows } = await superuser.query<(Buffer | string | null)[]>({
          text: `SELECT ${values.join(', ')} FROM ${table}`,
          rowMode: 'array',
        });
        for (const value of rows.flat()) {
          if (value === null) continue;
          for (const shape of inBytes(value)) found.add(`${table}: ${shape}`);
        }
      }
      return [...found];
    },
  };
}

function shapesOf(word: string): Needle[] {
  const written = new Set([
    word,
    word.toLowerCase(),
    word.toUpperCase(),
    `${word.slice(0, 1).toUpperCase()}${word.slice(1).toLowerCase()}`,
  ]);
  return [...written].flatMap((text) => {
    const plain = Buffer.from(text, 'utf8');
    const little = Buffer.from(text, 'utf16le');
    const big = Buffer.from(little).swap16();
    const all: [string, Buffer][] = [
      ['plain', plain],
      ['Windows-1252', Buffer.from(text, 'latin1')],
      ['UTF-16', little],
      ['UTF-16, big end first', big],
      ['hex', Buffer.from(plain.toString('hex'))],
      ['hex in capitals', Buffer.from(plain.toString('hex').toUpperCase())],
      ['hex of UTF-16', Buffer.from(little.toString('hex'))],
      ...[0, 1, 2].map((offset): [string, Buffer] => ['base 64', base64Within(plain, offset)]),
      ...[0, 1, 2].map((offset): [string, Buffer] => ['base 64 of UTF-16', base64Within(little, offset)]),
    ];
    // A word of plain letters is the same in Windows-1252.
    const apart = all.filter(([, bytes], n) => all.findIndex(([, other]) => other.equals(bytes)) === n);
    return apart.map(([shape, bytes]) => ({ shape: `"${word}" ${shape}`, bytes }));
  });
}

/** The characters of base 64 that are the same whatever stands before and after, at one of the three places in its grid. */
function base64Within(bytes: Buffer, offset: number): Buffer {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString('base64')
    .replace(/=+$/, '');
  const from = Math.ceil((offset * 8) / 6);
  const to = Math.floor(((offset + bytes.length) * 8) / 6);
  return Buffer.from(text.slice(from, to));
}
