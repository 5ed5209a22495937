import { expect, it } from 'vitest';
import { keepAwake } from './awake.ts';

class FakePage extends EventTarget {
  visibilityState: DocumentVisibilityState = 'visible';
  show(state: DocumentVisibilityState) {
    this.visibilityState = state;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

const locksOf = () => {
  const held = new Set<object>();
  let asked = 0;
  return {
    held,
    asked: () => asked,
    async request() {
      asked += 1;
      const lock = {
        async release() {
          held.delete(lock);
        },
      };
      held.add(lock);
      return lock;
    },
  };
};
const later = () => new Promise((resolve) => setImmediate(resolve));

it('keeps the screen on while the call lasts, and asks again each time the page is seen', async () => {
  const [locks, page] = [locksOf(), new FakePage()];
  const end = keepAwake(locks, page);
  await later();
  expect(locks.held.size).toBe(1);
  locks.held.clear();
  page.show('hidden');
  page.show('visible');
  await later();
  expect(locks.asked()).toBe(2);
  end();
  await later();
  expect(locks.held.size).toBe(0);
  page.show('visible');
  await later();
  expect(locks.asked()).toBe(2);
});

it('lets go of what it was given only after the call was over', async () => {
  const locks = locksOf();
  keepAwake(locks, new FakePage())();
  await later();
  expect(locks.held.size).toBe(0);
});

it('does nothing where the browser has no such thing, or refuses', async () => {
  keepAwake(undefined, new FakePage())();
  keepAwake({ request: () => Promise.reject(new DOMException('', 'NotAllowedError')) }, new FakePage())();
  await later();
});
