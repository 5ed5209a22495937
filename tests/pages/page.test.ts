import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { FakeService } from './fake-service.ts';
import { buildCallPage } from './gallery.ts';

const token = 'AQAAAAEwOTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg3NjU0MzIx';
let folder: string;
let browser: Browser;
let service: FakeService;
let page: Page;
let faults: string[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'naer-page-'));
  await buildCallPage(folder);
  browser = await launchBrowser();
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  service = await FakeService.start(folder);
  page = await browser.newPage({
    viewport: { width: 390, height: 844 },
    permissions: ['camera', 'microphone'],
  });
  faults = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (said) => {
    if (said.text().includes('Content Security Policy')) faults.push(said.text());
  });
});
afterEach(async () => {
  await page.context().close();
  await service.close();
  expect(faults).toEqual([]);
});

const visit = (search = '') => page.goto(`${service.url}/s${search}#${token}`);
const heading = (text: string) => page.getByRole('heading', { level: 1, name: text });
const press = (name: string) => page.getByRole('button', { name, exact: true }).click();

describe('the call page', () => {
  it('says who, when and what was agreed, and never sends the link but as a token', async () => {
    await visit();
    await heading('Du har en aftale med Mette').waitFor();
    const text = await page.locator('body').textContent();
    expect(text).toContain(
      'Er der ikke lyd og billede efter 3 minutter, ringer Mette til dig på nummeret, der ender på 42.',
    );
    expect(text).toContain('I taler sammen igen senere i dag.');
    expect(text).toContain('Øvelse: her er ingen rigtige mennesker.');
    expect(await page.getByRole('link', { name: 'Ring 112' }).getAttribute('href')).toBe('tel:112');
    expect(service.asked.map((each) => each.token)).toEqual(service.asked.map(() => token));
    expect(JSON.stringify(service.asked.map(({ body }) => body))).not.toContain(token);
  });

  it('speaks English where it is asked to, and changes over at a tap', async () => {
    await visit('?lang=en');
    await heading('You have an appointment with Mette').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await press('På dansk');
    await heading('Du har en aftale med Mette').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('da');
  });

  it('tests step by step, tells what it found and goes on to the waiting room', async () => {
    await visit();
    await press('Prøv lyd og billede først');
    await heading('Kan du se dig selv?').waitFor();
    await press('Det virker');
    await heading('Sig noget højt').waitFor();
    await page.getByRole('button', { name: /^(Videre|Spring over)$/ }).click();
    await heading('Kan du høre tonen?').waitFor();
    await press('Spil tonen');
    await press('Ja, jeg hører den');
    await heading('Vi prøver dit internet').waitFor();
    await press('Videre');
    await heading('Så er du klar').waitFor();
    await expect.poll(() => service.askedFor('/call/tests').length).toBe(1);
    const [told] = service.askedFor('/call/tests');
    expect(told?.body.results).toEqual(
      expect.arrayContaining([
        { step: 'camera', outcome: 'good' },
        { step: 'loudspeaker', outcome: 'good' },
      ]),
    );
    await press('Gå til venteværelset');
    await heading('Du er i venteværelset').waitFor();
    expect(service.askedFor('/call/wait')).toHaveLength(1);
  });

  it('keeps the place over a reload, and calls the failed call by its agreement', async () => {
    await visit();
    await press('Gå til venteværelset');
    await heading('Du er i venteværelset').waitFor();
    await page.reload();
    await heading('Du er i venteværelset').waitFor();
    await press('Det virker ikke');
    await press('Ja, stop forsøget');
    await expect.poll(() => service.askedFor('/call/trouble').length).toBe(1);
    expect(service.askedFor('/call/trouble')[0]?.body).toMatchObject({ step: 'does-not-work', giveUp: true });
    const now = Date.now();
    service.change({
      state: 'failed',
      failure: {
        step: 'does-not-work',
        at: new Date(now).toISOString(),
        caller: 'worker',
        phonesBy: new Date(now + 175_000).toISOString(),
        speakAgain: 'same-day',
      },
    });
    await heading('Vi fik ikke lyd og billede til at virke').waitFor();
    const text = await page.locator('main').textContent();
    expect(text).toContain('Mette ringer til dig på nummeret, der ender på 42.');
    expect(text).toMatch(/om 2:\d\d minutter/);
  });

  it('stays awake with whoever waits, and promises to call only where that would be heard', async () => {
    await page.addInitScript(`
      globalThis.held = 0;
      navigator.wakeLock.request = async () => {
        globalThis.held += 1;
        return { release: async () => { globalThis.held -= 1; } };
      };
    `);
    await visit();
    await press('Gå til venteværelset');
    await page.getByText('Vi kalder på dig med en lyd.').waitFor();
    expect(await page.evaluate('globalThis.held')).toBe(1);
    // Nobody has tapped on the new page yet.
    await page.reload();
    await page.getByText('Tryk på Hør lyden').waitFor();
    expect(await page.evaluate('globalThis.held')).toBe(1);
    await press('Hør lyden');
    await page.getByText('Vi kalder på dig med en lyd.').waitFor();
    await press('Forlad venteværelset');
    await heading('Du har forladt venteværelset').waitFor();
    expect(await page.evaluate('globalThis.held')).toBe(0);
  });

  it('goes on trying for somebody who was let in and cannot come in, with the rules beside it', async () => {
    await visit();
    await press('Gå til venteværelset');
    await heading('Du er i venteværelset').waitFor();
    service.setState('admitted');
    await heading('Du bliver lukket ind').waitFor();
    await page.getByText('Vi prøver igen automatisk.').waitFor({ timeout: 60_000 });
    expect(await page.locator('main').textContent()).toContain('ringer Mette til dig');
    await expect.poll(() => service.askedFor('/call/enter').length, { timeout: 30_000 }).toBeGreaterThan(1);
    await press('Det virker ikke');
    await heading('Det virker ikke').waitFor();
  });

  it('asks nobody why they left, and has the way back, also before anybody was let in', async () => {
    await visit();
    await press('Gå til venteværelset');
    await press('Forlad venteværelset');
    await heading('Du har forladt venteværelset').waitFor();
    // There was no sound and no picture yet that could have worked.
    expect(await page.getByRole('button', { name: 'Ja', exact: true }).count()).toBe(0);
    await press('Tilbage til venteværelset');
    await heading('Du er i venteværelset').waitFor();
    service.change({ state: 'on' });
    service.setState('admitted');
    await heading('Du bliver lukket ind').waitFor();
    await page.getByText('Vi prøver igen automatisk').waitFor({ timeout: 60_000 });
    await press('Læg på');
    await heading('Du har lagt på').waitFor();
    service.refuseNext.set('/call/worked', { code: 'unavailable' });
    await press('Ja');
    await page.getByText('Det kom ikke igennem til os.').waitFor();
    await press('Ja');
    await page.getByText('Tak, det er noteret.').waitFor();
    expect(service.askedFor('/call/worked').map(({ body }) => body.worked)).toEqual([true, true]);
    await press('Gå tilbage til samtalen');
    await heading('Du er i venteværelset').waitFor();
  });

  it('comes in all the same where the program for calls could not be loaded at first', async () => {
    // Whether what could not be fetched ahead is asked for once more differs from browser to browser; on a new page it is.
    let [opened, asked] = [0, 0];
    page.on('request', (request) => {
      if (request.isNavigationRequest()) opened += 1;
    });
    await page.route(/\/live-.*\.js/, (route) => {
      asked += 1;
      return opened === 1 ? route.abort() : route.continue();
    });
    await visit();
    await press('Gå til venteværelset');
    await heading('Du er i venteværelset').waitFor();
    await expect.poll(() => asked).toBeGreaterThan(0);
    service.setState('admitted');
    await expect.poll(() => service.askedFor('/call/enter').length, { timeout: 30_000 }).toBeGreaterThan(0);
    expect(opened).toBe(2);
  });

  it('lets somebody on the way in turn round, and says so where it takes long', async () => {
    // The program for calls never comes.
    await page.route(/\/live-.*\.js/, () => {});
    await visit();
    await press('Gå til venteværelset');
    service.setState('admitted');
    await heading('Du bliver lukket ind').waitFor();
    await page.getByRole('button', { name: 'Læg på', exact: true }).waitFor();
    await page.getByText('Det tager længere, end det plejer.').waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Det virker ikke', exact: true }).waitFor();
    await press('Læg på');
    await heading('Du har forladt venteværelset').waitFor();
  });

  it('waits with whoever comes early until the waiting room opens', async () => {
    const opensAt = new Date(Date.now() + 9 * 60_000).toISOString();
    service.change({ visit: { ...service.page.visit, opensAt } });
    await page.clock.install();
    await visit();
    await heading('Du har en aftale med Mette').waitFor();
    expect(await page.getByRole('timer').textContent()).toMatch(/Venteværelset åbner om [89]:\d\d/);
    await page.clock.fastForward(9 * 60_000);
    await press('Gå til venteværelset');
    await heading('Du er i venteværelset').waitFor();
  });

  it('says the same of every link that does not hold, and of every wish for a new one', async () => {
    service.refusal = { status: 404, code: 'link_not_valid' };
    await visit();
    await heading('Linket virker ikke længere').waitFor();
    const text = await page.locator('body').textContent();
    expect(text).not.toMatch(/Mette|Prøvekommunen/);
    await press('Send mig et nyt link');
    await page.getByText('Skriv de otte tal i dit mobilnummer.').waitFor();
    await page.getByLabel('Dit mobilnummer').fill('20 00 00 42');
    await press('Send mig et nyt link');
    await page.getByText('Kender vi nummeret eller mailadressen').waitFor();
    expect(service.askedFor('/call/new-link').map(({ body }) => body)).toEqual([{ phone: '20 00 00 42' }]);
  });

  it('asks for the code until it fits', async () => {
    service.door = ({ pin }) => (pin === '4711' ? null : 'link_pin');
    await visit();
    await heading('Skriv din kode').waitFor();
    await page.getByLabel('Kode').fill('1234');
    await press('Åbn');
    await page.getByText('Koden passede ikke.').waitFor();
    await page.getByLabel('Kode').fill('4711');
    // Of going on here nothing was tried yet, whatever was typed before.
    service.door = ({ takeOver }) => (takeOver === true ? null : 'link_in_use');
    await page.keyboard.press('Enter');
    await heading('Linket er åbent et andet sted').waitFor();
    expect(await page.getByText('Siden er stadig åben på den anden enhed.').count()).toBe(0);
    await press('Fortsæt her');
    await heading('Du har en aftale med Mette').waitFor();
  });

  it('asks before it gives up for a browser that cannot call, and offers that only once somebody could come in', async () => {
    await page.addInitScript(() => {
      Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
    });
    const opensAt = new Date(Date.now() + 600_000).toISOString();
    service.change({ visit: { ...service.page.visit, opensAt } });
    await visit();
    await heading('Denne browser kan ikke bruges').waitFor();
    expect(await page.getByRole('button', { name: 'Jeg kan ikke komme videre' }).count()).toBe(0);
    service.change({ visit: { ...service.page.visit, opensAt: new Date(Date.now() - 1_000).toISOString() } });
    await press('Jeg kan ikke komme videre');
    expect(service.askedFor('/call/trouble')).toEqual([]);
    await press('Ja, stop forsøget');
    await expect.poll(() => service.askedFor('/call/trouble').length).toBe(1);
    expect(service.askedFor('/call/trouble')[0]?.body).toMatchObject({
      step: 'browser-too-old',
      giveUp: true,
    });
  });

  it('is taken over from another device only when somebody says so', async () => {
    let elsewhere = true;
    service.door = ({ takeOver }) => (takeOver === true && !elsewhere ? null : 'link_in_use');
    await visit();
    await heading('Linket er åbent et andet sted').waitFor();
    await press('Fortsæt her');
    await page.getByText('Siden er stadig åben på den anden enhed.').waitFor();
    elsewhere = false;
    await press('Fortsæt her');
    await heading('Du har en aftale med Mette').waitFor();
  });

  it('shows the rules from memory when the service is down, and goes on by itself when it is back', async () => {
    await visit();
    await heading('Du har en aftale med Mette').waitFor();
    service.down = true;
    await page.reload();
    await heading('Vi kan ikke få forbindelse').waitFor();
    const text = await page.locator('body').textContent();
    expect(text).toContain('ringer Mette til dig på nummeret, der ender på 42');
    expect(await page.getByRole('link', { name: 'Ring 70 00 00 00' }).getAttribute('href')).toBe(
      'tel:+4570000000',
    );
    service.down = false;
    await heading('Du har en aftale med Mette').waitFor({ timeout: 30_000 });
  });
});

