import type { Clock } from '../../../kernel/clock.ts';
import type { Ledger } from '../../../ledger/index.ts';
import type { ChangeEvents, Tx } from '../../../storage/index.ts';
import type { CitizenContacts } from '../../citizens/index.ts';
import type { Actor } from '../../identity/index.ts';
import type { Gap } from './occurrences.ts';
import { deleteGapsFrom, insertChange, type PlanChange, type PlanRow, updatePlan } from './store.ts';

export interface PlanRecorderDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly contacts: CitizenContacts;
}

export type PlanRecorder = ReturnType<typeof createPlanRecorder>;

/** Who did something that no person did. */
const system = 'system';

/** Writes down what was done to a plan, with the citizen's word on it, and tells ledger and listeners. */
export function createPlanRecorder({ clock, ledger, changes, contacts }: PlanRecorderDeps) {
  const write = async (
    tx: Tx,
    by: Pick<Actor, 'staffId' | 'municipalityId'>,
    plan: PlanRow,
    change: PlanChange,
  ): Promise<void> => {
    await insertChange(tx, plan.id, change, by.staffId === system ? null : by.staffId, clock.now());
    const subject = await contacts.identities.readSubject(tx, by.municipalityId, plan.citizenId);
    await ledger.append(tx, by.staffId, {
      type: 'plan.changed',
      plan: plan.id,
      subject,
      worker: plan.workerId,
      kind: plan.kind,
      state: plan.state,
      change: change.kind,
      word: change.word,
    });
    await changes.append(tx, {
      type: 'plan.changed',
      entity: { kind: 'plan', id: plan.id },
      data: { change: change.kind, state: plan.state },
    });
  };
  return {
    write,

    /** A plan that is over without anybody having decided so; nobody was asked about it. */
    ended: async (tx: Tx, by: Pick<Actor, 'staffId' | 'municipalityId'>, plan: PlanRow): Promise<void> => {
      await updatePlan(tx, plan, clock.now());
      await deleteGapsFrom(tx, plan.id, clock.now());
      await write(tx, by, plan, {
        kind: 'ended',
        week: null,
        slot: null,
        change: { on: plan.endsOn },
        word: 'not-asked',
      });
    },

    /** Times that could not be held when nobody was there to be told. */
    gaps: (tx: Tx, plan: PlanRow, gaps: readonly Gap[]): Promise<void> =>
      changes.append(
        tx,
        ...gaps.map(({ week, slot, reason }) => ({
          type: 'plan.gap',
          entity: { kind: 'plan', id: plan.id },
          data: { week, slot, reason },
        })),
      ),
  };
}
