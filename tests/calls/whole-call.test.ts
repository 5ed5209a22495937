import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { callsRoutes } from '@naer/core/contract/calls';
import { ledgerRoutes } from '@naer/core/contract/ledger';
import { programmeRoutes } from '@naer/core/contract/programme';
import { RoomServiceClient } from 'livekit-server-sdk';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiKey, apiSecret } from '../compat/keys.ts';
import { findLivekit } from '../compat/targets/livekit.ts';
import type { RunningServer } from '../compat/targets/target.ts';
import { CitizenPage, launchCallBrowser, WorkerPage } from './support/pages.ts';
import { Town } from './support/town.ts';
import { until } from './support/until.ts';

// One visit by video as both live it, from the plan to the figures that rest on it; on our media server, and again on a real
// LiveKit where `npm run compat` compiled one.

const livekit = await findLivekit();

let browser: Browser;
beforeAll(async () => {
  browser = await launchCallBrowser();
});
afterAll(() => browser?.close());

/** A visit of half an hour has to last for it: ours lives on a day of the test's own, LiveKit only now. */
interface Stage {
  readonly town: Town;
  readonly planAt: string;
  /** Lets time go by, and tells how many minutes the talk lasts then; null where only the service knows. */
  readonly talk: (startedAt: string) => Promise<number | null>;
  readonly close: () => Promise<void>;
}

async function onOurs(): Promise<Stage> {
  const town = await Town.found({ clock: '2026-11-24T09:57:00+01:00' });
  return {
    town,
    planAt: 'i dag 10',
    talk: async (startedAt) => {
      const until = '2026-11-24T10:27:10+01:00';
      await town.setClock(until);
      return Math.round((Date.parse(until) - Date.parse(startedAt)) / 60_000);
    },
    close: () => town.close(),
  };
}

async function onLivekit(): Promise<Stage> {
  let server: RunningServer | undefined;
  const town = await Town.found({
    environment: async (url) => {
      server = await livekit?.start({ autoCreate: false, webhookUrl: `${url}/media/webhook` });
      return { LIVEKIT_URL: server?.url ?? '', LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret };
    },
  });
  return {
    town,
    planAt: 'om 1 minut',
    talk: async () => {
      // The talk really is in LiveKit's room.
      const rooms = new RoomServiceClient(server?.httpUrl ?? '', apiKey, apiSecret);
      const [room] = await rooms.listRooms();
      expect(await rooms.listParticipants(room?.name ?? '')).toHaveLength(2);
      return null;
    },
    close: async () => {
      await town.close();
      await server?.stop();
    },
  };
}

describe.each([
  ['our media server', onOurs, true],
  ['a real LiveKit', onLivekit, livekit !== null],
] as const)('a whole call on %s', (_, setUp, isThere) => {
  if (isThere) tellWhole(setUp);
  else it.skip('is left out: `npm run compat` compiles LiveKit where there is Go', () => {});
});

