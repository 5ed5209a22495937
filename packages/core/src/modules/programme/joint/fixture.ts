import { randomUUID } from 'node:crypto';
import { assertSound, createLedger } from '../../../ledger/index.ts';
import { createLedgerWorld, type LedgerWorld } from '../../../ledger/writer/fixture.ts';
import { createChangeEvents, type ReadTx, type Tx } from '../../../storage/index.ts';
import type { Actor } from '../../identity/index.ts';
import { visitTold } from '../measures/fixture.ts';
import { createFolding, createMeasures } from '../measures/index.ts';
import { createMonths, shownMonths } from '../months/index.ts';
import { createPlan } from '../plan/index.ts';
import { createJointMonths } from './publishing.ts';
import { createJoint } from './service.ts';

/** An installation of Nær with its own database, keys and clock, for tests of what passes between municipalities. */
export interface Installation {
  readonly world: LedgerWorld;
  municipality(name: string): Promise<Town>;
  close(): Promise<void>;
}

export type Town = Awaited<ReturnType<typeof createTown>>;

export async function createInstallation(now: string): Promise<Installation> {
  const world = await createLedgerWorld();
  world.clock.set(now);
  return { world, municipality: (name) => createTown(world, name), close: () => world.close() };
}

async function createTown(world: LedgerWorld, name: string) {
  const { clock, test, vault, keys } = world;
  const { database } = test;
  const id = await test.municipality(name);
  const actor: Actor = await test.actor(id, ['coordinator']);
  const ledger = createLedger({ clock });
  const changes = createChangeEvents({ clock });
  const measures = createMeasures({ clock });
  const plan = createPlan({ clock, ledger, changes });
  const deps = { database, clock, ledger, changes };
  const publishing = {
    measures,
    assertSound: (of: string, size: bigint) => assertSound(database, of, size),
  };
  const months = createMonths({ ...deps, ...publishing });
  const joint = createJoint({ clock, ledger, changes, plan, keys, vault });
  const jointMonths = createJointMonths({ ...deps, ...publishing });
  const subjects: string[] = [];
  const worker = randomUUID();

  return {
    id,
    name,
    actor,
    plan,
    months,
    joint,
    write: <Result>(work: (tx: Tx) => Promise<Result>) => database.write(id, work),
    read: <Result>(work: (tx: ReadTx) => Promise<Result>) => database.read(id, work),
    /** The first citizens that came have a further visit, told of another team. */
    move: (count: number, day: string, team: string) =>
      database.write(id, async (tx) => {
        for (const subject of subjects.slice(0, count)) {
          const at = `${day}T09:00:00.000Z`;
          const { entry, occurredAt } = visitTold({ visit: randomUUID(), subject, worker, team, at });
          await ledger.append(tx, actor.staffId, entry, new Date(occurredAt));
        }
      }),
    /** So many new citizens have their first held video visit on a day. */
    begin: (count: number, day: string, team: string | null = null) =>
      database.write(id, async (tx) => {
        for (let nth = 0; nth < count; nth += 1) {
          const subject = randomUUID();
          subjects.push(subject);
          const { entry, occurredAt } = visitTold({
            visit: randomUUID(),
            subject,
            worker,
            team,
            at: `${day}T09:00:00.000Z`,
          });
          await ledger.append(tx, actor.staffId, entry, new Date(occurredAt));
        }
      }),
    /** Signs and folds all there is. */
    settle: async () => {
      await world.sign(id);
      await createFolding({ database }).fold(id);
    },
    /** Signs, folds, and publishes every month that is over. */
    publish: async () => {
      await world.sign(id);
      await createFolding({ database }).fold(id);
      return months.publishDue(id);
    },
    publishJoint: () => jointMonths.publishDue(id),
    shown: (programme: string) => database.read(id, (tx) => shownMonths(tx, programme)),
    leaves: async () => {
      const { rows } = await test.superuser.query<{ entry: Buffer }>(
        'SELECT entry FROM ledger_leaf WHERE municipality_id = $1 ORDER BY pending_id',
        [id],
      );
      return rows.map(
        ({ entry }) => (JSON.parse(entry.toString('utf8')) as { entry: Record<string, unknown> }).entry,
      );
    },
  };
}
