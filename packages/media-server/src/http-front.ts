import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { readCaller } from './admin/caller.ts';
import type { Metrics } from './admin/metrics.ts';
import { maxBodyBytes, type TwirpServer } from './admin/twirp.ts';
import type { MediaConfig } from './config.ts';
import type { Log } from './log.ts';
import type { Access } from './protocol/access.ts';
import { addressKey, peerAddress, type TrustedPeers } from './signal/client-address.ts';
import { answerRefusal, asRefusal, Refusal, refuseUpgrade } from './signal/refusal.ts';
import { SignalServer } from './signal/signal-server.ts';
import { tokenOf } from './signal/token-of.ts';

export interface HttpFrontOptions {
  readonly config: Pick<MediaConfig, 'http' | 'limits' | 'metricsToken'>;
  readonly trusted: TrustedPeers;
  readonly signal: SignalServer;
  readonly twirp: TwirpServer;
  readonly metrics: Metrics;
  readonly readToken: (token: string) => Promise<Access>;
  readonly isDraining: () => boolean;
  readonly log: Log;
}

/** The one TCP port: signalling, administration, health and metrics, each behind its own door. */
export class HttpFront {
  readonly #options: HttpFrontOptions;
  readonly #server: Server;
  readonly #perPeer = new Map<string, number>();

  constructor(options: HttpFrontOptions) {
    this.#options = options;
    this.#server = createServer({
      // A v1 join carries a session description in its URL.
      maxHeaderSize: 128 * 1024,
      // Whoever sends slowly is not waited for.
      headersTimeout: 10_000,
      requestTimeout: 20_000,
      keepAliveTimeout: 5000,
      connectionsCheckingInterval: 1000,
    });
    this.#server.maxConnections = 4 * options.config.limits.maxParticipants + 64;
    this.#server.on('connection', (socket) => this.#onConnection(socket));
    this.#server.on('request', (request, response) => void this.#onRequest(request, response));
    this.#server.on('upgrade', (request, socket, head) => void this.#onUpgrade(request, socket, head));
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  /** @returns the port. @throws the system's error where the address cannot be had */
  async listen(): Promise<number> {
    const { host, port } = this.#options.config.http;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address: AddressInfo | string | null = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  /** Takes nobody new in. */
  stopListening(): void {
    this.#server.close();
    this.#server.closeIdleConnections();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
    });
    this.#server.closeAllConnections();
    await closed;
  }

  /** Connections that say nothing count too; those of a trusted proxy are many people's. */
  #onConnection(socket: Socket): void {
    const peer = peerAddress(socket);
    if (this.#options.trusted.has(peer)) return;
    const key = addressKey(peer);
    const count = (this.#perPeer.get(key) ?? 0) + 1;
    if (count > 2 * this.#options.config.limits.maxSocketsPerAddress) {
      socket.destroy();
      return;
    }
    this.#perPeer.set(key, count);
    socket.once('close', () => {
      const left = (this.#perPeer.get(key) ?? 1) - 1;
      if (left === 0) this.#perPeer.delete(key);
      else this.#perPeer.set(key, left);
    });
  }

  async #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // `ws` sets its own listener later; until then a reset must not end the process.
    socket.on('error', () => {});
    const url = urlOf(request);
    if (url === null) refuseUpgrade(socket, new Refusal(400, 'bad request', 'invalid'));
    else if (!SignalServer.isSignalPath(url.pathname)) refuseUpgrade(socket, notFound());
    else await this.#options.signal.upgrade(request, url, socket, head);
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {});
    try {
      const url = urlOf(request);
      if (url === null) throw new Refusal(400, 'bad request', 'invalid');
      if (allowOrigins(request, response)) return;
      await this.#route(request, url, response);
    } catch (error) {
      // Nobody waits for an answer any more: who sends half a request and goes is no fault of ours.
      if (isGone(error)) return;
      const refusal = asRefusal(error);
      if (refusal.outcome === 'fault') this.#options.log.error({ err: error }, 'a request failed');
      if (!response.headersSent) answerRefusal(response, refusal);
      else response.destroy();
    }
  }

  async #route(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const path = url.pathname;
    if (path === '/rtc/validate' || path === '/rtc/v1/validate') {
      await this.#options.signal.validate(request, url, response);
    } else if (SignalServer.isSignalPath(path)) {
      response.writeHead(404).end();
    } else if (path.startsWith('/twirp/')) {
      await this.#administrate(request, url, response);
    } else if (path === '/' || path === '/healthz') {
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end('OK');
    } else if (path === '/readyz') {
      const draining = this.#options.isDraining();
      response
        .writeHead(draining ? 503 : 200, { 'content-type': 'text/plain; charset=utf-8' })
        .end(draining ? 'draining' : 'OK');
    } else if (path === '/metrics') {
      await this.#tellMetrics(request, response);
    } else {
      throw notFound();
    }
  }

  async #administrate(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    const { twirp, readToken } = this.#options;
    const caller = await readCaller(tokenOf(request, url), readToken);
    if (!twirp.hasService(url.pathname)) throw notFound();
    const body = await readBody(request);
    twirp.answer(request, url.pathname, body, caller, response);
  }

  async #tellMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#mayReadMetrics(request)) throw notFound();
    const { metrics } = this.#options;
    const text = await metrics.text();
    response.writeHead(200, { 'content-type': metrics.contentType }).end(text);
  }

  /** This machine, but not somebody that a proxy on this machine speaks for. */
  #mayReadMetrics(request: IncomingMessage): boolean {
    const token = this.#options.config.metricsToken;
    const given = request.headers.authorization;
    if (token !== null && given !== undefined) return sameText(given, `Bearer ${token.reveal()}`);
    const forwarded = request.headers['x-forwarded-for'] ?? request.headers.forwarded;
    return forwarded === undefined && /^(127\.|::1$)/.test(peerAddress(request.socket));
  }
}

/** What Node throws where the client closed its connection in the middle of its request. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ECONNRESET';

const notFound = (): Refusal => new Refusal(404, '404 page not found\n', 'invalid');

/** Hashed first, so that neither length nor content shows in the time it takes. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** LiveKit forgives a second slash at the front, which clients make of an address that ends in one. */
function urlOf(request: IncomingMessage): URL | null {
  const target = (request.url ?? '/').replace(/^\/\//, '/');
  const text = `http://media.invalid${target}`;
  return target.startsWith('/') && URL.canParse(text) ? new URL(text) : null;
}

/** Any page may ask: tokens decide, not origins. True where this was a preflight, which is answered then. */
function allowOrigins(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin } = request.headers;
  response.setHeader('vary', 'Origin');
  if (origin === undefined) return false;
  response.setHeader('access-control-allow-origin', origin);
  const wanted = request.headers['access-control-request-method'];
  if (request.method !== 'OPTIONS' || wanted === undefined) {
    response.setHeader('access-control-expose-headers', '*');
    return false;
  }
  response.setHeader('vary', 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers');
  const headers = request.headers['access-control-request-headers'];
  if (headers !== undefined) response.setHeader('access-control-allow-headers', headers);
  const known = ['OPTIONS', 'HEAD', 'GET', 'POST', 'PATCH', 'DELETE'].includes(wanted.toUpperCase());
  if (known) response.setHeader('access-control-allow-methods', wanted.toUpperCase());
  response.setHeader('access-control-max-age', '86400');
  response.writeHead(204).end();
  return true;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = (): Refusal => new Refusal(413, 'request body too large', 'invalid');
  if (Number(request.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > maxBodyBytes) throw tooLarge();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
