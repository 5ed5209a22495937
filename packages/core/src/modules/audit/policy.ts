import type { Permission, Role } from '../../contract/index.ts';
import type { PermissionOf } from '../identity/index.ts';

/** Who may look at the machinery: the ledger's leaves, the stream of changes, messages that did not get through. */
export const auditPolicy = {
  'ledger:read': ['it-auditor', 'data-protection-officer', 'coordinator', 'leader', 'administrator'],
  'ledger:check': ['it-auditor', 'data-protection-officer', 'coordinator', 'leader', 'administrator'],
  // Keys, and whose word is taken on them.
  'ledger:write': ['administrator'],
  'ledger:witness': ['it-auditor', 'administrator'],
  'events:read': [
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
  'operations:read': ['it-support', 'it-auditor', 'administrator', 'operator'],
  'operations:retry': ['it-support', 'administrator'],
  'operations:rotate-master-key': ['operator'],
} as const satisfies Record<
  PermissionOf<'ledger'> | PermissionOf<'events'> | PermissionOf<'operations'>,
  readonly Role[]
>;

/** Which permission lets somebody hear of changes of an entity; a kind that is not named is heard by nobody. */
const kindPermissions = new Map<string, Permission>(
  Object.entries({
    municipality: 'municipality:read',
    team: 'staff:read',
    staff: 'staff:read',
    token: 'tokens:manage',
    citizen: 'citizens:read',
    'legal-basis': 'municipality:read',
    import: 'events:read',
    site: 'rooms:read',
    room: 'rooms:read',
    booking: 'rooms:read',
    'booking-series': 'rooms:read',
    visit: 'visits:read',
    plan: 'visits:read',
    'visit-rules': 'visits:read',
    'call-defaults': 'ground-rules:read',
    'hand-off': 'hand-off:read',
    message: 'messages:read',
    call: 'calls:read',
    talk: 'calls:host',
    'master-key': 'operations:read',
    ledger: 'ledger:read',
    programme: 'programme:read',
  } as const),
);

/** Who read whose identity, and why, is for those who may look that up. */
const typePermissions = new Map<string, Permission>([['citizen.identity-read', 'citizens:read-accesses']]);

/** Support hears that a call failed and by what technology, though it may not know whose calls there are. */
const typeAlternatives = new Map<string, Permission>([['call.failed', 'operations:read']]);

/** What lets somebody hear of a change: all permissions of any one of these; none where nobody hears of it. */
export function permissionsToHear(change: {
  readonly entityKind: string;
  readonly type: string;
}): readonly (readonly Permission[])[] {
  const ofKind = kindPermissions.get(change.entityKind);
  if (ofKind === undefined) return [];
  const ofType = typePermissions.get(change.type);
  const instead = typeAlternatives.get(change.type);
  return [ofType === undefined ? [ofKind] : [ofKind, ofType], ...(instead === undefined ? [] : [[instead]])];
}
