// The pipe under a participant: ICE, DTLS, SRTP and SCTP, nothing else. It knows no tracks, sections or codecs; the
// negotiation above writes its own SDP and its own RTP, so that another library can take this one's place.

/** One side of the transport as SDP tells it (RFC 8839, RFC 8842). */
export interface TransportDescription {
  readonly iceUfrag: string;
  readonly icePassword: string;
  /** e.g. `sha-256`, and the value as colon-separated hex (RFC 8122). */
  readonly fingerprint: { readonly algorithm: string; readonly value: string };
  readonly setup: 'actpass' | 'active' | 'passive';
  /** As in SDP without `a=`: `candidate:…` (RFC 8839 section 5.1). */
  readonly candidates: readonly string[];
  /** False where the description has no application section: SCTP is then not waited for. Absent means true. */
  readonly dataChannels?: boolean;
  /** Bytes of one message that this side takes (`a=max-message-size`, RFC 8841); absent means 65,536, 0 any size. */
  readonly maxMessageSize?: number;
}

/**
 * `connected`: ICE, DTLS and (where there are data channels) SCTP are through; media may flow a moment before.
 * `disconnected`: the far end said goodbye (DTLS) or SCTP gave it up; `closed` follows at once. Neither is a passing
 * hiccup: silence on the network is not told at all until ICE consent expires, and then as `failed`. After `failed` and
 * `closed` nothing follows; the owner still has to call `close()`.
 */
export type TransportState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface DataChannel {
  readonly label: string;
  /** False where the channel is not open or more than 8 MB would wait; nothing is queued then. Owners that want less look first. */
  send(bytes: Uint8Array): boolean;
  readonly bufferedBytes: number;
  readonly isOpen: boolean;
}

/** `address:port` of both ends, IPv6 in brackets, and how the far end's address was learnt (RFC 8445 section 5.1.1). */
export interface SelectedPair {
  readonly local: string;
  readonly remote: string;
  readonly remoteType: 'host' | 'srflx' | 'prflx' | 'relay';
}

/** What a transport tells its owner; none is called after `close()`. */
export interface TransportEvents {
  /** One decrypted RTP or RTCP packet (RFC 5761 muxed). The buffer is the receiver's to keep. */
  readonly onPacket: (packet: Buffer) => void;
  readonly onDataChannel: (channel: DataChannel) => void;
  /** A channel, of either side, is open now. */
  readonly onDataChannelOpen: (channel: DataChannel) => void;
  readonly onData: (channel: DataChannel, bytes: Buffer) => void;
  readonly onState: (state: TransportState) => void;
}

export interface Transport {
  readonly state: TransportState;
  /**
   * The far end offered; resolves when local candidates are gathered (host candidates: milliseconds).
   * Rejects with MediaError `invalid_argument` where the description cannot be used, `failed_precondition` on a second
   * call or a closed transport; the same holds for the two below.
   */
  acceptOffer(remote: TransportDescription): Promise<TransportDescription>;
  /** We offer; then `acceptAnswer`. Only one of the two ways, and once: there is no ICE restart. */
  createOffer(): Promise<TransportDescription>;
  acceptAnswer(remote: TransportDescription): void;
  /** Ignores what it cannot use (TCP, unresolvable mDNS) and candidates beyond the limit. */
  addRemoteCandidate(candidate: string): void;
  openDataChannel(label: string, reliability: 'reliable' | 'lossy'): DataChannel;
  /** Sends one RTP or RTCP packet in the clear (SRTP is the pipe's work). False where it was not taken. */
  send(packet: Buffer): boolean;
  /** As SCTP measured it, smoothed (the library does not tell ICE's); null before there is one. */
  readonly roundTripMs: number | null;
  /** Addresses of the selected pair, for the operator's diagnosis; null before there is one. */
  readonly selectedPair: SelectedPair | null;
  /** Once and for all; later calls do nothing. The native object is gone afterwards. */
  close(): void;
}

export interface TransportFactory {
  create(events: TransportEvents): Transport;
  /** Transports not yet closed, for the leak check and the metrics. */
  readonly openCount: number;
  /** Closes what is open and gives back the threads of the library. */
  close(): Promise<void>;
}
