import type { OpeningHours, Role, RoomFeature, roomKinds, Shift } from '../contract/index.ts';
import { type Gender, inventInitials, inventName, mailName } from './names.ts';
import { allot, at, type Random } from './random.ts';

/** How many there are of everything, as the demo is asked to have it. */
export const size = {
  citizens: 450,
  workers: 40,
  /** Workers who take part in the programme; only their citizens are seen by video. */
  inProgramme: 16,
  rooms: 12,
  teams: ['Team Nord', 'Team Syd', 'Team Øst', 'Team Vest'],
} as const;

export interface Team {
  readonly id: string;
  readonly name: string;
}

export interface Member {
  readonly id: string;
  readonly initials: string;
  readonly name: string;
  readonly email: string;
  readonly team: Team | null;
  readonly roles: readonly Role[];
  readonly weeklyHours: number;
  readonly shift: Shift;
}
export interface Worker extends Member {
  readonly team: Team;
  readonly inProgramme: boolean;
}

export interface Room {
  readonly id: string;
  readonly siteId: string;
  readonly name: string;
  readonly kind: (typeof roomKinds)[number];
  readonly seats: number;
  readonly features: readonly RoomFeature[];
  readonly openingHours: OpeningHours;
  readonly bufferMinutes: number;
}

export interface Town {
  readonly teams: readonly Team[];
  readonly workers: readonly Worker[];
  /** Everybody else on the staff. */
  readonly colleagues: readonly Member[];
  readonly sites: readonly { readonly id: string; readonly name: string }[];
  readonly rooms: readonly Room[];
}

const colleagueRoles: readonly (readonly [roles: readonly Role[], count: number, shift: Shift])[] = [
  [['leader'], 2, 'day'],
  [['coordinator'], 1, 'day'],
  [['caseworker'], 3, 'day'],
  [['super-user'], 1, 'day'],
  [['it-support'], 2, 'day'],
  [['night-watch'], 3, 'night'],
  [['data-protection-officer'], 1, 'day'],
];

export function inventTown(random: Random): Town {
  const teams = size.teams.map((name) => ({ id: random.uuid(), name }));
  const taken = new Set(['ADMIN']);
  const member = (team: Team | null, roles: readonly Role[], shift: Shift, weeklyHours: number): Member => {
    const gender: Gender = random.chance(78) ? 'woman' : 'man';
    const { first, last } = inventName(gender, random);
    const initials = inventInitials(first, last, taken);
    const email = `${mailName(initials)}@example.dk`;
    return { id: random.uuid(), initials, name: `${first} ${last}`, email, team, roles, weeklyHours, shift };
  };
  const perTeam = size.workers / teams.length;
  const inProgramme = size.inProgramme / teams.length;
  const workers = Array.from({ length: size.workers }, (_, nth): Worker => {
    const team = at(teams, Math.floor(nth / perTeam));
    const place = nth % perTeam;
    // One of each team helps the others with technology, one of most works until the evening.
    const roles: readonly Role[] = place === 0 ? ['support-worker', 'super-user'] : ['support-worker'];
    const shift = place === perTeam - 1 && nth > perTeam ? 'evening' : 'day';
    const hours = Number(random.weighted({ '37': 70, '32': 20, '30': 10 }));
    return { ...member(team, roles, shift, hours), team, inProgramme: place < inProgramme };
  });
  const colleagues = colleagueRoles.flatMap(([roles, count, shift]) =>
    Array.from({ length: count }, () => member(null, roles, shift, 37)),
  );
  return { teams, workers, colleagues, ...inventRooms(random) };
}

const hours = (opens: string, closes: string): OpeningHours =>
  [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens, closes }));

const sitePlan: readonly (readonly [site: string, opens: string, closes: string])[] = [
  ['Rådhuset', '07:00', '18:00'],
  ['Aktivitetshuset', '08:00', '18:00'],
  ['Plejecenter Solsiden', '07:30', '17:00'],
  ['Sundhedshuset', '08:00', '18:00'],
];
const wellEquipped: readonly RoomFeature[] = [
  'screen',
  'camera',
  'headset',
  'wired',
  'curtains',
  'quiet',
  'light',
];

function inventRooms(random: Random): Pick<Town, 'sites' | 'rooms'> {
  const sites = sitePlan.map(([name]) => ({ id: random.uuid(), name }));
  const rooms = sitePlan.flatMap(([, opens, closes], place): Room[] => {
    const one = { siteId: at(sites, place).id, openingHours: hours(opens, closes) };
    const booth: readonly RoomFeature[] = ['camera', 'headset', 'wired', 'quiet', 'light'];
    return [
      {
        ...one,
        id: random.uuid(),
        name: 'Samtaleboks 1',
        kind: 'booth',
        seats: 1,
        features: booth,
        bufferMinutes: 5,
      },
      {
        ...one,
        id: random.uuid(),
        name: place < 2 ? 'Samtaleboks 2' : 'Kontor 3',
        kind: place < 2 ? 'booth' : 'office',
        seats: place < 2 ? 1 : 2,
        features: place < 2 ? booth : ['screen', 'camera', 'wired', 'curtains'],
        bufferMinutes: 5,
      },
      {
        ...one,
        id: random.uuid(),
        name: `Mødelokale ${place + 1}`,
        kind: 'meeting-room',
        seats: 6,
        features: wellEquipped,
        bufferMinutes: 10,
      },
    ];
  });
  return { sites, rooms };
}

/** Women and men in a given number of people, as near to the share as whole numbers can be, in mixed order. */
export function mixGenders(people: number, womenPercent: number, random: Random): Gender[] {
  const parts = allot<Gender>(people, { woman: womenPercent, man: 100 - womenPercent });
  return random.shuffle([
    ...Array.from({ length: parts.woman }, (): Gender => 'woman'),
    ...Array.from({ length: parts.man }, (): Gender => 'man'),
  ]);
}
