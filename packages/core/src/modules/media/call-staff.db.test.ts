import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api } from '../../contract/index.ts';
import { type CallWorld, endsAt, startCallWorld, startsAt } from './fixtures/call.ts';

const routes = api.calls;

describe('calls follow their visits', () => {
  let w: CallWorld;
  beforeAll(async () => {
    w = await startCallWorld();
  });
  beforeEach(() => w.clear());
  afterAll(() => w.close());

  const show = (id: string) => w.anna.call(routes.show, { params: { id } });

  it('has a call with seats for citizen and worker from the moment the visit is planned', async () => {
    const { id, code } = await w.visit();
    expect(await show(id)).toMatchObject({
      visit: id,
      citizen: code,
      worker: 'AB',
      state: 'prepared',
      opensAt: '2026-11-24T12:30:00.000Z',
      closesAt: '2026-11-24T17:20:00.000Z',
      seats: [
        { kind: 'citizen', initials: null, state: 'invited' },
        { kind: 'worker', initials: 'AB', state: 'invited' },
      ],
      minutes: 0,
      failure: null,
    });
  });

  it('has none where they meet in person or on the telephone', async () => {
    const { id } = await w.visit({ channel: 'phone' });
    await expect(show(id)).rejects.toMatchObject({ code: 'no_call' });
  });

  it('moves with the visit, and the link that was sent goes on holding', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    await w.anna.call(api.visits.move, {
      params: { id },
      body: { startsAt: '2026-11-25T13:00:00Z', endsAt: '2026-11-25T13:20:00Z' },
    });
    expect(await show(id)).toMatchObject({ opensAt: '2026-11-25T12:30:00.000Z' });
    w.clock.set('2026-11-25T12:45:00Z');
    await page.open();
    expect(await page.wait()).toMatchObject({ me: { state: 'waiting' } });
  });

  it('ends when the visit is called off or turned into another, and comes back with other links', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    await page.open();
    await w.anna.call(api.visits.turn, { params: { id }, body: { to: 'phone' } });
    await expect(page.look()).rejects.toMatchObject({ code: 'link_not_valid' });
    expect(await show(id)).toMatchObject({ state: 'ended' });
    await w.anna.call(api.visits.turn, { params: { id }, body: { to: 'video', acknowledge: ['never-met'] } });
    expect(await show(id)).toMatchObject({
      state: 'prepared',
      seats: [{ state: 'invited' }, { state: 'invited' }],
    });
    await expect(page.look()).rejects.toMatchObject({ code: 'link_not_valid' });
    await (await w.citizenPage(id)).open();
  });

  it('has a seat for each colleague, who comes in by a link of their own', async () => {
    const { id } = await w.visit({ participants: [{ kind: 'colleague', initials: 'BO' }] });
    const { seats } = await show(id);
    expect(seats.map(({ kind, initials }) => [kind, initials])).toEqual([
      ['citizen', null],
      ['worker', 'AB'],
      ['colleague', 'BO'],
    ]);
    const page = await w.hostPage(id, w.bo);
    expect(await page.wait()).toMatchObject({ me: { kind: 'colleague', isHost: false, state: 'waiting' } });
    expect(await w.bo.call(routes.waitingRoom, {})).toMatchObject({ items: [{ kind: 'colleague' }] });
  });

  it('is hosted by whoever takes part, and by who may plan for others; nobody else starts it', async () => {
    const { id } = await w.visit();
    const seat = await w.seatOf(id, 'citizen');
    const page = await w.citizenPage(id);
    await page.open();
    await page.wait();
    await expect(w.bo.call(routes.admit, { params: { id }, body: { seat } })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(w.coordinator.call(routes.start, { params: { id }, body: {} })).rejects.toMatchObject({
      code: 'not_allowed',
    });
    const { seats } = await w.coordinator.call(routes.admit, { params: { id }, body: { seat } });
    expect(seats[0]).toMatchObject({ state: 'admitted' });
  });

  it('treats somebody on the telephone like everybody: they wait, and are let in', async () => {
    const { id } = await w.visit();
    const seat = await w.seatOf(id, 'citizen');
    const onSeat = { params: { id }, body: { seat } };
    await expect(w.anna.call(routes.admit, onSeat)).rejects.toMatchObject({ code: 'seat_state' });
    await w.anna.call(routes.byPhone, onSeat);
    expect(await w.anna.call(routes.waitingRoom, {})).toMatchObject({ items: [{ seat, byPhone: true }] });
    const { seats, state } = await w.anna.call(routes.admit, onSeat);
    expect([state, seats[0]]).toMatchObject(['on', { byPhone: true, present: true, state: 'admitted' }]);
    await expect(w.anna.call(routes.byPhone, onSeat)).rejects.toMatchObject({ code: 'seat_state' });
  });

  it('invites others by mail or text, eight at most, and keeps where to only sealed and until the end', async () => {
    const { id } = await w.visit();
    const invite = (n: number) =>
      w.anna.call(routes.inviteGuest, {
        params: { id },
        body:
          n % 2 === 0
            ? { role: 'caseworker', email: `gaest${n}@example.dk` }
            : { role: 'relative', phone: '22334455' },
      });
    for (let n = 0; n < 6; n += 1) await invite(n);
    await expect(invite(6)).rejects.toMatchObject({ code: 'call_full', problem: { params: { seats: 8 } } });
    const kept = async () =>
      (
        await w.superuser.query<{ sealed: Buffer | null }>(
          `SELECT sealed_address AS sealed FROM call_seat WHERE kind = 'guest'`,
        )
      ).rows.map(({ sealed }) => sealed);
    const sealed = await kept();
    expect(sealed).toHaveLength(6);
    expect(
      sealed.some((bytes) => bytes === null || bytes.includes('gaest') || bytes.includes('22334455')),
    ).toBe(false);
    const { rows } = await w.superuser.query<{ channel: string }>(
      `SELECT channel FROM message WHERE seat_id IS NOT NULL AND kind = 'invitation'`,
    );
    expect(rows.map(({ channel }) => channel).sort()).toEqual(['mail', 'mail', 'mail', 'sms', 'sms', 'sms']);

    const guest = w.pageOf(await w.linkOf(id, 'guest'));
    const page = await guest.open();
    expect(page).toMatchObject({ me: { kind: 'guest' }, groundRules: { phoneEnds: null }, plan: null });
    await w.anna.call(api.visits.cancel, { params: { id }, body: { by: 'worker', reason: 'illness' } });
    expect(await kept()).toEqual(Array.from({ length: 6 }, () => null));
    await expect(guest.look()).rejects.toMatchObject({ code: 'link_not_valid' });
  });

  it('shows what is to be spoken of to host and guests, and keeps it sealed', async () => {
    const { id } = await w.visit();
    const agenda = 'Handleplan: husleje og lægebesøg';
    const { url, expiresAt } = await w.anna.call(routes.start, { params: { id }, body: { agenda } });
    expect(expiresAt).toBe('2026-11-24T12:42:00.000Z');
    const [host, citizen] = [w.pageOf(url), await w.citizenPage(id)];
    expect(await host.open()).toMatchObject({ visit: { agenda } });
    expect(await citizen.open()).toMatchObject({ visit: { agenda: null } });
    const { rows } = await w.superuser.query<{ sealed: Buffer }>('SELECT sealed_agenda AS sealed FROM call');
    expect(rows[0]?.sealed.includes('husleje')).toBe(false);
  });

  it('repeats the same link for the same request, and revokes it for another', async () => {
    const { id } = await w.visit();
    const request = { params: { id }, body: {}, idempotencyKey: 'once' };
    const first = await w.anna.call(routes.start, request);
    expect(await w.anna.call(routes.start, request)).toEqual(first);
    const next = await w.anna.call(routes.start, { params: { id }, body: {} });
    expect(next.url).not.toBe(first.url);
    await expect(w.pageOf(first.url).open()).rejects.toMatchObject({ code: 'link_not_valid' });
  });

  it('is over with the visit, and its page can be looked at for half an hour more', async () => {
    const { id } = await w.visit();
    const page = await w.citizenPage(id);
    await page.open();
    w.clock.set('2026-11-24T13:30:00Z');
    await w.anna.call(api.visits.record, {
      params: { id },
      body: { parts: [{ kind: 'video', startsAt, endsAt }] },
    });
    expect(await page.look()).toMatchObject({ state: 'ended', visit: { state: 'held' } });
    await expect(page.wait()).rejects.toMatchObject({ code: 'no_call' });
    await expect(w.anna.call(routes.start, { params: { id }, body: {} })).rejects.toMatchObject({
      code: 'no_call',
    });
    w.clock.set('2026-11-24T14:00:00Z');
    await expect(page.look()).rejects.toMatchObject({ code: 'link_not_valid' });
  });
});
