import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@naer/core/client';
import type { Visit } from '@naer/core/contract/visits';
import type { Browser, BrowserContext, WebSocketRoute } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Follower, follow } from '../support/events.ts';
import {
  type CallPerson,
  CitizenPage,
  launchCallBrowser,
  type PersonOptions,
  WorkerPage,
  withoutUdp,
} from './support/pages.ts';
import { Town } from './support/town.ts';
import { until } from './support/until.ts';

const sizes = ['phone', 'tablet', 'desktop'] as const;
const helpPhone = 'Ring 70 00 00 00';
/** The town lives on one Tuesday in November; every case has forty minutes of it to itself. */
const morning = Date.parse('2026-11-24T07:00:00+01:00');
const minuteMs = 60_000;

// Fifteen cases with up to three browsers each: nothing here waits for anything but the processor.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let town: Town;
let support: Follower;
/** One for each thing that a browser can lack. */
let browsers: Record<'whole' | 'refusing' | 'blind' | 'fenced', Browser>;
let cases = 0;
let open: CallPerson[] = [];

beforeAll(async () => {
  const launch = async (): Promise<typeof browsers> => ({
    whole: await launchCallBrowser(),
    refusing: await launchCallBrowser(['--use-fake-ui-for-media-stream=deny']),
    blind: await launchCallBrowser(['--use-fake-device-for-media-stream=device-count=0']),
    fenced: await launchCallBrowser(withoutUdp),
  });
  [town, browsers] = await Promise.all([Town.found({ clock: new Date(morning).toISOString() }), launch()]);
  await town.admin('staff', 'add', 'ITS', 'Ida Thy Sand', '--role', 'it-support');
  const token = JSON.parse(await town.admin('token', 'create', 'support', '--for', 'ITS', '--json')).secret;
  support = follow(async () => createClient({ url: town.url, token, language: 'en', agent: 'naer tests' }));
});
afterAll(async () => {
  await support?.stop();
  await Promise.all(Object.values(browsers ?? {}).map((browser) => browser.close()));
  await town?.close();
});
afterEach(async ({ task }) => {
  // What stood on the pages says most of why it failed.
  if (task.result?.state === 'fail') for (const each of open) console.error(await each.text());
  const faults = open.flatMap((each) => each.faults);
  await Promise.all(open.map((each) => each.close()));
  open = [];
  expect(faults).toEqual([]);
});

/** Minutes since this case began. */
const at = (minutes: number): Promise<void> =>
  town.setClock(new Date(morning + (cases * 40 + minutes) * minuteMs).toISOString());

/** A citizen with a number of their own, and a visit that begins in a minute unless told otherwise. */
async function planned(when: Parameters<Town['plan']>[1] = {}) {
  cases += 1;
  await at(0);
  const code = await town.addCitizen();
  const visit = await town.plan(code, when);
  const nth = String(cases).padStart(2, '0');
  return { code, visit, ends: nth, number: `20 00 00 ${nth}`, link: await town.linkOf(code) };
}
type Planned = Awaited<ReturnType<typeof planned>>;

const asCitizen = async (link: string, on: keyof typeof browsers = 'whole', options: PersonOptions = {}) => {
  const page = await CitizenPage.open(browsers[on], link, options);
  open.push(page);
  return page;
};
const asWorker = async ({ visit }: Planned) => {
  const page = await WorkerPage.open(browsers.whole, await town.workerUrl(visit.id));
  open.push(page);
  await page.press('Gå ind i samtalen');
  await page.inCall();
  return page;
};
const both = async (plan: Planned, on?: keyof typeof browsers, options?: PersonOptions) => {
  const citizen = await asCitizen(plan.link, on, options);
  await citizen.wait();
  return { citizen, worker: await asWorker(plan) };
};
const visitOf = ({ visit }: Planned): Promise<Visit> => town.visit(visit.id);

/** Reads the plain advice and what leads on; the number to phone stands on the page. */
async function advised(page: CitizenPage, advice: readonly string[], button: string) {
  const text = await page.text();
  for (const line of [...advice, helpPhone]) expect(text).toContain(line);
  await page.button(button).first().waitFor();
}

