import { readFileSync } from 'node:fs';

/**
 * The named texts of a small JSON file of this machine, or null if it is not there, damaged, or lacks one.
 * By hand rather than with zod, which costs a command that makes no request a fifth of its time.
 */
export function readTexts<Key extends string>(
  file: string,
  keys: readonly Key[],
): Readonly<Record<Key, string>> | null {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof found !== 'object' || found === null) return null;
    const texts = new Map(Object.entries(found));
    const entries = keys.map((key) => [key, texts.get(key)] as const);
    if (entries.some(([, value]) => typeof value !== 'string' || value === '')) return null;
    return Object.fromEntries(entries) as Record<Key, string>;
  } catch {
    return null;
  }
}

/** One named number of such a file, or null. */
export function readNumber(file: string, key: string): number | null {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const value: unknown = new Map(Object.entries(found ?? {})).get(key);
    return typeof value === 'number' ? value : null;
  } catch {
    return null;
  }
}
