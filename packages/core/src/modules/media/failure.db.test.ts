import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnostics } from '../../contract/index.ts';
import {
  type CallInTest,
  createPresenceFixture,
  listed,
  type PresenceFixture,
  ten,
} from './fixtures/presence.ts';

let fixture: PresenceFixture;
beforeAll(async () => {
  fixture = await createPresenceFixture();
});
afterAll(() => fixture.close());

const minutes = (count: number): number => count * 60_000;
const at = (count: number): Date => new Date(ten.getTime() + minutes(count));
const diagnostics: Diagnostics = {
  device: 'ipad',
  browser: 'safari',
  browserVersion: 18,
  codecs: ['h264', 'opus'],
  roundTripMs: 40,
  lossPercent: 12.5,
  lastError: 'NotAllowedError',
};

async function callUnderWay() {
  const call = await fixture.callAtTen();
  await fixture.admitBoth(call);
  const host = await fixture.join(call, call.host);
  const citizen = await fixture.join(call, call.guest);
  return { call, host, citizen };
}
const failuresOf = (call: Awaited<ReturnType<typeof fixture.callAtTen>>) =>
  fixture.eventsOf(call, 'call.failed');

describe('a call that fails', () => {
  it('fails when the citizen vanishes for longer than was agreed, once, with the minutes they had', async () => {
    const { call, citizen } = await callUnderWay();
    fixture.clock.set(at(20));
    await fixture.part(call, citizen, 'CONNECTION_TIMEOUT');
    fixture.clock.set(at(22.9));
    await fixture.course.presence.look();
    expect((await fixture.callNow(call)).state).toBe('on');
    fixture.clock.set(at(23));
    await fixture.course.presence.look();
    await fixture.course.presence.look();
    expect(await fixture.callNow(call)).toMatchObject({
      state: 'failed',
      failedStep: 'dropped',
      failedAt: at(23),
      endedAt: at(23),
    });
    expect(await fixture.visitNow(call)).toEqual({
      state: 'failed',
      parts: [{ kind: 'video', minutes: 20 }],
    });
    expect(await fixture.lastLeafOf(call)).toMatchObject({
      state: 'failed',
      endedReason: 'dropped',
      minutes: { video: 20 },
    });
    expect(await failuresOf(call)).toHaveLength(1);
    expect(await fixture.ordersOf(call)).toHaveLength(1);
  });

  it('fails once when two processes see it at the same moment', async () => {
    const { call, citizen } = await callUnderWay();
    fixture.clock.set(at(20));
    await fixture.part(call, citizen, 'SIGNAL_CLOSE');
    fixture.clock.set(at(24));
    const processes = [fixture.course, fixture.process().course, fixture.process().course];
    await Promise.all(processes.map(({ presence }) => presence.look()));
    expect((await fixture.callNow(call)).state).toBe('failed');
    expect(await failuresOf(call)).toHaveLength(1);
    // Wherever the citizen is now, they hear once who phones whom.
    expect(await fixture.messagesOf(call)).toEqual([['call-failed', 'scheduled', 'worker']]);
  });

  it('fails when nobody gets through after both were let in', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    const host = await fixture.join(call, call.host);
    fixture.there.now = [listed(host)];
    fixture.clock.set(at(3));
    await fixture.course.presence.look();
    fixture.there.now = null;
    expect(await fixture.callNow(call)).toMatchObject({ state: 'failed', failedStep: 'network-blocked' });
    expect(await fixture.lastLeafOf(call)).toMatchObject({ state: 'failed', endedReason: 'not-started' });
  });

  it('blames no network where the media server does not answer the service either', async () => {
    const call = await fixture.callAtTen();
    await fixture.admitBoth(call);
    await fixture.join(call, call.host);
    fixture.clock.set(at(3));
    await fixture.course.presence.look();
    expect(await fixture.callNow(call)).toMatchObject({ state: 'failed', failedStep: 'media-down' });
  });

  it('fails when either says that it does not work, and support hears codes and no names', async () => {
    const { call } = await callUnderWay();
    fixture.clock.set(at(5));
    const trouble = { step: 'no-picture', giveUp: true, diagnostics } as const;
    await Promise.all([
      fixture.write((tx) => fixture.course.failures.reportTrouble(tx, fixture.asCitizen(call), trouble)),
      fixture.write((tx) => fixture.course.failures.reportTrouble(tx, fixture.asHost(call), trouble)),
    ]);
    const events = await failuresOf(call);
    expect(events).toEqual([
      {
        step: 'no-picture',
        saidBy: expect.stringMatching(/^(citizen|worker)$/),
        encryption: null,
        device: 'ipad',
        browser: 'safari',
        browserVersion: 18,
        codecs: 'h264 opus',
        roundTripMs: 40,
        lossPercent: 12.5,
        lastError: 'NotAllowedError',
      },
    ]);
    expect(await fixture.visitNow(call)).toEqual({ state: 'failed', parts: [{ kind: 'video', minutes: 5 }] });
    expect(await fixture.messagesOf(call)).toHaveLength(1);
  });

  it('can fail before it began, when the citizen cannot even get in', async () => {
    const call = await fixture.callAtTen();
    fixture.clock.set(at(-10));
    await fixture.write((tx) =>
      fixture.course.failures.reportTrouble(tx, fixture.asCitizen(call), {
        step: 'camera-refused',
        giveUp: true,
        diagnostics,
      }),
    );
    expect((await fixture.callNow(call)).failedStep).toBe('camera-refused');
    expect(await fixture.visitNow(call)).toEqual({ state: 'failed', parts: [] });
  });

  it('does not fail before anybody could come in, however somebody looks at the page the day before', async () => {
    const call = await fixture.callAtTen();
    const { opensAt } = await fixture.callNow(call);
    fixture.clock.set(new Date(opensAt.getTime() - 1));
    const giveUp = () =>
      fixture.write((tx) =>
        fixture.course.failures.reportTrouble(tx, fixture.asCitizen(call), {
          step: 'browser-too-old',
          giveUp: true,
          diagnostics,
        }),
      );
    await expect(giveUp()).rejects.toMatchObject({ code: 'call_not_open' });
    expect(await fixture.callNow(call)).toMatchObject({ state: 'prepared', failedAt: null });
    fixture.clock.set(opensAt);
    await giveUp();
    expect((await fixture.callNow(call)).failedStep).toBe('browser-too-old');
  });

  it('keeps what was told without giving up for the event, should it fail after all', async () => {
    const { call, citizen } = await callUnderWay();
    await fixture.write((tx) =>
      fixture.course.failures.reportTrouble(tx, fixture.asCitizen(call), {
        step: 'no-sound',
        giveUp: false,
        diagnostics,
      }),
    );
    expect((await fixture.callNow(call)).state).toBe('on');
    fixture.clock.set(at(10));
    await fixture.part(call, citizen, 'CONNECTION_TIMEOUT');
    fixture.clock.set(at(13));
    await fixture.course.presence.look();
    expect(await failuresOf(call)).toMatchObject([{ step: 'dropped', device: 'ipad', saidBy: null }]);
  });

  it('does not become a failure when a guest of a meeting gives up', async () => {
    const { call } = await callUnderWay();
    const aunt = { ...fixture.asCitizen(call), kind: 'guest' } as const;
    await fixture.write((tx) =>
      fixture.course.failures.reportTrouble(tx, aunt, { step: 'no-sound', giveUp: true, diagnostics }),
    );
    expect((await fixture.callNow(call)).state).toBe('on');
  });

  it('fails once when both give up and two processes see it at the same moment', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { call, host, citizen } = await callUnderWay();
      fixture.clock.set(at(20));
      await Promise.all([
        fixture.part(call, citizen, 'CONNECTION_TIMEOUT'),
        fixture.part(call, host, 'CONNECTION_TIMEOUT'),
      ]);
      fixture.clock.set(at(23));
      const other = fixture.process();
      const trouble = { step: 'dropped', giveUp: true, diagnostics } as const;
      await Promise.all([
        fixture.write((tx) => other.course.failures.reportTrouble(tx, fixture.asCitizen(call), trouble)),
        fixture.write((tx) => fixture.course.failures.reportTrouble(tx, fixture.asHost(call), trouble)),
        fixture.course.presence.look(),
        other.course.presence.look(),
      ]);
      expect(await failuresOf(call)).toHaveLength(1);
      expect(await fixture.visitNow(call)).toEqual({
        state: 'failed',
        parts: [{ kind: 'video', minutes: 20 }],
      });
      expect(await fixture.ordersOf(call)).toHaveLength(1);
    }
  });

  it('ends one way only when the host finishes in the moment in which it fails', async () => {
    for (let round = 0; round < 4; round += 1) {
      const { call, citizen } = await callUnderWay();
      fixture.clock.set(at(20));
      await fixture.part(call, citizen, 'CONNECTION_TIMEOUT');
      fixture.clock.set(at(23));
      await Promise.all([
        fixture.write((tx) => fixture.course.finishing.finish(tx, fixture.asHost(call), { topics: [] })),
        fixture.process().course.presence.look(),
      ]);
      const [{ state }, visit, events] = [
        await fixture.callNow(call),
        await fixture.visitNow(call),
        await failuresOf(call),
      ];
      expect([
        ['ended', 'held', 0],
        ['failed', 'failed', 1],
      ]).toContainEqual([state, visit.state, events.length]);
      expect(visit.parts).toEqual([{ kind: 'video', minutes: 20 }]);
    }
  });

  it('has failed for its pages as well when the worker says so at the terminal', async () => {
    const { call } = await callUnderWay();
    fixture.clock.set(at(8));
    await fixture.write((tx) =>
      fixture.visits.visits.fail(tx, call.worker, call.visit.id, { step: 'no-sound' }),
    );
    expect(await fixture.callNow(call)).toMatchObject({
      state: 'failed',
      failedStep: 'no-sound',
      failedAt: at(8),
    });
    expect(await failuresOf(call)).toMatchObject([{ step: 'no-sound', saidBy: 'worker' }]);
    expect(await fixture.ordersOf(call)).toHaveLength(1);
    fixture.clock.set(at(30));
    await fixture.course.presence.look();
    expect(await failuresOf(call)).toHaveLength(1);
    expect(await fixture.messagesOf(call)).toHaveLength(1);
  });

  it('is no news to the citizen once its time is over, and is written down all the same', async () => {
    const { call } = await callUnderWay();
    fixture.clock.set(at(31));
    await fixture.write((tx) =>
      fixture.visits.visits.fail(tx, call.worker, call.visit.id, { step: 'no-sound' }),
    );
    expect((await fixture.callNow(call)).state).toBe('failed');
    expect(await fixture.messagesOf(call)).toEqual([]);
  });

  it('gives its host the number to ring, and says each time that it was read', async () => {
    const { call } = await callUnderWay();
    const readings = async () =>
      (
        await fixture.superuser.query(
          `SELECT a.reason FROM identity_access a JOIN citizen c ON c.id = a.citizen_id WHERE c.code = $1`,
          [call.citizen],
        )
      ).rows;
    const ring = (as: 'asHost' | 'asCitizen') =>
      fixture.write((tx) => fixture.course.failures.readPhone(tx, fixture[as](call)));
    await expect(ring('asHost')).rejects.toMatchObject({ code: 'not_allowed' });
    await fixture.write((tx) =>
      fixture.course.failures.reportTrouble(tx, fixture.asHost(call), {
        step: 'does-not-work',
        giveUp: true,
        diagnostics,
      }),
    );
    await expect(ring('asCitizen')).rejects.toMatchObject({ code: 'not_allowed' });
    const before = (await readings()).length;
    expect(await ring('asHost')).toEqual({ phone: '+4520000000' });
    await ring('asHost');
    expect((await readings()).slice(before)).toEqual([{ reason: 'contact' }, { reason: 'contact' }]);
  });

  it('leaves a no to whether it worked a no, whatever else is answered', async () => {
    const { call } = await callUnderWay();
    for (const worked of [true, false, true])
      await fixture.write((tx) => fixture.course.finishing.answerWorked(tx, fixture.asCitizen(call), worked));
    expect((await fixture.callNow(call)).worked).toBe(false);
  });

  it('is followed up by phone as before, and those minutes count', async () => {
    const { call, citizen } = await callUnderWay();
    fixture.clock.set(at(20));
    await fixture.part(call, citizen, 'CONNECTION_TIMEOUT');
    fixture.clock.set(at(23));
    await fixture.course.presence.look();
    fixture.clock.set(at(40));
    await fixture.write((tx) =>
      fixture.visits.visits.followUp(tx, call.worker, call.visit.id, {
        startsAt: at(25).toISOString(),
        endsAt: at(35).toISOString(),
      }),
    );
    expect(await fixture.visitNow(call)).toEqual({
      state: 'followed-up',
      parts: [
        { kind: 'video', minutes: 20 },
        { kind: 'phone', minutes: 10 },
      ],
    });
  });
});

describe('where a guest can be reached', () => {
  it('is forgotten however the call ends', async () => {
    const ends: Record<string, (call: CallInTest) => Promise<unknown>> = {
      failed: (call) =>
        fixture.write((tx) =>
          fixture.course.failures.reportTrouble(tx, fixture.asCitizen(call), {
            step: 'no-sound',
            giveUp: true,
            diagnostics,
          }),
        ),
      closed: (call) => fixture.write((tx) => fixture.course.finishing.close(tx, call.call.id)),
    };
    for (const [how, end] of Object.entries(ends)) {
      const call = await fixture.callAtTen();
      await fixture.superuser.query(`UPDATE call_seat SET sealed_address = '\\x01' WHERE id = $1`, [
        call.guest,
      ]);
      await end(call);
      const { rows } = await fixture.superuser.query('SELECT sealed_address FROM call_seat WHERE id = $1', [
        call.guest,
      ]);
      expect([how, rows]).toEqual([how, [{ sealed_address: null }]]);
    }
  });
});
