import type {
  AccessToken,
  Municipality,
  Permission,
  Role,
  Shift,
  StaffMember,
  Team,
} from '../../contract/index.ts';
import type { StaffRow, TokenRow } from './store.ts';

export const presentStaff = (row: StaffRow): StaffMember => ({
  initials: row.initials,
  name: row.name,
  email: row.email,
  team: row.team === null ? null : { id: row.team.id, name: row.team.name },
  roles: row.roles as Role[],
  weeklyHours: row.weeklyHours,
  shift: row.shift as Shift,
  endedAt: row.endedAt?.toISOString() ?? null,
});

export const presentTeam = (row: { id: string; name: string; createdAt: Date }): Team => ({
  id: row.id,
  name: row.name,
  createdAt: row.createdAt.toISOString(),
});

export const presentMunicipality = (row: {
  id: string;
  name: string;
  isDemo: boolean;
  checkInGraceMinutes: number;
  createdAt: Date;
}): Municipality => ({
  id: row.id,
  name: row.name,
  isDemo: row.isDemo,
  checkInGraceMinutes: row.checkInGraceMinutes,
  createdAt: row.createdAt.toISOString(),
});

export const presentToken = (row: TokenRow): AccessToken => ({
  id: row.id,
  owner: row.staff.initials,
  name: row.name,
  scopes: row.scopes.length === 0 ? null : (row.scopes as Permission[]),
  expiresAt: row.expiresAt.toISOString(),
  revokedAt: row.revokedAt?.toISOString() ?? null,
  lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
});
