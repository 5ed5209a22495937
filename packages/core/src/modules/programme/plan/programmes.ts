import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { api, ProgrammeKind, Rhythm } from '../../../contract/index.ts';
import { programmeKindWords } from '../../../contract/programme-words.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { Tx } from '../../../storage/index.ts';
import { type Actor, assertAllowed } from '../../identity/index.ts';
import { programmePolicy } from '../policy.ts';
import { milestoneTold, type ProgrammeRecorder, programmeLeaf } from './record.ts';
import type { PlannedMilestone, ProgrammeRow } from './rows.ts';
import { assertDatesFit, milestoneChanges, sameCode, tidyMilestones } from './rules.ts';
import {
  deleteMilestones,
  insertProgramme,
  listMilestones,
  lockProgramme,
  putMilestones,
  updateProgramme,
} from './store.ts';

type Body<Name extends 'create' | 'change' | 'setMilestones' | 'setMilestone'> = z.output<
  (typeof api.programme)[Name]['body']
>;

/** What a programme begins as. */
export interface NewProgramme {
  /** The lead's id of it, where it is a joint one that somebody else leads. */
  readonly id?: string;
  readonly name: string;
  readonly kind: ProgrammeKind;
  readonly targetGroup: number;
  readonly startsOn: string;
  readonly trialOn: string | null;
  readonly endsOn: string | null;
  readonly rhythm: Rhythm;
  readonly invitation: unknown;
  readonly milestones: readonly PlannedMilestone[];
}

/** The error for what is not done to a programme of this kind. */
export const kindWrong = ({ name, kind, isHistory }: Pick<ProgrammeRow, 'name' | 'kind' | 'isHistory'>) => {
  const [da, en] = isHistory
    ? (['et afsluttet forløb', 'a course of the past'] as const)
    : programmeKindWords[kind];
  return new DomainError('programme_kind_wrong', { name, kind_da: da, kind_en: en });
};

/**
 * A programme that is to be written, held until the transaction ends. A course of the past stays as it was.
 *
 * @throws DomainError not_allowed, not_found, programme_kind_wrong
 */
export async function takeProgramme(tx: Tx, actor: Actor, id: string): Promise<ProgrammeRow> {
  assertAllowed(programmePolicy, actor, 'programme:write');
  const row = await lockProgramme(tx, id);
  if (row.isHistory) throw kindWrong(row);
  return row;
}

export interface ProgrammesDeps {
  readonly clock: Clock;
  readonly record: ProgrammeRecorder;
}

