import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { CallPage, TalkPage } from '@naer/core/contract/call-page';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

const ids = {
  citizen: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
  worker: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b12',
};
const minutes = (from: number, count: number) => new Date(from + count * 60_000).toISOString();

const aSeat = (id: string, kind: 'citizen' | 'worker', now: number): CallPage['seats'][number] => ({
  id,
  kind,
  role: null,
  initials: kind === 'worker' ? 'MKJ' : null,
  state: 'invited',
  since: minutes(now, -10),
  waitingSince: null,
  present: false,
  gone: null,
  byPhone: false,
  tests: [],
  canEncrypt: null,
  exchange: { commitment: null, hostKey: null, publicKey: null, nonce: null, epoch: 0, wrappedKey: null },
});

/** What the service shows a citizen whose visit begins in five minutes. */
function firstPage(now: number): CallPage {
  return {
    version: 1,
    now: new Date(now).toISOString(),
    municipality: 'Prøvekommunen',
    isDemo: true,
    helpPhone: '+4570000000',
    acutePhone: '+45112',
    language: 'da',
    state: 'prepared',
    visit: {
      startsAt: minutes(now, 5),
      endsAt: minutes(now, 35),
      opensAt: minutes(now, -25),
      closesAt: minutes(now, 275),
      state: 'planned',
      proposedBy: null,
      worker: 'Mette',
      purposes: [],
      agenda: null,
      next: null,
    },
    me: { seat: ids.citizen, kind: 'citizen', isHost: false, state: 'invited', waitingSince: null },
    seats: [aSeat(ids.worker, 'worker', now), aSeat(ids.citizen, 'citizen', now)],
    encryption: null,
    aloneSince: null,
    company: null,
    groundRules: { caller: 'worker', afterMinutes: 3, speakAgain: 'same-day', phoneEnds: '42' },
    failure: null,
    minutes: null,
    plan: null,
  };
}

export interface Asked {
  readonly path: string;
  readonly token: string | null;
  readonly body: Record<string, unknown>;
}

interface Refused {
  readonly status: number;
  readonly code: string;
  readonly params?: Readonly<Record<string, string>>;
}

/** The service as a page sees it, for one link: what it answers is set by the test, what it was asked is kept. */
export class FakeService {
  page: CallPage = firstPage(Date.now());
  /** What a citizen may ask for; nothing, unless a test says otherwise. */
  talk: TalkPage = { worker: 'Mette', asked: null, times: [] };
  /** Answers every opening with this error. */
  refusal: Refused | null = null;
  /** Answers the next request of a path with this. */
  readonly refuseNext = new Map<string, Omit<Refused, 'status'>>();
  /** What looks at an opening before it is taken: gives an error's code, or null. */
  door: (body: Record<string, unknown>) => string | null = () => null;
  /** Not there at all: every request of the page is cut off. */
  down = false;
  readonly asked: Asked[] = [];
  readonly url: string;
  readonly #server;
  readonly #watching = new Set<() => void>();

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(folder: string): Promise<FakeService> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const service = new FakeService(server);
    server.on('request', (request, response) => void service.#answer(folder, request, response));
    return service;
  }

  /** Changes what pages show; whoever waits for something new is told at once. */
  change(change: Partial<CallPage>): void {
    this.page = { ...this.page, ...change, version: this.page.version + 1 };
    for (const tell of [...this.#watching]) tell();
  }

  setState(state: CallPage['me']['state']): void {
    const since = new Date().toISOString();
    const waitingSince = state === 'waiting' ? since : this.page.me.waitingSince;
    this.change({
      me: { ...this.page.me, state, waitingSince },
      seats: this.page.seats.map((seat) =>
        seat.id === this.page.me.seat ? { ...seat, state, waitingSince } : seat,
      ),
    });
  }

  askedFor(wanted: string): Asked[] {
    return this.asked.filter(({ path: at }) => at === wanted);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', this.url);
    if (!pathname.startsWith('/api/v1/')) return sendFile(folder, pathname, response);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    const at = pathname.replace('/api/v1', '');
    this.asked.push({ path: at, token: request.headers.authorization?.replace('Bearer ', '') ?? null, body });
    if (this.down) return void request.socket.destroy();
    const refuse = (status: number, code: string, params: Readonly<Record<string, string>> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify({ code, params }));
    const refused = this.refusal ?? this.#refusalOf(at, body);
    if (at === '/call/new-link') return sendJson(response, { asked: true });
    if (refused !== null) return void refuse(refused.status, refused.code, refused.params);
    if (at === '/call/watch') {
      if (Number(body.after ?? -1) >= this.page.version) await this.#news(request);
      return sendJson(response, this.#now());
    }
    if (at.startsWith('/call/talk')) {
      if (at === '/call/talk/withdraw') this.talk = { ...this.talk, asked: null };
      else if (typeof body.wishedAt === 'string')
        this.talk = { ...this.talk, asked: { wishedAt: body.wishedAt, askedAt: new Date().toISOString() } };
      return sendJson(response, this.talk);
    }
    if (at === '/call/proposal') this.#answerProposal(body);
    if (at === '/call/agenda' && typeof body.agenda === 'string')
      this.change({ visit: { ...this.page.visit, agenda: body.agenda } });
    if (at === '/call/wait' && this.page.me.state !== 'admitted') this.setState('waiting');
    if (at === '/call/leave') this.setState('left');
    // There is no media server behind it: a page that comes in waits for one, and one that tests is told to try no more.
    if (at === '/call/enter') return void refuse(503, 'media_unavailable');
    if (at === '/call/try') return void refuse(429, 'too_many_requests');
    sendJson(response, this.#now());
  }

  #refusalOf(at: string, body: Record<string, unknown>): Refused | null {
    const next = this.refuseNext.get(at);
    this.refuseNext.delete(at);
    if (next !== undefined) return { status: 409, ...next };
    const code = at === '/call/open' ? this.door(body) : null;
    return code === null ? null : { status: 409, code };
  }

  #answerProposal({ answer, other }: Record<string, unknown>): void {
    const { visit } = this.page;
    if (answer === 'yes') this.change({ visit: { ...visit, state: 'planned', proposedBy: null } });
    if (answer === 'no') this.change({ state: 'ended', visit: { ...visit, state: 'cancelled' } });
    if (typeof other === 'string')
      this.change({ visit: { ...visit, startsAt: other, proposedBy: 'citizen' } });
  }

  #now(): CallPage {
    return { ...this.page, now: new Date().toISOString() };
  }

  async #news(request: IncomingMessage): Promise<void> {
    await new Promise<void>((resolve) => {
      const tell = () => {
        this.#watching.delete(tell);
        resolve();
      };
      this.#watching.add(tell);
      request.socket.once('close', tell);
    });
  }
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

async function sendFile(folder: string, pathname: string, response: ServerResponse): Promise<void> {
  const name = pathname === '/s' ? 'index.html' : path.normalize(pathname.replace(/^\/s\//, '/'));
  try {
    const body = await readFile(path.join(folder, name));
    response
      .writeHead(200, {
        'content-type': types[path.extname(name)] ?? 'application/octet-stream',
        'content-security-policy':
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:",
      })
      .end(body);
  } catch {
    response.writeHead(404).end();
  }
}
