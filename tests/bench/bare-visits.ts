import type { FastifyInstance } from 'fastify';
import type { InTenant } from './bare-tenant.ts';

interface Visit {
  readonly parts: readonly { readonly kind: string; readonly minutes: number | null }[];
  readonly state: string;
  readonly planned: { readonly endsAt: Date } | null;
}

const videoOnlyWeeks = 6;

/** A worker's day or week, with all that the page shows but days off. Times of JSON are written as the service does. */
export function registerBareOverview(app: FastifyInstance, inTenant: InTenant): void {
  app.get<{ Querystring: { worker: string; from: string; days: string } }>(
    '/visits/overview',
    async ({ query: { worker, from, days } }) => {
      const now = new Date();
      return inTenant(' READ ONLY', async (ask) => {
        const rows = await ask<Visit & { plannedStartsAt: Date | null; plannedEndsAt: Date | null }>({
          name: 'overview',
          text: overview,
          values: [worker, from, days],
        });
        const due = await ask<{ code: string }>({
          name: 'reviews-due',
          text: reviewsDue,
          values: [worker, now, 7 * videoOnlyWeeks - 1],
        });
        const visits = rows.map(({ plannedStartsAt, plannedEndsAt, ...visit }) => {
          const planned =
            plannedEndsAt === null ? null : { startsAt: plannedStartsAt, endsAt: plannedEndsAt };
          const minutes = { video: 0, physical: 0, phone: 0, travel: 0, waiting: 0 };
          for (const part of visit.parts) minutes[part.kind as keyof typeof minutes] += part.minutes ?? 0;
          return { ...visit, planned, minutes };
        });
        const to = new Date(Date.parse(from) + Number(days) * 86_400_000).toISOString().slice(0, 10);
        const unrecorded = visits.filter(
          ({ state, planned }) =>
            (state === 'planned' || state === 'open') && planned !== null && planned.endsAt <= now,
        ).length;
        return { worker, from, to, visits, unrecorded, reviewsDue: due.map(({ code }) => code) };
      });
    },
  );
}

const utc = (time: string) => `to_char(${time}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const overview = `
  SELECT v.id, c.code AS citizen, w.initials AS worker, v.channel, v.origin, v.state, v.happens_at AS at,
    v.planned_starts_at AS "plannedStartsAt", v.planned_ends_at AS "plannedEndsAt", v.proposed_by AS "proposedBy", v.purposes, v.topics,
    v.overruled, v.revision, v.created_at AS "createdAt", v.updated_at AS "updatedAt",
    CASE WHEN v.plan_id IS NOT NULL THEN json_build_object('id', v.plan_id, 'week', v.plan_week, 'slot', v.plan_slot) END AS plan,
    CASE WHEN v.ended_reason IS NOT NULL THEN json_build_object('by', v.ended_by, 'reason', v.ended_reason) END AS ended,
    (SELECT json_build_object('bookingId', b.id, 'id', r.id, 'name', r.name, 'site', s.name)
      FROM booking b
      JOIN room r ON r.municipality_id = b.municipality_id AND r.id = b.room_id
      JOIN site s ON s.municipality_id = r.municipality_id AND s.id = r.site_id
      WHERE b.municipality_id = v.municipality_id AND b.id = v.booking_id) AS room,
    coalesce((SELECT json_agg(json_build_object('kind', p.kind, 'startsAt', ${utc('p.starts_at')}, 'endsAt', ${utc('p.ends_at')},
        'minutes', p.minutes) ORDER BY p.place)
      FROM visit_part p WHERE p.municipality_id = v.municipality_id AND p.visit_id = v.id), '[]') AS parts,
    coalesce((SELECT json_agg(json_build_object('kind', p.kind, 'initials', st.initials) ORDER BY p.place)
      FROM visit_participant p LEFT JOIN staff st ON st.municipality_id = p.municipality_id AND st.id = p.staff_id
      WHERE p.municipality_id = v.municipality_id AND p.visit_id = v.id), '[]') AS participants,
    EXISTS (SELECT FROM visit_note n WHERE n.municipality_id = v.municipality_id AND n.visit_id = v.id) AS "hasNote",
    coalesce((SELECT h.state FROM hand_off h WHERE h.municipality_id = v.municipality_id AND h.visit_id = v.id ORDER BY h.revision DESC LIMIT 1),
      'none') AS "handOff"
  FROM visit v
  JOIN citizen c ON c.municipality_id = v.municipality_id AND c.id = v.citizen_id
  JOIN staff w ON w.municipality_id = v.municipality_id AND w.id = v.worker_id
  WHERE v.worker_id = (SELECT id FROM staff WHERE initials = $1)
    AND v.happens_at >= $2::date::timestamp AT TIME ZONE 'Europe/Copenhagen'
    AND v.happens_at < ($2::date + $3::int)::timestamp AT TIME ZONE 'Europe/Copenhagen'
  ORDER BY v.happens_at, v.id`;

/** Seen by video within the weeks of the rule and before them, never in person since, and nobody has answered for it. */
const reviewsDue = `
  WITH rule AS MATERIALIZED (
    SELECT ($2::timestamptz AT TIME ZONE 'Europe/Copenhagen')::date - $3::int AS day,
      (($2::timestamptz AT TIME ZONE 'Europe/Copenhagen')::date - $3::int)::timestamp AT TIME ZONE 'Europe/Copenhagen' AS since
  )
  SELECT c.code FROM citizen c CROSS JOIN rule
  CROSS JOIN LATERAL (
    SELECT v.happens_at AS at FROM visit v
    WHERE v.citizen_id = c.id AND v.happens_at < rule.since AND v.state = 'held'
      AND EXISTS (SELECT FROM visit_part p WHERE p.municipality_id = v.municipality_id AND p.visit_id = v.id AND p.kind = 'video')
    ORDER BY v.happens_at DESC LIMIT 1
  ) AS before
  WHERE c.worker_id = (SELECT id FROM staff WHERE initials = $1) AND c.erased_at IS NULL
    AND EXISTS (
      SELECT FROM visit v JOIN visit_part p ON p.municipality_id = v.municipality_id AND p.visit_id = v.id AND p.kind = 'video'
      WHERE v.citizen_id = c.id AND v.happens_at BETWEEN rule.since AND $2 AND v.state = 'held')
    AND NOT EXISTS (
      SELECT FROM visit v JOIN visit_part p ON p.municipality_id = v.municipality_id AND p.visit_id = v.id AND p.kind = 'physical'
      WHERE v.citizen_id = c.id AND v.happens_at > before.at AND v.happens_at <= $2 AND v.state NOT IN ('cancelled', 'futile'))
    AND NOT EXISTS (SELECT FROM contact_review r WHERE r.citizen_id = c.id AND r.reviewed_on >= rule.day)
  ORDER BY c.code`;
