import type { Store } from './media/state.ts';
import { Observed } from './store.ts';

/**
 * Calls out to somebody who put the tablet down. Browsers play nothing before a tap, so `prepare` belongs into one; the
 * snapshot says whether it would be heard now. After a reload nobody has tapped, and iPads end it when they lock.
 */
export interface Chime extends Store<boolean> {
  prepare(): void;
  ring(): void;
}

/** Three soft notes upwards, in hertz. */
const notes = [523.25, 659.25, 783.99];
const noteSeconds = 0.45;

export function createChime(): Chime {
  let context: AudioContext | null = null;
  const audible = new Observed(false);
  const prepare = () => {
    if (typeof AudioContext === 'undefined') return;
    if (context === null) {
      const made = new AudioContext();
      context = made;
      const look = () => audible.set(made.state === 'running');
      made.addEventListener('statechange', look);
      look();
    }
    void context.resume().catch(() => undefined);
  };
  return {
    getSnapshot: audible.getSnapshot,
    subscribe: audible.subscribe,
    prepare,
    ring: () => {
      prepare();
      if (context === null) return;
      for (const [nth, hertz] of notes.entries()) {
        const start = context.currentTime + nth * noteSeconds * 0.6;
        const tone = new OscillatorNode(context, { type: 'sine', frequency: hertz });
        const volume = new GainNode(context, { gain: 0 });
        volume.gain.setValueAtTime(0, start);
        volume.gain.linearRampToValueAtTime(0.3, start + 0.03);
        volume.gain.exponentialRampToValueAtTime(0.001, start + noteSeconds);
        tone.connect(volume).connect(context.destination);
        tone.start(start);
        tone.stop(start + noteSeconds);
      }
      navigator.vibrate?.([200, 100, 200]);
    },
  };
}
