// A call over a network that is weak on the way to one of the two, and what that one sees and hears second by second.
import {
  type ImpairedTransportFactory,
  impair,
  loopbackTransports,
  type PathRules,
  startTestMediaServer,
  type TestMediaServer,
} from '@naer/media-server/testing';
import type { Pages } from '../../compat/clients/pages.ts';
import { newRoom, Person } from './people.ts';

/** One look at what the receiver has; counters go on from the beginning. */
export interface Look {
  /** Milliseconds of the page's clock. */
  readonly atMs: number;
  readonly width: number;
  readonly frames: number;
  readonly bytes: number;
  readonly freezes: number;
  readonly frozenMs: number;
  readonly samples: number;
  readonly concealed: number;
  /** Whether the server says that it holds the picture back. */
  readonly paused: boolean;
}

const lookEveryMs = 250;

export interface Summary {
  readonly framesPerSecond: number;
  /** The longest time without a new picture. */
  readonly longestStandstillMs: number;
  /** 0…1 of the sound that was played. */
  readonly concealed: number;
  /** 0…1 of the looks. */
  readonly paused: number;
  readonly layerChanges: number;
  /** Of the picture, as it arrived. */
  readonly bitsPerSecond: number;
  readonly widths: readonly number[];
}

export function summarize(looks: readonly Look[]): Summary {
  const [first, last] = [looks[0], looks.at(-1)];
  if (first === undefined || last === undefined || first === last) throw new Error('too little was seen');
  let newestAtMs = first.atMs;
  let longestStandstillMs = 0;
  let layerChanges = 0;
  let before = first;
  for (const look of looks) {
    if (look.frames > before.frames) newestAtMs = look.atMs;
    longestStandstillMs = Math.max(longestStandstillMs, look.atMs - newestAtMs);
    if (look.width !== before.width) layerChanges += 1;
    before = look;
  }
  return {
    framesPerSecond: ((last.frames - first.frames) * 1000) / (last.atMs - first.atMs),
    longestStandstillMs: Math.round(longestStandstillMs),
    concealed: (last.concealed - first.concealed) / Math.max(1, last.samples - first.samples),
    paused: looks.filter(({ paused }) => paused).length / looks.length,
    layerChanges,
    bitsPerSecond: Math.round(((last.bytes - first.bytes) * 8000) / (last.atMs - first.atMs)),
    widths: [...new Set(looks.map(({ width }) => width))].sort((a, b) => a - b),
  };
}

/** Runs in the page until it closes; what it saw is taken away with `takeLooks`. */
const startLooking = `void (globalThis.looks = [], setInterval(async () => {
  const anna = [...room.remoteParticipants.values()][0];
  const of = async (source) => {
    const report = await anna?.getTrackPublication(source)?.track?.getRTCStatsReport();
    return [...(report?.values() ?? [])].find(({ type }) => type === 'inbound-rtp');
  };
  const [seen, heard] = await Promise.all([of('camera'), of('microphone')]);
  if (seen === undefined || heard === undefined) return;
  looks.push({
    atMs: seen.timestamp,
    width: seen.frameWidth ?? 0,
    frames: seen.framesDecoded ?? 0,
    bytes: seen.bytesReceived ?? 0,
    freezes: seen.freezeCount ?? 0,
    frozenMs: (seen.totalFreezesDuration ?? 0) * 1000,
    samples: heard.totalSamplesReceived ?? 0,
    concealed: heard.concealedSamples ?? 0,
    paused: anna.getTrackPublication('camera').track?.streamState === 'paused',
  });
}, ${lookEveryMs}))`;

/** Anna, on a good network, is seen and heard by Bo, whose way down is as weak as the test makes it. */
export class WeakCall {
  readonly media: TestMediaServer;
  readonly network: ImpairedTransportFactory;
  readonly anna: Person;
  readonly bo: Person;

  private constructor(media: TestMediaServer, network: ImpairedTransportFactory, anna: Person, bo: Person) {
    this.media = media;
    this.network = network;
    this.anna = anna;
    this.bo = bo;
  }

  static async start(pages: Pages, down: Partial<PathRules> = {}): Promise<WeakCall> {
    const loopback = loopbackTransports();
    const network = impair(loopback, { down });
    let isBo = false;
    const media = await startTestMediaServer({
      transports: {
        create: (events) => (isBo ? network : loopback).create(events),
        get openCount() {
          return loopback.openCount;
        },
        close: () => network.close(),
      },
    });
    const room = newRoom();
    const anna = await Person.create(pages, 'anna', room, media);
    await anna.enter({ size: { width: 960, height: 540 }, publish: { simulcast: true, videoCodec: 'vp8' } });
    isBo = true;
    const bo = await Person.create(pages, 'bo', room, media);
    await bo.join();
    await bo.page.run(startLooking);
    return new WeakCall(media, network, anna, bo);
  }

  change(down: Partial<PathRules>): void {
    this.network.change({ down });
  }

  /** What Bo saw and heard during the next so many seconds. */
  async watch(seconds: number): Promise<readonly Look[]> {
    await this.bo.page.run('void (looks.length = 0)');
    await this.bo.page.pass(seconds * 1000);
    return (await this.bo.page.run('looks.splice(0)')) as unknown as readonly Look[];
  }

  async end(pages: Pages): Promise<void> {
    await Promise.all([pages.giveBack(this.anna.page), pages.giveBack(this.bo.page)]);
    await this.media.close();
  }
}
