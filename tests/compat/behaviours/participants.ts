import { type BehaviourGroup, behaviour } from '../behaviour.ts';

export const participants: BehaviourGroup = {
  title: 'Participants',
  behaviours: [
    behaviour(
      'Coming and going is told to those who are there',
      {
        expected: { came: 'anna', went: 'anna', reason: 'CLIENT_INITIATED' },
        clients: ['Chromium', 'rtc-node'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const page = await world.page('anna');
        const came = await bo.log.heard('participantConnected');
        await page.run('void (await room.disconnect())');
        const went = await bo.log.heard('participantDisconnected');
        return { came: String(came.identity), went: String(went.identity), reason: String(went.reason) };
      },
    ),
    behaviour(
      'A page that is closed counts as leaving at once',
      { expected: { went: 'anna', reason: 'CLIENT_INITIATED' }, clients: ['Chromium', 'rtc-node'] },
      async (world) => {
        const bo = await world.node('bo');
        const page = await world.page('anna');
        await bo.seen('anna');
        await page.navigateAway();
        const went = await bo.log.heard('participantDisconnected');
        return { went: String(went.identity), reason: String(went.reason) };
      },
    ),
    behaviour(
      'Who joins with an identity that is there takes its place',
      {
        expected: {
          first: 'DUPLICATE_IDENTITY',
          second: 'connected',
          seenToLeave: 1,
          listed: ['anna', 'bo'],
        },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const first = await world.page('anna');
        await bo.seen('anna');
        const second = await world.page('anna');
        const { reason } = await first.log.heard('disconnected');
        await bo.log.heard('participantDisconnected');
        await bo.seen('anna');
        const listed = await world.service.listParticipants(world.room);
        return {
          first: String(reason),
          second: (await second.state()).connection,
          seenToLeave: bo.log.all('participantDisconnected').length,
          listed: listed.map(({ identity }) => identity).sort(),
        };
      },
    ),
    behaviour(
      'The same identity in two rooms is two participants',
      { expected: { one: 'connected', other: 'connected' }, clients: ['Chromium'] },
      async (world) => {
        const one = await world.page('anna');
        const other = await world.page('anna', { grant: { room: `${world.room}-other` } });
        const states = await Promise.all([one.state(), other.state()]);
        await world.service.deleteRoom(`${world.room}-other`);
        return { one: states[0].connection, other: states[1].connection };
      },
    ),
    behaviour(
      'Rooms do not hear of each other',
      { expected: { participants: [], data: [] }, clients: ['rtc-node'] },
      async (world) => {
        const anna = await world.node('anna');
        const elsewhere = await world.node('bo', { grant: { room: `${world.room}-other` } });
        await elsewhere.me.publishData(Buffer.from('elsewhere'), { reliable: true });
        const carl = await world.node('carl');
        await anna.seen('carl');
        await carl.me.publishData(Buffer.from('here'), { reliable: true });
        await anna.log.heard('dataReceived', ({ text }) => text === 'here');
        await world.service.deleteRoom(`${world.room}-other`);
        return {
          participants: [...anna.room.remoteParticipants.keys()].filter((identity) => identity !== 'carl'),
          data: anna.log.all('dataReceived').flatMap(({ text }) => (text === 'here' ? [] : [String(text)])),
        };
      },
    ),
    behaviour(
      'Who comes later is told of all who are there, with their tracks',
      {
        expected: { others: { anna: ['microphone'], bo: [] } },
        clients: ['Chromium', 'rtc-node'],
      },
      async (world) => {
        const anna = await world.node('anna');
        await anna.publishAudio();
        await world.node('bo');
        const late = await world.page('carl');
        const others = (await late.state()).others;
        return {
          others: Object.fromEntries(
            others.map(({ identity, tracks }) => [identity, tracks.map(({ source }) => source)]),
          ),
        };
      },
    ),
    behaviour(
      'How many participants and publishers there are is told',
      { expected: { participants: 2, publishers: 1 }, clients: ['Chromium', 'rtc-node'] },
      async (world) => {
        const page = await world.page('anna');
        const bo = await world.node('bo');
        await bo.publishAudio();
        const room = await page.when(
          'the numbers being known',
          (state) => state.participants === 2 && state.publishers === 1 && state,
        );
        return { participants: room.participants, publishers: room.publishers };
      },
    ),
    behaviour(
      'An agent, a SIP caller or an egress is told apart by its token',
      { expected: { kind: 'AGENT' }, clients: ['Chromium', 'HTTP'] },
      async (world) => {
        const page = await world.page('anna');
        await world.node('helper', { kind: 'agent' });
        return { kind: (await page.seen('helper')).kind };
      },
    ),
    behaviour(
      'The server sees what the clients see of a participant',
      {
        expected: {
          identity: 'anna',
          name: 'Anna',
          metadata: 'm',
          attributes: { a: 'b' },
          state: 'ACTIVE',
          canPublish: true,
          canSubscribe: true,
          isPublisher: false,
          joinedAt: true,
        },
        clients: ['Chromium', 'server SDK'],
      },
      async (world) => {
        await world.page('anna', { name: 'Anna', metadata: 'm', attributes: { a: 'b' } });
        const one = await world.activeParticipant('anna');
        return {
          identity: one.identity,
          name: one.name,
          metadata: one.metadata,
          attributes: { ...one.attributes },
          state: 'ACTIVE',
          canPublish: one.permission?.canPublish ?? false,
          canSubscribe: one.permission?.canSubscribe ?? false,
          isPublisher: one.isPublisher,
          joinedAt: Math.abs(Number(one.joinedAt) - Date.now() / 1000) < 60,
        };
      },
    ),
  ],
};