/** What support was told of the call of a visit; nothing in it tells who. */
const toldOf = (call: string) =>
  support.changes.filter(({ type, entity }) => type === 'call.failed' && entity.id === call);

/** Everything that was agreed for a call that fails: on both pages, in the visit, with support, by telephone. */
async function rulesFire(
  plan: Planned,
  { citizen, worker, call }: { citizen: CitizenPage; worker: WorkerPage | null; call: string },
  { step, shot }: { step: string; shot: string },
) {
  await citizen.sees('Vi fik ikke lyd og billede til at virke', 30_000);
  await advised(
    citizen,
    [
      'Det er ikke din skyld.',
      `Mette ringer til dig på nummeret, der ender på ${plan.ends}.`,
      'Hav telefonen ved hånden',
    ],
    'In English',
  );
  await citizen.shot(`${shot}-failed`, sizes);
  const host = worker ?? (await WorkerPage.open(browsers.whole, await town.workerUrl(plan.visit.id)));
  await host.sees('Samtalen lykkedes ikke', 30_000);
  await host.press('Vis nummeret');
  await host.reads(plan.number);
  await host.shot(`${shot}-host`, sizes);
  expect(await visitOf(plan)).toMatchObject({ state: 'failed' });
  const told = await until('support being told', () => {
    const found = toldOf(call);
    return found.length > 0 && found;
  });
  expect(told.map(({ data }) => data)).toMatchObject([{ step }]);
  expect(JSON.stringify(told)).not.toMatch(new RegExp(`Borger|Mette|${plan.code}|${plan.number}`));
  await at(25);
  await town.naer('visits', 'follow-up', plan.visit.id, '--minutes', '8');
  const after = await visitOf(plan);
  expect(after.state).toBe('followed-up');
  expect(after.parts.filter(({ kind }) => kind === 'phone')).toMatchObject([{ minutes: 8 }]);
  expect(toldOf(call)).toHaveLength(1);
}

