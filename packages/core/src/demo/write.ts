import type { DemoCounts } from '../contract/index.ts';
import { encodeLeaf, hashLeaf } from '../ledger/index.ts';
import type { Identities } from '../modules/citizens/index.ts';
import { Prisma, queryHot, type Tx } from '../storage/index.ts';
import { textOf } from './calendar.ts';
import { writeCalls } from './calls.ts';
import type { DemoLeaf } from './demo-leaf.ts';
import { writeHistory } from './history-rows.ts';
import { inBatches, insert, type Row, refreshStatistics } from './insert.ts';
import { foundedAt, leavesOf } from './leaves.ts';
import type { DemoMunicipality } from './municipality.ts';
import { writeProgramme } from './programme-rows.ts';
import { writeCitizens } from './write-citizens.ts';

/**
 * Writes a whole invented municipality into one that has nothing but its legal bases and its administrator, in statements of
 * a few thousand rows. MUST run in a transaction of that municipality, with some minutes to spare.
 */
export async function writeMunicipality(
  tx: Tx,
  municipalityId: string,
  demo: DemoMunicipality,
  identities: Pick<Identities, 'insert' | 'sealNote'>,
  { anew }: { readonly anew: boolean },
): Promise<DemoCounts> {
  const { calendar, town, agendas, visits, plans } = demo;
  const founded = foundedAt(demo);
  const stamps = { created_at: founded, updated_at: founded };
  const staff = [...town.workers, ...town.colleagues];

  await insert(
    tx,
    'team',
    town.teams.map(({ id, name }) => ({ id, name, created_at: founded })),
  );
  await insert(
    tx,
    'staff',
    staff.map(({ id, initials, name, email, team, roles, weeklyHours, shift }) => ({
      id,
      initials,
      name,
      email,
      team_id: team?.id ?? null,
      roles,
      weekly_hours: weeklyHours,
      shift,
      ...stamps,
    })),
  );
  await insert(
    tx,
    'site',
    town.sites.map(({ id, name }) => ({ id, name, created_at: founded })),
  );
  await insert(
    tx,
    'room',
    town.rooms.map((room) => ({
      id: room.id,
      site_id: room.siteId,
      name: room.name,
      kind: room.kind,
      seats: room.seats,
      features: room.features,
      opening_hours: room.openingHours,
      buffer_minutes: room.bufferMinutes,
      active: true,
      ...stamps,
    })),
  );
  await writeCitizens(tx, municipalityId, demo, identities);
  await insert(
    tx,
    'visit_plan',
    plans.map((plan) => ({
      id: plan.id,
      citizen_id: plan.citizen.id,
      worker_id: plan.citizen.worker.id,
      kind: plan.kind,
      state: 'active',
      starts_on: textOf(plan.startsOn),
      ends_on: null,
      holidays: 'skip',
      room: plan.room,
      phases: plan.phases,
      overruled: [],
      made_until: calendar.weekOf(calendar.end),
      created_at: plan.createdAt,
      updated_at: plan.createdAt,
    })),
  );
  await insert(
    tx,
    'visit_plan_change',
    plans.map((plan) => ({
      // One change each, so that the plan's own id does for it.
      id: plan.id,
      plan_id: plan.id,
      kind: 'created',
      week: null,
      slot: null,
      change: {},
      word: plan.word,
      staff_id: plan.citizen.worker.id,
      recorded_at: plan.createdAt,
    })),
  );
  await insert(
    tx,
    'visit_plan_gap',
    demo.gaps.map((gap) => ({
      plan_id: gap.planId,
      week: gap.week,
      slot: gap.slot,
      starts_at: gap.startsAt,
      ends_at: gap.endsAt,
      reason: 'holiday',
    })),
  );
  await insert(
    tx,
    'booking',
    demo.bookings.map((booking) => ({
      id: booking.id,
      room_id: booking.roomId,
      worker_id: booking.workerId,
      starts_at: booking.startsAt,
      ends_at: booking.endsAt,
      blocked_until: booking.blockedUntil,
      check_in_by: booking.checkInBy,
      state: booking.state,
      checked_in_at: booking.checkedInAt,
      series_id: null,
      created_at: booking.createdAt,
      updated_at: booking.updatedAt,
    })),
  );
  await refreshStatistics(tx);
  await writeVisits(tx, demo);
  await insert(
    tx,
    'contact_review',
    demo.reviews.map(({ id, citizen, answer, on }) => ({
      id,
      citizen_id: citizen.id,
      answer,
      reviewed_on: textOf(on),
      staff_id: citizen.worker.id,
      recorded_at: calendar.at(on, 640),
    })),
  );
  const notes: Row[] = [];
  for (const { visit, text } of demo.notes) {
    const sealed = await identities.sealNote(tx, municipalityId, visit.citizen.id, visit.id, text);
    notes.push({
      visit_id: visit.id,
      citizen_id: visit.citizen.id,
      sealed_note: `\\x${sealed.toString('hex')}`,
      staff_id: visit.citizen.worker.id,
      written_at: visit.updatedAt,
    });
  }
  await insert(tx, 'visit_note', notes);
  await writeCalls(tx, demo.calls, calendar, founded);
  await writeProgramme(tx, demo);
  await writeHistory(tx);
  await writeLeaves(tx, leavesOf(demo, { anew }), calendar.asOf);
  await refreshStatistics(tx);
  return {
    citizens: agendas.length,
    staff: staff.length,
    rooms: town.rooms.length,
    visits: visits.length,
    plans: plans.length,
  };
}

