import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Asked, fakeService, refusal, runCommand } from '../fixture.ts';
import { mondayMorning, planOf, visitOf } from '../fixture-visits.ts';
import HandOffDone from './handoff/done.ts';
import HandOffExport from './handoff/export.ts';
import HandOffRetry from './handoff/retry.ts';
import HandOffText from './handoff/text.ts';
import PlansChange from './plans/change.ts';
import PlansCreate from './plans/create.ts';
import PlansShow from './plans/show.ts';
import PlansWeek from './plans/week.ts';
import Granted from './root/granted.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: mondayMorning, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const plan = planOf();
const body = (asked: Asked | undefined): unknown => JSON.parse(asked?.body ?? 'null');
const written = (asked: readonly Asked[]) => asked.filter(({ method }) => method !== 'GET');
const plans =
  (items: readonly object[]) =>
  ({ method, path: asked }: Asked) => ({
    body: method === 'GET' && asked.startsWith('/plans?') ? { items, next: null } : plan,
  });

describe('a plan', () => {
  it('is shown step by step with what it could not make, within 80 columns', async () => {
    const growing = planOf({
      kind: 'growing',
      phases: [
        {
          weeks: 2,
          slots: [1, 2, 3, 4, 5].map((weekday) => ({
            channel: 'video' as const,
            weekday,
            time: '09:30',
            minutes: 5,
            everyWeeks: 1,
          })),
        },
        {
          weeks: null,
          slots: [{ channel: 'physical', weekday: 2, time: '14:00', minutes: 45, everyWeeks: 2 }],
        },
      ],
      gaps: [
        {
          week: '2026-W53',
          slot: 0,
          startsAt: '2026-12-31T08:30:00.000Z',
          endsAt: '2026-12-31T08:35:00.000Z',
          reason: 'holiday',
        },
      ],
    });
    const { url } = await fakeService(plans([growing]));
    const { stdout } = await runCommand(PlansShow, ['B-7TXKK'], url);
    expect(stdout).toContain('Trin 1         2 uger: ma–fr 09.30 video 5 min ← nu');
    expect(stdout).toContain('Trin 2         derefter: ti 14.00 fysisk 45 min hver 2. uge');
    expect(stdout).toMatch(/tor 31\. dec 09\.30–09\.35 +53 +fridag/);
    for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
  });

  it('is asked back where the citizen has several', async () => {
    const other = planOf({ id: '6d1b7c20-0c1e-4c55-8f58-2a8f7b1f6c01' });
    const { url, asked } = await fakeService(plans([plan, other]));
    const { stderr, exit } = await runCommand(
      PlansWeek,
      ['B-7TXKK', '50', '--skip', '--word', 'agreed'],
      url,
    );
    expect(exit).toBe(2);
    expect(stderr).toContain('  ti 10.00 video 20 min:\n    naer 5d1b7c20 50 --skip --word agreed\n');
    expect(stderr).toContain('  naer 6d1b7c20 50');
    expect(written(asked)).toEqual([]);
  });

  it('is changed for one week: left out, or on another day', async () => {
    const { url, asked } = await fakeService(plans([plan]));
    await runCommand(PlansWeek, ['B-7TXKK', 'uge 50', '--at', 'torsdag 10-10.30', '--word', 'agreed'], url);
    expect(written(asked)[0]?.path).toBe(`/plans/${plan.id}/week`);
    expect(body(written(asked)[0])).toEqual({
      week: '2026-W50',
      slot: 0,
      change: { kind: 'set', weekday: 4, time: '10:00', minutes: 30 },
      word: 'agreed',
      acknowledge: [],
    });
    await runCommand(PlansWeek, ['B-7TXKK', '51', '--skip', '--word', 'own-wish'], url);
    expect(body(written(asked)[1])).toMatchObject({ week: '2026-W51', change: { kind: 'skip' } });
    expect(await runCommand(PlansWeek, ['B-7TXKK', '51', '--word', 'agreed'], url)).toMatchObject({
      exit: 2,
    });
  });

  it('that cannot be held lists the times and why', async () => {
    const conflicts = [
      {
        week: '2026-W49',
        slot: 0,
        startsAt: '2026-12-01T09:00:00.000Z',
        endsAt: '2026-12-01T09:20:00.000Z',
        reason: 'citizen',
      },
    ];
    const { url } = await fakeService(() =>
      refusal('plan_conflicts', 409, { params: { count: 1, total: 8 }, details: { conflicts } }),
    );
    const argv = ['B-7TXKK', '--weekly', '--at', 'tirsdag 10-10.20', '--word', 'agreed'];
    const { stderr, exit } = await runCommand(PlansCreate, argv, url);
    expect(exit).toBe(5);
    expect(stderr).toContain(
      '  naer B-7TXKK --weekly --at "tirsdag 10-10.20" --word agreed --skip-conflicts',
    );
    expect(stderr).toMatch(/tir 1\. dec 10\.00–10\.20 +49 +borgeren har en anden aftale/);
  });
});

