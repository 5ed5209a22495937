import type { Access, Grants } from '../protocol/access.ts';
import { permissionDenied } from './twirp-error.ts';

/** Who asks an administrative method, by a verified token; each method asks for a grant before it looks at anything. */
export interface Caller {
  /** Null: the request carried no token. */
  readonly grants: Grants | null;
  /** Grants of services that are not ours; only their refusals depend on them. */
  readonly sip: { readonly admin: boolean; readonly call: boolean };
  readonly destinationRoom: string;
}

export const nobody: Caller = { grants: null, sip: { admin: false, call: false }, destinationRoom: '' };

/** @param token whose signature `readToken` MUST verify: what else it claims is read afterwards */
export async function readCaller(
  token: string | null,
  readToken: (token: string) => Promise<Access>,
): Promise<Caller> {
  if (token === null) return nobody;
  const { grants } = await readToken(token);
  const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  const sip = member(payload, 'sip');
  const destinationRoom = member(member(payload, 'video'), 'destinationRoom');
  return {
    grants,
    sip: { admin: member(sip, 'admin') === true, call: member(sip, 'call') === true },
    destinationRoom: typeof destinationRoom === 'string' ? destinationRoom : '',
  };
}

function member(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const own: [string, unknown] | undefined = Object.entries(value).find(([key]) => key === name);
  return own?.[1];
}

export function requireCreate({ grants }: Caller): void {
  if (grants?.roomCreate !== true) throw permissionDenied();
}

export function requireList({ grants }: Caller): void {
  if (grants?.roomList !== true) throw permissionDenied();
}

/** A token administrates the one room that it names. */
export function requireAdmin({ grants }: Caller, room: string): void {
  if (grants?.roomAdmin !== true || grants.room !== room) throw permissionDenied();
}

/** Moving somebody needs the room that the token names and the one it may move to. */
export function requireDestination(caller: Caller, room: string, destination: string): void {
  requireAdmin(caller, room);
  if (caller.destinationRoom !== destination) throw permissionDenied();
}

export function requireRecord({ grants }: Caller): void {
  if (grants?.roomRecord !== true) throw permissionDenied();
}

export function requireIngressAdmin({ grants }: Caller): void {
  if (grants?.ingressAdmin !== true) throw permissionDenied();
}

export function requireSipAdmin({ sip }: Caller): void {
  if (!sip.admin) throw permissionDenied();
}

export function requireSipCall({ sip }: Caller): void {
  if (!sip.call) throw permissionDenied();
}
