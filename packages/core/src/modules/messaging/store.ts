import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import {
  callers,
  channels,
  type MessageChannel,
  type MessageKind,
  type MessageState,
} from '../../contract/index.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';
import { withinReach } from '../citizens/index.ts';
import type { Actor } from '../identity/index.ts';

/** What the text is made of besides what is looked up when it is sent: codes, times and ids. */
export const messageFacts = z.object({
  startsAt: z.string().optional(),
  endsAt: z.string().optional(),
  channel: z.enum(channels).optional(),
  /** Of the calendar entry that goes with it; none where there is none. */
  sequence: z.int().optional(),
  /** Counts what was told of a visit, for what is told within the same moment. */
  nth: z.int().optional(),
  /** Of a guest; a citizen's is looked up. */
  language: z.enum(['da', 'en']).optional(),
  answer: z.enum(['proposed', 'declined']).optional(),
  caller: z.enum(callers).optional(),
  /** How it would have gone out, of one in the mailbox. */
  way: z.enum(['sms', 'mail']).optional(),
  /** Where a cancellation goes to a guest, sealed and as base64: the call forgets it, and so does this once it is sent, or the
   * visit that was called off would be over. */
  sealedTo: z.string().optional(),
  /** The vault was read for it, and that is written down. */
  read: z.boolean().optional(),
});
export type MessageFacts = z.infer<typeof messageFacts>;

export interface NewMessage {
  readonly kind: MessageKind;
  readonly citizenId: string | null;
  readonly visitId: string | null;
  readonly seatId: string | null;
  readonly channel: MessageChannel;
  readonly state: 'scheduled' | 'held-back';
  readonly facts: MessageFacts;
  readonly sendAt: Date;
  readonly oncePer: string;
}

export interface MessageRow extends Omit<NewMessage, 'state' | 'oncePer'> {
  readonly id: string;
  readonly state: MessageState;
  readonly attempts: number;
  readonly sentAt: Date | null;
  readonly deliveredAt: Date | null;
}

/** With what staff are shown. */
export interface ListedMessage extends MessageRow {
  /** Code of the citizen that it is to or, for a guest, whose visit it is about; null where there is none. */
  readonly citizen: string | null;
  /** Whose key seals it. */
  readonly ownerId: string | null;
}

const columns = Prisma.sql`
  m.id, m.kind, m.citizen_id AS "citizenId", m.visit_id AS "visitId", m.seat_id AS "seatId", m.channel, m.state, m.facts,
  m.send_at AS "sendAt", m.attempts, m.sent_at AS "sentAt", m.delivered_at AS "deliveredAt"`;

const toRow = <Row extends MessageRow>(row: Row): Row => ({ ...row, facts: messageFacts.parse(row.facts) });

/**
 * One of each `oncePer`. What was withdrawn and is wanted again is taken up where it was; what has gone out, or may have,
 * stays as it is.
 */
export async function insertMessages(tx: Tx, messages: readonly NewMessage[], now: Date): Promise<void> {
  if (messages.length === 0) return;
  const rows = JSON.stringify(messages.map((message) => ({ id: randomUUID(), ...message })));
  await tx.$executeRaw`
    INSERT INTO message (municipality_id, id, kind, citizen_id, visit_id, seat_id, channel, state, facts, send_at, attempts, next_attempt_at, once_per, created_at)
    SELECT app_municipality(), id, kind, "citizenId", "visitId", "seatId", channel, state, facts, "sendAt", 0, "sendAt", "oncePer", ${now}
    FROM jsonb_to_recordset(${rows}::jsonb) AS fresh (id uuid, kind text, "citizenId" uuid, "visitId" uuid, "seatId" uuid, channel text,
      state text, facts jsonb, "sendAt" timestamptz, "oncePer" text)
    ON CONFLICT ON CONSTRAINT message_once DO UPDATE
    SET state = excluded.state, facts = excluded.facts, send_at = excluded.send_at, next_attempt_at = excluded.send_at, channel = excluded.channel
    WHERE message.state = 'withdrawn' AND message.attempts = 0`;
}

