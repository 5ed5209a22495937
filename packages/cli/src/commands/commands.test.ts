import { afterEach, describe, expect, it } from 'vitest';
import { type Asked, fakeService, refusal, runCommand } from '../fixture.ts';
import { useLanguage } from '../language.ts';
import CitizensErase from './citizens/erase.ts';
import CitizensIdentity from './citizens/identity.ts';
import CitizensList from './citizens/list.ts';
import RoomsBook from './rooms/book.ts';
import RoomsFree from './rooms/free.ts';
import StaffChange from './staff/change.ts';
import StaffExport from './staff/export.ts';
import StaffList from './staff/list.ts';
import StaffShow from './staff/show.ts';

afterEach(() => useLanguage('da'));

const id = '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11';
const member = (initials: string, name = 'Åse "Å", Nørgaard') => ({
  initials,
  name,
  email: null,
  team: null,
  roles: ['support-worker'],
  weeklyHours: 32.5,
  shift: 'day',
  endedAt: null,
});
const room = {
  id,
  site: { id, name: 'Rådhuset' },
  name: 'Samtaleboks 1',
  kind: 'booth',
  seats: 1,
  features: [],
  openingHours: [],
  bufferMinutes: 0,
  active: true,
};
const staffPages = ({ path }: Asked) => ({
  body: path.includes('cursor=b')
    ? { items: [member('BM02')], next: null }
    : { items: [member('BM01')], next: 'b' },
});

describe('a list', () => {
  it('goes through all pages, and under --json prints exactly the answer', async () => {
    const { url } = await fakeService(staffPages);
    const { stdout, stderr, exit } = await runCommand(StaffList, ['--json'], url);
    expect(JSON.parse(stdout)).toEqual([member('BM01'), member('BM02')]);
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
  });

  it('stops at --limit and says so beside the answer', async () => {
    const { url, asked } = await fakeService(staffPages);
    const { stdout, stderr } = await runCommand(StaffList, ['--limit', '1', '--csv'], url);
    expect(stdout).toBe(
      'initials,name,team,weeklyHours,shift,roles\r\nBM01,"Åse ""Å"", Nørgaard",,32.5,day,support-worker\r\n',
    );
    expect(stderr).toContain('--limit');
    expect(asked.map(({ path }) => path)).toEqual(['/staff?limit=1&ended=false']);
  });

  it('takes the words people use for codes, and sends the codes', async () => {
    const { url, asked } = await fakeService(() => ({ body: { items: [], next: null } }));
    await runCommand(StaffList, ['--role', 'Superbruger'], url);
    expect(asked[0]?.path).toContain('role=super-user');
    const { stderr, exit } = await runCommand(CitizensList, ['--status', 'måske'], url);
    expect(exit).toBe(2);
    expect(stderr).toContain('candidate, offered');
  });

  it('says who asks, in which language', async () => {
    const { url, asked } = await fakeService(() => ({ body: { items: [], next: null } }));
    useLanguage('en');
    await runCommand(StaffList, [], url);
    expect(asked[0]?.headers).toMatchObject({
      authorization: 'Bearer test',
      'accept-language': 'en',
      'user-agent': 'naer/0.0.0',
    });
  });
});

