import { createHash } from 'node:crypto';
import { allRoutes } from '../contract/index.ts';
import type { Place } from './access-place.ts';
import type { TestApp } from './app.ts';
import { type Answer, ask, type Sending } from './people.ts';

export interface Operation {
  readonly id: string;
  readonly method: string;
  /** Parameters as `:name`. */
  readonly path: string;
}

/** What the running service describes, from its own document. */
export async function describedOperations(running: Pick<TestApp, 'app'>): Promise<readonly Operation[]> {
  const answer = await ask(running, { method: 'GET', path: '/openapi.json' }, {}, null);
  const { paths } = JSON.parse(answer.text) as {
    paths: Record<string, Record<string, { operationId?: string }>>;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId = '' }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      path: path.replace(/^\/api\/v1/, '').replace(/\{(\w+)\}/g, ':$1'),
    })),
  );
}

/** Addresses outside the contract, and who may read them. */
const outside = ['/healthz', '/readyz', '/metrics', '/api/v1/openapi.json'];
/** Documentation, and of a log its keys, signed heads and hashes, which tell nothing of its entries. */
const forEverybody = [
  /^(GET|OPTIONS) \/api\/v1\/docs(\/|$)/,
  /^GET \/ledger\/:municipalityId\/(keys|checkpoint|tile\/:level(\/:part\d)+)$/,
];

/** Whoever has lost a link has nothing to show; see modules/media/new-link.ts. */
const openToEverybody = ['callPage.askNewLink'];

/** Document, contract and router say the same, and nothing is open to everybody. */
export function compareWithContract(
  running: Pick<TestApp, 'app'>,
  operations: readonly Operation[],
): string[] {
  const nameOf = ({ id, method, path }: Operation) => `${method} ${path} ${id}`;
  const [described, declared] = [new Set(operations.map(nameOf)), new Set(allRoutes.map(nameOf))];
  const served = servedAddresses(running.app.server.printRoutes({ commonPrefix: false }));
  const inContract = new Set(allRoutes.map(({ method, path }) => `${method} /api/v1${path}`));
  return [
    ...[...described]
      .filter((name) => !declared.has(name))
      .map((name) => `${name} is described and not in the contract`),
    ...[...declared]
      .filter((name) => !described.has(name))
      .map((name) => `${name} is in the contract and not described`),
    ...allRoutes
      .filter(({ id, access }) => access === 'public' && !openToEverybody.includes(id))
      .map(({ id }) => `${id} is open to everybody`),
    ...served
      .filter(
        (address) =>
          !inContract.has(address) &&
          !outside.includes(address.replace(/^GET /, '')) &&
          !forEverybody.some((pattern) => pattern.test(address)),
      )
      .map((address) => `${address} is served and described nowhere`),
  ];
}

/** `METHOD /address` of everything that is served, read from the router's own drawing of its tree. */
function servedAddresses(drawing: string): string[] {
  const stack: string[] = [];
  return drawing.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] =
      /^((?:│ {3}| {4})*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (line.trim() === '') return [];
    const depth = indent.length / 4;
    stack.length = depth;
    stack[depth] = part;
    return methods
      .split(', ')
      .flatMap((method) => (method === '' || method === 'HEAD' ? [] : [`${method} ${stack.join('')}`]));
  });
}

interface Listed {
  readonly name: string;
  readonly column: string;
}
type Superuser = TestApp['test']['superuser'];
const known = new WeakMap<Superuser, Map<string, Promise<readonly Listed[]>>>();

/** Tables and columns, asked for once: they stay as they are while everybody tries everything, which asks a thousand times. */
function listed(superuser: Superuser, what: string, sql: string): Promise<readonly Listed[]> {
  const lists = known.get(superuser) ?? new Map<string, Promise<readonly Listed[]>>();
  known.set(superuser, lists);
  const list = lists.get(what) ?? superuser.query<Listed>(sql).then(({ rows }) => rows);
  lists.set(what, list);
  return list;
}

