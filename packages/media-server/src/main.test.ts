import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connect, type TestClient } from './signal/fixture.ts';

const keys = { NAER_MEDIA_KEY: 'process-key', NAER_MEDIA_SECRET: 'process-secret-of-at-least-32-chars' };

describe('the process of the media server', () => {
  /** Beside the packages that it imports, and not the one that others may be running. */
  const program = path.join(import.meta.dirname, `../node_modules/.main-test-${process.pid}.mjs`);
  beforeAll(async () => {
    await build({
      entryPoints: [path.join(import.meta.dirname, 'main.ts')],
      outfile: program,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
    });
  });
  afterAll(() => rm(program));

  const children: ChildProcess[] = [];
  const clients: TestClient[] = [];
  afterEach(() => {
    for (const { socket } of clients.splice(0)) socket.terminate();
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  });

  const launch = (environment: Record<string, string>, stdio: 'ipc' | 'ignore' = 'ignore') => {
    const child = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH, NAER_MEDIA_PORT: '0', NAER_MEDIA_UDP_PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe', stdio],
    });
    children.push(child);
    const ended = once(child, 'exit').then(([code]): unknown => code);
    // What it said has been read by then, which 'exit' does not wait for; a channel that was cut off is never closed.
    const silent = once(child, 'close').then(([code]): unknown => code);
    let words = '';
    child.stderr?.on('data', (chunk: Buffer) => {
      words += chunk.toString();
    });
    return { child, ended, silent, words: () => words };
  };
  const ready = async (environment: Record<string, string> = {}, stdio: 'ipc' | 'ignore' = 'ignore') => {
    const launched = launch({ ...keys, ...environment }, stdio);
    if (launched.child.stdout === null) throw new Error('no output');
    const [line] = await once(createInterface({ input: launched.child.stdout }), 'line');
    const url = /^media ready (http:\S+)$/.exec(String(line))?.[1] ?? '';
    return { ...launched, url };
  };
  const join = async (url: string): Promise<TestClient> => {
    const token = new AccessToken(keys.NAER_MEDIA_KEY, keys.NAER_MEDIA_SECRET, { identity: 'anna' });
    token.addGrant({ roomJoin: true, room: 'stue' });
    const client = await connect(`${url}/rtc?access_token=${await token.toJwt()}`);
    clients.push(client);
    await expect.poll(() => client.heard[0]?.message.case).toBe('join');
    return client;
  };

  it('says where it is, and ends with 0 when it is told to and nobody is in', async () => {
    const { child, ended, url } = await ready();
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('lets calls go on after the first signal, and ends them at the second', async () => {
    const { child, ended, url } = await ready({ NAER_MEDIA_DRAIN_SECONDS: '3600' });
    const client = await join(url);
    child.kill('SIGTERM');
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(503);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await client.closed;
    expect(client.heard.at(-1)?.message.case).toBe('leave');
  });

  it('ends when its time to drain is over, whoever is still in', async () => {
    const { child, ended, url } = await ready({ NAER_MEDIA_DRAIN_SECONDS: '0' });
    await join(url);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });

  it('ends with its parent, however that ended', async () => {
    const { child, ended, url } = await ready({}, 'ipc');
    await join(url);
    child.disconnect();
    expect(await ended).toBe(0);
  });

  it('says what is wrong with its settings and ends with the code that asks for no second try', async () => {
    const { silent, words } = launch({ NAER_MEDIA_KEY: 'only-a-key' });
    expect(await silent).toBe(78);
    expect(words()).toBe(
      'NAER_MEDIA_SECRET: it is missing. Set NAER_MEDIA_KEY and NAER_MEDIA_SECRET together, or none of them.\n',
    );
  });

  it('says which port is taken', async () => {
    const { url } = await ready();
    const { silent, words } = launch({ ...keys, NAER_MEDIA_PORT: new URL(url).port });
    expect(await silent).toBe(78);
    expect(words()).toContain('is taken');
  });
});
