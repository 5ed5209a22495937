import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Asked, fakeService, runCommand } from '../fixture.ts';
import { mondayMorning } from '../fixture-visits.ts';
import { useLanguage } from '../language.ts';
import CallDefaultsSet from './call-defaults/set.ts';
import GroundRulesSet from './ground-rules/set.ts';
import GroundRulesShow from './ground-rules/show.ts';
import TalkHoursSet from './talk-hours/set.ts';
import TalkHoursShow from './talk-hours/show.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: mondayMorning, toFake: ['Date'] });
});
afterEach(() => {
  useLanguage('da');
  vi.useRealTimers();
});

const body = (asked: Asked | undefined): unknown => JSON.parse(asked?.body ?? 'null');
const rules = {
  citizen: 'B-7TXKK',
  caller: 'worker',
  afterMinutes: 3,
  speakAgain: 'by-phone-at-once',
  agreed: true,
  reviewedOn: '2026-11-02',
  reviewedBy: 'BM13',
  contact: 'sms',
  language: 'da',
  hasPhone: true,
  hasEmail: false,
  updatedAt: '2026-11-02T09:00:00.000Z',
};

describe('ground rules', () => {
  const shown = async (facts: object) => {
    const { url } = await fakeService(() => ({ body: { ...rules, ...facts } }));
    return (await runCommand(GroundRulesShow, ['b-7txkk'], url)).stdout;
  };

  it('are shown in sentences', async () => {
    const text = await shown({});
    expect(text).toContain('medarbejderen ringer til borgeren efter 3 minutter');
    expect(text).toContain('med det samme, i telefonen');
    expect(text).toContain('ja, med borgeren');
    expect(text).toContain('mandag 2. november 2026 af BM13\n');
    expect(text).toMatch(/Kan nås på +telefon\n/);
  });

  it('that were never gone through, or over a year ago, say so', async () => {
    expect(await shown({ reviewedOn: null, reviewedBy: null, agreed: false })).toMatch(
      /Aftalt +nej, .*\nGennemgået +mangler/,
    );
    expect(await shown({ reviewedOn: '2025-11-22' })).toContain('mere end et år siden');
    expect(await shown({ reviewedOn: '2025-11-23' })).not.toContain('mere end et år siden');
  });

  it('say that there is nothing to phone, where there is not', async () => {
    expect(await shown({ hasPhone: false, hasEmail: true })).toContain('intet nummer at ringe til');
    expect(await shown({ hasPhone: false })).toContain('hverken telefon eller e-mail');
  });

  it('are set by the words people use, and only what is named', async () => {
    const { url, asked } = await fakeService(() => ({ body: rules }));
    const argv = ['B-7TXKK', '--caller', 'citizen', '--after', '5', '--again', 'same-day'];
    expect(await runCommand(GroundRulesSet, argv, url)).toMatchObject({ exit: 0 });
    expect(asked[0]).toMatchObject({ method: 'PATCH', path: '/citizens/B-7TXKK/ground-rules' });
    expect(body(asked[0])).toEqual({ caller: 'citizen', afterMinutes: 5, speakAgain: 'same-day' });
    await runCommand(GroundRulesSet, ['B-7TXKK', '--reviewed', 'i dag', '--contact', 'ingen'], url);
    expect(body(asked[1])).toEqual({ reviewedOn: '2026-11-23', contact: 'none' });
  });

  it.each([
    ['--after', '31'],
    ['--after', '0'],
    ['--caller', 'naboen'],
  ])('are not sent with %s %s', async (...argv) => {
    const { url, asked } = await fakeService(() => ({ body: rules }));
    expect(await runCommand(GroundRulesSet, ['B-7TXKK', ...argv], url)).toMatchObject({ exit: 2 });
    expect(asked).toEqual([]);
  });
});

describe("the municipality's own rules for calls", () => {
  it('are changed one by one; an empty number is none', async () => {
    const defaults = {
      caller: 'worker',
      afterMinutes: 3,
      speakAgain: 'by-phone-at-once',
      helpPhone: null,
      acutePhone: '112',
      quietFrom: '21:00',
      quietUntil: '08:00',
      opensBeforeMinutes: 30,
    };
    const { url, asked } = await fakeService(() => ({ body: defaults }));
    const argv = ['--help-phone', '', '--acute-phone', '112', '--quiet', '21-8'];
    const { stdout } = await runCommand(CallDefaultsSet, argv, url);
    expect(body(asked[0])).toEqual({
      helpPhone: null,
      acutePhone: '112',
      quietFrom: '21:00',
      quietUntil: '08:00',
    });
    expect(stdout).toMatch(/Ingen beskeder +kl\. 21\.00–08\.00/);
    expect(stdout).toContain('intet nummer endnu');
  });
});

describe('hours for talks', () => {
  const hours = {
    worker: 'BM13',
    hours: [1, 2].map((weekday) => ({ weekday, from: '09:00', until: '15:00' })),
  };
  const service = () =>
    fakeService(({ path }) => ({
      body: path === '/me' ? { staff: { initials: 'BM13' } } : hours,
    }));

  it("are a colleague's with --worker", async () => {
    const { url, asked } = await service();
    const { stdout } = await runCommand(TalkHoursShow, ['--worker', 'bm07'], url);
    expect(asked[0]?.path).toBe('/talk-hours/BM07');
    expect(stdout).toMatch(/Kan spørges +ma-ti 9-15/);
  });

  it('are set as they are said, and none is said too', async () => {
    const { url, asked } = await service();
    await runCommand(TalkHoursSet, ['ma-ti 9-15', '--worker', 'BM13'], url);
    expect(asked[0]).toMatchObject({ method: 'PUT', path: '/talk-hours/BM13' });
    expect(body(asked[0])).toEqual({ hours: hours.hours });
    await runCommand(TalkHoursSet, ['ingen', '--worker', 'BM13'], url);
    expect(body(asked[1])).toEqual({ hours: [] });
  });
});
