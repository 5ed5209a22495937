import type { CallEncryption, TroubleStep } from '@naer/core/contract/call-codes';
import type { PlanTogether, TogetherSnapshot } from '../plan/together.ts';

/** Something to look at and to be told about; fit for `useSyncExternalStore`: a snapshot stays the same object until it changes. */
export interface Store<T> {
  /** Calls `changed` after each change; gives back what ends that. */
  readonly subscribe: (changed: () => void) => () => void;
  readonly getSnapshot: () => T;
}

/** How the connection does, in words: `unsteady` one may notice, `poor` one does notice, `lost` nothing arrives. */
export type Quality = 'good' | 'unsteady' | 'poor' | 'lost';

/** What of a person can be shown. */
export type PictureSource = 'camera' | 'screen';

/** A picture that can be shown now. */
export interface Picture {
  /** Changes when there is another track behind it: give it to the effect that shows it. */
  readonly id: string;
  /** False while the sender has paused it or nothing could be decoded yet. */
  readonly live: boolean;
}

/** Another one in the call; who they are stands in the page's seats. */
export interface Person {
  readonly seat: string;
  readonly camera: Picture | null;
  readonly screen: Picture | null;
  /** `muted` by themselves, `none` sends no sound at all. */
  readonly sound: 'on' | 'muted' | 'none';
  readonly speaking: boolean;
  readonly quality: Quality;
  /** Their sound and picture come end-to-end encrypted. */
  readonly encrypted: boolean;
  /** Something arrives from them and cannot be decoded: the keys differ. */
  readonly undecodable: boolean;
}

/** `starting` waits for the browser or for the person to allow it. */
export type OwnDeviceState = 'off' | 'starting' | 'on' | 'failed';

export interface OwnDevice {
  readonly state: OwnDeviceState;
  /** Why it failed. */
  readonly trouble: TroubleStep | null;
  /** Of the device in use. */
  readonly deviceId: string | null;
}

export interface Own {
  readonly camera: OwnDevice;
  readonly microphone: OwnDevice;
  /** One's own camera, to be shown mirrored while `facing` is `user`. */
  readonly picture: Picture | null;
  readonly facing: 'user' | 'environment';
  readonly sharing: boolean;
}

export interface ChatLine {
  readonly id: string;
  /** The seat that wrote it; null for oneself. */
  readonly seat: string | null;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Not taken by the connection: may be sent again. */
  readonly failed: boolean;
}

/** `call-ended` by the host or the service; `removed` turned away; `elsewhere` the same seat came in from another page; `vanished` the network. */
export type EndReason = 'hung-up' | 'call-ended' | 'removed' | 'elsewhere' | 'vanished';

export interface DeviceChoice {
  readonly id: string;
  /** As the browser names it; empty until something was allowed. */
  readonly label: string;
}

export interface Devices {
  readonly cameras: readonly DeviceChoice[];
  readonly microphones: readonly DeviceChoice[];
  /** Empty where the browser gives no choice (Safari, Firefox before 116). */
  readonly loudspeakers: readonly DeviceChoice[];
}

export interface CallSnapshot {
  readonly state: 'connecting' | 'connected' | 'reconnecting' | 'ended';
  /** Since when it connects anew, in milliseconds since 1970; null while connected. */
  readonly reconnectingSince: number | null;
  readonly ended: EndReason | null;
  /** What fails now, most serious first. */
  readonly troubles: readonly TroubleStep[];
  readonly people: readonly Person[];
  readonly own: Own;
  readonly quality: Quality;
  readonly chat: readonly ChatLine[];
  /** Who looks at the weekly plan, and where. */
  readonly plan: TogetherSnapshot;
  /** What holds in truth, from what is switched on and what arrives; null while nobody else is in. */
  readonly encryption: CallEncryption | null;
  /** The browser wants a tap before it plays sound: then call `startSound` from that tap. */
  readonly needsTap: boolean;
  readonly devices: Devices;
  readonly loudspeakerId: string | null;
  /** When the first picture of another was shown, in milliseconds since 1970. */
  readonly firstFrameAt: number | null;
}

/** What to come in with. */
export interface MediaWish {
  readonly camera: boolean;
  readonly microphone: boolean;
  readonly cameraId?: string | undefined;
  readonly microphoneId?: string | undefined;
  readonly loudspeakerId?: string | undefined;
}

/** A call as the screens use it. Nothing here throws: what fails stands in the snapshot. Methods may be passed on as they are. */
export interface Call extends Store<CallSnapshot> {
  readonly setCamera: (on: boolean) => Promise<void>;
  readonly setMicrophone: (on: boolean) => Promise<void>;
  /** From front to back camera and again back; from each to the next where they do not know where they look. */
  readonly turnCamera: () => Promise<void>;
  /** False where the person thought better of it. */
  readonly setSharing: (on: boolean) => Promise<boolean>;
  readonly useDevice: (kind: 'camera' | 'microphone' | 'loudspeaker', id: string) => Promise<void>;
  readonly say: (text: string) => Promise<void>;
  /** A line that failed, once more. */
  readonly sayAgain: (id: string) => Promise<void>;
  readonly plan: Pick<PlanTogether, 'look' | 'turn' | 'leave'>;
  /** Must be called from a tap. */
  readonly startSound: () => Promise<void>;
  /**
   * Shows a picture in an element of the page's own; gives back what ends that. To be called anew when `Picture.id` changes.
   * `seat` is null for oneself.
   */
  readonly show: (element: HTMLVideoElement, seat: string | null, source: PictureSource) => () => void;
}
