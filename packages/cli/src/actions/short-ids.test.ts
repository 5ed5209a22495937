import { describe, expect, it } from 'vitest';
import { matchId, shortId } from './short-ids.ts';

const ids = ['3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11', '3f0c9999-6a0e-4a53-9f0a-3f6a3c1f9b11'];

describe('a number from a table', () => {
  it('finds its id, whatever the case', () =>
    expect(matchId(ids, shortId(ids[0] ?? '').toUpperCase())).toBe(ids[0]));
  it('may name the same id twice', () => expect(matchId([...ids, ...ids], '3f0c2')).toBe(ids[0]));
  it('is refused when several begin so', () => expect(() => matchId(ids, '3f0c')).toThrow('id_ambiguous'));
  it.each(['', '9', 'zzz'])('is refused when nothing begins with "%s"', (text) =>
    expect(() => matchId(ids, text)).toThrow('id_unknown'),
  );
});
