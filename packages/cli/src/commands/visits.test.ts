import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Asked, fakeService, refusal, runCommand } from '../fixture.ts';
import { mondayMorning, planOf, visitOf } from '../fixture-visits.ts';
import { useLanguage } from '../language.ts';
import VisitsCancel from './visits/cancel.ts';
import VisitsFollowUp from './visits/follow-up.ts';
import VisitsMove from './visits/move.ts';
import VisitsPlan from './visits/plan.ts';
import VisitsRecord from './visits/record.ts';
import VisitsRules from './visits/rules.ts';
import VisitsStart from './visits/start.ts';
import VisitsToday from './visits/today.ts';
import VisitsWeek from './visits/week.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: mondayMorning, toFake: ['Date'] });
});
afterEach(() => {
  useLanguage('da');
  vi.useRealTimers();
});

const visit = visitOf();
const body = (asked: Asked | undefined): unknown => JSON.parse(asked?.body ?? 'null');
const written = (asked: readonly Asked[]) => asked.filter(({ method }) => method !== 'GET');
const listing =
  (items: readonly object[]) =>
  ({ method, path }: Asked) =>
    method === 'GET' && path.startsWith('/visits?') ? { body: { items, next: null } } : { body: visit };

describe('a visit to be planned', () => {
  it('needs a citizen, a channel with its time, and a length', async () => {
    const { url, asked } = await fakeService(() => ({ status: 201, body: visit }));
    const argv = ['b-7txkk', '--video', 'tirsdag 10', '--minutes', '20', '--purpose', 'illness'];
    const { stdout, exit } = await runCommand(VisitsPlan, argv, url);
    expect(exit).toBe(0);
    expect(stdout).toContain('tirsdag 24. november kl. 10.00–10.20');
    expect(body(asked[0])).toEqual({
      citizen: 'B-7TXKK',
      channel: 'video',
      startsAt: '2026-11-24T09:00:00.000Z',
      endsAt: '2026-11-24T09:20:00.000Z',
      room: { kind: 'none' },
      purposes: ['illness'],
      acknowledge: [],
    });
  });

  it.each([
    [['B-7TXKK'], '--video'],
    [['B-7TXKK', '--phone', 'tirsdag 10'], '--minutes'],
  ])('is not sent while something is missing, which is named: %j', async (argv, flag) => {
    const { url, asked } = await fakeService(() => ({ body: visit }));
    const { stderr, exit } = await runCommand(VisitsPlan, argv, url);
    expect(exit).toBe(2);
    expect(stderr).toContain(flag);
    expect(asked).toEqual([]);
  });

  it('becomes a plan when it comes again, on the weekday and at the time of day of the first', async () => {
    const { url, asked } = await fakeService(() => ({ status: 201, body: planOf() }));
    const argv = ['B-7TXKK', '--video', 'tirsdag 10', '--minutes', '20', '--weekly', '--word', 'enig'];
    expect(await runCommand(VisitsPlan, argv, url)).toMatchObject({ exit: 0 });
    expect(asked[0]?.path).toBe('/plans');
    expect(body(asked[0])).toMatchObject({
      startsOn: '2026-11-24',
      template: { kind: 'weekly', slots: [{ channel: 'video', weekday: 2, time: '10:00', minutes: 20 }] },
      word: 'agreed',
    });
  });

  it('comes again with one line, and nothing is made up of what the citizen says to it', async () => {
    const { url, asked } = await fakeService(() => ({ status: 201, body: planOf() }));
    const argv = ['B-7TXKK', '--video', 'tirsdag 10', '--minutes', '20', '--weekly'];
    const { stderr, exit } = await runCommand(VisitsPlan, argv, url);
    expect(exit).toBe(0);
    expect(body(asked[0])).toMatchObject({ word: 'not-asked' });
    expect(stderr).toContain('--word agreed');
  });

  it('that cannot be held comes back as the same command at the nearest times', async () => {
    const nearest = [
      { startsAt: '2026-11-24T09:20:00.000Z', endsAt: '2026-11-24T09:40:00.000Z', room: null },
    ];
    const { url } = await fakeService(() =>
      refusal('hold_refused', 409, { details: { missing: ['worker'], nearest } }),
    );
    const argv = ['B-7TXKK', '--video', 'tirsdag 10', '--minutes', '20', '--room', 'any'];
    const { stdout, stderr, exit } = await runCommand(VisitsPlan, argv, url);
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 5 });
    expect(stderr).toContain('  naer B-7TXKK --video "tir 24. nov 10.20–10.40" --room any');
  });
});

