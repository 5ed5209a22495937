import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  failureSteps,
  type GoneReason,
  goneReasons,
  seatStates,
  troubleSteps,
} from '../../contract/index.ts';
import { failureStepOf } from './diagnostics.ts';
import { type CallNow, failureOf, type SeatNow, togetherIn, verdictOn } from './failure-rules.ts';
import type { Stay } from './presence.ts';

const start = new Date('2026-11-24T09:00:00Z').getTime();
const at = (minutes: number): Date => new Date(start + minutes * 60_000);
const seat = (id: string, more: Partial<SeatNow> = {}): SeatNow => ({
  id,
  kind: id === 'host' ? 'worker' : id === 'citizen' ? 'citizen' : 'guest',
  state: 'admitted',
  since: at(0),
  byPhone: false,
  ...more,
});
const stay = (
  seatId: string,
  from: number,
  to: number | null = null,
  gone: GoneReason = 'vanished',
): Stay => ({
  seatId,
  participant: `PA_${seatId}_${from}`,
  joinedAt: at(from),
  leftAt: to === null ? null : at(to),
  gone: to === null ? null : gone,
});
const call = (seats: readonly SeatNow[], stays: readonly Stay[]): CallNow => ({
  seats,
  stays,
  startsAt: at(0),
  closesAt: at(300),
});
const rules = { afterMinutes: 3 };
const verdict = (of: CallNow, minutes: number) => verdictOn(of, rules, at(minutes));
const both = [seat('host'), seat('citizen')];

describe('a call that is on', () => {
  it('goes on while they are together', () => {
    expect(verdict(call(both, [stay('host', 0), stay('citizen', 1)]), 240)).toEqual({ what: 'nothing' });
  });

  it('fails when the citizen vanished for as long as was agreed, and not before', () => {
    const dropped = call(both, [stay('host', 0), stay('citizen', 1, 20)]);
    expect(verdict(dropped, 22.9)).toEqual({ what: 'nothing' });
    expect(verdict(dropped, 23)).toEqual({ what: 'fail', step: 'dropped' });
  });

  it('fails when somebody was let in and the host never came, as long after it was to begin as was agreed', () => {
    const host = seat('host', { state: 'invited', since: at(-60) });
    const alone = call([host, seat('citizen', { since: at(-20) })], [stay('citizen', -20)]);
    expect(verdict(alone, 2.9)).toEqual({ what: 'nothing' });
    expect(verdict(alone, 3)).toEqual({ what: 'fail', step: 'network-blocked' });
    const late = call([host, seat('citizen', { since: at(10) })], [stay('citizen', 10)]);
    expect(verdict(late, 12.9)).toEqual({ what: 'nothing' });
    expect(verdict(late, 13)).toEqual({ what: 'fail', step: 'network-blocked' });
    const byPhone = call([host, seat('citizen', { since: at(0), byPhone: true })], []);
    expect(verdict(byPhone, 20)).toEqual({ what: 'nothing' });
  });

  it('fails when both vanished at once, as when the media server goes down', () => {
    const dropped = call(both, [stay('host', 0, 20), stay('citizen', 1, 20)]);
    expect(verdict(dropped, 23)).toEqual({ what: 'fail', step: 'dropped' });
  });

  it('has not failed when who vanished is back within the time', () => {
    expect(verdict(call(both, [stay('host', 0), stay('citizen', 1, 20), stay('citizen', 22)]), 40)).toEqual({
      what: 'nothing',
    });
  });

  it('has not failed when the citizen hangs up: it is recorded after ten minutes without a finish', () => {
    const hungUp = call(both, [stay('host', 0), stay('citizen', 1, 20, 'hung-up')]);
    expect(verdict(hungUp, 29.9)).toEqual({ what: 'nothing' });
    expect(verdict(hungUp, 30)).toEqual({ what: 'finish' });
  });

  it('believes the page that says goodbye more than the network that loses it', () => {
    const seats = [seat('host'), seat('citizen', { state: 'left', since: at(20) })];
    for (const told of [stay('citizen', 1, 20.2), stay('citizen', 1), stay('citizen', 1, 19.99)]) {
      expect(verdict(call(seats, [stay('host', 0), told]), 24)).toEqual({ what: 'nothing' });
      expect(verdict(call(seats, [stay('host', 0), told]), 30.5)).toEqual({ what: 'finish' });
    }
  });

  it('has not failed when the host vanishes and the citizen, tired of waiting, hangs up', () => {
    const stays = [stay('host', 0, 20), stay('citizen', 1, 22, 'hung-up')];
    expect(verdict(call(both, stays), 23)).toEqual({ what: 'nothing' });
    expect(verdict(call(both, stays), 30)).toEqual({ what: 'finish' });
  });

  it('fails all the same when the citizen vanishes and the host goes to the telephone', () => {
    const stays = [stay('host', 0, 21, 'hung-up'), stay('citizen', 1, 20)];
    expect(verdict(call(both, stays), 23)).toEqual({ what: 'fail', step: 'dropped' });
  });

  it('is not recorded while somebody is back in the waiting room', () => {
    const seats = [seat('host'), seat('citizen', { state: 'waiting', since: at(28) })];
    const stays = [stay('host', 0), stay('citizen', 1, 20, 'hung-up')];
    expect(verdict(call(seats, stays), 35)).toEqual({ what: 'nothing' });
  });

  it('fails when nobody gets through after both were let in', () => {
    const seats = [seat('host', { since: at(2) }), seat('citizen', { since: at(5) })];
    expect(verdict(call(seats, []), 7.9)).toEqual({ what: 'nothing' });
    expect(verdict(call(seats, []), 8)).toEqual({ what: 'fail', step: 'media-down' });
    expect(verdict(call(seats, [stay('host', 2)]), 8)).toEqual({ what: 'fail', step: 'network-blocked' });
  });

  it('does not fail while only the host is there: who has not come has not failed', () => {
    const seats = [seat('host'), seat('citizen', { state: 'invited' })];
    expect(verdict(call(seats, [stay('host', 0)]), 60)).toEqual({ what: 'nothing' });
    expect(verdict(call(seats, [stay('host', 0)]), 300)).toEqual({ what: 'close' });
  });

  it('does not fail for a citizen who looked in and hung up before the host came', () => {
    const stays = [stay('citizen', 1, 2, 'hung-up'), stay('host', 5)];
    expect(verdict(call([seat('host', { since: at(5) }), seat('citizen')], stays), 20)).toEqual({
      what: 'nothing',
    });
  });

  it('fails when who came back and was let in anew cannot connect', () => {
    const seats = [seat('host'), seat('citizen', { since: at(25) })];
    const stays = [stay('host', 0), stay('citizen', 1, 20, 'hung-up')];
    expect(verdict(call(seats, stays), 28)).toEqual({ what: 'fail', step: 'network-blocked' });
  });

  it('counts a citizen on the telephone as there, from when the host let them in', () => {
    const seats = [seat('host'), seat('citizen', { byPhone: true, since: at(4) })];
    expect(verdict(call(seats, [stay('host', 0)]), 60)).toEqual({ what: 'nothing' });
    expect(togetherIn(call(seats, [stay('host', 0)]), at(24)).minutes).toBe(20);
    expect(verdict(call(seats, []), 60)).toEqual({ what: 'nothing' });
  });

  it('counts the host as there with whoever telephones, from wherever they let them in', () => {
    const seats = [seat('host', { state: 'invited' }), seat('citizen', { byPhone: true, since: at(4) })];
    expect(togetherIn(call(seats, []), at(24)).minutes).toBe(20);
    const goodbye = [seat('host', { state: 'left', since: at(14) }), ...seats.slice(1)];
    expect(togetherIn(call(goodbye, []), at(24)).minutes).toBe(10);
    expect(verdict(call(goodbye, []), 24)).toEqual({ what: 'finish' });
  });

  it('leaves a telephone that nobody put down to the worker, and records no hours of talk', () => {
    const seats = [seat('host', { state: 'invited' }), seat('citizen', { byPhone: true, since: at(4) })];
    expect(verdict(call(seats, []), 299)).toEqual({ what: 'nothing' });
    expect(verdict(call(seats, []), 300)).toEqual({ what: 'close' });
  });

  it('goes on for the others of a meeting when one of them vanishes', () => {
    const seats = [...both, seat('aunt')];
    const stays = [stay('host', 0), stay('citizen', 0), stay('aunt', 0, 10)];
    expect(verdict(call(seats, stays), 60)).toEqual({ what: 'nothing' });
  });
});

