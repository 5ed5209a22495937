import { randomBytes } from 'node:crypto';
import type { Behaviour } from './behaviour.ts';
import { type BrowserName, openPages, type Pages } from './clients/pages.ts';
import type { Observation } from './observation.ts';
import type { Target } from './targets/target.ts';
import { within } from './waiting.ts';
import { withWorld } from './world.ts';

export interface Outcome {
  readonly observation: Observation;
  readonly tookMs: number;
  /** 2 where it first came out otherwise, beside others, and was looked at once more by itself. */
  readonly attempts: 1 | 2;
}

/** A running server and browsers, against which behaviours are tried in rooms of their own. */
export interface Observer {
  /** Never throws: failing is an observation as well, `{ failed: … }`. */
  observe(behaviour: Behaviour): Promise<Outcome>;
  close(): Promise<void>;
}

export async function startObserver(target: Target): Promise<Observer> {
  const server = await target.start();
  const opened = new Map<BrowserName, Promise<Pages>>();
  const pages = (browser: BrowserName) => {
    const open = opened.get(browser) ?? openPages(browser);
    opened.set(browser, open);
    return open;
  };
  return {
    observe: async (behaviour) => {
      const began = performance.now();
      const room = `room-${randomBytes(6).toString('hex')}`;
      const observation = await withWorld({ server, room, pages, start: target.start }, async (world) => {
        // A browser that has yet to start is not part of what is timed.
        if (behaviour.clients.includes('Chromium')) await pages('chromium');
        if (behaviour.clients.includes('Firefox')) await pages('firefox');
        return within('the behaviour', behaviour.timeLimitMs, behaviour.observe(world));
      }).catch((error: unknown) => ({ failed: error instanceof Error ? error.message : String(error) }));
      return { observation, tookMs: performance.now() - began, attempts: 1 };
    },
    close: async () => {
      await Promise.all(
        [...opened.values()].map((open) =>
          open.then(
            (all) => all.close(),
            () => undefined,
          ),
        ),
      );
      await server.stop();
    },
  };
}

/** What each behaviour led to on one server, by sentence. */
export async function observeAll(
  target: Target,
  behaviours: readonly Behaviour[],
  {
    lanes,
    tell,
    isExpected,
  }: {
    readonly lanes: number;
    readonly tell: (line: string) => void;
    readonly isExpected: (behaviour: Behaviour, observation: Observation) => boolean;
  },
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const observer = await startObserver(target);
  const observe = async (behaviour: Behaviour): Promise<void> => {
    const attempts = outcomes.has(behaviour.sentence) ? 2 : 1;
    const outcome = { ...(await observer.observe(behaviour)), attempts } as const;
    outcomes.set(behaviour.sentence, outcome);
    tell(`${target.name} ${(outcome.tookMs / 1000).toFixed(1)} s: ${behaviour.sentence}`);
  };
  const work = async (queue: Behaviour[]): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await observe(next);
  };
  try {
    const together = behaviours.filter(({ alone }) => !alone);
    await Promise.all(Array.from({ length: lanes }, () => work(together)));
    await work(behaviours.filter(({ alone }) => alone));
    // What comes out otherwise beside others, on a machine that does much else, says little: once more, by itself.
    const late = behaviours.filter((behaviour) => {
      const outcome = outcomes.get(behaviour.sentence);
      return outcome !== undefined && !isExpected(behaviour, outcome.observation);
    });
    if (late.length > 0) tell(`${target.name}: ${late.length} once more, one at a time`);
    await work(late);
  } finally {
    await observer.close();
  }
  return outcomes;
}
