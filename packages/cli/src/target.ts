import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CliError } from './errors/cli-error.ts';
import { readNumber, readTexts } from './json-file.ts';
import { readLogin } from './login-file.ts';

export interface Target {
  readonly url: string;
  /** null: nobody is logged in there. */
  readonly token: string | null;
}

type Ready = { readonly url: string; readonly adminTokenFile: string };
type Env = Readonly<Record<string, string | undefined>>;

/**
 * Which service a command speaks to, and as whom.
 *
 * The address is the first of: `--url`, `NAER_URL`, the service of an explicit `NAER_HOME`, the one logged in to,
 * the one that runs in this checkout. The token is `NAER_TOKEN`, else one that belongs to exactly that address,
 * so a token is never sent anywhere else than where it came from.
 */
export function findTarget(given: { readonly url?: string | undefined }, env: Env, checkout: string): Target {
  const login = readLogin(env);
  const home = homeOf(env, checkout);
  const ready = readReady(home);
  const fromHome = env.NAER_HOME === undefined ? undefined : ready?.url;
  const found = given.url ?? nonEmpty(env.NAER_URL) ?? fromHome ?? login?.url ?? ready?.url;
  if (found === undefined) throw new CliError('no_service');
  const url = parseAddress(found);
  const known =
    nonEmpty(env.NAER_TOKEN) ?? (login !== null && sameOrigin(login.url, url) ? login.token : undefined);
  return {
    url,
    token: known ?? (ready !== null && sameOrigin(ready.url, url) ? readToken(home, ready) : null),
  };
}

/** `NAER_HOME`, by default `.naer` in the checkout. */
export function homeOf(env: Env, checkout: string): string {
  return resolve(nonEmpty(env.NAER_HOME) ?? join(checkout, '.naer'));
}

/** The folder of the checkout that this program lies in: the nearest one above with a pnpm workspace. */
export function findCheckout(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pnpm-workspace.yaml'))) return folder;
    if (dirname(folder) === folder) return from;
  }
}

/** Tidies an address that a person wrote; a path such as `/api/v1` is dropped. */
export function parseAddress(text: string): string {
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.canParse(withScheme) ? new URL(withScheme) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new CliError('address_invalid', { address: text });
  return url.origin;
}

const readReady = (home: string): Ready | null =>
  readTexts(join(home, 'run', 'ready.json'), ['url', 'adminTokenFile']);

/** Not when the service was killed: its file still stands there, and somebody else may have taken its port. */
function readToken(home: string, ready: Ready): string | null {
  if (!isAlive(readNumber(join(home, 'run', 'ready.json'), 'pid'))) return null;
  try {
    return readFileSync(ready.adminTokenFile, 'utf8').trim();
  } catch {
    return null;
  }
}

function isAlive(pid: number | null): boolean {
  if (pid === null || pid < 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A service of another user lives, though it may not be asked.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

const nonEmpty = (value: string | undefined): string | undefined => (value === '' ? undefined : value);
const sameOrigin = (a: string, b: string): boolean =>
  URL.canParse(a) && new URL(a).origin === new URL(b).origin;
