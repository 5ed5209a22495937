// What a participant may do, and how an administrator changes it while it is connected.
import { ParticipantInfo_Kind, ParticipantPermission, TrackSource } from '@livekit/protocol';
import type { Access, Grants } from '../protocol/access.ts';
import type { TrackSourceName } from '../protocol/client-messages.ts';

export const trackSources: Readonly<Record<TrackSourceName, TrackSource>> = {
  unknown: TrackSource.UNKNOWN,
  camera: TrackSource.CAMERA,
  microphone: TrackSource.MICROPHONE,
  screen_share: TrackSource.SCREEN_SHARE,
  screen_share_audio: TrackSource.SCREEN_SHARE_AUDIO,
};

const participantKinds: Readonly<Record<Access['participantKind'], ParticipantInfo_Kind>> = {
  standard: ParticipantInfo_Kind.STANDARD,
  ingress: ParticipantInfo_Kind.INGRESS,
  egress: ParticipantInfo_Kind.EGRESS,
  sip: ParticipantInfo_Kind.SIP,
  agent: ParticipantInfo_Kind.AGENT,
};

export function participantKind(access: Access): ParticipantInfo_Kind {
  return participantKinds[access.participantKind];
}

/** Recorders and agents: they take no seat, keep no room open and are not counted among its participants. */
export function isDependent(access: Access): boolean {
  return (
    access.participantKind === 'agent' ||
    access.participantKind === 'egress' ||
    access.grants.agent ||
    access.grants.recorder
  );
}

export function isRecorder(access: Access): boolean {
  return access.participantKind === 'egress' || access.grants.recorder;
}

export function mayPublishSource(grants: Grants, source: TrackSourceName): boolean {
  if (!grants.canPublish) return false;
  return grants.canPublishSources.length === 0 || grants.canPublishSources.includes(source);
}

export function toPermission(grants: Grants): ParticipantPermission {
  return new ParticipantPermission({
    canSubscribe: grants.canSubscribe,
    canPublish: grants.canPublish,
    canPublishData: grants.canPublishData,
    canPublishSources: grants.canPublishSources.map((source) => trackSources[source]),
    hidden: grants.hidden,
    recorder: grants.recorder,
    canUpdateMetadata: grants.canUpdateOwnMetadata,
    agent: grants.agent,
    canSubscribeMetrics: grants.canSubscribeMetrics,
  });
}

/** The grants after a change, the same object where nothing differs. What a participant may administer never changes. */
export function changeGrants(grants: Grants, change: Partial<Grants>): Grants {
  const next: Grants = {
    ...grants,
    canPublish: change.canPublish ?? grants.canPublish,
    canSubscribe: change.canSubscribe ?? grants.canSubscribe,
    canPublishData: change.canPublishData ?? grants.canPublishData,
    canPublishSources: change.canPublishSources ?? grants.canPublishSources,
    canUpdateOwnMetadata: change.canUpdateOwnMetadata ?? grants.canUpdateOwnMetadata,
    canSubscribeMetrics: change.canSubscribeMetrics ?? grants.canSubscribeMetrics,
    hidden: change.hidden ?? grants.hidden,
    recorder: change.recorder ?? grants.recorder,
    agent: change.agent ?? grants.agent,
  };
  return toPermission(next).equals(toPermission(grants)) ? grants : next;
}
