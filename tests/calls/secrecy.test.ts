import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { received } from './support/media.ts';
import { SomebodyBetween } from './support/middle.ts';
import { CitizenPage, launchCallBrowser, type PersonOptions, WorkerPage } from './support/pages.ts';
import { Town } from './support/town.ts';
import { until } from './support/until.ts';

// What becomes of a call whose keys do not fit, and of one in which a browser has none.

let town: Town;
let browser: Browser;
beforeAll(async () => {
  [town, browser] = await Promise.all([
    Town.found({ clock: '2026-11-24T09:57:00+01:00' }),
    launchCallBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await town?.close();
});

let people: { readonly citizen: CitizenPage; readonly worker: WorkerPage } | null = null;
afterEach(async () => {
  await people?.citizen.close();
  await people?.worker.close();
  people = null;
});

/** Both are let in, whatever becomes of it then. */
async function meet(at: string, options: PersonOptions) {
  const code = await town.addCitizen();
  await town.plan(code, { at, minutes: 10 });
  const citizen = await CitizenPage.open(browser, await town.linkOf(code), options);
  await citizen.wait();
  const worker = await WorkerPage.open(browser, await town.workerUrl(code));
  people = { citizen, worker };
  await worker.enter();
  await worker.admit();
  await citizen.inCall();
  return { code, citizen, worker };
}

describe('with somebody between who gives another key', () => {
  it('nothing decodes, the codes differ, and both are told to hang up and phone', async () => {
    const between = new SomebodyBetween();
    const { code, citizen, worker } = await meet('i dag 10', {
      prepare: (context) => between.stepIn(context),
    });
    const warning = 'Nøglen passer ikke. Læg på, og tal sammen i telefonen.';
    await Promise.all([citizen.reads(warning), worker.reads(warning)]);
    for (const { page } of [citizen, worker]) {
      const came = await until('packets that cannot be read', async () => {
        const now = await received(page);
        return now.videoPackets > 20 && now.audioPackets > 20 && now;
      });
      expect(came).toMatchObject({ frames: 0, energy: 0 });
    }
    // Nothing is promised that may not be so.
    for (const each of [citizen, worker]) expect(await each.text()).not.toContain('Kun I kan se og høre');
    await citizen.press('Er vi alene på linjen?');
    const [theirs, ours] = [await citizen.code(), await worker.code()];
    expect([theirs, ours]).toEqual([
      expect.stringMatching(/^\d{3} \d{3}$/),
      expect.stringMatching(/^\d{3} \d{3}$/),
    ]);
    expect(theirs).not.toBe(ours);
    await citizen.reads('Er den ikke ens, så læg på, og ring til hinanden.');
    await citizen.shot('secrecy-wrong-key', ['phone', 'tablet', 'desktop']);
    await worker.shot('secrecy-wrong-key-worker', ['desktop']);
    await citizen.press('Luk');

    await citizen.press('Mere');
    await citizen.press('Det virker ikke');
    await citizen.press('Ja, stop forsøget');
    await citizen.sees('Vi fik ikke lyd og billede til at virke');
    await citizen.reads(/Mette ringer til dig på nummeret, der ender på \d\d\./);
    await worker.sees('Samtalen lykkedes ikke');
    expect(await town.visit(code)).toMatchObject({ state: 'failed' });
  });
});

describe('with a browser that cannot encrypt by itself', () => {
  it('goes on encrypted on the way, and everybody says so', async () => {
    const { code, citizen, worker } = await meet('i dag 10.15', {
      scripts: [
        'delete globalThis.RTCRtpScriptTransform; delete RTCRtpSender.prototype.createEncodedStreams; delete RTCRtpReceiver.prototype.createEncodedStreams;',
      ],
    });
    await Promise.all([citizen.perceives(), worker.perceives()]);
    await Promise.all([
      citizen.reads('Krypteret, men ikke hele vejen'),
      worker.reads('Krypteret, men ikke hele vejen'),
    ]);
    await worker.reads('Enheden kan ikke låse samtalen hele vejen');
    await citizen.press('Krypteret, men ikke hele vejen');
    await citizen.reads(/Lyd og billede er krypteret mellem dig og vores server, men ikke gennem den/);
    expect(await citizen.page.locator('.code').count()).toBe(0);
    await citizen.shot('secrecy-in-transit', ['phone', 'tablet', 'desktop']);
    await worker.shot('secrecy-in-transit-worker', ['desktop']);
    expect(await town.call(code)).toMatchObject({ state: 'on', encryption: 'in-transit' });
    expect([...citizen.faults, ...worker.faults]).toEqual([]);
  });
});
