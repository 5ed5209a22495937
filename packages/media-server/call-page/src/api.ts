import type { CallEncryption } from '@naer/core/contract/call-codes';
import type { CallPage, callPageRoutes } from '@naer/core/contract/call-page';
import { type FailureCode, RequestFailure } from './request-failure.ts';

export { type FailureCode, RequestFailure } from './request-failure.ts';

type Routes = typeof callPageRoutes;
// What zod's `input` and `output` are made of: the page has no zod, not even for its types.
type Body<R extends keyof Routes> = Routes[R]['body'] extends { _zod: { input: infer Input } }
  ? Input
  : never;
type Reply<R extends keyof Routes> = Routes[R]['reply'] extends { _zod: { output: infer Output } }
  ? Output
  : never;
/** What a route takes, but for the device, which is added to all. */
type Wish<R extends keyof Routes> = Omit<Body<R>, 'device'>;

export type Finish = Omit<Wish<'finish'>, 'topics'> & {
  readonly topics: readonly NonNullable<Wish<'finish'>['topics']>[number][];
};

export type SeatKeys = Wish<'giveKeys'>['keys'][number];

/** The routes of `callPageRoutes`, for the one link of this page. Each throws RequestFailure. */
export interface CallApi {
  open(options?: Wish<'open'>): Promise<CallPage>;
  /** With `after`: once there is something newer, or after 25 seconds. */
  watch(after: number | null, signal?: AbortSignal): Promise<CallPage>;
  reportTests(results: Wish<'reportTests'>['results']): Promise<CallPage>;
  wait(wish: Wish<'wait'>): Promise<CallPage>;
  revealKey(shown: Wish<'revealKey'>): Promise<CallPage>;
  giveKeys(keys: readonly SeatKeys[]): Promise<CallPage>;
  admit(seat: string, refuse?: boolean): Promise<CallPage>;
  tryNetwork(): Promise<Reply<'tryNetwork'>>;
  enter(encryption: CallEncryption): Promise<Reply<'enter'>>;
  /** With `leaving`, the request outlives the page. */
  leave(leaving?: boolean): Promise<CallPage>;
  declareAlone(alone: boolean): Promise<CallPage>;
  keepPlan(file: Blob): Promise<CallPage>;
  readPlan(): Promise<Blob>;
  removePlan(): Promise<CallPage>;
  tellCompany(company: CallPage['company']): Promise<CallPage>;
  reportTrouble(trouble: Wish<'reportTrouble'>): Promise<CallPage>;
  readPhone(): Promise<Reply<'readPhone'>>;
  answerWorked(worked: boolean): Promise<CallPage>;
  finish(end: Finish): Promise<CallPage>;
  prepare(agenda: string | null): Promise<CallPage>;
  answerProposal(answer: Wish<'answerProposal'>): Promise<CallPage>;
  talk(): Promise<Reply<'showTalk'>>;
  askTalk(wishedAt: string): Promise<Reply<'askTalk'>>;
  withdrawTalk(): Promise<Reply<'withdrawTalk'>>;
  askNewLink(to: Body<'askNewLink'>): Promise<Reply<'askNewLink'>>;
}

export interface ApiDeps {
  readonly fetch: typeof fetch;
  /** What the browser says of the network; it may be wrong when it says yes. */
  readonly isOnline: () => boolean;
}

export interface ApiOptions {
  /** Null where the address holds none: then only `askNewLink` has a meaning. */
  readonly link: string | null;
  readonly device: string;
  readonly language: 'da' | 'en';
}

/** After this a request counts as unanswered. */
const answerWithinMs = 15_000;
/** The service answers a watch after at most 25 seconds. */
const watchWithinMs = 40_000;
/** As long as the service takes in a file. */
const fileWithinMs = 120_000;

interface Sending {
  readonly signal?: AbortSignal | undefined;
  readonly withinMs?: number;
  readonly keepalive?: boolean;
}

