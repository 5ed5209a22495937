import { isIP } from 'node:net';
import { Audio, type DataChannel as NativeDataChannel, PeerConnection, type Track } from 'node-datachannel';
import type { Log } from '../log.ts';
import { MediaError } from '../media-error.ts';
import { announce, type Candidate, hostPriority, parseCandidate, writeCandidate } from './candidates.ts';
import {
  audioMid,
  candidateMid,
  defaultMaxMessageSize,
  readLocalSdp,
  writeRemoteSdp,
} from './library-sdp.ts';
import { NativeChannel } from './native-data-channel.ts';
import { keepNative, leaveLibrary, releaseNative, useLibrary } from './native-handles.ts';
import type {
  DataChannel,
  SelectedPair,
  Transport,
  TransportDescription,
  TransportEvents,
  TransportFactory,
  TransportState,
} from './transport.ts';
import { holdUdpPorts, type UdpPorts } from './udp-ports.ts';

/** What we announce as `a=max-message-size`: 64 KB of data with room for its envelope and encryption. */
export const maxMessageBytes = 128 * 1024;

/** The library keeps 30 candidates of the far end in all, and needs places for those that it finds by itself. */
const maxUsedCandidates = 16;
const maxRemoteChannels = 16;
const spareChannel = { negotiated: true, id: 1_022 };
const maxLabelLength = 256;
/** Shorter is neither RTP nor RTCP (RFC 3550 sections 5.1 and 6.4), longer fits no datagram. */
const packetBytes = { shortest: 8, longest: 65_000 };
const rtpVersion = 2;

export interface TransportFactoryOptions {
  /** Media goes over ports of this range; the first eight that are free are used, by all clients together. */
  readonly udpPorts: { readonly first: number; readonly last: number } | null;
  /** Media goes over this port alone. Both null: a free port is taken. */
  readonly singlePort: number | null;
  /** An address of this machine; null listens on all, IPv4 and IPv6. */
  readonly bindAddress: string | null;
  /** IPv4 and IPv6 addresses under which clients reach this machine, where a router changes them. */
  readonly announcedAddresses: readonly string[];
  /** Remote candidates looked at per transport. */
  readonly maxCandidates: number;
  readonly log: Pick<Log, 'error'>;
}

/**
 * Transports over node-datachannel (libdatachannel 0.24, libjuice 1.7, libsrtp, usrsctp), used as a pipe only.
 *
 * All UDP ports are taken here and stay with the process (see `holdUdpPorts`); throws an Error for the operator where that fails or a setting
 * makes no sense. Without a network only loopback is offered.
 *
 * What the library does and does not, read from its source and tried (see also docs/decisions/0020):
 * - Gathers one host candidate per address of the machine except loopback, link-local and `docker0`; with a bind
 *   address that one alone, loopback too.
 * - Answers 400 to checks with the tie-breaker 0, which Chromium sends through a relay that it reaches by TCP or TLS (libjuice
 *   issue 355): those clients do not get through.
 * - No ICE restart, no ICE-TCP. A client that changes its address is heard from the new one, but answered at the old
 *   one until consent expires.
 * - The far end vanishes: 30 s without an answer (RFC 7675), then `failed`; `disconnected` does not come before. Where
 *   reliable data waits to be acknowledged, SCTP gives up after about 13 s, and the transport with it.
 * - Nobody answers from the start: `failed` after 39.5 s (RFC 8863); limits above should be shorter.
 * - RTP is not paced or queued: what the socket does not take at once, or what exceeds the path's MTU (never
 *   fragmented), is dropped and `send` is false. SCTP and DTLS keep to datagrams of 1,280 bytes.
 */
