import { DataPacket, SignalRequest } from '@livekit/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MediaError } from '../media-error.ts';
import { scanJson, scanMessage } from './wire-scan.ts';

function isTaken(bytes: Uint8Array): boolean {
  try {
    scanMessage(bytes, SignalRequest);
    return true;
  } catch (error) {
    if (error instanceof MediaError && error.code === 'invalid_argument') return false;
    throw error;
  }
}

const subscription = (trackSids: string[]) =>
  new SignalRequest({ message: { case: 'subscription', value: { trackSids } as never } }).toBinary();

describe('the look over a message', () => {
  it('takes whatever the library writes, and only the whole of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.nat(),
        (trackSids, timestamp, cut) => {
          const ping = new SignalRequest({
            message: { case: 'pingReq', value: { timestamp, rtt: 1n } as never },
          });
          for (const bytes of [subscription(trackSids), ping.toBinary()]) {
            expect(isTaken(bytes)).toBe(true);
            expect(isTaken(bytes.subarray(0, 1 + (cut % (bytes.length - 1))))).toBe(false);
          }
        },
      ),
    );
  });

  it('counts what is nested, and takes no more than a client has reason to send', () => {
    expect(isTaken(subscription(Array<string>(9_999).fill('')))).toBe(true);
    expect(isTaken(subscription(Array<string>(10_000).fill('')))).toBe(false);
    const participantTracks = Array.from({ length: 3_000 }, () => ({
      participantSid: 'PA',
      trackSids: ['TR', 'TR', 'TR'],
    }));
    expect(
      isTaken(
        new SignalRequest({
          message: { case: 'subscription', value: { participantTracks } as never },
        }).toBinary(),
      ),
    ).toBe(false);
  });

  it('does not look into what is text or bytes', () => {
    const payload = new Uint8Array(60_000);
    expect(() =>
      scanMessage(
        new DataPacket({ value: { case: 'user', value: { payload } as never } }).toBinary(),
        DataPacket,
      ),
    ).not.toThrow();
  });

  it('takes no groups, wire types that there are not, and numbers without end', () => {
    expect(isTaken(Uint8Array.of(0xa3, 0x06, 0xa4, 0x06))).toBe(false);
    expect(isTaken(Uint8Array.of(0xa6, 0x06))).toBe(false);
    expect(isTaken(Uint8Array.of(0xa0, 0x06, ...Array<number>(11).fill(0xff)))).toBe(false);
    expect(isTaken(Uint8Array.of(0xa2, 0x06, 0xff, 0xff, 0xff, 0xff, 0x0f))).toBe(false);
    expect(isTaken(Uint8Array.of(0xa1, 0x06, 1, 2, 3))).toBe(false);
    expect(isTaken(Uint8Array.of(0xa5, 0x06, 1, 2, 3, 4))).toBe(true);
  });

  it('counts the members of JSON', () => {
    expect(() => scanJson(Buffer.from(`[${'1,'.repeat(9_000)}1]`))).not.toThrow();
    expect(() => scanJson(Buffer.from(`[${'1,'.repeat(10_000)}1]`))).toThrow(MediaError);
  });
});
