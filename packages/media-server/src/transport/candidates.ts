// ICE candidates as text (RFC 8839 section 5.1): what a client sends is read strictly and written anew, because the
// library would look up names, open threads for them, and hand strange lines to a parser in C.
import { BlockList, isIP, isIPv4 } from 'node:net';

export type CandidateType = 'host' | 'srflx' | 'prflx' | 'relay';

/** A UDP candidate of component 1 with a numeric address: the only kind that is used. */
export interface Candidate {
  readonly foundation: string;
  readonly priority: number;
  readonly address: string;
  readonly port: number;
  readonly type: CandidateType;
}

const maxCandidateLength = 512;
const foundationPattern = /^[A-Za-z0-9+/]{1,32}$/;

/** Addresses to which no single host answers: checks are never sent there. */
const unusable = new BlockList();
unusable.addSubnet('0.0.0.0', 8, 'ipv4');
unusable.addSubnet('224.0.0.0', 3, 'ipv4');
unusable.addAddress('::', 'ipv6');
unusable.addSubnet('ff00::', 8, 'ipv6');

/** Reads `candidate:…`, with or without `a=`; null for TCP, mDNS names, other components and anything malformed. */
export function parseCandidate(line: string): Candidate | null {
  if (line.length > maxCandidateLength) return null;
  const text = line.trim().replace(/^a=/, '');
  if (!text.startsWith('candidate:')) return null;
  const [foundation, component, protocol, priorityText, address, portText, typ, type] = text
    .slice('candidate:'.length)
    .split(/ +/, 8);
  if (foundation === undefined || !foundationPattern.test(foundation) || component !== '1') return null;
  if (protocol?.toLowerCase() !== 'udp' || typ !== 'typ') return null;
  const priority = parseNumber(priorityText, 2 ** 32 - 1);
  const port = parseNumber(portText, 65_535);
  if (priority === null || port === null || address === undefined || !isReachable(address)) return null;
  if (type !== 'host' && type !== 'srflx' && type !== 'prflx' && type !== 'relay') return null;
  return { foundation, priority, address, port, type };
}

export function writeCandidate({ foundation, priority, address, port, type }: Candidate): string {
  return `candidate:${foundation} 1 udp ${priority} ${address} ${port} typ ${type}`;
}

/**
 * Host candidates for the addresses under which the world sees this machine, before the gathered ones: a router that
 * forwards the port changes the address and keeps the port. The gathered ones stay, for clients on the same network.
 */
export function announce(gathered: readonly Candidate[], announced: readonly string[]): readonly Candidate[] {
  const known = new Set(gathered.map(({ address, port }) => `${address} ${port}`));
  const ports = [...new Set(gathered.map(({ port }) => port))];
  const added: Candidate[] = [];
  for (const [index, address] of announced.entries()) {
    for (const port of ports) {
      if (known.has(`${address} ${port}`)) continue;
      added.push({
        foundation: `a${index + 1}`,
        priority: hostPriority(index),
        address,
        port,
        type: 'host',
      });
    }
  }
  return [...added, ...gathered];
}

/** RFC 8445 section 5.1.2.1 for component 1; the library's own host candidates have a local preference near 8,000. */
export function hostPriority(rank: number): number {
  return 126 * 2 ** 24 + (65_535 - rank) * 2 ** 8 + 255;
}

function isReachable(address: string): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  return !unusable.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');
}

function parseNumber(text: string | undefined, highest: number): number | null {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return null;
  const value = Number(text);
  return value >= 1 && value <= highest ? value : null;
}
