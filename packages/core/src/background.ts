import type { Config } from './config/index.ts';
import type { Log } from './http/logging.ts';
import type { Metrics } from './http/metrics.ts';
import { runBatches } from './jobs/batches.ts';
import { createLedgerFollower } from './jobs/ledger-follower.ts';
import { createMessageDispatcher } from './jobs/message-dispatch.ts';
import { createOutboxDispatcher } from './jobs/outbox-dispatch.ts';
import { inEach, repeat, scheduleJobs, sweep } from './jobs/schedules.ts';
import type { Clock } from './kernel/clock.ts';
import { createLedgerSigning, type SeedVault, unsignedLeavesSql } from './ledger/index.ts';
import { checkLedgerByNight } from './modules/audit/index.ts';
import { listMunicipalityIds } from './modules/identity/index.ts';
import { asksAtOnce, type MediaModule, roomOrderKind } from './modules/media/index.ts';
import {
  createMailSender,
  createMessageDelivery,
  createSmsSender,
  createWebhookSender,
  type MessageDeliveryDeps,
  webhookKeyOf,
  webhookKind,
} from './modules/messaging/index.ts';
import type { ProgrammeModule } from './modules/programme/index.ts';
import type { RoomsService } from './modules/rooms/index.ts';
import {
  createHandOffSender,
  type HandOffSenderDeps,
  handOffKind,
  type VisitsModule,
} from './modules/visits/index.ts';
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
  readonly config: Pick<Config, 'webhook' | 'caseSystem' | 'messages'>;
  readonly database: Database;
  readonly logins: DatabaseLogins;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Keeps the keys that logs are signed with. */
  readonly vault: SeedVault;
  readonly rooms: Pick<RoomsService, 'releaseLapsed'>;
  readonly visits: Pick<VisitsModule, 'visits' | 'plans'>;
  readonly programme: Pick<ProgrammeModule, 'follow'>;
  readonly ledgerCheck: Parameters<typeof checkLedgerByNight>[0];
  readonly handOff: Pick<HandOffSenderDeps, 'ledger' | 'changes' | 'contacts'>;
  readonly calls: Pick<MediaModule, 'sendRoomOrder' | 'look' | 'newLinks'>;
  readonly messages: Pick<MessageDeliveryDeps, 'changes' | 'contacts' | 'linkFor' | 'addressOfSeat'> & {
    /** Whether a commit may have brought a message. */
    readonly isDue: () => boolean;
    readonly isHeld: boolean;
  };
}

const releasedAtOnce = 500;
const lapsedAtOnce = 50;
const plansAtOnce = 5;
const lookEveryMs = 5_000;
const asksEveryMs = 2_000;

const targetOf = ({ url, secret }: NonNullable<Config['webhook']>) => ({
  url,
  key: webhookKeyOf(secret.reveal()),
});

