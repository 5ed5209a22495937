import type { z } from 'zod';
import type { Assessment, access, Citizen, Step } from '../../contract/index.ts';
import type { AccessRow, AssessmentRow, CitizenRow, StepRow } from './store.ts';

export const presentCitizen = (row: CitizenRow): Citizen => ({
  code: row.code,
  status: row.status,
  team: row.teamId === null ? null : { id: row.teamId, name: row.teamName ?? '' },
  worker: row.worker,
  substitute: row.substitute,
  legalBasis: row.legalBasis,
  granted: { minutes: row.grantedMinutes, per: row.grantedPer },
  supportFrom: row.supportFrom,
  equipment: row.equipment,
  connection: row.connection,
  itSkills: row.itSkills,
  acquaintance:
    row.acquaintance === 'met' ? { kind: 'met', on: row.metOn ?? '' } : { kind: row.acquaintance },
  substituteByVideo: row.substituteByVideo,
  erasedAt: row.erasedAt?.toISOString() ?? null,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

export const presentStep = (row: StepRow): Step => ({
  id: row.id,
  from: row.from,
  to: row.to,
  reason: row.reason,
  on: row.on,
  by: row.by,
  recordedAt: row.recordedAt.toISOString(),
});

export const presentAssessment = (row: AssessmentRow): Assessment => ({
  id: row.id,
  outcome: row.outcome,
  reasons: row.reasons,
  withCitizen: row.withCitizen,
  on: row.on,
  by: row.by,
  recordedAt: row.recordedAt.toISOString(),
});

export const presentAccess = (row: AccessRow): z.output<typeof access> => ({
  id: row.id,
  by: row.by,
  reason: row.reason,
  kind: row.kind,
  at: row.at.toISOString(),
});
