import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, callPageRoutes, visitWarnings } from '../../contract/index.ts';
import { aCitizen, type TestApp } from '../../testing/index.ts';
import { seedLegalBases } from '../citizens/index.ts';
import {
  type CallWorld,
  citizenName,
  endsAt,
  makeDevice,
  startCallWorld,
  startsAt,
} from './fixtures/call.ts';
import { createLinkAsks } from './link-asks.ts';

const notValid = { code: 'link_not_valid' };
let w: CallWorld;
const ordersFor = async (seat: string) =>
  (
    await w.superuser.query<{ payload: unknown }>(
      `SELECT payload FROM outbox_message WHERE kind = 'media-room' AND payload->>'seat' = $1`,
      [seat],
    )
  ).rows;

beforeAll(async () => {
  w = await startCallWorld();
});
beforeEach(() => w.clear());
afterAll(() => w.close());

/** An hour of a day of its own for each visit of the worker. */
const another = (hour: number) => ({
  startsAt: new Date(Date.UTC(2026, 10, 24, hour)).toISOString(),
  endsAt: new Date(Date.UTC(2026, 10, 24, hour, 20)).toISOString(),
});

describe('a link, after the master key was rotated', () => {
  // Starts the service twice more, on whatever machine.
  it('holds until it expires, also for a service that was started since, and a key that has left makes none', {
    timeout: 120_000,
  }, async () => {
    const operator = await w.app.caller(w.municipalityId, ['operator']);
    const { id } = await w.visit();
    const [url, pinned] = [await w.linkOf(id), await w.visit(another(15))];
    const made = (of: string) => w.links.urlOf(of);
    await operator.call(api.operations.rotateMasterKey, {});
    const restarted = await w.beside();
    try {
      const device = makeDevice();
      expect(await w.pageOf(url, device, restarted).open()).toMatchObject({ me: { kind: 'citizen' } });
      expect(await w.pageOf(url, device).look()).toMatchObject({ me: { kind: 'citizen' } });

      // Whoever got hold of the old key makes links for what is planned from now on: with it they sign, and it opens nothing.
      w.clock.advance(60_000);
      const { id: later } = await w.visit(another(16));
      const { rows } = await w.superuser.query<{ id: string }>(
        `SELECT l.id FROM call_link l JOIN call_seat s ON s.id = l.seat_id JOIN call c ON c.id = s.call_id
         WHERE c.visit_id = $1 AND s.kind = 'citizen'`,
        [later],
      );
      const forged = made(rows[0]?.id ?? '');
      expect(forged.slice(0, -45)).toBe(url.slice(0, -45));
      await expect(w.pageOf(forged, makeDevice(), restarted).open()).rejects.toMatchObject(notValid);

      // A second rotation, and one more start.
      await restarted.as(operator.actor).then((again) => again.call(api.operations.rotateMasterKey, {}));
      const twice = await w.beside();
      try {
        expect(await w.pageOf(url, device, twice).look()).toMatchObject({ me: { kind: 'citizen' } });
        const other = await w.pageOf(await w.linkOf(pinned.id), makeDevice(), twice).open();
        expect(other.visit.startsAt).toBe(another(15).startsAt);
        await w.anna.call(api.calls.revokeLink, {
          params: { id },
          body: { seat: await w.seatOf(id, 'citizen') },
        });
        await expect(w.pageOf(url, device, twice).look()).rejects.toMatchObject(notValid);
      } finally {
        await twice.close();
      }
    } finally {
      await restarted.close();
    }
  });
});

