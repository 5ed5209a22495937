import { z } from 'zod';
import { permissions, roles } from './permissions.ts';
import {
  byId,
  byInitials,
  email,
  id,
  initials,
  instant,
  name,
  page,
  pageQuery,
  queryFlag,
} from './primitives.ts';
import { route } from './route.ts';
import { shifts } from './visit-rules.ts';

export const municipality = z.object({
  id,
  name: z.string(),
  isDemo: z.boolean(),
  /** Minutes after the start within which a booked room must be checked in to, or it is released. */
  checkInGraceMinutes: z.int(),
  createdAt: instant,
});
export type Municipality = z.infer<typeof municipality>;

export const team = z.object({ id, name: z.string(), createdAt: instant });
export type Team = z.infer<typeof team>;

export const staffMember = z.object({
  initials,
  name: z.string(),
  email: z.string().nullable(),
  team: z.object({ id, name: z.string() }).nullable(),
  roles: z.array(z.enum(roles)),
  weeklyHours: z.number().nullable(),
  /** Which of the municipality's working hours hold for them. */
  shift: z.enum(shifts),
  endedAt: instant.nullable(),
});
export type StaffMember = z.infer<typeof staffMember>;

const roleList = z.array(z.enum(roles)).min(1).max(roles.length);
const weeklyHours = z.number().min(0).max(60).nullable();

export const registerStaff = z
  .object({
    initials,
    name,
    email: email.nullable().default(null),
    team: name.nullable().default(null).meta({ description: 'The name of an existing team.' }),
    roles: roleList,
    weeklyHours: weeklyHours.default(null),
    shift: z.enum(shifts).default('day'),
  })
  .meta({
    examples: [
      {
        initials: 'BM13',
        name: 'Åse Nørgaard',
        email: 'bm13@example.dk',
        team: 'Team Midt',
        roles: ['support-worker'],
        weeklyHours: 32,
      },
    ],
  });
export const changeStaff = z
  .object({
    name,
    email: email.nullable(),
    team: name.nullable(),
    roles: roleList,
    weeklyHours,
    shift: z.enum(shifts),
  })
  .partial()
  .meta({ examples: [{ team: 'Team Nord' }] });

export const accessToken = z.object({
  id,
  owner: initials,
  name: z.string(),
  scopes: z.array(z.enum(permissions)).nullable().meta({ description: 'null: everything its owner may.' }),
  expiresAt: instant,
  revokedAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  createdAt: instant,
});
export type AccessToken = z.infer<typeof accessToken>;

export const createToken = z
  .object({
    name,
    owner: initials
      .optional()
      .meta({ description: 'Somebody else, where you may manage tokens; yourself by default.' }),
    scopes: z.array(z.enum(permissions)).min(1).max(permissions.length).nullable().default(null),
    days: z.int().min(1).max(366).default(90).meta({ description: 'Days until it expires.' }),
  })
  .meta({ examples: [{ name: 'laptop', days: 90 }] });

/** The secret is shown once, in the answer to its creation; a repeated request gets null. */
export const createdToken = accessToken.extend({ secret: z.string().nullable() });

export const me = z.object({
  staff: staffMember,
  municipality,
  permissions: z.array(z.enum(permissions)),
  tokenExpiresAt: instant,
});
export type Me = z.infer<typeof me>;

export const createMunicipality = z
  .object({ name, administrator: registerStaff.pick({ initials: true, name: true, email: true }).strict() })
  .meta({
    examples: [{ name: 'Nordby', administrator: { initials: 'ADM', name: 'Anna Dam', email: null } }],
  });

export const createdMunicipality = municipality.extend({ adminToken: z.string().nullable() });

