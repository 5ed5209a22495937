import type { CallDeps } from './call.ts';
import type { DeviceChoice } from './state.ts';

/** Cameras, microphones and loudspeakers of this browser; it names them only once one was allowed. */
export function browserDevices(mediaDevices: MediaDevices | undefined): CallDeps['devices'] {
  return {
    async list() {
      const found = (await mediaDevices?.enumerateDevices()) ?? [];
      const of = (kind: MediaDeviceKind): DeviceChoice[] =>
        found
          .filter((device) => device.kind === kind && device.deviceId !== '')
          .map(({ deviceId, label }) => ({ id: deviceId, label }));
      return { cameras: of('videoinput'), microphones: of('audioinput'), loudspeakers: of('audiooutput') };
    },
    watch(changed) {
      mediaDevices?.addEventListener('devicechange', changed);
      return () => mediaDevices?.removeEventListener('devicechange', changed);
    },
  };
}
