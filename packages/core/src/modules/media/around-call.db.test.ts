import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { api } from '../../contract/index.ts';
import { type CallWorld, startCallWorld } from './fixtures/call.ts';

let w: CallWorld;
beforeAll(async () => {
  w = await startCallWorld();
});
afterEach(() => w.clear());
afterAll(() => w.close());

/** Citizen and host, who let them in, as the media server would tell it from 13:00 on. */
async function together() {
  const { id, code } = await w.visit({ purposes: ['smaller-bites'] });
  const [host, citizen] = [await w.hostPage(id), await w.citizenPage(id)];
  await citizen.open();
  return { id, code, host, citizen };
}
const wereIn = (visitId: string, from: string, until: string | null) =>
  w.superuser.query(
    `INSERT INTO call_presence (municipality_id, id, seat_id, participant, joined_at, left_at)
     SELECT s.municipality_id, gen_random_uuid(), s.id, s.kind, $2, $3 FROM call_seat s JOIN call c ON c.id = s.call_id WHERE c.visit_id = $1`,
    [visitId, from, until],
  );

describe('before a call', () => {
  it('the host reads the purposes and writes the points, which the citizen sees once they are let in', async () => {
    const { id, host, citizen } = await together();
    const { prepare } = api.callPage;
    const agenda = 'Brevet fra kommunen\nWeekenden';
    const body = { device: host.device, agenda };
    expect(await host.client.call(prepare, { body })).toMatchObject({
      visit: { agenda, purposes: ['smaller-bites'] },
    });
    expect(await citizen.wait()).toMatchObject({ visit: { agenda: null, purposes: [] } });
    await host.wait();
    await host.admit(await w.seatOf(id, 'citizen'));
    expect(await citizen.look()).toMatchObject({ visit: { agenda } });
    await expect(
      citizen.client.call(prepare, { body: { device: citizen.device, agenda: 'Noget andet' } }),
    ).rejects.toMatchObject({ code: 'not_allowed' });
    await host.client.call(prepare, { body: { device: host.device, agenda: null } });
    expect(await host.look()).toMatchObject({ visit: { agenda: null } });
  });
});

describe('after a call', () => {
  it('the minutes that are suggested to the host are those of the service, also after a reload', async () => {
    const { id, host, citizen } = await together();
    await citizen.wait();
    await host.wait();
    await host.admit(await w.seatOf(id, 'citizen'));
    await wereIn(id, '2026-11-24T13:00:00Z', '2026-11-24T13:17:20Z');
    w.clock.set('2026-11-24T13:18:00Z');
    expect(await host.look()).toMatchObject({ minutes: 17 });
    expect(await citizen.look()).toMatchObject({ minutes: null });
  });

  it('whoever hung up sees when they speak again, is asked once whether it worked, and never why', async () => {
    const { id, code, host, citizen } = await together();
    await citizen.wait();
    await host.wait();
    await host.admit(await w.seatOf(id, 'citizen'));
    await wereIn(id, '2026-11-24T13:00:00Z', '2026-11-24T13:09:00Z');
    w.clock.set('2026-11-24T13:09:00Z');
    await citizen.leave();
    const { answerWorked, finish } = api.callPage;
    await citizen.client.call(answerWorked, { body: { device: citizen.device, worked: true } });
    await host.client.call(finish, {
      body: { device: host.device, topics: ['supportive-talk'], next: '2026-12-01T13:00:00.000Z' },
    });
    expect(await citizen.look()).toMatchObject({
      state: 'ended',
      failure: null,
      visit: { state: 'held', next: { startsAt: '2026-12-01T13:00:00.000Z', channel: 'video' } },
    });
    const { rows } = await w.superuser.query<{ worked: boolean; failed: string | null }>(
      'SELECT worked, failed_step AS failed FROM call WHERE visit_id = $1',
      [id],
    );
    expect(rows).toEqual([{ worked: true, failed: null }]);
    const failed = await w.superuser.query(`SELECT 1 FROM change_event WHERE type = 'call.failed'`);
    expect(failed.rows).toEqual([]);
    const { items } = await w.anna.call(api.visits.list, { query: { citizen: code } });
    expect(items.map(({ state }) => state).sort()).toEqual(['held', 'planned']);
  });
});
