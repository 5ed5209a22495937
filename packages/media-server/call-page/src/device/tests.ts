import { type TestOutcome, type TestStep, type TroubleStep, testSteps } from '@naer/core/contract/call-codes';
import type { NetworkTrial } from '../media/network-trial.ts';
import type { Devices } from '../media/state.ts';
import { deviceTrouble } from '../media/trouble.ts';
import { RequestFailure } from '../request-failure.ts';
import { Observed } from '../store.ts';
import { type Advice, adviceOn, type DeviceTests, type StepState, type TestsSnapshot } from './codes.ts';
import { type Agent, describeDevice } from './platform.ts';

/** What the tests ask of the browser; browser-parts.ts gives a real one's. */
export interface TestParts {
  readonly agent: Agent;
  readonly isSecure: boolean;
  /** Everything that a call cannot do without is there: WebRTC, cameras, streams, sockets. */
  readonly canCall: boolean;
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  listDevices(): Promise<Devices>;
  /** How loud it is now, 0 to 1. */
  meter(stream: MediaStream): { read(): number; close(): void };
  /** How bright the picture is, 0 to 1; null while no picture has come. */
  brightness(stream: MediaStream): Promise<number | null>;
  /** Until the last note is over. */
  playTone(): Promise<void>;
  /** Once to the service and back. Throws RequestFailure. */
  reach(): Promise<unknown>;
  /** Connects to the media server in a room of its own. Never throws. */
  tryMedia(): Promise<NetworkTrial>;
  readonly now: () => number;
}

const meterEveryMs = 100;
const silentAfterMs = 8_000;
/** Of full loudness: speech at a table is well above, a silent room below. */
const heardAbove = 0.04;
/** So many readings within so long: a click is not a voice. */
const heardReadings = 3;
const heardWithinMs = 5_000;
/** Of white: a covered lens is darker than any room at night. */
const darkBelow = 0.02;
const pictureWithinMs = 4_000;
const lookEveryMs = 400;
const roundTrips = 3;
const slowMs = 800;

export function createDeviceTests(parts: TestParts): DeviceTests {
  return new Tests(parts);
}

class Tests implements DeviceTests {
  readonly #parts: TestParts;
  readonly #store: Observed<TestsSnapshot>;
  #camera: MediaStream | null = null;
  #microphone: MediaStream | null = null;
  #stopMeter: () => void = () => {};
  /** Grows with each asking for a device: an answer to an older one comes too late. */
  readonly #asked = { camera: 0, microphone: 0 };

