import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openPages, type Pages } from '../../compat/clients/pages.ts';
import { until } from '../../compat/waiting.ts';
import { createHome, type Service, type ServiceHome } from '../../support/service.ts';
import { newRoom, Person, perceiveEachOther, type Signalling, type Wishes } from './people.ts';
import { signallingOf } from './service.ts';

let home: ServiceHome;
let service: Service;
let pages: Pages;
let signalling: Signalling;
const people: Person[] = [];

beforeAll(async () => {
  home = await createHome();
  [service, pages] = await Promise.all([home.start(), openPages()]);
  signalling = await signallingOf(home, service);
});

afterEach(async () => {
  await Promise.all(people.splice(0).map(({ page }) => pages.giveBack(page)));
});

afterAll(async () => {
  await pages?.close();
  await service?.stop();
  await home?.remove();
});

async function meet(annas: Wishes = {}, bos: Wishes = {}): Promise<[Person, Person]> {
  const room = newRoom();
  const [anna, bo] = await Promise.all([
    Person.create(pages, 'anna', room, signalling, annas),
    Person.create(pages, 'bo', room, signalling, bos),
  ]);
  people.push(anna, bo);
  await Promise.all([anna.enter(), bo.enter()]);
  return [anna, bo];
}

it('two people see and hear each other at the address of the service, share a screen and chat', async () => {
  const [anna, bo] = await meet();
  await perceiveEachOther([anna, bo]);
  await anna.page.run(
    'void (await me.setScreenShareEnabled(true, { resolution: { width: 640, height: 360, frameRate: 10 } }))',
  );
  const screen = await bo.page.frames('anna', 'screen_share', { atLeast: 2 });
  expect(screen.width).toBeGreaterThan(0);
  await anna.say('Godt at se dig!');
  await bo.reads('Godt at se dig!');
  await bo.say('I lige måde');
  await anna.reads('I lige måde');
  await perceiveEachOther([anna, bo]);
});

it('people with the same end-to-end key see and hear each other', async () => {
  const passphrase = randomBytes(16).toString('hex');
  await perceiveEachOther(await meet({ passphrase }, { passphrase }));
});

it('with the wrong end-to-end key packets arrive and not one frame is decoded, until the key is right', async () => {
  const passphrase = randomBytes(16).toString('hex');
  const [, bo] = await meet({ passphrase }, { passphrase: randomBytes(16).toString('hex') });
  const media = await until('a hundred packets', async () => {
    const [seen, heard] = await Promise.all([
      bo.page.received('anna', 'camera'),
      bo.page.received('anna', 'microphone'),
    ]);
    return seen !== null && heard !== null && seen.packets > 100 && heard.packets > 100 && { seen, heard };
  });
  expect(media.seen.frames).toBe(0);
  expect(media.heard.energy).toBe(0);
  await bo.page.setPassphrase(passphrase);
  await bo.page.frames('anna', 'camera');
});