describe('whatever happens in a call', () => {
  const anyCall = fc.record({
    seats: fc.tuple(
      ...['host', 'citizen', 'aunt'].map((id) =>
        fc
          .record({ state: fc.constantFrom(...seatStates), since: fc.nat(60), byPhone: fc.boolean() })
          .map((more) => seat(id, { ...more, since: at(more.since) })),
      ),
    ),
    stays: fc.array(
      fc
        .record({
          seatId: fc.constantFrom('host', 'citizen', 'aunt'),
          from: fc.nat(60),
          length: fc.option(fc.nat(30), { nil: null }),
          gone: fc.constantFrom(...goneReasons),
        })
        .map(({ seatId, from, length, gone }) =>
          stay(seatId, from, length === null ? null : from + length, gone),
        ),
      { maxLength: 6 },
    ),
  });

  it('it is never ended while host and another are together, and comes to an end after its time if they are not', () => {
    fc.assert(
      fc.property(anyCall, fc.integer({ min: 60, max: 120 }), ({ seats, stays }, minutes) => {
        const one = call(seats, stays);
        const had = togetherIn(one, at(minutes));
        const found = verdict(one, minutes);
        if (had.goesOn) expect(found.what).toBe('nothing');
        if (found.what === 'finish') expect(had.spans.length).toBeGreaterThan(0);
        if (found.what === 'close') expect(had.spans).toEqual([]);
        if (!togetherIn(one, at(400)).goesOn) expect(verdict(one, 400).what).not.toBe('nothing');
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is told of a failure', () => {
  const agreed = { caller: 'worker', afterMinutes: 3, speakAgain: 'by-phone-at-once' } as const;

  it('is who phones, and until when', () => {
    const failed = failureOf({ failedAt: at(10), failedStep: 'dropped' }, agreed, at(0));
    expect(failed).toEqual({
      step: 'dropped',
      at: at(10),
      caller: 'worker',
      phonesBy: at(13),
      speakAgain: 'by-phone-at-once',
    });
    expect(failureOf({ failedAt: null, failedStep: null }, agreed, at(0))).toBeNull();
  });

  it('promises no call before the time that was planned', () => {
    const failed = failureOf({ failedAt: at(-20), failedStep: 'camera-refused' }, agreed, at(0));
    expect(failed?.phonesBy).toEqual(at(3));
  });

  it('names each step in a way that visits know', () => {
    for (const step of troubleSteps)
      for (const begun of [true, false]) expect(failureSteps).toContain(failureStepOf(step, begun));
    expect(failureStepOf('camera-refused', false)).toBe('not-started');
    expect(failureStepOf('media-down', true)).toBe('dropped');
  });
});
