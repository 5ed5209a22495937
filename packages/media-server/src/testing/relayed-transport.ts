// A hop between server and client on the wire, for tests of what ICE, DTLS and SCTP make of it: a cable that is
// pulled, a router that gives the client another address. For loss and delay of media see `impaired-transport.ts`.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { hostPriority, parseCandidate, writeCandidate } from '../transport/candidates.ts';
import type { Transport, TransportDescription, TransportFactory } from '../transport/transport.ts';

export interface RelayedTransportFactory extends TransportFactory {
  /** While true, no datagram passes in either direction. */
  cut(isCut: boolean): void;
  /** From now on the server sees every client at another port, as after a router has restarted. */
  changeAddresses(): Promise<void>;
}

/** Each transport of `factory` is reached over a hop of its own on `address`, and over nothing else. */
export function relay(factory: TransportFactory, address = '127.0.0.1'): RelayedTransportFactory {
  const hops = new Set<Hop>();
  let isCut = false;
  return {
    create(events): Transport {
      const inner = factory.create(events);
      let hop: Hop | null = null;
      let closed = false;
      const leave = (): void => {
        if (hop === null) return;
        hops.delete(hop);
        hop.close();
      };
      const hidden = (remote: TransportDescription): TransportDescription => ({ ...remote, candidates: [] });
      const shown = async (local: TransportDescription): Promise<TransportDescription> => {
        const server = local.candidates.map(parseCandidate).find((candidate) => candidate !== null);
        if (server === undefined || server === null) throw new Error('The server has no candidate.');
        const opened = await Hop.open(address, server, () => isCut);
        hop = opened;
        hops.add(hop);
        if (closed) leave();
        const candidate = {
          foundation: 'r',
          priority: hostPriority(0),
          address,
          port: opened.port,
          type: 'host' as const,
        };
        return { ...local, candidates: [writeCandidate(candidate)] };
      };
      return {
        get state() {
          return inner.state;
        },
        acceptOffer: async (remote) => shown(await inner.acceptOffer(hidden(remote))),
        createOffer: async () => shown(await inner.createOffer()),
        acceptAnswer: (remote) => inner.acceptAnswer(hidden(remote)),
        addRemoteCandidate: () => {},
        openDataChannel: (label, reliability) => inner.openDataChannel(label, reliability),
        send: (packet) => inner.send(packet),
        get roundTripMs() {
          return inner.roundTripMs;
        },
        get selectedPair() {
          return inner.selectedPair;
        },
        close() {
          closed = true;
          inner.close();
          leave();
        },
      };
    },
    get openCount() {
      return factory.openCount;
    },
    async close() {
      await factory.close();
      for (const hop of hops) hop.close();
      hops.clear();
    },
    cut(wanted) {
      isCut = wanted;
    },
    async changeAddresses() {
      await Promise.all([...hops].map((hop) => hop.changeAddress()));
    },
  };
}

interface Endpoint {
  readonly address: string;
  readonly port: number;
}

class Hop {
  readonly port: number;
  readonly #server: Endpoint;
  readonly #isCut: () => boolean;
  /** What the client sends to, and what the server sees the client at. */
  readonly #towardsClient: Socket;
  #towardsServer: Socket;
  #client: RemoteInfo | null = null;
  #closed = false;

  private constructor(towardsClient: Socket, towardsServer: Socket, server: Endpoint, isCut: () => boolean) {
    this.port = towardsClient.address().port;
    this.#server = server;
    this.#isCut = isCut;
    this.#towardsClient = towardsClient;
    this.#towardsServer = towardsServer;
    towardsClient.on('message', (bytes, from) => {
      this.#client = from;
      if (this.#isCut() || this.#closed) return;
      this.#towardsServer.send(bytes, this.#server.port, this.#server.address, ignore);
    });
    this.#listenToServer();
  }

  static async open(address: string, server: Endpoint, isCut: () => boolean): Promise<Hop> {
    return new Hop(await bind(address), await bind(address), server, isCut);
  }

  async changeAddress(): Promise<void> {
    const next = await bind(this.#towardsServer.address().address);
    if (this.#closed) {
      next.close();
      return;
    }
    this.#towardsServer.close();
    this.#towardsServer = next;
    this.#listenToServer();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#towardsClient.close();
    this.#towardsServer.close();
  }

  #listenToServer(): void {
    this.#towardsServer.on('message', (bytes) => {
      if (this.#isCut() || this.#closed || this.#client === null) return;
      this.#towardsClient.send(bytes, this.#client.port, this.#client.address, ignore);
    });
  }
}

async function bind(address: string): Promise<Socket> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  return socket;
}

/** Datagrams to a port that has just been closed: the network loses them too. */
function ignore(): void {}
