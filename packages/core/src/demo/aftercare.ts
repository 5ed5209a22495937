import type { HandOffWay, ReviewAnswer } from '../contract/index.ts';
import type { Calendar, Day } from './calendar.ts';
import { mondayOf } from './calendar.ts';
import type { DemoCitizen } from './citizens.ts';
import { at, type Random } from './random.ts';
import type { Member, Town } from './town.ts';
import type { DemoVisit } from './visits.ts';

/** What follows a visit: a note for the next time, and its way into the case system. */
export interface DemoHandOff {
  readonly id: string;
  readonly visit: DemoVisit;
  readonly state: 'waiting' | 'delivered';
  readonly way: HandOffWay | null;
  readonly batchId: string | null;
  readonly staffId: string | null;
  readonly createdAt: Date;
  readonly handedAt: Date | null;
}
export interface DemoNote {
  readonly visit: DemoVisit;
  readonly text: string;
}
export interface DemoReview {
  readonly id: string;
  readonly citizen: DemoCitizen;
  readonly answer: ReviewAnswer;
  readonly on: Day;
}

/** The hand-off came into use three months ago; before that everything was typed. */
const handedSince = 91;
/** A file of all that waits goes to the case system on Fridays at three. */
const friday = 4;
const fileAt = 15 * 60;
const byHandPercent = 35;

const recorded = ({ state }: DemoVisit): boolean => state === 'held';

export function makeHandOffs(
  town: Town,
  visits: readonly DemoVisit[],
  calendar: Calendar,
  random: Random,
): DemoHandOff[] {
  const coordinator = at(
    town.colleagues.filter(({ roles }) => roles.includes('coordinator')),
    0,
  );
  const batches = new Map<Day, string>();
  return visits
    .filter((visit) => recorded(visit) && visit.day >= calendar.today - handedSince)
    .map((visit) => {
      const one = { id: random.uuid(), visit, createdAt: visit.updatedAt };
      const pasted = new Date(visit.updatedAt.getTime() + random.between(2, 40) * 60_000);
      if (random.chance(byHandPercent) && pasted <= calendar.asOf)
        return delivered(one, 'by-hand', visit.citizen.worker, pasted, null);
      let day = mondayOf(visit.day) + friday;
      if (calendar.at(day, fileAt) < visit.updatedAt) day += 7;
      const handedAt = calendar.at(day, fileAt);
      if (handedAt > calendar.asOf)
        return { ...one, state: 'waiting' as const, way: null, batchId: null, staffId: null, handedAt: null };
      const batchId = batches.get(day) ?? random.uuid();
      batches.set(day, batchId);
      return delivered(one, 'file', coordinator, handedAt, batchId);
    });
}

const delivered = (
  one: Pick<DemoHandOff, 'id' | 'visit' | 'createdAt'>,
  way: HandOffWay,
  member: Member,
  handedAt: Date,
  batchId: string | null,
): DemoHandOff => ({ ...one, state: 'delivered', way, batchId, staffId: member.id, handedAt });

const noteTexts = [
  'Vi aftalte at begynde med ugeskemaet næste gang.',
  'Har fået brev fra kommunen. Vi læser det sammen.',
  'Er begyndt at gå en tur hver morgen. Husk at spørge til det.',
  'Sover dårligt. Spørg, om aftalen hos lægen er lavet.',
  'Vil gerne prøve et skærmbesøg om aftenen.',
  'Vasketøjet er kommet på plads. Næste skridt er køkkenet.',
  'Husk at tage listen med de faste udgifter med.',
  'Har talt med sin søster igen og er glad for det.',
  'Lyden var dårlig. Prøv med høretelefoner næste gang.',
  'Skal til møde i jobcentret. Vi øver, hvad der skal siges.',
  'Var træt. Kortere samtale næste gang.',
  'Aftalte, at vi ringer ti minutter før mødet.',
  'Har brug for følgeskab til tandlægen.',
  'Madplanen virker. Vi laver en ny for to uger.',
  'Vil gerne have besøget om formiddagen.',
  'Vi nåede posten. To regninger skal betales inden den første.',
];
const notesWanted = 200;

/** Notes on the latest visits; invented, and about nobody. */
export function makeNotes(visits: readonly DemoVisit[], random: Random): DemoNote[] {
  const latest = visits
    .filter(recorded)
    .sort((a, b) => b.happensAt.getTime() - a.happensAt.getTime() || (a.id < b.id ? -1 : 1))
    .slice(0, 3 * notesWanted);
  return random
    .shuffle(latest)
    .slice(0, notesWanted)
    .map((visit) => ({ visit, text: random.pick(noteTexts) }));
}

/** One of those seen by video alone has been asked how that goes; the others wait for it. */
export function makeReviews(
  citizens: readonly DemoCitizen[],
  calendar: Calendar,
  random: Random,
): DemoReview[] {
  const alone = citizens.filter(({ online }) => online?.way === 'only');
  return alone.slice(0, 1).map((citizen) => ({
    id: random.uuid(),
    citizen,
    answer: 'citizen-wishes-video',
    on: calendar.today - 9,
  }));
}