export function createTransportFactory(options: TransportFactoryOptions): TransportFactory {
  const unreachable = options.announcedAddresses.find(
    (address) => isIP(address) === 0 || !isSameFamily(address, options.bindAddress),
  );
  if (unreachable !== undefined) {
    throw new Error(
      `${unreachable} cannot be announced for media: no IP address, or not of the bind address' family.`,
    );
  }
  const ports = holdUdpPorts(options);
  useLibrary();
  const open = new Set<LibraryTransport>();
  let closed = false;
  return {
    create(events) {
      if (closed) throw new MediaError('unavailable', 'The media server is closing.');
      const transport = LibraryTransport.create({
        events,
        ports,
        options,
        onClose: () => open.delete(transport),
      });
      open.add(transport);
      return transport;
    },
    get openCount() {
      return open.size;
    },
    async close() {
      if (closed) return;
      closed = true;
      for (const transport of [...open]) transport.close();
      ports.close();
      leaveLibrary();
    },
  };
}

/** Where a transport is on its one way through negotiation; see `Transport`. */
type Phase = 'new' | 'offered' | 'negotiated' | 'closed';

class LibraryTransport implements Transport {
  readonly #events: TransportEvents;
  readonly #options: TransportFactoryOptions;
  readonly #ports: UdpPorts;
  readonly #port: number;
  readonly #onClose: () => void;
  readonly #peer: PeerConnection;
  readonly #track: Track;
  readonly #channels = new Set<NativeChannel>();
  /** Those whose native object has not said that it is closed, also of channels that nobody is told of. */
  readonly #nativeChannels = new Set<NativeChannel>();
  /** Looked at, used (by address and port), and those that came before the answer they belong to. */
  #candidatesSeen = 0;
  readonly #candidatesUsed = new Set<string>();
  #candidatesWaiting: Candidate[] = [];
  #remoteMaxMessageSize = defaultMaxMessageSize;
  #phase: Phase = 'new';
  #state: TransportState = 'new';
  /** The library says `connected` and opens the track in no fixed order; owners hear of it once both are true. */
  #libraryConnected = false;
  #trackOpen = false;

