import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Secret } from './config/index.ts';
import { type MediaProcess, startMediaProcess } from './media-process.ts';

/** Stands for the media server as a process: what matters here is how it lives and ends. */
const program = (body: string) => `
  import { createServer } from 'node:http';
  import { appendFileSync } from 'node:fs';
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
  const ready = () => {
    const server = createServer((request, response) => response.end(JSON.stringify(process.env)));
    server.listen(Number(process.env.NAER_MEDIA_PORT ?? 0), '127.0.0.1', () =>
      console.log('media ready http://127.0.0.1:' + server.address().port));
  };
  ${body}`;

describe('the media server beside core', () => {
  let home: string;
  let running: MediaProcess | null = null;
  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'naer-media-'));
  });
  afterEach(async () => {
    await running?.close();
    running = null;
    await rm(home, { recursive: true, force: true });
  });

  const start = async (body: string, environment: Record<string, Secret> = {}) => {
    const file = path.join(home, 'media.mjs');
    await writeFile(file, program(body));
    const pauses: number[] = [];
    running = await startMediaProcess({
      program: file,
      environment,
      keyFile: path.join(home, 'keys/media.json'),
      logFile: path.join(home, 'media.log'),
      log: pino({ level: 'silent' }),
      pauseMs: (failures) => {
        pauses.push(failures);
        return 0;
      },
    });
    return { media: running, pauses };
  };
  const environmentOf = async (media: MediaProcess) =>
    (await (await fetch(media.url ?? '')).json()) as Record<string, string>;

  it('gets its settings and the keys that core knows, and nothing of what core keeps secret', async () => {
    vi.stubEnv('DATABASE_URL', 'postgresql://canary');
    const { media } = await start('ready();', { NAER_MEDIA_STUN_URLS: new Secret('stun:stun.example.dk') });
    const seen = await environmentOf(media);
    expect(seen.NAER_MEDIA_STUN_URLS).toBe('stun:stun.example.dk');
    expect([seen.NAER_MEDIA_KEY, seen.NAER_MEDIA_SECRET]).toEqual([media.apiKey, media.apiSecret.reveal()]);
    expect(JSON.stringify(seen)).not.toContain('canary');
    vi.unstubAllEnvs();
  });

  it('keeps its keys over starts, readable by the owner alone', async () => {
    const { media } = await start('ready();');
    await media.close();
    const { media: again } = await start('ready();');
    expect(again.apiSecret.reveal()).toBe(media.apiSecret.reveal());
    expect((await stat(path.join(home, 'keys/media.json'))).mode & 0o777).toBe(0o600);
  });

  it('is back on the same port after it was killed, and core knew meanwhile that it was down', async () => {
    const { media } = await start('ready();');
    const { url, pid } = media;
    process.kill(pid ?? 0, 'SIGKILL');
    await expect.poll(() => media.pid).not.toBe(pid);
    expect([null, url]).toContain(media.url);
    await expect.poll(() => media.url !== null && media.pid !== pid).toBe(true);
    expect(media.url).toBe(url);
  });

  it('says in its own words why its settings keep it from starting', async () => {
    const refused = start(
      `process.stderr.write('NAER_MEDIA_PORT: 99999 is no port.\\n', () => process.exit(78));`,
    );
    await expect(refused).rejects.toMatchObject({
      code: 'media_not_started',
      params: { words: 'NAER_MEDIA_PORT: 99999 is no port.' },
    });
  });

  it('lets core start without it when it crashes again and again, waits longer each time, and is there once it can be', async () => {
    const marks = path.join(home, 'marks');
    const { media, pauses } = await start(`
      const marks = ${JSON.stringify(marks)};
      appendFileSync(marks, '.');
      import { readFileSync } from 'node:fs';
      if (readFileSync(marks, 'utf8').length < 5) process.exit(1);
      ready();`);
    await expect.poll(() => media.url).not.toBeNull();
    expect(pauses).toEqual([0, 1, 2, 3]);
    expect(await readFile(marks, 'utf8')).toBe('.....');
  });

  it('ends with core: nothing of it is left after close, however often that is asked', async () => {
    const { media } = await start('ready();');
    const { pid } = media;
    await Promise.all([media.close(), media.close()]);
    expect(media.url).toBeNull();
    expect(() => process.kill(pid ?? 0, 0)).toThrow('ESRCH');
  });

  it('ends by itself when core is killed and closes nothing', async () => {
    const core = path.join(home, 'core.ts');
    await start('ready();').then(({ media }) => media.close());
    await writeFile(
      core,
      `import { pino } from '${import.meta.resolve('pino')}';
       import { startMediaProcess } from '${path.join(import.meta.dirname, 'media-process.ts')}';
       const media = await startMediaProcess({
         program: '${path.join(home, 'media.mjs')}', environment: {},
         keyFile: '${path.join(home, 'keys/media.json')}', logFile: '${path.join(home, 'media.log')}',
         log: pino({ level: 'silent' }),
       });
       console.log(media.url);`,
    );
    const child = spawn(process.execPath, ['--no-warnings', core], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout, 'data');
    const url = String(line).trim();
    expect((await fetch(url)).status).toBe(200);
    child.kill('SIGKILL');
    const answers = () =>
      fetch(url).then(
        () => true,
        () => false,
      );
    await expect.poll(answers).toBe(false);
  });
});
