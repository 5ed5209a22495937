import type { Role } from '../../contract/index.ts';
import type { PermissionOf } from '../identity/index.ts';

/** Who may what about calls. Whose calls they are decides as well: see `call-desk.ts`. Guests act by their link, not by this. */
export const mediaPolicy = {
  'calls:read': ['support-worker', 'super-user', 'coordinator', 'leader'],
  'calls:host': ['support-worker', 'coordinator', 'leader'],
} as const satisfies Record<PermissionOf<'calls'>, readonly Role[]>;
