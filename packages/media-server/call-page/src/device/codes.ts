import type { TestOutcome, TestStep, TroubleStep } from '@naer/core/contract/call-codes';
import type { Diagnostics } from '@naer/core/contract/call-page';

export type Platform = Diagnostics['device'];
export type Browser = Diagnostics['browser'];

/** What helps, by what failed; the texts differ by platform where the way through the settings does. */
export const advices = [
  /** Too old: bring the device up to date, or use another. */
  'update-browser',
  /** Opened inside another program (a mail or chat app): open the link in the browser. */
  'open-in-browser',
  /** The page is not on https. */
  'needs-secure-address',
  'allow-camera',
  'connect-camera',
  'close-other-camera-users',
  /** The camera gives black pictures: a cover, a switch, a lid. */
  'uncover-camera',
  'allow-microphone',
  'connect-microphone',
  'close-other-microphone-users',
  /** Nothing is heard: speak, or it is muted on the device. */
  'speak-or-unmute',
  'turn-up-sound',
  'check-network',
  /** Slow: near the router, others off the network, mobile data off or on. */
  'come-closer-to-network',
  /** The network lets no sound and picture through (UDP): another network, such as the telephone's own. */
  'use-other-network',
  /** Sound and picture pass, but by TCP or a relay: another network is better. */
  'better-network',
  /** The media server does not answer: nothing that one does helps. */
  'not-yours',
] as const;
export type Advice = (typeof advices)[number];

/** What helps where a camera or a microphone cannot be had. */
export const adviceOn: Partial<Record<TroubleStep, Advice>> = {
  'camera-refused': 'allow-camera',
  'camera-missing': 'connect-camera',
  'camera-busy': 'close-other-camera-users',
  'microphone-refused': 'allow-microphone',
  'microphone-missing': 'connect-microphone',
  'microphone-busy': 'close-other-microphone-users',
};

export interface StepState {
  readonly step: TestStep;
  readonly running: boolean;
  /** Null until it was run. */
  readonly outcome: TestOutcome | null;
  readonly advice: Advice | null;
  readonly trouble: TroubleStep | null;
}

export interface TestsSnapshot {
  readonly platform: Platform;
  readonly browser: Browser;
  readonly steps: Readonly<Record<TestStep, StepState>>;
  /** The picture to show to oneself, while the camera is open. */
  readonly stream: MediaStream | null;
  /** 0 to 1, some ten times a second while the microphone is open. */
  readonly level: number;
  /** While the tone plays. */
  readonly playing: boolean;
  readonly cameraId: string | null;
  readonly microphoneId: string | null;
  readonly cameras: readonly { readonly id: string; readonly label: string }[];
  readonly microphones: readonly { readonly id: string; readonly label: string }[];
}

/** The test before the call. Nothing here throws; methods may be passed on as they are. */
export interface DeviceTests {
  readonly subscribe: (changed: () => void) => () => void;
  readonly getSnapshot: () => TestsSnapshot;
  readonly testBrowser: () => void;
  /** Asks for the camera and keeps it open for the preview until `close` or `closeCamera`. */
  readonly testCamera: (deviceId?: string) => Promise<void>;
  /** Asks for the microphone; `good` once something was heard, `weak` after eight silent seconds. */
  readonly testMicrophone: (deviceId?: string) => Promise<void>;
  /** Plays three soft notes; must be called from a tap. Then ask and tell by `heard`. */
  readonly playTone: () => Promise<void>;
  /** `null`: skipped. */
  readonly heard: (yes: boolean | null) => void;
  /** The way to the service, and whether sound and picture come through, in a room of its own. */
  readonly testNetwork: () => Promise<void>;
  /** What to report: the steps that were run. */
  readonly results: () => { step: TestStep; outcome: TestOutcome }[];
  /** Lets go of camera and microphone. */
  readonly close: () => void;
}
