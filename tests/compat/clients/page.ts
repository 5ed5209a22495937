import type { Observation } from '../observation.ts';
import { EventLog, until } from '../waiting.ts';
import type { OpenTab, Tab } from './tab.ts';

export interface SeenTrack {
  readonly sid: string;
  readonly source: string;
  readonly kind: string;
  readonly name: string;
  readonly mimeType: string | null;
  readonly muted: boolean;
  readonly encrypted: boolean;
  readonly simulcast: boolean;
  readonly width: number;
  readonly height: number;
  readonly subscribed: boolean;
  readonly subscription: string | null;
  readonly permission: string | null;
  readonly streamState: string | null;
}

export interface SeenParticipant {
  readonly identity: string;
  readonly sid: string;
  readonly name: string;
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly kind: string | null;
  readonly quality: string;
  readonly speaking: boolean;
  readonly permissions: Readonly<Record<string, Observation>> | null;
  readonly tracks: readonly SeenTrack[];
}

export interface SeenRoom {
  readonly connection: string;
  readonly name: string;
  readonly metadata: string;
  readonly recording: boolean;
  readonly participants: number;
  readonly publishers: number;
  readonly server: Readonly<Record<string, Observation>>;
  readonly me: SeenParticipant;
  readonly others: readonly SeenParticipant[];
  readonly speakers: readonly string[];
}

export interface ReceivedMedia {
  readonly frames: number;
  readonly keyFrames: number;
  readonly width: number;
  readonly height: number;
  readonly packets: number;
  readonly bytes: number;
  readonly energy: number;
  readonly lost: number;
  /** Of sound: played so far, and those of them that were made up for what had not arrived, with `dtx` also for silence. */
  readonly samples: number;
  readonly concealed: number;
  /** When this was counted, in ms of the page's clock. */
  readonly atMs: number;
  readonly codec: string;
}

export interface SentLayer {
  readonly rid: string;
  readonly active: boolean;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly packets: number;
  readonly codec: string;
}

export interface ConnectFailure {
  readonly name: string;
  readonly message: string;
  readonly status: number | null;
  readonly reason: string | null;
}

export interface PageConnect {
  readonly url: string;
  readonly token: string;
  /** RoomOptions and RoomConnectOptions of livekit-client. */
  readonly room?: Readonly<Record<string, unknown>>;
  readonly connect?: Readonly<Record<string, unknown>>;
  /** End-to-end encryption with this shared passphrase. */
  readonly passphrase?: string;
  /** CSS pixels in which videos are shown. */
  readonly show?: { readonly width: number; readonly height: number };
}

/** livekit-client in a page of a browser. */
export class PageClient {
  log = new EventLog();
  readonly #tab: Tab;
  readonly #url: string;

  private constructor(tab: Tab, url: string) {
    this.#tab = tab;
    this.#url = url;
  }

  static async create(openTab: OpenTab, url: string): Promise<PageClient> {
    let client: PageClient | null = null;
    const tab = await openTab({
      told: (happening) => client?.log.add(happening),
      failed: (error) => client?.log.add({ event: 'pageerror', error }),
    });
    client = new PageClient(tab, url);
    await tab.goto(url);
    return client;
  }

