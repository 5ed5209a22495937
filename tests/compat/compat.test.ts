import { afterAll, describe, expect, test, vi } from 'vitest';
import { withClientsAtHand } from './at-hand.ts';
import type { Behaviour } from './behaviour.ts';
import { groups } from './behaviours/index.ts';
import { differences } from './differences.ts';
import { canonical, sameObservation } from './observation.ts';
import { type Observer, startObserver } from './run.ts';
import { judge } from './table.ts';
import { findLivekit } from './targets/livekit.ts';
import { findOurs } from './targets/ours.ts';
import type { Target } from './targets/target.ts';

const behaviours = groups.flatMap((group) => group.behaviours);
const { behaviours: short, leftOut } = await withClientsAtHand(behaviours.filter((one) => one.short));
const livekit = await findLivekit();
const ours = await findOurs();

test('every behaviour has a sentence of its own, and every difference has its behaviour', () => {
  const sentences = behaviours.map(({ sentence }) => sentence);
  expect(new Set(sentences).size).toBe(sentences.length);
  expect(sentences.length).toBeGreaterThanOrEqual(80);
  for (const { sentence } of differences) expect(sentences).toContain(sentence);
});

test('a difference that nobody explained fails, and so does an explanation that is not needed any more', () => {
  const behaviour: Pick<Behaviour, 'expected'> = { expected: { status: 404 } };
  const difference = { sentence: '', ours: { status: 400 }, reason: 'It is so.' };
  expect(judge(behaviour, { status: 404 }, { status: 404 }, undefined).kind).toBe('same');
  expect(judge(behaviour, { status: 404 }, { status: 400 }, undefined).kind).toBe('unexplained');
  expect(judge(behaviour, { status: 404 }, { status: 400 }, difference).kind).toBe('different');
  expect(judge(behaviour, { status: 404 }, { status: 404 }, difference).kind).toBe('unexplained');
  expect(judge(behaviour, { status: 500 }, { status: 500 }, undefined).kind).toBe('unexplained');
});

test('without Firefox its behaviours are left out, and that is said', async () => {
  vi.stubEnv('NAER_TEST_FIREFOX', '/nowhere/firefox');
  const without = await withClientsAtHand(behaviours);
  vi.unstubAllEnvs();
  const missing = behaviours.length - without.behaviours.length;
  expect(missing).toBeGreaterThan(14);
  expect(without.behaviours.flatMap(({ clients }) => clients)).not.toContain('Firefox');
  expect(without.leftOut).toContain(`${missing} behaviours of Firefox are left out`);
});

// Visible in the report of a machine that has none.
if (leftOut !== null) test.skip(leftOut, () => {});

describe.skipIf(ours === null)('ours', () => {
  if (ours !== null)
    tryAll(ours, ({ sentence, expected }) => {
      const difference = differences.find((one) => one.sentence === sentence);
      return difference?.ours ?? expected;
    });
});

// Compiled by `npm run compat`; where that never ran, the list's own expectations stand for it.
describe.skipIf(livekit === null)('LiveKit', () => {
  if (livekit !== null) tryAll(livekit, ({ expected }) => expected);
});

function tryAll(target: Target, expectedOf: (behaviour: Behaviour) => Behaviour['expected']): void {
  let started: Promise<Observer> | null = null;
  const observer = () => {
    started ??= startObserver(target);
    return started;
  };
  afterAll(async () => (await started)?.close());
  test.each(short.map((one) => [one.sentence, one] as const))('%s', async (_, behaviour) => {
    const expected = expectedOf(behaviour);
    let { observation } = await (await observer()).observe(behaviour);
    if (!sameObservation(observation, expected)) {
      // As the full run does: what came out otherwise beside other files is looked at once more, and that is said.
      console.warn(`${target.name}, once more: ${behaviour.sentence}: ${canonical(observation)}`);
      ({ observation } = await (await observer()).observe(behaviour));
    }
    // Compared as the table does; shown as a whole where it differs.
    if (!sameObservation(observation, expected)) expect(canonical(observation)).toBe(canonical(expected));
  });
}
