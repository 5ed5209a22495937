import {
  AddTrackRequest,
  DisconnectReason,
  Pong,
  PublishDataTrackRequest,
  RequestResponse_Reason,
  UpdateParticipantMetadata,
} from '@livekit/protocol';
import type { ClientMessage } from '../protocol/client-messages.ts';
import { type ClaimsChange, changeClaims, claimsOverLimit } from './claims.ts';
import type { Participant, ParticipantHost } from './participant.ts';

/** What messages of one participant do to others, beyond what it does itself. */
export interface ClientRequestHost extends Pick<ParticipantHost, 'clock' | 'limits'> {
  onSubscriptionPermission(
    participant: Participant,
    message: Extract<ClientMessage, { kind: 'subscriptionPermission' }>,
  ): void;
  onSimulate(participant: Participant, message: Extract<ClientMessage, { kind: 'simulate' }>): void;
}

/** Everything a client may say, one by one. May throw: the caller ends that participant then. */
export function handleClientMessage(
  host: ClientRequestHost,
  participant: Participant,
  message: ClientMessage,
): void {
  participant.lastHeardMs = host.clock.mediaMs();
  switch (message.kind) {
    case 'offer':
    case 'answer':
    case 'trickle':
      participant.link.receive(message);
      return;
    case 'addTrack':
      participant.publications.add(message.request);
      return;
    case 'mute':
      participant.publications.mute(message.trackSid, message.muted, false);
      return;
    case 'subscription':
      updateSubscriptions(participant, message.trackSids, message.subscribe);
      return;
    case 'trackSetting': {
      const { kind: _, trackSids, ...setting } = message;
      for (const trackSid of trackSids) participant.subscriptions.configure(trackSid, setting);
      return;
    }
    case 'leave':
      participant.close(leaveReason(message.reason));
      return;
    case 'subscriptionPermission':
      host.onSubscriptionPermission(participant, message);
      return;
    case 'syncState':
      syncState(participant, message);
      return;
    case 'simulate':
      host.onSimulate(participant, message);
      return;
    case 'ping':
      participant.send({ case: 'pong', value: now(host) });
      return;
    case 'pingReq':
      participant.send({
        case: 'pongResp',
        value: new Pong({ lastPingTimestamp: message.timestamp, timestamp: now(host) }),
      });
      return;
    case 'updateMetadata':
      updateOwnClaims(host, participant, message.requestId, message);
      return;
    case 'updateAudioTrack':
      participant.publications.updateAudio(message.trackSid, message.features);
      return;
    case 'updateVideoTrack':
      participant.publications.updateVideo(message.trackSid, message.width, message.height);
      return;
    case 'unsupported':
      refuseUnsupported(participant, message.case, message.requestId);
      return;
    default:
      message satisfies never;
  }
}

export function updateSubscriptions(
  participant: Participant,
  trackSids: readonly string[],
  subscribe: boolean,
): void {
  for (const trackSid of trackSids) {
    if (subscribe) participant.subscriptions.want(trackSid);
    else participant.subscriptions.unwant(trackSid);
  }
}

/** What a client that resumed believes: where it publishes what we do not know, only a new session helps. */
export function syncState(
  participant: Participant,
  state: Extract<ClientMessage, { kind: 'syncState' }>,
): void {
  if (state.publishTracks.some(({ trackSid }) => participant.publications.get(trackSid) === undefined)) {
    participant.close(DisconnectReason.STATE_MISMATCH, 'reconnect');
    return;
  }
  for (const trackSid of state.disabledTrackSids) {
    participant.subscriptions.configure(trackSid, {
      disabled: true,
      quality: 0,
      width: 0,
      height: 0,
      fps: 0,
      priority: 0,
    });
  }
  if (state.subscription !== null) {
    updateSubscriptions(participant, state.subscription.trackSids, state.subscription.subscribe);
  }
}

/** A client may give only reasons of its own for leaving. */
function leaveReason(reason: DisconnectReason): DisconnectReason {
  switch (reason) {
    case DisconnectReason.USER_UNAVAILABLE:
    case DisconnectReason.USER_REJECTED:
    case DisconnectReason.AGENT_ERROR:
      return reason;
    default:
      return DisconnectReason.CLIENT_INITIATED;
  }
}

function updateOwnClaims(
  host: ClientRequestHost,
  participant: Participant,
  requestId: number,
  change: ClaimsChange,
): void {
  const answer = (reason: RequestResponse_Reason, message: string): void => {
    const value = new UpdateParticipantMetadata({
      requestId,
      name: change.name,
      metadata: change.metadata,
      attributes: { ...change.attributes },
    });
    participant.refuse(reason, { case: 'updateMetadata', value }, message, requestId);
  };
  if (!participant.grants.canUpdateOwnMetadata) {
    answer(RequestResponse_Reason.NOT_ALLOWED, 'does not have permission to update own metadata');
    return;
  }
  // What counts is what it would come to: attributes add up over many small changes.
  const limit = claimsOverLimit(host.limits, changeClaims(participant.access, change));
  if (limit !== null) {
    answer(RequestResponse_Reason.LIMIT_EXCEEDED, `exceeds ${limit} limit`);
    return;
  }
  participant.changeClaims(change);
  answer(RequestResponse_Reason.OK, '');
}

/** As a LiveKit that is not configured for it. */
function refuseUnsupported(participant: Participant, name: string, requestId: number): void {
  switch (name) {
    case 'addTrack':
      participant.refuse(RequestResponse_Reason.UNSUPPORTED_TYPE, {
        case: 'addTrack',
        value: new AddTrackRequest(),
      });
      return;
    case 'publishDataTrackRequest':
      participant.refuse(RequestResponse_Reason.NOT_ALLOWED, {
        case: 'publishDataTrack',
        value: new PublishDataTrackRequest(),
      });
      return;
    case 'storeDataBlobRequest':
    case 'getDataBlobRequest':
      participant.refuse(RequestResponse_Reason.NOT_ALLOWED, { case: undefined }, '', requestId);
      return;
    default:
      return;
  }
}

function now(host: ClientRequestHost): bigint {
  return BigInt(Math.floor(host.clock.wallMs()));
}
