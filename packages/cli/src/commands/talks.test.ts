import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Asked, fakeService, refusal, runCommand } from '../fixture.ts';
import { talkOf } from '../fixture-calls.ts';
import { mondayMorning, visitOf } from '../fixture-visits.ts';
import { useLanguage } from '../language.ts';
import TalksDecline from './talks/decline.ts';
import TalksList from './talks/list.ts';
import TalksPropose from './talks/propose.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: mondayMorning, toFake: ['Date'] });
});
afterEach(() => {
  useLanguage('da');
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const counter = {
  visit: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11',
  citizen: 'B-7KQ25',
  startsAt: '2026-11-26T13:00:00.000Z',
  endsAt: '2026-11-26T13:30:00.000Z',
};
const visit = visitOf({ state: 'proposed' });
const written = (asked: readonly Asked[]) =>
  asked
    .filter(({ method }) => method !== 'GET')
    .map(({ path, body }) => ({ path, body: JSON.parse(body || 'null') as unknown }));
const service = (asked: readonly object[] = [talkOf()], proposed: readonly object[] = []) =>
  fakeService(({ method, path }) => {
    if (method !== 'GET') return { body: talkOf({ state: 'proposed', visit: visit.id }) };
    return { body: path.startsWith('/visits/') ? visit : { asked, proposed } };
  });

describe('who has asked for a talk', () => {
  it('is a table with the time they wish for, and a command to answer', async () => {
    const { url } = await service([talkOf()], [counter]);
    const { stdout, stderr, exit } = await runCommand(TalksList, [], url);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/B-7TXKK +ons 25\. nov 10\.00 +søn 22\. nov 2026 19\.40 +6b1d2c3e/);
    expect(stdout).toContain('Har foreslået en anden tid:');
    expect(stdout).toMatch(/B-7KQ25 +tor 26\. nov 14\.00–14\.30/);
    expect(stderr).toContain('naer talks propose B-7TXKK');
    expect(stderr).toContain('naer visits accept B-7KQ25');
  });

  it('is nobody, in words', async () => {
    const { url } = await service([]);
    expect(await runCommand(TalksList, [], url)).toMatchObject({
      stdout: 'Ingen venter på svar.\n',
      exit: 0,
    });
  });

  it('is proposed the time that they wished for, or another', async () => {
    const { url, asked } = await service();
    const { stdout, exit } = await runCommand(TalksPropose, ['b-7txkk'], url);
    expect(exit).toBe(0);
    expect(stdout).toContain('foreslået');
    await runCommand(TalksPropose, ['6b1d', '--at', 'torsdag 14'], url);
    const path = `/talks/${talkOf().id}/propose`;
    const rest = { room: { kind: 'none' }, acknowledge: [] };
    expect(written(asked)).toEqual([
      { path, body: { startsAt: '2026-11-25T09:00:00.000Z', endsAt: '2026-11-25T09:30:00.000Z', ...rest } },
      { path, body: { startsAt: '2026-11-26T13:00:00.000Z', endsAt: '2026-11-26T13:30:00.000Z', ...rest } },
    ]);
  });

  it('is told kindly no, once', async () => {
    const { url, asked } = await service();
    expect(await runCommand(TalksDecline, ['B-7TXKK'], url)).toMatchObject({ exit: 0 });
    expect(written(asked).map(({ path }) => path)).toEqual([`/talks/${talkOf().id}/decline`]);
    const late = await fakeService(({ method }) =>
      method === 'GET'
        ? { body: { asked: [talkOf()], proposed: [] } }
        : refusal('talk_state', 409, { params: { state_da: 'trukket tilbage', state_en: 'withdrawn' } }),
    );
    const { stderr, exit } = await runCommand(TalksDecline, ['B-7TXKK'], late.url);
    expect(exit).toBe(5);
    expect(stderr).toContain('trukket tilbage');
  });

  it('and has withdrawn it meanwhile is not found, with exit code 1', async () => {
    const { url, asked } = await service([]);
    expect(await runCommand(TalksPropose, ['B-7TXKK'], url)).toMatchObject({ exit: 1 });
    expect(written(asked)).toEqual([]);
  });
});
