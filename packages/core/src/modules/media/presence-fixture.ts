import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fastify from 'fastify';
import { AccessToken } from 'livekit-server-sdk';
import { Secret } from '../../config/index.ts';
import type { SeatKind } from '../../contract/index.ts';
import { planVisit } from '../../contract/visits.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { createLedger, type LedgerEntry } from '../../ledger/index.ts';
import { createChangeEvents, createOutbox, type Tx } from '../../storage/index.ts';
import { aCitizen, createTestDatabase } from '../../testing/index.ts';
import {
  createCitizenContacts,
  createCitizens,
  createIdentities,
  openVault,
  seedLegalBases,
} from '../citizens/index.ts';
import type { Actor, Guest } from '../identity/index.ts';
import { createRooms } from '../rooms/index.ts';
import { createVisitsModule, type VisitRow } from '../visits/index.ts';
import { createCallVisits } from './call-visits.ts';
import { createFailures } from './failure.ts';
import { createFinishing } from './finish.ts';
import { createPresence } from './presence-service.ts';
import { readStays } from './presence-store.ts';
import { createBump } from './record.ts';
import { createRoomOrders } from './room-client-orders.ts';
import {
  type CallRow,
  findCallOfVisit,
  getCall,
  getSeats,
  lockCall,
  updateCall,
  updateSeat,
} from './store.ts';
import { mediaWebhookPath, registerMediaWebhook } from './webhook.ts';

/** A Tuesday in November, ten in the morning in Denmark: when the visit is planned. */
export const ten = new Date('2026-11-24T09:00:00Z');
export const apiKey = 'naertest';
export const apiSecret = 'a secret of tests that is long enough for anybody';

export interface ToldParticipant {
  readonly sid: string;
  readonly identity: string;
  readonly joinedAt: Date;
  readonly reason?: string;
}

/** An event as LiveKit's JSON has it (protobuf's mapping: 64 bits are text). */
export const toldEvent = (
  event: string,
  at: Date,
  room: string,
  participant?: ToldParticipant,
  id = randomUUID(),
) => ({
  event,
  id: `EV_${id}`,
  createdAt: String(Math.floor(at.getTime() / 1000)),
  room: { name: room, sid: 'RM_test' },
  ...(participant === undefined
    ? {}
    : {
        participant: {
          sid: participant.sid,
          identity: participant.identity,
          joinedAt: String(Math.floor(participant.joinedAt.getTime() / 1000)),
          joinedAtMs: String(participant.joinedAt.getTime()),
          ...(participant.reason === undefined ? {} : { disconnectReason: participant.reason }),
        },
      }),
});

/** Signed as LiveKit signs: a token of the key whose `sha256` is that of the body. */
export async function signed(body: string, key = apiKey, secret = apiSecret): Promise<string> {
  const token = new AccessToken(key, secret, { ttl: 300 });
  token.sha256 = createHash('sha256').update(body).digest('base64');
  return token.toJwt();
}

export type PresenceFixture = Awaited<ReturnType<typeof createPresenceFixture>>;

