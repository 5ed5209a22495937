import { type Behaviour, behaviour } from '../../behaviour.ts';
import type { PageClient } from '../../clients/page.ts';
import { until } from '../../waiting.ts';
import { both, passphrase, reconnections } from './together.ts';

const send = (page: PageClient, text: string) =>
  page.run(
    `void (await me.publishData(new TextEncoder().encode(${JSON.stringify(text)}), { reliable: true, topic: 'chat' }))`,
  );

/** In a page: keeps the length and the sender of a text stream, and whether every character came. */
const listenForText = `void room.registerTextStreamHandler('chat', async (reader, { identity }) => {
  const text = await reader.readAll();
  globalThis.received = { length: text.length, from: identity, same: text === 'æøå '.repeat(text.length / 4) };
})`;

const textLength = 120_000;

export const room: readonly Behaviour[] = [
  behaviour(
    'Name, metadata and attributes go from Firefox to Chromium and back, and so do changes',
    {
      expected: {
        seenByBo: { name: 'Fox', metadata: 'm', attributes: { colour: 'red', mood: 'good' } },
        seenByFox: { name: 'Bo', metadata: 'changed', attributes: { colour: 'blue' } },
      },
      clients: ['Firefox', 'Chromium'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const grant = { canUpdateOwnMetadata: true };
      const { fox, bo } = await both(world, {
        fox: { grant, name: 'Fox', metadata: 'm', attributes: { colour: 'red' } },
        bo: { grant, name: 'Bo', metadata: 'm', attributes: { colour: 'blue' } },
      });
      await fox.run(`void (await me.setAttributes({ mood: 'good' }))`);
      await bo.run(`void (await me.setMetadata('changed'))`);
      const seen = (page: PageClient, identity: string, fits: (told: string) => boolean) =>
        page.when('the change', ({ others }) => {
          const found = others.find((one) => one.identity === identity);
          if (found === undefined || !fits(JSON.stringify(found))) return null;
          const { name, metadata, attributes } = found;
          return { name, metadata, attributes };
        });
      return {
        seenByBo: await seen(bo, 'fox', (told) => told.includes('good')),
        seenByFox: await seen(fox, 'bo', (told) => told.includes('changed')),
      };
    },
  ),
  behaviour(
    'Messages go from Firefox to Chromium and back',
    {
      expected: { fox: ['from bo', 'bo', 'reliable', 'chat'], bo: ['from fox', 'fox', 'reliable', 'chat'] },
      clients: ['Firefox', 'Chromium'],
      short: true,
      timeLimitMs: 30_000,
    },
    async (world) => {
      const { fox, bo } = await both(world);
      await Promise.all([send(fox, 'from fox'), send(bo, 'from bo')]);
      const heard = async (page: PageClient) => {
        const { text, identity, kind, topic } = await page.log.heard('dataReceived');
        return [text, identity, kind, topic].map(String);
      };
      return { fox: await heard(fox), bo: await heard(bo) };
    },
  ),
  ...(['Firefox to Chromium', 'Chromium to Firefox'] as const).map((way) =>
    behaviour(
      `A text of ${textLength} letters goes whole from ${way}`,
      {
        expected: { length: textLength, from: 'anna', same: true },
        clients: ['Firefox', 'Chromium'],
        timeLimitMs: 30_000,
      },
      async (world) => {
        const byFox = way === 'Firefox to Chromium';
        const [anna, bo] = await Promise.all(
          byFox ? [world.firefox('anna'), world.page('bo')] : [world.page('anna'), world.firefox('bo')],
        );
        await bo.run(listenForText);
        await Promise.all([anna.seen('bo'), bo.seen('anna')]);
        await anna.run(
          `void (await me.sendText('æøå '.repeat(${textLength / 4}), { topic: 'chat', compress: false }))`,
        );
        return bo.eventually('globalThis.received');
      },
    ),
  ),
  behaviour(
    'Calls (RPC) are answered, from Firefox to Chromium and back',
    {
      expected: { forth: 'bo got ping of fox', back: 'fox got ping of bo' },
      clients: ['Firefox', 'Chromium'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const { fox, bo } = await both(world);
      const answer = (page: PageClient, name: string) =>
        page.run(
          `void room.registerRpcMethod('greet', async (call) => '${name} got ' + call.payload + ' of ' + call.callerIdentity)`,
        );
      await Promise.all([answer(fox, 'fox'), answer(bo, 'bo')]);
      const call = (page: PageClient, to: string) =>
        page.run(`me.performRpc({ destinationIdentity: '${to}', method: 'greet', payload: 'ping' })`);
      return { forth: await call(fox, 'bo'), back: await call(bo, 'fox') };
    },
  ),
  behaviour(
    'Firefox whose socket is cut resumes; media go on both ways',
    {
      expected: {
        events: ['signalReconnecting', 'reconnected'],
        sameSid: true,
        both: true,
        toldOfLeaving: 0,
      },
      clients: ['Firefox', 'Chromium'],
      timeLimitMs: 45_000,
    },
    async (world) => {
      const { fox, bo } = await both(world);
      await Promise.all([fox.camera(), bo.microphone()]);
      await Promise.all([bo.frames('fox'), fox.sound('bo')]);
      const before = (await fox.state()).me.sid;
      await fox.run(`void (await room.simulateScenario('signal-reconnect'))`);
      await fox.log.heard('reconnected', () => true, { limitMs: 25_000 });
      await Promise.all([bo.frames('fox'), fox.sound('bo')]);
      return {
        events: reconnections(fox),
        sameSid: (await fox.state()).me.sid === before,
        both: true,
        toldOfLeaving: bo.log.all('participantDisconnected').length,
      };
    },
  ),
  behaviour(
    'Firefox that has to reconnect whole publishes again, and Chromium hears and sees it',
    {
      expected: { events: ['reconnecting', 'reconnected'], newSid: true, both: true },
      clients: ['Firefox', 'Chromium'],
      timeLimitMs: 45_000,
    },
    async (world) => {
      const { fox, bo } = await both(world);
      await Promise.all([fox.camera(), bo.microphone()]);
      await fox.microphone();
      await Promise.all([bo.frames('fox'), bo.sound('fox'), fox.sound('bo')]);
      const before = (await fox.state()).me.sid;
      await fox.run(`void (await room.simulateScenario('full-reconnect'))`);
      await fox.log.heard('reconnected', () => true, { limitMs: 25_000 });
      const { sid } = await bo.when('fox anew', ({ others }) =>
        others.find(({ identity, sid: now }) => identity === 'fox' && now !== before),
      );
      await Promise.all([bo.frames('fox'), bo.sound('fox'), fox.sound('bo')]);
      return { events: reconnections(fox), newSid: sid !== before, both: true };
    },
  ),
  ...(
    [
      ['leaves', 'void (await room.disconnect())'],
      ['closes its page', null],
    ] as const
  ).map(([what, expression]) =>
    behaviour(
      `Firefox that ${what} is seen to go, with the reason`,
      {
        expected: { went: 'fox', reason: 'CLIENT_INITIATED' },
        clients: ['Firefox', 'rtc-node'],
        timeLimitMs: 30_000,
      },
      async (world) => {
        const bo = await world.node('bo');
        const fox = await world.firefox('fox');
        await bo.seen('fox');
        await (expression === null ? fox.navigateAway() : fox.run(expression));
        const { identity, reason } = await bo.log.heard('participantDisconnected');
        return { went: String(identity), reason: String(reason) };
      },
    ),
  ),
  behaviour(
    'Firefox that is removed is told so',
    {
      expected: { reason: 'PARTICIPANT_REMOVED', state: 'disconnected' },
      clients: ['Firefox', 'server SDK'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const fox = await world.firefox('fox');
      await world.activeParticipant('fox');
      await world.service.removeParticipant(world.room, 'fox');
      const { reason } = await fox.log.heard('disconnected');
      return { reason: String(reason), state: (await fox.state()).connection };
    },
  ),
  behaviour(
    'With the same key Firefox and Chromium decode each other’s encrypted picture and sound',
    {
      expected: { both: true, encrypted: [true, true] },
      clients: ['Firefox', 'Chromium'],
      short: true,
      timeLimitMs: 30_000,
    },
    async (world) => {
      const { fox, bo } = await both(world, { fox: { passphrase }, bo: { passphrase } });
      await Promise.all([fox, bo].map((page) => page.camera()));
      await Promise.all([fox, bo].map((page) => page.microphone()));
      await Promise.all([bo.frames('fox'), bo.sound('fox'), fox.frames('bo'), fox.sound('bo')]);
      const seen = await Promise.all([bo.seenTrack('fox', 'camera'), fox.seenTrack('bo', 'camera')]);
      return { both: true, encrypted: seen.map(({ encrypted }) => encrypted) };
    },
  ),
  ...([true, false] as const).map((foxKnows) =>
    behaviour(
      foxKnows
        ? 'What Firefox encrypts comes, and Chromium with another key decodes nothing of it'
        : 'What Chromium encrypts comes, and Firefox with another key decodes nothing of it',
      { expected: { packets: true, frames: 0 }, clients: ['Firefox', 'Chromium'], timeLimitMs: 30_000 },
      async (world) => {
        const wrong = { passphrase: 'a wrong passphrase' };
        const { fox, bo } = await both(world, {
          fox: foxKnows ? { passphrase } : wrong,
          bo: foxKnows ? wrong : { passphrase },
        });
        const [sender, receiver, who] = foxKnows ? ([fox, bo, 'fox'] as const) : ([bo, fox, 'bo'] as const);
        await sender.camera();
        const seen = await until('packets', async () => {
          const now = await receiver.received(who, 'camera');
          return now !== null && now.packets > 60 && now;
        });
        return { packets: true, frames: seen.frames };
      },
    ),
  ),
  behaviour(
    'Firefox and the server find each other on this machine alone, over UDP',
    {
      expected: { address: '127.0.0.1', protocol: 'udp', state: 'succeeded' },
      clients: ['Firefox'],
      timeLimitMs: 30_000,
    },
    async (world) => {
      const fox = await world.firefox('fox');
      await fox.microphone();
      const pair = await until('the chosen pair', async () =>
        fox.run(`(async () => {
          const all = [...(await room.engine.pcManager.publisher.getStats()).values()];
          const pair = all.find((one) => one.type === 'candidate-pair' && one.selected);
          const { address, protocol } = all.find((one) => one.id === pair?.remoteCandidateId) ?? {};
          return pair === undefined ? null : { address, protocol, state: pair.state };
        })()`),
      );
      return pair;
    },
  ),
];
