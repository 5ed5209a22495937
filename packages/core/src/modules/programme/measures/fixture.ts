import type { Client } from 'pg';
import type { Channel, VisitState } from '../../../contract/index.ts';
import { encodeLeaf, hashLeaf, type LedgerEntry } from '../../../ledger/index.ts';
import type { ReadTx } from '../../../storage/index.ts';
import type { TestDatabase } from '../../../testing/index.ts';
import { createFolding } from './folding.ts';

/** What happened, and when (UTC); by the system, since measures do not ask who told. */
export interface Told {
  readonly entry: LedgerEntry;
  readonly occurredAt: string;
}

export const leafOf = ({ entry, occurredAt }: Told): Buffer =>
  encodeLeaf({ v: 1, actor: 'system', occurredAt, recordedAt: occurredAt, entry });

export interface VisitTold {
  readonly visit: string;
  readonly subject: string;
  readonly worker: string;
  readonly team?: string | null;
  readonly channel?: Channel;
  readonly state?: VisitState;
  /** UTC. */
  readonly at: string;
  readonly minutes?: { readonly video?: number; readonly physical?: number; readonly phone?: number };
}

/** A held video visit of half an hour unless it is told otherwise. */
export const visitTold = ({ minutes = { video: 30 }, ...told }: VisitTold): Told => ({
  occurredAt: told.at,
  entry: {
    type: 'visit.changed',
    team: null,
    channel: 'video',
    origin: 'planned',
    state: 'held',
    plannedStartsAt: null,
    plannedEndsAt: null,
    purposes: [],
    topics: [],
    endedBy: null,
    endedReason: null,
    overruled: [],
    plan: null,
    revision: 1,
    ...told,
    minutes: { video: 0, physical: 0, phone: 0, travel: 0, waiting: 0, ...minutes },
  },
});

/** The same id for the same thing, so that a failing test says the same twice. */
export const idOf = (kind: string, nth: number): string => {
  const [first = 0] = Buffer.from(kind);
  return `${first.toString(16).padStart(8, '0')}-0000-4000-8000-${nth.toString(16).padStart(12, '0')}`;
};

/** Writes leaves in their order, as the sequencer places them, straight into the table; what signs them comes afterwards. */
export async function writeLeaves(
  superuser: Client,
  municipalityId: string,
  leaves: readonly Buffer[],
  from = 0,
): Promise<void> {
  await superuser.query(
    `INSERT INTO ledger_leaf (municipality_id, "index", entry, leaf_hash)
     SELECT $1, $2 + place - 1, entry, hash
     FROM unnest($3::bytea[], $4::bytea[]) WITH ORDINALITY AS leaf (entry, hash, place)`,
    [municipalityId, from, leaves, leaves.map(hashLeaf)],
  );
}

/** Says that so many leaves are signed. The root is made up: who asks for a real one lets the sequencer sign. */
export async function sign(superuser: Client, municipalityId: string, size: number): Promise<void> {
  await superuser.query(
    `INSERT INTO ledger_log (municipality_id, origin, size, created_at) VALUES ($1::uuid, $1::text, $2, '2026-01-01')
     ON CONFLICT (municipality_id) DO UPDATE SET size = EXCLUDED.size`,
    [municipalityId, size],
  );
  await superuser.query(
    `INSERT INTO ledger_checkpoint (municipality_id, size, origin, root_hash, note, key_id, signed_at)
     VALUES ($1::uuid, $2, $1::text, sha256('root'), '', 'k', '2026-01-01') ON CONFLICT DO NOTHING`,
    [municipalityId, size],
  );
}

/** A municipality with a log that is signed at these sizes, the last of which is all of it, and folded. */
export async function worldOf(test: TestDatabase, log: readonly Told[], ...signedAt: readonly number[]) {
  const municipalityId = await test.municipality();
  const tell = async (told: readonly Told[], from: number): Promise<void> => {
    await writeLeaves(test.superuser, municipalityId, told.map(leafOf), from);
    await sign(test.superuser, municipalityId, from + told.length);
    await createFolding({ database: test.database }).fold(municipalityId);
  };
  await tell(log, 0);
  for (const size of signedAt) await sign(test.superuser, municipalityId, size);
  return {
    municipalityId,
    tell,
    ask: <Answer>(work: (tx: ReadTx) => Promise<Answer>): Promise<Answer> =>
      test.database.read(municipalityId, work),
  };
}

/** A held video visit at nine in UTC. */
export const visitOn = (nth: number, subject: number, at: string, more: Partial<VisitTold> = {}): Told =>
  visitTold({
    visit: idOf('visit', nth),
    subject: idOf('subject', subject),
    worker: idOf('worker', 1),
    at: `${at}T09:00:00.000Z`,
    ...more,
  });
