import { createHmac } from 'node:crypto';
import type { Clock } from '../../kernel/clock.ts';

export interface WebhookTarget {
  readonly url: string;
  /** The key of the signature: what stands after `whsec_`, decoded. */
  readonly key: Uint8Array;
}

/** The other side answered, and not with success. */
export class DeliveryRefused extends Error {
  readonly status: number;
  readonly retryAfterMs: number | null;

  constructor(status: number, retryAfterMs: number | null) {
    super(`answered ${status}`);
    this.name = 'DeliveryRefused';
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** A refusal that repeating cannot mend. 408 and 429 ask for patience. */
export const isFinalRefusal = (error: unknown): boolean =>
  error instanceof DeliveryRefused &&
  error.status >= 400 &&
  error.status < 500 &&
  error.status !== 408 &&
  error.status !== 429;

export interface Delivery {
  /** The same for every repetition; the receiver drops what it has seen. MUST hold no full stop, which separates what is signed. */
  readonly id: string;
  readonly body: string;
  readonly sentAt: Date;
}

export interface DeliveryOptions {
  /** How long to wait for the answer, in ms. */
  readonly answerTimeoutMs?: number;
  /** How much of the answer is read, in bytes; nothing by default. */
  readonly answerBytes?: number;
}

/** What the other side answered to a message that it took. */
export interface Answer {
  readonly headers: Headers;
  /** What was asked for of the body; empty where it is longer or does not end in time. */
  readonly body: string;
}

const usualTimeoutMs = 10_000;

/** What the outbox gives to be sent. */
export interface WebhookMessage {
  readonly id: string;
  readonly municipalityId: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** When the change was made, which orders messages that arrive late. */
  readonly createdAt: Date;
}

/** Sends messages of the outbox to one address, in the shape that Standard Webhooks recommends: type, timestamp, data. */
export function createWebhookSender(
  target: WebhookTarget,
  clock: Clock,
): (message: WebhookMessage) => Promise<void> {
  return async ({ id, municipalityId, payload: { type, ...data }, createdAt }) => {
    await deliverWebhook(target, {
      id,
      body: JSON.stringify({
        type,
        timestamp: createdAt.toISOString(),
        data: { municipality: municipalityId, ...data },
      }),
      sentAt: clock.now(),
    });
  };
}

/**
 * Posts a message signed as the Standard Webhooks specification says (webhook-id, webhook-timestamp, webhook-signature:
 * HMAC-SHA-256 over `id.timestamp.body`). Redirects are not followed: the signature is for one address.
 *
 * @throws DeliveryRefused, or what fetch throws when nobody answers
 */
export async function deliverWebhook(
  target: WebhookTarget,
  { id, body, sentAt }: Delivery,
  { answerTimeoutMs = usualTimeoutMs, answerBytes = 0 }: DeliveryOptions = {},
): Promise<Answer> {
  const timestamp = Math.floor(sentAt.getTime() / 1000);
  const signature = createHmac('sha256', target.key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const response = await fetch(target.url, {
    method: 'POST',
    redirect: 'manual',
    signal: AbortSignal.timeout(answerTimeoutMs),
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signature}`,
    },
    body,
  });
  if (response.ok) return { headers: response.headers, body: await readAtMost(answerBytes, response) };
  await response.body?.cancel();
  throw new DeliveryRefused(response.status, parseRetryAfter(response.headers.get('retry-after'), sentAt));
}

/** The message was taken, so an answer that is too long, broken or late is no failure. */
export async function readAtMost(limit: number, { body }: Response): Promise<string> {
  if (body === null) return '';
  const pieces: Uint8Array[] = [];
  let left = limit;
  try {
    // Leaving the loop early lets go of the connection.
    if (limit === 0) await body.cancel();
    else
      for await (const piece of body) {
        left -= piece.length;
        if (left < 0) return '';
        pieces.push(piece);
      }
  } catch {
    return '';
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The bytes of a `whsec_` secret. */
export const webhookKeyOf = (secret: string): Uint8Array =>
  Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

/** RFC 9110, section 10.2.3: seconds, or a date. */
export function parseRetryAfter(header: string | null, now: Date): number | null {
  if (header === null) return null;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1000;
  const until = Date.parse(header);
  return Number.isNaN(until) ? null : Math.max(0, until - now.getTime());
}
