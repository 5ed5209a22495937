import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import type { Ledger } from '../../../ledger/index.ts';
import type { ReadTx, Tx } from '../../../storage/index.ts';
import type { TableRow } from '../../../tabular/table.ts';
import type { CitizenContacts } from '../../citizens/index.ts';
import { type Actor, assertAllowed } from '../../identity/index.ts';
import { visitsPolicy } from '../policy.ts';
import { visitLeaf } from '../record.ts';
import { closedPart, type Part } from '../rules.ts';
import {
  findThere,
  type ImportedVisit,
  insertImported,
  type PlacedCitizen,
  readCitizens,
  readKnownCodes,
  readStaffIds,
} from './store.ts';
import {
  citizenIn,
  findRowProblems,
  type KnownPeople,
  reasonOf,
  type VisitColumns,
  type VisitValues,
  visitsShape,
} from './table.ts';
import { createTimeReader } from './time-reader.ts';

export interface VisitsImporterDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly contacts: Pick<CitizenContacts, 'identities' | 'recordHeld'>;
}

interface Known extends KnownPeople {
  /** The ledger's ids of citizens, as far as they were needed. */
  readonly subjects: Map<string, string>;
  readonly readTime: (day: string, time: string) => Date;
}

const minuteMs = 60_000;

/**
 * Visits from a file, of the time before the municipality used this. A visit is told by citizen, planned or actual start,
 * and channel: one that is there already is left as it is, whatever else the row says, so a file can be imported again and
 * what people recorded is never overwritten; corrections are recorded by hand. Imported visits may overlap, and are not
 * handed off: the case system has them.
 */
export function createVisitsImporter({ clock, ledger, contacts }: VisitsImporterDeps) {
  const { identities } = contacts;

  const subjectsOf = async (tx: Tx, actor: Actor, known: Known, ids: readonly string[]): Promise<void> => {
    const missing = ids.filter((id) => !known.subjects.has(id));
    const read = await identities.readSubjects(tx, actor.municipalityId, missing);
    for (const [id, subject] of read) known.subjects.set(id, subject);
    // Found when the file was read, and erased since.
    if (ids.some((id) => !known.subjects.has(id))) throw new DomainError('citizen_erased');
  };

  /** The first visit in person by somebody's own worker or substitute made them acquainted. */
  const recordMeetings = async (
    tx: Tx,
    actor: Actor,
    visits: readonly ImportedVisit[],
    citizens: ReadonlyMap<string, PlacedCitizen>,
  ): Promise<void> => {
    const first = new Map<string, ImportedVisit>();
    for (const visit of visits) {
      const citizen = citizens.get(visit.citizenId);
      if (citizen?.acquaintance !== 'not-met' || visit.state !== 'held' || visit.channel !== 'physical')
        continue;
      if (visit.workerId !== citizen.workerId && visit.workerId !== citizen.substituteId) continue;
      const earliest = first.get(citizen.code);
      if (earliest === undefined || visit.happensAt < earliest.happensAt) first.set(citizen.code, visit);
    }
    for (const [code, { workerId, plannedStartsAt }] of first)
      await contacts.recordHeld(tx, actor, code, {
        channels: ['physical'],
        workerId,
        on: localDay(plannedStartsAt),
      });
  };

  return {
    kind: 'visits' as const,
    shape: visitsShape,

    /** @throws DomainError not_allowed */
    readKnown: async (tx: ReadTx, actor: Actor): Promise<Known> => {
      assertAllowed(visitsPolicy, actor, 'visits:import');
      return {
        staff: await readStaffIds(tx),
        codes: await readKnownCodes(tx),
        findByReference: await identities.openReferences(tx, actor.municipalityId),
        now: clock.now(),
        subjects: new Map(),
        readTime: createTimeReader(),
      };
    },

    findProblems: (row: Extract<TableRow<VisitColumns>, { ok: true }>, known: Known) =>
      findRowProblems(row, known, plannedIn(row.values, known).endsAt),

    /** A batch of rows, all good; a thousand is a good size. */
    apply: async (tx: Tx, actor: Actor, rows: readonly VisitValues[], known: Known) => {
      assertAllowed(visitsPolicy, actor, 'visits:import');
      const visits = onceEach(rows.map((row) => visitIn(row, known)));
      const there = await findThere(tx, visits);
      const fresh = visits.filter(({ id }) => !there.has(id));
      const ids = [...new Set(fresh.map(({ citizenId }) => citizenId))];
      const citizens = await readCitizens(tx, ids);
      await subjectsOf(tx, actor, known, ids);
      await insertImported(tx, fresh, clock.now());
      await ledger.append(
        tx,
        actor.staffId,
        fresh.map((visit) =>
          visitLeaf(
            { ...visit, teamId: citizens.get(visit.citizenId)?.teamId ?? null },
            known.subjects.get(visit.citizenId) ?? '',
          ),
        ),
      );
      await recordMeetings(tx, actor, fresh, citizens);
      return { created: fresh.length, updated: 0, unchanged: rows.length - fresh.length };
    },
  };
}

function plannedIn(
  { date, time, minutes }: VisitValues,
  known: Known,
): { readonly startsAt: Date; readonly endsAt: Date } {
  const startsAt = known.readTime(date, time);
  return { startsAt, endsAt: new Date(startsAt.getTime() + minutes * minuteMs) };
}

function visitIn(values: VisitValues, known: Known): ImportedVisit {
  const [citizenId, workerId] = [citizenIn(values, known), known.staff.get(values.worker)];
  if (citizenId === undefined || workerId === undefined) throw new Error('a row that was good is bad now');
  const { startsAt, endsAt } = plannedIn(values, known);
  const parts = partsIn(values, startsAt, endsAt);
  return {
    id: randomUUID(),
    citizenId,
    workerId,
    channel: values.channel,
    origin: 'planned',
    state: values.state ?? 'held',
    happensAt: parts[0]?.startsAt ?? startsAt,
    plannedStartsAt: startsAt,
    plannedEndsAt: endsAt,
    proposedBy: null,
    purposes: values.purposes ?? [],
    topics: values.topics ?? [],
    bookingId: null,
    ownsBooking: false,
    planId: null,
    planWeek: null,
    planSlot: null,
    endedBy: values.endedBy ?? null,
    endedReason: reasonOf(values),
    overruled: [],
    revision: 1,
    parts,
  };
}

/** The way there, the wait, the visit. Who was there waits before a visit begins; where nobody was, from then on. */
function partsIn(
  { state, channel, travel, waiting }: VisitValues,
  startsAt: Date,
  endsAt: Date,
): readonly Part[] {
  const held = state == null || state === 'held';
  const [onTheWay, waited] = [(travel ?? 0) * minuteMs, (waiting ?? 0) * minuteMs];
  const arrival = new Date(startsAt.getTime() - (held ? waited : 0));
  return [
    closedPart('travel', { startsAt: new Date(arrival.getTime() - onTheWay), endsAt: arrival }),
    closedPart('waiting', { startsAt: arrival, endsAt: new Date(arrival.getTime() + waited) }),
    ...(held ? [closedPart(channel, { startsAt, endsAt })] : []),
  ].filter(({ minutes }) => minutes !== 0);
}

/** A citizen named by reference in one row and by code in another is the same. */
function onceEach(visits: readonly ImportedVisit[]): ImportedVisit[] {
  return [
    ...new Map(
      visits.map((visit) => [
        `${visit.citizenId} ${visit.plannedStartsAt.getTime()} ${visit.channel}`,
        visit,
      ]),
    ).values(),
  ];
}
