import type { Clock } from '../../../kernel/clock.ts';
import type { Ledger } from '../../../ledger/index.ts';
import type { ChangeEvents, Tx } from '../../../storage/index.ts';

export interface JointDeps {
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly changes: ChangeEvents;
  /** Signs as the municipality's log; see ledger/writer/keys.ts. */
  readonly signWithLogKey: (
    tx: Tx,
    municipalityId: string,
    text: string,
  ) => Promise<{ readonly note: string; readonly verifierKey: string }>;
}

export interface Joint {
  /** Publishes the joint months for which everybody has contributed, or that have waited long enough. */
  publishDue(municipalityId: string): Promise<number>;
}

export function createJoint(_deps: JointDeps): Joint {
  return { publishDue: () => Promise.reject(new Error('not there yet')) };
}
