import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FailureCode, RequestFailure } from '../request-failure.ts';
import { another, aTrack, FakeRoom } from '../testing/fake-room.ts';
import { LiveCall } from './call.ts';
import type { MediaWish } from './state.ts';

let room: FakeRoom;
let call: LiveCall;
let entering: FailureCode | null;
let entered: number;
let plugged: () => void;
let wished: MediaWish[];
let cameras: { id: string; label: string }[];

async function start(
  wish: MediaWish = { camera: true, microphone: true },
  encryption: 'end-to-end' | 'in-transit' = 'end-to-end',
) {
  call = LiveCall.start(
    {
      room,
      enter: async () => {
        entered += 1;
        if (entering !== null) throw new RequestFailure(entering);
        return { url: 'ws://media', token: `token-${entered}` };
      },
      devices: {
        list: async () => ({ cameras, microphones: [], loudspeakers: [] }),
        watch: (changed) => {
          plugged = changed;
          return () => {};
        },
      },
      wished: (wish) => void wished.push(wish),
      now: Date.now,
    },
    wish,
    encryption,
  );
  await pass(0);
  return call;
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const now = () => call.getSnapshot();

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  room = new FakeRoom();
  entering = null;
  entered = 0;
  wished = [];
  cameras = [];
});

afterEach(() => {
  call.end('hung-up');
  vi.useRealTimers();
});

describe('coming in', () => {
  it('connects with encryption on, then sends sound and picture from the chosen devices', async () => {
    await start({ camera: true, microphone: true, cameraId: 'front', loudspeakerId: 'headset' });
    expect(room.done).toEqual([
      'connect ws://media token-1',
      'device loudspeaker headset',
      'camera true front',
      'microphone true any',
    ]);
    expect(room.view.encrypting).toBe(true);
    expect(now()).toMatchObject({
      state: 'connected',
      own: { camera: { state: 'on' }, microphone: { state: 'on' } },
    });
  });

  it('sends again what was lost while the connection was made anew, and nothing that was switched off', async () => {
    await start();
    await call.setCamera(false);
    room.done.length = 0;
    room.set({ microphone: null });
    await pass(2_000);
    expect(room.done).toEqual(['microphone true any']);
    expect(now()).toMatchObject({ own: { camera: { state: 'off' }, microphone: { state: 'on' } } });
    await pass(6_000);
    expect(room.done).toHaveLength(1);
  });

  it('comes in without what was not wished for', async () => {
    await start({ camera: false, microphone: true });
    expect(room.done).toContain('camera false user');
    expect(now().own.camera.state).toBe('off');
  });

  it('tells at once what is wished, for the next time one comes in, also while nothing can be done about it', async () => {
    await start({ camera: true, microphone: true, cameraId: 'front' });
    entering = 'service_down';
    room.lose();
    void call.setCamera(false);
    void call.useDevice('loudspeaker', 'headset');
    void call.useDevice('microphone', 'usb');
    void call.setMicrophone(false);
    expect(wished.at(0)).toEqual({ camera: false, microphone: true, cameraId: 'front' });
    expect(wished.at(-1)).toEqual({
      camera: false,
      microphone: false,
      cameraId: 'front',
      microphoneId: 'usb',
      loudspeakerId: 'headset',
    });
  });

  it.each([
    ['no media', 'network-blocked'],
    ['nobody there', 'media-down'],
  ])(
    'says where %s is what keeps it out, and keeps trying with a new token each time',
    async (failure, trouble) => {
      room.failing.set('connect', failure);
      await start();
      await pass(4_000);
      expect(now()).toMatchObject({ state: 'connecting', troubles: [trouble] });
      expect(entered).toBeGreaterThan(2);
      room.failing.clear();
      await pass(5_000);
      expect(now()).toMatchObject({ state: 'connected', troubles: [] });
      expect(room.done.filter((act) => act.startsWith('connect')).at(-1)).toBe(
        `connect ws://media token-${entered}`,
      );
    },
  );

  it.each([
    ['service_down', 'service-down'],
    ['media_unavailable', 'media-down'],
    ['offline', 'network-blocked'],
  ] as const)('takes %s of the service for %s', async (code, trouble) => {
    entering = code;
    await start();
    expect(now().troubles).toEqual([trouble]);
  });

  it.each([
    ['link_not_valid', 'removed'],
    ['link_pin', 'removed'],
    ['link_in_use', 'elsewhere'],
  ] as const)('does not try again after %s', async (code, reason) => {
    entering = code;
    await start();
    await pass(30_000);
    expect(entered).toBe(1);
    expect(now()).toMatchObject({ state: 'ended', ended: reason });
  });
});