/** A municipality with calls that follow its visits, and a media server that is played by the tests. */
export async function createPresenceFixture() {
  const test = await createTestDatabase();
  const { database } = test;
  const folder = await mkdtemp(path.join(tmpdir(), 'naer-calls-'));
  const clock = new ManualClock(new Date('2026-11-20T09:00:00Z'));
  const ledger = createLedger({ clock });
  const changes = createChangeEvents({ clock });
  const outbox = createOutbox({ clock });
  const keyFile = path.join(folder, 'master-key.json');
  const vault = await openVault({ worker: database.worker, keyFile, clock });
  const identities = createIdentities(vault);
  const citizenDeps = { clock, ledger, changes, identities };
  const citizens = createCitizens(citizenDeps);
  const contacts = createCitizenContacts(citizenDeps);
  const rooms = createRooms({ clock, ledger, changes, announce: async () => undefined });
  const bump = createBump(changes);
  const onErrors: unknown[] = [];

  /** Who the media server says is in a room, when it is asked; null while it is down. */
  const there: { now: ReadonlySet<string> | null } = { now: null };

  /** What one process has; several share the database. */
  const process = () => {
    const orders = createRoomOrders({ outbox });
    const visits: ReturnType<typeof createVisitsModule> = createVisitsModule({
      clock,
      ledger,
      changes,
      outbox,
      contacts,
      rooms,
      hasCaseSystem: false,
      onChanged: (tx, actor, row, before) => callVisits.visitChanged(tx, actor, row, before),
    });
    const callVisits = createCallVisits({ clock, changes, orders, bump });
    const finishing = createFinishing({ clock, visits: visits.visits, orders, bump });
    const deps = { clock, database, changes, contacts, orders, bump, finishing };
    const failures = createFailures({ ...deps, visits: visits.visits });
    const presence = createPresence({
      ...deps,
      failures,
      rooms: {
        listParticipants: async () => {
          if (there.now === null) throw new DomainError('media_unavailable');
          return there.now;
        },
      },
      onError: (_what, error) => void onErrors.push(error),
    });
    return { visits, course: { finishing, failures, presence } };
  };
  const { course, visits } = process();

  const app = fastify();
  app.setErrorHandler((error, _request, reply) =>
    reply.code(error instanceof DomainError && error.code === 'not_authenticated' ? 401 : 500).send(),
  );
  const access = { apiKey, apiSecret: new Secret(apiSecret) };
  registerMediaWebhook(app, { access, clock, hear: course.presence.hear });
  await app.ready();

  const municipalityId = await test.municipality();
  await database.write(municipalityId, (tx) => seedLegalBases(tx, municipalityId));
  const admin = await test.actor(municipalityId, ['administrator', 'coordinator'], 'ADM');
  const write = <Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> =>
    database.write(municipalityId, work);

  const post = async (body: string, authorization: string | undefined): Promise<number> => {
    const headers = { 'content-type': 'application/webhook+json' };
    const { statusCode } = await app.inject({
      method: 'POST',
      url: mediaWebhookPath,
      payload: body,
      headers: authorization === undefined ? headers : { ...headers, authorization },
    });
    return statusCode;
  };
  const tell = async (event: object): Promise<number> => {
    const body = JSON.stringify(event);
    return post(body, await signed(body));
  };

  return {
    ...test,
    clock,
    municipalityId,
    process,
    there,
    course,
    visits,
    write,
    post,
    tell,
    onErrors,

    /** A visit by video at ten o'clock, and now it is ten. */
    callAtTen: async (minutes = 30): Promise<CallInTest> => {
      clock.set('2026-11-20T09:00:00Z');
      const worker = await test.actor(municipalityId, ['support-worker']);
      const register = aCitizen({ worker: worker.initials, acquaintance: { kind: 'met', on: '2026-01-05' } });
      const citizen = await write((tx) => citizens.register(tx, admin, register));
      const span = {
        startsAt: ten.toISOString(),
        endsAt: new Date(ten.getTime() + minutes * 60_000).toISOString(),
      };
      const wish = planVisit.parse({ citizen, channel: 'video', ...span });
      const visit = await write((tx) => visits.visits.plan(tx, worker, wish));
      const call = await write((tx) => findCallOfVisit(tx, visit.id));
      if (call === null) throw new Error('a visit by video has a call');
      const seats = await write((tx) => getSeats(tx, call.id));
      const idOf = (kind: SeatKind): string => seats.find((seat) => seat.kind === kind)?.id ?? '';
      clock.set(ten);
      return { worker, citizen, visit, call, host: idOf('worker'), guest: idOf('citizen') };
    },

    /** Both are let in, now. */
    admitBoth: ({ call, host, guest }: CallInTest): Promise<void> =>
      write(async (tx) => {
        await lockCall(tx, call.id);
        const now = clock.now();
        for (const id of [host, guest])
          await updateSeat(tx, id, { state: 'admitted', since: now, gone: null });
        await updateCall(tx, call.id, { state: 'on' }, now);
      }),

    /** The citizen's page says goodbye. */
    leave: ({ call, guest }: CallInTest): Promise<void> =>
      write(async (tx) => {
        await lockCall(tx, call.id);
        await updateSeat(tx, guest, { state: 'left', since: clock.now(), gone: 'hung-up' });
      }),

    join: async (
      { call }: CallInTest,
      seatId: string,
      sid = `PA_${randomUUID()}`,
    ): Promise<ToldParticipant> => {
      const who = { sid, identity: seatId, joinedAt: clock.now() };
      await tell(toldEvent('participant_joined', clock.now(), call.roomName, who));
      return who;
    },
    part: async ({ call }: CallInTest, who: ToldParticipant, reason: string): Promise<void> => {
      await tell(toldEvent('participant_left', clock.now(), call.roomName, { ...who, reason }));
    },

    asHost: ({ call, visit, worker, host }: CallInTest): Guest => ({
      municipalityId,
      linkId: randomUUID(),
      seatId: host,
      callId: call.id,
      visitId: visit.id,
      kind: 'worker',
      staffId: worker.staffId,
      isHost: true,
      isDemo: false,
    }),
    asCitizen: ({ call, visit, guest }: CallInTest): Guest => ({
      municipalityId,
      linkId: randomUUID(),
      seatId: guest,
      callId: call.id,
      visitId: visit.id,
      kind: 'citizen',
      staffId: null,
      isHost: false,
      isDemo: false,
    }),

    callNow: ({ call }: CallInTest): Promise<CallRow> => write((tx) => getCall(tx, call.id)),
    seatsNow: ({ call }: CallInTest) => write((tx) => getSeats(tx, call.id)),
    staysNow: ({ call }: CallInTest) => write((tx) => readStays(tx, call.id)),
    visitNow: async ({
      visit,
    }: CallInTest): Promise<{ state: string; parts: { kind: string; minutes: number | null }[] }> => {
      const { rows } = await test.superuser.query<{ state: string }>(
        'SELECT state FROM visit WHERE id = $1',
        [visit.id],
      );
      const parts = await test.superuser.query<{ kind: string; minutes: number | null }>(
        'SELECT kind, minutes FROM visit_part WHERE visit_id = $1 ORDER BY place',
        [visit.id],
      );
      return { state: rows[0]?.state ?? '', parts: parts.rows };
    },
    /** Events of a call that its pages and support hear. */
    eventsOf: async ({ call }: CallInTest, type: string): Promise<Record<string, unknown>[]> => {
      const { rows } = await test.superuser.query<{ data: Record<string, unknown> }>(
        'SELECT data FROM change_event WHERE entity_id = $1 AND type = $2',
        [call.id, type],
      );
      return rows.map(({ data }) => data);
    },
    ordersOf: async ({ call }: CallInTest): Promise<Record<string, unknown>[]> => {
      const { rows } = await test.superuser.query<{ payload: Record<string, unknown> }>(
        `SELECT payload FROM outbox_message WHERE kind = 'media-room' AND payload->>'room' = $1`,
        [call.roomName],
      );
      return rows.map(({ payload }) => payload);
    },
    lastLeafOf: async ({ visit }: CallInTest): Promise<LedgerEntry | undefined> => {
      const { rows } = await test.superuser.query<{ entry: Buffer }>(
        'SELECT entry FROM ledger_leaf ORDER BY pending_id',
      );
      return rows
        .map(({ entry }) => (JSON.parse(entry.toString('utf8')) as { entry: LedgerEntry }).entry)
        .findLast((entry) => entry.type === 'visit.changed' && entry.visit === visit.id);
    },
    close: async () => {
      await app.close();
      await test.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface CallInTest {
  readonly worker: Actor;
  readonly citizen: string;
  readonly visit: VisitRow;
  readonly call: CallRow;
  /** Seats. */
  readonly host: string;
  readonly guest: string;
}