describe('a call that cannot be', () => {
  it('is stopped by a citizen whose camera and microphone are refused, after advice for each', async () => {
    const plan = await planned();
    const citizen = await asCitizen(plan.link, 'refusing');
    await citizen.press('Prøv lyd og billede først');
    await citizen.reads('Siden har ikke lov til at bruge dit kamera.');
    await advised(
      citizen,
      ['Klik på ikonet til venstre for adressen øverst, og tillad kameraet.'],
      'Prøv igen',
    );
    await citizen.shot('camera-refused', sizes);
    await citizen.press('Videre');
    await citizen.reads('Siden har ikke lov til at bruge din mikrofon.');
    await citizen.shot('microphone-refused', sizes);
    await citizen.press('Spring resten over');
    await citizen.sees('Du er næsten klar');
    await advised(citizen, ['Ikke alt virker', 'tillad mikrofonen'], 'Gå til venteværelset');
    await citizen.shot('camera-refused-done', sizes);
    await citizen.press('Gå til venteværelset');
    await citizen.sees('Du er i venteværelset');
    const worker = await asWorker(plan);
    const { id: call } = await town.call(plan.visit.id);
    await citizen.press('Det virker ikke');
    await citizen.shot('give-up', sizes);
    await citizen.press('Ja, stop forsøget');
    await rulesFire(plan, { citizen, worker, call }, { step: 'camera-refused', shot: 'camera-refused' });
  });

  it('goes on without a picture where there is no camera', async () => {
    const plan = await planned();
    const citizen = await asCitizen(plan.link, 'blind');
    await citizen.press('Prøv lyd og billede først');
    await citizen.reads('Vi kan ikke finde et kamera.');
    await advised(citizen, ['Sæt et kamera til', 'Du kan også gå ind uden billede.'], 'Prøv igen');
    await citizen.shot('no-camera', sizes);
    await citizen.press('Spring resten over');
    await citizen.press('Gå til venteværelset');
    const worker = await asWorker(plan);
    await worker.admit();
    await citizen.inCall();
    await citizen.perceives();
    await worker.reads('Borgeren sender ikke billede');
    await citizen.shot('no-camera-call', sizes);
  });

  it('is written where there is neither camera nor microphone, with the number to phone beside it', async () => {
    const plan = await planned();
    const nothing = `
      const missing = () => Promise.reject(new DOMException('', 'NotFoundError'));
      navigator.mediaDevices.getUserMedia = missing;
      navigator.mediaDevices.enumerateDevices = async () => [];`;
    const citizen = await asCitizen(plan.link, 'whole', { scripts: [nothing] });
    await citizen.press('Prøv lyd og billede først');
    await citizen.reads('Vi kan ikke finde et kamera.');
    await citizen.press('Videre');
    await citizen.reads('Vi kan ikke finde en mikrofon.');
    await advised(citizen, ['Sæt en mikrofon eller et headset til'], 'Prøv igen');
    await citizen.shot('no-microphone', sizes);
    await citizen.press('Spring resten over');
    await citizen.press('Gå til venteværelset');
    const worker = await asWorker(plan);
    await worker.admit();
    await citizen.inCall();
    await citizen.reads('De andre kan ikke høre dig');
    expect(await citizen.text()).toContain(helpPhone);
    await citizen.page.getByRole('textbox', { name: 'Skriv en besked' }).fill('Jeg kan ikke høre dig');
    await citizen.press('Send');
    await worker.page
      .getByRole('button', { name: /^Skriv/ })
      .first()
      .click();
    await worker.reads('Jeg kan ikke høre dig');
    await citizen.shot('no-microphone-call', sizes);
    await worker.shot('no-microphone-host', sizes);
  });

  it('is known to be blocked before admission, and fails by the rules when it is tried all the same', async () => {
    const plan = await planned();
    const citizen = await asCitizen(plan.link, 'fenced');
    await citizen.press('Prøv lyd og billede først');
    await citizen.sees('Kan du se dig selv?');
    for (let step = 0; step < 3; step += 1) await citizen.press(/^(Det virker|Videre|Spring over)$/);
    await citizen.sees('Vi prøver dit internet');
    await citizen.reads('Dit netværk lukker ikke lyd og billede igennem.');
    await advised(citizen, ['Prøv et andet net, for eksempel telefonens eget.'], 'Prøv igen');
    await citizen.shot('udp-blocked', sizes);
    await citizen.press('Videre');
    await citizen.press('Gå til venteværelset');
    const worker = await asWorker(plan);
    await worker.admit();
    const { id: call } = await town.call(plan.visit.id);
    await citizen.reads('Vi prøver igen automatisk.', 40_000);
    await advised(
      citizen,
      ['Er der ikke lyd og billede efter 3 minutter, ringer Mette til dig'],
      'Det virker ikke',
    );
    await citizen.shot('udp-blocked-entering', sizes);
    await at(5);
    await rulesFire(plan, { citizen, worker, call }, { step: 'network-blocked', shot: 'udp-blocked' });
  });

  it('is found good before admission where nothing is in the way, and counts as nobody being there', async () => {
    const plan = await planned();
    const citizen = await asCitizen(plan.link);
    await citizen.press('Prøv lyd og billede først');
    await citizen.sees('Kan du se dig selv?');
    const tried = citizen.page.waitForResponse(/\/call\/try$/);
    const line = citizen.page.waitForEvent('websocket');
    for (let step = 0; step < 3; step += 1) await citizen.press(/^(Det virker|Videre|Spring over)$/);
    await citizen.reads('Dit internet er godt nok til lyd og billede.', 30_000);
    expect((await tried).status()).toBe(200);
    expect((await line).url()).toContain('/rtc');
    expect(await town.call(plan.visit.id)).toMatchObject({ state: 'prepared', minutes: 0 });
    expect((await town.call(plan.visit.id)).seats.map(({ present }) => present)).toEqual([false, false]);
  });
});

