import { randomBytes } from 'node:crypto';
import { chmod, chown, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { DomainError } from '../../kernel/errors.ts';
import type { Tell } from '../../kernel/progress.ts';
import { type Account, can, serviceAccount, startedByRoot } from './account.ts';
import { type Binaries, programOf } from './binaries.ts';
import { exists, giveTo, writeDurably } from './files.ts';

/** Where the files of the embedded server are, and who it runs as. */
export interface Place {
  /** The account to run as; null for the one who started the service. */
  readonly account: Account | null;
  /** Holds `dataDir` and, for a moment, what becomes it; the account may pass through and the service may write. */
  readonly parentDir: string;
  readonly dataDir: string;
  readonly passwordFile: string;
  readonly portFile: string;
  readonly logFile: string;
}

/**
 * Where root keeps what its service account cannot reach in the home. Each home has a folder of its own there, named
 * in `postgres/location` of the home, so a home that is deleted begins afresh.
 */
export const defaultStagingRoot = '/var/lib/naer';

/** Finds the place of a home's database, or chooses one. */
export async function choosePlace(home: string, stagingRoot: string): Promise<Place> {
  const controlDir = path.join(home, 'postgres');
  const pointer = path.join(controlDir, 'location');
  await mkdir(controlDir, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new DomainError('home_not_writable', { home }, { cause });
  });
  const at = (parentDir: string, account: Account | null): Place => ({
    account,
    parentDir,
    dataDir: path.join(parentDir, 'data'),
    passwordFile: path.join(controlDir, 'superuser-password'),
    portFile: path.join(controlDir, 'port'),
    logFile: path.join(controlDir, 'postgres.log'),
  });

  const staged = (await exists(pointer)) ? (await readFile(pointer, 'utf8')).trim() : null;
  const parentDir = staged ?? controlDir;
  const owner = await stat(path.join(parentDir, 'data')).catch(() => null);
  if (!startedByRoot()) {
    const foreign =
      staged !== null || (owner !== null && process.getuid !== undefined && owner.uid !== process.getuid());
    if (foreign) throw new DomainError('postgres_data_unreachable', { directory: parentDir });
    return at(parentDir, null);
  }
  if (staged !== null && !(await exists(staged))) {
    throw new DomainError('postgres_data_gone', { home, directory: staged, pointer });
  }
  // Data that an ordinary user made stay that user's, also when root starts the service for once.
  const account =
    owner !== null && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : await serviceAccount();
  if (staged === null) await letPass(account, home, controlDir);
  if (await can(account, 'cd -- "$1"', parentDir)) return at(parentDir, account);
  if (owner !== null || staged !== null) {
    throw new DomainError('postgres_data_unreachable', { directory: parentDir });
  }
  const newParent = path.join(stagingRoot, randomBytes(8).toString('hex'));
  await stage(account, stagingRoot, controlDir, async () => {
    await mkdir(newParent, { mode: 0o700 });
    await giveTo(account, newParent);
    if (!(await can(account, 'cd -- "$1"', newParent))) throw new Error('the account cannot reach it either');
    await writeDurably(pointer, `${newParent}\n`);
  });
  return at(newParent, account);
}

/** Lets the account's group through the home's own folders, not into them; folders above are their owner's matter. */
async function letPass(account: Account, ...directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    const { mode, uid, gid } = await stat(directory);
    if ((mode & 0o001) !== 0 || uid !== 0) continue;
    // The group that had it so far is root's; what that was allowed is not for the account.
    if (gid !== account.gid) await chown(directory, uid, account.gid);
    await chmod(directory, gid === account.gid ? mode | 0o010 : (mode & 0o707) | 0o010);
  }
}

/** The server's programs where the account can run them: as installed, or copied once per version. */
export async function reachableBinaries(
  installed: Binaries,
  account: Account | null,
  stagingRoot: string,
  tell: Tell,
): Promise<Binaries> {
  const runs = (directory: string, runner: Account): Promise<boolean> =>
    can(
      runner,
      '"$2" --version && test -r "$1/share/postgresql/postgres.bki" && test -r "$1/share/postgresql/timezonesets/Default"',
      directory,
      programOf({ ...installed, directory }, 'postgres'),
    );
  if (account === null || (await runs(installed.directory, account))) return installed;
  const directory = path.join(stagingRoot, `programs-${installed.label}`);
  await stage(account, stagingRoot, installed.directory, async () => {
    if (await runs(directory, account)) return;
    tell('copying_programs', { folder: directory });
    const copy = `${directory}.${randomBytes(4).toString('hex')}`;
    try {
      await cp(installed.directory, copy, { recursive: true, verbatimSymlinks: true });
      if (!(await can({ uid: 0, gid: 0 }, 'chmod -R u=rwX,go=rX "$1"', copy)))
        throw new Error('chmod failed');
      await rm(directory, { recursive: true, force: true });
      await rename(copy, directory);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
    if (!(await runs(directory, account))) throw new Error('the account cannot run them there either');
  });
  return { ...installed, directory };
}

async function stage(
  account: Account,
  stagingRoot: string,
  directory: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await mkdir(stagingRoot, { recursive: true });
    // A strict umask would have closed it to the very account it is for.
    if (!(await can(account, 'cd -- "$1"', stagingRoot))) await chmod(stagingRoot, 0o755);
    await work();
  } catch (cause) {
    throw new DomainError('postgres_staging_failed', { staging: stagingRoot, directory }, { cause });
  }
}
