import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Client } from '@naer/core/client';
import { api } from '@naer/core/contract';
import pg from 'pg';
import { readAddresses } from './database.ts';

const dayMs = 86_400_000;
const minuteMs = 60_000;
const perRoomAndDay = 8;
const daysBooked = 40;
export const workersPerRoom = 4;

export interface Room {
  readonly id: string;
  /** Book this room and no other, so that a free time of the room is a free time of theirs. */
  readonly workers: readonly { readonly id: string; readonly initials: string }[];
}

/** A municipality as in "Numbers to design for": 12 rooms, 50 workers, a few thousand bookings, one citizen. */
export interface Town {
  readonly municipalityId: string;
  readonly rooms: readonly Room[];
  readonly citizenCode: string;
  /** A day with `perRoomAndDay` bookings of each room. */
  readonly busyDay: { readonly from: string; readonly to: string };
  /** From here on nothing is booked. */
  readonly freeFrom: number;
}

export async function furnishTown(client: Client, home: string): Promise<Town> {
  const initials = Array.from({ length: 50 }, (_, n) => `BM${String(n + 1).padStart(2, '0')}`);
  const file = ['initials,name,email,team,role,weekly_hours']
    .concat(initials.map((one, n) => `${one},Medarbejder ${n},,Team ${n % 4},support-worker,37`))
    .join('\n');
  await client.call(api.imports.staff, { query: {}, file: chunks(file) });
  const { items: staff } = await client.call(api.identity.listStaff, { query: { limit: 200 } });
  const { municipality } = await client.call(api.identity.me, {});
  const openingHours = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, opens: '00:00', closes: '24:00' }));
  const roomIds: string[] = [];
  for (let n = 0; n < 12; n += 1) {
    const body = { site: `Hus ${n % 3}`, name: `Samtaleboks ${n}`, kind: 'booth' as const, openingHours };
    roomIds.push((await client.call(api.rooms.registerRoom, { body })).id);
  }
  const worker = staff.find((one) => one.initials === initials[0]);
  if (worker?.team == null) throw new Error('the staff were not imported');
  const citizen = await client.call(api.citizens.register, {
    body: {
      identity: { reference: 'bench-1', name: 'Prøve Person' },
      legalBasis: 'SEL § 85',
      granted: { minutes: 60, per: 'week' },
      team: worker.team.name,
      worker: worker.initials,
    },
  });

  const database = new pg.Client({ connectionString: (await readAddresses(home)).superuser });
  await database.connect();
  try {
    const { rows } = await database.query<{ id: string; initials: string }>(
      'SELECT id, initials FROM staff WHERE municipality_id = $1 AND initials = ANY ($2) ORDER BY initials',
      [municipality.id, initials],
    );
    const rooms = roomIds.map((id, n) => ({
      id,
      workers: rows.slice(n * workersPerRoom, (n + 1) * workersPerRoom),
    }));
    const firstDay = Math.ceil(Date.now() / dayMs) * dayMs + 7 * dayMs;
    const bookings = rooms.flatMap(({ id, workers }) =>
      Array.from({ length: daysBooked * perRoomAndDay }, (_, n) => ({
        room: id,
        worker: workers[n % workers.length]?.id,
        startsAt: new Date(
          firstDay + Math.floor(n / perRoomAndDay) * dayMs + (8 * 60 + (n % perRoomAndDay) * 45) * minuteMs,
        ),
      })),
    );
    await database.query(
      `INSERT INTO booking (municipality_id, id, room_id, worker_id, starts_at, ends_at, blocked_until, check_in_by, state, created_at, updated_at)
       SELECT $1, gen_random_uuid(), room, worker, starts_at, starts_at + interval '30 minutes', starts_at + interval '30 minutes',
         starts_at + interval '10 minutes', 'booked', $5, $5
       FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) AS list (room, worker, starts_at)`,
      [
        municipality.id,
        bookings.map(({ room }) => room),
        bookings.map((one) => one.worker),
        bookings.map(({ startsAt }) => startsAt),
        new Date(),
      ],
    );
    await database.query('ANALYZE');
    const busy = firstDay + 20 * dayMs;
    return {
      municipalityId: municipality.id,
      rooms,
      citizenCode: citizen.code,
      busyDay: { from: new Date(busy).toISOString(), to: new Date(busy + dayMs).toISOString() },
      freeFrom: firstDay + (daysBooked + 1) * dayMs,
    };
  } finally {
    await database.end();
  }
}

/** Free times in no order, each given away once: quarters of an hour over the year after what is booked. */
export function freeTimes({ rooms, freeFrom }: Town): () => {
  readonly roomId: string;
  readonly worker: Room['workers'][number];
  readonly startsAt: string;
  readonly endsAt: string;
} {
  const count = rooms.length * 365 * 96;
  // Steps of a number that shares no factor with the count visit each time once, and hop about.
  const step = 7_368_787 % count;
  let position = 0;
  return () => {
    position = (position + step) % count;
    const room = rooms[position % rooms.length];
    const worker = room?.workers[position % workersPerRoom];
    if (room === undefined || worker === undefined) throw new Error('a town without rooms');
    const startsAt = freeFrom + Math.floor(position / rooms.length) * 15 * minuteMs;
    return {
      roomId: room.id,
      worker,
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(startsAt + 15 * minuteMs).toISOString(),
    };
  };
}

export interface BareServer {
  readonly pid: number;
  readonly url: string;
  close(): Promise<void>;
}

export async function startBareServer(databaseUrl: string, municipalityId: string): Promise<BareServer> {
  const child = fork(path.join(import.meta.dirname, 'bare-server.ts'), {
    execArgv: process.execArgv,
    // Not as arguments, which everybody on the machine can read.
    env: { ...process.env, DATABASE_URL: databaseUrl, MUNICIPALITY: municipalityId },
  });
  const ended = once(child, 'exit');
  const [message] = (await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the bare server did not start'))),
  ])) as [{ url: string }];
  return {
    pid: child.pid ?? 0,
    url: message.url,
    close: async () => {
      child.disconnect();
      await ended;
    },
  };
}

export async function* chunks(text: string): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += 65_536) yield Buffer.from(text.slice(at, at + 65_536));
}
