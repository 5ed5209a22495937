import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { AccessToken } from 'livekit-server-sdk';
import type { Page } from 'playwright-core';
import { Town } from '../calls/support/town.ts';
import type { Signalling } from '../faults/calls/people.ts';
import { signallingOf } from '../faults/calls/service.ts';
import { launchProfile } from '../support/browser.ts';
import { interleave } from './rounds.ts';
import { type Row, toRow } from './table.ts';

const goalMs = 2_000;
const patienceMs = 60_000;
/** Pressed on either page as soon as they are there. */
const presses = ['Gå til venteværelset', 'Gå ind i samtalen', 'Luk ind'];
const scripts = [
  path.join(import.meta.dirname, 'page/first-picture.js'),
  path.join(import.meta.dirname, '../calls/page/small-camera.js'),
];

/**
 * From pressing the citizen's link to the first picture of the worker, who is in already and lets in at once: page, waiting
 * room, keys, admission, room, picture. Browser (with a profile, as people have one) and service are warm. Whoever presses the
 * buttons takes no time, and tests are skipped. Against two seconds, and against a page with nothing but livekit-client that joins a room of the same media server.
 */
export async function benchCalls(tell: (line: string) => void, rounds = 12): Promise<Row[]> {
  const profile = await mkdtemp(path.join(tmpdir(), 'naer-bench-profile-'));
  const [town, browser] = await Promise.all([
    Town.found(),
    launchProfile(profile, { reducedMotion: 'reduce', locale: 'da-DK' }),
  ]);
  try {
    const code = await town.addCitizen();
    await town.plan(code, { minutes: 60 });
    browser.setDefaultTimeout(patienceMs);
    await browser.grantPermissions(['camera', 'microphone']);
    await browser.addInitScript({ content: `globalThis.naerPresses = ${JSON.stringify(presses)};` });
    for (const path of scripts) await browser.addInitScript({ path });
    const link = await town.linkOf(code);
    const worker = await browser.newPage();
    await worker.goto(await town.workerUrl(code));
    await worker.getByRole('button', { name: 'Læg på', exact: true }).waitFor();

    const bare = await serveBare(await signallingOf(town.place, town.service));
    const other = await browser.newPage();
    await other.goto(await bare.address('host'));
    await other.waitForFunction('globalThis.naerIn === true');

    const before = loadavg()[0]?.toFixed(1);
    const figures = await interleave(rounds, {
      ours: async () => {
        const page = await browser.newPage();
        const tookMs = await firstPicture(page, link);
        await page.getByRole('button', { name: 'Læg på', exact: true }).click();
        await page.getByRole('heading', { level: 1, name: 'Du har lagt på' }).waitFor({ state: 'attached' });
        await page.close();
        return tookMs;
      },
      bare: async () => {
        const page = await browser.newPage();
        const tookMs = await firstPicture(page, await bare.address('guest'));
        await page.close();
        return tookMs;
      },
    });
    tell(`load average ${before} before, ${loadavg()[0]?.toFixed(1)} at the end`);
    await bare.close();
    const { ours } = figures;
    return [
      toRow('link to first picture, warm', 'ms', { ours, baseline: goalMs }, { atMost: 1 }),
      toRow('the same, against livekit-client alone', 'ms', { ours, baseline: figures.bare }, null),
    ];
  } finally {
    await browser.close();
    await town.close();
    await rm(profile, { recursive: true, force: true });
  }
}

async function firstPicture(page: Page, address: string): Promise<number> {
  await page.goto(address);
  return page.evaluate<number>('globalThis.naerFirstPicture');
}

/** Joins as soon as it is there, without waiting room and keys, and shows who is in. */
const bareHtml = `<!doctype html><meta charset="utf-8"><title>bare</title>
<script src="/livekit-client.js"></script>
<script>
const { Room } = LivekitClient;
const [url, token] = location.hash.slice(1).split('|');
const room = new Room();
room.on('trackSubscribed', (track) => {
  const element = track.attach();
  element.muted = true;
  document.body.append(element);
});
void room.connect(url, token).then(() => room.localParticipant.enableCameraAndMicrophone()).then(() => {
  globalThis.naerIn = true;
});
</script>`;

async function serveBare({ url, apiKey, apiSecret }: Signalling) {
  const dist = path.dirname(createRequire(import.meta.url).resolve('livekit-client'));
  const client = await readFile(path.join(dist, 'livekit-client.umd.js'));
  const server = createServer((request, response) => {
    if (request.url === '/livekit-client.js')
      response
        .writeHead(200, {
          'content-type': 'text/javascript',
          'cache-control': 'public, max-age=31536000, immutable',
        })
        .end(client);
    else response.writeHead(200, { 'content-type': 'text/html' }).end(bareHtml);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('no port');
  let people = 0;
  return {
    address: async (who: string): Promise<string> => {
      people += 1;
      const token = new AccessToken(apiKey, apiSecret, { identity: `${who}-${people}`, ttl: 600 });
      token.addGrant({ roomJoin: true, room: 'bare' });
      return `http://127.0.0.1:${at.port}/#${url}|${await token.toJwt()}`;
    },
    close: async (): Promise<void> => {
      server.close();
      server.closeAllConnections();
    },
  };
}
