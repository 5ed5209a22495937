import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { claimDirectory, lockHome } from './claims.ts';
import { findProcess } from './process-identity.ts';

let home = '';
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'naer-claims-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

test('a second lock on one home is refused and names the process that has it', async () => {
  const lock = await lockHome(home);
  await expect(lockHome(home, 0)).rejects.toMatchObject({
    code: 'home_in_use',
    params: { home, pid: process.pid },
  });
  await lock.release();
  await (await lockHome(home)).release();
});

test('the lock of a dead process is taken over, also when its number belongs to somebody else by now', async () => {
  const directory = path.join(home, 'run', 'naer.lock');
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, '2147483646-00000000.17-aaaaaaaa'), '');
  await writeFile(path.join(directory, `${process.pid}-00000000.17-bbbbbbbb`), '');
  const lock = await lockHome(home);
  expect(await readdir(directory)).toHaveLength(1);
  await lock.release();
  expect(await readdir(directory)).toEqual([]);
});

test('the lock of a living process stays, whatever its age', async () => {
  const me = await findProcess(process.pid);
  const directory = path.join(home, 'run', 'naer.lock');
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, `${process.pid}-${me?.startedAt}-cccccccc`), '');
  await expect(lockHome(home, 0)).rejects.toMatchObject({ code: 'home_in_use' });
  expect(await readdir(directory)).toHaveLength(1);
});

test('of many that want it at once each gets it, one at a time', async () => {
  const directory = path.join(home, 'claim');
  let inside = 0;
  let most = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: 12 }, async () => {
      const outcome = await claimDirectory(directory, 20_000);
      if (outcome.kind === 'taken') return;
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
      done += 1;
      await outcome.claim.release();
    }),
  );
  expect({ most, done }).toEqual({ most: 1, done: 12 });
});

test('a home where nobody may write is one sentence', async () => {
  const file = path.join(home, 'file');
  await writeFile(file, '');
  await expect(lockHome(path.join(file, 'home'))).rejects.toMatchObject({ code: 'home_not_writable' });
});
