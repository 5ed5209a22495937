import { expect, it } from 'vitest';
import { inEach } from './schedules.ts';

it('what fails in one municipality is told, and done in those after it all the same', async () => {
  const done: string[] = [];
  const told: [string, unknown][] = [];
  const broken = new Error('broken');
  await inEach(
    ['nord', 'syd', 'vest'],
    async (id) => {
      if (id === 'syd') throw broken;
      done.push(id);
    },
    (id, error) => told.push([id, error]),
  );
  expect(done).toEqual(['nord', 'vest']);
  expect(told).toEqual([['syd', broken]]);
});