/** Every id and code in the tables of one municipality; names are known by the word that stands in all of them. */
export async function idsOf({ test }: TestApp, place: Place): Promise<ReadonlySet<string>> {
  const columns = await listed(
    test.superuser,
    'ids',
    `
    SELECT table_name AS name, column_name AS column FROM information_schema.columns
    WHERE table_schema = 'public' AND (column_name = 'id' OR (table_name, column_name) IN (('citizen', 'code'), ('citizen_vault', 'citizen_id')))
      AND table_name IN (SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'municipality_id')`,
  );
  const parts = columns.map(
    ({ name, column }) => `SELECT ${column}::text AS id FROM ${name} WHERE municipality_id = '${place.id}'`,
  );
  const { rows } = await test.superuser.query<{ id: string }>(parts.join(' UNION ALL '));
  return new Set([place.id, ...rows.map(({ id }) => id)]);
}

const idShape = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|B-[0-9A-Z]{5}/g;

/** What an answer tells of a municipality beyond what was sent: its ids and codes, and texts with its word in them. */
export function toldOf(
  place: Place,
  ids: ReadonlySet<string>,
  { text }: Answer,
  sending: Sending,
): string | null {
  const sent = JSON.stringify(sending);
  const sentTexts = [...sent.matchAll(/"([^"]{4,})"/g)].map(([, part = '']) => part);
  const known = [...text.matchAll(idShape)]
    .map(([id]) => id)
    .filter((id) => ids.has(id) && !sent.includes(id));
  const worded = [...text.matchAll(new RegExp(`[^"]*${place.word}[^"]*`, 'gi'))].map(([part]) => part);
  const told = worded.filter((part) => !sentTexts.some((own) => part.includes(own)));
  return [...known, ...told][0] ?? null;
}

/**
 * Changes with every row that is inserted, changed or deleted: how many there are, and the latest transaction that wrote
 * one. What writes by itself is left out: the sequencer, the jobs that follow it (folding, month-ends) and the look-up of tokens.
 *
 * @param municipalityId null for all of them
 * @param except tables that may change
 */
export async function fingerprint(
  { test }: TestApp,
  municipalityId: string | null,
  except: readonly string[] = [],
): Promise<string> {
  const tables = await listed(
    test.superuser,
    'tables',
    `
    SELECT table_name AS name, column_name AS column FROM information_schema.columns
    WHERE table_schema = 'public' AND (column_name = 'municipality_id' OR table_name = 'municipality' AND column_name = 'id')
      AND table_name NOT IN ('sequence_head', 'ledger_log', 'ledger_tile', 'ledger_checkpoint', 'measure_fold', 'visit_fact',
        'ledger_fact', 'published_month')`,
  );
  const latest: Readonly<Record<string, string>> = {
    change_event: 'max(pending_id)::text',
    ledger_leaf: 'max(pending_id)::text',
    access_token: `md5(string_agg((to_jsonb(t) - 'last_used_at')::text, ';' ORDER BY id))`,
  };
  const byItself: Readonly<Record<string, string>> = {
    change_event: `type IN ('ledger.signed', 'month.published')`,
    ledger_leaf: `position('"month.published"'::bytea IN entry) > 0`,
    ledger_key: `purpose = 'log' AND from_size = 0`,
  };
  const parts = tables
    .filter(({ name }) => !except.includes(name))
    .map(({ name, column }) => {
      const own = municipalityId === null ? 'true' : `${column} = '${municipalityId}'`;
      const state = `count(*)::text || ' ' || ${latest[name] ?? 'max(xmin::text::bigint)::text'}`;
      return `SELECT '${name}' AS name, ${state} AS state FROM ${name} t WHERE ${own} AND NOT (${byItself[name] ?? 'false'})`;
    });
  const text = `${parts.join(' UNION ALL ')} ORDER BY 1`;
  // Asked thousands of times, and planning so many tables costs more than looking at them: prepared once per connection.
  const name = `fingerprint_${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
  const { rows } = await test.superuser.query({ name, text });
  return JSON.stringify(rows);
}

/** A stream never ends by itself: how it begins is all that is looked at here. */
export async function openStream(
  running: TestApp,
  { path }: Operation,
  { query }: Sending,
  token: string | null,
): Promise<Answer> {
  const leaving = new AbortController();
  const response = await fetch(`${running.url}/api/v1${path}?${new URLSearchParams(query)}`, {
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
    signal: leaving.signal,
  });
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/event-stream')) {
    leaving.abort();
    return { status: response.status, type, text: '' };
  }
  return { status: response.status, type, text: await response.text() };
}
