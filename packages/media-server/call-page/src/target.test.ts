import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/**
 * What the oldest browsers of the build target lack (vite.config.ts: Safari 16.4, Firefox 115, Chrome 110). The build turns
 * newer syntax into older; what a browser has or has not, it leaves as it is.
 */
const tooNew = {
  'Array.fromAsync': /\bArray\.fromAsync\(/,
  'grouping by a function': /\b(Object|Map)\.groupBy\b/,
  'Promise.withResolvers and try': /\bPromise\.(withResolvers|try)\b/,
  'AbortSignal.any': /\bAbortSignal\.any\(/,
  'URL.canParse and parse': /\bURL\.(canParse|parse)\(/,
  'sets compared by methods': /\.(isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/,
  'bytes as base64 by a method': /\.(fromBase64|toBase64|fromHex|toHex)\(/,
  'iterators with methods of lists':
    /\.(values|keys|entries)\(\)\s*\.(map|filter|some|every|find|reduce|toArray)\(/,
  'Intl.DurationFormat': /\bIntl\.DurationFormat\b/,
  'Error.isError and RegExp.escape': /\b(Error\.isError|RegExp\.escape)\b/,
};
const tooNewStyles = {
  ':has()': /:has\(/,
  'light-dark()': /\blight-dark\(/,
  'colours of colours': /\b(color-mix|oklch|from var)\(/,
  'nested rules': /^\s+&/m,
  '@scope and @starting-style': /@(scope|starting-style|property)\b/,
  'anchors and fields that grow': /\b(anchor-name|field-sizing|interpolate-size)\b/,
};

async function filesOf(ends: RegExp): Promise<{ name: string; text: string }[]> {
  const names = await readdir(import.meta.dirname, { recursive: true });
  const wanted = names.filter((name) => ends.test(name) && !/\.test\.|gallery|testing/.test(name));
  return Promise.all(
    wanted.map(async (name) => ({
      name,
      text: await readFile(path.join(import.meta.dirname, name), 'utf8'),
    })),
  );
}

const foundIn = (files: readonly { name: string; text: string }[], what: Record<string, RegExp>): string[] =>
  files.flatMap(({ name, text }) =>
    Object.entries(what).flatMap(([called, pattern]) => (pattern.test(text) ? [`${name}: ${called}`] : [])),
  );

describe('a five-year-old iPad', () => {
  it('is asked for nothing that its browser does not have', async () => {
    const programs = await filesOf(/\.tsx?$/);
    expect(programs.length).toBeGreaterThan(50);
    expect(foundIn(programs, tooNew)).toEqual([]);
  });

  it('is given no styles that its browser passes over', async () => {
    const styles = await filesOf(/\.css$/);
    expect(styles.length).toBeGreaterThan(4);
    expect(foundIn(styles, tooNewStyles)).toEqual([]);
  });

  it.each([
    ['const all = await Array.fromAsync(stream)', 'Array.fromAsync'],
    ['seats.values().map(nameOf)', 'iterators with methods of lists'],
  ])('would be noticed: %s', (text, called) => {
    expect(foundIn([{ name: 'x', text }], tooNew)).toEqual([`x: ${called}`]);
  });
});