describe('granted time', () => {
  const minutes = (video: number, physical = 0, phone = 0) => ({ video, physical, phone });
  const summary = {
    citizen: 'B-7TXKK',
    worker: 'BM13',
    grant: { minutes: 90, per: 'week' },
    from: '2026-11-23',
    to: '2026-11-30',
    granted: 90,
    carriedIn: 30,
    delivered: minutes(20, 0, 8),
    deliveredTotal: 28,
    planned: minutes(20),
    plannedTotal: 20,
    left: 72,
    onlinePercent: 71,
    shortfall: { minutes: 65, kinds: ['behind', 'unplanned'] },
  };

  it('is one line of minutes for each citizen, and names no worker in the table', async () => {
    const { url, asked } = await fakeService(() => ({ body: { items: [summary], next: null } }));
    const { stdout } = await runCommand(Granted, ['--short', '--from', 'uge 48', '--weeks', '2'], url);
    expect(asked[0]?.path).toContain('from=2026-11-23&weeks=2&short=true');
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      'Borger   Bevilget  Overført  Video  Fysisk  Tlf.  Planlagt  Tilbage',
      'B-7TXKK        90        30     20       ·     8        20       72  mangler 65',
    ]);
    expect(stdout).not.toContain('BM13');
  });

  it('of one citizen goes week by week, and says in words what is missing', async () => {
    const week = {
      granted: 90,
      carriedIn: 30,
      delivered: minutes(20, 0, 8),
      planned: minutes(20),
      carriedOut: 0,
    };
    const weeks = [{ ...week, from: '2026-11-23' }];
    const grants = [{ from: '2026-10-01', minutes: 90, per: 'week' }];
    const { url, asked } = await fakeService(() => ({ body: { summary, weeks, grants } }));
    const { stdout } = await runCommand(Granted, ['b7txkk', '--weeks', '2'], url);
    expect(asked[0]?.path).toBe('/citizens/B-7TXKK/granted?from=2026-11-16&weeks=2');
    expect(stdout).toContain('Bevilget  1 time og 30 minutter om ugen');
    expect(stdout).toMatch(/^48 +90 +30 +20 +· +8 +28 +20 +·$/m);
    expect(stdout).toContain(
      'B-7TXKK får for lidt: 1 time og 5 minutter mangler.\nDe sidste uger gav for lidt, og der er planlagt for lidt i ugen.\n',
    );
  });
});

describe('a plan had another way', () => {
  const inPerson = planOf({
    phases: [
      {
        weeks: null,
        slots: [{ channel: 'physical', weekday: 5, time: '10:00', minutes: 70, everyWeeks: 1 }],
      },
    ],
  });

  it('keeps its channel and length where only the time is told', async () => {
    const { url, asked } = await fakeService(() => ({ body: inPerson }));
    const argv = [inPerson.id, '--at', 'fredag 9.30', '--word', 'agreed'];
    expect(await runCommand(PlansChange, argv, url)).toMatchObject({ exit: 0 });
    expect(body(written(asked)[0])).toMatchObject({
      phases: [{ slots: [{ channel: 'physical', weekday: 5, time: '09:30', minutes: 70 }] }],
    });
  });

  it('that ended before it began says so', async () => {
    const { url } = await fakeService(() => ({ body: planOf({ state: 'ended', currentPhase: null }) }));
    const { stdout } = await runCommand(PlansShow, [inPerson.id], url);
    expect(stdout).toContain('begyndte aldrig');
    expect(stdout).not.toContain('Besøg lavet');
  });
});

