import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RequestFailure } from '../request-failure.ts';
import type { DeviceTests } from './codes.ts';
import { createDeviceTests, type TestParts } from './tests.ts';

class FakeStream extends EventTarget {
  stopped = false;
  readonly deviceId: string;
  constructor(deviceId: string) {
    super();
    this.deviceId = deviceId;
  }
  getTracks() {
    return [
      {
        stop: () => {
          this.stopped = true;
        },
        getSettings: () => ({ deviceId: this.deviceId }),
      },
    ];
  }
}

let tests: DeviceTests;
let streams: FakeStream[];
let level: number;
let brightness: number | null;
let refuse: string | null;
let wished: MediaStreamConstraints[];

function make(changes: Partial<TestParts> = {}): DeviceTests {
  tests = createDeviceTests({
    agent: { userAgent: 'Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36', maxTouchPoints: 0 },
    isSecure: true,
    canCall: true,
    getUserMedia: async (constraints) => {
      wished.push(constraints);
      if (refuse !== null) throw new DOMException('', refuse);
      const stream = new FakeStream(`device-${streams.length + 1}`);
      streams.push(stream);
      // Only what is asked of a stream here.
      return stream as unknown as MediaStream;
    },
    listDevices: async () => ({
      cameras: [{ id: 'device-1', label: 'Front' }],
      microphones: [],
      loudspeakers: [],
    }),
    meter: () => ({ read: () => level, close: () => {} }),
    brightness: async () => brightness,
    playTone: async () => {},
    reach: async () => {},
    tryMedia: async () => 'straight',
    now: Date.now,
    ...changes,
  });
  return tests;
}

const step = (name: 'browser' | 'camera' | 'microphone' | 'loudspeaker' | 'network') =>
  tests.getSnapshot().steps[name];

beforeEach(() => {
  vi.useFakeTimers();
  streams = [];
  wished = [];
  level = 0;
  brightness = 0.4;
  refuse = null;
});

afterEach(() => {
  tests.close();
  vi.useRealTimers();
});

