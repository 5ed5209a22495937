import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ParticipantInfo, Room, TrackInfo, type WebhookEvent } from '@livekit/protocol';
import { WebhookReceiver } from 'livekit-server-sdk';
import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../secret.ts';
import type { RoomEvent } from '../sfu/rooms.ts';
import { type WebhookBounds, WebhookQueue } from './webhook-queue.ts';
import { Webhooks } from './webhooks.ts';

const [apiKey, apiSecret] = ['hook-key', 'hook-secret-of-at-least-32-characters'];

/** Reads what comes as the official SDK does; `status` decides what it answers. */
class Receiver {
  readonly events: WebhookEvent[] = [];
  readonly attempts: string[] = [];
  readonly types = new Set<string | undefined>();
  status: (attempt: number) => number = () => 200;
  readonly #receiver = new WebhookReceiver(apiKey, apiSecret);
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      void this.#take(request).then((status) => response.writeHead(status).end('x'.repeat(10_000)));
    });
  }

  async listen(wanted = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(wanted, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/hook`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get names(): string[] {
    return this.events.map(({ room, event }) => `${room?.name} ${event}`);
  }

  async #take(request: IncomingMessage): Promise<number> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    this.types.add(request.headers['content-type']);
    const event = await this.#receiver.receive(body, request.headers.authorization);
    this.attempts.push(event.id);
    const status = this.status(this.attempts.length);
    if (status === 200) this.events.push(event);
    return status;
  }
}

const started = (name: string): RoomEvent => ({ event: 'room_started', room: new Room({ name }) });
const joined = (name: string, identity: string): RoomEvent => ({
  event: 'participant_joined',
  room: new Room({ name }),
  participant: new ParticipantInfo({ identity }),
});

describe('webhooks', () => {
  let receiver: Receiver;
  let url: string;
  let nowMs: number;
  let running: Webhooks[];
  beforeEach(async () => {
    receiver = new Receiver();
    url = await receiver.listen();
    nowMs = 0;
    running = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((webhooks) => webhooks.close(100)));
    await receiver.close();
  });

  const start = (bounds: Partial<WebhookBounds> = {}, urls = [url]) => {
    const outcomes: string[] = [];
    let count = 0;
    const webhooks = new Webhooks({
      urls,
      apiKey,
      apiSecret: new Secret(apiSecret),
      clock: { wallMs: () => 1_700_000_000_500, mediaMs: () => nowMs },
      log: pino({ level: 'silent' }),
      newEventId: () => `EV_${++count}`,
      onOutcome: (outcome) => outcomes.push(outcome),
      bounds: { firstDelayMs: 1, maxDelayMs: 5, ...bounds },
    });
    running.push(webhooks);
    return { webhooks, outcomes };
  };

  it('are signed so that the official receiver takes them, with everything that happened', async () => {
    const { webhooks } = start();
    webhooks.send({
      event: 'track_published',
      room: new Room({ name: 'stue', sid: 'RM_1' }),
      participant: new ParticipantInfo({ identity: 'anna', sid: 'PA_1' }),
      track: new TrackInfo({ sid: 'TR_1' }),
    });
    await expect.poll(() => receiver.events).toHaveLength(1);
    const [event] = receiver.events;
    expect(event).toMatchObject({ event: 'track_published', id: 'EV_1', createdAt: 1_700_000_000n });
    expect([event?.room?.sid, event?.participant?.sid, event?.track?.sid]).toEqual(['RM_1', 'PA_1', 'TR_1']);
    expect([...receiver.types]).toEqual(['application/webhook+json']);
  });

  it('of one room arrive in their order, however often one has to be sent again', async () => {
    const { webhooks, outcomes } = start();
    receiver.status = (attempt) => (attempt % 3 === 0 ? 200 : 503);
    webhooks.send(started('stue'));
    for (let i = 0; i < 5; i++) webhooks.send(joined('stue', `p${i}`));
    await expect.poll(() => webhooks.pending).toBe(0);
    expect(receiver.events.map(({ id }) => id)).toEqual(['EV_1', 'EV_2', 'EV_3', 'EV_4', 'EV_5', 'EV_6']);
    expect(outcomes.filter((outcome) => outcome === 'retried')).toHaveLength(12);
  });

  it('of other rooms do not wait for one that the receiver cannot take', async () => {
    const { webhooks } = start({ firstDelayMs: 60_000, maxDelayMs: 60_000 });
    receiver.status = (attempt) => (attempt === 1 ? 500 : 200);
    webhooks.send(started('a'));
    await expect.poll(() => receiver.attempts).toHaveLength(1);
    webhooks.send(started('b'));
    await expect.poll(() => receiver.names).toEqual(['b room_started']);
    expect(webhooks.pending).toBe(1);
  });

  it('go to every receiver, and one that is away keeps nothing from the others', async () => {
    const { webhooks } = start({}, ['http://127.0.0.1:9/', url]);
    webhooks.send(started('stue'));
    await expect.poll(() => receiver.events).toHaveLength(1);
    expect(webhooks.pending).toBe(1);
  });

  it('lose nothing while a receiver is down', async () => {
    const { webhooks, outcomes } = start();
    const port = Number(new URL(url).port);
    await receiver.close();
    for (let i = 0; i < 20; i++) webhooks.send(started(`room ${i % 4}`));
    await expect.poll(() => outcomes.filter((outcome) => outcome === 'retried').length).toBeGreaterThan(8);
    receiver = new Receiver();
    await receiver.listen(port);
    await expect.poll(() => webhooks.pending).toBe(0);
    expect(receiver.events.map(({ id }) => id).sort()).toEqual(
      Array.from({ length: 20 }, (_, i) => `EV_${i + 1}`).sort(),
    );
  });

  it('are not sent again to a receiver that refuses them', async () => {
    const { webhooks, outcomes } = start();
    receiver.status = (attempt) => (attempt === 1 ? 400 : 200);
    webhooks.send(started('stue'));
    webhooks.send(joined('stue', 'anna'));
    await expect.poll(() => receiver.events).toHaveLength(1);
    expect(receiver.names).toEqual(['stue participant_joined']);
    expect(outcomes).toEqual(['dropped', 'delivered']);
  });

  it('are given up when they are too old', async () => {
    const { webhooks, outcomes } = start({ maxAgeMs: 1000 });
    receiver.status = () => 503;
    webhooks.send(started('stue'));
    await expect.poll(() => outcomes.length).toBeGreaterThan(2);
    nowMs = 1001;
    await expect.poll(() => webhooks.pending).toBe(0);
    expect(outcomes.at(-1)).toBe('dropped');
  });

  it('are bounded in number and bytes, and what does not fit is counted', async () => {
    const { webhooks, outcomes } = start({ maxEvents: 3, firstDelayMs: 60_000, maxDelayMs: 60_000 });
    receiver.status = () => 503;
    for (let i = 0; i < 5; i++) webhooks.send(started('stue'));
    expect(webhooks.pending).toBe(3);
    expect(outcomes).toEqual(['dropped', 'dropped']);
    const tight = start({ maxBytes: 10 });
    tight.webhooks.send(started('stue'));
    expect([tight.webhooks.pending, tight.outcomes]).toEqual([0, ['dropped']]);
  });

  it('are sent a last time when the server ends, and never keep it from ending', async () => {
    const { webhooks } = start({ firstDelayMs: 60_000, maxDelayMs: 60_000 });
    receiver.status = (attempt) => (attempt === 1 ? 503 : 200);
    webhooks.send(started('stue'));
    await expect.poll(() => receiver.attempts).toHaveLength(1);
    await webhooks.close(5000);
    expect(receiver.events).toHaveLength(1);

    const stuck = start();
    receiver.status = () => 503;
    for (let i = 0; i < 30; i++) stuck.webhooks.send(started(`room ${i}`));
    await stuck.webhooks.close(5000);
    expect(stuck.webhooks.pending).toBe(0);
    stuck.webhooks.send(started('late'));
    expect(stuck.webhooks.pending).toBe(0);
  });

  it('are dropped, all that may wait of one room, when the server ends and nobody answers', async () => {
    const outcomes: string[] = [];
    const queue = new WebhookQueue({
      post: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve('retry'))),
      clock: { wallMs: () => nowMs, mediaMs: () => nowMs },
      log: pino({ level: 'silent' }),
      onOutcome: (outcome) => void outcomes.push(outcome),
    });
    for (let i = 0; i < 10_000; i++)
      queue.push({ id: `EV_${i}`, event: 'room_started', room: 'stue', body: '{}', sinceMs: nowMs });
    await queue.close(0);
    expect(queue.size).toBe(0);
    expect(outcomes).toEqual(Array.from({ length: 10_000 }, () => 'dropped'));
  });
});
