import path from 'node:path';
import type { Visit } from '@naer/core/contract/visits';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { received } from './support/media.ts';
import { type CallPerson, CitizenPage, launchCallBrowser, WorkerPage } from './support/pages.ts';
import { Town } from './support/town.ts';
import { until } from './support/until.ts';

// What two people can do within a call, seen at the other's page: one call from the first test to the last.

const extra = ['drawn-cameras.js', 'failing-media.js'].map((name) =>
  path.join(import.meta.dirname, 'page', name),
);

let town: Town;
let browser: Browser;
let visit: Visit;
let link: string;
let citizen: CitizenPage;
let worker: WorkerPage;

const prepare = async (context: BrowserContext) => {
  for (const path of extra) await context.addInitScript({ path });
};

beforeAll(async () => {
  const devices = '--use-fake-device-for-media-stream=device-count=3,fps=5';
  [town, browser] = await Promise.all([
    Town.found({ clock: '2026-11-24T10:00:00+01:00' }),
    launchCallBrowser([devices]),
  ]);
  const code = await town.addCitizen();
  visit = await town.plan(code);
  link = await town.linkOf(code);
  // A telephone, whose cameras know where they look, and a PC, whose cameras do not.
  citizen = await CitizenPage.open(browser, link, {
    prepare: async (context) => {
      await prepare(context);
      await context.addInitScript({ content: 'naerCameras.look = true' });
    },
  });
  await citizen.wait();
  worker = await WorkerPage.open(browser, await town.workerUrl(visit.id), { prepare });
  await worker.enter();
  await worker.admit();
  await Promise.all([citizen.perceives(), worker.perceives()]);
});
afterAll(async () => {
  const faults = [...(citizen?.faults ?? []), ...(worker?.faults ?? [])];
  await browser?.close();
  await town?.close();
  expect(faults).toEqual([]);
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  for (const each of [citizen, worker]) console.error(await each.text());
});

type Colour = 'red' | 'green' | 'blue' | 'white';

/** What is to be seen on the left and on the right of the picture with this label; null before there is one. */
const coloursOf = ({ page }: CallPerson, label: string) =>
  page.evaluate<[Colour, Colour] | null>(`(() => {
    const video = [...document.querySelectorAll('video')].find((each) => each.ariaLabel === '${label}');
    if (video === undefined || video.videoWidth === 0) return null;
    const paper = Object.assign(document.createElement('canvas'), { width: 40, height: 20 }).getContext('2d');
    paper.drawImage(video, 0, 0, 40, 20);
    return [8, 32].map((x) => {
      const [red, green, blue] = paper.getImageData(x, 8, 1, 1).data;
      if (Math.min(red, green, blue) > 150) return 'white';
      return red > green && red > blue ? 'red' : green > blue ? 'green' : 'blue';
    });
  })()`);

/** The picture of that camera arrives, and is not mirrored. */
const arrives = (at: CallPerson, label: string, colour: Colour) =>
  until(`a ${colour} picture`, async () => (await coloursOf(at, label))?.join() === `${colour},white`);

interface Asked {
  readonly audio?: { readonly deviceId?: unknown };
  readonly video?: { readonly facingMode?: unknown; readonly deviceId?: unknown };
}
const lastAsked = async ({ page }: CallPerson, kind: 'audio' | 'video') =>
  (await page.evaluate<Asked[]>('naerCameras.asked')).findLast((wish) => wish[kind] !== undefined)?.[kind];

/** Chooses the nth of the devices under »Mere«, and gives back which that is. */
async function choose({ page }: CallPerson, label: string, nth: number): Promise<string> {
  const list = page.getByRole('combobox', { name: label, exact: true });
  const id = (await list.locator('option').nth(nth).getAttribute('value')) ?? '';
  await list.selectOption(id);
  return id;
}

