// UDP ports, taken when the server starts and held until it ends. The library would open them when the first client
// comes, and where one is in use by then it ends the whole process instead of refusing.
import { IceUdpMuxListener } from 'node-datachannel';

/** Each port has a native thread that receives for all transports on it; more would only take turns on the cores. */
const maxPorts = 8;
const ephemeral = { first: 20_000, last: 59_999, attempts: 50 };

/** The ports of one factory; each transport is put on the one that has the fewest. */
export interface UdpPorts {
  readonly all: readonly number[];
  take(): number;
  give(port: number): void;
  /** Idempotent. The sockets close when the last transport on them is gone. */
  close(): void;
}

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
  const held = new Map<number, { readonly listener: IceUdpMuxListener; transports: number }>();
  const hold = (port: number): void => {
    const listener = tryListen(port, bindAddress);
    if (listener !== null) held.set(port, { listener, transports: 0 });
  };
  if (singlePort !== null) {
    hold(singlePort);
  } else if (udpPorts !== null) {
    for (let port = udpPorts.first; port <= udpPorts.last && held.size < maxPorts; port += 1) hold(port);
  } else {
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
    all: [...held.keys()],
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
      for (const { listener } of held.values()) listener.stop();
      held.clear();
    },
  };
}

function tryListen(port: number, bindAddress: string | null): IceUdpMuxListener | null {
  try {
    return new IceUdpMuxListener(port, bindAddress ?? undefined);
  } catch {
    return null;
  }
}
