import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FinishWish } from './finish.ts';
import { type CallInTest, createPresenceFixture, type PresenceFixture, ten } from './fixtures/presence.ts';

let fixture: PresenceFixture;
beforeAll(async () => {
  fixture = await createPresenceFixture();
});
afterAll(() => fixture.close());

const nextWeek = '2026-12-01T09:00:00.000Z';

/** Both were in for twenty minutes. */
async function talked(): Promise<CallInTest> {
  const call = await fixture.callAtTen(20);
  await fixture.admitBoth(call);
  await fixture.join(call, call.host);
  await fixture.join(call, call.guest);
  fixture.clock.set(new Date(ten.getTime() + 20 * 60_000));
  return call;
}
const finish = (call: CallInTest, wish: Partial<FinishWish>) =>
  fixture.write((tx) => fixture.course.finishing.finish(tx, fixture.asHost(call), { topics: [], ...wish }));
const plannedOf = async ({ visit }: CallInTest) =>
  (
    await fixture.superuser.query<Record<string, unknown>>(
      `SELECT planned_starts_at AS "startsAt", planned_ends_at AS "endsAt", channel, purposes, worker_id AS "workerId"
       FROM visit WHERE citizen_id = $1 AND state = 'planned'`,
      [visit.citizenId],
    )
  ).rows;

describe('a host who ends a visit', () => {
  it('plans the next along with it: by video, as long, for the same purposes, with a call of its own', async () => {
    const call = await talked();
    await fixture.superuser.query(`UPDATE visit SET purposes = '{tapering}' WHERE id = $1`, [call.visit.id]);
    await finish(call, { topics: ['structure'], next: nextWeek });
    expect((await fixture.visitNow(call)).state).toBe('held');
    expect(await plannedOf(call)).toEqual([
      {
        startsAt: new Date(nextWeek),
        endsAt: new Date('2026-12-01T09:20:00.000Z'),
        channel: 'video',
        purposes: ['tapering'],
        workerId: call.worker.staffId,
      },
    ]);
    const { rows } = await fixture.superuser.query(
      `SELECT c.state FROM call c JOIN visit v ON v.id = c.visit_id WHERE v.citizen_id = $1 AND v.state = 'planned'`,
      [call.visit.citizenId],
    );
    expect(rows).toEqual([{ state: 'prepared' }]);
  });

  it('plans it once, however often an answer gets lost', async () => {
    const call = await talked();
    await finish(call, { next: nextWeek });
    await finish(call, { topics: ['structure'], next: nextWeek });
    expect(await plannedOf(call)).toHaveLength(1);
    expect(await fixture.lastLeafOf(call)).toMatchObject({ topics: ['structure'] });
  });

  it('is told when the time is taken, and nothing is recorded until they choose another', async () => {
    const call = await talked();
    const other = await fixture.write((tx) =>
      fixture.visits.visits.plan(tx, call.worker, {
        ...{ citizen: call.citizen, channel: 'physical', room: { kind: 'none' }, purposes: [] },
        ...{ participants: [], propose: false, acknowledge: [] },
        startsAt: nextWeek,
        endsAt: '2026-12-01T10:00:00.000Z',
      }),
    );
    await expect(
      finish(call, { topics: ['structure'], next: '2026-12-01T09:30:00.000Z' }),
    ).rejects.toMatchObject({ code: 'hold_refused', details: { missing: ['worker', 'citizen'] } });
    expect((await fixture.visitNow(call)).state).toBe('open');
    expect((await fixture.callNow(call)).state).toBe('on');
    await finish(call, { topics: ['structure'], next: '2026-12-01T10:00:00.000Z' });
    expect((await fixture.visitNow(call)).state).toBe('held');
    expect((await plannedOf(call)).map(({ startsAt }) => startsAt)).toEqual(
      expect.arrayContaining([other.plannedStartsAt, new Date('2026-12-01T10:00:00.000Z')]),
    );
  });

  it('records that nobody came, without a minute, and may plan the next all the same', async () => {
    const call = await fixture.callAtTen();
    fixture.clock.set(new Date(ten.getTime() + 15 * 60_000));
    await finish(call, { outcome: 'futile', reason: 'no-answer', next: nextWeek });
    await finish(call, { outcome: 'futile', reason: 'no-answer', next: nextWeek });
    expect((await fixture.visitNow(call)).state).toBe('futile');
    expect(await fixture.lastLeafOf(call)).toMatchObject({
      endedReason: 'no-answer',
      minutes: { video: 0, phone: 0, physical: 0 },
    });
    expect((await fixture.callNow(call)).state).toBe('ended');
    expect(await plannedOf(call)).toHaveLength(1);
  });
});
