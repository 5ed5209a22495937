import type { Role } from '../../contract/index.ts';
import type { PermissionOf } from '../identity/index.ts';

/**
 * Who may what about visits, granted time and hand-off. Support workers and super-users see those of the citizens near
 * them and their own visits, see `withinReach` of citizens. Nobody sees a sum of a worker's time: that is no comparison
 * anybody is to make (domain page, section 8).
 */
export const visitsPolicy = {
  'visits:read': ['support-worker', 'super-user', 'coordinator', 'leader', 'caseworker'],
  'visits:write': ['support-worker', 'coordinator', 'leader'],
  'visits:write-for-others': ['coordinator', 'leader'],
  'visits:read-note': ['support-worker', 'coordinator'],
  'visits:write-rules': ['administrator', 'coordinator', 'leader'],
  'visits:import': ['administrator', 'coordinator'],
  'granted:read': ['support-worker', 'coordinator', 'leader', 'caseworker'],
  'hand-off:read': ['support-worker', 'coordinator', 'leader'],
  'hand-off:write': ['support-worker', 'coordinator'],
  'hand-off:export': ['coordinator'],
  'demo:reset': ['administrator'],
} as const satisfies Record<
  PermissionOf<'visits'> | PermissionOf<'granted'> | PermissionOf<'hand-off'> | PermissionOf<'demo'>,
  readonly Role[]
>;
