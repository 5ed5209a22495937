import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createHome } from '../support/service.ts';

it('ends by itself with one sentence when its PostgreSQL is killed, and the next start recovers', async () => {
  const place = await createHome();
  try {
    const service = await place.start({ LANG: 'en_GB.UTF-8' });
    const pidFile = await readFile(path.join(place.home, 'postgres/data/postmaster.pid'), 'utf8');
    process.kill(Number(pidFile.split('\n')[0]), 'SIGKILL');
    expect(await service.ended).toBe(1);
    expect(service.output()).toContain('The embedded PostgreSQL ended unexpectedly, so Nær has closed.');
    const again = await place.start();
    expect(await again.stop('SIGHUP')).toBe(0);
    expect(again.output()).not.toMatch(/ended|stoppet/);
  } finally {
    await place.remove();
  }
});
