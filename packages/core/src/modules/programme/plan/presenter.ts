import type { z } from 'zod';
import type { Decision, milestoneFile, Programme, programmeRoutes } from '../../../contract/index.ts';
import type { DecisionRow } from './plan-store.ts';
import type { PreparationRow } from './preparation-store.ts';
import type { PlannedMilestone, ProgrammeRow } from './rows.ts';

export const presentProgramme = (row: ProgrammeRow): Programme => ({
  id: row.id,
  name: row.name,
  kind: row.kind,
  targetGroup: row.targetGroup,
  startsOn: row.startsOn,
  trialOn: row.trialOn,
  endsOn: row.endsOn,
  rhythm: row.rhythm,
  isHistory: row.isHistory,
  createdAt: row.createdAt.toISOString(),
});

/** As the file of milestones has it. */
export const presentMilestone = ({
  code,
  due,
  da,
  en,
  needs,
}: PlannedMilestone): z.output<typeof milestoneFile>['milestones'][number] => ({
  id: code,
  due,
  da,
  en,
  needs: [...needs],
});

export const presentDecision = (row: DecisionRow): Decision => ({
  id: row.id,
  kind: row.kind,
  choice: row.choice,
  on: row.on,
  reference: row.reference,
  by: row.by,
  recordedAt: row.recordedAt.toISOString(),
});

type Preparation = z.output<typeof programmeRoutes.listPreparations.reply>['items'][number];

export const presentPreparation = (row: PreparationRow): Preparation => ({
  initials: row.initials,
  kind: row.kind,
  on: row.on,
  by: row.by,
  recordedAt: row.recordedAt.toISOString(),
});
