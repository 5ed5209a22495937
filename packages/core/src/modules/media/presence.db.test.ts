import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPresenceFixture, listed, type PresenceFixture, ten, toldEvent } from './fixtures/presence.ts';

let fixture: PresenceFixture;
beforeAll(async () => {
  fixture = await createPresenceFixture();
});
afterAll(() => fixture.close());
beforeEach(() => {
  fixture.there.now = null;
});

const minutes = (count: number): number => count * 60_000;
const at = (count: number): Date => new Date(ten.getTime() + minutes(count));

describe('when the media server was killed', () => {
  it('finds at the next look that nobody is in any more, and does not count on', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.join(call, call.host);
    await fixture.join(call, call.guest);
    fixture.clock.set(at(12));
    fixture.there.now = [];
    await fixture.process().course.presence.look();
    const stays = await fixture.staysNow(call);
    expect(stays.map(({ leftAt, gone }) => ({ leftAt, gone }))).toEqual([
      { leftAt: at(12), gone: 'vanished' },
      { leftAt: at(12), gone: 'vanished' },
    ]);
    fixture.clock.set(at(15));
    await fixture.process().course.presence.look();
    expect(await fixture.callNow(call)).toMatchObject({ state: 'failed', failedStep: 'dropped' });
    expect((await fixture.visitNow(call)).parts).toEqual([{ kind: 'video', minutes: 12 }]);
  });

  it('lets nobody vanish whom it lists, and does not take its silence for an answer', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    const host = await fixture.join(call, call.host);
    const citizen = await fixture.join(call, call.guest);
    fixture.clock.set(at(12));
    await fixture.process().course.presence.look();
    fixture.there.now = [listed(host), listed(citizen)];
    await fixture.process().course.presence.look();
    expect((await fixture.staysNow(call)).every(({ leftAt }) => leftAt === null)).toBe(true);
  });

  it('finds who came while nobody told of it, and cuts no talk that goes on', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    const [host, citizen] = [call.host, call.guest].map((identity) => ({
      identity,
      sid: `PA_${identity}`,
      joinedAt: at(1),
    }));
    if (host === undefined || citizen === undefined) throw new Error('two are let in');
    const early = { ...listed({ ...citizen, sid: 'PA_early' }), isActive: false };
    fixture.there.now = [listed(host), listed(citizen), early];
    fixture.clock.set(at(12));
    await fixture.process().course.presence.look();
    expect(await fixture.callNow(call)).toMatchObject({ state: 'on' });
    expect(await fixture.staysNow(call)).toMatchObject([
      { joinedAt: at(1), leftAt: null },
      { joinedAt: at(1), leftAt: null },
    ]);
    // What was told late after all is the same stay.
    await fixture.tell(toldEvent('participant_joined', at(1), call.call.roomName, citizen));
    await fixture.part(call, citizen, 'CLIENT_INITIATED');
    expect(await fixture.staysNow(call)).toHaveLength(2);
  });

  it('asks a media server that does not answer for a few calls only, and fails them all in the same look', async () => {
    const calls = [];
    for (let n = 0; n < 9; n += 1) {
      const call = await fixture.callAtTen();
      await fixture.admitBoth(call);
      calls.push(call);
    }
    fixture.clock.set(at(12));
    fixture.there.asked = 0;
    await fixture.process().course.presence.look();
    for (const call of calls)
      expect(await fixture.callNow(call)).toMatchObject({ state: 'failed', failedStep: 'media-down' });
    expect(fixture.there.asked).toBeLessThanOrEqual(4);
  });

  it('waits a moment with somebody who has only just come', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    fixture.there.now = [];
    await fixture.join(call, call.host);
    await fixture.process().course.presence.look();
    expect((await fixture.staysNow(call))[0]?.leftAt).toBeNull();
  });
});

describe('who is in the room', () => {
  it('is who came back, with the stay before ended where its end was never told', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.join(call, call.host);
    fixture.clock.set(at(1));
    const again = await fixture.join(call, call.host);
    fixture.clock.set(at(2));
    await fixture.part(call, again, 'CLIENT_INITIATED');
    const seats = await fixture.seatsNow(call);
    expect(seats.find(({ id }) => id === call.host)).toMatchObject({ present: false, gone: 'hung-up' });
    expect(await fixture.staysNow(call)).toMatchObject([
      { joinedAt: ten, leftAt: at(1), gone: 'vanished' },
      { joinedAt: at(1), leftAt: at(2), gone: 'hung-up' },
    ]);
  });

  it('is nobody when the room is finished', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.join(call, call.host);
    fixture.clock.set(at(3));
    await fixture.tell(toldEvent('room_finished', at(3), call.call.roomName));
    expect(await fixture.staysNow(call)).toMatchObject([{ leftAt: at(3), gone: 'vanished' }]);
  });

  it('begins a visit whose time was proposed and never accepted: they met, so it suited', async () => {
    const call = await fixture.callAtTen();
    await fixture.superuser.query(
      `UPDATE visit SET state = 'proposed', proposed_by = 'worker' WHERE id = $1`,
      [call.visit.id],
    );
    await fixture.admitBoth(call);
    await fixture.join(call, call.host);
    await fixture.join(call, call.guest);
    expect((await fixture.visitNow(call)).state).toBe('open');
    expect(fixture.onErrors).toEqual([]);
  });
});
