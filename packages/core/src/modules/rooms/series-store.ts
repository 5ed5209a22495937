import type { z } from 'zod';
import type { skipped } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../storage/index.ts';

export type Skipped = z.output<typeof skipped>;

export interface SeriesRow {
  readonly id: string;
  readonly roomId: string;
  readonly workerId: string;
  readonly worker: string;
  readonly rrule: string;
  readonly skipped: Skipped[];
  readonly createdAt: Date;
}

/** @throws DomainError not_found */
export async function getSeries(tx: ReadTx, id: string): Promise<SeriesRow> {
  const [row] = await queryHot<SeriesRow>(
    tx,
    Prisma.sql`
    SELECT q.id, q.room_id AS "roomId", q.worker_id AS "workerId", w.initials AS worker, q.rrule, q.skipped, q.created_at AS "createdAt"
    FROM booking_series q JOIN staff w ON w.municipality_id = q.municipality_id AND w.id = q.worker_id
    WHERE q.id = ${id}::uuid`,
  );
  if (row === undefined) throw new DomainError('not_found', { kind: 'series' });
  return row;
}

export async function insertSeries(
  tx: Tx,
  series: { readonly id: string; readonly roomId: string; readonly workerId: string; readonly rrule: string },
  now: Date,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO booking_series (municipality_id, id, room_id, worker_id, rrule, skipped, created_at)
    VALUES (app_municipality(), ${series.id}::uuid, ${series.roomId}::uuid, ${series.workerId}::uuid, ${series.rrule}, '[]'::jsonb, ${now}::timestamptz)`;
}

export async function setSkipped(tx: Tx, id: string, skipped: readonly Skipped[]): Promise<void> {
  await tx.$executeRaw`UPDATE booking_series SET skipped = ${JSON.stringify(skipped)}::jsonb WHERE id = ${id}::uuid`;
}
