import { systemClock } from '../kernel/clock.ts';
import { createLedger, encodeLeaf, type LedgerEntry } from '../ledger/index.ts';
import { type DatabaseLogins, openDatabase, Prisma, queryHot } from '../storage/index.ts';

export interface Appending {
  /** Appends as every service does: one transaction, so many leaves. */
  append(entries: readonly LedgerEntry[]): Promise<void>;
  /** The same bytes by the same client in the same kind of transaction, as rows of the table `plain_leaf` and nothing more. */
  insert(entries: readonly LedgerEntry[]): Promise<void>;
  close(): Promise<void>;
}

/** For the bench alone: writes to the database of a running service, beside it. */
export function openAppending(logins: DatabaseLogins, municipalityId: string): Appending {
  const database = openDatabase(logins);
  const ledger = createLedger({ clock: systemClock });
  return {
    append: (entries) => database.write(municipalityId, (tx) => ledger.append(tx, 'system', entries)),
    insert: (entries) => {
      const at = systemClock.now().toISOString();
      const leaves = entries.map((entry) =>
        encodeLeaf({ v: 1, actor: 'system', occurredAt: at, recordedAt: at, entry }),
      );
      return database.write(municipalityId, async (tx) => {
        await queryHot(
          tx,
          Prisma.sql`
            INSERT INTO plain_leaf (municipality_id, entry)
            SELECT app_municipality(), entry FROM unnest(${leaves}::bytea[]) AS leaf (entry)`,
        );
      });
    },
    close: () => database.close(),
  };
}
