import { DisconnectReason, SubscriptionError } from '@livekit/protocol';
import type { Log } from '../log.ts';
import type { LeaveAction } from '../protocol/leave.ts';
import type { ServerMessage } from '../protocol/server-messages.ts';
import type { MediaLinkEvents } from './link.ts';
import type { Publications } from './publications.ts';
import type { Subscriptions } from './subscriptions.ts';

/** The participant that a link serves, as its events reach it. */
export interface LinkOwner {
  readonly sid: string;
  readonly publications: Publications;
  readonly subscriptions: Subscriptions;
  /** Media came through before. */
  readonly wasActive: boolean;
  guard(run: () => void): void;
  send(message: ServerMessage): void;
  close(reason: DisconnectReason, action?: LeaveAction | null): void;
  activate(): void;
  onSubscribed(trackSid: string): void;
  onData(kind: 'reliable' | 'lossy', bytes: Buffer): void;
}

/** What a link tells, brought to its participant; whatever that throws ends the participant, not the link's caller. */
export function linkEventsOf(owner: LinkOwner, log: Log): MediaLinkEvents {
  return {
    send: (message) => owner.send(message),
    onConnected: () => owner.guard(() => owner.activate()),
    onFailed: (why, detail) => {
      log.info({ participant: owner.sid, why }, 'link failed');
      log.debug({ participant: owner.sid, detail }, 'link failed');
      if (why === 'description') owner.close(DisconnectReason.STATE_MISMATCH, 'reconnect');
      // Where media never came through, trying again would only hide that it cannot.
      else if (!owner.wasActive) owner.close(DisconnectReason.JOIN_FAILURE);
      else owner.close(DisconnectReason.CONNECTION_TIMEOUT, 'reconnect');
    },
    onFullReconnectNeeded: () => owner.close(DisconnectReason.STATE_MISMATCH, 'reconnect'),
    onTrackReady: (trackSid, source, mid) =>
      owner.guard(() => owner.publications.ready(trackSid, source, mid)),
    onTrackGone: (trackSid) => owner.guard(() => owner.publications.gone(trackSid)),
    onSubscribed: (trackSid) => owner.guard(() => owner.onSubscribed(trackSid)),
    onSubscriptionFailed: (trackSid, why) =>
      owner.guard(() =>
        owner.subscriptions.failed(
          trackSid,
          why === 'codec' ? SubscriptionError.SE_CODEC_UNSUPPORTED : SubscriptionError.SE_UNKNOWN,
        ),
      ),
    onData: (kind, bytes) => owner.guard(() => owner.onData(kind, bytes)),
  };
}
