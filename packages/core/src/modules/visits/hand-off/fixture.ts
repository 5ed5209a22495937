import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { type HandOffDocument, type PartKind, recordUnplanned } from '../../../contract/index.ts';
import { createOutboxDispatcher } from '../../../jobs/outbox-dispatch.ts';
import { createOutbox } from '../../../storage/index.ts';
import type { Actor } from '../../identity/index.ts';
import { createVisitsFixture, span } from '../fixture.ts';
import { createVisits } from '../service.ts';
import { createHandOffSender, createHandOffs, handOffKind } from './index.ts';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
type Answering = (response: ServerResponse, nth: number) => void;

/** A case system on loopback that answers as told and remembers what it got. */
export async function startReceiver(answer: Answering, port = 0) {
  const received: Received[] = [];
  let answering = answer;
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      answering(response, received.length);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}/in`,
    received,
    documents: (): HandOffDocument[] =>
      received.map(({ body }) => (JSON.parse(body) as { data: HandOffDocument }).data),
    ids: (): string[] => received.map(({ headers }) => String(headers['webhook-id'])),
    answer: (next: Answering) => {
      answering = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Takes everything, and gives each a receipt. */
export const taking: Answering = (response, nth) =>
  void response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ receipt: `KVIT-${nth}` }));
export const answering =
  (status: number, headers: Record<string, string> = {}): Answering =>
  (response) =>
    void response.writeHead(status, headers).end('canary in the answer');

/** As somebody else would check it, written from "Signature scheme" of Standard Webhooks 1.0.0. */
export function isSigned({ headers, body }: Received, secret: string, now: Date): boolean {
  const [id, stamp] = [String(headers['webhook-id']), String(headers['webhook-timestamp'])];
  if (!/^\d+$/.test(stamp) || Math.abs(now.getTime() / 1000 - Number(stamp)) > 300 || id.includes('.'))
    return false;
  const expected = createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64'))
    .update(`${id}.${stamp}.${body}`, 'utf8')
    .digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((each) => {
      const [version, given = ''] = each.split(',');
      const bytes = Buffer.from(given, 'base64');
      return version === 'v1' && bytes.length === expected.length && timingSafeEqual(bytes, expected);
    });
}

export type HandOffWorld = Awaited<ReturnType<typeof createHandOffWorld>>;

/** A municipality whose recorded visits wait for the case system, with the real visits, outbox and dispatcher. */
export async function createHandOffWorld({ hasCaseSystem = true } = {}) {
  const f = await createVisitsFixture();
  const { clock, ledger, changes, contacts, rooms, superuser, municipalityId } = f;
  const outbox = createOutbox({ clock });
  const deps = { clock, ledger, changes, contacts, outbox };
  const handOffs = createHandOffs({ ...deps, hasCaseSystem });
  const visits = createVisits({
    ...deps,
    rooms,
    onChanged: async () => undefined,
    onRecorded: handOffs.recorded,
    revisionOf: handOffs.revisionOf,
  });
  const anna = await f.worker('AB');
  const coordinator = await f.actor(municipalityId, ['coordinator'], 'KOO');
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const open: { close(): Promise<void> }[] = [];
  const errors: unknown[] = [];
  /** Ends what a test has started. */
  const quiet = async (): Promise<void> => {
    for (const each of open.splice(0).reverse()) await each.close();
    // What the dispatcher itself could not do is never part of a test.
    expect(errors.splice(0)).toEqual([]);
  };
  clock.set('2026-11-24T12:00:00Z');

  const rowsOf = async <Row>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await superuser.query(sql, values)).rows as Row[];

  return {
    ...f,
    handOffs,
    visits,
    anna,
    coordinator,
    secret,
    rowsOf,
    receiver: async (answer: Answering = taking, port = 0): Promise<Receiver> => {
      const receiver = await startReceiver(answer, port);
      open.push(receiver);
      return receiver;
    },
    /** The real dispatcher, with the clock of the test and next to no pause between its looks. */
    dispatch: (url: string, { answerTimeoutMs = 10_000 } = {}) => {
      const attempts: string[] = [];
      const send = createHandOffSender({
        ...deps,
        database: f.database,
        target: { url, key: Buffer.from(secret.slice(6), 'base64') },
        answerTimeoutMs,
      });
      const dispatcher = createOutboxDispatcher({
        worker: f.database.worker,
        clock,
        handlers: { [handOffKind]: send },
        onAttempt: (_kind, outcome) => void attempts.push(outcome),
        onError: (error) => void errors.push(error),
        pollMs: 10,
        random: () => 0.5,
      });
      open.push(dispatcher);
      const until = (...outcomes: string[]) => expect.poll(() => attempts, { interval: 5 }).toEqual(outcomes);
      return { ...dispatcher, send, attempts, until };
    },
    /** A recorded talk by video on the day of the fixture; returns the id of the visit. */
    record: async (
      citizen: string,
      {
        local = '2026-11-24T10:00',
        minutes = 20,
        note = null as string | null,
        by = anna as Actor,
        kind = 'video' as PartKind,
      } = {},
    ): Promise<string> => {
      const body = { citizen, parts: [{ kind, ...span(local, minutes) }], note, topics: ['structure'] };
      const visit = await f.as(by, (tx) => visits.recordUnplanned(tx, by, recordUnplanned.parse(body)));
      return visit.id;
    },
    /** The length of it was another. */
    correct: (visit: string, minutes: number, { local = '2026-11-24T10:00', by = anna } = {}) =>
      f.as(by, (tx) => visits.record(tx, by, visit, { parts: [{ kind: 'video', ...span(local, minutes) }] })),
    citizenOf: (wish: Parameters<typeof f.citizen>[1] = {}): Promise<string> => f.citizen(anna, wish),
    handedOff: (visit: string) =>
      rowsOf<{
        id: string;
        revision: number;
        state: string;
        way: string | null;
        receipt: string | null;
        batch_id: string | null;
      }>(
        'SELECT id, revision, state, way, receipt, batch_id FROM hand_off WHERE visit_id = $1 ORDER BY revision',
        [visit],
      ),
    messages: () =>
      rowsOf<{
        id: string;
        state: string;
        attempts: number;
        next_attempt_at: Date;
        last_error: string | null;
      }>(
        'SELECT id, state, attempts, next_attempt_at, last_error FROM outbox_message ORDER BY created_at, id',
      ),
    readings: (code: string) =>
      rowsOf<{ staff_id: string | null; kind: string; reason: string }>(
        `SELECT access.staff_id, access.kind, access.reason FROM identity_access access
         JOIN citizen ON citizen.id = access.citizen_id WHERE citizen.code = $1 AND access.kind = 'hand-off'`,
        [code],
      ),
    quiet,
    close: async () => {
      await quiet();
      await f.close();
    },
  };
}

export const textOf = async (pieces: AsyncIterable<string>): Promise<string> => {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
};
