import type { Clock } from '../../kernel/clock.ts';
import { Prisma, queryHot, type Tx } from '../../storage/index.ts';
import type { LedgerEntry } from '../format/entries.ts';
import { encodeLeaf, hashLeaf } from '../format/leaf.ts';

/** The bytes and the hash of a leaf, ready to be written. */
export interface SealedLeaf {
  readonly entry: Buffer;
  readonly hash: Buffer;
}

export interface Ledger {
  /** The leaf of an entry that happens now, for a store that writes it in one statement with the state it tells of. */
  seal(actor: string, entry: LedgerEntry): SealedLeaf;
  /**
   * Writes leaves in the transaction of the state they tell of. Their place in the log is given after commit by the
   * sequencer.
   *
   * @param actor the random id of the member of staff, or `system`
   * @param occurredAt when it happened, where that is not now
   */
  append(
    tx: Tx,
    actor: string,
    entries: LedgerEntry | readonly LedgerEntry[],
    occurredAt?: Date,
  ): Promise<void>;
}

export function createLedger({ clock }: { readonly clock: Clock }): Ledger {
  const seal = (actor: string, entry: LedgerEntry, occurredAt?: Date): SealedLeaf => {
    const recordedAt = clock.now().toISOString();
    const bytes = encodeLeaf({
      v: 1,
      actor,
      occurredAt: occurredAt?.toISOString() ?? recordedAt,
      recordedAt,
      entry,
    });
    return { entry: bytes, hash: hashLeaf(bytes) };
  };
  return {
    seal,
    append: async (tx, actor, entries, occurredAt) => {
      const list: readonly LedgerEntry[] = 'type' in entries ? [entries] : entries;
      if (list.length === 0) return;
      const leaves = list.map((entry) => seal(actor, entry, occurredAt));
      await queryHot(
        tx,
        Prisma.sql`
          INSERT INTO ledger_leaf (municipality_id, entry, leaf_hash)
          SELECT app_municipality(), entry, hash
          FROM unnest(${leaves.map((leaf) => leaf.entry)}::bytea[], ${leaves.map((leaf) => leaf.hash)}::bytea[])
            WITH ORDINALITY AS leaf (entry, hash, place)
          ORDER BY place`,
      );
    },
  };
}