describe('a link', () => {
  it('that was revoked says so to whoever holds it and to nobody more, and is replaced at a press', async () => {
    const plan = await planned();
    await town.naer('calls', 'revoke-link', plan.visit.id);
    const citizen = await asCitizen(plan.link);
    await citizen.sees('Linket virker ikke længere');
    await advised(
      citizen,
      ['Du har ikke gjort noget forkert.', 'Du kan altid ringe til os.'],
      'Send mig et nyt link',
    );
    expect(await citizen.text()).not.toMatch(/Mette|Borger/);
    await citizen.shot('link-revoked', sizes);
    await citizen.page.getByLabel('Dit mobilnummer').fill(plan.number);
    await citizen.press('Send mig et nyt link');
    await citizen.reads('er et nyt link på vej nu');
    await citizen.shot('link-asked', sizes);
    const fresh = await until('a new link', async () => {
      const link = await town.linkOf(plan.code);
      return link !== plan.link && link;
    });
    const again = await asCitizen(fresh);
    await again.sees('Du har en aftale med Mette');
  });

  it('that comes too early says when, and can be tried meanwhile', async () => {
    const { link } = await planned({ at: 'om 9 timer' });
    const citizen = await asCitizen(link);
    await citizen.sees('Du har en aftale med Mette');
    await citizen.reads(/Venteværelset åbner om 8 timer og 30 minutter/);
    await advised(
      citizen,
      ['Du kan godt lade siden stå åben.', 'Hvis teknikken driller'],
      'Prøv lyd og billede først',
    );
    expect(await citizen.button('Gå til venteværelset').count()).toBe(0);
    await citizen.shot('too-early', sizes);
  });

  it('that comes too late says what can be done: first that the time has passed, then that it no longer holds', async () => {
    const plan = await planned();
    await at(30);
    const late = await asCitizen(plan.link);
    await late.reads(/Jeres aftale sluttede kl\.\s/);
    await advised(late, ['Du kan stadig gå til venteværelset, eller du kan ringe'], 'Gå til venteværelset');
    await late.shot('late', sizes);
    await late.press('Gå til venteværelset');
    await late.reads(/Jeres aftale sluttede kl\.\s/);
    await advised(late, ['Kommer der ingen, så ring.'], 'Forlad venteværelset');
    await late.shot('late-waiting', sizes);
    await town.naer('visits', 'futile', plan.visit.id, '--reason', 'no-answer');
    await late.sees('Linket virker ikke længere', 30_000);
    await late.shot('late-over', sizes);
  });

  it('that is opened twice keeps the first, and goes over to the other once the first has gone', async () => {
    const plan = await planned();
    const first = await asCitizen(plan.link);
    await first.wait();
    const second = await asCitizen(plan.link);
    await second.sees('Linket er åbent et andet sted');
    await advised(
      second,
      ['Samtalen kan kun være åben på én enhed ad gangen.', 'så ring til os'],
      'Fortsæt her',
    );
    await second.shot('twice', sizes);
    await second.press('Fortsæt her');
    await second.reads('Siden er stadig åben på den anden enhed.');
    await second.shot('twice-still', sizes);
    await first.page.goto('about:blank');
    await at(2);
    await second.press('Fortsæt her');
    await second.sees('Du har en aftale med Mette');
  });
});

