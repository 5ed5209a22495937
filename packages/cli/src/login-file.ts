import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { readTexts } from './json-file.ts';

export interface Login {
  readonly url: string;
  readonly token: string;
  readonly initials: string;
  readonly municipality: string;
}
type Env = Readonly<Record<string, string | undefined>>;

/** `NAER_CONFIG_DIR`, else `naer` in the XDG configuration folder. */
export function loginFile(env: Env): string {
  const folder =
    env.NAER_CONFIG_DIR ?? join(env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config'), 'naer');
  return join(folder, 'login.json');
}

/** Who is logged in on this account, or null; a file that cannot be read counts as nobody. */
export const readLogin = (env: Env): Login | null =>
  readTexts(loginFile(env), ['url', 'token', 'initials', 'municipality']);

/** Keeps a login so that only this user can read it, whatever the umask. */
export function keepLogin(env: Env, kept: Login): void {
  const file = loginFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
}

/** Forgets the login; true if there was one. */
export function forgetLogin(env: Env): boolean {
  const there = readLogin(env) !== null;
  rmSync(loginFile(env), { force: true });
  return there;
}
