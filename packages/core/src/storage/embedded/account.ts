import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { DomainError } from '../../kernel/errors.ts';

/** Who PostgreSQL runs as, when it cannot run as the one who started the service. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const accountName = 'naer';
const run = promisify(execFile);

/** PostgreSQL refuses to run as root, so root needs somebody else to run it as. */
export const startedByRoot = (): boolean => process.getuid?.() === 0;

/**
 * The system account `naer`, made when it is missing. Only root may call this.
 *
 * @throws DomainError `postgres_no_account` where it can be neither found, made nor used.
 */
export async function serviceAccount(): Promise<Account> {
  const account =
    (await findAccount()) ??
    (await makeAccount('useradd')) ??
    (await makeAccount('adduser')) ??
    (await findAccount());
  // Inside some containers root exists alone: nobody else can be run as, even when the account is listed.
  if (account === null || account.uid === 0 || !(await can(account, 'true'))) {
    throw new DomainError('postgres_no_account', { account: accountName });
  }
  return account;
}

async function findAccount(): Promise<Account | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', accountName]), run('id', ['-g', accountName])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}

async function makeAccount(program: 'useradd' | 'adduser'): Promise<Account | null> {
  const options = {
    useradd: [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/bin/false',
    ],
    adduser: ['--system', '--group', '--no-create-home', '--home', '/nonexistent', '--shell', '/bin/false'],
  };
  // Both live in sbin, which is not always on the path of a service.
  const env = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` };
  await run(program, [...options[program], accountName], { env }).catch(() => undefined);
  return findAccount();
}

/**
 * Whether the account itself gets through a shell script: asking the system beats reckoning with modes, since
 * access lists, mounts and every folder on the way have a say too. `values` are `$1`, `$2`, …
 */
export async function can(account: Account, script: string, ...values: readonly string[]): Promise<boolean> {
  try {
    const child = spawn('/bin/sh', ['-c', script, 'sh', ...values], {
      ...account,
      cwd: '/',
      stdio: 'ignore',
      env: {},
    });
    const [code] = await once(child, 'exit');
    return code === 0;
  } catch {
    return false;
  }
}
