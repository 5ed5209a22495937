import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, type Socket } from 'node:net';

/** Peers whose X-Forwarded-For is believed: this machine (core's own proxy) and those the operator names. */
export interface TrustedPeers {
  has(address: string): boolean;
}

/** @param ranges addresses or CIDR ranges, checked when the configuration was read */
export function trustPeers(ranges: readonly string[]): TrustedPeers {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addAddress('::1', 'ipv6');
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return {
    has: (address) => {
      const family = isIP(address);
      return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
    },
  };
}

/** An IPv4 address that a dual-stack socket wraps in IPv6 is the same address (RFC 4291 section 2.5.5.2). */
export function peerAddress(socket: Pick<Socket, 'remoteAddress'>): string {
  return (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');
}

/**
 * Who is asking: the peer itself, or, where the peer is a trusted proxy, the last address of X-Forwarded-For that is
 * not one. What stands further left is the client's own word and never believed.
 */
export function clientAddress(
  request: Pick<IncomingMessage, 'headers'> & { readonly socket: Pick<Socket, 'remoteAddress'> },
  trusted: TrustedPeers,
): string {
  const peer = peerAddress(request.socket);
  const header = request.headers['x-forwarded-for'];
  if (header === undefined || !trusted.has(peer)) return peer;
  const hops = (typeof header === 'string' ? header : header.join(',')).split(',').slice(-16);
  let client = peer;
  for (const hop of hops.reverse()) {
    const address = hop.trim().replace(/^::ffff:(?=\d+\.)/i, '');
    if (isIP(address) === 0) break;
    client = address;
    if (!trusted.has(address)) break;
  }
  return client;
}

/** What limits count by: an IPv4 address, or the /64 that one IPv6 subscriber has to itself. */
export function addressKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  // A trailing dotted quad stands for two groups; it never reaches into the first four.
  const width = right.length + (right.at(-1)?.includes('.') === true ? 1 : 0);
  const middle = tail === undefined ? [] : Array<string>(Math.max(0, 8 - left.length - width)).fill('0');
  const network = [...left, ...middle, ...right].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
