import { createHash, randomBytes } from 'node:crypto';

/** A new access token: `naer_` and 256 random bits. The prefix lets scanners of leaked secrets recognise it. */
export const makeTokenSecret = (): string => `naer_${randomBytes(32).toString('base64url')}`;

/** Only this is stored. A plain hash suffices: nobody can guess 256 random bits. */
export const hashTokenSecret = (secret: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash('sha256').update(secret).digest());