describe('being in', () => {
  it('sees who is there although nothing was told', async () => {
    await start();
    room.set({ others: [another('mette')] });
    await pass(500);
    expect(now().people).toMatchObject([
      { seat: 'mette', camera: { id: 'mette-camera', live: true }, sound: 'on' },
    ]);
    room.set({
      others: [another('mette', { camera: aTrack('anew'), microphone: aTrack('m', { muted: true }) })],
    });
    await pass(500);
    expect(now().people).toMatchObject([{ camera: { id: 'anew' }, sound: 'muted' }]);
  });

  it('keeps the same snapshot while nothing is different', async () => {
    await start();
    room.set({ others: [another('mette')] });
    await pass(500);
    const before = now();
    await pass(5_000);
    expect(now()).toBe(before);
  });

  it('calls it end to end only where everything is that comes and goes', async () => {
    await start();
    room.set({ others: [another('mette')] });
    await pass(500);
    expect(now().encryption).toBe('end-to-end');
    room.set({ others: [another('mette', { screen: aTrack('screen', { encrypted: false }) })] });
    await pass(500);
    expect(now()).toMatchObject({ encryption: 'in-transit', people: [{ encrypted: false }] });
    room.set({ others: [another('mette')] });
    await call.setEncryption('in-transit');
    expect(room.view.encrypting).toBe(false);
    expect(now().encryption).toBe('in-transit');
  });

  it('comes in anew to be encrypted otherwise, with what it had on, also while it is still coming in', async () => {
    await start({ camera: false, microphone: true });
    room.done.length = 0;
    await call.setEncryption('in-transit');
    expect(room.done).toEqual(['connect ws://media token-2', 'camera false user', 'microphone true any']);
    expect(now()).toMatchObject({ state: 'connected', ended: null });

    // The camera was still being asked for when the way changed.
    room.done.length = 0;
    room.failing.set('camera', () => new Promise((resolve) => setTimeout(resolve, 1_000)));
    void call.setCamera(true);
    void call.setEncryption('end-to-end');
    await pass(5_000);
    expect(room.done.filter((act) => act.startsWith('camera'))).toEqual([
      'camera true user',
      'camera true user',
    ]);
    expect(now().own.camera.state).toBe('on');

    call.end('hung-up');
    room = new FakeRoom();
    room.failing.set('connect', () => new Promise((resolve) => setTimeout(resolve, 1_000)));
    await start();
    await call.setEncryption('in-transit');
    await pass(3_000);
    expect(room.view).toMatchObject({ state: 'connected', encrypting: false });
  });

  it.each([
    ['NotAllowedError', 'camera-refused'],
    ['NotFoundError', 'camera-missing'],
    ['NotReadableError', 'camera-busy'],
  ])('goes on with sound alone on %s, and says why', async (name, trouble) => {
    room.failing.set('camera', new DOMException('', name));
    await start();
    expect(now()).toMatchObject({
      state: 'connected',
      troubles: [trouble],
      own: { camera: { state: 'failed', trouble }, microphone: { state: 'on' } },
    });
    expect(call.measured().lastError).toBe(name);
    room.failing.clear();
    await call.setCamera(true);
    expect(now()).toMatchObject({ troubles: [], own: { camera: { state: 'on' } } });
  });

  it('takes another camera where the chosen one is gone', async () => {
    room.failing.set('camera', async () => {
      if (room.done.includes('camera true gone') && !room.done.includes('camera true user'))
        throw new DOMException('', 'OverconstrainedError');
    });
    await start({ camera: true, microphone: true, cameraId: 'gone' });
    expect(room.done).toContain('camera true user');
    expect(now().own.camera).toMatchObject({ state: 'on', trouble: null });
  });

  it('ends with what was wished last when one presses faster than the browser answers', async () => {
    await start({ camera: false, microphone: false });
    room.failing.set('microphone', () => new Promise((resolve) => setTimeout(resolve, 1_000)));
    void call.setMicrophone(true);
    void call.setMicrophone(false);
    void call.setMicrophone(true);
    void call.setMicrophone(false);
    expect(now().own.microphone.state).toBe('starting');
    await pass(10_000);
    expect(now().own.microphone.state).toBe('off');
    expect(room.view.microphone).toBeNull();
  });

  it('turns back where there is no other camera', async () => {
    await start();
    room.failing.set('turn environment', new DOMException('', 'OverconstrainedError'));
    await call.turnCamera();
    expect(room.done.slice(-2)).toEqual(['turn environment', 'turn user']);
    expect(now().own.facing).toBe('user');
    room.failing.clear();
    await call.turnCamera();
    expect(now().own.facing).toBe('environment');
  });

  it('knows where a camera looks that was chosen by name, and turns from there', async () => {
    await start();
    await call.useDevice('camera', 'back-wide');
    expect(now().own.facing).toBe('environment');
    await call.turnCamera();
    expect(room.done.at(-1)).toBe('turn user');
    expect(now().own.facing).toBe('user');
  });

  it('goes from each camera to the next where none knows where it looks, and mirrors them all', async () => {
    room.knowsFacing = false;
    cameras = ['built-in', 'usb', 'desk'].map((id) => ({ id, label: id }));
    await start({ camera: true, microphone: true, cameraId: 'usb' });
    for (let turns = 0; turns < 3; turns += 1) await call.turnCamera();
    expect(room.done.slice(-3)).toEqual([
      'device camera desk',
      'device camera built-in',
      'device camera usb',
    ]);
    expect(now().own).toMatchObject({ facing: 'user', camera: { deviceId: 'usb' } });
  });

  it('lists the devices again once a camera was switched on: before, the browser named none', async () => {
    await start({ camera: false, microphone: false });
    cameras = [{ id: 'one', label: 'Front' }];
    await call.setCamera(true);
    expect(now().devices.cameras).toEqual(cameras);
  });

  it('notices a device that was pulled out, and lists what is there now', async () => {
    await start();
    room.set({ microphone: { id: 'own', deviceId: 'any', facing: null, ended: true } });
    cameras = [{ id: 'usb', label: 'USB' }];
    plugged();
    await pass(500);
    expect(now()).toMatchObject({
      own: { microphone: { state: 'failed', trouble: 'microphone-missing' } },
      devices: { cameras: [{ label: 'USB' }] },
    });
  });

  it('asks for a tap only where there is a sound that the browser will not play', async () => {
    await start();
    room.set({ mayPlay: false });
    await pass(500);
    expect(now().needsTap).toBe(false);
    room.set({ others: [another('mette')] });
    await pass(500);
    expect(now().needsTap).toBe(true);
    await call.startSound();
    expect(now().needsTap).toBe(false);
  });

  it('writes down what is said, by whom, and what did not get through', async () => {
    await start();
    room.set({ others: [another('mette')] });
    room.events?.text('mette', 'Hej');
    await call.say('  Hej med dig ');
    room.failing.set('text', new Error('closed'));
    await call.say('Er du der?');
    await call.say('   ');
    expect(now().chat.map(({ seat, text, failed }) => [seat, text, failed])).toEqual([
      ['mette', 'Hej', false],
      [null, 'Hej med dig', false],
      [null, 'Er du der?', true],
    ]);
  });

  it('says of a line that was written to nobody that it was not sent, and sends that line again, once', async () => {
    await start();
    await call.say('Er du der?');
    const lines = () => now().chat.map(({ text, failed }) => [text, failed]);
    expect(lines()).toEqual([['Er du der?', true]]);
    expect(room.done).not.toContain('text Er du der?');
    room.set({ others: [another('mette')] });
    const [line] = now().chat;
    await call.sayAgain(line?.id ?? '');
    await call.sayAgain(line?.id ?? '');
    expect(lines()).toEqual([['Er du der?', false]]);
    expect(room.done.filter((act) => act.startsWith('text'))).toEqual(['text Er du der?']);
  });

  it('says that sharing was called off, without calling it a trouble', async () => {
    await start();
    room.failing.set('sharing', new DOMException('', 'NotAllowedError'));
    expect(await call.setSharing(true)).toBe(false);
    expect(now().troubles).toEqual([]);
  });
});

