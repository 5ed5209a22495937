import { setTimeout as pause } from 'node:timers/promises';

/**
 * Nothing waits for it where all goes well; two browsers, a service and a database share a machine with other tests. On one
 * that does much else `NAER_COMPAT_PATIENCE=3` triples it.
 */
export const patienceMs = 60_000 * Number(process.env.NAER_COMPAT_PATIENCE ?? 1);
const askEveryMs = 60;

/** Asks again until there is an answer: for what has no event of its own that could be awaited. */
export async function until<Found>(
  what: string,
  ask: () => Promise<Found | null | false> | Found | null | false,
  limitMs = patienceMs,
): Promise<Found> {
  const giveUpAt = performance.now() + limitMs;
  for (;;) {
    const found = await ask();
    if (found !== null && found !== false) return found;
    if (performance.now() > giveUpAt) throw new Error(`${what} did not happen within ${limitMs} ms`);
    await pause(askEveryMs);
  }
}
