import fc from 'fast-check';
import { problem } from '../contract/index.ts';
import { cases } from './access-cases.ts';
import { fingerprint } from './access-evidence.ts';
import { makePlace } from './access-place.ts';
import type { TestApp } from './app.ts';
import {
  anyCursor,
  anyText,
  anyValue,
  cprLike,
  type Field,
  fieldsOf,
  isTyped,
  refusedTexts,
  refusedValues,
  type Schema,
} from './bad-values.ts';
import { addPerson, type Sending } from './people.ts';

interface Parameter {
  readonly in: 'path' | 'query';
  readonly name: string;
  readonly schema: Schema;
}

interface Described {
  readonly id: string;
  readonly method: string;
  readonly url: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
}

interface Request {
  readonly method: string;
  readonly url: string;
  readonly payload?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Attempt {
  readonly request: Request;
  readonly what: string;
  /** The statuses that are right; null where it may be taken as well. */
  readonly wanted: 'refused' | 'cpr_refused' | null;
}

export interface BadInputOptions {
  readonly served?: Pick<TestApp, 'app'>;
  readonly only?: readonly string[];
  /** How many values of any kind are tried for each field, besides those that it must refuse. */
  readonly anyPerField: number;
  readonly seed: number;
  /** An answer that takes longer is taken for a hang. */
  readonly patienceMs?: number;
}

/**
 * Sends, for each field of each operation that the running service describes, what must be refused and what may be, and
 * returns what was not a clear refusal that changed nothing.
 */
export async function walkBadInput(
  running: TestApp,
  { served = running, only, anyPerField, seed, patienceMs = 10_000 }: BadInputOptions,
): Promise<readonly string[]> {
  const place = await makePlace(running, 'Øst', 4);
  const { token } = await addPerson(running, place.id, {
    roles: ['administrator', 'coordinator', 'data-protection-officer', 'operator'],
    initials: 'ALT',
    teamId: place.team.id,
  });
  const findings = new Set<string>();
  const server = served.app.server;
  const sample = <T>(values: fc.Arbitrary<T>, count = anyPerField): T[] =>
    fc.sample(values, { numRuns: count, seed });

  const guest = await place.linkToken();

  const send = async ({ request, what, wanted }: Attempt, bearer: string): Promise<boolean> => {
    const label = `${request.method} ${request.url.replace(/\?.*/, '').slice(0, 80)}: ${what}`;
    const sent = server.inject({
      method: request.method as 'GET',
      url: request.url,
      headers: { authorization: `Bearer ${bearer}`, ...request.headers },
      ...(request.payload === undefined ? {} : { payload: request.payload }),
    });
    const answer = await Promise.race([sent, patience(patienceMs)]);
    if (answer === null) {
      findings.add(`${label} got no answer`);
      return false;
    }
    if (answer.statusCode < 400) {
      if (wanted !== null) findings.add(`${label} was taken (${answer.statusCode})`);
      return true;
    }
    const refusal = problem.safeParse(parse(answer.body));
    if (answer.statusCode >= 500) findings.add(`${label} got ${answer.statusCode}`);
    else if (
      !refusal.success ||
      !String(answer.headers['content-type']).startsWith('application/problem+json')
    )
      findings.add(`${label} got no problem document`);
    else if (refusal.data.status !== answer.statusCode || refusal.data.next === '')
      findings.add(`${label} got a problem document that does not fit`);
    else if (refusal.data.code === 'invalid_input' && !namesField(refusal.data.details))
      findings.add(`${label} is not told which field is wrong`);
    else if (answer.body.length > 20_000) findings.add(`${label} got ${answer.body.length} characters back`);
    else if (wanted === 'cpr_refused' && refusal.data.code !== 'cpr_refused')
      findings.add(`${label} got ${refusal.data.code}, not cpr_refused`);
    return false;
  };
  /** Refused together, one comparison shows that nothing was written; what may be taken is compared one by one. */
  const sendAll = async (operation: Described, attempts: readonly Attempt[], bearer: string) => {
    let before = await fingerprint(running, null);
    const compare = async (what: string) => {
      const after = await fingerprint(running, null);
      if (after !== before)
        findings.add(`${operation.method} ${operation.url}: something was written though ${what}`);
      before = after;
    };
    for (const attempt of attempts.filter(({ wanted }) => wanted !== null)) await send(attempt, bearer);
    await compare('everything had to be refused');
    for (const attempt of attempts.filter(({ wanted }) => wanted === null)) {
      if (await send(attempt, bearer)) before = await fingerprint(running, null);
      else await compare(`${attempt.what} was refused`);
    }
  };

  for (const operation of await describe(served)) {
    if (only !== undefined && !only.includes(operation.id)) continue;
    const found = cases.find(({ operation: id }) => id === operation.id);
    const good: Sending = found === undefined ? {} : await found.make(place, place.chief, 'near');
    // A stream that is let in never ends; who may be let in is tried elsewhere.
    const mayBeTaken = operation.id !== 'events.stream';
    for (const { path, schema } of operation.body === null ? [] : fieldsOf(operation.body))
      if (schema.type === 'object' && schema.additionalProperties !== false)
        findings.add(
          `${operation.method} ${operation.url}: ${path.join('.') || 'the body'} takes fields that nobody reads`,
        );
    const attempts = [
      ...parameterAttempts(operation, good, mayBeTaken, sample),
      ...(operation.body === null ? [] : bodyAttempts(operation, operation.body, good, sample)),
      ...(operation.body === null ? unreadBodies(operation, good) : brokenBodies(operation, good)),
    ];
    await sendAll(operation, attempts, found?.needs === 'a link' ? guest : token);
  }
  return [...findings];
}

type Sample = <T>(values: fc.Arbitrary<T>, count?: number) => T[];

const patience = async (ms: number): Promise<null> => {
  const { promise, resolve } = Promise.withResolvers<null>();
  setTimeout(() => resolve(null), ms).unref();
  return promise;
};

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= 60 ? text : `${text.slice(0, 40)}… (${text.length} characters)`;
};

