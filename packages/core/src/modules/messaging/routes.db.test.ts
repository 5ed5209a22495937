import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../config/index.ts';
import { api } from '../../contract/index.ts';
import { ManualClock } from '../../kernel/clock.ts';
import { aCitizen, type Caller, startTestApp, type TestApp } from '../../testing/index.ts';
import { seedLegalBases } from '../citizens/index.ts';
import { type MailServer, smsToken, startGateway, startMailServer } from './fixture.ts';

const canary = { name: 'Kanarie Fugl', phone: '29 99 88 77', email: 'kanarie@fugl.example.dk' };

async function startWorld(messages: Parameters<typeof startTestApp>[0] = {}) {
  const clock = new ManualClock('2026-11-24T12:00:00Z');
  const running: TestApp = await startTestApp({ clock, ...messages });
  const { database } = running.test;
  const municipalityId = await running.test.municipality();
  await database.write(municipalityId, (tx) => seedLegalBases(tx, municipalityId));
  const anna = await running.caller(municipalityId, ['support-worker'], 'AB');
  const coordinator = await running.caller(municipalityId, ['coordinator'], 'KOO');
  return {
    ...running,
    clock,
    anna,
    coordinator,
    municipalityId,
    /** A video visit on Thursday to a new citizen of Anna's; returns both. */
    plan: async (startsAt = '2026-11-26T09:00:00Z') => {
      const body = {
        ...aCitizen({ identity: canary, acquaintance: { kind: 'met', on: '2026-01-05' } }),
        worker: 'AB',
      };
      const { code } = await anna.call(api.citizens.register, { body });
      await anna.call(api.groundRules.change, { params: { code }, body: { contact: 'both' } });
      const visit = await anna.call(api.visits.plan, {
        body: {
          citizen: code,
          channel: 'video',
          startsAt,
          endsAt: new Date(Date.parse(startsAt) + 1_800_000).toISOString(),
        },
      });
      return { code, visit: visit.id };
    },
    list: async (by: Caller = anna, query: Record<string, string> = {}) =>
      (await by.call(api.messages.list, { query })).items,
  };
}
type World = Awaited<ReturnType<typeof startWorld>>;

const until = <Value>(read: () => Value | Promise<Value>) => expect.poll(read);

