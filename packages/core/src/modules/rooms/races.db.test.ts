import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alternative } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { createRoomsFixture, type RoomsFixture } from './fixture.ts';

describe('many who want the same room at once', () => {
  let fixture: RoomsFixture;
  beforeAll(async () => {
    fixture = await createRoomsFixture({ app: 16, worker: 2 });
  });
  afterAll(() => fixture.close());

  it('leave one booking among 200, within a second, and the others are told what is free', async () => {
    const { room, worker, book, overlaps, superuser } = fixture;
    const wanted = await room({ name: 'Eftertragtet', bufferMinutes: 5 });
    await room({ name: 'Nabo' });
    const workers = await Promise.all(Array.from({ length: 200 }, () => worker()));
    // The first statements of a connection prepare themselves; the service has done that long before a Monday morning.
    await Promise.all(
      workers
        .slice(0, 16)
        .map((actor, n) =>
          book(actor, wanted, new Date(Date.UTC(2026, 11, 1, n)), new Date(Date.UTC(2026, 11, 1, n, 30))),
        ),
    );

    const began = performance.now();
    const outcomes = await Promise.allSettled(
      workers.map((actor, n) => {
        const startsAt = Date.UTC(2026, 10, 24, 9, n % 25);
        return book(actor, wanted, new Date(startsAt), new Date(startsAt + 30 * 60_000));
      }),
    );
    const elapsed = performance.now() - began;

    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled') continue;
      expect(outcome.reason).toBeInstanceOf(DomainError);
      expect(outcome.reason.code).toBe('room_taken');
      const alternatives = alternative.array().parse(outcome.reason.details.alternatives);
      expect(alternatives.map((one) => one.kind)).toEqual(
        expect.arrayContaining(['other-time', 'other-room']),
      );
    }
    const { rows } = await superuser.query(
      `SELECT 1 FROM booking WHERE room_id = $1 AND starts_at < '2026-11-25'`,
      [wanted],
    );
    expect(rows).toHaveLength(1);
    expect(await overlaps()).toBe(0);
    console.log(`200 attempts: ${Math.round(elapsed)} ms`);
    expect(elapsed).toBeLessThan(1_000);
  });
});
