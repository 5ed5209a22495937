import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { api } from '../../../contract/index.ts';
import { ManualClock } from '../../../kernel/clock.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import { aCitizen, type Caller, startTestApp, type TestApp } from '../../../testing/index.ts';
import { seedLegalBases } from '../../citizens/index.ts';

// Figures come from the log alone. Here what the service did is counted a second time, from its tables and in plain SQL: what
// the log would leave out or tell twice shows.

const clock = new ManualClock('2026-07-01T10:00:00Z');
const last = '2026-06-30';

let app: TestApp;
let leader: Caller;
let municipalityId: string;
let programme: string;

beforeAll(async () => {
  app = await startTestApp({ clock });
  municipalityId = await app.test.municipality();
  leader = await app.caller(municipalityId, ['leader', 'coordinator', 'administrator']);
  const made = await leader.call(api.programme.create, {
    body: { name: 'Online bostøtte', targetGroup: 40, startsOn: '2026-01-05' },
  });
  programme = made.id;
  await app.test.database.write(municipalityId, (tx) => seedLegalBases(tx, municipalityId));
  const workers: Caller[] = [];
  for (const initials of ['BM01', 'BM02', 'BM03'])
    workers.push(await app.caller(municipalityId, ['support-worker'], initials));
  for (let nth = 0; nth < 9; nth += 1) {
    const worker = workers[nth % 3];
    if (worker === undefined) throw new Error('there are three workers');
    const { code } = await leader.call(api.citizens.register, {
      body: aCitizen({ worker: worker.actor.initials, acquaintance: { kind: 'met', on: '2026-01-05' } }),
    });
    await live(worker, code, nth);
  }
  await vi.waitFor(async () => expect(await unfolded()).toBe(0), 20_000);
});
afterAll(() => app.close());

/** The more of a course, the greater its number: nobody is offered anything at 0; one has visits in person alone, and so on. */
async function live(worker: Caller, citizen: string, nth: number): Promise<void> {
  const step = (
    to: 'offered' | 'accepted' | 'declined',
    reason: 'worker-suggestion' | 'own-wish' | 'prefers-visits',
  ) => leader.call(api.citizens.takeStep, { params: { code: citizen }, body: { to, reason } });
  const contact = (kind: 'video' | 'physical' | 'phone', day: string, minutes: number) =>
    worker.call(api.visits.recordUnplanned, {
      body: {
        citizen,
        parts: [
          {
            kind,
            startsAt: `${day}T08:00:00.000Z`,
            endsAt: new Date(Date.parse(`${day}T08:00:00.000Z`) + minutes * 60_000).toISOString(),
          },
        ],
      },
    });
  if (nth > 0) await contact('physical', addDays(last, -nth), 60);
  if (nth > 1) await step('offered', 'worker-suggestion');
  if (nth === 2) await step('declined', 'prefers-visits');
  if (nth > 2) await step('accepted', 'own-wish');
  // Further and further back, so that some were regular once and are no more.
  for (let visit = 0; visit < nth - 3; visit += 1)
    await contact('video', addDays(last, -visit * nth - 1), 20 + nth);
  if (nth % 2 === 0) await contact('phone', addDays(last, -3), 10);
}

async function unfolded(): Promise<number> {
  const { rowCount } = await app.test.superuser.query(
    `SELECT FROM ledger_leaf l WHERE municipality_id = $1 AND ("index" IS NULL OR "index" >= coalesce(
       (SELECT size FROM measure_fold WHERE municipality_id = l.municipality_id), 0))`,
    [municipalityId],
  );
  return rowCount ?? 0;
}

async function counted(sql: string, day: string): Promise<number> {
  const { rows } = await app.test.superuser.query<{ n: string }>(sql, [municipalityId, day]);
  return Number(rows[0]?.n);
}

