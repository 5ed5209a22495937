import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { Secret } from '../../config/index.ts';
import { createClient } from '../../contract/client.ts';
import { api, visitWarnings } from '../../contract/index.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { aCitizen, type Caller, startTestApp, type TestApp } from '../../testing/index.ts';
import { openVault, seedLegalBases } from '../citizens/index.ts';
import { createLinks, linkKeyPurpose } from './link.ts';
import type { RoomClient } from './room-client.ts';

/** The visit is planned for 14:00 in Denmark, and its waiting room opens at half past one. */
export const startsAt = '2026-11-24T13:00:00.000Z';
export const endsAt = '2026-11-24T13:20:00.000Z';
export const citizenName = 'Solvej Rosendahl';

export const makeDevice = (): string => randomBytes(16).toString('base64url');

/** What a page of a seat commits to, and shows afterwards. */
export function makeExchange() {
  const [publicKey, nonce] = [randomBytes(65), randomBytes(16)];
  const commitment = createHash('sha256').update(publicKey).update(nonce).digest('base64url');
  return {
    commitment,
    shown: { publicKey: publicKey.toString('base64url'), nonce: nonce.toString('base64url') },
  };
}

export type CallWorld = Awaited<ReturnType<typeof startCallWorld>>;

/** A municipality with a worker, a colleague and a citizen, over HTTP; rooms are played. */
export async function startCallWorld() {
  const clock = new ManualClock('2026-11-24T12:40:00Z');
  const made: string[] = [];
  const rooms: { isDown: boolean } & RoomClient = {
    isDown: false,
    createRoom: async (name) => {
      if (rooms.isDown) throw new DomainError('media_unavailable');
      made.push(name);
    },
    deleteRoom: async () => undefined,
    removeParticipant: async () => undefined,
    listParticipants: async () => new Set(),
  };
  const apiSecret = new Secret('a secret of tests that is long enough');
  const options = {
    clock,
    callRooms: rooms,
    holdsMessages: true,
    media: {
      signalling: null,
      isUp: () => true,
      door: { apiKey: 'test', apiSecret, url: () => 'http://127.0.0.1:9', signallingUrl: null },
    },
  } as const;
  const app = await startTestApp(options);
  const { database, superuser } = app.test;
  const municipalityId = await app.test.municipality();
  await database.write(municipalityId, (tx) => seedLegalBases(tx, municipalityId));
  const coordinator = await app.caller(municipalityId, ['coordinator'], 'KOO');
  const anna = await app.caller(municipalityId, ['support-worker'], 'AB');
  const bo = await app.caller(municipalityId, ['support-worker'], 'BO');
  const vault = await openVault({
    worker: database.worker,
    keyFile: path.join(app.folder, 'master.json'),
    clock,
  });
  const links = createLinks({ keys: vault.derivedKeys(linkKeyPurpose), origin: () => app.url });
  const tokenOf = (url: string): string => new URL(url).hash.slice(1);

  const pageOf = (url: string, device = makeDevice(), at: Pick<TestApp, 'url'> = app) => {
    const client = createClient({ url: at.url, token: tokenOf(url), language: 'da' });
    const { open, watch, wait, enter, leave, giveKeys, revealKey, admit, declareAlone, reportTests } =
      api.callPage;
    return {
      client,
      device,
      token: tokenOf(url),
      open: (more: { pin?: string; takeOver?: boolean } = {}) =>
        client.call(open, { body: { device, ...more } }),
      look: () => client.call(watch, { query: { device } }),
      watch: (after: number, signal?: AbortSignal) =>
        client.call(watch, {
          query: { device, after: String(after) },
          ...(signal ? { signal } : {}),
        }),
      wait: (commitment: string | null = null) =>
        client.call(wait, { body: { device, canEncrypt: true, commitment } }),
      enter: (encryption: 'end-to-end' | 'in-transit' = 'end-to-end') =>
        client.call(enter, { body: { device, encryption } }),
      leave: () => client.call(leave, { body: { device } }),
      giveKeys: (keys: Parameters<typeof client.call<typeof giveKeys>>[1]['body']['keys']) =>
        client.call(giveKeys, { body: { device, keys } }),
      reveal: (shown: { publicKey: string; nonce: string }) =>
        client.call(revealKey, { body: { device, ...shown } }),
      admit: (seat: string, refuse = false) => client.call(admit, { body: { device, seat, refuse } }),
      declareAlone: (alone: boolean) => client.call(declareAlone, { body: { device, alone } }),
      reportTests: (outcome: 'good' | 'failed') =>
        client.call(reportTests, { body: { device, results: [{ step: 'camera', outcome }] } }),
    };
  };

  let planned = 0;
  const citizen = async (by: Caller = anna): Promise<string> => {
    planned += 1;
    const identity = {
      name: citizenName,
      phone: `21 11 ${String(2200 + planned).replace(/(..)(..)/, '$1 $2')}`,
      email: `solvej${planned}@example.dk`,
    };
    const { code } = await coordinator.call(api.citizens.register, {
      body: { ...aCitizen({ identity }), worker: by.actor.initials },
    });
    return code;
  };
  /** A visit by video of a new citizen, each on a day of its own among workers who come and go. */
  const visit = async (more: Record<string, unknown> = {}) => {
    const code = await citizen();
    const { id } = await anna.call(api.visits.plan, {
      body: {
        citizen: code,
        channel: 'video',
        startsAt,
        endsAt,
        acknowledge: [...visitWarnings],
        ...more,
      },
    });
    return { id, code };
  };
  /** What the message of a seat would say: its current link. */
  const linkOf = async (visitId: string, kind = 'citizen'): Promise<string> => {
    const { rows } = await superuser.query<{ id: string }>(
      `SELECT l.id FROM call_link l JOIN call_seat s ON s.id = l.seat_id JOIN call c ON c.id = s.call_id
       WHERE c.visit_id = $1 AND s.kind = $2 AND l.revoked_at IS NULL ORDER BY l.created_at DESC`,
      [visitId, kind],
    );
    return links.urlOf(rows[0]?.id ?? '');
  };

  return {
    app,
    clock,
    rooms,
    made,
    superuser,
    municipalityId,
    coordinator,
    anna,
    bo,
    links,
    pageOf,
    citizen,
    visit,
    linkOf,
    /** The page of the citizen of a visit. */
    citizenPage: async (visitId: string) => pageOf(await linkOf(visitId)),
    /** The page of the host, opened. */
    hostPage: async (visitId: string, by: Caller = anna) => {
      const { url } = await by.call(api.calls.start, { params: { id: visitId }, body: {} });
      const page = pageOf(url);
      await page.open();
      return page;
    },
    seatOf: async (visitId: string, kind: string): Promise<string> => {
      const { seats } = await anna.call(api.calls.show, { params: { id: visitId } });
      return seats.find((seat) => seat.kind === kind)?.id ?? '';
    },
    /** Another process of the same service. */
    beside: () => startTestApp({ ...options, beside: app }),
    /** What was planned is over, so that the next test has the worker's time to itself. */
    clear: async (): Promise<void> => {
      await superuser.query(
        'TRUNCATE message, mailbox_item, call_presence, call_link, call_seat, call, hand_off, visit_note, visit_part, visit_participant, visit CASCADE',
      );
      clock.set('2026-11-24T12:40:00Z');
      rooms.isDown = false;
      made.length = 0;
    },
    close: () => app.close(),
  };
}
