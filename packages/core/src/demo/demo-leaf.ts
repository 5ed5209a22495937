import type { LedgerEntry } from '../ledger/index.ts';

/** An entry of the invented history. */
export interface DemoLeaf {
  /** The random id of the member of staff, or `system`. */
  readonly actor: string;
  readonly occurredAt: Date;
  readonly entry: LedgerEntry;
}
