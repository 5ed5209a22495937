import { SimulateScenarioKind } from '@livekit/rtc-node';
import { type BehaviourGroup, behaviour } from '../behaviour.ts';
import { type Happening, until } from '../waiting.ts';

const speakingAndQuality = [
  behaviour(
    'Who speaks is told, and that they stopped',
    { expected: { speaks: ['anna'], stopped: [] }, clients: ['rtc-node'], short: true, timeLimitMs: 20_000 },
    async (world) => {
      const bo = await world.node('bo');
      const anna = await world.node('anna');
      await anna.publishAudio();
      const isAnna = ({ identities }: Happening) => String(identities) === 'anna';
      const speaks = await bo.log.heard('activeSpeakersChanged', isAnna);
      const after = bo.log.entries.length;
      anna.hush();
      const stopped = await bo.log.heard('activeSpeakersChanged', (entry) => !isAnna(entry), { after });
      return { speaks: speaks.identities as string[], stopped: stopped.identities as string[] };
    },
  ),
  behaviour(
    'Two who speak at once are both told',
    { expected: { both: ['anna', 'bo'] }, clients: ['rtc-node'], timeLimitMs: 20_000 },
    async (world) => {
      const listener = await world.node('carl');
      const [anna, bo] = await Promise.all([world.node('anna'), world.node('bo')]);
      await Promise.all([anna.publishAudio(), bo.publishAudio({ hertz: 600 })]);
      const both = await listener.log.heard(
        'activeSpeakersChanged',
        ({ identities }) => (identities as string[]).length === 2,
      );
      return { both: [...(both.identities as string[])].sort() };
    },
  ),
  behaviour(
    'Silence is not speaking',
    { expected: { speakers: ['loud'] }, clients: ['rtc-node'], timeLimitMs: 20_000 },
    async (world) => {
      const listener = await world.node('carl');
      const [quiet, loud] = await Promise.all([world.node('quiet'), world.node('loud')]);
      await quiet.publishAudio({ loudness: 0 });
      await loud.publishAudio();
      const heard = await listener.log.heard(
        'activeSpeakersChanged',
        ({ identities }) => String(identities) !== '',
      );
      return { speakers: heard.identities as string[] };
    },
  ),
  behaviour(
    'The quality of a good connection is told as excellent',
    { expected: { own: 'excellent', other: 'excellent' }, clients: ['Chromium'], timeLimitMs: 25_000 },
    async (world) => {
      const [anna, bo] = await Promise.all([world.page('anna'), world.page('bo')]);
      await anna.microphone();
      await bo.sound('anna');
      const own = await anna.log.heard(
        'connectionQualityChanged',
        ({ identity, quality }) => identity === 'anna' && quality === 'excellent',
        { limitMs: 20_000 },
      );
      const other = await bo.log.heard(
        'connectionQualityChanged',
        ({ identity, quality }) => identity === 'anna' && quality === 'excellent',
        { limitMs: 20_000 },
      );
      return { own: String(own.quality), other: String(other.quality) };
    },
  ),
  behaviour(
    'A downlink that is simulated to bear next to nothing pauses video and says so; the sound stays',
    { expected: { paused: false, sound: true }, clients: ['Chromium'], alone: true, timeLimitMs: 45_000 },
    async (world) => {
      const anna = await world.page('anna');
      await anna.camera({ width: 1280, height: 720 }, { simulcast: true, videoCodec: 'vp8' });
      await anna.microphone();
      const bo = await world.page('bo', { connect: { subscriberAllowPause: true } });
      await bo.frames('anna');
      await bo.run(`void (await room.simulateScenario('subscriber-bandwidth', 20_000))`);
      const paused = await bo.log
        .heard('trackStreamStateChanged', ({ state }) => state === 'paused', { limitMs: 12_000 })
        .then(
          () => true,
          () => false,
        );
      await bo.sound('anna');
      return { paused, sound: true };
    },
  ),
];

