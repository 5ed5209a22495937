import type {
  CallEncryption,
  CallState,
  Diagnostics,
  GoneReason,
  ParticipantKind,
  SeatKind,
  SeatState,
  TestResult,
  TroubleStep,
} from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';

/** A call as it is kept; `sealedAgenda` is not read along, see `readAgenda`. */
export interface CallRow {
  readonly id: string;
  readonly visitId: string;
  readonly citizenId: string;
  readonly roomName: string;
  readonly state: CallState;
  readonly opensAt: Date;
  readonly closesAt: Date;
  readonly encryption: CallEncryption | null;
  readonly aloneSince: Date | null;
  readonly company: ParticipantKind | null;
  readonly version: number;
  readonly failedStep: TroubleStep | null;
  readonly failedAt: Date | null;
  readonly diagnostics: Diagnostics | null;
  readonly worked: boolean | null;
  readonly endedAt: Date | null;
}

export interface SeatRow {
  readonly id: string;
  readonly callId: string;
  readonly kind: SeatKind;
  readonly role: ParticipantKind | null;
  readonly staffId: string | null;
  /** Of a worker or colleague. */
  readonly initials: string | null;
  readonly state: SeatState;
  readonly since: Date;
  readonly waitingSince: Date | null;
  readonly byPhone: boolean;
  readonly tests: readonly TestResult[];
  readonly canEncrypt: boolean | null;
  readonly commitment: string | null;
  readonly hostKey: string | null;
  readonly publicKey: string | null;
  readonly nonce: string | null;
  readonly epoch: number;
  readonly wrappedKey: string | null;
  readonly gone: GoneReason | null;
  readonly language: 'da' | 'en';
  /** Connected to the media server now, or on the telephone and admitted. */
  readonly present: boolean;
}

export type SeatChange = Partial<Omit<SeatRow, 'id' | 'callId' | 'kind' | 'initials' | 'present'>>;
export type CallChange = Partial<Omit<CallRow, 'id' | 'visitId' | 'citizenId' | 'version'>>;

const callColumns = Prisma.sql`
  c.id, c.visit_id AS "visitId", v.citizen_id AS "citizenId", c.room_name AS "roomName", c.state, c.opens_at AS "opensAt",
  c.closes_at AS "closesAt", c.encryption, c.alone_since AS "aloneSince", c.company, c.version, c.failed_step AS "failedStep",
  c.failed_at AS "failedAt", c.diagnostics, c.worked, c.ended_at AS "endedAt"`;
const fromCall = Prisma.sql`FROM call c JOIN visit v ON v.municipality_id = c.municipality_id AND v.id = c.visit_id`;

/** @throws DomainError not_found */
export async function getCall(tx: ReadTx, id: string): Promise<CallRow> {
  const [row] = await queryHot<CallRow>(
    tx,
    Prisma.sql`SELECT ${callColumns} ${fromCall} WHERE c.id = ${id}::uuid`,
  );
  if (row === undefined) throw new DomainError('not_found', { kind: 'call' });
  return row;
}

export async function findCallOfVisit(tx: ReadTx, visitId: string): Promise<CallRow | null> {
  const [row] = await queryHot<CallRow>(
    tx,
    Prisma.sql`SELECT ${callColumns} ${fromCall} WHERE c.visit_id = ${visitId}::uuid`,
  );
  return row ?? null;
}

/**
 * Holds a call until the transaction ends: every change of a call or its seats begins with this, so that of two at once one
 * sees the other. Where the visit is to change as well, it is changed first; visits hold their own rows before they tell us.
 *
 * @throws DomainError not_found
 */
export async function lockCall(tx: Tx, id: string): Promise<CallRow> {
  await queryHot(tx, Prisma.sql`SELECT id FROM call WHERE id = ${id}::uuid FOR NO KEY UPDATE`);
  return getCall(tx, id);
}

