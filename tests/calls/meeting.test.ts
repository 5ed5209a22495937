import { messagesRoutes } from '@naer/core/contract/messages';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CallPerson, CitizenPage, launchCallBrowser, WorkerPage } from './support/pages.ts';
import { linkIn, Town } from './support/town.ts';
import { until } from './support/until.ts';

let town: Town;
let browser: Browser;
let open: CallPerson[] = [];

beforeAll(async () => {
  [town, browser] = await Promise.all([
    Town.found({ clock: '2026-11-24T10:00:00+01:00' }),
    launchCallBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
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

/** The link that was sent to the guest, out of the mailbox. */
const guestLink = (citizenLink: string): Promise<string> =>
  until('an invitation to the guest', async () => {
    const { items } = messagesRoutes.list.reply.shape;
    for (const { id, sentAt } of items.parse(JSON.parse(await town.admin('messages', 'list', '--json')))) {
      if (sentAt === null) continue;
      const shown = await town.admin('messages', 'show', id);
      if (shown.includes('/s#') && linkIn(shown) !== citizenLink) return linkIn(shown);
    }
    return null;
  });

describe('a meeting of several', () => {
  it('lets in a guest by link and somebody who is late, names them by what they are, and goes on with a new key when one leaves', async () => {
    const code = await town.addCitizen();
    const visit = await town.plan(code);
    const link = await town.linkOf(code);
    await town.naer('calls', 'invite', visit.id, 'sagsbehandler', '--email', 'sagsbehandler@example.dk');
    const citizen = await CitizenPage.open(browser, link);
    open.push(citizen);
    await citizen.wait();
    const worker = await WorkerPage.open(browser, await town.workerUrl(visit.id));
    open.push(worker);
    await worker.enter();
    await worker.admit();
    await Promise.all([citizen.perceives(), worker.perceives()]);

    // Late: the host is told on the page, and lets them in from there.
    const guest = await CitizenPage.open(browser, await guestLink(link), { size: 'tablet' });
    open.push(guest);
    await guest.wait();
    await worker.reads('Sagsbehandler');
    await worker.admit();
    await guest.perceives();
    await citizen.page.getByLabel('Billede af Sagsbehandler').waitFor();
    await guest.page.getByLabel('Billede af Borgeren').waitFor();

    await worker.page
      .getByLabel('Er der nogen i rummet hos borgeren?')
      .selectOption({ label: 'en pårørende' });
    await citizen.reads('Hos dig sidder en pårørende');
    await guest.reads('Hos borgeren sidder en pårørende');
    await citizen.shot('meeting-citizen', ['phone', 'tablet', 'desktop']);

    await guest.hangUp();
    await citizen.page.getByLabel('Billede af Sagsbehandler').waitFor({ state: 'detached' });
    await Promise.all([citizen.perceives(), worker.perceives()]);
    expect(await citizen.text()).toContain('Kun I kan se og høre');
  });
});
