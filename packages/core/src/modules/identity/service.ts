import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { changeStaff, createToken, Role, registerStaff } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Ledger } from '../../ledger/index.ts';
import { type ChangeEvents, type Tx, violatedConstraint } from '../../storage/index.ts';
import { type Actor, allows, assertAllowed, type Policy } from './actor.ts';
import { identityPolicy } from './policy.ts';
import { assertMayGrant, assertScopesWithin } from './rules.ts';
import {
  findStaffByInitials,
  getOwnMunicipality,
  getStaffByInitials,
  getTeamByName,
  lockStaff,
} from './store.ts';
import { hashTokenSecret, makeTokenSecret } from './token-secret.ts';

export interface IdentityDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  /** The policies of all modules together: a token's scopes may name any permission. */
  readonly wholePolicy: Policy;
  /** What ends with an employment in other modules, such as future bookings. */
  readonly onStaffEnded: (tx: Tx, actor: Actor, staffId: string) => Promise<void>;
}

export type StaffDraft = z.output<typeof registerStaff>;
export type StaffChange = z.output<typeof changeStaff>;
export type IdentityService = ReturnType<typeof createIdentity>;

/** Municipality, teams, staff and tokens. Methods return the id or initials under which the result is presented. */
export function createIdentity({ clock, ledger, changes, wholePolicy, onStaffEnded }: IdentityDeps) {
  const teamIdOf = async (tx: Tx, name: string | null | undefined): Promise<string | null> =>
    name == null ? null : (await getTeamByName(tx, name)).id;

  const assertAnotherLeads = (administrators: readonly string[], staffId: string): void => {
    if (administrators.every((id) => id === staffId)) throw new DomainError('last_administrator');
  };

  return {
    changeMunicipality: async (
      tx: Tx,
      actor: Actor,
      change: { name?: string | undefined; checkInGraceMinutes?: number | undefined },
    ): Promise<string> => {
      assertAllowed(identityPolicy, actor, 'municipality:write');
      const current = await getOwnMunicipality(tx);
      const next = {
        name: change.name ?? current.name,
        checkInGraceMinutes: change.checkInGraceMinutes ?? current.checkInGraceMinutes,
      };
      await tx.municipality.updateMany({ where: { id: actor.municipalityId }, data: next });
      await ledger.append(tx, actor.staffId, {
        type: 'municipality.changed',
        checkInGraceMinutes: next.checkInGraceMinutes,
      });
      await changes.append(tx, {
        type: 'municipality.changed',
        entity: { kind: 'municipality', id: current.id },
      });
      return current.id;
    },

    createTeam: async (tx: Tx, actor: Actor, name: string): Promise<string> => {
      assertAllowed(identityPolicy, actor, 'staff:write');
      const id = randomUUID();
      await tx.team
        .create({ data: { municipalityId: actor.municipalityId, id, name, createdAt: clock.now() } })
        .catch(explainTeamName(name));
      await ledger.append(tx, actor.staffId, { type: 'team.created', team: id });
      await changes.append(tx, { type: 'team.created', entity: { kind: 'team', id } });
      return id;
    },

    renameTeam: async (tx: Tx, actor: Actor, id: string, name: string): Promise<string> => {
      assertAllowed(identityPolicy, actor, 'staff:write');
      const { count } = await tx.team
        .updateMany({ where: { id }, data: { name } })
        .catch(explainTeamName(name));
      if (count === 0) throw new DomainError('not_found', { kind: 'team' });
      await changes.append(tx, { type: 'team.changed', entity: { kind: 'team', id } });
      return id;
    },

    registerStaff: async (tx: Tx, actor: Actor, draft: StaffDraft): Promise<string> => {
      assertAllowed(identityPolicy, actor, 'staff:write');
      assertMayGrant(actor.roles, [], draft.roles);
      const [id, now] = [randomUUID(), clock.now()];
      const teamId = await teamIdOf(tx, draft.team);
      const { initials, name, email, roles, weeklyHours, shift } = draft;
      await tx.staff
        .create({
          data: {
            municipalityId: actor.municipalityId,
            id,
            initials,
            name,
            email,
            teamId,
            roles,
            weeklyHours,
            shift,
            createdAt: now,
            updatedAt: now,
          },
        })
        .catch((error: unknown) => {
          if (violatedConstraint(error) === 'staff_initials_unique')
            throw new DomainError('already_exists', { kind: 'staff', name: initials });
          throw error;
        });
      await ledger.append(tx, actor.staffId, { type: 'staff.registered', staff: id, roles });
      await changes.append(tx, { type: 'staff.registered', entity: { kind: 'staff', id: initials } });
      return initials;
    },

    changeStaff: async (tx: Tx, actor: Actor, initials: string, change: StaffChange): Promise<string> => {
      assertAllowed(identityPolicy, actor, 'staff:write');
      const administrators = await lockStaff(tx, initials);
      const current = await getStaffByInitials(tx, initials);
      const before = current.roles as Role[];
      const after = change.roles ?? before;
      assertMayGrant(actor.roles, before, after);
      if (before.includes('administrator') && !after.includes('administrator'))
        assertAnotherLeads(administrators, current.id);
      const { name, email, weeklyHours, shift } = change;
      await tx.staff.updateMany({
        where: { id: current.id },
        data: {
          ...(name === undefined ? {} : { name }),
          ...(email === undefined ? {} : { email }),
          ...(weeklyHours === undefined ? {} : { weeklyHours }),
          ...(shift === undefined ? {} : { shift }),
          ...(change.team === undefined ? {} : { teamId: await teamIdOf(tx, change.team) }),
          roles: after,
          updatedAt: clock.now(),
        },
      });
      await ledger.append(tx, actor.staffId, { type: 'staff.changed', staff: current.id, roles: after });
      await changes.append(tx, { type: 'staff.changed', entity: { kind: 'staff', id: initials } });
      return initials;
    },

    endStaff: async (tx: Tx, actor: Actor, initials: string): Promise<string> => {
      assertAllowed(identityPolicy, actor, 'staff:write');
      const administrators = await lockStaff(tx, initials);
      const current = await findStaffByInitials(tx, initials);
      if (current === null) throw new DomainError('not_found', { kind: `staff ${initials}` });
      if (current.endedAt !== null) return initials;
      assertMayGrant(actor.roles, current.roles as Role[], []);
      if (current.roles.includes('administrator')) assertAnotherLeads(administrators, current.id);
      const now = clock.now();
      await tx.staff.updateMany({ where: { id: current.id }, data: { endedAt: now, updatedAt: now } });
      await tx.accessToken.updateMany({
        where: { staffId: current.id, revokedAt: null },
        data: { revokedAt: now },
      });
      await onStaffEnded(tx, actor, current.id);
      await ledger.append(tx, actor.staffId, { type: 'staff.ended', staff: current.id });
      await changes.append(tx, { type: 'staff.ended', entity: { kind: 'staff', id: initials } });
      return initials;
    },

    createToken: async (
      tx: Tx,
      actor: Actor,
      wish: z.output<typeof createToken>,
    ): Promise<{ reference: string; fresh: string }> => {
      assertAllowed(identityPolicy, actor, 'tokens:own');
      const owner = await getStaffByInitials(tx, wish.owner ?? actor.initials);
      if (owner.id !== actor.staffId) assertAllowed(identityPolicy, actor, 'tokens:manage');
      // A token made with a narrow token must not be wider than that; and nobody borrows a role they do not have.
      const scopes = wish.scopes ?? (owner.id === actor.staffId ? actor.scopes : null);
      assertScopesWithin(wholePolicy, owner.roles as Role[], scopes);
      if (actor.scopes !== null) assertSubset(scopes, actor.scopes);
      assertMayGrant(actor.roles, [], owner.roles as Role[]);
      const [id, secret, now] = [randomUUID(), makeTokenSecret(), clock.now()];
      const expiresAt = new Date(now.getTime() + wish.days * 86_400_000);
      await tx.accessToken.create({
        data: {
          municipalityId: actor.municipalityId,
          id,
          staffId: owner.id,
          name: wish.name,
          secretHash: hashTokenSecret(secret),
          scopes: [...(scopes ?? [])],
          expiresAt,
          createdAt: now,
        },
      });
      await ledger.append(tx, actor.staffId, {
        type: 'token.created',
        token: id,
        staff: owner.id,
        expiresAt: expiresAt.toISOString(),
      });
      await changes.append(tx, { type: 'token.created', entity: { kind: 'token', id } });
      return { reference: id, fresh: secret };
    },

    revokeToken: async (tx: Tx, actor: Actor, id: string): Promise<string> => {
      assertAllowed(identityPolicy, actor, 'tokens:own');
      const token = await tx.accessToken.findFirst({ where: { id } });
      // Somebody else's token is as unknown as one that does not exist.
      if (
        token === null ||
        (token.staffId !== actor.staffId && !allows(identityPolicy, actor, 'tokens:manage'))
      ) {
        throw new DomainError('not_found', { kind: 'token' });
      }
      if (token.revokedAt !== null) return id;
      await tx.accessToken.updateMany({ where: { id }, data: { revokedAt: clock.now() } });
      await ledger.append(tx, actor.staffId, { type: 'token.revoked', token: id, staff: token.staffId });
      await changes.append(tx, { type: 'token.revoked', entity: { kind: 'token', id } });
      return id;
    },
  };
}

function assertSubset(wanted: readonly string[] | null, held: readonly string[]): void {
  const beyond = wanted === null ? ['*'] : wanted.filter((scope) => !held.includes(scope));
  if (beyond.length > 0) throw new DomainError('scope_exceeds_role', { scopes: beyond.join(', ') });
}

const explainTeamName =
  (name: string) =>
  (error: unknown): never => {
    if (violatedConstraint(error) === 'team_name_unique')
      throw new DomainError('already_exists', { kind: 'team', name });
    throw error;
  };
