// The wire's SignalRequest into ClientMessage, every case and every field of it, bounded before anything uses it.
import {
  AudioTrackFeature,
  CandidateProtocol,
  DisconnectReason,
  SignalRequest,
  SignalTarget,
  type SimulateScenario,
  type SubscriptionPermission,
  type SyncState,
  type TrickleRequest,
  type UpdateParticipantMetadata,
  type UpdateSubscription,
  type UpdateTrackSettings,
  type SessionDescription as WireDescription,
} from '@livekit/protocol';
import type { Limits } from '../limits.ts';
import {
  boundedList,
  boundedNumber,
  boundedRecord,
  boundedText,
  decode,
  maxListLength,
  refuse,
} from './bounds.ts';
import type {
  ClientMessage,
  SessionDescription,
  SimulatedScenario,
  TrackPermission,
  VideoQuality,
} from './client-messages.ts';
import { parseTrackRequest } from './track-request.ts';
import { scanJson, scanMessage } from './wire-scan.ts';

/** The part of Limits that messages are held against. */
export type MessageLimits = Pick<
  Limits,
  | 'maxSignalBytes'
  | 'maxSdpBytes'
  | 'maxMediaSections'
  | 'maxMetadataBytes'
  | 'maxAttributesBytes'
  | 'maxNameLength'
  | 'maxTracksPerParticipant'
  | 'maxSubscriptionsPerParticipant'
>;

const maxCandidateLength = 2048;
/** Pixels of one side and frames a second that a page may claim to show. */
const maxDimension = 65_535;
const maxFps = 1000;

/**
 * One frame of the signalling socket: protobuf in binary frames, its JSON mapping in text frames. Throws MediaError
 * `invalid_argument` for whatever is malformed or over a limit; cases that are known and not served are `unsupported`.
 */
export function parseClientMessage(data: Buffer, isBinary: boolean, limits: MessageLimits): ClientMessage {
  if (data.byteLength > limits.maxSignalBytes) refuse('message is too large');
  if (isBinary) scanMessage(data, SignalRequest);
  else scanJson(data);
  const { message } = decode('message', () =>
    SignalRequest.fromBinary(isBinary ? data : transcode(data), { readUnknownFields: false }),
  );
  switch (message.case) {
    case 'offer':
    case 'answer':
      return {
        kind: message.case,
        description: parseSessionDescription(message.value, message.case, limits),
      };
    case 'trickle':
      return parseTrickle(message.value);
    case 'addTrack': {
      const request = parseTrackRequest(message.value, limits);
      return request === null ? unsupported('addTrack') : { kind: 'addTrack', request };
    }
    case 'mute':
      return { kind: 'mute', trackSid: sid(message.value.sid, limits), muted: message.value.muted };
    case 'subscription':
      return { kind: 'subscription', ...parseSubscription(message.value, limits) };
    case 'trackSetting':
      return parseTrackSetting(message.value, limits);
    case 'leave':
      return { kind: 'leave', reason: knownReason(message.value.reason) };
    case 'subscriptionPermission':
      return parseSubscriptionPermission(message.value, limits);
    case 'syncState':
      return parseSyncState(message.value, limits);
    case 'simulate':
      return parseSimulate(message.value);
    case 'ping':
      return { kind: 'ping', timestamp: message.value };
    case 'pingReq':
      return { kind: 'pingReq', timestamp: message.value.timestamp, rtt: message.value.rtt };
    case 'updateMetadata':
      return parseUpdateMetadata(message.value, limits);
    case 'updateAudioTrack': {
      const { trackSid, features } = message.value;
      boundedList(features, maxListLength, 'features');
      return {
        kind: 'updateAudioTrack',
        trackSid: sid(trackSid, limits),
        features: [...new Set(features.filter((feature) => AudioTrackFeature[feature] !== undefined))],
      };
    }
    case 'updateVideoTrack':
      return {
        kind: 'updateVideoTrack',
        trackSid: sid(message.value.trackSid, limits),
        width: boundedNumber(message.value.width, maxDimension, 'width'),
        height: boundedNumber(message.value.height, maxDimension, 'height'),
      };
    case 'updateLayers':
    case 'publishDataTrackRequest':
    case 'unpublishDataTrackRequest':
    case 'updateDataSubscription':
      return unsupported(message.case);
    case 'storeDataBlobRequest':
    case 'getDataBlobRequest':
      return unsupported(message.case, message.value.requestId);
    case undefined:
      // A newer client may say what this version has no name for; LiveKit passes it over too.
      return unsupported('');
    default:
      return message satisfies never;
  }
}

