import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Registry } from 'prom-client';
import type { RoomCounts } from '../sfu/rooms.ts';
import type { LinkTotals } from './counted-links.ts';

export interface MetricsSources {
  readonly counts: () => RoomCounts;
  readonly links: () => LinkTotals;
  readonly transports: () => number;
  readonly nativeObjects: () => number;
  readonly sockets: () => number;
  readonly webhooksPending: () => number;
}

/** Numbers for Prometheus; none carries a name, an identity or an address. Owns the event loop's monitor. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #joins: Counter<'outcome'>;
  readonly #expelled: Counter<'why'>;
  readonly #webhooks: Counter<'outcome'>;
  readonly #delay: ReturnType<typeof monitorEventLoopDelay>;

  constructor() {
    const registers = [this.#registry];
    this.#joins = new Counter({
      name: 'naer_media_joins_total',
      help: 'Attempts to join or resume, by what became of them.',
      labelNames: ['outcome'],
      registers,
    });
    this.#expelled = new Counter({
      name: 'naer_media_sockets_expelled_total',
      help: 'Signalling sockets closed because of what the client did or did not do.',
      labelNames: ['why'],
      registers,
    });
    this.#webhooks = new Counter({
      name: 'naer_media_webhooks_total',
      help: 'Webhooks, by what became of them; retried counts attempts.',
      labelNames: ['outcome'],
      registers,
    });
    this.#delay = monitorEventLoopDelay({ resolution: 20 });
    this.#delay.enable();
  }

  readonly joined = (outcome: string): void => this.#joins.inc({ outcome });
  readonly expelled = (why: string): void => this.#expelled.inc({ why });
  readonly webhook = (outcome: string): void => this.#webhooks.inc({ outcome });

  /** Once, when the parts that are counted exist. */
  observe(sources: MetricsSources): void {
    const { counts, links } = sources;
    this.#gauge('rooms', 'Rooms open.', () => counts().rooms);
    this.#gauge('participants', 'Participants in rooms.', () => counts().participants);
    this.#gauge('published_tracks', 'Tracks published.', () => counts().publishedTracks);
    this.#gauge('subscriptions', 'Subscriptions of tracks.', () => counts().subscriptions);
    this.#gauge('transports', 'Transports open.', sources.transports);
    this.#gauge('native_objects', 'Objects of the native library that live.', sources.nativeObjects);
    this.#gauge('sockets', 'Signalling sockets open.', sources.sockets);
    this.#gauge('webhooks_pending', 'Webhooks not yet taken by their receiver.', sources.webhooksPending);
    this.#total('packets_in', 'RTP packets received.', () => links().packetsIn);
    this.#total('packets_out', 'RTP packets sent.', () => links().packetsOut);
    this.#total('bytes_in', 'RTP bytes received.', () => links().bytesIn);
    this.#total('bytes_out', 'RTP bytes sent.', () => links().bytesOut);
    this.#total('nacks_in', 'Packets that subscribers asked for again.', () => links().nacksIn);
    this.#total('nacks_out', 'Packets that publishers were asked for again.', () => links().nacksOut);
    this.#total('key_frame_requests', 'Key frames asked of publishers.', () => links().keyFrameRequestsOut);
    this.#total('stray_packets', 'Packets of no known track, dropped.', () => links().strayPackets);
    this.#gauge('event_loop_delay_p99_seconds', 'Delay of the event loop since the last scrape.', () => {
      const seconds = this.#delay.percentile(99) / 1e9;
      this.#delay.reset();
      return Number.isFinite(seconds) ? seconds : 0;
    });
    this.#gauge('resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
    this.#gauge('heap_used_bytes', "JavaScript's heap in use.", () => process.memoryUsage().heapUsed);
    this.#gauge('heap_total_bytes', "JavaScript's heap as reserved.", () => process.memoryUsage().heapTotal);
    this.#gauge(
      'external_memory_bytes',
      'Memory that JavaScript holds outside its heap: buffers, native objects.',
      () => process.memoryUsage().external,
    );
    this.#gauge(
      'active_resources',
      'Sockets, timers and others that keep the event loop running.',
      () => process.getActiveResourcesInfo().length,
    );
    this.#total('cpu_seconds', 'Processor time, user and system.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  close(): void {
    this.#delay.disable();
    this.#registry.clear();
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `naer_media_${name}`,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }

  /** A counter that somebody else keeps: it is set to what they have counted. */
  #total(name: string, help: string, read: () => number): void {
    new Counter({
      name: `naer_media_${name}_total`,
      help,
      registers: [this.#registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }
}
