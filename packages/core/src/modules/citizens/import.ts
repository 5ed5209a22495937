import { randomUUID } from 'node:crypto';
import type { Identity } from '../../contract/index.ts';
import { localDay } from '../../kernel/time-zone.ts';
import type { LedgerEntry } from '../../ledger/index.ts';
import type { Change, ReadTx, Tx } from '../../storage/index.ts';
import { type Actor, assertAllowed } from '../identity/index.ts';
import type { SealedRow } from './identities.ts';
import { citizensPolicy } from './policy.ts';
import { changedFields, type Given, needsAcquaintance, tidyIdentity, withGiven } from './rules.ts';
import { type CitizensDeps, emptyFacts, factsOf } from './service.ts';
import {
  type CitizenRow,
  insertCitizens,
  insertSteps,
  lockCitizensById,
  type NewCitizen,
  planAfresh,
  type StoredFacts,
  updateFacts,
} from './store.ts';
import {
  type CitizenValues,
  citizensShape,
  findRowProblems,
  type KnownPlaces,
  readKnownPlaces,
} from './table.ts';

/**
 * Citizens from a file, told apart by the municipality's own reference: new ones are registered as candidates, changed
 * ones updated in what changed, the rest left alone. Columns that the file does not have are left as they are.
 */
export function createCitizensImporter({ clock, ledger, changes, identities }: CitizensDeps) {
  /** Who is there already, held until the transaction ends, and who is not. */
  const sort = async (tx: Tx, actor: Actor, rows: readonly CitizenValues[]) => {
    const references = rows.map((row) => row.reference);
    const ids = await identities.findByReferences(tx, actor.municipalityId, references);
    const citizens = new Map(
      (await lockCitizensById(tx, [...ids.values()])).map((citizen) => [citizen.id, citizen]),
    );
    const sealedRows = await identities.readSealed(tx, [...citizens.keys()]);
    const fresh: CitizenValues[] = [];
    const pairs: Pair[] = [];
    for (const row of rows) {
      const id = ids.get(row.reference) ?? '';
      const [citizen, sealed] = [citizens.get(id), sealedRows.get(id)];
      if (citizen === undefined || sealed === undefined) fresh.push(row);
      else pairs.push({ row, citizen, sealed });
    }
    return { fresh, pairs };
  };

  const create = async (
    tx: Tx,
    actor: Actor,
    rows: readonly CitizenValues[],
    known: KnownPlaces,
    told: Told,
  ): Promise<void> => {
    if (rows.length === 0) return;
    const now = clock.now();
    const first = { from: null, to: 'candidate', reason: 'imported', on: localDay(now) } as const;
    const drafts = rows.map((row) => {
      const facts = withGiven(emptyFacts(''), factsIn(row, known));
      return { id: randomUUID(), facts, identity: tidyIdentity(withGiven(emptyIdentity, identityIn(row))) };
    });
    const codes = await insertCitizens(
      tx,
      drafts.map(({ id, facts }) => ({ id, ...facts })),
      now,
    );
    const subjects = await identities.insert(
      tx,
      actor.municipalityId,
      drafts.map(({ id, identity }) => ({ citizenId: id, identity })),
    );
    await insertSteps(
      tx,
      actor.staffId,
      drafts.map(({ id }) => ({ id: randomUUID(), citizenId: id, ...first })),
      now,
    );
    for (const { id, facts } of drafts) {
      const subject = subjects.get(id) ?? '';
      told.entries.push(
        {
          type: 'citizen.registered',
          subject,
          team: facts.teamId,
          grantedMinutes: facts.grantedMinutes,
          grantedPer: facts.grantedPer,
        },
        { type: 'citizen.step', subject, team: facts.teamId, ...first },
      );
      told.changes.push({ type: 'citizen.registered', entity: { kind: 'citizen', id: codes.get(id) ?? '' } });
    }
  };

  const update = async (
    tx: Tx,
    actor: Actor,
    known: KnownPlaces,
    pairs: readonly Pair[],
    told: Told,
  ): Promise<number> => {
    const facts: NewCitizen[] = [];
    const people: { citizenId: string; identity: Identity; row: SealedRow }[] = [];
    let updated = 0;
    for (const { row, citizen, sealed } of pairs) {
      const { identity: before, subject } = await identities.open(actor.municipalityId, sealed);
      const identity = tidyIdentity(withGiven(before, identityIn(row)));
      const identityFields = changedFields(before, identity);
      const factsBefore = factsOf(citizen);
      const after = keepAcquaintance(citizen, withGiven(factsBefore, factsIn(row, known)));
      const factFields = changedFields(factsBefore, after);
      if (identityFields.length === 0 && factFields.length === 0) continue;
      updated += 1;
      const entity = { kind: 'citizen', id: citizen.code };
      // The row is written in both cases: its `updatedAt` tells of either change.
      facts.push({ id: citizen.id, ...after });
      if (identityFields.length > 0) {
        people.push({ citizenId: citizen.id, identity, row: sealed });
        told.entries.push({ type: 'citizen.identity-changed', subject, fields: identityFields });
        told.changes.push({ type: 'citizen.identity-changed', entity });
      }
      if (factFields.length > 0) {
        told.entries.push({ type: 'citizen.changed', subject, fields: factFields });
        told.changes.push({ type: 'citizen.changed', entity });
      }
    }
    if (facts.length > 0) await updateFacts(tx, facts, clock.now());
    if (people.length > 0) await identities.replace(tx, actor.municipalityId, people);
    return updated;
  };

  return {
    kind: 'citizens' as const,
    shape: citizensShape,

    /** @throws DomainError not_allowed */
    readKnown: async (tx: ReadTx, actor: Actor): Promise<KnownPlaces> => {
      assertAllowed(citizensPolicy, actor, 'citizens:import');
      return readKnownPlaces(tx, localDay(clock.now()));
    },

    findProblems: findRowProblems,

    /** A batch of rows, all good; a thousand is a good size. References within it MUST differ, as the shape sees to. */
    apply: async (tx: Tx, actor: Actor, rows: readonly CitizenValues[], known: KnownPlaces) => {
      assertAllowed(citizensPolicy, actor, 'citizens:import');
      const told: Told = { entries: [], changes: [] };
      const { fresh, pairs } = await planAfresh(tx, () => sort(tx, actor, rows));
      const updated = await planAfresh(tx, () => update(tx, actor, known, pairs, told));
      await create(tx, actor, fresh, known, told);
      await ledger.append(tx, actor.staffId, told.entries);
      await changes.append(tx, ...told.changes);
      return { created: fresh.length, updated, unchanged: pairs.length - updated };
    },
  };
}

