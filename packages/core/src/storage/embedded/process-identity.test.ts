import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { findProcess, isAlive } from './process-identity.ts';

test('a living process is found with its start and its command', async () => {
  const me = await findProcess(process.pid);
  expect(me?.pid).toBe(process.pid);
  expect(me?.command).toContain('node');
  expect(me !== null && (await isAlive(me))).toBe(true);
});

test('a number that was handed out again is another process', async () => {
  expect(await isAlive({ pid: process.pid, startedAt: '00000000.1' })).toBe(false);
});

test('a process that ended is gone', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await once(child, 'spawn');
  const found = await findProcess(child.pid ?? 0);
  expect(found).not.toBeNull();
  child.stdin.end();
  await once(child, 'exit');
  expect(found !== null && (await isAlive(found))).toBe(false);
});

test.each([0, -1, Number.NaN, 2 ** 31 - 1])('%d is nobody', async (pid) => {
  expect(await findProcess(pid)).toBeNull();
});