const seatColumns = Prisma.sql`
  s.id, s.call_id AS "callId", s.kind, s.role, s.staff_id AS "staffId", st.initials, s.state, s.since,
  s.waiting_since AS "waitingSince", s.by_phone AS "byPhone", s.tests, s.can_encrypt AS "canEncrypt", s.commitment,
  s.host_key AS "hostKey", s.public_key AS "publicKey", s.nonce, s.epoch, s.wrapped_key AS "wrappedKey", s.gone, s.language,
  (s.by_phone AND s.state = 'admitted') OR EXISTS (
    SELECT 1 FROM call_presence p WHERE p.municipality_id = s.municipality_id AND p.seat_id = s.id AND p.left_at IS NULL) AS present`;

/** The citizen first, then host, colleagues and guests; always in the same order. */
export function getSeats(tx: ReadTx, callId: string): Promise<SeatRow[]> {
  return queryHot<SeatRow>(
    tx,
    Prisma.sql`
    SELECT ${seatColumns} FROM call_seat s LEFT JOIN staff st ON st.municipality_id = s.municipality_id AND st.id = s.staff_id
    WHERE s.call_id = ${callId}::uuid
    ORDER BY array_position(ARRAY['citizen', 'worker', 'colleague', 'guest'], s.kind), s.since, s.id`,
  );
}

/** Whether somebody takes part in the call of a visit. */
export async function hasOwnSeat(tx: ReadTx, visitId: string, staffId: string): Promise<boolean> {
  const rows = await queryHot(
    tx,
    Prisma.sql`
    SELECT 1 AS own FROM call_seat s JOIN call c ON c.municipality_id = s.municipality_id AND c.id = s.call_id
    WHERE c.visit_id = ${visitId}::uuid AND s.staff_id = ${staffId}::uuid AND s.state <> 'refused'`,
  );
  return rows.length > 0;
}

/** Where a guest's link goes, sealed; null once the call is over, and for everybody else. */
export async function readSealedAddress(tx: ReadTx, seatId: string): Promise<Uint8Array | null> {
  const [row] = await queryHot<{ sealed: Uint8Array | null }>(
    tx,
    Prisma.sql`SELECT sealed_address AS sealed FROM call_seat WHERE id = ${seatId}::uuid`,
  );
  return row?.sealed ?? null;
}

/** Where links of a call went is forgotten. */
export async function forgetAddresses(tx: Tx, callId: string): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`UPDATE call_seat SET sealed_address = NULL WHERE call_id = ${callId}::uuid AND sealed_address IS NOT NULL`,
  );
}

export interface NewSeat {
  readonly id: string;
  readonly callId: string;
  readonly kind: SeatKind;
  readonly role: ParticipantKind | null;
  readonly staffId: string | null;
  readonly language: 'da' | 'en';
  readonly sealedAddress: Uint8Array | null;
}

