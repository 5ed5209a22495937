import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** A code of few digits is found from its hash by trying; so each try costs, and five wrong ones end the link. */
const cost = { N: 2 ** 14, r: 8, p: 1 } as const;
const saltBytes = 16;
const hashBytes = 32;

const hashOf = (pin: string, salt: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(pin, salt, hashBytes, cost, (error, hash) => (error === null ? resolve(hash) : reject(error))),
  );

/** Salt and hash, by scrypt (RFC 7914). */
export async function hashPin(pin: string): Promise<Buffer> {
  const salt = randomBytes(saltBytes);
  return Buffer.concat([salt, await hashOf(pin, salt)]);
}

export async function isPin(pin: string, kept: Uint8Array): Promise<boolean> {
  const hash = await hashOf(pin, kept.subarray(0, saltBytes));
  return timingSafeEqual(hash, kept.subarray(saltBytes));
}
