import { DomainError } from '../../kernel/errors.ts';
import type { Prisma, ReadTx, Tx } from '../../storage/index.ts';

export const withTeam = { team: true } as const;
export type StaffRow = Prisma.StaffGetPayload<{ include: { team: true } }>;
export type TokenRow = Prisma.AccessTokenGetPayload<{ include: { staff: true } }>;

/** Somebody by initials, employed or not, or null. */
export const findStaffByInitials = (tx: ReadTx, initials: string): Promise<StaffRow | null> =>
  tx.staff.findFirst({ where: { initials }, include: withTeam });

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

/** @throws DomainError not_found */
export async function getOwnMunicipality(tx: ReadTx) {
  const found = await tx.municipality.findFirst();
  if (found === null) throw new DomainError('not_found', { kind: 'municipality' });
  return found;
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
