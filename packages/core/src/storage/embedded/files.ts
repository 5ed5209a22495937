import { chown, open, rename, stat } from 'node:fs/promises';
import type { Account } from './account.ts';

/** Gives files to the account that PostgreSQL runs as; nothing to do where that is the one who started the service. */
export async function giveTo(account: Account | null, ...files: readonly string[]): Promise<void> {
  if (account === null) return;
  for (const file of files) await chown(file, account.uid, account.gid);
}

export const exists = (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );

/** Replaces a private file so that a crash leaves the old or the new content. */
export async function writeDurably(file: string, content: string): Promise<void> {
  const next = `${file}.next`;
  const handle = await open(next, 'w', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(next, file);
}

/** Makes renames inside the directory last. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
