import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { citizen } from '@naer/core/contract/citizens';
import { type GrantedSummary, grantedRoutes } from '@naer/core/contract/granted';
import { createdToken } from '@naer/core/contract/identity';
import { visit, visitOverview } from '@naer/core/contract/visits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout, createHome, type ServiceHome } from '../support/service.ts';

// A support worker's week, lived through by the command alone: planned on Friday, then day by day, each command at the
// minute it belongs to. Service and commands share a clock that the test sets (tests/support/clock.cjs), so the week is
// the same on whatever day the test runs.

const bin = path.join(checkout, 'packages/cli/bin/naer.js');
const clock = path.join(checkout, 'tests/support/clock.cjs');

let place: ServiceHome;
let clockFile: string;
let token: string;
beforeAll(async () => {
  place = await createHome();
  clockFile = path.join(place.home, 'clock');
  await now('2026-11-16 07.30');
  await place.start({ NODE_OPTIONS: `--require ${clock}`, NAER_TEST_CLOCK: clockFile, NAER_DEMO: '0' });
});
afterAll(() => place.remove());

/** Sets the clock of service and commands to a Danish wall time; in the winter it is an hour ahead of UTC. */
async function now(time: string): Promise<void> {
  const [day, hourAndMinute = ''] = time.split(' ');
  const draft = `${clockFile}.new`;
  await writeFile(draft, new Date(`${day}T${hourAndMinute.replace('.', ':')}:00+01:00`).toISOString());
  await rename(draft, clockFile);
}