async function writeVisits(tx: Tx, demo: DemoMunicipality): Promise<void> {
  const { visits, bookings, handOffs } = demo;
  const bookingOf = new Map(bookings.map(({ id, visitId }) => [visitId, id]));
  await insert(
    tx,
    'visit',
    visits.map((visit) => ({
      id: visit.id,
      citizen_id: visit.citizen.id,
      worker_id: visit.citizen.worker.id,
      channel: visit.channel,
      origin: visit.origin,
      state: visit.state,
      happens_at: visit.happensAt,
      planned_starts_at: visit.planned?.startsAt ?? null,
      planned_ends_at: visit.planned?.endsAt ?? null,
      proposed_by: visit.proposedBy,
      purposes: visit.purposes,
      topics: visit.topics,
      booking_id: bookingOf.get(visit.id) ?? null,
      owns_booking: bookingOf.has(visit.id),
      plan_id: visit.plan?.plan.id ?? null,
      plan_week: visit.plan?.week ?? null,
      plan_slot: visit.plan?.slot ?? null,
      ended_by: visit.ended?.by ?? null,
      ended_reason: visit.ended?.reason ?? null,
      overruled: [],
      revision: 1,
      created_at: visit.createdAt,
      updated_at: visit.updatedAt,
    })),
  );
  await refreshStatistics(tx);
  await insert(
    tx,
    'visit_part',
    visits.flatMap((visit) =>
      visit.parts.map((part, place) => ({
        visit_id: visit.id,
        place,
        kind: part.kind,
        starts_at: part.startsAt,
        ends_at: part.endsAt,
        minutes: part.minutes,
      })),
    ),
  );
  await insert(
    tx,
    'visit_participant',
    visits.flatMap((visit) =>
      visit.participants.map(({ kind, staffId }, place) => ({
        visit_id: visit.id,
        place,
        kind,
        staff_id: staffId,
      })),
    ),
  );
  await insert(
    tx,
    'hand_off',
    handOffs.map((one) => ({
      id: one.id,
      visit_id: one.visit.id,
      revision: 1,
      state: one.state,
      way: one.way,
      batch_id: one.batchId,
      receipt: null,
      staff_id: one.staffId,
      created_at: one.createdAt,
      handed_at: one.handedAt,
    })),
  );
}

async function writeLeaves(tx: Tx, leaves: readonly DemoLeaf[], asOf: Date): Promise<void> {
  const recordedAt = asOf.toISOString();
  await inBatches(leaves, (batch) => {
    const sealed = batch.map(({ actor, occurredAt, entry }) =>
      encodeLeaf({ v: 1, actor, occurredAt: occurredAt.toISOString(), recordedAt, entry }),
    );
    return queryHot(
      tx,
      Prisma.sql`
        INSERT INTO ledger_leaf (municipality_id, entry, leaf_hash)
        SELECT app_municipality(), entry, hash
        FROM unnest(${sealed}::bytea[], ${sealed.map(hashLeaf)}::bytea[]) WITH ORDINALITY AS leaf (entry, hash, place)
        ORDER BY place`,
    );
  });
}
