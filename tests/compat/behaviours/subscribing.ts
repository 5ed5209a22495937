import { type BehaviourGroup, behaviour } from '../behaviour.ts';

/** In a page: a track of somebody else. */
const publication = (identity: string, source: string) =>
  `room.remoteParticipants.get('${identity}').getTrackPublication('${source}')`;

export const subscribing: BehaviourGroup = {
  title: 'Subscribing',
  behaviours: [
    behaviour(
      'Without autoSubscribe nothing comes until it is asked for',
      { expected: { before: 0, after: 'microphone' }, clients: ['Chromium', 'rtc-node'], short: true },
      async (world) => {
        const anna = await world.node('anna');
        await anna.publishAudio();
        const bo = await world.page('bo', { connect: { autoSubscribe: false } });
        await bo.seenTrack('anna', 'microphone');
        const carl = await world.node('carl');
        await carl.sound('anna');
        const before = bo.log.all('trackSubscribed').length;
        await bo.run(`void ${publication('anna', 'microphone')}.setSubscribed(true)`);
        const after = await bo.log.heard('trackSubscribed');
        await bo.sound('anna');
        return { before, after: String(after.source) };
      },
    ),
    behaviour(
      'A client unsubscribes and subscribes again',
      { expected: { gone: 'camera', back: true }, clients: ['Chromium'] },
      async (world) => {
        const anna = await world.page('anna');
        await anna.camera();
        const bo = await world.page('bo');
        await bo.frames('anna');
        await bo.run(`void ${publication('anna', 'camera')}.setSubscribed(false)`);
        const gone = await bo.log.heard('trackUnsubscribed');
        await bo.run(`void ${publication('anna', 'camera')}.setSubscribed(true)`);
        await bo.frames('anna');
        return { gone: String(gone.source), back: true };
      },
    ),
    behaviour(
      'The native client unsubscribes and subscribes again',
      { expected: { gone: 'microphone', back: true }, clients: ['rtc-node'] },
      async (world) => {
        const anna = await world.node('anna');
        await anna.publishAudio();
        const bo = await world.node('bo');
        await bo.sound('anna');
        for (const publication of bo.room.remoteParticipants.get('anna')?.trackPublications.values() ?? [])
          publication.setSubscribed(false);
        const gone = await bo.log.heard('trackUnsubscribed');
        for (const publication of bo.room.remoteParticipants.get('anna')?.trackPublications.values() ?? [])
          publication.setSubscribed(true);
        await bo.sound('anna');
        return { gone: String(gone.source), back: true };
      },
    ),
    behaviour(
      'The server unsubscribes somebody and subscribes them again',
      {
        expected: { gone: 'microphone', back: 'microphone' },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const anna = await world.node('anna');
        const { sid = '' } = await anna.publishAudio();
        const bo = await world.page('bo');
        await bo.sound('anna');
        await world.service.updateSubscriptions(world.room, 'bo', [sid], false);
        const gone = await bo.log.heard('trackUnsubscribed');
        const after = bo.log.entries.length;
        await world.service.updateSubscriptions(world.room, 'bo', [sid], true);
        const back = await bo.log.heard('trackSubscribed', () => true, { after });
        await bo.sound('anna');
        return { gone: String(gone.source), back: String(back.source) };
      },
    ),
    behaviour(
      'A publisher that allows nobody is heard by nobody',
      {
        expected: { permission: 'not_allowed', subscribed: 0 },
        clients: ['Chromium'],
        short: true,
      },
      async (world) => {
        const anna = await world.page('anna');
        await anna.run('void me.setTrackSubscriptionPermissions(false, [])');
        await anna.microphone();
        const bo = await world.page('bo');
        const track = await bo.seenTrack(
          'anna',
          'microphone',
          ({ permission }) => permission === 'not_allowed',
        );
        return { permission: track.permission, subscribed: bo.log.all('trackSubscribed').length };
      },
    ),
    behaviour(
      'A publisher that allows one by identity is heard by that one only',
      {
        expected: { bo: true, carl: 'not_allowed' },
        clients: ['Chromium'],
      },
      async (world) => {
        const anna = await world.page('anna');
        await anna.run(
          `void me.setTrackSubscriptionPermissions(false, [{ participantIdentity: 'bo', allowAll: true }])`,
        );
        await anna.microphone();
        const [bo, carl] = await Promise.all([world.page('bo'), world.page('carl')]);
        await bo.sound('anna');
        const track = await carl.seenTrack(
          'anna',
          'microphone',
          ({ permission }) => permission === 'not_allowed',
        );
        return { bo: true, carl: track.permission };
      },
    ),
    behaviour(
      'A permission for one track is not one for the others',
      {
        expected: { microphone: true, camera: 'not_allowed' },
        clients: ['Chromium'],
      },
      async (world) => {
        const anna = await world.page('anna');
        await anna.microphone();
        await anna.run(
          `void me.setTrackSubscriptionPermissions(false, [{ participantIdentity: 'bo', allowedTrackSids: [me.getTrackPublication('microphone').trackSid] }])`,
        );
        await anna.camera();
        const bo = await world.page('bo');
        await bo.sound('anna');
        const track = await bo.seenTrack('anna', 'camera', ({ permission }) => permission === 'not_allowed');
        return { microphone: true, camera: track.permission };
      },
    ),
    behaviour(
      'A permission that is taken away takes the track away, and given back it comes back',
      {
        expected: { taken: 'not_allowed', unsubscribed: 'microphone', given: 'allowed', heard: true },
        clients: ['Chromium'],
      },
      async (world) => {
        const anna = await world.page('anna');
        await anna.microphone();
        const bo = await world.page('bo');
        await bo.sound('anna');
        await anna.run('void me.setTrackSubscriptionPermissions(false, [])');
        const taken = await bo.log.heard(
          'trackSubscriptionPermissionChanged',
          ({ status }) => status === 'not_allowed',
        );
        const unsubscribed = await bo.log.heard('trackUnsubscribed');
        await anna.run('void me.setTrackSubscriptionPermissions(true, [])');
        const given = await bo.log.heard(
          'trackSubscriptionPermissionChanged',
          ({ status }) => status === 'allowed',
        );
        await bo.sound('anna');
        return {
          taken: String(taken.status),
          unsubscribed: String(unsubscribed.source),
          given: String(given.status),
          heard: true,
        };
      },
    ),
    behaviour(
      'Subscriptions of somebody who is not there are answered as unavailable',
      { expected: { status: 503, code: 'unavailable' }, clients: ['server SDK'] },
      (world) => world.refusal(world.service.updateSubscriptions(world.room, 'nobody', ['TR_none'], true)),
    ),
  ],
};
