import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiError } from '../contract/client.ts';
import { api, demoHeader, type Role } from '../contract/index.ts';
import { ManualClock } from '../kernel/clock.ts';
import { findCprLike } from '../kernel/text.ts';
import { createIdentities, openVault } from '../modules/citizens/index.ts';
import type { Actor } from '../modules/identity/index.ts';
import { makeTokenSecret } from '../modules/identity/index.ts';
import { expandPlan } from '../modules/visits/plans/occurrences.ts';
import { type Caller, startTestApp, type TestApp } from '../testing/index.ts';
import { fillTimeoutMs } from './demo.ts';
import { firstNames } from './names.ts';
import { published } from './published.ts';

/** A Tuesday morning, twenty minutes past ten in Denmark. */
const morning = '2026-11-24T09:20:00Z';

describe('the demo municipality', { timeout: 240_000 }, () => {
  const clock = new ManualClock(morning);
  let place: TestApp;
  let demoId: string;
  let otherId: string;
  let admin: Caller;
  let dumped: Record<string, string>;

  const found = async (name: string, isDemo: boolean): Promise<string> => {
    const id = randomUUID();
    const administrator = {
      initials: 'ADMIN',
      name: 'Administrator',
      email: null,
      roles: ['administrator', 'operator', 'coordinator'] satisfies Role[],
    };
    const { test, app } = place;
    await test.database.write(
      id,
      async (tx) => {
        await app.founder.found(tx, { id, name, isDemo, tokenSecret: makeTokenSecret(), administrator });
        if (isDemo) await app.demo.fill(tx, id);
      },
      { timeoutMs: fillTimeoutMs },
    );
    return id;
  };
  const administratorOf = async (municipalityId: string): Promise<Caller> => {
    const [row] = await ask<{ id: string }>(
      `SELECT id FROM staff WHERE municipality_id = $1 AND initials = 'ADMIN'`,
      [municipalityId],
    );
    const actor: Actor = {
      municipalityId,
      staffId: row?.id ?? '',
      initials: 'ADMIN',
      teamId: null,
      roles: ['administrator', 'operator', 'coordinator'],
      scopes: null,
      tokenId: randomUUID(),
      tokenExpiresAt: new Date('2099-01-01'),
      isDemo: false,
    };
    return place.as(actor);
  };
  const ask = async <Row extends object>(
    sql: string,
    values: readonly unknown[] = [demoId],
  ): Promise<Row[]> => (await place.test.superuser.query<Row>(sql, [...values])).rows;
  const count = async (sql: string): Promise<number> => Number((await ask<{ n: string }>(sql))[0]?.n);
  /** `counts` in percent of all of them. */
  const percents = (counts: Readonly<Record<string, number>>): Record<string, number> => {
    const total = Object.values(counts).reduce((sum, n) => sum + n, 0);
    return Object.fromEntries(Object.entries(counts).map(([key, n]) => [key, (100 * n) / total]));
  };
  const expectWithinThree = (
    found: Readonly<Record<string, number>>,
    wanted: Readonly<Record<string, number>>,
  ) => {
    expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
    for (const [key, percent] of Object.entries(wanted))
      expect({ key, off: Math.abs((found[key] ?? 0) - percent) <= 3, is: found[key] }).toMatchObject({
        key,
        off: true,
      });
  };

  beforeAll(async () => {
    place = await startTestApp({ clock });
    demoId = await found('Demokommune', true);
    otherId = await found('Nordby', false);
    admin = await administratorOf(demoId);
    dumped = await dump(place, demoId);
  }, 240_000);
  afterAll(() => place.close());

  /** Citizens with a held video visit, and what their recorded visits say of them. */
  const online = () =>
    ask<{
      id: string;
      sessions: number;
      lately: number;
      trouble: boolean;
      video: number;
      all: number;
      purposes: string[];
      topics: string[];
    }>(
      `WITH held AS (
         SELECT citizen_id, id, happens_at FROM visit WHERE municipality_id = $1 AND channel = 'video' AND state = 'held'
       ), minutes AS (
         SELECT visit.citizen_id, sum(part.minutes) FILTER (WHERE part.kind = 'video') AS video, sum(part.minutes) AS together
         FROM visit JOIN visit_part AS part ON part.municipality_id = visit.municipality_id AND part.visit_id = visit.id
         WHERE visit.municipality_id = $1 AND part.kind IN ('video', 'physical', 'phone') GROUP BY visit.citizen_id
       )
       SELECT citizen_id AS id, count(*)::int AS sessions, min(minutes.video)::int AS video, min(minutes.together)::int AS "all",
         (count(*) FILTER (WHERE happens_at >= '${morning}'::timestamptz - interval '28 days'))::int AS lately,
         EXISTS (SELECT FROM visit WHERE municipality_id = $1 AND visit.citizen_id = held.citizen_id AND state IN ('failed', 'followed-up')) AS trouble,
         (SELECT array_agg(DISTINCT purpose) FROM visit, unnest(purposes) AS purpose WHERE municipality_id = $1 AND visit.citizen_id = held.citizen_id) AS purposes,
         (SELECT array_agg(DISTINCT topic) FROM visit, unnest(topics) AS topic WHERE municipality_id = $1 AND visit.citizen_id = held.citizen_id) AS topics
       FROM held JOIN minutes USING (citizen_id) GROUP BY citizen_id`,
    );
  const countBy = <T>(list: readonly T[], keyOf: (one: T) => string): Record<string, number> =>
    Object.fromEntries([...Map.groupBy(list, keyOf)].map(([key, those]) => [key, those.length]));

  it('has 450 citizens, 40 support workers of whom 16 call by video, 12 rooms and eighteen months of visits', async () => {
    expect(await count('SELECT count(*) AS n FROM citizen WHERE municipality_id = $1')).toBe(450);
    expect(
      await count(
        `SELECT count(*) AS n FROM staff WHERE municipality_id = $1 AND 'support-worker' = ANY (roles)`,
      ),
    ).toBe(40);
    expect(
      await count(
        `SELECT count(DISTINCT worker_id) AS n FROM visit WHERE municipality_id = $1 AND channel = 'video' AND state = 'held'`,
      ),
    ).toBe(16);
    expect(await count('SELECT count(*) AS n FROM room WHERE municipality_id = $1')).toBe(12);
    const [history] = await ask<{ first: Date; months: number }>(
      `SELECT min(happens_at) AS first, count(DISTINCT date_trunc('month', happens_at))::int AS months FROM visit
       WHERE municipality_id = $1 AND happens_at < '${morning}'`,
    );
    expect(history?.first.toISOString().slice(0, 7)).toBe('2025-05');
    expect(history?.months).toBe(19);
    const per = await ask<{ n: number }>(
      `SELECT count(*)::int AS n FROM citizen WHERE municipality_id = $1 GROUP BY worker_id`,
    );
    // 8.2 is published for nine municipalities; 450 citizens and 40 workers are asked for.
    expect(per.map(({ n }) => n).every((n) => n === 11 || n === 12)).toBe(true);
  });

  it('is true to the published distributions within three points, as far as the product records them', async () => {
    const citizens = await online();
    expectWithinThree(
      percents(
        countBy(citizens, ({ sessions: n }) => (n === 1 ? '1' : n <= 3 ? '2-3' : n <= 7 ? '4-7' : 'over 7')),
      ),
      published.sessionsPerCitizen,
    );
    expectWithinThree(
      percents(
        countBy(citizens, ({ video, all }) => {
          const share = video / all;
          return share < 0.25 ? '0-24' : share < 0.5 ? '25-49' : share < 0.75 ? '50-74' : '75-100';
        }),
      ),
      published.onlineShareOfSupport,
    );
    const answers = (key: 'purposes' | 'topics') => {
      const all = countBy(
        citizens.flatMap((one) => one[key] ?? []),
        String,
      );
      return Object.fromEntries(
        Object.entries(all).map(([answer, n]) => [answer, (100 * n) / citizens.length]),
      );
    };
    expectWithinThree(answers('purposes'), published.purposes);
    expectWithinThree(answers('topics'), published.topics);
    const trouble = (100 * citizens.filter((one) => one.trouble).length) / citizens.length;
    expectWithinThree({ trouble }, { trouble: published.technicalProblems });
    const without = await count(
      `SELECT count(*) AS n FROM citizen WHERE municipality_id = $1 AND (equipment = 'none' OR connection IN ('none', 'weak'))`,
    );
    expectWithinThree({ without: without / 4.5 }, { without: published.noUsableEquipment });
  });

  it('gives each worker a day on the road, and of waiting, as was published', async () => {
    const days = await ask<{ travel: number; waiting: number }>(
      `SELECT sum(part.minutes) FILTER (WHERE part.kind = 'travel')::int AS travel,
         coalesce(sum(part.minutes) FILTER (WHERE part.kind = 'waiting'), 0)::int AS waiting
       FROM visit JOIN visit_part AS part ON part.municipality_id = visit.municipality_id AND part.visit_id = visit.id
       WHERE visit.municipality_id = $1 GROUP BY visit.worker_id, (part.starts_at AT TIME ZONE 'Europe/Copenhagen')::date
       HAVING bool_or(part.kind = 'travel')`,
    );
    const [least, most] = published.travelMinutesPerWorkerDay;
    expect(days.length).toBeGreaterThan(10_000);
    expect(days.filter(({ travel }) => travel < least || travel > most)).toEqual([]);
    expect(days.filter(({ waiting }) => waiting > published.waitingMinutesPerWorkerDay[1])).toEqual([]);
  });

  it('names as many women as were published, and nobody by anything that could be a real number', async () => {
    const vault = await openVault({
      worker: place.test.database.worker,
      keyFile: path.join(place.folder, 'master.json'),
      clock,
    });
    const identities = createIdentities(vault);
    const opened = await place.test.database.read(demoId, async (tx) => {
      const ids = (await tx.citizen.findMany({ select: { id: true } })).map(({ id }) => id);
      const sealed = await identities.readSealed(tx, ids);
      return Promise.all([...sealed.values()].map((row) => identities.open(demoId, row)));
    });
    const women = opened.filter(({ identity }) =>
      firstNames.woman.includes(identity.name.split(' ')[0] ?? ''),
    );
    expect(firstNames.woman.filter((name) => firstNames.man.includes(name))).toEqual([]);
    expectWithinThree({ women: women.length / 4.5 }, { women: published.women });
    for (const { identity } of opened) {
      expect(identity.phone ?? '+447700900000').toMatch(/^\+447700900\d{3}$/);
      expect(identity.address).toMatch(/, 9999 Demoby$/);
      expect(Object.values(identity).filter((text) => text !== null && findCprLike(text) !== null)).toEqual(
        [],
      );
    }
    expect(new Set(opened.map(({ identity }) => identity.reference)).size).toBe(450);
  });

  it('has six of a hundred citizens seen regularly by video, more of them than a year ago', async () => {
    const citizens = await online();
    const regular = citizens.filter(({ lately }) => lately >= 2).length;
    expect((100 * regular) / 450).toBeGreaterThan(5);
    expect((100 * regular) / 450).toBeLessThan(8);
    const calls = await ask<{ quarter: string; n: number }>(
      `SELECT date_trunc('quarter', happens_at)::text AS quarter, count(*)::int AS n FROM visit
       WHERE municipality_id = $1 AND channel = 'video' AND state = 'held' GROUP BY 1 ORDER BY 1`,
    );
    expect((calls[0]?.quarter ?? '') < '2026').toBe(true);
    expect(calls.at(-1)?.n).toBeGreaterThan(3 * (calls[0]?.n ?? 0));
  });

  it('has no worker, citizen or room in two places at once', async () => {
    const overlaps = (key: string, from: string, to: string, source: string) =>
      count(
        `WITH spans AS (SELECT ${key} AS who, ${from} AS starts, ${to} AS ends, row_number() OVER (ORDER BY ${from}, ${to}) AS nth ${source})
         SELECT count(*) AS n FROM (
           SELECT starts < max(ends) OVER (PARTITION BY who ORDER BY starts, nth ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS meets FROM spans
         ) AS looked WHERE meets`,
      );
    const parts = `FROM visit JOIN visit_part AS part ON part.municipality_id = visit.municipality_id AND part.visit_id = visit.id
      WHERE visit.municipality_id = $1 AND part.ends_at IS NOT NULL`;
    expect(await overlaps('visit.worker_id', 'part.starts_at', 'part.ends_at', parts)).toBe(0);
    expect(await overlaps('visit.citizen_id', 'part.starts_at', 'part.ends_at', parts)).toBe(0);
    const planned = 'FROM visit WHERE municipality_id = $1 AND planned_starts_at IS NOT NULL';
    expect(await overlaps('worker_id', 'planned_starts_at', 'planned_ends_at', planned)).toBe(0);
    expect(await overlaps('citizen_id', 'planned_starts_at', 'planned_ends_at', planned)).toBe(0);
    const booked = `FROM booking WHERE municipality_id = $1 AND state <> 'cancelled'`;
    expect(await overlaps('room_id', 'starts_at', 'blocked_until', booked)).toBe(0);
  });

  it('has just the visits that its plans ask for, until the last week they are made for', async () => {
    const plans = await ask<{ id: string; starts: string; phases: []; until: string; first: string }>(
      `SELECT id, starts_on::text AS starts, phases, made_until AS until, to_char(starts_on, 'IYYY-"W"IW') AS first
       FROM visit_plan WHERE municipality_id = $1`,
    );
    const made = await ask<{ plan: string; key: string }>(
      `SELECT plan_id AS plan, plan_week || '/' || plan_slot || ' ' || extract(epoch FROM planned_starts_at)::bigint || ' ' || extract(epoch FROM planned_ends_at)::bigint AS key
       FROM visit WHERE municipality_id = $1 AND plan_id IS NOT NULL
       UNION ALL SELECT plan_id, week || '/' || slot || ' ' || extract(epoch FROM starts_at)::bigint || ' ' || extract(epoch FROM ends_at)::bigint
       FROM visit_plan_gap WHERE municipality_id = $1`,
    );
    const byPlan = Map.groupBy(made, ({ plan }) => plan);
    expect(new Set(plans.map(({ id }) => id))).toEqual(new Set(byPlan.keys()));
    for (const { id, starts, phases, until, first } of plans) {
      const shape = {
        startsOn: starts,
        endsOn: null,
        phases,
        holidays: 'skip',
        overrides: new Map(),
      } as const;
      const options = { from: first, to: until, closedDays: ['12-24'], notBefore: new Date(0) };
      const wanted = [...expandPlan(shape, options)].map(
        ({ week, slot, startsAt, endsAt }) =>
          `${week}/${slot} ${startsAt.getTime() / 1000} ${endsAt.getTime() / 1000}`,
      );
      expect((byPlan.get(id) ?? []).map(({ key }) => key).sort()).toEqual(wanted.sort());
    }
  });

  it('shows something like life today through the API, marked as demo wherever it answers', async () => {
    const today = await admin.call(api.visits.list, {
      query: { from: '2026-11-23T23:00:00Z', to: '2026-11-24T23:00:00Z', limit: 200 },
    });
    const states = countBy(today.items, ({ state }) => state);
    for (const state of ['held', 'open', 'planned']) expect(states[state]).toBeGreaterThan(5);
    const everything = async <Item>(
      fetch: (page: { limit: number; cursor?: string }) => Promise<{ items: Item[]; next: string | null }>,
    ) => {
      const items: Item[] = [];
      for (let next: string | null = ''; next !== null; ) {
        const page: { items: Item[]; next: string | null } = await fetch({
          limit: 200,
          ...(next === '' ? {} : { cursor: next }),
        });
        items.push(...page.items);
        next = page.next;
      }
      return items;
    };
    expect(await everything((page) => admin.call(api.citizens.list, { query: page }))).toHaveLength(450);
    const visits = await everything((page) =>
      admin.call(api.visits.list, {
        query: { ...page, from: '2026-11-01T00:00:00Z', to: '2026-12-15T00:00:00Z' },
      }),
    );
    for (const state of ['proposed', 'cancelled', 'futile', 'followed-up'])
      expect(visits.filter((visit) => visit.state === state).length).toBeGreaterThan(0);
    expect(visits.filter(({ hasNote }) => hasNote).length).toBeGreaterThan(100);
    expect(visits.filter(({ room }) => room !== null).length).toBeGreaterThan(50);
    const plans = await everything((page) => admin.call(api.plans.list, { query: page }));
    expect(new Set(plans.map(({ kind }) => kind))).toEqual(
      new Set(['weekly', 'fortnightly', 'growing', 'split', 'tapering']),
    );
    const granted = await everything((page) => admin.call(api.granted.list, { query: page }));
    const short = granted.filter(({ shortfall }) => shortfall !== null).length;
    expect(granted.length).toBeGreaterThan(440);
    expect(short).toBeGreaterThan(10);
    const waiting = await admin.call(api.handOff.list, { query: { limit: 200 } });
    expect(waiting.items.length).toBeGreaterThan(20);
    const reviews = await admin.call(api.visits.listReviews, { query: {} });
    expect(reviews.items.filter(({ due }) => due).length).toBeGreaterThan(0);
    await admin.call(api.rooms.listBookings, { query: { from: morning } });
    // Around calls: what was agreed with those who have them, and one who waits for an answer.
    const { rows } = await place.test.superuser.query<{ worker: string; agreed: string }>(
      `SELECT w.initials AS worker, (SELECT count(*) FROM ground_rules r WHERE r.municipality_id = $1) AS agreed
       FROM talk_request t JOIN staff w ON w.municipality_id = t.municipality_id AND w.id = t.worker_id WHERE t.municipality_id = $1`,
      [demoId],
    );
    expect(rows).toHaveLength(1);
    expect(Number(rows[0]?.agreed)).toBeGreaterThan(20);
    const worker = rows[0]?.worker ?? '';
    const { asked } = await admin.call(api.talks.list, { query: { worker } });
    expect(asked).toHaveLength(1);
    expect(
      await admin.call(api.groundRules.show, { params: { code: asked[0]?.citizen ?? '' } }),
    ).toMatchObject({
      agreed: true,
      reviewedBy: worker,
    });
    const talkHours = await admin.call(api.groundRules.showTalkHours, { params: { initials: worker } });
    expect(talkHours.hours).toHaveLength(5);

    for (const path of ['/api/v1/me', '/api/v1/visits/nothing', '/api/v1/nowhere'])
      expect([path, (await admin.fetch(path)).headers.get(demoHeader)]).toEqual([
        path,
        path.endsWith('nowhere') ? null : '1',
      ]);
    const other = await administratorOf(otherId);
    expect((await other.fetch('/api/v1/me')).headers.get(demoHeader)).toBeNull();
  });

  it('runs a programme whose plan has something to say, told to the ledger as it stands in the tables', async () => {
    const { items } = await admin.call(api.programme.list, {});
    const own = items.find(({ kind }) => kind === 'own');
    expect(own).toMatchObject({ targetGroup: 450, startsOn: '2025-05-19', isHistory: false });
    const plan = await admin.call(api.programme.activities, { params: { id: own?.id ?? '' } });
    expect(plan.phase).toEqual({ phase: 'trial', since: own?.trialOn });
    expect(plan.tracks).toMatchObject([{ ready: true }, { ready: true }]);
    expect(plan.activities.at(-1)).toMatchObject({ code: 'seminar', status: 'done' });
    const choices = plan.decisions.map(({ choice }) => choice);
    expect(choices).toEqual(['supplement', 'both', 'municipality', 'free', 'must', 'not-decided']);
    expect(plan.readiness.map(({ kind }) => kind)).toEqual([
      'decision-missing',
      'staff-untrained',
      'staff-uninformed',
      'follow-up-overdue',
      'activity-overdue',
    ]);
    const tables = {
      'programme.changed': 'programme',
      'milestone.set': 'milestone',
      'decision.made': 'programme_decision',
      'worker-target.set': 'worker_target',
      'follow-up.held': 'follow_up',
      'degree.estimated': 'degree_estimate',
      'staff.prepared': 'staff_preparation',
    };
    for (const [type, table] of Object.entries(tables)) {
      const leaves = await count(
        `SELECT count(*) AS n FROM ledger_leaf WHERE municipality_id = $1 AND convert_from(entry, 'UTF8') LIKE '%"type":"${type}"%'`,
      );
      const rows = await count(`SELECT count(*) AS n FROM ${table} WHERE municipality_id = $1`);
      expect([type, leaves]).toEqual([type, rows]);
      expect(rows).toBeGreaterThan(0);
    }
  });

  it('touches no municipality that is none of invented people', async () => {
    const other = await administratorOf(otherId);
    const before = await dump(place, otherId);
    await expect(other.call(api.demo.reset, {})).rejects.toMatchObject({
      code: 'not_demo',
    } satisfies Partial<ApiError>);
    const { worker } = place.test.database;
    await expect(worker.query('SELECT erase_demo_municipality($1, $2)', [otherId, []])).rejects.toMatchObject(
      {
        code: '42501',
      },
    );
    await expect(
      place.test.database.write(
        demoId,
        (tx) => tx.$queryRaw`SELECT erase_demo_municipality(${demoId}::uuid, '{}')`,
      ),
    ).rejects.toThrow();
    expect(await dump(place, otherId)).toEqual(before);
  });

  it('is emptied of everything but its administrator, and is the same again when it is made anew', async () => {
    const other = await dump(place, otherId);
    const originOf = async () =>
      (
        await place.test.superuser.query<{ origin: string }>(
          'SELECT origin FROM ledger_checkpoint WHERE municipality_id = $1 LIMIT 1',
          [demoId],
        )
      ).rows[0]?.origin;
    const origin = await originOf();
    await place.test.database.worker.query('SELECT erase_demo_municipality($1, $2)', [demoId, ['ADMIN']]);
    const left: Record<string, number> = {};
    for (const table of await tenantTables(place)) {
      const rows = await count(`SELECT count(*) AS n FROM ${table} WHERE municipality_id = $1`);
      if (rows > 0) left[table] = rows;
    }
    expect(left).toEqual({ access_token: 2, sequence_head: 1, staff: 1 });

    // Later within the hour, and on top of what was erased.
    clock.advance(25 * 60_000);
    expect(await admin.call(api.demo.reset, {})).toMatchObject({ citizens: 450, staff: 53, rooms: 12 });
    expect(await dump(place, demoId)).toEqual(dumped);
    expect(await dump(place, otherId)).toEqual(other);
    const leaves = await admin.call(api.ledger.listLeaves, { query: { limit: 1 } });
    expect(leaves.items[0]?.index ?? '0').toBe('0');
    // A log that began again under its old name would contradict what was signed under it.
    await expect.poll(originOf).toMatch(/^naer\//);
    expect(await originOf()).not.toBe(origin);
  });
});

async function tenantTables(place: TestApp): Promise<string[]> {
  const { rows } = await place.test.superuser.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'municipality_id' ORDER BY table_name`,
  );
  return rows.map(({ name }) => name);
}

/** What is random by design, or tells when somebody was last here. */
const leftOut = [
  'municipality_id',
  'pending_id',
  'index',
  'master_key_id',
  'wrapped_key',
  'sealed_identity',
  'sealed_subject',
  'sealed_note',
  'reference_index',
  'phone_index',
];
/** Of the installation and its users rather than of the town. */
const notOfTheTown = [
  'access_token',
  'vault_index_key',
  'sequence_head',
  'ledger_log',
  'ledger_key',
  'ledger_tile',
  'ledger_checkpoint',
  'change_event',
  'idempotency_record',
  'identity_access',
];
/** Derived from the log by the service itself, in its own time. */
const derived = ['visit_fact', 'ledger_fact', 'measure_fold'];

/** One checksum for each table of a municipality. Leaves about the administrator, who is made once, are left out. */
async function dump(place: TestApp, municipalityId: string): Promise<Record<string, string>> {
  const sums: Record<string, string> = {};
  for (const table of await tenantTables(place)) {
    if (notOfTheTown.includes(table) || derived.includes(table)) continue;
    const only =
      table === 'ledger_leaf'
        ? `AND convert_from(entry, 'UTF8') !~ '"type":"(municipality.created|token.created)"|"roles":\\["administrator"'`
        : table === 'staff'
          ? `AND initials <> 'ADMIN'`
          : '';
    const { rows } = await place.test.superuser.query<{ sum: string }>(
      `SELECT count(*) || ' ' || coalesce(md5(string_agg(md5(content), '' ORDER BY content)), '') AS sum
       FROM (SELECT (to_jsonb(t) - $2::text[])::text AS content FROM ${table} AS t WHERE municipality_id = $1 ${only}) AS listed`,
      [municipalityId, leftOut],
    );
    sums[table] = rows[0]?.sum ?? '';
  }
  return sums;
}
