import type { HandOffWay } from '../../../contract/index.ts';
import type { Ledger } from '../../../ledger/index.ts';
import type { ChangeEvents, Tx } from '../../../storage/index.ts';
import type { HandOffRow } from './store.ts';

type Told = Pick<HandOffRow, 'id' | 'visitId' | 'revision'>;

/** Tells ledger and listeners what becomes of hand-offs; ids and numbers only. */
export function createHandOffRecord({
  ledger,
  changes,
}: {
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
}) {
  const change = (type: string, { id, visitId, revision }: Told, way: HandOffWay | null) => ({
    type,
    entity: { kind: 'hand-off', id },
    data: { visit: visitId, revision, way },
  });
  return {
    waits: (tx: Tx, row: Told): Promise<void> => changes.append(tx, change('hand-off.waiting', row, null)),
    refused: (tx: Tx, row: Told): Promise<void> =>
      changes.append(tx, change('hand-off.refused', row, 'call')),
    /** @param staffId null: the system */
    delivered: async (
      tx: Tx,
      staffId: string | null,
      rows: readonly Told[],
      way: HandOffWay,
    ): Promise<void> => {
      const entries = rows.map(
        ({ visitId, revision }) => ({ type: 'visit.handed-off', visit: visitId, revision, way }) as const,
      );
      await ledger.append(tx, staffId ?? 'system', entries);
      await changes.append(tx, ...rows.map((row) => change('visit.handed-off', row, way)));
    },
  };
}
