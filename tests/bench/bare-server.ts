// The baseline: what somebody would write who wants nothing but speed and the one thing that may not be left out, the
// municipality set for each transaction. No tokens, no checks, no ledger, no events, no logs. Runs in a process of its
// own, told in its environment where the database is and whose rows to touch; tells its address to its parent.
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import { registerBareGranted } from './bare-granted.ts';
import { createTenant } from './bare-tenant.ts';
import { registerBareOverview } from './bare-visits.ts';

const { DATABASE_URL = '', MUNICIPALITY: municipality = '' } = process.env;
const inTenant = createTenant(DATABASE_URL, municipality);
const app = fastify({ logger: false });
registerBareOverview(app, inTenant);
registerBareGranted(app, inTenant);

app.get<{ Querystring: { from: string; to: string; limit: string } }>('/bookings', async ({ query }) => {
  const rows = await inTenant(' READ ONLY', (ask) =>
    ask({
      name: 'bookings',
      text: `
      SELECT b.id, b.room_id AS "roomId", r.name AS "roomName", s.name AS "siteName", w.initials AS worker,
        b.starts_at AS "startsAt", b.ends_at AS "endsAt", b.blocked_until AS "blockedUntil", b.check_in_by AS "checkInBy",
        CASE WHEN b.state = 'booked' AND b.check_in_by < $3 THEN 'lapsed' ELSE b.state END AS state,
        b.checked_in_at AS "checkedInAt", b.series_id AS "seriesId", b.created_at AS "createdAt"
      FROM booking b
      JOIN room r ON r.municipality_id = b.municipality_id AND r.id = b.room_id
      JOIN site s ON s.municipality_id = r.municipality_id AND s.id = r.site_id
      JOIN staff w ON w.municipality_id = b.municipality_id AND w.id = b.worker_id
      WHERE b.starts_at > $1::timestamptz - interval '12 hours' AND b.ends_at > $1 AND b.starts_at < $2
      ORDER BY b.starts_at, b.id LIMIT $4`,
      values: [query.from, query.to, new Date(), query.limit],
    }),
  );
  return { items: rows, next: null };
});

app.get<{ Params: { code: string } }>('/citizens/:code', async ({ params }) => {
  const rows = await inTenant(' READ ONLY', (ask) =>
    ask({
      name: 'citizen',
      text: `
      SELECT citizen.code, citizen.status, team.name AS team, worker.initials AS worker, substitute.initials AS substitute,
        citizen.legal_basis_code AS "legalBasis", citizen.granted_minutes AS "grantedMinutes", citizen.granted_per AS "grantedPer",
        citizen.support_from::text AS "supportFrom", citizen.equipment, citizen.connection, citizen.it_skills AS "itSkills",
        citizen.acquaintance, citizen.met_on::text AS "metOn", citizen.created_at AS "createdAt", citizen.updated_at AS "updatedAt",
        citizen.erased_at AS "erasedAt"
      FROM citizen
      LEFT JOIN team ON team.municipality_id = citizen.municipality_id AND team.id = citizen.team_id
      LEFT JOIN staff AS worker ON worker.municipality_id = citizen.municipality_id AND worker.id = citizen.worker_id
      LEFT JOIN staff AS substitute ON substitute.municipality_id = citizen.municipality_id AND substitute.id = citizen.substitute_id
      WHERE citizen.code = $1`,
      values: [params.code],
    }),
  );
  return rows[0];
});

app.get<{ Params: { initials: string } }>('/me/:initials', async ({ params }) => {
  const rows = await inTenant(' READ ONLY', (ask) =>
    ask({
      name: 'me',
      text: `
      SELECT staff.initials, staff.name, staff.email, staff.roles, staff.weekly_hours AS "weeklyHours", staff.ended_at AS "endedAt",
        team.name AS team, municipality.id AS "municipalityId", municipality.name AS municipality, municipality.created_at AS "createdAt"
      FROM staff
      JOIN municipality ON municipality.id = staff.municipality_id
      LEFT JOIN team ON team.municipality_id = staff.municipality_id AND team.id = staff.team_id
      WHERE staff.initials = $1`,
      values: [params.initials],
    }),
  );
  return rows[0];
});

app.post<{ Body: { roomId: string; workerId: string; startsAt: string; endsAt: string } }>(
  '/bookings',
  async ({ body }, reply) => {
    const rows = await inTenant('', (ask) =>
      ask({
        name: 'book',
        text: `
        INSERT INTO booking (municipality_id, id, room_id, worker_id, starts_at, ends_at, blocked_until, check_in_by, state, created_at, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $6, $6, 'booked', $7, $7) RETURNING *`,
        values: [
          municipality,
          randomUUID(),
          body.roomId,
          body.workerId,
          body.startsAt,
          body.endsAt,
          new Date(),
        ],
      }),
    );
    return reply.code(201).send(rows[0]);
  },
);

const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.send?.({ url });
process.on('disconnect', () => process.exit());