describe('a warning', () => {
  const warns = ({ body: text }: Asked) =>
    JSON.parse(text).acknowledge.length === 0
      ? refusal('visit_warnings', 409, { details: { warnings: ['never-met'] } })
      : { status: 201, body: visit };
  const argv = ['B-7TXKK', '--video', 'tirsdag 10-10.20'];

  it('stops the command where nobody can be asked, and gives it back with --anyway', async () => {
    const { url, asked } = await fakeService(warns);
    const { stderr, exit } = await runCommand(VisitsPlan, argv, url);
    expect(exit).toBe(5);
    expect(stderr).toContain('naer B-7TXKK --video "tirsdag 10-10.20" --anyway');
    expect(asked.length).toBe(1);
  });

  it('is shown and overruled with --anyway: exactly the one that came', async () => {
    const { url, asked } = await fakeService(warns);
    const { stderr, exit } = await runCommand(VisitsPlan, [...argv, '--anyway'], url);
    expect(exit).toBe(0);
    expect(stderr).toContain('har ikke mødt hinanden');
    expect(body(asked[1])).toMatchObject({ acknowledge: ['never-met'] });
  });
});

describe('a visit that is named by its citizen', () => {
  it('is found, and the time of day that is told lies on its own day', async () => {
    const { url, asked } = await fakeService(listing([visitOf({ at: '2026-11-23T08:00:00.000Z' })]));
    await runCommand(VisitsStart, ['B-7TXKK', '--at', '9.02'], url);
    const [start] = written(asked);
    expect(start?.path).toBe(`/visits/${visit.id}/start`);
    expect(body(start)).toEqual({ at: '2026-11-23T08:02:00.000Z' });
  });

  it('is asked back, as commands to paste, where several fit', async () => {
    const two = ['23T12:00', '23T14:00'].map((time, at) =>
      visitOf({ id: `${at}f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11`, at: `2026-11-${time}:00.000Z` }),
    );
    const { url, asked } = await fakeService(listing(two));
    const { stderr, exit } = await runCommand(VisitsStart, ['B-7TXKK', '--at', '9.02'], url);
    expect(exit).toBe(2);
    expect(stderr).toContain('  man 23. nov 13.00–13.20, video, planlagt:\n    naer 0f0c2a52 --at 9.02\n');
    expect(stderr).toContain('    naer 1f0c2a52 --at 9.02\n');
    expect(written(asked)).toEqual([]);
  });

  it('is said to be none where none fits, with exit code 1', async () => {
    const { url } = await fakeService(listing([]));
    const { stderr, exit } = await runCommand(VisitsCancel, ['B-7TXKK', '--by', 'citizen'], url);
    expect(exit).toBe(1);
    expect(stderr).toContain('naer visits list --citizen B-7TXKK --all');
  });
});

