import type pg from 'pg';

export const weeksOfHistory = 260;
export const weeksPlanned = 3;

/** The days that are measured, as Danish clocks have them. */
export interface HistoryDays {
  /** The Monday of the running week. */
  readonly monday: string;
  /** Today, or Friday at weekends: nobody in this town works then, and an empty day tells nothing. */
  readonly day: string;
}

/**
 * What five years leave behind, written set by set: each citizen is seen once a week and every fifth week twice, at times
 * that no two citizens of a worker share. Everything follows from the place of a citizen in the list and the number of the
 * week, so that every run writes as much of everything.
 *
 * @param database a superuser outside any transaction
 */
export async function writeHistory(
  database: pg.Client,
  municipalityId: string,
  now: Date,
): Promise<HistoryDays> {
  const { rows } = await database.query<HistoryDays>(
    `SELECT monday::text, least(today, monday + 4)::text AS day
     FROM (SELECT date_trunc('week', now)::date AS monday, now::date AS today
           FROM (SELECT $1::timestamptz AT TIME ZONE 'Europe/Copenhagen' AS now) AS clock) AS week`,
    [now],
  );
  const [days] = rows;
  if (days === undefined) throw new Error('no calendar');
  // Every row is made of rows that are there: half a million look-ups to prove it would take longer than all the rest.
  await database.query('SET session_replication_role = replica');
  await database.query(slots, [municipalityId, days.monday, now]);
  for (const rows of [bookings, visits, parts, participants, notes, handOffs])
    await database.query(rows, [municipalityId]);
  await database.query('DELETE FROM citizen_grant WHERE municipality_id = $1', [municipalityId]);
  await database.query(grants, [municipalityId, days.monday]);
  await database.query('DROP TABLE slot');
  // As it looks where autovacuum had its nights; and nothing of this is left to be written while something is measured.
  await database.query('VACUUM ANALYZE');
  await database.query('CHECKPOINT');
  return days;
}

/**
 * A visit for each: of fifty draws two are futile, four cancelled, one a call that failed and was followed up by phone;
 * half are by video, two fifths physical. One citizen of each worker has had video alone for half a year, which a review
 * asks about. In the running week one in five was not recorded yet. Of the video visits of an hour, as many as there are rooms
 * take one.
 */
const slots = `
  CREATE TEMP TABLE slot AS
  WITH person AS (
    SELECT id, worker_id, (row_number() OVER (ORDER BY code) - 1)::int AS n,
      (row_number() OVER (PARTITION BY worker_id ORDER BY code) - 1)::int AS k
    FROM citizen WHERE municipality_id = $1
  ), drawn AS (
    SELECT person.*, week, extra, (n * 7 + (week + 1000) * 3 + extra * 11) % 50 AS fate, (n + (week + 1000) * 7 + extra * 3) % 10 AS way,
      ($2::date + 7 * week + (k / 2 + 2 * extra) % 5 + make_time(9 + 4 * extra + 2 * (k % 2), 0, 0)) AT TIME ZONE 'Europe/Copenhagen' AS starts_at
    FROM person CROSS JOIN generate_series(-${weeksOfHistory}, ${weeksPlanned}) AS week CROSS JOIN generate_series(0, 1) AS extra
    WHERE extra = 0 OR (n + week + 1000) % 5 = 0
  ), met AS (
    SELECT *, CASE WHEN way < 5 OR (k = 0 AND week > -26) THEN 'video' WHEN way < 9 THEN 'physical' ELSE 'phone' END AS channel FROM drawn
  ), long AS (
    SELECT *, CASE channel WHEN 'video' THEN 20 WHEN 'physical' THEN 45 ELSE 10 END + (fate % 3) * 5 AS minutes FROM met
  ), ended AS (
    SELECT *, CASE
      WHEN starts_at + make_interval(mins => minutes) > $3 OR (week = 0 AND fate % 5 = 0) THEN 'planned'
      WHEN fate < 2 THEN 'futile'
      WHEN fate < 6 THEN 'cancelled'
      WHEN fate = 6 AND channel = 'video' THEN 'followed-up'
      ELSE 'held' END AS state
    FROM long
  )
  SELECT md5(format('visit %s %s %s', n, week, extra))::uuid AS visit_id, placed.id AS citizen_id, worker_id, week, fate, channel, state, starts_at,
    minutes, state = 'held' AND channel = 'phone' AS unplanned, starts_at < $3::timestamptz - interval '7 days' AS handed, starts_at < $3 - interval '10 minutes' AS due,
    room.id AS room_id, CASE WHEN room.id IS NOT NULL THEN md5(format('booking %s %s %s', n, week, extra))::uuid END AS booking_id
  FROM (
    SELECT *, CASE WHEN channel = 'video' AND state IN ('held', 'planned') THEN row_number() OVER (
      PARTITION BY starts_at, channel = 'video' AND state IN ('held', 'planned') ORDER BY n) END AS place
    FROM ended
  ) AS placed
  LEFT JOIN (SELECT id, row_number() OVER (ORDER BY name) AS place FROM room WHERE municipality_id = $1) AS room USING (place)`;

