import type {
  CancelledBy,
  Channel,
  EndReason,
  HandOffState,
  ParticipantKind,
  PartKind,
  VisitPurpose,
  VisitState,
  VisitTopic,
  VisitWarning,
} from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx, violatedConstraint } from '../../storage/index.ts';
import { withinReach } from '../citizens/index.ts';
import type { Actor } from '../identity/index.ts';
import type { Part } from './rules.ts';

export interface Participant {
  readonly kind: ParticipantKind;
  readonly staffId: string | null;
  readonly initials: string | null;
}

/** What a visit is, as it is kept. */
export interface VisitFacts {
  readonly channel: Channel;
  readonly origin: 'planned' | 'unplanned';
  readonly state: VisitState;
  readonly happensAt: Date;
  readonly plannedStartsAt: Date | null;
  readonly plannedEndsAt: Date | null;
  readonly proposedBy: 'citizen' | 'worker' | null;
  readonly purposes: readonly VisitPurpose[];
  readonly topics: readonly VisitTopic[];
  readonly bookingId: string | null;
  readonly ownsBooking: boolean;
  readonly planId: string | null;
  readonly planWeek: string | null;
  readonly planSlot: number | null;
  readonly endedBy: CancelledBy | null;
  readonly endedReason: EndReason | null;
  readonly overruled: readonly VisitWarning[];
  readonly revision: number;
}

export interface NewVisit extends VisitFacts {
  readonly id: string;
  readonly citizenId: string;
  readonly workerId: string;
}

