import { type Bytes, concat, fromBase64Url, sameBytes, toBase64Url, utf8 } from './bytes.ts';

/**
 * How host and seat agree on the key of a call without the service learning it, message by message:
 *
 * 1. seat → host: `commitment` = SHA-256(public key ‖ nonce)
 * 2. host → seat: `hostKey`, made for this commitment alone
 * 3. seat → host: `publicKey`, `nonce`
 * 4. host → seat: the call key, wrapped for an epoch
 *
 * Both can then read aloud six digits made of both public keys. Whoever stands in between must commit to keys before
 * seeing the other side's, so each exchange gives them one chance in a million (ZRTP, RFC 6189, section 4.4.1.1).
 * Keys are P-256 (SEC 1, uncompressed, 65 bytes), HKDF-SHA-256 (RFC 5869), AES-GCM with 256 bits.
 *
 * Everything here is without state beyond one exchange, and without a network.
 */

/** What of WebCrypto is used; tests give their own randomness. */
export type ExchangeCrypto = Pick<Crypto, 'subtle' | 'getRandomValues'>;

export const keyBytes = 32;
const ivBytes = 12;
const tagBytes = 16;
const pointBytes = 65;
const nonceBytes = 16;

/** What came does not fit what was promised or cannot be read: an error of the other page, or somebody in between. */
export class ExchangeRefused extends Error {
  constructor(why: string) {
    super(why);
    this.name = 'ExchangeRefused';
  }
}

const curve = { name: 'ECDH', namedCurve: 'P-256' } as const;

async function sha256({ subtle }: ExchangeCrypto, bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle.digest('SHA-256', bytes));
}

function read(text: string, length: number, what: string): Bytes {
  const bytes = fromBase64Url(text);
  if (bytes === null || bytes.length !== length) throw new ExchangeRefused(`${what} is malformed`);
  return bytes;
}

interface Pair {
  readonly privateKey: CryptoKey;
  readonly publicKey: Bytes;
}

async function makePair({ subtle }: ExchangeCrypto): Promise<Pair> {
  const { privateKey, publicKey } = await subtle.generateKey(curve, false, ['deriveBits']);
  return { privateKey, publicKey: new Uint8Array(await subtle.exportKey('raw', publicKey)) };
}

async function wrappingKey(
  { subtle }: ExchangeCrypto,
  privateKey: CryptoKey,
  theirs: Bytes,
  seatId: string,
): Promise<CryptoKey> {
  let secret: ArrayBuffer;
  try {
    // importKey refuses what is no point of the curve.
    const publicKey = await subtle.importKey('raw', theirs, curve, true, []);
    secret = await subtle.deriveBits({ name: 'ECDH', public: publicKey }, privateKey, 256);
  } catch {
    throw new ExchangeRefused('public key is no point of the curve');
  }
  const material = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  return subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: utf8(seatId), info: utf8('naer call key') },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}

/** The epoch is part of what is authenticated, so that an older key cannot be passed off as a newer one. */
const bound = (epoch: number): Bytes => utf8(`epoch ${epoch}`);

/** "123 456", from SHA-256("naer comparison" ‖ seat id ‖ host key ‖ seat key); its first eight bytes modulo a million. */
async function comparisonCode(
  crypto: ExchangeCrypto,
  seatId: string,
  hostKey: Bytes,
  seatKey: Bytes,
): Promise<string> {
  const digest = await sha256(crypto, concat(utf8('naer comparison'), utf8(seatId), hostKey, seatKey));
  const digits = (new DataView(digest.buffer).getBigUint64(0) % 1_000_000n).toString().padStart(6, '0');
  return `${digits.slice(0, 3)} ${digits.slice(3)}`;
}

/** The seat's side of one exchange. Only safe when `accept` is called once and its answer shown only after the host's key came. */
export class SeatExchange {
  readonly commitment: string;
  readonly publicKey: string;
  readonly #crypto: ExchangeCrypto;
  readonly #seatId: string;
  readonly #pair: Pair;
  readonly #nonce: Bytes;
  #hostKey: string | null = null;
  #wrapping: CryptoKey | null = null;
  #code: string | null = null;

  private constructor(crypto: ExchangeCrypto, seatId: string, pair: Pair, nonce: Bytes, commitment: string) {
    this.#crypto = crypto;
    this.#seatId = seatId;
    this.#pair = pair;
    this.#nonce = nonce;
    this.commitment = commitment;
    this.publicKey = toBase64Url(pair.publicKey);
  }

