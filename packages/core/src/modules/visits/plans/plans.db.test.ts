import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusalOf } from '../../../testing/index.ts';
import { tuesdayMorning } from '../fixture.ts';
import { lockStaffCalendars } from '../store.ts';
import { createPlansFixture, type PlansFixture, tuesdayAt } from './fixture.ts';

let f: PlansFixture;
beforeAll(async () => {
  f = await createPlansFixture();
});
afterAll(() => f.close());

const counts = async (): Promise<object | undefined> => {
  const { rows } = await f.superuser.query<object>(
    `SELECT (SELECT count(*) FROM visit) AS visits, (SELECT count(*) FROM visit_plan) AS plans,
       (SELECT count(*) FROM ledger_leaf) AS leaves, (SELECT count(*) FROM change_event) AS events`,
  );
  return rows[0];
};

describe('making a plan', () => {
  it('makes the visits of the weeks that are planned ahead, and says so without naming anybody', async () => {
    const anna = await f.worker();
    const citizen = await f.citizen(anna);
    const id = await f.create(anna, citizen, tuesdayAt('10:00'));
    expect(
      (await f.made(id)).map(({ key, at, state, channel, minutes }) => [key, at, state, channel, minutes]),
    ).toEqual(
      [
        ['2026-W48/0', '2026-11-24T10:00'],
        ['2026-W49/0', '2026-12-01T10:00'],
        ['2026-W50/0', '2026-12-08T10:00'],
        ['2026-W51/0', '2026-12-15T10:00'],
        ['2026-W52/0', '2026-12-22T10:00'],
        ['2026-W53/0', '2026-12-29T10:00'],
        ['2027-W01/0', '2027-01-05T10:00'],
        ['2027-W02/0', '2027-01-12T10:00'],
        ['2027-W03/0', '2027-01-19T10:00'],
      ].map((one) => [...one, 'planned', 'video', 20]),
    );
    expect(await f.read(id)).toMatchObject({ kind: 'weekly', state: 'active', madeUntil: '2027-W03' });
    expect(await f.changesOf(id)).toEqual([`created - agreed ${anna.initials}`]);
    expect(await f.events(id)).toEqual([
      { type: 'plan.changed', data: { change: 'created', state: 'active' } },
    ]);
    const leaves = (await f.leaves()).filter((leaf) => JSON.stringify(leaf).includes(id));
    expect(leaves.at(-1)).toMatchObject({
      type: 'plan.changed',
      plan: id,
      change: 'created',
      word: 'agreed',
    });
    expect(leaves).toHaveLength(10);
    expect(JSON.stringify(leaves)).not.toContain(citizen);
  });

  it('leaves gaps for holidays and for what the first week has passed already', async () => {
    const anna = await f.worker();
    const slots = [
      { channel: 'physical', weekday: 1, time: '09:00', minutes: 30 },
      { channel: 'video', weekday: 2, time: '06:30', minutes: 30 },
      { channel: 'video', weekday: 5, time: '09:00', minutes: 30 },
    ];
    const shift = await f.worker(undefined, 'evening');
    const id = await f.create(
      anna,
      await f.citizen(anna),
      { kind: 'weekly', slots: [slots[0], slots[2]] },
      { startsOn: '2026-11-23' },
    );
    expect(await f.gaps(id)).toEqual([
      '2026-11-23T09:00 past',
      '2026-12-25T09:00 holiday',
      '2027-01-01T09:00 holiday',
    ]);
    const refused = await refusalOf(
      f.create(
        shift,
        await f.citizen(shift),
        { kind: 'weekly', slots: [slots[1]] },
        { startsOn: '2026-11-23' },
      ),
    );
    expect(refused.details.conflicts).toMatchObject(
      Array.from({ length: 8 }, () => ({ reason: 'outside-hours' })),
    );
  });

  it('is refused as a whole when times cannot be held, and all of these are listed; the rest can be asked for', async () => {
    const [anna, bo] = [await f.worker(), await f.worker()];
    const [citizen, other] = [await f.citizen(anna), await f.citizen(anna)];
    await f.as(anna, (tx) => f.visits.plan(tx, anna, f.wish(other, '2026-12-01T10:10', 20)));
    await f.as(f.admin, (tx) =>
      f.visits.plan(
        tx,
        f.admin,
        f.wish(citizen, '2026-12-08T09:50', 20, { worker: bo.initials, channel: 'physical' }),
      ),
    );
    const before = await counts();
    const refused = await refusalOf(f.create(anna, citizen, tuesdayAt('10:00')));
    expect([refused.code, refused.params]).toEqual(['plan_conflicts', { count: 2, total: 9 }]);
    expect(refused.details.conflicts).toEqual([
      {
        week: '2026-W49',
        slot: 0,
        startsAt: '2026-12-01T09:00:00.000Z',
        endsAt: '2026-12-01T09:20:00.000Z',
        reason: 'worker',
      },
      {
        week: '2026-W50',
        slot: 0,
        startsAt: '2026-12-08T09:00:00.000Z',
        endsAt: '2026-12-08T09:20:00.000Z',
        reason: 'citizen',
      },
    ]);
    expect(await counts()).toEqual(before);

    const id = await f.create(anna, citizen, tuesdayAt('10:00'), { skipConflicts: true });
    expect(await f.live(id)).toHaveLength(7);
    expect(await f.gaps(id)).toEqual(['2026-12-01T10:00 worker', '2026-12-08T10:00 citizen']);
  });

  it('is refused although conflicts may be skipped where nothing else is left', async () => {
    const anna = await f.worker();
    const citizen = await f.citizen(anna);
    const refused = await refusalOf(f.create(anna, citizen, tuesdayAt('19:00'), { skipConflicts: true }));
    expect([refused.code, refused.params]).toEqual(['plan_conflicts', { count: 9, total: 9 }]);
  });

  it('holds a room for calls by video, and none for the visit in person beside them', async () => {
    const anna = await f.worker();
    await f.room();
    const visit = { channel: 'physical', weekday: 2, time: '09:00', minutes: 40 };
    const calls = [3, 4].map((weekday) => ({ channel: 'video', weekday, time: '12:00', minutes: 10 }));
    const id = await f.create(
      anna,
      await f.citizen(anna),
      { kind: 'split', visit, calls },
      { room: { kind: 'any', site: null, needs: [] } },
    );
    const made = await f.made(id);
    expect(made.filter(({ channel }) => channel === 'video').map(({ hasRoom }) => hasRoom)).not.toContain(
      false,
    );
    expect(made.filter(({ channel }) => channel === 'physical').map(({ hasRoom }) => hasRoom)).not.toContain(
      true,
    );
    expect(new Set(made.map(({ channel, purposes }) => `${channel} ${purposes}`))).toEqual(
      new Set(['physical ', 'video smaller-bites']),
    );
  });

  it('asks to look where a first call meets nobody known, once: who overruled it is not asked again', async () => {
    const anna = await f.worker();
    const citizen = await f.citizen(anna, { acquaintance: { kind: 'not-met' } });
    const refused = await refusalOf(f.create(anna, citizen, tuesdayAt('10:00')));
    expect([refused.code, refused.details.warnings]).toEqual(['visit_warnings', ['never-met']]);
    const id = await f.create(anna, citizen, tuesdayAt('10:00'), { acknowledge: ['never-met'] });
    await f.changeWeek(anna, id, '2026-W50', { kind: 'set', time: '11:00' });
    expect((await f.live(id))[2]?.at).toBe('2026-12-08T11:00');
  });

  it('is refused where it could never be', async () => {
    const anna = await f.worker();
    const citizen = await f.citizen(anna);
    const why = async (template: object, more: object) => {
      const { code, params } = await refusalOf(f.create(anna, citizen, template, more));
      return [code, params.why_en];
    };
    expect(await why(tuesdayAt('10:00'), { startsOn: '2026-11-20' })).toEqual([
      'plan_invalid',
      'it can begin this week at the earliest',
    ]);
    expect(await why(tuesdayAt('10:00'), { startsOn: '2026-12-01', endsOn: '2026-11-30' })).toEqual([
      'plan_invalid',
      'it ends before it begins',
    ]);
  });

  it('begins with the next week where this one has nothing left of it', async () => {
    const anna = await f.worker();
    const id = await f.create(
      anna,
      await f.citizen(anna),
      { kind: 'growing', time: '09:00' },
      { startsOn: '2026-11-28' },
    );
    expect((await f.read(id)).startsOn).toBe('2026-11-30');
    const made = await f.made(id);
    expect(made.filter(({ minutes }) => minutes === 5).map(({ key }) => key.slice(0, 8))).toEqual([
      ...Array.from({ length: 5 }, () => '2026-W49'),
      ...Array.from({ length: 5 }, () => '2026-W50'),
    ]);
    expect(made.map(({ purposes }) => purposes.join())).not.toContain('');
  });

  it('counts every second week from the first visit that can still be', async () => {
    const anna = await f.worker();
    f.clock.set('2026-11-24T09:30:00Z');
    const slots = tuesdayAt('10:00').slots;
    const id = await f.create(anna, await f.citizen(anna), { kind: 'fortnightly', slots });
    f.clock.set(tuesdayMorning);
    expect((await f.made(id)).slice(0, 2).map(({ at }) => at)).toEqual([
      '2026-12-01T10:00',
      '2026-12-15T10:00',
    ]);
  });
});

