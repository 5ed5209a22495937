import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Actor } from '../../identity/index.ts';
import { createHistoryFixture, type HistoryFixture, type Past } from '../granted/fixture.ts';
import { createReviews, listDueCodes, listReviews, type ReviewsService } from './service.ts';

describe('reviews of contact by video alone', () => {
  let world: HistoryFixture;
  let reviews: ReviewsService;
  let worker: Actor;
  let other: Actor;

  const video = (local: string): Past => ({ planned: [local, 20], parts: [['video', local, 20]] });
  const inPerson = (local: string): Past => ({
    channel: 'physical',
    planned: [local, 45],
    parts: [['physical', local, 45]],
  });
  const citizenWith = async (own: Actor, ...past: readonly Past[]): Promise<string> => {
    const code = await world.citizen(own);
    for (const visit of past) await world.visit(code, own, visit);
    return code;
  };
  const list = (actor: Actor, wish: { worker?: string; all?: boolean } = {}) =>
    world.as(actor, (tx) => listReviews(tx, actor, { all: false, ...wish, now: world.clock.now() }));
  const answer = (actor: Actor, code: string, word: 'thrives' | 'visit-planned' = 'thrives') =>
    world.as(actor, (tx) => reviews.answer(tx, actor, code, { answer: word }));
  const due = (of: Actor) => world.as(of, (tx) => listDueCodes(tx, of, of.staffId, world.clock.now()));

  // It is 24 November; six weeks back is 13 October, a day within which belongs to them.
  let alone: string;
  let neverMet: string;

  beforeAll(async () => {
    world = await createHistoryFixture();
    reviews = createReviews(world);
    worker = await world.worker('BM01');
    other = await world.worker('BM02');
    alone = await citizenWith(
      worker,
      video('2026-08-03T10:00'),
      inPerson('2026-09-30T10:00'),
      video('2026-10-13T10:00'),
      video('2026-11-19T10:00'),
    );
    neverMet = await citizenWith(other, video('2026-06-01T10:00'), video('2026-11-02T10:00'));
  });
  afterAll(() => world.close());

  it('are due for those seen in no other way for the weeks of the rule', async () => {
    expect(await list(worker)).toEqual([
      {
        citizen: alone,
        worker: 'BM01',
        videoSince: '2026-10-13',
        lastInPerson: '2026-09-30',
        weeks: 6,
        lastAnswer: null,
        due: true,
      },
    ]);
    expect(await list(other)).toMatchObject([
      { citizen: neverMet, videoSince: '2026-06-01', lastInPerson: null, weeks: 25 },
    ]);
    expect([await due(worker), await due(other)]).toEqual([[alone], [neverMet]]);
    const dueOfOther = await world.as(worker, (tx) =>
      listDueCodes(tx, worker, other.staffId, world.clock.now()),
    );
    expect(dueOfOther).toEqual([]);
  });

  it.each<[string, readonly Past[]]>([
    [
      'who was seen in person',
      [video('2026-09-01T10:00'), inPerson('2026-10-20T10:00'), video('2026-11-20T10:00')],
    ],
    [
      'whose visit by video turned into one in person',
      [
        video('2026-09-01T10:00'),
        {
          planned: ['2026-10-20T10:00', 30],
          parts: [
            ['video', '2026-10-20T10:00', 10],
            ['physical', '2026-10-20T10:30', 30],
          ],
        },
        video('2026-11-20T10:00'),
      ],
    ],
    ['whose visits by video began lately', [video('2026-10-14T10:00'), video('2026-11-20T10:00')]],
    ['who is no longer seen by video', [video('2026-09-01T10:00'), video('2026-10-13T10:00')]],
    [
      'whose calls were cancelled or failed',
      [
        video('2026-09-01T10:00'),
        { state: 'cancelled', planned: ['2026-11-10T10:00', 20], parts: [['video', '2026-11-10T10:00', 5]] },
        { state: 'failed', planned: ['2026-11-12T10:00', 20], parts: [['video', '2026-11-12T10:00', 2]] },
        { state: 'planned', planned: ['2026-11-26T10:00', 20] },
      ],
    ],
  ])('are not due for somebody %s', async (_, past) => {
    const someone = await world.worker();
    const code = await citizenWith(someone, ...past);
    expect(await list(someone, { all: true })).toEqual([]);
    await expect(answer(someone, code)).rejects.toMatchObject({ code: 'review_not_due' });
  });

  it('come although a visit in person was cancelled or futile', async () => {
    const someone = await world.worker();
    const code = await citizenWith(
      someone,
      video('2026-09-01T10:00'),
      { channel: 'physical', state: 'cancelled', planned: ['2026-10-28T10:00', 45] },
      {
        channel: 'physical',
        state: 'futile',
        planned: ['2026-11-04T10:00', 45],
        parts: [['waiting', '2026-11-04T10:00', 10]],
      },
      video('2026-11-20T10:00'),
    );
    expect(await due(someone)).toEqual([code]);
  });

  it('are answered once, told to the ledger, and asked for again after as many weeks', async () => {
    const before = (await world.leaves()).length;
    expect(await answer(worker, alone)).toBe(alone);
    expect((await world.leaves()).slice(before)).toEqual([
      { type: 'contact.reviewed', subject: expect.any(String), answer: 'thrives', on: '2026-11-24' },
    ]);
    const { rows } = await world.superuser.query(
      `SELECT type, entity_kind, entity_id, data FROM change_event WHERE type = 'citizen.contact-reviewed'`,
    );
    expect(rows).toEqual([
      {
        type: 'citizen.contact-reviewed',
        entity_kind: 'citizen',
        entity_id: alone,
        data: { answer: 'thrives' },
      },
    ]);
    expect(await list(worker)).toEqual([]);
    expect(await due(worker)).toEqual([]);
    expect(await list(worker, { all: true })).toMatchObject([
      { citizen: alone, due: false, lastAnswer: { answer: 'thrives', on: '2026-11-24', by: 'BM01' } },
    ]);
    await expect(answer(worker, alone)).rejects.toMatchObject({ code: 'review_not_due' });

    world.clock.advance(42 * 86_400_000);
    await world.visit(alone, worker, video('2026-12-28T10:00'));
    expect(await due(worker)).toEqual([alone]);
    await answer(worker, alone, 'visit-planned');
    expect((await list(worker, { all: true }))[0]?.lastAnswer?.answer).toBe('visit-planned');
    world.clock.advance(-42 * 86_400_000);
  });

  it('are answered by one of two at once', async () => {
    const someone = await world.worker();
    const code = await citizenWith(someone, video('2026-09-01T10:00'), video('2026-11-20T10:00'));
    const outcomes = await Promise.allSettled([answer(someone, code), answer(world.admin, code)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('go as far as the reach of whoever asks, and can be looked up by worker', async () => {
    const all = (await list(world.admin)).map(({ citizen }) => citizen);
    expect(all).toContain(neverMet);
    expect(all).toEqual([...all].sort());
    expect((await list(world.admin, { worker: 'BM02' })).map(({ citizen }) => citizen)).toEqual([neverMet]);
    expect(await list(worker, { worker: 'BM02' })).toEqual([]);
    await expect(list(world.admin, { worker: 'ZZ99' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(answer(worker, neverMet)).rejects.toMatchObject({ code: 'not_found' });
    const reader = await world.actor(world.municipalityId, ['caseworker']);
    expect((await list(reader, { worker: 'BM02' })).length).toBe(1);
    await expect(answer(reader, neverMet)).rejects.toMatchObject({ code: 'not_allowed' });
    const stranger = await world.actor(await world.municipality('Sydby'), ['coordinator']);
    expect(await list(stranger)).toEqual([]);
  });

  it('follow the rule of the municipality, and end with an erasure', async () => {
    await world.superuser.query(`INSERT INTO visit_rules VALUES ($1, '{"videoOnlyWeeks": 26}', $2)`, [
      world.municipalityId,
      world.clock.now(),
    ]);
    expect(await due(other)).toEqual([]);
    await world.superuser.query('DELETE FROM visit_rules');
    expect(await due(other)).toEqual([neverMet]);
    await world.superuser.query('UPDATE citizen SET erased_at = $2 WHERE code = $1', [
      neverMet,
      world.clock.now(),
    ]);
    expect(await due(other)).toEqual([]);
  });
});
