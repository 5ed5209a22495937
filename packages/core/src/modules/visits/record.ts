import type { VisitState } from '../../contract/index.ts';
import type { Ledger, LedgerEntry } from '../../ledger/index.ts';
import type { ChangeEvents, Tx } from '../../storage/index.ts';
import type { CitizenContacts } from '../citizens/index.ts';
import type { Actor } from '../identity/index.ts';
import { sumMinutes } from './rules.ts';
import type { VisitRow } from './store.ts';

export interface VisitRecordDeps {
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly contacts: Pick<CitizenContacts, 'identities'>;
  readonly onChanged: VisitListener;
}

/** Hears of each change of a visit, in the transaction that makes it; `before` is its state until now, null for a new one. */
export type VisitListener = (tx: Tx, actor: Actor, row: VisitRow, before: VisitState | null) => Promise<void>;

export type VisitRecorder = ReturnType<typeof createVisitRecorder>;

/** Tells ledger and listeners what a visit now is, in the transaction that made it so. */
export function createVisitRecorder({ ledger, changes, contacts, onChanged }: VisitRecordDeps) {
  return {
    changed: async (tx: Tx, actor: Actor, row: VisitRow, before: VisitState | null): Promise<void> => {
      const subject = await contacts.identities.readSubject(tx, actor.municipalityId, row.citizenId);
      await ledger.append(tx, actor.staffId, visitLeaf(row, subject));
      // Neither code nor name of the citizen: who listens looks the visit up, as far as they may.
      await changes.append(tx, {
        type: 'visit.changed',
        entity: { kind: 'visit', id: row.id },
        data: {
          state: row.state,
          channel: row.channel,
          worker: row.worker,
          at: row.happensAt.toISOString(),
          plan: row.planId,
        },
      });
      await onChanged(tx, actor, row, before);
    },
  };
}

/** The whole of a visit as a leaf; see ledger/format/entries.ts. */
export const visitLeaf = (
  row: Omit<
    VisitRow,
    'citizen' | 'worker' | 'room' | 'participants' | 'hasNote' | 'handOff' | 'createdAt' | 'updatedAt'
  >,
  subject: string,
): LedgerEntry => ({
  type: 'visit.changed',
  visit: row.id,
  subject,
  worker: row.workerId,
  team: row.teamId,
  channel: row.channel,
  origin: row.origin,
  state: row.state,
  at: row.happensAt.toISOString(),
  plannedStartsAt: row.plannedStartsAt?.toISOString() ?? null,
  plannedEndsAt: row.plannedEndsAt?.toISOString() ?? null,
  minutes: sumMinutes(row.parts),
  purposes: row.purposes,
  topics: row.topics,
  endedBy: row.endedBy,
  endedReason: row.endedReason,
  overruled: row.overruled,
  plan: row.planId,
  revision: row.revision,
});
