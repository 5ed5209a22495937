import type {
  CitizenStatus,
  connections,
  grantPeriods,
  Identity,
  itSkills,
  ownEquipment,
  substituteWishes,
} from '../contract/index.ts';
import { makeCitizenCode } from '../kernel/citizen-code.ts';
import type { Calendar, Day } from './calendar.ts';
import { inventCourses, type OnlineCourse } from './courses.ts';
import { inventAddress, inventName, mailName } from './names.ts';
import { published } from './published.ts';
import { at, type Random } from './random.ts';
import { mixGenders, size, type Town, type Worker } from './town.ts';

export interface Grant {
  readonly minutes: number;
  readonly per: (typeof grantPeriods)[number];
}

export interface DemoCitizen {
  readonly id: string;
  readonly code: string;
  /** The random id under which the ledger speaks of them. */
  readonly subject: string;
  readonly identity: Identity;
  readonly worker: Worker;
  readonly substituteId: string | null;
  readonly legalBasis: string;
  readonly grant: Grant;
  /** A smaller or larger one that held until a day. */
  readonly earlierGrant: { readonly grant: Grant; readonly until: Day } | null;
  readonly supportFrom: Day;
  /** The day support ended for good. */
  readonly supportUntil: Day | null;
  readonly equipment: (typeof ownEquipment)[number];
  readonly connection: (typeof connections)[number];
  readonly itSkills: (typeof itSkills)[number];
  readonly acquaintance: 'not-met' | 'met' | 'isolated';
  readonly substituteByVideo: (typeof substituteWishes)[number];
  /** Null for those who have never been seen by video. */
  readonly online: OnlineCourse | null;
  /** Where somebody without video stands in the course; of those with it the visits tell. */
  readonly stands: Exclude<CitizenStatus, 'active' | 'tapering'>;
  /** Sees a worker half as often as granted, of late. */
  readonly short: boolean;
}

/** Of those in the programme who have not been seen by video yet. */
const standing = { offered: 20, accepted: 10, introduced: 8, declined: 34 } as const;
const shortCitizens = 14;
const endedCitizens = 6;
const isolatedWays: readonly string[] = ['only', 'growing'];
/** How a citizen with much video is granted, so that what is planned comes to about that. */
const heavyGrants: Readonly<Record<string, number>> = { beside: 90, mostly: 90, only: 60, growing: 60 };

const grants: Readonly<Record<string, number>> = {
  '60/week': 30,
  '90/week': 21,
  '120/week': 16,
  '150/week': 6,
  '180/week': 5,
  '240/week': 2,
  '60/fortnight': 6,
  '120/fortnight': 12,
  '180/fortnight': 4,
};
const drawGrant = (random: Random): Grant => {
  const [minutes, per] = random.weighted(grants).split('/');
  return { minutes: Number(minutes), per: per === 'fortnight' ? 'fortnight' : 'week' };
};

