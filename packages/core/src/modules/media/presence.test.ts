import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GoneReason, SeatKind } from '../../contract/call-codes.ts';
import {
  follow,
  goneOf,
  inWholeMinutes,
  isPresent,
  type PresenceEvent,
  type Stay,
  together,
} from './presence.ts';

const start = new Date('2026-11-24T09:00:00Z').getTime();
const at = (seconds: number): Date => new Date(start + seconds * 1000);
const kinds: Readonly<Record<string, SeatKind>> = { host: 'worker', citizen: 'citizen', aunt: 'guest' };
const kindOf = (seatId: string): SeatKind | undefined => kinds[seatId];
const stay = (seatId: string, from: number, to: number | null, gone: GoneReason = 'hung-up'): Stay => ({
  seatId,
  participant: `PA_${seatId}_${from}`,
  joinedAt: at(from),
  leftAt: to === null ? null : at(to),
  gone: to === null ? null : gone,
});
const joined = (seatId: string, participant: string, seconds: number): PresenceEvent => ({
  type: 'joined',
  seatId,
  participant,
  at: at(seconds),
});
const left = (
  seatId: string,
  participant: string,
  from: number,
  to: number,
  gone: GoneReason = 'hung-up',
): PresenceEvent => ({ type: 'left', seatId, participant, joinedAt: at(from), at: at(to), gone });

describe('time together', () => {
  it('counts while host and somebody else are in, and nothing else', () => {
    const stays = [stay('host', 0, 1800), stay('citizen', 600, 1500), stay('aunt', 1400, 1700)];
    const found = together(stays, kindOf, at(9000));
    expect(found.spans).toEqual([{ startsAt: at(600), endsAt: at(1700) }]);
    expect(found.minutes).toBe(18);
    expect(found.endedBy).toEqual([{ seatId: 'aunt', gone: 'hung-up' }]);
  });

  it('is nothing among guests without the host, nor for seats nobody knows', () => {
    const stays = [stay('citizen', 0, 600), stay('aunt', 0, 600), stay('stranger', 0, 600)];
    expect(together(stays, kindOf, at(900))).toEqual({ spans: [], goesOn: false, minutes: 0, endedBy: [] });
  });

  it('goes on until now while both are in', () => {
    const found = together([stay('host', 0, null), stay('citizen', 60, null)], kindOf, at(300));
    expect(found).toMatchObject({ goesOn: true, minutes: 4, endedBy: [] });
    expect(found.spans).toEqual([{ startsAt: at(60), endsAt: at(300) }]);
  });

  it('has begun in the very moment in which the second one comes', () => {
    const found = together([stay('host', 0, null), stay('citizen', 60, null)], kindOf, at(60));
    expect(found).toMatchObject({ goesOn: true, spans: [{ startsAt: at(60), endsAt: at(60) }] });
  });

  it('counts a seat that comes back before it was known to be gone once', () => {
    const stays = [
      stay('host', 0, 600),
      stay('citizen', 0, 300, 'vanished'),
      { ...stay('citizen', 200, 600), participant: 'PA_again' },
    ];
    expect(together(stays, kindOf, at(900))).toMatchObject({ minutes: 10, spans: [{ startsAt: at(0) }] });
  });

  it('ends a stay whose end was never told where the next of that seat begins', () => {
    const stays = [stay('host', 0, null), stay('citizen', 0, null), stay('citizen', 400, 600, 'vanished')];
    const found = together(stays, kindOf, at(1200));
    expect(found.spans).toEqual([{ startsAt: at(0), endsAt: at(600) }]);
    expect(found.endedBy).toEqual([{ seatId: 'citizen', gone: 'vanished' }]);
    expect(isPresent(stays, 'citizen')).toBe(false);
    expect(isPresent(stays, 'host')).toBe(true);
  });

  it('tells who vanished from who hung up', () => {
    const stays = [stay('host', 0, null), stay('citizen', 0, 300, 'vanished')];
    expect(together(stays, kindOf, at(400)).endedBy).toEqual([{ seatId: 'citizen', gone: 'vanished' }]);
    expect(goneOf(stays, 'citizen')).toBe('vanished');
    expect(goneOf(stays, 'host')).toBeNull();
  });
});

