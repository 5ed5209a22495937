import type { Browser } from 'playwright-core';
import type { Firefox } from '../../support/firefox.ts';
import type { Happening } from '../waiting.ts';

/** A page of some browser, as far as a client in it needs one. */
export interface Tab {
  /** Resolves once loaded; rejects where the page is gone. */
  goto(url: string): Promise<void>;
  /** What an expression, or its promise, gives: plain data. */
  evaluate(expression: string): Promise<unknown>;
  setOffline(offline: boolean): Promise<void>;
  crash(): Promise<void>;
  close(): Promise<void>;
}

export interface TabListeners {
  /** What the page tells with `globalThis.tell`. */
  readonly told: (happening: Happening) => void;
  readonly failed: (message: string) => void;
}

export type OpenTab = (listeners: TabListeners) => Promise<Tab>;

const loadLimitMs = 10_000;

/** Each in a context of its own. */
export const chromiumTabs =
  (browser: Browser): OpenTab =>
  async ({ told, failed }) => {
    const context = await browser.newContext({ permissions: ['camera', 'microphone'] });
    const page = await context.newPage();
    await page.exposeFunction('tell', told);
    page.on('pageerror', (error) => failed(error.message));
    return {
      goto: async (url) => {
        if (page.isClosed()) throw new Error('the page is gone');
        await page.goto(url, { timeout: loadLimitMs });
      },
      evaluate: (expression) => page.evaluate(expression),
      setOffline: (offline) => context.setOffline(offline),
      crash: async () => {
        const session = await context.newCDPSession(page);
        // The page's process ends with this command, so its answer never comes.
        void session.send('Page.crash').catch(() => undefined);
        await page.waitForEvent('crash');
      },
      close: () => context.close(),
    };
  };

export const firefoxTabs =
  (firefox: Firefox): OpenTab =>
  async ({ told, failed }) => {
    // What the page's script tells is known by its shape there; this is the edge.
    const page = await firefox.newPage({ told: (value) => told(value as Happening), failed });
    const missing = (what: string) => () => Promise.reject(new Error(`${what} cannot be asked of Firefox`));
    return { ...page, setOffline: missing('being offline'), crash: missing('a crash') };
  };
