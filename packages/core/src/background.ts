import type { Config } from './config/index.ts';
import type { Log } from './http/logging.ts';
import type { Metrics } from './http/metrics.ts';
import { createOutboxDispatcher } from './jobs/outbox-dispatch.ts';
import { inEach, scheduleJobs, sweep } from './jobs/schedules.ts';
import type { Clock } from './kernel/clock.ts';
import { listMunicipalityIds } from './modules/identity/index.ts';
import { createWebhookSender, webhookKeyOf, webhookKind } from './modules/messaging/index.ts';
import type { RoomsService } from './modules/rooms/index.ts';
import {
  type ChangeListener,
  createChangeListener,
  createSequencer,
  type Database,
  type DatabaseLogins,
} from './storage/index.ts';

export interface Background {
  readonly listener: ChangeListener;
  close(): Promise<void>;
}

export interface BackgroundDeps {
  readonly config: Pick<Config, 'webhook'>;
  readonly database: Database;
  readonly logins: DatabaseLogins;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly rooms: Pick<RoomsService, 'releaseLapsed'>;
}

const releasedAtOnce = 500;

/** What runs beside the requests: giving changes their place, telling of them, sending messages, sweeping up. */
export function startBackground(deps: BackgroundDeps): Background {
  const { config, database, logins, clock, log, metrics, rooms } = deps;
  const { worker } = database;
  const onError = (what: string) => (error: unknown) => log.error({ err: error }, what);
  const sequencer = createSequencer({ workerUrl: logins.workerUrl, onError: onError('sequencer') });
  const listener = createChangeListener({ workerUrl: logins.workerUrl, onError: onError('change listener') });
  const { webhook } = config;
  const dispatcher = createOutboxDispatcher({
    worker,
    clock,
    handlers:
      webhook === null
        ? {}
        : {
            [webhookKind]: createWebhookSender(
              { url: webhook.url, key: webhookKeyOf(webhook.secret.reveal()) },
              clock,
            ),
          },
    onAttempt: metrics.countOutbox,
    onError: onError('outbox'),
  });
  metrics.watch('naer_sequencer_leading', '1 where this process orders changes', () =>
    sequencer.leading ? 1 : 0,
  );
  const countOf = async (sql: string) => Number((await worker.query<{ n: string }>(sql)).rows[0]?.n ?? 0);
  metrics.watch(
    'naer_changes_without_place',
    'Committed changes that wait for their place in the order',
    () => countOf('SELECT count(*) AS n FROM change_event WHERE position IS NULL'),
  );
  metrics.watch('naer_outbox_pending', 'Messages that wait to be sent', () =>
    countOf(`SELECT count(*) AS n FROM outbox_message WHERE state = 'pending'`),
  );
  metrics.watch('naer_outbox_dead', 'Messages that were given up', () =>
    countOf(`SELECT count(*) AS n FROM outbox_message WHERE state = 'dead'`),
  );
  const stopWaking = database.onCommit(() => {
    sequencer.wake();
    dispatcher.wake();
  });
  const stopJobs = scheduleJobs(
    [
      { cron: '17 * * * *', name: 'sweep', run: () => sweep(worker, clock) },
      {
        // Whoever books releases what is in the way; this is for those who only look.
        cron: '* * * * *',
        name: 'release lapsed bookings',
        run: async () => {
          await inEach(
            await listMunicipalityIds(worker),
            (id) => database.write(id, (tx) => rooms.releaseLapsed(tx, releasedAtOnce)),
            (municipalityId, error) =>
              log.error({ job: 'release lapsed bookings', municipalityId, err: error }, 'job'),
          );
        },
      },
    ],
    (job, error) => log.error({ job, err: error }, 'job'),
  );

  return {
    listener,
    close: async () => {
      stopWaking();
      await stopJobs();
      await dispatcher.close();
      await sequencer.close();
      await listener.close();
    },
  };
}