describe('a change', () => {
  it('sends only what was named, clears with an empty text, and carries a key against doing it twice', async () => {
    const { url, asked } = await fakeService(() => ({ body: member('BM01') }));
    await runCommand(StaffChange, ['bm01', '--team', '', '--hours', '30,5'], url);
    expect(asked[0]).toMatchObject({ method: 'PATCH', path: '/staff/BM01' });
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ team: null, weeklyHours: 30.5 });
    expect(asked[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a room that is taken', () => {
  const taken = ({ path }: Asked) =>
    path.startsWith('/rooms')
      ? { body: { items: [room], next: null } }
      : refusal('room_taken', 409, {
          details: {
            alternatives: [
              {
                kind: 'other-time',
                room: { id, name: 'Samtaleboks 1', site: 'Rådhuset' },
                startsAt: '2026-11-24T09:00:00Z',
                endsAt: '2026-11-24T09:30:00Z',
              },
            ],
          },
        });

  it('is told on standard error with commands to paste, and exit code 5', async () => {
    const { url } = await fakeService(taken);
    const { stdout, stderr, exit } = await runCommand(
      RoomsBook,
      ['samtale', '24/11/2026 9-9.30', '--for', 'bm13'],
      url,
    );
    expect(stdout).toBe('');
    expect(stderr).toContain('  naer rooms book "Rådhuset/Samtaleboks 1" "tir 24. nov');
    expect(exit).toBe(5);
  });

  it('is one JSON object on standard output under --json', async () => {
    const { url } = await fakeService(taken);
    const { stdout, stderr, exit } = await runCommand(
      RoomsBook,
      ['samtale', '24/11/2026 9-9.30', '--json'],
      url,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'room_taken', requestId: 'r1', details: { alternatives: [{ kind: 'other-time' }] } },
    });
    expect({ stderr, exit }).toEqual({ stderr: '', exit: 5 });
  });
});

describe('an answer that is no', () => {
  it('has exit code 1 and is an answer all the same', async () => {
    const { url } = await fakeService(() => ({ body: { items: [], nearest: [] } }));
    expect(await runCommand(RoomsFree, ['i morgen 10'], url)).toMatchObject({ exit: 1, stderr: '' });
    const { stdout, exit } = await runCommand(RoomsFree, ['i morgen 10', '--json'], url);
    expect(JSON.parse(stdout)).toEqual({ items: [], nearest: [] });
    expect(exit).toBe(1);
  });
});

describe('without a terminal', () => {
  it('nothing is asked: what is missing is named, and nothing is sent', async () => {
    const { url, asked } = await fakeService(() => ({ body: {} }));
    const reading = await runCommand(CitizensIdentity, ['B-7TXKK'], url);
    expect(reading).toMatchObject({ exit: 2, stderr: expect.stringContaining('--reason') });
    const erasing = await runCommand(CitizensErase, ['B-7TXKK', '--reason', 'retention-expired'], url);
    expect(erasing).toMatchObject({ exit: 2, stderr: expect.stringContaining('--yes') });
    expect(asked).toEqual([]);
  });
});

describe('an answer that cannot be read', () => {
  it.each([
    ['<html>', 200],
    ['{"items": 3}', 200],
  ])('%s is said to be another version, not a bug of ours', async (body, status) => {
    const { url } = await fakeService(() => ({ status, body }));
    const { stdout, exit } = await runCommand(StaffList, ['--json'], url);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'answer_unreadable', params: { url } } });
    expect(exit).toBe(4);
  });

  it('is no Nær at all when it is refused without problem details', async () => {
    const { url } = await fakeService(() => ({ status: 502, body: '<html>' }));
    expect(await runCommand(StaffList, [], url)).toMatchObject({ exit: 4, stdout: '' });
  });

  it('is nobody home when nothing listens', async () => {
    expect(await runCommand(StaffList, [], 'http://127.0.0.1:9')).toMatchObject({
      exit: 4,
      stderr: expect.stringContaining('http://127.0.0.1:9'),
    });
  });
});

describe('an export', () => {
  it('goes to standard output as it comes, and refuses to mix with --json', async () => {
    const { url } = await fakeService(() => ({ body: '\ufeffinitialer;navn\r\n' }));
    expect((await runCommand(StaffExport, [], url)).exit).toBe(0);
    expect(await runCommand(StaffExport, ['--json'], url)).toMatchObject({ exit: 2 });
  });
});

describe('an argument that is missing', () => {
  it('is said to be so, and never read from standard input', async () => {
    const { stderr, exit } = await runCommand(StaffShow, [], 'http://127.0.0.1:9');
    expect(exit).toBe(2);
    expect(stderr).toContain('INITIALS');
  });
});
