import { readFile } from 'node:fs/promises';
import path from 'node:path';

export interface Addresses {
  /** Core's own login, which row security binds to one municipality. */
  readonly app: string;
  /** Sees everything; for counting and for telling PostgreSQL to look at its tables. */
  readonly superuser: string;
}

/** How to reach the embedded database of a home whose service runs. */
export async function readAddresses(home: string): Promise<Addresses> {
  const read = async (...parts: string[]) => (await readFile(path.join(home, ...parts), 'utf8')).trim();
  const [port, superuserPassword, logins] = [
    await read('postgres', 'port'),
    await read('postgres', 'superuser-password'),
    JSON.parse(await read('keys', 'database-logins.json')) as { app: string },
  ];
  return {
    app: `postgresql://naer_login_app:${logins.app}@127.0.0.1:${port}/naer`,
    superuser: `postgresql://postgres:${superuserPassword}@127.0.0.1:${port}/naer`,
  };
}