/** Everything about a visit, in the order it was told. */
export async function listOfVisit(tx: ReadTx, visitId: string): Promise<MessageRow[]> {
  const rows = await queryHot<MessageRow>(
    tx,
    Prisma.sql`SELECT ${columns} FROM message AS m WHERE m.visit_id = ${visitId}::uuid ORDER BY m.created_at, (m.facts->>'nth')::int, m.id`,
  );
  return rows.map(toRow);
}

/** What waits is overtaken, and what is just being sent is not tried again; but for what goes to `keptSeats`. */
export const withdrawOfVisit = (
  tx: Tx,
  visitId: string,
  kinds: readonly MessageKind[],
  keptSeats: readonly string[] = [],
) =>
  tx.$executeRaw`
    UPDATE message SET state = 'withdrawn', leased_until = NULL, facts = facts - 'sealedTo'
    WHERE visit_id = ${visitId}::uuid AND kind = ANY (${[...kinds]}::text[]) AND state IN ('scheduled', 'sending')
      AND (seat_id IS NULL OR seat_id <> ALL (${[...keptSeats]}::uuid[]))`;

const listed = Prisma.sql`
  SELECT ${columns}, citizen.code AS citizen, citizen.id AS "ownerId"
  FROM message AS m
  LEFT JOIN visit AS v ON v.municipality_id = m.municipality_id AND v.id = m.visit_id
  LEFT JOIN citizen ON citizen.municipality_id = m.municipality_id AND citizen.id = coalesce(m.citizen_id, v.citizen_id)`;

export interface MessageFilter {
  readonly state: MessageState | null;
  readonly citizen: string | null;
  readonly after: readonly [sendAt: string, id: string] | null;
  readonly limit: number;
}

/** The latest first. */
export async function listMessages(
  tx: ReadTx,
  actor: Actor,
  filter: MessageFilter,
): Promise<ListedMessage[]> {
  const [at, id] = filter.after ?? [null, null];
  const rows = await tx.$queryRaw<ListedMessage[]>`
    ${listed}
    WHERE ${withinReach(actor, 'citizens:read')}
      AND (${filter.state}::text IS NULL OR m.state = ${filter.state})
      AND (${filter.citizen}::text IS NULL OR citizen.code = ${filter.citizen})
      AND (${at}::timestamptz IS NULL OR (m.send_at, m.id) < (${at}::timestamptz, ${id}::uuid))
    ORDER BY m.send_at DESC, m.id DESC LIMIT ${filter.limit}`;
  return rows.map(toRow);
}

/** Within reach; null also for one that is not. */
export async function findMessage(tx: ReadTx, actor: Actor, id: string): Promise<ListedMessage | null> {
  const [row] = await tx.$queryRaw<
    ListedMessage[]
  >`${listed} WHERE m.id = ${id}::uuid AND ${withinReach(actor, 'citizens:read')}`;
  return row === undefined ? null : toRow(row);
}

/** The same, held until the transaction ends. */
export async function lockMessage(tx: Tx, actor: Actor, id: string): Promise<ListedMessage | null> {
  await tx.$queryRaw`SELECT 1 FROM message WHERE id = ${id}::uuid FOR UPDATE`;
  return findMessage(tx, actor, id);
}

export const scheduleAgain = (tx: Tx, id: string, now: Date) =>
  tx.$executeRaw`
    UPDATE message SET state = 'scheduled', attempts = 0, next_attempt_at = ${now}, leased_until = NULL WHERE id = ${id}::uuid`;

/** One that a dispatcher has taken up, as it is now; null where it was withdrawn or taken over since. */
export async function lockTakenUp(tx: Tx, id: string, attempt: number): Promise<ListedMessage | null> {
  const [row] = await tx.$queryRaw<ListedMessage[]>`
    ${listed} WHERE m.id = ${id}::uuid AND m.state = 'sending' AND m.attempts = ${attempt} FOR UPDATE OF m`;
  return row === undefined ? null : toRow(row);
}

/**
 * It goes the other way than was planned. The way is the end of each citizen's `oncePer`.
 *
 * @returns false where the same goes that way already
 */
