import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Asked, fakeService, runCommand } from '../fixture.ts';
import { milestoneOf, programmeOf, statusOf } from '../fixture-programme.ts';
import { mondayMorning } from '../fixture-visits.ts';
import { useLanguage } from '../language.ts';
import ProgrammeActivities from './programme/activities.ts';
import ProgrammeActivity from './programme/activity.ts';
import ProgrammeChange from './programme/change.ts';
import ProgrammeComplete from './programme/complete.ts';
import ProgrammeContribute from './programme/contribute.ts';
import ProgrammeCreate from './programme/create.ts';
import ProgrammeDecide from './programme/decide.ts';
import ProgrammeForecast from './programme/forecast.ts';
import ProgrammeInformed from './programme/informed.ts';
import ProgrammeJoin from './programme/join.ts';
import ProgrammeMeasures from './programme/measures.ts';
import ProgrammeMembers from './programme/members.ts';
import ProgrammeMilestones from './programme/milestones.ts';
import ProgrammeMissing from './programme/missing.ts';
import ProgrammeMonths from './programme/months.ts';
import ProgrammeReport from './programme/report.ts';
import ProgrammeStatus from './programme/status.ts';
import ProgrammeTrained from './programme/trained.ts';

let folder: string;
beforeEach(async () => {
  vi.useFakeTimers({ now: mondayMorning, toFake: ['Date'] });
  folder = await mkdtemp(path.join(tmpdir(), 'naer-programme-'));
});
afterEach(async () => {
  useLanguage('da');
  vi.useRealTimers();
  await rm(folder, { recursive: true });
});
const file = (name: string) => path.join(folder, name);

const own = programmeOf();
const history = programmeOf({
  id: '11111111-6a0e-4a53-9f0a-3f6a3c1f9b11',
  name: 'Online bostøtte i nord 2015-16',
  kind: 'lead',
  isHistory: true,
});
const body = (asked: Asked | undefined): unknown => JSON.parse(asked?.body ?? 'null');

/** Answers the list of programmes, and everything else with `reply`. */
const service = (reply: unknown, programmes = [own]) =>
  fakeService(({ method, path: asked }) =>
    asked === '/programmes' && method === 'GET'
      ? { body: { items: programmes, next: null } }
      : { body: reply, status: method === 'GET' ? 200 : 201 },
  );

describe('which programme is meant', () => {
  it('is the only one of the present, though a history stands beside it', async () => {
    const { url, asked } = await service(statusOf(), [history, own]);
    expect(await runCommand(ProgrammeStatus, [], url)).toMatchObject({ exit: 0 });
    expect(asked[1]?.path).toBe(`/programmes/${own.id}/status?language=da`);
  });

  it('is the history where it is named, by name or number or how they begin', async () => {
    for (const named of ['Online bostøtte i', '11111111', history.id]) {
      const { url, asked } = await service(statusOf(), [history, own]);
      await runCommand(ProgrammeStatus, ['--programme', named], url);
      expect(asked[1]?.path).toContain(`/programmes/${history.id}/`);
    }
  });

  it('is asked back with the names where there are two, and told where there is none of that name', async () => {
    const second = programmeOf({ id: '22222222-6a0e-4a53-9f0a-3f6a3c1f9b11', name: 'Video i ungeteamet' });
    const { url } = await service(statusOf(), [own, second]);
    const two = await runCommand(ProgrammeStatus, [], url);
    expect(two.exit).toBe(2);
    expect(two.stderr).toContain('"Online bostøtte", "Video i ungeteamet"');
    const none = await runCommand(ProgrammeStatus, ['--programme', 'Fløjte'], url);
    expect(none).toMatchObject({ exit: 1, stderr: expect.stringContaining('Programmer: "Online bostøtte"') });
  });

  it('is none while none was begun, and the next thing to do is named', async () => {
    const { url } = await service(statusOf(), []);
    const { stderr, exit } = await runCommand(ProgrammeStatus, [], url);
    expect(exit).toBe(1);
    expect(stderr).toContain('naer programme create');
  });
});

describe('how it goes', () => {
  it('is one screen of 80×24, with the prompt', async () => {
    const { url } = await service(statusOf());
    const { stdout } = await runCommand(ProgrammeStatus, [], url);
    const lines = stdout.split('\n');
    expect(lines.length).toBe(24);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(80);
  });

  it('is asked as of a day and a size of the log, as people write them', async () => {
    const { url, asked } = await service(statusOf());
    await runCommand(ProgrammeStatus, ['--at', '31/10', '--checkpoint', '12345'], url);
    expect(asked[1]?.path).toBe(`/programmes/${own.id}/status?at=2026-10-31&checkpoint=12345&language=da`);
  });

  it('is exactly the answer of the service under --json', async () => {
    const { url } = await service(statusOf());
    const { stdout } = await runCommand(ProgrammeStatus, ['--json'], url);
    expect(JSON.parse(stdout)).toEqual(statusOf());
  });
});

