import type { FastifyInstance } from 'fastify';
import { Secret } from '../../config/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { ChangeEvents, ChangeListener, Database, Outbox, Tx } from '../../storage/index.ts';
import type { CitizenContacts, DerivedKeys, WeeklyPlans } from '../citizens/index.ts';
import type { Endpoints, Guest } from '../identity/index.ts';
import type { Messenger } from '../messaging/index.ts';
import type { VisitsService } from '../visits/index.ts';
import { createCallDesk } from './call-desk.ts';
import { createCallEnter } from './call-enter.ts';
import { createCallOpen } from './call-open.ts';
import { createCallPage } from './call-page.ts';
import { createCallPlan } from './call-plan.ts';
import { createCallShow } from './call-show.ts';
import { createCallStaff } from './call-staff.ts';
import { createCallTry } from './call-try.ts';
import { createCallVisits } from './call-visits.ts';
import { createCallWatch } from './call-watch.ts';
import { createFailures } from './failure.ts';
import { createFinishing } from './finish.ts';
import type { Links } from './link.ts';
import { createLinkAsks } from './link-asks.ts';
import { findGuest, revokeLinksOfCitizen } from './link-store.ts';
import { createNewLinks } from './new-link.ts';
import { createPresence } from './presence-service.ts';
import { createBump } from './record.ts';
import { createRoomClient, type MediaAccess, type RoomClient } from './room-client.ts';
import { createRoomOrderSender, createRoomOrders } from './room-client-orders.ts';
import { registerCallPageRoutes, registerStaffCallRoutes } from './routes.ts';
import { createSeatActs } from './seat-acts.ts';
import { createProposals } from './talks/proposal.ts';
import { registerTalkRoutes } from './talks/routes.ts';
import { createTalks } from './talks/service.ts';
import { registerMediaWebhook } from './webhook.ts';

/** The media server, and where pages reach it. */
export interface MediaDoor extends MediaAccess {
  /** `ws:` or `wss:` address of its signalling for browsers; null: through our own address. */
  readonly signallingUrl: string | null;
}

export interface MediaModuleDeps {
  readonly clock: Clock;
  readonly database: Pick<Database, 'read' | 'write' | 'worker' | 'onCommit'>;
  readonly changes: ChangeEvents;
  readonly outbox: Outbox;
  readonly contacts: CitizenContacts;
  readonly plans: WeeklyPlans;
  readonly links: Links;
  /** Of the purpose `askKeyPurpose`. */
  readonly askKeys: DerivedKeys;
  readonly messenger: Pick<Messenger, 'send'>;
  readonly visits: Pick<
    VisitsService,
    'accept' | 'start' | 'end' | 'record' | 'fail' | 'futile' | 'plan' | 'propose' | 'cancel'
  >;
  readonly listMunicipalityIds: () => Promise<readonly string[]>;
  /** Null where calls run nowhere: everything but the room itself works. */
  readonly door: MediaDoor | null;
  /** Our own address. */
  readonly origin: () => string;
  readonly onError: (what: string, error: unknown) => void;
  /** In tests: instead of a media server's. */
  readonly rooms?: RoomClient;
}

export type MediaModule = ReturnType<typeof createMediaModule>;

/** Calls: who may come into the room of a visit by video, by which link, and what the page shows. */
export function createMediaModule(deps: MediaModuleDeps) {
  const { clock, database, changes, outbox, contacts, links, messenger, visits, door, origin, onError } =
    deps;
  const { identities } = contacts;
  const bump = createBump(changes);
  const rooms = deps.rooms ?? createRoomClient(door ?? nowhere);
  const orders = createRoomOrders({ outbox });
  const callVisits = createCallVisits({ clock, changes, orders, messenger, bump });
  const desk = createCallDesk({ clock });
  const acts = createSeatActs({ bump, orders });
  const show = createCallShow({ identities });
  const finishing = createFinishing({ clock, visits, orders, bump });
  const failures = createFailures({
    ...{ clock, changes, contacts, visits, finishing, orders, messenger, bump },
  });
  const presence = createPresence({ clock, database, rooms, finishing, failures, orders, bump, onError });
  const talks = createTalks({ clock, changes, contacts, messenger, visits });
  const proposals = createProposals({ contacts, visits, talks });
  const newLinks = createNewLinks({
    ...deps,
    identities,
    visits: callVisits,
    asks: createLinkAsks({ worker: database.worker, keys: deps.askKeys, clock }),
    bump,
  });
  const entrance =
    door === null ? null : { ...door, url: () => door.signallingUrl ?? origin().replace(/^http/, 'ws') };
  let stopWatching = (): void => undefined;

  return {
    visitChanged: callVisits.visitChanged,
    /** Orders of the outbox to the media server; of the kind `roomOrderKind`. */
    sendRoomOrder: createRoomOrderSender(door === null && deps.rooms === undefined ? noRooms : rooms),
    /** Looks after the calls that go on; to be done every five seconds. */
    look: presence.look,

    /** Whose seat a link opens now, or null; see `Guest`. */
    authenticateGuest: async (token: string): Promise<Guest | null> => {
      const link = await links.read(token);
      return link === null ? null : findGuest(database.worker, link, clock.now());
    },

    /** With the knowledge of who somebody is go the links to their calls, and what they asked for. */
    onErased: async (tx: Tx, citizenId: string): Promise<void> => {
      await revokeLinksOfCitizen(tx, citizenId, clock.now());
      await talks.onErased(tx, citizenId);
    },

    registerRoutes: (
      endpoints: Endpoints,
      server: FastifyInstance,
      given: { readonly listener: Pick<ChangeListener, 'listen'>; readonly longPollMs?: number },
    ): void => {
      const { watch, close } = createCallWatch({ database, desk, show, ...given });
      stopWatching = close;
      const staff = createCallStaff({ desk, acts, visits: callVisits, bump, orders, identities, messenger });
      const page = createCallPage({ desk, acts, show, bump, identities });
      const open = createCallOpen({ clock, database, desk, show, orders, bump });
      const plan = createCallPlan({ database, desk, show, bump, contacts, plans: deps.plans });
      const enter = createCallEnter({ database, desk, bump, rooms, entrance });
      const tryNetwork = createCallTry({ clock, database, desk, rooms, entrance });
      const routes = {
        ...{
          clock,
          links,
          desk,
          show,
          staff,
          page,
          plan,
          open,
          enter,
          tryNetwork,
          watch,
          newLinks,
          finishing,
          failures,
        },
      };
      registerStaffCallRoutes(endpoints, routes);
      registerCallPageRoutes(endpoints, routes);
      registerTalkRoutes(endpoints, { desk, show, talks, proposals });
      if (door !== null) registerMediaWebhook(server, { access: door, clock, hear: presence.hear });
    },

    /** What was asked for by those who lost their link: to be taken up and looked for every few seconds. */
    newLinks: { claim: newLinks.claim, handle: newLinks.handle },

    /** Answers pages that wait, so that nobody holds up the stop. */
    close: (): void => stopWatching(),
  };
}

const nowhere: MediaAccess = { apiKey: '', apiSecret: new Secret(''), url: () => null };
const noRooms = { deleteRoom: async () => undefined, removeParticipant: async () => undefined };
