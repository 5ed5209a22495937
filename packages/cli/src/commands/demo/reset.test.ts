import { afterEach, describe, expect, it } from 'vitest';
import { fakeService, refusal, runCommand } from '../../fixture.ts';
import { useLanguage } from '../../language.ts';
import StaffList from '../staff/list.ts';
import DemoReset from './reset.ts';

afterEach(() => useLanguage('da'));

const counts = { citizens: 450, staff: 53, rooms: 12, visits: 42_000, plans: 449 };
const fromDemo = { 'naer-demo': '1' };
const mark = 'Demodata: alle borgere og medarbejdere er opdigtede.\n';

describe('the demo municipality in the terminal', () => {
  it('is made anew only by who says so, and tells what there is then', async () => {
    const { url, asked } = await fakeService(() => ({ body: counts, headers: fromDemo }));
    const unsure = await runCommand(DemoReset, [], url);
    expect(unsure.exit).not.toBe(0);
    expect(asked).toEqual([]);
    const { stdout, exit } = await runCommand(DemoReset, ['--yes'], url);
    expect({ stdout, exit }).toEqual({
      stdout:
        'Demokommunen er lavet forfra: 450 borgere, 53 medarbejdere, 12 rum, 42.000 besøg og 449 planer.\n',
      exit: 0,
    });
    expect(asked.map(({ method, path }) => [method, path])).toEqual([['POST', '/demo/reset']]);
  });

  it('leaves a municipality of real people alone, and says so', async () => {
    const { url } = await fakeService(() =>
      refusal('not_demo', 409, { params: { municipality: 'Nordby Kommune' } }),
    );
    const { stderr, exit } = await runCommand(DemoReset, ['--yes'], url);
    expect(stderr).toContain('Nordby Kommune er ikke en demokommune');
    expect(exit).toBe(5);
  });

  it.each([[[]], [['--csv']], [['--json']]])(
    'marks every command of its own once, beside the answer: %j',
    async (argv) => {
      let page = 0;
      const { url } = await fakeService(() => {
        page += 1;
        return { body: { items: [], next: page === 1 ? 'b' : null }, headers: fromDemo };
      });
      const { stdout, stderr, exit } = await runCommand(StaffList, argv, url);
      expect({ stderr, exit }).toEqual({ stderr: mark, exit: 0 });
      if (argv.includes('--json')) expect(JSON.parse(stdout)).toEqual([]);
    },
  );

  it('marks refusals too, and nothing of others', async () => {
    const refused = await fakeService(() => ({ ...refusal('not_allowed', 403), headers: fromDemo }));
    expect((await runCommand(StaffList, [], refused.url)).stderr).toContain(mark);
    const real = await fakeService(() => ({ body: { items: [], next: null } }));
    expect((await runCommand(StaffList, [], real.url)).stderr).toBe('');
  });
});
