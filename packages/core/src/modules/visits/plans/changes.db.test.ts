import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toLocal } from '../../../kernel/time-zone.ts';
import { refusalOf } from '../../../testing/index.ts';
import { tuesdayMorning } from '../fixture.ts';
import { createPlansFixture, type Made, type PlansFixture, tuesdayAt } from './fixture.ts';
import { expandPlan, slotKey } from './occurrences.ts';
import { readOverrides } from './store.ts';
import { addWeeks } from './weeks.ts';

let f: PlansFixture;
beforeAll(async () => {
  f = await createPlansFixture();
});
afterEach(() => f.clock.set(tuesdayMorning));
afterAll(() => f.close());

const short = (made: readonly Made[]): string[] =>
  made.map(({ at, channel, state, reason }) => `${at} ${channel} ${reason ?? state}`);
const at = (weekday: number, time: string, more: object = {}) => ({
  channel: 'video',
  weekday,
  time,
  minutes: 20,
  ...more,
});
const forever = (...slots: object[]) => [{ weeks: null, slots }];
const aPlan = async (template: object = tuesdayAt('10:00'), more = {}) => {
  const anna = await f.worker();
  const citizen = await f.citizen(anna);
  return { anna, citizen, id: await f.create(anna, citizen, template, more) };
};

