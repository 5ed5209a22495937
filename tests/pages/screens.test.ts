import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { buildCallPage, serveFolder } from './gallery.ts';

/** A small telephone, a usual one, a tablet upright and a laptop. */
const sizes = [
  [320, 568],
  [390, 844],
  [820, 1180],
  [1280, 800],
] as const;
/** Whoever sees little has a laptop's window at 200 %: half of it in both directions. */
const zoomed = [640, 400] as const;

/** Every screen of the gallery, in src/gallery/screens.tsx; that none is missing is held below. */
const gallery = await readFile(
  path.resolve(import.meta.dirname, '../../packages/media-server/call-page/src/gallery/screens.tsx'),
  'utf8',
);
const list = gallery.slice(gallery.indexOf('export const screens'));
const names = [...list.matchAll(/^ {2}'?([a-z-]+)'?: /gm)].map(([, name]) => name ?? '');

let folder: string;
let served: Awaited<ReturnType<typeof serveFolder>>;
let browser: Browser;
let page: Page;
let axe: string;
const faults: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'naer-gallery-'));
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await buildCallPage(folder, { gallery: true });
  served = await serveFolder(folder);
  browser = await launchBrowser();
  page = await browser.newPage();
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (said) => {
    if (said.type() === 'error') faults.push(said.text());
  });
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await served?.close();
  await rm(folder, { recursive: true, force: true });
});

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What axe finds against WCAG 2.2 A and AA, or some of its rules, as lines. */
async function violations(rules: readonly string[] = standards): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(rules)} })
      .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + ' ' + failureSummary)))`,
  );
  return found as string[];
}

/** What is too small to hit: lower than 48 px, among what can be pressed. */
const smallTargets = `[...document.querySelectorAll('button, a, input, select')]
  .map((element) => [element.closest('.choice, .chip, .switch') ?? element, element])
  .filter(([box]) => box.getBoundingClientRect().height > 0 && box.getBoundingClientRect().height < 47.5)
  .map(([, element]) => element.outerHTML.slice(0, 120))`;
const tooWide = 'document.documentElement.scrollWidth - innerWidth';
const unseen = `[...document.querySelectorAll('.hang-up')].filter((button) => {
  const { top, bottom, left, right } = button.getBoundingClientRect();
  const over = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return top < 0 || left < 0 || bottom > innerHeight + 1 || right > innerWidth + 1 || !button.contains(over);
}).length`;

describe('every screen of the call page', () => {
  it('is in the list', async () => {
    await page.goto(`${served.url}/gallery.html`);
    expect(names).toEqual(await page.evaluate('globalThis.screenNames'));
    faults.length = 0;
  });

  it.each(names)('can be seen, read and pressed by anybody: %s', async (name) => {
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${served.url}/gallery.html?screen=${name}`);
    await page.locator('h1').waitFor();
    // Moved a moment after the screen is there.
    await expect
      .poll(() => page.evaluate('document.activeElement.tagName'), { message: 'the heading has the focus' })
      .toBe(name === 'opening' ? 'BODY' : 'H1');
    expect(await violations(), 'in the light').toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await violations(['color-contrast']), 'in the dark').toEqual([]);
    for (const [width, height] of [...sizes, zoomed]) {
      await page.setViewportSize({ width, height });
      const at = `at ${width} × ${height}`;
      expect(await page.evaluate(tooWide), `nothing to scroll sideways ${at}`).toBeLessThanOrEqual(0);
      expect(await page.evaluate(smallTargets), `large targets ${at}`).toEqual([]);
      expect(await page.evaluate(unseen), `the way out in sight ${at}`).toBe(0);
    }
    expect(faults.splice(0)).toEqual([]);
  });

  it.each(['Mere', 'Skriv', 'Ugeskema', 'Kun I kan se og høre'])(
    'keeps the way out in sight while a panel is open, which Escape closes: %s',
    async (opener) => {
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        await page.goto(`${served.url}/gallery.html?screen=call`);
        const button = page.getByRole('button', { name: opener });
        await button.click();
        await page.locator('.panel').waitFor();
        await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('H2');
        expect(await page.evaluate(unseen), `at ${width}`).toBe(0);
        expect(await page.evaluate(tooWide), `at ${width}`).toBeLessThanOrEqual(0);
        if (width === 390) expect(await violations()).toEqual([]);
        await page.keyboard.press('Escape');
        expect(await page.locator('.panel').count()).toBe(0);
        expect(await page.evaluate('document.activeElement.textContent')).toBe(await button.textContent());
      }
    },
  );

  it('shows the weekly plan where the other looks, to everybody, at every size', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.goto(`${served.url}/gallery.html?screen=call-plan-looked-at`);
    await page.getByText('Mette ser på ugeskemaet.').waitFor();
    await page.getByRole('button', { name: 'Se med' }).click();
    const sheet = page.getByRole('img', { name: 'Ugeskemaet, side 2 af 2' });
    await page.getByText('Torsdag: laese post med Mette').waitFor({ state: 'attached', timeout: 30_000 });
    const drawn = () => sheet.evaluate((canvas) => canvas.getBoundingClientRect().width);
    const width = await drawn();
    await page.getByRole('region', { name: /^Ugeskemaet\. Flyt rundt/ }).focus();
    await page.keyboard.press('+');
    expect(await drawn()).toBeCloseTo(width * 1.5, 0);
    await page.keyboard.press('-');
    expect(await drawn()).toBeCloseTo(width, 0);
    expect(await violations()).toEqual([]);
    for (const [wide, high] of sizes) {
      await page.setViewportSize({ width: wide, height: high });
      expect(await page.evaluate(tooWide), `at ${wide}`).toBeLessThanOrEqual(0);
      expect(await page.evaluate(smallTargets), `at ${wide}`).toEqual([]);
      expect(await page.evaluate(unseen), `at ${wide}`).toBe(0);
    }
    // The gallery's service refuses both: what it says comes in words, and nothing is lost.
    await page.getByRole('button', { name: 'Slet ugeskemaet' }).click();
    await page.getByText('Så er det væk for jer begge').waitFor();
    expect(await violations()).toEqual([]);
    await page.getByRole('button', { name: 'Ja, slet det' }).click();
    await page.getByText('Det lykkedes ikke. Prøv igen.').waitFor();
    expect(await page.evaluate('document.querySelector(".panel").contains(document.activeElement)')).toBe(
      true,
    );
    expect(faults.splice(0)).toEqual([]);
  });

  it('says of a file what to do with it, and shows a picture that was taken', async () => {
    await page.goto(`${served.url}/gallery.html?screen=call`);
    await page.getByRole('button', { name: 'Ugeskema' }).click();
    const choose = async (name: string, mimeType: string, buffer: Buffer, says: string) => {
      await page.locator('input[type=file]').first().setInputFiles({ name, mimeType, buffer });
      await page.getByText(says).waitFor();
    };
    await choose(
      'uge.docx',
      'application/msword',
      Buffer.from('PK\u0003\u0004', 'latin1'),
      'Filen er fra Word, Excel',
    );
    await choose('uge.txt', 'text/plain', Buffer.from('Mandag'), 'hverken en PDF eller et billede');
    await choose('uge.png', 'image/png', Buffer.from('not one'), 'Filen kan ikke læses.');
    await choose('uge.pdf', 'application/pdf', Buffer.alloc(0), 'Filen er tom.');
    // Made in the page: so much goes slowly from here to there.
    await page.evaluate(`{
      const chosen = new DataTransfer();
      chosen.items.add(new File(['%PDF-1.7', new Uint8Array(20 * 1024 * 1024)], 'uge.pdf'));
      const input = document.querySelector('input[type=file]');
      input.files = chosen.files;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    }`);
    await page.getByText('Filen fylder mere end 20 MB.').waitFor();
    expect(await violations()).toEqual([]);
    await page.goto(`${served.url}/gallery.html?screen=call-plan-picture`);
    await page.getByRole('button', { name: 'Ugeskema' }).click();
    await page.getByRole('img', { name: 'Ugeskemaet som billede' }).waitFor();
    await page.goto(`${served.url}/gallery.html?screen=call-plan-not-fetched`);
    await page.getByRole('button', { name: 'Ugeskema' }).click();
    await page.getByText('Ugeskemaet kom ikke frem.').waitFor();
    expect(faults.splice(0)).toEqual([]);
  });

  it('is as small as a first screen must be: under 150 KB compressed', async () => {
    const built = path.join(folder, 'page');
    await buildCallPage(built);
    const html = await readFile(path.join(built, 'index.html'), 'utf8');
    const files = [...html.matchAll(/(?:src|href)="\/s\/(assets\/[^"]+)"/g)].map(([, file]) => file ?? '');
    expect(files.length).toBeGreaterThanOrEqual(2);
    let bytes = 0;
    for (const file of files) bytes += (await readFile(path.join(built, `${file}.gz`))).length;
    process.stdout.write(
      `first screen: ${(bytes / 1000).toFixed(1)} kB compressed in ${files.length} files\n`,
    );
    expect(bytes).toBeLessThan(150_000);
    expect(html).not.toMatch(/<script(?![^>]*src)|<style|style=|https?:/);
  });
});