/**
 * JSON into binary. The library reads `{"offer": null}` as an offer without value, against its own types; the way
 * through binary refuses that, and leaves one reading for both encodings.
 */
function transcode(json: Buffer): Uint8Array {
  return SignalRequest.fromJsonString(json.toString('utf8'), { ignoreUnknownFields: true }).toBinary();
}

function unsupported(name: string, requestId = 0): ClientMessage {
  return { kind: 'unsupported', case: name, requestId };
}

function sid(value: string, limits: MessageLimits): string {
  return boundedText(value, limits.maxNameLength, 'sid');
}

function sids(values: readonly string[], limits: MessageLimits): string[] {
  boundedList(values, maxListLength, 'sids');
  return [...new Set(values.map((value) => sid(value, limits)))];
}

/** `expected` is the case of the message: `type` inside has to agree where the client fills it in. */
export function parseSessionDescription(
  wire: WireDescription,
  expected: 'offer' | 'answer',
  limits: MessageLimits,
): SessionDescription {
  if (wire.type !== expected && wire.type !== '') refuse(`description is not an ${expected}`);
  if (Buffer.byteLength(wire.sdp) > limits.maxSdpBytes) refuse('session description: too large');
  const mids = Object.entries(wire.midToTrackId);
  boundedList(mids, limits.maxMediaSections, 'midToTrackId');
  for (const [mid, cid] of mids) {
    boundedText(mid, limits.maxNameLength, 'mid');
    boundedText(cid, limits.maxNameLength, 'cid');
  }
  return { type: expected, sdp: wire.sdp, id: wire.id, midToTrackId: Object.fromEntries(mids) };
}

/** `candidateInit` is the JSON of a browser's RTCIceCandidateInit. */
function parseTrickle(wire: TrickleRequest): ClientMessage {
  const target =
    wire.target === SignalTarget.PUBLISHER
      ? 'publisher'
      : wire.target === SignalTarget.SUBSCRIBER
        ? 'subscriber'
        : refuse('unknown target of a candidate');
  boundedText(wire.candidateInit, maxCandidateLength, 'candidate');
  if (wire.candidateInit === '') return { kind: 'trickle', target, candidate: null };
  const init: unknown = decode('candidate', () => JSON.parse(wire.candidateInit));
  if (init === null || typeof init !== 'object') refuse('candidate cannot be read');
  const candidate: unknown = 'candidate' in init ? init.candidate : '';
  if (typeof candidate !== 'string' || /\p{Cc}/u.test(candidate)) refuse('candidate cannot be read');
  // Firefox and libwebrtc write the attribute with and without `a=`; the end of candidates is the empty one.
  const line = candidate.replace(/^a=/, '').trim();
  if (line === '') return { kind: 'trickle', target, candidate: null };
  return { kind: 'trickle', target, candidate: line.startsWith('candidate:') ? line : `candidate:${line}` };
}

function parseSubscription(
  wire: UpdateSubscription,
  limits: MessageLimits,
): { trackSids: string[]; subscribe: boolean } {
  boundedList(wire.participantTracks, maxListLength, 'participants');
  let count = wire.trackSids.length;
  for (const { trackSids } of wire.participantTracks) count += trackSids.length;
  if (count > maxListLength) refuse(`sids has more than ${maxListLength} items`);
  const all = [...wire.trackSids, ...wire.participantTracks.flatMap(({ trackSids }) => trackSids)];
  return { trackSids: sids(all, limits), subscribe: wire.subscribe };
}

function parseTrackSetting(wire: UpdateTrackSettings, limits: MessageLimits): ClientMessage {
  return {
    kind: 'trackSetting',
    trackSids: sids(wire.trackSids, limits),
    // Quality "off" is another way to say disabled.
    disabled: wire.disabled || (wire.quality as number) === 3,
    quality: readQuality(wire.quality),
    width: boundedNumber(wire.width, maxDimension, 'width'),
    height: boundedNumber(wire.height, maxDimension, 'height'),
    fps: boundedNumber(wire.fps, maxFps, 'fps'),
    priority: wire.priority,
  };
}