describe('events of the media server', () => {
  it('count once, however often they come', () => {
    const events = [
      joined('citizen', 'PA_1', 0),
      left('citizen', 'PA_1', 0, 60),
      joined('citizen', 'PA_1', 0),
    ];
    const stays = [...events, ...events].reduce<readonly Stay[]>(follow, []);
    expect(stays).toEqual([{ ...stay('citizen', 0, 60), participant: 'PA_1' }]);
  });

  it('close what is open when the room is finished, as not hung up by anybody', () => {
    const events: PresenceEvent[] = [
      joined('host', 'PA_1', 0),
      joined('citizen', 'PA_2', 5),
      { type: 'finished', at: at(90), gone: 'call-ended' },
    ];
    const stays = events.reduce<readonly Stay[]>(follow, []);
    expect(stays.map(({ leftAt, gone }) => ({ leftAt, gone }))).toEqual([
      { leftAt: at(90), gone: 'call-ended' },
      { leftAt: at(90), gone: 'call-ended' },
    ]);
  });

  it("leave a newer stay alone when an older room's end arrives late", () => {
    const events: PresenceEvent[] = [
      joined('host', 'PA_2', 200),
      { type: 'finished', at: at(90), gone: 'vanished' },
    ];
    expect(isPresent(events.reduce<readonly Stay[]>(follow, []), 'host')).toBe(true);
  });

  it('end up the same in whatever order they arrive', () => {
    const seats = fc.constantFrom('host', 'citizen', 'aunt');
    const visits = fc.uniqueArray(
      fc.record({
        seatId: seats,
        from: fc.nat(500),
        length: fc.nat(300),
        gone: fc.constantFrom('hung-up', 'vanished'),
      }),
      { maxLength: 6, selector: ({ seatId, from }) => `${seatId}${from}` },
    );
    fc.assert(
      fc.property(visits, fc.infiniteStream(fc.nat()), (list, order) => {
        const events = list.flatMap(({ seatId, from, length, gone }, index) => [
          joined(seatId, `PA_${index}`, from),
          left(seatId, `PA_${index}`, from, from + length, gone as GoneReason),
        ]);
        const shuffled = events
          .map((event) => ({ event, place: order.next().value as number }))
          .sort((a, b) => a.place - b.place)
          .flatMap(({ event }) => (event.at.getTime() % 2000 === 0 ? [event, event] : [event]));
        const sorted = (stays: readonly Stay[]) =>
          stays.toSorted((a, b) => a.participant.localeCompare(b.participant));
        expect(sorted(shuffled.reduce<readonly Stay[]>(follow, []))).toEqual(
          sorted(events.reduce<readonly Stay[]>(follow, [])),
        );
      }),
    );
  });
});

const anyStays = fc.array(
  fc.record({
    seatId: fc.constantFrom('host', 'host', 'citizen', 'aunt'),
    from: fc.nat(900),
    length: fc.option(fc.nat(400), { nil: null, freq: 8 }),
  }),
  { maxLength: 8 },
);
const staysOf = (list: readonly { seatId: string; from: number; length: number | null }[]): Stay[] =>
  list.map(({ seatId, from, length }, index) => ({
    ...stay(seatId, from, length === null ? null : from + length),
    participant: `PA_${index}`,
  }));
const now = 1000;

describe('whatever happens', () => {
  it('time together is that of a count second by second', () => {
    fc.assert(
      fc.property(anyStays, (list) => {
        const stays = staysOf(list);
        const isIn = (seatId: string, second: number): boolean =>
          stays.some((own) => {
            if (own.seatId !== seatId || own.joinedAt > at(second)) return false;
            const next = stays
              .filter((one) => one.seatId === seatId && one !== own && one.joinedAt >= own.joinedAt)
              .map((one) => one.joinedAt.getTime());
            const end = own.leftAt?.getTime() ?? Math.min(...next, at(now).getTime());
            return at(second).getTime() < end;
          });
        let seconds = 0;
        for (let second = 0; second < now; second += 1)
          if (isIn('host', second) && (isIn('citizen', second) || isIn('aunt', second))) seconds += 1;
        const { spans, minutes } = together(stays, kindOf, at(now));
        const lengthMs = spans.reduce(
          (sum, span) => sum + span.endsAt.getTime() - span.startsAt.getTime(),
          0,
        );
        expect(lengthMs / 1000).toBe(seconds);
        expect(minutes).toBe(Math.round(seconds / 60));
        for (const [index, span] of spans.entries()) {
          const before = spans[index - 1];
          if (before !== undefined) expect(span.startsAt > before.endsAt).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('parts in whole minutes add up to the minutes, apart from each other and near the truth', () => {
    fc.assert(
      fc.property(anyStays, (list) => {
        const { spans, minutes } = together(staysOf(list), kindOf, at(now));
        const parts = inWholeMinutes(spans);
        let sum = 0;
        for (const [index, { startsAt, endsAt }] of parts.entries()) {
          expect(startsAt.getTime() % 60_000).toBe(0);
          const length = (endsAt.getTime() - startsAt.getTime()) / 60_000;
          expect(Number.isInteger(length) && length >= 1).toBe(true);
          sum += length;
          const before = parts[index - 1];
          if (before !== undefined) expect(startsAt > before.endsAt).toBe(true);
        }
        expect(sum).toBe(minutes);
        const [last, end] = [parts.at(-1), spans.at(-1)?.endsAt];
        if (last !== undefined && end !== undefined)
          expect(last.endsAt.getTime() - end.getTime()).toBeLessThanOrEqual(60_000);
      }),
      { numRuns: 300 },
    );
  });
});