export function createCallApi({ fetch, isOnline }: ApiDeps, options: ApiOptions): CallApi {
  const { link, device } = options;

  async function ask<T>(
    method: string,
    path: string,
    body: object | Blob | null,
    how: Sending,
    read: (response: Response) => Promise<T>,
  ): Promise<T> {
    const headers: Record<string, string> = {
      accept: 'application/json',
      'accept-language': options.language,
    };
    if (link !== null) headers.authorization = `Bearer ${link}`;
    const isFile = body instanceof Blob;
    if (isFile) headers['naer-device'] = device;
    if (body !== null) headers['content-type'] = isFile ? 'application/octet-stream' : 'application/json';
    // Not AbortSignal.any: Safari knows it since 17.4 only.
    const ending = new AbortController();
    const end = () => ending.abort();
    const timer = setTimeout(end, how.withinMs ?? answerWithinMs);
    how.signal?.addEventListener('abort', end);
    try {
      const response = await fetch(`/api/v1${path}`, {
        method,
        headers,
        body: body === null || isFile ? body : JSON.stringify(body),
        signal: ending.signal,
        keepalive: how.keepalive ?? false,
        cache: 'no-store',
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
      });
      if (!response.ok) throw refusal(await response.json(), response.headers.get('retry-after'));
      return await read(response);
    } catch (error) {
      if (error instanceof RequestFailure) throw error;
      throw new RequestFailure(isOnline() ? 'service_down' : 'offline');
    } finally {
      clearTimeout(timer);
      how.signal?.removeEventListener('abort', end);
    }
  }

  // The one edge where the service's word is taken: page and service come from the same build.
  const send = <T>(method: string, path: string, body: object | Blob | null, how: Sending = {}): Promise<T> =>
    ask(method, path, body, how, async (response) => (await response.json()) as T);
  const post = <T>(path: string, body: object, how?: Sending) =>
    send<T>('POST', path, { device, ...body }, how);

  return {
    open: (wish = {}) => post('/call/open', wish),
    watch: (after, signal) =>
      post('/call/watch', after === null ? {} : { after }, { signal, withinMs: watchWithinMs }),
    reportTests: (results) => post('/call/tests', { results }),
    wait: (wish) => post('/call/wait', wish),
    revealKey: (shown) => post('/call/reveal', shown),
    giveKeys: (keys) => post('/call/keys', { keys }),
    admit: (seat, refuse = false) => post('/call/admit', { seat, refuse }),
    tryNetwork: () => post('/call/try', {}),
    enter: (encryption) => post('/call/enter', { encryption }),
    leave: (leaving = false) => post('/call/leave', {}, { keepalive: leaving }),
    declareAlone: (alone) => post('/call/alone', { alone }),
    keepPlan: (file) => send('PUT', '/call/plan', file, { withinMs: fileWithinMs }),
    readPlan: () =>
      ask('POST', '/call/plan/read', { device }, { withinMs: fileWithinMs }, (response) => response.blob()),
    removePlan: () => post('/call/plan/remove', {}),
    tellCompany: (company) => post('/call/company', { company }),
    reportTrouble: (trouble) => post('/call/trouble', trouble),
    readPhone: () => post('/call/phone', {}),
    answerWorked: (worked) => post('/call/worked', { worked }),
    finish: (end) => post('/call/finish', end),
    prepare: (agenda) => post('/call/agenda', { agenda }),
    answerProposal: (answer) => post('/call/proposal', answer),
    talk: () => post('/call/talk/show', {}),
    askTalk: (wishedAt) => post('/call/talk', { wishedAt }),
    withdrawTalk: () => post('/call/talk/withdraw', {}),
    askNewLink: (to) => send('POST', '/call/new-link', to),
  };
}

/** Problem details (RFC 9457) as core writes them; anything else was not written by core. */
function refusal(answer: unknown, retryAfter: string | null): RequestFailure {
  if (typeof answer !== 'object' || answer === null || !('code' in answer) || typeof answer.code !== 'string')
    return new RequestFailure('service_down');
  const params = 'params' in answer && typeof answer.params === 'object' ? answer.params : {};
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter);
  return new RequestFailure(
    answer.code as FailureCode,
    { ...params },
    Number.isFinite(seconds) ? seconds * 1000 : null,
  );
}
