// A bad network between server and clients, for tests: packets are lost, late or cut before they are encrypted, since
// after that a packet sent again would look like an attack to SRTP. ICE and DTLS do not suffer; for them see
// `udp-relay.ts`.
import type {
  DataChannel,
  Transport,
  TransportDescription,
  TransportEvents,
  TransportFactory,
} from '../transport/transport.ts';

/** One direction of one client's network. */
export interface PathRules {
  /** 0…1 of the packets, each by itself. Reliable data is never lost, only late. */
  readonly loss: number;
  readonly delayMs: number;
  /** Up to this much is added to the delay, evenly spread. */
  readonly jitterMs: number;
  /** Whether a late packet may be overtaken. Without it, jitter comes in bursts, as on most networks. */
  readonly reorders: boolean;
  /** What the line carries; null for all. Each transport has a line of its own. */
  readonly bitsPerSecond: number | null;
  /** What waits in front of the line at most; more is lost. */
  readonly queueBytes: number;
}

export interface ImpairmentRules {
  /** From the server to the client. */
  readonly down: PathRules;
  readonly up: PathRules;
  /** Nothing passes; reliable data waits for the end. */
  readonly cut: boolean;
}

/** What is left out stays as it is; nothing is impaired at first. */
export interface ImpairmentChange {
  readonly down?: Partial<PathRules>;
  readonly up?: Partial<PathRules>;
  readonly cut?: boolean;
}

export interface ImpairedTransportFactory extends TransportFactory {
  readonly rules: ImpairmentRules;
  /** For all transports, those that are open included. */
  change(change: ImpairmentChange): void;
  /** Packets of all transports so far. */
  readonly counts: Readonly<Record<'passed' | 'lost', number>>;
}

const goodPath: PathRules = {
  loss: 0,
  delayMs: 0,
  jitterMs: 0,
  reorders: false,
  bitsPerSecond: null,
  queueBytes: 64 * 1024,
};

/** @param seed of the random numbers: the same seed and the same packets lose the same ones. */
export function impair(
  factory: TransportFactory,
  first: ImpairmentChange = {},
  { seed = 1, isLossy = (label: string) => label.includes('lossy') } = {},
): ImpairedTransportFactory {
  const network: Network = {
    rules: { down: goodPath, up: goodPath, cut: false },
    counts: { passed: 0, lost: 0 },
    random: randomNumbers(seed),
    isLossy,
  };
  const paths = new Set<Path>();
  const change = ({ down, up, cut }: ImpairmentChange): void => {
    network.rules = {
      down: { ...network.rules.down, ...down },
      up: { ...network.rules.up, ...up },
      cut: cut ?? network.rules.cut,
    };
    for (const path of paths) path.rulesChanged();
  };
  change(first);
  return {
    create: (events) => impairTransport(factory, events, network, paths),
    get openCount() {
      return factory.openCount;
    },
    async close() {
      for (const path of paths) path.close();
      paths.clear();
      await factory.close();
    },
    get rules() {
      return network.rules;
    },
    change,
    counts: network.counts,
  };
}

interface Network {
  rules: ImpairmentRules;
  readonly counts: { passed: number; lost: number };
  readonly random: () => number;
  readonly isLossy: (label: string) => boolean;
}

/** One direction of one transport. */
class Path {
  readonly #network: Network;
  readonly #direction: 'down' | 'up';
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Reliable data during a cut. */
  #held: { readonly bytes: number; readonly deliver: () => void }[] = [];
  #waitingBytes = 0;
  /** When the line is free again, and when the last thing arrives: ms of `performance.now()`. */
  #lineFreeAt = 0;
  #lastArrival = 0;
  #closed = false;

  constructor(network: Network, direction: 'down' | 'up') {
    this.#network = network;
    this.#direction = direction;
  }