describe('with a link of one visit', () => {
  it('nobody does anything to another visit, be they citizen, host or guest', async () => {
    const [{ id: a }, { id: b }] = [await w.visit(), await w.visit(another(15))];
    const [citizenA, citizenB, hostA] = [await w.citizenPage(a), await w.citizenPage(b), await w.hostPage(a)];
    w.clock.set('2026-11-24T14:40:00Z');
    await citizenA.open();
    const [{ me }] = [await citizenB.open(), await citizenB.wait()];
    await hostA.wait();
    const before = await citizenB.look();
    await expect(hostA.admit(me.seat)).rejects.toMatchObject({ code: 'not_found' });
    await expect(hostA.admit(me.seat, true)).rejects.toMatchObject({ code: 'not_found' });
    await expect(hostA.giveKeys([{ seat: me.seat, hostKey: 'A'.repeat(87) }])).rejects.toMatchObject({
      code: 'not_found',
    });
    // Nor does the device of one page open another link.
    const stranger = w.pageOf(await w.linkOf(b), citizenA.device);
    for (const act of [stranger.look, stranger.wait, stranger.enter, stranger.leave])
      await expect(act()).rejects.toMatchObject({ code: 'link_in_use' });
    expect(await citizenB.look()).toEqual(before);
    expect((await hostA.look()).seats.map(({ id }) => id)).not.toContain(me.seat);
  });

  it('nobody is named to whoever finds it once it has expired, in no answer and no log', async () => {
    const { id, code } = await w.visit();
    const page = await w.citizenPage(id);
    await page.open();
    w.clock.set('2026-11-24T17:20:00Z');
    const logged = w.app.logged.length;
    const answers: string[] = [];
    for (const route of Object.values(callPageRoutes)) {
      if (route.access === 'public') continue;
      const isRead = route.method === 'GET';
      const answer = await fetch(
        new URL(`/api/v1${route.path}${isRead ? `?device=${page.device}` : ''}`, w.app.url),
        {
          method: route.method,
          headers: { authorization: `Bearer ${page.token}`, 'content-type': 'application/json' },
          ...(isRead ? {} : { body: JSON.stringify({ device: page.device }) }),
        },
      );
      answers.push(`${JSON.stringify([...answer.headers])} ${await answer.text()}`);
      expect([route.id, answer.status]).toEqual([route.id, 404]);
    }
    const { rows } = await w.superuser.query<{ id: string }>(
      `SELECT l.id FROM call_link l JOIN call_seat s ON s.id = l.seat_id JOIN call c ON c.id = s.call_id WHERE c.visit_id = $1`,
      [id],
    );
    const told = [...answers, ...w.app.logged.slice(logged).map((line) => JSON.stringify(line))].join('\n');
    expect(w.app.logged.length).toBeGreaterThan(logged + 10);
    const secrets = [citizenName, code, id, page.token, page.device, 'Anna', ...rows.map((link) => link.id)];
    expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
  });
});

describe('the room', () => {
  it('is left at once by the device whose place another takes over', async () => {
    const { id } = await w.visit();
    const [url, host] = [await w.linkOf(id), await w.hostPage(id)];
    const [lost, own] = [w.pageOf(url), w.pageOf(url)];
    await lost.open();
    const { me } = await lost.wait();
    await host.wait();
    await host.admit(me.seat);
    await lost.enter();
    w.clock.advance(46_000);
    await own.open({ takeOver: true });
    expect(await ordersFor(me.seat)).toHaveLength(1);
    await expect(lost.enter()).rejects.toMatchObject({ code: 'link_in_use' });
    await expect(own.enter()).rejects.toMatchObject({ code: 'seat_state' });
  });

  it('is left by the worker whose visit is another one’s now, and their link opens nothing', async () => {
    const { id } = await w.visit();
    const host = await w.hostPage(id);
    await host.wait();
    await host.enter();
    await w.coordinator.call(api.visits.move, {
      params: { id },
      body: { worker: 'BO', startsAt, endsAt, acknowledge: [...visitWarnings] },
    });
    expect(await ordersFor(await w.seatOf(id, 'worker'))).toHaveLength(1);
    await expect(host.look()).rejects.toMatchObject(notValid);
    await expect(host.enter()).rejects.toMatchObject(notValid);
  });
});