/** A visit as it is read, with what it is shown by. */
export interface VisitRow extends NewVisit {
  readonly citizen: string;
  /** The team that the citizen belongs to. */
  readonly teamId: string | null;
  readonly worker: string;
  readonly room: { readonly id: string; readonly name: string; readonly site: string } | null;
  readonly parts: readonly Part[];
  readonly participants: readonly Participant[];
  readonly hasNote: boolean;
  readonly handOff: HandOffState;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

type JsonPart = {
  readonly kind: PartKind;
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly minutes: number | null;
};
type RawRow = Omit<VisitRow, 'parts'> & { readonly parts: readonly JsonPart[] };

const toRow = (raw: RawRow): VisitRow => ({
  ...raw,
  parts: raw.parts.map((part) => ({
    ...part,
    startsAt: new Date(part.startsAt),
    endsAt: part.endsAt === null ? null : new Date(part.endsAt),
  })),
});

/** What is shown of visits, looked up for those that were chosen and for no others. */
const shown = (chosen: Prisma.Sql, order: Prisma.Sql) => Prisma.sql`
  WITH v AS MATERIALIZED (${chosen})
  SELECT v.id, v.citizen_id AS "citizenId", c.code AS citizen, c.team_id AS "teamId", v.worker_id AS "workerId", w.initials AS worker,
    v.channel, v.origin, v.state, v.happens_at AS "happensAt", v.planned_starts_at AS "plannedStartsAt", v.planned_ends_at AS "plannedEndsAt",
    v.proposed_by AS "proposedBy", v.purposes, v.topics, v.booking_id AS "bookingId", v.owns_booking AS "ownsBooking",
    v.plan_id AS "planId", v.plan_week AS "planWeek", v.plan_slot AS "planSlot", v.ended_by AS "endedBy", v.ended_reason AS "endedReason",
    v.overruled, v.revision, v.created_at AS "createdAt", v.updated_at AS "updatedAt",
    (SELECT json_build_object('id', r.id, 'name', r.name, 'site', s.name) FROM booking b
      JOIN room r ON r.municipality_id = b.municipality_id AND r.id = b.room_id
      JOIN site s ON s.municipality_id = r.municipality_id AND s.id = r.site_id
      WHERE b.municipality_id = v.municipality_id AND b.id = v.booking_id AND b.state <> 'cancelled') AS room,
    (SELECT coalesce(json_agg(json_build_object('kind', p.kind, 'startsAt', extract(epoch FROM p.starts_at) * 1000,
        'endsAt', extract(epoch FROM p.ends_at) * 1000, 'minutes', p.minutes) ORDER BY p.place), '[]')
      FROM visit_part p WHERE p.municipality_id = v.municipality_id AND p.visit_id = v.id) AS parts,
    (SELECT coalesce(json_agg(json_build_object('kind', p.kind, 'staffId', p.staff_id, 'initials', st.initials) ORDER BY p.place), '[]')
      FROM visit_participant p LEFT JOIN staff st ON st.municipality_id = p.municipality_id AND st.id = p.staff_id
      WHERE p.municipality_id = v.municipality_id AND p.visit_id = v.id) AS participants,
    EXISTS (SELECT 1 FROM visit_note n WHERE n.municipality_id = v.municipality_id AND n.visit_id = v.id) AS "hasNote",
    coalesce((SELECT h.state FROM hand_off h WHERE h.municipality_id = v.municipality_id AND h.visit_id = v.id ORDER BY h.revision DESC LIMIT 1), 'none') AS "handOff"
  FROM v
  JOIN citizen c ON c.municipality_id = v.municipality_id AND c.id = v.citizen_id
  JOIN staff w ON w.municipality_id = v.municipality_id AND w.id = v.worker_id
  ${order}`;

/** Whether somebody may see visits (aliases v and citizen): their own, and those of citizens near them. */
const inReach = (actor: Actor) => Prisma.sql`(v.worker_id = ${actor.staffId}::uuid OR EXISTS (
  SELECT 1 FROM citizen WHERE citizen.municipality_id = v.municipality_id AND citizen.id = v.citizen_id AND ${withinReach(actor, 'citizens:read')}))`;

/** @throws DomainError not_found, also for one that is out of reach */
export async function getVisit(tx: ReadTx, actor: Actor, id: string): Promise<VisitRow> {
  const [row] = await queryHot<RawRow>(
    tx,
    shown(Prisma.sql`SELECT v.* FROM visit v WHERE v.id = ${id}::uuid AND ${inReach(actor)}`, Prisma.empty),
  );
  if (row === undefined) throw new DomainError('not_found', { kind: 'visit' });
  return toRow(row);
}

/** Whatever the reach; for those who were allowed what they do. */
export async function getVisits(tx: ReadTx, ids: readonly string[]): Promise<VisitRow[]> {
  const rows = await queryHot<RawRow>(
    tx,
    shown(
      Prisma.sql`SELECT v.* FROM visit v WHERE v.id = ANY (${[...ids]}::uuid[])`,
      Prisma.sql`ORDER BY v.happens_at, v.id`,
    ),
  );
  return rows.map(toRow);
}

export interface VisitFilter {
  readonly citizen?: string | undefined;
  readonly worker?: string | undefined;
  readonly channel?: Channel | undefined;
  readonly state?: VisitState | undefined;
  readonly plan?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly after?: { readonly at: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** In the order they happen. */
export async function listVisits(tx: ReadTx, actor: Actor, filter: VisitFilter): Promise<VisitRow[]> {
  const { citizen, worker, channel, state, plan, from, to, after, limit } = filter;
  const conditions = [
    inReach(actor),
    ...(citizen === undefined
      ? []
      : [Prisma.sql`v.citizen_id = (SELECT c.id FROM citizen c WHERE c.code = ${citizen})`]),
    ...(worker === undefined
      ? []
      : [Prisma.sql`v.worker_id = (SELECT w.id FROM staff w WHERE w.initials = ${worker})`]),
    ...(channel === undefined ? [] : [Prisma.sql`v.channel = ${channel}`]),
    ...(state === undefined ? [] : [Prisma.sql`v.state = ${state}`]),
    ...(plan === undefined ? [] : [Prisma.sql`v.plan_id = ${plan}::uuid`]),
    ...(from === undefined ? [] : [Prisma.sql`v.happens_at >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [Prisma.sql`v.happens_at < ${to}::timestamptz`]),
    ...(after === undefined
      ? []
      : [Prisma.sql`(v.happens_at, v.id) > (${after.at}::timestamptz, ${after.id}::uuid)`]),
  ];
  const rows = await queryHot<RawRow>(
    tx,
    shown(
      Prisma.sql`SELECT v.* FROM visit v WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY v.happens_at, v.id LIMIT ${limit}`,
      Prisma.sql`ORDER BY v.happens_at, v.id`,
    ),
  );
  return rows.map(toRow);
}

/** Whether a worker has another visit to a citizen in which they were together at one of these times. */
export async function isRecordedElsewhere(
  tx: ReadTx,
  of: { readonly id: string; readonly citizenId: string; readonly workerId: string },
  times: readonly { readonly startsAt: Date; readonly endsAt: Date }[],
): Promise<boolean> {
  const starts = times.map(({ startsAt }) => startsAt.toISOString());
  const ends = times.map(({ endsAt }) => endsAt.toISOString());
  const rows = await queryHot(
    tx,
    Prisma.sql`
    SELECT 1 AS found FROM unnest(${starts}::timestamptz[], ${ends}::timestamptz[]) AS told (starts_at, ends_at)
    JOIN visit v ON v.citizen_id = ${of.citizenId}::uuid AND v.worker_id = ${of.workerId}::uuid AND v.id <> ${of.id}::uuid
      AND v.happens_at > told.starts_at - interval '24 hours' AND v.happens_at < told.ends_at + interval '24 hours'
    JOIN visit_part p ON p.municipality_id = v.municipality_id AND p.visit_id = v.id AND p.kind IN ('video', 'physical', 'phone')
      AND p.starts_at < told.ends_at AND p.ends_at > told.starts_at
    LIMIT 1`,
  );
  return rows.length > 0;
}

export interface Busy {
  readonly workerId: string;
  readonly citizenId: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
}

/** What a worker or a citizen is planned for within a time; at most a day may lie between planned and actual start. */
export function listPlanned(
  tx: ReadTx,
  of: { readonly workerId: string; readonly citizenId: string; readonly except: readonly string[] },
  span: { readonly startsAt: Date; readonly endsAt: Date },
): Promise<Busy[]> {
  return queryHot<Busy>(
    tx,
    Prisma.sql`
    SELECT v.worker_id AS "workerId", v.citizen_id AS "citizenId", v.planned_starts_at AS "startsAt", v.planned_ends_at AS "endsAt"
    FROM visit v
    WHERE (v.worker_id = ${of.workerId}::uuid OR v.citizen_id = ${of.citizenId}::uuid)
      AND v.happens_at > ${span.startsAt}::timestamptz - interval '24 hours' AND v.happens_at < ${span.endsAt}::timestamptz + interval '24 hours'
      AND v.state NOT IN ('held', 'cancelled', 'futile', 'failed', 'followed-up')
      AND v.planned_starts_at < ${span.endsAt}::timestamptz AND v.planned_ends_at > ${span.startsAt}::timestamptz
      AND NOT v.id = ANY (${[...of.except]}::uuid[])`,
  );
}

/**
 * Locks people's calendars, in one order for everybody: first staff, then (by the caller) citizens.
 *
 * @param employed those of them who must still work here once their calendar is held
 * @throws DomainError not_found when one of them has left meanwhile
 */
export async function lockStaffCalendars(
  tx: Tx,
  staffIds: readonly string[],
  employed: readonly string[] = [],
): Promise<void> {
  const rows = await queryHot<{ id: string; initials: string; hasLeft: boolean }>(
    tx,
    Prisma.sql`
    SELECT id, initials, ended_at IS NOT NULL AS "hasLeft" FROM staff WHERE id = ANY (${[...staffIds]}::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
  );
  const gone = rows.find((row) => row.hasLeft && employed.includes(row.id));
  if (gone !== undefined) throw new DomainError('not_found', { kind: `staff ${gone.initials}` });
}

/** The last guards are the constraints; who comes second is told so without a choice of other times. */
function explainOverlap(error: unknown): never {
  const constraint = violatedConstraint(error);
  const missing =
    constraint === 'visit_worker_free' ? 'worker' : constraint === 'visit_citizen_free' ? 'citizen' : null;
  if (missing === null) throw error;
  throw new DomainError(
    'hold_refused',
    {
      missing_da: 'en kollega var hurtigere',
      missing_en: 'a colleague was quicker',
      nearest_da: 'slå op igen',
      nearest_en: 'look again',
    },
    { details: { missing: [missing], nearest: [] } },
  );
}

/** @throws DomainError hold_refused when somebody else takes the time at the same moment */
export async function insertVisit(tx: Tx, visit: NewVisit, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO visit (municipality_id, id, citizen_id, worker_id, channel, origin, state, happens_at, planned_starts_at, planned_ends_at,
      proposed_by, purposes, topics, booking_id, owns_booking, plan_id, plan_week, plan_slot, ended_by, ended_reason, overruled, revision,
      created_at, updated_at)
    VALUES (app_municipality(), ${visit.id}::uuid, ${visit.citizenId}::uuid, ${visit.workerId}::uuid, ${visit.channel}, ${visit.origin},
      ${visit.state}, ${visit.happensAt}::timestamptz, ${visit.plannedStartsAt}::timestamptz, ${visit.plannedEndsAt}::timestamptz,
      ${visit.proposedBy}::text, ${[...visit.purposes]}::text[], ${[...visit.topics]}::text[], ${visit.bookingId}::uuid, ${visit.ownsBooking}::boolean,
      ${visit.planId}::uuid, ${visit.planWeek}::text, ${visit.planSlot}::int, ${visit.endedBy}::text, ${visit.endedReason}::text,
      ${[...visit.overruled]}::text[], ${visit.revision}::int, ${now}::timestamptz, ${now}::timestamptz)`,
  ).catch(explainOverlap);
}

/** Writes what a visit now is. The row MUST be held by the transaction. @throws DomainError hold_refused */
export async function updateVisit(tx: Tx, visit: NewVisit, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE visit SET worker_id = ${visit.workerId}::uuid, channel = ${visit.channel}, state = ${visit.state}, happens_at = ${visit.happensAt}::timestamptz,
      planned_starts_at = ${visit.plannedStartsAt}::timestamptz, planned_ends_at = ${visit.plannedEndsAt}::timestamptz,
      proposed_by = ${visit.proposedBy}::text, purposes = ${[...visit.purposes]}::text[], topics = ${[...visit.topics]}::text[],
      booking_id = ${visit.bookingId}::uuid, owns_booking = ${visit.ownsBooking}::boolean, ended_by = ${visit.endedBy}::text,
      ended_reason = ${visit.endedReason}::text, overruled = ${[...visit.overruled]}::text[], revision = ${visit.revision}::int,
      updated_at = ${now}::timestamptz
    WHERE id = ${visit.id}::uuid`,
  ).catch(explainOverlap);
}

/** Locks a visit, so that of two changes at once one sees the other. */
export async function lockVisits(tx: Tx, ids: readonly string[]): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`SELECT id FROM visit WHERE id = ANY (${[...ids]}::uuid[]) ORDER BY id FOR NO KEY UPDATE`,
  );
}

export async function replaceParts(tx: Tx, visitId: string, parts: readonly Part[]): Promise<void> {
  await queryHot(tx, Prisma.sql`DELETE FROM visit_part WHERE visit_id = ${visitId}::uuid`);
  if (parts.length === 0) return;
  const rows = JSON.stringify(parts.map((part, place) => ({ place, ...part })));
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO visit_part (municipality_id, visit_id, place, kind, starts_at, ends_at, minutes)
    SELECT app_municipality(), ${visitId}::uuid, place, kind, "startsAt", "endsAt", minutes
    FROM jsonb_to_recordset(${rows}::jsonb) AS part (place int, kind text, "startsAt" timestamptz, "endsAt" timestamptz, minutes int)`,
  );
}

export async function replaceParticipants(
  tx: Tx,
  visitId: string,
  participants: readonly Pick<Participant, 'kind' | 'staffId'>[],
): Promise<void> {
  await queryHot(tx, Prisma.sql`DELETE FROM visit_participant WHERE visit_id = ${visitId}::uuid`);
  if (participants.length === 0) return;
  const rows = JSON.stringify(participants.map(({ kind, staffId }, place) => ({ place, kind, staffId })));
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO visit_participant (municipality_id, visit_id, place, kind, staff_id)
    SELECT app_municipality(), ${visitId}::uuid, place, kind, "staffId"
    FROM jsonb_to_recordset(${rows}::jsonb) AS one (place int, kind text, "staffId" uuid)`,
  );
}

/** Those of a citizen that nothing has become of yet, of a worker that are to come, or proposals whose time has come. */
export async function listIdsToEnd(
  tx: ReadTx,
  of:
    | { readonly citizenId: string }
    | { readonly workerId: string; readonly after: Date }
    | { readonly proposedBefore: Date; readonly limit: number },
): Promise<string[]> {
  const whose =
    'citizenId' in of
      ? Prisma.sql`v.citizen_id = ${of.citizenId}::uuid AND v.state IN ('proposed', 'planned', 'open')`
      : 'workerId' in of
        ? Prisma.sql`v.worker_id = ${of.workerId}::uuid AND v.happens_at > ${of.after}::timestamptz AND v.state IN ('proposed', 'planned')`
        : Prisma.sql`v.state = 'proposed' AND v.happens_at < ${of.proposedBefore}::timestamptz LIMIT ${of.limit}`;
  const rows = await queryHot<{ id: string }>(tx, Prisma.sql`SELECT v.id FROM visit v WHERE ${whose}`);
  return rows.map((row) => row.id);
}

export async function sealNote(
  tx: Tx,
  note: {
    readonly visitId: string;
    readonly citizenId: string;
    readonly sealed: Uint8Array | null;
    readonly staffId: string;
  },
  now: Date,
): Promise<void> {
  if (note.sealed === null) {
    await tx.$executeRaw`DELETE FROM visit_note WHERE visit_id = ${note.visitId}::uuid`;
    return;
  }
  await tx.$executeRaw`
    INSERT INTO visit_note (municipality_id, visit_id, citizen_id, sealed_note, staff_id, written_at)
    VALUES (app_municipality(), ${note.visitId}::uuid, ${note.citizenId}::uuid, ${note.sealed}, ${note.staffId}::uuid, ${now}::timestamptz)
    ON CONFLICT (municipality_id, visit_id) DO UPDATE SET sealed_note = excluded.sealed_note, staff_id = excluded.staff_id, written_at = excluded.written_at`;
}

export async function findNote(
  tx: ReadTx,
  visitId: string,
): Promise<{ readonly sealed: Uint8Array; readonly by: string | null; readonly at: Date } | null> {
  const [row] = await tx.$queryRaw<{ sealed: Uint8Array; by: string | null; at: Date }[]>`
    SELECT n.sealed_note AS sealed, st.initials AS by, n.written_at AS at
    FROM visit_note n LEFT JOIN staff st ON st.municipality_id = n.municipality_id AND st.id = n.staff_id
    WHERE n.visit_id = ${visitId}::uuid`;
  return row ?? null;
}

export async function deleteNotesOf(tx: Tx, citizenId: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM visit_note WHERE citizen_id = ${citizenId}::uuid`;
}
