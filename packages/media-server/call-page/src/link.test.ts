import { expect, it } from 'vitest';
import { deviceOf, linkOf } from './link.ts';

const memory = (): Storage => {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
    key: () => null,
    length: 0,
  };
};
const blocked = (): Storage => {
  throw new DOMException('', 'SecurityError');
};

it('reads the link from the fragment and takes nothing else for one', () => {
  expect(linkOf({ hash: `#${'aB3_-'.repeat(10)}` })).toBe('aB3_-'.repeat(10));
  for (const hash of ['', '#', '#short', `#${'a'.repeat(121)}`, '#javascript:alert(1)//aaaaaaaaaaaaaaaa'])
    expect(linkOf({ hash })).toBeNull();
});

it('is the same device after a reload, and another in another browser', () => {
  const storage = memory();
  const first = deviceOf([() => storage], crypto);
  expect(first).toMatch(/^[A-Za-z0-9_-]{22}$/);
  expect(deviceOf([() => storage], crypto)).toBe(first);
  expect(deviceOf([memory], crypto)).not.toBe(first);
});

it('works where nothing may be stored, and takes the second place where the first is blocked', () => {
  expect(deviceOf([blocked], crypto)).toMatch(/^[A-Za-z0-9_-]{22}$/);
  const session = memory();
  expect(deviceOf([blocked, () => session], crypto)).toBe(deviceOf([blocked, () => session], crypto));
});

it('makes a new one where somebody put something else in its place', () => {
  const storage = memory();
  storage.setItem('naer-device', 'x');
  expect(deviceOf([() => storage], crypto)).toMatch(/^[A-Za-z0-9_-]{22}$/);
});
