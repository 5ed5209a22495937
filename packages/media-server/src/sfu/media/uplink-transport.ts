import type { SessionDescription } from '../../protocol/client-messages.ts';
import { type Description, parseDescription } from '../../sdp/description.ts';
import type { Transport, TransportDescription } from '../../transport/transport.ts';
import { type ConnectionHost, remoteTransport } from './connection.ts';

/**
 * How much of one client's offers is looked at, a second and at a time: each keeps the thread that serves everybody. A
 * browser in a full room comes nowhere near; who offers faster has its newest answered when it is due.
 */
const offerBytesPerSecond = 2 * 1024 * 1024;
const offerBurstBytes = 1024 * 1024;

/**
 * The transport that the client offers: made with the first offer, asked for nothing new by later ones. Offers that
 * come while it gathers wait; the newest counts, since a client has one outstanding at a time.
 */
export class UplinkTransport {
  readonly #host: ConnectionHost;
  readonly #role: 'uplink' | 'both';
  readonly #onOffer: (offer: SessionDescription, parsed: Description, local: TransportDescription) => void;
  #transport: Transport | null = null;
  #local: TransportDescription | null = null;
  #remoteUfrag = '';
  #remoteFingerprint = '';
  #isRestarted = false;
  #waiting: SessionDescription | null = null;
  #earlyCandidates: string[] = [];
  #offerBytes = offerBurstBytes;
  #filledAtMs = 0;
  #closed = false;

  constructor(
    host: ConnectionHost,
    role: 'uplink' | 'both',
    onOffer: (offer: SessionDescription, parsed: Description, local: TransportDescription) => void,
  ) {
    this.#host = host;
    this.#role = role;
    this.#onOffer = onOffer;
  }

  get transport(): Transport | null {
    return this.#transport;
  }

  offer(offer: SessionDescription): void {
    if (this.#closed) return;
    if (this.#transport !== null && (this.#local === null || !this.#affords(offer.sdp.length))) {
      this.#waiting = offer;
      return;
    }
    const parsed = parseDescription(offer.sdp, this.#host.limits);
    if (this.#local !== null) {
      if (parsed.transport.iceUfrag !== this.#remoteUfrag && !this.#goOn(parsed)) return;
      this.#onOffer(offer, parsed, this.#local);
      return;
    }
    this.#remember(parsed);
    const transport = this.#host.createTransport(this.#role);
    this.#transport = transport;
    transport.acceptOffer(remoteTransport(parsed)).then(
      (local) => this.#host.guard(() => this.#ready(offer, parsed, local)),
      (error: unknown) =>
        this.#host.guard(() => {
          if (!this.#closed) throw error;
        }),
    );
  }

  #ready(offer: SessionDescription, parsed: Description, local: TransportDescription): void {
    if (this.#closed) return;
    this.#local = local;
    for (const candidate of this.#earlyCandidates.splice(0)) this.#transport?.addRemoteCandidate(candidate);
    this.#onOffer(offer, parsed, local);
    this.tick();
  }

  /** To be called often: an offer that had to wait is looked at when it may be. */
  tick(): void {
    const waiting = this.#waiting;
    if (waiting === null || this.#local === null) return;
    this.#waiting = null;
    this.offer(waiting);
  }

  /** One is taken while there is anything left, whatever its size; the next waits until that has been paid back. */
  #affords(bytes: number): boolean {
    const nowMs = this.#host.clock.mediaMs();
    const refill = ((nowMs - this.#filledAtMs) / 1000) * offerBytesPerSecond;
    this.#offerBytes = Math.min(offerBurstBytes, this.#offerBytes + refill);
    this.#filledAtMs = nowMs;
    if (this.#offerBytes <= 0) return false;
    this.#offerBytes -= bytes;
    return true;
  }

  #remember(parsed: Description): void {
    this.#remoteUfrag = parsed.transport.iceUfrag;
    this.#remoteFingerprint = parsed.transport.fingerprint.value;
  }

  /** An ICE restart: false where it comes with another certificate, which is another client as far as DTLS goes. */
  #goOn(parsed: Description): boolean {
    if (parsed.transport.fingerprint.value !== this.#remoteFingerprint) {
      this.#host.events.onFullReconnectNeeded();
      return false;
    }
    this.#remember(parsed);
    this.#isRestarted = true;
    this.#host.onRestartAsked(this.#role);
    return true;
  }

  addCandidate(candidate: string): void {
    // Candidates of a restarted session belong to names that the transport does not know.
    if (this.#isRestarted) return;
    if (this.#local !== null) this.#transport?.addRemoteCandidate(candidate);
    else if (this.#earlyCandidates.length < this.#host.limits.maxCandidates)
      this.#earlyCandidates.push(candidate);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#waiting = null;
    this.#earlyCandidates = [];
    this.#transport?.close();
  }
}
