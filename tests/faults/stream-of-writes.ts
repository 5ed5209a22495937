import { createHmac, randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Client } from '@naer/core/client';
import { api, type Booking, type Citizen, type Room } from '@naer/core/contract';
import { checkout } from '../support/service.ts';

const fixture = (name: string) => createReadStream(path.join(checkout, 'tests/fixtures/imports', name));

const dayMs = 86_400_000;
/** Midnight UTC of the first Monday that is wholly to come; the first day of 1970 was a Thursday. */
const nextMonday = (Math.floor((Date.now() / dayMs + 3) / 7) * 7 + 4) * dayMs;

/** Staff from a file as municipalities have it, and rooms that are open all day. */
export async function furnish(client: Client): Promise<readonly Room[]> {
  await client.call(api.imports.staff, { query: {}, file: fixture('staff-utf8.csv') });
  const openingHours = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens: '07:00', closes: '20:00' }));
  return Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      client.call(api.rooms.registerRoom, {
        body: { site: `Hus ${n % 3}`, name: `Samtaleboks ${n}`, kind: 'booth', openingHours },
      }),
    ),
  );
}

/** What the service said yes to. Whatever stands here must be there for good. */
export interface Acknowledged {
  readonly bookings: Map<string, Booking>;
  readonly cancelled: Set<string>;
  readonly citizens: Map<string, Citizen>;
}

export interface Writers {
  /** Resolves when so many more bookings have been acknowledged, and whatever else was written meanwhile. */
  bookedMore(count: number): Promise<void>;
  /** Lets the write that each writer has begun come to its end. */
  stop(): Promise<void>;
}

/** Several colleagues who book, cancel and register without a pause; what fails is tried no more, as a person would not know. */
export function startWriters(
  count: number,
  clientOf: () => Promise<Client>,
  rooms: readonly Room[],
  acknowledged: Acknowledged,
): Writers {
  let stopping = false;
  let notify: () => void = () => undefined;
  const write = async (client: Client, writer: number): Promise<void> => {
    const choice = randomInt(10);
    if (choice < 6) {
      const room = rooms[randomInt(rooms.length)];
      if (room === undefined) return;
      // Weekdays of the coming year at 8.00 to 12.45 UTC, when every room is open, summer and winter.
      const day = new Date(nextMonday + randomInt(50) * 7 * dayMs + randomInt(5) * dayMs);
      const startsAt = new Date(day.getTime() + (8 * 60 + 15 * randomInt(20)) * 60_000);
      const endsAt = new Date(startsAt.getTime() + 15 * 60_000);
      const worker = `BM${String(1 + ((writer * 3 + randomInt(3)) % 16)).padStart(2, '0')}`;
      const made = await client.call(api.rooms.book, {
        body: { roomId: room.id, worker, startsAt: startsAt.toISOString(), endsAt: endsAt.toISOString() },
      });
      acknowledged.bookings.set(made.id, made);
    } else if (choice < 8) {
      const own = [...acknowledged.bookings.keys()].filter((id) => !acknowledged.cancelled.has(id));
      const id = own[randomInt(Math.max(1, own.length))];
      if (id === undefined) return;
      await client.call(api.rooms.cancel, { params: { id } });
      acknowledged.cancelled.add(id);
    } else {
      const made = await client.call(api.citizens.register, {
        body: {
          identity: { reference: randomUUID().slice(0, 18), name: 'Prøve Person' },
          legalBasis: 'SEL § 85',
          granted: { minutes: 60, per: 'week' },
        },
      });
      acknowledged.citizens.set(made.code, made);
    }
  };
  const loops = Array.from({ length: count }, async (_, writer) => {
    const client = await clientOf();
    while (!stopping) {
      // A refusal (a taken room) and a broken connection are both part of the day.
      await write(client, writer).catch(() => undefined);
      notify();
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  return {
    bookedMore: async (count) => {
      const wanted = acknowledged.bookings.size + count;
      while (acknowledged.bookings.size < wanted) {
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
    },
    stop: async () => {
      stopping = true;
      await Promise.all(loops);
    },
  };
}

interface ToldBooking {
  readonly booking: string;
  readonly state: string;
  readonly room: string;
  readonly startsAt: string;
}

export const toldOf = ({ booking, state, room, startsAt }: ToldBooking): string =>
  `${booking} ${state} ${room} ${startsAt}`;

export interface Receiver {
  readonly url: string;
  /** What rightly signed messages told of, as `booking state room startsAt`. */
  readonly told: ReadonlySet<string>;
  readonly wronglySigned: () => number;
  close(): Promise<void>;
}

/** The other side of the outbox: checks each signature by itself and remembers the ids. */
export async function startReceiver(secret: string): Promise<Receiver> {
  const told = new Set<string>();
  let wrong = 0;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const server: Server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const {
        'webhook-id': id = '',
        'webhook-timestamp': at = '',
        'webhook-signature': signature,
      } = request.headers;
      const body = Buffer.concat(pieces).toString('utf8');
      const expected = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
      if (signature === `v1,${expected}`) told.add(toldOf((JSON.parse(body) as { data: ToldBooking }).data));
      else wrong += 1;
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    told,
    wronglySigned: () => wrong,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
