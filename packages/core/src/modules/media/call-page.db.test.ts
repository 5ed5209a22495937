import { TokenVerifier } from 'livekit-server-sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api } from '../../contract/index.ts';
import { type CallWorld, citizenName, makeExchange, startCallWorld } from './fixtures/call.ts';

describe('a call through its pages', () => {
  let w: CallWorld;
  beforeAll(async () => {
    w = await startCallWorld();
  });
  beforeEach(() => w.clear());
  afterAll(() => w.close());

  it('goes from waiting room to admission to the room, with one key that the service never learns', async () => {
    const { id } = await w.visit();
    const [citizen, host] = [await w.citizenPage(id), await w.hostPage(id)];
    const exchange = makeExchange();
    await citizen.open();
    expect(await citizen.reportTests('good')).toMatchObject({ me: { state: 'invited' } });
    const waiting = await citizen.wait(exchange.commitment);
    expect(waiting).toMatchObject({
      state: 'prepared',
      me: { kind: 'citizen', isHost: false, state: 'waiting', waitingSince: '2026-11-24T12:40:00.000Z' },
    });
    expect(await w.anna.call(api.calls.waitingRoom, {})).toMatchObject({
      items: [{ visit: id, seat: waiting.me.seat, kind: 'citizen', since: '2026-11-24T12:40:00.000Z' }],
    });
    await expect(citizen.enter()).rejects.toMatchObject({ code: 'seat_state' });

    expect(await host.wait()).toMatchObject({ me: { isHost: true, state: 'admitted' } });
    const hostKey = 'A'.repeat(87);
    const seat = waiting.me.seat;
    await expect(citizen.reveal(exchange.shown)).rejects.toMatchObject({ code: 'invalid_input' });
    await host.giveKeys([{ seat, hostKey, commitment: exchange.commitment }]);
    await citizen.reveal(exchange.shown);
    const key = 'B'.repeat(80);
    // Not before they are let in.
    await host.giveKeys([{ seat, wrapped: { epoch: 1, key } }]);
    const own = async () => (await citizen.look()).seats.find((one) => one.id === seat)?.exchange;
    expect(await own()).toMatchObject({ hostKey, wrappedKey: null });
    expect(await host.admit(seat)).toMatchObject({ state: 'on' });
    await host.giveKeys([{ seat, wrapped: { epoch: 1, key } }]);
    expect(await own()).toMatchObject({ hostKey, wrappedKey: key, epoch: 1 });

    const entered = await citizen.enter();
    expect(entered).toMatchObject({ identity: seat, url: w.app.url.replace(/^http/, 'ws') });
    const claims = await new TokenVerifier('test', 'a secret of tests that is long enough').verify(
      entered.token,
    );
    expect(claims).toMatchObject({ sub: seat, video: { room: w.made[0], roomJoin: true } });
    expect(await host.look()).toMatchObject({ encryption: 'end-to-end' });
    await host.enter('in-transit');
    expect(await citizen.look()).toMatchObject({ encryption: 'in-transit' });
    await citizen.enter('end-to-end');
    expect(await citizen.look()).toMatchObject({ encryption: 'in-transit' });

    expect(await citizen.leave()).toMatchObject({ me: { state: 'left' } });
    expect(await citizen.leave()).toMatchObject({ me: { state: 'left' } });
    const { seats } = await w.anna.call(api.calls.show, { params: { id } });
    expect(seats.find(({ kind }) => kind === 'citizen')).toMatchObject({
      gone: 'hung-up',
      exchange: { commitment: null, wrappedKey: null, epoch: 1 },
    });
  });

  it('can try its network before anybody is let in: alone, with nothing to hear or send, and not too often', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    await expect(page.tryNetwork()).rejects.toMatchObject({ code: 'link_in_use' });
    w.clock.set('2026-11-24T09:00:00Z');
    const { version } = await page.open();
    const { url, token } = await page.tryNetwork();
    expect(url).toBe(w.app.url.replace(/^http/, 'ws'));
    const claims = await new TokenVerifier('test', 'a secret of tests that is long enough').verify(token);
    expect(claims.video).toEqual({
      room: w.trials[0],
      roomJoin: true,
      canPublish: false,
      canPublishData: false,
      canSubscribe: true,
      canUpdateOwnMetadata: false,
      hidden: true,
    });
    expect(claims.sub).not.toBe(await w.seatOf(id, 'citizen'));
    expect(Number(claims.exp) - Date.now() / 1000).toBeLessThanOrEqual(31);
    for (let more = 0; more < 5; more += 1) await page.tryNetwork();
    await expect(page.tryNetwork()).rejects.toMatchObject({ code: 'too_many_requests' });
    expect(new Set(w.trials).size).toBe(6);
    expect(w.made).toEqual([]);
    expect(await page.look()).toMatchObject({ version, state: 'prepared', me: { state: 'invited' } });
    w.clock.set('2026-11-24T09:05:00Z');
    await page.tryNetwork();
    w.rooms.isDown = true;
    await expect(page.tryNetwork()).rejects.toMatchObject({ code: 'media_unavailable' });
  });

  it('opens half an hour before the visit, and says until then when', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    w.clock.set('2026-11-24T12:29:59Z');
    expect(await page.open()).toMatchObject({
      visit: { opensAt: '2026-11-24T12:30:00.000Z', startsAt: '2026-11-24T13:00:00.000Z', worker: 'Test' },
    });
    await expect(page.wait()).rejects.toMatchObject({
      code: 'call_not_open',
      problem: { params: { opens: '13.30' } },
    });
    w.clock.set('2026-11-24T12:30:00Z');
    expect(await page.wait()).toMatchObject({ me: { state: 'waiting' } });
  });

  it('remembers who waits since when, over a reload and a restart of the service', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    await page.open();
    await page.wait();
    w.clock.advance(240_000);
    const restarted = await w.beside();
    try {
      const again = w.pageOf(await w.linkOf(id), page.device, restarted);
      expect(await again.open()).toMatchObject({ me: { waitingSince: '2026-11-24T12:40:00.000Z' } });
      const { commitment } = makeExchange();
      expect(await again.wait(commitment)).toMatchObject({
        me: { state: 'waiting', waitingSince: '2026-11-24T12:40:00.000Z' },
      });
    } finally {
      await restarted.close();
    }
  });

  it('tells a page that waits of what another process does', async () => {
    const { id } = await w.visit();
    const [page, host] = [await w.citizenPage(id), await w.hostPage(id)];
    await page.open();
    const { version, me } = await page.wait();
    const other = await w.beside();
    try {
      const waits = w.pageOf(await w.linkOf(id), page.device, other).watch(version);
      await host.admit(me.seat);
      const told = await waits;
      expect(told.me.state).toBe('admitted');
      expect(told.version).toBeGreaterThan(version);
    } finally {
      await other.close();
    }
  });

  it('tells a page of what its own process does without waiting for changes to get their place', async () => {
    const { id } = await w.visit();
    const [page, host] = [await w.citizenPage(id), await w.hostPage(id)];
    await page.open();
    const { version, me } = await page.wait();
    const waits = page.watch(version);
    const { superuser } = w.app.test;
    await superuser.query('BEGIN');
    try {
      // Whoever gives places waits for this.
      await superuser.query('LOCK TABLE sequence_head IN ACCESS EXCLUSIVE MODE');
      await host.admit(me.seat);
      expect((await waits).me.state).toBe('admitted');
    } finally {
      await superuser.query('ROLLBACK');
    }
  });

  it('answers a page at once that is behind, and the ones that wait when the service stops', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    const { version } = await page.open();
    await page.wait();
    expect((await page.watch(version)).me.state).toBe('waiting');
    const other = await w.beside();
    const last = (await page.look()).version;
    const at = w.pageOf(await w.linkOf(id), page.device, other);
    await at.look();
    const waits = at.watch(last);
    // Both are under way once the first answer has come over the same server.
    await at.look();
    await other.close();
    await waits.then(
      ({ version: seen }) => expect(seen).toBe(last),
      (error: Error) => expect(error.name).toBe('Unreachable'),
    );
  });

  it('admits once, however many admit at once', async () => {
    const { id } = await w.visit();
    const [page, host] = [await w.citizenPage(id), await w.hostPage(id)];
    await page.open();
    const { me } = await page.wait();
    const admit = () => w.anna.call(api.calls.admit, { params: { id }, body: { seat: me.seat } });
    const { version } = await host.look();
    await Promise.all([admit(), host.admit(me.seat), admit()]);
    expect(await page.look()).toMatchObject({ version: version + 1, me: { state: 'admitted' } });
  });

  it('lets only the host admit, answer keys and speak for the room', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    await page.open();
    const { me } = await page.wait();
    const notAllowed = { code: 'not_allowed' };
    await expect(page.admit(me.seat)).rejects.toMatchObject(notAllowed);
    await expect(page.declareAlone(true)).rejects.toMatchObject(notAllowed);
    await expect(page.giveKeys([{ seat: me.seat, hostKey: 'A'.repeat(87) }])).rejects.toMatchObject(
      notAllowed,
    );
    const host = await w.hostPage(id);
    await host.declareAlone(true);
    expect(await page.look()).toMatchObject({ aloneSince: '2026-11-24T12:40:00.000Z' });
    await host.declareAlone(false);
    expect(await page.look()).toMatchObject({ aloneSince: null });
  });

  it('shows everybody who sits with the citizen, as the citizen or the host says', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    await page.open();
    await page.wait();
    const host = await w.hostPage(id);
    await page.tellCompany('relative');
    expect(await host.look()).toMatchObject({ company: 'relative' });
    await host.tellCompany(null);
    expect(await page.look()).toMatchObject({ company: null });
  });

  it('turns somebody away for good, until the worker sends another link', async () => {
    const { id } = await w.visit();
    const [page, host] = [await w.citizenPage(id), await w.hostPage(id)];
    await page.open();
    const { me } = await page.wait();
    await host.admit(me.seat, true);
    await expect(page.look()).rejects.toMatchObject({ code: 'link_not_valid' });
    await w.anna.call(api.calls.sendLink, { params: { id }, body: { seat: me.seat } });
    const again = await w.citizenPage(id);
    expect(await again.open()).toMatchObject({ me: { state: 'invited' } });
  });

  it('says that sound and picture cannot be connected while the media server is down', async () => {
    const { id } = await w.visit();
    const host = await w.hostPage(id);
    await host.wait();
    w.rooms.isDown = true;
    await expect(host.enter()).rejects.toMatchObject({ code: 'media_unavailable' });
  });

  it('sends a lost link to where the vault says, and answers everybody alike', async () => {
    const { id } = await w.visit();
    const ask = async (body: object) => {
      const answer = await fetch(new URL('/api/v1/call/new-link', w.app.url), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return [answer.status, await answer.text()];
    };
    const before = await w.linkOf(id);
    const known = await ask({ email: await emailOf(w) });
    expect(await ask({ email: 'nobody@example.dk' })).toEqual(known);
    expect(await ask({ phone: '99 99 99 99' })).toEqual(known);
    await expect
      .poll(
        async () => {
          const { rows: sent } = await w.superuser.query<{ kind: string }>(
            `SELECT kind FROM message WHERE kind = 'new-link' AND visit_id = $1`,
            [id],
          );
          return sent.length;
        },
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0);
    // One that holds is sent again as it is: asking in somebody's place takes nothing from them.
    expect(await w.linkOf(id)).toBe(before);
  });

  it('tells no log who a citizen is, nor any link, and no answer more than a first name of the worker', async () => {
    const { id, code } = await w.visit();
    const [page, host] = [await w.citizenPage(id), await w.hostPage(id)];
    const answers = [
      await page.open(),
      await page.wait(),
      await host.wait(),
      await host.look(),
      await page.leave(),
    ];
    const told = JSON.stringify([...answers, await w.anna.call(api.calls.waitingRoom, {})]);
    const logged = JSON.stringify(w.app.logged);
    for (const secret of [citizenName, 'Solvej', 'solvej', page.token, host.token, page.device]) {
      expect(told).not.toContain(secret);
      expect(logged).not.toContain(secret);
    }
    expect(JSON.stringify(answers)).not.toContain(code);
    const { rows } = await w.superuser.query<{ data: object }>(
      `SELECT data FROM change_event WHERE entity_kind = 'call'`,
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(new Set(rows.flatMap(({ data }) => Object.keys(data)))).toEqual(new Set(['state']));
  });
});

/** Of the citizen that was registered last; the fixture counts them. */
const emailOf = async (w: CallWorld): Promise<string> => {
  const { rows } = await w.superuser.query<{ n: string }>('SELECT count(*) AS n FROM citizen');
  return `solvej${rows[0]?.n}@example.dk`;
};
