import type { Clock } from '../../../kernel/clock.ts';
import { addDays, localDay } from '../../../kernel/time-zone.ts';
import type { Ledger } from '../../../ledger/index.ts';
import { type ChangeEvents, type Database, type ReadTx, violatedConstraint } from '../../../storage/index.ts';
import type { Measures } from '../measures/index.ts';
import {
  addCounts,
  createGuard,
  type ExactUnit,
  type KeptMonth,
  keptMonths,
  lastDayOf,
  type MonthsDeps,
  monthOf,
  monthsOver,
  signedSize,
  tellPublished,
} from '../months/index.ts';
import { listProgrammes, type ProgrammeRow } from '../plan/index.ts';
import { type ContributionRow, listContributions, listMembers, type MemberRow } from './store.ts';

export interface JointMonthsDeps {
  readonly database: Pick<Database, 'read' | 'write'>;
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly changes: ChangeEvents;
  readonly measures: Pick<Measures, 'head'>;
  /** As for the lead's own month-ends: what stands in a log that is not sound is given out to nobody. */
  readonly assertSound: MonthsDeps['assertSound'];
}

export interface JointMonths {
  /**
   * Publishes each month of the programmes led from here once every member has contributed, or `patienceDays` after its end (two weeks
   * after the first contribution, if that is later) with those who have. It is final then: a total that grew by one late contribution would tell that member's figures.
   *
   * @returns how many month-ends were published
   * @throws DomainError ledger_unsound, upon which nothing is given out; the signal's reason once it is aborted
   */
  publishDue(municipalityId: string, signal?: AbortSignal): Promise<number>;
}

/** *Ours*: how long the others wait for the last ones. */
export const patienceDays = 45;
/** And how long from the first contribution of a month on: an old month is not over for the others when one of them begins. */
const othersTurnDays = 14;

/** The last day on which a month waits for those who have not contributed. */
function waitsUntil(month: string, from: readonly ContributionRow[]): string {
  const usual = addDays(lastDayOf(month), patienceDays);
  const [first] = from.map(({ receivedAt }) => localDay(receivedAt)).toSorted();
  if (first === undefined) return usual;
  return [usual, addDays(first, othersTurnDays)].toSorted()[1] ?? usual;
}

export function createJointMonths({
  database,
  clock,
  ledger,
  changes,
  measures,
  assertSound,
}: JointMonthsDeps): JointMonths {
  const assertOwnLog = async (municipalityId: string, signal?: AbortSignal): Promise<void> => {
    const size = await database.read(municipalityId, async (tx) => signedSize(tx, await measures.head(tx)));
    if (size !== null) await assertSound(municipalityId, size, signal);
  };
  const publishProgramme = async (
    municipalityId: string,
    programme: ProgrammeRow,
    signal?: AbortSignal,
  ): Promise<number> => {
    const now = clock.now();
    const { past, members, received } = await database.read(municipalityId, async (tx) =>
      readAll(tx, programme.id),
    );
    const guard = createGuard({ readersKnowOne: true });
    for (const { month, exact, shown } of past) guard.remember({ month, units: exact }, shown);
    const done = new Set(past.map(({ month }) => month));
    let published = 0;
    for (const month of monthsOver(programme.startsOn, programme.endsOn, now)) {
      if (done.has(month)) continue;
      const from = received.filter((one) => one.month === month);
      const waits = waitsUntil(month, from) >= localDay(now);
      if (waits && membersIn(members, month).some(({ id }) => !from.some(({ memberId }) => memberId === id)))
        break;
      if (from.length === 0) continue;
      if (published === 0) await assertOwnLog(municipalityId, signal);
      const exact = jointUnits(programme.name, members, from);
      const shown = await guard.decideInTurns({ month, units: exact }, signal);
      const kept = { month, size: 0n, exact, shown };
      try {
        await database.write(municipalityId, (tx) =>
          tellPublished({ ledger, changes }, tx, programme.id, kept, now),
        );
      } catch (error) {
        // Another process was faster, and what it gave out is what holds.
        if (violatedConstraint(error) === 'published_month_pkey') break;
        throw error;
      }
      published += 1;
    }
    return published;
  };

  return {
    publishDue: async (municipalityId, signal) => {
      let published = 0;
      for (const programme of await database.read(municipalityId, listProgrammes))
        if (programme.kind === 'lead' && !programme.isHistory)
          published += await publishProgramme(municipalityId, programme, signal);
      return published;
    },
  };
}

const readAll = async (tx: ReadTx, id: string) => ({
  past: await keptMonths(tx, id),
  members: await listMembers(tx, id),
  received: await listContributions(tx, id),
});

const membersIn = (members: readonly MemberRow[], month: string): MemberRow[] =>
  members.filter(
    ({ joinedOn, leftOn }) => monthOf(joinedOn) <= month && (leftOn === null || month <= monthOf(leftOn)),
  );

/** The whole, which is the sum of the exact figures, and the members that it is made of. */
export function jointUnits(
  name: string,
  members: readonly Pick<MemberRow, 'id' | 'name'>[],
  contributions: readonly Pick<ContributionRow, 'memberId' | 'figures'>[],
): KeptMonth['exact'] {
  const parts = members.flatMap((member): ExactUnit[] => {
    const found = contributions.find(({ memberId }) => memberId === member.id);
    if (found === undefined) return [];
    const { targetGroup, counts } = found.figures;
    return [{ kind: 'municipality', id: member.id, name: member.name, targetGroup, counts }];
  });
  const targetGroup = parts.reduce((sum, part) => sum + (part.targetGroup ?? 0), 0);
  const counts = addCounts(parts.map((part) => part.counts));
  return [{ kind: 'programme', id: null, name, targetGroup, counts }, ...parts];
}
