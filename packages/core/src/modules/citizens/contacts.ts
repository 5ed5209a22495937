import { randomUUID } from 'node:crypto';
import type { AccessKind, Channel, IdentityReason } from '../../contract/index.ts';
import type { Tx } from '../../storage/index.ts';
import type { Actor } from '../identity/index.ts';
import { type CitizensDeps, getForChange } from './service.ts';
import { type CitizenRow, insertAccesses, insertSteps, lockCitizen, lockCitizensById } from './store.ts';

export type CitizenContacts = ReturnType<typeof createCitizenContacts>;

/** What other modules need of citizens: to hold them, to say that their vault was read, and what contact means for their course. */
export function createCitizenContacts({ clock, ledger, changes, identities }: CitizensDeps) {
  return {
    identities,

    /**
     * A citizen within reach, held until the transaction ends.
     *
     * @throws DomainError not_allowed, citizen_erased; not_found, also for one who is out of reach
     */
    hold: (tx: Tx, actor: Actor, code: string): Promise<CitizenRow> =>
      getForChange(tx, actor, 'citizens:read', code),

    /** Those of these ids, held in one order, so that two who do this do not wait for each other; erased ones too. */
    holdById: (tx: Tx, ids: readonly string[]): Promise<CitizenRow[]> => lockCitizensById(tx, ids),

    /** Writes down that something of a citizen that lies in the vault was read; by the system, where `staffId` is null. */
    logReading: async (
      tx: Tx,
      actor: Pick<Actor, 'municipalityId'> & { readonly staffId: string | null },
      citizen: { readonly id: string; readonly code: string },
      kind: Exclude<AccessKind, 'export'>,
      reason: IdentityReason,
    ): Promise<void> => {
      const subject = await identities.readSubject(tx, actor.municipalityId, citizen.id);
      await insertAccesses(tx, actor, [citizen.id], { kind, reason }, clock.now());
      await ledger.append(tx, actor.staffId ?? 'system', {
        type: 'citizen.identity-read',
        subject,
        kind,
        reason,
      });
      await changes.append(tx, {
        type: 'citizen.identity-read',
        entity: { kind: 'citizen', id: citizen.code },
        data: { reason },
      });
    },

    /**
     * What a held visit tells of the course, so that nobody types it again: a visit in person by the citizen's own worker
     * or substitute makes them acquainted; the first call of somebody introduced begins the course.
     */
    recordHeld: async (
      tx: Tx,
      actor: Actor,
      code: string,
      held: { readonly channels: readonly Channel[]; readonly workerId: string; readonly on: string },
    ): Promise<void> => {
      const citizen = await lockCitizen(tx, code);
      if (citizen === null || citizen.erasedAt !== null) return;
      const now = clock.now();
      const tell = (type: string, data: Readonly<Record<string, string>> = {}) =>
        changes.append(tx, { type, entity: { kind: 'citizen', id: code }, data });
      const known = held.workerId === citizen.workerId || held.workerId === citizen.substituteId;
      if (citizen.acquaintance === 'not-met' && known && held.channels.includes('physical')) {
        await tx.citizen.updateMany({
          where: { id: citizen.id },
          data: { acquaintance: 'met', metOn: new Date(held.on), updatedAt: now },
        });
        const subject = await identities.readSubject(tx, actor.municipalityId, citizen.id);
        const fields = ['acquaintance', 'metOn'];
        await ledger.append(tx, actor.staffId, { type: 'citizen.changed', subject, fields });
        await tell('citizen.changed');
      }
      if (citizen.status === 'introduced' && held.channels.includes('video')) {
        const step = { from: citizen.status, to: 'active', reason: 'first-call-held', on: held.on } as const;
        await tx.citizen.updateMany({
          where: { id: citizen.id },
          data: { status: 'active', updatedAt: now },
        });
        await insertSteps(tx, actor.staffId, [{ id: randomUUID(), citizenId: citizen.id, ...step }], now);
        const subject = await identities.readSubject(tx, actor.municipalityId, citizen.id);
        await ledger.append(tx, actor.staffId, {
          type: 'citizen.step',
          subject,
          team: citizen.teamId,
          ...step,
        });
        await tell('citizen.step', { from: step.from, to: step.to });
      }
    },
  };
}
