import type { Role } from '../../contract/index.ts';
import type { Actor, PermissionOf } from '../identity/index.ts';

export type CitizenPermission = PermissionOf<'citizens' | 'ground-rules'>;

/** Who may what about citizens. For some of these roles it goes only as far as their reach, see `reachOf`. */
export const citizensPolicy = {
  'citizens:read': [
    'support-worker',
    'super-user',
    'coordinator',
    'leader',
    'caseworker',
    'data-protection-officer',
    'administrator',
  ],
  'citizens:write': ['support-worker', 'coordinator', 'caseworker', 'administrator'],
  'citizens:step': ['support-worker', 'coordinator', 'caseworker'],
  'citizens:assess': ['support-worker', 'coordinator', 'caseworker'],
  'citizens:read-identity': ['support-worker', 'coordinator', 'caseworker'],
  'citizens:write-identity': ['support-worker', 'coordinator', 'caseworker'],
  'citizens:find': ['support-worker', 'coordinator', 'caseworker', 'night-watch'],
  'citizens:read-accesses': ['data-protection-officer', 'coordinator', 'leader'],
  'citizens:erase': ['data-protection-officer', 'coordinator'],
  'citizens:import': ['administrator', 'coordinator'],
  'citizens:export': ['administrator', 'coordinator', 'leader'],
  'citizens:export-identities': ['coordinator'],
  'ground-rules:read': [
    'support-worker',
    'super-user',
    'coordinator',
    'leader',
    'caseworker',
    'administrator',
  ],
  'ground-rules:write': ['support-worker', 'coordinator', 'caseworker'],
  'ground-rules:write-defaults': ['coordinator', 'leader', 'administrator'],
} as const satisfies Record<CitizenPermission, readonly Role[]>;

/** Those who see the citizens of their own team, and those they support themselves, and no others. */
const nearRoles: readonly Role[] = ['support-worker', 'super-user'];

/** How far a permission goes for somebody: the widest of their roles decides. */
export function reachOf(actor: Actor, permission: CitizenPermission): 'everybody' | 'near' {
  const granting: readonly Role[] = citizensPolicy[permission];
  return granting.some((role) => actor.roles.includes(role) && !nearRoles.includes(role))
    ? 'everybody'
    : 'near';
}

export interface Placed {
  readonly teamId: string | null;
  readonly workerId: string | null;
  readonly substituteId: string | null;
}

/** Whether a citizen is near somebody; `store.ts` says the same in SQL, for lists. */
export const isNear = (actor: Actor, { teamId, workerId, substituteId }: Placed): boolean =>
  (teamId !== null && teamId === actor.teamId) ||
  workerId === actor.staffId ||
  substituteId === actor.staffId;

export const isWithinReach = (actor: Actor, permission: CitizenPermission, citizen: Placed): boolean =>
  reachOf(actor, permission) === 'everybody' || isNear(actor, citizen);
