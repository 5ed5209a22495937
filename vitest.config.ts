import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Three kinds, told apart by name: *.test.ts needs nothing, *.db.test.ts gets a real PostgreSQL database each,
// tests/** crosses packages and runs the built programs.
//
// Waiting is `expect.poll`, whose limit says only when to give up: nobody promised anything within vitest's own second on a
// machine that is busy or that somebody else was given for a while. A test that promises speed names its own limit. Hooks,
// where there is no `expect.poll`, use `vi.waitFor` and say the same limit.
const givingUp = (timeout: number) => ({ poll: { timeout } });

/** On a clean checkout vitest begins with the largest file, and the one that takes longest would be the last, alone on one processor. */
const longest = [
  'tests/compat/compat.test.ts',
  'tests/pages/screens.test.ts',
  'core/src/http/access.db.test.ts',
  'core/src/http/bad-input.db.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          expect: givingUp(20_000),
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'packages/media-server/call-page/src/**/*.test.{ts,tsx}',
            'ops/**/*.test.ts',
            'tests/load/**/*.test.ts',
          ],
          exclude: ['**/*.db.test.ts'],
          // Property tests on a busy machine: nothing here waits for anything but the processor.
          testTimeout: 60_000,
          // By itself vitest leaves one of two processors to its own process, which has little to do.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'db',
          expect: givingUp(20_000),
          include: ['packages/*/src/**/*.db.test.ts'],
          exclude: ['**/races.db.test.ts'],
          globalSetup: ['packages/core/src/testing/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // By itself vitest leaves a processor idle, while these mostly wait for the database.
          maxWorkers: 2,
        },
      },
      {
        // What is promised within seconds has the machine to itself: the promise is not about ten browsers on two cores.
        test: {
          name: 'alone',
          expect: givingUp(20_000),
          include: ['packages/*/src/**/races.db.test.ts', 'tests/**/*.alone.test.ts'],
          globalSetup: ['packages/core/src/testing/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          expect: givingUp(60_000),
          include: ['tests/{calls,e2e,faults,judges,compat,hostile,pages}/**/*.test.ts'],
          exclude: ['**/*.{full,alone}.test.ts'],
          // More than the waits of any one test together, so that it is the wait that tells what did not come.
          testTimeout: 300_000,
          hookTimeout: 300_000,
          // Each starts services and databases of its own; more at once would only wait for each other on two cores.
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'full',
          expect: givingUp(60_000),
          include: ['tests/**/*.full.test.ts'],
          testTimeout: 1_200_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
