import type { StaffMember } from '@naer/core/contract';
import { say } from '../language.ts';
import type { Column } from './table.ts';
import { roleWords, word } from './words.ts';

export const staffColumns = (): Column<StaffMember>[] => [
  { title: say('Initialer', 'Initials'), key: 'initials', cell: (s) => s.initials, value: (s) => s.initials },
  { title: say('Navn', 'Name'), key: 'name', cell: (s) => s.name, value: (s) => s.name },
  { title: 'Team', key: 'team', cell: (s) => s.team?.name ?? '', value: (s) => s.team?.name ?? null },
  {
    title: say('Roller', 'Roles'),
    key: 'roles',
    cell: (s) => s.roles.map((role) => word(roleWords, role)).join(', '),
    value: (s) => s.roles.join(';'),
  },
  {
    title: say('Timer', 'Hours'),
    key: 'weeklyHours',
    cell: (s) => s.weeklyHours?.toLocaleString(say('da', 'en')) ?? '',
    value: (s) => s.weeklyHours,
    align: 'right',
  },
];
