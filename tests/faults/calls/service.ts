import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Service, ServiceHome } from '../../support/service.ts';
import type { Signalling } from './people.ts';

/** Where calls are signalled: the service's own address, with the key that it made for its media server. */
export async function signallingOf(home: ServiceHome, { url }: Service): Promise<Signalling> {
  // Written by the service on its first start.
  const keys = JSON.parse(await readFile(path.join(home.home, 'keys', 'media.json'), 'utf8')) as Pick<
    Signalling,
    'apiKey' | 'apiSecret'
  >;
  return { ...keys, url: url.replace(/^http/, 'ws') };
}

/** The process of the media server that the service keeps running beside itself. */
export function mediaProcessOf({ pid }: Service): number {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  for (const line of stdout.split('\n')) {
    const [, child, parent, args] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (Number(parent) === pid && args?.includes('media-server') === true) return Number(child);
  }
  throw new Error('The service has no media server.');
}