  constructor(parts: TestParts) {
    this.#parts = parts;
    const { device, browser } = describeDevice(parts.agent);
    const step = (name: TestStep): StepState => ({
      step: name,
      running: false,
      outcome: null,
      advice: null,
      trouble: null,
    });
    this.#store = new Observed<TestsSnapshot>({
      platform: device,
      browser,
      steps: {
        browser: step('browser'),
        camera: step('camera'),
        microphone: step('microphone'),
        loudspeaker: step('loudspeaker'),
        network: step('network'),
      },
      stream: null,
      level: 0,
      playing: false,
      cameraId: null,
      microphoneId: null,
      cameras: [],
      microphones: [],
    });
  }

  get getSnapshot() {
    return this.#store.getSnapshot;
  }

  get subscribe() {
    return this.#store.subscribe;
  }

  readonly testBrowser = (): void => {
    const { isSecure, canCall, agent } = this.#parts;
    if (isSecure && canCall) this.#found('browser', 'good');
    else if (!isSecure) this.#found('browser', 'failed', 'needs-secure-address', 'browser-too-old');
    else if (describeDevice(agent).inApp)
      this.#found('browser', 'failed', 'open-in-browser', 'browser-too-old');
    else this.#found('browser', 'failed', 'update-browser', 'browser-too-old');
  };

  readonly testCamera = async (deviceId?: string): Promise<void> => {
    const video = {
      width: { ideal: 1280 },
      height: { ideal: 720 },
      ...chosen(deviceId, { facingMode: 'user' }),
    };
    const stream = await this.#ask('camera', { video });
    if (stream === null) return;
    this.#camera = stream;
    this.#store.change({ stream, cameraId: deviceOf(stream) });
    await this.#listDevices();
    await this.#look(stream);
  };

  readonly testMicrophone = async (deviceId?: string): Promise<void> => {
    const audio = {
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      ...chosen(deviceId, {}),
    };
    const stream = await this.#ask('microphone', { audio });
    if (stream === null) return;
    this.#microphone = stream;
    this.#store.change({ microphoneId: deviceOf(stream) });
    this.#listen(stream);
    await this.#listDevices();
  };

  readonly playTone = async (): Promise<void> => {
    if (this.#store.getSnapshot().playing) return;
    this.#store.change({ playing: true });
    try {
      await this.#parts.playTone();
    } catch {
      // Whether anything was heard the person says.
    }
    this.#store.change({ playing: false });
  };

  readonly heard = (yes: boolean | null): void => {
    if (yes === null) this.#found('loudspeaker', 'unsure');
    else if (yes) this.#found('loudspeaker', 'good');
    else this.#found('loudspeaker', 'failed', 'turn-up-sound', 'no-sound');
  };

  readonly testNetwork = async (): Promise<void> => {
    this.#running('network');
    const { reach, tryMedia, now } = this.#parts;
    const took: number[] = [];
    try {
      for (let trip = 0; trip < roundTrips; trip += 1) {
        const begun = now();
        await reach();
        took.push(now() - begun);
      }
    } catch (error) {
      const offline = error instanceof RequestFailure && error.code === 'offline';
      this.#found('network', 'failed', 'check-network', offline ? 'network-blocked' : 'service-down');
      return;
    }
    const trial = await tryMedia();
    if (trial === 'blocked') this.#found('network', 'failed', 'use-other-network', 'network-blocked');
    else if (trial === 'media-down') this.#found('network', 'failed', 'not-yours', 'media-down');
    // A call that was not tried is not promised.
    else if (trial === 'unknown') this.#found('network', 'unsure');
    else if (trial === 'detour') this.#found('network', 'weak', 'better-network');
    // The first may have had to build the connection.
    else if (Math.min(...took) > slowMs) this.#found('network', 'weak', 'come-closer-to-network');
    else this.#found('network', 'good');
  };

  readonly results = (): { step: TestStep; outcome: TestOutcome }[] => {
    const { steps } = this.#store.getSnapshot();
    return testSteps.flatMap((step) => {
      const { outcome } = steps[step];
      return outcome === null ? [] : [{ step, outcome }];
    });
  };

  readonly close = (): void => {
    this.#asked.camera += 1;
    this.#asked.microphone += 1;
    this.#release('camera');
    this.#release('microphone');
  };

  /** Null where it could not be had, which then stands in the snapshot, or where it is no longer wanted. */
  async #ask(
    kind: 'camera' | 'microphone',
    constraints: MediaStreamConstraints,
  ): Promise<MediaStream | null> {
    this.#release(kind);
    this.#asked[kind] += 1;
    const asking = this.#asked[kind];
    this.#running(kind);
    try {
      const stream = await this.#parts.getUserMedia(constraints);
      if (asking === this.#asked[kind]) return stream;
      stop(stream);
    } catch (error) {
      if (asking !== this.#asked[kind]) return null;
      const trouble = deviceTrouble(kind, error);
      this.#found(kind, 'failed', adviceOn[trouble] ?? null, trouble);
    }
    return null;
  }

  /** A picture that comes and is not black. */
  async #look(stream: MediaStream): Promise<void> {
    const begun = this.#parts.now();
    for (;;) {
      const brightness = await this.#parts.brightness(stream);
      if (this.#camera !== stream) return;
      if (brightness !== null && brightness >= darkBelow) {
        this.#found('camera', 'good');
        return;
      }
      if (this.#parts.now() - begun >= pictureWithinMs) {
        if (brightness === null) this.#found('camera', 'failed', 'close-other-camera-users', 'camera-busy');
        else this.#found('camera', 'weak', 'uncover-camera');
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
    }
  }

  #listen(stream: MediaStream): void {
    const meter = this.#parts.meter(stream);
    const begun = this.#parts.now();
    let loud: number[] = [];
    const timer = setInterval(() => {
      const level = Math.min(1, meter.read());
      const now = this.#parts.now();
      loud = [...loud.filter((at) => now - at < heardWithinMs), ...(level >= heardAbove ? [now] : [])];
      this.#store.change({ level: Math.round(level * 50) / 50 });
      const { outcome } = this.#store.getSnapshot().steps.microphone;
      if (outcome === 'good') return;
      if (loud.length >= heardReadings) this.#found('microphone', 'good');
      else if (outcome === null && now - begun >= silentAfterMs)
        this.#found('microphone', 'weak', 'speak-or-unmute');
    }, meterEveryMs);
    this.#stopMeter = () => {
      clearInterval(timer);
      meter.close();
      this.#stopMeter = () => {};
    };
  }

  async #listDevices(): Promise<void> {
    try {
      const { cameras, microphones } = await this.#parts.listDevices();
      this.#store.change({ cameras, microphones });
    } catch {
      // Without a list there is only what is in use.
    }
  }

  #release(kind: 'camera' | 'microphone'): void {
    if (kind === 'camera') {
      if (this.#camera !== null) stop(this.#camera);
      this.#camera = null;
      this.#store.change({ stream: null });
      return;
    }
    this.#stopMeter();
    if (this.#microphone !== null) stop(this.#microphone);
    this.#microphone = null;
    this.#store.change({ level: 0 });
  }

  #running(step: TestStep): void {
    this.#set({ step, running: true, outcome: null, advice: null, trouble: null });
  }

  #found(
    step: TestStep,
    outcome: TestOutcome,
    advice: Advice | null = null,
    trouble: TroubleStep | null = null,
  ): void {
    this.#set({ step, running: false, outcome, advice, trouble });
  }

  #set(state: StepState): void {
    this.#store.change({ steps: { ...this.#store.getSnapshot().steps, [state.step]: state } });
  }
}

/** The chosen device, or whatever suits: one that is gone by now shall not end the test. */
const chosen = (deviceId: string | undefined, otherwise: MediaTrackConstraints): MediaTrackConstraints =>
  deviceId === undefined ? otherwise : { deviceId: { ideal: deviceId } };

const deviceOf = (stream: MediaStream): string | null =>
  stream.getTracks()[0]?.getSettings().deviceId ?? null;

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
