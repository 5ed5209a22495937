import type { ReviewAnswer } from '../../../contract/index.ts';
import { Prisma, queryHot, type ReadTx, type Tx } from '../../../storage/index.ts';

export interface ContactRow {
  readonly code: string;
  /** Initials of the support worker. */
  readonly worker: string | null;
  readonly lastVideoAt: Date;
  readonly videoSinceAt: Date;
  readonly lastInPersonAt: Date | null;
  readonly answer: ReviewAnswer | null;
  readonly answeredOn: string | null;
  readonly answeredBy: string | null;
}

const withPart = (kind: 'video' | 'physical') =>
  Prisma.sql`EXISTS (SELECT 1 FROM visit_part AS part WHERE part.visit_id = visit.id AND part.kind = ${kind})`;

/**
 * Contact with those who had a held visit by video from `since` on: each is looked up by their own visits, the latest
 * first, so that years of history are not read. A visit that turned physical is one in person. Under row security an
 * index is searched for a plain value only, which OFFSET 0 makes of the time of the last visit in person.
 *
 * @param which a condition on `citizen`
 */
export const listContacts = (
  tx: ReadTx,
  which: Prisma.Sql,
  { since, now }: { readonly since: Date; readonly now: Date },
): Promise<ContactRow[]> =>
  queryHot<ContactRow>(
    tx,
    Prisma.sql`
    SELECT citizen.code, worker.initials AS worker, recent.at AS "lastVideoAt", first.at AS "videoSinceAt", nullif(in_person.at, '-infinity') AS "lastInPersonAt",
      review.answer, review.reviewed_on AS "answeredOn", review.initials AS "answeredBy"
    FROM citizen
    LEFT JOIN staff AS worker ON worker.municipality_id = citizen.municipality_id AND worker.id = citizen.worker_id
    CROSS JOIN LATERAL (
      SELECT visit.happens_at AS at FROM visit
      WHERE visit.citizen_id = citizen.id AND visit.happens_at >= ${since}::timestamptz AND visit.happens_at <= ${now}::timestamptz
        AND visit.state = 'held' AND ${withPart('video')}
      ORDER BY visit.happens_at DESC LIMIT 1
    ) AS recent
    CROSS JOIN LATERAL (
      SELECT coalesce((
        SELECT visit.happens_at FROM visit
        WHERE visit.citizen_id = citizen.id AND visit.happens_at <= ${now}::timestamptz
          AND visit.state NOT IN ('cancelled', 'futile') AND ${withPart('physical')}
        ORDER BY visit.happens_at DESC LIMIT 1
      ), '-infinity') AS at OFFSET 0
    ) AS in_person
    CROSS JOIN LATERAL (
      SELECT visit.happens_at AS at FROM visit
      WHERE visit.citizen_id = citizen.id AND visit.happens_at > in_person.at
        AND visit.state = 'held' AND ${withPart('video')}
      ORDER BY visit.happens_at LIMIT 1
    ) AS first
    LEFT JOIN LATERAL (
      SELECT review.answer, review.reviewed_on::text, staff.initials FROM contact_review AS review
      LEFT JOIN staff ON staff.municipality_id = review.municipality_id AND staff.id = review.staff_id
      WHERE review.citizen_id = citizen.id ORDER BY review.recorded_at DESC, review.id DESC LIMIT 1
    ) AS review ON true
    WHERE citizen.erased_at IS NULL AND ${which}
    ORDER BY citizen.code`,
  );

export async function insertReview(
  tx: Tx,
  review: {
    readonly id: string;
    readonly citizenId: string;
    readonly answer: ReviewAnswer;
    readonly on: string;
    readonly staffId: string;
  },
  now: Date,
): Promise<void> {
  await queryHot(
    tx,
    Prisma.sql`
    INSERT INTO contact_review (municipality_id, id, citizen_id, answer, reviewed_on, staff_id, recorded_at)
    VALUES (app_municipality(), ${review.id}::uuid, ${review.citizenId}::uuid, ${review.answer}, ${review.on}::date, ${review.staffId}::uuid,
      ${now}::timestamptz)`,
  );
}
