import type { TroubleStep } from '@naer/core/contract/call-codes';
import type { MediaRoom, RoomView } from './room.ts';
import type { CallSnapshot, DeviceChoice, MediaWish, OwnDevice } from './state.ts';
import { deviceTrouble } from './trouble.ts';

export type Kind = 'camera' | 'microphone';

interface Wanted {
  on: boolean;
  deviceId: string | undefined;
  busy: boolean;
  /** Asked for again meanwhile: the connection may be another one by now. */
  again: boolean;
  trouble: TroubleStep | null;
}

export interface OwnDevicesDeps {
  readonly room: MediaRoom;
  /** As they are listed now. */
  readonly cameras: () => readonly DeviceChoice[];
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
}

/** One's own camera and microphone: what is wanted of them, over connections that come and go, and why it is not so. */
export class OwnDevices {
  readonly #deps: OwnDevicesDeps;
  readonly #wanted: Record<Kind, Wanted>;
  #facing: 'user' | 'environment' = 'user';

  constructor(deps: OwnDevicesDeps, wish: MediaWish) {
    this.#deps = deps;
    this.#wanted = {
      camera: { on: wish.camera, deviceId: wish.cameraId, busy: false, again: false, trouble: null },
      microphone: {
        on: wish.microphone,
        deviceId: wish.microphoneId,
        busy: false,
        again: false,
        trouble: null,
      },
    };
  }

  /** Wants it on or off; takes effect now, or once there is a connection. */
  async set(kind: Kind, on: boolean): Promise<void> {
    this.#wanted[kind].on = on;
    await this.#apply(kind);
  }

  /** After coming in: both at once, since each may wait for the person to allow it. */
  async applyAll(): Promise<void> {
    await Promise.all([this.#apply('camera'), this.#apply('microphone')]);
  }

  /** What was being sent while the connection was made anew can be lost with it: whoever wanted it heard is heard again. */
  async restore(): Promise<void> {
    const view = this.#deps.room.read();
    if (view.state !== 'connected') return;
    for (const kind of ['camera', 'microphone'] as const) {
      const { on, busy, trouble } = this.#wanted[kind];
      if (on && !busy && trouble === null && view[kind] === null) await this.#apply(kind);
    }
  }

  async choose(kind: Kind, deviceId: string): Promise<void> {
    this.#wanted[kind].deviceId = deviceId;
    try {
      await this.#deps.room.chooseDevice(kind, deviceId);
      this.#wanted[kind].trouble = null;
      if (kind === 'camera') this.#facing = this.#deps.room.read().camera?.facing ?? 'user';
    } catch (error) {
      this.#deps.failed(error);
      this.#wanted[kind].trouble = deviceTrouble(kind, error);
    }
  }

  /** From front to back and again back; where cameras do not know where they look, from each to the next. */
  async turn(): Promise<void> {
    const { camera } = this.#deps.room.read();
    if (camera !== null && camera.facing === null) {
      const ids = this.#deps.cameras().map(({ id }) => id);
      const next = ids[(ids.indexOf(camera.deviceId ?? '') + 1) % ids.length];
      if (next !== undefined && next !== camera.deviceId) await this.choose('camera', next);
      return;
    }
    const before = camera?.facing ?? this.#facing;
    const facing = before === 'user' ? 'environment' : 'user';
    try {
      await this.#deps.room.turnCamera(facing);
      this.#facing = facing;
      // From now on chosen by where it looks.
      this.#wanted.camera.deviceId = undefined;
    } catch (error) {
      this.#deps.failed(error);
      // Phones have let go of the one before they try the other.
      await this.#deps.room.turnCamera(before).catch(this.#deps.failed);
    }
  }

  /** Brings a device to what is wanted of it, also where that changes while the browser asks. */
  async #apply(kind: Kind): Promise<void> {
    const wanted = this.#wanted[kind];
    const { room, changed, failed } = this.#deps;
    if (wanted.busy) wanted.again = true;
    if (wanted.busy || room.read().state === 'disconnected') return;
    wanted.busy = true;
    wanted.trouble = null;
    changed();
    for (let on: boolean | null = null; on !== wanted.on || wanted.again; ) {
      on = wanted.on;
      wanted.again = false;
      try {
        if (kind === 'camera') await room.setCamera(on, { deviceId: wanted.deviceId, facing: this.#facing });
        else await room.setMicrophone(on, wanted.deviceId);
      } catch (error) {
        failed(error);
        const trouble = deviceTrouble(kind, error);
        if (on && trouble === `${kind}-missing` && wanted.deviceId !== undefined) {
          // The chosen one is gone; another will do.
          wanted.deviceId = undefined;
          on = null;
        } else if (on && wanted.on) wanted.trouble = trouble;
      }
    }
    wanted.busy = false;
    changed();
  }

  snapshot(view: RoomView): CallSnapshot['own'] {
    return {
      camera: this.#state('camera', view),
      microphone: this.#state('microphone', view),
      picture: view.camera === null ? null : { id: view.camera.id, live: !view.camera.ended },
      facing: view.camera?.facing ?? this.#facing,
      sharing: view.screen !== null,
    };
  }

  #state(kind: Kind, view: RoomView): OwnDevice {
    const { busy, trouble } = this.#wanted[kind];
    const track = view[kind];
    const deviceId = track?.deviceId ?? null;
    if (busy) return { state: 'starting', trouble: null, deviceId };
    if (track?.ended) return { state: 'failed', trouble: `${kind}-missing`, deviceId };
    if (track !== null) return { state: 'on', trouble: null, deviceId };
    return { state: trouble === null ? 'off' : 'failed', trouble, deviceId };
  }
}