describe('asking for a link that was lost', () => {
  const ask = (body: object, token?: string, at: Pick<TestApp, 'url'> = w.app) =>
    fetch(new URL('/api/v1/call/new-link', at.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
  const sent = async (visitId: string): Promise<string[]> => {
    const { rows } = await w.superuser.query<{ to: string }>(
      `SELECT CASE WHEN seat_id IS NULL THEN 'citizen' ELSE 'guest' END AS "to" FROM message
       WHERE kind = 'new-link' AND visit_id = $1 ORDER BY created_at`,
      [visitId],
    );
    return rows.map(({ to }) => to);
  };
  const kept = async () =>
    (await w.superuser.query<{ sealed: Buffer | null }>('SELECT sealed_to AS sealed FROM link_ask')).rows;
  /** Everything that was asked for was looked for. */
  const done = () =>
    expect.poll(async () => (await kept()).every(({ sealed }) => sealed === null)).toBe(true);
  const addressOf = async (code: string) => {
    const identity = await w.anna.call(api.citizens.readIdentity, {
      params: { code },
      body: { reason: 'contact' },
    });
    return { phone: identity.phone ?? '', email: identity.email ?? '' };
  };

  it('is kept before it is answered, in the same way for everybody, and no address can be read where it lies', async () => {
    const { id, code } = await w.visit();
    const { phone, email } = await addressOf(code);
    for (const body of [{ phone }, { email }, { phone: '99 88 77 66' }, { email: 'a@example.dk' }])
      expect([(await ask(body)).status, (await kept()).length]).toEqual([200, expect.any(Number)]);
    expect(await kept()).toHaveLength(4);
    await done();
    expect(await sent(id)).toEqual(['citizen', 'citizen']);
    const columns = await w.superuser.query<{ text: string }>('SELECT link_ask::text AS text FROM link_ask');
    const bytes = [Buffer.from(phone).toString('hex'), Buffer.from(email).toString('hex'), phone, email];
    expect(columns.rows.filter(({ text }) => bytes.some((each) => text.includes(each)))).toEqual([]);
  });

  it('is done by another process where the one that took it up was killed', async () => {
    const { id, code } = await w.visit();
    const ahead = { now: () => new Date('2026-11-24T12:50:00Z') };
    const asks = createLinkAsks({ worker: w.app.test.database.worker, keys: w.askKeys, clock: ahead });
    await asks.keep({ phone: (await addressOf(code)).phone });
    expect(await asks.claim()).toHaveLength(1);
    expect(await asks.claim()).toEqual([]);
    expect(await sent(id)).toEqual([]);
    w.clock.set('2026-11-24T12:52:01Z');
    await done();
    expect(await sent(id)).toEqual(['citizen']);
  });

  it('sends one message, however often it is tried for a municipality where it fails', async () => {
    const other = await w.app.test.municipality('Sydby');
    await w.app.test.database.write(other, (tx) => seedLegalBases(tx, other));
    const worker = await w.app.caller(other, ['support-worker'], 'CD');
    const { code: elsewhere } = await worker.call(api.citizens.register, {
      body: { ...aCitizen({ acquaintance: { kind: 'met', on: '2026-01-05' } }), worker: 'CD' },
    });
    const meeting = await worker.call(api.visits.plan, {
      body: { citizen: elsewhere, channel: 'video', startsAt, endsAt, acknowledge: [...visitWarnings] },
    });
    await worker.call(api.calls.inviteGuest, {
      params: { id: meeting.id },
      body: { role: 'caseworker', email: 'gaest@example.dk' },
    });
    await w.superuser.query(
      String.raw`UPDATE call_seat SET sealed_address = '\x00' WHERE sealed_address IS NOT NULL`,
    );
    const { id, code } = await w.visit();
    await ask({ phone: (await addressOf(code)).phone });
    const attempts = async () =>
      (await w.superuser.query<{ attempts: number }>('SELECT attempts FROM link_ask')).rows[0]?.attempts;
    for (const times of [1, 2, 3]) {
      await expect.poll(attempts).toBeGreaterThanOrEqual(times);
      await expect.poll(() => sent(id)).toEqual(['citizen']);
      w.clock.advance(60_000);
    }
    expect(await sent(id)).toEqual(['citizen']);
  });

  it('helps a guest of a meeting as well, with the same link while that holds', async () => {
    const { id } = await w.visit();
    const email = 'raadgiver@example.dk';
    await w.anna.call(api.calls.inviteGuest, { params: { id }, body: { role: 'caseworker', email } });
    const before = await w.linkOf(id, 'guest');
    await ask({ email: 'Raadgiver@Example.dk' });
    await done();
    expect([await sent(id), await w.linkOf(id, 'guest')]).toEqual([['guest'], before]);
    // Who was turned away asks in vain.
    const seat = await w.seatOf(id, 'guest');
    await w.anna.call(api.calls.refuse, { params: { id }, body: { seat } });
    w.clock.advance(6 * 60_000);
    await ask({ email });
    await done();
    expect(await sent(id)).toEqual(['guest']);
  });

  it('rings nobody’s telephone all day, however often it is asked in their place', {
    timeout: 90_000,
  }, async () => {
    const { id, code } = await w.visit({
      startsAt: '2026-11-27T13:00:00.000Z',
      endsAt: '2026-11-27T13:20:00.000Z',
    });
    const { phone } = await addressOf(code);
    await Promise.all(Array.from({ length: 5 }, () => ask({ phone })));
    await done();
    expect(await sent(id)).toHaveLength(1);
    for (let times = 0; times < 8; times += 1) {
      w.clock.advance(6 * 60_000);
      await ask({ phone });
      await done();
    }
    expect(await sent(id)).toHaveLength(6);
    w.clock.advance(86_400_000);
    await ask({ phone });
    await done();
    expect(await sent(id)).toHaveLength(7);
  });
});

describe('who guesses', () => {
  it('is counted by where they are, whatever token they make up, also where none is asked for', async () => {
    const strict = await w.beside({ http: { requestsPerMinute: 5 } });
    try {
      const statuses: number[] = [];
      for (let times = 0; times < 8; times += 1) {
        const answer = await fetch(new URL('/api/v1/call/new-link', strict.url), {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${randomUUID()}` },
          body: JSON.stringify({ phone: '99 99 99 99' }),
        });
        statuses.push(answer.status);
      }
      expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    } finally {
      await strict.close();
    }
  });

  it('cannot fill the list of those who ask for a link with addresses they make up, and keeps nobody from their own', async () => {
    const { id } = await w.visit(another(16));
    const patient = await w.beside({ http: { requestsPerMinute: 3_000 } });
    try {
      const statuses: number[] = [];
      for (let times = 0; times < 22; times += 1) {
        const answer = await fetch(new URL('/api/v1/call/new-link', patient.url), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ email: `nobody${times}@example.dk` }),
        });
        statuses.push(answer.status);
      }
      expect(statuses).toEqual([...Array.from({ length: 20 }, () => 200), 429, 429]);
      expect((await w.pageOf(await w.linkOf(id), makeDevice(), patient).open()).me.state).toBe('invited');
    } finally {
      await patient.close();
    }
  });

  it('at the codes of many links is stopped before the right one is compared', {
    timeout: 60_000,
  }, async () => {
    const strict = await w.beside({ http: { requestsPerMinute: 3 } });
    try {
      const pages = [];
      for (const hour of [13, 14, 15, 16]) {
        const { id } = await w.visit(another(hour));
        await w.anna.call(api.calls.sendLink, {
          params: { id },
          body: { seat: await w.seatOf(id, 'citizen'), pin: '4711' },
        });
        pages.push(w.pageOf(await w.linkOf(id), makeDevice(), strict));
      }
      const [one, two, three, four] = pages;
      for (const page of [one, two, three])
        await expect(page?.open({ pin: '0000' })).rejects.toMatchObject({ code: 'link_pin' });
      await expect(four?.open({ pin: '4711' })).rejects.toMatchObject({ code: 'too_many_requests' });
      // Whoever is asked for a code is not counted for having none.
      await expect(four?.open()).rejects.toMatchObject({ code: 'link_pin' });
    } finally {
      await strict.close();
    }
  });
});
