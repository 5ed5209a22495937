import { createHash, createHmac, randomBytes, webcrypto } from 'node:crypto';
import type { BrowserContext } from 'playwright-core';

const { subtle } = webcrypto;
const curve = { name: 'ECDH', namedCurve: 'P-256' } as const;

interface Pair {
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: Buffer;
}

/** One exchange with the seat's page, and the one that is carried on with the host in its place. */
interface Play {
  readonly theirs: { readonly commitment: string; publicKey: string | null; nonce: string | null };
  readonly asSeat: Pair & { readonly nonce: Buffer; readonly commitment: string };
  readonly asHost: Pair;
}

interface Exchange {
  commitment: string | null;
  hostKey: string | null;
  publicKey: string | null;
  nonce: string | null;
  epoch: number;
  wrappedKey: string | null;
}

/**
 * Somebody between a page and the service who agrees on keys with both sides, each time in the other's name, and gives the
 * page a key of their own: what a service that cannot be trusted could do at most. Everything else is passed on. Follows
 * the exchange as `packages/media-server/call-page/src/keys/exchange.ts` describes it.
 */
export class SomebodyBetween {
  readonly #plays: Play[] = [];
  readonly #wrapped = new Map<string, string>();

  async stepIn(context: BrowserContext): Promise<void> {
    await context.route('**/api/v1/call**', async (route) => {
      const request = route.request();
      const body = request.postDataJSON() as Record<string, unknown> | null;
      const postData = body === null ? null : JSON.stringify(await this.#outward(request.url(), body));
      try {
        const response = await route.fetch({ timeout: 60_000, ...(postData === null ? {} : { postData }) });
        const answer = (await response.json()) as Record<string, unknown>;
        await this.#inward(answer);
        await route.fulfill({ response, json: answer });
      } catch {
        // The page is gone, or asked for something newer meanwhile.
        await route.abort().catch(() => undefined);
      }
    });
  }

  async #outward(url: string, body: Record<string, unknown>): Promise<Record<string, unknown>> {
    if (url.endsWith('/call/wait') && typeof body.commitment === 'string') {
      const { asSeat } = await this.#playOf(body.commitment);
      return { ...body, commitment: asSeat.commitment };
    }
    if (url.endsWith('/call/reveal')) {
      const [publicKey, nonce] = [String(body.publicKey), String(body.nonce)];
      const promised = sha256(fromText(publicKey), fromText(nonce)).toString('base64url');
      const play = await this.#playOf(promised);
      play.theirs.publicKey = publicKey;
      play.theirs.nonce = nonce;
      const { asSeat } = play;
      return { ...body, publicKey: toText(asSeat.publicKey), nonce: toText(asSeat.nonce) };
    }
    return body;
  }

  async #inward(answer: Record<string, unknown>): Promise<void> {
    if (!('me' in answer && 'seats' in answer)) return;
    const { me, seats } = answer as { me: { seat: string }; seats: { id: string; exchange: Exchange }[] };
    const mine = seats.find(({ id }) => id === me.seat)?.exchange;
    const play = this.#plays.find(({ asSeat }) => asSeat.commitment === mine?.commitment);
    if (mine === undefined || play === undefined) return;
    const { theirs, asHost } = play;
    mine.commitment = theirs.commitment;
    if (mine.hostKey !== null) mine.hostKey = toText(asHost.publicKey);
    if (mine.publicKey !== null) {
      mine.publicKey = theirs.publicKey;
      mine.nonce = theirs.nonce;
    }
    if (mine.wrappedKey !== null && theirs.publicKey !== null) {
      const known = this.#wrapped.get(mine.wrappedKey);
      const given = known ?? (await wrap(asHost, fromText(theirs.publicKey), me.seat, mine.epoch));
      this.#wrapped.set(mine.wrappedKey, given);
      mine.wrappedKey = given;
    }
  }

  async #playOf(commitment: string): Promise<Play> {
    const known = this.#plays.find(({ theirs }) => theirs.commitment === commitment);
    if (known !== undefined) return known;
    const [seat, asHost, nonce] = [await makePair(), await makePair(), randomBytes(16)];
    const play = {
      theirs: { commitment, publicKey: null, nonce: null },
      asSeat: { ...seat, nonce, commitment: toText(sha256(seat.publicKey, nonce)) },
      asHost,
    };
    this.#plays.push(play);
    return play;
  }
}

const toText = (bytes: Buffer): string => bytes.toString('base64url');
const fromText = (text: string): Buffer => Buffer.from(text, 'base64url');
const sha256 = (...pieces: readonly Buffer[]): Buffer =>
  createHash('sha256').update(Buffer.concat(pieces)).digest();

async function makePair(): Promise<Pair> {
  const { privateKey, publicKey } = await subtle.generateKey(curve, true, ['deriveBits']);
  return { privateKey, publicKey: Buffer.from(await subtle.exportKey('raw', publicKey)) };
}

/** A key that nobody else has, wrapped as the host would. */
async function wrap({ privateKey }: Pair, theirs: Buffer, seat: string, epoch: number): Promise<string> {
  const known = await subtle.importKey('raw', theirs, curve, true, []);
  const secret = Buffer.from(await subtle.deriveBits({ name: 'ECDH', public: known }, privateKey, 256));
  const iv = randomBytes(12);
  const key = await subtle.importKey('raw', hkdf(secret, seat), 'AES-GCM', false, ['encrypt']);
  const additionalData = Buffer.from(`epoch ${epoch}`);
  const sealed = await subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, randomBytes(32));
  return toText(Buffer.concat([iv, Buffer.from(sealed)]));
}

/** One block of HKDF-SHA-256 (RFC 5869) is as long as the key. */
function hkdf(secret: Buffer, salt: string): Buffer {
  const extracted = createHmac('sha256', salt).update(secret).digest();
  return createHmac('sha256', extracted)
    .update(Buffer.concat([Buffer.from('naer call key'), Buffer.of(1)]))
    .digest();
}
