import type { FastifyInstance } from 'fastify';
import type { Ask, InTenant } from './bare-tenant.ts';

interface Citizen {
  readonly id: string;
  readonly code: string;
  readonly worker: string | null;
  readonly grants: readonly {
    readonly from: string;
    readonly minutes: number;
    readonly per: 'week' | 'fortnight';
  }[];
}

interface Minutes {
  video: number;
  physical: number;
  phone: number;
}

interface Week {
  readonly from: string;
  readonly granted: number;
  carriedIn: number;
  readonly delivered: Minutes;
  readonly planned: Minutes;
  carriedOut: number;
}

/** The rules that hold until a municipality says otherwise, as this one never did. */
const rules = { carriedWeeks: 4, mostCarried: 240, lookBack: 26 };

const dayMs = 86_400_000;
const dayOf = (number: number) => new Date(number * dayMs).toISOString().slice(0, 10);
const numberOf = (day: string) => Date.parse(day) / dayMs;
const addWeeks = (monday: string, weeks: number) => dayOf(numberOf(monday) + 7 * weeks);
const sum = ({ video, physical, phone }: Minutes) => video + physical + phone;

/** Granted against delivered time, as the service tells it but for the warning: three statements, and the sums and what is carried over here. */
export function registerBareGranted(app: FastifyInstance, inTenant: InTenant): void {
  type Period = { readonly from: string; readonly weeks: string; readonly running: string };
  app.get<{ Querystring: Period & { limit?: string; worker?: string } }>('/granted', ({ query }) =>
    inTenant(' READ ONLY', async (ask) => {
      const limit = Number(query.limit ?? 50);
      const citizens = await ask<Citizen>({
        name: 'granted-citizens',
        text: `${selectCitizens}
          WHERE c.erased_at IS NULL AND ($1::text IS NULL OR w.initials = $1 OR c.substitute_id = (SELECT id FROM staff WHERE initials = $1))
          ORDER BY c.code LIMIT $2`,
        values: [query.worker ?? null, limit + 1],
      });
      const accounts = await accountFor(ask, citizens.slice(0, limit), query);
      const last = citizens.length > limit ? citizens[limit - 1] : undefined;
      return {
        items: accounts.map(({ summary }) => summary),
        next: last === undefined ? null : Buffer.from(JSON.stringify([last.code])).toString('base64url'),
      };
    }),
  );
  app.get<{ Params: { code: string }; Querystring: Period }>('/citizens/:code/granted', ({ params, query }) =>
    inTenant(' READ ONLY', async (ask) => {
      const citizens = await ask<Citizen>({
        name: 'granted-citizen',
        text: `${selectCitizens} WHERE c.code = $1`,
        values: [params.code],
      });
      return (await accountFor(ask, citizens, query))[0];
    }),
  );
}

const selectCitizens = `
  SELECT c.id, c.code, w.initials AS worker,
    (SELECT coalesce(json_agg(json_build_object('from', g.from_on, 'minutes', g.minutes, 'per', g.per) ORDER BY g.from_on), '[]')
      FROM citizen_grant g WHERE g.citizen_id = c.id) AS grants
  FROM citizen c LEFT JOIN staff w ON w.municipality_id = c.municipality_id AND w.id = c.worker_id`;

/** Parts begin when the visit does; but a call that follows up a failed one may come a quarter later. */
const delivered = `
  SELECT v.citizen_id AS id, date_trunc('week', p.starts_at AT TIME ZONE 'Europe/Copenhagen')::date::text AS week, p.kind AS channel,
    sum(p.minutes)::int AS minutes
  FROM visit v JOIN visit_part p ON p.municipality_id = v.municipality_id AND p.visit_id = v.id
  WHERE v.citizen_id = ANY ($1) AND v.state NOT IN ('cancelled', 'futile') AND p.kind IN ('video', 'physical', 'phone')
    AND v.happens_at >= $2::date::timestamp AT TIME ZONE 'Europe/Copenhagen' - interval '93 days'
    AND (v.happens_at >= $2::date::timestamp AT TIME ZONE 'Europe/Copenhagen' - interval '1 day' OR v.state = 'followed-up')
    AND p.starts_at >= $2::date::timestamp AT TIME ZONE 'Europe/Copenhagen'
    AND v.happens_at < $3::date::timestamp AT TIME ZONE 'Europe/Copenhagen'
    AND p.starts_at < $3::date::timestamp AT TIME ZONE 'Europe/Copenhagen'
  GROUP BY 1, 2, 3`;

const planned = `
  SELECT v.citizen_id AS id, date_trunc('week', v.planned_starts_at AT TIME ZONE 'Europe/Copenhagen')::date::text AS week, v.channel,
    sum(greatest(0, extract(epoch FROM v.planned_ends_at - v.planned_starts_at) / 60 - CASE WHEN v.state = 'open' THEN coalesce(
      (SELECT sum(p.minutes) FROM visit_part p WHERE p.municipality_id = v.municipality_id AND p.visit_id = v.id
        AND p.kind IN ('video', 'physical', 'phone')), 0) ELSE 0 END))::int AS minutes
  FROM visit v
  WHERE v.citizen_id = ANY ($1) AND v.state NOT IN ('held', 'cancelled', 'futile', 'failed', 'followed-up')
    AND v.happens_at >= $2::date::timestamp AT TIME ZONE 'Europe/Copenhagen' - interval '1 day'
    AND v.planned_starts_at >= $2::date::timestamp AT TIME ZONE 'Europe/Copenhagen'
    AND v.planned_starts_at < $3::date::timestamp AT TIME ZONE 'Europe/Copenhagen'
    AND (v.state = 'open' OR v.planned_starts_at >= $4)
  GROUP BY 1, 2, 3`;

