import type { Clock } from '../../clock.ts';
import type { Limits } from '../../limits.ts';
import type { ClientMessage } from '../../protocol/client-messages.ts';
import { answerCodec, chooseCodecs } from '../../sdp/codecs.ts';
import type { Description, Section } from '../../sdp/description.ts';
import { keepExtensions, publisherExtensions } from '../../sdp/extensions.ts';
import type { SectionPlan } from '../../sdp/writer.ts';
import type { DataChannel, Transport, TransportDescription } from '../../transport/transport.ts';
import type { MediaLinkEvents } from '../link.ts';
import type { Publisher } from './publisher.ts';
import type { Sink } from './sink.ts';

/** What a link lends to the shape of its negotiation. */
export interface ConnectionHost {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly publisher: Publisher;
  readonly events: Pick<
    MediaLinkEvents,
    'send' | 'onFullReconnectNeeded' | 'onSubscribed' | 'onSubscriptionFailed'
  >;
  /** `uplink` takes the client's media; `downlink` brings ours to it; in v1 one transport is both. */
  createTransport(role: 'uplink' | 'downlink' | 'both'): Transport;
  /** The client wishes for an ICE restart of this transport, which goes on as it is; see kept-path.ts. */
  onRestartAsked(role: 'uplink' | 'downlink' | 'both'): void;
  /** The channel is one over which data goes to the client. */
  addDataChannel(channel: DataChannel): void;
  /** Runs what an event or a promise brings; whatever it throws ends this link only. */
  guard(work: () => void): void;
  onSinkReady(sink: Sink): void;
}

/** One of the two shapes in which clients negotiate. */
export interface Connection {
  start(): void;
  receive(message: Extract<ClientMessage, { kind: 'offer' | 'answer' | 'trickle' }>): void;
  addSink(sink: Sink): void;
  removeSink(sink: Sink): void;
  resume(): void;
  tick(nowMs: number): void;
  /** The transport by which our media goes out; null before there is one. */
  readonly downlink: Transport | null;
  readonly uplink: Transport | null;
  close(): void;
}

/** What the transport has to know of the client's description. */
export function remoteTransport(parsed: Description): TransportDescription {
  const data = parsed.sections.find((section) => section.kind === 'application' && !section.rejected);
  if (data === undefined) return { ...parsed.transport, dataChannels: false };
  return { ...parsed.transport, maxMessageSize: data.maxMessageSize };
}

export function rejectedPlan(section: Pick<Section, 'mid' | 'kind'>): SectionPlan {
  return { ...emptyPlan(section), rejected: true };
}

export function emptyPlan(section: Pick<Section, 'mid' | 'kind'>): SectionPlan {
  return {
    mid: section.mid,
    kind: section.kind,
    direction: 'inactive',
    codecs: [],
    extensions: [],
    msid: null,
    ssrc: null,
    rtxSsrc: null,
    rids: [],
    rejected: false,
  };
}

/**
 * The answer to a section in which the client does not receive. One that it sends in without having announced a
 * track is taken all the same: the announcement may be on its way, and until then its packets are dropped.
 */
export function planIncoming(section: Section, publisher: Publisher): SectionPlan {
  if (section.rejected) return rejectedPlan(section);
  if (section.kind === 'application') return emptyPlan(section);
  const { kind } = section;
  const incoming = publisher.section(section.mid);
  const codecs = incoming?.codecs ?? chooseCodecs(kind, section.codecs, []);
  if (codecs.length === 0) return rejectedPlan(section);
  const sends = section.direction === 'sendonly' || section.direction === 'sendrecv';
  const options = {
    stereo: incoming?.track.stereo ?? false,
    disableDtx: incoming?.track.disableDtx ?? false,
    rtx: true,
  };
  return {
    ...emptyPlan(section),
    direction: sends ? 'recvonly' : 'inactive',
    codecs: codecs.map((codec) => answerCodec(kind, codec, options)),
    extensions: keepExtensions(section.extensions, publisherExtensions),
    rids: sends ? section.rids : [],
  };
}
