import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import ICAL from 'ical.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { messageLeaseMs } from '../../jobs/message-dispatch.ts';
import { maxAttempts } from '../../jobs/outbox-dispatch.ts';
import { sweep } from '../../jobs/schedules.ts';
import { fromLocal } from '../../kernel/time-zone.ts';
import type { Database } from '../../storage/index.ts';
import {
  createMessagesFixture,
  type MailServer,
  smsToken,
  startGateway,
  startMailServer,
} from './fixture.ts';
import { settle } from './store.ts';

const hourMs = 3_600_000;

let w: Awaited<ReturnType<typeof createMessagesFixture>>;
let server: MailServer;
let gateway: Awaited<ReturnType<typeof startGateway>>;
beforeAll(async () => {
  w = await createMessagesFixture();
});
beforeEach(async () => {
  await w.forget();
  w.clock.set(fromLocal('2026-11-24T12:00'));
  server = await startMailServer();
  gateway = await startGateway();
});
afterEach(async () => {
  await w.stopDispatching();
  await server.close();
  await gateway.close();
});
afterAll(() => w.close());

const eventually = <Value>(read: () => Value) => expect.poll(read);
const states = async (kind = 'invitation', only?: string) =>
  (await w.rows())
    .filter((row) => row.kind === kind && (only === undefined || row.state === only))
    .map(({ state }) => state);
const untilStates = (expected: readonly string[], kind?: string, only?: string) =>
  expect.poll(() => states(kind, only)).toEqual(expected);
/** Nothing is under way, and nothing of what is due has been left. */
const settled = () =>
  expect
    .poll(
      async () =>
        (
          await w.superuser.query(
            `SELECT 1 FROM message WHERE state = 'sending' OR (state = 'scheduled' AND next_attempt_at <= $1)`,
            [w.clock.now()],
          )
        ).rowCount,
      { timeout: 10_000 },
    )
    .toBe(0);

