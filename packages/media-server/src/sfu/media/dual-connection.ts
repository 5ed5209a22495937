import { SessionDescription as SessionDescriptionMessage } from '@livekit/protocol';
import type { ClientMessage, SessionDescription, TrackKind } from '../../protocol/client-messages.ts';
import { type SectionCodec, sameCodec, subscriberCodec } from '../../sdp/codecs.ts';
import { type Description, parseDescription } from '../../sdp/description.ts';
import { extensionUris, type HeaderExtension } from '../../sdp/extensions.ts';
import { type SectionPlan, writeDescription } from '../../sdp/writer.ts';
import type { Transport, TransportDescription } from '../../transport/transport.ts';
import {
  type Connection,
  type ConnectionHost,
  emptyPlan,
  planIncoming,
  remoteTransport,
} from './connection.ts';
import { dataLabels } from './data-lanes.ts';
import { extensionIds } from './extension-ids.ts';
import type { Sink } from './sink.ts';
import { UplinkTransport } from './uplink-transport.ts';

/** Numbers that Chrome offers itself; ours are only ever used in our own offers. */
const audioExtensions: readonly HeaderExtension[] = [{ id: 3, uri: extensionUris.transportSequence }];
const videoExtensions: readonly HeaderExtension[] = [
  { id: 3, uri: extensionUris.transportSequence },
  { id: 4, uri: extensionUris.videoOrientation },
  { id: 8, uri: extensionUris.dependencyDescriptor },
];

/** Payload types for dynamic use (RFC 3551 section 6), then those that RTCP leaves free in a muxed stream (RFC 5761). */
const dynamicPayloadTypes = [...range(96, 127), ...range(35, 63)];

interface Slot {
  readonly mid: string;
  readonly kind: TrackKind;
  sink: Sink | null;
  /** What the section was last offered with; kept while it is inactive. */
  codecs: readonly SectionCodec[];
  used: boolean;
  /** Its last track is gone, which the client has to be told in an offer before another comes into it. */
  draining: boolean;
}

/**
 * Protocol v0: the client publishes over a connection for which it makes the offers, and subscribes over a second one,
 * for which we do. Of our offers one is outstanding at a time.
 */
