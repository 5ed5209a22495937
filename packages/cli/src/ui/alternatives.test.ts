import { parseTimePhrase } from '@naer/core/contract/time-phrase';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useLanguage } from '../language.ts';
import { alternativeLines } from './alternatives.ts';

const now = new Date('2026-11-22T08:00:00Z');
const free = {
  kind: 'other-time',
  room: { id: 'r', name: 'Boks "1"', site: 'Råd$huset' },
  startsAt: '2026-11-24T09:00:00.000Z',
  endsAt: '2026-11-24T09:30:00.000Z',
} as const;

afterEach(() => {
  useLanguage('da');
  vi.useRealTimers();
});

describe('the alternatives to a taken room', () => {
  it('keep whom the room was for', () => {
    vi.useFakeTimers({ now });
    expect(alternativeLines([free], ['rooms', 'book', 'x', 'y', '--for', 'BM13'])).toEqual([
      'Det nærmeste ledige:',
      '  naer rooms book "Råd\\$huset/Boks \\"1\\"" "tir 24. nov 10.00–10.30" --for BM13',
    ]);
  });

  it('move the same booking when one was moved', () => {
    vi.useFakeTimers({ now });
    expect(alternativeLines([free], ['rooms', 'move', '3f0c2a52', 'y'])[1]).toBe(
      '  naer rooms move 3f0c2a52 "tir 24. nov 10.00–10.30" --room "Råd\\$huset/Boks \\"1\\""',
    );
  });

  it.each(['da', 'en'] as const)('name a time that is read back to the same moment (%s)', (language) => {
    vi.useFakeTimers({ now });
    useLanguage(language);
    const phrase = alternativeLines([free], [])[1]?.split('" "')[1]?.replace('"', '') ?? '';
    expect(parseTimePhrase(phrase, { now })).toMatchObject({
      kind: 'range',
      start: new Date(free.startsAt),
      end: new Date(free.endsAt),
    });
  });

  it('are nothing where there are none', () => expect(alternativeLines([], [])).toEqual([]));
});
