import { type Behaviour, behaviour } from '../../behaviour.ts';
import { until } from '../../waiting.ts';
import { both, publication, threeLayers } from './together.ts';

/** Software encoding of several layers takes a while to get going where the processor is shared. */
const patientMs = 25_000;

export const media: readonly Behaviour[] = [
  behaviour(
    'Firefox joins on the path that livekit-client chooses for it',
    {
      expected: { connection: 'connected', sid: 'PA_', onePeerConnection: true, others: ['bo'] },
      clients: ['Firefox', 'Chromium'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const { fox } = await both(world);
      const { connection, me, others } = await fox.state();
      return {
        connection,
        sid: me.sid.slice(0, 3),
        onePeerConnection: await fox.run('room.engine.pcManager.subscriber === undefined'),
        others: others.map(({ identity }) => identity),
      };
    },
  ),
  ...([true, false] as const).map((single) =>
    behaviour(
      `Firefox with ${single ? 'one peer connection' : 'two peer connections'} and Chromium see and hear each other`,
      {
        expected: {
          foxGets: ['video/vp8', 'audio/opus'],
          boGets: ['video/vp8', 'audio/opus'],
        },
        clients: ['Firefox', 'Chromium'],
        short: single,
        timeLimitMs: 30_000,
      },
      async (world) => {
        const { fox, bo } = await both(world, { fox: { room: { singlePeerConnection: single } } });
        await Promise.all([fox, bo].map((page) => page.camera()));
        await Promise.all([fox, bo].map((page) => page.microphone({ red: false })));
        const gets = async (page: typeof fox, of: string) =>
          (await Promise.all([page.frames(of), page.sound(of)])).map(({ codec }) => codec.toLowerCase());
        const [foxGets = [], boGets = []] = await Promise.all([gets(fox, 'bo'), gets(bo, 'fox')]);
        return { foxGets, boGets };
      },
    ),
  ),
  behaviour(
    'Two Firefoxes see and hear each other',
    {
      expected: { foxSees: true, foxHears: true, vixenSees: true, vixenHears: true },
      clients: ['Firefox'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const [fox, vixen] = await Promise.all([world.firefox('fox'), world.firefox('vixen')]);
      await Promise.all([fox, vixen].map((page) => page.camera()));
      await Promise.all([fox, vixen].map((page) => page.microphone()));
      await Promise.all([fox.frames('vixen'), fox.sound('vixen'), vixen.frames('fox'), vixen.sound('fox')]);
      return { foxSees: true, foxHears: true, vixenSees: true, vixenHears: true };
    },
  ),
  behaviour(
    'Firefox and the native client see and hear each other',
    {
      expected: { foxSees: { width: 320, height: 180 }, nativeSees: true },
      clients: ['Firefox', 'rtc-node'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const fox = await world.firefox('fox');
      const node = await world.node('bo');
      await Promise.all([fox.camera(), node.publishVideo(), node.publishAudio()]);
      await fox.microphone();
      const [{ width, height }, frame] = await Promise.all([
        fox.frames('bo'),
        node.frame('fox'),
        fox.sound('bo'),
        node.sound('fox'),
      ]);
      return { foxSees: { width, height }, nativeSees: frame.width > 0 };
    },
  ),
  behaviour(
    'A track of Firefox is described alike to other clients and to the server',
    {
      expected: {
        client: { source: 'camera', kind: 'video', name: 'front', mimeType: 'video/VP8', simulcast: false },
        server: { name: 'front', mimeType: 'video/VP8', width: 320, height: 180, sid: 'TR_' },
      },
      clients: ['Firefox', 'Chromium', 'server SDK'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const { fox, bo } = await both(world);
      await fox.camera({}, { simulcast: false, name: 'front' });
      const seen = await bo.seenTrack('fox', 'camera', ({ mimeType }) => Boolean(mimeType));
      const [track] = (await world.service.getParticipant(world.room, 'fox')).tracks;
      return {
        client: {
          source: seen.source,
          kind: seen.kind,
          name: seen.name,
          mimeType: seen.mimeType,
          simulcast: seen.simulcast,
        },
        server: {
          name: track?.name ?? null,
          mimeType: track?.mimeType ?? null,
          width: track?.width ?? null,
          height: track?.height ?? null,
          sid: track?.sid.slice(0, 3) ?? null,
        },
      };
    },
  ),
  behaviour(
    'Firefox publishes layers, and Chromium gets the one it asks for',
    {
      expected: { layers: ['f', 'h', 'q'], low: 320, high: 960 },
      clients: ['Firefox', 'Chromium'],
      timeLimitMs: 60_000,
    },
    async (world) => {
      const { fox, bo } = await both(world);
      await fox.camera(threeLayers, { simulcast: true, videoCodec: 'vp8' });
      const fits = (wanted: number) => ({
        fits: ({ width }: { readonly width: number }) => width === wanted,
        limitMs: patientMs,
      });
      const high = await bo.frames('fox', 'camera', fits(960));
      await bo.run(`void ${publication('fox', 'camera')}.setVideoQuality(client.VideoQuality.LOW)`);
      const low = await bo.frames('fox', 'camera', fits(320));
      const sent = await fox.sent('camera');
      return { layers: sent.map(({ rid }) => rid).sort(), low: low.width, high: high.width };
    },
  ),
  behaviour(
    'In Firefox the size on the page chooses the layer of Chromium',
    { expected: { small: 320, large: 640 }, clients: ['Firefox', 'Chromium'], timeLimitMs: 45_000 },
    async (world) => {
      const bo = await world.page('bo');
      await bo.camera({ width: 640, height: 360 }, { simulcast: true, videoCodec: 'vp8' });
      const fox = await world.firefox('fox', {
        room: { adaptiveStream: { pixelDensity: 1 } },
        show: { width: 200, height: 112 },
      });
      const small = await fox.frames('bo', 'camera', {
        fits: ({ width }) => width === 320,
        limitMs: patientMs,
      });
      await fox.show('bo', 'camera', { width: 640, height: 360 });
      const large = await fox.frames('bo', 'camera', {
        fits: ({ width }) => width === 640,
        limitMs: patientMs,
      });
      return { small: small.width, large: large.width };
    },
  ),
  ...(['vp9', 'av1'] as const).map((codec) =>
    behaviour(
      `Chromium publishes ${codec.toUpperCase()} and Firefox decodes it`,
      { expected: { codec: `video/${codec}` }, clients: ['Firefox', 'Chromium'], timeLimitMs: 30_000 },
      async (world) => {
        const { fox, bo } = await both(world);
        await bo.camera({}, { videoCodec: codec, simulcast: false, backupCodec: false });
        const seen = await fox.frames('bo', 'camera', { limitMs: patientMs });
        return { codec: seen.codec.toLowerCase() };
      },
    ),
  ),
  behaviour(
    'H264 that a Firefox without OpenH264 cannot decode does not come, and the sound does',
    {
      expected: { canDecode: false, frames: 0, sound: true },
      clients: ['Firefox', 'Chromium'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const { fox, bo } = await both(world);
      await bo.camera({}, { videoCodec: 'h264', simulcast: false, backupCodec: false });
      await bo.microphone();
      await fox.seenTrack('bo', 'camera');
      await fox.sound('bo');
      const canDecode = await fox.run(
        `RTCRtpReceiver.getCapabilities('video').codecs.some(({ mimeType }) => mimeType === 'video/H264')`,
      );
      await fox.pass(2000);
      return { canDecode, frames: (await fox.received('bo', 'camera'))?.frames ?? 0, sound: true };
    },
  ),
  behaviour(
    'Who joins late gets what Firefox publishes, and Firefox what was there before it',
    { expected: { late: true, early: true }, clients: ['Firefox', 'Chromium'], timeLimitMs: 30_000 },
    async (world) => {
      const bo = await world.page('bo');
      await bo.camera();
      await bo.microphone();
      const fox = await world.firefox('fox');
      await Promise.all([fox.frames('bo'), fox.sound('bo')]);
      await fox.camera();
      await fox.microphone();
      const late = await world.page('late');
      await Promise.all([late.frames('fox'), late.sound('fox')]);
      return { late: true, early: true };
    },
  ),
  behaviour(
    'What Firefox mutes is told to others, and heard and seen again after unmuting',
    {
      expected: { muted: ['microphone', 'camera'], unmuted: ['microphone', 'camera'], back: true },
      clients: ['Firefox', 'Chromium'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const { fox, bo } = await both(world);
      await fox.camera();
      await fox.microphone();
      await Promise.all([bo.frames('fox'), bo.sound('fox')]);
      const set = async (enabled: boolean) => {
        await fox.run(`void (await me.setMicrophoneEnabled(${enabled}))`);
        await fox.run(`void (await me.setCameraEnabled(${enabled}))`);
      };
      const told = async (event: string) =>
        Promise.all(
          ['microphone', 'camera'].map(async (source) =>
            String((await bo.log.heard(event, (entry) => entry.source === source)).source),
          ),
        );
      await set(false);
      const muted = await told('trackMuted');
      await set(true);
      const unmuted = await told('trackUnmuted');
      await Promise.all([bo.frames('fox'), bo.sound('fox')]);
      return { muted, unmuted, back: true };
    },
  ),
  behaviour(
    'Firefox unsubscribes and subscribes again',
    { expected: { gone: 'camera', back: true }, clients: ['Firefox', 'Chromium'], timeLimitMs: 30_000 },
    async (world) => {
      const { fox, bo } = await both(world);
      await bo.camera();
      await fox.frames('bo');
      await fox.run(`void ${publication('bo', 'camera')}.setSubscribed(false)`);
      const gone = await fox.log.heard('trackUnsubscribed');
      await fox.run(`void ${publication('bo', 'camera')}.setSubscribed(true)`);
      await fox.frames('bo');
      return { gone: String(gone.source), back: true };
    },
  ),
  ...([true, false] as const).map((single) =>
    behaviour(
      `What Firefox publishes again after unpublishing is seen again (${single ? 'one peer connection' : 'two'})`,
      { expected: { newSid: true, seen: true }, clients: ['Firefox', 'Chromium'], timeLimitMs: 30_000 },
      async (world) => {
        const { fox, bo } = await both(world, { fox: { room: { singlePeerConnection: single } } });
        await fox.camera();
        await bo.frames('fox');
        const before = await bo.seenTrack('fox', 'camera');
        await fox.run(`void (await me.unpublishTrack(me.getTrackPublication('camera').track))`);
        await bo.log.heard('trackUnpublished');
        await fox.camera();
        const after = await bo.seenTrack('fox', 'camera', ({ sid }) => sid !== before.sid);
        await bo.frames('fox');
        return { newSid: after.sid !== before.sid, seen: true };
      },
    ),
  ),
  behaviour(
    // Without a display there is no screen to share, so that the pictures are a drawing's; to the server it is the same.
    'A screen share of Firefox comes beside its camera and ends without harm to it',
    {
      expected: { sources: ['camera', 'screen_share'], gone: 'screen_share', cameraGoesOn: true },
      clients: ['Firefox', 'Chromium'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const { fox, bo } = await both(world);
      await fox.camera();
      await fox.run(`{
        const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
        const drawing = canvas.getContext('2d');
        let count = 0;
        setInterval(() => { drawing.fillStyle = 'hsl(' + (count += 7) + ' 80% 50%)'; drawing.fillRect(0, 0, 640, 360); }, 100);
        const [track] = canvas.captureStream(10).getVideoTracks();
        await me.publishTrack(track, { source: 'screen_share', simulcast: false, videoCodec: 'vp8' });
      }`);
      await Promise.all([bo.frames('fox', 'camera'), bo.frames('fox', 'screen_share')]);
      const { tracks } = await bo.seen('fox');
      await fox.run(`void (await me.unpublishTrack(me.getTrackPublication('screen_share').track))`);
      const gone = await bo.log.heard('trackUnpublished');
      await bo.frames('fox', 'camera');
      return {
        sources: tracks.map(({ source }) => source).sort(),
        gone: String(gone.source),
        cameraGoesOn: true,
      };
    },
  ),
  behaviour(
    'A screen that Chromium shares is seen in Firefox beside the camera',
    { expected: { camera: true, screen: true }, clients: ['Firefox', 'Chromium'], timeLimitMs: 30_000 },
    async (world) => {
      const { fox, bo } = await both(world);
      await bo.camera();
      await bo.run(
        'void (await me.setScreenShareEnabled(true, { resolution: { width: 640, height: 360, frameRate: 10 } }, { simulcast: false }))',
      );
      await Promise.all([fox.frames('bo', 'camera'), fox.frames('bo', 'screen_share', { atLeast: 1 })]);
      return { camera: true, screen: true };
    },
  ),
  behaviour(
    'With dynacast Firefox sends next to nothing while nobody subscribes, and all once somebody does',
    { expected: { quiet: true, watched: true }, clients: ['Firefox', 'Chromium'], timeLimitMs: 60_000 },
    async (world) => {
      const fox = await world.firefox('fox', { room: { dynacast: true } });
      await fox.camera({}, { simulcast: true, videoCodec: 'vp8' });
      const frames = async () =>
        (await fox.sent('camera')).reduce((sum, { frames: encoded }) => sum + encoded, 0);
      const quiet = await until(
        'next to no frames',
        async () => {
          const before = await frames();
          await fox.pass(2000);
          // Livekit-client makes Firefox encode a small picture a second where others stop a layer.
          return (await frames()) - before <= 6;
        },
        patientMs,
      );
      const bo = await world.page('bo');
      await bo.frames('fox', 'camera', { limitMs: patientMs });
      return { quiet, watched: true };
    },
  ),
];