async function accountFor(
  ask: Ask,
  citizens: readonly Citizen[],
  period: { readonly from: string; readonly weeks: string; readonly running: string },
) {
  const { from, running } = period;
  const to = addWeeks(from, Number(period.weeks));
  const first = addWeeks(from, -rules.lookBack);
  const ids = citizens.map(({ id }) => id);
  type Found = { id: string; week: string; channel: keyof Minutes; minutes: number };
  const got = await ask<Found>({ name: 'delivered', text: delivered, values: [ids, first, to] });
  const ahead =
    to <= running
      ? []
      : await ask<Found>({
          name: 'planned',
          text: planned,
          values: [ids, [from, running].toSorted().at(-1), to, new Date()],
        });
  const mondays: string[] = [];
  for (let monday = first; monday < to; monday = addWeeks(monday, 1)) mondays.push(monday);
  const given = [byWeek(got), byWeek(ahead)] as const;
  const none = { video: 0, physical: 0, phone: 0 };
  return citizens.map(({ id, code, worker, grants }) => {
    const all = mondays.map((monday): Week => {
      const [was, willBe] = given.map((one) => one.get(`${id} ${monday}`) ?? none);
      const granted = grantedBefore(grants, addWeeks(monday, 1)) - grantedBefore(grants, monday);
      return {
        from: monday,
        granted,
        carriedIn: 0,
        delivered: was ?? none,
        planned: willBe ?? none,
        carriedOut: 0,
      };
    });
    carry(all, running);
    const weeks = all.slice(rules.lookBack);
    const held = grants.filter((one, n) => one.from < to && (grants[n + 1]?.from ?? '9') > from);
    return {
      summary: summarize(code, worker, held.at(-1), weeks, { from, to }),
      weeks,
      grants: held,
    };
  });
}

function byWeek(
  rows: readonly { id: string; week: string; channel: keyof Minutes; minutes: number }[],
): Map<string, Minutes> {
  const found = new Map<string, Minutes>();
  for (const { id, week, channel, minutes } of rows) {
    const key = `${id} ${week}`;
    const one = found.get(key) ?? { video: 0, physical: 0, phone: 0 };
    one[channel] = minutes;
    found.set(key, one);
  }
  return found;
}

/** Rounded sums, so that weeks added up are what is granted for all of them together. */
function grantedBefore(grants: Citizen['grants'], day: string): number {
  let fourteenths = 0;
  grants.forEach(({ from, minutes, per }, n) => {
    const next = grants[n + 1]?.from ?? day;
    const days = numberOf(next < day ? next : day) - numberOf(from);
    if (days > 0) fourteenths += days * minutes * (per === 'week' ? 2 : 1);
  });
  return Math.round(fourteenths / 14);
}

/** What was not delivered counts for some weeks more, the oldest first, and is no more than so much. */
function carry(weeks: readonly Week[], running: string): void {
  weeks.forEach((week, n) => {
    if (n < rules.lookBack) return;
    if (addWeeks(week.from, -1) < running) week.carriedIn = owedAfter(weeks.slice(n - rules.lookBack, n));
    if (week.from < running) week.carriedOut = owedAfter(weeks.slice(n + 1 - rules.lookBack, n + 1));
  });
}

function owedAfter(weeks: readonly Week[]): number {
  let owed: { minutes: number; age: number }[] = [];
  for (const { granted, delivered: got } of weeks) {
    let extra = Math.max(0, sum(got) - granted);
    for (const one of owed) {
      const used = Math.min(one.minutes, extra);
      one.minutes -= used;
      one.age += 1;
      extra -= used;
    }
    owed.push({ minutes: Math.max(0, granted - sum(got)), age: 0 });
    owed = owed.filter(({ minutes, age }) => minutes > 0 && age < rules.carriedWeeks);
    let over = owed.reduce((all, { minutes }) => all + minutes, 0) - rules.mostCarried;
    for (const one of owed) {
      const lapsed = Math.min(one.minutes, Math.max(0, over));
      one.minutes -= lapsed;
      over -= lapsed;
    }
  }
  return owed.reduce((all, { minutes }) => all + minutes, 0);
}

function summarize(
  citizen: string,
  worker: string | null,
  grant: Citizen['grants'][number] | undefined,
  weeks: readonly Week[],
  { from, to }: { readonly from: string; readonly to: string },
) {
  const add = (of: (week: Week) => Minutes) => {
    const all = { video: 0, physical: 0, phone: 0 };
    for (const { video, physical, phone } of weeks.map(of)) {
      all.video += video;
      all.physical += physical;
      all.phone += phone;
    }
    return all;
  };
  const [given, ahead] = [add((week) => week.delivered), add((week) => week.planned)];
  const granted = weeks.reduce((minutes, week) => minutes + week.granted, 0);
  const carriedIn = weeks[0]?.carriedIn ?? 0;
  return {
    citizen,
    worker,
    grant: { minutes: grant?.minutes ?? 0, per: grant?.per ?? 'week' },
    from,
    to,
    granted,
    carriedIn,
    delivered: given,
    deliveredTotal: sum(given),
    planned: ahead,
    plannedTotal: sum(ahead),
    left: granted + carriedIn - sum(given) - sum(ahead),
    onlinePercent: sum(given) === 0 ? null : Math.round((100 * given.video) / sum(given)),
  };
}
