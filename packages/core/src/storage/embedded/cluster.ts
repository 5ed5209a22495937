import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  lchown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { DomainError } from '../../kernel/errors.ts';
import type { Tell } from '../../kernel/progress.ts';
import { type Binaries, programOf } from './binaries.ts';
import { exists, giveTo, syncDirectory, writeDurably } from './files.ts';
import type { Place } from './place.ts';

export const superuser = 'postgres';

/** Makes the database cluster unless there is one, and answers with its superuser's password. */
export async function ensureCluster(
  place: Place,
  binaries: Binaries,
  wish: { readonly fsync: boolean; readonly tell: Tell },
): Promise<string> {
  // What an interrupted initdb left is never finished, only thrown away.
  for (const name of await readdir(place.parentDir)) {
    if (/^(new|password)-[0-9a-f]{8}$/.test(name)) {
      await rm(path.join(place.parentDir, name), { recursive: true, force: true, maxRetries: 5 });
    }
  }
  if (await exists(path.join(place.dataDir, 'PG_VERSION'))) {
    await returnToAccount(place);
    return (await readFile(place.passwordFile, 'utf8')).trim();
  }
  wish.tell('making_database');
  const password = randomBytes(24).toString('base64url');
  await writeDurably(place.passwordFile, `${password}\n`);
  await initialise(place, binaries, password, wish.fsync);
  return password;
}

/** Runs initdb beside the final place and renames at the end: a data directory is there whole or not at all. */
async function initialise(place: Place, binaries: Binaries, password: string, fsync: boolean): Promise<void> {
  const id = randomBytes(4).toString('hex');
  const newDir = path.join(place.parentDir, `new-${id}`);
  const passwordFile = path.join(place.parentDir, `password-${id}`);
  await mkdir(newDir, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await giveTo(place.account, newDir, passwordFile);
  const choices = [
    ['--pgdata', newDir, '--username', superuser, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    ['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
    fsync ? [] : ['--no-sync'],
  ].flat();
  try {
    await promisify(execFile)(programOf(binaries, 'initdb'), choices, {
      ...place.account,
      cwd: place.parentDir,
      env: serverEnvironment(),
    });
  } catch (cause) {
    const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
    await writeFile(place.logFile, output, { flag: 'a', mode: 0o600 });
    throw new DomainError('postgres_failed', { why: lastLine(output), logFile: place.logFile }, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(newDir, place.dataDir);
  if (fsync) await syncDirectory(place.parentDir);
}

/** A home copied by root, as when a backup is put back, holds files of root that the account could not open. */
async function returnToAccount(place: Place): Promise<void> {
  const { account, dataDir } = place;
  if (account === null || (await stat(dataDir)).uid === account.uid) return;
  for (const name of await readdir(dataDir, { recursive: true })) {
    await lchown(path.join(dataDir, name), account.uid, account.gid);
  }
  // The directory itself comes last, so that an interrupted walk is begun again.
  await chown(dataDir, account.uid, account.gid);
  await chmod(dataDir, 0o700);
}

/** The server inherits no secrets of the service. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of ['PATH', 'LD_LIBRARY_PATH', 'SystemRoot', 'TEMP']) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return env;
}

export const lastLine = (output: string): string => output.trim().split('\n').at(-1) ?? '';