describe('a visit that is moved', () => {
  it('stays as long as it was when the new time has no end', async () => {
    const { url, asked } = await fakeService(listing([visit]));
    await runCommand(VisitsMove, ['B-7TXKK', 'onsdag 11'], url);
    expect(body(written(asked)[0])).toMatchObject({
      startsAt: '2026-11-25T10:00:00.000Z',
      endsAt: '2026-11-25T10:20:00.000Z',
    });
  });

  const span = (day: string) => ({ startsAt: `${day}T09:00:00.000Z`, endsAt: `${day}T09:20:00.000Z` });
  const item = { visit: visit.id, citizen: visit.citizen, channel: 'video', from: span('2026-11-24') };
  const proposal = (to: object | null) => ({
    from: '2026-11-24',
    to: '2026-11-25',
    items: [{ ...item, to, missing: to === null ? ['room'] : [] }],
    complete: to !== null,
  });

  it('with its whole day is shown first, and moved after --yes', async () => {
    const { url, asked } = await fakeService(({ method }) =>
      method === 'GET' ? { body: proposal(span('2026-11-25')) } : { body: { visits: [visit] } },
    );
    const refused = await runCommand(VisitsMove, ['--day', 'tirsdag', '--to', 'onsdag'], url);
    expect(refused).toMatchObject({ exit: 2, stderr: expect.stringContaining('ons 25. nov 10.00–10.20') });
    expect(written(asked)).toEqual([]);
    await runCommand(VisitsMove, ['--day', 'tirsdag', '--yes'], url);
    expect(body(written(asked)[0])).toEqual({ moves: [{ visit: visit.id, ...span('2026-11-25') }] });
  });

  it('is not moved at all where one of the day finds no place: exit code 1', async () => {
    const { url, asked } = await fakeService(() => ({ body: proposal(null) }));
    const { stderr, exit } = await runCommand(VisitsMove, ['--day', 'tirsdag', '--yes'], url);
    expect(exit).toBe(1);
    expect(stderr).toContain('rummet er taget');
    expect(written(asked)).toEqual([]);
  });
});

describe('a contact without an appointment', () => {
  it('is recorded with its own times', async () => {
    const { url, asked } = await fakeService(() => ({ status: 201, body: visit }));
    const argv = ['B-7TXKK', '--phone', '--at', 'i dag 8.10', '--minutes', '8', '--topics', 'medicin'];
    await runCommand(VisitsRecord, argv, url);
    expect(asked[0]?.path).toBe('/visits/unplanned');
    expect(body(asked[0])).toEqual({
      citizen: 'B-7TXKK',
      parts: [{ kind: 'phone', startsAt: '2026-11-23T07:10:00.000Z', endsAt: '2026-11-23T07:18:00.000Z' }],
      topics: ['medication'],
    });
  });
});

describe('a week on one page', () => {
  const visits = [
    visitOf({ id: 'aaaaaaaa-6a0e-4a53-9f0a-3f6a3c1f9b11', at: '2026-11-23T07:00:00.000Z' }),
    visitOf({
      id: 'bbbbbbbb-6a0e-4a53-9f0a-3f6a3c1f9b11',
      at: '2026-11-24T09:00:00.000Z',
      state: 'proposed',
      proposedBy: 'citizen',
    }),
    visitOf({
      id: 'cccccccc-6a0e-4a53-9f0a-3f6a3c1f9b11',
      at: '2026-11-26T09:00:00.000Z',
      state: 'cancelled',
      ended: { by: 'citizen', reason: 'illness' },
    }),
  ];
  const overview = {
    worker: 'BM13',
    from: '2026-11-23',
    to: '2026-11-30',
    visits,
    unrecorded: 1,
    daysOff: [{ day: '2026-11-27', da: 'lukkedag', en: 'closed' }],
    reviewsDue: ['B-7TXKK'],
  };

  it('goes day by day, names days off, and ends with what waits', async () => {
    const { url, asked } = await fakeService(() => ({ body: overview }));
    const { stdout } = await runCommand(VisitsWeek, ['--week', '48'], url);
    expect(asked[0]?.path).toBe('/visits/overview?from=2026-11-23&days=7');
    expect(stdout.split('\n')).toEqual([
      'Uge 48 · 23.–29. november · BM13',
      '',
      'Dag     Kl.    Borger   Hvordan  Min  Stand      Nr.       Rum, note m.m.',
      'ma 23.  08.00  B-7TXKK  video     20  mangler    aaaaaaaa',
      'ti 24.  10.00  B-7TXKK  video     20  foreslået  bbbbbbbb  af borgeren',
      'on 25.  –',
      'to 26.  10.00  B-7TXKK  video     20  aflyst     cccccccc  sygdom',
      'fr 27.  lukkedag',
      '',
      '2 besøg, 40 minutter · 1 aflyst · 1 venter på svar',
      '1 besøg mangler registrering: naer visits record aaaaaaaa',
      'Kun video længe hos B-7TXKK: naer visits reviews',
      '',
    ]);
  });

  it('is exactly the answer under --json, and one line a visit under --csv', async () => {
    const { url } = await fakeService(() => ({ body: overview }));
    expect(JSON.parse((await runCommand(VisitsWeek, ['--json'], url)).stdout)).toEqual(overview);
    const { stdout } = await runCommand(VisitsWeek, ['--csv'], url);
    const [heading, first] = stdout.split('\r\n');
    expect(heading).toBe(
      'at,plannedStartsAt,plannedEndsAt,citizen,worker,channel,minutes,travelMinutes,state,reason,id,room',
    );
    expect(first).toContain(',B-7TXKK,BM13,video,20,0,planned,,aaaaaaaa-6a0e');
  });
});

