import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { api, CitizenFacts, RegisterCitizen } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import { localDay } from '../../kernel/time-zone.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { ChangeEvents, ReadTx, Tx } from '../../storage/index.ts';
import { type Actor, assertAllowed, getStaffByInitials, getTeamByName } from '../identity/index.ts';
import type { Identities } from './identities.ts';
import { assertLegalBasis } from './legal-bases.ts';
import { type CitizenPermission, citizensPolicy, isWithinReach } from './policy.ts';
import {
  assertAcquainted,
  assertNotAfter,
  assertStep,
  changedFields,
  type Given,
  tidyIdentity,
  withGiven,
} from './rules.ts';
import {
  type CitizenRow,
  findCitizen,
  insertCitizens,
  insertSteps,
  listSteps,
  lockCitizen,
  type StoredFacts,
  updateFacts,
} from './store.ts';

export interface CitizensDeps {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
  readonly identities: Identities;
  /** What else ends with the knowledge of who somebody is: visits to come, plans, notes. */
  readonly onErased?: (tx: Tx, actor: Actor, citizenId: string) => Promise<void>;
}

export type FactsWish = Given<CitizenFacts>;
export type StepBody = z.output<typeof api.citizens.takeStep.body>;
export type AssessmentBody = z.output<typeof api.citizens.assess.body>;
export type CitizensService = ReturnType<typeof createCitizens>;

/**
 * A citizen within the actor's reach.
 *
 * @throws DomainError not_allowed; not_found, also for one who is out of reach
 */
export async function getWithinReach(
  find: () => Promise<CitizenRow | null>,
  actor: Actor,
  permission: CitizenPermission,
  code: string,
): Promise<CitizenRow> {
  assertAllowed(citizensPolicy, actor, permission);
  const found = await find();
  if (found === null || !isWithinReach(actor, permission, found))
    throw new DomainError('not_found', { kind: `citizen ${code}` });
  return found;
}

/** The same, held for a change; an erased citizen is not changed any more. @throws DomainError citizen_erased besides */
export async function getForChange(
  tx: Tx,
  actor: Actor,
  permission: CitizenPermission,
  code: string,
): Promise<CitizenRow> {
  const found = await getWithinReach(() => lockCitizen(tx, code), actor, permission, code);
  if (found.erasedAt !== null) throw new DomainError('citizen_erased');
  return found;
}

