import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, callPageRoutes } from '../../contract/index.ts';
import { type CallWorld, makeDevice, startCallWorld } from './fixtures/call.ts';
import { makeToken } from './link.ts';

const notValid = { code: 'link_not_valid' };

describe('a link that does not hold', () => {
  let w: CallWorld;
  beforeAll(async () => {
    w = await startCallWorld();
  });
  beforeEach(() => w.clear());
  afterAll(() => w.close());

  /** The bare answer to a token, without what differs from one request to the next. */
  const answerTo = async (token: string | null): Promise<readonly [number, string]> => {
    const answer = await fetch(new URL('/api/v1/call/open', w.app.url), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'accept-language': 'da',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ device: makeDevice() }),
    });
    const requestId = answer.headers.get('x-request-id') ?? '-';
    return [answer.status, (await answer.text()).replaceAll(requestId, '')];
  };

  it('gives the same answer, byte for byte, whatever is wrong with it', async () => {
    const [expired, revoked, replaced, over, called, erased, wrongPin] = await plan();
    const tokens = new Map<string, string | null>();
    const tokenOf = async ({ id }: { id: string }) => w.pageOf(await w.linkOf(id)).token;
    const host = { params: { id: revoked.id } };

    tokens.set('none', null);
    tokens.set('a made-up text', 'x'.repeat(50));
    tokens.set('a token of staff', w.anna.token);
    tokens.set('one forged with another key', makeToken(foreignKey(), randomUUID()));
    tokens.set('one that is signed and unknown', w.pageOf(w.links.urlOf(randomUUID())).token);
    tokens.set('a revoked one', await tokenOf(revoked));
    await w.anna.call(api.calls.revokeLink, {
      ...host,
      body: { seat: await w.seatOf(revoked.id, 'citizen') },
    });
    tokens.set('one that was replaced', await tokenOf(replaced));
    await w.anna.call(api.calls.sendLink, {
      params: { id: replaced.id },
      body: { seat: await w.seatOf(replaced.id, 'citizen') },
    });
    tokens.set('one of a visit that was called off', await tokenOf(called));
    await w.anna.call(api.visits.cancel, {
      params: { id: called.id },
      body: { by: 'citizen', reason: 'illness' },
    });
    tokens.set('one of an erased citizen', await tokenOf(erased));
    await w.coordinator.call(api.citizens.erase, {
      params: { code: erased.code },
      body: { reason: 'data-subject-request' },
    });
    const guessed = await guessPin(wrongPin.id);
    tokens.set('one whose code was guessed at', guessed);
    tokens.set('an expired one', await tokenOf(expired));
    await w.superuser.query(`UPDATE call_link SET expires_at = $1 WHERE seat_id = $2`, [
      w.clock.now(),
      await w.seatOf(expired.id, 'citizen'),
    ]);
    tokens.set('one of a call that is over for half an hour', await tokenOf(over));
    await w.superuser.query(`UPDATE call SET state = 'ended', ended_at = $1 WHERE visit_id = $2`, [
      new Date(w.clock.now().getTime() - 30 * 60_000),
      over.id,
    ]);

    const answers = new Map<string, readonly [number, string]>();
    for (const [what, token] of tokens) answers.set(what, await answerTo(token));
    const first = answers.get('none');
    expect(first?.[0]).toBe(404);
    expect(JSON.parse(first?.[1] ?? '')).toMatchObject({ code: 'link_not_valid' });
    expect(Object.fromEntries(answers)).toEqual(
      Object.fromEntries([...tokens.keys()].map((what) => [what, first])),
    );
  });

  /** Visits of as many citizens, ten minutes each, one after the other. */
  async function plan() {
    const next = (n: number) => {
      const at = (minutes: number) => new Date(Date.UTC(2026, 10, 24, 13, minutes)).toISOString();
      return w.visit({ startsAt: at(n * 10), endsAt: at(n * 10 + 10) });
    };
    return [
      await next(0),
      await next(1),
      await next(2),
      await next(3),
      await next(4),
      await next(5),
      await next(6),
    ] as const;
  }

  const foreignKey = () => ({ id: '0a1b2c3d', key: createSecretKey(randomBytes(32)) });

  async function guessPin(visitId: string): Promise<string> {
    await w.anna.call(api.calls.sendLink, {
      params: { id: visitId },
      body: { seat: await w.seatOf(visitId, 'citizen'), pin: '4711' },
    });
    const page = await w.citizenPage(visitId);
    await expect(page.open()).rejects.toMatchObject({ code: 'link_pin' });
    for (let tries = 1; tries <= 4; tries += 1)
      await expect(page.open({ pin: '0000' })).rejects.toMatchObject({ code: 'link_pin' });
    await expect(page.open({ pin: '0000' })).rejects.toMatchObject(notValid);
    await expect(page.open({ pin: '4711' })).rejects.toMatchObject(notValid);
    return page.token;
  }

  it('opens with its code, and asks for it no more on the same device', async () => {
    const { id } = await w.visit();
    await w.anna.call(api.calls.sendLink, {
      params: { id },
      body: { seat: await w.seatOf(id, 'citizen'), pin: '4711' },
    });
    const page = await w.citizenPage(id);
    await expect(page.open({ pin: '1234' })).rejects.toMatchObject({ code: 'link_pin' });
    await page.open({ pin: '4711' });
    await page.open();
  });

  it('keeps its code when it is sent again, until somebody takes the code away or gives another', async () => {
    const { id } = await w.visit();
    const seat = await w.seatOf(id, 'citizen');
    const sendAgain = (body: { readonly pin?: string | null } = {}) =>
      w.anna.call(api.calls.sendLink, { params: { id }, body: { seat, ...body } });
    await sendAgain({ pin: '4711' });
    await sendAgain();
    const again = await w.citizenPage(id);
    await expect(again.open()).rejects.toMatchObject({ code: 'link_pin' });
    await again.open({ pin: '4711' });
    await sendAgain({ pin: '2580' });
    const other = await w.citizenPage(id);
    await expect(other.open({ pin: '4711' })).rejects.toMatchObject({ code: 'link_pin' });
    await sendAgain({ pin: null });
    await (await w.citizenPage(id)).open();
  });

  it('does nothing at any address of the page', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    await page.open();
    await w.anna.call(api.calls.revokeLink, {
      params: { id },
      body: { seat: await w.seatOf(id, 'citizen') },
    });
    for (const route of Object.values(callPageRoutes)) {
      if (route.access === 'public') continue;
      const answer = await fetch(
        new URL(`/api/v1${route.path}${route.method === 'GET' ? `?device=${page.device}` : ''}`, w.app.url),
        {
          method: route.method,
          headers: { authorization: `Bearer ${page.token}`, 'content-type': 'application/json' },
          ...(route.method === 'GET' ? {} : { body: JSON.stringify({ device: page.device }) }),
        },
      );
      expect([route.id, answer.status]).toEqual([route.id, 404]);
    }
  });

  it('answers a page that waits while its link is revoked', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    const { version } = await page.open();
    const waits = page.watch(version);
    const refused = expect(waits).rejects.toMatchObject(notValid);
    await w.anna.call(api.calls.revokeLink, {
      params: { id },
      body: { seat: await w.seatOf(id, 'citizen') },
    });
    await refused;
  });

  it('keeps a second stranger out, and does not open another visit', async () => {
    const { id } = await w.visit();
    const url = await w.linkOf(id);
    const [first, second] = [w.pageOf(url), w.pageOf(url)];
    await first.open();
    await first.wait();
    await expect(second.open()).rejects.toMatchObject({ code: 'link_in_use' });
    await expect(second.open({ takeOver: true })).rejects.toMatchObject({ code: 'link_in_use' });
    await expect(second.look()).rejects.toMatchObject({ code: 'link_in_use' });
    await expect(second.wait()).rejects.toMatchObject({ code: 'link_in_use' });
    const { me, visit } = await first.look();
    expect([me.seat, visit.startsAt]).toEqual([await w.seatOf(id, 'citizen'), '2026-11-24T13:00:00.000Z']);
  });

  it('asks the host again when another device takes a call over', async () => {
    const { id } = await w.visit();
    const [url, host] = [await w.linkOf(id), await w.hostPage(id)];
    const [telephone, tablet] = [w.pageOf(url), w.pageOf(url)];
    await telephone.open();
    const { me } = await telephone.wait();
    await host.wait();
    await host.admit(me.seat);
    w.clock.advance(46_000);
    await expect(tablet.open()).rejects.toMatchObject({ code: 'link_in_use' });
    expect((await tablet.open({ takeOver: true })).me.state).toBe('invited');
    await expect(tablet.enter()).rejects.toMatchObject({ code: 'seat_state' });
    await expect(telephone.enter()).rejects.toMatchObject({ code: 'link_in_use' });
  });

  it('of a worker opens within two minutes, once, and replaces the one before', async () => {
    const { id } = await w.visit();
    const start = () => w.anna.call(api.calls.start, { params: { id }, body: {} });
    const [earlier, late] = [w.pageOf((await start()).url), w.pageOf((await start()).url)];
    await expect(earlier.open()).rejects.toMatchObject(notValid);
    w.clock.advance(120_000);
    await expect(late.open()).rejects.toMatchObject(notValid);
    const { url } = await start();
    const [own, stranger] = [w.pageOf(url), w.pageOf(url)];
    await own.open();
    w.clock.advance(600_000);
    await expect(stranger.open({ takeOver: true })).rejects.toMatchObject({ code: 'link_in_use' });
    await own.look();
  });
});
