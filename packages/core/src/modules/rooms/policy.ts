import type { Role } from '../../contract/index.ts';
import type { PermissionOf } from '../identity/index.ts';

/** Who may what about rooms. Everybody who works with citizens sees the bookings: a room is asked for across desks. */
export const roomsPolicy = {
  'rooms:read': [
    'support-worker',
    'super-user',
    'coordinator',
    'leader',
    'night-watch',
    'caseworker',
    'it-support',
    'peer-supporter',
    'administrator',
  ],
  'rooms:write': ['administrator', 'coordinator'],
  'rooms:book': [
    'support-worker',
    'super-user',
    'coordinator',
    'leader',
    'caseworker',
    'night-watch',
    'it-support',
    'administrator',
  ],
  'rooms:book-for-others': ['coordinator', 'leader', 'administrator', 'super-user'],
} as const satisfies Record<PermissionOf<'rooms'>, readonly Role[]>;
