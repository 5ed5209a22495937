// What the native library needs from everybody who uses it in one process.
import { cleanup } from 'node-datachannel';

/**
 * Native objects whose last callback has not come yet. Some of them leave a dangling pointer behind when the garbage
 * collector is quicker than that callback, and `cleanup` then follows it.
 */
const alive = new Set<object>();
/** Those whose last callback never comes: nothing more than that pointer, and kept for its sake. */
const untold = new Set<object>();
let users = 0;

export function keepNative(native: object): void {
  alive.add(native);
}

/** To be called from the native object's last callback; the object itself needs to outlive that call. */
export function releaseNative(native: object): void {
  process.nextTick(() => {
    alive.delete(native);
    untold.delete(native);
  });
}

/** For one that ended before anybody could be told. */
export function giveUpNative(native: object): void {
  alive.delete(native);
  untold.add(native);
}

/** Native objects that still live, for the leak check. */
export function nativeCount(): number {
  return alive.size;
}

export function useLibrary(): void {
  users += 1;
}

/**
 * Ends the library's threads once nobody uses it any more; it starts anew for the next user. Blocks the event loop
 * while it waits for them (some 10 ms; the library gives up after 10 s).
 */
export function leaveLibrary(): void {
  users -= 1;
  if (users > 0) return;
  cleanup();
  // It has cancelled the callbacks that were still to come and forgotten the objects.
  alive.clear();
  untold.clear();
}