  /** Bytes on their way. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  pass(bytes: number, kind: 'packet' | 'reliable', deliver: () => void): void {
    if (this.#closed) return;
    const { cut, [this.#direction]: rules } = this.#network.rules;
    const mayBeLost = kind === 'packet';
    if (cut && !mayBeLost) {
      this.#held.push({ bytes, deliver });
      this.#waitingBytes += bytes;
      return;
    }
    if (mayBeLost && (cut || this.#network.random() < rules.loss)) {
      this.#network.counts.lost += 1;
      return;
    }
    const now = performance.now();
    let leaves = now;
    if (rules.bitsPerSecond !== null) {
      leaves = Math.max(now, this.#lineFreeAt);
      const queued = ((leaves - now) * rules.bitsPerSecond) / 8_000;
      if (mayBeLost && queued + bytes > rules.queueBytes) {
        this.#network.counts.lost += 1;
        return;
      }
      leaves += (bytes * 8_000) / rules.bitsPerSecond;
      this.#lineFreeAt = leaves;
    }
    let arrival = leaves + rules.delayMs + rules.jitterMs * this.#network.random();
    if (!rules.reorders || !mayBeLost) arrival = Math.max(arrival, this.#lastArrival);
    this.#lastArrival = Math.max(arrival, this.#lastArrival);
    this.#network.counts.passed += 1;
    if (arrival <= now && this.#timers.size === 0) {
      deliver();
      return;
    }
    this.#waitingBytes += bytes;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#waitingBytes -= bytes;
      deliver();
    }, arrival - now);
    this.#timers.add(timer);
  }

  rulesChanged(): void {
    if (this.#network.rules.cut) return;
    const held = this.#held;
    this.#held = [];
    for (const { bytes, deliver } of held) {
      this.#waitingBytes -= bytes;
      this.pass(bytes, 'reliable', deliver);
    }
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#held = [];
  }
}

function impairTransport(
  factory: TransportFactory,
  events: TransportEvents,
  network: Network,
  paths: Set<Path>,
): Transport {
  const up = new Path(network, 'up');
  const down = new Path(network, 'down');
  paths.add(up);
  paths.add(down);
  const channels = new Map<DataChannel, DataChannel>();
  const wrap = (inner: DataChannel): DataChannel => {
    let channel = channels.get(inner);
    if (channel === undefined) {
      channel = impairChannel(inner, down, network);
      channels.set(inner, channel);
    }
    return channel;
  };
  const inner = factory.create({
    ...events,
    onPacket: (packet) => up.pass(packet.length, 'packet', () => events.onPacket(packet)),
    onDataChannel: (channel) => events.onDataChannel(wrap(channel)),
    onDataChannelOpen: (channel) => events.onDataChannelOpen(wrap(channel)),
    onData: (channel, bytes) =>
      up.pass(bytes.length, kindOf(channel, network), () => events.onData(wrap(channel), bytes)),
  });
  return {
    get state() {
      return inner.state;
    },
    acceptOffer: (remote: TransportDescription) => inner.acceptOffer(remote),
    createOffer: () => inner.createOffer(),
    acceptAnswer: (remote: TransportDescription) => inner.acceptAnswer(remote),
    addRemoteCandidate: (candidate) => inner.addRemoteCandidate(candidate),
    openDataChannel: (label, reliability) => wrap(inner.openDataChannel(label, reliability)),
    send(packet) {
      // The caller may use its buffer again at once.
      const copy = Buffer.from(packet);
      down.pass(copy.length, 'packet', () => inner.send(copy));
      return inner.state === 'connected';
    },
    get roundTripMs() {
      return inner.roundTripMs;
    },
    get selectedPair() {
      return inner.selectedPair;
    },
    close() {
      for (const path of [up, down]) {
        path.close();
        paths.delete(path);
      }
      inner.close();
    },
  };
}

function impairChannel(inner: DataChannel, down: Path, network: Network): DataChannel {
  return {
    label: inner.label,
    get isOpen() {
      return inner.isOpen;
    },
    get bufferedBytes() {
      return inner.bufferedBytes + down.waitingBytes;
    },
    send(bytes) {
      if (!inner.isOpen) return false;
      const copy = Buffer.from(bytes);
      down.pass(copy.length, kindOf(inner, network), () => inner.send(copy));
      return true;
    },
  };
}

function kindOf(channel: DataChannel, network: Network): 'packet' | 'reliable' {
  return network.isLossy(channel.label) ? 'packet' : 'reliable';
}

/** Mulberry32: small, and good enough to lose packets by. Numbers in 0…1. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
