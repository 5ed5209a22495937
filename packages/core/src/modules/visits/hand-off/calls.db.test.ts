import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { maxAttempts } from '../../../jobs/outbox-dispatch.ts';
import { answering, createHandOffWorld, type HandOffWorld, isSigned, taking, textOf } from './fixture.ts';

describe('a call of the case system', () => {
  let w: HandOffWorld;
  beforeAll(async () => {
    w = await createHandOffWorld();
  });
  beforeEach(async () => {
    w.clock.set('2026-11-24T12:00:00Z');
    await w.superuser.query(
      'TRUNCATE outbox_message, hand_off, visit_note, visit_part, visit_participant, visit CASCADE',
    );
  });
  afterEach(() => w.quiet());
  afterAll(() => w.close());

  it('hands off text, case number and note, signed, and keeps the receipt', async () => {
    const receiver = await w.receiver();
    const citizen = await w.citizenOf({ identity: { reference: 'SAG-2026-77' } });
    const visit = await w.record(citizen, { note: 'Vil gerne have musik på næste gang.' });
    const dispatcher = w.dispatch(receiver.url);
    await dispatcher.until('sent');

    const [got] = receiver.received;
    if (got === undefined) throw new Error('nothing came');
    expect(isSigned(got, w.secret, w.clock.now())).toBe(true);
    expect(isSigned({ ...got, body: `${got.body} ` }, w.secret, w.clock.now())).toBe(false);
    expect(JSON.parse(got.body)).toEqual({
      type: 'visit.handed-off',
      timestamp: '2026-11-24T12:00:00.000Z',
      data: {
        municipality: w.municipalityId,
        visit,
        revision: 1,
        citizen,
        reference: 'SAG-2026-77',
        worker: 'AB',
        channel: 'video',
        outcome: 'held',
        startsAt: '2026-11-24T09:00:00.000Z',
        endsAt: '2026-11-24T09:20:00.000Z',
        minutes: { video: 20, physical: 0, phone: 0, travel: 0, waiting: 0 },
        purposes: [],
        topics: ['struktur på dagen'],
        participants: [],
        text: 'Uplanlagt skærmbesøg tirsdag den 24. november 2026 kl. 10.00–10.20 (20 minutter). Emner: struktur på dagen.',
        note: 'Vil gerne have musik på næste gang.',
      },
    });
    expect(await w.handedOff(visit)).toMatchObject([
      { revision: 1, state: 'delivered', way: 'call', receipt: 'KVIT-1' },
    ]);
    expect((await w.leaves()).filter(({ type }) => type === 'visit.handed-off')).toContainEqual({
      type: 'visit.handed-off',
      visit,
      revision: 1,
      way: 'call',
    });
    // The system read it, and that is written down as any other reading.
    expect(await w.readings(citizen)).toEqual([
      { staff_id: null, kind: 'hand-off', reason: 'documentation' },
    ]);
  });

  it.each([
    ['a header', (r) => void r.writeHead(202, { 'x-receipt': ' R-1 ' }).end(), 'R-1'],
    ['no receipt', (r) => void r.writeHead(204).end(), null],
    ['JSON without one', (r) => void r.writeHead(200).end('{"ok":true}'), null],
    ['something else than JSON', (r) => void r.writeHead(200).end('<html>'), null],
    ['one too long', (r) => void r.writeHead(200).end(JSON.stringify({ receipt: 'x'.repeat(201) })), null],
    ['one with control characters', (r) => void r.writeHead(200).end('{"receipt":"a\\u0000b"}'), null],
    ['one like a CPR number', (r) => void r.writeHead(200).end('{"receipt":"010190-1234"}'), null],
    ['an answer of megabytes', (r) => void r.writeHead(200).end('x'.repeat(3_000_000)), null],
  ] as const satisfies readonly (readonly [
    string,
    Parameters<HandOffWorld['receiver']>[0] & object,
    string | null,
  ])[])('counts as handed off when the other side answers with %s', async (_, answer, receipt) => {
    const receiver = await w.receiver(answer);
    const visit = await w.record(await w.citizenOf());
    await w.dispatch(receiver.url).until('sent');
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered', way: 'call', receipt }]);
    expect(receiver.received).toHaveLength(1);
  });

  it('counts as handed off when the answer never ends', async () => {
    const receiver = await w.receiver((response) => void response.writeHead(200).write('{'));
    const visit = await w.record(await w.citizenOf());
    await w.dispatch(receiver.url, { answerTimeoutMs: 2_000 }).until('sent');
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered', way: 'call', receipt: null }]);
    expect(receiver.received).toHaveLength(1);
  });

  it.each([
    ['refuses connections', null],
    ['answers 503', answering(503)],
  ] as const)(
    'survives an hour in which the other side %s, and hands off each visit once',
    async (_, answer) => {
      const visits: string[] = [];
      for (const local of ['2026-11-24T09:00', '2026-11-24T10:00', '2026-11-24T11:00'])
        visits.push(await w.record(await w.citizenOf(), { local }));
      const down = await w.receiver(answer ?? taking);
      if (answer === null) await down.close();
      const dispatcher = w.dispatch(down.url);
      const begun = w.clock.now().getTime();
      // Minute by minute; each time whatever is due is tried before the clock goes on.
      for (let minute = 0; minute < 60; minute += 1) {
        dispatcher.wake();
        await expect
          .poll(
            async () =>
              (
                await w.rowsOf<{ n: string }>(
                  `SELECT count(*) AS n FROM outbox_message WHERE state = 'pending' AND (next_attempt_at <= $1 OR leased_until > $1)`,
                  [w.clock.now()],
                )
              )[0]?.n,
            { interval: 3 },
          )
          .toBe('0');
        w.clock.advance(60_000);
      }
      expect(dispatcher.attempts.length).toBeGreaterThanOrEqual(3 * 5);
      expect(new Set(dispatcher.attempts)).toEqual(new Set(['retry']));
      for (const visit of visits)
        expect(await w.handedOff(visit)).toMatchObject([{ state: 'waiting', way: null, receipt: null }]);

      if (answer === null) await w.receiver(taking, down.port);
      else down.answer(taking);
      const tried = down.received.length;
      // What was tried last within the hour comes within the next.
      w.clock.set(new Date(begun + 2 * 3_600_000 + 60_000));
      dispatcher.wake();
      await expect.poll(() => dispatcher.attempts.filter((outcome) => outcome === 'sent').length).toBe(3);
      for (const visit of visits)
        expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered', way: 'call' }]);
      if (answer !== null) {
        expect(down.received.length - tried).toBe(3);
        expect(new Set(down.ids()).size).toBe(3);
      }
      // Nothing more comes, however long one waits.
      w.clock.advance(10 * 3_600_000);
      dispatcher.wake();
      expect((await w.messages()).map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    },
  );

  it('tries again after 500, under the same id', async () => {
    const receiver = await w.receiver(answering(500));
    const visit = await w.record(await w.citizenOf());
    const dispatcher = w.dispatch(receiver.url);
    await dispatcher.until('retry');
    expect((await w.messages())[0]).toMatchObject({ state: 'pending', last_error: 'answered 500' });
    receiver.answer(taking);
    w.clock.advance(5_000);
    dispatcher.wake();
    await dispatcher.until('retry', 'sent');
    expect(new Set(receiver.ids()).size).toBe(1);
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered', receipt: 'KVIT-2' }]);
  });

  it('waits as long as 429 asks, and not a second less', async () => {
    const receiver = await w.receiver(answering(429, { 'retry-after': '900' }));
    const visit = await w.record(await w.citizenOf());
    const dispatcher = w.dispatch(receiver.url);
    await dispatcher.until('retry');
    receiver.answer(taking);
    const [message] = await w.messages();
    expect(message?.next_attempt_at).toEqual(new Date(w.clock.now().getTime() + 900_000));
    w.clock.advance(899_000);
    // A message that is due now tells that the dispatcher has looked.
    const other = await w.record(await w.citizenOf(), { local: '2026-11-24T11:00' });
    dispatcher.wake();
    await dispatcher.until('retry', 'sent');
    expect(receiver.documents().map((document) => document.visit)).toEqual([visit, other]);
    w.clock.advance(1_000);
    dispatcher.wake();
    await dispatcher.until('retry', 'sent', 'sent');
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered' }]);
  });

  it('takes a time-out as not known: it is repeated under the same id, and nobody else hands it off', async () => {
    const receiver = await w.receiver(() => undefined);
    const citizen = await w.citizenOf();
    const visit = await w.record(citizen);
    const impatient = w.dispatch(receiver.url, { answerTimeoutMs: 100 });
    await impatient.until('retry');
    await impatient.close();
    expect((await w.messages())[0]).toMatchObject({ state: 'pending', last_error: 'TimeoutError' });
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'waiting', way: 'call' }]);
    // It may have left, so it counts as read.
    expect(await w.readings(citizen)).toHaveLength(1);
    await expect(w.as(w.anna, (tx) => w.handOffs.markByHand(tx, w.anna, visit))).rejects.toMatchObject({
      code: 'hand_off_under_way',
    });
    const batch = { id: crypto.randomUUID(), format: 'json' } as const;
    const made = () =>
      w.as(w.coordinator, async (tx) => textOf(await w.handOffs.exportBatch(tx, w.coordinator, batch)));
    expect(await made()).toBe('[]\n');

    // A clear no to the repetition says nothing of the first one.
    receiver.answer(answering(500));
    w.clock.advance(5_000);
    const dispatcher = w.dispatch(receiver.url);
    await dispatcher.until('retry');
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'waiting', way: 'call' }]);

    receiver.answer(taking);
    w.clock.advance(10_000);
    dispatcher.wake();
    await dispatcher.until('retry', 'sent');
    expect(new Set(receiver.ids()).size).toBe(1);
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered', receipt: 'KVIT-3' }]);
  });

  it('says the same again under the same id when the answer to what arrived was lost', async () => {
    const receiver = await w.receiver((response) => void response.destroy());
    const visit = await w.record(await w.citizenOf());
    const dispatcher = w.dispatch(receiver.url);
    await dispatcher.until('retry');
    receiver.answer(taking);
    w.clock.advance(5_000);
    dispatcher.wake();
    await dispatcher.until('retry', 'sent');
    expect(new Set(receiver.ids()).size).toBe(1);
    expect(receiver.documents()[0]).toEqual(receiver.documents()[1]);
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered', way: 'call' }]);
  });

  it('is repeated under the same id when the process was killed before it wrote down the answer', async () => {
    const receiver = await w.receiver();
    const visit = await w.record(await w.citizenOf());
    await w.dispatch(receiver.url).until('sent');
    // As the database stands when the process dies in between.
    await w.superuser.query(
      `UPDATE hand_off SET state = 'waiting', way = 'call', handed_at = NULL, receipt = NULL WHERE visit_id = $1`,
      [visit],
    );
    await w.superuser.query(
      `UPDATE outbox_message SET state = 'pending', attempts = 1, leased_until = $1, done_at = NULL`,
      [new Date(w.clock.now().getTime() + 20_000)],
    );
    w.clock.advance(21_000);
    await expect.poll(() => receiver.received.length).toBe(2);
    expect(new Set(receiver.ids()).size).toBe(1);
    await expect.poll(async () => (await w.handedOff(visit))[0]?.state).toBe('delivered');
  });

  it('takes a final no as refused, until somebody asks for it again', async () => {
    const receiver = await w.receiver(answering(400));
    const visit = await w.record(await w.citizenOf());
    const dispatcher = w.dispatch(receiver.url);
    await dispatcher.until('dead');
    const [refused] = await w.handedOff(visit);
    expect(refused).toMatchObject({ state: 'refused', way: null });

    receiver.answer(taking);
    const retry = () => w.as(w.anna, (tx) => w.handOffs.retry(tx, w.anna, refused?.id ?? ''));
    await retry();
    await dispatcher.until('dead', 'sent');
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered', receipt: 'KVIT-2' }]);
    await expect(retry()).rejects.toMatchObject({ code: 'handed_off_already' });
  });

  it('is under way again when the operators try a dead message again', async () => {
    const receiver = await w.receiver(answering(400));
    const visit = await w.record(await w.citizenOf());
    const dispatcher = w.dispatch(receiver.url);
    await dispatcher.until('dead');
    const answered = Promise.withResolvers<void>();
    receiver.answer((response, nth) => void answered.promise.then(() => taking(response, nth)));
    // As the route of the outbox does it, which keeps the number of attempts.
    await w.superuser.query(
      `UPDATE outbox_message SET state = 'pending', next_attempt_at = $1, leased_until = NULL`,
      [w.clock.now()],
    );
    await expect.poll(() => receiver.received.length).toBe(2);
    await expect(w.as(w.anna, (tx) => w.handOffs.markByHand(tx, w.anna, visit))).rejects.toMatchObject({
      code: 'hand_off_under_way',
    });
    answered.resolve();
    await dispatcher.until('dead', 'sent');
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered', way: 'call' }]);
  });

  it('goes to the other side again when what it refused is corrected, still as the first revision', async () => {
    const receiver = await w.receiver(answering(422));
    const visit = await w.record(await w.citizenOf());
    const dispatcher = w.dispatch(receiver.url);
    await dispatcher.until('dead');
    receiver.answer(taking);
    await w.correct(visit, 25);
    await dispatcher.until('dead', 'sent');
    expect(receiver.documents()[1]).toMatchObject({ revision: 1, minutes: { video: 25 } });
    expect(receiver.documents()[1]?.text).not.toContain('Rettelse');
  });

  it('is refused when the dispatcher gives up, and can be handed off by hand then', async () => {
    const receiver = await w.receiver(answering(503));
    const visit = await w.record(await w.citizenOf());
    await w.superuser.query('UPDATE outbox_message SET attempts = $1', [maxAttempts - 1]);
    await w.dispatch(receiver.url).until('dead');
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'refused', way: null }]);
    await w.as(w.anna, (tx) => w.handOffs.markByHand(tx, w.anna, visit));
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'delivered', way: 'by-hand' }]);
  });

  it('is dropped where the visit was handed off by hand or in a file before', async () => {
    const receiver = await w.receiver();
    const [byHand, inFile] = [
      await w.record(await w.citizenOf()),
      await w.record(await w.citizenOf(), { local: '2026-11-24T11:00' }),
    ];
    await w.as(w.anna, (tx) => w.handOffs.markByHand(tx, w.anna, byHand));
    const batch = { id: crypto.randomUUID(), format: 'json' } as const;
    await w.as(w.coordinator, async (tx) => {
      for await (const piece of await w.handOffs.exportBatch(tx, w.coordinator, batch))
        expect(piece).not.toContain(byHand);
    });
    await w.dispatch(receiver.url).until('sent', 'sent');
    expect(receiver.received).toEqual([]);
    expect(await w.handedOff(byHand)).toMatchObject([{ way: 'by-hand' }]);
    expect(await w.handedOff(inFile)).toMatchObject([{ way: 'file', batch_id: batch.id }]);
  });

  it('takes nothing of a citizen who was erased while it waited', async () => {
    const receiver = await w.receiver();
    const citizen = await w.citizenOf();
    const visit = await w.record(citizen, { note: 'canary' });
    await w.superuser.query('DELETE FROM visit_note');
    await w.superuser.query(
      'DELETE FROM citizen_vault USING citizen WHERE citizen.id = citizen_id AND code = $1',
      [citizen],
    );
    await w.superuser.query('UPDATE citizen SET erased_at = $2 WHERE code = $1', [citizen, w.clock.now()]);
    await w.dispatch(receiver.url).until('sent');
    expect(receiver.received).toEqual([]);
    expect((await w.messages()).map(({ state }) => state)).toEqual(['done']);
    expect(await w.handedOff(visit)).toMatchObject([{ state: 'waiting' }]);
  });

  it('tells a correction as a revision of its own, which says what it replaces', async () => {
    const receiver = await w.receiver();
    const visit = await w.record(await w.citizenOf());
    const dispatcher = w.dispatch(receiver.url);
    await dispatcher.until('sent');
    await w.correct(visit, 35);
    await dispatcher.until('sent', 'sent');
    expect(receiver.documents().map(({ revision, minutes }) => [revision, minutes.video])).toEqual([
      [1, 20],
      [2, 35],
    ]);
    expect(receiver.documents()[1]?.text).toMatch(
      /^Rettelse \(erstatter udgave 1\)\. Uplanlagt skærmbesøg tirsdag den 24\. november 2026 kl\. 10\.00–10\.35/,
    );
    expect(new Set(receiver.ids()).size).toBe(2);
  });

  it('loses no correction that is made while the call is under way, and keeps the order', async () => {
    const corrected = Promise.withResolvers<void>();
    const receiver = await w.receiver((response) => {
      receiver.answer(taking);
      void corrected.promise.then(() => response.writeHead(503).end());
    });
    const visit = await w.record(await w.citizenOf());
    const first = w.dispatch(receiver.url, { answerTimeoutMs: 10_000 });
    await expect.poll(() => receiver.received.length).toBe(1);
    await w.correct(visit, 45);
    expect(await w.handedOff(visit)).toMatchObject([
      { revision: 1, state: 'waiting', way: 'call' },
      { revision: 2, state: 'waiting', way: null },
    ]);
    // Another process finds the correction due at once, but it does not overtake.
    const second = w.dispatch(receiver.url);
    await second.until('retry');
    expect((await w.messages()).map((message) => message.last_error)).toContain('EARLIER_REVISION_FIRST');
    corrected.resolve();
    await first.until('retry');
    await expect
      .poll(
        async () => {
          w.clock.advance(1_000);
          first.wake();
          return (await w.handedOff(visit)).map(({ state }) => state);
        },
        { timeout: 10_000 },
      )
      .toEqual(['delivered', 'delivered']);
    expect(receiver.documents().map(({ revision, minutes }) => [revision, minutes.video])).toEqual([
      [1, 20],
      [1, 45],
      [2, 45],
    ]);
  });

  it('lets no correction out by another way while the one before may still arrive', async () => {
    const receiver = await w.receiver((response) => void response.destroy());
    const visit = await w.record(await w.citizenOf());
    await w.dispatch(receiver.url).until('retry');
    await w.correct(visit, 45);
    const file = { id: crypto.randomUUID(), format: 'json' } as const;
    await w.as(w.coordinator, async (tx) => {
      for await (const piece of await w.handOffs.exportBatch(tx, w.coordinator, file))
        expect(piece).not.toContain(visit);
    });
    await expect(w.as(w.anna, (tx) => w.handOffs.markByHand(tx, w.anna, visit))).rejects.toMatchObject({
      code: 'hand_off_under_way',
    });
    expect(await w.handedOff(visit)).toMatchObject([
      { revision: 1, state: 'waiting', way: 'call' },
      { revision: 2, state: 'waiting', way: null },
    ]);
  });

  it('corrects what was not sent yet without another revision', async () => {
    const receiver = await w.receiver();
    const visit = await w.record(await w.citizenOf());
    await w.correct(visit, 15);
    await w.correct(visit, 30);
    await w.dispatch(receiver.url).until('sent');
    expect(receiver.documents()).toMatchObject([{ revision: 1, minutes: { video: 30 } }]);
    expect(await w.messages()).toHaveLength(1);
  });

  it('is made once however many processes share the outbox', async () => {
    const receiver = await w.receiver();
    for (let n = 0; n < 20; n += 1)
      await w.record(await w.citizenOf(), { local: `2026-11-24T0${1 + (n % 9)}:${10 + 2 * n}`, minutes: 1 });
    const [first, second] = [w.dispatch(receiver.url), w.dispatch(receiver.url)];
    await expect.poll(() => first.attempts.length + second.attempts.length).toBe(20);
    expect(receiver.received).toHaveLength(20);
    expect(new Set(receiver.ids()).size).toBe(20);
  });
});
