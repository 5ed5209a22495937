import { describe, expect, it, vi } from 'vitest';
import { someHashes } from './fixture.ts';
import { appendToTiles } from './tiles.ts';

const calls = vi.hoisted(() => ({ count: 0 }));
vi.mock('./sha256.ts', async (original) => {
  const real = await original<typeof import('./sha256.ts')>();
  const counted =
    <Given extends unknown[], Made>(act: (...given: Given) => Made) =>
    (...given: Given): Made => {
      calls.count += 1;
      return act(...given);
    };
  return { ...real, sha256: counted(real.sha256), sha256Into: counted(real.sha256Into) };
});

function costOf(act: () => void): number {
  calls.count = 0;
  act();
  return calls.count;
}

describe('growing a tree', () => {
  it('hashes each inner node once: n − 1 for n leaves, since the leaves themselves come hashed', () => {
    for (const count of [1, 2, 255, 256, 257, 1_000, 65_536]) {
      const leaves = someHashes(count);
      expect(costOf(() => appendToTiles([], 0n, leaves))).toBe(count - 1);
    }
  });

  it('hashes besides only what the edge holds, however large the tree is', () => {
    const { tiles, size } = appendToTiles([], 0n, someHashes(66_047));
    expect(costOf(() => appendToTiles(tiles, size, someHashes(10, 66_047)))).toBeLessThan(10 + 2 * 255 + 20);
  });
});
