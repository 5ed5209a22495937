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
}

export type TransportState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed';

export interface DataChannel {
  readonly label: string;
  /** False where the channel is not open or `bufferedBytes` is over what the owner allows; nothing is queued then. */
  send(bytes: Uint8Array): boolean;
  readonly bufferedBytes: number;
  readonly isOpen: boolean;
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
  /** The far end offered; resolves when local candidates are gathered (host candidates: milliseconds). */
  acceptOffer(remote: TransportDescription): Promise<TransportDescription>;
  /** We offer; then `acceptAnswer`. Only one of the two ways, and once: there is no ICE restart. */
  createOffer(): Promise<TransportDescription>;
  acceptAnswer(remote: TransportDescription): void;
  /** Ignores what it cannot use (TCP, unresolvable mDNS) and candidates beyond the limit. */
  addRemoteCandidate(candidate: string): void;
  openDataChannel(label: string, reliability: 'reliable' | 'lossy'): DataChannel;
  /** Sends one RTP or RTCP packet in the clear (SRTP is the pipe's work). False where it was not taken. */
  send(packet: Buffer): boolean;
  /** As ICE measured it; null before there is one. */
  readonly roundTripMs: number | null;
  /** Addresses of the selected pair, for the operator's diagnosis; null before there is one. */
  readonly selectedPair: { readonly local: string; readonly remote: string } | null;
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
