import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../support/service.ts';
import { apiKey, apiSecret } from '../keys.ts';
import { receiveWebhooks } from '../webhooks.ts';
import { startProcess } from './process.ts';
import type { Target } from './target.ts';

export const livekitVersion = '1.13.5';
const livekitPackage = `github.com/livekit/livekit-server/cmd/server@v${livekitVersion}`;

/** Outside the checkout: what is compiled once serves every later run. */
const cacheFolder =
  process.env.NAER_COMPAT_CACHE ?? path.join(tmpdir(), 'naer-compat', `livekit-server-${livekitVersion}`);

/** The real server where it was compiled before; null otherwise. */
export async function findLivekit(): Promise<Target | null> {
  const program = path.join(cacheFolder, process.platform === 'win32' ? 'server.exe' : 'server');
  return (await access(program).then(
    () => true,
    () => false,
  ))
    ? livekitAt(program)
    : null;
}

/** Compiles it where that was not done yet (minutes the first time); null with a word of why where there is no Go. */
export async function prepareLivekit(tell: (line: string) => void): Promise<Target | null> {
  const ready = await findLivekit();
  if (ready !== null) return ready;
  await mkdir(cacheFolder, { recursive: true });
  tell(`compiling LiveKit ${livekitVersion} into ${cacheFolder}; the first time takes minutes`);
  const compiler = spawn('go', ['install', livekitPackage], {
    env: { ...process.env, GOBIN: cacheFolder },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const outcome = await Promise.race([
    once(compiler, 'exit').then(([code]) => (code === 0 ? null : `go install ended with ${String(code)}`)),
    once(compiler, 'error').then(() => 'there is no Go here'),
  ]);
  if (outcome !== null) {
    tell(`LiveKit is left out: ${outcome}`);
    return null;
  }
  return findLivekit();
}

function livekitAt(program: string): Target {
  return {
    name: 'livekit',
    title: `LiveKit ${livekitVersion}`,
    start: async (settings = {}) => {
      const [port, udpPort, webhooks, folder] = await Promise.all([
        freePort(),
        freePort(),
        receiveWebhooks(),
        mkdtemp(path.join(tmpdir(), 'naer-compat-livekit-')),
      ]);
      const config = {
        port,
        bind_addresses: ['127.0.0.1'],
        keys: { [apiKey]: apiSecret },
        logging: { level: 'info' },
        rtc: {
          udp_port: udpPort,
          tcp_port: 0,
          use_external_ip: false,
          node_ip: '127.0.0.1',
          enable_loopback_candidate: true,
          congestion_control: { enabled: true, allow_pause: true },
          ips: { includes: ['127.0.0.1/32'] },
        },
        room: { auto_create: settings.autoCreate ?? true },
        webhook: { api_key: apiKey, urls: [settings.webhookUrl ?? webhooks.url] },
      };
      const file = path.join(folder, 'livekit.json');
      // JSON is YAML.
      await writeFile(file, JSON.stringify(config));
      const httpUrl = `http://127.0.0.1:${port}`;
      const running = await startProcess({
        command: program,
        args: ['--config', file],
        environment: { PATH: process.env.PATH, HOME: folder },
        healthUrl: httpUrl,
      });
      const cleanUp = async () => {
        await webhooks.close();
        await rm(folder, { recursive: true, force: true });
      };
      return {
        url: `ws://127.0.0.1:${port}`,
        httpUrl,
        pid: running.pid,
        webhooks,
        stop: () => running.stop().then(cleanUp),
        kill: () => running.kill().then(cleanUp),
      };
    },
  };
}
