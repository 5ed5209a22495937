import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api } from '../../../contract/index.ts';
import { type CallWorld, startCallWorld } from '../fixtures/call.ts';

let w: CallWorld;
beforeAll(async () => {
  w = await startCallWorld();
});
afterAll(() => w.close());
beforeEach(async () => {
  const hours = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', until: '15:00' }));
  await w.anna.call(api.groundRules.setTalkHours, { params: { initials: 'AB' }, body: { hours } });
});
afterEach(async () => {
  await w.superuser.query('TRUNCATE talk_request');
  await w.clear();
});

const wishedAt = '2026-11-25T09:00:00.000Z';
const half = (from: string) => ({
  startsAt: from,
  endsAt: new Date(Date.parse(from) + 1_800_000).toISOString(),
});

/** The page of a citizen who may ask, and what it does. */
async function citizenOf(visitId: string) {
  const page = await w.citizenPage(visitId);
  const { client, device } = page;
  await page.open();
  const { showTalk, askTalk, withdrawTalk, answerProposal } = api.callPage;
  return {
    ...page,
    show: () => client.call(showTalk, { body: { device } }),
    ask: (at = wishedAt) => client.call(askTalk, { body: { device, wishedAt: at } }),
    withdraw: () => client.call(withdrawTalk, { body: { device } }),
    answer: (startsAt: string, answer: 'yes' | 'no' | 'other', other?: string) =>
      client.call(answerProposal, { body: { device, startsAt, answer, ...(other ? { other } : {}) } }),
  };
}
const asking = async () => {
  const { id, code } = await w.visit();
  return { code, page: await citizenOf(id) };
};
const open = async () => w.anna.call(api.talks.list, {});
const onlyTalk = async (): Promise<string> => (await open()).asked[0]?.id ?? '';
const messages = async (): Promise<string[]> =>
  (
    await w.superuser.query<{ kind: string }>(
      `SELECT kind FROM message WHERE kind LIKE 'talk%' OR kind IN ('proposal', 'cancelled') ORDER BY kind`,
    )
  ).rows.map(({ kind }) => kind);
const visitNow = (id: string) => w.anna.call(api.visits.show, { params: { id } });
/** A visit that the worker proposed in answer to what a citizen asked for. */
const proposed = async (from = wishedAt) => {
  const { code, page } = await asking();
  await page.ask();
  const { visit } = await w.anna.call(api.talks.propose, {
    params: { id: await onlyTalk() },
    body: { ...half(from), acknowledge: ['never-met'] },
  });
  return { code, visit: visit ?? '', page: await citizenOf(visit ?? '') };
};

