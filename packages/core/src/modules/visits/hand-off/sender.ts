import { z } from 'zod';
import type { HandOffDocument } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { findCprLike, isCleanText } from '../../../kernel/text.ts';
import type { Ledger } from '../../../ledger/index.ts';
import type { ChangeEvents, Database, Tx } from '../../../storage/index.ts';
import type { CitizenContacts } from '../../citizens/index.ts';
import {
  type Answer,
  DeliveryRefused,
  deliverWebhook,
  isFinalRefusal,
  type WebhookTarget,
} from '../../messaging/index.ts';
import { assembleDocuments } from './assemble.ts';
import { createHandOffRecord } from './record.ts';
import {
  type HandOffRow,
  hasEarlierUnderWay,
  lockHandOff,
  markCalled,
  markDelivered,
  markNotTaken,
} from './store.ts';

/** What the outbox gives to be sent. */
export interface HandOffMessage {
  readonly id: string;
  readonly municipalityId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly attempts: number;
  readonly lastAttempt: boolean;
  /** When the visit was recorded. */
  readonly createdAt: Date;
}

export interface HandOffSenderDeps {
  readonly database: Pick<Database, 'write'>;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly contacts: Pick<CitizenContacts, 'identities' | 'logReading'>;
  readonly target: WebhookTarget;
  /** How long to wait for an answer; see deliverWebhook. */
  readonly answerTimeoutMs?: number;
}

interface Claim {
  readonly row: HandOffRow;
  readonly document: HandOffDocument;
}

const receiptBytes = 16_384;
const longestReceipt = 200;

/**
 * Calls the case system about a recorded visit: claims the hand-off, posts it outside any transaction, and writes down
 * what came of it. The body is built when it is sent, so that nothing of a citizen waits in the outbox, and an erasure
 * is in time until then.
 *
 * Sent at least once. Whoever is killed between sending and writing down sends again, under the same `webhook-id`, which
 * stands for one revision of one visit: a receiver drops what it has seen, and answers as it did before.
 */
export function createHandOffSender(deps: HandOffSenderDeps): (message: HandOffMessage) => Promise<void> {
  const { database, clock, contacts, target, answerTimeoutMs } = deps;
  const record = createHandOffRecord(deps);

  /** From here on nobody else hands it off. Null: it has been, or there is nothing left to hand off. */
  const claim = (message: HandOffMessage): Promise<Claim | null> =>
    database.write(message.municipalityId, async (tx) => {
      const row = await lockHandOff(tx, idIn(message));
      if (row === null || row.state === 'delivered' || row.erased) return null;
      if (await hasEarlierUnderWay(tx, row)) throw new EarlierFirst();
      const [document] = await assembleDocuments(tx, contacts.identities, message.municipalityId, [row]);
      if (document === undefined) return null;
      await markCalled(tx, row.id);
      return { row, document };
    });

  /** Whatever left, or may have left, was read by the system. */
  const logReading = async (tx: Tx, municipalityId: string, row: HandOffRow): Promise<void> => {
    const citizen = { id: row.citizenId, code: row.citizen };
    if (!row.erased)
      await contacts.logReading(tx, { municipalityId, staffId: null }, citizen, 'hand-off', 'documentation');
  };

  const succeed = ({ municipalityId }: HandOffMessage, { row: { id } }: Claim, answer: Answer) =>
    database.write(municipalityId, async (tx) => {
      const row = await lockHandOff(tx, id);
      if (row === null || row.state === 'delivered') return;
      await markDelivered(tx, id, { way: 'call', receipt: findReceipt(answer), staffId: null }, clock.now());
      await record.delivered(tx, null, [row], 'call');
      await logReading(tx, municipalityId, row);
    });

  const fail = (message: HandOffMessage, claimed: Claim | null, error: unknown) =>
    database.write(message.municipalityId, async (tx) => {
      const refused = isFinalRefusal(error) || message.lastAttempt;
      if (claimed === null && !refused) return;
      const row = await lockHandOff(tx, idIn(message));
      if (row === null || row.state === 'delivered' || !(await isStillOurs(tx, message))) return;
      const mayHaveArrived =
        claimed === null ? row.way !== null : claimed.row.way !== null || !isCertainlyNotTaken(error);
      await markNotTaken(tx, row.id, { state: refused ? 'refused' : 'waiting', mayHaveArrived });
      if (refused) await record.refused(tx, row);
      if (claimed !== null && mayHaveArrived) await logReading(tx, message.municipalityId, row);
    });

  return async (message) => {
    let claimed: Claim | null = null;
    try {
      claimed = await claim(message);
      if (claimed === null) return;
      const { row, document } = claimed;
      const answer = await deliverWebhook(
        target,
        {
          id: `${row.id}-${row.revision}`,
          body: JSON.stringify({
            type: 'visit.handed-off',
            timestamp: message.createdAt.toISOString(),
            data: { municipality: message.municipalityId, ...document },
          }),
          sentAt: clock.now(),
        },
        { answerBytes: receiptBytes, ...(answerTimeoutMs === undefined ? {} : { answerTimeoutMs }) },
      );
      await succeed(message, claimed, answer);
    } catch (error) {
      await fail(message, claimed, error);
      throw error;
    }
  };
}

/** Two revisions of a visit arrive in their order. Its code is what the outbox shows. */
class EarlierFirst extends Error {
  readonly code = 'EARLIER_REVISION_FIRST';
}

const payloadShape = z.object({ handOff: z.uuid() });
const idIn = ({ payload }: HandOffMessage): string => payloadShape.parse(payload).handOff;

/** Whether no other process has taken the message over, which may just be sending it. */
async function isStillOurs(tx: Tx, { id, attempts }: HandOffMessage): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM outbox_message WHERE id = ${id}::uuid AND attempts = ${attempts} AND state = 'pending'`;
  return rows.length > 0;
}

/** No connection was made, so nothing was sent. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The other side said no, or was never reached. All else may have arrived: a time-out, a connection that broke. */
function isCertainlyNotTaken(error: unknown): boolean {
  if (error instanceof DeliveryRefused) return true;
  const cause: unknown = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && neverConnected.has(String(cause.code));
}

/** What the other side calls what it got: `receipt` in the JSON it answered, or the header `x-receipt`. */
function findReceipt({ headers, body }: Answer): string | null {
  const receipt = (receiptIn(body) ?? headers.get('x-receipt') ?? '').trim();
  const isFit =
    receipt !== '' &&
    receipt.length <= longestReceipt &&
    isCleanText(receipt) &&
    findCprLike(receipt) === null;
  return isFit ? receipt : null;
}

function receiptIn(body: string): string | null {
  try {
    return z.object({ receipt: z.string() }).parse(JSON.parse(body)).receipt;
  } catch {
    return null;
  }
}
