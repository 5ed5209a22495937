import type { RoomWish } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';
import type { VisitRow, VisitsService } from '../visits/index.ts';
import { workerOf } from './on-behalf.ts';

/** Where a visit was never planned, as one that is written down by hand. */
const usualMs = 30 * 60_000;

/** Whether it stands in the calendar already: who finishes twice, because no answer came, plans once. */
async function isPlanned(tx: ReadTx, { citizenId, workerId }: VisitRow, startsAt: Date): Promise<boolean> {
  const rows = await queryHot(
    tx,
    Prisma.sql`
    SELECT 1 AS planned FROM visit v WHERE v.citizen_id = ${citizenId}::uuid AND v.worker_id = ${workerId}::uuid
      AND v.state = 'planned' AND v.planned_starts_at = ${startsAt}::timestamptz`,
  );
  return rows.length > 0;
}

/**
 * Plans the next visit as this one: by video, as long, for the same purposes, in the same room, or in another where that
 * one is taken. To be done before the visit in hand is: calendars come first in the order that everybody keeps.
 *
 * @throws DomainError as for planning a visit
 */
export async function planNext(
  visits: Pick<VisitsService, 'plan'>,
  tx: Tx,
  municipalityId: string,
  visit: VisitRow,
  next: string,
): Promise<void> {
  const startsAt = new Date(next);
  if (await isPlanned(tx, visit, startsAt)) return;
  const { plannedStartsAt, plannedEndsAt } = visit;
  const lengthMs =
    plannedStartsAt === null || plannedEndsAt === null
      ? usualMs
      : plannedEndsAt.getTime() - plannedStartsAt.getTime();
  const actor = workerOf(municipalityId, visit);
  const plan = (room: RoomWish) =>
    visits.plan(tx, actor, {
      citizen: visit.citizen,
      channel: 'video',
      startsAt: startsAt.toISOString(),
      endsAt: new Date(startsAt.getTime() + lengthMs).toISOString(),
      room,
      purposes: [...visit.purposes],
      participants: [],
      propose: false,
      acknowledge: [...visit.overruled],
    });
  if (visit.room === null) {
    await plan({ kind: 'none' });
    return;
  }
  try {
    await plan({ kind: 'room', roomId: visit.room.id });
  } catch (error) {
    // After this refusal nothing was written, and the transaction goes on.
    if (!(error instanceof DomainError) || error.code !== 'hold_refused') throw error;
    await plan({ kind: 'any', site: null, needs: [] });
  }
}