function urlOf({ url }: Described, { params = {}, query = {} }: Sending, rawQuery = ''): string {
  const filled = url.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent((params[name] ?? 'x').toWellFormed()),
  );
  const search = [new URLSearchParams(query).toString(), rawQuery].filter((part) => part !== '').join('&');
  return search === '' ? filled : `${filled}?${search}`;
}

const withBody = (operation: Described, good: Sending, body: unknown): Request => ({
  method: operation.method,
  url: urlOf(operation, good),
  payload: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

const asGood = (good: Sending): Pick<Request, 'payload' | 'headers'> => {
  if (good.file !== undefined) return { payload: good.file, headers: { 'content-type': 'text/csv' } };
  return good.body === undefined
    ? {}
    : { payload: JSON.stringify(good.body), headers: { 'content-type': 'application/json' } };
};

function parameterAttempts(
  operation: Described,
  good: Sending,
  mayBeTaken: boolean,
  sample: Sample,
): Attempt[] {
  const { method, parameters } = operation;
  const rest = asGood(good);
  const unknown: Attempt = {
    request: { method, url: urlOf(operation, good, 'ukendt=1'), ...rest },
    what: 'an unknown field in the query',
    wanted: 'refused',
  };
  return [
    unknown,
    ...parameters.flatMap(({ in: where, name, schema }): Attempt[] => {
      const attempt = (value: string, wanted: Attempt['wanted']): Attempt => {
        const sending =
          where === 'path'
            ? { ...good, params: { ...good.params, [name]: value } }
            : { ...good, query: { ...good.query, [name]: value } };
        return {
          request: { method, url: urlOf(operation, sending), ...rest },
          what: `${name} in the ${where} as ${show(value)}`,
          wanted,
        };
      };
      // Half a surrogate cannot be written in an address: it arrives as the sign for what is not known.
      const texts =
        schema.type === 'integer'
          ? ['x', '', ' ', '-1', '0.5', '1e9', 'NaN', '9'.repeat(40), 'a\0b', '💙']
          : refusedTexts(schema).filter((text) => text.isWellFormed());
      const values = name === 'cursor' ? sample(anyCursor) : sample(anyText);
      return [
        ...texts.filter((text) => text.length < 9_000).map((text) => attempt(text, 'refused')),
        attempt('x'.repeat(9_000), 'refused'),
        ...(name === 'cursor' ? [] : cprAttempts(schema).map(([text, wanted]) => attempt(text, wanted))),
        ...(mayBeTaken && where === 'query'
          ? values.map((value) => attempt(value, null))
          : values.map((value) => attempt(value === '' ? '-' : `${value}💙`, 'refused'))),
        ...(where === 'query' && mayBeTaken
          ? [
              `${name}=%ED%A0%80`,
              `${name}=%zz`,
              `${name}[]=1`,
              `${name}[__proto__]=1`,
              `${name}=1&${name}=2`,
            ].map(
              (raw): Attempt => ({
                request: { method, url: urlOf(operation, withoutQuery(good, name), raw), ...rest },
                what: `?${raw}`,
                wanted: null,
              }),
            )
          : []),
      ];
    }),
  ];
}

function withoutQuery(good: Sending, name: string): Sending {
  return {
    ...good,
    query: Object.fromEntries(Object.entries(good.query ?? {}).filter(([key]) => key !== name)),
  };
}

function bodyAttempts(operation: Described, schema: Schema, good: Sending, sample: Sample): Attempt[] {
  const attempt = (body: unknown, what: string, wanted: Attempt['wanted']): Attempt => ({
    request: withBody(operation, good, body),
    what,
    wanted,
  });
  const base = good.body ?? {};
  return fieldsOf(schema).flatMap((field): Attempt[] => {
    const name = field.path.join('.') || 'the body';
    const shaped = field.constants.reduce<unknown>((body, one) => putAt(body, one.path, one.value), base);
    const put = (value: unknown) => putAt(shaped, field.path, value);
    return [
      ...refusedValues(field).map((value) => attempt(put(value), `${name} as ${show(value)}`, 'refused')),
      ...cprAttempts(field.schema).map(([text, wanted]) =>
        attempt(put(text), `${name} as ${show(text)}`, wanted),
      ),
      ...(field.schema.type === 'object'
        ? misshapen(field, base).map(([body, what]) => attempt(body, `${name} ${what}`, 'refused'))
        : []),
      ...sample(anyValue).map((value) => attempt(put(value), `${name} as ${show(value)}`, null)),
    ];
  });
}

/** A CPR number is refused as one wherever somebody types; where it is too long or of a wrong shape as well, as either. */
function cprAttempts(schema: Schema): (readonly [text: string, wanted: 'refused' | 'cpr_refused'])[] {
  if (isTyped(schema))
    return cprLike.map((text) => [
      text,
      text.length <= (schema.maxLength ?? Infinity) ? 'cpr_refused' : 'refused',
    ]);
  const within = 'A0102031234';
  return schema.pattern !== undefined && new RegExp(schema.pattern, 'u').test(within)
    ? [[within, 'cpr_refused']]
    : [];
}

/** An object with a field too many, and with each that is required missing. */
function misshapen({ path, schema }: Field, base: unknown): [body: unknown, what: string][] {
  const there = getAt(base, path);
  if (typeof there !== 'object' || there === null || Array.isArray(there)) return [];
  const required = (schema.required ?? []).filter((name) => Object.hasOwn(there, name));
  return [
    [putAt(base, path, { ...there, ukendt: 1 }), 'with an unknown field'],
    ...required.map((name): [unknown, string] => [
      putAt(base, path, Object.fromEntries(Object.entries(there).filter(([key]) => key !== name))),
      `without ${name}`,
    ]),
  ];
}

/** A body for an operation that reads none. */
function unreadBodies(operation: Described, good: Sending): Attempt[] {
  if (operation.method === 'GET' || good.file !== undefined) return [];
  return [{ x: 1 }, [], [1], 'x', 7].map((body) => ({
    request: withBody(operation, good, body),
    what: `${show(body)} where no body is read`,
    wanted: 'refused',
  }));
}

const tenMegabytes = 'x'.repeat(10_000_000);

/** Bytes that are no JSON, or not only one thing. */
function brokenBodies(operation: Described, good: Sending): Attempt[] {
  const text = JSON.stringify(good.body ?? {});
  const [first = 'x'] = Object.keys(good.body ?? {});
  const doubled = text.replace(/^\{/, `{"${first}":"first",`);
  const bodies: [string, string | Buffer, string?][] = [
    ['nothing', ''],
    ['half of it', text.slice(0, -1)],
    ['two of it', `${text}${text}`],
    ['a NUL', '\0'],
    ['with a comment', `${text}/**/`],
    ['a bare word', 'NaN'],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0x22, 0xff, 0xfe, 0x22, 0x7d])]),
    ],
    [
      'a text with bytes that are no UTF-8',
      Buffer.from(text.replace(/:"[^"]*"/, ':"S\xf8rensen"'), 'latin1').includes(0xf8)
        ? Buffer.from(text.replace(/:"[^"]*"/, ':"S\xf8rensen"'), 'latin1')
        : Buffer.from([0xff]),
    ],
    ['in UTF-16', Buffer.from(text, 'utf16le')],
    ['one field twice', doubled],
    ['a prototype', text.replace(/^\{/, '{"__proto__":{"x":1},').replace(',}', '}')],
    ['a constructor', text.replace(/^\{/, '{"constructor":{"prototype":{"x":1}},').replace(',}', '}')],
    ['deeply nested', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['a number without end', `{"x":1${'0'.repeat(5_000)}}`],
    ['10 MB of text', `{"${first}":"${tenMegabytes}"}`],
    ['as a form', 'x=1', 'application/x-www-form-urlencoded'],
    ['as CSV', 'x;y', 'text/csv'],
    ['as XML', '<x/>', 'application/xml'],
    ['as nonsense', text, 'nonsense'],
  ];
  return bodies.map(([what, payload, type = 'application/json']) => ({
    request: {
      method: operation.method,
      url: urlOf(operation, good),
      payload,
      headers: { 'content-type': type },
    },
    what: `a body that is ${what}`,
    wanted: 'refused',
  }));
}

async function describe(served: Pick<TestApp, 'app'>): Promise<readonly Described[]> {
  const { body } = await served.app.server.inject({ method: 'GET', url: '/api/v1/openapi.json' });
  interface Operation {
    readonly operationId?: string;
    readonly parameters?: readonly Parameter[];
    readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  }
  const { paths } = JSON.parse(body) as { paths: Record<string, Record<string, Operation>> };
  return Object.entries(paths).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, { operationId = url, parameters = [], requestBody }]) => ({
      id: operationId,
      method: method.toUpperCase(),
      url,
      parameters,
      body: requestBody?.content['application/json']?.schema ?? null,
    })),
  );
}

function getAt(value: unknown, path: Field['path']): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
}

/** A copy with something else in one place; what leads there is made where it is missing. */
function putAt(value: unknown, [key, ...rest]: Field['path'], wanted: unknown): unknown {
  if (key === undefined) return wanted;
  if (typeof key === 'number') return [putAt(Array.isArray(value) ? value[key] : undefined, rest, wanted)];
  const there = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
  return { ...there, [key]: putAt(Reflect.get(there, key), rest, wanted) };
}

const namesField = (details: Readonly<Record<string, unknown>>): boolean =>
  Array.isArray(details.fields) && details.fields.length > 0;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
