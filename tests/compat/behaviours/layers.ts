import { type BehaviourGroup, behaviour } from '../behaviour.ts';
import type { PageClient } from '../clients/page.ts';
import { until } from '../waiting.ts';

const hd = { width: 1280, height: 720 };
const layered = { simulcast: true, videoCodec: 'vp8' };

/** What is looked at between two looks; at 15 frames a second something comes in between. */
const lookMs = 600;

/** Resolves once just the wanted layers are sent; tells which they are. */
async function layersSent(page: PageClient, wanted: (rids: readonly string[]) => boolean): Promise<string[]> {
  return until(
    'the layers wanted',
    async () => {
      const before = new Map((await page.sent('camera')).map(({ rid, frames }) => [rid, frames]));
      await page.pass(lookMs);
      const rids = (await page.sent('camera'))
        .filter(({ rid, frames }) => frames > (before.get(rid) ?? 0))
        .map(({ rid }) => rid)
        .sort();
      return wanted(rids) && rids;
    },
    25_000,
  );
}

/** Resolves once no packets of somebody's camera come any more. */
async function packetsEnd(page: PageClient, identity: string): Promise<void> {
  await until('packets ending', async () => {
    const before = (await page.received(identity, 'camera'))?.packets;
    await page.pass(lookMs);
    return (await page.received(identity, 'camera'))?.packets === before;
  });
}