describe('deciding on one week', () => {
  it('leaves a visit out, for whoever wished it, and has it after all when that is decided', async () => {
    const { anna, id } = await aPlan();
    await f.changeWeek(anna, id, '2026-W50', { kind: 'skip' }, { word: 'own-wish' });
    expect(short(await f.made(id))[2]).toBe('2026-12-08T10:00 video plan-changed');
    expect(await f.gaps(id)).toEqual(['2026-12-08T10:00 skipped']);
    const { rows } = await f.superuser.query<{ by: string }>(
      'SELECT ended_by AS by FROM visit WHERE plan_id = $1 AND state = $2',
      [id, 'cancelled'],
    );
    expect(rows).toEqual([{ by: 'citizen' }]);

    await f.changeWeek(anna, id, '2026-W50', { kind: 'set' });
    expect(short(await f.live(id))[2]).toBe('2026-12-08T10:00 video planned');
    expect(await f.gaps(id)).toEqual([]);
    expect((await f.changesOf(id)).slice(1)).toEqual([
      `week 2026-W50 own-wish ${anna.initials}`,
      `week 2026-W50 agreed ${anna.initials}`,
    ]);
  });

  it('moves and turns the visit it has, room and all', async () => {
    await f.room();
    const { anna, id } = await aPlan(tuesdayAt('10:00', { channel: 'phone' }), {
      room: { kind: 'any', site: null, needs: [] },
    });
    const before = (await f.made(id))[1];
    await f.changeWeek(anna, id, '2026-W49', {
      kind: 'set',
      weekday: 4,
      time: '14:00',
      minutes: 45,
      channel: 'video',
    });
    expect((await f.made(id))[1]).toMatchObject({
      id: before?.id,
      key: '2026-W49/0',
      at: '2026-12-03T14:00',
      minutes: 45,
      channel: 'video',
      hasRoom: true,
    });
    await f.changeWeek(anna, id, '2026-W49', { kind: 'set', weekday: 5, channel: 'physical' });
    expect((await f.made(id))[1]).toMatchObject({
      id: before?.id,
      at: '2026-12-04T10:00',
      minutes: 20,
      channel: 'physical',
      hasRoom: false,
    });
  });

  it('stands above what was moved by hand, and has a visit on a holiday where that is said', async () => {
    const { anna, id } = await aPlan({ kind: 'weekly', slots: [at(4, '10:00')] });
    const [first] = await f.made(id);
    await f.as(anna, (tx) =>
      f.visits.move(tx, anna, first?.id ?? '', {
        startsAt: '2026-11-25T12:00:00Z',
        endsAt: '2026-11-25T12:20:00Z',
      }),
    );
    await f.changeWeek(anna, id, '2026-W48', { kind: 'set', time: '11:00' });
    expect((await f.made(id))[0]?.at).toBe('2026-11-26T11:00');
    expect(await f.gaps(id)).toEqual(['2026-12-24T10:00 holiday']);
    await f.changeWeek(anna, id, '2026-W52', { kind: 'set' });
    expect(await f.gaps(id)).toEqual([]);
    expect((await f.live(id)).map((visit) => visit.at)).toContain('2026-12-24T10:00');
  });

  it('is remembered for weeks that are not made yet', async () => {
    const { anna, id } = await aPlan();
    await f.changeWeek(anna, id, '2027-W04', { kind: 'set', time: '13:00' });
    await f.changeWeek(anna, id, '2027-W05', { kind: 'skip' });
    f.clock.set('2026-12-08T06:00:00Z');
    while ((await f.extend()) > 0);
    f.clock.set(tuesdayMorning);
    expect((await f.live(id)).at(-1)?.at).toBe('2027-01-26T13:00');
    expect(await f.gaps(id)).toEqual(['2027-02-02T10:00 skipped']);
  });

  it('is refused with the reason that holds for that one visit, and then nothing has changed', async () => {
    const { anna, id } = await aPlan();
    const other = await f.citizen(anna);
    await f.as(anna, (tx) => f.visits.plan(tx, anna, f.wish(other, '2026-12-03T14:00', 30)));
    const refused = await refusalOf(
      f.changeWeek(anna, id, '2026-W49', { kind: 'set', weekday: 4, time: '14:10' }),
    );
    expect([refused.code, refused.details.missing]).toEqual(['hold_refused', ['worker']]);
    expect(Array.isArray(refused.details.nearest)).toBe(true);
    expect((await refusalOf(f.changeWeek(anna, id, '2026-W49', { kind: 'set', weekday: 7 }))).code).toBe(
      'outside_working_hours',
    );
    expect((await refusalOf(f.changeWeek(anna, id, '2026-W48', { kind: 'set', weekday: 1 }))).code).toBe(
      'plan_invalid',
    );
    expect((await refusalOf(f.changeWeek(anna, id, '2026-W48', { kind: 'set', time: '06:00' }))).code).toBe(
      'visit_past',
    );
    expect(
      (await refusalOf(f.changeWeek(anna, id, '2026-W50', { kind: 'skip' }, { slot: 1 }))).params.why_en,
    ).toBe('it does not have that visit in that week');
    expect((await refusalOf(f.changeWeek(anna, id, '2026-W47', { kind: 'skip' }))).params.why_en).toBe(
      'that week is over',
    );
    expect((await refusalOf(f.changeWeek(anna, id, '2027-W53', { kind: 'skip' }))).params.why_en).toBe(
      'there is no week 2027-W53',
    );
    expect((await f.live(id)).map((visit) => visit.at.slice(11))).toEqual(
      Array.from({ length: 9 }, () => '10:00'),
    );
    expect(await f.changesOf(id)).toHaveLength(1);
  });

  it('does not touch a visit that is on or over', async () => {
    const { anna, id } = await aPlan();
    const [first] = await f.made(id);
    f.clock.set('2026-11-24T09:00:00Z');
    await f.as(anna, (tx) => f.visits.start(tx, anna, first?.id ?? '', {}));
    const refused = await refusalOf(f.changeWeek(anna, id, '2026-W48', { kind: 'set', time: '15:00' }));
    expect(refused.code).toBe('visit_state');
  });
});