describe('a citizen who wants a talk', () => {
  it('is offered times within the hours of their worker, and none of anything else that is planned', async () => {
    const { page } = await asking();
    const { worker, asked, times } = await page.show();
    expect({ worker, asked }).toEqual({ worker: expect.any(String), asked: null });
    expect(times.length).toBeGreaterThan(2);
    expect(times).toContain('2026-11-25T08:00:00.000Z');
    await w.anna.call(api.visits.plan, {
      body: {
        citizen: await w.citizen(),
        channel: 'phone',
        ...half('2026-11-25T08:00:00.000Z'),
        acknowledge: [],
      },
    });
    expect((await page.show()).times).not.toContain('2026-11-25T08:00:00.000Z');
  });

  it('asks once at a time, is thanked, and stands in the list of their worker', async () => {
    const { code, page } = await asking();
    expect(await page.ask()).toMatchObject({ asked: { wishedAt } });
    expect(await page.ask()).toMatchObject({ asked: { wishedAt } });
    await expect(page.ask('2026-11-25T10:00:00.000Z')).rejects.toMatchObject({ code: 'talk_state' });
    expect((await open()).asked).toEqual([
      expect.objectContaining({ citizen: code, worker: 'AB', state: 'asked', wishedAt, visit: null }),
    ]);
    expect((await w.bo.call(api.talks.list, {})).asked).toEqual([]);
    expect(await messages()).toEqual(['talk-asked']);
    const { rows } = await w.superuser.query<{ data: object }>(
      `SELECT data FROM change_event WHERE type = 'talk.asked' ORDER BY occurred_at DESC LIMIT 1`,
    );
    expect(rows[0]?.data).toEqual({ worker: 'AB' });
  });

  it('asks at no time that their worker has not set, and never twice from two devices at once', async () => {
    const { page } = await asking();
    await expect(page.ask('2026-11-25T20:00:00.000Z')).rejects.toMatchObject({ code: 'talk_hours_closed' });
    const both = await Promise.allSettled([page.ask(), page.ask('2026-11-25T10:00:00.000Z')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await open()).asked).toHaveLength(1);
  });

  it('takes it back, and may ask again', async () => {
    const { page } = await asking();
    await page.ask();
    expect(await page.withdraw()).toMatchObject({ asked: null });
    expect((await open()).asked).toEqual([]);
    expect(await page.ask('2026-11-25T10:00:00.000Z')).toMatchObject({ asked: expect.anything() });
  });

  it('asks by the link of their own seat, and by nobody else’s', async () => {
    const { id } = await w.visit();
    const host = await w.hostPage(id);
    const asked = host.client.call(api.callPage.askTalk, { body: { device: host.device, wishedAt } });
    await expect(asked).rejects.toMatchObject({ code: 'not_allowed' });
    const page = await citizenOf(id);
    await w.anna.call(api.calls.revokeLink, {
      params: { id },
      body: { seat: await w.seatOf(id, 'citizen') },
    });
    await expect(page.ask()).rejects.toMatchObject({ code: 'link_not_valid' });
    await expect(page.show()).rejects.toMatchObject({ code: 'link_not_valid' });
  });

  it('hears a kind no, with when they speak next', async () => {
    const { page } = await asking();
    await page.ask();
    const answered = await w.anna.call(api.talks.decline, { params: { id: await onlyTalk() } });
    expect(answered).toMatchObject({ state: 'declined', visit: null });
    expect(await messages()).toEqual(['talk-answered', 'talk-asked']);
    const { rows } = await w.superuser.query<{ facts: object }>(
      `SELECT facts FROM message WHERE kind = 'talk-answered'`,
    );
    expect(rows[0]?.facts).toMatchObject({ answer: 'declined', startsAt: '2026-11-24T13:00:00.000Z' });
    expect((await page.show()).asked).toBeNull();
  });

  it('is answered once, by whoever is first', async () => {
    const { page } = await asking();
    await page.ask();
    const id = await onlyTalk();
    const body = { ...half(wishedAt), acknowledge: ['never-met' as const] };
    const both = await Promise.allSettled([
      w.anna.call(api.talks.propose, { params: { id }, body }),
      w.coordinator.call(api.talks.decline, { params: { id } }),
    ]);
    const lost = both.find(({ status }) => status === 'rejected');
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(lost).toMatchObject({ reason: { code: 'talk_state' } });
    await expect(w.bo.call(api.talks.decline, { params: { id } })).rejects.toMatchObject({
      code: expect.stringMatching(/not_(found|allowed)/),
    });
  });
});

