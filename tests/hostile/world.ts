// A media server in which two people talk, while somebody else does what no honest client does.
import { setTimeout as delay } from 'node:timers/promises';
import {
  RawClient,
  startTestMediaServer,
  type TestMediaServer,
  type TestMediaServerOptions,
} from '@naer/media-server/testing';
import type { VideoGrant } from 'livekit-server-sdk';
import { expect } from 'vitest';
import { Call } from './call.ts';

const patienceMs = 20_000;

/** Asks again until it is so. */
export async function eventually(what: string, isSo: () => boolean, limitMs = patienceMs): Promise<void> {
  const untilMs = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > untilMs) throw new Error(`${what} did not happen within ${limitMs} ms`);
    await delay(20);
  }
}

/** What keeps a process alive, by kind: sockets, servers, timers. */
function handles(): string[] {
  return process
    .getActiveResourcesInfo()
    .filter((kind) => /^(TCP|UDP|TLS)|ServerWrap/.test(kind))
    .sort();
}

export class World {
  readonly media: TestMediaServer;
  readonly call: Call;
  readonly #handlesBefore: readonly string[];
  readonly #clients: RawClient[] = [];

  private constructor(media: TestMediaServer, call: Call, handlesBefore: readonly string[]) {
    this.media = media;
    this.call = call;
    this.#handlesBefore = handlesBefore;
  }

  static async start(options: TestMediaServerOptions = {}): Promise<World> {
    const before = handles();
    const media = await startTestMediaServer({
      ...options,
      config: {
        rooms: { autoCreate: true, emptyTimeoutSeconds: 1, departureTimeoutSeconds: 1 },
        ...options.config,
      },
    });
    const call = await Call.begin(media);
    return new World(media, call, before);
  }

  /** Somebody in a room, by default another one than that of the call, without media yet. */
  async join(identity: string, room = 'elsewhere', grants: VideoGrant = {}): Promise<RawClient> {
    const token = await this.media.token(identity, room, grants);
    const client = await RawClient.v1({ url: this.media.url, token });
    this.#clients.push(client);
    await client.told('join');
    return client;
  }

  /** The same with media and data channels. */
  async enter(identity: string, room = 'elsewhere', grants: VideoGrant = {}): Promise<RawClient> {
    const client = await this.join(identity, room, grants);
    await client.connectMedia();
    return client;
  }

  /** The call went on all the while, and of everybody else nothing is left. */
  async isUnharmed(): Promise<void> {
    // Where a test failed, its clients are still there; the next one should not suffer from it.
    await Promise.all(this.#clients.splice(0).map((client) => client.vanish()));
    await this.call.goesOn();
    const { server } = this.media;
    const left = () => [server.rooms.counts.participants, ...Object.values(server.open)];
    const onlyTheCall = [2, 2, 2, 2];
    await eventually('attackers leaving nothing', () => left().join() === onlyTheCall.join()).catch(() => {});
    expect(left()).toEqual(onlyTheCall);
  }

  /** The call ends, the server closes, and the process holds no more than before. */
  async end(): Promise<void> {
    await this.call.end();
    await this.media.close();
    await eventually('sockets closing', () => handles().length <= this.#handlesBefore.length).catch(() => {});
    expect(handles()).toEqual(this.#handlesBefore);
  }
}
