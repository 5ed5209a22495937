import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findOpener, openInBrowser } from './browser.ts';

const url = 'https://naer.example.dk/s#AbC-_123';
const node = (script: string) => ({ command: process.execPath, args: ['-e', script] });

describe('what opens a link', () => {
  it.each([
    ['darwin', {}, 'open'],
    ['win32', {}, 'rundll32'],
    ['linux', { DISPLAY: ':0' }, 'xdg-open'],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, 'xdg-open'],
    ['linux', { DISPLAY: '' }, undefined],
    ['linux', {}, undefined],
  ] as const)('on %s with %j is %s', (platform, env, command) => {
    expect(findOpener(platform, env)?.command).toBe(command);
  });
});

describe('opening a link', () => {
  it('hands it over whole, with what stands behind the #', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'naer-opener-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, 'opened');
    await openInBrowser(
      node(`require('node:fs').writeFileSync(${JSON.stringify(file)}, process.argv[1])`),
      url,
    );
    expect(await readFile(file, 'utf8')).toBe(url);
  });

  it('that fails says so, and not what the link was', async () => {
    await expect(openInBrowser(node('process.exit(3)'), url)).rejects.toThrow('browser_not_opened');
    const missing = openInBrowser({ command: 'naer-no-such-opener', args: [] }, url);
    await expect(missing).rejects.toMatchObject({ code: 'browser_not_opened', params: {} });
  });
});
