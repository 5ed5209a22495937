import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blindIndex, type Context, keyLength, makeKey, SealBroken, seal, unseal } from './sealing.ts';

const here: Context = { purpose: 'identity', owner: ['nordby', 'citizen-1'] };
const key = makeKey();

describe('sealed bytes', () => {
  it('open to what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (plain) => {
        expect(Buffer.compare(unseal(key, here, seal(key, here, plain)), plain)).toBe(0);
      }),
    );
  });

  it('do not open when any one bit of any byte was changed', () => {
    const sealed = seal(key, here, Buffer.from('Lærke Krogh'));
    for (let at = 0; at < sealed.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const changed = Buffer.from(sealed);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
        expect(() => unseal(key, here, changed), `byte ${at}, bit ${bit}`).toThrow(SealBroken);
      }
    }
  });

  it('do not open when they were cut short or made longer', () => {
    const sealed = seal(key, here, Buffer.from('Lærke Krogh'));
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => unseal(key, here, sealed.subarray(0, length))).toThrow(SealBroken);
    }
    expect(() => unseal(key, here, Buffer.concat([sealed, Buffer.from([0])]))).toThrow(SealBroken);
  });

  it.each<[string, Context]>([
    ['another citizen', { ...here, owner: ['nordby', 'citizen-2'] }],
    ['another municipality', { ...here, owner: ['sydby', 'citizen-1'] }],
    ['another purpose', { ...here, purpose: 'subject' }],
    ['nobody', { ...here, owner: [] }],
    ['the same letters divided otherwise', { ...here, owner: ['nordby', 'citizen', '1'] }],
  ])('do not open for %s', (_, context) => {
    expect(() => unseal(key, context, seal(key, here, Buffer.from('Lærke Krogh')))).toThrow(SealBroken);
  });

  it('do not open with another key', () => {
    expect(() => unseal(makeKey(), here, seal(key, here, Buffer.from('Lærke Krogh')))).toThrow(SealBroken);
  });

  it('are never alike, even of the same text', () => {
    const seals = Array.from({ length: 200 }, () => seal(key, here, Buffer.from('x')).toString('hex'));
    expect(new Set(seals).size).toBe(200);
  });

  it('say nothing of their content when they fail', () => {
    try {
      unseal(makeKey(), here, seal(key, here, Buffer.from('Lærke Krogh')));
    } catch (error) {
      expect(String(error)).not.toMatch(/Lærke|citizen-1/);
      expect(error).not.toHaveProperty('cause');
    }
    expect.assertions(2);
  });

  it('have the documented length: version, nonce and tag around the text', () => {
    expect(seal(key, here, Buffer.alloc(64))).toHaveLength(1 + 12 + 64 + 16);
    expect(key.symmetricKeySize).toBe(keyLength);
  });
});

describe('a blind index', () => {
  it('is the same for the same value, and differs by value, purpose and key', () => {
    const own = blindIndex(key, 'phone', '+4520000000');
    expect(blindIndex(key, 'phone', '+4520000000').equals(own)).toBe(true);
    expect(blindIndex(key, 'phone', '+4520000001').equals(own)).toBe(false);
    expect(blindIndex(key, 'reference', '+4520000000').equals(own)).toBe(false);
    expect(blindIndex(makeKey(), 'phone', '+4520000000').equals(own)).toBe(false);
  });
});
