import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@naer/core/client';
import { api, type Booking, type LedgerLeaf } from '@naer/core/contract';
import { expect } from 'vitest';
import { type Follower, follow } from '../support/events.ts';
import { collect } from '../support/pages.ts';
import { createHome } from '../support/service.ts';
import { createSignedHistory } from './signed-history.ts';
import { type Acknowledged, furnish, startReceiver, startWriters, toldOf } from './stream-of-writes.ts';

interface BookingLeaf {
  readonly type: 'booking.changed';
  readonly booking: string;
  readonly room: string;
  readonly state: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** Bookings that are acknowledged before each kill, at the least. */
const FEWEST = 11;

/** Kills the service `rounds` times in the middle of a stream of writes, then looks whether anything is missing. */
export async function killAndCount(rounds: number): Promise<void> {
  const place = await createHome();
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const receiver = await startReceiver(secret);
  const environment = { NAER_WEBHOOK_URL: receiver.url, NAER_WEBHOOK_SECRET: secret };
  const acknowledged: Acknowledged = { bookings: new Map(), cancelled: new Set(), citizens: new Map() };
  const history = createSignedHistory();
  let follower: Follower | null = null;
  try {
    let service = await place.start(environment);
    const rooms = await furnish(await place.client());
    follower = follow(() => place.client());
    for (let round = 0; round < rounds; round += 1) {
      const writers = startWriters(8, () => place.client(), rooms, acknowledged);
      const watcher = history.watch(await place.client());
      // A head of its own in each round, and then more than it covers: that makes a head more than there are rounds.
      await watcher.sawNew();
      await writers.bookedMore(FEWEST + randomInt(20));
      await service.killHard();
      await writers.stop();
      await watcher.stop();
      service = await place.start(environment);
      await history.note(await place.client());
    }
    const client = await place.client();
    const leaves = await history.expectOne(client, { moreThan: rounds });
    await expectEverything(client, acknowledged, leaves, rounds);
    await expectEveryEvent(client, follower);
    await expectEveryMessage(client, receiver.told);
    expect(receiver.wronglySigned()).toBe(0);
    expect(await service.stop()).toBe(0);
  } finally {
    await follower?.stop();
    await receiver.close();
    await place.remove();
  }
}

async function expectEverything(
  client: Client,
  { bookings, cancelled, citizens }: Acknowledged,
  leaves: readonly LedgerLeaf[],
  rounds: number,
): Promise<void> {
  // Enough was written for the kills to have hit something.
  expect(bookings.size).toBeGreaterThanOrEqual(rounds * FEWEST);
  const all = new Map((await listBookings(client)).map((booking) => [booking.id, booking]));
  expect([...bookings.keys()].filter((id) => !all.has(id))).toEqual([]);
  expect([...cancelled].filter((id) => all.get(id)?.state !== 'cancelled')).toEqual([]);
  for (const code of citizens.keys()) await client.call(api.citizens.show, { params: { code } });

  // Every state has its leaf and every leaf its state.
  const entries = leaves.map(
    (leaf) => (JSON.parse(leaf.entry) as { entry: BookingLeaf | { type: string } }).entry,
  );
  const told = entries.filter((entry): entry is BookingLeaf => entry.type === 'booking.changed');
  const last = new Map(told.map((entry) => [entry.booking, entry]));
  expect([...last.keys()].sort()).toEqual([...all.keys()].sort());
  for (const booking of all.values()) {
    expect(last.get(booking.id)).toMatchObject({
      room: booking.room.id,
      state: booking.state,
      startsAt: booking.startsAt,
      endsAt: booking.endsAt,
    });
  }
  const registered = entries.filter((entry) => entry.type === 'citizen.registered').length;
  expect(registered).toBe(await countCitizens(client));
}

async function expectEveryEvent(client: Client, follower: Follower): Promise<void> {
  // One more change, after all others: when it has come, everything before it must have.
  const team = await client.call(api.identity.createTeam, { body: { name: 'Sidste hold' } });
  let seen = false;
  for (let position = 1n; !seen; position += 1n) {
    await follower.reached(position);
    seen = follower.changes.some((change) => change.type === 'team.created' && change.entity.id === team.id);
  }
  const positions = follower.changes.map((change) => change.position);
  expect(positions).toEqual(positions.map((_, index) => String(index + 1)));
}

async function expectEveryMessage(client: Client, told: ReadonlySet<string>): Promise<void> {
  // A message that a killed process had claimed is free again when its lease ends.
  const pending = async () =>
    (await client.call(api.operations.listOutbox, { query: { state: 'pending', limit: 200 } })).items.length;
  for (let waited = 0; (await pending()) > 0 && waited < 900; waited += 1) await delay(100);
  const expected = (await listBookings(client)).map(({ id, state, room, startsAt }) =>
    toldOf({ booking: id, state, room: room.id, startsAt }),
  );
  expect(expected.filter((id) => !told.has(id))).toEqual([]);
}

const listBookings = (client: Client): Promise<Booking[]> =>
  collect((cursor) => client.call(api.rooms.listBookings, { query: { limit: 200, ...cursor } }));

const countCitizens = async (client: Client): Promise<number> =>
  (await collect((cursor) => client.call(api.citizens.list, { query: { limit: 200, ...cursor } }))).length;