interface Pair {
  readonly row: CitizenValues;
  readonly citizen: CitizenRow;
  readonly sealed: SealedRow;
}

interface Told {
  readonly entries: LedgerEntry[];
  readonly changes: Change[];
}

const emptyIdentity: Identity = { reference: '', name: '', phone: null, email: null, address: null };

const identityIn = ({ reference, name, phone, email, address }: CitizenValues): Given<Identity> => ({
  reference,
  name,
  phone,
  email,
  address,
});

/** What a row says: undefined where it says nothing, null where it says that there is none. */
function factsIn(row: CitizenValues, known: KnownPlaces): Given<StoredFacts> {
  const idIn = (name: string | null | undefined, find: (name: string) => string | undefined) =>
    name == null ? name : find(name);
  const { weekly, fortnightly, metOn, isolated } = row;
  const acquaintance =
    metOn != null ? 'met' : isolated === true ? 'isolated' : isolated === false ? 'not-met' : undefined;
  return {
    teamId: idIn(row.team, (name) => known.teams.find(name)),
    workerId: idIn(row.worker, (initials) => known.staff.get(initials)),
    substituteId: idIn(row.substitute, (initials) => known.staff.get(initials)),
    legalBasis: known.legalBases.find(row.legalBasis),
    grantedMinutes: weekly ?? fortnightly ?? undefined,
    grantedPer: weekly == null ? 'fortnight' : 'week',
    supportFrom: row.supportFrom,
    equipment: row.equipment ?? undefined,
    connection: row.connection ?? undefined,
    itSkills: row.itSkills ?? undefined,
    acquaintance,
    metOn: acquaintance === undefined ? undefined : (metOn ?? null),
  };
}

/** A file that knows of no first meeting does not undo the one that a course in progress rests on. */
function keepAcquaintance({ status, acquaintance, metOn }: CitizenRow, after: StoredFacts): StoredFacts {
  return needsAcquaintance(status) && after.acquaintance === 'not-met'
    ? { ...after, acquaintance, metOn }
    : after;
}