describe('when it goes wrong', () => {
  const inbound = (bytesReceived: number, framesDecoded: number) => [
    {
      identity: 'mette',
      kind: 'video' as const,
      entries: [
        { type: 'inbound-rtp', bytesReceived, framesDecoded, packetsReceived: bytesReceived, packetsLost: 0 },
      ],
    },
    {
      identity: 'mette',
      kind: 'audio' as const,
      entries: [{ type: 'inbound-rtp', bytesReceived, packetsReceived: bytesReceived, packetsLost: 0 }],
    },
  ];

  it('says since when it connects anew, comes in with what one had on, and keeps the chat', async () => {
    await start();
    room.events?.text('mette', 'Hej');
    await call.setCamera(false);
    entering = 'service_down';
    room.lose();
    await pass(10_000);
    expect(now()).toMatchObject({ state: 'reconnecting', reconnectingSince: 0, quality: 'lost' });
    expect(now().troubles).toEqual(['service-down', 'dropped']);
    entering = null;
    room.done.length = 0;
    await pass(5_000);
    expect(now()).toMatchObject({
      state: 'connected',
      reconnectingSince: null,
      troubles: [],
      chat: [{ text: 'Hej' }],
    });
    expect(room.done).toContain('camera false user');
    expect(room.done).toContain('microphone true any');
  });

  it('tells nothing of a gap that the library bridges by itself, until it is long', async () => {
    await start();
    room.set({ state: 'reconnecting' });
    await pass(3_000);
    expect(now()).toMatchObject({ state: 'reconnecting', troubles: [] });
    await pass(7_000);
    expect(now().troubles).toEqual(['dropped']);
    expect(entered).toBe(1);
  });

  it.each(['call-ended', 'removed', 'elsewhere'] as const)(
    'does not come in again after %s',
    async (reason) => {
      await start();
      room.lose(reason);
      await pass(30_000);
      expect(now()).toMatchObject({ state: 'ended', ended: reason });
      expect(entered).toBe(1);
      expect(room.closed).toBe(true);
    },
  );

  it('says that keys differ until something can be decoded, or there is another key', async () => {
    await start();
    room.set({ others: [another('mette')] });
    room.counted = inbound(1_000, 0);
    await pass(2_000);
    room.events?.undecodable('mette');
    expect(now()).toMatchObject({ troubles: ['key-mismatch'], people: [{ undecodable: true }] });
    room.counted = inbound(9_000, 20);
    await pass(2_000);
    expect(now()).toMatchObject({ troubles: [], people: [{ undecodable: false }] });
    room.events?.undecodable('mette');
    await call.setKey(2, new Uint8Array(32));
    await pass(500);
    expect(now().troubles).toEqual([]);
  });

  it('says what is missing where a picture or a sound that is on does not arrive, and not where it is off', async () => {
    await start();
    room.set({ others: [another('mette')] });
    room.counted = inbound(1_000, 5);
    await pass(2_000);
    await pass(12_000);
    expect(now().troubles).toEqual(['no-sound', 'no-picture']);
    room.set({ others: [another('mette', { camera: aTrack('c', { muted: true, live: false }) })] });
    await pass(2_500);
    expect(now().troubles).toEqual(['no-sound']);
    room.counted = inbound(2_000, 5);
    await pass(2_500);
    expect(now().troubles).toEqual([]);
  });

  it('hangs up at once, also in the middle of coming in', async () => {
    room.failing.set('connect', 'nobody there');
    await start();
    call.end('hung-up');
    await pass(60_000);
    expect(entered).toBe(1);
    expect(now()).toMatchObject({ state: 'ended', ended: 'hung-up', troubles: [] });
  });
});