describe('a mail', () => {
  it('arrives whole: neutral sender and subject, plain and HTML text with the link, and an entry for the calendar', async () => {
    const visit = w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00');
    await w.tell(visit);
    w.dispatch({ mail: server.url });
    await untilStates(['sent']);
    const [mail] = server.received;
    const [row] = await w.rows();
    expect(mail?.from?.value).toEqual([{ name: 'Aftale', address: 'aftale@nordby.dk' }]);
    expect(mail?.to).toMatchObject({ value: [{ address: 'laerke@example.dk', name: '' }] });
    expect(mail?.subject).toBe('Aftale torsdag 26. november kl. 10.00');
    expect(mail?.messageId).toBe(`<${row?.id}@nordby.dk>`);
    expect(mail?.date).toEqual(w.clock.now());
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail?.text).toContain(w.linkOf(visit.id));
    expect(mail?.html).toContain(`href="${w.linkOf(visit.id)}"`);
    expect(mail?.text).not.toContain('Lærke');
    const calendar = mail?.attachments.find(({ contentType }) => contentType === 'text/calendar')?.content;
    const event = new ICAL.Event(
      new ICAL.Component(ICAL.parse(String(calendar))).getFirstSubcomponent('vevent') ?? undefined,
    );
    expect([event.uid, event.startDate.toJSDate()]).toEqual([visit.id, visit.plannedStartsAt]);
  });

  it('is written in the language that the citizen chose', async () => {
    await w.tell(w.visit(await w.citizenId({}, 'mail', 'en'), '2026-11-26T10:00'));
    w.dispatch({ mail: server.url });
    await untilStates(['sent']);
    expect(server.received[0]?.subject).toBe('Appointment Thursday 26 November, 10:00');
  });

  it('takes the entry out of the calendar when the visit is cancelled', async () => {
    const visit = w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00');
    await w.tell(visit);
    w.dispatch({ mail: server.url });
    await untilStates(['sent']);
    await w.tell({ ...visit, state: 'cancelled' });
    await untilStates(['sent'], 'cancelled');
    const texts = server.received.map(({ attachments }) => String(attachments[0]?.content));
    const parsed = texts.map((text) => new ICAL.Component(ICAL.parse(text)));
    expect(parsed.map((calendar) => calendar.getFirstPropertyValue('method'))).toEqual(['REQUEST', 'CANCEL']);
    expect(
      parsed.map((calendar) => calendar.getFirstSubcomponent('vevent')?.getFirstPropertyValue('sequence')),
    ).toEqual([0, 1]);
  });

  it('is not lost while the mail server is down for an hour, and comes once', async () => {
    await server.down();
    await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00'));
    const dispatcher = w.dispatch({ mail: server.url });
    for (let minutes = 0; minutes < 60; minutes += 5) {
      await settled();
      w.clock.advance(5 * 60_000);
      dispatcher.wake();
    }
    expect((await w.rows())[0]?.attempts).toBeGreaterThan(3);
    await settled();
    await server.up();
    w.clock.advance(hourMs);
    dispatcher.wake();
    await untilStates(['sent']);
    await settled();
    expect(server.received).toHaveLength(1);
    expect(new Set(dispatcher.outcomes)).toEqual(new Set(['retry', 'sent']));
  });

  it('is tried again where it was put off (greylisting), under the same Message-ID', async () => {
    server.refuse(451);
    await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00'));
    const dispatcher = w.dispatch({ mail: server.url });
    await untilStates(['scheduled']);
    await eventually(() => dispatcher.outcomes).toEqual(['retry']);
    server.refuse(null);
    w.clock.advance(6_000);
    dispatcher.wake();
    await untilStates(['sent']);
    expect(server.received.map(({ messageId }) => messageId)).toEqual([
      `<${(await w.rows())[0]?.id}@nordby.dk>`,
    ]);
  });

  it('that is refused for good has failed, and that is told without saying whose it was', async () => {
    server.refuse(550);
    await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00'));
    const dispatcher = w.dispatch({ mail: server.url });
    await untilStates(['failed']);
    expect(dispatcher.outcomes).toEqual(['dead']);
    const { rows } = await w.superuser.query(`SELECT data FROM change_event WHERE type = 'message.failed'`);
    expect(rows).toEqual([{ data: { kind: 'invitation', channel: 'mail' } }]);
  });

  it('is given up after its last attempt', async () => {
    await server.down();
    await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00'));
    await w.superuser.query('UPDATE message SET attempts = $1', [maxAttempts - 1]);
    w.dispatch({ mail: server.url });
    await untilStates(['failed']);
    await server.up();
  });

  it('is held back where there is no address, or the citizen has changed their mind since', async () => {
    await w.tell(w.visit(await w.citizenId({ identity: { email: null } }, 'mail'), '2026-11-26T10:00'));
    const second = await w.citizenId({}, 'mail');
    await w.tell(w.visit(second, '2026-11-26T10:00'));
    await w.choose(second, 'none');
    w.dispatch({ mail: server.url });
    await untilStates(['held-back', 'held-back']);
    expect(server.received).toEqual([]);
  });

  it('comes instead of a text message to who has chosen mail since, and once to who had chosen both', async () => {
    const [bySms, byBoth] = [await w.citizenId({}, 'sms'), await w.citizenId({}, 'both')];
    for (const citizenId of [bySms, byBoth]) {
      await w.tell(w.visit(citizenId, '2026-11-26T10:00'));
      await w.choose(citizenId, 'mail');
    }
    w.dispatch({ mail: server.url, sms: gateway.url });
    await expect.poll(async () => (await states('invitation')).sort()).toEqual(['held-back', 'sent', 'sent']);
    expect([server.received.length, gateway.received.length]).toEqual([2, 0]);
    w.clock.set(fromLocal('2026-11-25T10:00'));
    await expect
      .poll(async () => (await states('reminder-day')).sort())
      .toEqual(['held-back', 'sent', 'sent']);
    expect([server.received.length, gateway.received.length]).toEqual([4, 0]);
  });

  it('has the reading of the address written down once, however often it is tried', async () => {
    server.refuse(451);
    await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00'));
    const dispatcher = w.dispatch({ mail: server.url });
    await eventually(() => dispatcher.outcomes).toEqual(['retry']);
    server.refuse(null);
    w.clock.advance(6_000);
    dispatcher.wake();
    await untilStates(['sent']);
    const { rows } = await w.superuser.query('SELECT kind, reason, staff_id FROM identity_access');
    expect(rows).toEqual([{ kind: 'read', reason: 'contact', staff_id: null }]);
  });

  it('that comes due in the night after an outage waits for the morning', async () => {
    server.refuse(451);
    w.clock.set(fromLocal('2026-11-24T20:59'));
    await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00'));
    const dispatcher = w.dispatch({ mail: server.url });
    await eventually(() => dispatcher.outcomes).toEqual(['retry']);
    server.refuse(null);
    w.clock.set(fromLocal('2026-11-24T21:30'));
    dispatcher.wake();
    await settled();
    const waiting = (await w.rows())[0];
    expect([server.received.length, waiting?.attempts]).toEqual([0, 1]);
    // Nobody who counts what is overdue counts it before.
    expect(waiting?.send_at).toEqual(fromLocal('2026-11-25T08:00'));
    w.clock.set(fromLocal('2026-11-25T08:00'));
    dispatcher.wake();
    await untilStates(['sent']);
  });

  describe('with a link that was asked for after the planned end', () => {
    const askLate = async () => {
      const visit = w.visit(await w.citizenId({}, 'mail'), '2026-11-24T11:30');
      w.clock.set(fromLocal('2026-11-24T12:02'));
      await w.write((tx) =>
        w.messenger.send(tx, { citizenId: visit.citizenId }, 'new-link', {
          visitId: visit.id,
          startsAt: visit.plannedStartsAt?.toISOString() ?? '',
          endsAt: visit.plannedEndsAt?.toISOString() ?? '',
        }),
      );
    };

    it('arrives, for the call may last longer', async () => {
      await askLate();
      w.dispatch({ mail: server.url });
      await untilStates(['sent'], 'new-link');
      expect(server.received.map(({ subject }) => subject)).toEqual(['Dit nye link']);
    });

    it('is withdrawn where there is no link any more', async () => {
      await askLate();
      w.dispatch({ mail: server.url, link: () => null });
      await untilStates(['withdrawn'], 'new-link');
    });
  });

  describe('that brings along where it goes', () => {
    /** Taken up, and refused for good or taken. */
    const tried = async (state: 'failed' | 'sent') => {
      await w.superuser.query(
        `UPDATE message SET state = 'sending', attempts = 1, facts = facts || '{"sealedTo": "c2VhbGVk"}' WHERE kind = 'invitation'`,
      );
      const id = (await w.rows()).find(({ kind }) => kind === 'invitation')?.id ?? '';
      await w.write((tx) =>
        settle(tx, id, 1, state === 'sent' ? { state, sentAt: w.clock.now() } : { state }),
      );
    };
    const sealed = async () => {
      await sweep(w.database.worker, w.clock);
      return (await w.superuser.query(`SELECT 1 FROM message WHERE facts ? 'sealedTo'`)).rowCount;
    };

    it('keeps that while it can be tried again, and forgets it once it is sent or the visit would be over', async () => {
      await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00'));
      await tried('sent');
      expect(await sealed()).toBe(0);
      await tried('failed');
      expect(await sealed()).toBe(1);
      w.clock.set(fromLocal('2026-11-26T10:31'));
      expect(await sealed()).toBe(0);
    });
  });

  it('of a visit that is over by then is withdrawn', async () => {
    server.refuse(451);
    await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-24T12:30'));
    const dispatcher = w.dispatch({ mail: server.url });
    await eventually(() => dispatcher.outcomes).toEqual(['retry']);
    server.refuse(null);
    w.clock.set(fromLocal('2026-11-24T13:00'));
    dispatcher.wake();
    await untilStates(['withdrawn']);
    expect(server.received).toEqual([]);
  });
});

