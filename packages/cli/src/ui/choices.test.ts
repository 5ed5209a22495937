import { describe, expect, it } from 'vitest';
import { pick } from './choices.ts';
import type { Words } from './words.ts';

const words: Words<'citizen' | 'colleague' | 'collective'> = {
  citizen: ['borgeren', 'the citizen'],
  colleague: ['kollega', 'colleague'],
  collective: ['kollektiv', 'collective'],
};

describe('one of a closed list', () => {
  it.each([
    ['citizen', 'citizen'],
    ['Borgeren', 'citizen'],
    ['borger', 'citizen'],
    ['colleag', 'colleague'],
  ])('is read from the code, its word, or how one of them begins: %s', (text, code) => {
    expect(pick(words, text, '--by')).toBe(code);
  });

  it.each(['', 'bo', 'kolle', 'coll', 'nabo'])('is not guessed from less: "%s"', (text) => {
    expect(() => pick(words, text, '--by')).toThrow(expect.objectContaining({ code: 'value_unknown' }));
  });
});
