import { MediaSectionsRequirement, SessionDescription as SessionDescriptionMessage } from '@livekit/protocol';
import type { ClientMessage, SessionDescription, TrackKind } from '../../protocol/client-messages.ts';
import { answerCodec, findReceivingCodec, type SectionCodec } from '../../sdp/codecs.ts';
import type { Description, Section } from '../../sdp/description.ts';
import { keepExtensions, publisherExtensions } from '../../sdp/extensions.ts';
import { type SectionPlan, writeDescription } from '../../sdp/writer.ts';
import type { Transport, TransportDescription } from '../../transport/transport.ts';
import { type Connection, type ConnectionHost, emptyPlan, planIncoming } from './connection.ts';
import { extensionIds } from './extension-ids.ts';
import type { Sink } from './sink.ts';
import { UplinkTransport } from './uplink-transport.ts';

/** How long the client may take to offer the sections it was asked for before it is asked again; then twice that, … */
const requirementTimeoutMs = 3_000;
const longestRequirementTimeoutMs = 48_000;

/** A section in which the client receives. */
interface Slot {
  readonly mid: string;
  readonly kind: TrackKind;
  sink: Sink | null;
  /** Its last track is gone, which the client has to be told in an answer before another comes into it. */
  draining: boolean;
}

/**
 * Protocol v1: one peer connection for both ways, for which the client always makes the offers. Our tracks go into
 * sections that it offers to receive in; where these do not suffice it is asked for more.
 */
export class SingleConnection implements Connection {
  readonly #host: ConnectionHost;
  readonly #link: UplinkTransport;
  readonly #slots = new Map<string, Slot>();
  readonly #pending = new Set<Sink>();
  #answers = 0;
  /** Sections asked for and not yet seen in an offer. */
  #asked = { audio: 0, video: 0 };
  #askedAtMs = 0;
  #patienceMs = requirementTimeoutMs;
  /** In the client's last offer, of all kinds. */
  #offeredSections = 0;
  #offerAwaited = false;

