import { partKinds } from '../contract/index.ts';
import type { LedgerEntry } from '../ledger/index.ts';
import { textOf } from './calendar.ts';
import { callLeaves } from './calls.ts';
import type { DemoLeaf } from './demo-leaf.ts';
import { historyLeaves } from './history-rows.ts';
import type { DemoMunicipality } from './municipality.ts';
import { programmeLeaves } from './programme-rows.ts';
import type { DemoPart, DemoVisit } from './visits.ts';

/** The history as the ledger tells it, in the order of time: the same that the services write, but for who changed what. */
export function leavesOf(demo: DemoMunicipality, { anew }: { readonly anew: boolean }): DemoLeaf[] {
  const { calendar, town, agendas, courses } = demo;
  const founded = foundedAt(demo);
  const system = (entry: LedgerEntry): DemoLeaf => ({ actor: 'system', occurredAt: founded, entry });
  const subjectAndWorker = agendas.map(({ citizen }) => ({ citizen, course: courses.get(citizen.id) }));
  const leaves: DemoLeaf[] = [
    // The first start says this itself, with the administrator it makes.
    ...(anew ? [system({ type: 'municipality.created' })] : []),
    ...town.teams.map(({ id }) => system({ type: 'team.created', team: id })),
    ...[...town.workers, ...town.colleagues].map(({ id, roles }) =>
      system({ type: 'staff.registered', staff: id, roles }),
    ),
    ...town.sites.map(({ id }) => system({ type: 'site.created', site: id })),
    ...town.rooms.map(({ id, siteId }) => system({ type: 'room.registered', room: id, site: siteId })),
    ...subjectAndWorker.flatMap(({ citizen, course }): DemoLeaf[] => {
      if (course === undefined) return [];
      const { subject, worker, grant } = citizen;
      const team = worker.team.id;
      const by = (on: number, nth: number, entry: LedgerEntry): DemoLeaf => ({
        actor: worker.id,
        occurredAt: stepTime(demo, on, nth),
        entry,
      });
      return [
        by(course.registeredOn, 0, {
          type: 'citizen.registered',
          subject,
          team,
          grantedMinutes: grant.minutes,
          grantedPer: grant.per,
        }),
        ...course.steps.map(({ from, to, reason, on }, nth) =>
          by(on, nth, { type: 'citizen.step', subject, team, from, to, reason, on: textOf(on) }),
        ),
        ...course.assessments.map(({ outcome, on }) =>
          by(on, 0, { type: 'citizen.assessed', subject, team, outcome, withCitizen: true, on: textOf(on) }),
        ),
      ];
    }),
    ...demo.plans.map(
      ({ id, citizen, kind, word, createdAt }): DemoLeaf => ({
        actor: citizen.worker.id,
        occurredAt: createdAt,
        entry: {
          type: 'plan.changed',
          plan: id,
          subject: citizen.subject,
          worker: citizen.worker.id,
          kind,
          state: 'active',
          change: 'created',
          word,
        },
      }),
    ),
    ...demo.visits.map((visit) => ({
      actor: visit.citizen.worker.id,
      occurredAt: visit.updatedAt,
      entry: visitEntry(visit),
    })),
    ...demo.bookings.map(
      ({ id, roomId, workerId, state, startsAt, endsAt, updatedAt }): DemoLeaf => ({
        actor: workerId,
        occurredAt: updatedAt,
        entry: {
          type: 'booking.changed',
          booking: id,
          room: roomId,
          state,
          startsAt: startsAt.toISOString(),
          endsAt: endsAt.toISOString(),
        },
      }),
    ),
    ...demo.handOffs.flatMap(({ visit, way, staffId, handedAt }): DemoLeaf[] =>
      way === null || handedAt === null
        ? []
        : [
            {
              actor: staffId ?? 'system',
              occurredAt: handedAt,
              entry: { type: 'visit.handed-off', visit: visit.id, revision: 1, way },
            },
          ],
    ),
    ...demo.reviews.map(
      ({ citizen, answer, on }): DemoLeaf => ({
        actor: citizen.worker.id,
        occurredAt: calendar.at(on, 640),
        entry: { type: 'contact.reviewed', subject: citizen.subject, answer, on: textOf(on) },
      }),
    ),
    ...callLeaves(demo.calls, calendar, founded),
    ...programmeLeaves(demo),
    ...historyLeaves(demo.programme.coordinator.id),
  ];
  return leaves.sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
}

/** Before the first citizen is registered. */
export const foundedAt = ({ calendar }: DemoMunicipality): Date => calendar.at(calendar.start - 40, 480);

/** Steps of one day stand in their order. */
export function stepTime({ calendar }: DemoMunicipality, on: number, nth: number): Date {
  const at = calendar.at(on, 9 * 60 + 5 * nth);
  return at < calendar.asOf ? at : new Date(calendar.asOf.getTime() + nth);
}

const visitEntry = (visit: DemoVisit): LedgerEntry => ({
  type: 'visit.changed',
  visit: visit.id,
  subject: visit.citizen.subject,
  worker: visit.citizen.worker.id,
  team: visit.citizen.worker.team.id,
  channel: visit.channel,
  origin: visit.origin,
  state: visit.state,
  at: visit.happensAt.toISOString(),
  plannedStartsAt: visit.planned?.startsAt.toISOString() ?? null,
  plannedEndsAt: visit.planned?.endsAt.toISOString() ?? null,
  minutes: sumOf(visit.parts),
  purposes: visit.purposes,
  topics: visit.topics,
  endedBy: visit.ended?.by ?? null,
  endedReason: visit.ended?.reason ?? null,
  overruled: [],
  plan: visit.plan?.plan.id ?? null,
  revision: 1,
});

function sumOf(parts: readonly DemoPart[]) {
  const sum = { video: 0, physical: 0, phone: 0, travel: 0, waiting: 0 };
  for (const kind of partKinds)
    for (const part of parts) if (part.kind === kind) sum[kind] += part.minutes ?? 0;
  return sum;
}