/** Citizens by code: what is known of them, their course and their suitability. Methods return codes or ids. */
export function createCitizens({ clock, ledger, changes, identities }: CitizensDeps) {
  const resolve = async (tx: ReadTx, wish: FactsWish): Promise<Given<StoredFacts>> => {
    const { team, worker, substitute, legalBasis, granted, acquaintance } = wish;
    const staffId = async (initials: string | null | undefined) =>
      initials == null ? initials : (await getStaffByInitials(tx, initials)).id;
    if (legalBasis !== undefined) await assertLegalBasis(tx, legalBasis);
    if (acquaintance?.kind === 'met')
      assertNotAfter(localDay(clock.now()), acquaintance.on, 'acquaintance.on');
    return {
      teamId: team == null ? team : (await getTeamByName(tx, team)).id,
      workerId: await staffId(worker),
      substituteId: await staffId(substitute),
      legalBasis,
      grantedMinutes: granted?.minutes,
      grantedPer: granted?.per,
      supportFrom: wish.supportFrom,
      equipment: wish.equipment,
      connection: wish.connection,
      itSkills: wish.itSkills,
      acquaintance: acquaintance?.kind,
      metOn: acquaintance === undefined ? undefined : acquaintance.kind === 'met' ? acquaintance.on : null,
      substituteByVideo: wish.substituteByVideo,
    };
  };
  const tell = (
    tx: Tx,
    type: string,
    code: string,
    data: Readonly<Record<string, string | null>> = {},
  ): Promise<void> => changes.append(tx, { type, entity: { kind: 'citizen', id: code }, data });

  return {
    register: async (tx: Tx, actor: Actor, wish: RegisterCitizen): Promise<string> => {
      assertAllowed(citizensPolicy, actor, 'citizens:write');
      const id = randomUUID();
      const facts = withGiven(emptyFacts(wish.legalBasis), await resolve(tx, wish));
      // Whoever sees the citizens near them only, registers those only; else the new one would be lost to them.
      if (!isWithinReach(actor, 'citizens:write', facts))
        throw new DomainError('not_allowed', { permission: 'citizens:write' });
      const now = clock.now();
      const today = localDay(now);
      const code = (await insertCitizens(tx, [{ id, ...facts }], now)).get(id) ?? '';
      const subject =
        (
          await identities.insert(tx, actor.municipalityId, [
            { citizenId: id, identity: tidyIdentity(wish.identity) },
          ])
        ).get(id) ?? '';
      const first = { from: null, to: 'candidate', reason: 'mapped', on: today } as const;
      await insertSteps(tx, actor.staffId, [{ id: randomUUID(), citizenId: id, ...first }], now);
      await ledger.append(tx, actor.staffId, [
        {
          type: 'citizen.registered',
          subject,
          team: facts.teamId,
          grantedMinutes: facts.grantedMinutes,
          grantedPer: facts.grantedPer,
        },
        { type: 'citizen.step', subject, team: facts.teamId, ...first },
      ]);
      await tell(tx, 'citizen.registered', code);
      return code;
    },

    change: async (tx: Tx, actor: Actor, code: string, wish: FactsWish): Promise<string> => {
      const citizen = await getForChange(tx, actor, 'citizens:write', code);
      const before = factsOf(citizen);
      const after = withGiven(before, await resolve(tx, wish));
      assertAcquainted(citizen.status, after.acquaintance);
      const fields = changedFields(before, after);
      if (fields.length === 0) return code;
      await updateFacts(tx, [{ id: citizen.id, ...after }], clock.now());
      const subject = await identities.readSubject(tx, actor.municipalityId, citizen.id);
      await ledger.append(tx, actor.staffId, { type: 'citizen.changed', subject, fields });
      await tell(tx, 'citizen.changed', code);
      return code;
    },

    show: (tx: ReadTx, actor: Actor, code: string): Promise<CitizenRow> =>
      getWithinReach(() => findCitizen(tx, code), actor, 'citizens:read', code),

    takeStep: async (tx: Tx, actor: Actor, code: string, { to, reason, on }: StepBody): Promise<string> => {
      const citizen = await getForChange(tx, actor, 'citizens:step', code);
      const now = clock.now();
      const today = localDay(now);
      const wish = { to, reason, on: on ?? today };
      const days = (await listSteps(tx, citizen.id)).map((step) => step.on).sort();
      const latestOn = days.at(-1) ?? '';
      assertStep({ status: citizen.status, acquaintance: citizen.acquaintance, latestOn, today }, wish);
      const id = randomUUID();
      await tx.citizen.updateMany({ where: { id: citizen.id }, data: { status: to, updatedAt: now } });
      await insertSteps(
        tx,
        actor.staffId,
        [{ id, citizenId: citizen.id, from: citizen.status, ...wish }],
        now,
      );
      const subject = await identities.readSubject(tx, actor.municipalityId, citizen.id);
      await ledger.append(tx, actor.staffId, {
        type: 'citizen.step',
        subject,
        team: citizen.teamId,
        from: citizen.status,
        ...wish,
      });
      await tell(tx, 'citizen.step', code, { from: citizen.status, to });
      return id;
    },

    assess: async (
      tx: Tx,
      actor: Actor,
      code: string,
      { outcome, reasons, withCitizen, on }: AssessmentBody,
    ): Promise<string> => {
      const citizen = await getForChange(tx, actor, 'citizens:assess', code);
      const now = clock.now();
      const today = localDay(now);
      const assessedOn = on ?? today;
      assertNotAfter(today, assessedOn, 'on');
      const id = randomUUID();
      await tx.suitabilityAssessment.create({
        data: {
          municipalityId: actor.municipalityId,
          id,
          citizenId: citizen.id,
          outcome,
          reasons: [...new Set(reasons)],
          withCitizen,
          assessedOn: new Date(assessedOn),
          staffId: actor.staffId,
          recordedAt: now,
        },
      });
      const subject = await identities.readSubject(tx, actor.municipalityId, citizen.id);
      await ledger.append(tx, actor.staffId, {
        type: 'citizen.assessed',
        subject,
        team: citizen.teamId,
        outcome,
        withCitizen,
        on: assessedOn,
      });
      await tell(tx, 'citizen.assessed', code, { outcome });
      return id;
    },
  };
}

/** What is known before anything is. */
export const emptyFacts = (legalBasis: string): StoredFacts => ({
  teamId: null,
  workerId: null,
  substituteId: null,
  legalBasis,
  grantedMinutes: 0,
  grantedPer: 'week',
  supportFrom: null,
  equipment: 'unknown',
  connection: 'unknown',
  itSkills: 'unknown',
  acquaintance: 'not-met',
  metOn: null,
  substituteByVideo: 'unknown',
});

export const factsOf = (row: StoredFacts): StoredFacts => ({
  teamId: row.teamId,
  workerId: row.workerId,
  substituteId: row.substituteId,
  legalBasis: row.legalBasis,
  grantedMinutes: row.grantedMinutes,
  grantedPer: row.grantedPer,
  supportFrom: row.supportFrom,
  equipment: row.equipment,
  connection: row.connection,
  itSkills: row.itSkills,
  acquaintance: row.acquaintance,
  metOn: row.metOn,
  substituteByVideo: row.substituteByVideo,
});
