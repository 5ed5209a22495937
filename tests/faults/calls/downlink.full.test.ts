// What a weak way down does to a call of two browsers. To be run by itself: a starved browser freezes on any line. On two
// quiet cores, beside what the bounds ask: 14.8 to 15 frames a second, no standstill, at most 0.4 % of the sound made up,
// never paused but over 80 kbit/s.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openPages, type Pages } from '../../compat/clients/pages.ts';
import { until } from '../../compat/waiting.ts';
import { type Summary, summarize, WeakCall } from './weak-downlink.ts';

let pages: Pages;
let call: WeakCall | null = null;

beforeAll(async () => {
  pages = await openPages();
});

afterEach(async () => {
  await call?.end(pages);
  call = null;
});

afterAll(async () => {
  await pages?.close();
});

/** Figures for whoever tunes, with `NAER_TEST_TELL=1`. */
const tell = (what: string, value: unknown) => {
  if (process.env.NAER_TEST_TELL === '1') process.stderr.write(`${what}: ${JSON.stringify(value)}\n`);
};

const settlingSeconds = 12;

async function settled(down: Parameters<typeof WeakCall.start>[1], seconds = 25): Promise<Summary> {
  call = await WeakCall.start(pages, down);
  await call.watch(settlingSeconds);
  const summary = summarize(await call.watch(seconds));
  tell(JSON.stringify(down), summary);
  return summary;
}

function expectWhole(summary: Summary): void {
  expect(summary, JSON.stringify(summary)).toSatisfy(
    ({ framesPerSecond, longestStandstillMs, concealed, paused, layerChanges }: Summary) =>
      framesPerSecond > 10 &&
      longestStandstillMs < 1_500 &&
      concealed < 0.03 &&
      paused === 0 &&
      layerChanges <= 4,
  );
}

it('over 600 kbit/s, into which the whole picture just fits, nothing is taken away', async () => {
  const summary = await settled({ bitsPerSecond: 600_000 });
  expectWhole(summary);
  expect(summary.widths.at(-1)).toBe(960);
  // Up to it, where it was not reached yet, and not down from it again.
  expect(summary.layerChanges).toBeLessThanOrEqual(1);
});

it.each([
  ['400 kbit/s', { bitsPerSecond: 400_000 }],
  ['300 kbit/s', { bitsPerSecond: 300_000 }],
])('over %s sound comes through and the picture goes on with a lower layer', async (_, down) => {
  const summary = await settled(down);
  expectWhole(summary);
  expect(summary.widths.at(-1)).toBeLessThan(960);
});

it.each([
  ['5 % loss', { loss: 0.05 }],
  ['200 ms of jitter, packets overtaking each other', { jitterMs: 200, reorders: true }],
  ['200 ms of jitter in bursts', { jitterMs: 200 }],
  ['5 % loss and 200 ms of jitter', { loss: 0.05, jitterMs: 200, reorders: true }],
] as const)('%s alone takes neither sound nor picture', async (_, down) => {
  expectWhole(await settled(down));
});

it('over 80 kbit/s the sound survives, and with room again the picture is back', async () => {
  const { concealed } = await settled({ bitsPerSecond: 80_000 });
  expect(concealed).toBeLessThan(0.03);
  call?.change({ bitsPerSecond: null });
  const from = await call?.bo.page.received('anna', 'camera');
  await until(
    'the picture being back',
    async () => {
      const seen = await call?.bo.page.received('anna', 'camera');
      return (seen?.frames ?? 0) > (from?.frames ?? 0) + 20;
    },
    40_000,
  );
});

it('a fall from 3 Mbit/s to 250 kbit/s takes a layer, not the sound, and the layer comes back with the room', async () => {
  await settled({ bitsPerSecond: 3_000_000 }, 5);
  const widthBecomes = (what: string, fits: (width: number) => boolean, limitMs: number) =>
    until(
      what,
      async () => {
        const seen = await call?.bo.page.received('anna', 'camera');
        return seen !== null && seen !== undefined && fits(seen.width);
      },
      limitMs,
    );
  await widthBecomes('a better layer', (width) => width > 320, 30_000);
  call?.change({ bitsPerSecond: 250_000 });
  await widthBecomes('the lowest layer', (width) => width === 320, 20_000);
  const { concealed } = summarize((await call?.watch(20)) ?? []);
  expect(concealed).toBeLessThan(0.03);
  call?.change({ bitsPerSecond: 3_000_000 });
  await widthBecomes('a better layer again', (width) => width > 320, 40_000);
});
