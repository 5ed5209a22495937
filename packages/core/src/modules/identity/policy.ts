import { type Role, roles } from '../../contract/index.ts';
import type { PermissionOf } from './actor.ts';

const everybody: readonly Role[] = roles;

/** Who may what about municipalities, staff and tokens. */
export const identityPolicy = {
  'municipality:read': everybody,
  'municipality:write': ['administrator'],
  'municipality:create': ['operator'],
  'staff:read': [
    'support-worker',
    'super-user',
    'coordinator',
    'leader',
    'it-support',
    'night-watch',
    'data-protection-officer',
    'it-auditor',
    'caseworker',
    'administrator',
  ],
  'staff:write': ['administrator'],
  'tokens:own': everybody,
  'tokens:manage': ['administrator'],
} as const satisfies Record<
  PermissionOf<'municipality'> | PermissionOf<'staff'> | PermissionOf<'tokens'>,
  readonly Role[]
>;