describe('a text message', () => {
  const invite = async () => w.tell(w.visit(await w.citizenId({}, 'sms'), '2026-11-26T10:00'));

  it('goes to the gateway with a key of its own, and the receipt is kept', async () => {
    await invite();
    w.dispatch({ sms: gateway.url });
    await untilStates(['sent']);
    const [got] = gateway.received;
    const [row] = await w.rows();
    expect(got?.headers).toMatchObject({ authorization: `Bearer ${smsToken}`, 'idempotency-key': row?.id });
    expect(got?.body).toMatchObject({ from: 'Aftale', to: '+4520000000' });
    expect(got?.body.text).toMatch(/^Du har en aftale torsdag 26\/11 kl\. 10\.00\. Tryk her/);
    const { rows } = await w.superuser.query(`SELECT receipt FROM message WHERE kind = 'invitation'`);
    expect(rows).toEqual([{ receipt: 'gw-1' }]);
  });

  it('is tried again after 500, 429 and silence, always under the same key', async () => {
    const answers = [
      (response: ServerResponse) => void response.writeHead(500).end(),
      (response: ServerResponse) => void response.writeHead(429, { 'retry-after': '600' }).end(),
      () => undefined,
    ];
    gateway.answer((response, nth) => answers[nth - 1]?.(response));
    await invite();
    const dispatcher = w.dispatch({ sms: gateway.url });
    await eventually(() => dispatcher.outcomes.length).toBe(1);
    w.clock.advance(6_000);
    dispatcher.wake();
    await eventually(() => dispatcher.outcomes.length).toBe(2);
    // The gateway asked for ten minutes.
    w.clock.advance(599_000);
    await w.stopDispatching();
    // One that is begun looks once before it can be closed.
    const early = w.dispatch({ sms: gateway.url });
    await w.stopDispatching();
    expect(early.outcomes).toEqual([]);
    expect(gateway.received).toHaveLength(2);
    // Only where nobody answers is the limit short; it says nothing about how soon an answer comes.
    const impatient = w.dispatch({ sms: gateway.url, answerTimeoutMs: 200 });
    w.clock.advance(2_000);
    impatient.wake();
    await eventually(() => impatient.outcomes.length).toBe(1);
    await w.stopDispatching();
    gateway.answer(null);
    w.clock.advance(hourMs);
    const last = w.dispatch({ sms: gateway.url });
    await untilStates(['sent']);
    expect([dispatcher, impatient, last].map(({ outcomes }) => outcomes)).toEqual([
      ['retry', 'retry'],
      ['retry'],
      ['sent'],
    ]);
    expect(new Set(gateway.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('that the gateway will not have has failed', async () => {
    gateway.answer((response) => void response.writeHead(422).end());
    await invite();
    w.dispatch({ sms: gateway.url });
    await untilStates(['failed']);
  });

  it('waits where the gateway does not know us, for that is mended and not the fault of the message', async () => {
    gateway.answer((response) => void response.writeHead(401).end());
    await invite();
    const dispatcher = w.dispatch({ sms: gateway.url });
    await eventually(() => dispatcher.outcomes).toEqual(['retry']);
  });
});

describe('a restart between sending and marking', () => {
  /** A process that is killed once something has left: what it would write afterwards never happens. */
  const killedAfterSending = (): Pick<Database, 'write'> => {
    let writes = 0;
    return {
      write: (municipalityId, work, options) => {
        writes += 1;
        return writes > 1
          ? Promise.reject(new Error('killed'))
          : w.database.write(municipalityId, work, options);
      },
    };
  };

  it('sends an invitation twice, under one Message-ID', async () => {
    await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00'));
    const killed = w.dispatch({ mail: server.url, over: killedAfterSending() });
    await eventually(() => killed.errors.length).toBe(1);
    await w.stopDispatching();
    expect(await states()).toEqual(['sending']);
    w.clock.advance(messageLeaseMs);
    w.dispatch({ mail: server.url });
    await untilStates(['sent']);
    expect(server.received).toHaveLength(2);
    expect(new Set(server.received.map(({ messageId }) => messageId)).size).toBe(1);
  });

  it('sends a reminder once, and says that it is not known whether it arrived', async () => {
    await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00'));
    await w.superuser.query(`UPDATE message SET state = 'sent' WHERE kind = 'invitation'`);
    w.clock.set(fromLocal('2026-11-25T10:00'));
    const killed = w.dispatch({ mail: server.url, over: killedAfterSending() });
    await eventually(() => killed.errors.length).toBe(1);
    await w.stopDispatching();
    w.clock.advance(messageLeaseMs);
    w.dispatch({ mail: server.url });
    await untilStates(['failed'], 'reminder-day');
    await w.stopDispatching();
    w.clock.advance(hourMs);
    w.dispatch({ mail: server.url });
    await settled();
    expect(server.received.map(({ subject }) => subject)).toEqual([
      'Husk din aftale torsdag 26. november kl. 10.00',
    ]);
  });

  it('loses no reminder that was certainly not taken', async () => {
    await w.tell(w.visit(await w.citizenId({}, 'mail'), '2026-11-26T10:00'));
    await w.superuser.query(`UPDATE message SET state = 'sent' WHERE kind = 'invitation'`);
    w.clock.set(fromLocal('2026-11-25T10:00'));
    server.refuse(451);
    const dispatcher = w.dispatch({ mail: server.url });
    await eventually(() => dispatcher.outcomes).toEqual(['retry']);
    server.refuse(null);
    w.clock.advance(6_000);
    dispatcher.wake();
    await untilStates(['sent'], 'reminder-day');
    expect(server.received).toHaveLength(1);
  });

  it('does not send a reminder again where the gateway fell silent', async () => {
    await w.tell(w.visit(await w.citizenId({}, 'sms'), '2026-11-26T10:00'));
    await w.superuser.query(`UPDATE message SET state = 'sent' WHERE kind = 'invitation'`);
    w.clock.set(fromLocal('2026-11-25T10:00'));
    gateway.answer(() => undefined);
    w.dispatch({ sms: gateway.url, answerTimeoutMs: 200 });
    await untilStates(['failed'], 'reminder-day');
    gateway.answer(null);
    w.clock.advance(2 * hourMs);
    await settled();
    expect(gateway.received).toHaveLength(1);
  });
});

describe('an alarm', () => {
  const alarm = async (contact: string) => {
    const citizenId = await w.citizenId({}, contact);
    await w.write((tx) => w.messenger.send(tx, { citizenId }, 'call-failed', { caller: 'worker' }));
  };
  /** More than are taken up at once. */
  const fortyMails = async () => {
    const citizenId = await w.citizenId({}, 'mail');
    for (let n = 0; n < 40; n += 1)
      await w.write((tx) => w.messenger.send(tx, { citizenId }, 'talk-answered', { answer: 'declined' }));
    w.clock.advance(60_000);
  };

  it('by text message leaves while the mail server is silent over a queue of mails', async () => {
    await fortyMails();
    const answering = server.hold();
    w.dispatch({ mail: server.url, sms: gateway.url });
    await untilStates(
      Array.from({ length: 20 }, () => 'sending'),
      'talk-answered',
      'sending',
    );
    await alarm('sms');
    await untilStates(['sent'], 'call-failed');
    expect(await states('talk-answered', 'sent')).toEqual([]);
    answering();
  });

  it('by mail goes before the mails that were due earlier', async () => {
    await fortyMails();
    await alarm('mail');
    w.dispatch({ mail: server.url });
    await untilStates(['sent'], 'call-failed');
    await settled();
    const at = server.received.findIndex(({ subject }) => subject === 'Om din aftale i dag');
    expect([at >= 0, at < 20]).toEqual([true, true]);
  });
});

describe('several dispatchers', () => {
  it('never send the same message twice', { timeout: 40_000 }, async () => {
    const citizen = await w.citizenId({}, 'sms');
    for (let n = 0; n < 60; n += 1)
      await w.write((tx) => w.messenger.send(tx, { citizenId: citizen }, 'talk-asked', {}));
    for (let n = 0; n < 3; n += 1) w.dispatch({ sms: gateway.url });
    await expect
      .poll(async () => (await states('talk-asked')).filter((state) => state === 'sent').length, {
        timeout: 30_000,
      })
      .toBe(60);
    expect(gateway.received).toHaveLength(60);
    expect(new Set(gateway.received.map(({ headers }) => headers['idempotency-key'])).size).toBe(60);
  });

  it.each([
    ['2026-10-25T10:00', 'the clock goes back'],
    ['2027-03-28T10:00', 'the clock goes forward'],
  ])('remind of a visit at %s, when %s, twice in all, through restarts', async (local) => {
    const start = fromLocal(local);
    w.clock.set(new Date(start.getTime() - 5 * 86_400_000));
    await w.tell(w.visit(await w.citizenId({}, 'sms'), local));
    const at: string[] = [];
    gateway.answer((response) => {
      at.push(w.clock.now().toISOString());
      response.writeHead(200).end();
    });
    for (let hours = 5 * 24; hours >= -2; hours -= 1) {
      w.clock.set(new Date(start.getTime() - hours * hourMs));
      if (hours % 12 === 0 || hours === 25 || hours < 3) {
        await w.stopDispatching();
        w.dispatch({ sms: gateway.url });
        w.dispatch({ sms: gateway.url });
      }
      if (hours < 28 && hours > 20) await delay(60);
      await settled();
    }
    const [invited, day, hour, ...more] = at.map(
      (each) => (start.getTime() - new Date(each).getTime()) / hourMs,
    );
    // The night in between is an hour longer, or shorter.
    expect([invited, day, hour, more]).toEqual([120, local.startsWith('2026-10') ? 25 : 23, 1, []]);
  });
});

describe('the mailbox', () => {
  it('takes what has no way out, sealed, once', async () => {
    const visit = w.visit(await w.citizenId({}, 'both'), '2026-11-26T10:00');
    await w.tell(visit);
    w.dispatch();
    await untilStates(['sent', 'sent']);
    const { rows } = await w.superuser.query<{ sealed_mail: Buffer }>('SELECT sealed_mail FROM mailbox_item');
    expect(rows).toHaveLength(2);
    for (const { sealed_mail } of rows)
      for (const plain of ['laerke@', '+4520', 'Aftale', '/s#'])
        expect(sealed_mail.includes(plain)).toBe(false);
  });

  it('is emptied after a month, and what was sent is forgotten after three, but not what is still to go out', async () => {
    await w.tell(w.visit(await w.citizenId({}, 'sms'), '2027-06-24T10:00'));
    w.dispatch();
    await untilStates(['sent']);
    await w.stopDispatching();
    const left = async () => {
      await sweep(w.database.worker, w.clock);
      const { rows } = await w.superuser.query('SELECT 1 FROM mailbox_item');
      return [rows.length, (await w.rows()).map(({ kind }) => kind).sort()];
    };
    const all = ['invitation', 'reminder-day', 'reminder-hour'];
    w.clock.set(fromLocal('2026-12-24T11:00'));
    expect(await left()).toEqual([1, all]);
    w.clock.set(fromLocal('2026-12-24T13:00'));
    expect(await left()).toEqual([0, all]);
    w.clock.set(fromLocal('2027-02-22T13:00'));
    expect(await left()).toEqual([0, all.slice(1)]);
  });
});
