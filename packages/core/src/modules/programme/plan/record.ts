import type { Ledger, LedgerEntry } from '../../../ledger/index.ts';
import type { Change, ChangeEvents, Tx } from '../../../storage/index.ts';
import type { PlannedMilestone, ProgrammeRow } from './rows.ts';

export interface RecordDeps {
  readonly ledger: Ledger;
  readonly changes: ChangeEvents;
}

export type ProgrammeRecorder = ReturnType<typeof createProgrammeRecorder>;

/** Tells ledger and listeners of a programme, in the transaction that changes it. Names and titles are told to neither. */
export function createProgrammeRecorder({ ledger, changes }: RecordDeps) {
  return {
    /**
     * @param entity the programme's id
     * @param data of each leaf in turn, what listeners are told beside it
     */
    tell: async (
      tx: Tx,
      staffId: string,
      entity: string,
      entries: readonly { readonly leaf: LedgerEntry; readonly data: NonNullable<Change['data']> }[],
    ): Promise<void> => {
      if (entries.length === 0) return;
      await ledger.append(
        tx,
        staffId,
        entries.map(({ leaf }) => leaf),
      );
      await changes.append(
        tx,
        ...entries.map(({ leaf, data }) => ({
          type: leaf.type,
          entity: { kind: 'programme', id: entity },
          data,
        })),
      );
    },
  };
}

/** The whole of a programme as a leaf; see ledger/format/entries.ts. */
export const programmeLeaf = (
  row: Pick<ProgrammeRow, 'id' | 'kind' | 'targetGroup' | 'startsOn' | 'trialOn' | 'endsOn'>,
): LedgerEntry => ({
  type: 'programme.changed',
  programme: row.id,
  kind: row.kind,
  targetGroup: row.targetGroup,
  startsOn: row.startsOn,
  trialOn: row.trialOn,
  endsOn: row.endsOn,
});

/** The whole of a milestone as a leaf, also as it is taken off the plan. */
export const milestoneLeaf = (
  programme: string,
  { code, due, needs }: Pick<PlannedMilestone, 'code' | 'due' | 'needs'>,
  removed: boolean,
): LedgerEntry => ({ type: 'milestone.set', programme, milestone: code, due, needs, removed });

export const milestoneTold = (programme: string, milestone: PlannedMilestone, removed: boolean) => ({
  leaf: milestoneLeaf(programme, milestone, removed),
  data: { milestone: milestone.code, due: milestone.due, removed },
});