/** Programmes and their milestones as they are planned. Everything here is done within the caller's transaction. */
export function createProgrammes({ clock, record }: ProgrammesDeps) {
  /** The milestones of a programme are its lead's to set; who takes part has them from the invitation. */
  const takeMilestones = async (tx: Tx, actor: Actor, id: string): Promise<ProgrammeRow> => {
    const row = await takeProgramme(tx, actor, id);
    if (row.kind === 'member') throw kindWrong(row);
    return row;
  };

  const setAll = async (
    tx: Tx,
    actor: Pick<Actor, 'staffId'>,
    programme: Pick<ProgrammeRow, 'id' | 'startsOn'>,
    wanted: readonly PlannedMilestone[],
  ): Promise<void> => {
    const standing = await listMilestones(tx, programme.id);
    const { set, removed } = milestoneChanges(standing, tidyMilestones(programme, wanted, standing));
    await deleteMilestones(
      tx,
      programme.id,
      removed.map(({ code }) => code),
    );
    await putMilestones(tx, programme.id, set, clock.now());
    await record.tell(tx, actor.staffId, programme.id, [
      ...removed.map((one) => milestoneTold(programme.id, one, true)),
      ...set.map((one) => milestoneTold(programme.id, one, false)),
    ]);
  };

  /**
   * Begins a programme of any kind; what somebody may begin is for the caller to ask.
   *
   * @throws DomainError programme_exists, programme_dates_invalid, milestones_invalid
   */
  const begin = async (
    tx: Tx,
    actor: Pick<Actor, 'staffId'>,
    { milestones, id = randomUUID(), ...draft }: NewProgramme,
  ): Promise<ProgrammeRow> => {
    assertDatesFit(draft);
    const row: ProgrammeRow = { ...draft, id, isHistory: false, createdAt: clock.now() };
    await insertProgramme(tx, row);
    await record.tell(tx, actor.staffId, id, [{ leaf: programmeLeaf(row), data: { kind: row.kind } }]);
    await setAll(tx, actor, row, milestones);
    return row;
  };

  return {
    begin,

    /** @throws DomainError not_allowed, programme_exists, programme_dates_invalid */
    create: async (tx: Tx, actor: Actor, wish: Body<'create'>): Promise<ProgrammeRow> => {
      assertAllowed(programmePolicy, actor, 'programme:write');
      return begin(tx, actor, { ...wish, kind: 'own', invitation: null, milestones: [] });
    },

    /**
     * What the lead of a joint programme decides, its name and days, is not changed by those who take part.
     *
     * @throws DomainError not_allowed, not_found, programme_exists, programme_dates_invalid, programme_kind_wrong,
     *   milestones_invalid where a milestone would be due before the programme begins
     */
    change: async (tx: Tx, actor: Actor, id: string, wish: Body<'change'>): Promise<ProgrammeRow> => {
      const before = await takeProgramme(tx, actor, id);
      const isTheLeads = wish.name !== undefined || wish.startsOn !== undefined || wish.endsOn !== undefined;
      if (before.kind === 'member' && isTheLeads) throw kindWrong(before);
      const row: ProgrammeRow = {
        ...before,
        name: wish.name ?? before.name,
        targetGroup: wish.targetGroup ?? before.targetGroup,
        startsOn: wish.startsOn ?? before.startsOn,
        trialOn: wish.trialOn === undefined ? before.trialOn : wish.trialOn,
        endsOn: wish.endsOn === undefined ? before.endsOn : wish.endsOn,
        rhythm: wish.rhythm ?? before.rhythm,
      };
      assertDatesFit(row);
      const standing = await listMilestones(tx, id);
      tidyMilestones(row, standing, standing);
      await updateProgramme(tx, row, clock.now());
      await record.tell(tx, actor.staffId, id, [{ leaf: programmeLeaf(row), data: { kind: row.kind } }]);
      return row;
    },

    /** @throws DomainError not_allowed, not_found, programme_kind_wrong, milestones_invalid */
    setMilestones: async (
      tx: Tx,
      actor: Actor,
      id: string,
      { milestones }: Body<'setMilestones'>,
    ): Promise<void> => {
      const programme = await takeMilestones(tx, actor, id);
      await setAll(
        tx,
        actor,
        programme,
        milestones.map(({ id: code, ...rest }) => ({ code, ...rest })),
      );
    },

    /**
     * Sets one and leaves the others.
     *
     * @returns the code as the plan spells it
     * @throws DomainError not_allowed, not_found, programme_kind_wrong, milestones_invalid
     */
    setMilestone: async (
      tx: Tx,
      actor: Actor,
      id: string,
      code: string,
      wish: Body<'setMilestone'>,
    ): Promise<string> => {
      const programme = await takeMilestones(tx, actor, id);
      const standing = await listMilestones(tx, id);
      const others = standing.filter((one) => !sameCode(one.code, code));
      await setAll(tx, actor, programme, [...others, { code, ...wish }]);
      return standing.find((one) => sameCode(one.code, code))?.code ?? code;
    },

    /** @throws DomainError not_allowed, not_found for programme and milestone, programme_kind_wrong */
    removeMilestone: async (tx: Tx, actor: Actor, id: string, code: string): Promise<string> => {
      const programme = await takeMilestones(tx, actor, id);
      const standing = await listMilestones(tx, id);
      const found = standing.find((one) => sameCode(one.code, code));
      if (found === undefined) throw new DomainError('not_found', { kind: `milestone ${code}` });
      await setAll(
        tx,
        actor,
        programme,
        standing.filter((one) => one !== found),
      );
      return found.code;
    },
  };
}
