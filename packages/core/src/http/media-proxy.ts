import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createProxyServer, proxyUpgrade } from 'httpxy';
import { DomainError } from '../kernel/errors.ts';
import type { Log } from './logging.ts';

export interface MediaProxyDeps {
  /** `http:` or `https:` address of the media server's signalling; null while it is down. */
  readonly target: () => string | null;
  readonly log: Log;
}

/** LiveKit's addresses for signalling (WebSocket and its check) and for administration (Twirp). */
const prefixes = ['/rtc', '/twirp'];
/** How long the media server may take to answer the opening of a WebSocket; a client tries again by itself. */
const upgradeTimeoutMs = 10_000;

/**
 * Passes LiveKit's signalling on to the media server, so that browsers need one https address. What it answers reaches the
 * client byte for byte, refusals of a WebSocket included, because clients read them. The media server checks the tokens
 * itself; it is told the address that a request came from, by which it counts.
 */
export function registerMediaProxy(app: FastifyInstance, { target, log }: MediaProxyDeps): void {
  const web = createProxyServer({ changeOrigin: true, proxyTimeout: 30_000 });
  const upgrades = new WeakMap<IncomingMessage, { readonly socket: Duplex; readonly head: Buffer }>();
  const tunnels = new Set<Duplex>();

  const pass = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const address = target();
    if (address === null) throw new DomainError('unavailable');
    // What a client claims of itself here is not to be believed; a trusted proxy's word is already in `request.ip`.
    for (const name of ['forwarded', 'x-real-ip']) delete request.raw.headers[name];
    request.raw.headers['x-forwarded-for'] = request.ip;
    reply.hijack();
    const upgrade = upgrades.get(request.raw);
    try {
      if (upgrade === undefined) return await web.web(request.raw, reply.raw, { target: address });
      const { socket, head } = upgrade;
      reply.raw.removeAllListeners('finish');
      // The tunnel is the socket's only writer from here on.
      Reflect.apply(ServerResponse.prototype.detachSocket, reply.raw, [socket]);
      tunnels.add(socket);
      socket.once('close', () => tunnels.delete(socket));
      const onward = await proxyUpgrade(address, request.raw, socket, head, {
        xfwd: false,
        changeOrigin: true,
        upgradeTimeout: upgradeTimeoutMs,
      });
      // Half-open tunnels would keep a participant in a room that nobody is in.
      socket.once('close', () => onward.destroy());
      onward.once('close', () => socket.destroy());
    } catch (error) {
      // A refused token is no fault, and the address holds the token: neither belongs into the log.
      log.debug({ requestId: request.id, err: error }, 'signalling was not passed on');
      if (upgrade === undefined && !reply.raw.headersSent) reply.raw.writeHead(502).end();
    }
  };

  for (const prefix of prefixes) {
    app.all(`${prefix}/*`, { config: { open: true }, schema: { hide: true }, onRequest: pass }, () => {});
    app.all(prefix, { config: { open: true }, schema: { hide: true }, onRequest: pass }, () => {});
  }

  // Upgrades go the way of all requests, so that limits and trusted proxies mean the same for them.
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrades.set(request, { socket, head });
    const response = new ServerResponse(request);
    Reflect.apply(response.assignSocket, response, [socket]);
    response.on('finish', () => socket.end());
    app.routing(request, response);
  });
  app.addHook('preClose', async () => {
    for (const socket of tunnels) socket.destroy();
  });
}
