import type { Role } from '../../contract/index.ts';
import type { PermissionOf } from '../identity/index.ts';

/**
 * Who may what about programmes. The municipality's own figures are for those who run its programme; who compares
 * municipalities or audits gets month-ends as they are given out (`programme:report`), in which nobody can be found. A
 * support worker sees their own citizens and their own target, never a colleague's.
 */
export const programmePolicy = {
  'programme:read': ['coordinator', 'leader'],
  'programme:write': ['coordinator', 'leader'],
  // Which programmes there are, and what somebody could do themselves: for whoever has to do with one at all.
  'programme:own': [
    'support-worker',
    'super-user',
    'coordinator',
    'leader',
    'cross-municipal-lead',
    'it-auditor',
    'data-protection-officer',
  ],
  'programme:report': [
    'coordinator',
    'leader',
    'cross-municipal-lead',
    'it-auditor',
    'data-protection-officer',
  ],
  'programme:lead': ['cross-municipal-lead', 'coordinator'],
} as const satisfies Record<PermissionOf<'programme'>, readonly Role[]>;
