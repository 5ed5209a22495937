import type { ProgrammeKind, Role } from '../../contract/index.ts';
import { type Actor, assertAllowed, type PermissionOf } from '../identity/index.ts';

/**
 * Who may what about programmes. The municipality's own figures are for those who run its programme; who compares
 * municipalities or audits gets month-ends as they are given out (`programme:report`), in which nobody can be found. A
 * support worker sees their own citizens and their own target, never a colleague's.
 */
export const programmePolicy = {
  'programme:read': ['coordinator', 'leader'],
  'programme:write': ['coordinator', 'leader'],
  // That there are any: for whoever has to do with one at all.
  'programme:list': [
    'support-worker',
    'super-user',
    'coordinator',
    'leader',
    'cross-municipal-lead',
    'it-auditor',
    'data-protection-officer',
  ],
  'programme:own': ['support-worker', 'super-user'],
  'programme:report': [
    'coordinator',
    'leader',
    'cross-municipal-lead',
    'it-auditor',
    'data-protection-officer',
  ],
  'programme:lead': ['cross-municipal-lead', 'coordinator'],
} as const satisfies Record<PermissionOf<'programme'>, readonly Role[]>;

/**
 * How a programme goes is told exactly, so it is for those who run it; what is known of one that is led from here are
 * month-ends as they were given out, and those are for everybody who may have reports.
 *
 * @throws DomainError not_allowed
 */
export function assertMayRead(actor: Actor, { kind }: { readonly kind: ProgrammeKind }): void {
  if (kind !== 'lead') assertAllowed(programmePolicy, actor, 'programme:read');
}
