import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Channel, OpeningHours, PlanVisit, RoomWish } from '../../contract/index.ts';
import type { Shift } from '../../contract/visit-rules.ts';
import { planVisit } from '../../contract/visits.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { fromLocal } from '../../kernel/time-zone.ts';
import { createLedger, type LedgerEntry } from '../../ledger/index.ts';
import { createChangeEvents, type Tx } from '../../storage/index.ts';
import { aCitizen, type CitizenWish, createTestDatabase } from '../../testing/index.ts';
import {
  createCitizenContacts,
  createCitizens,
  createIdentities,
  openVault,
  seedLegalBases,
} from '../citizens/index.ts';
import type { Actor } from '../identity/index.ts';
import { createRooms } from '../rooms/index.ts';
import { createVisits } from './service.ts';

/** Open around the clock on all days. */
export const alwaysOpen: OpeningHours = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({
  weekday,
  opens: '00:00',
  closes: '24:00',
}));
/** A Tuesday in November, seven in the morning in Denmark. */
export const tuesdayMorning = new Date('2026-11-24T06:00:00Z');

/** The instant at which Danish clocks show a time on a day of the fixture's week, or any other: "2026-11-24T10:00". */
export const at = (local: string): string => fromLocal(local).toISOString();
export const span = (local: string, minutes: number) => ({
  startsAt: at(local),
  endsAt: new Date(fromLocal(local).getTime() + minutes * 60_000).toISOString(),
});

export type VisitsFixture = Awaited<ReturnType<typeof createVisitsFixture>>;

/** A municipality with workers, citizens and rooms, a clock that stands still, and the real services around them. */
export async function createVisitsFixture(sizes?: { readonly app: number; readonly worker: number }) {
  const test = await createTestDatabase(sizes);
  const folder = await mkdtemp(path.join(tmpdir(), 'naer-visits-'));
  const clock = new ManualClock(tuesdayMorning);
  const ledger = createLedger({ clock });
  const changes = createChangeEvents({ clock });
  const vault = await openVault({
    worker: test.database.worker,
    keyFile: path.join(folder, 'master-key.json'),
    clock,
  });
  const identities = createIdentities(vault);
  const citizenDeps = { clock, ledger, changes, identities };
  const citizens = createCitizens(citizenDeps);
  const contacts = createCitizenContacts(citizenDeps);
  const rooms = createRooms({ clock, ledger, changes, announce: async () => undefined });
  const recorded: string[] = [];
  const visits = createVisits({
    clock,
    ledger,
    changes,
    contacts,
    rooms,
    onChanged: async () => undefined,
    onRecorded: async (_tx, _actor, { visitId }) => void recorded.push(visitId),
    revisionOf: async () => 1,
  });
  const municipalityId = await test.municipality();
  await test.database.write(municipalityId, (tx) => seedLegalBases(tx, municipalityId));
  const admin = await test.actor(municipalityId, ['administrator', 'coordinator'], 'ADM');
  const as = <Result>(actor: Actor, work: (tx: Tx) => Promise<Result>): Promise<Result> =>
    test.database.write(actor.municipalityId, work);

  let made = 0;
  return {
    ...test,
    clock,
    ledger,
    changes,
    vault,
    identities,
    contacts,
    citizens,
    rooms,
    visits,
    recorded,
    municipalityId,
    admin,
    as,
    worker: async (initials?: string, shift: Shift = 'day'): Promise<Actor> => {
      const actor = await test.actor(municipalityId, ['support-worker'], initials);
      await test.superuser.query('UPDATE staff SET shift = $2 WHERE id = $1', [actor.staffId, shift]);
      return actor;
    },
    /** A citizen who has met their worker; returns the code. */
    citizen: (worker: Actor, wish: CitizenWish = {}): Promise<string> =>
      as(admin, (tx) =>
        citizens.register(
          tx,
          admin,
          aCitizen({ worker: worker.initials, acquaintance: { kind: 'met', on: '2026-01-05' }, ...wish }),
        ),
      ),
    room: (bufferMinutes = 0, openingHours = alwaysOpen): Promise<string> => {
      made += 1;
      return as(admin, (tx) =>
        rooms.registerRoom(tx, admin, {
          site: 'Rådhuset',
          name: `Boks ${made}`,
          kind: 'booth',
          seats: 1,
          features: [],
          openingHours,
          bufferMinutes,
        }),
      );
    },
    /** A wish as the edge reads it. */
    wish: (
      citizen: string,
      local: string,
      minutes: number,
      more: Partial<PlanVisit> & { channel?: Channel; room?: RoomWish } = {},
    ): PlanVisit => planVisit.parse({ citizen, channel: 'video', ...span(local, minutes), ...more }),
    leaves: async (): Promise<LedgerEntry[]> => {
      const { rows } = await test.superuser.query<{ entry: Buffer }>(
        'SELECT entry FROM ledger_leaf ORDER BY pending_id',
      );
      return rows.map(({ entry }) => (JSON.parse(entry.toString('utf8')) as { entry: LedgerEntry }).entry);
    },
    /** Bookings that still hold a room, and the visits that own them. */
    heldBookings: async (): Promise<{ id: string; visit: string | null; state: string | null }[]> => {
      const { rows } = await test.superuser.query<{ id: string; visit: string | null; state: string | null }>(
        `SELECT b.id, v.id AS visit, v.state FROM booking b LEFT JOIN visit v ON v.booking_id = b.id AND v.owns_booking
         WHERE b.state IN ('booked', 'checked-in')`,
      );
      return rows;
    },
    close: async () => {
      await test.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