export const identityRoutes = {
  me: route(
    'identity.me',
    'GET',
    '/me',
    { access: 'authenticated', summary: 'Who you are and what you may' },
    me,
  ),
  showMunicipality: route(
    'identity.showMunicipality',
    'GET',
    '/municipality',
    { access: 'municipality:read', summary: 'Your municipality and its settings' },
    municipality,
  ),
  changeMunicipality: route(
    'identity.changeMunicipality',
    'PATCH',
    '/municipality',
    {
      access: 'municipality:write',
      summary: 'Change the name or settings of your municipality',
      body: z
        .object({ name, checkInGraceMinutes: z.int().min(0).max(120) })
        .partial()
        .meta({ examples: [{ name: 'Nordby', checkInGraceMinutes: 10 }] }),
    },
    municipality,
  ),
  listMunicipalities: route(
    'identity.listMunicipalities',
    'GET',
    '/municipalities',
    { access: 'municipality:create', summary: 'All municipalities of this installation (operator)' },
    page(municipality),
  ),
  createMunicipality: route(
    'identity.createMunicipality',
    'POST',
    '/municipalities',
    {
      access: 'municipality:create',
      summary: 'Create a municipality with its first administrator (operator)',
      body: createMunicipality,
      status: 201,
    },
    createdMunicipality,
  ),
  listTeams: route(
    'identity.listTeams',
    'GET',
    '/teams',
    { access: 'staff:read', summary: 'Teams' },
    page(team),
  ),
  createTeam: route(
    'identity.createTeam',
    'POST',
    '/teams',
    {
      access: 'staff:write',
      summary: 'Create a team',
      body: z.object({ name }).meta({ examples: [{ name: 'Team Midt' }] }),
      status: 201,
    },
    team,
  ),
  renameTeam: route(
    'identity.renameTeam',
    'PATCH',
    '/teams/:id',
    {
      access: 'staff:write',
      summary: 'Rename a team',
      params: byId,
      body: z.object({ name }).meta({ examples: [{ name: 'Team Nord' }] }),
    },
    team,
  ),
  listStaff: route(
    'identity.listStaff',
    'GET',
    '/staff',
    {
      access: 'staff:read',
      summary: 'Staff',
      query: z.object({
        ...pageQuery,
        team: name.optional(),
        role: z.enum(roles).optional(),
        ended: queryFlag.default(false),
      }),
    },
    page(staffMember),
  ),
  registerStaff: route(
    'identity.registerStaff',
    'POST',
    '/staff',
    { access: 'staff:write', summary: 'Register a member of staff', body: registerStaff, status: 201 },
    staffMember,
  ),
  showStaff: route(
    'identity.showStaff',
    'GET',
    '/staff/:initials',
    { access: 'staff:read', summary: 'One member of staff', params: byInitials },
    staffMember,
  ),
  changeStaff: route(
    'identity.changeStaff',
    'PATCH',
    '/staff/:initials',
    { access: 'staff:write', summary: 'Change a member of staff', params: byInitials, body: changeStaff },
    staffMember,
  ),
  endStaff: route(
    'identity.endStaff',
    'POST',
    '/staff/:initials/end',
    {
      access: 'staff:write',
      summary: 'End an employment: tokens are revoked, future bookings cancelled',
      params: byInitials,
    },
    staffMember,
  ),
  listTokens: route(
    'identity.listTokens',
    'GET',
    '/tokens',
    {
      access: 'tokens:own',
      summary: 'Your access tokens (all of them with tokens:manage and all=true)',
      query: z.object({ ...pageQuery, all: queryFlag.default(false) }),
    },
    page(accessToken),
  ),
  createToken: route(
    'identity.createToken',
    'POST',
    '/tokens',
    {
      access: 'tokens:own',
      summary: 'Create an access token; its secret is shown once',
      body: createToken,
      status: 201,
    },
    createdToken,
  ),
  revokeToken: route(
    'identity.revokeToken',
    'POST',
    '/tokens/:id/revoke',
    { access: 'tokens:own', summary: 'Revoke an access token at once', params: byId },
    accessToken,
  ),
} as const;