export function inventCitizens(
  town: Town,
  calendar: Calendar,
  seed: (part: string) => Random,
): DemoCitizen[] {
  const random = seed('citizens');
  const workers = Array.from({ length: size.citizens }, (_, nth) => at(town.workers, nth % size.workers));
  // The workers of the programme get their share of the courses in turn, the rest of their citizens stand somewhere on the way.
  const places = workers.map((_, nth) => nth);
  const inProgramme = places.filter((nth) => at(workers, nth).inProgramme);
  const others = places.filter((nth) => !at(workers, nth).inProgramme);
  const courses = inventCourses(seed('courses'));
  const online = new Map(courses.map((course, nth) => [at(inProgramme, nth), course]));
  const offline = random.shuffle(inProgramme.slice(courses.length));
  const stands = new Map<number, DemoCitizen['stands']>();
  let turn = 0;
  for (const status of ['offered', 'accepted', 'introduced', 'declined'] as const)
    for (let nth = 0; nth < standing[status]; nth += 1, turn += 1) stands.set(at(offline, turn), status);
  const shuffled = random.shuffle(others);
  for (const nth of shuffled.slice(0, endedCitizens)) stands.set(nth, 'ended');
  const short = new Set(shuffled.slice(endedCitizens, endedCitizens + shortCitizens));
  const notMet = new Set(shuffled.slice(-8));

  const genders = [
    ...mixGenders(courses.length, published.women, random),
    ...mixGenders(size.citizens - courses.length, published.women, random),
  ];
  const withOnlineFirst = [...places].sort((a, b) => Number(online.has(b)) - Number(online.has(a)));
  const genderOf = new Map(withOnlineFirst.map((nth, place) => [nth, at(genders, place)]));

  const withoutEquipment = Math.round((size.citizens * published.noUsableEquipment) / 100);
  // Who is seen by video has something to be seen with; a few of them on a loaned device.
  const ill = random.shuffle(places.filter((nth) => !online.has(nth)));
  const unusable = new Map([
    ...ill.slice(0, withoutEquipment - 13).map((nth) => [nth, 'none'] as const),
    ...ill.slice(withoutEquipment - 13, withoutEquipment - 4).map((nth) => [nth, 'weak'] as const),
    ...[...online.keys()].slice(0, 4).map((nth) => [nth, 'none'] as const),
  ]);

  const identities = seed('identities');
  const codes = new Set<string>();
  return places.map((nth): DemoCitizen => {
    const worker = at(workers, nth);
    const course = online.get(nth) ?? null;
    const heavy = course === null ? undefined : heavyGrants[course.way];
    const grant: Grant = heavy === undefined ? drawGrant(random) : { minutes: heavy, per: 'week' };
    const isolated = course !== null && isolatedWays.includes(course.way);
    const gender = genderOf.get(nth) ?? 'woman';
    const { first, last } = inventName(gender, identities);
    let code = makeCitizenCode(identities.bytes);
    while (codes.has(code)) code = makeCitizenCode(identities.bytes);
    codes.add(code);
    const long = random.chance(68) || (course !== null && heavy === undefined);
    const supportFrom = long
      ? calendar.start - random.between(7, 1400)
      : calendar.start + random.between(0, calendar.today - calendar.start - 60);
    const lacks = unusable.get(nth);
    const colleagues = town.workers.filter((other) => other.team === worker.team && other !== worker);
    const asked = course !== null || (stands.get(nth) ?? 'candidate') !== 'candidate';
    const changed = random.chance(15) && heavy === undefined && supportFrom < calendar.today - 200;
    return {
      id: identities.uuid(),
      code,
      subject: identities.uuid(),
      identity: {
        reference: `DEMO-${String(nth + 1).padStart(4, '0')}`,
        name: `${first} ${last}`,
        // +44 7700 900000 to 900999 is what Ofcom keeps free for fiction; Denmark has no such numbers, and a made-up one is somebody's.
        phone: random.chance(94) ? `+447700900${String(nth).padStart(3, '0')}` : null,
        email: random.chance(55) ? `${mailName(`${first}.${last}`)}@example.dk` : null,
        address: inventAddress(identities),
      },
      worker,
      substituteId: random.chance(60) ? random.pick(colleagues).id : null,
      legalBasis: random.weighted({ 'SEL § 85': 84, 'LAB § 78': 10, 'SEL § 108': 6 }),
      grant,
      earlierGrant: changed
        ? {
            grant: { minutes: grant.minutes + (random.chance(50) ? 30 : -30), per: grant.per },
            until: calendar.today - random.between(40, 180),
          }
        : null,
      supportFrom,
      supportUntil: stands.get(nth) === 'ended' ? calendar.today - random.between(30, 250) : null,
      equipment: lacks === 'none' ? 'none' : random.weighted({ phone: 45, tablet: 25, computer: 30 }),
      connection:
        lacks === 'weak' ? 'weak' : lacks === 'none' ? random.weighted({ none: 30, good: 70 }) : 'good',
      itSkills: random.weighted({ none: 15, some: 50, good: 30, unknown: 5 }),
      acquaintance: isolated ? 'isolated' : notMet.has(nth) ? 'not-met' : 'met',
      substituteByVideo: asked ? random.weighted({ unwanted: 42, welcome: 38, unknown: 20 }) : 'unknown',
      online: course,
      stands: stands.get(nth) ?? 'candidate',
      short: short.has(nth),
    };
  });
}
