import type { Permission, Role } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Policy } from './actor.ts';

/** @throws DomainError scope_exceeds_role: a token can never grant more than its owner's roles do */
export function assertScopesWithin(
  policy: Policy,
  ownerRoles: readonly Role[],
  scopes: readonly Permission[] | null,
): void {
  const beyond = (scopes ?? []).filter((scope) => !policy[scope]?.some((role) => ownerRoles.includes(role)));
  if (beyond.length > 0) throw new DomainError('scope_exceeds_role', { scopes: beyond.join(', ') });
}

/** Roles that only somebody who has them may give: an administrator does not make themselves operator of the machine. */
export function assertMayGrant(
  granter: readonly Role[],
  before: readonly Role[],
  after: readonly Role[],
): void {
  if (after.includes('operator') !== before.includes('operator') && !granter.includes('operator')) {
    throw new DomainError('not_allowed', { permission: 'municipality:create' });
  }
}
