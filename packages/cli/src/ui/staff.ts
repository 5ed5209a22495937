import type { StaffMember } from '@naer/core/contract/identity';
import { Args, Flags } from '@oclif/core';
import { language, say } from '../language.ts';
import { choice, choices, pick, pickAll } from './choices.ts';
import { orNull, readNumber } from './inputs.ts';
import { type Column, column, renderCard } from './table.ts';
import { moment } from './time.ts';
import { roleWords, shiftWords, word } from './words.ts';

const roles = (staff: StaffMember) => staff.roles.map((role) => word(roleWords, role)).join(', ');
const hours = (staff: StaffMember) => staff.weeklyHours?.toLocaleString(language()) ?? '';

export const staffColumns = (): Column<StaffMember>[] => [
  column(say('Initialer', 'Initials'), 'initials', (staff) => staff.initials),
  column(say('Navn', 'Name'), 'name', (staff) => staff.name),
  column('Team', 'team', (staff) => staff.team?.name ?? ''),
  {
    ...column(say('Timer', 'Hours'), 'weeklyHours', hours, (staff: StaffMember) => staff.weeklyHours),
    align: 'right',
  },
  { ...column('', 'shift', (staff: StaffMember) => staff.shift), csvOnly: true },
  {
    ...column(say('Roller', 'Roles'), 'roles', roles, (staff: StaffMember) => staff.roles.join(';')),
    wraps: true,
  },
];

export const staffCard = (staff: StaffMember): string =>
  renderCard([
    [say('Initialer', 'Initials'), staff.initials],
    [say('Navn', 'Name'), staff.name],
    ['E-mail', staff.email ?? ''],
    ['Team', staff.team?.name ?? ''],
    [say('Roller', 'Roles'), roles(staff)],
    [say('Timer om ugen', 'Hours a week'), hours(staff)],
    [say('Vagt', 'Shift'), word(shiftWords, staff.shift)],
    ...(staff.endedAt === null ? [] : [[say('Fratrådt', 'Left'), moment(staff.endedAt)] as const]),
  ]);

export const initialsArg = Args.string({
  required: true,
  description: say('Initialer, fx BM13', 'Initials, such as BM13'),
  parse: async (text) => text.toUpperCase(),
});

export const staffFlags = () => ({
  role: Flags.string(choices(roleWords, say('Rolle, eller flere med komma', 'Role, or several with commas'))),
  team: Flags.string({ summary: 'Team' }),
  email: Flags.string({ summary: 'E-mail' }),
  hours: Flags.string({ summary: say('Timer om ugen', 'Hours a week'), helpValue: '32' }),
  shift: choice(shiftWords, say('Vagt (ellers day)', 'Shift (else day)')),
});
type StaffFlags = { readonly [flag in keyof ReturnType<typeof staffFlags>]?: string | undefined };

/** What such options come to; what was not given is left out, and an empty text clears. */
export const staffInput = (flags: StaffFlags) => ({
  roles: pickAll(roleWords, flags.role, '--role'),
  team: orNull(flags.team),
  email: orNull(flags.email),
  weeklyHours: flags.hours === '' ? null : readNumber(flags.hours, '--hours'),
  shift: pick(shiftWords, flags.shift, '--shift'),
});
