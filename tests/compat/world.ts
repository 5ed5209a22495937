import type { RoomOptions } from '@livekit/rtc-node';
import {
  AccessToken,
  DataPacket_Kind,
  type ParticipantInfo,
  ParticipantInfo_State,
  RoomConfiguration,
  RoomServiceClient,
  type SendDataOptions,
  type VideoGrant,
} from 'livekit-server-sdk';
import { NodeClient } from './clients/node.ts';
import type { ConnectFailure, PageClient, PageConnect } from './clients/page.ts';
import type { BrowserName, Pages } from './clients/pages.ts';
import { apiKey, apiSecret } from './keys.ts';
import type { Observation } from './observation.ts';
import type { RunningServer, TargetSettings } from './targets/target.ts';
import { until } from './waiting.ts';
import type { WebhookHappening } from './webhooks.ts';

/** How somebody comes in: grants beyond joining the behaviour's room, and what the token says of them. */
export interface Arrival {
  readonly grant?: VideoGrant;
  readonly name?: string;
  readonly metadata?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly ttl?: string | number;
  readonly kind?: 'standard' | 'agent';
  readonly roomConfig?: ConstructorParameters<typeof RoomConfiguration>[0];
}

export type PageArrival = Arrival & Omit<PageConnect, 'url' | 'token'>;

/** What one behaviour has at hand: its own room on the server under test, and clients that go with it. */
export interface World {
  readonly server: RunningServer;
  readonly room: string;
  readonly service: RoomServiceClient;
  token(identity: string, arrival?: Arrival): Promise<string>;
  /** livekit-client in Chromium, in the room. */
  page(identity: string, arrival?: PageArrival): Promise<PageClient>;
  /** livekit-client in Firefox, in the room. */
  firefox(identity: string, arrival?: PageArrival): Promise<PageClient>;
  /** As `page` where failing is an answer. */
  tryPage(
    identity: string,
    arrival?: PageArrival & { readonly token?: string; readonly url?: string },
  ): Promise<{ readonly page: PageClient; readonly failure: ConnectFailure | null }>;
  /** @livekit/rtc-node, in the room. */
  node(
    identity: string,
    arrival?: Arrival & {
      readonly options?: Partial<RoomOptions> & { readonly singlePeerConnection?: boolean };
    },
  ): Promise<NodeClient>;
  /** Somebody as the server tells of them once their media is connected. */
  activeParticipant(identity: string): Promise<ParticipantInfo>;
  /** A reliable message of the server itself. */
  sendData(text: string, options: SendDataOptions): Promise<void>;
  /** How an API call of the official SDK was refused: status and Twirp code; `taken` where it was not. */
  refusal(call: Promise<unknown>): Promise<Observation>;
  /** A webhook about this room. */
  webhook(event: string, fits?: (hook: WebhookHappening) => boolean): Promise<WebhookHappening>;
  /** All webhooks about this room, in the order in which they came. */
  webhooks(): readonly WebhookHappening[];
  /** Another server of the same make, for what would disturb the others. */
  another(settings?: TargetSettings): Promise<World>;
}

export async function withWorld<Result>(
  {
    server,
    room,
    pages,
    start,
  }: {
    readonly server: RunningServer;
    readonly room: string;
    readonly pages: (browser: BrowserName) => Promise<Pages>;
    readonly start: (settings?: TargetSettings) => Promise<RunningServer>;
  },
  use: (world: World) => Promise<Result>,
): Promise<Result> {
  const closing: (() => Promise<void>)[] = [];
  const build = (on: RunningServer): World => {
    const service = new RoomServiceClient(on.httpUrl, apiKey, apiSecret);
    closing.push(() => service.deleteRoom(room).catch(() => undefined));
    const token: World['token'] = (identity, arrival = {}) => makeToken(room, identity, arrival);
    const tryIn = async (
      browser: BrowserName,
      identity: string,
      arrival: Parameters<World['tryPage']>[1] = {},
    ) => {
      const opened = await pages(browser);
      const page = await opened.open();
      closing.push(() => opened.giveBack(page));
      const failure = await page.tryConnect({
        ...arrival,
        url: arrival.url ?? on.url,
        token: arrival.token ?? (await token(identity, arrival)),
      });
      return { page, failure };
    };
    const pageIn = async (browser: BrowserName, identity: string, arrival?: PageArrival) => {
      const { page, failure } = await tryIn(browser, identity, arrival);
      if (failure !== null) throw new Error(`${identity} could not connect: ${JSON.stringify(failure)}`);
      return page;
    };
    return {
      server: on,
      room,
      service,
      token,
      tryPage: (identity, arrival) => tryIn('chromium', identity, arrival),
      page: (identity, arrival) => pageIn('chromium', identity, arrival),
      firefox: (identity, arrival) => pageIn('firefox', identity, arrival),
      node: async (identity, { options = {}, ...arrival } = {}) => {
        const client = new NodeClient();
        closing.push(() => client.close());
        await client.connect(on.url, await token(identity, arrival), options);
        return client;
      },
      activeParticipant: (identity) =>
        until(`${identity} being active`, async () => {
          const participant = await service.getParticipant(room, identity);
          return participant.state === ParticipantInfo_State.ACTIVE && participant;
        }),
      sendData: (text, options) =>
        service.sendData(room, new TextEncoder().encode(text), DataPacket_Kind.RELIABLE, options),
      refusal: (call) =>
        call.then(
          () => 'taken',
          (error: { readonly status?: number; readonly code?: string; readonly message?: string }) =>
            error.status === undefined
              ? { error: error.message ?? '' }
              : { status: error.status, code: error.code ?? null },
        ),
      webhook: (event, fits = () => true) =>
        on.webhooks.log.heard(event, (hook) => hook.room === room && fits(hook)),
      webhooks: () => on.webhooks.log.entries.filter((hook) => hook.room === room),
      another: async (settings) => {
        const other = await start(settings);
        closing.push(() => other.kill());
        return build(other);
      },
    };
  };
  try {
    return await use(build(server));
  } finally {
    await Promise.all(closing.map((close) => close().catch(() => undefined)));
  }
}

export function makeToken(
  room: string,
  identity: string,
  { grant = {}, name, metadata, attributes, ttl, kind, roomConfig }: Arrival = {},
): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, {
    identity,
    ...(name === undefined ? {} : { name }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(attributes === undefined ? {} : { attributes: { ...attributes } }),
    ...(ttl === undefined ? {} : { ttl }),
  });
  token.addGrant({ roomJoin: true, room, ...grant });
  if (kind !== undefined) token.kind = kind;
  if (roomConfig !== undefined) token.roomConfig = new RoomConfiguration(roomConfig);
  return token.toJwt();
}
