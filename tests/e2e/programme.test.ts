import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@naer/core/client';
import { programmeRoutes } from '@naer/core/contract/programme';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout, createHome, type ServiceHome } from '../support/service.ts';

// A coordinator runs a programme by the command alone, on the plan that nine municipalities published.

const bin = path.join(checkout, 'packages/cli/bin/naer.js');

const milestones = {
  source: 'the published plan of nine municipalities',
  members: 9,
  milestones: [
    {
      id: 'M0',
      due: '2015-01-31',
      da: 'Lokal organisering og kickoff',
      en: 'Local organisation and kick-off',
      needs: [{ kind: 'activity', what: 'kickoff' }],
    },
    {
      id: 'M2',
      due: '2015-07-31',
      da: 'Mindst 50 borgere, første erfaringer delt',
      en: 'At least 50 citizens, first experience shared',
      needs: [
        { kind: 'measure', measure: 'has-received', atLeast: 50 },
        { kind: 'activity', what: 'experience-shared' },
      ],
    },
    {
      id: 'M3',
      due: '2015-10-31',
      da: 'Mindst 178 borgere (10 %) jævnligt',
      en: 'At least 178 citizens (10 %) regularly',
      needs: [{ kind: 'measure', measure: 'receives-regularly', atLeast: 178 }],
    },
  ],
};

let place: ServiceHome;
let client: Client;
beforeAll(async () => {
  place = await createHome();
  await place.start();
  client = await place.client();
  await writeFile(file('milestones.json'), JSON.stringify(milestones));
});
afterAll(() => place.remove());

const file = (name: string) => path.join(place.home, name);

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | null;
}

async function naer(...argv: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, 'programme', ...argv], {
    cwd: place.home,
    env: { PATH: process.env.PATH, HOME: place.home, LANG: 'C.UTF-8', NAER_HOME: place.home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [exit]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, exit: exit as number | null };
}

/** The first status that rests on so many entries of the log. */
async function citedFrom(id: string, size: number): Promise<string> {
  for (;;) {
    const { citation } = await client.call(programmeRoutes.status, { params: { id } });
    if (citation !== null && Number(citation.size) >= size) return citation.size;
    await pause(50);
  }
}

describe('a programme', () => {
  let id = '';

  it('begins with its target group and the milestones of a file', async () => {
    const argv = [
      'Online bostøtte',
      '--target-group',
      '1780',
      '--starts',
      '2015-01-01',
      '--ends',
      '2015-12-31',
    ];
    const created = await naer('create', ...argv, '--trial', '2015-05-01', '--json');
    id = (JSON.parse(created.stdout) as { id: string }).id;
    const set = await naer('milestones', '--set', 'milestones.json');
    expect(set).toMatchObject({ exit: 0, stderr: '' });
    expect(set.stdout).toMatch(/M3 +31\. okt 2015 +178 modtager jævnligt/);
  });

  it('refuses a plan that cannot be, and keeps the one it has', async () => {
    await writeFile(
      file('twice.json'),
      JSON.stringify({ milestones: [...milestones.milestones, milestones.milestones[0]] }),
    );
    expect((await naer('milestones', '--set', 'twice.json')).exit).toBe(2);
    const { stdout } = await naer('milestones', '--csv');
    expect(stdout.trimEnd().split('\r\n').length).toBe(4);
  });

  it('has its first milestone reached by the activity that was done, and by its entry', async () => {
    const done = await naer('complete', 'kickoff', '--on', '2015-02-12', '--evidence', 'sag 15/77');
    expect(done.exit).toBe(0);
    await naer('complete', 'F9', '--cases', '4', '--on', '2015-04-20');
    await naer('decide', 'expectation', 'must', '--on', '2015-04-01');
    await citedFrom(id, 8);
    const { items } = JSON.parse((await naer('milestones', '--json')).stdout) as {
      items: {
        code: string;
        state: string;
        reachedOn: string | null;
        daysLate: number | null;
        reachedBy: string | null;
      }[];
    };
    expect(items[0]).toMatchObject({
      code: 'M0',
      state: 'reached-late',
      reachedOn: '2015-02-12',
      daysLate: 12,
    });
    expect(items[0]?.reachedBy).toMatch(/^\d+$/);
    expect(items[1]).toMatchObject({ code: 'M2', state: 'late', reachedOn: null });
  });

  it.each(['da', 'en'])('tells how it goes on one screen of 80×24 (%s)', async (language) => {
    const { stdout, exit } = await naer('status', '--lang', language);
    expect(exit).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.length).toBe(24);
    for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(language === 'da' ? /M0 ✓ 12 dg\. sent/ : /M0 ✓ 12 d\. late/);
    expect(stdout).toMatch(language === 'da' ? /Bevis +\d+ poster · rod/ : /Proof +\d+ entries · root/);
  });

  it('gives the answer of then, whatever was recorded since', async () => {
    const size = await citedFrom(id, 1);
    const then = ['status', '--at', '2015-10-31', '--checkpoint', size, '--json'];
    const before = JSON.parse((await naer(...then)).stdout) as { milestones: unknown; figures: unknown };
    await naer('complete', 'experience-shared', '--on', '2015-07-01');
    await citedFrom(id, Number(size) + 1);
    const after = JSON.parse((await naer(...then)).stdout) as typeof before;
    expect({ ...after, late: null }).toEqual({ ...before, late: null });
  });

  it('tells what is missing, and forecasts it, in a sentence', async () => {
    const missing = await naer('missing');
    expect(missing.stdout).toMatch(/^\S.+\.\n/);
    const due = `${new Date().getUTCFullYear() + 1}-12-31`;
    const argv = ['--measure', 'has-received', '--target', '20', '--due', due];
    const forecast = await naer('forecast', ...argv);
    expect(forecast).toMatchObject({ exit: 0, stderr: '' });
    expect(forecast.stdout).toMatch(/Chance +\d+ %/);
  });

  it.each([
    ['html', '<!doctype html>'],
    ['json', '{'],
    // A mark that it is UTF-8, for those who open it in a spreadsheet.
    ['csv', '\u00ef\u00bb\u00bfmonth;'],
    ['svg', '<svg'],
    ['png', '\u0089PNG'],
  ])('is reported as %s', async (format, begin) => {
    const name = `report.${format}`;
    const outcome = await naer('report', '--format', format, '--out', name);
    expect(outcome).toMatchObject({ exit: 0, stderr: '' });
    const bytes = await readFile(file(name));
    expect(bytes.toString('latin1', 0, 40).toLowerCase().startsWith(begin.toLowerCase()), format).toBe(true);
  });
});