  private constructor({ events, ports, options, onClose }: Dependencies) {
    this.#events = events;
    this.#options = options;
    this.#ports = ports;
    this.#onClose = onClose;
    this.#port = ports.take();
    this.#peer = new PeerConnection('', {
      iceServers: [],
      ...(options.bindAddress === null ? {} : { bindAddress: options.bindAddress }),
      enableIceUdpMux: true,
      portRangeBegin: this.#port,
      portRangeEnd: this.#port,
      disableAutoNegotiation: true,
      forceMediaTransport: true,
      maxMessageSize: maxMessageBytes,
    });
    const audio = new Audio(audioMid, 'SendRecv');
    audio.addOpusCodec(111);
    this.#track = this.#peer.addTrack(audio);
  }

  static create(dependencies: Dependencies): LibraryTransport {
    const transport = new LibraryTransport(dependencies);
    transport.#listen();
    return transport;
  }

  get state(): TransportState {
    return this.#state;
  }

  async acceptOffer(remote: TransportDescription): Promise<TransportDescription> {
    this.#expectPhase('new');
    this.#setRemote(remote, 'offer');
    const local = this.#setLocal('answer');
    for (const line of remote.candidates) this.addRemoteCandidate(line);
    return local;
  }

  async createOffer(): Promise<TransportDescription> {
    this.#expectPhase('new');
    // The library offers data channels only where there is one; nobody is told of this one, nor meets its number.
    if (this.#channels.size === 0) this.#hear(this.#wrap(this.#peer.createDataChannel('', spareChannel)));
    this.#phase = 'offered';
    return this.#setLocal('offer');
  }

  /**
   * The library starts ICE a moment before it knows the fingerprint: an answerer that is connected within that moment
   * (loopback, starved processor) fails the handshake. The other way round there is no such moment.
   */
  acceptAnswer(remote: TransportDescription): void {
    this.#expectPhase('offered');
    this.#setRemote(remote, 'answer');
    const waiting = this.#candidatesWaiting;
    this.#candidatesWaiting = [];
    for (const candidate of waiting) this.#useCandidate(candidate);
    for (const line of remote.candidates) this.addRemoteCandidate(line);
  }

  addRemoteCandidate(line: string): void {
    if (this.#phase === 'closed' || this.#candidatesSeen >= this.#options.maxCandidates) return;
    this.#candidatesSeen += 1;
    const candidate = parseCandidate(line);
    if (candidate === null) return;
    const key = `${candidate.address} ${candidate.port}`;
    if (this.#candidatesUsed.size >= maxUsedCandidates || this.#candidatesUsed.has(key)) return;
    this.#candidatesUsed.add(key);
    if (this.#phase === 'negotiated') this.#useCandidate(candidate);
    else this.#candidatesWaiting.push(candidate);
  }

  openDataChannel(label: string, reliability: 'reliable' | 'lossy'): DataChannel {
    if (this.#phase === 'closed') throw new MediaError('failed_precondition', 'The transport is closed.');
    const options = reliability === 'lossy' ? { unordered: true, maxRetransmits: 0 } : {};
    const channel = this.#wrap(this.#peer.createDataChannel(label, options));
    this.#channels.add(channel);
    this.#hear(channel);
    return channel;
  }

  send(packet: Buffer): boolean {
    if (!this.#trackOpen) return false;
    if (packet.length < packetBytes.shortest || packet.length > packetBytes.longest) return false;
    if (packet.readUInt8(0) >> 6 !== rtpVersion) return false;
    try {
      return this.#track.sendMessageBinary(packet);
    } catch {
      // The library ended the connection a moment ago, or SRTP refuses what is no RTP.
      return false;
    }
  }

  get roundTripMs(): number | null {
    if (this.#phase === 'closed') return null;
    const measured = this.#peer.rtt();
    return measured < 0 ? null : measured;
  }

  get selectedPair(): SelectedPair | null {
    if (this.#phase === 'closed') return null;
    const pair = this.#peer.getSelectedCandidatePair();
    if (pair === null) return null;
    const { type } = pair.remote;
    return {
      local: joinAddress(pair.local),
      remote: joinAddress(pair.remote),
      remoteType: type === 'host' || type === 'srflx' || type === 'relay' ? type : 'prflx',
    };
  }

  close(): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#state = 'closed';
    this.#trackOpen = false;
    this.#channels.clear();
    this.#candidatesWaiting = [];
    // Where the far end was never there, the peer's end does not end them, and they would stay for good. Where it was, it does;
    // and one that is closed by us while a thread of the library ends it says nothing, and stays just as well.
    for (const channel of this.#nativeChannels) {
      if (!this.#libraryConnected) channel.close();
      channel.stop();
    }
    // It ends the track as well. Closed by us it would forget its callback at once, and the library never frees what it has
    // received but not told yet: a few packets of everybody who leaves.
    this.#peer.close();
    this.#ports.give(this.#port);
    this.#onClose();
  }

  #listen(): void {
    const peer = this.#peer;
    keepNative(peer);
    peer.onStateChange((state) => {
      if (state === 'closed') releaseNative(peer);
      this.#changeState(state);
    });
    peer.onDataChannel((native) => {
      const channel = this.#wrap(native);
      const isWelcome =
        this.#phase !== 'closed' &&
        this.#channels.size < maxRemoteChannels &&
        channel.label.length <= maxLabelLength;
      if (isWelcome) {
        this.#channels.add(channel);
        this.#guard(() => this.#events.onDataChannel(channel));
      }
      this.#hear(channel, { wasOpen: true });
      // The peer's end, where it is under way, ends it as well; see `close`.
      if (this.#phase === 'closed') channel.stop();
      else if (!isWelcome) channel.close();
    });
    const track = this.#track;
    keepNative(track);
    track.onOpen(() => {
      if (this.#phase === 'closed') return;
      this.#trackOpen = true;
      if (this.#libraryConnected) this.#changeState('connected');
    });
    track.onClosed(() => {
      this.#trackOpen = false;
      releaseNative(track);
      // Whatever came before is told by then; only this lets go of the callback, which holds this transport.
      setImmediate(() => track.close());
    });
    track.onMessage((packet) => {
      if (this.#phase === 'closed') return;
      // Written out instead of `#guard`: this runs for every packet.
      try {
        this.#events.onPacket(packet);
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #hear(channel: NativeChannel, { wasOpen } = { wasOpen: false }): void {
    channel.listen(
      {
        onOpen: () => {
          if (this.#channels.has(channel)) this.#guard(() => this.#events.onDataChannelOpen(channel));
        },
        onMessage: (_, bytes) => {
          if (this.#channels.has(channel)) this.#guard(() => this.#events.onData(channel, bytes));
        },
        onClosed: () => {
          this.#channels.delete(channel);
          this.#nativeChannels.delete(channel);
        },
      },
      wasOpen,
    );
  }

  #wrap(native: NativeDataChannel): NativeChannel {
    const channel = NativeChannel.wrap(native, () => this.#remoteMaxMessageSize);
    this.#nativeChannels.add(channel);
    return channel;
  }

  #setRemote(remote: TransportDescription, type: 'offer' | 'answer'): void {
    const sdp = writeRemoteSdp(remote, type);
    try {
      this.#peer.setRemoteDescription(sdp, type);
    } catch {
      throw new MediaError('invalid_argument', `The transport of the ${type} cannot be used.`);
    }
    const { maxMessageSize = defaultMaxMessageSize } = remote;
    this.#remoteMaxMessageSize = maxMessageSize === 0 ? Number.POSITIVE_INFINITY : maxMessageSize;
    this.#phase = 'negotiated';
  }

  /** Host candidates are there as soon as the library returns: it asks no server about them. */
  #setLocal(type: 'offer' | 'answer'): TransportDescription {
    this.#peer.setLocalDescription(type);
    const sdp = this.#peer.localDescription()?.sdp;
    if (sdp === undefined) throw new MediaError('unavailable', 'The transport could not be started.');
    const local = readLocalSdp(sdp);
    const gathered = local.candidates.length > 0 ? local.candidates : [loopback(this.#port)];
    return {
      ...local,
      candidates: announce(gathered, this.#options.announcedAddresses).map(writeCandidate),
      maxMessageSize: maxMessageBytes,
    };
  }

  #useCandidate(candidate: Candidate): void {
    try {
      this.#peer.addRemoteCandidate(`a=${writeCandidate(candidate)}`, candidateMid);
    } catch {
      // One of many ways to the far end, and the library has no place for it or has ended.
    }
  }

  #changeState(state: string): void {
    if (this.#phase === 'closed' || this.#state === 'failed' || state === this.#state) return;
    if (state === 'connected') this.#libraryConnected = true;
    if (state === 'connected' && !this.#trackOpen) return;
    switch (state) {
      case 'connecting':
      case 'connected':
      case 'disconnected':
      case 'failed':
      case 'closed':
        this.#state = state;
        this.#guard(() => this.#events.onState(state));
        return;
      default:
    }
  }

  #expectPhase(phase: Phase): void {
    if (this.#phase === phase) return;
    throw new MediaError(
      'failed_precondition',
      `The transport is ${this.#phase}, this description comes out of turn.`,
    );
  }

  #guard(tell: () => void): void {
    if (this.#phase === 'closed') return;
    try {
      tell();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A fault of ours while it handled what one client sent: it costs this client its connection and nobody else's. */
  #fail(error: unknown): void {
    this.#options.log.error({ err: error }, 'A transport ends: what it received was not handled.');
    if (this.#phase === 'closed' || this.#state === 'failed') return;
    this.#state = 'failed';
    try {
      this.#events.onState('failed');
    } catch (second) {
      this.#options.log.error({ err: second }, 'The end of a transport was not handled.');
    }
    this.close();
  }
}

interface Dependencies {
  readonly events: TransportEvents;
  readonly ports: UdpPorts;
  readonly options: TransportFactoryOptions;
  readonly onClose: () => void;
}

/** The candidate of a machine without a network. */
function loopback(port: number): Candidate {
  return { foundation: 'l', priority: hostPriority(0), address: '127.0.0.1', port, type: 'host' };
}

function isSameFamily(address: string, bindAddress: string | null): boolean {
  // `::` listens for both.
  return bindAddress === null || bindAddress === '::' || isIP(address) === isIP(bindAddress);
}

function joinAddress({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