describe('whose plan it is', () => {
  it('may be made for others by those who may plan for others, and for nobody else', async () => {
    const [anna, bo] = [await f.worker(), await f.worker()];
    const citizen = await f.citizen(anna);
    const refused = await refusalOf(f.create(bo, citizen, tuesdayAt('10:00')));
    expect(refused.code).toBe('not_found');
    const forAnna = { worker: anna.initials };
    const elsewhere = await f.citizen(bo);
    expect((await refusalOf(f.create(bo, elsewhere, tuesdayAt('10:00'), forAnna))).code).toBe('not_allowed');
    const id = await f.create(f.admin, citizen, tuesdayAt('10:00'), forAnna);
    expect(await f.read(id)).toMatchObject({ worker: anna.initials, citizen });
  });

  it('is not found by a colleague far from the citizen, and is not theirs to change when near', async () => {
    const [anna, bo, cecilie] = [await f.worker(), await f.worker(), await f.worker()];
    const citizen = await f.citizen(anna, { substitute: bo.initials });
    const id = await f.create(anna, citizen, tuesdayAt('10:00'));
    const ending = (who: typeof anna) =>
      refusalOf(f.as(who, (tx) => f.plans.end(tx, who, id, { word: 'agreed' })));
    expect((await ending(cecilie)).code).toBe('not_found');
    expect((await ending(bo)).code).toBe('not_allowed');
    const leader = await f.actor(f.municipalityId, ['leader']);
    await f.as(leader, (tx) => f.plans.end(tx, leader, id, { word: 'own-wish' }));
    expect((await f.read(id)).state).toBe('ended');
  });
});

