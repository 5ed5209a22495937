import { createHash } from 'node:crypto';
import { WebhookEvent } from '@livekit/protocol';
import { AccessToken } from 'livekit-server-sdk';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Secret } from '../secret.ts';
import type { RoomEvent } from '../sfu/rooms.ts';
import { type OutgoingEvent, type PostResult, type WebhookBounds, WebhookQueue } from './webhook-queue.ts';

/** A receiver that takes longer to answer counts as one that did not get it. */
const answerTimeoutMs = 10_000;
/** The signature of one attempt; a retry is signed anew. */
const signatureSeconds = 300;

export interface WebhooksOptions {
  readonly urls: readonly string[];
  readonly apiKey: string;
  readonly apiSecret: Secret;
  readonly clock: Clock;
  readonly log: Log;
  readonly newEventId: () => string;
  readonly onOutcome: (outcome: 'delivered' | 'retried' | 'dropped') => void;
  readonly bounds?: Partial<WebhookBounds>;
}

/**
 * Tells receivers what happens in the rooms, as LiveKit does: `application/webhook+json`, signed by a token whose
 * `sha256` claim is the hash of the body. At least once: receivers tell repeats by the event's id.
 */
export class Webhooks {
  readonly #options: WebhooksOptions;
  readonly #queues: readonly WebhookQueue[];

  constructor(options: WebhooksOptions) {
    this.#options = options;
    const { clock, log, onOutcome, bounds } = options;
    this.#queues = options.urls.map(
      (url) =>
        new WebhookQueue({
          post: (event, signal) => this.#post(url, event, signal),
          clock,
          log,
          onOutcome,
          ...(bounds === undefined ? {} : { bounds }),
        }),
    );
  }

  /** Events not yet taken by every receiver. */
  get pending(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.size, 0);
  }

  send(event: RoomEvent): void {
    if (this.#queues.length === 0) return;
    const { clock, newEventId } = this.#options;
    const id = newEventId();
    const body = new WebhookEvent({
      event: event.event,
      id,
      createdAt: BigInt(Math.floor(clock.wallMs() / 1000)),
      room: event.room,
      ...('participant' in event ? { participant: event.participant } : {}),
      ...('track' in event ? { track: event.track } : {}),
    }).toJsonString();
    const outgoing = { id, event: event.event, room: event.room.name, body, sinceMs: clock.mediaMs() };
    for (const queue of this.#queues) queue.push(outgoing);
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.close(graceMs)));
  }

  async #post(url: string, { body }: OutgoingEvent, signal: AbortSignal): Promise<PostResult> {
    const response = await fetch(url, {
      method: 'POST',
      body,
      redirect: 'error',
      headers: { 'content-type': 'application/webhook+json', authorization: await this.#sign(body) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]),
    });
    // Read nothing of the answer, and leave nothing of it open.
    await response.body?.cancel();
    if (response.ok) return 'delivered';
    const later = response.status >= 500 || response.status === 408 || response.status === 429;
    return later ? 'retry' : 'refused';
  }

  async #sign(body: string): Promise<string> {
    const { apiKey, apiSecret } = this.#options;
    const token = new AccessToken(apiKey, apiSecret.reveal(), { ttl: signatureSeconds });
    token.sha256 = createHash('sha256').update(body).digest('base64');
    return token.toJwt();
  }
}
