import { it } from 'vitest';
import { killAndCount } from './kills.ts';

it('loses no acknowledged write, leaf, event or message, and signs one history, when the service is killed fifty times while it works', async () => {
  await killAndCount(50);
});
