/**
 * The roles of the field (their Danish words are `roleWords` in packages/cli/src/ui/words.ts), plus two of the installation itself:
 * `administrator` keeps one municipality's staff, rooms and tokens; `operator` runs the machine, may create
 * municipalities and rotate the master key, and sees no citizen.
 */
export const roles = [
  'support-worker',
  'super-user',
  'coordinator',
  'cross-municipal-lead',
  'leader',
  'it-support',
  'night-watch',
  'peer-supporter',
  'data-protection-officer',
  'it-auditor',
  'caseworker',
  'administrator',
  'operator',
] as const;
export type Role = (typeof roles)[number];

/** Everything that can be allowed. Each module's policy says which roles have which; nothing is allowed by silence. */
export const permissions = [
  'municipality:read',
  'municipality:write',
  'municipality:create',
  'staff:read',
  'staff:write',
  'tokens:own',
  'tokens:manage',
  'citizens:read',
  'citizens:write',
  'citizens:step',
  'citizens:assess',
  'citizens:read-identity',
  'citizens:write-identity',
  'citizens:find',
  'citizens:read-accesses',
  'citizens:erase',
  'citizens:import',
  'citizens:export',
  'citizens:export-identities',
  'rooms:read',
  'rooms:write',
  'rooms:book',
  'rooms:book-for-others',
  'visits:read',
  'visits:write',
  'visits:write-for-others',
  'visits:read-note',
  'visits:write-rules',
  'visits:import',
  'granted:read',
  'hand-off:read',
  'hand-off:write',
  'hand-off:export',
  'demo:reset',
  'ledger:read',
  'events:read',
  'operations:read',
  'operations:retry',
  'operations:rotate-master-key',
] as const;
export type Permission = (typeof permissions)[number];