  static async begin(crypto: ExchangeCrypto, seatId: string): Promise<SeatExchange> {
    const pair = await makePair(crypto);
    const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes));
    const commitment = toBase64Url(await sha256(crypto, concat(pair.publicKey, nonce)));
    return new SeatExchange(crypto, seatId, pair, nonce, commitment);
  }

  get hostKey(): string | null {
    return this.#hostKey;
  }

  get code(): string | null {
    return this.#code;
  }

  /** Takes the host's key and gives what may now be shown. Throws ExchangeRefused for a second, different key. */
  async accept(hostKey: string): Promise<{ publicKey: string; nonce: string }> {
    if (this.#hostKey !== null && this.#hostKey !== hostKey)
      throw new ExchangeRefused('host key changed within one exchange');
    const theirs = read(hostKey, pointBytes, 'host key');
    if (sameBytes(theirs, this.#pair.publicKey)) throw new ExchangeRefused('host key is our own');
    // Pinned before anything is awaited: what is shown is shown to this key alone.
    this.#hostKey = hostKey;
    this.#wrapping = await wrappingKey(this.#crypto, this.#pair.privateKey, theirs, this.#seatId);
    this.#code = await comparisonCode(this.#crypto, this.#seatId, theirs, this.#pair.publicKey);
    return { publicKey: this.publicKey, nonce: toBase64Url(this.#nonce) };
  }

  /** The call's key of an epoch: 32 bytes. Throws ExchangeRefused where it was not wrapped by the accepted host for it. */
  async unwrap(epoch: number, wrapped: string): Promise<Bytes> {
    if (this.#wrapping === null) throw new ExchangeRefused('call key came before the host key');
    const bytes = read(wrapped, ivBytes + keyBytes + tagBytes, 'wrapped key');
    try {
      return new Uint8Array(
        await this.#crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: bytes.subarray(0, ivBytes), additionalData: bound(epoch) },
          this.#wrapping,
          bytes.subarray(ivBytes),
        ),
      );
    } catch {
      throw new ExchangeRefused('call key was wrapped for somebody else');
    }
  }
}

/** The host's side of one exchange with one seat. Only safe when a new one is made for each new commitment. */
export class HostExchange {
  readonly commitment: string;
  readonly hostKey: string;
  readonly #crypto: ExchangeCrypto;
  readonly #seatId: string;
  readonly #pair: Pair;
  #wrapping: CryptoKey | null = null;
  #code: string | null = null;

  private constructor(crypto: ExchangeCrypto, seatId: string, commitment: string, pair: Pair) {
    this.#crypto = crypto;
    this.#seatId = seatId;
    this.#pair = pair;
    this.commitment = commitment;
    this.hostKey = toBase64Url(pair.publicKey);
  }

  static async answer(crypto: ExchangeCrypto, seatId: string, commitment: string): Promise<HostExchange> {
    read(commitment, 32, 'commitment');
    return new HostExchange(crypto, seatId, commitment, await makePair(crypto));
  }

  /** Null until `check` has gone well. */
  get code(): string | null {
    return this.#code;
  }

  /** Throws ExchangeRefused where what is shown is not what was promised before our key was known. */
  async check(shown: { readonly publicKey: string; readonly nonce: string }): Promise<void> {
    const publicKey = read(shown.publicKey, pointBytes, 'public key');
    const nonce = read(shown.nonce, nonceBytes, 'nonce');
    const digest = await sha256(this.#crypto, concat(publicKey, nonce));
    if (!sameBytes(digest, read(this.commitment, 32, 'commitment')))
      throw new ExchangeRefused('key does not fit its commitment');
    if (sameBytes(publicKey, this.#pair.publicKey)) throw new ExchangeRefused('public key is our own');
    this.#wrapping = await wrappingKey(this.#crypto, this.#pair.privateKey, publicKey, this.#seatId);
    this.#code = await comparisonCode(this.#crypto, this.#seatId, this.#pair.publicKey, publicKey);
  }

  /** The call's key (32 bytes) for this seat: initialisation vector, key, tag. Only safe after `check`. */
  async wrap(epoch: number, key: Bytes): Promise<string> {
    if (this.#wrapping === null) throw new ExchangeRefused('the seat has not shown its key');
    const iv = this.#crypto.getRandomValues(new Uint8Array(ivBytes));
    const wrapped = await this.#crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: bound(epoch) },
      this.#wrapping,
      key,
    );
    return toBase64Url(concat(iv, new Uint8Array(wrapped)));
  }
}