export async function turnTo(tx: Tx, id: string, way: 'sms' | 'mail'): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE message AS m SET channel = ${way}, once_per = regexp_replace(m.once_per, '[^:]*$', ${way}::text)
    WHERE m.id = ${id}::uuid AND NOT EXISTS (
      SELECT 1 FROM message o WHERE o.id <> m.id AND o.once_per = regexp_replace(m.once_per, '[^:]*$', ${way}::text))`;
  return count > 0;
}

export const markRead = (tx: Tx, id: string) =>
  tx.$executeRaw`UPDATE message SET facts = facts || '{"read": true}' WHERE id = ${id}::uuid`;

export interface Settled {
  readonly state: 'scheduled' | 'sent' | 'failed' | 'withdrawn' | 'held-back';
  readonly channel?: MessageChannel;
  readonly sentAt?: Date;
  readonly receipt?: string | null;
  readonly nextAttemptAt?: Date;
  /** Taken up too early: not counted as an attempt, and `nextAttemptAt` is when it is to be sent. */
  readonly uncounted?: boolean;
}

/** @returns whether it was still the one that was taken up */
export async function settle(tx: Tx, id: string, attempt: number, outcome: Settled): Promise<boolean> {
  const { state, channel, sentAt, receipt, nextAttemptAt, uncounted = false } = outcome;
  const count = await tx.$executeRaw`
    UPDATE message SET state = ${state}, leased_until = NULL, channel = coalesce(${channel ?? null}::text, channel),
      sent_at = coalesce(${sentAt ?? null}::timestamptz, sent_at), receipt = coalesce(${receipt ?? null}::text, receipt),
      facts = CASE WHEN ${state} IN ('scheduled', 'failed') THEN facts ELSE facts - 'sealedTo' END,
      send_at = CASE WHEN ${uncounted}::boolean THEN ${nextAttemptAt ?? null}::timestamptz ELSE send_at END,
      next_attempt_at = ${nextAttemptAt ?? null}::timestamptz, attempts = attempts - ${uncounted ? 1 : 0}::int
    WHERE id = ${id}::uuid AND state = 'sending' AND attempts = ${attempt}`;
  return count > 0;
}

export const insertMailboxItem = (tx: Tx, messageId: string, sealedMail: Uint8Array, now: Date) =>
  tx.$executeRaw`
    INSERT INTO mailbox_item (municipality_id, message_id, sealed_mail, at)
    VALUES (app_municipality(), ${messageId}::uuid, ${sealedMail}, ${now}) ON CONFLICT (municipality_id, message_id) DO NOTHING`;

export async function findMailboxItem(
  tx: ReadTx,
  messageId: string,
): Promise<{ readonly sealedMail: Uint8Array; readonly at: Date } | null> {
  const [row] = await tx.$queryRaw<{ sealedMail: Uint8Array; at: Date }[]>`
    SELECT sealed_mail AS "sealedMail", at FROM mailbox_item WHERE message_id = ${messageId}::uuid`;
  return row ?? null;
}

export async function readMunicipalityName(tx: ReadTx): Promise<string> {
  const [row] = await tx.$queryRaw<
    { name: string }[]
  >`SELECT name FROM municipality WHERE id = app_municipality()`;
  return row?.name ?? '';
}

/** What the gateway says of a message that it took. @returns those that have failed by it, and had not before */
export async function markByReceipt(
  tx: Tx,
  receipt: string,
  status: 'delivered' | 'failed',
  now: Date,
): Promise<readonly Pick<MessageRow, 'id' | 'kind' | 'channel'>[]> {
  const rows = await tx.$queryRaw<Pick<MessageRow, 'id' | 'kind' | 'channel'>[]>`
    UPDATE message SET state = ${status}, delivered_at = CASE WHEN ${status} = 'delivered' THEN ${now}::timestamptz END
    WHERE receipt = ${receipt} AND state = 'sent' RETURNING id, kind, channel`;
  return status === 'failed' ? rows : [];
}

export async function readMunicipalityId(tx: ReadTx): Promise<string> {
  const [row] = await tx.$queryRaw<{ id: string }[]>`SELECT app_municipality()::text AS id`;
  return row?.id ?? '';
}
