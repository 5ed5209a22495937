import type { TrackSourceName } from './client-messages.ts';

/** What a verified token allows (LiveKit's VideoGrant with its defaults applied). */
export interface Grants {
  readonly roomJoin: boolean;
  readonly room: string;
  readonly roomCreate: boolean;
  readonly roomList: boolean;
  readonly roomAdmin: boolean;
  readonly roomRecord: boolean;
  readonly ingressAdmin: boolean;
  readonly canPublish: boolean;
  readonly canSubscribe: boolean;
  readonly canPublishData: boolean;
  /** Empty: all sources. */
  readonly canPublishSources: readonly TrackSourceName[];
  readonly canUpdateOwnMetadata: boolean;
  readonly canSubscribeMetrics: boolean;
  readonly hidden: boolean;
  readonly recorder: boolean;
  readonly agent: boolean;
}

/** Settings of a room that a join token may carry for the room it creates. */
export interface RoomSettings {
  readonly emptyTimeoutSeconds: number | null;
  readonly departureTimeoutSeconds: number | null;
  readonly maxParticipants: number | null;
  readonly metadata: string | null;
  readonly syncStreams: boolean | null;
}

export interface Access {
  readonly identity: string;
  readonly name: string;
  readonly metadata: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** `standard` unless the token says otherwise. */
  readonly participantKind: 'standard' | 'ingress' | 'egress' | 'sip' | 'agent';
  readonly grants: Grants;
  readonly roomSettings: RoomSettings | null;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}
