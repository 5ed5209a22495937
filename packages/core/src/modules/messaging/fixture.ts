import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { createMessageDispatcher, type MessageDispatcher } from '../../jobs/message-dispatch.ts';
import { fromLocal } from '../../kernel/time-zone.ts';
import type { Database, Tx } from '../../storage/index.ts';
import type { CitizenWish } from '../../testing/index.ts';
import { createVisitsFixture } from '../visits/fixture.ts';
import { createMailSender, createMessageDelivery, createMessenger, createSmsSender } from './index.ts';
import type { VisitNews } from './messenger.ts';

export interface MailServer {
  readonly url: string;
  readonly received: readonly ParsedMail[];
  /** What is answered to a recipient from now on; null takes the mail. */
  refuse(code: number | null): void;
  /** From now on it says nothing to whoever has greeted it. @returns how it goes on, also with those who wait */
  hold(): () => void;
  /** Nobody answers at the address until it is up again. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

/** A real SMTP server on loopback that keeps what it gets. */
export async function startMailServer(): Promise<MailServer> {
  const received: ParsedMail[] = [];
  let refusal: number | null = null;
  let held: Promise<void> | null = null;
  const make = () =>
    new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS', 'AUTH'],
      onMailFrom: (_address, _session, callback) => {
        void (held ?? Promise.resolve()).then(() => callback());
      },
      onRcptTo: ({ address }, _session, callback) => {
        if (refusal === null) return callback();
        // As servers do, it says back whose mail it will not have.
        callback(Object.assign(new Error(`<${address}> not now`), { responseCode: refusal }));
      },
      onData: (stream, _session, callback) => {
        void simpleParser(stream).then((mail) => {
          received.push(mail);
          callback();
        });
      },
    });
  let server = make();
  const listen = async (port: number): Promise<number> => {
    server.on('error', () => undefined);
    const listener = server.listen(port, '127.0.0.1');
    await once(listener, 'listening');
    return (listener.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const down = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    refuse: (code) => {
      refusal = code;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = null;
        resolve();
      };
    },
    down,
    up: async () => {
      server = make();
      await listen(port);
    },
    close: down,
  };
}

export interface TextMessage {
  readonly headers: IncomingHttpHeaders;
  readonly body: { readonly from: string; readonly to: string; readonly text: string };
}

/** A real gateway on loopback that answers as told. */
export async function startGateway() {
  const received: TextMessage[] = [];
  const taking = (response: ServerResponse, nth: number): void =>
    void response
      .writeHead(202, { 'content-type': 'application/json' })
      .end(JSON.stringify({ id: `gw-${nth}` }));
  let answer = taking;
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      text += piece;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body: JSON.parse(text) as TextMessage['body'] });
      answer(response, received.length);
    });
  };
  let server = createServer(take);
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  const port = await listen(0);
  const down = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return {
    url: `http://127.0.0.1:${port}/messages`,
    received,
    answer: (next: typeof taking | null) => {
      answer = next ?? taking;
    },
    /** Nobody answers at the address until it is up again. */
    down,
    up: async (): Promise<void> => {
      server = createServer(take);
      await listen(port);
    },
    close: down,
  };
}

export const smsToken = 'test-token-of-the-gateway';

export interface MessageState {
  readonly id: string;
  readonly kind: string;
  readonly channel: string;
  readonly state: string;
  readonly attempts: number;
  readonly send_at: Date;
  readonly facts: { readonly startsAt?: string; readonly sequence?: number };
}

/** Citizens with visits to come, the messenger, and dispatchers with real ways out. */
export async function createMessagesFixture() {
  const fixture = await createVisitsFixture();
  const { clock, changes, contacts, identities, database, municipalityId, superuser } = fixture;
  const messenger = createMessenger({
    clock,
    identities,
    sealedAddressOf: async () => null,
    onScheduled: () => undefined,
  });
  const worker = await fixture.worker('AB');
  const open: { close(): Promise<void> | void }[] = [];
  const write = <Result>(work: (tx: Tx) => Promise<Result>) => database.write(municipalityId, work);
  const linkOf = (visitId: string): string => `https://naer.nordby.dk/s#${visitId}`;

  return {
    ...fixture,
    write,
    messenger,
    linkOf,
    citizenId: async (wish: CitizenWish = {}, contact = 'both', language = 'da'): Promise<string> => {
      const code = await fixture.citizen(worker, wish);
      const { rows } = await superuser.query<{ id: string }>('SELECT id FROM citizen WHERE code = $1', [
        code,
      ]);
      const id = rows[0]?.id ?? '';
      await superuser.query(
        `INSERT INTO ground_rules (municipality_id, citizen_id, contact, language, updated_at) VALUES ($1, $2, $3, $4, $5)`,
        [municipalityId, id, contact, language, clock.now()],
      );
      return id;
    },
    choose: (citizenId: string, contact: string) =>
      superuser.query('UPDATE ground_rules SET contact = $2 WHERE citizen_id = $1', [citizenId, contact]),
    visit: (citizenId: string, local: string, more: Partial<VisitNews> = {}): VisitNews => ({
      id: randomUUID(),
      citizenId,
      state: 'planned',
      channel: 'video',
      plannedStartsAt: fromLocal(local),
      plannedEndsAt: new Date(fromLocal(local).getTime() + 30 * 60_000),
      proposedBy: null,
      ...more,
    }),
    tell: (visit: VisitNews) => write((tx) => messenger.visitRecorded(tx, visit)),
    rows: async (): Promise<MessageState[]> =>
      (
        await superuser.query<MessageState>(
          'SELECT id, kind, channel, state, attempts, send_at, facts FROM message ORDER BY created_at, send_at, kind, channel',
        )
      ).rows,
    dispatch: ({
      mail = null,
      sms = null,
      over = database,
      answerTimeoutMs = 10_000,
      link = linkOf,
    }: {
      mail?: string | null;
      sms?: string | null;
      over?: Pick<Database, 'write'>;
      answerTimeoutMs?: number;
      link?: (visitId: string) => string | null;
    } = {}): MessageDispatcher & { readonly outcomes: string[]; readonly errors: unknown[] } => {
      const outcomes: string[] = [];
      const errors: unknown[] = [];
      const dispatcher = createMessageDispatcher({
        worker: database.worker,
        clock,
        pollMs: 20,
        random: () => 0.5,
        onAttempt: (_channel, outcome) => void outcomes.push(outcome),
        onError: (error) => void errors.push(error),
        deliver: createMessageDelivery({
          clock,
          database: over,
          changes,
          contacts,
          mail: mail === null ? null : createMailSender({ url: mail, from: 'aftale@nordby.dk' }),
          sms:
            sms === null
              ? null
              : createSmsSender({ url: sms, token: smsToken, sender: 'Aftale', clock, answerTimeoutMs }),
          linkFor: async (_tx, { visitId }) => link(visitId),
          addressOfSeat: async () => null,
        }).deliver,
      });
      open.push(dispatcher);
      return { ...dispatcher, outcomes, errors };
    },
    stopDispatching: async () => {
      for (const each of open.splice(0)) await each.close();
    },
    forget: () =>
      superuser.query('TRUNCATE mailbox_item, message, change_event, identity_access, call_defaults CASCADE'),
  };
}