  /** Leaves whatever room it is in and starts anew, for the next one; false where the page is gone. */
  async reset(): Promise<boolean> {
    const loaded = await this.#tab.goto(this.#url).then(
      () => true,
      () => false,
    );
    this.log = new EventLog();
    return loaded;
  }

  /** Null once connected, otherwise how the client says that it failed. */
  tryConnect(options: PageConnect): Promise<ConnectFailure | null> {
    return this.#ask<ConnectFailure | null>(`compat.connect(${JSON.stringify(options)})`);
  }

  async connect(options: PageConnect): Promise<void> {
    const failure = await this.tryConnect(options);
    if (failure !== null) throw new Error(`the page could not connect: ${JSON.stringify(failure)}`);
  }

  /** `room`, `me` and `client` (the library) are at hand; the result is plain data or nothing. */
  run(expression: string): Promise<Observation> {
    return this.#ask<Observation>(
      `(async ({ room, client, me }) => ${expression})({ room: compat.room, client: compat.client, me: compat.room?.localParticipant })` +
        '.then((value) => (value === undefined || typeof value === "object" && value !== null && value.constructor !== Object && !Array.isArray(value) ? null : value))',
    );
  }

  /** As `run`, where failing is an answer: `{ value }` or `{ error, message, code }`. */
  attempt(expression: string): Promise<{
    readonly value?: Observation;
    readonly error?: string;
    readonly message?: string;
    readonly code?: number | null;
  }> {
    return this.#ask(
      `compat.outcome((async ({ room, client, me }) => ${expression})({ room: compat.room, client: compat.client, me: compat.room?.localParticipant }))`,
    );
  }

  /** Lets time go by where something that does not happen is looked at. */
  async pass(ms: number): Promise<void> {
    await this.run(`new Promise((done) => setTimeout(done, ${ms}))`);
  }

  /** What an expression in the page gives, once it gives something. */
  eventually(expression: string): Promise<Observation> {
    return until(expression, async () => (await this.#ask<Observation>(expression)) ?? null);
  }

  state(): Promise<SeenRoom> {
    return this.#ask<SeenRoom>('compat.state()');
  }

  /** What `find` says of the room, once it says something. */
  when<Found>(
    what: string,
    find: (room: SeenRoom) => Found | null | undefined | false,
    limitMs?: number,
  ): Promise<Found> {
    return until(what, async () => find(await this.state()), limitMs);
  }

  seen(identity: string): Promise<SeenParticipant> {
    return this.when(`${identity} being there`, (room) =>
      room.others.find((participant) => participant.identity === identity),
    );
  }

  seenTrack(
    identity: string,
    source: string,
    fits: (track: SeenTrack) => boolean = () => true,
  ): Promise<SeenTrack> {
    return this.when(`${source} of ${identity}`, (room) =>
      room.others
        .find((participant) => participant.identity === identity)
        ?.tracks.find((track) => track.source === source && fits(track)),
    );
  }

  async camera(
    { width = 320, height = 180 }: { readonly width?: number; readonly height?: number } = {},
    publish: Readonly<Record<string, unknown>> = { simulcast: false },
  ): Promise<void> {
    const capture = { resolution: { width, height, frameRate: 15 } };
    await this.run(
      `void (await me.setCameraEnabled(true, ${JSON.stringify(capture)}, ${JSON.stringify(publish)}))`,
    );
  }

  async microphone(publish: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.run(`void (await me.setMicrophoneEnabled(true, undefined, ${JSON.stringify(publish)}))`);
  }

  received(identity: string, source: string): Promise<ReceivedMedia | null> {
    return this.#ask<ReceivedMedia | null>(
      `compat.received(${JSON.stringify(identity)}, ${JSON.stringify(source)})`,
    );
  }

  /** Frames that are decoded from now on; what came of them by then. */
  async frames(
    identity: string,
    source = 'camera',
    {
      atLeast = 5,
      fits = () => true,
      limitMs,
    }: {
      readonly atLeast?: number;
      readonly fits?: (media: ReceivedMedia) => boolean;
      readonly limitMs?: number;
    } = {},
  ): Promise<ReceivedMedia> {
    let from: number | null = null;
    return until(
      `frames of ${source} of ${identity}`,
      async () => {
        const media = await this.received(identity, source);
        if (media === null) return null;
        from ??= media.frames;
        return media.frames >= from + atLeast && fits(media) && media;
      },
      limitMs,
    );
  }

  /** Sound that is heard from now on. */
  async sound(identity: string, source = 'microphone'): Promise<ReceivedMedia> {
    let from: number | null = null;
    return until(`sound of ${source} of ${identity}`, async () => {
      const media = await this.received(identity, source);
      if (media === null) return null;
      from ??= media.energy;
      return media.energy > from + 1e-6 && media;
    });
  }

  sent(source: string): Promise<readonly SentLayer[]> {
    return this.#ask<readonly SentLayer[]>(`compat.sent(${JSON.stringify(source)})`);
  }

  show(
    identity: string,
    source: string,
    size: { readonly width: number; readonly height: number; readonly visible?: boolean },
  ) {
    return this.run(
      `void compat.show(${JSON.stringify(identity)}, ${JSON.stringify(source)}, ${JSON.stringify(size)})`,
    );
  }

  setPassphrase(passphrase: string): Promise<Observation> {
    return this.run(`void (await compat.setPassphrase(${JSON.stringify(passphrase)}))`);
  }

  /** As if the network were gone for signalling: what is open stays, nothing new gets through. */
  setOffline(offline: boolean): Promise<void> {
    return this.#tab.setOffline(offline);
  }

  /** As if the machine were switched off: nothing is said, nothing is closed. */
  crash(): Promise<void> {
    return this.#tab.crash();
  }

  /** As a person does who follows a link. */
  navigateAway(): Promise<void> {
    return this.#tab.goto('about:blank');
  }

  close(): Promise<void> {
    return this.#tab.close();
  }

  async #ask<Answer>(expression: string): Promise<Answer> {
    // What the page's script returns is known by its shape there; this is the edge.
    return (await this.#tab.evaluate(expression)) as Answer;
  }
}
