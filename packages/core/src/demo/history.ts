import { createHash } from 'node:crypto';
import { createLogSigner, encodeCheckpoint, type Signer } from '../ledger/index.ts';
import {
  type Counts,
  createGuard,
  encodeContribution,
  jointUnits,
  type KeptMonth,
  monthsOver,
} from '../modules/programme/index.ts';
import { publishedCourse } from './history-published.ts';
import { createRandom } from './random.ts';

/** A member of the course as it is constructed: nobody's real curve, since those are not published. */
export interface HistoryMember {
  readonly id: string;
  readonly name: string;
  readonly signer: Signer;
  readonly targetGroup: number;
  readonly workers: number;
  readonly activeInTheEnd: number;
  /** The month its IT was ready, in which it began. */
  readonly from: string;
  /** Citizens who had received at the end of each month from then on. */
  readonly hasReceived: readonly number[];
}

export interface HistoryContribution {
  readonly id: string;
  readonly memberId: string;
  readonly month: string;
  /** Signed by the member's key. */
  readonly note: string;
  readonly figures: {
    readonly origin: string;
    readonly size: string;
    readonly root: string;
    readonly targetGroup: number;
    readonly counts: Counts;
  };
}

export interface History {
  readonly programme: string;
  readonly name: string;
  readonly members: readonly HistoryMember[];
  readonly contributions: readonly HistoryContribution[];
  readonly months: readonly KeptMonth[];
  /** When each activity that a milestone names was done. */
  readonly activities: readonly { readonly code: string; readonly doneOn: string }[];
}

const [start] = [publishedCourse.from];
const later = publishedCourse.itReady.afterwards;

/** Constructed: final counts that add up to 190 of 1780, from 42 down to 4 citizens, and to 116 workers, 40 of them active. */
const drafts = [
  ['A', 390, 24, 11, start, [0, 0, 1, 3, 6, 10, 14, 18, 22, 25, 28, 31, 34, 37, 41, 41, 42, 42]],
  ['B', 350, 20, 8, start, [0, 0, 0, 2, 5, 9, 13, 16, 19, 22, 25, 28, 31, 34, 38, 38, 38, 38]],
  ['C', 280, 18, 6, start, [0, 0, 1, 2, 4, 8, 12, 14, 16, 19, 21, 23, 25, 27, 29, 30, 30, 30]],
  ['D', 230, 14, 5, start, [0, 0, 0, 1, 3, 6, 9, 11, 13, 15, 17, 18, 20, 22, 23, 24, 24, 24]],
  ['E', 180, 12, 4, later[0], [0, 2, 4, 6, 8, 10, 12, 13, 15, 16, 18, 18, 19, 19]],
  ['F', 130, 10, 2, later[1], [1, 3, 5, 7, 9, 11, 13, 14, 14, 14]],
  ['G', 105, 9, 2, later[2], [1, 3, 5, 6, 8, 10, 10, 11, 11]],
  ['H', 75, 7, 1, later[3], [1, 2, 4, 6, 7, 7, 8]],
  ['I', 40, 2, 1, later[4], [2, 4]],
] as const;

/**
 * The joint course of 2015-16, constructed: the same each time it is made. What is published of it holds
 * (history-published.ts); everything else in it is invented so that it can be true beside that.
 */
