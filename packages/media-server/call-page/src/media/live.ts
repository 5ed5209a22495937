import type { StartCall } from '../session.ts';
import { browserDevices } from './browser-devices.ts';
import { LiveCall } from './call.ts';
import { LiveKitRoom } from './livekit.ts';

/** A call in this browser. Loaded when it is needed only: livekit-client is larger than the whole first screen. */
export function startCall({ wish, encryption, enter }: StartCall): LiveCall {
  const devices = browserDevices(navigator.mediaDevices);
  return LiveCall.start({ room: new LiveKitRoom(), enter, devices, now: Date.now }, wish, encryption);
}
