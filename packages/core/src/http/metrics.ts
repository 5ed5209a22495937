import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Numbers for Prometheus; labels are route patterns and kinds, never codes or ids. */
export interface Metrics {
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  countOutbox(kind: string, outcome: 'sent' | 'retry' | 'dead'): void;
  setStreams(count: number): void;
  /** A number that is asked for when the metrics are read. */
  watch(name: string, help: string, read: () => number | Promise<number>): void;
  readonly contentType: string;
  text(): Promise<string>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'naer_' });
  const requests = new Histogram({
    name: 'naer_http_request_seconds',
    help: 'Duration of requests',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const outbox = new Counter({
    name: 'naer_outbox_attempts_total',
    help: 'Attempts to send messages',
    labelNames: ['kind', 'outcome'],
    registers: [registry],
  });
  const streams = new Gauge({
    name: 'naer_event_streams',
    help: 'Open event streams',
    registers: [registry],
  });
  return {
    observeRequest: (method, route, status, seconds) => requests.observe({ method, route, status }, seconds),
    countOutbox: (kind, outcome) => outbox.inc({ kind, outcome }),
    setStreams: (count) => streams.set(count),
    watch: (name, help, read) => {
      new Gauge({
        name,
        help,
        registers: [registry],
        async collect() {
          this.set(await read());
        },
      });
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
