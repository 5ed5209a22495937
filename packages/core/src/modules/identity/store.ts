import { DomainError } from '../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';

export const withTeam = { team: true } as const;
export type StaffRow = Omit<Prisma.StaffGetPayload<object>, 'municipalityId' | 'teamId'> & {
  readonly team: { readonly id: string; readonly name: string } | null;
};
export type TokenRow = Prisma.AccessTokenGetPayload<{ include: { staff: true } }>;

/** Somebody by initials, employed or not, or null. */
export async function findStaffByInitials(tx: ReadTx, initials: string): Promise<StaffRow | null> {
  const [row] = await queryHot<StaffRow>(
    tx,
    Prisma.sql`
    SELECT staff.id, staff.initials, staff.name, staff.email, staff.roles, staff.weekly_hours AS "weeklyHours", staff.shift,
      staff.created_at AS "createdAt", staff.updated_at AS "updatedAt", staff.ended_at AS "endedAt",
      CASE WHEN team.id IS NOT NULL THEN json_build_object('id', team.id, 'name', team.name) END AS team
    FROM staff LEFT JOIN team ON team.municipality_id = staff.municipality_id AND team.id = staff.team_id
    WHERE staff.initials = ${initials}`,
  );
  return row ?? null;
}

/**
 * Somebody who works here now, by initials.
 *
 * @throws DomainError not_found
 */
export async function getStaffByInitials(tx: ReadTx, initials: string): Promise<StaffRow> {
  const found = await findStaffByInitials(tx, initials);
  if (found === null || found.endedAt !== null)
    throw new DomainError('not_found', { kind: `staff ${initials}` });
  return found;
}

/** @throws DomainError not_found */
export async function getTeamByName(
  tx: ReadTx,
  name: string,
): Promise<{ readonly id: string; readonly name: string }> {
  const found = await tx.team.findFirst({ where: { name } });
  if (found === null) throw new DomainError('not_found', { kind: `team ${name}` });
  return found;
}

export type MunicipalityRow = Prisma.MunicipalityGetPayload<object>;

/** @throws DomainError not_found */
export async function getOwnMunicipality(tx: ReadTx): Promise<MunicipalityRow> {
  const [found] = await queryHot<MunicipalityRow>(
    tx,
    Prisma.sql`SELECT id, name, is_demo AS "isDemo", check_in_grace_minutes AS "checkInGraceMinutes", created_at AS "createdAt" FROM municipality`,
  );
  if (found === undefined) throw new DomainError('not_found', { kind: 'municipality' });
  return found;
}

/** Locks many by initials, in the order of `lockStaff`, so that neither writes back what the other has just changed. */
export async function lockManyStaff(tx: Tx, initials: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    SELECT id FROM staff WHERE initials = ANY (${[...initials]}) ORDER BY id FOR NO KEY UPDATE`;
}

/**
 * Locks somebody and all administrators, in one order for everybody: two who change staff at once see what the other
 * did, neither writes back roles that were taken, and they cannot both remove the last administrator.
 *
 * @returns the ids of the employed administrators
 */
export async function lockStaff(tx: Tx, initials: string): Promise<readonly string[]> {
  const rows = await tx.$queryRaw<{ id: string; leads: boolean }[]>`
    SELECT id, ended_at IS NULL AND 'administrator' = ANY (roles) AS leads FROM staff
    WHERE initials = ${initials} OR (ended_at IS NULL AND 'administrator' = ANY (roles))
    ORDER BY id FOR NO KEY UPDATE`;
  return rows.filter(({ leads }) => leads).map(({ id }) => id);
}
