import { randomBytes } from 'node:crypto';
import type { Behaviour, Observation } from './behaviour.ts';
import { openPages, type Pages } from './clients/pages.ts';
import type { Target } from './targets/target.ts';
import { within } from './waiting.ts';
import { withWorld } from './world.ts';

export interface Outcome {
  readonly observation: Observation;
  readonly tookMs: number;
}

/** What each behaviour led to on one server, by sentence. Failing is an observation as well: `{ failed: … }`. */
export async function observeAll(
  target: Target,
  behaviours: readonly Behaviour[],
  { lanes, tell }: { readonly lanes: number; readonly tell: (line: string) => void },
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const server = await target.start();
  let opened: Promise<Pages> | null = null;
  const pages = () => {
    opened ??= openPages();
    return opened;
  };
  const observe = async (behaviour: Behaviour): Promise<void> => {
    const began = performance.now();
    const observation = await withWorld(
      { server, room: `room-${randomBytes(6).toString('hex')}`, pages, start: target.start },
      (world) => within('the behaviour', behaviour.timeLimitMs, behaviour.observe(world)),
    ).catch((error: unknown) => ({ failed: error instanceof Error ? error.message : String(error) }));
    const tookMs = performance.now() - began;
    outcomes.set(behaviour.sentence, { observation, tookMs });
    tell(`${target.name} ${(tookMs / 1000).toFixed(1)} s: ${behaviour.sentence}`);
  };
  const work = async (queue: Behaviour[]): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await observe(next);
  };
  try {
    const together = behaviours.filter(({ alone }) => !alone);
    await Promise.all(Array.from({ length: lanes }, () => work(together)));
    await work(behaviours.filter(({ alone }) => alone));
  } finally {
    await (opened as Promise<Pages> | null)?.then((open) => open.close());
    await server.stop();
  }
  return outcomes;
}