export function inventHistory(): History {
  const random = createRandom('naer demo 1 history');
  const programme = random.uuid();
  const name = 'Online bostøtte i Nordjylland 2015–16 (genskabt)';
  const members = drafts.map(([letter, targetGroup, workers, activeInTheEnd, from, hasReceived]) => ({
    id: random.uuid(),
    name: `Medlem ${letter}`,
    signer: createLogSigner(`naer/genskabt/medlem-${letter.toLowerCase()}`, seedOf(letter)),
    targetGroup,
    workers,
    activeInTheEnd,
    from,
    hasReceived,
  }));
  const months = monthsOver(
    `${publishedCourse.from}-01`,
    publishedCourse.hasReceived.on,
    new Date('2020-01-01'),
  );
  const contributions = months.flatMap((month) =>
    members.flatMap((member, place): HistoryContribution[] => {
      const nth = months.indexOf(month) - months.indexOf(member.from);
      if (nth < 0) return [];
      return [contributionOf(programme, member, { id: random.uuid(), month, nth, place })];
    }),
  );
  const guard = createGuard({ readersKnowOne: true });
  return {
    programme,
    name,
    members,
    contributions,
    months: months.map((month) => {
      const exact = jointUnits(
        name,
        members,
        contributions.filter((one) => one.month === month),
      );
      return { month, size: 0n, exact, shown: guard.decide({ month, units: exact }) };
    }),
    activities: [
      { code: 'kickoff', doneOn: '2015-01-29' },
      { code: 'training', doneOn: '2015-04-28' },
      { code: 'experience-shared', doneOn: '2015-06-18' },
      { code: 'seminar', doneOn: '2016-01-21' },
      // Published: the last member's IT was ready in May 2016.
      { code: 'equipment-installed', doneOn: '2016-05-02' },
      { code: 'anchored', doneOn: '2016-06-23' },
    ],
  };
}

const seedOf = (letter: string): Buffer =>
  createHash('sha256').update(`naer demo history ${letter}`).digest();

function contributionOf(
  programme: string,
  member: HistoryMember,
  { id, month, nth, place }: { id: string; month: string; nth: number; place: number },
): HistoryContribution {
  const { signer, targetGroup } = member;
  const origin = signer.verifier.name;
  // The member's log lies elsewhere; all that a lead ever sees of it is a signed size and root.
  const size = BigInt(400 + 90 * place + 700 * (nth + 1));
  const root = createHash('sha256').update(`${origin} ${size}`).digest();
  const head = encodeCheckpoint({ origin, size, root });
  const counts = countsAt(member, nth);
  const figures = { origin, size: String(size), root: root.toString('base64'), targetGroup, counts };
  const text = encodeContribution({
    ...figures,
    programme,
    month,
    checkpoint: `${head}\n${signer.sign(head)}`,
  });
  return { id, memberId: member.id, month, note: `${text}\n${signer.sign(text)}`, figures };
}

/** Everything but how many have received is in proportion to that, by shares that were published for the whole in the end. */
function countsAt(member: HistoryMember, nth: number): Counts {
  const received = member.hasReceived[nth] ?? 0;
  const fresh = received - (member.hasReceived[nth - 1] ?? 0);
  const share = (percent: number): number => Math.floor((received * percent) / 100);
  const inTheEnd = member.hasReceived.at(-1) ?? 1;
  const regular = share(45);
  const held = 3 * regular + fresh + share(10);
  const active = Math.min(held, Math.ceil((member.activeInTheEnd * received) / inTheEnd));
  const isTrained = nth > 2 || member.from !== publishedCourse.from;
  return {
    hasReceived: received,
    receivesRegularly: regular,
    'sessions.1': received - share(67),
    'sessions.2-3': share(67) - share(34),
    'sessions.4-7': share(34) - share(17),
    'sessions.over-7': share(17),
    'onlineShare.0-24': received - share(8) - 2 * share(4),
    'onlineShare.25-49': share(8),
    'onlineShare.50-74': share(4),
    'onlineShare.75-100': share(4),
    'funnel.offered': received + share(100),
    'funnel.accepted': received + share(25),
    'funnel.declined': share(60),
    'funnel.introduced': received + share(10),
    'funnel.firstCall': received,
    'funnel.regular': share(60),
    'workers.employed': member.workers,
    'workers.active': active,
    'workers.trained': isTrained ? member.workers : 0,
    'workers.informed': isTrained ? member.workers : 0,
    'channels.video.held': held,
    'channels.video.cancelled': Math.floor(held / 10),
    'channels.video.futile': Math.floor(held / 20),
    'channels.video.failed': Math.floor(held / 12),
    'channels.physical.held': 3 * member.targetGroup,
    'channels.physical.cancelled': Math.floor(member.targetGroup / 5),
    'channels.physical.futile': Math.floor(member.targetGroup / 12),
    'channels.physical.failed': 0,
    'channels.phone.held': member.targetGroup,
    'channels.phone.cancelled': Math.floor(member.targetGroup / 20),
    'channels.phone.futile': Math.floor(member.targetGroup / 10),
    'channels.phone.failed': 0,
  };
}
