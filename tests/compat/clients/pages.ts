import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { launchBrowser } from '../../support/browser.ts';
import { launchFirefox } from '../../support/firefox.ts';
import { PageClient } from './page.ts';
import { chromiumTabs, firefoxTabs, type OpenTab } from './tab.ts';

const dist = path.dirname(createRequire(import.meta.url).resolve('livekit-client'));

const html = `<!doctype html><meta charset="utf-8"><title>compat</title>
<style>body { margin: 0 } video { display: block }</style>
<script src="/livekit-client.js"></script><script src="/participant.js"></script>`;

const scripts: Readonly<Record<string, string>> = {
  '/livekit-client.js': path.join(dist, 'livekit-client.umd.js'),
  '/e2ee-worker.js': path.join(dist, 'livekit-client.e2ee.worker.js'),
  '/participant.js': path.join(import.meta.dirname, '../page/participant.js'),
};

/** One browser, with a page and a context of its own for each participant. Pages given back are used again. */
export interface Pages {
  open(): Promise<PageClient>;
  giveBack(page: PageClient): Promise<void>;
  close(): Promise<void>;
}

export type BrowserName = 'chromium' | 'firefox';

/** Rejects where the browser is not there. */
export async function openPages(name: BrowserName = 'chromium'): Promise<Pages> {
  const { openTab, close } = await browsers[name]();
  const contents = new Map(
    await Promise.all(
      Object.entries(scripts).map(async ([url, file]) => [url, await readFile(file)] as const),
    ),
  );
  const server = createServer((request, response) => {
    const script = contents.get(request.url ?? '');
    if (script !== undefined) response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (request.url === '/') response.writeHead(200, { 'content-type': 'text/html' }).end(html);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const idle: PageClient[] = [];
  return {
    open: async () => {
      const again = idle.pop();
      if (again !== undefined) return again;
      return PageClient.create(openTab, `http://127.0.0.1:${address.port}/`);
    },
    giveBack: async (page) => {
      if (await page.reset()) idle.push(page);
      else await page.close();
    },
    close: async () => {
      await close();
      server.close();
      server.closeAllConnections();
    },
  };
}

interface OpenBrowser {
  readonly openTab: OpenTab;
  close(): Promise<void>;
}

const browsers: Readonly<Record<BrowserName, () => Promise<OpenBrowser>>> = {
  chromium: async () => {
    const browser = await launchBrowser();
    return { openTab: chromiumTabs(browser), close: () => browser.close() };
  },
  firefox: async () => {
    const firefox = await launchFirefox();
    if (firefox === null) throw new Error('no Firefox is installed here');
    return { openTab: firefoxTabs(firefox), close: firefox.close };
  },
};
