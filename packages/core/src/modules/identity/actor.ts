import type { Permission, Role } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';

/** Who acts: a member of staff of one municipality, through a token. */
export interface Actor {
  readonly municipalityId: string;
  readonly staffId: string;
  readonly initials: string;
  readonly teamId: string | null;
  readonly roles: readonly Role[];
  /** Null: everything the roles give; else only these. */
  readonly scopes: readonly Permission[] | null;
  readonly tokenId: string;
  readonly tokenExpiresAt: Date;
  /** Whether their municipality is one of invented people; every answer to them says so. */
  readonly isDemo: boolean;
}

/** Which roles have which permission; each module declares its own, complete for its permissions. */
export type Policy = Readonly<Partial<Record<Permission, readonly Role[]>>>;
export type PermissionOf<Module extends string> = Extract<Permission, `${Module}:${string}`>;

/** Pure, and no by default: a permission that no role of the actor has, or that the token leaves out, is refused. */
export function allows(policy: Policy, actor: Actor, permission: Permission): boolean {
  if (actor.scopes !== null && !actor.scopes.includes(permission)) return false;
  return policy[permission]?.some((role) => actor.roles.includes(role)) ?? false;
}

/** @throws DomainError not_allowed */
export function assertAllowed(policy: Policy, actor: Actor, permission: Permission): void {
  if (!allows(policy, actor, permission)) throw new DomainError('not_allowed', { permission });
}

/** Who acts where nobody does: what lapses by itself. Has no permission, and is `system` in the ledger. */
export const systemActor = (municipalityId: string): Actor => ({
  municipalityId,
  staffId: 'system',
  initials: '',
  teamId: null,
  roles: [],
  scopes: [],
  tokenId: '',
  tokenExpiresAt: new Date(0),
  isDemo: false,
});
