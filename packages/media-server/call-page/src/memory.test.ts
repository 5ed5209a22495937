import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { at, pageOf } from './gallery/sample.ts';
import { recall, remember } from './memory.ts';
import { agreedOf } from './screens/rules.tsx';

const kept = new Map<string, string>();
beforeEach(() => {
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
});
afterEach(() => {
  kept.clear();
  vi.unstubAllGlobals();
});

const token = 'AQAAAAE_'.repeat(6);
const what = {
  agreed: agreedOf(pageOf()),
  numbers: { helpPhone: '+4570000000', acutePhone: '+45112' },
  language: 'da',
} as const;

describe('what a browser remembers of the rules', () => {
  it('is there for the same link until its end, and gone after it', () => {
    remember(token, what, at(14, 30));
    expect(recall(token, Date.parse(at(14, 29)))).toEqual(what);
    expect(recall(token, Date.parse(at(14, 31)))).toBeNull();
    expect(kept.size).toBe(0);
  });

  it('says nothing to another link on the same device', () => {
    remember(token, what, at(14, 30));
    expect(recall(`B${token.slice(1)}`, Date.parse(at(10, 0)))).toBeNull();
    expect(recall(token, Date.parse(at(10, 0)))).toEqual(what);
  });

  it('is gone after its end whichever link is opened then', () => {
    remember(token, what, at(14, 30));
    expect(recall(`B${token.slice(1)}`, Date.parse(at(14, 31)))).toBeNull();
    expect(kept.size).toBe(0);
  });

  it('does not keep the part of the link that makes it hold', () => {
    remember(token, what, at(14, 30));
    expect([...kept.values()].join()).not.toContain(token.slice(0, 29));
  });

  it('survives a storage that is blocked, or holds something else', () => {
    kept.set('naer-agreed', '{"what":');
    expect(recall(token, 0)).toBeNull();
    vi.stubGlobal('localStorage', undefined);
    remember(token, what, at(14, 30));
    expect(recall(token, 0)).toBeNull();
  });
});
