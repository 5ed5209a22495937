import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPresenceFixture, type PresenceFixture, ten } from './fixtures/presence.ts';

let fixture: PresenceFixture;
beforeAll(async () => {
  fixture = await createPresenceFixture();
});
afterAll(() => fixture.close());

const minutes = (count: number): number => count * 60_000;
const at = (count: number): Date => new Date(ten.getTime() + minutes(count));

/** Both are in from ten o'clock on. */
async function callUnderWay() {
  const call = await fixture.callAtTen();
  await fixture.admitBoth(call);
  const host = await fixture.join(call, call.host);
  const citizen = await fixture.join(call, call.guest);
  return { call, host, citizen };
}

describe('a visit by video', () => {
  it('begins in the moment in which the second one comes, and not before', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.join(call, call.host);
    expect((await fixture.visitNow(call)).state).toBe('planned');
    fixture.clock.advance(minutes(2));
    await fixture.join(call, call.guest);
    expect((await fixture.visitNow(call)).state).toBe('open');
    expect(await fixture.lastLeafOf(call)).toMatchObject({ state: 'open', at: at(2).toISOString() });
  });

  it('is held with the minutes in which they were together when the host ends it', async () => {
    const { call, citizen } = await callUnderWay();
    fixture.clock.set(at(10));
    await fixture.part(call, citizen, 'CONNECTION_TIMEOUT');
    fixture.clock.set(at(12));
    await fixture.join(call, call.guest);
    fixture.clock.set(new Date(at(27).getTime() + 20_000));
    await fixture.write((tx) =>
      fixture.course.finishing.finish(tx, fixture.asHost(call), { topics: ['supportive-talk'] }),
    );
    expect(await fixture.visitNow(call)).toEqual({
      state: 'held',
      parts: [
        { kind: 'video', minutes: 10 },
        { kind: 'video', minutes: 15 },
      ],
    });
    expect(await fixture.lastLeafOf(call)).toMatchObject({
      state: 'held',
      minutes: { video: 25, physical: 0, phone: 0 },
      topics: ['supportive-talk'],
      worker: call.worker.staffId,
    });
    expect(await fixture.callNow(call)).toMatchObject({ state: 'ended', endedAt: fixture.clock.now() });
    expect(await fixture.ordersOf(call)).toEqual([{ room: call.call.roomName }]);
    expect((await fixture.staysNow(call)).every(({ leftAt }) => leftAt !== null)).toBe(true);
  });

  it('is held with the minutes that the host gives instead', async () => {
    const { call } = await callUnderWay();
    fixture.clock.set(at(20));
    await fixture.write((tx) =>
      fixture.course.finishing.finish(tx, fixture.asHost(call), { topics: [], minutes: 15 }),
    );
    expect((await fixture.visitNow(call)).parts).toEqual([{ kind: 'video', minutes: 15 }]);
  });

  it('is ended by its host alone', async () => {
    const { call } = await callUnderWay();
    const finish = fixture.write((tx) =>
      fixture.course.finishing.finish(tx, fixture.asCitizen(call), { topics: [] }),
    );
    await expect(finish).rejects.toMatchObject({ code: 'not_allowed' });
  });

  it('cannot be held with nobody', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.join(call, call.host);
    fixture.clock.set(at(5));
    const finish = fixture.write((tx) =>
      fixture.course.finishing.finish(tx, fixture.asHost(call), { topics: [] }),
    );
    await expect(finish).rejects.toMatchObject({ code: 'visit_times' });
    expect((await fixture.callNow(call)).state).toBe('on');
  });

  it('is held without a minute when they met for a moment only', async () => {
    const { call } = await callUnderWay();
    fixture.clock.advance(12_000);
    await fixture.write((tx) => fixture.course.finishing.finish(tx, fixture.asHost(call), { topics: [] }));
    expect(await fixture.visitNow(call)).toEqual({ state: 'held', parts: [{ kind: 'video', minutes: 0 }] });
  });

  it('records itself ten minutes after the citizen hung up, and nobody is asked why', async () => {
    const { call, citizen } = await callUnderWay();
    fixture.clock.set(at(21));
    await fixture.leave(call);
    await fixture.part(call, citizen, 'CLIENT_INITIATED');
    fixture.clock.set(at(30));
    await fixture.course.presence.look();
    expect((await fixture.visitNow(call)).state).toBe('open');
    fixture.clock.set(at(31));
    await fixture.course.presence.look();
    expect(await fixture.visitNow(call)).toEqual({ state: 'held', parts: [{ kind: 'video', minutes: 21 }] });
    expect((await fixture.callNow(call)).state).toBe('ended');
    expect(await fixture.eventsOf(call, 'call.failed')).toEqual([]);
    expect(fixture.onErrors).toEqual([]);
  });

  it('takes topics from a host who finishes after it recorded itself, and keeps its minutes', async () => {
    const { call, citizen } = await callUnderWay();
    fixture.clock.set(at(21));
    await fixture.part(call, citizen, 'CLIENT_INITIATED');
    fixture.clock.set(at(31));
    await fixture.course.presence.look();
    await fixture.write((tx) =>
      fixture.course.finishing.finish(tx, fixture.asHost(call), { topics: ['structure'] }),
    );
    expect(await fixture.lastLeafOf(call)).toMatchObject({
      state: 'held',
      topics: ['structure'],
      minutes: { video: 21 },
    });
  });

  it('leaves alone what the worker recorded by hand meanwhile', async () => {
    const { call } = await callUnderWay();
    fixture.clock.set(at(25));
    await fixture.write((tx) =>
      fixture.visits.visits.record(tx, call.worker, call.visit.id, {
        parts: [{ kind: 'video', startsAt: ten.toISOString(), endsAt: at(20).toISOString() }],
      }),
    );
    expect((await fixture.callNow(call)).state).toBe('ended');
    fixture.clock.set(at(60));
    await fixture.course.presence.look();
    expect((await fixture.visitNow(call)).parts).toEqual([{ kind: 'video', minutes: 20 }]);
  });

  it('counts a citizen on the telephone as a call by phone', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.superuser.query('UPDATE call_seat SET by_phone = true WHERE id = $1', [call.guest]);
    await fixture.join(call, call.host);
    await fixture.course.presence.look();
    fixture.clock.set(at(14));
    await fixture.write((tx) => fixture.course.finishing.finish(tx, fixture.asHost(call), { topics: [] }));
    expect(await fixture.visitNow(call)).toEqual({ state: 'held', parts: [{ kind: 'phone', minutes: 14 }] });
  });

  it('begins the visit of a citizen who telephones, though the host is on no page, and counts until they end it', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.superuser.query(
      `UPDATE call_seat SET by_phone = (id = $1), state = CASE WHEN id = $1 THEN 'admitted' ELSE 'invited' END WHERE id IN ($1, $2)`,
      [call.guest, call.host],
    );
    await fixture.course.presence.look();
    expect((await fixture.visitNow(call)).state).toBe('open');
    fixture.clock.set(at(12));
    await fixture.write((tx) => fixture.visits.visits.end(tx, call.worker, call.visit.id, {}));
    expect(await fixture.visitNow(call)).toEqual({ state: 'held', parts: [{ kind: 'phone', minutes: 12 }] });
    expect((await fixture.callNow(call)).state).toBe('ended');
  });

  it('empties its room when it is cancelled in the middle', async () => {
    const { call } = await callUnderWay();
    fixture.clock.set(at(4));
    await fixture.write((tx) =>
      fixture.visits.visits.cancel(tx, call.worker, call.visit.id, { by: 'worker', reason: 'illness' }),
    );
    expect((await fixture.callNow(call)).state).toBe('ended');
    expect(await fixture.ordersOf(call)).toHaveLength(1);
    expect((await fixture.staysNow(call)).every(({ leftAt }) => leftAt !== null)).toBe(true);
  });

  it('is over without a record when its time has passed and nobody came', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.superuser.query(`UPDATE call_seat SET state = 'invited' WHERE id = $1`, [call.guest]);
    await fixture.join(call, call.host);
    fixture.clock.set(new Date(call.call.closesAt.getTime() + 1000));
    await fixture.course.presence.look();
    expect((await fixture.callNow(call)).state).toBe('ended');
    expect((await fixture.visitNow(call)).state).toBe('planned');
    // They met in another way, and the host says so afterwards.
    const finish = (minutes?: number) =>
      fixture.write((tx) =>
        fixture.course.finishing.finish(tx, fixture.asHost(call), {
          topics: ['supportive-talk'],
          ...(minutes === undefined ? {} : { minutes }),
        }),
      );
    await expect(finish()).rejects.toMatchObject({ code: 'visit_times' });
    await finish(20);
    expect(await fixture.visitNow(call)).toEqual({ state: 'held', parts: [{ kind: 'video', minutes: 20 }] });
  });
});