describe('a time that was proposed to a citizen', () => {
  it('is told of once, and planned by their yes, however often they say it', async () => {
    const { visit, page } = await proposed();
    expect(await messages()).toEqual(['proposal', 'talk-asked']);
    expect(await page.look()).toMatchObject({ visit: { state: 'proposed', proposedBy: 'worker' } });
    expect(await page.answer(wishedAt, 'yes')).toMatchObject({
      visit: { state: 'planned', proposedBy: null },
    });
    await page.answer(wishedAt, 'yes');
    expect(await visitNow(visit)).toMatchObject({ state: 'planned', proposedBy: null });
    expect(await messages()).toEqual(['proposal', 'talk-asked']);
  });

  it('is let go by their no: nobody is told what they said themselves, and they may ask again', async () => {
    const { visit, page } = await proposed();
    const after = await page.answer(wishedAt, 'no');
    expect(after).toMatchObject({ state: 'ended', visit: { state: 'cancelled' } });
    expect(await visitNow(visit)).toMatchObject({ state: 'cancelled' });
    expect(await messages()).toEqual(['proposal', 'talk-asked']);
    expect((await page.show()).times).toContain('2026-11-25T08:00:00.000Z');
    expect(await page.ask()).toMatchObject({ asked: { wishedAt } });
  });

  it('becomes another one at their wish, which their worker hears of and accepts', async () => {
    const { visit, page, code } = await proposed();
    const { times } = await page.show();
    const other = times.find((time) => time.startsWith('2026-11-26')) ?? '';
    expect(await page.answer(wishedAt, 'other', other)).toMatchObject({
      visit: { state: 'proposed', proposedBy: 'citizen', startsAt: other },
    });
    expect((await open()).proposed).toEqual([{ visit, citizen: code, ...half(other) }]);
    await expect(page.answer(other, 'yes')).rejects.toMatchObject({ code: 'proposal_changed' });
    await w.anna.call(api.visits.accept, { params: { id: visit } });
    expect(await page.look()).toMatchObject({ visit: { state: 'planned' } });
  });

  it('is not exchanged for one that is taken, and nothing is told of whom it is taken by', async () => {
    const { visit, page } = await proposed();
    const other = '2026-11-26T08:00:00.000Z';
    await w.anna.call(api.visits.plan, {
      body: { citizen: await w.citizen(), channel: 'phone', ...half(other), acknowledge: [] },
    });
    const refused = await page.answer(wishedAt, 'other', other).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'talk_hours_closed' });
    expect(JSON.stringify(refused)).not.toContain('nearest');
    expect(await visitNow(visit)).toMatchObject({ planned: { startsAt: wishedAt } });
  });

  it('answers to the first of two who answer at once', async () => {
    const { visit, page } = await proposed();
    const both = await Promise.allSettled([
      page.answer(wishedAt, 'yes'),
      page.answer(wishedAt, 'other', '2026-11-26T08:00:00.000Z'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const { state, proposedBy } = await visitNow(visit);
    expect([state, proposedBy]).toEqual(
      both[0]?.status === 'fulfilled' ? ['planned', null] : ['proposed', 'citizen'],
    );
  });

  it('is not the time that the worker has moved it to meanwhile', async () => {
    const { visit, page } = await proposed();
    await w.anna.call(api.visits.move, {
      params: { id: visit },
      body: { ...half('2026-11-27T10:00:00.000Z'), acknowledge: ['never-met'] },
    });
    for (const answer of ['yes', 'no'] as const)
      await expect(page.answer(wishedAt, answer)).rejects.toMatchObject({ code: 'proposal_changed' });
    expect(await visitNow(visit)).toMatchObject({ state: 'proposed' });
  });

  it('reaches also who wants no messages, since they asked', async () => {
    const { code, page } = await asking();
    await w.anna.call(api.groundRules.change, { params: { code }, body: { contact: 'none' } });
    await page.ask();
    await w.anna.call(api.talks.propose, {
      params: { id: await onlyTalk() },
      body: { ...half(wishedAt), acknowledge: ['never-met'] },
    });
    const { rows } = await w.superuser.query<{ kind: string; state: string }>(
      `SELECT DISTINCT kind, state FROM message WHERE kind IN ('proposal', 'talk-answered') ORDER BY kind`,
    );
    expect(rows).toEqual([
      { kind: 'proposal', state: 'held-back' },
      { kind: 'talk-answered', state: 'scheduled' },
    ]);
  });
});
