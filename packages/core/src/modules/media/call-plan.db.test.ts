import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api, type CallPage, mostPlanBytes, problem } from '../../contract/index.ts';
import { makeJpeg, makePdf } from '../citizens/weekly-plan/fixture.ts';
import { type CallWorld, makeDevice, startCallWorld } from './fixtures/call.ts';

const { keepPlan, readPlan, removePlan } = api.callPage;
const pdf = makePdf(['Mandag: vasketøj', 'Tirsdag: gåtur']);

type Page = Awaited<ReturnType<CallWorld['hostPage']>>;

const put = async ({ token, device }: Page, file: Uint8Array): Promise<CallPage> => {
  const response = await fetch(`${w.app.url}/api/v1/call/plan`, {
    method: keepPlan.method,
    headers: {
      authorization: `Bearer ${token}`,
      'naer-device': device,
      'content-type': 'application/octet-stream',
      'accept-language': 'da',
    },
    body: Buffer.from(file),
  });
  const answer: unknown = await response.json();
  if (response.ok) return keepPlan.reply.parse(answer);
  const said = problem.parse(answer);
  throw Object.assign(new Error(said.code), { code: said.code, problem: said });
};
const take = async ({ client, device }: Page) => {
  const { headers, body } = await client.open(readPlan, { body: { device } });
  const pieces: Uint8Array[] = [];
  for await (const piece of body ?? []) pieces.push(piece);
  return { headers, file: Buffer.concat(pieces) };
};
const remove = ({ client, device }: Page) => client.call(removePlan, { body: { device } });

let w: CallWorld;

