import { type VideoCodec as NodeVideoCodec, VideoCodec } from '@livekit/rtc-node';
import { type BehaviourGroup, behaviour } from '../behaviour.ts';

const codecs: readonly (readonly [string, string, NodeVideoCodec])[] = [
  ['vp8', 'video/vp8', VideoCodec.VP8],
  ['h264', 'video/h264', VideoCodec.H264],
  ['vp9', 'video/vp9', VideoCodec.VP9],
  ['av1', 'video/av1', VideoCodec.AV1],
];

export const tracks: BehaviourGroup = {
  title: 'Tracks',
  behaviours: [
    ...([true, false] as const).map((single) =>
      behaviour(
        `Two browsers with ${single ? 'one peer connection' : 'two peer connections'} each see and hear each other`,
        {
          expected: { annaSees: true, annaHears: true, boSees: true, boHears: true },
          clients: ['Chromium'],
          short: single,
        },
        async (world) => {
          const [anna, bo] = await Promise.all(
            ['anna', 'bo'].map((who) => world.page(who, { room: { singlePeerConnection: single } })),
          );
          if (anna === undefined || bo === undefined) throw new Error('no pages');
          await Promise.all([anna, bo].map((page) => page.camera()));
          await Promise.all([anna, bo].map((page) => page.microphone()));
          await Promise.all([anna.frames('bo'), bo.frames('anna'), anna.sound('bo'), bo.sound('anna')]);
          return { annaSees: true, annaHears: true, boSees: true, boHears: true };
        },
      ),
    ),
    behaviour(
      'A browser and the native client see and hear each other',
      {
        expected: { browserSees: { width: 320, height: 180 }, nativeSees: true },
        clients: ['Chromium', 'rtc-node'],
      },
      async (world) => {
        const page = await world.page('anna');
        const node = await world.node('bo');
        await Promise.all([page.camera(), node.publishVideo(), node.publishAudio()]);
        await page.microphone();
        const [media, frame] = await Promise.all([
          page.frames('bo'),
          node.frame('anna'),
          page.sound('bo'),
          node.sound('anna'),
        ]);
        return { browserSees: { width: media.width, height: media.height }, nativeSees: frame.width > 0 };
      },
    ),
    behaviour(
      'A published track is described alike to other clients and to the server',
      {
        expected: {
          client: { source: 'camera', kind: 'video', name: 'front', mimeType: 'video/VP8', simulcast: false },
          server: { source: 1, name: 'front', mimeType: 'video/VP8', width: 320, height: 180, sid: 'TR_' },
        },
        clients: ['Chromium', 'server SDK'],
        short: true,
      },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.page('anna');
        await anna.camera({}, { simulcast: false, name: 'front' });
        const seen = await bo.seenTrack(
          'anna',
          'camera',
          ({ mimeType }) => mimeType !== null && mimeType !== '',
        );
        const [track] = (await world.service.getParticipant(world.room, 'anna')).tracks;
        return {
          client: {
            source: seen.source,
            kind: seen.kind,
            name: seen.name,
            mimeType: seen.mimeType,
            simulcast: seen.simulcast,
          },
          server: {
            source: track?.source ?? null,
            name: track?.name ?? null,
            mimeType: track?.mimeType ?? null,
            width: track?.width ?? null,
            height: track?.height ?? null,
            sid: track?.sid.slice(0, 3) ?? null,
          },
        };
      },
    ),
    ...codecs.map(([codec, mimeType]) =>
      behaviour(
        `A browser publishes ${codec.toUpperCase()} and another decodes it`,
        { expected: { codec: mimeType, told: mimeType }, clients: ['Chromium'], short: codec === 'vp8' },
        async (world) => {
          const bo = await world.page('bo');
          const anna = await world.page('anna');
          await anna.camera({}, { videoCodec: codec, simulcast: false, backupCodec: false });
          const media = await bo.frames('anna');
          const { mimeType: told } = await bo.seenTrack('anna', 'camera');
          return { codec: media.codec.toLowerCase(), told: (told ?? '').toLowerCase() };
        },
      ),
    ),
    ...codecs.map(([name, mimeType, codec]) =>
      behaviour(
        `The native client publishes ${name.toUpperCase()} and a browser decodes it`,
        { expected: { codec: mimeType }, clients: ['rtc-node', 'Chromium'] },
        async (world) => {
          const page = await world.page('anna');
          const node = await world.node('bo');
          await node.publishVideo({ codec });
          const media = await page.frames('bo');
          return { codec: media.codec.toLowerCase() };
        },
      ),
    ),
    behaviour(
      'Sound comes as Opus',
      { expected: { codec: 'audio/opus', told: 'audio/' }, clients: ['Chromium'] },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.page('anna');
        await anna.microphone({ red: false });
        const media = await bo.sound('anna');
        const { mimeType } = await bo.seenTrack('anna', 'microphone');
        return { codec: media.codec.toLowerCase(), told: (mimeType ?? '').toLowerCase().slice(0, 6) };
      },
    ),
    behaviour(
      'Sound that was published with redundancy is heard',
      { expected: { heard: true }, clients: ['Chromium'] },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.page('anna');
        await anna.microphone({ red: true });
        await bo.sound('anna');
        return { heard: true };
      },
    ),
    behaviour(
      'A publisher hears when somebody first subscribes',
      { expected: { told: true }, clients: ['rtc-node', 'Chromium'] },
      async (world) => {
        const node = await world.node('anna');
        await world.page('bo');
        const { sid } = await node.publishAudio();
        await node.log.heard('localTrackSubscribed', (entry) => entry.sid === sid);
        return { told: true };
      },
    ),
    behaviour(
      'Muting and unmuting are told to others and to the server',
      {
        expected: { muted: 'microphone', server: true, unmuted: 'microphone', heardAgain: true },
        clients: ['Chromium', 'rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const anna = await world.page('anna');
        await anna.microphone();
        await bo.sound('anna');
        await anna.run('void (await me.setMicrophoneEnabled(false))');
        const muted = await bo.log.heard('trackMuted');
        const [track] = (await world.service.getParticipant(world.room, 'anna')).tracks;
        await anna.run('void (await me.setMicrophoneEnabled(true))');
        const unmuted = await bo.log.heard('trackUnmuted');
        await bo.sound('anna');
        return {
          muted: String(muted.source),
          server: track?.muted ?? null,
          unmuted: String(unmuted.source),
          heardAgain: true,
        };
      },
    ),
    behaviour(
      'A camera that was muted is seen again after unmuting',
      { expected: { seenAgain: true, sameTrack: true }, clients: ['Chromium'] },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.page('anna');
        await anna.camera();
        await bo.frames('anna');
        const before = await bo.seenTrack('anna', 'camera');
        await anna.run('void (await me.setCameraEnabled(false))');
        await bo.log.heard('trackMuted');
        await anna.run('void (await me.setCameraEnabled(true))');
        await bo.log.heard('trackUnmuted');
        await bo.frames('anna');
        return { seenAgain: true, sameTrack: (await bo.seenTrack('anna', 'camera')).sid === before.sid };
      },
    ),
    behaviour(
      'Who joins while a track is muted is told so',
      { expected: { muted: true }, clients: ['Chromium'] },
      async (world) => {
        const anna = await world.page('anna');
        await anna.microphone();
        await anna.run('void (await me.setMicrophoneEnabled(false))');
        const bo = await world.page('bo');
        const track = await bo.seenTrack('anna', 'microphone', ({ muted }) => muted);
        return { muted: track.muted };
      },
    ),
    behaviour(
      'Unpublishing takes the track from everybody',
      {
        expected: { unsubscribed: 'microphone', unpublished: 'microphone', left: 0 },
        clients: ['rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const anna = await world.node('anna');
        const { sid } = await anna.publishAudio();
        await bo.log.heard('trackSubscribed');
        await anna.me.unpublishTrack(sid ?? '');
        const [unsubscribed, unpublished] = await Promise.all([
          bo.log.heard('trackUnsubscribed'),
          bo.log.heard('trackUnpublished'),
        ]);
        return {
          unsubscribed: String(unsubscribed.source),
          unpublished: String(unpublished.source),
          left: (await world.service.getParticipant(world.room, 'anna')).tracks.length,
        };
      },
    ),
    ...([true, false] as const).map((single) =>
      behaviour(
        `A track that is published again after unpublishing is seen again (${single ? 'one peer connection' : 'two'})`,
        { expected: { newSid: true, seen: true }, clients: ['Chromium'], short: single },
        async (world) => {
          const options = { room: { singlePeerConnection: single } };
          const bo = await world.page('bo', options);
          const anna = await world.page('anna', options);
          await anna.camera();
          await bo.frames('anna');
          const before = await bo.seenTrack('anna', 'camera');
          await anna.run(`void (await me.unpublishTrack(me.getTrackPublication('camera').track))`);
          await bo.log.heard('trackUnpublished');
          await anna.camera();
          const after = await bo.seenTrack('anna', 'camera', ({ sid }) => sid !== before.sid);
          await bo.frames('anna');
          return { newSid: after.sid !== before.sid, seen: true };
        },
      ),
    ),
    behaviour(
      'A shared screen comes beside the camera',
      {
        expected: { camera: true, screen: true, sources: ['camera', 'screen_share'] },
        clients: ['Chromium'],
        short: true,
      },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.page('anna');
        await anna.camera();
        await anna.run(
          'void (await me.setScreenShareEnabled(true, { resolution: { width: 640, height: 360, frameRate: 10 } }, { simulcast: false }))',
        );
        await Promise.all([bo.frames('anna', 'camera'), bo.frames('anna', 'screen_share', { atLeast: 1 })]);
        const seen = await bo.seen('anna');
        return { camera: true, screen: true, sources: seen.tracks.map(({ source }) => source).sort() };
      },
    ),
    behaviour(
      'A shared screen ends without harm to the camera',
      { expected: { gone: 'screen_share', cameraGoesOn: true }, clients: ['Chromium'] },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.page('anna');
        await anna.camera();
        await anna.run('void (await me.setScreenShareEnabled(true))');
        await bo.frames('anna', 'screen_share', { atLeast: 1 });
        await anna.run('void (await me.setScreenShareEnabled(false))');
        const gone = await bo.log.heard('trackUnpublished');
        await bo.frames('anna');
        return { gone: String(gone.source), cameraGoesOn: true };
      },
    ),
    behaviour(
      'Two tracks of one source are both published and told apart by name',
      { expected: { names: ['one', 'two'], heard: 2 }, clients: ['rtc-node'] },
      async (world) => {
        const bo = await world.node('bo');
        const anna = await world.node('anna');
        await anna.publishAudio({ name: 'one' });
        await anna.publishAudio({ name: 'two', hertz: 880 });
        await bo.seen('anna', ({ trackPublications }) => trackPublications.size === 2);
        await bo.log.heard('trackSubscribed');
        await bo.log.heard('trackSubscribed', (one) => one !== bo.log.all('trackSubscribed')[0]);
        const seen = await bo.seen('anna');
        return {
          names: [...seen.trackPublications.values()].map(({ name }) => name ?? '').sort(),
          heard: bo.log.all('trackSubscribed').length,
        };
      },
    ),
    behaviour(
      'Tracks of somebody who leaves are taken away',
      { expected: { unsubscribed: 'camera', left: 0 }, clients: ['Chromium', 'rtc-node'] },
      async (world) => {
        const bo = await world.page('bo');
        const anna = await world.node('anna');
        await anna.publishVideo();
        await bo.frames('anna');
        await anna.close();
        const unsubscribed = await bo.log.heard('trackUnsubscribed');
        await bo.log.heard('participantDisconnected');
        return { unsubscribed: String(unsubscribed.source), left: (await bo.state()).others.length };
      },
    ),
    behaviour(
      'Four participants see and hear everybody',
      { expected: { tracks: [6, 6, 6, 6] }, clients: ['rtc-node'], timeLimitMs: 20_000 },
      async (world) => {
        const names = ['anna', 'bo', 'carl', 'dina'];
        const nodes = await Promise.all(names.map((name) => world.node(name)));
        await Promise.all(
          nodes.flatMap((node) => [node.publishAudio(), node.publishVideo({ width: 160, height: 90 })]),
        );
        await Promise.all(
          nodes.flatMap((node, at) =>
            names
              .filter((_, other) => other !== at)
              .flatMap((name) => [node.sound(name), node.frame(name)] as Promise<unknown>[]),
          ),
        );
        return { tracks: nodes.map((node) => node.tracks.size) };
      },
    ),
  ],
};
