import { ParticipantInfo_State, TrackSource, type WebhookEvent } from 'livekit-server-sdk';
import { type BehaviourGroup, behaviour } from '../behaviour.ts';

export const webhooks: BehaviourGroup = {
  title: 'Webhooks',
  behaviours: [
    behaviour(
      'A visit is told from beginning to end, in order and signed',
      {
        expected: {
          events: [
            'room_started',
            'participant_joined anna',
            'track_published anna',
            'track_unpublished anna',
            'participant_left anna',
            'room_finished',
          ],
          allSigned: true,
          contentType: 'application/webhook+json',
          distinctIds: true,
          recent: true,
        },
        clients: ['rtc-node', 'webhooks'],
        short: true,
      },
      async (world) => {
        await world.service.createRoom({ name: world.room, departureTimeout: 1 });
        const anna = await world.node('anna');
        const { sid = '' } = await anna.publishAudio();
        await world.webhook('track_published');
        await anna.me.unpublishTrack(sid);
        await world.webhook('track_unpublished');
        await anna.close();
        await world.webhook('room_finished');
        const all = world.webhooks();
        return {
          events: all.map(({ event, identity }) => `${event} ${identity}`.trim()),
          allSigned: all.every(({ signed }) => signed),
          contentType: [...new Set(all.map(({ contentType }) => contentType))].join(),
          distinctIds: new Set(all.map(({ body }) => body.id)).size === all.length,
          recent: all.every(({ body }) => Math.abs(Number(body.createdAt) - Date.now() / 1000) < 60),
        };
      },
    ),
    behaviour(
      'The room in a webhook is described whole',
      {
        expected: { name: true, sid: 'RM_', emptyTimeout: 77, metadata: 'm', creationTime: true },
        clients: ['server SDK', 'webhooks'],
      },
      async (world) => {
        await world.service.createRoom({ name: world.room, emptyTimeout: 77, metadata: 'm' });
        const { body } = await world.webhook('room_started');
        return {
          name: body.room?.name === world.room,
          sid: body.room?.sid.slice(0, 3) ?? null,
          emptyTimeout: body.room?.emptyTimeout ?? null,
          metadata: body.room?.metadata ?? null,
          creationTime: Number(body.room?.creationTime) > 1_600_000_000,
        };
      },
    ),
    behaviour(
      'Coming and going tell of the participant, and why it went',
      {
        expected: {
          joined: { identity: 'anna', name: 'Anna', metadata: 'm', state: 'ACTIVE' },
          left: { identity: 'anna', state: 'DISCONNECTED', reason: 'PARTICIPANT_REMOVED' },
        },
        clients: ['rtc-node', 'server SDK', 'webhooks'],
      },
      async (world) => {
        await world.node('anna', { name: 'Anna', metadata: 'm' });
        const joined = (await world.webhook('participant_joined')).body.participant;
        await world.service.removeParticipant(world.room, 'anna');
        const left = (await world.webhook('participant_left')).body.participant;
        return {
          joined: {
            identity: joined?.identity ?? null,
            name: joined?.name ?? null,
            metadata: joined?.metadata ?? null,
            state: stateName(joined),
          },
          left: { identity: left?.identity ?? null, state: stateName(left), reason: reasonOf(left) },
        };
      },
    ),
    behaviour(
      'Publishing tells of the track',
      {
        expected: {
          source: 'MICROPHONE',
          name: 'microphone',
          mimeType: 'audio/opus',
          sid: true,
          participant: 'anna',
        },
        clients: ['rtc-node', 'webhooks'],
      },
      async (world) => {
        const anna = await world.node('anna');
        const { sid } = await anna.publishAudio();
        const { body } = await world.webhook('track_published');
        return {
          source: TrackSource[body.track?.source ?? 0] ?? null,
          name: body.track?.name ?? null,
          mimeType: (body.track?.mimeType ?? '').toLowerCase().replace('audio/red', 'audio/opus'),
          sid: body.track?.sid === sid,
          participant: body.participant?.identity ?? null,
        };
      },
    ),
    behaviour(
      'Tracks of somebody who leaves are told as unpublished before the leaving',
      { expected: { order: ['track_unpublished', 'participant_left'] }, clients: ['rtc-node', 'webhooks'] },
      async (world) => {
        const anna = await world.node('anna');
        await anna.publishAudio();
        await world.webhook('track_published');
        await anna.close();
        await world.webhook('participant_left');
        await world.webhook('track_unpublished');
        const order = world.webhooks().map(({ event }) => event);
        return {
          order: order.filter((event) => event === 'track_unpublished' || event === 'participant_left'),
        };
      },
    ),
    behaviour(
      'A webhook that is refused is tried again',
      { expected: { refused: 1, arrived: true }, clients: ['server SDK', 'webhooks'], short: true },
      async (world) => {
        world.server.webhooks.refuse(world.room, 1);
        await world.service.createRoom({ name: world.room });
        await world.webhook('room_started');
        return { refused: world.server.webhooks.refused(world.room), arrived: true };
      },
    ),
    behaviour(
      'Taking the place of an identity is told as leaving and joining',
      { expected: { joined: 2, left: ['DUPLICATE_IDENTITY'] }, clients: ['rtc-node', 'webhooks'] },
      async (world) => {
        await world.node('anna');
        const first = await world.webhook('participant_joined');
        await world.node('anna');
        await world.webhook('participant_joined', (hook) => hook !== first);
        const { body } = await world.webhook('participant_left');
        return {
          joined: world.webhooks().filter(({ event }) => event === 'participant_joined').length,
          left: [reasonOf(body.participant)],
        };
      },
    ),
  ],
};

function stateName(participant: WebhookEvent['participant']): string | null {
  return participant === undefined ? null : (ParticipantInfo_State[participant.state] ?? null);
}

/** The SDK does not export the enumeration; its numbers are those of the protocol. */
function reasonOf(participant: WebhookEvent['participant']): string | null {
  const names = [
    'UNKNOWN',
    'CLIENT_INITIATED',
    'DUPLICATE_IDENTITY',
    'SERVER_SHUTDOWN',
    'PARTICIPANT_REMOVED',
  ];
  return participant === undefined
    ? null
    : (names[participant.disconnectReason] ?? String(participant.disconnectReason));
}
