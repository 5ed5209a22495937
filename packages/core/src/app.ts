import type { FastifyInstance } from 'fastify';
import { startBackground } from './background.ts';
import type { Config } from './config/index.ts';
import { api } from './contract/index.ts';
import { createDemo, type Demo, registerDemoRoutes } from './demo/index.ts';
import { registerCallPage } from './http/call-page.ts';
import { createEndpoints } from './http/endpoints.ts';
import { createEventStreams } from './http/event-stream.ts';
import { registerLedgerPages } from './http/ledger-pages.ts';
import type { Log } from './http/logging.ts';
import { registerMediaProxy } from './http/media-proxy.ts';
import { createMetrics } from './http/metrics.ts';
import { registerProbes } from './http/probes.ts';
import { createServer } from './http/server.ts';
import type { Clock } from './kernel/clock.ts';
import { DomainError } from './kernel/errors.ts';
import { createLedger, createLedgerKeys } from './ledger/index.ts';
import { auditPolicy, permissionsToHear, registerAuditRoutes } from './modules/audit/index.ts';
import {
  type CitizensDeps,
  citizensPolicy,
  createCitizenContacts,
  createCitizenIdentities,
  createCitizens,
  createCitizensExporter,
  createCitizensImporter,
  createGroundRules,
  createIdentities,
  createLegalBases,
  createWeeklyPlans,
  findCitizensInReach,
  openVault,
  readCallDefaults,
  registerCitizenRoutes,
  registerGroundRulesRoutes,
  seedLegalBases,
} from './modules/citizens/index.ts';
import {
  allows,
  assertAllowed,
  createAuthentication,
  createIdentity,
  createMunicipalityFounder,
  createStaffImporter,
  exportStaff,
  identityPolicy,
  listMunicipalityIds,
  type MunicipalityFounder,
  type Policy,
  registerIdentityRoutes,
} from './modules/identity/index.ts';
import { createSpool, registerImportRoutes } from './modules/imports/index.ts';
import {
  askKeyPurpose,
  createLinks,
  createMediaModule,
  createMessageLinks,
  linkKeyPurpose,
  type MediaDoor,
  mediaPolicy,
  type RoomClient,
  readSealedAddress,
} from './modules/media/index.ts';
import {
  createMessages,
  createMessagesDue,
  createMessaging,
  createMessenger,
  messagingPolicy,
  registerMessageRoutes,
  registerReceipts,
} from './modules/messaging/index.ts';
import { createProgrammeModule, programmePolicy } from './modules/programme/index.ts';
import {
  createRooms,
  createRoomsImporter,
  exportRooms,
  registerRoomRoutes,
  roomsPolicy,
} from './modules/rooms/index.ts';
import { createVisitsImporter, createVisitsModule, visitsPolicy } from './modules/visits/index.ts';
import {
  createChangeEvents,
  createIdempotency,
  createOutbox,
  type Database,
  type DatabaseLogins,
} from './storage/index.ts';

export interface App {
  readonly server: FastifyInstance;
  readonly founder: MunicipalityFounder;
  /** Fills a municipality with invented people. */
  readonly demo: Pick<Demo, 'fill'>;
  /** Stops taking requests, lets those under way finish (for twenty seconds at most), then ends what runs in the background. */
  close(): Promise<void>;
}

export interface AppDeps {
  readonly config: Pick<Config, 'http' | 'webhook' | 'caseSystem' | 'messages'>;
  readonly database: Database;
  readonly logins: DatabaseLogins;
  readonly clock: Clock;
  readonly log: Log;
  /** Folder for files on their way in or out, encrypted there. */
  readonly spoolFolder: string;
  /** The key ring of the vault; made on the very first start. */
  readonly masterKeyFile: string;
  /** Where calls run; without it, nothing of them is passed on. */
  readonly media?: {
    /** Where signalling is passed on to; null where browsers reach it elsewhere. */
    readonly signalling: (() => string | null) | null;
    readonly isUp: () => boolean;
    /** How rooms are made and entered; null where that is not to be had. */
    readonly door?: MediaDoor;
  };
  /** The folder of the built call page; without it, it is not served. */
  readonly callPage?: string;
  /** In tests: rooms without a media server. */
  readonly callRooms?: RoomClient;
  /** Of pages of calls; how long they wait for something new. */
  readonly longPollMs?: number;
  /** In tests: every answer is checked against the contract. */
  readonly verifyReplies?: boolean;
  /** In tests: messages to citizens and guests wait as they are. */
  readonly holdsMessages?: boolean;
  /** Of event streams; see http/event-stream.ts. */
  readonly heartbeatMs?: number;
}

/** A whole municipality with its identities takes seconds; nobody waits for a transaction that runs. */
const exportTimeoutMs = 300_000;