describe('hand-off', () => {
  const held = visitOf({ state: 'held', handOff: 'waiting', at: '2026-11-20T09:00:00.000Z' });
  const handed = {
    id: '9a1b7c20-0c1e-4c55-8f58-2a8f7b1f6c01',
    visit: held.id,
    citizen: held.citizen,
    worker: 'BM13',
    channel: 'video',
    at: held.at,
    revision: 1,
    state: 'delivered',
    way: 'by-hand',
    batch: null,
    receipt: null,
    handedAt: held.at,
  };
  const document = {
    visit: held.id,
    revision: 1,
    citizen: held.citizen,
    reference: '100299',
    worker: 'BM13',
    channel: 'video',
    outcome: 'held',
    startsAt: held.at,
    endsAt: held.at,
    minutes: held.minutes,
    purposes: [],
    topics: [],
    participants: [],
    text: 'Skærmbesøg fredag.\nDer blev talt om posten.',
    note: 'Husk nøglen.',
  };

  it('puts the text alone on standard output, to be pasted, and beside it how to say that it was', async () => {
    const { url } = await fakeService(({ method }) => ({
      body: method === 'GET' ? { items: [held], next: null } : document,
    }));
    const { stdout, stderr } = await runCommand(HandOffText, ['B-7TXKK'], url);
    expect(stdout).toBe('Skærmbesøg fredag.\nDer blev talt om posten.\n\nNote: Husk nøglen.\n');
    expect(stderr).toContain('naer handoff done 3f0c2a52');
  });

  it('is said to be done, and retried by the number of the visit', async () => {
    const { url, asked } = await fakeService(({ method, path: at }) => ({
      body:
        method !== 'GET'
          ? handed
          : at.startsWith('/hand-offs')
            ? { items: [{ ...handed, state: 'refused' }], next: null }
            : held,
    }));
    expect((await runCommand(HandOffDone, [held.id], url)).stdout).toBe('B-7TXKK: overdraget (sat ind).\n');
    await runCommand(HandOffRetry, ['3f0c'], url);
    expect(written(asked).map(({ path: at }) => at)).toEqual([
      `/visits/${held.id}/hand-off`,
      `/hand-offs/${handed.id}/retry`,
    ]);
  });

  it('is found by the number in the list, however old it is and whoever held it', async () => {
    const old = { ...held, at: '2026-06-01T09:00:00.000Z', worker: 'BM99' };
    const { url, asked } = await fakeService(({ method, path: at }) => {
      if (method !== 'GET') return { body: document };
      if (at.startsWith('/hand-offs?'))
        return { body: { items: [{ ...handed, state: 'waiting' }], next: null } };
      return at.startsWith('/visits?') ? { body: { items: [], next: null } } : { body: old };
    });
    expect(await runCommand(HandOffText, ['3f0c2a52'], url)).toMatchObject({ exit: 0 });
    expect(written(asked).map(({ path: at }) => at)).toEqual([`/visits/${held.id}/hand-off/read`]);
  });

  it('is not to be pasted again once it is there, nor called again unless it was refused', async () => {
    const there = { ...held, handOff: 'delivered' };
    const { url, asked } = await fakeService(({ method, path: at }) => {
      if (method !== 'GET') return { body: document };
      return { body: { items: at.startsWith('/hand-offs?') ? [] : [there], next: null } };
    });
    const { stderr } = await runCommand(HandOffText, ['B-7TXKK'], url);
    expect(stderr).toContain('allerede overdraget');
    expect(stderr).not.toContain('handoff done');
    const retried = await runCommand(HandOffRetry, ['3f0c2a52'], url);
    expect(retried.stderr).toContain('har ikke afvist noget med nummeret 3f0c2a52');
    expect(written(asked).length).toBe(1);
  });

  it('leaves no file to ask for again where the service refused it', async () => {
    const { url } = await fakeService(() => refusal('not_allowed', 403));
    const { stderr, exit } = await runCommand(HandOffExport, ['--out', path.join(tmpdir(), 'naer-no')], url);
    expect(exit).toBe(3);
    expect(stderr).not.toContain('--batch');
  });

  it('goes into a new file, and tells how the same file is had again', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'naer-handoff-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'ud.csv');
    const { url, asked } = await fakeService(() => ({ body: 'besøg;minutter\r\n' }));
    const { stderr, exit } = await runCommand(HandOffExport, ['--out', file], url);
    expect(exit).toBe(0);
    expect(await readFile(file, 'utf8')).toBe('besøg;minutter\r\n');
    const { id } = body(asked[0]) as { id: string };
    expect(stderr).toContain(`--batch ${id}`);
    // What is there already is left alone, and nothing is handed off for it.
    expect(await runCommand(HandOffExport, ['--out', file], url)).toMatchObject({ exit: 5 });
    expect(asked.length).toBe(1);
  });
});
