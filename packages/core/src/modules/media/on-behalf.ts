import { type Actor, systemActor } from '../identity/index.ts';
import type { VisitRow } from '../visits/index.ts';

/**
 * The worker whose visit it is, on whose behalf a talk records itself and links act; no more may be done so than by them. Its
 * citizen is within their reach, also where they are another team's.
 */
export const workerOf = (municipalityId: string, { workerId, worker, teamId }: VisitRow): Actor => ({
  ...systemActor(municipalityId),
  staffId: workerId,
  initials: worker,
  teamId,
  roles: ['support-worker'],
  scopes: null,
});
