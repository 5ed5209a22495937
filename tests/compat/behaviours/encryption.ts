import { type BehaviourGroup, behaviour } from '../behaviour.ts';
import { until } from '../waiting.ts';

const right = 'the right passphrase';

export const encryption: BehaviourGroup = {
  title: 'End-to-end encryption',
  behaviours: [
    ...(['vp8', 'h264', 'vp9'] as const).map((codec) =>
      behaviour(
        `With the same key encrypted ${codec.toUpperCase()} and sound are decoded, and told to be encrypted`,
        {
          expected: { frames: true, sound: true, encrypted: true },
          clients: ['Chromium'],
          short: codec === 'vp8',
        },
        async (world) => {
          const [anna, bo] = await Promise.all(
            ['anna', 'bo'].map((who) => world.page(who, { passphrase: right })),
          );
          if (anna === undefined || bo === undefined) throw new Error('no pages');
          await anna.camera({}, { simulcast: false, videoCodec: codec, backupCodec: false });
          await anna.microphone();
          await Promise.all([bo.frames('anna'), bo.sound('anna')]);
          const { encrypted } = await bo.seenTrack('anna', 'camera');
          return { frames: true, sound: true, encrypted };
        },
      ),
    ),
    behaviour(
      'With another key packets come and nothing is decoded',
      { expected: { packets: true, frames: 0 }, clients: ['Chromium'], short: true, timeLimitMs: 20_000 },
      async (world) => {
        const [anna, bo] = await Promise.all([
          world.page('anna', { passphrase: right }),
          world.page('bo', { passphrase: 'a wrong passphrase' }),
        ]);
        await anna.camera();
        const media = await until('packets', async () => {
          const seen = await bo.received('anna', 'camera');
          return seen !== null && seen.packets > 60 && seen;
        });
        return { packets: true, frames: media.frames };
      },
    ),
    behaviour(
      'Without a key packets come and nothing can be watched',
      {
        expected: { packets: true, watchable: false, encrypted: true },
        clients: ['Chromium'],
        timeLimitMs: 20_000,
      },
      async (world) => {
        const anna = await world.page('anna', { passphrase: right });
        const bo = await world.page('bo');
        await anna.camera();
        const media = await until('packets', async () => {
          const seen = await bo.received('anna', 'camera');
          return seen !== null && seen.packets > 60 && seen;
        });
        const { encrypted } = await bo.seenTrack('anna', 'camera');
        // Headers are in the clear, so that a decoder may take a few frames of garbage for real ones.
        return { packets: true, watchable: media.frames > media.packets / 2, encrypted };
      },
    ),
    behaviour(
      'Encrypted simulcast gives the layer that is shown',
      { expected: { small: 320, large: 640 }, clients: ['Chromium'], timeLimitMs: 35_000 },
      async (world) => {
        const anna = await world.page('anna', { passphrase: right });
        await anna.camera({ width: 640, height: 360 }, { simulcast: true, videoCodec: 'vp8' });
        const bo = await world.page('bo', {
          passphrase: right,
          room: { adaptiveStream: { pixelDensity: 1 } },
          show: { width: 200, height: 112 },
        });
        const small = await bo.frames('anna', 'camera', { fits: ({ width }) => width === 320 });
        await bo.show('anna', 'camera', { width: 640, height: 360 });
        const large = await bo.frames('anna', 'camera', {
          fits: ({ width }) => width === 640,
          limitMs: 20_000,
        });
        return { small: small.width, large: large.width };
      },
    ),
    behaviour(
      'Encrypted messages are read with the same key',
      { expected: { text: 'for us' }, clients: ['Chromium'] },
      async (world) => {
        const [anna, bo] = await Promise.all([
          world.page('anna', { passphrase: right }),
          world.page('bo', { passphrase: right }),
        ]);
        await anna.seen('bo');
        await anna.run(`void (await me.publishData(new TextEncoder().encode('for us'), { reliable: true }))`);
        const heard = await bo.log.heard('dataReceived');
        return { text: String(heard.text) };
      },
    ),
  ],
};
