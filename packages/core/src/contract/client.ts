import type { z } from 'zod';
// Not from the barrel: a program that calls one route shall not load every schema.
import { errorTexts } from '../kernel/error-texts.ts';
import { DomainError, type ErrorCode, type Language } from '../kernel/errors.ts';
import { demoHeader } from './demo-header.ts';
import { type Problem, problem } from './operations.ts';
import type { Route } from './route.ts';

/** Why a request failed: the service refused it, or it could not be reached. */
export class ApiError extends DomainError {
  readonly problem: Problem;
  constructor(code: ErrorCode, received: Problem) {
    super(code, received.params, { details: received.details });
    this.name = 'ApiError';
    this.problem = received;
  }
}

/** The service did not answer at all, or what answered was not Nær. */
export class Unreachable extends Error {
  readonly url: string;
  constructor(url: string, cause: unknown) {
    super(`No answer from ${url}`, { cause });
    this.name = 'Unreachable';
    this.url = url;
  }
}

/** One request as it goes out. An `Idempotency-Key` is among the headers, so that sending it again is safe. */
export interface OutgoingRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | AsyncIterable<Uint8Array> | null;
  readonly signal: AbortSignal | null;
}

/** What comes back; a `Response` is one. */
export interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly body: AsyncIterable<Uint8Array> | null;
  readonly headers: { get(name: string): string | null };
  json(): Promise<unknown>;
}

/** Carries one request. Throws only when nothing came back. */
export type Transport = (url: URL, request: OutgoingRequest) => Promise<Answer>;

export interface ClientOptions {
  /** Where the service is, without `/api/v1`. */
  readonly url: string;
  readonly token: string | null;
  readonly language: Language;
  /** Sent as User-Agent, so that an administrator sees which window a request came from. */
  readonly agent?: string;
  /** `fetch` by default; a short-lived program may know a carrier that starts faster. */
  readonly transport?: Transport;
  /** Told with each answer that comes from a demo municipality, whose people are invented. */
  readonly onDemo?: () => void;
}

type Given<T extends z.ZodType, K extends string> = T extends z.ZodUndefined
  ? { readonly [key in K]?: undefined }
  : Record<string, never> extends z.input<T>
    ? { readonly [key in K]?: z.input<T> }
    : { readonly [key in K]: z.input<T> };

export type Input<R extends Route> = Given<R['params'], 'params'> &
  Given<R['query'], 'query'> &
  Given<R['body'], 'body'> & {
    /** For writes: repeat the call with the same key and nothing happens twice. One is made for each call if not given. */
    readonly idempotencyKey?: string;
    /** For uploads: the bytes of the file. */
    readonly file?: AsyncIterable<Uint8Array>;
    readonly signal?: AbortSignal;
  };

export interface Client {
  /** Calls a route and parses its answer. Throws ApiError with the service's own code, or Unreachable. */
  call<R extends Route>(route: R, input: Input<R>): Promise<z.output<R['reply']>>;
  /** The raw answer of a download or an event stream, once the service has accepted the request. */
  open<R extends Route>(route: R, input: Input<R>): Promise<Answer>;
}

export function createClient(options: ClientOptions): Client {
  const transport = options.transport ?? overFetch;
  const send = async (route: Route, input: Input<Route>): Promise<Answer> => {
    const url = new URL(
      `/api/v1${fillPath(route.path, (input.params ?? {}) as Record<string, unknown>)}`,
      options.url,
    );
    for (const [key, value] of Object.entries((input.query ?? {}) as Record<string, unknown>)) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const headers: Record<string, string> = { 'accept-language': options.language };
    if (options.token !== null) headers.authorization = `Bearer ${options.token}`;
    if (options.agent !== undefined) headers['user-agent'] = options.agent;
    if (route.method !== 'GET') headers['idempotency-key'] = input.idempotencyKey ?? crypto.randomUUID();
    const upload = route.form === 'upload';
    if (upload) headers['content-type'] = 'application/octet-stream';
    else if (input.body !== undefined) headers['content-type'] = 'application/json';
    const body = upload
      ? (input.file ?? noBytes())
      : input.body === undefined
        ? null
        : JSON.stringify(input.body);
    let response: Answer;
    try {
      response = await transport(url, { method: route.method, headers, body, signal: input.signal ?? null });
    } catch (error) {
      if (input.signal?.aborted) throw error;
      throw new Unreachable(options.url, error);
    }
    if (response.headers.get(demoHeader) !== null) options.onDemo?.();
    if (!response.ok) throw await refusal(options.url, response);
    return response;
  };

  return {
    open: (route, input) => send(route, input as Input<Route>),
    call: async (route, input) => {
      const response = await send(route, input as Input<Route>);
      return route.reply.parse(await response.json()) as never;
    },
  };
}

const overFetch: Transport = (url, { method, headers, body, signal }) => {
  const init: RequestInit & { duplex?: 'half' } = { method, headers: { ...headers }, signal };
  if (typeof body === 'string') init.body = body;
  else if (body !== null) {
    init.body = ReadableStream.from(body) as unknown as NonNullable<RequestInit['body']>;
    init.duplex = 'half';
  }
  return fetch(url, init);
};

async function* noBytes(): AsyncGenerator<Uint8Array> {}

async function refusal(url: string, response: Answer): Promise<Error> {
  const body: unknown = await response.json().catch(() => null);
  const parsed = problem.safeParse(body);
  if (!parsed.success || !(parsed.data.code in errorTexts)) {
    return new Unreachable(url, new Error(`answered ${response.status} without problem details`));
  }
  return new ApiError(parsed.data.code as ErrorCode, parsed.data);
}

function fillPath(path: string, params: Record<string, unknown>): string {
  return path.replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(String(params[key] ?? '')));
}
