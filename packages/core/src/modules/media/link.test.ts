import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLinks, makeToken, readToken } from './link.ts';

const keyOf = (id: string) => ({ id, key: createSecretKey(randomBytes(32)) });
const current = keyOf('0a1b2c3d');
const earlier = keyOf('99887766');
const leftAt = new Date('2026-11-20T12:00:00Z');
const keys = {
  newest: () => current,
  find: async (id: string) => {
    if (id === earlier.id) return { key: earlier.key, leftAt };
    return id === current.id ? { key: current.key, leftAt: null } : null;
  },
};

describe('a link', () => {
  it('gives back the id that it was made for, with the key of now or of before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.constantFrom(current, earlier), async (id, key) => {
        const madeBefore = key === earlier ? leftAt : null;
        expect(await readToken(keys, makeToken(key, id))).toEqual({ id, madeBefore });
      }),
    );
  });

  it('holds no more once any bit of it is another', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), fc.nat({ max: 37 * 8 - 1 }), async (id, bit) => {
        const bytes = Buffer.from(makeToken(current, id), 'base64url');
        bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(await readToken(keys, bytes.toString('base64url'))).toBeNull();
      }),
      { numRuns: 400 },
    );
  });

  it('is written in one way only, whatever the last character could hold besides', async () => {
    const token = makeToken(current, '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const read = await Promise.all([...alphabet].map((last) => readToken(keys, token.slice(0, -1) + last)));
    expect(read.filter((link) => link !== null)).toHaveLength(1);
  });

  it('that another installation made is refused, also where it names a key of ours', async () => {
    const forged = { id: current.id, key: createSecretKey(randomBytes(32)) };
    const id = '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11';
    expect(await readToken(keys, makeToken(forged, id))).toBeNull();
    expect(await readToken(keys, makeToken(keyOf('00000000'), id))).toBeNull();
  });

  it('is refused for any other text', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 80 }), async (text) => {
        expect(await readToken(keys, text)).toBeNull();
      }),
    );
  });

  it('stands behind the number sign, where no server is told of it', () => {
    const url = new URL(
      createLinks({ keys, origin: () => 'https://naer.example' }).urlOf(
        '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
      ),
    );
    expect([url.origin, url.pathname, url.search]).toEqual(['https://naer.example', '/s', '']);
    expect(url.hash).toHaveLength(51);
  });
});