describe('the weekly plan in a call', () => {
  beforeAll(async () => {
    w = await startCallWorld();
  });
  beforeEach(async () => {
    await w.clear();
    await w.superuser.query('TRUNCATE weekly_plan');
  });
  afterAll(() => w.close());

  const together = async () => {
    const { id, code } = await w.visit();
    const [citizen, host] = [await w.citizenPage(id), await w.hostPage(id)];
    await citizen.open();
    const { me } = await citizen.wait();
    await host.wait();
    await host.admit(me.seat);
    return { id, code, citizen, host, seat: me.seat };
  };
  const stored = async () =>
    (
      await w.superuser.query<{ row: string; sealed: Buffer }>(
        'SELECT p::text AS row, p.sealed_file AS sealed FROM weekly_plan p',
      )
    ).rows;

  it('is kept by either, its last version only, and seen by both', async () => {
    const { citizen, host } = await together();
    const { version, plan: none } = await citizen.look();
    expect(none).toBeNull();
    await expect(take(citizen)).rejects.toMatchObject({ code: 'not_found' });
    const told = citizen.watch(version);
    const { plan } = await put(host, pdf);
    expect(plan).toEqual({
      id: plan?.id,
      format: 'pdf',
      pages: 2,
      bytes: pdf.length,
      byCitizen: false,
      updatedAt: '2026-11-24T12:40:00.000Z',
    });
    expect((await told).plan).toEqual(plan);
    const taken = await take(citizen);
    expect(taken.file).toEqual(pdf);
    expect(taken.headers.get('content-type')).toBe('application/pdf');
    expect(taken.headers.get('cache-control')).toBe('no-store');
    expect(taken.headers.get('content-disposition')).toBe('attachment');
    expect(taken.headers.get('x-content-type-options')).toBe('nosniff');

    const photo = makeJpeg({ note: 'hjemme hos Solvej' });
    const second = await put(citizen, photo);
    expect(second.plan).toMatchObject({ format: 'jpeg', pages: 1, byCitizen: true });
    expect(second.plan?.id).not.toBe(plan?.id);
    const seen = await take(host);
    expect(seen.headers.get('content-type')).toBe('image/jpeg');
    expect(seen.file.includes('Solvej')).toBe(false);
    expect(await stored()).toHaveLength(1);
  });

  it('lies sealed in the table, for this citizen and this version alone', async () => {
    const { host } = await together();
    await put(host, pdf);
    const [row] = await stored();
    expect(row?.sealed.length).toBeGreaterThan(pdf.length);
    for (const part of ['%PDF', 'Mandag', 'Catalog']) {
      expect(row?.sealed.includes(part)).toBe(false);
      expect(row?.row.includes(Buffer.from(part).toString('hex'))).toBe(false);
    }
    await w.superuser.query('UPDATE weekly_plan SET id = gen_random_uuid()');
    await expect(take(host)).rejects.toMatchObject({ code: 'internal' });
  });

  it('is gone when the citizen says so, which the other sees, and by nobody else’s word', async () => {
    const { citizen, host } = await together();
    await put(host, pdf);
    await expect(remove(host)).rejects.toMatchObject({ code: 'not_allowed' });
    expect(await stored()).toHaveLength(1);
    const { version } = await host.look();
    const told = host.watch(version);
    expect((await remove(citizen)).plan).toBeNull();
    expect((await told).plan).toBeNull();
    expect(await stored()).toEqual([]);
    await expect(take(host)).rejects.toMatchObject({ code: 'not_found' });
    expect((await remove(citizen)).version).toBe((await host.look()).version);
  });

  it('writes down what was done and which staff read it, and nothing of what is in it', async () => {
    const { citizen, host, code } = await together();
    await put(citizen, pdf);
    await take(host);
    await take(citizen);
    await remove(citizen);
    const { rows: events } = await w.superuser.query<{ type: string; data: unknown }>(
      `SELECT type, data FROM change_event WHERE entity_id = $1 AND type ~ 'plan|read' ORDER BY pending_id`,
      [code],
    );
    expect(events).toEqual([
      { type: 'citizen.weekly-plan-changed', data: { act: 'kept', by: 'citizen' } },
      { type: 'citizen.identity-read', data: { reason: 'visit' } },
      { type: 'citizen.weekly-plan-changed', data: { act: 'removed', by: 'citizen' } },
    ]);
    const { items } = await w.coordinator.call(api.citizens.listAccesses, { params: { code }, query: {} });
    expect(items.filter(({ kind }) => kind === 'weekly-plan')).toMatchObject([{ by: 'AB', reason: 'visit' }]);
    const { rows: leaves } = await w.superuser.query<{ entry: Buffer }>('SELECT entry FROM ledger_leaf');
    const told = leaves.map(({ entry }) => JSON.parse(entry.toString('utf8')).entry);
    expect(told.filter(({ type }) => type === 'weekly-plan.changed').slice(-2)).toMatchObject([
      { act: 'kept', by: 'citizen' },
      { act: 'removed', by: 'citizen' },
    ]);
  });

  it('is nothing to whoever only has a link: not while they wait, nor once they or the call are gone', async () => {
    const { citizen, host, seat } = await together();
    await put(host, pdf);
    await citizen.leave();
    for (const state of ['left', 'waiting']) {
      if (state === 'waiting') await citizen.wait();
      expect(await citizen.look()).toMatchObject({ me: { state }, plan: null });
      await expect(take(citizen)).rejects.toMatchObject({ code: 'seat_state' });
      await expect(put(citizen, pdf)).rejects.toMatchObject({ code: 'seat_state' });
      await expect(remove(citizen)).rejects.toMatchObject({ code: 'seat_state' });
    }
    await host.admit(seat);
    expect((await citizen.look()).plan).not.toBeNull();
    await host.client.call(api.callPage.finish, { body: { device: host.device, minutes: 5 } });
    expect(await citizen.look()).toMatchObject({ state: 'ended', plan: null });
    for (const page of [citizen, host]) await expect(take(page)).rejects.toMatchObject({ code: 'no_call' });
    expect(await stored()).toHaveLength(1);
  });

  it('is shown to no party from elsewhere, and looked at by a colleague who is let in', async () => {
    const { id, host } = await together();
    await put(host, pdf);
    await w.anna.call(api.calls.inviteGuest, {
      params: { id },
      body: { role: 'caseworker', email: 'gaest@example.dk' },
    });
    const guest = w.pageOf(await w.linkOf(id, 'guest'));
    await guest.open();
    const { me } = await guest.wait();
    await host.admit(me.seat);
    expect(await guest.look()).toMatchObject({ me: { state: 'admitted' }, plan: null });
    for (const act of [take, (page: Page) => put(page, pdf), remove])
      await expect(act(guest)).rejects.toMatchObject({ code: 'not_allowed' });
    await w.superuser.query(`UPDATE call_seat SET kind = 'colleague', staff_id = $2 WHERE id = $1`, [
      me.seat,
      w.bo.actor.staffId,
    ]);
    expect((await take(guest)).file).toEqual(pdf);
    await expect(put(guest, pdf)).rejects.toMatchObject({ code: 'not_allowed' });
  });

  it('is another citizen’s in another call', async () => {
    const { host } = await together();
    await put(host, pdf);
    const other = await w.visit({ startsAt: '2026-11-24T14:00:00Z', endsAt: '2026-11-24T14:20:00Z' });
    w.clock.set('2026-11-24T13:45:00Z');
    const page = await w.hostPage(other.id);
    await page.wait();
    expect((await page.look()).plan).toBeNull();
    await expect(take(page)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('says of a file what is wrong with it, and loses nothing of the version before', async () => {
    const { citizen, host } = await together();
    const { plan } = await put(host, pdf);
    const atLimit = Buffer.concat([pdf, randomBytes(mostPlanBytes - pdf.length)]);
    await expect(put(citizen, Buffer.concat([atLimit, Buffer.of(1)]))).rejects.toMatchObject({
      code: 'payload_too_large',
      problem: { title: 'Det, du sendte, er for stort.', params: { limit: '20 MB' } },
    });
    await expect(put(citizen, Buffer.from('PK\x03\x04 word/document.xml', 'latin1'))).rejects.toMatchObject({
      code: 'file_not_usable',
      problem: { params: { kind: 'office' } },
    });
    const asJson = await fetch(`${w.app.url}/api/v1/call/plan`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${citizen.token}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect([asJson.status, ((await asJson.json()) as { code: string }).code]).toEqual([
      415,
      'unsupported_media_type',
    ]);
    expect((await take(citizen)).file).toEqual(pdf);
    expect((await citizen.look()).plan).toEqual(plan);
    expect((await put(citizen, atLimit)).plan).toMatchObject({ bytes: mostPlanBytes });
    expect((await take(host)).file.equals(atLimit)).toBe(true);
  });

  it('is kept from a device that is not the one of the link', async () => {
    const { citizen } = await together();
    await expect(put({ ...citizen, device: makeDevice() }, pdf)).rejects.toMatchObject({
      code: 'link_in_use',
    });
    await expect(put({ ...citizen, device: 'x' }, pdf)).rejects.toMatchObject({
      code: 'invalid_input',
      problem: { details: { fields: [{ in: 'headers', field: 'Naer-Device' }] } },
    });
  });

  it('goes with the citizen who is erased', async () => {
    const { host, citizen, code } = await together();
    await put(host, pdf);
    await w.coordinator.call(api.citizens.erase, {
      params: { code },
      body: { reason: 'registered-by-mistake' },
    });
    expect(await stored()).toEqual([]);
    for (const page of [host, citizen])
      await expect(take(page)).rejects.toMatchObject({ code: 'link_not_valid' });
  });
});
