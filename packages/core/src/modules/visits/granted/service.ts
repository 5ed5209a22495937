import type { z } from 'zod';
import type { api, GrantedSummary, VisitRules } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { decodeCursor, toPage } from '../../../kernel/cursor.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { ReadTx } from '../../../storage/index.ts';
import { type Actor, assertAllowed, findStaffByInitials, getTeamByName } from '../../identity/index.ts';
import { visitsPolicy } from '../policy.ts';
import { readVisitRules } from '../visit-rules.ts';
import { presentSummary, presentWeek } from './presenter.ts';
import { type Account, accountFor, grantsWithin, type Period, weeksReadBefore } from './rules.ts';
import {
  type CitizenFilter,
  findGrantedCitizen,
  type GrantedCitizen,
  listGrantedCitizens,
  readWeeks,
} from './store.ts';
import { addWeeks, mondayOf, runningMonday } from './weeks.ts';

type ListQuery = z.output<typeof api.granted.list.query>;
type ShowQuery = z.output<typeof api.granted.show.query>;
type Shown = z.output<typeof api.granted.show.reply>;

/** How many citizens are accounted for at a time while those who get too little are looked for. */
const chunk = 200;

interface Accounted {
  readonly citizen: GrantedCitizen;
  readonly account: Account;
}

/** Granted against delivered time of citizens, for whole weeks. Nothing here adds up what a worker did. */
export function createGranted({ clock }: { readonly clock: Clock }) {
  return {
    /** By code, a page at a time. @throws DomainError not_allowed; not_found for a team or worker that is not there */
    list: async (
      tx: ReadTx,
      actor: Actor,
      query: ListQuery,
    ): Promise<{ items: GrantedSummary[]; next: string | null }> => {
      assertAllowed(visitsPolicy, actor, 'granted:read');
      const { limit, cursor, team, worker, short } = query;
      const now = clock.now();
      const period = periodOf(query, now);
      const rules = await readVisitRules(tx);
      const [after] = cursor === undefined ? [null] : decodeCursor(cursor, [/^B-[0-9A-Z]{5}$/]);
      const filter = {
        after,
        limit: limit + 1,
        teamId: team === undefined ? null : (await getTeamByName(tx, team)).id,
        workerId: worker === undefined ? null : await idOfWorker(tx, worker),
      };
      const account = (citizens: readonly GrantedCitizen[]) => accountsOf(tx, citizens, period, rules, now);
      const rows = short
        ? await listShort(tx, actor, filter, account)
        : await account(await listGrantedCitizens(tx, actor, filter));
      return toPage(
        rows,
        limit,
        (row) => presentSummary(row.citizen, period, row.account),
        (row) => [row.citizen.code],
      );
    },

    /** One citizen, week by week. @throws DomainError not_allowed; not_found, also for one who is out of reach */
    show: async (tx: ReadTx, actor: Actor, code: string, query: ShowQuery): Promise<Shown> => {
      assertAllowed(visitsPolicy, actor, 'granted:read');
      const now = clock.now();
      const period = periodOf(query, now);
      const [citizen, rules] = await Promise.all([findGrantedCitizen(tx, actor, code), readVisitRules(tx)]);
      if (citizen === null) throw new DomainError('not_found', { kind: `citizen ${code}` });
      const [row] = await accountsOf(tx, [citizen], period, rules, now);
      const account = row?.account ?? { weeks: [], shortfall: null };
      return {
        summary: presentSummary(citizen, period, account),
        weeks: account.weeks.map(presentWeek),
        grants: grantsWithin(citizen.grants, period.from, addWeeks(period.from, period.weeks)),
      };
    },
  };
}

export type GrantedService = ReturnType<typeof createGranted>;

function periodOf(query: { readonly from?: string | undefined; readonly weeks: number }, now: Date): Period {
  const running = runningMonday(now);
  return { from: query.from === undefined ? running : mondayOf(query.from), weeks: query.weeks, running };
}

async function accountsOf(
  tx: ReadTx,
  citizens: readonly GrantedCitizen[],
  period: Period,
  rules: VisitRules,
  now: Date,
): Promise<Accounted[]> {
  const before = weeksReadBefore(period, rules);
  const read = { ...period, from: addWeeks(period.from, -before), weeks: period.weeks + before };
  const weeks = await readWeeks(tx, citizens, read, now);
  return citizens.map((citizen) => ({
    citizen,
    account: accountFor(weeks.get(citizen.id) ?? [], period, rules),
  }));
}

/** Reads on until there are enough who get too little, or nobody is left. */
async function listShort(
  tx: ReadTx,
  actor: Actor,
  filter: CitizenFilter,
  account: (citizens: readonly GrantedCitizen[]) => Promise<Accounted[]>,
): Promise<Accounted[]> {
  const found: Accounted[] = [];
  for (let after = filter.after; ; ) {
    const citizens = await listGrantedCitizens(tx, actor, { ...filter, after, limit: chunk });
    found.push(...(await account(citizens)).filter((each) => each.account.shortfall !== null));
    after = citizens.at(-1)?.code ?? null;
    if (citizens.length < chunk || found.length >= filter.limit) return found.slice(0, filter.limit);
  }
}

/** Also of one who has left: their citizens are just those somebody looks for. */
async function idOfWorker(tx: ReadTx, initials: string): Promise<string> {
  const found = await findStaffByInitials(tx, initials);
  if (found === null) throw new DomainError('not_found', { kind: `staff ${initials}` });
  return found.id;
}