describe('ending a plan', () => {
  it('cancels what comes after its last day, also what was moved by hand, and nothing else', async () => {
    const anna = await f.worker();
    const id = await f.create(anna, await f.citizen(anna), tuesdayAt('10:00'));
    const [first, second, third] = await f.made(id);
    await f.as(anna, (tx) =>
      f.visits.cancel(tx, anna, second?.id ?? '', { by: 'citizen', reason: 'illness' }),
    );
    await f.as(anna, (tx) =>
      f.visits.move(tx, anna, third?.id ?? '', {
        startsAt: '2026-12-10T12:00:00Z',
        endsAt: '2026-12-10T12:20:00Z',
        acknowledge: [],
      }),
    );
    await f.as(anna, (tx) => f.plans.end(tx, anna, id, { word: 'own-wish' }));
    const made = await f.made(id);
    expect(made.map(({ state, reason }) => `${state} ${reason}`)).toEqual([
      'planned null',
      'cancelled illness',
      ...Array.from({ length: 7 }, () => 'cancelled plan-ended'),
    ]);
    expect(made[0]?.id).toBe(first?.id);
    expect(await f.read(id)).toMatchObject({ state: 'ended', endsOn: '2026-11-24' });
    expect((await f.changesOf(id)).at(-1)).toBe(`ended 2026-W48 own-wish ${anna.initials}`);
    const again = await refusalOf(f.as(anna, (tx) => f.plans.end(tx, anna, id, { word: 'agreed' })));
    expect(again.code).toBe('plan_ended');
    expect((await refusalOf(f.changeWeek(anna, id, '2026-W50', { kind: 'skip' }))).code).toBe('plan_ended');
  });

  it('cancels what was moved by hand out of a week that is over', async () => {
    const anna = await f.worker();
    const id = await f.create(anna, await f.citizen(anna), tuesdayAt('10:00'));
    const [first] = await f.made(id);
    await f.as(anna, (tx) =>
      f.visits.move(tx, anna, first?.id ?? '', {
        startsAt: '2026-12-10T12:00:00Z',
        endsAt: '2026-12-10T12:20:00Z',
        acknowledge: [],
      }),
    );
    f.clock.set('2026-12-02T06:00:00Z');
    await f.as(anna, (tx) => f.plans.end(tx, anna, id, { word: 'own-wish' }));
    f.clock.set(tuesdayMorning);
    const states = (await f.made(id)).map(({ id: visit, state }) => [visit, state]);
    expect(states).toContainEqual([first?.id, 'cancelled']);
  });

  it('can be said in advance: until then the plan is active', async () => {
    const anna = await f.worker();
    const id = await f.create(anna, await f.citizen(anna), tuesdayAt('10:00'));
    await f.as(anna, (tx) => f.plans.end(tx, anna, id, { on: '2026-12-15', word: 'agreed' }));
    expect(await f.read(id)).toMatchObject({ state: 'active', endsOn: '2026-12-15' });
    expect((await f.live(id)).map(({ at }) => at.slice(0, 10))).toEqual([
      '2026-11-24',
      '2026-12-01',
      '2026-12-08',
      '2026-12-15',
    ]);
    const later = await refusalOf(
      f.as(anna, (tx) => f.plans.end(tx, anna, id, { on: '2026-12-16', word: 'agreed' })),
    );
    expect(later.params.why_en).toBe('it ends before that day already');
  });

  it('goes with an erased citizen and a worker who leaves, before anybody can be asked', async () => {
    const [anna, bo] = [await f.worker(), await f.worker()];
    const [one, other] = [await f.citizen(anna), await f.citizen(anna)];
    const ids = [
      await f.create(anna, one, tuesdayAt('08:00')),
      await f.create(anna, other, tuesdayAt('09:00')),
      await f.create(f.admin, one, tuesdayAt('10:00'), { worker: bo.initials }),
    ];
    const states = async () => (await Promise.all(ids.map((id) => f.read(id)))).map(({ state }) => state);
    const citizenId = (await f.read(ids[0] ?? '')).citizenId;
    expect(await f.as(f.admin, (tx) => f.plans.endPlansOf(tx, f.admin, { citizenId }))).toBe(2);
    expect(await states()).toEqual(['ended', 'active', 'ended']);
    expect(await f.as(f.admin, (tx) => f.plans.endPlansOf(tx, f.admin, { workerId: anna.staffId }))).toBe(1);
    expect(await states()).toEqual(['ended', 'ended', 'ended']);
    expect((await f.changesOf(ids[1] ?? '')).at(-1)).toBe(`ended - not-asked ${f.admin.initials}`);
  });
});

