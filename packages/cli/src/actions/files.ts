import { mkdir, open } from 'node:fs/promises';
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
 * Writes to a new file that only this user can read. An existing file is left alone unless `force`.
 * Returns the number of bytes.
 */
export async function writeNewFile(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  wish: { readonly force: boolean },
): Promise<number> {
  try {
    const file = await open(name, wish.force ? 'w' : 'wx', 0o600);
    let bytes = 0;
    try {
      for await (const chunk of chunks) {
        await file.writeFile(chunk);
        bytes += chunk.length;
      }
    } finally {
      await file.close();
    }
    return bytes;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new CliError('file_exists', { file: name }, { cause: error });
    if (error instanceof Error && 'syscall' in error)
      throw new CliError('file_unwritable', { file: name, why: failureText(error) }, { cause: error });
    throw error;
  }
}

/** Makes the folder that a private file shall lie in. */
export async function makeFolderOf(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
}
