import type { z } from 'zod';
import type { api, Identity, IdentityInput, IdentityReason } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { tidyText } from '../../kernel/text.ts';
import type { ReadTx, Tx } from '../../storage/index.ts';
import { type Actor, assertAllowed } from '../identity/index.ts';
import { citizensPolicy } from './policy.ts';
import { changedFields, type Given, tidyIdentity, withGiven } from './rules.ts';
import { type CitizensDeps, getForChange, getWithinReach } from './service.ts';
import {
  type AccessRow,
  eraseCitizen,
  findCitizen,
  insertAccesses,
  listAccesses,
  lockCitizen,
  withinReach,
} from './store.ts';

export type FindBody = z.output<typeof api.citizens.find.body>;
export type EraseBody = z.output<typeof api.citizens.erase.body>;
export type CitizenIdentities = ReturnType<typeof createCitizenIdentities>;

/** More of one number than any family has; a residence's own may have many. */
const mostFound = 50;

/** Who citizens are. Whatever tells that to somebody is written down, with who and why. */
export function createCitizenIdentities({ clock, ledger, changes, identities, onErased }: CitizensDeps) {
  return {
    read: async (tx: Tx, actor: Actor, code: string, reason: IdentityReason): Promise<Identity> => {
      const citizen = await getForChange(tx, actor, 'citizens:read-identity', code);
      const { identity, subject } = await identities.read(tx, actor.municipalityId, citizen.id);
      await insertAccesses(tx, actor, [citizen.id], { kind: 'read', reason }, clock.now());
      await ledger.append(tx, actor.staffId, {
        type: 'citizen.identity-read',
        subject,
        kind: 'read',
        reason,
      });
      await changes.append(tx, {
        type: 'citizen.identity-read',
        entity: { kind: 'citizen', id: code },
        data: { reason },
      });
      return identity;
    },

    change: async (tx: Tx, actor: Actor, code: string, wish: Given<IdentityInput>): Promise<string> => {
      const citizen = await getForChange(tx, actor, 'citizens:write-identity', code);
      const { identity: before, subject, row } = await identities.read(tx, actor.municipalityId, citizen.id);
      const after = tidyIdentity(withGiven(before, wish));
      const fields = changedFields(before, after);
      if (fields.length === 0) return code;
      await identities.replace(tx, actor.municipalityId, [{ citizenId: citizen.id, identity: after, row }]);
      await tx.citizen.updateMany({ where: { id: citizen.id }, data: { updatedAt: clock.now() } });
      await ledger.append(tx, actor.staffId, { type: 'citizen.identity-changed', subject, fields });
      await changes.append(tx, { type: 'citizen.identity-changed', entity: { kind: 'citizen', id: code } });
      return code;
    },

    /** The codes of those with a number or reference, within reach. Each one found is a logged event. */
    find: async (
      tx: Tx,
      actor: Actor,
      { phone, reference, reason }: FindBody,
    ): Promise<readonly string[]> => {
      assertAllowed(citizensPolicy, actor, 'citizens:find');
      const [purpose, value] =
        phone === undefined
          ? (['reference', tidyText(reference ?? '')] as const)
          : (['phone', phone] as const);
      const index = await identities.findIndex(tx, actor.municipalityId, purpose, value);
      if (index === null) return [];
      const found = await tx.$queryRaw<{ id: string; code: string }[]>`
        SELECT citizen.id, citizen.code FROM citizen_vault AS vault
        JOIN citizen ON citizen.municipality_id = vault.municipality_id AND citizen.id = vault.citizen_id
        WHERE (${purpose} = 'phone' AND vault.phone_index = ${index} OR ${purpose} = 'reference' AND vault.reference_index = ${index})
          AND ${withinReach(actor, 'citizens:find')}
        ORDER BY citizen.code LIMIT ${mostFound}`;
      if (found.length === 0) return [];
      await insertAccesses(
        tx,
        actor,
        found.map(({ id }) => id),
        { kind: 'find', reason },
        clock.now(),
      );
      for (const { id, code } of found) {
        const subject = await identities.readSubject(tx, actor.municipalityId, id);
        await ledger.append(tx, actor.staffId, {
          type: 'citizen.identity-read',
          subject,
          kind: 'find',
          reason,
        });
        await changes.append(tx, {
          type: 'citizen.identity-read',
          entity: { kind: 'citizen', id: code },
          data: { reason },
        });
      }
      return found.map(({ code }) => code);
    },

    /** The latest first, one more than asked for; also of those who were erased. */
    listAccesses: async (
      tx: ReadTx,
      actor: Actor,
      code: string,
      after: readonly [string, string] | null,
      limit: number,
    ): Promise<AccessRow[]> => {
      const citizen = await getWithinReach(
        () => findCitizen(tx, code),
        actor,
        'citizens:read-accesses',
        code,
      );
      return listAccesses(tx, citizen.id, after, limit + 1);
    },

    /** Destroys the key: afterwards nobody can tell who this was, from this database or from a copy without its key. */
    erase: async (tx: Tx, actor: Actor, code: string, { reason }: EraseBody): Promise<string> => {
      const citizen = await getWithinReach(() => lockCitizen(tx, code), actor, 'citizens:erase', code);
      if (citizen.erasedAt !== null) throw new DomainError('citizen_erased');
      const subject = await identities.readSubject(tx, actor.municipalityId, citizen.id);
      await onErased?.(tx, actor, citizen.id);
      await eraseCitizen(tx, citizen, clock.now());
      await ledger.append(tx, actor.staffId, { type: 'citizen.erased', subject, reason });
      await changes.append(tx, { type: 'citizen.erased', entity: { kind: 'citizen', id: code } });
      return code;
    },
  };
}
