import type { VisitPurpose, VisitState } from '../../contract/index.ts';
import { Prisma, queryHot, type ReadTx } from '../../storage/index.ts';

/** What a page says of the visit around the call. */
export interface PageVisit {
  readonly municipality: string;
  readonly isDemo: boolean;
  readonly state: VisitState;
  readonly proposedBy: 'citizen' | 'worker' | null;
  readonly purposes: readonly VisitPurpose[];
  readonly citizen: string;
  readonly worker: string;
  readonly workerName: string;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  readonly next: { readonly startsAt: Date; readonly channel: 'video' | 'physical' | 'phone' } | null;
}

/** In one statement: a page asks for it again with each change. */
export async function readPageVisit(tx: ReadTx, visitId: string): Promise<PageVisit> {
  const [row] = await queryHot<
    Omit<PageVisit, 'next'> & { readonly nextAt: Date | null; readonly nextChannel: string | null }
  >(
    tx,
    Prisma.sql`
    SELECT m.name AS municipality, m.is_demo AS "isDemo", v.state, v.proposed_by AS "proposedBy", v.purposes, c.code AS citizen, w.initials AS worker, w.name AS "workerName",
      v.planned_starts_at AS "startsAt", v.planned_ends_at AS "endsAt", n.planned_starts_at AS "nextAt", n.channel AS "nextChannel"
    FROM visit v
    JOIN municipality m ON m.id = v.municipality_id
    JOIN citizen c ON c.municipality_id = v.municipality_id AND c.id = v.citizen_id
    JOIN staff w ON w.municipality_id = v.municipality_id AND w.id = v.worker_id
    LEFT JOIN LATERAL (SELECT o.planned_starts_at, o.channel FROM visit o
      WHERE o.municipality_id = v.municipality_id AND o.citizen_id = v.citizen_id AND o.id <> v.id AND o.state = 'planned'
        AND o.planned_starts_at > v.happens_at
      ORDER BY o.planned_starts_at LIMIT 1) AS n ON true
    WHERE v.id = ${visitId}::uuid`,
  );
  if (row === undefined) throw new Error('a call has a visit');
  const { nextAt, nextChannel, ...visit } = row;
  const isChannel = nextChannel === 'video' || nextChannel === 'physical' || nextChannel === 'phone';
  return {
    ...visit,
    next: nextAt === null || !isChannel ? null : { startsAt: nextAt, channel: nextChannel },
  };
}
