// UDP ports, taken when the server starts. The library would open them when the first client comes, and where one is in
// use by then it ends the whole process instead of refusing; a listener of its own refuses.
import { IceUdpMuxListener } from 'node-datachannel';

/** Each port has a native thread that receives for all transports on it; more would only take turns on the cores. */
const maxPorts = 8;
const ephemeral = { first: 20_000, last: 59_999, attempts: 50 };

/** The ports of one factory; each transport is put on the one that has the fewest. */
export interface UdpPorts {
  take(): number;
  give(port: number): void;
  /** Idempotent. Later factories of this process may have the ports; other processes have to wait for its end. */
  close(): void;
}

/**
 * Every port that this process ever took, free or not. They are never stopped: the library's `stop` leaves the socket
 * open and its thread calling an object that is gone.
 */
const known = new Map<
  number,
  { readonly listener: IceUdpMuxListener; readonly bound: string | null; free: boolean }
>();

/**
 * Takes `singlePort`, or up to eight free ports of the range, or a random one. Throws where none can be had, with a
 * message for the operator.
 */
export function holdUdpPorts(options: {
  readonly udpPorts: { readonly first: number; readonly last: number } | null;
  readonly singlePort: number | null;
  readonly bindAddress: string | null;
}): UdpPorts {
  const { udpPorts, singlePort, bindAddress } = options;
  const held = new Map<number, { transports: number }>();
  const hold = (port: number): void => {
    if (take(port, bindAddress)) held.set(port, { transports: 0 });
  };
  if (singlePort !== null) {
    hold(singlePort);
  } else if (udpPorts !== null) {
    for (let port = udpPorts.first; port <= udpPorts.last && held.size < maxPorts; port += 1) hold(port);
  } else {
    for (const port of known.keys()) if (held.size === 0) hold(port);
    for (let attempt = 0; attempt < ephemeral.attempts && held.size === 0; attempt += 1) {
      hold(ephemeral.first + Math.floor(Math.random() * (ephemeral.last - ephemeral.first + 1)));
    }
  }
  if (held.size === 0) {
    const wanted = singlePort ?? (udpPorts === null ? 'any' : `${udpPorts.first}-${udpPorts.last}`);
    throw new Error(
      `No UDP port for media (${wanted} on ${bindAddress ?? 'all addresses'}): in use, not allowed, or no such address.`,
    );
  }
  return {
    take() {
      let best: number | null = null;
      let fewest = Number.POSITIVE_INFINITY;
      for (const [port, { transports }] of held) {
        if (transports < fewest) [best, fewest] = [port, transports];
      }
      const chosen = best === null ? undefined : held.get(best);
      if (best === null || chosen === undefined) throw new Error('The UDP ports are given back already.');
      chosen.transports += 1;
      return best;
    },
    give(port) {
      const entry = held.get(port);
      if (entry !== undefined) entry.transports -= 1;
    },
    close() {
      for (const port of held.keys()) {
        const entry = known.get(port);
        if (entry !== undefined) entry.free = true;
      }
      held.clear();
    },
  };
}

function take(port: number, bindAddress: string | null): boolean {
  const entry = known.get(port);
  if (entry !== undefined) {
    if (!entry.free || entry.bound !== bindAddress) return false;
    entry.free = false;
    return true;
  }
  try {
    const listener = new IceUdpMuxListener(port, bindAddress ?? undefined);
    known.set(port, { listener, bound: bindAddress, free: false });
    return true;
  } catch {
    return false;
  }
}
