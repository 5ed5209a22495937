import { SpeakerInfo } from '@livekit/protocol';

/** How often levels are looked at and changes told, as LiveKit does by default. */
export const speakerIntervalMs = 400;
/** -35 dBov, LiveKit's default: who is louder speaks. */
const activeLevel = 35;
/** An exponential average with the weight of two intervals. */
const smoothing = 2 / (2 + 1);
/** Levels are told in eighths, so that small changes are not told at all. */
const quantization = 8;

const linear = (dBov: number): number => 10 ** (-dBov / 20);

/** Who speaks in one room: takes levels once an interval, gives what changed since the last time. */
export class Speakers {
  readonly #smoothed = new Map<string, number>();
  #told = new Map<string, number>();

  /**
   * `levels` by participant sid: 0 (loud) … 127 (silent) dBov. Whoever is not in it speaks no longer. The loudest
   * come first, then those who stopped.
   */
  observe(levels: ReadonlyMap<string, number>): SpeakerInfo[] {
    const speaking: { sid: string; level: number }[] = [];
    for (const sid of this.#smoothed.keys()) if (!levels.has(sid)) this.#smoothed.delete(sid);
    for (const [sid, level] of levels) {
      const before = this.#smoothed.get(sid) ?? 0;
      const now = level <= activeLevel ? before + (linear(level) - before) * smoothing : 0;
      this.#smoothed.set(sid, now);
      if (now >= linear(activeLevel)) {
        speaking.push({ sid, level: Math.min(1, Math.ceil(now * quantization) / quantization) });
      }
    }
    speaking.sort((a, b) => b.level - a.level);
    const changed = speaking.filter(({ sid, level }) => this.#told.get(sid) !== level);
    const stopped = [...this.#told.keys()].filter((sid) => !speaking.some((speaker) => speaker.sid === sid));
    this.#told = new Map(speaking.map(({ sid, level }) => [sid, level]));
    return [
      ...changed.map(({ sid, level }) => new SpeakerInfo({ sid, level, active: true })),
      ...stopped.map((sid) => new SpeakerInfo({ sid, level: 0, active: false })),
    ];
  }

  /** For one who begins to listen to that participant: null where it does not speak. */
  current(sid: string): SpeakerInfo | null {
    const level = this.#told.get(sid);
    return level === undefined ? null : new SpeakerInfo({ sid, level, active: true });
  }
}