describe('the test before a call', () => {
  it.each([
    [{}, 'good', null],
    [{ isSecure: false }, 'failed', 'needs-secure-address'],
    [{ canCall: false }, 'failed', 'update-browser'],
    [
      {
        canCall: false,
        agent: {
          userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 14_1) AppleWebKit/605 Mobile/15E148',
          maxTouchPoints: 5,
        },
      },
      'failed',
      'open-in-browser',
    ],
  ])('says of the browser what helps: %o', (parts, outcome, advice) => {
    make(parts).testBrowser();
    expect(step('browser')).toMatchObject({ outcome, advice });
  });

  it('shows a camera that works, and lists what else there is once one was allowed', async () => {
    await make().testCamera();
    expect(step('camera')).toMatchObject({ outcome: 'good', advice: null, running: false });
    expect(tests.getSnapshot()).toMatchObject({ cameraId: 'device-1', cameras: [{ label: 'Front' }] });
    expect(tests.getSnapshot().stream).toBe(streams[0]);
  });

  it.each([
    ['NotAllowedError', 'camera-refused', 'allow-camera'],
    ['NotFoundError', 'camera-missing', 'connect-camera'],
    ['NotReadableError', 'camera-busy', 'close-other-camera-users'],
  ])('tells %s as %s', async (name, trouble, advice) => {
    refuse = name;
    await make().testCamera();
    expect(step('camera')).toMatchObject({ outcome: 'failed', trouble, advice });
  });

  it('notices a covered lens, and a camera that gives no picture at all', async () => {
    brightness = 0.001;
    const covered = make().testCamera();
    await vi.advanceTimersByTimeAsync(5_000);
    await covered;
    expect(step('camera')).toMatchObject({ outcome: 'weak', advice: 'uncover-camera' });
    brightness = null;
    const silent = tests.testCamera();
    await vi.advanceTimersByTimeAsync(5_000);
    await silent;
    expect(step('camera')).toMatchObject({ outcome: 'failed', trouble: 'camera-busy' });
  });

  it('lets go of one camera before it takes another, and of all in the end', async () => {
    await make().testCamera();
    await tests.testCamera('device-2');
    expect(streams.map(({ stopped }) => stopped)).toEqual([true, false]);
    expect(wished[1]).toMatchObject({ video: { deviceId: { ideal: 'device-2' } } });
    tests.close();
    expect(streams.every(({ stopped }) => stopped)).toBe(true);
    expect(tests.getSnapshot().stream).toBeNull();
  });

  it('lets go of a camera that is allowed only after the test was left', async () => {
    let allow = () => {};
    make({
      getUserMedia: () =>
        new Promise((resolve) => {
          const stream = new FakeStream('late');
          streams.push(stream);
          allow = () => resolve(stream as unknown as MediaStream);
        }),
    });
    const asked = tests.testCamera();
    tests.close();
    allow();
    await asked;
    expect(streams[0]?.stopped).toBe(true);
  });

  it('hears a voice, not a click', async () => {
    await make().testMicrophone();
    level = 0.3;
    await vi.advanceTimersByTimeAsync(100);
    level = 0;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(step('microphone')).toMatchObject({ outcome: null, running: true });
    level = 0.3;
    await vi.advanceTimersByTimeAsync(300);
    expect(step('microphone')).toMatchObject({ outcome: 'good', running: false });
    expect(tests.getSnapshot().level).toBeCloseTo(0.3, 1);
  });

  it('says after eight silent seconds what may help, and is content once it hears something after all', async () => {
    await make().testMicrophone();
    await vi.advanceTimersByTimeAsync(8_100);
    expect(step('microphone')).toMatchObject({ outcome: 'weak', advice: 'speak-or-unmute' });
    level = 0.3;
    await vi.advanceTimersByTimeAsync(400);
    expect(step('microphone')).toMatchObject({ outcome: 'good', advice: null });
  });

  it('believes the person about the loudspeaker', async () => {
    await make().playTone();
    tests.heard(false);
    expect(step('loudspeaker')).toMatchObject({ outcome: 'failed', advice: 'turn-up-sound' });
    tests.heard(null);
    expect(step('loudspeaker')).toMatchObject({ outcome: 'unsure', advice: null });
    tests.heard(true);
    expect(step('loudspeaker').outcome).toBe('good');
  });

  it.each([
    ['blocked', { outcome: 'failed', trouble: 'network-blocked', advice: 'use-other-network' }],
    ['media-down', { outcome: 'failed', trouble: 'media-down', advice: 'not-yours' }],
    ['detour', { outcome: 'weak', trouble: null, advice: 'better-network' }],
    ['straight', { outcome: 'good', trouble: null, advice: null }],
    ['unknown', { outcome: 'unsure', trouble: null, advice: null }],
  ] as const)('knows before the call what becomes of sound and picture: %s', async (trial, found) => {
    await make({ tryMedia: async () => trial }).testNetwork();
    expect(step('network')).toMatchObject(found);
  });

  it('tells a network that is away from one that is slow', async () => {
    await make({ reach: () => Promise.reject(new RequestFailure('offline')) }).testNetwork();
    expect(step('network')).toMatchObject({
      outcome: 'failed',
      trouble: 'network-blocked',
      advice: 'check-network',
    });
    await make({ reach: () => Promise.reject(new RequestFailure('service_down')) }).testNetwork();
    expect(step('network')).toMatchObject({ outcome: 'failed', trouble: 'service-down' });
    make({ reach: () => new Promise((resolve) => setTimeout(resolve, 1_200)) });
    const slow = tests.testNetwork();
    await vi.advanceTimersByTimeAsync(4_000);
    await slow;
    expect(step('network')).toMatchObject({ outcome: 'weak', advice: 'come-closer-to-network' });
    await make().testNetwork();
    expect(step('network').outcome).toBe('good');
  });

  it('reports the steps that were run, and those only', async () => {
    make().testBrowser();
    await tests.testNetwork();
    tests.heard(null);
    expect(tests.results()).toEqual([
      { step: 'browser', outcome: 'good' },
      { step: 'loudspeaker', outcome: 'unsure' },
      { step: 'network', outcome: 'good' },
    ]);
  });
});