describe('milestones', () => {
  const published = {
    source: 'a plan that was published',
    members: 9,
    milestones: [
      {
        id: 'M2',
        due: '2015-07-31',
        da: 'Mindst 50 borgere',
        en: 'At least 50 citizens',
        needs: [
          { kind: 'measure', measure: 'has-received', atLeast: 50 },
          { kind: 'activity', what: 'experience-shared' },
        ],
      },
    ],
  };

  it('are told with their state, what is expected, and why', async () => {
    const { url } = await service({ citation: statusOf().citation, items: [milestoneOf()] });
    const { stdout, stderr } = await runCommand(ProgrammeMilestones, [], url);
    expect(stdout).toMatch(/M2 +31\. jan 2027 +i fare +43 \(38–50\), 38 % +Mindst 45 borgere/);
    expect(stderr).toContain('Bevis: 12.345 poster');
  });

  it('are set from the published file, whatever else it tells', async () => {
    await writeFile(file('milestones.json'), JSON.stringify(published));
    const { url, asked } = await service({ items: published.milestones });
    const { stdout, exit } = await runCommand(ProgrammeMilestones, ['--set', file('milestones.json')], url);
    expect(exit).toBe(0);
    expect(asked[1]).toMatchObject({ method: 'PUT', path: `/programmes/${own.id}/milestones` });
    expect(body(asked[1])).toEqual({ milestones: published.milestones });
    expect(stdout).toContain('50 har modtaget, experience-shared');
  });

  it.each([
    ['no json', /JSON/],
    ['{"milestones":[{"id":"M2"}]}', /milestones\.0\./],
  ])('in a file such as %j are refused before anything is sent', async (content, told) => {
    await writeFile(file('milestones.json'), content);
    const { url, asked } = await service(null);
    const { stderr, exit } = await runCommand(ProgrammeMilestones, ['--set', file('milestones.json')], url);
    expect(exit).toBe(2);
    expect(stderr).toMatch(told);
    expect(asked).toEqual([]);
  });

  const one = ['--set-one', 'M4', '--due', '2026-12-31', '--da', 'Halvtreds', '--en', 'Fifty', '--needs'];
  it('are set one by one', async () => {
    const set = {
      id: 'M4',
      due: '2026-12-31',
      da: 'Halvtreds',
      en: 'Fifty',
      needs: published.milestones[0]?.needs,
    };
    const { url, asked } = await service(set);
    await runCommand(ProgrammeMilestones, [...one, 'has-received=50, kickoff'], url);
    expect(asked[1]?.path).toBe(`/programmes/${own.id}/milestones/M4`);
    expect(body(asked[1])).toMatchObject({
      due: '2026-12-31',
      needs: [
        { kind: 'measure', measure: 'has-received', atLeast: 50 },
        { kind: 'activity', what: 'kickoff' },
      ],
    });
  });

  it.each(['has-received', 'has-received=many', 'visits=5', ''])('do not need %j', async (needs) => {
    const { url, asked } = await service(null);
    const { stderr, exit } = await runCommand(ProgrammeMilestones, [...one, needs], url);
    expect(exit).toBe(2);
    expect(stderr).toContain('has-received=50,kickoff');
    expect(asked).toEqual([]);
  });
});