export const layers: BehaviourGroup = {
  title: 'Simulcast and what is shown',
  behaviours: [
    behaviour(
      'A browser publishes three layers and the best comes to whom it is wanted',
      {
        expected: { simulcast: true, layers: ['f', 'h', 'q'], width: 1280, height: 720 },
        clients: ['Chromium', 'server SDK'],
        short: true,
        timeLimitMs: 25_000,
      },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.page('anna');
        await anna.camera(hd, layered);
        const media = await bo.frames('anna', 'camera', {
          fits: ({ width }) => width === 1280,
          limitMs: 20_000,
        });
        const [track] = (await world.service.getParticipant(world.room, 'anna')).tracks;
        const sent = await anna.sent('camera');
        return {
          simulcast: track?.simulcast ?? null,
          layers: sent.map(({ rid }) => rid).sort(),
          width: media.width,
          height: media.height,
        };
      },
    ),
    behaviour(
      'The layers are told to the server with their sizes',
      {
        expected: { sizes: ['320x180', '640x360', '1280x720'] },
        clients: ['Chromium', 'server SDK'],
      },
      async (world) => {
        const anna = await world.page('anna');
        await anna.camera(hd, layered);
        const known = await until('the layers being known', async () => {
          const [track] = (await world.service.getParticipant(world.room, 'anna')).tracks;
          const told = track?.codecs[0]?.layers ?? [];
          return told.length > 0 && told;
        });
        return {
          sizes: [...known]
            .sort((a, b) => a.width - b.width)
            .map(({ width, height }) => `${width}x${height}`),
        };
      },
    ),
    behaviour(
      'A subscriber gets the layer that it asks for',
      { expected: { low: 320, high: 1280 }, clients: ['Chromium'], timeLimitMs: 30_000 },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.page('anna');
        await anna.camera(hd, layered);
        await bo.frames('anna');
        const choose = (quality: string) =>
          bo.run(
            `void room.remoteParticipants.get('anna').getTrackPublication('camera').setVideoQuality(client.VideoQuality.${quality})`,
          );
        await choose('LOW');
        const low = await bo.frames('anna', 'camera', { fits: ({ width }) => width === 320 });
        await choose('HIGH');
        const high = await bo.frames('anna', 'camera', {
          fits: ({ width }) => width === 1280,
          limitMs: 15_000,
        });
        return { low: low.width, high: high.width };
      },
    ),
    behaviour(
      'With adaptiveStream the size on the page chooses the layer',
      { expected: { small: 320, large: 1280 }, clients: ['Chromium'], short: true, timeLimitMs: 30_000 },
      async (world) => {
        const anna = await world.page('anna');
        await anna.camera(hd, layered);
        const bo = await world.page('bo', {
          room: { adaptiveStream: { pixelDensity: 1 } },
          show: { width: 200, height: 112 },
        });
        const small = await bo.frames('anna', 'camera', { fits: ({ width }) => width === 320 });
        await bo.show('anna', 'camera', hd);
        const large = await bo.frames('anna', 'camera', {
          fits: ({ width }) => width === 1280,
          limitMs: 15_000,
        });
        return { small: small.width, large: large.width };
      },
    ),
    behaviour(
      'With adaptiveStream a video out of sight is not sent, and comes back when it is seen',
      { expected: { paused: true, back: true }, clients: ['Chromium'], timeLimitMs: 25_000 },
      async (world) => {
        const anna = await world.page('anna');
        await anna.camera();
        const bo = await world.page('bo', { room: { adaptiveStream: true } });
        await bo.frames('anna');
        await bo.show('anna', 'camera', { width: 320, height: 180, visible: false });
        await packetsEnd(bo, 'anna');
        await bo.show('anna', 'camera', { width: 320, height: 180 });
        await bo.frames('anna');
        return { paused: true, back: true };
      },
    ),
    behaviour(
      'With dynacast layers that nobody wants are not sent',
      { expected: { small: ['q'], large: true }, clients: ['Chromium'], timeLimitMs: 45_000 },
      async (world) => {
        const anna = await world.page('anna', { room: { dynacast: true } });
        const bo = await world.page('bo', {
          room: { adaptiveStream: { pixelDensity: 1 } },
          show: { width: 200, height: 112 },
        });
        await anna.camera(hd, layered);
        await bo.frames('anna');
        const small = await layersSent(anna, (rids) => rids.join() === 'q');
        await bo.show('anna', 'camera', hd);
        await layersSent(anna, (rids) => rids.includes('f'));
        return { small, large: true };
      },
    ),
    behaviour(
      'With dynacast nothing is sent while nobody subscribes',
      { expected: { alone: [], watched: true }, clients: ['Chromium'], timeLimitMs: 45_000 },
      async (world) => {
        const anna = await world.page('anna', { room: { dynacast: true } });
        await anna.camera(hd, layered);
        const alone = await layersSent(anna, (rids) => rids.length === 0);
        const bo = await world.page('bo');
        await bo.frames('anna');
        return { alone, watched: true };
      },
    ),
    behaviour(
      'A subscriber that switches a track off gets nothing until it is switched on',
      { expected: { off: true, on: true }, clients: ['Chromium'], timeLimitMs: 20_000 },
      async (world) => {
        const anna = await world.page('anna');
        await anna.camera();
        const bo = await world.page('bo');
        await bo.frames('anna');
        const enable = (enabled: boolean) =>
          bo.run(
            `void room.remoteParticipants.get('anna').getTrackPublication('camera').setEnabled(${enabled})`,
          );
        await enable(false);
        await packetsEnd(bo, 'anna');
        await enable(true);
        await bo.frames('anna');
        return { off: true, on: true };
      },
    ),
    behaviour(
      'Scalable video (VP9) comes through',
      { expected: { codec: 'video/vp9' }, clients: ['Chromium'], timeLimitMs: 25_000 },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.page('anna');
        await anna.camera(hd, { videoCodec: 'vp9', scalabilityMode: 'L3T3_KEY', backupCodec: false });
        const media = await bo.frames('anna', 'camera', { limitMs: 20_000 });
        return { codec: media.codec.toLowerCase() };
      },
    ),
    behaviour(
      'The native client publishes layers, and a browser gets the best',
      { expected: { width: 1280 }, clients: ['rtc-node', 'Chromium'], timeLimitMs: 30_000 },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.node('anna');
        await anna.publishVideo({ ...hd, simulcast: true });
        const media = await bo.frames('anna', 'camera', {
          fits: ({ width }) => width === 1280,
          limitMs: 25_000,
        });
        return { width: media.width };
      },
    ),
  ],
};
