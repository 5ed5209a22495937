import type { FastifyInstance } from 'fastify';
import { type WebhookEvent, WebhookReceiver } from 'livekit-server-sdk';
import type { GoneReason } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { PresenceEvent } from './presence.ts';
import type { HeardEvent, Presence } from './presence-service.ts';
import type { MediaAccess } from './room-client.ts';

/** Where the media server tells what happens in its rooms: our own one is told so, a LiveKit is set up so. */
export const mediaWebhookPath = '/media/webhook';

/** An event holds a room and at most one participant with what they publish. */
const bodyLimit = 256 * 1024;

/** `DisconnectReason` of livekit_models.proto, as far as somebody decided it; whoever goes for another reason vanished. */
const chosen: ReadonlyMap<number, GoneReason> = new Map([
  [1, 'hung-up'], // CLIENT_INITIATED
  [4, 'removed'], // PARTICIPANT_REMOVED
  [5, 'call-ended'], // ROOM_DELETED
]);

export interface MediaWebhookDeps {
  readonly access: Pick<MediaAccess, 'apiKey' | 'apiSecret'>;
  readonly clock: Clock;
  readonly hear: Presence['hear'];
}

/**
 * Takes the webhooks of our media server as of LiveKit: signed with the key that tokens are signed with, over the bytes of
 * the body. What cannot be checked is refused and read no further; what is not about presence, or not about a room of
 * ours, is taken and dropped. An error is told as one, so that the media server tells the event again.
 */
export function registerMediaWebhook(app: FastifyInstance, { access, clock, hear }: MediaWebhookDeps): void {
  const receiver = new WebhookReceiver(access.apiKey, access.apiSecret.reveal());
  void app.register(async (scope) => {
    scope.addContentTypeParser<string>(
      'application/webhook+json',
      { parseAs: 'string', bodyLimit },
      (_request, body, done) => done(null, body),
    );
    const options = { config: { open: true }, schema: { hide: true } };
    scope.post(mediaWebhookPath, options, async ({ body, headers }, reply) => {
      if (typeof body !== 'string') throw new DomainError('not_authenticated');
      const event = await receiver.receive(body, headers.authorization).catch((cause: unknown) => {
        throw new DomainError('not_authenticated', {}, { cause });
      });
      const heard = readMediaEvent(event, clock.now());
      if (heard !== null) await hear(heard);
      return reply.code(200).send();
    });
  });
}

/** What an event of the media server tells of presence; null where it tells nothing of it. */
export function readMediaEvent(event: WebhookEvent, now: Date): HeardEvent | null {
  const roomName = event.room?.name ?? '';
  if (roomName === '' || event.id === '') return null;
  const told = readPresence(event, (ms) => new Date(ms === 0 ? now : Math.min(ms, now.getTime())));
  return told === null ? null : { id: event.id, roomName, event: told };
}

/** @param at the moment of an event, in ms since 1970; 0 where none was told */
function readPresence(event: WebhookEvent, at: (ms: number) => Date): PresenceEvent | null {
  const tellsAt = at(Number(event.createdAt) * 1000);
  if (event.event === 'room_finished') return { type: 'finished', at: tellsAt, gone: 'vanished' };
  const { participant } = event;
  if (participant === undefined || participant.sid === '') return null;
  const who = { seatId: participant.identity, participant: participant.sid };
  const joinedMs = Number(participant.joinedAtMs) || Number(participant.joinedAt) * 1000;
  const joinedAt = joinedMs === 0 ? tellsAt : at(joinedMs);
  if (event.event === 'participant_joined') return { type: 'joined', ...who, at: joinedAt };
  // Whoever never got sound and picture through (`participant_connection_aborted`) was in no room together with anybody.
  if (event.event !== 'participant_left') return null;
  const gone = chosen.get(participant.disconnectReason) ?? 'vanished';
  const begun = new Date(Math.min(joinedAt.getTime(), tellsAt.getTime()));
  return { type: 'left', ...who, joinedAt: begun, at: tellsAt, gone };
}
