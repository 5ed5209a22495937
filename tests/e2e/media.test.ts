import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { AccessToken, RoomServiceClient } from 'livekit-server-sdk';
import { afterEach, describe, expect, it } from 'vitest';
import { checkout, createHome, type ServiceHome } from '../support/service.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function newHome(): Promise<ServiceHome> {
  const home = await createHome();
  open.push(() => home.remove());
  return home;
}

const keysOf = async ({ home }: ServiceHome) =>
  JSON.parse(await readFile(path.join(home, 'keys/media.json'), 'utf8')) as {
    apiKey: string;
    apiSecret: string;
  };

async function tokenFor({ apiKey, apiSecret }: { apiKey: string; apiSecret: string }): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { identity: 'somebody', ttl: 60 });
  token.addGrant({ roomJoin: true, room: 'a-room' });
  return token.toJwt();
}

const validate = async (url: string, token: string) => {
  const answer = await fetch(`${url}/rtc/validate?access_token=${token}`);
  return [answer.status, await answer.text()] as const;
};

/** `naer media serve`, as an operator runs it on a machine of its own. */
async function serveByCommand(environment: Record<string, string>) {
  const child = spawn(
    process.execPath,
    [path.join(checkout, 'packages/cli/bin/naer.js'), 'media', 'serve', '--lang', 'en'],
    {
      env: {
        PATH: process.env.PATH,
        NAER_MEDIA_PORT: '0',
        NAER_MEDIA_UDP_PORT: '0',
        NAER_MEDIA_BIND_ADDRESS: '127.0.0.1',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = once(child, 'close').then(([code]) => code as number | null);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const url = /^media ready (\S+)$/.exec(line)?.[1];
    if (url !== undefined) ready.resolve(url);
  });
  void ended.then((code) => ready.reject(new Error(`it ended with ${code}: ${errors}`)));
  open.push(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { url: ready.promise, ended, stop: () => child.kill('SIGTERM'), errors: () => errors };
}

describe('calls beside the service', () => {
  it('can be joined and administered at the address of the service, as soon as that is ready', async () => {
    const home = await newHome();
    const { url } = await home.start();
    const keys = await keysOf(home);
    expect(await validate(url, await tokenFor(keys))).toEqual([200, 'success']);
    expect((await validate(url, await tokenFor({ ...keys, apiSecret: 'x'.repeat(40) })))[0]).toBe(401);
    const rooms = new RoomServiceClient(url, keys.apiKey, keys.apiSecret);
    await rooms.createRoom({ name: 'a-room' });
    expect((await rooms.listRooms()).map(({ name }) => name)).toEqual(['a-room']);
  });

  it('end with a killed media server, never the service, and can be had again at the same address', async () => {
    const home = await newHome();
    const { url } = await home.start();
    const token = await tokenFor(await keysOf(home));
    const client = await home.client();
    const metric = async () => {
      const answer = await fetch(`${url}/metrics`, {
        headers: { authorization: `Bearer ${await home.token()}` },
      });
      return /^naer_media_server_up (\d)$/m.exec(await answer.text())?.[1];
    };
    expect(await metric()).toBe('1');
    const log = await readFile(path.join(home.home, 'logs/core.log'), 'utf8');
    const pid = Number(/"mediaPid":(\d+)/.exec(log)?.[1]);
    expect(pid).toBeGreaterThan(1);
    process.kill(pid, 'SIGKILL');
    await expect.poll(async () => (await validate(url, token))[0]).toBe(200);
    expect(await metric()).toBe('1');
    expect(client).toBeDefined();
  });

  it('run on a media server of its own machine with the same keys, and ours is not started', async () => {
    const keys = { apiKey: 'elsewhere', apiSecret: 'a-secret-that-is-long-enough-for-everybody' };
    const elsewhere = await serveByCommand({
      NAER_MEDIA_KEY: keys.apiKey,
      NAER_MEDIA_SECRET: keys.apiSecret,
    });
    const home = await newHome();
    const { url } = await home.start({
      LIVEKIT_URL: (await elsewhere.url).replace('http', 'ws'),
      LIVEKIT_API_KEY: keys.apiKey,
      LIVEKIT_API_SECRET: keys.apiSecret,
      NAER_MEDIA_PROXY: '1',
    });
    expect(await validate(url, await tokenFor(keys))).toEqual([200, 'success']);
    await expect(keysOf(home)).rejects.toThrow('ENOENT');
    elsewhere.stop();
    expect(await elsewhere.ended).toBe(0);
    expect((await validate(url, await tokenFor(keys)))[0]).toBeGreaterThanOrEqual(500);
  });

  it('says in one sentence which setting keeps the media server from starting', async () => {
    const refused = await serveByCommand({ NAER_MEDIA_KEY: 'alone' });
    await expect(refused.url).rejects.toThrow('NAER_MEDIA_SECRET');
    expect(await refused.ended).toBe(78);
    expect(refused.errors().trim().split('\n')).toHaveLength(1);
    const home = await newHome();
    await expect(home.start({ NAER_MEDIA_UDP_RANGE: 'many' })).rejects.toThrow(/NAER_MEDIA_UDP_RANGE/);
  });
});