const bookings = `
  INSERT INTO booking (municipality_id, id, room_id, worker_id, starts_at, ends_at, blocked_until, check_in_by, state, checked_in_at,
    created_at, updated_at)
  SELECT $1, booking_id, room_id, worker_id, starts_at, ends_at, ends_at, starts_at + interval '10 minutes',
    CASE WHEN state = 'held' THEN 'checked-in' WHEN due THEN 'lapsed' ELSE 'booked' END, CASE WHEN state = 'held' THEN starts_at END,
    starts_at - interval '21 days', starts_at
  FROM (SELECT *, starts_at + make_interval(mins => minutes) AS ends_at FROM slot WHERE booking_id IS NOT NULL) AS taken
  ORDER BY starts_at`;

const visits = `
  INSERT INTO visit (municipality_id, id, citizen_id, worker_id, channel, origin, state, happens_at, planned_starts_at, planned_ends_at,
    purposes, topics, booking_id, owns_booking, ended_by, ended_reason, overruled, revision, created_at, updated_at)
  SELECT $1, visit_id, citizen_id, worker_id, channel, CASE WHEN unplanned THEN 'unplanned' ELSE 'planned' END, state, starts_at,
    CASE WHEN NOT unplanned THEN starts_at END, CASE WHEN NOT unplanned THEN starts_at + make_interval(mins => minutes) END,
    ARRAY['smaller-bites'], CASE WHEN state = 'held' THEN ARRAY['supportive-talk', 'structure'] ELSE '{}' END, booking_id, booking_id IS NOT NULL,
    CASE state WHEN 'cancelled' THEN 'citizen' END,
    CASE state WHEN 'cancelled' THEN 'illness' WHEN 'futile' THEN 'nobody-home' WHEN 'followed-up' THEN 'no-sound' END,
    '{}', 1, starts_at - interval '21 days', starts_at
  FROM slot ORDER BY starts_at`;

const parts = `
  INSERT INTO visit_part (municipality_id, visit_id, place, kind, starts_at, ends_at, minutes)
  SELECT $1, visit_id, row_number() OVER (PARTITION BY visit_id ORDER BY after) - 1, kind, starts_at + make_interval(mins => after),
    starts_at + make_interval(mins => after + length), length
  FROM slot CROSS JOIN LATERAL (VALUES
    ('travel', -15, 15, channel = 'physical' AND state IN ('held', 'futile')),
    (channel, 0, minutes, state = 'held'),
    ('waiting', 0, 5, state = 'futile'),
    ('video', 0, 3, state = 'followed-up'),
    ('phone', 25, 10, state = 'followed-up')
  ) AS part (kind, after, length, happened)
  WHERE happened ORDER BY starts_at`;

const participants = `
  INSERT INTO visit_participant (municipality_id, visit_id, place, kind)
  SELECT $1, visit_id, 0, 'relative' FROM slot WHERE fate % 20 = 9`;

/** Only whether there is one is read here, so that what it says need not be sealed. */
const notes = `
  INSERT INTO visit_note (municipality_id, visit_id, citizen_id, sealed_note, written_at)
  SELECT $1, visit_id, citizen_id, decode(repeat('5a', 200), 'hex'), starts_at FROM slot WHERE state = 'held' AND fate % 5 = 2`;

const handOffs = `
  INSERT INTO hand_off (municipality_id, id, visit_id, revision, state, way, batch_id, created_at, handed_at)
  SELECT $1, md5(visit_id::text)::uuid, visit_id, 1, CASE WHEN handed THEN 'delivered' ELSE 'waiting' END, CASE WHEN handed THEN 'file' END,
    CASE WHEN handed THEN md5(week::text)::uuid END, starts_at, CASE WHEN handed THEN starts_at + interval '7 days' END
  FROM slot WHERE state IN ('held', 'followed-up') ORDER BY starts_at`;

/** Three in five years: at the start, and after two and four of them. */
const grants = `
  INSERT INTO citizen_grant (municipality_id, citizen_id, from_on, minutes, per)
  SELECT $1, id, $2::date - 7 * back, granted_minutes + more, granted_per
  FROM citizen CROSS JOIN (VALUES (${weeksOfHistory}, 30), (156, 15), (52, 0)) AS grant_given (back, more)
  WHERE municipality_id = $1`;