describe('in a call', () => {
  it('camera, microphone and loudspeaker are changed, and the other goes on seeing and hearing', async () => {
    await arrives(citizen, 'Billede af Mette', 'red');
    await worker.press('Mere');
    await choose(worker, 'Kamera', 2);
    await arrives(citizen, 'Billede af Mette', 'blue');
    const microphone = await choose(worker, 'Mikrofon', 2);
    await until('the new microphone being asked for', async () =>
      JSON.stringify(await lastAsked(worker, 'audio')).includes(microphone),
    );
    await citizen.perceives();
    const loudspeaker = await choose(worker, 'Højttaler', 1);
    const sinks = `[...document.querySelectorAll('audio')].map(({ sinkId }) => sinkId)`;
    await until('the sound coming out of the new loudspeaker', async () => {
      const found = await worker.page.evaluate<string[]>(sinks);
      return found.length > 0 && found.every((sink) => sink === loudspeaker);
    });
    await worker.perceives();
    // A PC's cameras do not know where they look: the next one's turn.
    await worker.press('Vend kamera');
    await arrives(citizen, 'Billede af Mette', 'red');
    await worker.press('Luk');
  });

  it('the back camera shows what is before one, the right way round at both ends', async () => {
    const own = citizen.page.getByLabel('Dit eget billede');
    const isMirrored = async () => (await own.getAttribute('class'))?.includes('mirrored');
    expect(await isMirrored()).toBe(true);
    await citizen.press('Vend kamera');
    await arrives(worker, 'Billede af Borgeren', 'green');
    expect(await lastAsked(citizen, 'video')).toMatchObject({ facingMode: 'environment' });
    await until('a picture that is not mirrored', async () => !(await isMirrored()));
    // Away and on again, it still looks where it looked.
    await citizen.press('Sluk kamera');
    await worker.reads('Borgeren sender ikke billede');
    await citizen.press('Tænd kamera');
    await arrives(worker, 'Billede af Borgeren', 'green');
    await citizen.press('Vend kamera');
    await arrives(worker, 'Billede af Borgeren', 'red');
    await until('a mirror again', isMirrored);
  });

  it('one need not look at oneself, and is seen all the same', async () => {
    const own = citizen.page.getByLabel('Dit eget billede');
    await citizen.press('Mere');
    await citizen.press('Skjul mit eget billede');
    await own.waitFor({ state: 'detached' });
    await worker.perceives();
    await citizen.press('Vis mit eget billede');
    await own.waitFor();
    await citizen.press('Luk');
  });

  it('who is silent knows it, and so does the other', async () => {
    await worker.press('Sluk mikrofon');
    await worker.reads('Din mikrofon er slukket. De andre kan ikke høre dig.');
    await citizen.page.getByText('Mette har slukket sin mikrofon').waitFor({ state: 'attached' });
    const { energy } = await received(citizen.page);
    await worker.press('Tænd mikrofon');
    await citizen.page.getByText('Mette har slukket sin mikrofon').waitFor({ state: 'detached' });
    await until('sound again', async () => (await received(citizen.page)).energy > energy + 1e-5);
  });

  it('the worker says that nobody else is in the room, and since when', async () => {
    await worker.press('Deltagere');
    await worker.page.getByRole('switch', { name: /Jeg er alene i rummet/ }).click();
    await citizen.reads(/^Mette har været alene i rummet siden kl\.\s10\.\d\d$/);
    await worker.page.getByRole('switch', { name: /Jeg er alene i rummet/ }).click();
    await citizen.page.getByText(/alene i rummet siden/).waitFor({ state: 'detached' });
  });

  it('how the connection does stands there in words', async () => {
    await citizen.reads('God forbindelse');
    await citizen.page.evaluate('naerSlow(true)');
    await citizen.reads('Svag forbindelse: billedet kan hakke');
    await citizen.page.evaluate('naerSlow(false)');
    await citizen.reads('God forbindelse');
  });

  it('the numbers for help and for what is acute are one press away', async () => {
    await citizen.press('Mere');
    await citizen.page.getByRole('link', { name: 'Ring 70 00 00 00' }).waitFor();
    await citizen.page.getByRole('link', { name: 'Ring 112' }).waitFor();
    await citizen.press('Luk');
  });

  it("the other's picture floats in a small window, and comes back", async () => {
    const floating = () => worker.page.evaluate('document.pictureInPictureElement?.ariaLabel ?? null');
    await worker.press('Mere');
    await worker.press('Vis i et lille vindue');
    await until('the small window', async () => (await floating()) === 'Billede af Borgeren');
    await worker.perceives();
    await worker.press('Luk det lille vindue');
    await until('the end of the small window', async () => (await floating()) === null);
    await worker.button('Vis i et lille vindue').waitFor();
    await worker.press('Luk');
  });

  it('somebody else with the same link is told so and gets nothing, and the two notice nothing', async () => {
    const before = await worker.text();
    const answers: Promise<string>[] = [];
    const stranger = await CitizenPage.open(browser, link, {
      prepare: async (context) => {
        context.on('response', (response) => {
          if (response.url().includes('/api/')) answers.push(response.text().catch(() => ''));
        });
      },
    });
    try {
      await stranger.sees('Linket er åbent et andet sted');
      await stranger.press('Fortsæt her');
      await stranger.reads('Siden er stadig åben på den anden enhed.');
      const told = (await Promise.all(answers)).join();
      expect(answers.length).toBeGreaterThan(0);
      expect(`${told} ${await stranger.text()}`).not.toMatch(/Mette|seats|token|phoneEnds/);
      expect(await received(stranger.page)).toMatchObject({ videoPackets: 0, audioPackets: 0 });
      await Promise.all([citizen.perceives(), worker.perceives()]);
      expect(await worker.text()).toBe(before);
      expect(await town.call(visit.id)).toMatchObject({ state: 'on', failure: null });
      expect(stranger.faults).toEqual([]);
    } finally {
      await stranger.close();
    }
  });

  it('writing takes the place of sound and picture that no longer come', async () => {
    await worker.page.evaluate('naerSilence()');
    await citizen.reads('Lyd og billede driller. I kan skrive sammen her, mens vi prøver igen.');
    await citizen.reads('Er der ikke lyd og billede efter');
    await citizen.shot('in-call-chat-on-stage', ['phone', 'tablet', 'desktop']);
    const line = citizen.page.getByRole('textbox', { name: 'Skriv en besked' });
    await line.fill('Jeg kan hverken se eller høre dig.');
    await citizen.press('Send');
    await worker.press(/^Skriv/);
    await worker.reads('Jeg kan hverken se eller høre dig.');
    await worker.write('Jeg ringer til dig om lidt.');
    await citizen.page.locator('.line').getByText('Jeg ringer til dig om lidt.').waitFor();
    expect(await town.call(visit.id)).toMatchObject({ state: 'on', failure: null });
  });
});
