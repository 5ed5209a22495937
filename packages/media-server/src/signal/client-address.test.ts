import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultLimits } from '../limits.ts';
import { AddressGate } from './address-gate.ts';
import { addressKey, clientAddress, trustPeers } from './client-address.ts';
import { TokenBucket } from './token-bucket.ts';

const from = (peer: string, forwarded?: string) => ({
  socket: { remoteAddress: peer },
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
});

describe('the address of a client', () => {
  const trusted = trustPeers(['10.0.0.0/24', '2001:db8:1::/48']);

  it('is the peer, whatever a peer that is not trusted claims', () => {
    expect(clientAddress(from('203.0.113.7', '127.0.0.1'), trusted)).toBe('203.0.113.7');
    expect(clientAddress(from('::ffff:203.0.113.7'), trusted)).toBe('203.0.113.7');
  });

  it('is the last that a trusted proxy heard from, not what the client wrote before it', () => {
    expect(clientAddress(from('127.0.0.1', '1.2.3.4, 203.0.113.7'), trusted)).toBe('203.0.113.7');
    expect(clientAddress(from('::1', '203.0.113.7, 10.0.0.9'), trusted)).toBe('203.0.113.7');
    expect(clientAddress(from('2001:db8:1::5', '2001:db8:2::9'), trusted)).toBe('2001:db8:2::9');
  });

  it('is the proxy where it says nothing usable', () => {
    expect(clientAddress(from('127.0.0.1'), trusted)).toBe('127.0.0.1');
    expect(clientAddress(from('127.0.0.1', 'unknown'), trusted)).toBe('127.0.0.1');
  });

  it('counts as one with all others of its IPv6 /64', () => {
    expect(addressKey('2001:db8:0:1::1')).toBe(addressKey('2001:0db8:0:0001:ffff:1:2:3'));
    expect(addressKey('2001:db8:0:1::1')).not.toBe(addressKey('2001:db8:0:2::1'));
    expect(addressKey('::1')).toBe('0:0:0:0::/64');
    expect(addressKey('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
    expect(addressKey('203.0.113.7')).toBe('203.0.113.7');
  });

  it('has the same key however it is written', () => {
    const group = fc.integer({ min: 0, max: 0xffff });
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const long = groups.map((value) => value.toString(16).padStart(4, '0')).join(':');
        const short = new URL(`http://[${long}]`).hostname.slice(1, -1);
        expect(addressKey(short)).toBe(addressKey(long));
      }),
    );
  });
});

describe('a token bucket', () => {
  it('never gives more than its burst and what the time has refilled', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 5 })), {
          maxLength: 100,
        }),
        (steps) => {
          const bucket = new TokenBucket(10, 20, 0);
          let [now, given] = [0, 0];
          for (const [pause, cost] of steps) {
            now += pause;
            if (bucket.take(now, cost)) given += cost;
            expect(given).toBeLessThanOrEqual(20 + now / 100 + 1e-6);
          }
        },
      ),
    );
  });
});

describe('the gate of addresses', () => {
  it('forgets who is quiet, and nobody who has a socket or has just come', () => {
    const gate = new AddressGate({ ...defaultLimits, joinsPerSecondPerAddress: 2 });
    gate.attempt('a', 0);
    const release = gate.hold('b', 0);
    gate.forgetQuiet(100);
    expect(gate.size).toBe(2);
    gate.forgetQuiet(1000);
    expect(gate.size).toBe(1);
    release();
    release();
    gate.forgetQuiet(1000);
    expect(gate.size).toBe(0);
  });
});
