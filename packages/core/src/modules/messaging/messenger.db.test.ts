import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fromLocal, toLocal } from '../../kernel/time-zone.ts';
import { createMessagesFixture } from './fixture.ts';
import type { VisitNews } from './messenger.ts';

describe('the messages of a visit', () => {
  let w: Awaited<ReturnType<typeof createMessagesFixture>>;
  let citizen: string;
  beforeAll(async () => {
    w = await createMessagesFixture();
  });
  beforeEach(async () => {
    await w.forget();
    w.clock.set(fromLocal('2026-11-24T12:00'));
    citizen = await w.citizenId({}, 'sms');
  });
  afterAll(() => w.close());

  /** "kind state when" of each, in the order they were made. */
  const told = async (): Promise<string[]> =>
    (await w.rows()).map(
      ({ kind, state, send_at }) =>
        `${kind} ${state} ${toLocal(send_at).toPlainDateTime().toString({ smallestUnit: 'minute' })}`,
    );
  const moved = (visit: VisitNews, local: string): VisitNews => ({
    ...visit,
    plannedStartsAt: fromLocal(local),
    plannedEndsAt: new Date(fromLocal(local).getTime() + 30 * 60_000),
  });
  const allSent = () =>
    w.superuser.query(
      `UPDATE message SET state = 'sent', attempts = 1 WHERE state = 'scheduled' AND send_at <= $1`,
      [w.clock.now()],
    );

  it('are an invitation at once and two reminders', async () => {
    await w.tell(w.visit(citizen, '2026-11-26T10:00'));
    expect(await told()).toEqual([
      'invitation scheduled 2026-11-24T12:00',
      'reminder-day scheduled 2026-11-25T10:00',
      'reminder-hour scheduled 2026-11-26T09:00',
    ]);
  });

  it('go by each way that the citizen chose and has', async () => {
    const ways = async (wish: Parameters<typeof w.citizenId>[0], contact: string) => {
      await w.forget();
      await w.tell(w.visit(await w.citizenId(wish, contact), '2026-11-26T10:00'));
      return (await w.rows()).filter(({ kind }) => kind === 'invitation').map(({ channel }) => channel);
    };
    expect(await ways({}, 'both')).toEqual(['mail', 'sms']);
    expect(await ways({}, 'mail')).toEqual(['mail']);
    expect(await ways({ identity: { email: null } }, 'both')).toEqual(['sms']);
    expect(await ways({ identity: { phone: null } }, 'both')).toEqual(['mail']);
  });

  it('are held back where the citizen wants none, but for what they asked for', async () => {
    await w.choose(citizen, 'none');
    const visit = w.visit(citizen, '2026-11-26T10:00');
    await w.tell(visit);
    expect(await told()).toEqual(['invitation held-back 2026-11-24T12:00']);
    await w.write((tx) => w.messenger.send(tx, { citizenId: citizen }, 'new-link', { visitId: visit.id }));
    expect((await w.rows()).filter(({ kind }) => kind === 'new-link').map(({ state }) => state)).toEqual([
      'scheduled',
      'scheduled',
    ]);
  });

  it('are held back where the citizen wants none also when a call fails: whoever phones them needs no message for it', async () => {
    await w.choose(citizen, 'none');
    await w.write((tx) => w.messenger.send(tx, { citizenId: citizen }, 'call-failed', { caller: 'worker' }));
    expect(await told()).toEqual(['call-failed held-back 2026-11-24T12:00']);
  });

  it('are not made twice when a visit is written again and nothing of its time has changed', async () => {
    const visit = w.visit(citizen, '2026-11-26T10:00');
    await w.tell(visit);
    await w.tell(visit);
    expect(await told()).toHaveLength(3);
  });

  it('follow a visit that is moved: told of the new time, reminded of that one only', async () => {
    const visit = w.visit(citizen, '2026-11-26T10:00');
    await w.tell(visit);
    await allSent();
    w.clock.advance(60_000);
    await w.tell(moved(visit, '2026-11-27T14:00'));
    expect(await told()).toEqual([
      'invitation sent 2026-11-24T12:00',
      'reminder-day withdrawn 2026-11-25T10:00',
      'reminder-hour withdrawn 2026-11-26T09:00',
      'moved scheduled 2026-11-24T12:01',
      'reminder-day scheduled 2026-11-26T14:00',
      'reminder-hour scheduled 2026-11-27T13:00',
    ]);
    expect((await w.rows()).map(({ facts }) => facts.sequence)).toEqual([
      0,
      undefined,
      undefined,
      1,
      undefined,
      undefined,
    ]);
  });

  it('take up old reminders again when a visit is moved away and back', async () => {
    const visit = w.visit(citizen, '2026-11-26T10:00');
    await w.tell(visit);
    await allSent();
    for (const local of ['2026-11-27T14:00', '2026-11-26T10:00']) {
      w.clock.advance(60_000);
      await w.tell(moved(visit, local));
      await allSent();
    }
    const reminders = (await told()).filter((line) => line.startsWith('reminder'));
    expect(reminders.sort()).toEqual([
      'reminder-day scheduled 2026-11-25T10:00',
      'reminder-day withdrawn 2026-11-26T14:00',
      'reminder-hour scheduled 2026-11-26T09:00',
      'reminder-hour withdrawn 2026-11-27T13:00',
    ]);
    expect((await told()).filter((line) => line.startsWith('moved sent'))).toHaveLength(2);
  });

  it('never remind twice of the same time, also when it is moved away and back after the reminder', async () => {
    const visit = w.visit(citizen, '2026-11-26T10:00');
    await w.tell(visit);
    w.clock.set(fromLocal('2026-11-25T10:00'));
    await allSent();
    await w.tell(moved(visit, '2026-11-27T14:00'));
    w.clock.set(fromLocal('2026-11-24T13:00'));
    await w.tell(visit);
    expect((await told()).filter((line) => /reminder-day .*2026-11-25/.test(line))).toEqual([
      'reminder-day sent 2026-11-25T10:00',
    ]);
  });

  it('invite anew, and say nothing of a move, where nobody was told of the first time yet', async () => {
    w.clock.set(fromLocal('2026-11-24T22:00'));
    const visit = w.visit(citizen, '2026-11-26T10:00');
    await w.tell(visit);
    await w.tell(moved(visit, '2026-11-26T14:00'));
    expect((await told()).filter((line) => / scheduled /.test(line))).toEqual([
      'invitation scheduled 2026-11-25T08:00',
      'reminder-day scheduled 2026-11-25T14:00',
      'reminder-hour scheduled 2026-11-26T13:00',
    ]);
  });

  it('say that a visit is cancelled to those who knew of it, and to nobody else', async () => {
    const known = w.visit(citizen, '2026-11-26T10:00');
    await w.tell(known);
    await allSent();
    const unknown = w.visit(citizen, '2026-12-24T10:00', { planId: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11' });
    await w.tell(unknown);
    for (const visit of [known, unknown]) await w.tell({ ...visit, state: 'cancelled' });
    const lines = await told();
    expect(lines.filter((line) => line.startsWith('cancelled'))).toEqual([
      'cancelled scheduled 2026-11-24T12:00',
    ]);
    expect(lines.filter((line) => / scheduled /.test(line))).toHaveLength(1);
  });

  it('of a plan come in the week before each visit, and not months of them at once', async () => {
    await w.tell(w.visit(citizen, '2026-12-24T10:00', { planId: '3f0c2a52-6a0e-4a53-9f0a-3f6a3c1f9b11' }));
    expect((await told())[0]).toBe('invitation scheduled 2026-12-17T10:00');
  });

  it('propose a time that the worker proposes, and wait for us where the citizen does', async () => {
    const visit = w.visit(citizen, '2026-11-26T10:00', { state: 'proposed', proposedBy: 'worker' });
    await w.tell(visit);
    expect(await told()).toEqual(['proposal scheduled 2026-11-24T12:00']);
    await allSent();
    await w.tell({ ...visit, state: 'planned' });
    expect(await told()).toContain('invitation scheduled 2026-11-24T12:00');
    await w.forget();
    await w.tell({ ...visit, proposedBy: 'citizen' });
    expect(await told()).toEqual([]);
  });

  it('are none for visits in person, but say so where one was to be by video', async () => {
    await w.tell(w.visit(citizen, '2026-11-26T10:00', { channel: 'physical' }));
    expect(await told()).toEqual([]);
    const visit = w.visit(citizen, '2026-11-26T10:00');
    await w.tell(visit);
    await allSent();
    await w.tell({ ...visit, channel: 'physical' });
    expect((await told()).filter((line) => / scheduled /.test(line))).toEqual([
      'moved scheduled 2026-11-24T12:00',
    ]);
  });

  it('are none for what is past or has begun, and what waits for it is withdrawn', async () => {
    await w.tell(w.visit(citizen, '2026-11-24T11:00'));
    expect(await told()).toEqual([]);
    const visit = w.visit(citizen, '2026-11-24T13:30');
    await w.tell(visit);
    await allSent();
    await w.tell({ ...visit, state: 'open' });
    expect((await told()).filter((line) => / scheduled /.test(line))).toEqual([]);
  });

  it('wait until the morning where they are made in the night, but for a call of that night', async () => {
    w.clock.set(fromLocal('2026-11-24T22:00'));
    await w.tell(w.visit(citizen, '2026-11-26T10:00'));
    expect((await told())[0]).toBe('invitation scheduled 2026-11-25T08:00');
    await w.forget();
    await w.tell(w.visit(citizen, '2026-11-24T23:30'));
    expect(await told()).toEqual([
      'invitation scheduled 2026-11-24T22:00',
      'reminder-hour scheduled 2026-11-24T22:30',
    ]);
  });

  it('that somebody asked for themselves go at once, whatever the hour', async () => {
    w.clock.set(fromLocal('2026-11-24T22:00'));
    const visit = { visitId: w.visit(citizen, '2026-11-26T10:00').id };
    await w.write((tx) => w.messenger.send(tx, { citizenId: citizen }, 'new-link', visit));
    await w.write((tx) => w.messenger.send(tx, { citizenId: citizen }, 'talk-answered', {}));
    expect(await told()).toEqual([
      'new-link scheduled 2026-11-24T22:00',
      'talk-answered scheduled 2026-11-25T08:00',
    ]);
  });

  describe('to a guest', () => {
    const seatId = '5b1f6c1e-8a4e-4f0e-9d57-0b6f8f6b2a11';
    /** A guest is told of a visit; the sealed address is made as `calls invite` makes it. */
    const sendToGuest = (visit: VisitNews, kind: 'invitation' | 'new-link') =>
      w.write(async (tx) => {
        const of = {
          municipalityId: w.municipalityId,
          citizenId: visit.citizenId,
          what: 'guest-address',
          id: seatId,
        } as const;
        const sealedAddress = await w.identities.sealForCall(tx, of, 'gaest@jobcenter.example.dk');
        await w.messenger.send(tx, { seatId, sealedAddress, language: 'da' }, kind, {
          visitId: visit.id,
          citizenId: visit.citizenId,
          startsAt: visit.plannedStartsAt?.toISOString() ?? '',
          endsAt: visit.plannedEndsAt?.toISOString() ?? '',
        });
      });
    /** "kind state visit's time" of each of the guest's, in the order they were made. */
    const toldGuest = async (): Promise<string[]> => {
      const { rows } = await w.superuser.query<{ kind: string; state: string; at: string }>(
        `SELECT kind, state, facts->>'startsAt' AS at FROM message WHERE seat_id = $1 ORDER BY created_at`,
        [seatId],
      );
      return rows.map(({ kind, state, at }) => `${kind} ${state} ${at}`);
    };
    const [ten, half] = ['2026-11-26T09:00:00.000Z', '2026-11-26T09:30:00.000Z'];

    it('whose invitation has not left yet say the new time when the visit is moved, and never the old one', async () => {
      const visit = w.visit(citizen, '2026-11-26T10:00');
      await w.tell(visit);
      await allSent();
      w.clock.set(fromLocal('2026-11-24T21:30'));
      await sendToGuest(visit, 'invitation');
      w.clock.advance(5 * 60_000);
      await w.tell(moved(visit, '2026-11-26T10:30'));
      expect(await toldGuest()).toEqual([`invitation withdrawn ${ten}`, `invitation scheduled ${half}`]);
      const { rows } = await w.superuser.query<{ at: Date }>(
        `SELECT send_at AS at FROM message WHERE seat_id = $1 AND state = 'scheduled'`,
        [seatId],
      );
      expect(rows[0]?.at).toEqual(fromLocal('2026-11-25T08:00'));
    });

    it('stay as they are when a proposal is accepted, and follow where its time became another', async () => {
      w.clock.set(fromLocal('2026-11-24T21:30'));
      const proposal = w.visit(citizen, '2026-11-26T10:00', { state: 'proposed', proposedBy: 'worker' });
      await w.tell(proposal);
      await sendToGuest(proposal, 'invitation');
      w.clock.advance(60_000);
      await w.tell({ ...proposal, state: 'planned' });
      expect(await toldGuest()).toEqual([`invitation scheduled ${ten}`]);
      w.clock.set(fromLocal('2026-11-25T08:00'));
      await allSent();
      await w.tell(moved({ ...proposal, state: 'planned' }, '2026-11-26T10:30'));
      expect(await toldGuest()).toEqual([`invitation sent ${ten}`, `moved scheduled ${half}`]);
    });

    it('who knows of a visit say that it is moved, also where the citizen wants no messages', async () => {
      await w.choose(citizen, 'none');
      const visit = w.visit(citizen, '2026-11-26T10:00');
      await w.tell(visit);
      await sendToGuest(visit, 'invitation');
      await allSent();
      w.clock.advance(60_000);
      await w.tell(moved(visit, '2026-11-26T10:30'));
      expect(await toldGuest()).toEqual([`invitation sent ${ten}`, `moved scheduled ${half}`]);
    });

    it('wait on when the visit begins without them, and so does a link that somebody asked for', async () => {
      w.clock.set(fromLocal('2026-11-26T09:55'));
      const visit = w.visit(citizen, '2026-11-26T10:00');
      await w.tell(visit);
      await sendToGuest(visit, 'invitation');
      const of = { visitId: visit.id };
      await w.write((tx) => w.messenger.send(tx, { citizenId: citizen }, 'new-link', of));
      w.clock.set(fromLocal('2026-11-26T10:01'));
      await w.tell({ ...visit, state: 'open' });
      expect((await told()).map((line) => line.split(' ').slice(0, 2).join(' ')).sort()).toEqual([
        'invitation scheduled',
        'invitation withdrawn',
        'new-link scheduled',
      ]);
      await w.tell({ ...visit, state: 'held' });
      expect((await told()).filter((line) => / scheduled /.test(line))).toEqual([]);
    });
  });

  it('are undone with the change that they tell of', async () => {
    await expect(
      w.write(async (tx) => {
        await w.messenger.visitRecorded(tx, w.visit(citizen, '2026-11-26T10:00'));
        throw new Error('undone');
      }),
    ).rejects.toThrow('undone');
    expect(await told()).toEqual([]);
  });
});
