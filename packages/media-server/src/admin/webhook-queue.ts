import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/** One event on its way to one receiver, as the bytes that are signed. */
export interface OutgoingEvent {
  readonly id: string;
  readonly event: string;
  /** Events of one room arrive in their order; rooms do not wait for each other. */
  readonly room: string;
  readonly body: string;
  readonly sinceMs: number;
}

/** `retry`: the receiver may take it later; `refused`: it never will. */
export type PostResult = 'delivered' | 'retry' | 'refused';

export interface WebhookQueueOptions {
  readonly post: (event: OutgoingEvent, signal: AbortSignal) => Promise<PostResult>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onOutcome: (outcome: 'delivered' | 'retried' | 'dropped') => void;
  readonly bounds?: Partial<WebhookBounds>;
}

export interface WebhookBounds {
  readonly maxEvents: number;
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  readonly maxAtOnce: number;
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
}

/** A receiver may be away for ten minutes; what a busy installation says in that time fits. */
const defaultBounds: WebhookBounds = {
  maxEvents: 10_000,
  maxBytes: 32 * 1024 * 1024,
  maxAgeMs: 10 * 60_000,
  maxAtOnce: 8,
  firstDelayMs: 500,
  maxDelayMs: 30_000,
};

interface Lane {
  readonly room: string;
  readonly events: OutgoingEvent[];
  state: 'ready' | 'sending' | 'waiting';
  failures: number;
  timer: NodeJS.Timeout | undefined;
}

/** Everything on its way to one receiver: bounded in number, bytes, age and requests at once; owns its timers. */
export class WebhookQueue {
  readonly #options: WebhookQueueOptions;
  readonly #bounds: WebhookBounds;
  readonly #lanes = new Map<string, Lane>();
  readonly #abort = new AbortController();
  #ready: Lane[] = [];
  #sending = 0;
  #events = 0;
  #bytes = 0;
  #closed = false;
  #emptied: (() => void) | null = null;

  constructor(options: WebhookQueueOptions) {
    this.#options = options;
    this.#bounds = { ...defaultBounds, ...options.bounds };
  }

  get size(): number {
    return this.#events;
  }

  push(event: OutgoingEvent): void {
    const { maxEvents, maxBytes } = this.#bounds;
    // The newest is left out: an order with its end missing can be told, one with holes cannot.
    if (this.#closed || this.#events >= maxEvents || this.#bytes + event.body.length > maxBytes) {
      this.#drop(event, 'full');
      return;
    }
    this.#events += 1;
    this.#bytes += event.body.length;
    const lane = this.#lanes.get(event.room);
    if (lane !== undefined) {
      lane.events.push(event);
      return;
    }
    const made: Lane = { room: event.room, events: [event], state: 'ready', failures: 0, timer: undefined };
    this.#lanes.set(event.room, made);
    this.#ready.push(made);
    this.#pump();
  }

  /** Gives what is left `graceMs` to arrive, then drops it. Nothing is under way afterwards. */
  async close(graceMs: number): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#events > 0) {
      // Who waits for a retry gets one more try now: there will be no later.
      for (const lane of this.#lanes.values()) if (lane.state === 'waiting') this.#makeReady(lane);
      const cut = setTimeout(() => this.#abort.abort(), graceMs);
      const emptied = new Promise<void>((resolve) => {
        this.#emptied = resolve;
      });
      this.#pump();
      await emptied;
      clearTimeout(cut);
    }
    this.#abort.abort();
  }

  #pump(): void {
    while (this.#sending < this.#bounds.maxAtOnce) {
      const lane = this.#ready.shift();
      if (lane === undefined) break;
      const [event] = lane.events;
      if (event !== undefined) void this.#send(lane, event);
    }
    if (this.#events === 0) this.#emptied?.();
  }

  async #send(lane: Lane, event: OutgoingEvent): Promise<void> {
    lane.state = 'sending';
    this.#sending += 1;
    let result: PostResult = 'retry';
    try {
      // Dropping one leads to the next: without a turn in between, thousands that are left would be as many calls deep.
      if (this.#abort.signal.aborted) await null;
      else result = await this.#options.post(event, this.#abort.signal);
    } catch {
      result = 'retry';
    }
    this.#sending -= 1;
    if (result === 'delivered') {
      this.#options.onOutcome('delivered');
      this.#next(lane, event);
    } else if (result === 'refused' || this.#closed || this.#tooOld(event)) {
      this.#drop(event, result === 'refused' ? 'refused' : this.#closed ? 'closing' : 'too old');
      this.#next(lane, event);
    } else {
      this.#options.onOutcome('retried');
      this.#wait(lane);
    }
    this.#pump();
  }

  #next(lane: Lane, event: OutgoingEvent): void {
    lane.events.shift();
    lane.failures = 0;
    this.#events -= 1;
    this.#bytes -= event.body.length;
    if (lane.events.length === 0) this.#lanes.delete(lane.room);
    else this.#makeReady(lane);
  }

  #makeReady(lane: Lane): void {
    clearTimeout(lane.timer);
    lane.state = 'ready';
    this.#ready.push(lane);
  }

  /** Doubles each time, and spread out, so that a receiver that comes back is not met by all rooms at once. */
  #wait(lane: Lane): void {
    const { firstDelayMs, maxDelayMs } = this.#bounds;
    const delay = Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(lane.failures, 16));
    lane.failures += 1;
    lane.state = 'waiting';
    lane.timer = setTimeout(
      () => {
        this.#makeReady(lane);
        this.#pump();
      },
      delay * (0.75 + Math.random() / 4),
    );
  }

  #tooOld(event: OutgoingEvent): boolean {
    return this.#options.clock.mediaMs() - event.sinceMs > this.#bounds.maxAgeMs;
  }

  #drop(event: OutgoingEvent, why: string): void {
    this.#options.onOutcome('dropped');
    this.#options.log.warn({ webhookEvent: event.event, id: event.id, why }, 'a webhook was dropped');
  }
}
