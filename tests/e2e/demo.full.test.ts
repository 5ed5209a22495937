import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkout, createHome, type Service, type ServiceHome } from '../support/service.ts';

/** The very first start as somebody has it who just tries the program, and what they see then. */
let place: ServiceHome;
let service: Service;
let startedInMs: number;

beforeAll(async () => {
  place = await createHome();
  const from = performance.now();
  // Empty: as if nobody had set anything.
  service = await place.start({ NAER_DEMO: '' }, { timeoutMs: 180_000 });
  startedInMs = performance.now() - from;
}, 200_000);
afterAll(async () => {
  await service.stop();
  await place.remove();
});

const naer = async (...argv: readonly string[]) =>
  promisify(execFile)(process.execPath, [path.join(checkout, 'packages/cli/bin/naer.js'), ...argv], {
    env: {
      PATH: process.env.PATH,
      HOME: place.home,
      LANG: 'C.UTF-8',
      NAER_URL: service.url,
      NAER_TOKEN: await place.token(),
    },
    maxBuffer: 64_000_000,
  });
const mark = 'Demodata: alle borgere og medarbejdere er opdigtede.\n';

test('the first start makes a demo municipality, says so, and stays under three minutes', () => {
  expect(service.output()).toContain('450 opdigtede borgere');
  expect(startedInMs).toBeLessThan(180_000);
});

test('each list shows something, marked as demo beside the answer', async () => {
  for (const command of [
    'citizens list',
    'staff list',
    'team list',
    'sites list',
    'rooms list',
    'rooms bookings',
    'visits list',
    'plans list',
    'granted',
    'handoff list',
    'ledger log',
  ]) {
    const { stdout, stderr } = await naer(...command.split(' '), '--json');
    expect({ command, stderr }).toEqual({ command, stderr: mark });
    const shown: unknown = JSON.parse(stdout);
    expect([command, Array.isArray(shown) && shown.length > 0]).toEqual([command, true]);
  }
});

test('demo reset gives the same data twice, in the same order, to the last leaf of the ledger', async () => {
  const look = async () => {
    const reset = await naer('demo', 'reset', '--yes', '--json');
    const { visits } = JSON.parse(reset.stdout) as { readonly visits: number };
    expect(visits).toBeGreaterThan(30_000);
    const leaves = await allLeaves(visits);
    const shown = [];
    for (const argv of [
      ['citizens', 'list', '--limit', '1000'],
      ['visits', 'list', '--limit', '2000'],
      ['plans', 'list', '--limit', '1000'],
      ['rooms', 'bookings', '--limit', '1000'],
      ['staff', 'list', '--limit', '1000'],
    ])
      shown.push((await naer(...argv, '--json')).stdout);
    return { leaves, shown };
  };
  /** The sequencer gives leaves their place after the commit, so the last of them may take a moment. */
  const allLeaves = async (atLeast: number): Promise<string> => {
    for (let before = -1; ; ) {
      const { stdout } = await naer('ledger', 'list', '--limit', '200000', '--json');
      const leaves = JSON.parse(stdout) as readonly { readonly leafHash: string }[];
      if (leaves.length >= atLeast && leaves.length === before)
        return leaves.map((leaf) => leaf.leafHash).join();
      before = leaves.length;
    }
  };
  const hour = () => new Date().getUTCHours();
  const begun = hour();
  let [first, second] = [await look(), await look()];
  // What happens today is shown as of the full hour, and that one passed in between.
  if (hour() !== begun) [first, second] = [await look(), await look()];
  expect(second).toEqual(first);
});