describe('a citizen who wants another time', () => {
  const at = (days: number, hour: number): string => {
    const time = new Date(Date.now() + days * 86_400_000);
    time.setUTCHours(hour, 0, 0, 0);
    return time.toISOString();
  };
  const times = [at(1, 9), at(1, 13), at(2, 9)];
  const choose = (nth: number) => page.locator('.times label').nth(nth).click();

  it('asks for a talk after the call, beside the number for acute help, and takes it back', async () => {
    service.talk = { ...service.talk, times };
    service.change({ state: 'ended', visit: { ...service.page.visit, state: 'held' } });
    await visit();
    await heading('Samtalen er slut').waitFor();
    await press('Bed om en snak');
    await page.getByText('Er det akut, så ring 112. Vent ikke på svar her.').waitFor();
    expect(await page.getByRole('button', { name: 'Send ønsket' }).isDisabled()).toBe(true);
    service.refuseNext.set('/call/talk', { code: 'talk_hours_closed' });
    await choose(1);
    await press('Send ønsket');
    await page.getByText('Den tid er ikke ledig længere.').waitFor();
    await choose(2);
    await press('Send ønsket');
    await page.getByText(/^Du har bedt om en snak/).waitFor();
    expect(service.askedFor('/call/talk').map(({ body }) => body.wishedAt)).toEqual([times[1], times[2]]);
    await page.reload();
    await page.getByText(/^Du har bedt om en snak/).waitFor();
    await press('Træk ønsket tilbage');
    await page.getByRole('button', { name: 'Bed om en snak' }).waitFor();
  });

  it('is offered nothing where nobody may be asked', async () => {
    service.change({ state: 'ended', visit: { ...service.page.visit, state: 'held' } });
    await visit();
    await heading('Samtalen er slut').waitFor();
    await expect.poll(() => service.askedFor('/call/talk/show').length).toBe(1);
    expect(await page.getByRole('button', { name: 'Bed om en snak' }).count()).toBe(0);
  });

  it('answers a proposal with another time, which is theirs to take back; or with yes, or no', async () => {
    service.talk = { ...service.talk, times };
    const proposed = {
      ...service.page.visit,
      startsAt: at(3, 9),
      state: 'proposed',
      proposedBy: 'worker',
    } as const;
    service.change({ visit: proposed });
    await visit();
    await page.getByRole('heading', { level: 1, name: /^Passer .* kl\.\s\d\d\.00\?$/ }).waitFor();
    await press('Foreslå en anden tid');
    await choose(0);
    await press('Foreslå denne tid');
    await heading('Dit forslag er sendt').waitFor();
    service.change({ visit: proposed });
    await press('Ja, det passer');
    await page.getByText('Så er det aftalt.').waitFor();
    expect(service.askedFor('/call/proposal').map(({ body }) => [body.answer, body.startsAt])).toEqual([
      ['other', proposed.startsAt],
      ['yes', proposed.startsAt],
    ]);
    service.change({ visit: proposed });
    service.refuseNext.set('/call/proposal', { code: 'proposal_changed' });
    await press('Nej tak');
    await page.getByText('Forslaget er ændret i mellemtiden.').waitFor();
    await press('Nej tak');
    await heading('Tak for dit svar').waitFor();
    await page.getByRole('button', { name: 'Bed om en snak' }).waitFor();
  });
});

