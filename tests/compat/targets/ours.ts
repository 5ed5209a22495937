import { spawnSync } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { checkout, freePort } from '../../support/service.ts';
import { apiKey, apiSecret } from '../keys.ts';
import { receiveWebhooks } from '../webhooks.ts';
import { startProcess } from './process.ts';
import type { Target } from './target.ts';

const folder = path.join(checkout, 'packages/media-server');
const program = path.join(folder, 'dist/main.js');

/** Ours as it was built last; null where it never was. */
export async function findOurs(own: MediaSettings = {}): Promise<Target | null> {
  return access(program).then(
    () => oursAt(program, [], own),
    () => null,
  );
}

/** Ours as its source is now. */
export async function prepareOurs(nodeOptions: readonly string[] = []): Promise<Target> {
  const { status, stderr } = spawnSync(process.execPath, ['build.mjs'], { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the media server was not built: ${stderr}`);
  return oursAt(program, nodeOptions);
}

/** Settings besides those of every test, or instead of them; undefined takes one away. */
export type MediaSettings = Readonly<Record<`NAER_MEDIA_${string}`, string | undefined>>;

/** Its own process with its own configuration, as the other one. */
export const oursAt = (
  program: string,
  nodeOptions: readonly string[] = [],
  own: MediaSettings = {},
): Target => ({
  name: 'ours',
  title: 'ours',
  start: async (settings = {}) => {
    const [port, udpPort, webhooks] = await Promise.all([freePort(), freePort(), receiveWebhooks()]);
    const httpUrl = `http://127.0.0.1:${port}`;
    const running = await startProcess({
      command: process.execPath,
      args: [...nodeOptions, program],
      environment: {
        PATH: process.env.PATH,
        // As the service starts it.
        MALLOC_ARENA_MAX: '2',
        MALLOC_MMAP_THRESHOLD_: '131072',
        MALLOC_TRIM_THRESHOLD_: '131072',
        NAER_MEDIA_PORT: String(port),
        NAER_MEDIA_UDP_PORT: String(udpPort),
        NAER_MEDIA_BIND_ADDRESS: '127.0.0.1',
        NAER_MEDIA_KEY: apiKey,
        NAER_MEDIA_SECRET: apiSecret,
        NAER_MEDIA_WEBHOOK_URLS: settings.webhookUrl ?? webhooks.url,
        NAER_MEDIA_AUTO_CREATE: (settings.autoCreate ?? true) ? '1' : '0',
        // LiveKit does not wait for its participants either when a behaviour ends it.
        NAER_MEDIA_DRAIN_SECONDS: '0',
        NAER_MEDIA_LOG_LEVEL: process.env.NAER_COMPAT_LOG_LEVEL ?? 'warn',
        ...own,
      },
      healthUrl: httpUrl,
    });
    return {
      url: `ws://127.0.0.1:${port}`,
      httpUrl,
      pid: running.pid,
      webhooks,
      stop: () => running.stop().then(webhooks.close),
      kill: () => running.kill().then(webhooks.close),
    };
  },
});