export class DualConnection implements Connection {
  readonly #host: ConnectionHost;
  readonly #up: UplinkTransport;
  readonly #slots: Slot[] = [];
  readonly #pending = new Set<Sink>();
  readonly #payloadTypes: {
    readonly codec: SectionCodec;
    readonly rtx: boolean;
    readonly payloadType: number;
  }[] = [];
  #down: Transport | null = null;
  #local: TransportDescription | null = null;
  #remoteUfrag = '';
  #answers = 0;
  #offers = 0;
  #outstanding: SessionDescriptionMessage | null = null;
  #offerNeeded = false;
  #closed = false;

  constructor(host: ConnectionHost) {
    this.#host = host;
    this.#up = new UplinkTransport(host, 'uplink', (offer, parsed, local) =>
      this.#answer(offer, parsed, local),
    );
  }

  get downlink(): Transport | null {
    return this.#down;
  }

  get uplink(): Transport | null {
    return this.#up.transport;
  }

  start(): void {
    if (this.#down !== null || this.#closed) return;
    const down = this.#host.createTransport('downlink');
    this.#down = down;
    this.#host.addDataChannel(down.openDataChannel(dataLabels.reliable, 'reliable'));
    this.#host.addDataChannel(down.openDataChannel(dataLabels.lossy, 'lossy'));
    down.createOffer().then(
      (local) =>
        this.#host.guard(() => {
          if (this.#closed) return;
          this.#local = local;
          this.#offer();
        }),
      (error: unknown) =>
        this.#host.guard(() => {
          if (!this.#closed) throw error;
        }),
    );
  }

  receive(message: Extract<ClientMessage, { kind: 'offer' | 'answer' | 'trickle' }>): void {
    if (message.kind === 'trickle') {
      if (message.candidate === null) return;
      if (message.target === 'publisher') this.#up.addCandidate(message.candidate);
      else this.#down?.addRemoteCandidate(message.candidate);
    } else if (message.kind === 'offer') this.#up.offer(message.description);
    else this.#onAnswer(message.description);
  }

  /** To the client's offer of what it publishes. */
  #answer(offer: SessionDescription, parsed: Description, local: TransportDescription): void {
    const { publisher, events } = this.#host;
    publisher.applyOffer(parsed.sections, offer.midToTrackId);
    const sections = parsed.sections.map((section) => planIncoming(section, publisher));
    this.#answers++;
    const sdp = writeDescription({ type: 'answer', id: this.#answers, transport: local, sections });
    events.send({
      case: 'answer',
      value: new SessionDescriptionMessage({ type: 'answer', sdp, id: offer.id }),
    });
  }

  addSink(sink: Sink): void {
    // The first section is that of the data channels.
    if (1 + this.#slots.length + this.#pending.size >= this.#host.limits.maxMediaSections) {
      this.#host.events.onSubscriptionFailed(sink.trackSid, 'limit');
      return;
    }
    this.#pending.add(sink);
    this.#offer();
  }

  removeSink(sink: Sink): void {
    if (this.#pending.delete(sink)) return;
    for (const slot of this.#slots) {
      if (slot.sink !== sink) continue;
      slot.sink = null;
      slot.draining = true;
      this.#offer();
    }
  }

  #offer(): void {
    if (this.#local === null || this.#outstanding !== null) {
      this.#offerNeeded = true;
      return;
    }
    this.#offerNeeded = false;
    this.#place();
    this.#offers++;
    const midToTrackId: Record<string, string> = {};
    const sections: SectionPlan[] = [emptyPlan({ mid: '0', kind: 'application' })];
    for (const slot of this.#slots) {
      if (slot.sink !== null) midToTrackId[slot.mid] = slot.sink.trackSid;
      sections.push(planSlot(slot));
    }
    const transport: TransportDescription = { ...this.#local, setup: 'actpass' };
    const sdp = writeDescription({ type: 'offer', id: this.#offers, transport, sections });
    this.#outstanding = new SessionDescriptionMessage({ type: 'offer', sdp, id: this.#offers, midToTrackId });
    this.#host.events.send({ case: 'offer', value: this.#outstanding });
  }

  #place(): void {
    for (const sink of this.#pending) {
      const kind = sink.source.kind;
      let slot = this.#slots.find((each) => each.kind === kind && each.sink === null && !each.draining);
      if (slot === undefined) {
        const mid = String(this.#slots.length + 1);
        slot = { mid, kind, sink: null, codecs: [], used: false, draining: false };
        this.#slots.push(slot);
      }
      slot.sink = sink;
      slot.codecs = this.#codecsFor(sink);
    }
    this.#pending.clear();
  }

  #codecsFor(sink: Sink): SectionCodec[] {
    const { kind, codecs } = sink.source;
    return codecs.map((published) => {
      const codec = subscriberCodec(kind, published, this.#payloadType(published, false));
      return kind === 'audio' ? codec : { ...codec, rtxPayloadType: this.#payloadType(published, true) };
    });
  }

  /** The same number for the same codec in all sections, for as long as the connection lives. */
  #payloadType(codec: SectionCodec, rtx: boolean): number {
    const known = this.#payloadTypes.find((each) => each.rtx === rtx && sameCodec(each.codec, codec));
    if (known !== undefined) return known.payloadType;
    const payloadType = dynamicPayloadTypes[this.#payloadTypes.length];
    if (payloadType === undefined) throw new Error('no payload type is left');
    this.#payloadTypes.push({ codec, rtx, payloadType });
    return payloadType;
  }

  #onAnswer(answer: SessionDescription): void {
    const outstanding = this.#outstanding;
    if (outstanding === null || (answer.id !== 0 && answer.id !== outstanding.id)) return;
    const parsed = parseDescription(answer.sdp, this.#host.limits);
    if (this.#remoteUfrag === '') {
      this.#remoteUfrag = parsed.transport.iceUfrag;
      this.#down?.acceptAnswer(remoteTransport(parsed));
    } else if (parsed.transport.iceUfrag !== this.#remoteUfrag) {
      // We never ask for a restart, so this is a client that made its connection anew.
      this.#host.events.onFullReconnectNeeded();
      return;
    }
    this.#outstanding = null;
    for (const slot of this.#slots) {
      // What was let go after the offer went out still has to be offered as inactive.
      if (outstanding.midToTrackId[slot.mid] === undefined) slot.draining = false;
      else this.#bind(slot, outstanding.midToTrackId[slot.mid], parsed);
    }
    if (this.#offerNeeded || this.#pending.size > 0) this.#offer();
  }

  #bind(slot: Slot, offeredSid: string | undefined, answer: Description): void {
    slot.used = true;
    const sink = slot.sink;
    if (sink === null || sink.trackSid !== offeredSid) return;
    const section = answer.sections.find((each) => each.mid === slot.mid);
    const isNew = !sink.isBound;
    const receives = section !== undefined && !section.rejected && section.direction === 'recvonly';
    if (receives && sink.bind(section.codecs, extensionIds([section]))) {
      if (isNew) this.#host.onSinkReady(sink);
      return;
    }
    slot.sink = null;
    slot.draining = true;
    this.#offerNeeded = true;
    sink.unbind();
    this.#host.events.onSubscriptionFailed(sink.trackSid, 'codec');
  }

  resume(): void {
    if (this.#outstanding !== null) this.#host.events.send({ case: 'offer', value: this.#outstanding });
  }

  tick(): void {
    this.#up.tick();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#up.close();
    this.#down?.close();
    this.#slots.length = 0;
    this.#pending.clear();
    this.#outstanding = null;
  }
}

function planSlot(slot: Slot): SectionPlan {
  const plan = {
    ...emptyPlan(slot),
    codecs: slot.codecs,
    extensions: slot.kind === 'audio' ? audioExtensions : videoExtensions,
  };
  const { sink } = slot;
  if (sink === null) return plan;
  // In a section used before, the client cannot tell the new track by its id: the stream carries it then.
  const stream = `${sink.publisherSid}|${slot.used ? sink.trackSid : sink.stream}`;
  const rtxSsrc = slot.codecs.some((codec) => codec.rtxPayloadType !== null) ? sink.rtxSsrc : null;
  return { ...plan, direction: 'sendonly', msid: { stream, track: sink.trackSid }, ssrc: sink.ssrc, rtxSsrc };
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, place) => first + place);
}