function tellWhole(setUp: () => Promise<Stage>): void {
  let stage: Stage;
  let code: string;
  let visitId: string;
  let citizen: CitizenPage;
  let worker: WorkerPage;
  let minutes: number | null;
  let received: unknown;
  beforeAll(async () => {
    stage = await setUp();
    code = await stage.town.addCitizen();
    const about = ['--target-group', '20', '--starts', '2026-11-01'];
    await stage.town.admin('programme', 'create', 'Online bostøtte', ...about);
    received = await hasReceived();
  });
  afterAll(async () => {
    await citizen?.close();
    await worker?.close();
    await stage?.close();
  });

  async function hasReceived(): Promise<unknown> {
    // By itself it tells of days that are over.
    const answer = await stage.town.admin('programme', 'status', '--at', 'i dag', '--json');
    return programmeRoutes.status.reply.parse(JSON.parse(answer)).figures.hasReceived;
  }

  it('is planned by a command, and its link comes in a message that tells nothing', async () => {
    const { town, planAt } = stage;
    visitId = (await town.plan(code, { at: planAt, minutes: 30 })).id;
    const message = await town.readMail(code);
    expect(message).not.toMatch(/bostøtte|psyk|§|Borger 0/i);
    citizen = await CitizenPage.open(browser, await town.linkOf(code));
    await citizen.sees('Du har en aftale med Mette');
  });

  it('is tested beforehand and waited for', async () => {
    await citizen.test();
    await citizen.press('Gå til venteværelset');
    await citizen.sees('Du er i venteværelset');
    const { items } = callsRoutes.waitingRoom.reply.shape;
    const waiting = await stage.town.answer(items, 'waiting');
    expect(waiting).toMatchObject([{ citizen: code, kind: 'citizen', byPhone: false }]);
  });

  it('begins when the worker opens the door, with picture and sound both ways, locked for the two', async () => {
    worker = await WorkerPage.open(
      browser,
      await stage.town.workerUrl(visitId, { agenda: 'Posten og ugen' }),
    );
    await worker.reads('Posten og ugen');
    await worker.enter();
    await worker.reads('Kamera virker');
    await worker.admit();
    await citizen.inCall();
    await Promise.all([citizen.perceives(), worker.perceives()]);
    await Promise.all([citizen.reads('Kun I kan se og høre'), worker.reads('Kun I kan se og høre')]);
    const [call, visit] = [await stage.town.call(visitId), await stage.town.visit(visitId)];
    expect(call).toMatchObject({ state: 'on', encryption: 'end-to-end' });
    expect(visit.parts).toMatchObject([{ kind: 'video', endsAt: null }]);
    await citizen.press('Kun I kan se og høre');
    expect(await citizen.code()).toMatch(/^\d{3} \d{3}$/);
    expect(await worker.code()).toBe(await citizen.code());
    await citizen.press('Luk');
  });

  it('has a word in writing, a screen to look at, and a promise to be alone', async () => {
    await worker.page.getByRole('switch', { name: /Jeg er alene i rummet/ }).click();
    await citizen.reads(/Mette har været alene i rummet siden kl\./);
    await citizen.write('Kan du se brevet?');
    await worker.press(/^Skriv/);
    await worker.reads('Kan du se brevet?');
    await worker.write('Ja, hold det lidt nærmere.');
    await citizen.reads('Ja, hold det lidt nærmere.');
    await worker.press('Del skærm');
    await citizen.reads('Mette viser sin skærm');
    await citizen.perceives();
    await citizen.shot('whole-screen-shared', ['phone', 'tablet', 'desktop']);
    await worker.shot('whole-sharing', ['desktop']);
    await worker.press('Stop deling');
    await citizen.page.getByText('Mette viser sin skærm').first().waitFor({ state: 'hidden' });
  });

  it('has the weekly plan to look at together, page by page', async () => {
    const paper = await browser.newPage();
    await paper.setContent('<h1>Mandag</h1><h1 style="break-before: page">Tirsdag</h1>');
    const buffer = await paper.pdf({ width: '20cm', height: '12cm' });
    await paper.close();
    await citizen.press('Luk');
    await citizen.press('Ugeskema');
    const chooser = citizen.page.locator('input[type=file]:not([capture])');
    await chooser.setInputFiles({ name: 'ugeskema.pdf', mimeType: 'application/pdf', buffer });
    await citizen.reads('Side 1 af 2');
    await worker.press('Se med');
    await worker.reads('Side 1 af 2');
    await citizen.press('Næste side');
    await worker.reads('Side 2 af 2');
    await citizen.shot('whole-plan', ['phone', 'tablet', 'desktop']);
    await worker.shot('whole-plan-worker', ['desktop']);
    await citizen.press('Luk');
  });

  it('ends when the citizen hangs up, who is not asked why', async () => {
    await stage.town.plan(code, { at: 'om 2 dage kl. 10', minutes: 30 });
    const { parts } = await stage.town.visit(visitId);
    minutes = await stage.talk(parts[0]?.startsAt ?? '');
    await citizen.hangUp();
    await citizen.sees('Du har lagt på');
    await citizen.reads('I taler sammen igen');
    expect(await citizen.text()).not.toMatch(/hvorfor|grund/i);
    await citizen.press('Ja');
    await citizen.reads('Tak, det er noteret.');
    await citizen.shot('whole-after', ['phone']);
    await worker.hangUp();
    await worker.sees('Afslut besøget');
    await worker.page.getByRole('checkbox', { name: 'Støttende samtale' }).click();
    await worker.shot('whole-finish', ['desktop']);
    await worker.press('Færdig');
    await worker.sees('Besøget er noteret');
    expect([...citizen.faults, ...worker.faults]).toEqual([]);
  });

  it('was held, with the minutes in which both were there', async () => {
    const [visit, call] = [await stage.town.visit(visitId), await stage.town.call(visitId)];
    expect(visit).toMatchObject({ state: 'held', channel: 'video', topics: ['supportive-talk'] });
    expect(call).toMatchObject({ state: 'ended', encryption: 'end-to-end', failure: null });
    expect(visit.minutes.video).toBe(call.minutes);
    if (minutes !== null) expect(Math.abs(visit.minutes.video - minutes)).toBeLessThanOrEqual(1);
  });

  it('stands in the log, which is whole, and has moved the figures', async () => {
    const { town } = stage;
    expect(received).toBe(0);
    // They rest on the signed log, which comes a moment after.
    await until('the figures of the programme', async () => (await hasReceived()) === 1);
    const leaves = ledgerRoutes.listLeaves.reply.shape.items.parse(
      JSON.parse(await town.admin('ledger', 'log', '--json')),
    );
    expect(JSON.stringify(leaves)).toContain(visitId);
    expect(JSON.stringify(leaves)).not.toMatch(/Mette|Borger 01|20 ?00 ?00 ?01/);
    const folder = await mkdtemp(path.join(tmpdir(), 'naer-calls-'));
    try {
      const [tar, key] = [path.join(folder, 'log.tar'), path.join(folder, 'log.key')];
      await town.admin('ledger', 'keys', '--out', key);
      await town.admin('ledger', 'export', tar);
      expect(await town.admin('ledger', 'verify', tar, '--key-file', key)).toMatch(/^Loggen er hel/);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}