  constructor(host: ConnectionHost) {
    this.#host = host;
    this.#link = new UplinkTransport(host, 'both', (offer, parsed, local) =>
      this.#answer(offer, parsed, local),
    );
  }

  get downlink(): Transport | null {
    return this.#link.transport;
  }

  get uplink(): Transport | null {
    return this.#link.transport;
  }

  start(): void {}

  receive(message: Extract<ClientMessage, { kind: 'offer' | 'answer' | 'trickle' }>): void {
    if (message.kind === 'offer') this.#link.offer(message.description);
    else if (message.kind === 'trickle' && message.candidate !== null)
      this.#link.addCandidate(message.candidate);
  }

  addSink(sink: Sink): void {
    let free = 0;
    for (const slot of this.#slots.values()) if (slot.sink === null) free++;
    if (this.#offeredSections - free + this.#pending.size >= this.#host.limits.maxMediaSections) {
      this.#host.events.onSubscriptionFailed(sink.trackSid, 'limit');
      return;
    }
    this.#pending.add(sink);
    this.#ask(false);
  }

  removeSink(sink: Sink): void {
    if (this.#pending.delete(sink)) return;
    for (const slot of this.#slots.values()) {
      if (slot.sink !== sink) continue;
      slot.sink = null;
      slot.draining = true;
      this.#ask(true);
    }
  }

  /** Asks for what is missing; `anyway` where an offer is wanted whatever it holds. Nothing before the first offer. */
  #ask(anyway: boolean): void {
    if (this.#answers === 0) return;
    const missing = { audio: 0, video: 0 };
    for (const sink of this.#pending) missing[sink.source.kind]++;
    // One that is draining is free after the next answer: another in its place would stay for good.
    for (const slot of this.#slots.values()) if (slot.sink === null) missing[slot.kind]--;
    const numAudios = Math.max(0, missing.audio - this.#asked.audio);
    const numVideos = Math.max(0, missing.video - this.#asked.video);
    const needed = numAudios + numVideos > 0 || (!this.#offerAwaited && (anyway || this.#pending.size > 0));
    if (!needed) return;
    this.#asked.audio += numAudios;
    this.#asked.video += numVideos;
    this.#offerAwaited = true;
    this.#askedAtMs = this.#host.clock.mediaMs();
    const value = new MediaSectionsRequirement({ numAudios, numVideos });
    this.#host.events.send({ case: 'mediaSectionsRequirement', value });
  }

  #answer(offer: SessionDescription, parsed: Description, local: TransportDescription): void {
    const { publisher, events } = this.#host;
    publisher.applyOffer(parsed.sections, offer.midToTrackId);
    this.#offerAwaited = false;
    this.#patienceMs = requirementTimeoutMs;
    this.#offeredSections = parsed.sections.length;
    this.#takeSlots(parsed.sections);
    this.#place();
    const midToTrackId: Record<string, string> = {};
    const plans: SectionPlan[] = [];
    const bound: { readonly sink: Sink; readonly section: Section; readonly codecs: SectionCodec[] }[] = [];
    for (const section of parsed.sections) {
      const sink = this.#slots.get(section.mid)?.sink ?? null;
      if (sink === null) {
        plans.push(planIncoming(section, publisher));
        continue;
      }
      const codecs = codecsFor(sink, section);
      if (codecs.length === 0) {
        plans.push(emptyPlan(section));
        this.#giveUp(section.mid, sink);
        continue;
      }
      midToTrackId[section.mid] = sink.trackSid;
      plans.push(planOutgoing(sink, section, codecs));
      bound.push({ sink, section, codecs });
    }
    this.#answers++;
    const sdp = writeDescription({ type: 'answer', id: this.#answers, transport: local, sections: plans });
    const value = new SessionDescriptionMessage({ type: 'answer', sdp, id: offer.id, midToTrackId });
    events.send({ case: 'answer', value });
    for (const slot of this.#slots.values()) slot.draining = false;
    for (const { sink, section, codecs } of bound) {
      const isNew = !sink.isBound;
      if (sink.bind(codecs, extensionIds([section])) && isNew) this.#host.onSinkReady(sink);
    }
    this.#ask(false);
  }

  /** Brings the slots in line with the offer's sections: new ones are taken up, those not received in are given back. */
  #takeSlots(sections: readonly Section[]): void {
    const seen = new Set<string>();
    for (const section of sections) {
      if (section.kind === 'application' || section.rejected || section.direction !== 'recvonly') continue;
      seen.add(section.mid);
      if (this.#slots.has(section.mid)) continue;
      this.#slots.set(section.mid, { mid: section.mid, kind: section.kind, sink: null, draining: false });
      this.#asked[section.kind] = Math.max(0, this.#asked[section.kind] - 1);
    }
    for (const slot of [...this.#slots.values()]) {
      if (seen.has(slot.mid)) continue;
      this.#slots.delete(slot.mid);
      if (slot.sink === null) continue;
      slot.sink.unbind();
      this.#pending.add(slot.sink);
    }
  }

  #place(): void {
    for (const sink of [...this.#pending]) {
      for (const slot of this.#slots.values()) {
        if (slot.kind !== sink.source.kind || slot.sink !== null || slot.draining) continue;
        slot.sink = sink;
        this.#pending.delete(sink);
        break;
      }
    }
  }

  #giveUp(mid: string, sink: Sink): void {
    const slot = this.#slots.get(mid);
    if (slot !== undefined) slot.sink = null;
    this.#host.events.onSubscriptionFailed(sink.trackSid, 'codec');
  }

  resume(): void {
    if (this.#offerAwaited || this.#pending.size > 0) this.#askAgain();
  }

  #askAgain(): void {
    this.#offerAwaited = false;
    this.#asked = { audio: 0, video: 0 };
    this.#ask(true);
  }

  tick(nowMs: number): void {
    this.#link.tick();
    if (!this.#offerAwaited || nowMs - this.#askedAtMs < this.#patienceMs) return;
    this.#patienceMs = Math.min(longestRequirementTimeoutMs, this.#patienceMs * 2);
    this.#askAgain();
  }

  close(): void {
    this.#link.close();
    this.#slots.clear();
    this.#pending.clear();
  }
}

/** The client's payload types that can carry what the source sends, in the source's order. */
function codecsFor(sink: Sink, section: Section): SectionCodec[] {
  const codecs: SectionCodec[] = [];
  for (const published of sink.source.codecs) {
    const codec = findReceivingCodec(published, section.codecs);
    if (codec !== undefined && !codecs.includes(codec)) codecs.push(codec);
  }
  return codecs;
}

function planOutgoing(sink: Sink, section: Section, codecs: readonly SectionCodec[]): SectionPlan {
  const options = {
    stereo: sink.source.announced.stereo,
    disableDtx: sink.source.announced.disableDtx,
    rtx: true,
  };
  return {
    ...emptyPlan(section),
    direction: 'sendonly',
    codecs: codecs.map((codec) => answerCodec(sink.source.kind, codec, options)),
    // All that we know, though few are sent: Chrome lets no other section of the bundle use what one answer left out
    // (it refuses its own next offer with simulcast for want of the rid).
    extensions: keepExtensions(section.extensions, publisherExtensions),
    msid: { stream: `${sink.publisherSid}|${sink.stream}`, track: sink.trackSid },
    ssrc: sink.ssrc,
    rtxSsrc: codecs.some((codec) => codec.rtxPayloadType !== null) ? sink.rtxSsrc : null,
  };
}
