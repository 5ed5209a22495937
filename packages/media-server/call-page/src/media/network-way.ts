import type { StatsEntry } from './room.ts';

/** How sound and picture go: straight by UDP, or by a detour over TCP or a relay. */
export type Way = 'straight' | 'detour';

/**
 * The way of the pair of addresses in use, from what the browser counts of one connection (W3C webrtc-stats); null where it does
 * not say yet. A connection names its pair before the check that nominates it is answered, so the state of the pair is not
 * asked where the browser says which one it uses: Firefox by the pair's own `selected`, the others by the transport.
 */
export function wayIn(entries: readonly StatsEntry[]): Way | null {
  const named = new Set(
    entries.flatMap(({ type, selectedCandidatePairId }) =>
      type === 'transport' ? [selectedCandidatePairId] : [],
    ),
  );
  const pairs = entries.filter(({ type }) => type === 'candidate-pair');
  const pair =
    pairs.find(({ id, selected }) => selected === true || named.has(id)) ??
    pairs.find(({ state, nominated }) => state === 'succeeded' && nominated === true);
  const own = entries.find(({ id }) => pair !== undefined && id === pair.localCandidateId);
  if (own === undefined) return null;
  return own.protocol === 'udp' && own.candidateType !== 'relay' ? 'straight' : 'detour';
}
