import { type BehaviourGroup, behaviour } from '../behaviour.ts';
import { within } from '../waiting.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export const data: BehaviourGroup = {
  title: 'Data, streams and calls',
  behaviours: [
    ...(['reliable', 'lossy'] as const).map((kind) =>
      behaviour(
        `A ${kind} message reaches everybody but its sender, with sender, topic and kind`,
        {
          expected: { bo: { text: 'hello', identity: 'anna', topic: 'greeting', kind }, own: 0 },
          clients: ['Chromium', 'rtc-node'],
          short: true,
        },
        async (world) => {
          const bo = await world.node('bo');
          const carl = await world.page('carl');
          const anna = await world.page('anna');
          await bo.seen('anna');
          await anna.run(
            `void (await me.publishData(new TextEncoder().encode('hello'), { reliable: ${kind === 'reliable'}, topic: 'greeting' }))`,
          );
          const heard = await bo.log.heard('dataReceived');
          await carl.log.heard('dataReceived');
          return {
            bo: {
              text: String(heard.text),
              identity: String(heard.identity),
              topic: String(heard.topic),
              kind: String(heard.kind),
            },
            own: anna.log.all('dataReceived').length,
          };
        },
      ),
    ),
    behaviour(
      'A message for one identity reaches only that one',
      { expected: { bo: ['secret', 'public'], carl: ['public'] }, clients: ['rtc-node'], short: true },
      async (world) => {
        const [anna, bo, carl] = await Promise.all([
          world.node('anna'),
          world.node('bo'),
          world.node('carl'),
        ]);
        await Promise.all([anna.seen('bo'), anna.seen('carl')]);
        await anna.me.publishData(text('secret'), { reliable: true, destination_identities: ['bo'] });
        await anna.me.publishData(text('public'), { reliable: true });
        await Promise.all(
          [bo, carl].map((one) => one.log.heard('dataReceived', (entry) => entry.text === 'public')),
        );
        const texts = (one: typeof bo) => one.log.all('dataReceived').map((entry) => String(entry.text));
        return { bo: texts(bo), carl: texts(carl) };
      },
    ),
    behaviour(
      'Reliable messages come whole and in order',
      { expected: { count: 200, inOrder: true }, clients: ['rtc-node'] },
      async (world) => {
        const [anna, bo] = await Promise.all([world.node('anna'), world.node('bo')]);
        await bo.seen('anna');
        await Promise.all(
          Array.from({ length: 200 }, (_, at) =>
            anna.me.publishData(text(`message ${at}`), { reliable: true }),
          ),
        );
        await bo.log.heard('dataReceived', (entry) => entry.text === 'message 199');
        const texts = bo.log.all('dataReceived').map((entry) => entry.text);
        return { count: texts.length, inOrder: texts.every((one, at) => one === `message ${at}`) };
      },
    ),
    behaviour(
      'A message of 15 kB comes whole',
      { expected: { bytes: 15_000 }, clients: ['Chromium', 'rtc-node'] },
      async (world) => {
        const bo = await world.node('bo');
        const anna = await world.page('anna');
        await bo.seen('anna');
        await anna.run(`void (await me.publishData(new Uint8Array(15_000).fill(97), { reliable: true }))`);
        const heard = await bo.log.heard('dataReceived');
        return { bytes: Number(heard.bytes) };
      },
    ),
    behaviour(
      'A message between the two join paths comes both ways',
      { expected: { anna: 'from bo', bo: 'from anna' }, clients: ['Chromium'] },
      async (world) => {
        const anna = await world.page('anna', { room: { singlePeerConnection: true } });
        const bo = await world.page('bo', { room: { singlePeerConnection: false } });
        await Promise.all([anna.seen('bo'), bo.seen('anna')]);
        const send = (page: typeof anna, what: string) =>
          page.run(`void (await me.publishData(new TextEncoder().encode('${what}'), { reliable: true }))`);
        await Promise.all([send(anna, 'from anna'), send(bo, 'from bo')]);
        const [atAnna, atBo] = await Promise.all([
          anna.log.heard('dataReceived'),
          bo.log.heard('dataReceived'),
        ]);
        return { anna: String(atAnna.text), bo: String(atBo.text) };
      },
    ),
    behaviour(
      'A message of the server comes without a sender',
      {
        expected: { text: 'from the house', identity: null, topic: 'notice', kind: 'reliable' },
        clients: ['rtc-node', 'server SDK'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        await world.activeParticipant('bo');
        await world.sendData('from the house', { topic: 'notice' });
        const heard = await bo.log.heard('dataReceived');
        return {
          text: String(heard.text),
          identity: heard.identity === null ? null : String(heard.identity),
          topic: String(heard.topic),
          kind: String(heard.kind),
        };
      },
    ),
    behaviour(
      'A message of the server for one identity reaches only that one',
      { expected: { bo: ['secret', 'public'], carl: ['public'] }, clients: ['rtc-node', 'server SDK'] },
      async (world) => {
        const [bo, carl] = await Promise.all([world.node('bo'), world.node('carl')]);
        await Promise.all(['bo', 'carl'].map((who) => world.activeParticipant(who)));
        await world.sendData('secret', { destinationIdentities: ['bo'] });
        await world.sendData('public', {});
        await Promise.all(
          [bo, carl].map((one) => one.log.heard('dataReceived', (entry) => entry.text === 'public')),
        );
        const texts = (one: typeof bo) => one.log.all('dataReceived').map((entry) => String(entry.text));
        return { bo: texts(bo), carl: texts(carl) };
      },
    ),
    behaviour(
      'A text stream arrives as it was sent, with topic and attributes',
      {
        expected: { text: 'a chat line', from: 'anna', attributes: { tone: 'kind' } },
        clients: ['Chromium', 'rtc-node'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        const heard = new Promise<{ text: string; from: string; attributes: Record<string, string> }>(
          (resolve, reject) => {
            bo.room.registerTextStreamHandler('chat', (reader, { identity }) => {
              reader
                .readAll()
                .then(
                  (all) => resolve({ text: all, from: identity, attributes: { ...reader.info.attributes } }),
                  reject,
                );
            });
          },
        );
        const anna = await world.page('anna');
        await bo.seen('anna');
        await anna.run(
          `void (await me.sendText('a chat line', { topic: 'chat', attributes: { tone: 'kind' }, compress: false }))`,
        );
        return within('the stream', 10_000, heard);
      },
    ),
    behaviour(
      'A file of 300 kB arrives byte by byte',
      {
        expected: { bytes: 300_000, name: 'plan.bin', mimeType: 'application/octet-stream', same: true },
        clients: ['Chromium'],
        short: true,
      },
      async (world) => {
        const bo = await world.page('bo');
        await bo.run(
          `void room.registerByteStreamHandler('files', async (reader) => {
            const pieces = await reader.readAll();
            const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
            let at = 0;
            const same = pieces.every((piece) => piece.every((byte) => byte === at++ % 251));
            globalThis.received = { bytes, name: reader.info.name, mimeType: reader.info.mimeType, same };
          })`,
        );
        const anna = await world.page('anna');
        await anna.seen('bo');
        await anna.run(
          `void (await me.sendFile(new File([Uint8Array.from({ length: 300_000 }, (_, at) => at % 251)], 'plan.bin', { type: 'application/octet-stream' }), { topic: 'files' }))`,
        );
        return bo.eventually('globalThis.received');
      },
    ),
    behaviour(
      'A byte stream of the native client reaches a browser',
      { expected: { bytes: 50_000, from: 'anna' }, clients: ['Chromium', 'rtc-node'] },
      async (world) => {
        const bo = await world.page('bo');
        await bo.run(
          `void room.registerByteStreamHandler('files', async (reader, { identity }) => {
            const pieces = await reader.readAll();
            globalThis.received = { bytes: pieces.reduce((sum, piece) => sum + piece.length, 0), from: identity };
          })`,
        );
        const anna = await world.node('anna');
        await anna.seen('bo');
        const writer = await anna.me.streamBytes({ topic: 'files', name: 'x', totalSize: 50_000 });
        await writer.write(new Uint8Array(50_000));
        await writer.close();
        return bo.eventually('globalThis.received');
      },
    ),
    behaviour(
      'A stream for one identity reaches only that one',
      { expected: { bo: ['secret', 'public'], carl: ['public'] }, clients: ['rtc-node'] },
      async (world) => {
        const [anna, bo, carl] = await Promise.all([
          world.node('anna'),
          world.node('bo'),
          world.node('carl'),
        ]);
        await Promise.all([anna.seen('bo'), anna.seen('carl')]);
        const listen = (node: typeof bo) => {
          const texts: string[] = [];
          const done = new Promise<string[]>((resolve) => {
            node.room.registerTextStreamHandler('chat', (reader) => {
              void reader.readAll().then((all) => {
                texts.push(all);
                if (all === 'public') resolve(texts);
              });
            });
          });
          return within('the stream', 10_000, done);
        };
        const heard = [listen(bo), listen(carl)] as const;
        await anna.me.sendText('secret', { topic: 'chat', destinationIdentities: ['bo'] });
        await anna.me.sendText('public', { topic: 'chat' });
        const [atBo, atCarl] = await Promise.all(heard);
        return { bo: atBo, carl: atCarl };
      },
    ),
    behaviour(
      'A call (RPC) is answered, from a browser to the native client and back',
      {
        expected: { forth: 'bo got ping of anna', back: 'anna got ping of bo' },
        clients: ['Chromium', 'rtc-node'],
        short: true,
      },
      async (world) => {
        const bo = await world.node('bo');
        bo.me.registerRpcMethod(
          'greet',
          async ({ callerIdentity, payload }) => `bo got ${payload} of ${callerIdentity}`,
        );
        const anna = await world.page('anna');
        await anna.run(
          `void room.registerRpcMethod('greet', async (call) => 'anna got ' + call.payload + ' of ' + call.callerIdentity)`,
        );
        await Promise.all([anna.seen('bo'), bo.seen('anna')]);
        const forth = await anna.run(
          `me.performRpc({ destinationIdentity: 'bo', method: 'greet', payload: 'ping' })`,
        );
        const back = await bo.me.performRpc({
          destinationIdentity: 'anna',
          method: 'greet',
          payload: 'ping',
        });
        return { forth, back };
      },
    ),
    behaviour(
      'A call of a method that nobody has says so',
      { expected: { code: 1400 }, clients: ['Chromium', 'rtc-node'] },
      async (world) => {
        await world.node('bo');
        const anna = await world.page('anna');
        await anna.seen('bo');
        const { code } = await anna.attempt(
          `me.performRpc({ destinationIdentity: 'bo', method: 'none', payload: '' })`,
        );
        return { code: code ?? null };
      },
    ),
    behaviour(
      'An error of the called side reaches the caller with code and data',
      { expected: { code: 42, message: 'no tea' }, clients: ['Chromium', 'rtc-node'] },
      async (world) => {
        const bo = await world.page('bo');
        await bo.run(
          `void room.registerRpcMethod('tea', async () => { throw new client.RpcError(42, 'no tea', 'tin empty'); })`,
        );
        const anna = await world.page('anna');
        await anna.seen('bo');
        const { code, message } = await anna.attempt(
          `me.performRpc({ destinationIdentity: 'bo', method: 'tea', payload: '' })`,
        );
        return { code: code ?? null, message: message ?? null };
      },
    ),
    behaviour(
      'A call to somebody who is not there ends with a time-out of the connection',
      { expected: { code: 1501 }, clients: ['Chromium'], timeLimitMs: 30_000 },
      async (world) => {
        const anna = await world.page('anna');
        const { code } = await anna.attempt(
          `me.performRpc({ destinationIdentity: 'nobody', method: 'greet', payload: '', responseTimeout: 8000 })`,
        );
        return { code: code ?? null };
      },
    ),
    behaviour(
      'A call whose answer is late ends with a time-out of the answer',
      { expected: { code: 1502 }, clients: ['Chromium', 'rtc-node'] },
      async (world) => {
        const bo = await world.node('bo');
        bo.me.registerRpcMethod('slow', () => new Promise(() => undefined));
        const anna = await world.page('anna');
        await anna.seen('bo');
        const { code } = await anna.attempt(
          `me.performRpc({ destinationIdentity: 'bo', method: 'slow', payload: '', responseTimeout: 1500 })`,
        );
        return { code: code ?? null };
      },
    ),
    behaviour(
      'A call of 20 kB between native clients is answered whole',
      { expected: { bytes: 20_000 }, clients: ['rtc-node'] },
      async (world) => {
        const [anna, bo] = await Promise.all([world.node('anna'), world.node('bo')]);
        bo.me.registerRpcMethod('echo', async ({ payload }) => payload);
        await anna.seen('bo');
        const answer = await anna.me.performRpc({
          destinationIdentity: 'bo',
          method: 'echo',
          payload: 'x'.repeat(20_000),
        });
        return { bytes: answer.length };
      },
    ),
  ],
};
