import { isDeepStrictEqual } from 'node:util';
import type { History } from './history.ts';
import { encodeRequest, load } from './load.ts';
import { interleave } from './rounds.ts';
import { type Row, toRow } from './table.ts';

export interface HistoryContest {
  readonly serviceUrl: string;
  readonly bareUrl: string;
  readonly history: History;
}

interface Read {
  readonly name: string;
  readonly token: string;
  readonly ours: string;
  readonly bare: string;
}

const roundMs = 500;
const atOnce = 8;

/** What workers and coordinators look at every day, where five years lie behind it. Times of a request, 8 at once. */
export async function benchVisits({ serviceUrl, bareUrl, history }: HistoryContest): Promise<Row[]> {
  const rows: Row[] = [];
  for (const read of readsOf(history)) {
    await assertSameAnswer(serviceUrl, bareUrl, read);
    const time = (url: string, path: string, headers: Record<string, string>) => {
      const bytes = encodeRequest('GET', path, headers);
      return async () =>
        (atOnce / (await load({ url, connections: atOnce, forMs: roundMs, next: () => bytes }))) * 1000;
    };
    const figures = await interleave(9, {
      ours: time(serviceUrl, `/api/v1${read.ours}`, { authorization: `Bearer ${read.token}` }),
      baseline: time(bareUrl, read.bare, {}),
    });
    rows.push(toRow(read.name, 'ms', figures, { atMost: 1.5 }));
  }
  return rows;
}

function readsOf({ monday, day, worker, coordinatorToken, citizenCode }: History): Read[] {
  const quarterAgo = new Date(Date.parse(monday) - 12 * 7 * 86_400_000).toISOString().slice(0, 10);
  const overview = (from: string, days: number) => ({
    token: worker.token,
    ours: `/visits/overview?from=${from}&days=${days}`,
    bare: `/visits/overview?worker=${worker.initials}&from=${from}&days=${days}`,
  });
  const granted = (path: string, token: string, from = monday) => ({
    token,
    ours: `${path}&from=${from}`,
    bare: `${path}&from=${from}&running=${monday}`,
  });
  return [
    { name: "read a worker's day", ...overview(day, 1) },
    { name: "read a worker's week", ...overview(monday, 7) },
    { name: 'granted, a page of 50 citizens', ...granted('/granted?weeks=1&limit=50', coordinatorToken) },
    {
      name: "granted, a worker's, four weeks",
      ...granted(`/granted?weeks=4&worker=${worker.initials}`, worker.token),
    },
    {
      name: 'granted, a citizen, 13 weeks',
      ...granted(`/citizens/${citizenCode}/granted?weeks=13`, coordinatorToken, quarterAgo),
    },
  ];
}

/** Rules of their own on what everything else says: days off are a calendar's, in no table; the warning is a judgement. */
const oursAlone: ReadonlySet<string> = new Set(['daysOff', 'shortfall']);

/**
 * A baseline that does less than ours would flatter nobody: both tell the same of the same rows.
 *
 * @throws Error when they do not
 */
async function assertSameAnswer(serviceUrl: string, bareUrl: string, read: Read): Promise<void> {
  const get = async (url: string, headers: Record<string, string>): Promise<unknown> => {
    const answer = await fetch(url, { headers });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text}`);
    return JSON.parse(text, (key, value: unknown) => (oursAlone.has(key) ? undefined : value));
  };
  const ours = await get(`${serviceUrl}/api/v1${read.ours}`, { authorization: `Bearer ${read.token}` });
  const bare = await get(`${bareUrl}${read.bare}`, {});
  const where = findDifference(ours, bare, '');
  if (where !== null) throw new Error(`${read.name}: the baseline tells something else at ${where}`);
}

/** The first place where two answers differ, and both values; null where there is none. */
function findDifference(ours: unknown, bare: unknown, at: string): string | null {
  if (isDeepStrictEqual(ours, bare)) return null;
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (!isObject(ours) || !isObject(bare)) return `${at}: ${JSON.stringify(ours)} and ${JSON.stringify(bare)}`;
  const keys = new Set([...Object.keys(ours), ...Object.keys(bare)]);
  for (const key of keys) {
    const found = findDifference(ours[key], bare[key], `${at}/${key}`);
    if (found !== null) return found;
  }
  return at;
}
