import { type BehaviourGroup, behaviour } from '../behaviour.ts';
import type { Observation } from '../observation.ts';
import { until } from '../waiting.ts';

const notFound = { status: 404, code: 'not_found' };
/** LiveKit asks whichever server has the participant, and none answers. */
const unavailable = { status: 503, code: 'unavailable' };

export const administration: BehaviourGroup = {
  title: 'Rooms and participants from the server',
  behaviours: [
    behaviour(
      'A room is created with its settings, listed and deleted',
      {
        expected: {
          created: {
            name: true,
            sid: 'RM_',
            emptyTimeout: 60,
            departureTimeout: 7,
            maxParticipants: 5,
            metadata: 'm',
          },
          listed: 1,
          numParticipants: 0,
          after: 0,
        },
        clients: ['server SDK'],
        short: true,
      },
      async (world) => {
        const created = await world.service.createRoom({
          name: world.room,
          emptyTimeout: 60,
          departureTimeout: 7,
          maxParticipants: 5,
          metadata: 'm',
        });
        const listed = await world.service.listRooms([world.room]);
        await world.service.deleteRoom(world.room);
        return {
          created: {
            name: created.name === world.room,
            sid: created.sid.slice(0, 3),
            emptyTimeout: created.emptyTimeout,
            departureTimeout: created.departureTimeout,
            maxParticipants: created.maxParticipants,
            metadata: created.metadata,
          },
          listed: listed.length,
          numParticipants: listed[0]?.numParticipants ?? null,
          after: (await world.service.listRooms([world.room])).length,
        };
      },
    ),
    behaviour(
      'A room that is created without settings has the usual ones',
      {
        expected: {
          emptyTimeout: 300,
          departureTimeout: 20,
          maxParticipants: 0,
          metadata: '',
          codecs: [
            'audio/opus',
            'audio/pcma',
            'audio/pcmu',
            'audio/red',
            'video/av1',
            'video/h264',
            'video/h265',
            'video/rtx',
            'video/vp8',
            'video/vp9',
          ],
        },
        clients: ['server SDK'],
      },
      async (world) => {
        const room = await world.service.createRoom({ name: world.room });
        return {
          emptyTimeout: room.emptyTimeout,
          departureTimeout: room.departureTimeout,
          maxParticipants: room.maxParticipants,
          metadata: room.metadata,
          codecs: room.enabledCodecs.map(({ mime }) => mime.toLowerCase()).sort(),
        };
      },
    ),
    behaviour(
      'Creating a room that exists gives the same room',
      { expected: { same: true, metadata: 'first' }, clients: ['server SDK'] },
      async (world) => {
        const first = await world.service.createRoom({ name: world.room, metadata: 'first' });
        const second = await world.service.createRoom({ name: world.room });
        return { same: first.sid === second.sid, metadata: second.metadata };
      },
    ),
    behaviour(
      'A room that is made by joining gets the settings of the token',
      { expected: { metadata: 'by token', maxParticipants: 3 }, clients: ['rtc-node', 'server SDK'] },
      async (world) => {
        await world.node('anna', { roomConfig: { metadata: 'by token', maxParticipants: 3 } });
        const [room] = await world.service.listRooms([world.room]);
        return { metadata: room?.metadata ?? null, maxParticipants: room?.maxParticipants ?? null };
      },
    ),
    behaviour(
      'Listing names only those of the rooms that exist',
      { expected: { named: 1, all: true }, clients: ['server SDK'] },
      async (world) => {
        await world.service.createRoom({ name: world.room });
        const named = await world.service.listRooms([world.room, 'no-such-room']);
        const all = await world.service.listRooms();
        return { named: named.length, all: all.some(({ name }) => name === world.room) };
      },
    ),
    behaviour(
      'Deleting a room sends everybody away',
      {
        expected: { browser: 'ROOM_DELETED', native: 'ROOM_DELETED', left: 0 },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const page = await world.page('anna');
        const node = await world.node('bo');
        await world.service.deleteRoom(world.room);
        const [one, other] = await Promise.all([
          page.log.heard('disconnected'),
          node.log.heard('disconnected'),
        ]);
        return {
          browser: String(one.reason),
          native: String(other.reason),
          left: (await world.service.listRooms([world.room])).length,
        };
      },
    ),
    ...(
      [
        ['Deleting a room that is not there', 'deleteRoom', [], notFound],
        ['Metadata for a room that is not there', 'updateRoomMetadata', ['m'], notFound],
        ['Asking for a participant in a room that is not there', 'getParticipant', ['nobody'], notFound],
        ['Removing somebody from a room that is not there', 'removeParticipant', ['nobody'], notFound],
        [
          'Updating somebody in a room that is not there',
          'updateParticipant',
          ['nobody', { metadata: 'm' }],
          notFound,
        ],
        [
          'Muting in a room that is not there',
          'mutePublishedTrack',
          ['nobody', 'TR_none', true],
          unavailable,
        ],
        ['Sending data to a room that is not there', 'sendData', [new Uint8Array(1), 0, {}], unavailable],
      ] as const
    ).map(([what, method, rest, expected]) =>
      behaviour(
        `${what} is refused`,
        { expected, clients: ['server SDK'], short: method === 'deleteRoom' },
        (world) => {
          // Each method's own parameters stand beside its name above.
          const call = world.service[method] as (
            room: string,
            ...parameters: readonly unknown[]
          ) => Promise<unknown>;
          return world.refusal(call.call(world.service, world.room, ...rest));
        },
      ),
    ),
    behaviour(
      'The participants of a room that is not there are none',
      { expected: { listed: 0 }, clients: ['server SDK'] },
      async (world) => ({ listed: (await world.service.listParticipants(world.room)).length }),
    ),
    behaviour(
      'Whatever is asked of somebody who is not there is refused',
      {
        expected: { get: notFound, remove: notFound, update: notFound, mute: unavailable },
        clients: ['rtc-node', 'server SDK'],
      },
      async (world) => {
        await world.node('anna');
        const { service, room, refusal } = world;
        return {
          get: await refusal(service.getParticipant(room, 'nobody')),
          remove: await refusal(service.removeParticipant(room, 'nobody')),
          update: await refusal(service.updateParticipant(room, 'nobody', { metadata: 'm' })),
          mute: await refusal(service.mutePublishedTrack(room, 'nobody', 'TR_none', true)),
        };
      },
    ),
    behaviour(
      'Muting a track that is not there is taken, and does nothing',
      { expected: 'taken', clients: ['rtc-node', 'server SDK'] },
      async (world) => {
        await world.node('anna');
        return world.refusal(world.service.mutePublishedTrack(world.room, 'anna', 'TR_none', true));
      },
    ),
    behaviour(
      'Participants are listed with their tracks',
      {
        expected: { anna: ['camera', 'microphone'], bo: [], numParticipants: 2, numPublishers: 1 },
        clients: ['rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const anna = await world.node('anna');
        await world.node('bo');
        await anna.publishAudio();
        await anna.publishVideo();
        const listed = await until('both tracks being listed', async () => {
          const all = await world.service.listParticipants(world.room);
          return all.some(({ tracks }) => tracks.length === 2) && all;
        });
        const names = (identity: string): Observation =>
          listed
            .find((one) => one.identity === identity)
            ?.tracks.map(({ name }) => name)
            .sort() ?? null;
        const room = await until('the numbers being known', async () => {
          const [one] = await world.service.listRooms([world.room]);
          return one !== undefined && one.numParticipants === 2 && one.numPublishers === 1 && one;
        });
        return {
          anna: names('anna'),
          bo: names('bo'),
          numParticipants: room.numParticipants,
          numPublishers: room.numPublishers,
        };
      },
    ),
    behaviour(
      'Somebody is removed and may come back',
      {
        expected: { removed: 'PARTICIPANT_REMOVED', othersTold: 'PARTICIPANT_REMOVED', back: 'connected' },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const page = await world.page('anna');
        await bo.seen('anna');
        await world.service.removeParticipant(world.room, 'anna');
        const removed = await page.log.heard('disconnected');
        const told = await bo.log.heard('participantDisconnected');
        const again = await world.page('anna');
        return {
          removed: String(removed.reason),
          othersTold: String(told.reason),
          back: (await again.state()).connection,
        };
      },
    ),
    behaviour(
      'The server mutes a track, and its publisher follows',
      {
        expected: { answer: true, publisher: 'microphone', others: 'microphone' },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const page = await world.page('anna');
        await page.microphone();
        await bo.sound('anna');
        const sid = await page.run(`me.getTrackPublication('microphone').trackSid`);
        const answer = await world.service.mutePublishedTrack(world.room, 'anna', String(sid), true);
        const [own, others] = await Promise.all([page.log.heard('trackMuted'), bo.log.heard('trackMuted')]);
        return { answer: answer.muted, publisher: String(own.source), others: String(others.source) };
      },
    ),
    behaviour(
      'Unmuting from the server is refused by default',
      { expected: { status: 412, code: 'failed_precondition' }, clients: ['rtc-node', 'server SDK'] },
      async (world) => {
        const anna = await world.node('anna');
        const { sid = '' } = await anna.publishAudio();
        await world.service.mutePublishedTrack(world.room, 'anna', sid, true);
        return world.refusal(world.service.mutePublishedTrack(world.room, 'anna', sid, false));
      },
    ),
    behaviour(
      'The server changes name, metadata and attributes, and all hear of it',
      {
        expected: {
          answer: { name: 'New', metadata: 'new', attributes: { kept: 'yes', added: '1' } },
          own: 'new',
          other: 'New',
        },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const page = await world.page('anna', { attributes: { kept: 'yes', dropped: 'yes' } });
        await bo.seen('anna');
        const answer = await world.service.updateParticipant(world.room, 'anna', {
          name: 'New',
          metadata: 'new',
          attributes: { added: '1', dropped: '' },
        });
        const own = await page.when('the metadata being new', ({ me }) => me.metadata === 'new' && me);
        const other = await bo.log.heard('participantNameChanged');
        return {
          answer: { name: answer.name, metadata: answer.metadata, attributes: { ...answer.attributes } },
          own: own.metadata,
          other: String(other.name),
        };
      },
    ),
    behaviour(
      'Taking away canPublish ends what is published and refuses more',
      {
        expected: { told: false, unpublished: 'microphone', again: 'PublishTrackError' },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const page = await world.page('anna');
        await page.microphone();
        await bo.sound('anna');
        await world.service.updateParticipant(world.room, 'anna', {
          permission: { canPublish: false, canSubscribe: true, canPublishData: true },
        });
        const unpublished = await bo.log.heard('trackUnpublished');
        const told = await page.when(
          'the permission being gone',
          ({ me }) => me.permissions?.canPublish !== true && me,
        );
        const again = await page.attempt(`me.setCameraEnabled(true)`);
        return {
          told: told.permissions?.canPublish ?? false,
          unpublished: String(unpublished.source),
          again: again.error ?? null,
        };
      },
    ),
    behaviour(
      'Giving canPublish lets somebody publish who could not',
      {
        expected: { before: 'PublishTrackError', after: true },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
      },
      async (world) => {
        const bo = await world.node('bo');
        const page = await world.page('anna', { grant: { canPublish: false } });
        const before = await page.attempt('me.setMicrophoneEnabled(true)');
        await world.service.updateParticipant(world.room, 'anna', {
          permission: { canPublish: true, canSubscribe: true, canPublishData: true },
        });
        await page.when('the permission being there', ({ me }) => me.permissions?.canPublish === true);
        await page.microphone();
        await bo.sound('anna');
        return { before: before.error ?? null, after: true };
      },
    ),
    behaviour(
      'Taking away canSubscribe takes the tracks away, giving it brings them back',
      { expected: { gone: 'microphone', back: true }, clients: ['Chromium', 'rtc-node', 'server SDK'] },
      async (world) => {
        const anna = await world.node('anna');
        await anna.publishAudio();
        const bo = await world.page('bo');
        await bo.sound('anna');
        const allow = (canSubscribe: boolean) =>
          world.service.updateParticipant(world.room, 'bo', {
            permission: { canPublish: true, canSubscribe, canPublishData: true },
          });
        await allow(false);
        const gone = await bo.log.heard('trackUnsubscribed');
        await allow(true);
        await bo.sound('anna');
        return { gone: String(gone.source), back: true };
      },
    ),
    behaviour(
      'Metadata of the room reach everybody, and those who come later',
      {
        expected: { answer: 'agenda', now: 'agenda', later: 'agenda' },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const answer = await world.service.updateRoomMetadata(world.room, 'agenda');
        const now = await bo.log.heard('roomMetadataChanged');
        const late = await world.page('anna');
        return { answer: answer.metadata, now: String(now.metadata), later: (await late.state()).metadata };
      },
    ),
    behaviour(
      'Whoever comes when the room is full is refused',
      {
        expected: { failed: true, listed: ['anna', 'bo'] },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        await world.service.createRoom({ name: world.room, maxParticipants: 2 });
        await Promise.all([world.node('anna'), world.node('bo')]);
        const { failure } = await world.tryPage('carl', { connect: { maxRetries: 0 } });
        const listed = await world.service.listParticipants(world.room);
        return { failed: failure !== null, listed: listed.map(({ identity }) => identity).sort() };
      },
    ),
    behaviour(
      'A room that nobody joins is closed after its empty time-out',
      { expected: { there: 1, gone: true }, clients: ['server SDK', 'webhooks'], short: true },
      async (world) => {
        await world.service.createRoom({ name: world.room, emptyTimeout: 1 });
        const there = (await world.service.listRooms([world.room])).length;
        await world.webhook('room_finished');
        return { there, gone: (await world.service.listRooms([world.room])).length === 0 };
      },
    ),
    behaviour(
      'A room that everybody left is closed after its departure time-out, not its empty time-out',
      { expected: { gone: true }, clients: ['rtc-node', 'server SDK', 'webhooks'], short: true },
      async (world) => {
        await world.service.createRoom({ name: world.room, emptyTimeout: 600, departureTimeout: 1 });
        const anna = await world.node('anna');
        await anna.close();
        await world.webhook('room_finished');
        return { gone: (await world.service.listRooms([world.room])).length === 0 };
      },
    ),
    behaviour(
      'A room stays when somebody comes back before its departure time-out',
      { expected: { sameRoom: true }, clients: ['rtc-node', 'server SDK'] },
      async (world) => {
        const { sid } = await world.service.createRoom({ name: world.room, departureTimeout: 30 });
        const anna = await world.node('anna');
        await anna.close();
        const again = await world.node('anna');
        return { sameRoom: (await again.room.getSid()) === sid };
      },
    ),
    behaviour(
      'A room made again after it was deleted is another one',
      { expected: { sameSid: false }, clients: ['server SDK'] },
      async (world) => {
        const first = await world.service.createRoom({ name: world.room });
        await world.service.deleteRoom(world.room);
        const second = await world.service.createRoom({ name: world.room });
        return { sameSid: first.sid === second.sid };
      },
    ),
  ],
};