describe('a host', () => {
  beforeEach(() => {
    const [host] = service.page.seats;
    if (host === undefined) throw new Error('a call has a host');
    service.change({
      me: { seat: host.id, kind: 'worker', isHost: true, state: 'admitted', waitingSince: null },
      visit: { ...service.page.visit, purposes: ['smaller-bites'] },
      minutes: 27,
    });
  });

  it('prepares what to speak of before anybody is let in', async () => {
    await visit();
    await heading('Din samtale').waitFor();
    expect(await page.locator('main').textContent()).toContain('støtte i mindre bidder');
    await press('Skriv punkter');
    await page.getByLabel('Punkter til samtalen').fill('Brevet fra kommunen');
    await press('Gem');
    await page.getByText('Brevet fra kommunen').waitFor();
    expect(service.askedFor('/call/agenda')[0]?.body.agenda).toBe('Brevet fra kommunen');
  });

  it('ends a visit in three taps after a reload as well, and loses nothing when the next time is taken', async () => {
    const { startsAt } = service.page.visit;
    service.change({
      state: 'on',
      me: { ...service.page.me, state: 'left' },
      seats: service.page.seats.map((seat) => ({ ...seat, state: 'left' })),
    });
    await visit();
    await heading('Afslut besøget').waitFor();
    expect(await page.locator('output').textContent()).toBe('27');
    const missing = { missing_da: 'medarbejderen er optaget', nearest_da: 'tirsdag kl. 11.00–11.30' };
    service.refuseNext.set('/call/finish', { code: 'hold_refused', params: missing });
    await page.getByLabel('Støttende samtale').check();
    await page.getByRole('radio', { name: /^Om en uge/ }).check();
    await press('Færdig');
    await page.getByText('medarbejderen er optaget').waitFor();
    await page.getByRole('radio', { name: /^Om 2 uger/ }).check();
    await press('Færdig');
    await heading('Besøget er noteret').waitFor();
    const told = service.askedFor('/call/finish').map(({ body }) => body);
    const later = (weeks: number) => new Date(Date.parse(startsAt) + weeks * 7 * 86_400_000);
    expect(told).toEqual(
      [1, 2].map((weeks) => ({
        device: expect.any(String),
        topics: ['supportive-talk'],
        next: expect.stringMatching(later(weeks).toISOString().slice(0, 10)),
      })),
    );
  });

  it('loses nothing of what a host is about to say when the visit records itself meanwhile', async () => {
    service.change({ state: 'on', me: { ...service.page.me, state: 'left' } });
    await visit();
    await heading('Afslut besøget').waitFor();
    await page.getByLabel('Støttende samtale').check();
    service.change({ state: 'ended', visit: { ...service.page.visit, state: 'held' } });
    const watched = service.askedFor('/call/watch').length;
    await expect.poll(() => service.askedFor('/call/watch').length).toBeGreaterThan(watched);
    await press('Færdig');
    await heading('Besøget er noteret').waitFor();
    expect(service.askedFor('/call/finish')[0]?.body.topics).toEqual(['supportive-talk']);
    await page.reload();
    await press('Tilføj emner');
    await heading('Afslut besøget').waitFor();
  });

  it('records that nobody came, with why', async () => {
    service.change({ state: 'on', me: { ...service.page.me, state: 'left' }, minutes: 0 });
    await visit();
    await heading('Afslut besøget').waitFor();
    await page.getByLabel('Glemt').check();
    await press('Færdig');
    await heading('Besøget er noteret').waitFor();
    expect(service.askedFor('/call/finish')[0]?.body).toMatchObject({
      outcome: 'futile',
      reason: 'forgotten',
    });
  });
});