async function run(argv: readonly string[], as: 'worker' | 'administrator', input = '') {
  const child = spawn(process.execPath, [bin, ...argv], {
    env: {
      PATH: process.env.PATH,
      HOME: place.home,
      LANG: 'da_DK.UTF-8',
      NAER_HOME: place.home,
      NODE_OPTIONS: `--require ${clock}`,
      NAER_TEST_CLOCK: clockFile,
      ...(as === 'worker' ? { NAER_TOKEN: token } : {}),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  const [stdout, stderr, [exit]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, exit: Number(exit) };
}
/** As the worker; the command must succeed. Returns what it prints. */
async function naer(...argv: string[]): Promise<string> {
  const { stdout, stderr, exit } = await run(argv, 'worker');
  expect({ argv, stderr, exit }).toMatchObject({ exit: 0 });
  return stdout;
}
interface Parser<Value> {
  parse(value: unknown): Value;
}
const answer = async <Value>(parser: Parser<Value>, ...argv: string[]): Promise<Value> =>
  parser.parse(JSON.parse(await naer(...argv, '--json')));
async function setUp(...argv: string[]): Promise<unknown> {
  const { stdout, stderr, exit } = await run([...argv, '--json'], 'administrator');
  expect({ argv, stderr, exit }).toMatchObject({ exit: 0 });
  return JSON.parse(stdout);
}

const grantedNow = async (...argv: string[]): Promise<readonly GrantedSummary[]> =>
  answer(grantedRoutes.list.reply.shape.items, 'granted', ...argv);

describe("a worker's week", () => {
  const code = { anna: '', bent: '', carl: '', dorte: '', elin: '', finn: '' };
  type Who = keyof typeof code;

  it('has a worker, a room and six citizens, of whom something is known from the week before', async () => {
    await setUp('team', 'add', 'Team Midt');
    await setUp('rooms', 'add', 'Rådhuset/Boks 1', '--kind', 'booth');
    await setUp('staff', 'add', 'BM13', 'Åse Nørgaard', '--role', 'support-worker', '--team', 'Team Midt');
    token = createdToken.parse(await setUp('token', 'create', 'uge', '--for', 'BM13')).secret ?? '';
    const grants: readonly (readonly [Who, string, string])[] = [
      ['anna', '2', 'week'],
      ['bent', '1', 'week'],
      ['carl', '1,5', 'week'],
      ['dorte', '1', 'week'],
      ['elin', '1', 'fortnight'],
      ['finn', '0,5', 'week'],
    ];
    for (const [at, [who, hours, per]] of grants.entries()) {
      const grant = ['--basis', 'SEL § 85', '--hours', hours, '--per', per, '--from', '2026-11-16'];
      const near = ['--worker', 'BM13', '--team', 'Team Midt', '--met', '2026-10-01'];
      const identity = ['--reference', `10029${at}`, '--name', `Borger ${at}`];
      const made = await setUp('citizens', 'add', ...identity, ...grant, ...near);
      code[who] = citizen.parse(made).code;
    }

    await now('2026-11-20 12.00');
    const before: readonly (readonly [Who, string, string, string])[] = [
      ['anna', '--physical', 'tirsdag 9', '120'],
      ['bent', '--video', 'tirsdag 13', '40'],
      ['carl', '--physical', 'onsdag 9', '100'],
      ['dorte', '--physical', 'torsdag 9', '60'],
      ['finn', '--video', 'i dag 11', '30'],
    ];
    for (const [who, channel, at, minutes] of before)
      await naer('visits', 'record', code[who], channel, '--at', at, '--minutes', minutes);
  });

  it('is planned on Friday: six citizens, one every week, one tapering', async () => {
    await now('2026-11-20 13.00');
    const plan = (who: Who, ...wish: string[]) => naer('visits', 'plan', code[who], ...wish);
    await plan('anna', '--video', 'mandag 9', '--minutes', '30');
    await plan('anna', '--physical', 'torsdag 10-11');
    await plan('bent', '--video', 'tirsdag 10', '--minutes', '20', '--weekly', '--word', 'agreed');
    await plan('carl', '--physical', 'onsdag 9-10');
    await plan('dorte', '--video', 'onsdag 13-13.30', '--room', 'any');
    await plan('elin', '--phone', 'torsdag 14-14.15');
    const steps = ['--tapering', '--at', 'fredag uge 48 11-11.30', '--steps', '1:4, 2:8'];
    await naer('plans', 'create', code.finn, ...steps, '--word', 'agreed');

    // Nobody is in two places: the refusal brings times that can be pasted, and the first of them is free.
    const twice = ['visits', 'plan', code.carl, '--video', 'onsdag 13.10', '--minutes', '20'];
    const refused = await run(twice, 'worker');
    expect(refused.exit).toBe(5);
    expect(refused.stderr).toContain(`naer visits plan ${code.carl} --video "ons 25. nov `);

    const week = await answer(visitOverview, 'visits', 'week', '--week', '48');
    expect(week.visits.map((each) => [each.citizen, each.channel, each.at])).toEqual([
      [code.anna, 'video', '2026-11-23T08:00:00.000Z'],
      [code.bent, 'video', '2026-11-24T09:00:00.000Z'],
      [code.carl, 'physical', '2026-11-25T08:00:00.000Z'],
      [code.dorte, 'video', '2026-11-25T12:00:00.000Z'],
      [code.anna, 'physical', '2026-11-26T09:00:00.000Z'],
      [code.elin, 'phone', '2026-11-26T13:00:00.000Z'],
      [code.finn, 'video', '2026-11-27T10:00:00.000Z'],
    ]);
  });

  it('begins with a call that starts late and ends late', async () => {
    await now('2026-11-23 09.02');
    await naer('visits', 'start', code.anna, '--at', '9.02');
    await now('2026-11-23 09.31');
    expect(await naer('visits', 'end', code.anna, '--topics', 'structure')).toContain('video 29');
  });

  it('goes on with one who falls ill, and one who asks for another time', async () => {
    await now('2026-11-24 08.15');
    const cancelled = await naer('visits', 'cancel', code.bent, '--by', 'citizen', '--reason', 'illness');
    expect(cancelled).toContain('aflyst af borgeren: sygdom');
    await now('2026-11-24 11.00');
    await naer('visits', 'propose', code.elin, 'fredag 9', '--by', 'citizen');
    expect(await naer('visits', 'accept', code.elin)).toContain('fredag 27. november kl. 09.00–09.15');
  });

  it('has a visit to somebody who is not at home, and rings later', async () => {
    await now('2026-11-25 09.12');
    const futile = ['--reason', 'nobody-home', '--waited', '10', '--travel', '25'];
    expect(await naer('visits', 'futile', code.carl, ...futile)).toContain('forgæves: ingen hjemme');
    await now('2026-11-25 11.30');
    await naer('visits', 'record', code.carl, '--phone', '--at', '11.10', '--minutes', '12');
  });

  it('has a talk that gets too heavy for a screen: "I am coming"', async () => {
    await now('2026-11-25 13.00');
    await naer('visits', 'start', code.dorte, '--at', '13.00');
    await now('2026-11-25 13.12');
    const coming = await answer(visit, 'visits', 'turn', code.dorte, '--physical');
    expect(coming).toMatchObject({ channel: 'physical', room: null, minutes: { video: 12 } });
    await now('2026-11-25 13.30');
    await naer('visits', 'start', code.dorte);
    await now('2026-11-25 14.15');
    const ended = await naer('visits', 'end', code.dorte, '--topics', 'supportive-talk');
    expect(ended).toContain('video 13.00–13.12, vejtid 13.12–13.30, fysisk 13.30–14.15');
  });

  it('ends with a call at the time that was asked for, and with what waits to be recorded', async () => {
    await now('2026-11-27 09.00');
    await naer('visits', 'start', code.elin);
    await now('2026-11-27 09.18');
    await naer('visits', 'end', code.elin);

    await now('2026-11-27 14.30');
    expect(await naer('visits', 'week')).toContain('2 besøg mangler registrering');
    const told = ['--from', '10.05', '--to', '11.10', '--travel', '15'];
    const noted = await run(
      ['visits', 'record', code.anna, ...told, '--note-stdin'],
      'worker',
      'Husk posten.\n',
    );
    expect(noted).toMatchObject({ exit: 0 });
    await naer('visits', 'record', code.finn);
    expect(await naer('visits', 'week')).not.toContain('mangler registrering');
    expect(await naer('visits', 'note', code.anna)).toBe('Husk posten.\n');
  });

  it('comes out right to the minute against the table that was kept by hand', async () => {
    //                                  granted carried  video physical phone  planned left
    const kept: readonly (readonly [Who, ...number[]])[] = [
      ['anna', /* 2 t om ugen      */ 120, /* */ 0, /**/ 29, /**/ 65, /**/ 0, /**/ 0, /**/ 26],
      ['bent', /* 1 t, 40 uge 47   */ 60, /* */ 20, /*  */ 0, /*  */ 0, /*  */ 0, /*  */ 0, /*  */ 80],
      ['carl', /* 1½ t, 100 uge 47 */ 90, /* */ 0, /*  */ 0, /*  */ 0, /**/ 12, /**/ 0, /**/ 78],
      ['dorte', /* 1 t om ugen     */ 60, /* */ 0, /**/ 12, /**/ 45, /**/ 0, /**/ 0, /**/ 3],
      ['elin', /* 1 t hver 14. dag */ 30, /* */ 30, /**/ 0, /**/ 0, /**/ 18, /**/ 0, /**/ 42],
      ['finn', /* ½ t om ugen      */ 30, /* */ 0, /**/ 30, /**/ 0, /**/ 0, /**/ 0, /**/ 0],
    ];
    const table = kept.map(([who, granted, carriedIn, video, physical, phone, plannedTotal, left]) => ({
      citizen: code[who],
      granted,
      carriedIn,
      delivered: { video, physical, phone },
      plannedTotal,
      left,
    }));
    const given = (await grantedNow()).map(
      ({ citizen, granted, carriedIn, delivered, plannedTotal, left }) => ({
        citizen,
        granted,
        carriedIn,
        delivered,
        plannedTotal,
        left,
      }),
    );
    expect(given).toHaveLength(6);
    expect(given).toEqual(expect.arrayContaining(table));
  });

  it('leaves the week after as it was agreed: the tapering one comes every second week now', async () => {
    const planned = async (week: string) => {
      const list = await grantedNow('--from', week);
      return [code.bent, code.finn].map(
        (citizen) => list.find((each) => each.citizen === citizen)?.plannedTotal,
      );
    };
    expect(await planned('uge 49')).toEqual([20, 30]);
    expect(await planned('uge 50')).toEqual([20, 30]);
    await naer('plans', 'step', code.finn, '--word', 'own-wish');
    expect(await planned('uge 49')).toEqual([20, 30]);
    expect(await planned('uge 50')).toEqual([20, 0]);
    expect(await planned('uge 51')).toEqual([20, 30]);
  });
});
