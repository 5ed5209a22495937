import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ManualClock } from '../../../kernel/clock.ts';
import { fromLocal } from '../../../kernel/time-zone.ts';
import { createLedger } from '../../../ledger/index.ts';
import { createChangeEvents, type Tx } from '../../../storage/index.ts';
import { aCitizen, createTestDatabase } from '../../../testing/index.ts';
import { createCitizens, createIdentities, openVault, seedLegalBases } from '../../citizens/index.ts';
import type { Actor } from '../../identity/index.ts';

/** Citizens and their workers, with visits written straight into the table: it is their state that is asked about. */
export async function createCaseload(now: Date) {
  const test = await createTestDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'naer-caseload-'));
  const clock = new ManualClock(now);
  const ledger = createLedger({ clock });
  const changes = createChangeEvents({ clock });
  const keyFile = path.join(folder, 'master-key.json');
  const vault = await openVault({ worker: test.database.worker, keyFile, clock });
  const citizens = createCitizens({ clock, ledger, changes, identities: createIdentities(vault) });
  const municipalityId = await test.municipality();
  await test.database.write(municipalityId, (tx) => seedLegalBases(tx, municipalityId));
  const admin = await test.actor(municipalityId, ['administrator', 'coordinator'], 'ADM');
  const as = <Result>(actor: Actor, work: (tx: Tx) => Promise<Result>): Promise<Result> =>
    test.database.write(actor.municipalityId, work);
  return {
    ...test,
    clock,
    ledger,
    changes,
    citizens,
    municipalityId,
    admin,
    as,
    worker: (initials: string) => test.actor(municipalityId, ['support-worker'], initials),
    /** A citizen who has met their worker; returns the code. */
    citizen: (worker: Actor): Promise<string> =>
      as(admin, (tx) =>
        citizens.register(
          tx,
          admin,
          aCitizen({ worker: worker.initials, acquaintance: { kind: 'met', on: '2026-01-05' } }),
        ),
      ),
    /** Twenty minutes of video as they were planned, by Danish clocks: "2026-11-20T10:00". */
    video: async (code: string, worker: Actor, local: string, state: 'held' | 'failed'): Promise<void> => {
      const [id, startsAt] = [randomUUID(), fromLocal(local)];
      const endsAt = new Date(startsAt.getTime() + 20 * 60_000);
      await test.superuser.query(
        `INSERT INTO visit (municipality_id, id, citizen_id, worker_id, channel, origin, state, happens_at, planned_starts_at,
           planned_ends_at, purposes, topics, owns_booking, overruled, revision, created_at, updated_at)
         SELECT $1, $2, citizen.id, $4, 'video', 'planned', $5, $6, $6, $7, '{}', '{}', false, '{}', 1, $6, $6
         FROM citizen WHERE code = $3`,
        [municipalityId, id, code, worker.staffId, state, startsAt, endsAt],
      );
      await test.superuser.query('INSERT INTO visit_part VALUES ($1, $2, 0, $3, $4, $5, 20)', [
        municipalityId,
        id,
        'video',
        startsAt,
        endsAt,
      ]);
    },
    close: async () => {
      await test.close();
      await rm(folder, { recursive: true });
    },
  };
}

export type Caseload = Awaited<ReturnType<typeof createCaseload>>;
