import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Role } from '../../contract/index.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { createLedger, type LedgerEntry } from '../../ledger/index.ts';
import { createChangeEvents } from '../../storage/index.ts';
import { createTestDatabase } from '../../testing/index.ts';
import type { Actor } from '../identity/index.ts';
import { createIdentities } from './identities.ts';
import { createCitizenIdentities } from './identity-service.ts';
import { seedLegalBases } from './legal-bases.ts';
import { createCitizens } from './service.ts';
import { openVault } from './vault/index.ts';

export type World = Awaited<ReturnType<typeof createWorld>>;

/** A database with two municipalities and the services of this module around it, for the tests. */
export async function createWorld() {
  const test = await createTestDatabase();
  const folder = await mkdtemp(path.join(tmpdir(), 'naer-vault-'));
  const keyFile = path.join(folder, 'master-key.json');
  const clock = new ManualClock('2026-11-24T09:00:00Z');
  const vault = await openVault({ worker: test.database.worker, keyFile, clock });
  const identities = createIdentities(vault);
  const deps = { clock, ledger: createLedger({ clock }), changes: createChangeEvents({ clock }), identities };
  const nordby = await test.municipality('Nordby');
  const sydby = await test.municipality('Sydby');
  for (const id of [nordby, sydby]) await test.database.write(id, (tx) => seedLegalBases(tx, id));

  return {
    ...test,
    ...deps,
    vault,
    keyFile,
    nordby,
    sydby,
    citizens: createCitizens(deps),
    citizenIdentities: createCitizenIdentities(deps),
    team: async (municipalityId: string, name: string): Promise<string> => {
      const id = randomUUID();
      await test.superuser.query('INSERT INTO team VALUES ($1, $2, $3, $4)', [
        municipalityId,
        id,
        name,
        clock.now(),
      ]);
      return id;
    },
    actor: async (
      municipalityId: string,
      roles: readonly Role[],
      teamId: string | null = null,
    ): Promise<Actor> => {
      const actor = await test.actor(municipalityId, roles);
      await test.superuser.query('UPDATE staff SET team_id = $2 WHERE id = $1', [actor.staffId, teamId]);
      return { ...actor, teamId };
    },
    /** What the ledger tells, in the order it was written. */
    leaves: async (): Promise<LedgerEntry[]> => {
      const { rows } = await test.superuser.query<{ entry: Buffer }>(
        'SELECT entry FROM ledger_leaf ORDER BY pending_id',
      );
      return rows.map(({ entry }) => (JSON.parse(entry.toString('utf8')) as { entry: LedgerEntry }).entry);
    },
    close: async () => {
      await test.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