const reconnecting = [
  behaviour(
    'A browser whose socket is cut resumes; media and identity stay',
    {
      expected: {
        events: ['signalReconnecting', 'reconnected'],
        sameSid: true,
        seen: true,
        othersToldOfLeaving: 0,
      },
      clients: ['Chromium', 'rtc-node'],
      short: true,
      timeLimitMs: 25_000,
    },
    async (world) => {
      const bo = await world.node('bo');
      const anna = await world.page('anna');
      await anna.microphone();
      await bo.sound('anna');
      const before = (await anna.state()).me.sid;
      await anna.run(`void (await room.simulateScenario('signal-reconnect'))`);
      await anna.log.heard('reconnected', () => true, { limitMs: 20_000 });
      await bo.sound('anna');
      return {
        events: anna.log.entries.flatMap(({ event }) =>
          ['signalReconnecting', 'reconnecting', 'reconnected'].includes(event) ? [event] : [],
        ),
        sameSid: (await anna.state()).me.sid === before,
        seen: true,
        othersToldOfLeaving: bo.log.all('participantDisconnected').length,
      };
    },
  ),
  behaviour(
    'What changed while the socket was cut is told after resuming',
    {
      expected: { came: true, tracks: ['microphone'] },
      clients: ['Chromium', 'rtc-node'],
      timeLimitMs: 25_000,
    },
    async (world) => {
      const anna = await world.page('anna');
      await anna.run(`void (await room.simulateScenario('signal-reconnect'))`);
      const bo = await world.node('bo');
      await bo.publishAudio();
      await anna.log.heard('reconnected', () => true, { limitMs: 20_000 });
      await anna.sound('bo');
      return { came: true, tracks: (await anna.seen('bo')).tracks.map(({ source }) => source) };
    },
  ),
  behaviour(
    'A browser that has to reconnect whole publishes again, and others see it',
    {
      expected: { events: ['reconnecting', 'reconnected'], newSid: true, heardAgain: true },
      clients: ['Chromium', 'rtc-node'],
      short: true,
      timeLimitMs: 30_000,
    },
    async (world) => {
      const bo = await world.node('bo');
      const anna = await world.page('anna');
      await anna.microphone();
      await bo.sound('anna');
      const before = (await anna.state()).me.sid;
      await anna.run(`void (await room.simulateScenario('full-reconnect'))`);
      await anna.log.heard('reconnected', () => true, { limitMs: 25_000 });
      await bo.seen('anna', ({ sid }) => sid !== before);
      await bo.sound('anna');
      return {
        events: anna.log.entries.flatMap(({ event }) =>
          ['signalReconnecting', 'reconnecting', 'reconnected'].includes(event) ? [event] : [],
        ),
        newSid: (await anna.state()).me.sid !== before,
        heardAgain: true,
      };
    },
  ),
  behaviour(
    'Somebody whom the server forgot joins again by itself',
    {
      expected: { back: 'connected', heardAgain: true },
      clients: ['Chromium', 'rtc-node'],
      timeLimitMs: 40_000,
    },
    async (world) => {
      const bo = await world.node('bo');
      const anna = await world.page('anna');
      await anna.microphone();
      await bo.sound('anna');
      await anna.run(`void (await room.simulateScenario('node-failure'))`);
      await anna.log.heard('reconnected', () => true, { limitMs: 30_000 });
      await bo.sound('anna');
      return { back: (await anna.state()).connection, heardAgain: true };
    },
  ),
  behaviour(
    'The native client whose socket is cut comes back with its media',
    { expected: { heardAgain: true }, clients: ['rtc-node'], timeLimitMs: 30_000 },
    async (world) => {
      const bo = await world.node('bo');
      const anna = await world.node('anna');
      await anna.publishAudio();
      await bo.sound('anna');
      await anna.room.simulateScenario(SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT);
      await anna.log.heard('reconnected', () => true, { limitMs: 25_000 });
      await bo.sound('anna');
      return { heardAgain: true };
    },
  ),
  behaviour(
    'A server that sends somebody away for good gives a reason',
    { expected: { event: 'disconnected' }, clients: ['Chromium'], timeLimitMs: 30_000 },
    async (world) => {
      const anna = await world.page('anna');
      await anna.run(`void (await room.simulateScenario('server-leave'))`);
      const { event } = await anna.log.heard('disconnected', () => true, { limitMs: 25_000 });
      return { event };
    },
  ),
  behaviour(
    'A client that vanishes without a word is gone for the others after a while',
    { expected: { went: 'anna' }, clients: ['Chromium', 'rtc-node'], timeLimitMs: 60_000 },
    async (world) => {
      const bo = await world.node('bo');
      const anna = await world.page('anna');
      await bo.seen('anna');
      await anna.crash();
      const went = await bo.log.heard('participantDisconnected', () => true, { limitMs: 55_000 });
      return { went: String(went.identity) };
    },
  ),
  behaviour(
    'A token is renewed while connected, for when the client has to come back',
    { expected: { renewed: true, identity: 'anna', room: true }, clients: ['Chromium'] },
    async (world) => {
      const token = await world.token('anna', { ttl: '15m' });
      const { page } = await world.tryPage('anna', { token });
      const renewed = await until('another token', async () => {
        const now = String(await page.run('room.engine.token'));
        return now !== token && now;
      });
      const claims = decodeJwt(renewed);
      return {
        renewed: Number(claims.exp) > 0,
        identity: claims.sub ?? null,
        room: (claims.video as { readonly room?: string } | undefined)?.room === world.room,
      };
    },
  ),
  behaviour(
    'A server that ends tells its clients, which come back to the next',
    { expected: { heard: true }, clients: ['Chromium'], timeLimitMs: 40_000 },
    async (world) => {
      const other = await world.another();
      const page = await other.page('anna');
      await other.server.stop();
      const heard = await Promise.race(
        ['reconnecting', 'signalReconnecting', 'disconnected'].map((event) =>
          page.log.heard(event, () => true, { limitMs: 30_000 }),
        ),
      );
      return { heard: heard.event.length > 0 };
    },
  ),
];

export const connection: BehaviourGroup = {
  title: 'Speakers, quality and reconnection',
  behaviours: [...speakingAndQuality, ...reconnecting],
};

function decodeJwt(token: string): {
  readonly exp?: number;
  readonly sub?: string;
  readonly video?: unknown;
} {
  const [, body = ''] = token.split('.');
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as ReturnType<typeof decodeJwt>;
}