describe('the rules', () => {
  const rules = {
    workingHours: { day: [{ weekday: 1, opens: '07:00', closes: '18:00' }], evening: [], night: [] },
    closedDays: ['12-24'],
    planAheadWeeks: 8,
    videoOnlyWeeks: 6,
    carryOver: { kind: 'undelivered', weeks: 4, maxMinutes: 240 },
    tooLittlePercent: 75,
    tooLittleWeeks: 4,
  };

  it('are only looked at where nothing is changed', async () => {
    const { url, asked } = await fakeService(() => ({ body: rules }));
    const { stdout } = await runCommand(VisitsRules, [], url);
    expect(stdout).toContain('i 4 uger, højst 4 timer');
    expect(written(asked)).toEqual([]);
  });

  it('are changed one by one; the hours of one shift leave the others', async () => {
    const { url, asked } = await fakeService(() => ({ body: rules }));
    const argv = ['--carry-over', 'both:2:60', '--closed', '12-24,12-31', '--evening-hours', 'ma-ti 16-22'];
    await runCommand(VisitsRules, argv, url);
    expect(body(written(asked)[0])).toEqual({
      workingHours: {
        ...rules.workingHours,
        evening: [
          { weekday: 1, opens: '16:00', closes: '22:00' },
          { weekday: 2, opens: '16:00', closes: '22:00' },
        ],
      },
      closedDays: ['12-24', '12-31'],
      carryOver: { kind: 'both', weeks: 2, maxMinutes: 60 },
    });
  });
});

describe('a failed call', () => {
  const failed = visitOf({ state: 'failed', at: '2026-11-23T07:30:00.000Z' });

  it('is followed up by one that has just ended where only its minutes are told', async () => {
    const { url, asked } = await fakeService(listing([failed]));
    expect(await runCommand(VisitsFollowUp, ['B-7TXKK', '--minutes', '8'], url)).toMatchObject({ exit: 0 });
    expect(body(written(asked)[0])).toEqual({
      startsAt: '2026-11-23T07:52:00.000Z',
      endsAt: '2026-11-23T08:00:00.000Z',
    });
  });

  it('waits to be followed up at the foot of the day', async () => {
    const overview = {
      worker: 'BM13',
      from: '2026-11-23',
      to: '2026-11-24',
      daysOff: [],
      visits: [failed],
      unrecorded: 0,
      reviewsDue: [],
    };
    const { url } = await fakeService(() => ({ body: overview }));
    const { stdout } = await runCommand(VisitsToday, [], url);
    expect(stdout).toContain('1 mislykket besøg mangler at blive fulgt op: naer visits follow-up 3f0c2a52');
  });
});
