import { randomUUID } from 'node:crypto';
import type { IdentityReason, PlanFormat } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { Ledger } from '../../../ledger/index.ts';
import type { ChangeEvents, Tx } from '../../../storage/index.ts';
import type { CitizenContacts } from '../contacts.ts';
import type { Identities } from '../identities.ts';
import type { CheckedPlan } from './check.ts';
import { deletePlan, findSealedPlan, writePlan } from './store.ts';

export interface WeeklyPlansDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly identities: Pick<Identities, 'sealPlan' | 'openPlan' | 'readSubject'>;
  readonly logReading: CitizenContacts['logReading'];
}

/** Who keeps, reads or removes a plan: the citizen by their own page (`staffId` null), or one of the staff. */
export interface PlanUser {
  readonly municipalityId: string;
  readonly staffId: string | null;
}
interface Owner {
  readonly id: string;
  readonly code: string;
}

export interface PlanFile {
  readonly format: PlanFormat;
  readonly file: Buffer;
}

export type WeeklyPlans = ReturnType<typeof createWeeklyPlans>;

/**
 * The weekly plan (*ugeskema*) of a citizen: its last version, sealed with the citizen's key, so that it goes with them.
 * Whoever calls has seen to it that the user may, and holds the citizen where something is written.
 */
export function createWeeklyPlans({ clock, ledger, changes, identities, logReading }: WeeklyPlansDeps) {
  const record = async (tx: Tx, user: PlanUser, citizen: Owner, act: 'kept' | 'removed'): Promise<void> => {
    const by = user.staffId === null ? 'citizen' : 'staff';
    await ledger.append(tx, user.staffId ?? 'system', {
      type: 'weekly-plan.changed',
      subject: await identities.readSubject(tx, user.municipalityId, citizen.id),
      act,
      by,
    });
    await changes.append(tx, {
      type: 'citizen.weekly-plan-changed',
      entity: { kind: 'citizen', id: citizen.code },
      data: { act, by },
    });
  };

  return {
    /** The version before is gone. @throws DomainError citizen_erased */
    keep: async (
      tx: Tx,
      user: PlanUser,
      citizen: Owner,
      { format, pages, file }: CheckedPlan,
    ): Promise<void> => {
      const of = { municipalityId: user.municipalityId, citizenId: citizen.id, id: randomUUID() };
      await writePlan(tx, citizen.id, {
        id: of.id,
        format,
        pages,
        bytes: file.length,
        byCitizen: user.staffId === null,
        updatedAt: clock.now(),
        sealedFile: await identities.sealPlan(tx, of, file),
      });
      await record(tx, user, citizen, 'kept');
    },

    /**
     * The file itself. That one of the staff reads it is logged like the reading of an identity; that citizens look at
     * what is theirs is nobody's to look up.
     *
     * @throws DomainError not_found, citizen_erased
     */
    read: async (tx: Tx, user: PlanUser, citizen: Owner, reason: IdentityReason): Promise<PlanFile> => {
      const plan = await findSealedPlan(tx, citizen.id);
      if (plan === null) throw new DomainError('not_found', { kind: 'weekly-plan' });
      const of = { municipalityId: user.municipalityId, citizenId: citizen.id, id: plan.id };
      const file = await identities.openPlan(tx, of, plan.sealedFile);
      if (user.staffId !== null) await logReading(tx, user, citizen, 'weekly-plan', reason);
      return { format: plan.format, file };
    },

    /** Said again it changes nothing. @returns whether there was one */
    remove: async (tx: Tx, user: PlanUser, citizen: Owner): Promise<boolean> => {
      const was = await deletePlan(tx, citizen.id);
      if (was) await record(tx, user, citizen, 'removed');
      return was;
    },
  };
}
