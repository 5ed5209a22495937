import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '../../../contract/index.ts';
import type { Actor } from '../../identity/index.ts';
import { createHistoryFixture, type HistoryFixture } from './fixture.ts';
import { createGranted, type GrantedService } from './service.ts';

describe('granted against delivered time', () => {
  let world: HistoryFixture;
  let granted: GrantedService;
  let worker: Actor;
  let other: Actor;

  const list = (query: Record<string, unknown> = {}, actor = world.admin) =>
    world.as(actor, (tx) => granted.list(tx, actor, api.granted.list.query.parse(query)));
  const show = (code: string, query: Record<string, unknown> = {}, actor = world.admin) =>
    world.as(actor, (tx) => granted.show(tx, actor, code, api.granted.show.query.parse(query)));
  const codes = async (query: Record<string, unknown> = {}, actor = world.admin) =>
    (await list(query, actor)).items.map((item) => item.citizen);

  beforeAll(async () => {
    world = await createHistoryFixture();
    granted = createGranted(world);
    worker = await world.worker('BM01');
    other = await world.worker('BM02');
  });
  afterAll(() => world.close());

  describe('of one citizen, against a table kept by hand', () => {
    let code: string;

    beforeAll(async () => {
      code = await world.citizen(worker);
      // Two hours a week; from a Wednesday in the fourth week on an odd number of minutes per fortnight.
      await world.grant(
        code,
        { from: '2026-10-19', minutes: 120, per: 'week' },
        { from: '2026-11-11', minutes: 91, per: 'fortnight' },
      );
      // The week of 19 October, in whose last night the clocks go back.
      await world.visit(code, worker, {
        planned: ['2026-10-20T10:00', 60],
        parts: [['video', '2026-10-20T10:02', 30]],
      });
      await world.visit(code, worker, { channel: 'phone', parts: [['phone', '2026-10-25T23:30', 20]] });
      await world.visit(code, worker, { state: 'cancelled', planned: ['2026-10-22T10:00', 60] });
      await world.visit(code, worker, {
        state: 'cancelled',
        planned: ['2026-10-23T10:00', 60],
        parts: [['video', '2026-10-23T10:00', 15]],
      });
      // 26 October: a talk shortly after Sunday's midnight, a video visit that turned, a futile one by a colleague.
      await world.visit(code, worker, { channel: 'phone', parts: [['phone', '2026-10-26T00:15', 10]] });
      await world.visit(code, worker, {
        channel: 'physical',
        planned: ['2026-10-28T09:00', 30],
        parts: [
          ['video', '2026-10-28T09:00', 15],
          ['travel', '2026-10-28T09:15', 20],
          ['physical', '2026-10-28T09:35', 40],
        ],
      });
      await world.visit(code, other, {
        channel: 'physical',
        state: 'futile',
        planned: ['2026-10-30T09:00', 60],
        parts: [
          ['travel', '2026-10-30T08:35', 25],
          ['waiting', '2026-10-30T09:00', 10],
        ],
      });
      // 2 November: a call that failed and is followed up in the week after; a long visit.
      await world.visit(code, worker, {
        state: 'followed-up',
        planned: ['2026-11-05T10:00', 30],
        parts: [
          ['video', '2026-11-05T10:00', 8],
          ['phone', '2026-11-09T10:00', 22],
        ],
      });
      await world.visit(code, other, {
        channel: 'physical',
        planned: ['2026-11-06T12:00', 120],
        parts: [['physical', '2026-11-06T12:00', 150]],
      });
      // 16 November.
      await world.visit(code, worker, {
        planned: ['2026-11-18T10:00', 45],
        parts: [['video', '2026-11-18T10:00', 45]],
      });
      // 23 November, the running week; it is Tuesday, seven in the morning.
      await world.visit(code, worker, {
        planned: ['2026-11-23T10:00', 30],
        parts: [['video', '2026-11-23T10:00', 25]],
      });
      await world.visit(code, worker, { state: 'planned', planned: ['2026-11-23T15:00', 20] });
      await world.visit(code, worker, {
        channel: 'physical',
        state: 'open',
        planned: ['2026-11-24T06:45', 45],
        parts: [
          ['video', '2026-11-24T06:45', 10],
          ['travel', '2026-11-24T06:55', null],
        ],
      });
      await world.visit(code, worker, { state: 'planned', planned: ['2026-11-25T10:00', 30] });
      await world.visit(code, worker, {
        channel: 'phone',
        state: 'proposed',
        planned: ['2026-11-27T10:00', 15],
      });
      // 30 November.
      await world.visit(code, worker, {
        channel: 'physical',
        state: 'planned',
        planned: ['2026-12-01T10:00', 60],
      });
    });

    it('is right to the minute, week by week', async () => {
      const { summary, weeks, grants } = await show(code, { from: '2026-10-21', weeks: 7 });
      const table = weeks.map(({ from, granted: due, carriedIn, delivered, planned, carriedOut }) => [
        from,
        due,
        carriedIn,
        ...[delivered.video, delivered.physical, delivered.phone],
        ...[planned.video, planned.physical, planned.phone],
        carriedOut,
      ]);
      expect(table).toEqual([
        // week, granted, carried in, delivered by video, in person, by phone, planned so, carried out
        ['2026-10-19', 120, 0, 30, 0, 20, 0, 0, 0, 70],
        ['2026-10-26', 120, 70, 15, 40, 10, 0, 0, 0, 125],
        ['2026-11-02', 120, 125, 8, 150, 0, 0, 0, 0, 87],
        ['2026-11-09', 67, 87, 0, 0, 22, 0, 0, 0, 132],
        // What is left of the first week, 32 minutes, has counted for four weeks and lapses.
        ['2026-11-16', 45, 132, 45, 0, 0, 0, 0, 0, 100],
        ['2026-11-23', 46, 100, 35, 0, 0, 30, 35, 15, 0],
        ['2026-11-30', 45, 0, 0, 0, 0, 0, 60, 0, 0],
      ]);
      expect(grants).toEqual([
        { from: '2026-10-19', minutes: 120, per: 'week' },
        { from: '2026-11-11', minutes: 91, per: 'fortnight' },
      ]);
      expect(summary).toEqual({
        citizen: code,
        worker: 'BM01',
        grant: { minutes: 91, per: 'fortnight' },
        from: '2026-10-19',
        to: '2026-12-07',
        granted: 563,
        carriedIn: 0,
        delivered: { video: 133, physical: 190, phone: 52 },
        deliveredTotal: 375,
        planned: { video: 30, physical: 95, phone: 15 },
        plannedTotal: 140,
        left: 48,
        onlinePercent: 35,
        shortfall: null,
      });
      expect((await show(code, { from: '2026-10-19', weeks: 2 })).summary.grant).toEqual({
        minutes: 120,
        per: 'week',
      });
    });

    it('is the running week where nothing else is asked for', async () => {
      const [item] = (await list({ worker: 'BM01' })).items;
      expect(item).toMatchObject({
        from: '2026-11-23',
        to: '2026-11-30',
        granted: 46,
        carriedIn: 100,
        deliveredTotal: 35,
        plannedTotal: 80,
        left: 31,
        onlinePercent: 100,
        shortfall: null,
      });
    });

    it('warns of a week ahead in which nothing is planned, and not of weeks that are over', async () => {
      const ahead = (await show(code, { from: '2026-12-07', weeks: 1 })).summary;
      expect(ahead).toMatchObject({
        plannedTotal: 0,
        shortfall: { minutes: ahead.granted, kinds: ['unplanned'] },
      });
      expect(ahead.granted).toBeGreaterThan(0);
      expect(await codes({ short: 'true', from: '2026-12-07' })).toEqual([code]);
      expect((await show(code, { from: '2026-11-09', weeks: 1 })).summary.shortfall).toBeNull();
      expect(await codes({ short: 'true', from: '2026-11-09' })).toEqual([]);
    });

    it('shows nothing of the weeks before the first grant', async () => {
      const { summary, weeks, grants } = await show(code, { from: '2025-06-02', weeks: 3 });
      expect(summary).toMatchObject({ granted: 0, left: 0, onlinePercent: null, shortfall: null });
      expect(summary.grant).toEqual({ minutes: 0, per: 'week' });
      expect(weeks).toHaveLength(3);
      expect(grants).toEqual([]);
    });

    it('follows the rule of the municipality', async () => {
      const rules = (carryOver: object) =>
        world.superuser.query(
          `INSERT INTO visit_rules VALUES ($1, jsonb_build_object('carryOver', $2::jsonb), $3)
           ON CONFLICT (municipality_id) DO UPDATE SET rules = excluded.rules`,
          [world.municipalityId, JSON.stringify(carryOver), world.clock.now()],
        );
      const carried = async () =>
        (await show(code, { from: '2026-10-19', weeks: 5 })).weeks.map((week) => week.carriedOut);
      await rules({ kind: 'none' });
      expect(await carried()).toEqual([0, 0, 0, 0, 0]);
      await rules({ kind: 'both', weeks: 1, maxMinutes: 30 });
      expect(await carried()).toEqual([30, 30, -8, 30, 0]);
      await rules({ kind: 'undelivered', weeks: 4, maxMinutes: 240 });
    });
  });

  describe('of many citizens', () => {
    let mine: string;
    let lent: string;
    let far: string;

    beforeAll(async () => {
      await world.superuser.query(`INSERT INTO team VALUES ($1, gen_random_uuid(), 'Team Syd', $2)`, [
        world.municipalityId,
        world.clock.now(),
      ]);
      // Nobody has planned anything for these three.
      mine = await world.citizen(other);
      lent = await world.citizen(worker, { substitute: 'BM02' });
      far = await world.citizen(world.admin, { team: 'Team Syd' });
    });

    it('lists a page at a time, by code', async () => {
      const all = await codes();
      expect(all).toHaveLength(4);
      expect(all).toEqual([...all].sort());
      const first = await list({ limit: 3 });
      expect(first.items.map((item) => item.citizen)).toEqual(all.slice(0, 3));
      const rest = await list({ limit: 3, cursor: first.next });
      expect([rest.items.map((item) => item.citizen), rest.next]).toEqual([all.slice(3), null]);
      const short = await list({ limit: 2, short: 'true', from: '2026-12-07' });
      expect(short.items).toHaveLength(2);
      const more = await list({ limit: 2, short: 'true', from: '2026-12-07', cursor: short.next });
      expect([...short.items, ...more.items].map((item) => item.citizen)).toEqual(all);
      expect(more.next).toBeNull();
    });

    it('finds the citizens of a worker or substitute, and of a team', async () => {
      expect(await codes({ worker: 'BM02' })).toEqual([mine, lent].sort());
      expect(await codes({ team: 'Team Syd' })).toEqual([far]);
      await expect(list({ worker: 'ZZ99' })).rejects.toMatchObject({ code: 'not_found' });
      await expect(list({ team: 'Team Måne' })).rejects.toMatchObject({ code: 'not_found' });
    });

    it('shows a worker the citizens near them, and no others', async () => {
      expect(await codes({}, other)).toEqual([mine, lent].sort());
      await expect(show(far, {}, other)).rejects.toMatchObject({ code: 'not_found' });
      expect((await show(lent, {}, other)).summary.citizen).toBe(lent);
      const keeper = await world.actor(world.municipalityId, ['administrator']);
      await expect(list({}, keeper)).rejects.toMatchObject({ code: 'not_allowed' });
      await expect(show(mine, {}, keeper)).rejects.toMatchObject({ code: 'not_allowed' });
    });

    it('leaves out those who were erased', async () => {
      await world.superuser.query('UPDATE citizen SET erased_at = $2 WHERE code = $1', [
        far,
        world.clock.now(),
      ]);
      expect(await codes()).not.toContain(far);
      expect(await codes({ short: 'true' })).not.toContain(far);
      expect((await show(far)).summary.shortfall).toBeNull();
    });

    it('knows nothing of another municipality', async () => {
      const sydby = await world.municipality('Sydby');
      const stranger = await world.actor(sydby, ['coordinator']);
      expect(await codes({}, stranger)).toEqual([]);
      await expect(show(mine, {}, stranger)).rejects.toMatchObject({ code: 'not_found' });
    });
  });
});
