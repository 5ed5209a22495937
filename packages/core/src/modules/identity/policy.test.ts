import { describe, expect, it } from 'vitest';
import { type Permission, type Role, roles } from '../../contract/index.ts';
import { type Actor, allows, assertAllowed } from './actor.ts';
import { identityPolicy } from './policy.ts';
import { assertMayGrant, assertScopesWithin } from './rules.ts';

const actor = (own: readonly Role[], scopes: readonly Permission[] | null = null): Actor => ({
  municipalityId: 'm',
  staffId: 's',
  initials: 'AB',
  teamId: null,
  roles: own,
  scopes,
  tokenId: 't',
  tokenExpiresAt: new Date(0),
  isDemo: false,
});

const everybody = [...roles].sort();
const readers: readonly Role[] = everybody.filter(
  (role) => !['peer-supporter', 'cross-municipal-lead', 'operator'].includes(role),
);

describe('who may what about municipalities, staff and tokens', () => {
  it.each<[keyof typeof identityPolicy, readonly Role[]]>([
    ['municipality:read', everybody],
    ['municipality:write', ['administrator']],
    ['municipality:create', ['operator']],
    ['staff:read', readers],
    ['staff:write', ['administrator']],
    ['tokens:own', everybody],
    ['tokens:manage', ['administrator']],
  ])('%s', (permission, allowed) => {
    expect(roles.filter((role) => allows(identityPolicy, actor([role]), permission)).sort()).toEqual(
      [...allowed].sort(),
    );
    for (const role of allowed) {
      expect(allows(identityPolicy, actor([role], [permission]), permission)).toBe(true);
      expect(allows(identityPolicy, actor([role], ['citizens:read']), permission)).toBe(false);
      expect(allows(identityPolicy, actor([role], []), permission)).toBe(false);
    }
    expect(allows(identityPolicy, actor([]), permission)).toBe(false);
    expect(allows(identityPolicy, actor([], [permission]), permission)).toBe(false);
  });

  it('allows nothing that it does not name', () => {
    expect(allows(identityPolicy, actor(roles), 'citizens:erase')).toBe(false);
    expect(allows({}, actor(roles), 'staff:read')).toBe(false);
    expect(() => assertAllowed(identityPolicy, actor(['leader']), 'staff:write')).toThrow(
      'Your role does not allow this (staff:write).',
    );
  });
});

describe('what a token may carry', () => {
  it('is never more than the roles of its owner give', () => {
    expect(() => assertScopesWithin(identityPolicy, ['leader'], ['staff:read', 'tokens:own'])).not.toThrow();
    expect(() =>
      assertScopesWithin(identityPolicy, ['leader'], ['staff:read', 'staff:write', 'municipality:create']),
    ).toThrow('staff:write, municipality:create');
    expect(() => assertScopesWithin(identityPolicy, ['leader'], null)).not.toThrow();
    expect(() => assertScopesWithin({}, roles, ['staff:read'])).toThrow();
  });
});

describe('the role of the operator', () => {
  it.each<[string, Role[], Role[], Role[], boolean]>([
    ['is given by an operator', ['administrator', 'operator'], ['leader'], ['leader', 'operator'], true],
    ['is not given by an administrator', ['administrator'], ['leader'], ['leader', 'operator'], false],
    ['is not taken by an administrator', ['administrator'], ['operator'], ['leader'], false],
    ['is taken by an operator', ['administrator', 'operator'], ['operator'], ['leader'], true],
    [
      'stays where an administrator changes other roles',
      ['administrator'],
      ['operator', 'leader'],
      ['operator'],
      true,
    ],
    [
      'does not stop an administrator from giving any other',
      ['administrator'],
      [],
      [...roles].filter((role) => role !== 'operator'),
      true,
    ],
  ])('%s', (_, granter, before, after, allowed) => {
    const grant = () => assertMayGrant(granter, before, after);
    if (allowed) expect(grant).not.toThrow();
    else expect(grant).toThrow();
  });
});