describe('having a plan another way from a week on', () => {
  it('moves the visits that are there, makes what is new and cancels what is gone', async () => {
    const { anna, id } = await aPlan(
      { kind: 'weekly', slots: [at(2, '10:00'), at(5, '10:00')] },
      { endsOn: '2026-12-13' },
    );
    const before = await f.made(id);
    await f.changePhases(anna, id, '2026-W49', forever(at(4, '14:00', { minutes: 30 })));
    const after = await f.made(id);
    expect(short(after)).toEqual([
      '2026-11-24T10:00 video planned',
      '2026-11-27T10:00 video planned',
      '2026-12-03T14:00 video planned',
      '2026-12-04T10:00 video plan-changed',
      '2026-12-10T14:00 video planned',
      '2026-12-11T10:00 video plan-changed',
    ]);
    expect(after.map((visit) => visit.id)).toEqual(before.map((visit) => visit.id));
    expect(await f.read(id)).toMatchObject({ kind: 'weekly', phases: [{ weeks: 1 }, { weeks: null }] });

    await f.changePhases(anna, id, '2026-W50', forever(at(4, '14:00', { minutes: 30 }), at(5, '10:00')));
    expect(short(await f.live(id)).slice(-2)).toEqual([
      '2026-12-10T14:00 video planned',
      '2026-12-11T10:00 video planned',
    ]);
  });

  it('lets two visits of a week change places, and others step into each other’s', async () => {
    const { anna, id } = await aPlan(
      { kind: 'weekly', slots: [at(3, '10:00'), at(4, '10:00'), at(5, '10:00')] },
      { endsOn: '2026-12-06' },
    );
    const before = await f.live(id);
    await f.changePhases(anna, id, '2026-W49', forever(at(4, '10:00'), at(5, '10:00'), at(5, '11:00')));
    expect((await f.live(id)).slice(3).map((visit) => [visit.id, visit.at])).toEqual([
      [before[3]?.id, '2026-12-03T10:00'],
      [before[4]?.id, '2026-12-04T10:00'],
      [before[5]?.id, '2026-12-04T11:00'],
    ]);
    await f.changePhases(anna, id, '2026-W49', forever(at(5, '10:00'), at(4, '10:00'), at(5, '11:00')));
    expect((await f.live(id)).slice(3).map((visit) => [visit.key, visit.at])).toEqual([
      ['2026-W49/1', '2026-12-03T10:00'],
      ['2026-W49/0', '2026-12-04T10:00'],
      ['2026-W49/2', '2026-12-04T11:00'],
    ]);
  });

  it('leaves what was agreed by hand, and what a person cancelled', async () => {
    const { anna, id } = await aPlan(tuesdayAt('10:00'), { endsOn: '2026-12-20' });
    const [, second, third] = await f.made(id);
    await f.as(anna, (tx) =>
      f.visits.move(tx, anna, second?.id ?? '', {
        startsAt: '2026-12-03T12:00:00Z',
        endsAt: '2026-12-03T12:20:00Z',
      }),
    );
    await f.as(anna, (tx) =>
      f.visits.cancel(tx, anna, third?.id ?? '', { by: 'citizen', reason: 'illness' }),
    );
    await f.changeWeek(anna, id, '2026-W51', { kind: 'set', time: '08:00' });
    await f.changePhases(anna, id, '2026-W48', forever(at(2, '15:00', { minutes: 30 })));
    expect(short(await f.made(id))).toEqual([
      '2026-11-24T15:00 video planned',
      '2026-12-03T13:00 video planned',
      '2026-12-08T10:00 video illness',
      '2026-12-15T08:00 video planned',
    ]);
    expect((await f.made(id)).map((visit) => visit.minutes)).toEqual([30, 20, 20, 30]);
  });

  it('leaves what a colleague has taken over, which is not its worker’s to change any more', async () => {
    const { anna, id } = await aPlan(tuesdayAt('10:00'), { endsOn: '2026-12-13' });
    const [, second] = await f.made(id);
    const substitute = await f.worker();
    await f.as(f.admin, (tx) =>
      f.visits.move(tx, f.admin, second?.id ?? '', {
        startsAt: '2026-12-01T09:00:00Z',
        endsAt: '2026-12-01T09:20:00Z',
        worker: substitute.initials,
      }),
    );
    await f.changePhases(anna, id, '2026-W49', forever(at(3, '10:00')));
    expect((await f.live(id)).map((visit) => visit.at)).toEqual([
      '2026-11-24T10:00',
      '2026-12-01T10:00',
      '2026-12-09T10:00',
    ]);
    await f.as(anna, (tx) => f.plans.end(tx, anna, id, { word: 'agreed' }));
    expect((await f.live(id)).map((visit) => visit.at)).toEqual(['2026-11-24T10:00', '2026-12-01T10:00']);
  });

  it('is refused as a whole when times cannot be held; else the rest is made and the gaps are told', async () => {
    const { anna, citizen, id } = await aPlan(tuesdayAt('10:00'), { endsOn: '2026-12-13' });
    await f.as(anna, (tx) => f.visits.plan(tx, anna, f.wish(citizen, '2026-12-03T14:00', 30)));
    const phases = forever(at(4, '14:00'));
    const refused = await refusalOf(f.changePhases(anna, id, '2026-W49', phases));
    expect([refused.code, refused.params]).toEqual(['plan_conflicts', { count: 1, total: 2 }]);
    expect((await f.live(id)).map((visit) => visit.at.slice(11))).toEqual(['10:00', '10:00', '10:00']);
    await f.changePhases(anna, id, '2026-W49', phases, { skipConflicts: true });
    expect((await f.live(id)).map((visit) => visit.at)).toEqual(['2026-11-24T10:00', '2026-12-10T14:00']);
    expect(await f.gaps(id)).toEqual(['2026-12-03T14:00 worker']);
  });
});

