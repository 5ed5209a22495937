import { DisconnectReason, ServerInfo, ServerInfo_Edition } from '@livekit/protocol';
import pino from 'pino';
import { agentDispatchService } from './admin/agent-dispatches.ts';
import { countLinks } from './admin/counted-links.ts';
import { iceServersOf } from './admin/ice-servers.ts';
import { Metrics } from './admin/metrics.ts';
import { roomService } from './admin/room-service.ts';
import { TwirpServer } from './admin/twirp.ts';
import { egressService, ingressService, sipService } from './admin/unconfigured-services.ts';
import { Webhooks } from './admin/webhooks.ts';
import { type Clock, systemClock } from './clock.ts';
import { type MediaConfig, MediaConfigError } from './config.ts';
import { HttpFront } from './http-front.ts';
import type { Log } from './log.ts';
import { newSid } from './protocol/ids.ts';
import { parseJoinWish } from './protocol/join-wish.ts';
import { parseClientMessage } from './protocol/parse-client-message.ts';
import { createTokenReader } from './protocol/token-reader.ts';
import { createRooms } from './sfu/create-rooms.ts';
import { createMediaLinks } from './sfu/media/create-media-links.ts';
import type { Rooms } from './sfu/rooms.ts';
import { trustPeers } from './signal/client-address.ts';
import { tokenSigner } from './signal/sign-token.ts';
import { SignalServer } from './signal/signal-server.ts';
import { createTransportFactory } from './transport/datachannel-transport.ts';
import { nativeCount } from './transport/native-handles.ts';
import type { TransportFactory } from './transport/transport.ts';

/** What clients are told: the LiveKit release whose behaviour this server follows, and its protocol. */
const follows = { version: '1.13.5', protocol: 17 } as const;
/** How long sockets and webhooks may take to end well. */
const closingGraceMs = 2000;

export interface MediaServer {
  readonly port: number;
  /** `http://host:port`, which clients may also write with `ws:`. */
  readonly url: string;
  readonly rooms: Rooms;
  /** For the leak check: all zero once `close` has resolved. */
  readonly open: { readonly sockets: number; readonly links: number; readonly transports: number };
  /** No new rooms, and `/readyz` says so; resolves when the last room is empty. */
  drain(): Promise<void>;
  /** Everybody is sent away; resolves when nothing is left open. Safe to call twice. */
  close(reason?: DisconnectReason): Promise<void>;
}

export interface MediaServerOptions {
  readonly config: MediaConfig;
  readonly clock?: Clock;
  readonly log?: Log;
  /** In tests: transports that lose or delay packets. Closed with the server. */
  readonly transports?: TransportFactory;
}