/** Held visits with their day and minutes by channel, up to a day. */
const held = `
  SELECT v.citizen_id, (v.happens_at AT TIME ZONE 'Europe/Copenhagen')::date AS day,
    sum(p.minutes) FILTER (WHERE p.kind = 'video') AS video, sum(p.minutes) AS minutes,
    bool_or(p.kind = 'video') AS by_video, bool_or(p.kind = 'physical') AS in_person
  FROM visit v JOIN visit_part p ON p.municipality_id = v.municipality_id AND p.visit_id = v.id
  WHERE v.municipality_id = $1 AND v.state = 'held' AND (v.happens_at AT TIME ZONE 'Europe/Copenhagen')::date <= $2::date
  GROUP BY v.id, v.citizen_id, v.happens_at`;
const perCitizen = (having: string) => `
  SELECT count(*) AS n FROM (
    SELECT citizen_id FROM (${held}) h GROUP BY citizen_id HAVING ${having}
  ) found`;
const withSteps = (steps: string) => `
  SELECT count(*) AS n FROM citizen c WHERE c.municipality_id = $1 AND $2::date IS NOT NULL AND (
    EXISTS (SELECT FROM citizen_step s WHERE s.municipality_id = $1 AND s.citizen_id = c.id AND s.to_status IN (${steps}))
    OR EXISTS (SELECT FROM (${held}) h WHERE h.citizen_id = c.id AND h.by_video))`;

it.each([last, '2026-06-20', '2026-06-01'])('agrees with the tables of what was done, on %s', async (day) => {
  const { items } = await leader.call(api.programme.measures, {
    params: { id: programme },
    query: { at: day },
  });
  const figures = items[0]?.figures;
  const recent = `day > $2::date - 28`;
  const share = `sum(coalesce(video, 0))::numeric / sum(minutes)`;
  const online = 'bool_or(by_video)';
  const videos = 'count(*) FILTER (WHERE by_video)';
  const n = (sql: string) => counted(sql, day);
  expect(figures).toMatchObject({
    hasReceived: await n(perCitizen(online)),
    receivesRegularly: await n(perCitizen(`count(*) FILTER (WHERE by_video AND ${recent}) >= 2`)),
    sessions: {
      '1': await n(perCitizen(`${videos} = 1`)),
      '2-3': await n(perCitizen(`${videos} BETWEEN 2 AND 3`)),
      '4-7': await n(perCitizen(`${videos} BETWEEN 4 AND 7`)),
      'over-7': await n(perCitizen(`${videos} > 7`)),
    },
    onlineShare: {
      '0-24': await n(perCitizen(`${online} AND ${share} < 0.25`)),
      '25-49': await n(perCitizen(`${online} AND ${share} >= 0.25 AND ${share} < 0.5`)),
      '50-74': await n(perCitizen(`${online} AND ${share} >= 0.5 AND ${share} < 0.75`)),
      '75-100': await n(perCitizen(`${online} AND ${share} >= 0.75`)),
    },
    channels: {
      video: { held: await n(`SELECT count(*) AS n FROM (${held}) h WHERE by_video AND ${recent}`) },
      physical: { held: await n(`SELECT count(*) AS n FROM (${held}) h WHERE in_person AND ${recent}`) },
    },
  });
  expect(figures?.implementationRate).toBeCloseTo((figures?.receivesRegularly ?? 0) / 40);
});

it('agrees with the tables on how far citizens have come', async () => {
  // Steps are taken on the day that they are recorded: today.
  const { items } = await leader.call(api.programme.measures, {
    params: { id: programme },
    query: { at: '2026-07-01' },
  });
  const n = (sql: string) => counted(sql, '2026-07-01');
  expect(items[0]?.figures.funnel).toMatchObject({
    offered: await n(withSteps(`'offered', 'accepted', 'declined', 'introduced'`)),
    accepted: await n(withSteps(`'accepted', 'introduced'`)),
    declined: await n(
      `SELECT count(DISTINCT citizen_id) AS n FROM citizen_step
       WHERE municipality_id = $1 AND to_status = 'declined' AND $2::date IS NOT NULL`,
    ),
    introduced: await n(withSteps(`'introduced'`)),
    firstCall: await n(perCitizen('bool_or(by_video)')),
  });
  // A world in which something happens.
  expect(items[0]?.figures.hasReceived).toBeGreaterThan(3);
  expect(items[0]?.figures.funnel.declined).toBe(1);
});
