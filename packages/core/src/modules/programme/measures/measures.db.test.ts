import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../kernel/clock.ts';
import { addDays } from '../../../kernel/time-zone.ts';
import { createTestDatabase, type TestDatabase } from '../../../testing/index.ts';
import { dayOfNumber, periodsOf } from './days.ts';
import { idOf, type Told, visitOn, worldOf } from './fixture.ts';
import { isRegularOn, knownOf, referenceFigures, videoDays } from './fixtures/reference.ts';
import { aLog, dayOf, worldDays } from './fixtures/worlds.ts';
import { createMeasures } from './measures.ts';

const targetGroup = 50;
const measures = createMeasures({ clock: new ManualClock('2026-07-01T10:00:00Z') });

let test: TestDatabase;
beforeAll(async () => {
  test = await createTestDatabase();
});
afterAll(() => test.close());

const at = '2026-03-31';
const march = { from: '2026-03-01', targetGroup };

describe('measures', () => {
  it('are what the leaves say one by one, of any day, size of the log, period and team', async () => {
    await fc.assert(
      fc.asyncProperty(
        aLog({ minLength: 30, maxLength: 140 }),
        fc.nat(140),
        fc.nat(worldDays + 3),
        fc.nat(40),
        async (log, someSize, day, back) => {
          const size = Math.min(someSize, log.length);
          const question = { size: BigInt(size), at: dayOf(day) };
          const from = addDays(question.at, -back);
          const { ask } = await worldOf(test, log);
          const known = knownOf(log, size, question.at);
          const of = { from, at: question.at, targetGroup };
          const [figures, byTeam, curve] = await ask(async (tx) => [
            await measures.figures(tx, question, { from, targetGroup }),
            await measures.figuresByTeam(tx, question, { from, targetGroup }),
            await measures.curve(tx, question, { from, by: 'day' }),
          ]);
          expect(figures).toEqual(referenceFigures(known, of));
          for (const [team, found] of byTeam) expect(found).toEqual(referenceFigures(known, { ...of, team }));
          const sum = (of: (found: typeof figures) => number) =>
            [...byTeam.values()].reduce((all, found) => all + of(found), 0);
          expect(sum((found) => found.hasReceived)).toBe(figures.hasReceived);
          expect(sum((found) => found.funnel.offered)).toBe(figures.funnel.offered);
          expect(sum((found) => found.channels.physical.held)).toBe(figures.channels.physical.held);
          expect(sum((found) => found.workers.employed)).toBe(figures.workers.employed);
          // Whoever got somewhere got everywhere before.
          const { offered, accepted, introduced, firstCall, regular } = figures.funnel;
          const course = [offered, accepted, introduced, firstCall, regular, figures.receivesRegularly];
          expect(course).toEqual([...course].sort((a, b) => b - a));
          const days = [...videoDays(known).values()];
          expect(curve).toEqual(
            periodsOf({ from, at: question.at }, 'day').map(({ to }) => ({
              day: dayOfNumber(to),
              hasReceived: days.filter((had) => had.some((one) => one <= dayOfNumber(to))).length,
              receivesRegularly: days.filter((had) => isRegularOn(had, dayOfNumber(to))).length,
            })),
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  it('of many weeks or months are those of each by itself', async () => {
    const [log = []] = fc.sample(aLog({ minLength: 400, maxLength: 400 }), { numRuns: 1, seed: 3 });
    const { ask } = await worldOf(test, log);
    const question = { size: 400n, at: dayOf(worldDays - 1) };
    for (const by of ['week', 'month'] as const) {
      const periods = periodsOf({ from: dayOf(10), at: question.at }, by);
      const series = await ask((tx) => measures.series(tx, question, { targetGroup, periods }));
      const alone = await Promise.all(
        periods.map(({ from, to }) =>
          ask((tx) =>
            measures.figures(
              tx,
              { ...question, at: dayOfNumber(to) },
              { from: dayOfNumber(from), targetGroup },
            ),
          ),
        ),
      );
      expect(series).toEqual(alone);
    }
  });
});

describe('what counts', () => {
  const figuresOf = async (...log: readonly Told[]) => {
    const { ask } = await worldOf(test, log);
    return ask((tx) => measures.figures(tx, { size: BigInt(log.length), at }, march));
  };

  it('is a video visit that turned physical on the way, once and by video', async () => {
    const figures = await figuresOf(
      visitOn(1, 1, '2026-03-10', { channel: 'physical', minutes: { video: 10, physical: 30 } }),
    );
    expect(figures.hasReceived).toBe(1);
    expect(figures.onlineShare).toMatchObject({ '25-49': 1 });
    expect([figures.channels.video.held, figures.channels.physical.held]).toEqual([1, 0]);
  });

  it('is no call that failed, though it was made good by phone', async () => {
    const figures = await figuresOf(
      visitOn(1, 1, '2026-03-10', { state: 'followed-up', minutes: { video: 3, phone: 20 } }),
      visitOn(2, 2, '2026-03-11'),
      visitOn(3, 2, '2026-03-12', { state: 'failed', minutes: {} }),
    );
    expect(figures.hasReceived).toBe(1);
    expect(figures.channels.video).toEqual({ held: 1, cancelled: 0, futile: 0, failed: 2 });
    expect(figures.technicalFailureRate).toBeCloseTo(2 / 3);
  });

  it('is nothing to divide where no video visit was held or failed', async () => {
    const figures = await figuresOf(
      visitOn(1, 1, '2026-03-10', { channel: 'phone', minutes: { phone: 20 } }),
    );
    expect(figures.technicalFailureRate).toBeNull();
    expect(figures.implementationRate).toBe(0);
  });

  it('is regular with two visits within 28 days, the day asked about among them, and no longer', async () => {
    const { ask } = await worldOf(test, [visitOn(1, 1, '2026-03-01'), visitOn(2, 1, '2026-03-10')]);
    const regularOn = async (day: string) =>
      (await ask((tx) => measures.figures(tx, { size: 2n, at: day }, { from: day, targetGroup })))
        .receivesRegularly;
    expect(await regularOn('2026-03-09')).toBe(0);
    expect(await regularOn('2026-03-10')).toBe(1);
    expect(await regularOn('2026-03-28')).toBe(1);
    expect(await regularOn('2026-03-29')).toBe(0);
  });

  it('is a worker while they are employed', async () => {
    const worker = idOf('worker', 1);
    const told = (day: string, entry: Told['entry']): Told => ({
      occurredAt: `${day}T08:00:00.000Z`,
      entry,
    });
    const log = [
      told('2026-01-05', { type: 'staff.registered', staff: worker, roles: ['support-worker'] }),
      told('2026-01-06', { type: 'staff.prepared', staff: worker, preparation: 'trained', on: '2026-01-02' }),
      visitOn(1, 1, '2026-03-10'),
      visitOn(2, 1, '2026-03-11', { worker: idOf('worker', 2) }),
      told('2026-03-20', { type: 'staff.ended', staff: worker }),
    ];
    const { ask } = await worldOf(test, log);
    const workersOn = async (day: string) =>
      (await ask((tx) => measures.figures(tx, { size: 5n, at: day }, march))).workers;
    expect(await workersOn('2026-03-19')).toEqual({ employed: 1, active: 1, trained: 1, informed: 0 });
    expect(await workersOn('2026-03-20')).toEqual({ employed: 0, active: 0, trained: 0, informed: 0 });
  });
});

describe('a question of then', () => {
  it('has the same answer when more is known, and what was recorded late shows in the difference', async () => {
    const { ask, tell } = await worldOf(test, [
      visitOn(1, 1, '2026-03-10', { state: 'planned' }),
      visitOn(1, 1, '2026-03-10'),
      visitOn(2, 2, '2026-03-11'),
    ]);
    const question = { size: 3n, at };
    const answer = () =>
      ask(async (tx) => ({
        figures: await measures.figures(tx, question, march),
        curve: await measures.curve(tx, question, { from: '2026-01-01', by: 'week' }),
        reached: await measures.firstReached(tx, question, { measure: 'has-received', atLeast: 2 }),
      }));
    const then = await answer();
    expect(then.figures.hasReceived).toBe(2);
    // A visit that was typed late, and one that turns out to have been cancelled.
    await tell(
      [
        visitOn(3, 3, '2026-03-05'),
        visitOn(4, 3, '2026-03-20'),
        visitOn(2, 2, '2026-03-11', { state: 'cancelled' }),
      ],
      3,
    );
    expect(await answer()).toEqual(then);
    const differences = await ask((tx) => measures.differences(tx, question, 6n, march));
    expect(differences).toEqual([
      { measure: 'receivesRegularly', before: 0, now: 1 },
      { measure: 'implementationRate', before: 0, now: 1 / targetGroup },
      { measure: 'sessions.1', before: 2, now: 1 },
      { measure: 'sessions.2-3', before: 0, now: 1 },
      { measure: 'funnel.regular', before: 0, now: 1 },
      { measure: 'channels.video.held', before: 2, now: 3 },
      { measure: 'channels.video.cancelled', before: 0, now: 1 },
    ]);
    expect(await ask((tx) => measures.differences(tx, { size: 6n, at }, 6n, march))).toEqual([]);
  });

  it('takes a visit as it was first recorded, and today as it was corrected', async () => {
    const { ask } = await worldOf(test, [
      visitOn(1, 1, '2026-03-10'),
      visitOn(1, 1, '2026-02-10', { channel: 'phone', minutes: { phone: 30 } }),
    ]);
    const received = async (size: bigint, day: string) =>
      (await ask((tx) => measures.figures(tx, { size, at: day }, march))).hasReceived;
    expect([await received(1n, at), await received(2n, at)]).toEqual([1, 0]);
    expect(await received(1n, '2026-02-28')).toBe(0);
  });

  it('takes a visit that was opened again as one that has not ended', async () => {
    const { ask } = await worldOf(test, [
      visitOn(1, 1, '2026-03-10'),
      visitOn(1, 1, '2026-03-10', { state: 'planned' }),
    ]);
    const figures = await ask((tx) => measures.figures(tx, { size: 2n, at }, march));
    expect([figures.hasReceived, figures.channels.video.held]).toEqual([0, 0]);
  });
});

describe('what the log tells of a plan', () => {
  it('is told in its order, up to the size and the day asked about', async () => {
    const programme = idOf('programme', 1);
    const told = (day: string, entry: Told['entry']): Told => ({ occurredAt: `${day}T08:00:00.000Z`, entry });
    const log = [
      told('2026-02-01', {
        type: 'decision.made',
        programme,
        decision: 'expectation',
        choice: 'must',
        on: '2026-01-20',
      }),
      told('2026-02-02', { type: 'degree.estimated', programme, percent: 20, on: '2026-02-02' }),
      told('2026-02-03', {
        type: 'degree.estimated',
        programme: idOf('q', 2),
        percent: 30,
        on: '2026-02-02',
      }),
      told('2026-02-04', { type: 'follow-up.held', programme, followUp: 'goals', on: '2026-02-04' }),
    ];
    const { ask } = await worldOf(test, log);
    const facts = (size: bigint, day: string) =>
      ask((tx) => measures.programmeFacts(tx, { size, at: day }, programme));
    expect(await facts(4n, at)).toEqual([
      { index: 0n, type: 'decision.made', code: 'expectation', on: '2026-01-20', data: { choice: 'must' } },
      { index: 1n, type: 'degree.estimated', code: null, on: '2026-02-02', data: { percent: 20 } },
      { index: 3n, type: 'follow-up.held', code: 'goals', on: '2026-02-04', data: {} },
    ]);
    expect((await facts(2n, at)).map(({ index }) => index)).toEqual([0n, 1n]);
    expect((await facts(4n, '2026-02-01')).map(({ index }) => index)).toEqual([0n]);
  });
});

describe('what is asked', () => {
  it('is yesterday and all that is signed and folded, unless it says otherwise', async () => {
    const { ask } = await worldOf(test, [visitOn(1, 1, '2026-03-10'), visitOn(2, 2, '2026-03-11')], 1);
    const resolved = await ask((tx) => measures.resolve(tx, {}));
    expect(resolved?.question).toEqual({ size: 2n, at: '2026-06-30' });
    expect(resolved?.citation).toMatchObject({ size: '2', checkpoint: { size: '2' } });
    const then = await ask((tx) => measures.resolve(tx, { at: '2026-07-01', checkpoint: '1' }));
    expect(then?.question).toEqual({ size: 1n, at: '2026-07-01' });
  });

  it('is refused of a day that is to come, and of more than the log holds', async () => {
    const { ask } = await worldOf(test, [visitOn(1, 1, '2026-03-10')]);
    await expect(ask((tx) => measures.resolve(tx, { at: '2026-07-02' }))).rejects.toMatchObject({
      code: 'day_not_over',
      params: { day: '2026-07-02' },
    });
    await expect(ask((tx) => measures.resolve(tx, { checkpoint: '2' }))).rejects.toMatchObject({
      code: 'tree_size_unknown',
      params: { size: '2', head: '1' },
    });
  });

  it('has no answer before anything is folded', async () => {
    const municipalityId = await test.municipality();
    expect(await test.database.read(municipalityId, (tx) => measures.resolve(tx, {}))).toBeNull();
  });
});
