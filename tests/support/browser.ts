import { access } from 'node:fs/promises';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

const installed = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

// A fake camera and microphone that need no permission, no GPU, no sandbox (containers), nothing asked of the internet.
const flags = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-device-for-media-stream=device-count=1,fps=20',
  '--use-fake-ui-for-media-stream',
  '--autoplay-policy=no-user-gesture-required',
  '--auto-select-desktop-capture-source=Entire screen',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  // Servers tell clients of STUN servers on the internet; tests stay on this machine.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

/** An installed Chromium (`NAER_TEST_BROWSER` names one), otherwise the one from npm; with a fake camera and microphone. */
export async function launchBrowser(extraFlags: readonly string[] = []): Promise<Browser> {
  const executablePath = await findBrowser();
  return chromium.launch({
    executablePath,
    headless: true,
    args: [...flags, ...extraFlags],
    ignoreDefaultArgs: ['--mute-audio'],
  });
}

/** The same with a profile in a folder, as a person's browser has one: it keeps what was loaded, ready to run. */
export async function launchProfile(
  folder: string,
  { extraFlags = [], ...context }: BrowserContextOptions & { readonly extraFlags?: readonly string[] } = {},
): Promise<BrowserContext> {
  const executablePath = await findBrowser();
  return chromium.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    args: [...flags, ...extraFlags],
    ignoreDefaultArgs: ['--mute-audio'],
    ...context,
  });
}

async function findBrowser(): Promise<string> {
  const named = process.env.NAER_TEST_BROWSER;
  if (named !== undefined && named !== '') return named;
  for (const path of installed) {
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) return path;
  }
  const { default: bundled } = await import('@sparticuz/chromium');
  return bundled.executablePath();
}