describe('taking a step', () => {
  const growing = { kind: 'growing', time: '09:00' };
  const weekly = async (id: string) => {
    const perWeek = new Map<string, number[]>();
    for (const { key, minutes } of await f.live(id))
      perWeek.set(key.slice(0, 8), [...(perWeek.get(key.slice(0, 8)) ?? []), minutes]);
    return [...perWeek].map(([week, minutes]) => `${week} ${minutes.length}x${minutes[0]}`);
  };

  it('goes on a week early, and all that follows comes earlier', async () => {
    const { anna, id } = await aPlan(growing, { startsOn: '2026-11-30' });
    expect((await weekly(id)).slice(0, 5)).toEqual([
      '2026-W49 5x5',
      '2026-W50 5x5',
      '2026-W51 3x10',
      '2026-W52 2x10',
      '2026-W53 2x20',
    ]);
    f.clock.set('2026-12-01T06:00:00Z');
    await f.step(anna, id, { word: 'own-wish' });
    expect((await weekly(id)).slice(0, 5)).toEqual([
      '2026-W49 5x5',
      '2026-W50 3x10',
      '2026-W51 3x10',
      '2026-W52 1x20',
      '2026-W53 2x20',
    ]);
    expect((await f.changesOf(id)).at(-1)).toBe(`step 2026-W50 own-wish ${anna.initials}`);
  });

  it('stays longer, and goes back to shorter talks that were planned away', async () => {
    const { anna, id } = await aPlan(growing, { startsOn: '2026-11-30' });
    const before = await weekly(id);
    f.clock.set('2026-12-01T06:00:00Z');
    await f.step(anna, id);
    await f.step(anna, id, { stayWeeks: 1, word: 'would-rather-not' });
    expect((await weekly(id)).slice(1, 5)).toEqual(before.slice(1, 5));
    await f.step(anna, id, { stayWeeks: 2 });
    expect((await weekly(id)).slice(1, 5)).toEqual([
      '2026-W50 5x5',
      '2026-W51 5x5',
      '2026-W52 3x5',
      '2026-W53 2x10',
    ]);
  });

  it('is refused where there is no other step', async () => {
    const { anna, id } = await aPlan();
    expect((await refusalOf(f.step(anna, id))).params.why_en).toBe('this is the last step already');
    expect((await refusalOf(f.step(anna, id, { stayWeeks: 2 }))).params.why_en).toContain('further notice');
    expect((await refusalOf(f.step(anna, id, { fromWeek: '2026-W47' }))).params.why_en).toBe(
      'that week is over',
    );
  });
});

