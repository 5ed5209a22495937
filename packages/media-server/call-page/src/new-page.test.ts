import { beforeEach, describe, expect, it } from 'vitest';
import { takeNewPage } from './new-page.ts';

let kept: Map<string, string>;
let reloads: number;
let isThere: boolean;
let now: number;

const take = (storageOf = () => storage) =>
  takeNewPage({
    storageOf,
    isThere: async () => isThere,
    reload: () => {
      reloads += 1;
    },
    now: () => now,
  });
// Only what is asked of it here.
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
} as unknown as Storage;

beforeEach(() => {
  kept = new Map();
  reloads = 0;
  isThere = true;
  now = Date.parse('2026-11-24T09:00:00Z');
});

describe('a page that lacks a part of its program', () => {
  it('is taken anew, and again after a minute at the earliest', async () => {
    await take();
    now += 59_000;
    await take();
    expect(reloads).toBe(1);
    now += 1_000;
    await take();
    expect(reloads).toBe(2);
  });

  it('stays while a new one could not be had, and is taken anew as soon as it can', async () => {
    isThere = false;
    await take();
    expect(reloads).toBe(0);
    isThere = true;
    await take();
    expect(reloads).toBe(1);
  });

  it('stays where nobody could remember how often', async () => {
    await take(() => {
      throw new DOMException('', 'SecurityError');
    });
    expect(reloads).toBe(0);
  });
});
