import { describe, expect, it } from 'vitest';
import { wayIn } from './network-way.ts';
import type { StatsEntry } from './room.ts';

const host = { type: 'local-candidate', id: 'own', protocol: 'udp', candidateType: 'host' };
const relay = { ...host, candidateType: 'relay' };
const pair = { type: 'candidate-pair', id: 'pair', localCandidateId: 'own' };
const taken = { ...pair, state: 'succeeded', nominated: true };

describe('the way that sound and picture go', () => {
  it.each<{ what: string; entries: StatsEntry[]; way: string | null }>([
    { what: 'UDP from an own address', entries: [host, taken], way: 'straight' },
    {
      what: 'UDP from the address that the network gives',
      entries: [{ ...host, candidateType: 'srflx' }, taken],
      way: 'straight',
    },
    { what: 'TCP', entries: [{ ...host, protocol: 'tcp' }, taken], way: 'detour' },
    { what: 'a relay', entries: [relay, taken], way: 'detour' },
    {
      // Seen in Chromium 153: connected, and the nominating check still under way.
      what: 'a relay by the pair that the transport names, before its check is answered',
      entries: [
        relay,
        { ...pair, state: 'in-progress', nominated: true },
        { type: 'transport', selectedCandidatePairId: 'pair' },
      ],
      way: 'detour',
    },
    {
      what: 'a relay by the pair that Firefox marks',
      entries: [relay, { ...pair, state: 'in-progress', selected: true }],
      way: 'detour',
    },
    {
      what: 'the pair in use, not one that merely works',
      entries: [
        host,
        taken,
        { ...relay, id: 'other' },
        { ...pair, id: 'used', localCandidateId: 'other' },
        { type: 'transport', selectedCandidatePairId: 'used' },
      ],
      way: 'detour',
    },
    {
      what: 'nothing while no pair was chosen',
      entries: [relay, { ...pair, state: 'in-progress' }],
      way: null,
    },
    { what: 'nothing of a pair without its address', entries: [taken], way: null },
    { what: 'nothing without pairs', entries: [host, { type: 'transport' }], way: null },
  ])('is told of $what', ({ entries, way }) => {
    expect(wayIn(entries)).toBe(way);
  });

  it('is the same in whichever order the browser counts', () => {
    const entries: StatsEntry[] = [
      { type: 'transport', selectedCandidatePairId: 'pair' },
      { ...pair, state: 'waiting' },
      { ...taken, id: 'old', localCandidateId: 'first' },
      { ...host, id: 'first' },
      relay,
    ];
    expect(wayIn(entries)).toBe('detour');
    expect(wayIn([...entries].reverse())).toBe('detour');
  });
});