/** How long requests under way may go on once the service is asked to stop. */
const drainMs = 20_000;

/** Composition: every part gets exactly what it uses. */
export async function createApp({
  config,
  database,
  logins,
  clock,
  log,
  spoolFolder,
  masterKeyFile,
  media,
  callPage,
  callRooms,
  longPollMs,
  verifyReplies = false,
  holdsMessages = false,
  heartbeatMs,
}: AppDeps): Promise<App> {
  const { worker } = database;
  const metrics = createMetrics();
  const ledger = createLedger({ clock });
  const changes = createChangeEvents({ clock });
  const outbox = createOutbox({ clock });
  const messaging = createMessaging({ outbox, hasWebhook: config.webhook !== null });
  const messagesDue = createMessagesDue();

  const rooms = createRooms({ clock, ledger, changes, announce: messaging.bookingChanged });
  const vault = await openVault({ worker, keyFile: masterKeyFile, clock });
  const identities = createIdentities(vault);
  const citizens = { clock, ledger, changes, identities };
  const contacts = createCitizenContacts(citizens);
  const messenger = createMessenger({
    clock,
    identities,
    sealedAddressOf: readSealedAddress,
    onScheduled: messagesDue.onScheduled,
  });
  const visits = createVisitsModule({
    clock,
    ledger,
    changes,
    outbox,
    contacts,
    rooms,
    hasCaseSystem: config.caseSystem !== null,
    onChanged: async (tx, actor, row, before) => {
      // Guests are told before their call forgets where they are.
      await messenger.visitRecorded(tx, row);
      await calls.visitChanged(tx, actor, row, before);
    },
  });
  // Known once the server listens; links are written in messages, long after that.
  const origin = (): string => publicOrigin(config.http, server);
  const links = createLinks({ keys: vault.derivedKeys(linkKeyPurpose), origin });
  const calls = createMediaModule({
    clock,
    database,
    changes,
    outbox,
    contacts,
    plans: createWeeklyPlans({ ...citizens, logReading: contacts.logReading }),
    links,
    askKeys: vault.derivedKeys(askKeyPurpose),
    messenger,
    visits: visits.visits,
    listMunicipalityIds: () => listMunicipalityIds(worker),
    door: media?.door ?? null,
    origin,
    onError: (what, error) => log.error({ err: error }, what),
    ...(callRooms === undefined ? {} : { rooms: callRooms }),
  });
  const ledgerKeys = createLedgerKeys({ clock, ledger, changes, vault });
  const programme = createProgrammeModule({ clock, database, ledger, changes, keys: ledgerKeys, vault });
  const wholePolicy: Policy = {
    ...identityPolicy,
    ...citizensPolicy,
    ...roomsPolicy,
    ...visitsPolicy,
    ...mediaPolicy,
    ...messagingPolicy,
    ...programmePolicy,
    ...auditPolicy,
  };
  const { authenticate, renew } = createAuthentication({ worker, clock });
  const founder = createMunicipalityFounder({
    clock,
    ledger,
    furnish: async (tx, id) => {
      await seedLegalBases(tx, id);
      // Made now, so that the first who register citizens do not wait for each other.
      await vault.sealingKeys(tx, id);
    },
  });
  const identity = createIdentity({
    clock,
    ledger,
    changes,
    wholePolicy,
    onStaffEnded: async (tx, actor, workerId) => {
      await visits.onStaffEnded(tx, actor, workerId);
      await rooms.cancelFutureBookingsOf(tx, actor, workerId);
    },
  });

  // What can fail comes before what would go on running.
  const server = await createServer({
    config: config.http,
    log,
    metrics,
    authenticate,
    authenticateGuest: calls.authenticateGuest,
  });
  const spool = await createSpool(spoolFolder);
  const background = startBackground({
    config,
    database,
    logins,
    clock,
    log,
    metrics,
    vault,
    rooms,
    visits,
    programme,
    ledgerCheck: { database, clock, changes },
    handOff: { ledger, changes, contacts },
    calls,
    messages: {
      changes,
      contacts,
      isDue: messagesDue.isDue,
      isHeld: holdsMessages,
      ...createMessageLinks({ clock, links, identities }),
    },
  });

  const endpoints = createEndpoints(server, {
    database,
    idempotency: createIdempotency({ clock }),
    authorize: (actor, { access }) => {
      if (access === 'authenticated' || access === 'public') return;
      // What a link opens is not opened by a token.
      if (access === 'call-link') throw new DomainError('link_not_valid');
      assertAllowed(wholePolicy, actor, access);
    },
    verifyReplies,
  });
  const streams = createEventStreams({
    database,
    listener: background.listener,
    metrics,
    renew,
    ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
    mayHear: (actor, change) =>
      permissionsToHear(change).some((way) => way.every((needed) => allows(wholePolicy, actor, needed))),
    findInReach: (actor, codes) =>
      database.read(actor.municipalityId, (tx) => findCitizensInReach(tx, actor, codes)),
  });

  if (media !== undefined) {
    metrics.watch('naer_media_server_up', '1 where the media server beside this process runs', () =>
      media.isUp() ? 1 : 0,
    );
    if (media.signalling !== null) registerMediaProxy(server, { target: media.signalling, log });
  }
  if (callPage !== undefined)
    registerCallPage(server, {
      folder: callPage,
      origin,
      signallingUrl: media?.door?.signallingUrl ?? null,
      // Where there are several municipalities, a link that does not hold says nothing of whose it was.
      helpPhone: async () => {
        const [only, ...others] = await listMunicipalityIds(worker);
        if (only === undefined || others.length > 0) return null;
        return (await database.read(only, readCallDefaults)).helpPhone;
      },
    });
  registerLedgerPages(server, { database });
  registerProbes(server, {
    worker,
    metrics,
    mayReadMetrics: (actor) => allows(wholePolicy, actor, 'operations:read'),
  });
  const onErased: NonNullable<CitizensDeps['onErased']> = async (tx, actor, citizenId) => {
    await visits.onErased(tx, actor, citizenId);
    await calls.onErased(tx, citizenId);
  };
  registerIdentityRoutes(endpoints, { identity, founder, worker, wholePolicy });
  registerCitizenRoutes(endpoints, {
    citizens: createCitizens(citizens),
    citizenIdentities: createCitizenIdentities({ ...citizens, onErased }),
    legalBases: createLegalBases({ changes }),
  });
  registerGroundRulesRoutes(endpoints, {
    groundRules: createGroundRules({
      ...citizens,
      mayPlanForOthers: (actor) => allows(visitsPolicy, actor, 'visits:write-for-others'),
    }),
  });
  registerRoomRoutes(endpoints, { rooms, clock });
  visits.registerRoutes(endpoints, { database, spool });
  calls.registerRoutes(endpoints, server, {
    listener: background.listener,
    ...(longPollMs === undefined ? {} : { longPollMs }),
  });
  registerMessageRoutes(endpoints, {
    messages: createMessages({ clock, contacts, onScheduled: messagesDue.onScheduled }),
  });
  if (config.messages.sms !== null)
    registerReceipts(server, { database, clock, changes, token: config.messages.sms.token.reveal() });
  programme.registerRoutes(endpoints);
  const demo = createDemo({ database, clock, identities });
  registerDemoRoutes(endpoints, { demo });
  const exportCitizens = createCitizensExporter(citizens);
  const imports = registerImportRoutes(endpoints, {
    database,
    clock,
    ledger,
    changes,
    spool,
    exportCitizens: ({ actor, body }, send) =>
      database.write(actor.municipalityId, (tx) => send(exportCitizens(tx, actor, body)), {
        timeoutMs: exportTimeoutMs,
      }),
    exportStaff: ({ actor }, send) =>
      database.read(actor.municipalityId, async (tx) => send(await exportStaff(tx))),
    exportRooms: ({ actor }, send) => database.read(actor.municipalityId, (tx) => send(exportRooms(tx))),
  });
  imports.importAt(api.imports.citizens, createCitizensImporter(citizens));
  imports.importAt(api.imports.rooms, createRoomsImporter(rooms));
  imports.importAt(api.imports.visits, createVisitsImporter({ clock, ledger, contacts }));
  imports.importAt(api.imports.staff, createStaffImporter({ clock, ledger, changes }));
  registerAuditRoutes(endpoints, {
    clock,
    ledger,
    changes,
    ledgerKeys,
    database,
    listMunicipalityIds: () => listMunicipalityIds(worker),
    rotateMasterKey: () => vault.rotateMasterKey(),
  });
  endpoints.raw(api.operations.events, ({ actor, query }, request, reply) =>
    streams.open(actor, query.after, request, reply),
  );
  await server.ready();

  return {
    server,
    founder,
    demo,
    close: async () => {
      await streams.close();
      calls.close();
      // One that takes nothing of its answer any more, or an import of a whole municipality, must not hold up the stop.
      const limit = setTimeout(() => server.server.closeAllConnections(), drainMs);
      await server.close();
      clearTimeout(limit);
      await background.close();
    },
  };
}

/** Where browsers reach the service: as it is told, or else where it listens. */
function publicOrigin({ publicUrl, tls, host }: Config['http'], { server }: FastifyInstance): string {
  if (publicUrl !== null) return publicUrl.replace(/\/$/, '');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
