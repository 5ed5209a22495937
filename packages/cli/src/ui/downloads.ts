import { once } from 'node:events';
import { Readable } from 'node:stream';
import type { Answer } from '@naer/core/client';
import { writeNewFile } from '../actions/files.ts';

/** A download to a new file that only its writer can read, or to standard output where no file is named: then null, else its bytes. */
export async function saveAnswer(
  file: string | undefined,
  wish: { readonly force: boolean },
  open: () => Promise<Answer>,
): Promise<number | null> {
  const source = async () => (await open()).body ?? noBytes();
  if (file !== undefined) return writeNewFile(file, source, wish);
  for await (const chunk of await source()) {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
  }
  return null;
}

/** A text to a new file that only its writer can read. */
export const saveText = (file: string, text: string): Promise<number> =>
  writeNewFile(file, async () => Readable.from([Buffer.from(text)]), { force: false });

async function* noBytes(): AsyncGenerator<Uint8Array> {}
