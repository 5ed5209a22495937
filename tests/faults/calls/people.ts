// Two people in two pages of Chromium, with a fake camera and microphone each.
import { randomBytes } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import type { PageClient, PageConnect, ReceivedMedia } from '../../compat/clients/page.ts';
import type { Pages } from '../../compat/clients/pages.ts';
import { until } from '../../compat/waiting.ts';

export interface Signalling {
  /** `ws:` address that browsers are given. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

export type Wishes = Omit<PageConnect, 'url' | 'token'>;

/** One person's page in one room, which knows how to come in again. */
export class Person {
  readonly identity: string;
  readonly page: PageClient;
  readonly #connect: PageConnect;

  private constructor(identity: string, page: PageClient, connect: PageConnect) {
    this.identity = identity;
    this.page = page;
    this.#connect = connect;
  }

  static async create(pages: Pages, identity: string, room: string, at: Signalling, wishes: Wishes = {}) {
    const token = new AccessToken(at.apiKey, at.apiSecret, { identity, ttl: 900 });
    token.addGrant({ roomJoin: true, room, canUpdateOwnMetadata: true });
    const page = await pages.open();
    return new Person(identity, page, { ...wishes, url: at.url, token: await token.toJwt() });
  }

  /** Comes in and only looks and listens. */
  async join(): Promise<void> {
    await this.page.connect(this.#connect);
    await this.page.run(
      `void room.registerTextStreamHandler('chat', async (reader, { identity }) => tell({ event: 'chat', identity, text: await reader.readAll() }))`,
    );
  }

  /** Joins with camera and microphone; the sound is sent also while it is silent, so that every gap is counted. */
  async enter(camera: { readonly size?: Size; readonly publish?: Readonly<Record<string, unknown>> } = {}) {
    await this.join();
    await Promise.all([
      this.page.camera(camera.size, camera.publish),
      this.page.microphone({ dtx: false, red: false }),
    ]);
  }

  /** As the person's reload button does. */
  async reload(): Promise<void> {
    if (!(await this.page.reset())) throw new Error(`the page of ${this.identity} is gone`);
  }

  async say(text: string): Promise<void> {
    await this.page.run(`void (await me.sendText(${JSON.stringify(text)}, { topic: 'chat' }))`);
  }

  /** Every chat message so far, in the order of their coming. */
  get read(): readonly string[] {
    return this.page.log.all('chat').map(({ text }) => String(text));
  }

  async reads(text: string, limitMs = 10_000): Promise<void> {
    await this.page.log.heard('chat', (chat) => chat.text === text, { limitMs });
  }

  /** More of the other's picture is decoded and more of the sound is heard from now on. */
  async perceives(other: Person, { atLeast = 10, limitMs = 15_000 } = {}): Promise<void> {
    const from: { frames: number | null; energy: number | null } = { frames: null, energy: null };
    await until(
      `${this.identity} seeing and hearing ${other.identity}`,
      async () => {
        const [seen, heard] = await Promise.all([
          this.page.received(other.identity, 'camera'),
          this.page.received(other.identity, 'microphone'),
        ]);
        // After coming back the counters begin anew.
        if (from.frames === null || (seen !== null && seen.frames < from.frames))
          from.frames = seen?.frames ?? null;
        if (from.energy === null || (heard !== null && heard.energy < from.energy))
          from.energy = heard?.energy ?? null;
        if (seen === null || heard === null || from.frames === null || from.energy === null) return false;
        return seen.frames >= from.frames + atLeast && heard.energy > from.energy + 1e-5;
      },
      limitMs,
    );
  }

  /** What came of the other during so much time of the page's clock, from now on. */
  async measure(other: Person, forMs: number): Promise<Measured> {
    const [seen, heard] = await Promise.all([
      this.#whileMs(other, 'camera', forMs),
      this.#whileMs(other, 'microphone', forMs),
    ]);
    const played = heard.last.samples - heard.first.samples;
    return {
      framesPerSecond: ((seen.last.frames - seen.first.frames) * 1000) / (seen.last.atMs - seen.first.atMs),
      concealed: played === 0 ? 1 : (heard.last.concealed - heard.first.concealed) / played,
      energy: heard.last.energy - heard.first.energy,
    };
  }

  async #whileMs(other: Person, source: string, forMs: number) {
    const first = await until(`${source} of ${other.identity}`, () =>
      this.page.received(other.identity, source),
    );
    const last = await until(
      `${source} of ${other.identity} for ${forMs} ms`,
      async () => {
        const media = await this.page.received(other.identity, source);
        return media !== null && media.atMs >= first.atMs + forMs && media;
      },
      forMs + 10_000,
    );
    return { first, last } satisfies Record<string, ReceivedMedia>;
  }
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Measured {
  readonly framesPerSecond: number;
  /** 0…1 of the sound that was played. */
  readonly concealed: number;
  readonly energy: number;
}

export const newRoom = (): string => `room-${randomBytes(6).toString('hex')}`;

/** Each perceives the other. */
export async function perceiveEachOther(
  [anna, bo]: readonly [Person, Person],
  options: { readonly atLeast?: number; readonly limitMs?: number } = {},
): Promise<void> {
  await Promise.all([anna.perceives(bo, options), bo.perceives(anna, options)]);
}
