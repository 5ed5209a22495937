import type { StartCall } from '../session.ts';
import { keepAwake } from './awake.ts';
import { browserDevices } from './browser-devices.ts';
import { LiveCall } from './call.ts';
import { LiveKitRoom } from './livekit.ts';

let ready: LiveKitRoom | null = null;

/** Makes the room, and with it the worker that encrypts, ahead of time: both take longer than asking to come in. */
export function makeReady(): void {
  ready ??= new LiveKitRoom();
}

/** A call in this browser. Loaded when it is needed only: livekit-client is larger than the whole first screen. */
export function startCall({ wish, encryption, enter, wished }: StartCall): LiveCall {
  const devices = browserDevices(navigator.mediaDevices);
  const room = ready ?? new LiveKitRoom();
  ready = null;
  const call = LiveCall.start({ room, enter, wished, devices, now: Date.now }, wish, encryption);
  const sleepAgain = keepAwake(navigator.wakeLock, document);
  const stop = call.subscribe(() => {
    if (call.getSnapshot().ended === null) return;
    stop();
    sleepAgain();
  });
  return call;
}
