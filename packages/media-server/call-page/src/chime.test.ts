import { afterEach, expect, it, vi } from 'vitest';
import { createChime } from './chime.ts';

class FakeAudioContext extends EventTarget {
  static newest: FakeAudioContext | null = null;
  state = 'suspended';
  constructor() {
    super();
    FakeAudioContext.newest = this;
  }
  become(state: string) {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
  async resume() {
    this.become('running');
  }
}

afterEach(() => vi.unstubAllGlobals());

it('would be heard only once somebody tapped, and not while the device keeps it from sounding', () => {
  vi.stubGlobal('AudioContext', FakeAudioContext);
  const chime = createChime();
  expect(chime.getSnapshot()).toBe(false);
  chime.prepare();
  expect(chime.getSnapshot()).toBe(true);
  FakeAudioContext.newest?.become('interrupted');
  expect(chime.getSnapshot()).toBe(false);
  chime.prepare();
  expect(chime.getSnapshot()).toBe(true);
});

it('is not promised where there is no sound at all', () => {
  vi.stubGlobal('AudioContext', undefined);
  const chime = createChime();
  chime.prepare();
  expect(chime.getSnapshot()).toBe(false);
});