describe('whatever is decided, in whatever order', () => {
  const slot = fc.record({
    channel: fc.constantFrom('video', 'phone', 'physical'),
    weekday: fc.integer({ min: 1, max: 5 }),
    time: fc.constantFrom('08:00', '09:00', '10:00', '13:30'),
    minutes: fc.constantFrom(10, 30),
    everyWeeks: fc.constantFrom(1, 1, 2),
  });
  const slots = fc.uniqueArray(slot, {
    minLength: 1,
    maxLength: 3,
    selector: (one) => `${one.weekday} ${one.time}`,
  });
  const phases = fc
    .tuple(fc.array(fc.record({ weeks: fc.integer({ min: 1, max: 3 }), slots }), { maxLength: 2 }), slots)
    .map(([before, last]) => [...before, { weeks: null, slots: last }]);
  const ahead = fc.integer({ min: 0, max: 7 });
  const decision = fc.oneof(
    fc.record({ kind: fc.constant('phases' as const), ahead, phases }),
    fc.record({
      kind: fc.constant('step' as const),
      ahead,
      stayWeeks: fc.option(fc.integer({ min: 1, max: 3 })),
    }),
    fc.record({
      kind: fc.constant('week' as const),
      ahead,
      slot: fc.integer({ min: 0, max: 2 }),
      change: fc.oneof(
        fc.constant({ kind: 'skip' }),
        fc.record({
          kind: fc.constant('set'),
          weekday: fc.integer({ min: 1, max: 5 }),
          time: fc.constant('15:00'),
        }),
        fc.record({ kind: fc.constant('set'), channel: fc.constantFrom('video', 'phone', 'physical') }),
      ),
    }),
    fc.record({ kind: fc.constant('time' as const), days: fc.integer({ min: 1, max: 9 }) }),
  );

  it('the visits to come are those that the plan, made anew, would make', async () => {
    await fc.assert(
      fc.asyncProperty(
        phases,
        fc.constantFrom('skip', 'move', 'keep'),
        fc.array(decision, { minLength: 1, maxLength: 6 }),
        async (first, holidays, decisions) => {
          f.clock.set(tuesdayMorning);
          const anna = await f.worker();
          const citizen = await f.citizen(anna);
          const id = await f.create(
            anna,
            citizen,
            { kind: 'custom', phases: first },
            { holidays: holidays as 'skip' },
          );
          for (const one of decisions) {
            if (one.kind === 'time') {
              f.clock.advance(one.days * 86_400_000);
              while ((await f.extend()) > 0);
              continue;
            }
            const week = addWeeks('2026-W48', one.ahead);
            const done =
              one.kind === 'phases'
                ? f.changePhases(anna, id, week, one.phases)
                : one.kind === 'step'
                  ? f.step(anna, id, {
                      fromWeek: week,
                      ...(one.stayWeeks === null ? {} : { stayWeeks: one.stayWeeks }),
                    })
                  : f.changeWeek(anna, id, week, one.change, { slot: one.slot });
            // A decision that makes no sense is refused and changes nothing.
            await done.catch((error: unknown) => {
              if (!(error instanceof Error) || error.name !== 'DomainError') throw error;
            });
          }
          const now = f.clock.now();
          const plan = await f.read(id);
          const overrides = await f.database.read(f.municipalityId, (tx) => readOverrides(tx, id));
          const span = {
            from: '2026-W48',
            to: plan.madeUntil,
            closedDays: ['12-24'],
            notBefore: new Date(0),
          };
          const shown = (time: Date): string => toLocal(time).toPlainDateTime().toString().slice(0, 16);
          const visits = await f.live(id);
          // Whose time has come keeps its place in its week, whatever is decided afterwards.
          const been = new Set(visits.filter((visit) => visit.at <= shown(now)).map(({ key }) => key));
          const expected = [...expandPlan({ ...plan, overrides }, span)].flatMap((target) =>
            target.kind === 'visit' && target.startsAt > now && !been.has(slotKey(target))
              ? [`${slotKey(target)} ${shown(target.startsAt)} ${target.channel}`]
              : [],
          );
          const toCome = visits.filter((visit) => visit.at > shown(now));
          expect(toCome.map((visit) => `${visit.key} ${visit.at} ${visit.channel}`).sort()).toEqual(
            expected.sort(),
          );
        },
      ),
      { numRuns: 15 },
    );
  }, 120_000);
});
