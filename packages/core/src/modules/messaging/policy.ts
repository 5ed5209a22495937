import type { Role } from '../../contract/index.ts';
import type { PermissionOf } from '../identity/index.ts';

/** Who may what about messages to citizens and guests; as far as the citizens that they may read about. */
export const messagingPolicy = {
  'messages:read': ['support-worker', 'super-user', 'coordinator', 'leader'],
  // What stands in the mailbox holds an address and a link.
  'messages:read-mailbox': ['support-worker', 'coordinator'],
  'messages:retry': ['support-worker', 'super-user', 'coordinator', 'leader'],
} as const satisfies Record<PermissionOf<'messages'>, readonly Role[]>;
