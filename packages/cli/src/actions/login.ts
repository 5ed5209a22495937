import type { Client } from '@naer/core/client';
import { identityRoutes } from '@naer/core/contract/identity';
import { keepLogin } from '../login-file.ts';

export interface LoggedIn {
  readonly url: string;
  readonly initials: string;
  readonly municipality: string;
  readonly tokenExpiresAt: string;
}

/** Tries the token at the service and keeps it only if it is good. The token is no part of the outcome. */
export async function logIn(
  client: Client,
  target: { readonly url: string; readonly token: string },
  env: NodeJS.ProcessEnv,
): Promise<LoggedIn> {
  const me = await client.call(identityRoutes.me, {});
  const login = { url: target.url, initials: me.staff.initials, municipality: me.municipality.name };
  keepLogin(env, { ...login, token: target.token });
  return { ...login, tokenExpiresAt: me.tokenExpiresAt };
}