function readQuality(quality: number): VideoQuality {
  if (quality === 0 || quality === 1 || quality === 2) return quality;
  return quality === 3 ? 0 : refuse('unknown quality');
}

function knownReason(reason: DisconnectReason): DisconnectReason {
  return DisconnectReason[reason] === undefined ? DisconnectReason.UNKNOWN_REASON : reason;
}

function parseSubscriptionPermission(wire: SubscriptionPermission, limits: MessageLimits): ClientMessage {
  boundedList(wire.trackPermissions, maxListLength, 'permissions');
  let count = 0;
  const trackPermissions = wire.trackPermissions.map((permission): TrackPermission => {
    count += permission.trackSids.length;
    if (count > maxListLength) refuse(`permissions name more than ${maxListLength} tracks`);
    return {
      participantSid: sid(permission.participantSid, limits),
      participantIdentity: boundedText(permission.participantIdentity, limits.maxNameLength, 'identity'),
      allTracks: permission.allTracks,
      trackSids: sids(permission.trackSids, limits),
    };
  });
  return { kind: 'subscriptionPermission', allParticipants: wire.allParticipants, trackPermissions };
}

export function parseSyncState(
  wire: SyncState,
  limits: MessageLimits,
): Extract<ClientMessage, { kind: 'syncState' }> {
  // Which of the two is the offer depends on the path: v0 clients sync the offer they got and their answer to it.
  const description = (value: WireDescription | undefined, expected: 'offer' | 'answer') =>
    value === undefined || value.sdp === '' ? null : parseSessionDescription(value, expected, limits);
  return {
    kind: 'syncState',
    offer: description(wire.offer, 'offer'),
    answer: description(wire.answer, 'answer'),
    subscription: wire.subscription === undefined ? null : parseSubscription(wire.subscription, limits),
    publishTracks: boundedList(wire.publishTracks, maxListLength, 'published tracks').map((published) => ({
      cid: boundedText(published.cid, limits.maxNameLength, 'cid'),
      trackSid: sid(published.track?.sid ?? '', limits),
    })),
    disabledTrackSids: sids(wire.trackSidsDisabled, limits),
  };
}

function parseSimulate(wire: SimulateScenario): ClientMessage {
  const scenario = readScenario(wire.scenario);
  return scenario === null ? unsupported('simulate') : { kind: 'simulate', scenario };
}

function readScenario(scenario: SimulateScenario['scenario']): SimulatedScenario | null {
  switch (scenario.case) {
    case 'speakerUpdate':
      // The wire's int32; a minute of acted speaking is more than any test needs.
      return { kind: 'speakers', seconds: boundedNumber(scenario.value, 60, 'seconds') };
    case 'switchCandidateProtocol':
      switch (scenario.value) {
        case CandidateProtocol.UDP:
          return { kind: 'candidateProtocol', protocol: 'udp' };
        case CandidateProtocol.TCP:
          return { kind: 'candidateProtocol', protocol: 'tcp' };
        case CandidateProtocol.TLS:
          return { kind: 'candidateProtocol', protocol: 'tls' };
        default:
          return refuse('unknown candidate protocol');
      }
    case 'subscriberBandwidth':
      return {
        kind: 'subscriberBandwidth',
        bitsPerSecond: boundedNumber(Number(scenario.value), Number.MAX_SAFE_INTEGER, 'bandwidth'),
      };
    case 'nodeFailure':
    case 'migration':
    case 'serverLeave':
    case 'disconnectSignalOnResume':
    case 'disconnectSignalOnResumeNoMessages':
    case 'leaveRequestFullReconnect':
      return { kind: scenario.case };
    case undefined:
      return null;
    default:
      return scenario satisfies never;
  }
}

function parseUpdateMetadata(wire: UpdateParticipantMetadata, limits: MessageLimits): ClientMessage {
  if (Buffer.byteLength(wire.metadata) > limits.maxMetadataBytes) {
    refuse(`metadata is larger than ${limits.maxMetadataBytes} bytes`);
  }
  return {
    kind: 'updateMetadata',
    requestId: wire.requestId,
    name: boundedText(wire.name, limits.maxNameLength, 'name'),
    metadata: wire.metadata,
    attributes: boundedRecord(wire.attributes, limits.maxAttributesBytes, 'attributes'),
  };
}