export async function insertSeat(tx: Tx, seat: NewSeat, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO call_seat (municipality_id, id, call_id, kind, role, staff_id, state, since, by_phone, tests, epoch, sealed_address, language)
    VALUES (app_municipality(), ${seat.id}::uuid, ${seat.callId}::uuid, ${seat.kind}, ${seat.role}::text, ${seat.staffId}::uuid,
      'invited', ${now}::timestamptz, false, '[]', 0, ${seat.sealedAddress}::bytea, ${seat.language})`,
  );
}

const seatNames: Readonly<Record<keyof SeatChange, string>> = {
  role: 'role',
  staffId: 'staff_id',
  state: 'state',
  since: 'since',
  waitingSince: 'waiting_since',
  byPhone: 'by_phone',
  tests: 'tests',
  canEncrypt: 'can_encrypt',
  commitment: 'commitment',
  hostKey: 'host_key',
  publicKey: 'public_key',
  nonce: 'nonce',
  epoch: 'epoch',
  wrappedKey: 'wrapped_key',
  gone: 'gone',
  language: 'language',
};
const callNames: Readonly<Record<keyof CallChange, string>> = {
  roomName: 'room_name',
  state: 'state',
  opensAt: 'opens_at',
  closesAt: 'closes_at',
  encryption: 'encryption',
  aloneSince: 'alone_since',
  company: 'company',
  failedStep: 'failed_step',
  failedAt: 'failed_at',
  diagnostics: 'diagnostics',
  worked: 'worked',
  endedAt: 'ended_at',
};

/**
 * One statement whatever changes: the row as JSON over the row as it is, so that the number of texts stays small.
 * Times go as ISO 8601; absent keys leave their column alone.
 */
const asColumns = (names: Readonly<Record<string, string>>, change: object): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(change).flatMap(([key, value]) =>
        names[key] === undefined || value === undefined ? [] : [[names[key], value]],
      ),
    ),
  );

/** Writes what changes of a seat. The call MUST be held by the transaction. */
export async function updateSeat(tx: Tx, id: string, change: SeatChange): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE call_seat AS s SET role = n.role, staff_id = n.staff_id, state = n.state, since = n.since, waiting_since = n.waiting_since,
      by_phone = n.by_phone, tests = n.tests, can_encrypt = n.can_encrypt, commitment = n.commitment, host_key = n.host_key,
      public_key = n.public_key, nonce = n.nonce, epoch = n.epoch, wrapped_key = n.wrapped_key, gone = n.gone, language = n.language
    FROM (SELECT (jsonb_populate_record(o, ${asColumns(seatNames, change)}::jsonb)).* FROM call_seat o WHERE o.id = ${id}::uuid) AS n
    WHERE s.municipality_id = n.municipality_id AND s.id = n.id`,
  );
}

/** Writes what changes of a call. The call MUST be held by the transaction; `bumpCall` tells of it. */
export async function updateCall(tx: Tx, id: string, change: CallChange, now: Date): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    UPDATE call AS c SET room_name = n.room_name, state = n.state, opens_at = n.opens_at, closes_at = n.closes_at,
      encryption = n.encryption, alone_since = n.alone_since, company = n.company, failed_step = n.failed_step, failed_at = n.failed_at,
      diagnostics = n.diagnostics, worked = n.worked, ended_at = n.ended_at, updated_at = ${now}::timestamptz
    FROM (SELECT (jsonb_populate_record(o, ${asColumns(callNames, change)}::jsonb)).* FROM call o WHERE o.id = ${id}::uuid) AS n
    WHERE c.municipality_id = n.municipality_id AND c.id = n.id`,
  );
}

/** A call for a visit that has none yet. */
export async function insertCall(
  tx: Tx,
  call: Pick<CallRow, 'id' | 'visitId' | 'roomName' | 'opensAt' | 'closesAt'>,
  now: Date,
): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO call (municipality_id, id, visit_id, room_name, state, opens_at, closes_at, version, created_at, updated_at)
    VALUES (app_municipality(), ${call.id}::uuid, ${call.visitId}::uuid, ${call.roomName}, 'prepared', ${call.opensAt}::timestamptz,
      ${call.closesAt}::timestamptz, 1, ${now}::timestamptz, ${now}::timestamptz)`,
  );
}

export async function setAgenda(tx: Tx, callId: string, sealed: Uint8Array | null): Promise<void> {
  await queryHot(tx, Prisma.sql`UPDATE call SET sealed_agenda = ${sealed}::bytea WHERE id = ${callId}::uuid`);
}

export async function readAgenda(tx: ReadTx, callId: string): Promise<Uint8Array | null> {
  const [row] = await queryHot<{ sealed: Uint8Array | null }>(
    tx,
    Prisma.sql`SELECT sealed_agenda AS sealed FROM call WHERE id = ${callId}::uuid`,
  );
  return row?.sealed ?? null;
}

/** Counts that pages show something new. @returns what to put into the change event */
export async function nextVersion(tx: Tx, id: string): Promise<CallState> {
  const [row] = await queryHot<{ state: CallState }>(
    tx,
    Prisma.sql`UPDATE call SET version = version + 1 WHERE id = ${id}::uuid RETURNING state`,
  );
  if (row === undefined) throw new DomainError('not_found', { kind: 'call' });
  return row.state;
}
