import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromBase64Url, toBase64Url } from './bytes.ts';
import { type ExchangeCrypto, ExchangeRefused, HostExchange, SeatExchange } from './exchange.ts';

const seat = '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11';
const callKey = () => crypto.getRandomValues(new Uint8Array(32));

async function agree(seatId = seat) {
  const ours = await SeatExchange.begin(crypto, seatId);
  const host = await HostExchange.answer(crypto, seatId, ours.commitment);
  await host.check(await ours.accept(host.hostKey));
  return { ours, host };
}

/** Everything that is random comes from here, so that others can check their work by it. */
function fixed(pair: { d: string; x: string; y: string }, random: number): ExchangeCrypto {
  const jwk = { kty: 'EC', crv: 'P-256', ...pair };
  const subtle: SubtleCrypto = new Proxy(crypto.subtle, {
    get(target, name) {
      if (name !== 'generateKey') return Reflect.get(target, name).bind(target);
      return async () => ({
        privateKey: await target.importKey('jwk', jwk, { name: 'ECDH', namedCurve: 'P-256' }, false, [
          'deriveBits',
        ]),
        publicKey: await target.importKey(
          'jwk',
          { kty: 'EC', crv: 'P-256', x: pair.x, y: pair.y },
          { name: 'ECDH', namedCurve: 'P-256' },
          true,
          [],
        ),
      });
    },
  });
  return {
    subtle,
    getRandomValues: (array) => {
      if (array instanceof Uint8Array) array.fill(random);
      return array;
    },
  };
}

describe('the exchange of keys', () => {
  it('gives both ends the same code and the same key', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uuid(),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        async (seatId, key, epoch) => {
          const { ours, host } = await agree(seatId);
          expect(ours.code).toMatch(/^\d{3} \d{3}$/);
          expect(ours.code).toBe(host.code);
          expect(await ours.unwrap(epoch, await host.wrap(epoch, concat(key)))).toEqual(concat(key));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('shows who stands in between by codes that differ, whatever keys they bring to either side', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uuid(), async (seatId) => {
        const ours = await SeatExchange.begin(crypto, seatId);
        // Towards the host they are a seat, towards the seat they are the host; each has to be chosen before the other is known.
        const asSeat = await SeatExchange.begin(crypto, seatId);
        const host = await HostExchange.answer(crypto, seatId, asSeat.commitment);
        const asHost = await HostExchange.answer(crypto, seatId, ours.commitment);
        await host.check(await asSeat.accept(host.hostKey));
        await asHost.check(await ours.accept(asHost.hostKey));
        expect(ours.code).not.toBe(host.code);
        // What the host wraps can be read by them, but our code does not say so: that is what the code is for.
        await expect(ours.unwrap(1, await host.wrap(1, callKey()))).rejects.toThrow(ExchangeRefused);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a message that was changed on its way, or comes to other codes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('commitment', 'hostKey', 'publicKey', 'nonce', 'wrapped', 'epoch'),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (which, at, by) => {
          const twisted = (name: string, text: string) => {
            const bytes = fromBase64Url(text);
            if (name !== which || bytes === null) return text;
            const place = at % bytes.length;
            bytes[place] = (bytes[place] ?? 0) ^ by;
            return toBase64Url(bytes);
          };
          const attempt = async () => {
            const ours = await SeatExchange.begin(crypto, seat);
            const host = await HostExchange.answer(crypto, seat, twisted('commitment', ours.commitment));
            const shown = await ours.accept(twisted('hostKey', host.hostKey));
            await host.check({
              publicKey: twisted('publicKey', shown.publicKey),
              nonce: twisted('nonce', shown.nonce),
            });
            expect(ours.code).toBe(host.code);
            const wrapped = twisted('wrapped', await host.wrap(3, callKey()));
            await ours.unwrap(which === 'epoch' ? 3 + by : 3, wrapped);
          };
          await expect(attempt()).rejects.toThrow();
        },
      ),
      { numRuns: 120 },
    );
  });

  it('refuses to show a key that was not the one promised', async () => {
    const ours = await SeatExchange.begin(crypto, seat);
    const other = await SeatExchange.begin(crypto, seat);
    const host = await HostExchange.answer(crypto, seat, ours.commitment);
    await expect(host.check(await other.accept(host.hostKey))).rejects.toThrow('does not fit its commitment');
    expect(host.code).toBeNull();
    await expect(host.wrap(1, callKey())).rejects.toThrow(ExchangeRefused);
  });

  it('takes one host key for an exchange and no second one', async () => {
    const ours = await SeatExchange.begin(crypto, seat);
    const host = await HostExchange.answer(crypto, seat, ours.commitment);
    const another = await HostExchange.answer(crypto, seat, ours.commitment);
    await ours.accept(host.hostKey);
    await expect(ours.accept(another.hostKey)).rejects.toThrow('changed within one exchange');
    await expect(ours.accept(host.hostKey)).resolves.toBeDefined();
  });

  it('keeps the key of one epoch from passing for that of another', async () => {
    const { ours, host } = await agree();
    const wrapped = await host.wrap(1, callKey());
    await expect(ours.unwrap(2, wrapped)).rejects.toThrow(ExchangeRefused);
  });

  it('refuses keys that are no points, of the wrong length, or mirrored back', async () => {
    const ours = await SeatExchange.begin(crypto, seat);
    const noPoint = toBase64Url(new Uint8Array(65).fill(4));
    await expect(ours.accept(noPoint)).rejects.toThrow('no point');
    await expect((await SeatExchange.begin(crypto, seat)).accept('AAAA')).rejects.toThrow('malformed');
    const mirrored = await SeatExchange.begin(crypto, seat);
    await expect(mirrored.accept(mirrored.publicKey)).rejects.toThrow('our own');
  });

  it('comes to the same bytes as ever', async () => {
    // Two key pairs of RFC 5903, section 8.1.
    const seatCrypto = fixed(
      {
        d: 'yI8B9RDZrD9wopLaojFt5UTpqriv6EBJxiqcV4YtFDM',
        x: '2tC2U5QiHPmwUeH-yleH0Jjf5jf8kLnvlF0MN3JYEYA',
        y: 'UnGgRhzbglLWHxxFb6PlmrH0WzOsz19YOJ4Fd7iZC7M',
      },
      7,
    );
    const hostCrypto = fixed(
      {
        d: 'xu-cXXiuASoBEWSss5fOIIhoXY8Gv5vgsoOrRkdr7lM',
        x: '0S37UonI1PgSCLcCcDmMNCKWlwoLzLdMc2_HVUSUv2M',
        y: 'VvvzyjZswj6BV4VME8WNaqwj8Eatow-DU-dPMwOYcqs',
      },
      9,
    );
    const ours = await SeatExchange.begin(seatCrypto, seat);
    const host = await HostExchange.answer(hostCrypto, seat, ours.commitment);
    await host.check(await ours.accept(host.hostKey));
    // Computed with node:crypto (createECDH, hkdfSync, createCipheriv), not with what is tested here.
    expect(ours.commitment).toBe('0zNQ5p29RuNOAlOLNdkhz_N33wRBo1hx0GUMXNbs1vI');
    expect(ours.code).toBe('522 377');
    expect(host.code).toBe('522 377');
    expect(await host.wrap(1, new Uint8Array(32).fill(5))).toBe(
      'CQkJCQkJCQkJCQkJ3mLbirUSZtCAM_zPl1riUQLqFfq1Na5r41s_UPcKMxM0qc_TJwu5JTe41nHshWFO',
    );
  });
});