describe('what everything runs on', () => {
  it('may be away: the page keeps the agreement and the number, and the place in the waiting room', async () => {
    const plan = await planned();
    const citizen = await asCitizen(plan.link);
    await citizen.wait();
    const { seats } = await town.call(plan.visit.id);
    await town.service.killHard();
    await citizen.sees('Vi kan ikke få forbindelse', 30_000);
    await advised(
      citizen,
      [
        'Siden prøver selv igen.',
        `Er der ikke lyd og billede efter 3 minutter, ringer Mette til dig på nummeret, der ender på ${plan.ends}.`,
      ],
      'Prøv igen',
    );
    await citizen.shot('service-down', sizes);
    await citizen.page.reload().catch(() => undefined);
    await town.startAgain();
    await citizen.page.goto('about:blank');
    await citizen.page.goto(plan.link);
    await citizen.sees('Du er i venteværelset', 30_000);
    const [before, after] = [seats, (await town.call(plan.visit.id)).seats].map((all) =>
      all.find(({ kind }) => kind === 'citizen'),
    );
    expect(after?.waitingSince).toBe(before?.waitingSince);
  });

  it('may be away in the middle of a call, which comes back by itself and has not failed', async () => {
    const plan = await planned();
    const { citizen, worker } = await both(plan);
    await worker.admit();
    await citizen.perceives();
    await town.service.killHard();
    await citizen.reads('Forbindelsen røg. Vi prøver igen automatisk.', 30_000);
    expect(await citizen.text()).toContain(
      'Er der ikke lyd og billede efter 3 minutter, ringer Mette til dig',
    );
    await citizen.shot('service-down-call', sizes);
    await town.startAgain();
    await citizen.perceives({ limitMs: 60_000 });
    const { id: call } = await town.call(plan.visit.id);
    expect(toldOf(call)).toEqual([]);
    await citizen.hangUp();
    await citizen.sees('Du har lagt på');
    await worker.hangUp();
  });

  it('may be without a media server: it is tried again and again, until the rules say otherwise', async () => {
    const plan = await planned();
    const { citizen, worker } = await both(plan);
    const media = await mediaPidOf(town.service.pid);
    const { id: call } = await town.call(plan.visit.id);
    process.kill(media, 'SIGSTOP');
    try {
      await town.naer('calls', 'admit', plan.visit.id);
      await citizen.reads('Lyd og billede kan ikke forbindes lige nu.', 40_000);
      await advised(
        citizen,
        ['Vi prøver igen automatisk.', 'Er der ikke lyd og billede efter 3 minutter'],
        'Det virker ikke',
      );
      await citizen.shot('media-down', sizes);
      await at(6);
      await rulesFire(plan, { citizen, worker, call }, { step: 'media-down', shot: 'media-down' });
    } finally {
      process.kill(media, 'SIGCONT');
    }
  });

  it('may be cut in the middle: the page says what it does, and then that the telephone rings', async () => {
    const plan = await planned();
    const network = new Network();
    const { citizen, worker } = await both(plan, 'whole', {
      scripts: [await readFile(path.join(import.meta.dirname, 'page/no-network.js'), 'utf8')],
      prepare: network.prepare,
    });
    await worker.admit();
    await citizen.perceives();
    const { id: call } = await town.call(plan.visit.id);
    await network.cut(citizen);
    await citizen.reads('Forbindelsen røg. Vi prøver igen automatisk.', 30_000);
    expect(await citizen.text()).toContain('Du skal ikke gøre noget.');
    await citizen.shot('cut', sizes);
    await until(
      'the service knowing that they vanished',
      async () =>
        (await town.call(plan.visit.id)).seats.some(
          ({ kind, gone }) => kind === 'citizen' && gone === 'vanished',
        ),
      60_000,
    );
    await worker.shot('cut-seen', sizes);
    await at(7);
    await until('support being told', () => toldOf(call).length > 0);
    await network.mend(citizen);
    await rulesFire(plan, { citizen, worker, call }, { step: 'dropped', shot: 'cut' });
  });

  it('has failed once for both who press at the same moment', async () => {
    const plan = await planned();
    const { citizen, worker } = await both(plan);
    await worker.admit();
    await citizen.perceives();
    const { id: call } = await town.call(plan.visit.id);
    for (const each of [citizen, worker]) {
      await each.press('Mere');
      await each.press('Det virker ikke');
    }
    await citizen.shot('press', sizes);
    await Promise.all([citizen.press('Ja, stop forsøget'), worker.press('Ja, stop forsøget')]);
    await rulesFire(plan, { citizen, worker, call }, { step: 'does-not-work', shot: 'press' });
  });
});

/** The network of one browser: taken away and given back, for requests, signalling, sound and picture alike. */
class Network {
  readonly #lines = new Set<WebSocketRoute>();
  #isCut = false;

  readonly prepare = async (context: BrowserContext): Promise<void> => {
    await context.routeWebSocket(/\/rtc/, (line) => {
      if (this.#isCut) {
        void line.close();
        return;
      }
      line.connectToServer();
      this.#lines.add(line);
    });
  };

  async cut({ page }: CitizenPage): Promise<void> {
    this.#isCut = true;
    await page.context().setOffline(true);
    await page.evaluate('naerCut(true)');
    for (const line of this.#lines) await line.close({ code: 4000 });
    this.#lines.clear();
  }

  async mend({ page }: CitizenPage): Promise<void> {
    this.#isCut = false;
    await page.evaluate('naerCut(false)');
    await page.context().setOffline(false);
  }
}

/** The media server is the child of the service that runs its program. */
async function mediaPidOf(service: number): Promise<number> {
  const { stdout } = await promisify(execFile)('pgrep', ['-P', String(service), '-f', 'media-server']);
  return Number(stdout.trim().split('\n')[0]);
}
