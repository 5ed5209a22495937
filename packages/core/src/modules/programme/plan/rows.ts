import type { MilestoneNeed, ProgrammeKind, Rhythm } from '../../../contract/index.ts';

/** What a programme is. Days are "YYYY-MM-DD", Europe/Copenhagen. */
export interface ProgrammeRow {
  readonly id: string;
  readonly name: string;
  readonly kind: ProgrammeKind;
  readonly targetGroup: number;
  readonly startsOn: string;
  readonly trialOn: string | null;
  readonly endsOn: string | null;
  /** Weeks between two of each standing follow-up. */
  readonly rhythm: Rhythm;
  /** Of a member: the lead's invitation as it came. */
  readonly invitation: unknown;
  readonly isHistory: boolean;
  readonly createdAt: Date;
}

/** A milestone as it was planned; whether and when it was reached is for the log to say. */
export interface PlannedMilestone {
  readonly code: string;
  readonly due: string;
  readonly da: string;
  readonly en: string;
  readonly needs: readonly MilestoneNeed[];
}
