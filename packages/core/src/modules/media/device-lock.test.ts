import { describe, expect, it } from 'vitest';
import { assertHolds, assertMayOpen, hashDevice, unseenMs } from './device-lock.ts';
import { afterglowMs, type LinkRow } from './link-store.ts';

const now = new Date('2026-11-24T14:00:00Z');
const before = (ms: number) => new Date(now.getTime() - ms);
const [mine, theirs] = [hashDevice('mine'), hashDevice('theirs')];
const link: LinkRow = {
  id: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
  seatId: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b12',
  singleUse: false,
  expiresAt: new Date('2026-11-24T18:00:00Z'),
  revokedAt: null,
  deviceHash: theirs,
  deviceSeenAt: before(1_000),
  pinHash: null,
  wrongPins: 0,
};
const waiting = { state: 'waiting' } as const;
const inUse = expect.objectContaining({ code: 'link_in_use' });
const notValid = expect.objectContaining({ code: 'link_not_valid' });

describe('a link and the device that has it', () => {
  it('goes to the first browser that opens it, and opens there again', () => {
    expect(assertMayOpen({ ...link, deviceHash: null }, waiting, mine, false, now)).toBe('first');
    expect(assertMayOpen(link, waiting, theirs, false, now)).toBe('same');
  });

  it('is kept from a second stranger while the first waits or is in', () => {
    for (const state of ['waiting', 'admitted'] as const)
      for (const takeOver of [false, true])
        expect(() => assertMayOpen(link, { state }, mine, takeOver, now)).toThrow(inUse);
  });

  it('is taken over by who says so, once the first has been silent for longer than a page is', () => {
    const silent = { ...link, deviceSeenAt: before(unseenMs + 1) };
    expect(assertMayOpen(silent, waiting, mine, true, now)).toBe('over');
    expect(() => assertMayOpen(silent, waiting, mine, false, now)).toThrow(inUse);
    const justSeen = { ...link, deviceSeenAt: before(unseenMs) };
    expect(() => assertMayOpen(justSeen, waiting, mine, true, now)).toThrow(inUse);
  });

  it('goes to another device as long as nobody waits with it', () => {
    for (const state of ['invited', 'left'] as const)
      expect(assertMayOpen(link, { state }, mine, false, now)).toBe('over');
  });

  it('of a worker stays with the browser that opened it, for good', () => {
    const silent = { ...link, singleUse: true, deviceSeenAt: before(10 * unseenMs) };
    for (const state of ['invited', 'admitted', 'left'] as const)
      expect(() => assertMayOpen(silent, { state }, mine, true, now)).toThrow(inUse);
  });

  it('holds until it expires, is revoked, or the call is over for half an hour', () => {
    const on = { endedAt: null };
    expect(() => assertHolds(link, on, now)).not.toThrow();
    expect(() => assertHolds(link, { endedAt: before(afterglowMs - 1) }, now)).not.toThrow();
    expect(() => assertHolds(null, on, now)).toThrow(notValid);
    expect(() => assertHolds({ ...link, revokedAt: before(1) }, on, now)).toThrow(notValid);
    expect(() => assertHolds({ ...link, expiresAt: now }, on, now)).toThrow(notValid);
    expect(() => assertHolds(link, { endedAt: before(afterglowMs) }, now)).toThrow(notValid);
  });
});
