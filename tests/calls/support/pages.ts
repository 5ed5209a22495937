import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../../support/browser.ts';
import { perceives } from './media.ts';
import { patienceMs } from './until.ts';

/** What every page is given before its own program. */
const prepared = ['received.js', 'small-camera.js'].map((name) =>
  path.join(import.meta.dirname, '../page', name),
);

export const sizes = {
  phone: { width: 390, height: 844 },
  tablet: { width: 820, height: 1180 },
  desktop: { width: 1280, height: 800 },
} as const;
export type Size = keyof typeof sizes;

export interface PersonOptions {
  readonly size?: Size;
  /** What the browser lets the page use; both unless told. */
  readonly permissions?: readonly ('camera' | 'microphone')[];
  /** Run in the page before its own program, such as what takes something away that browsers have. */
  readonly scripts?: readonly string[];
  /** Before the page is opened, for requests that are to be held, changed or refused. */
  readonly prepare?: (context: BrowserContext) => Promise<void>;
}

/**
 * Its camera makes five pictures a second: two people in one browser encode each in three sizes and decode the other's, and a
 * machine that tests has two cores.
 */
export const launchCallBrowser = (extraFlags: readonly string[] = []): Promise<Browser> =>
  launchBrowser(['--use-fake-device-for-media-stream=device-count=1,fps=5', ...extraFlags]);

/**
 * What a workplace can set, and what a firewall without UDP comes to: nothing goes but by TCP. Chrome knows the first, its shell
 * without a window the second.
 */
export const withoutUdp = ['webrtc-ip-handling-policy', 'force-webrtc-ip-handling-policy'].map(
  (name) => `--${name}=disable_non_proxied_udp`,
);

/** One person's page of a call, in a browser profile of their own, by the words that stand on it. */
export class CallPerson {
  readonly page: Page;
  /** Errors nobody caught and refusals of the page's policy: a good test ends with none. */
  readonly faults: readonly string[];

  protected constructor(page: Page, faults: readonly string[]) {
    this.page = page;
    this.faults = faults;
  }

  protected static async openPage(
    browser: Browser,
    url: string,
    { size = 'desktop', permissions = ['camera', 'microphone'], scripts = [], prepare }: PersonOptions,
  ): Promise<{ readonly page: Page; readonly faults: string[] }> {
    const context = await browser.newContext({
      viewport: sizes[size],
      locale: 'da-DK',
      reducedMotion: 'reduce',
    });
    await context.grantPermissions([...permissions], { origin: new URL(url).origin });
    for (const path of prepared) await context.addInitScript({ path });
    for (const content of scripts) await context.addInitScript({ content });
    await prepare?.(context);
    context.setDefaultTimeout(patienceMs);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (said) => {
      if (said.text().includes('Content Security Policy')) faults.push(said.text());
    });
    await page.goto(url);
    return { page, faults };
  }

  /** The one heading of the first level on each screen. */
  heading(text: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name: text });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name });
  }

  async sees(heading: string | RegExp, timeout = patienceMs): Promise<void> {
    await this.heading(heading).waitFor({ state: 'attached', timeout });
  }

  async reads(text: string | RegExp, timeout = patienceMs): Promise<void> {
    await this.page.getByText(text).first().waitFor({ timeout });
  }

  async press(name: string | RegExp): Promise<void> {
    await this.button(name).first().click();
  }

  /** Everything that can be read on the page. */
  async text(): Promise<string> {
    return ((await this.page.locator('body').textContent()) ?? '').replace(/\s+/g, ' ');
  }

  /** In the call, and picture and sound of the other truly arrive. */
  async perceives(options?: Parameters<typeof perceives>[1]): Promise<void> {
    await perceives(this.page, options);
  }

  async inCall(timeout = patienceMs): Promise<void> {
    await this.button('Læg på').waitFor({ timeout });
  }

  async hangUp(): Promise<void> {
    await this.press('Læg på');
  }

  /** Opens »Skriv«, where it is not open. */
  async write(text: string): Promise<void> {
    const line = this.page.getByRole('textbox', { name: 'Skriv en besked' });
    if (!(await line.isVisible())) await this.press(/^Skriv/);
    await line.fill(text);
    await this.press('Send');
  }

  /** The six digits beside »Jeres kode«, where that is shown. */
  async code(): Promise<string> {
    return (await this.page.locator('.code').first().textContent())?.trim() ?? '';
  }

  /** Where `NAER_TEST_SHOTS` names a folder, what the page looks like, in the given sizes; nothing otherwise. */
  async shot(name: string, as: readonly Size[] = []): Promise<void> {
    const folder = process.env.NAER_TEST_SHOTS;
    if (folder === undefined || folder === '') return;
    await mkdir(folder, { recursive: true });
    const before = this.page.viewportSize();
    if (as.length === 0) await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
    for (const size of as) {
      await this.page.setViewportSize(sizes[size]);
      await this.page.screenshot({ path: path.join(folder, `${name}-${size}.png`) });
    }
    if (as.length > 0 && before !== null) await this.page.setViewportSize(before);
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }
}

/** Whoever holds the link of a message: the citizen, or a guest. */
export class CitizenPage extends CallPerson {
  static async open(browser: Browser, url: string, options: PersonOptions = {}): Promise<CitizenPage> {
    const { page, faults } = await CallPerson.openPage(browser, url, { size: 'phone', ...options });
    return new CitizenPage(page, faults);
  }

  /** Past the tests, straight into the waiting room. */
  async wait(): Promise<void> {
    await this.press('Gå til venteværelset');
    await this.sees('Du er i venteværelset');
  }

  /** Camera, microphone, loudspeaker and network, as somebody for whom all of it works. */
  async test(): Promise<void> {
    await this.press('Prøv lyd og billede først');
    await this.sees('Kan du se dig selv?');
    await this.press('Det virker');
    await this.sees('Sig noget højt');
    await this.reads('Vi kan høre dig.');
    await this.press('Videre');
    await this.sees('Kan du høre tonen?');
    await this.press('Spil tonen');
    await this.press('Ja, jeg hører den');
    await this.sees('Vi prøver dit internet');
    await this.press('Videre');
    await this.sees('Så er du klar');
  }
}

/** The worker's own page, from `naer visits start`. */
export class WorkerPage extends CallPerson {
  static async open(browser: Browser, url: string, options: PersonOptions = {}): Promise<WorkerPage> {
    const { page, faults } = await CallPerson.openPage(browser, url, options);
    return new WorkerPage(page, faults);
  }

  async enter(): Promise<void> {
    await this.press('Gå ind i samtalen');
    await this.inCall();
  }

  /** Lets in whoever has waited longest, as soon as somebody waits. */
  async admit(timeout = patienceMs): Promise<void> {
    await this.button(/^Luk ind/)
      .first()
      .click({ timeout });
  }
}
