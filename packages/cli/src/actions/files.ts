import { existsSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CliError } from '../errors/cli-error.ts';
import { say } from '../language.ts';

/** Why the system would not open a file, in plain words. */
export function failureText(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const known: Readonly<Record<string, string>> = {
    ENOENT: say('den findes ikke', 'it does not exist'),
    EACCES: say('det er ikke tilladt', 'it is not allowed'),
    EPERM: say('det er ikke tilladt', 'it is not allowed'),
    EISDIR: say('det er en mappe', 'it is a folder'),
    ENOSPC: say('der er ikke plads på disken', 'the disk is full'),
  };
  return known[code] ?? (code || say('ukendt fejl', 'unknown error'));
}

/**
 * Writes to a new file that only this user can read, whole or not at all. An existing file is left alone unless `force`,
 * which is found out before `source` is asked for anything. Returns the number of bytes.
 */
export async function writeNewFile(
  name: string,
  source: () => Promise<AsyncIterable<Uint8Array>>,
  wish: { readonly force: boolean },
): Promise<number> {
  if (!wish.force && existsSync(name)) throw new CliError('file_exists', { file: name });
  const draft = `${name}.${process.pid}.part`;
  try {
    const file = await open(draft, 'wx', 0o600);
    let bytes = 0;
    try {
      for await (const chunk of await source()) {
        await file.writeFile(chunk);
        bytes += chunk.length;
      }
    } finally {
      await file.close();
    }
    await rename(draft, name);
    return bytes;
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    if (error instanceof Error && 'syscall' in error && 'path' in error)
      throw new CliError('file_unwritable', { file: name, why: failureText(error) }, { cause: error });
    throw error;
  }
}

/** Makes the folder that a private file shall lie in. */
export async function makeFolderOf(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
}
