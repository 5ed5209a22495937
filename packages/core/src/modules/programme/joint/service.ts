import { createHash, randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { type api, type Invitation, invitation, usualRhythm } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import type { Ledger, LedgerEntry, LedgerKeys, SeedVault } from '../../../ledger/index.ts';
import {
  type Change,
  type ChangeEvents,
  Prisma,
  queryHot,
  type ReadTx,
  type Tx,
} from '../../../storage/index.ts';
import { type Actor, assertAllowed } from '../../identity/index.ts';
import { requireMonth } from '../months/index.ts';
import {
  getProgramme,
  kindWrong,
  listMilestones,
  listProgrammes,
  lockProgramme,
  type PlanService,
  type ProgrammeRow,
  presentMilestone,
  programmeLeaf,
} from '../plan/index.ts';
import { programmePolicy } from '../policy.ts';
import { checkContribution, readLogKey } from './checking.ts';
import { encodeContribution } from './format.ts';
import { refused } from './refusals.ts';
import { decrypt, encryptTo, ensureRecipient, findRecipient, isRecipient } from './sealing.ts';
import {
  addKey,
  type ContributionRow,
  getMember,
  insertContribution,
  insertMember,
  listContributions,
  listMembers,
  sumTargetGroup,
} from './store.ts';

type Body<Name extends 'lead' | 'join' | 'addMember'> = z.output<(typeof api.programme)[Name]['body']>;

export interface JointDeps {
  readonly clock: Clock;
  readonly ledger: Pick<Ledger, 'append'>;
  readonly changes: ChangeEvents;
  readonly plan: Pick<PlanService, 'begin'>;
  /** Of the municipality's log, which signs contributions. */
  readonly keys: Pick<LedgerKeys, 'readSigner' | 'signWithLogKey'>;
  readonly vault: SeedVault;
}

export type Joint = ReturnType<typeof createJoint>;

/** Joint programmes, from the lead's side and from a member's. Everything here is done within the caller's transaction. */
export function createJoint({ clock, ledger, changes, plan, keys, vault }: JointDeps) {
  const tell = async (
    tx: Tx,
    { staffId }: Actor,
    programmeId: string,
    leaf: LedgerEntry,
    data: NonNullable<Change['data']>,
  ): Promise<void> => {
    await ledger.append(tx, staffId, leaf);
    await changes.append(tx, { type: leaf.type, entity: { kind: 'programme', id: programmeId }, data });
  };
  /** A programme that is led from here, held until the transaction ends. A course of the past stays as it was. */
  const takeLed = async (tx: Tx, actor: Actor, id: string): Promise<ProgrammeRow> => {
    assertAllowed(programmePolicy, actor, 'programme:lead');
    const row = await lockProgramme(tx, id);
    if (row.kind !== 'lead' || row.isHistory) throw kindWrong(row);
    return row;
  };

  return {
    /** @throws DomainError not_allowed, programme_exists, programme_dates_invalid, milestones_invalid */
    lead: async (tx: Tx, actor: Actor, { milestones, ...wish }: Body<'lead'>): Promise<ProgrammeRow> => {
      assertAllowed(programmePolicy, actor, 'programme:lead');
      await ensureRecipient(tx, actor.municipalityId, vault, clock);
      return plan.begin(tx, actor, {
        ...wish,
        kind: 'lead',
        // Grows with its members.
        targetGroup: 1,
        trialOn: null,
        rhythm: usualRhythm,
        invitation: null,
        milestones: plannedOf(milestones),
      });
    },

    /** @throws DomainError not_found, programme_kind_wrong */
    invite: async (tx: ReadTx, id: string): Promise<Invitation> => {
      const programme = await getProgramme(tx, id);
      const recipient = await findRecipient(tx);
      if (programme.kind !== 'lead' || programme.isHistory || recipient === null) throw kindWrong(programme);
      const { name, startsOn, endsOn } = programme;
      const lead = (await tx.municipality.findFirstOrThrow()).name;
      const milestones = (await listMilestones(tx, id)).map(presentMilestone);
      return {
        format: 'naer-invitation/1',
        programme: id,
        name,
        lead,
        startsOn,
        endsOn,
        recipient,
        milestones,
      };
    },

    /**
     * The lead's milestones become the member's. A municipality that takes part in what it leads itself does so as any other.
     *
     * @throws DomainError not_allowed, invitation_unreadable, programme_exists, ledger_empty
     */
    join: async (
      tx: Tx,
      actor: Actor,
      { invitation: invited, targetGroup }: Body<'join'>,
    ): Promise<{ readonly id: string }> => {
      assertAllowed(programmePolicy, actor, 'programme:write');
      if (!isRecipient(invited.recipient)) throw new DomainError('invitation_unreadable');
      const { programme: id, name, startsOn, endsOn, milestones } = invited;
      const programmes = await listProgrammes(tx);
      const leadsIt = programmes.some((own) => own.id === id && own.kind === 'lead');
      const isIn = programmes.some((own) => invitationOf(own)?.programme === id);
      if (isIn) throw new DomainError('programme_exists', { name });
      // The log must have its key before the lead is told of it.
      await keys.readSigner(tx, actor.municipalityId, 'log');
      return plan.begin(tx, actor, {
        id: leadsIt ? randomUUID() : id,
        name: leadsIt ? `${name} (${(await tx.municipality.findFirstOrThrow()).name})` : name,
        kind: 'member',
        targetGroup,
        startsOn,
        trialOn: null,
        endsOn,
        rhythm: usualRhythm,
        invitation: invited,
        milestones: plannedOf(milestones),
      });
    },

    /** The key that the municipality's log signs with. @throws DomainError ledger_empty */
    ownKey: async (tx: Tx, municipalityId: string): Promise<string> =>
      (await keys.readSigner(tx, municipalityId, 'log')).verifier.verifierKey,

    /** @throws DomainError not_allowed, not_found, programme_kind_wrong, verifier_key_invalid, member_exists */
    addMember: async (tx: Tx, actor: Actor, id: string, wish: Body<'addMember'>): Promise<string> => {
      await takeLed(tx, actor, id);
      const { verifierKey } = await readNewKey(tx, id, wish.verifierKey, null);
      const now = clock.now();
      const member = {
        id: randomUUID(),
        name: wish.name,
        verifierKeys: [verifierKey],
        targetGroup: wish.targetGroup,
        joinedOn: wish.on ?? localDay(now),
      };
      await insertMember(tx, id, member);
      await sumTargetGroup(tx, id, now);
      const state = 'joined' as const;
      await tell(
        tx,
        actor,
        id,
        { type: 'member.changed', programme: id, member: member.id, state },
        { member: member.id, state },
      );
      const changed = await getProgramme(tx, id);
      await tell(tx, actor, id, programmeLeaf(changed), { kind: changed.kind });
      return member.id;
    },

    /** @throws DomainError not_allowed, not_found, programme_kind_wrong, verifier_key_invalid, member_exists */
    addMemberKey: async (tx: Tx, actor: Actor, id: string, memberId: string, key: string): Promise<void> => {
      await takeLed(tx, actor, id);
      const { verifierKeys } = await getMember(tx, id, memberId);
      const { verifierKey } = await readNewKey(tx, id, key, memberId);
      if (verifierKeys.includes(verifierKey)) return;
      await addKey(tx, memberId, verifierKey);
      const state = 'joined' as const;
      await tell(
        tx,
        actor,
        id,
        { type: 'member.changed', programme: id, member: memberId, state },
        { member: memberId, state },
      );
    },

    /**
     * The month-end of a member as a file for the lead alone: the exact figures of the whole municipality, signed by its log.
     *
     * @throws DomainError not_found, programme_kind_wrong, month_not_over, month_not_published, ledger_empty
     */
    contribute: async (
      tx: Tx,
      actor: Actor,
      id: string,
      month: string,
    ): Promise<{ readonly note: string; readonly file: string }> => {
      assertAllowed(programmePolicy, actor, 'programme:write');
      const programme = await getProgramme(tx, id);
      const invited = invitationOf(programme);
      if (invited === null) throw kindWrong(programme);
      const kept = await requireMonth(tx, id, month, clock.now());
      const [whole] = kept.exact;
      if (whole === undefined) throw new Error('a month-end has a whole');
      const checkpoint = await readCheckpoint(tx, kept.size);
      const text = encodeContribution({
        programme: invited.programme,
        origin: checkpoint.origin,
        month,
        size: String(kept.size),
        root: checkpoint.rootHash.toString('base64'),
        targetGroup: programme.targetGroup,
        counts: whole.counts,
        checkpoint: checkpoint.note,
      });
      const { note } = await keys.signWithLogKey(tx, actor.municipalityId, text);
      return { note, file: await encryptTo(invited.recipient, note) };
    },

    /** Tells that a contribution was handed out. */
    tellContributed: async (tx: Tx, actor: Actor, id: string, month: string, note: string): Promise<void> => {
      const { size } = await requireMonth(tx, id, month, clock.now());
      const leaf = {
        type: 'contribution.made',
        programme: id,
        month,
        size: String(size),
        hash: hashOf(note),
      } as const;
      await tell(tx, actor, id, leaf, { month });
    },

    /**
     * Takes a contribution in. The same one again changes nothing.
     *
     * @throws DomainError not_allowed, not_found, programme_kind_wrong, contribution_refused, contribution_exists
     */
    receive: async (tx: Tx, actor: Actor, id: string, file: string): Promise<string> => {
      await takeLed(tx, actor, id);
      const opened = await decrypt(tx, actor.municipalityId, vault, file);
      if (typeof opened === 'string') throw refused(opened);
      const now = clock.now();
      const received = await listContributions(tx, id);
      const members = await listMembers(tx, id);
      const { member, text, contribution } = checkContribution(opened.text, {
        programme: id,
        members,
        received,
        now,
      });
      const { month, origin, size, root, targetGroup, counts } = contribution;
      const before = received.find((one) => one.memberId === member.id && one.month === month);
      if (before !== undefined) {
        // Signed anew with another key it is still the same.
        if (before.note.startsWith(`${text}\n`)) return before.id;
        throw new DomainError('contribution_exists', { member: member.name, month });
      }
      const row: ContributionRow = {
        id: randomUUID(),
        memberId: member.id,
        month,
        note: opened.text,
        figures: { origin, size, root, targetGroup, counts },
        receivedAt: now,
      };
      await insertContribution(tx, id, row);
      const leaf = {
        type: 'contribution.received',
        programme: id,
        member: member.id,
        contribution: row.id,
        month,
        hash: hashOf(opened.text),
      } as const;
      await tell(tx, actor, id, leaf, { member: member.id, month });
      return row.id;
    },

    /** What was received. @throws DomainError not_found */
    readReceived: async (tx: ReadTx, id: string, contribution: string) => {
      const found = (await listContributions(tx, id)).find((one) => one.id === contribution);
      if (found === undefined) throw new DomainError('not_found', { kind: 'contribution' });
      const { name } = await getMember(tx, id, found.memberId);
      return { member: name, month: found.month, receivedAt: found.receivedAt.toISOString() };
    },
  };
}

/** Two members never have the same log. @throws DomainError verifier_key_invalid, member_exists */
async function readNewKey(tx: Tx, programmeId: string, key: string, memberId: string | null) {
  const verifier = readLogKey(key);
  for (const other of await listMembers(tx, programmeId)) {
    if (other.id !== memberId && other.verifierKeys.some((known) => readLogKey(known).name === verifier.name))
      throw new DomainError('member_exists', { name: other.name });
  }
  return verifier;
}

const invitationOf = (programme: ProgrammeRow): Invitation | null =>
  programme.kind === 'member' ? invitation.parse(programme.invitation) : null;

const plannedOf = (milestones: Invitation['milestones']) =>
  milestones.map(({ id: code, ...rest }) => ({ code, ...rest }));

/** Hexadecimal. The signature is in what is hashed, so nobody can try out figures against it. */
const hashOf = (note: string): string => createHash('sha256').update(note).digest('hex');

async function readCheckpoint(tx: ReadTx, size: bigint) {
  const [row] = await queryHot<{ origin: string; rootHash: Buffer; note: string }>(
    tx,
    Prisma.sql`SELECT origin, root_hash AS "rootHash", note FROM ledger_checkpoint WHERE size = ${size}::bigint`,
  );
  if (row === undefined) throw new Error('month-ends are counted at signed sizes');
  return row;
}
