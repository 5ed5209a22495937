import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CitizenPage, launchCallBrowser, WorkerPage, withoutUdp } from '../calls/support/pages.ts';
import { type Settings, Town } from '../calls/support/town.ts';
import { until } from '../calls/support/until.ts';
import { goProgram } from './go-program.ts';
import { type RelayLogin, startRelay } from './relay.ts';

// A relay that is not ours (pion/turn) judges what our media server tells browsers of TURN, and whether calls pass through it.

const program = goProgram('relay');
const skipped = program.reasonToSkip;
if (skipped !== null) console.warn(`No relay of others is tried: ${skipped}.`);

const detour = 'Lyd og billede kommer igennem ad en omvej';
const blocked = 'Dit netværk lukker ikke lyd og billede igennem.';

/** A network in which a relay is all that answers. */
const nothingButRelays = `
  const Real = RTCPeerConnection;
  const fenced = (given) => ({ ...given, iceTransportPolicy: 'relay' });
  globalThis.RTCPeerConnection = class extends Real {
    constructor(given) {
      super(fenced(given));
    }
    setConfiguration(given) {
      super.setConfiguration(fenced(given));
    }
  };`;

describe.skipIf(skipped !== null)(
  `a relay where the media server cannot be reached straight${skipped === null ? '' : ` (skipped: ${skipped})`}`,
  () => {
    let town: Town;
    let browsers: Record<'whole' | 'withoutUdp', Browser>;
    let visits = 0;
    const closing: (() => Promise<void>)[] = [];

    beforeAll(async () => {
      expect(program.build()).toBeNull();
      town = await Town.found();
      browsers = { whole: await launchCallBrowser(), withoutUdp: await launchCallBrowser(withoutUdp) };
      // Messages go out at once, whatever the time of day.
      await town.admin('call-defaults', 'set', '--quiet', '0-0');
    }, 600_000);
    afterEach(async () => {
      for (const close of closing.splice(0)) await close();
    });
    afterAll(async () => {
      await Promise.all(Object.values(browsers ?? {}).map((browser) => browser.close()));
      await town?.close();
    });

    /** The service with a relay, and a citizen who tries their network and is told what was found. */
    const tryNetwork = async (
      { login, over = 'udp' }: { readonly login: RelayLogin; readonly over?: 'udp' | 'tcp' },
      settings: Settings,
      found: string,
    ) => {
      const relay = await startRelay(program, login);
      closing.push(relay.close);
      await town.service.stop();
      await town.startAgain({ NAER_MEDIA_TURN_URLS: relay.url[over], ...settings });
      // Each at a time of its own.
      const at = `om ${1 + 10 * visits} minutter`;
      visits += 1;
      const visit = await town.plan(await town.addCitizen(), { at, minutes: 5 });
      const citizen = await CitizenPage.open(
        browsers[over === 'udp' ? 'whole' : 'withoutUdp'],
        await town.linkOf(visit.citizen),
        over === 'udp' ? { scripts: [nothingButRelays] } : {},
      );
      closing.push(() => citizen.close());
      await citizen.press('Prøv lyd og billede først');
      await citizen.sees('Kan du se dig selv?');
      for (let step = 0; step < 3; step += 1) await citizen.press(/^(Det virker|Videre|Spring over)$/);
      const verdict = citizen.page
        .getByText(/er godt nok|lukker ikke lyd og billede|kan ikke forbindes|kunne ikke prøve/)
        .first();
      await until(`»${found}«`, async () => {
        await verdict.waitFor();
        const told = await citizen.text();
        if (told.includes(found)) return true;
        // The page waits for eight seconds, and a busy machine can take longer.
        if (!told.includes(blocked)) throw new Error(`not »${found}« was told but »${told}«`);
        await citizen.press('Prøv igen');
        await verdict.waitFor({ state: 'detached' });
        return false;
      });
      return { relay, visit, citizen };
    };

    it('is found before admission, and the whole call passes through it with a login that expires', async () => {
      const secret = 'shared with the relay';
      const settings = { NAER_MEDIA_TURN_SECRET: secret };
      const { relay, visit, citizen } = await tryNetwork({ login: { secret } }, settings, detour);
      await citizen.shot('relay-detour', ['phone', 'desktop']);
      await citizen.press('Videre');
      await citizen.press('Gå til venteværelset');
      const worker = await WorkerPage.open(browsers.whole, await town.workerUrl(visit.id));
      closing.push(() => worker.close());
      await worker.enter();
      await worker.admit();
      await citizen.inCall();
      await Promise.all([citizen.perceives(), worker.perceives()]);
      expect(relay.happenings).toContainEqual({ what: 'allocated', user: 'naer' });
      expect(relay.happenings).toContainEqual({ what: 'permitted', user: 'naer', peer: '127.0.0.1' });
      expect(relay.happenings.map(({ what }) => what)).not.toContain('refused');
    });

    it('takes a fixed login as well', async () => {
      const login = { user: 'kommunen', password: 'only for the relay' };
      const { relay } = await tryNetwork(
        { login },
        { NAER_MEDIA_TURN_USERNAME: login.user, NAER_MEDIA_TURN_CREDENTIAL: login.password },
        detour,
      );
      expect(relay.happenings).toContainEqual({ what: 'allocated', user: login.user });
    });

    it('is no way with another secret than its own, and the page says so before the call', async () => {
      const { relay } = await tryNetwork(
        { login: { secret: 'one' } },
        { NAER_MEDIA_TURN_SECRET: 'another' },
        blocked,
      );
      const happened = relay.happenings.map(({ what }) => what);
      expect(happened).toContain('refused');
      expect(happened).not.toContain('allocated');
    });

    // docs/operator.md says so: when this fails because it goes through, that has to be said otherwise.
    it('is no way for Chromium by TCP: the library refuses a check with the tie-breaker 0, and the page says so before the call', async () => {
      const secret = 'shared with the relay';
      const { relay } = await tryNetwork(
        { login: { secret }, over: 'tcp' },
        { NAER_MEDIA_TURN_SECRET: secret },
        blocked,
      );
      // The relay itself has nothing against it.
      expect(relay.happenings).toContainEqual({ what: 'permitted', user: 'naer', peer: '127.0.0.1' });
    });
  },
);
