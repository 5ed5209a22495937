import { TrackSource } from 'livekit-server-sdk';
import { type BehaviourGroup, behaviour } from '../behaviour.ts';
import type { PageClient } from '../clients/page.ts';
import type { Observation } from '../observation.ts';
import type { World } from '../world.ts';

const camera = `me.setCameraEnabled(true, { resolution: { width: 320, height: 180 } }, { simulcast: false })`;
const microphone = 'me.setMicrophoneEnabled(true)';

/** Tries to publish; what the client was told, by the name of the error. */
async function tryPublish(page: PageClient, what: string): Promise<string> {
  const outcome = await page.attempt(what);
  return outcome.error ?? 'published';
}

export const grants: BehaviourGroup = {
  title: 'Grants',
  behaviours: [
    behaviour(
      'Without canPublish nothing is published',
      {
        expected: { camera: 'PublishTrackError', microphone: 'PublishTrackError', listed: 0 },
        clients: ['Chromium', 'server SDK'],
        short: true,
      },
      async (world) => {
        const page = await world.page('anna', { grant: { canPublish: false } });
        return {
          camera: await tryPublish(page, camera),
          microphone: await tryPublish(page, microphone),
          listed: (await world.service.getParticipant(world.room, 'anna')).tracks.length,
        };
      },
    ),
    behaviour(
      'With canPublishSources only those sources are published',
      {
        expected: { microphone: 'published', camera: 'PublishTrackError' },
        clients: ['Chromium'],
        short: true,
      },
      async (world) => {
        const page = await world.page('anna', { grant: { canPublishSources: [TrackSource.MICROPHONE] } });
        return { microphone: await tryPublish(page, microphone), camera: await tryPublish(page, camera) };
      },
    ),
    behaviour(
      'Without canSubscribe no track comes, though it is seen that there are some',
      {
        expected: { published: ['microphone'], subscribed: 0, permission: 'allowed' },
        clients: ['Chromium', 'rtc-node'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        await bo.publishAudio();
        const page = await world.page('anna', { grant: { canSubscribe: false } });
        const track = await page.seenTrack('bo', 'microphone');
        // Somebody who may subscribe has it by now, so it would have come.
        const carl = await world.node('carl');
        await carl.sound('bo');
        const seen = await page.seen('bo');
        return {
          published: seen.tracks.map(({ source }) => source),
          subscribed: page.log.all('trackSubscribed').length,
          permission: track.permission,
        };
      },
    ),
    behaviour(
      'Without canPublishData no data arrives',
      { expected: { heard: ['allowed'] }, clients: ['rtc-node'], short: true },
      async (world) => {
        const listener = await world.node('bo');
        const mute = await world.node('anna', { grant: { canPublishData: false } });
        const speaker = await world.node('carl');
        await Promise.all([listener.seen('anna'), listener.seen('carl')]);
        await mute.me.publishData(Buffer.from('forbidden'), { reliable: true }).catch(() => undefined);
        await speaker.me.publishData(Buffer.from('allowed'), { reliable: true });
        await listener.log.heard('dataReceived', ({ text }) => text === 'allowed');
        return { heard: listener.log.all('dataReceived').map(({ text }) => String(text)) };
      },
    ),
    behaviour(
      'A hidden participant sees all and is seen by nobody',
      {
        expected: { hiddenSees: ['bo'], others: [], heard: [], listed: ['bo', 'hidden'] },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
      },
      async (world) => {
        const bo = await world.node('bo');
        const hidden = await world.page('hidden', { grant: { hidden: true } });
        await hidden.seen('bo');
        const carl = await world.node('carl');
        await bo.seen('carl');
        await carl.close();
        await bo.log.heard('participantDisconnected', ({ identity }) => identity === 'carl');
        const listed = await world.service.listParticipants(world.room);
        return {
          hiddenSees: await hidden.when(
            'carl being gone',
            ({ others: seen }) => seen.length === 1 && seen.map(({ identity }) => identity),
          ),
          others: [...bo.room.remoteParticipants.keys()],
          heard: bo.log
            .all('participantConnected')
            .flatMap(({ identity }) => (identity === 'hidden' ? ['hidden'] : [])),
          listed: listed.map(({ identity }) => identity).sort(),
        };
      },
    ),
    behaviour(
      'A recorder makes the room count as being recorded',
      { expected: { before: false, during: true }, clients: ['Chromium', 'rtc-node'] },
      async (world) => {
        const page = await world.page('anna');
        const before = (await page.state()).recording;
        await world.node('recorder', { grant: { recorder: true, hidden: true } });
        await page.when('the recording being known', ({ recording }) => recording);
        return { before, during: true };
      },
    ),
    behaviour(
      'Without canUpdateOwnMetadata a client cannot change its own',
      {
        expected: { metadata: 'refused', name: 'refused', attributes: 'refused', now: '' },
        clients: ['Chromium', 'server SDK'],
        short: true,
      },
      async (world) => {
        const page = await world.page('anna', { grant: { canUpdateOwnMetadata: false } });
        const attempt = async (what: string) =>
          (await page.attempt(what)).error === undefined ? 'taken' : 'refused';
        return {
          metadata: await attempt(`me.setMetadata('mine')`),
          name: await attempt(`me.setName('Mine')`),
          attributes: await attempt(`me.setAttributes({ mine: 'yes' })`),
          now: (await world.service.getParticipant(world.room, 'anna')).metadata,
        };
      },
    ),
    behaviour(
      'With canUpdateOwnMetadata a client changes metadata, name and attributes, and others hear of it',
      {
        expected: { metadata: 'mine', name: 'Mine', attributes: { mood: 'good' } },
        clients: ['Chromium', 'rtc-node'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const page = await world.page('anna', { grant: { canUpdateOwnMetadata: true } });
        await page.run(`void (await me.setMetadata('mine'))`);
        await page.run(`void (await me.setName('Mine'))`);
        await page.run(`void (await me.setAttributes({ mood: 'good' }))`);
        const seen = await bo.seen('anna', ({ metadata, name }) => metadata === 'mine' && name === 'Mine');
        const attributes = await bo.log.heard('participantAttributesChanged');
        return {
          metadata: seen.metadata,
          name: seen.name ?? null,
          attributes: { ...(attributes.changed as Record<string, string>) },
        };
      },
    ),
    behaviour(
      'An empty attribute deletes it, the others stay',
      { expected: { kept: { one: '1' } }, clients: ['Chromium', 'server SDK'] },
      async (world) => {
        const page = await world.page('anna', {
          grant: { canUpdateOwnMetadata: true },
          attributes: { one: '1', two: '2' },
        });
        await page.run(`void (await me.setAttributes({ two: '' }))`);
        const { attributes } = await world.service.getParticipant(world.room, 'anna');
        return { kept: { ...attributes } };
      },
    ),
    behaviour(
      'A browser that is refused its own metadata is told why',
      { expected: { error: 'SignalRequestError', reason: true }, clients: ['Chromium'] },
      async (world) => {
        const page = await world.page('anna', { grant: { canUpdateOwnMetadata: false } });
        const outcome = await page.attempt(`me.setMetadata('mine')`);
        return { error: outcome.error ?? null, reason: /permission/.test(outcome.message ?? '') };
      },
    ),
    ...(
      [
        ['roomCreate', 'CreateRoom', (world: World) => ({ name: world.room })],
        ['roomList', 'ListRooms', () => ({})],
        ['roomAdmin', 'ListParticipants', (world: World) => ({ room: world.room })],
      ] as const
    ).map(([grant, method, body]) =>
      behaviour(
        `Twirp's ${method} needs ${grant}`,
        {
          expected: {
            without: { status: 401, code: 'unauthenticated' },
            withIt: { status: 200, code: null },
          },
          clients: ['HTTP'],
          short: grant === 'roomAdmin',
        },
        async (world) => ({
          without: await twirp(world, method, body(world), await world.token('anna')),
          withIt: await twirp(
            world,
            method,
            body(world),
            await world.token('anna', { grant: { [grant]: true } }),
          ),
        }),
      ),
    ),
    behaviour(
      'roomAdmin of one room does not reach into another',
      { expected: { status: 401, code: 'unauthenticated' }, clients: ['HTTP'] },
      async (world) =>
        twirp(
          world,
          'ListParticipants',
          { room: 'another-room' },
          await world.token('anna', { grant: { roomAdmin: true } }),
        ),
    ),
    behaviour(
      'Twirp without a token is refused',
      { expected: { status: 401, code: 'unauthenticated' }, clients: ['HTTP'], short: true },
      (world) => twirp(world, 'ListRooms', {}, null),
    ),
  ],
};

async function twirp(
  world: World,
  method: string,
  body: unknown,
  token: string | null,
): Promise<Observation> {
  const response = await fetch(`${world.server.httpUrl}/twirp/livekit.RoomService/${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
  const answer = (await response.json().catch(() => ({}))) as { readonly code?: string };
  return { status: response.status, code: answer.code ?? null };
}
