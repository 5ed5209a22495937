import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { BidiSession } from './webdriver-bidi.ts';

const installed = ['/usr/bin/firefox-esr', '/usr/bin/firefox'];

const startLimitMs = 100_000;
const endLimitMs = 10_000;
const loadLimitMs = 20_000;

// A fake camera and microphone that need no permission; names are not looked up and nothing is asked of the internet.
const preferences: Readonly<Record<string, string | number | boolean>> = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.autoplay.default': 0,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  // OpenH264 would be downloaded.
  'media.gmp-manager.updateEnabled': false,
  'media.gmp-manager.url': '',
  'media.gmp-provider.enabled': false,
  'network.proxy.type': 0,
  'network.dns.disabled': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'app.update.disabledForTesting': true,
  'app.normandy.enabled': false,
  'app.shield.optoutstudies.enabled': false,
  'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'browser.tabs.warnOnClose': false,
  'datareporting.healthreport.uploadEnabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'extensions.update.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.enabled': false,
  'toolkit.telemetry.server': 'data:,',
  // Pages that are not in front work as fast as the one that is.
  'dom.min_background_timeout_value': 4,
  'dom.timeout.enable_budget_timer_throttling': false,
  'widget.windows.window_occlusion_tracking.enabled': false,
};

/** A window of its own in a container of its own (cookies, storage), as other windows do not see it. */
export interface FirefoxPage {
  /** Resolves once the page is loaded; rejects where the window is gone or it takes too long. */
  goto(url: string): Promise<void>;
  /** What a JavaScript expression, or its promise, gives in the page, as JSON carries it. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface Firefox {
  /** E.g. 153.7.0. */
  readonly version: string;
  /** `told` gets what the page hands to its `globalThis.tell`, `failed` what was thrown and not caught there. */
  newPage(listeners: {
    readonly told: (value: unknown) => void;
    readonly failed: (message: string) => void;
  }): Promise<FirefoxPage>;
  /** Ends the process and deletes its profile; once is enough. */
  close(): Promise<void>;
}

async function findFirefox(): Promise<string | null> {
  const named = process.env.NAER_TEST_FIREFOX;
  for (const program of named !== undefined && named !== '' ? [named] : installed) {
    const there = await access(program).then(
      () => true,
      () => false,
    );
    if (there) return program;
  }
  return null;
}

/** What an installed Firefox calls itself, e.g. `Mozilla Firefox 153.7.0esr`; null where there is none. */
export async function firefoxAtHand(): Promise<string | null> {
  const program = await findFirefox();
  if (program === null) return null;
  return (await promisify(execFile)(program, ['--version'])).stdout.trim();
}

/** A stock Firefox without a window on the screen, with a profile of its own; null where none is installed (`NAER_TEST_FIREFOX` names one). */
export async function launchFirefox(): Promise<Firefox | null> {
  const program = await findFirefox();
  if (program === null) return null;
  const profile = await mkdtemp(path.join(tmpdir(), 'naer-firefox-'));
  const lines = Object.entries(preferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  await writeFile(path.join(profile, 'user.js'), `${lines.join('\n')}\n`);
  const running = spawn(
    program,
    ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0'],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(running, 'exit');
  ended.catch(() => undefined);
  const removeProfile = () => rm(profile, { recursive: true, force: true, maxRetries: 5 });
  try {
    const session = await BidiSession.open(await listeningAt(running));
    return await driven(session, async () => {
      await session.send('browser.close').catch(() => undefined);
      const hard = setTimeout(() => running.kill('SIGKILL'), endLimitMs);
      await ended;
      clearTimeout(hard);
      session.close();
      await removeProfile();
    });
  } catch (error) {
    running.kill('SIGKILL');
    await ended.catch(() => undefined);
    await removeProfile();
    throw error;
  }
}

/** The address that the browser writes to its standard error once it can be driven. */
function listeningAt({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('Firefox did not start')), startLimitMs);
    if (stderr === null) throw new Error('no standard error');
    const said = createInterface({ input: stderr });
    said.on('line', (line) => {
      const [, url] = /WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
      if (url === undefined) return;
      clearTimeout(limit);
      resolve(url);
    });
    said.on('close', () => {
      clearTimeout(limit);
      reject(new Error('Firefox ended at once'));
    });
  });
}

async function driven(session: BidiSession, end: () => Promise<void>): Promise<Firefox> {
  await session.send('session.subscribe', { events: ['script.message', 'log.entryAdded'] });
  let ending: Promise<void> | null = null;
  const { capabilities } = session;
  return {
    version: String(capabilities.browserVersion ?? ''),
    newPage: async ({ told, failed }) => {
      const { userContext } = await session.send('browser.createUserContext');
      const { context } = await session.send('browsingContext.create', { type: 'window', userContext });
      const silence = session.listen((method, { source, channel, data, type, text }) => {
        if ((source as { readonly context?: unknown } | undefined)?.context !== context) return;
        if (method === 'script.message' && channel === 'tell')
          told(JSON.parse((data as { readonly value: string }).value));
        else if (method === 'log.entryAdded' && type === 'javascript') failed(String(text));
      });
      await session.send('script.addPreloadScript', {
        functionDeclaration: '(tell) => { globalThis.tell = (value) => tell(JSON.stringify(value)); }',
        arguments: [{ type: 'channel', value: { channel: 'tell' } }],
        contexts: [context],
      });
      return {
        goto: async (url) => {
          const limit = AbortSignal.timeout(loadLimitMs);
          await Promise.race([
            session.send('browsingContext.navigate', { context, url, wait: 'complete' }),
            once(limit, 'abort').then(() => {
              throw new Error(`${url} was not loaded in time`);
            }),
          ]);
        },
        evaluate: async (expression) => {
          const { type, result, exceptionDetails } = await session.send('script.evaluate', {
            expression: `Promise.resolve(${expression}).then((value) => JSON.stringify(value))`,
            awaitPromise: true,
            target: { context },
            userActivation: true,
          });
          if (type !== 'success')
            throw new Error((exceptionDetails as { readonly text?: string } | undefined)?.text ?? 'thrown');
          const { value } = result as { readonly value?: string };
          return value === undefined ? undefined : JSON.parse(value);
        },
        close: async () => {
          silence();
          await session.send('browser.removeUserContext', { userContext });
        },
      };
    },
    close: () => {
      ending ??= end();
      return ending;
    },
  };
}