describe('the plan', () => {
  const activity = {
    code: 'F9',
    phase: 'preparation',
    tracks: ['it'],
    da: 'Prøv opsætningen',
    en: 'Test the set-up',
    steps: ['Try three cases'],
    pitfall: 'Too few',
    status: 'done',
    responsible: 'it-support',
    startsOn: null,
    dueOn: '2026-02-27',
    doneOn: '2026-03-02',
    cases: 4,
    evidence: ['sag 26/1042'],
  };
  const plan = {
    phase: { phase: 'trial', since: '2026-03-02' },
    tracks: [{ track: 'it', done: 5, of: 6, ready: false }],
    activities: [activity],
    decisions: [],
    targets: [{ due: '2026-12-31', citizens: 2 }],
    followUps: [{ kind: 'culture', everyWeeks: 4, lastOn: null, nextOn: '2026-11-01', overdue: true }],
    estimate: null,
    readiness: statusOf().readiness,
  };

  it('is told whole: activities, targets, follow-ups, and what stands in the way', async () => {
    const { url } = await service(plan);
    const { stdout } = await runCommand(ProgrammeActivities, [], url);
    expect(stdout).toMatch(/5 af 6/);
    expect(stdout).toMatch(/F9 .*27\. feb 2026 +Prøv opsætningen/);
    expect(stdout).toContain('2 borgere, 31. dec 2026');
    expect(stdout).toContain('skulle være holdt 1. nov 2026');
    expect(stdout).toContain('✗ Afprøvningen er begyndt');
  });

  it('shows one activity where nothing is to be changed', async () => {
    const { url, asked } = await service(plan);
    const { stdout } = await runCommand(ProgrammeActivity, ['f9'], url);
    expect(stdout).toContain('Try three cases');
    expect(asked.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('has an activity done on the day it was, which is never ahead', async () => {
    const { url, asked } = await service(activity);
    const argv = ['F9', '--cases', '4', '--evidence', 'sag 26/1042', '--on', '2/3'];
    expect(await runCommand(ProgrammeComplete, argv, url)).toMatchObject({ exit: 0 });
    expect(asked[1]).toMatchObject({ method: 'PATCH', path: `/programmes/${own.id}/activities/F9` });
    expect(body(asked[1])).toEqual({
      status: 'done',
      on: '2026-03-02',
      cases: 4,
      addEvidence: 'sag 26/1042',
    });
  });

  it('takes a decision by its code or its word, among those that it can be', async () => {
    const decision = {
      id: own.id,
      kind: 'expectation',
      choice: 'must',
      on: '2026-11-23',
      reference: null,
      by: 'TH01',
      recordedAt: '2026-11-23T08:00:00.000Z',
    };
    const { url, asked } = await service(decision);
    expect(await runCommand(ProgrammeDecide, ['expectation', 'must'], url)).toMatchObject({ exit: 0 });
    expect(body(asked[1])).toEqual({ kind: 'expectation', choice: 'must' });
    const wrong = await runCommand(ProgrammeDecide, ['expectation', 'loans'], url);
    expect(wrong).toMatchObject({ exit: 2, stderr: expect.stringContaining('must, may') });
    const half = await runCommand(ProgrammeDecide, ['expectation'], url);
    expect(half).toMatchObject({ exit: 2, stderr: expect.stringContaining('expectation must') });
  });

  it('records several who were trained, and lists those who were', async () => {
    const row = (initials: string, kind: string) => ({
      initials,
      kind,
      on: '2026-02-10',
      by: 'TH01',
      recordedAt: '2026-02-10T08:00:00.000Z',
    });
    const items = [row('BM13', 'trained'), row('BM14', 'trained')];
    const { url, asked } = await service({ items, next: null });
    await runCommand(ProgrammeTrained, ['bm13', 'bm14', '--on', '10/2'], url);
    expect(body(asked[0])).toEqual({ initials: ['BM13', 'BM14'], kind: 'trained', on: '2026-02-10' });
    const informed = await runCommand(ProgrammeInformed, [], url);
    expect(informed.stdout).toBe('Der er ingen.\n');
    expect((await runCommand(ProgrammeTrained, [], url)).stdout).toMatch(/BM13 +10\. feb 2026 +TH01/);
  });
});

describe('a programme that begins or changes', () => {
  it('has a target group, days, and the usual rhythm but for what is said', async () => {
    const { url, asked } = await service(own);
    const argv = [
      'Online bostøtte',
      '--target-group',
      '450',
      '--starts',
      '2026-01-05',
      '--rhythm',
      'goals=2',
    ];
    const { stdout, stderr, exit } = await runCommand(ProgrammeCreate, argv, url);
    expect(exit).toBe(0);
    expect(body(asked[0])).toEqual({
      name: 'Online bostøtte',
      targetGroup: 450,
      startsOn: '2026-01-05',
      rhythm: { goals: 2, rooms: 13, suitability: 4, newcomers: 13, culture: 4, 'data-security': 13 },
    });
    expect(stdout).toMatch(/Målgruppe +450 borgere/);
    expect(stderr).toContain('naer programme milestones --set');
  });

  it('loses a date by an empty text, and keeps what is not named', async () => {
    const { url, asked } = await service(own);
    await runCommand(ProgrammeChange, ['--ends', '', '--rhythm', 'culture=8'], url);
    expect(body(asked[1])).toEqual({ endsOn: null, rhythm: { ...own.rhythm, culture: 8 } });
  });

  it('does not take a rhythm that says nothing', async () => {
    const { url } = await service(own);
    expect(await runCommand(ProgrammeChange, ['--rhythm', 'culture'], url)).toMatchObject({ exit: 2 });
  });
});

describe('what is counted', () => {
  const at = { from: '2026-10-26', to: '2026-11-22', figures: statusOf().figures };

  it('is one day in full, or one line for each week, with its proof beside it', async () => {
    const { url, asked } = await service({ citation: statusOf().citation, team: null, items: [at] });
    const day = await runCommand(ProgrammeMeasures, [], url);
    expect(day.stdout).toMatch(/Udbredelsesgrad +7,1 %/);
    expect(day.stderr).toContain('Bevis: 12.345 poster');
    const weeks = await runCommand(ProgrammeMeasures, ['--by', 'week', '--from', '2026-10-01', '--csv'], url);
    expect(asked.at(-1)?.path).toContain('from=2026-10-01&by=week');
    const [heading = '', row = ''] = weeks.stdout.split('\r\n');
    expect(heading.split(',').length).toBe(row.split(',').length);
    expect(heading).toMatch(/^from,to,hasReceived,receivesRegularly,/);
    expect(row).toMatch(/^2026-10-26,2026-11-22,41,32,/);
  });

  it('is hidden in month-ends where it must be, in the table as in CSV', async () => {
    const items = [
      {
        month: '2026-10',
        publishedAt: '2026-11-01T02:00:00.000Z',
        citation: null,
        units: [
          {
            kind: 'municipality',
            id: null,
            name: 'Nordby',
            targetGroup: 450,
            figures: { hasReceived: 36, 'sessions.1': 'hidden' },
          },
          {
            kind: 'team',
            id: own.id,
            name: 'Team Syd',
            targetGroup: null,
            figures: { hasReceived: 'hidden' },
          },
        ],
      },
    ];
    const { url, asked } = await service({ items });
    const table = await runCommand(ProgrammeMonths, ['--from', 'oktober'], url);
    expect(asked.at(-1)?.path).toBe(`/programmes/${own.id}/months?from=2026-10`);
    expect(table.stdout).toMatch(/okt 2026 +Team Syd +skjult/);
    const { stdout } = await runCommand(ProgrammeMonths, ['--csv'], url);
    expect(stdout).toContain('sessions.1');
    expect(stdout).toContain('2026-10,team,Team Syd,,hidden');
  });

  it('is forecast with the interval, in words and in numbers', async () => {
    const { forecast } = milestoneOf();
    const { url, asked } = await service({
      citation: null,
      forecast,
      sentence: 'Det når I næppe: 43 ventes.',
      curve: [],
    });
    const argv = ['--measure', 'receives-regularly', '--target', '45', '--due', '31/1'];
    const { stdout } = await runCommand(ProgrammeForecast, argv, url);
    expect(asked[1]?.path).toContain('measure=receives-regularly&target=45&due=2027-01-31');
    expect(stdout).toMatch(/^Det når I næppe/);
    expect(stdout).toMatch(/Ventet da +43,4 \(38–50; fire af fem gange\)/);
    expect(stdout).toMatch(/Nås +14\. feb 2027 \(tidligst 10\. jan 2027\)/);
  });

  it('is missing in numbers for a leader, and by code for the worker alone', async () => {
    const { url } = await service(statusOf().missing);
    const { stdout } = await runCommand(ProgrammeMissing, [], url);
    expect(stdout).toMatch(/^Der mangler 13 borgere/);
    expect(stdout).toMatch(/Tilbud om ugen +5,4/);
    expect(stdout).not.toMatch(/B-[0-9A-Z]{5}/);
    const own = { target: null, online: 1, suitedNeverOffered: ['B-7TXKK'], acceptedNeverCalled: [] };
    const mine = await service(own);
    expect((await runCommand(ProgrammeMissing, ['--mine'], mine.url)).stdout).toContain('B-7TXKK');
  });
});

describe('the report', () => {
  it('is written to a file for its owner alone, in the language asked for', async () => {
    const { url, asked } = await service('<!doctype html>');
    const argv = ['--month', 'sidste måned', '--language', 'en', '--out', file('report.html')];
    expect(await runCommand(ProgrammeReport, argv, url)).toMatchObject({ exit: 0 });
    expect(asked[1]?.path).toBe(`/programmes/${own.id}/report?format=html&month=2026-10&language=en`);
    expect(await readFile(file('report.html'), 'utf8')).toBe('<!doctype html>');
    expect((await stat(file('report.html'))).mode & 0o077).toBe(0);
    expect(await runCommand(ProgrammeReport, argv, url)).toMatchObject({ exit: 5 });
  });

  it('goes through a pipe, and has no place beside --json', async () => {
    const { url } = await service('month,measure,value');
    expect((await runCommand(ProgrammeReport, ['--format', 'csv'], url)).stdout).toBe('month,measure,value');
    const { stdout, exit } = await runCommand(ProgrammeReport, ['--format', 'csv', '--json'], url);
    expect(exit).toBe(2);
    expect(stdout).toContain('report_needs_file');
  });

  it('has no month that is none', async () => {
    const { url } = await service('');
    expect(await runCommand(ProgrammeReport, ['--month', '2026-13'], url)).toMatchObject({ exit: 2 });
  });
});

describe('a joint programme', () => {
  it('is joined by an invitation, and tells the key that the lead needs', async () => {
    const invitation = {
      format: 'naer-invitation/1',
      programme: history.id,
      name: 'Online bostøtte i nord',
      lead: 'Nordby',
      startsOn: '2026-01-01',
      endsOn: null,
      recipient: 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p',
      milestones: [
        { id: 'M2', due: '2026-07-31', da: 'x', en: 'y', needs: [{ kind: 'activity', what: 'kickoff' }] },
      ],
    };
    await writeFile(file('invitation.json'), JSON.stringify(invitation));
    const { url, asked } = await service({ programme: own, verifierKey: 'naer/sydby/1+530cdecb+AfM0' });
    const argv = [file('invitation.json'), '--target-group', '200'];
    const { stdout } = await runCommand(ProgrammeJoin, argv, url);
    expect(body(asked[0])).toEqual({ invitation, targetGroup: 200 });
    expect(stdout).toContain('naer/sydby/1+530cdecb+AfM0');
    await writeFile(file('invitation.json'), '{}');
    expect(await runCommand(ProgrammeJoin, argv, url)).toMatchObject({ exit: 2 });
  });

  const member = {
    id: '33333333-6a0e-4a53-9f0a-3f6a3c1f9b11',
    name: 'Sydby',
    verifierKeys: ['naer/sydby/1+530cdecb+AfM0'],
    joinedOn: '2026-01-01',
    leftOn: null,
    lastMonth: '2026-09',
  };

  it('is meant by those commands that are for one, though there is another of our own', async () => {
    const lead = programmeOf({ id: history.id, name: 'I nord', kind: 'lead' });
    const { url, asked } = await service({ items: [member], next: null }, [own, lead]);
    const { stdout } = await runCommand(ProgrammeMembers, [], url);
    expect(asked[1]?.path).toBe(`/joint-programmes/${lead.id}/members`);
    expect(stdout).toMatch(/Sydby +1\. jan 2026 +sep 2026 +naer\/sydby\/1\+530cdecb/);
  });

  it('takes a new key of a member that is known by name', async () => {
    const lead = programmeOf({ id: history.id, name: 'I nord', kind: 'lead' });
    const { url, asked } = await fakeService(({ method, path: asked }) => ({
      body:
        asked === '/programmes'
          ? { items: [lead], next: null }
          : method === 'GET'
            ? { items: [member], next: null }
            : member,
    }));
    // As "ledger keys --out" writes it after a rotation: the last one signs now.
    await writeFile(file('key'), 'naer/sydby/1+00000000+AfM0 0\nnaer/sydby/1+11111111+AfM1 42\n');
    await runCommand(ProgrammeMembers, ['--renew', 'sydby', '--key-file', file('key')], url);
    expect(asked.at(-1)?.path).toBe(`/joint-programmes/${lead.id}/members/${member.id}/keys`);
    expect(body(asked.at(-1))).toEqual({ verifierKey: 'naer/sydby/1+11111111+AfM1' });
    const unknown = ['--renew', 'Vestby', '--key', 'x'];
    expect(await runCommand(ProgrammeMembers, unknown, url)).toMatchObject({
      exit: 1,
      stderr: expect.stringContaining('Medlemmer: Sydby.'),
    });
  });

  it('gets a contribution in a file that is sealed already', async () => {
    const joined = programmeOf({ kind: 'member' });
    const { url, asked } = await service({ month: '2026-10', file: '-----BEGIN AGE' }, [joined]);
    await runCommand(ProgrammeContribute, ['okt', '--out', file('c.age')], url);
    expect(body(asked[1])).toEqual({ month: '2026-10' });
    expect(await readFile(file('c.age'), 'utf8')).toBe('-----BEGIN AGE');
  });
});
