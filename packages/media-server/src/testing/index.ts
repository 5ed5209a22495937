import { randomBytes } from 'node:crypto';
import type { DisconnectReason } from '@livekit/protocol';
import { AccessToken, type VideoGrant } from 'livekit-server-sdk';
import pino from 'pino';
import type { Clock } from '../clock.ts';
import { type MediaConfig, Secret } from '../config.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import type { Log } from '../log.ts';
import { type MediaServer, startMediaServer } from '../server.ts';
import { createTransportFactory } from '../transport/datachannel-transport.ts';
import type { TransportFactory } from '../transport/transport.ts';

export interface TestMediaServerOptions {
  readonly config?: Partial<Omit<MediaConfig, 'limits'>>;
  readonly limits?: Partial<Limits>;
  readonly clock?: Clock;
  readonly transports?: TransportFactory;
  /** Silent unless given. */
  readonly log?: Log;
}

export interface TestMediaServer {
  readonly server: MediaServer;
  readonly port: number;
  /** `ws://127.0.0.1:port`, for clients; `httpUrl` for the server SDK. */
  readonly url: string;
  readonly httpUrl: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** A join token for `room` unless the grants say otherwise. */
  token(identity: string, room: string, grants?: VideoGrant): Promise<string>;
  /** Closes the server. @throws Error where a room, link, transport or socket is left */
  close(reason?: DisconnectReason): Promise<void>;
}

/** The transports of a test server when none are given: on loopback only, at ports that are free. For `relay` and `impair`. */
export function loopbackTransports(log: Log = pino({ level: 'silent' })): TransportFactory {
  return createTransportFactory({
    udpPorts: null,
    singlePort: null,
    bindAddress: '127.0.0.1',
    announcedAddresses: [],
    maxCandidates: defaultLimits.maxCandidates,
    log,
  });
}

/** A media server of this process on free ports of 127.0.0.1, with a key of its own and room for many test clients. */
export async function startTestMediaServer(options: TestMediaServerOptions = {}): Promise<TestMediaServer> {
  const apiKey = 'test-key';
  const apiSecret = randomBytes(32).toString('base64url');
  const server = await startMediaServer({
    config: {
      http: { host: '127.0.0.1', port: 0, trustedProxies: [] },
      apiKey,
      apiSecret: new Secret(apiSecret),
      udp: { port: null, range: null, bindAddress: '127.0.0.1', announcedAddresses: [] },
      stunUrls: [],
      turn: null,
      webhookUrls: [],
      rooms: { autoCreate: true, emptyTimeoutSeconds: 300, departureTimeoutSeconds: 20 },
      metricsToken: null,
      drainSeconds: 1,
      logLevel: 'silent',
      ...options.config,
      limits: {
        ...defaultLimits,
        maxSocketsPerAddress: 1000,
        joinsPerSecondPerAddress: 1000,
        ...options.limits,
      },
    },
    log: options.log ?? pino({ level: 'silent' }),
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.transports === undefined ? {} : { transports: options.transports }),
  });
  return {
    server,
    port: server.port,
    url: server.url.replace(/^http/, 'ws'),
    httpUrl: server.url,
    apiKey,
    apiSecret,
    token: (identity, room, grants = {}) => {
      const token = new AccessToken(apiKey, apiSecret, { identity, ttl: 600 });
      token.addGrant({ roomJoin: true, room, ...grants });
      return token.toJwt();
    },
    close: async (reason) => {
      await server.close(reason);
      const left = Object.entries({ ...server.rooms.counts, ...server.open }).filter(
        ([, count]) => count !== 0,
      );
      if (left.length > 0) throw new Error(`left open: ${left.map((entry) => entry.join(' ')).join(', ')}`);
    },
  };
}

export {
  DataPacket,
  DataPacket_Kind,
  DisconnectReason,
  LeaveRequest_Action,
  RequestResponse_Reason,
  SignalRequest,
  SubscriptionError,
  TrackSource,
  TrackType,
  WrappedJoinRequest,
  WrappedJoinRequest_Compression,
} from '@livekit/protocol';
export { WebSocket, WebSocketServer } from 'ws';
export { isRtcp, parseRtp, writeRtp } from '../rtp/packet.ts';
export { parseRtcp, writeNack, writePli, writeReceiverReport } from '../rtp/rtcp.ts';
export {
  type ImpairedTransportFactory,
  type ImpairmentChange,
  impair,
  type PathRules,
} from './impaired-transport.ts';
export { packJoinRequest, RawClient, type RawClientOptions, type RawMessage } from './raw-client.ts';
export { type RawSection, rawExtensionIds, rawPayloadTypes, writeRawSdp } from './raw-sdp.ts';
export { type RelayedTransportFactory, relay } from './relayed-transport.ts';