/** What runs beside the requests: giving changes their place, telling of them, sending messages, sweeping up. */
export function startBackground(deps: BackgroundDeps): Background {
  const { config, database, logins, clock, log, metrics, vault, rooms, visits, programme } = deps;
  const { worker } = database;
  const onError = (what: string) => (error: unknown) => log.error({ err: error }, what);
  const follower = createLedgerFollower({
    follow: (id, signal) => programme.follow(id, signal),
    onError: (error, municipalityId) => log.error({ municipalityId, err: error }, 'following the ledger'),
  });
  const sequencer = createSequencer({
    workerUrl: logins.workerUrl,
    afterPlacing: createLedgerSigning({
      clock,
      vault,
      onSigned: (id) => follower.wake(id),
      onError: (error, municipalityId) => log.error({ municipalityId, err: error }, 'signing the ledger'),
    }),
    onError: onError('sequencer'),
  });
  const listener = createChangeListener({ workerUrl: logins.workerUrl, onError: onError('change listener') });
  const { webhook, caseSystem } = config;
  const dispatcher = createOutboxDispatcher({
    worker,
    clock,
    handlers: {
      [roomOrderKind]: deps.calls.sendRoomOrder,
      ...(webhook === null ? {} : { [webhookKind]: createWebhookSender(targetOf(webhook), clock) }),
      ...(caseSystem === null
        ? {}
        : {
            [handOffKind]: createHandOffSender({
              ...deps.handOff,
              database,
              clock,
              target: targetOf(caseSystem),
            }),
          }),
    },
    onAttempt: metrics.countOutbox,
    onError: onError('outbox'),
  });
  const { mail, sms } = config.messages;
  const mailSender = mail === null ? null : createMailSender({ url: mail.url.reveal(), from: mail.from });
  const messages = createMessageDispatcher({
    worker,
    clock,
    deliver: createMessageDelivery({
      ...deps.messages,
      clock,
      database,
      mail: mailSender,
      sms: sms === null ? null : createSmsSender({ ...sms, token: sms.token.reveal(), clock }),
    }).deliver,
    onAttempt: metrics.countOutbox,
    onError: onError('messages'),
    isHeld: deps.messages.isHeld,
  });
  const asks = runBatches({
    ...deps.calls.newLinks,
    size: asksAtOnce,
    pollMs: asksEveryMs,
    onError: onError('sending a new link'),
    isHeld: false,
  });
  metrics.watch('naer_sequencer_leading', '1 where this process orders changes', () =>
    sequencer.leading ? 1 : 0,
  );
  const countOf = async (sql: string, ...values: readonly unknown[]) =>
    Number((await worker.query<{ n: string }>(sql, [...values])).rows[0]?.n ?? 0);
  metrics.watch(
    'naer_changes_without_place',
    'Committed changes that wait for their place in the order',
    () => countOf('SELECT count(*) AS n FROM change_event WHERE position IS NULL'),
  );
  metrics.watch(
    'naer_ledger_unsigned',
    'Committed entries of the ledger that no signed checkpoint covers',
    () => countOf(unsignedLeavesSql),
  );
  metrics.watch('naer_outbox_pending', 'Messages that wait to be sent', () =>
    countOf(`SELECT count(*) AS n FROM outbox_message WHERE state = 'pending'`),
  );
  metrics.watch('naer_outbox_dead', 'Messages that were given up', () =>
    countOf(`SELECT count(*) AS n FROM outbox_message WHERE state = 'dead'`),
  );
  metrics.watch('naer_messages_overdue', 'Messages to citizens and guests whose time came a minute ago', () =>
    countOf(
      `SELECT count(*) AS n FROM message WHERE state IN ('scheduled', 'sending') AND send_at < $1`,
      new Date(clock.now().getTime() - 60_000),
    ),
  );
  metrics.watch('naer_messages_failed', 'Messages to citizens and guests that were given up', () =>
    countOf(`SELECT count(*) AS n FROM message WHERE state = 'failed'`),
  );
  // What a process that was killed left unfolded is not kept until the next minute.
  const firstLook = listMunicipalityIds(worker)
    .then((ids) => {
      for (const id of ids) follower.wake(id);
    })
    .catch(onError('following the ledger'));
  const stopWaking = database.onCommit(() => {
    sequencer.wake();
    dispatcher.wake();
    if (deps.messages.isDue()) messages.wake();
  });
  const inEveryMunicipality = (job: string, work: (municipalityId: string) => Promise<unknown>) => async () =>
    inEach(await listMunicipalityIds(worker), work, (municipalityId, error) =>
      log.error({ job, municipalityId, err: error }, 'job'),
    );
  // What was agreed for a call that fails counts in minutes.
  const stopLooking = repeat(lookEveryMs, () => deps.calls.look(), onError('look after calls'));
  const stopJobs = scheduleJobs(
    [
      { cron: '17 * * * *', name: 'sweep', run: () => sweep(worker, clock) },
      {
        // Whoever books releases what is in the way; this is for those who only look.
        cron: '* * * * *',
        name: 'release lapsed bookings',
        run: inEveryMunicipality('release lapsed bookings', (id) =>
          database.write(id, (tx) => rooms.releaseLapsed(tx, releasedAtOnce)),
        ),
      },
      {
        cron: '* * * * *',
        name: 'let go of unanswered proposals',
        run: inEveryMunicipality('let go of unanswered proposals', (id) =>
          database.write(id, (tx) => visits.visits.lapseProposals(tx, id, lapsedAtOnce)),
        ),
      },
      {
        // In the night, and again in the morning should the machine have been off.
        cron: '40 1,7 * * *',
        name: 'make the visits of plans',
        run: inEveryMunicipality('make the visits of plans', async (id) => {
          let looked: number;
          do looked = await database.write(id, (tx) => visits.plans.extend(tx, id, plansAtOnce));
          while (looked > 0);
        }),
      },
      {
        // Whoever signs follows at once; this is for months that end, and for what a killed process left.
        cron: '* * * * *',
        name: 'follow the ledger',
        run: async () => {
          for (const id of await listMunicipalityIds(worker)) follower.wake(id);
        },
      },
      {
        cron: '20 2 * * *',
        name: 'check the ledger',
        run: inEveryMunicipality('check the ledger', (id) => checkLedgerByNight(deps.ledgerCheck, id)),
      },
    ],
    (job, error) => log.error({ job, err: error }, 'job'),
  );

  return {
    listener,
    close: async () => {
      stopWaking();
      await firstLook;
      await stopLooking();
      await stopJobs();
      await Promise.all([dispatcher.close(), messages.close(), asks.close()]);
      mailSender?.close();
      // Told at once, so that it ends its batch while the sequencer ends.
      await Promise.all([sequencer.close(), follower.close()]);
      await listener.close();
    },
  };
}