describe('going on', () => {
  afterAll(() => f.clock.set(tuesdayMorning));

  it('makes the weeks that come into sight, once, and does not make again what was cancelled', async () => {
    f.clock.set(tuesdayMorning);
    const anna = await f.worker();
    const citizen = await f.citizen(anna);
    const id = await f.create(anna, citizen, tuesdayAt('10:00'));
    const last = (await f.made(id)).at(-1);
    await f.as(anna, (tx) => f.visits.cancel(tx, anna, last?.id ?? '', { by: 'citizen', reason: 'away' }));
    const other = await f.citizen(anna);
    await f.as(anna, (tx) => f.visits.plan(tx, anna, f.wish(other, '2027-02-02T10:00', 30)));
    expect(await f.extend()).toBe(0);

    f.clock.set('2026-12-08T06:00:00Z');
    while ((await f.extend()) > 0);
    expect(await f.extend()).toBe(0);
    expect((await f.made(id)).slice(-3).map(({ key, state }) => [key, state])).toEqual([
      ['2027-W02/0', 'planned'],
      ['2027-W03/0', 'cancelled'],
      ['2027-W04/0', 'planned'],
    ]);
    expect(await f.gaps(id)).toEqual(['2027-02-02T10:00 worker']);
    expect((await f.events(id)).at(-1)).toEqual({
      type: 'plan.gap',
      data: { week: '2027-W05', slot: 0, reason: 'worker' },
    });
    expect((await f.read(id)).madeUntil).toBe('2027-W05');
  });

  it('makes each visit once when two do it at the same time', async () => {
    f.clock.set(tuesdayMorning);
    const anna = await f.worker();
    const ids: string[] = [];
    for (const time of ['08:00', '09:00', '10:00', '11:00'])
      ids.push(await f.create(anna, await f.citizen(anna), tuesdayAt(time)));
    f.clock.set('2026-12-08T06:00:00Z');
    await Promise.all([f.extend(), f.extend(), f.extend()]);
    for (const id of ids) {
      const keys = (await f.made(id)).map(({ key }) => key);
      expect([keys.length, new Set(keys).size]).toEqual([11, 11]);
      expect(await f.gaps(id)).toEqual([]);
    }
  });

  it('does not hold a citizen while it waits for a worker', async () => {
    f.clock.set(tuesdayMorning);
    const [first, second] = [await f.worker(), await f.worker()].sort((a, b) =>
      a.staffId < b.staffId ? -1 : 1,
    );
    if (first === undefined || second === undefined) throw new Error('there are two');
    const citizen = await f.citizen(first);
    await f.create(first, citizen, tuesdayAt('08:00'));
    await f.create(second, await f.citizen(second), tuesdayAt('08:00'));
    f.clock.set('2026-12-08T06:00:00Z');
    let extending: Promise<number> | undefined;
    // As somebody does who plans for the second worker with the first one's citizen.
    await f.as(f.admin, async (tx) => {
      await lockStaffCalendars(tx, [second.staffId]);
      extending = f.extend();
      const waiting = async () =>
        (
          await f.superuser.query(
            `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          )
        ).rows.length;
      await expect.poll(waiting).toBeGreaterThan(0);
      await tx.$executeRaw`SET LOCAL lock_timeout = '300ms'`;
      await tx.$executeRaw`SELECT id FROM citizen WHERE code = ${citizen} FOR NO KEY UPDATE`;
    });
    expect(await extending).toBeGreaterThan(0);
  });

  it('goes on for a worker who is not near the citizen, and tells when the worker is gone', async () => {
    f.clock.set(tuesdayMorning);
    const [anna, bo] = [await f.worker(), await f.worker()];
    const citizen = await f.citizen(anna);
    const id = await f.create(f.admin, citizen, tuesdayAt('10:00'), { worker: bo.initials });
    f.clock.set('2026-12-01T06:00:00Z');
    while ((await f.extend()) > 0);
    expect((await f.live(id)).at(-1)?.at).toBe('2027-01-26T10:00');
    await f.superuser.query('UPDATE staff SET ended_at = $2 WHERE id = $1', [bo.staffId, f.clock.now()]);
    f.clock.set('2026-12-08T06:00:00Z');
    while ((await f.extend()) > 0);
    expect(await f.gaps(id)).toEqual(['2027-02-02T10:00 worker']);
  });

  it('ends plans that are over, whether by their last day or by their last step', async () => {
    f.clock.set(tuesdayMorning);
    const anna = await f.worker();
    const slot = { channel: 'phone', weekday: 4, time: '11:00', minutes: 10, everyWeeks: 1 };
    const byDay = await f.create(anna, await f.citizen(anna), tuesdayAt('10:00'), { endsOn: '2026-12-09' });
    const byStep = await f.create(anna, await f.citizen(anna), {
      kind: 'custom',
      phases: [{ weeks: 2, slots: [slot] }],
    });
    f.clock.set('2026-12-07T06:00:00Z');
    while ((await f.extend()) > 0);
    expect([(await f.read(byDay)).state, (await f.read(byStep)).state]).toEqual(['active', 'ended']);
    f.clock.set('2026-12-10T06:00:00Z');
    while ((await f.extend()) > 0);
    expect((await f.read(byDay)).state).toBe('ended');
    expect((await f.changesOf(byDay)).at(-1)).toBe('ended - not-asked nobody');
    expect(await f.made(byStep)).toHaveLength(2);
  });
});
