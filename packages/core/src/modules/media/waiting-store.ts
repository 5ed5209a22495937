import type { ParticipantKind, SeatKind } from '../../contract/index.ts';
import { Prisma, queryHot, type ReadTx } from '../../storage/index.ts';

export interface WaitingRow {
  readonly visit: string;
  readonly seat: string;
  readonly citizen: string;
  readonly kind: SeatKind;
  readonly role: ParticipantKind | null;
  readonly since: Date;
  readonly byPhone: boolean;
  readonly plannedStartsAt: Date | null;
}

const mostShown = 100;

/** Who waits in the calls that somebody hosts or takes part in; who has waited longest first. */
export function listWaiting(tx: ReadTx, staffId: string, now: Date): Promise<WaitingRow[]> {
  return queryHot<WaitingRow>(
    tx,
    Prisma.sql`
    SELECT c.visit_id AS visit, s.id AS seat, citizen.code AS citizen, s.kind, s.role, s.waiting_since AS since,
      s.by_phone AS "byPhone", v.planned_starts_at AS "plannedStartsAt"
    FROM call_seat s
    JOIN call c ON c.municipality_id = s.municipality_id AND c.id = s.call_id
    JOIN visit v ON v.municipality_id = c.municipality_id AND v.id = c.visit_id
    JOIN citizen ON citizen.municipality_id = v.municipality_id AND citizen.id = v.citizen_id
    WHERE s.state = 'waiting' AND c.state IN ('prepared', 'on') AND c.closes_at > ${now}::timestamptz
      AND EXISTS (SELECT 1 FROM call_seat own WHERE own.municipality_id = s.municipality_id AND own.call_id = s.call_id
        AND own.staff_id = ${staffId}::uuid AND own.state <> 'refused')
    ORDER BY s.waiting_since, s.id LIMIT ${mostShown}`,
  );
}
