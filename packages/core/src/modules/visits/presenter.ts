import type { DayMoveProposal, Visit } from '../../contract/index.ts';
import { type DayMove, isComplete } from './day-move.ts';
import { sumMinutes } from './rules.ts';
import type { VisitRow } from './store.ts';

const span = (startsAt: Date, endsAt: Date) => ({
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
});

const plannedOf = (row: VisitRow) =>
  row.plannedStartsAt === null || row.plannedEndsAt === null
    ? null
    : span(row.plannedStartsAt, row.plannedEndsAt);

export const presentVisit = (row: VisitRow): Visit => ({
  id: row.id,
  citizen: row.citizen,
  worker: row.worker,
  channel: row.channel,
  origin: row.origin,
  state: row.state,
  at: row.happensAt.toISOString(),
  planned: plannedOf(row),
  proposedBy: row.proposedBy,
  parts: row.parts.map((part) => ({
    kind: part.kind,
    startsAt: part.startsAt.toISOString(),
    endsAt: part.endsAt?.toISOString() ?? null,
    minutes: part.minutes,
  })),
  minutes: sumMinutes(row.parts),
  purposes: [...row.purposes],
  topics: [...row.topics],
  participants: row.participants.map(({ kind, initials }) => ({ kind, initials })),
  room: row.room === null || row.bookingId === null ? null : { bookingId: row.bookingId, ...row.room },
  plan: row.planId === null ? null : { id: row.planId, week: row.planWeek ?? '', slot: row.planSlot ?? 0 },
  ended: row.endedReason === null ? null : { by: row.endedBy, reason: row.endedReason },
  overruled: [...row.overruled],
  hasNote: row.hasNote,
  handOff: row.handOff,
  revision: row.revision,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

export const presentDayMove = (move: DayMove): DayMoveProposal => ({
  from: move.from,
  to: move.to,
  complete: isComplete(move),
  items: move.items.map(({ visit, to, missing }) => ({
    visit: visit.id,
    citizen: visit.citizen,
    channel: visit.channel,
    from: plannedOf(visit) ?? span(visit.happensAt, visit.happensAt),
    to: to === null ? null : span(to.startsAt, to.endsAt),
    missing: [...missing],
  })),
});
