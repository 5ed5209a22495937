import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openPages, type Pages } from '../../compat/clients/pages.ts';
import { within } from '../../compat/waiting.ts';
import { createHome, type Service, type ServiceHome } from '../../support/service.ts';
import { newRoom, Person, perceiveEachOther } from './people.ts';
import { mediaProcessOf, signallingOf } from './service.ts';

let home: ServiceHome;
let service: Service;
let pages: Pages;

beforeAll(async () => {
  home = await createHome();
  [service, pages] = await Promise.all([home.start(), openPages()]);
});

afterAll(async () => {
  await pages?.close();
  await service?.stop();
  await home?.remove();
});

it('both are back by themselves within 15 s after the media server was killed, and the service answers all the while', async () => {
  const [room, signalling] = [newRoom(), await signallingOf(home, service)];
  const both = await Promise.all([
    Person.create(pages, 'anna', room, signalling),
    Person.create(pages, 'bo', room, signalling),
  ]);
  await Promise.all(both.map((person) => person.enter()));
  await perceiveEachOther(both);
  const logs = both.map(({ page }) => page.log.entries.length);
  const killed = mediaProcessOf(service);
  process.kill(killed, 'SIGKILL');
  let isBack = false;
  const answers = (async () => {
    const statuses = new Set<number>();
    while (!isBack) {
      statuses.add((await fetch(`${service.url}/healthz`)).status);
      await delay(50);
    }
    return [...statuses];
  })();
  await within(
    'being back',
    15_000,
    (async () => {
      await Promise.all(
        both.map(({ page }, n) =>
          page.log.heard('reconnected', undefined, { after: logs[n] ?? 0, limitMs: 15_000 }),
        ),
      );
      await perceiveEachOther(both);
    })(),
  ).finally(() => {
    isBack = true;
  });
  expect(await answers).toEqual([200]);
  expect(mediaProcessOf(service)).not.toBe(killed);
});
