import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { answer, begin, type Exchange, noExchange, reveal, wrap } from './key-exchange.ts';

const encode = (bytes: Buffer) => bytes.toString('base64url');
const [publicKey, nonce, hostKey] = [randomBytes(65), randomBytes(16), encode(randomBytes(65))];
const commitment = encode(createHash('sha256').update(publicKey).update(nonce).digest());
const shown = { publicKey: encode(publicKey), nonce: encode(nonce) };
const nothing: Exchange = { ...noExchange, epoch: 0 };
const committed: Exchange = { ...nothing, commitment };
const answered: Exchange = { ...committed, hostKey };
const agreed: Exchange = { ...answered, ...shown };

describe('an exchange of keys', () => {
  it('goes from commitment to answer to what was committed to, to the wrapped key', () => {
    expect({ ...nothing, ...begin(nothing, commitment) }).toEqual(committed);
    expect({ ...committed, ...answer(committed, { hostKey, commitment }) }).toEqual(answered);
    expect({ ...answered, ...reveal(answered, shown) }).toEqual(agreed);
    expect(wrap(agreed, true, { epoch: 1, key: 'k' })).toEqual({ epoch: 1, wrappedKey: 'k' });
  });

  it('is not answered before there is a commitment', () => {
    expect(answer(nothing, { hostKey })).toBeNull();
  });

  it('is answered once: a host that could choose again could choose a code', () => {
    expect(answer(answered, { hostKey: encode(randomBytes(65)) })).toBeNull();
  });

  it('is not answered for a commitment that was replaced', () => {
    expect(answer(committed, { hostKey, commitment: encode(randomBytes(32)) })).toBeNull();
  });

  it('shows nothing before the host has answered', () => {
    expect(() => reveal(nothing, shown)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(() => reveal(committed, shown)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('takes no other key or nonce than was committed to', () => {
    const wrong = [
      { ...shown, publicKey: encode(randomBytes(65)) },
      { ...shown, nonce: encode(randomBytes(16)) },
    ];
    for (const given of wrong)
      expect(() => reveal(answered, given)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('takes the same key again, and no other in its place', () => {
    expect(reveal(agreed, shown)).toEqual(shown);
    const other = { ...shown, nonce: encode(randomBytes(16)) };
    expect(() => reveal(agreed, other)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });

  it('gives the key of the call to nobody who is not let in or has shown no key', () => {
    expect(wrap(agreed, false, { epoch: 1, key: 'k' })).toBeNull();
    expect(wrap(answered, true, { epoch: 1, key: 'k' })).toBeNull();
  });

  it('never goes back to an earlier key', () => {
    expect(wrap({ ...agreed, epoch: 3 }, true, { epoch: 2, key: 'k' })).toBeNull();
  });

  it('begins anew with another commitment, and remembers which keys there were', () => {
    const other = encode(randomBytes(32));
    const wrapped = { ...agreed, epoch: 4, wrappedKey: 'k' };
    expect({ ...wrapped, ...begin(wrapped, other) }).toEqual({ ...nothing, epoch: 4, commitment: other });
    expect(begin(wrapped, commitment)).toEqual({});
  });
});