describe('messages where no way out is set up', () => {
  let w: World;
  beforeAll(async () => {
    w = await startWorld();
  });
  afterAll(() => w.close());

  it('are listed without what they say, and read in the mailbox with link and calendar; the reading is logged', async () => {
    const { code, visit } = await w.plan();
    await until(async () => (await w.list(w.anna, { citizen: code, state: 'sent' })).length).toBe(2);
    const [sent] = await w.list(w.anna, { citizen: code, state: 'sent' });
    expect(sent).toMatchObject({ kind: 'invitation', citizen: code, visit, channel: 'mailbox', attempts: 1 });
    expect(
      (await w.list(w.anna, { citizen: code, state: 'scheduled' })).map(({ kind }) => kind).sort(),
    ).toEqual(['reminder-day', 'reminder-day', 'reminder-hour', 'reminder-hour']);

    const mails = [];
    for (const { id } of await w.list(w.anna, { citizen: code, state: 'sent' }))
      mails.push(await w.anna.call(api.messages.show, { params: { id } }));
    const mail = mails.find(({ channel }) => channel === 'mail');
    const sms = mails.find(({ channel }) => channel === 'sms');
    expect(mail).toMatchObject({ to: canary.email, subject: 'Aftale torsdag 26. november kl. 10.00' });
    expect(mail?.calendar).toContain('METHOD:REQUEST');
    expect(sms).toMatchObject({ to: '+4529998877', subject: null, calendar: null });
    const link = /http:\/\/127\.0\.0\.1:\d+\/s#[\w-]{50}/.exec(sms?.text ?? '')?.[0];
    expect(link).toBeDefined();
    expect(mail?.text).toContain(link);

    const accesses = await w.coordinator.call(api.citizens.listAccesses, { params: { code } });
    expect(accesses.items.filter(({ by }) => by === 'AB')).toMatchObject([
      { kind: 'read', reason: 'contact' },
      { kind: 'read', reason: 'contact' },
    ]);
    expect(accesses.items.filter(({ by }) => by === null)).toHaveLength(2);
  });

  it('are paged, the latest first', async () => {
    const first = await w.anna.call(api.messages.list, { query: { limit: 2 } });
    const second = await w.anna.call(api.messages.list, { query: { limit: 50, cursor: first.next ?? '' } });
    const all = await w.anna.call(api.messages.list, { query: { limit: 50 } });
    expect([...first.items, ...second.items]).toEqual(all.items);
    const times = all.items.map(({ sendAt }) => sendAt);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('are seen by nobody else and not by another municipality', async () => {
    const stranger = await w.caller(await w.test.municipality('Sydby'), ['coordinator']);
    const other = await w.caller(w.municipalityId, ['support-worker']);
    const [message] = await w.list(w.anna, { state: 'sent' });
    for (const by of [stranger, other]) {
      expect(await w.list(by)).toEqual([]);
      await expect(by.call(api.messages.show, { params: { id: message?.id ?? '' } })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });

  it('tell in their own words what can be tried again', async () => {
    const [message] = await w.list(w.anna, { state: 'sent' });
    await expect(
      w.anna.call(api.messages.retry, { params: { id: message?.id ?? '' } }),
    ).rejects.toMatchObject({
      code: 'message_state',
    });
  });

  it('go to guests as well: invited, told of the new time, and told when it is called off', async () => {
    const { visit } = await w.plan('2026-11-30T09:00:00Z');
    const to = { role: 'caseworker', email: 'gaest@jobcenter.example.dk', language: 'en' } as const;
    await w.anna.call(api.calls.inviteGuest, { params: { id: visit }, body: to });
    const ofGuest = async () =>
      (await w.list()).filter((row) => row.visit === visit && row.citizen === null && row.state === 'sent');
    await until(async () => (await ofGuest()).length).toBe(1);
    const moved = { startsAt: '2026-11-30T12:00:00Z', endsAt: '2026-11-30T12:30:00Z' };
    await w.anna.call(api.visits.move, { params: { id: visit }, body: moved });
    await until(async () => (await ofGuest()).length).toBe(2);
    await w.anna.call(api.visits.cancel, {
      params: { id: visit },
      body: { by: 'worker', reason: 'illness' },
    });
    await until(async () => (await ofGuest()).length).toBe(3);
    const mails = [];
    for (const { id } of await ofGuest())
      mails.push(await w.anna.call(api.messages.show, { params: { id } }));
    expect(mails.every((mail) => mail.to === to.email)).toBe(true);
    expect(mails.map(({ subject }) => subject).sort()).toEqual([
      'Appointment Monday 30 November, 10:00',
      'Cancelled: the appointment Monday 30 November, 13:00',
      'New time: Monday 30 November, 13:00',
    ]);
    const { rows } = await w.test.superuser.query(`SELECT 1 FROM message WHERE facts ? 'sealedTo'`);
    expect(rows).toEqual([]);
  });

  it('leave nothing behind of a citizen who is erased', async () => {
    const { code } = await w.plan('2026-11-27T09:00:00Z');
    await until(async () => (await w.list(w.anna, { citizen: code, state: 'sent' })).length).toBe(2);
    const [message] = await w.list(w.anna, { citizen: code, state: 'sent' });
    await w.coordinator.call(api.citizens.erase, {
      params: { code },
      body: { reason: 'data-subject-request' },
    });
    await expect(
      w.coordinator.call(api.messages.show, { params: { id: message?.id ?? '' } }),
    ).rejects.toMatchObject({ code: 'citizen_erased' });
    await until(async () => (await w.list(w.coordinator, { citizen: code, state: 'scheduled' })).length).toBe(
      0,
    );
  });
});

describe('messages with ways out', () => {
  let w: World;
  let server: MailServer;
  let gateway: Awaited<ReturnType<typeof startGateway>>;
  beforeEach(async () => {
    server = await startMailServer();
    gateway = await startGateway();
    w = await startWorld({
      messages: {
        mail: { url: new Secret(server.url), from: 'aftale@nordby.dk' },
        sms: { url: gateway.url, token: new Secret(smsToken), sender: 'Aftale' },
      },
    });
  });
  afterEach(async () => {
    await w.close();
    await server.close();
    await gateway.close();
  });

  const receipt = (body: unknown, token = smsToken) =>
    fetch(new URL('/messages/receipts', w.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const stateOf = async (channel: string) =>
    (await w.list())
      .filter((row) => row.kind === 'invitation' && row.channel === channel)
      .map(({ state }) => state);

  it('are delivered when the gateway says so, once, and to nobody without its token', async () => {
    await w.plan();
    await until(() => stateOf('sms')).toEqual(['sent']);
    expect((await receipt({ id: 'gw-1', status: 'delivered' }, 'another-token-of-a-gateway')).status).toBe(
      401,
    );
    expect((await receipt({ id: 'gw-99', status: 'delivered' })).status).toBe(404);
    expect((await receipt({ id: 'gw-1', status: 'perhaps' })).status).toBe(400);
    expect(await stateOf('sms')).toEqual(['sent']);
    w.clock.advance(60_000);
    expect((await receipt({ id: 'gw-1', status: 'delivered' })).status).toBe(204);
    const [message] = (await w.list()).filter(({ state }) => state === 'delivered');
    expect(message?.deliveredAt).toBe('2026-11-24T12:01:00.000Z');
    // Said again, and then otherwise: it stays delivered.
    w.clock.advance(60_000);
    for (const status of ['delivered', 'failed'])
      expect((await receipt({ id: 'gw-1', status })).status).toBe(204);
    expect((await w.list()).find(({ id }) => id === message?.id)).toEqual(message);
  });

  it('that the gateway could not deliver have failed, and are tried again by whoever may', async () => {
    await w.plan();
    await until(() => stateOf('sms')).toEqual(['sent']);
    expect((await receipt({ id: 'gw-1', status: 'failed' })).status).toBe(204);
    expect(await stateOf('sms')).toEqual(['failed']);
    const [failed] = await w.list(w.anna, { state: 'failed' });
    const again = await w.anna.call(api.messages.retry, { params: { id: failed?.id ?? '' } });
    expect(again.state).toBe('scheduled');
    await until(() => stateOf('sms')).toEqual(['sent']);
    expect(gateway.received).toHaveLength(2);
  });

  it('leave name, number, address and link nowhere: not in tables, logs, metrics or events', async () => {
    server.refuse(550);
    await w.plan();
    await until(() => stateOf('mail')).toEqual(['failed']);
    await until(() => stateOf('sms')).toEqual(['sent']);
    const text = gateway.received[0]?.body.text ?? '';
    const token = /#([\w-]{50})/.exec(text)?.[1] ?? 'none';
    expect(token).not.toBe('none');

    const { superuser } = w.test;
    const { rows: tables } = await superuser.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    let everything = JSON.stringify(w.logged);
    for (const { name } of tables) {
      const { rows } = await superuser.query<{ row: string }>(`SELECT t::text AS row FROM ${name} AS t`);
      everything += rows.map(({ row }) => row).join('\n');
    }
    const it_ = await w.caller(w.municipalityId, ['it-support']);
    const metrics = await (await it_.fetch('/metrics')).text();
    expect(metrics).toMatch(/naer_outbox_attempts_total\{kind="mail",outcome="dead"\} 1/);
    expect(metrics).toMatch(/naer_messages_failed 1/);
    everything += metrics;
    for (const secret of [...Object.values(canary), '29998877', 'Kanarie', token, 'Tryk her'])
      expect([secret, everything.includes(secret)]).toEqual([secret, false]);
  });
});
