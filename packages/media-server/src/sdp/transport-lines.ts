import type { TransportDescription } from '../transport/transport.ts';
import { type Attribute, allOf, firstOf, refuse } from './lines.ts';

// What leads into another library's SDP: no space and no line end may be smuggled in.
const iceCharacters = (least: number) => new RegExp(`^[\\x21-\\x7e]{${least},256}$`);
const ufragPattern = iceCharacters(4);
const passwordPattern = iceCharacters(22);
/** Foundation, component and UDP, which is all that the transport speaks (RFC 8839 section 5.1). */
const candidatePattern = /^[\w+/]{1,32} \d{1,3} udp [\x20-\x7e]{1,400}$/i;
/** Machines with many interfaces list many candidates, of which the first are enough; nobody lists thousands. */
const mostCandidates = 1024;
const fingerprintPattern = /^(sha-(?:1|224|256|384|512)) ([0-9a-f]{2}(?::[0-9a-f]{2}){19,63})$/i;

/** ICE and DTLS of the carrying section, each with the session's line where the section has none (RFC 8839, RFC 8842). */
export function readTransport(
  session: readonly Attribute[],
  section: readonly Attribute[],
  maxCandidates: number,
): TransportDescription {
  const of = (name: string) => firstOf(section, name) ?? firstOf(session, name) ?? '';
  const iceUfrag = of('ice-ufrag');
  const icePassword = of('ice-pwd');
  if (!ufragPattern.test(iceUfrag) || !passwordPattern.test(icePassword)) refuse('no ICE credentials');
  const candidates = allOf(section, 'candidate');
  if (candidates.length > mostCandidates) refuse('too many candidates');
  return {
    iceUfrag,
    icePassword,
    fingerprint: readFingerprint(section) ?? readFingerprint(session) ?? refuse('no fingerprint'),
    setup: readSetup(of('setup')),
    candidates: candidates
      .filter((candidate) => candidatePattern.test(candidate))
      .slice(0, maxCandidates)
      .map((candidate) => `candidate:${candidate}`),
  };
}

function readFingerprint(attributes: readonly Attribute[]): TransportDescription['fingerprint'] | undefined {
  const fingerprints = allOf(attributes, 'fingerprint')
    .slice(0, 8)
    .map((value) => fingerprintPattern.exec(value))
    .map((match) => ({
      algorithm: (match?.[1] ?? '').toLowerCase(),
      value: (match?.[2] ?? '').toUpperCase(),
    }))
    .filter(({ algorithm }) => algorithm !== '');
  return fingerprints.find(({ algorithm }) => algorithm === 'sha-256') ?? fingerprints[0];
}

function readSetup(setup: string): TransportDescription['setup'] {
  if (setup === 'actpass' || setup === 'active' || setup === 'passive') return setup;
  // Nobody leaves it out; where it is, the far end begins (RFC 4145 section 4).
  if (setup === '') return 'active';
  return refuse('an unknown DTLS role');
}