/** @throws MediaConfigError where a port or address cannot be had; nothing is left open then */
export async function startMediaServer(options: MediaServerOptions): Promise<MediaServer> {
  const { config, clock = systemClock } = options;
  const log = options.log ?? pino({ level: config.logLevel });
  const { limits } = config;

  const transports = options.transports ?? openTransports(config, log);
  const metrics = new Metrics();
  const webhooks = new Webhooks({
    urls: config.webhookUrls,
    apiKey: config.apiKey,
    apiSecret: config.apiSecret,
    clock,
    log,
    newEventId: () => newSid('EV'),
    onOutcome: metrics.webhook,
  });
  const links = countLinks(createMediaLinks({ clock, limits, transports, log }));
  const rooms = createRooms({
    clock,
    limits,
    links,
    onEvent: (event) => webhooks.send(event),
    serverInfo: new ServerInfo({
      ...follows,
      edition: ServerInfo_Edition.Standard,
      nodeId: newSid('ND'),
    }),
    iceServers: () => iceServersOf(config, clock),
    settings: config.rooms,
    signToken: tokenSigner({ apiKey: config.apiKey, apiSecret: config.apiSecret, clock }),
    log,
  });

  const tokens = createTokenReader({
    apiKey: config.apiKey,
    apiSecret: config.apiSecret.reveal(),
    limits,
  });
  const readToken = (token: string) => tokens.read(token);
  const trusted = trustPeers(config.http.trustedProxies);
  let draining = false;
  const signal = new SignalServer({
    rooms,
    clock,
    limits,
    log,
    trusted,
    readToken,
    autoCreate: config.rooms.autoCreate,
    parseJoinWish,
    parseMessage: parseClientMessage,
    onOutcome: metrics.joined,
    onExpelled: metrics.expelled,
  });
  const twirp = new TwirpServer(
    {
      'livekit.RoomService': roomService(rooms, limits),
      'livekit.Egress': egressService,
      'livekit.Ingress': ingressService,
      'livekit.SIP': sipService,
      'livekit.AgentDispatchService': agentDispatchService({
        rooms,
        limits,
        clock,
        autoCreate: config.rooms.autoCreate,
      }),
    },
    log,
  );
  const front = new HttpFront({
    config,
    trusted,
    signal,
    twirp,
    metrics,
    readToken,
    isDraining: () => draining,
    log,
  });
  metrics.observe({
    counts: () => rooms.counts,
    links: () => links.totals,
    transports: () => transports.openCount,
    nativeObjects: nativeCount,
    sockets: () => signal.openSockets,
    webhooksPending: () => webhooks.pending,
  });

  const closeParts = async (reason: DisconnectReason): Promise<void> => {
    front.stopListening();
    await rooms.close(reason);
    await signal.close(closingGraceMs);
    await Promise.all([front.close(), links.close(), webhooks.close(closingGraceMs)]);
    await transports.close();
    metrics.close();
  };
  let closing: Promise<void> | null = null;
  const close = (reason: DisconnectReason = DisconnectReason.SERVER_SHUTDOWN): Promise<void> => {
    draining = true;
    closing ??= closeParts(reason);
    return closing;
  };

  let port: number;
  try {
    port = await front.listen();
  } catch (error) {
    await close();
    throw portRefusal(error, config);
  }
  const host = config.http.host.includes(':') ? `[${config.http.host}]` : config.http.host;
  return {
    port,
    url: `http://${host}:${port}`,
    rooms,
    get open() {
      return { sockets: signal.openSockets, links: links.openCount, transports: transports.openCount };
    },
    drain: () => {
      draining = true;
      return rooms.drain();
    },
    close,
  };
}

function openTransports({ udp, limits }: MediaConfig, log: Log): TransportFactory {
  try {
    return createTransportFactory({
      udpPorts: udp.range,
      singlePort: udp.port,
      bindAddress: udp.bindAddress,
      announcedAddresses: udp.announcedAddresses,
      maxCandidates: limits.maxCandidates,
      log,
    });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/[.]$/, '') : 'no UDP port can be had';
    const setting = udp.range === null ? 'NAER_MEDIA_UDP_PORT' : 'NAER_MEDIA_UDP_RANGE';
    throw new MediaConfigError(
      setting,
      why,
      'Choose another one; NAER_MEDIA_UDP_PORT=0 takes any that is free.',
    );
  }
}

/** What the system says about a port becomes what the operator can do about it. */
function portRefusal(error: unknown, { http }: MediaConfig): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return new MediaConfigError(
      'NAER_MEDIA_PORT',
      `port ${http.port} is taken`,
      'Choose another one; 0 takes any that is free.',
    );
  }
  if (code === 'EACCES') {
    return new MediaConfigError(
      'NAER_MEDIA_PORT',
      `port ${http.port} is not ours to take`,
      'Choose one above 1023.',
    );
  }
  if (code === 'EADDRNOTAVAIL') {
    return new MediaConfigError(
      'NAER_MEDIA_HOST',
      `${http.host} is no address of this machine`,
      'Write for example 127.0.0.1.',
    );
  }
  return error;
}
