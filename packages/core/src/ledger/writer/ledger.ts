import type { Clock } from '../../kernel/clock.ts';
import type { Tx } from '../../storage/index.ts';
import type { LedgerEntry } from '../format/entries.ts';
import { encodeLeaf, hashLeaf } from '../format/leaf.ts';

export interface Ledger {
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
  return {
    append: async (tx, actor, entries, occurredAt) => {
      const list: readonly LedgerEntry[] = 'type' in entries ? [entries] : entries;
      if (list.length === 0) return;
      const recordedAt = clock.now().toISOString();
      const leaves = list.map((entry) =>
        encodeLeaf({ v: 1, actor, occurredAt: occurredAt?.toISOString() ?? recordedAt, recordedAt, entry }),
      );
      const bytes = leaves.map((leaf) => leaf.toString('hex'));
      const hashes = leaves.map((leaf) => hashLeaf(leaf).toString('hex'));
      await tx.$executeRaw`
        INSERT INTO ledger_leaf (municipality_id, entry, leaf_hash)
        SELECT app_municipality(), decode(bytes, 'hex'), decode(hash, 'hex')
        FROM unnest(${bytes}::text[], ${hashes}::text[]) WITH ORDINALITY AS leaf (bytes, hash, place)
        ORDER BY place`;
    },
  };
}
