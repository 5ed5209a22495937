import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '../../contract/index.ts';
import { retentionDays, sweep } from '../../jobs/schedules.ts';
import { type CallWorld, endsAt, startCallWorld } from './fixtures/call.ts';

const dayMs = 86_400_000;
/** Until when a call may go on, and its links hold; see call-visits.ts. */
const closesMs = Date.parse(endsAt) + 4 * 3_600_000;

describe('calls and talks whose time is over', () => {
  let w: CallWorld;
  beforeAll(async () => {
    w = await startCallWorld();
  });
  afterAll(() => w.close());

  const tables = ['call', 'call_seat', 'call_link', 'call_presence', 'talk_request', 'visit'] as const;
  const left = async (): Promise<Record<string, number>> => {
    const counts: [string, number][] = [];
    for (const table of tables) {
      const { rows } = await w.superuser.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
      counts.push([table, rows[0]?.n ?? Number.NaN]);
    }
    return Object.fromEntries(counts);
  };
  const sweepAt = async (ms: number): Promise<Record<string, number>> => {
    w.clock.set(new Date(ms));
    await Promise.all([
      sweep(w.app.test.database.worker, w.clock),
      sweep(w.app.test.database.worker, w.clock),
    ]);
    return left();
  };

  it('are forgotten with their links and stays, and what came of them stays', async () => {
    const [old, recent] = [await w.visit(), await w.visit({ startsAt: later(1), endsAt: later(1, 20) })];
    for (const { id } of [old, recent])
      await w.superuser.query(
        `INSERT INTO call_presence (municipality_id, id, seat_id, participant, joined_at, left_at)
         VALUES ($1, gen_random_uuid(), $2, 'PA_one', $3, $3)`,
        [w.municipalityId, await w.seatOf(id, 'citizen'), w.clock.now()],
      );
    const open = await w.citizen();
    for (const [state, answered] of [
      ['declined', w.clock.now()],
      ['asked', null],
    ])
      await w.superuser.query(
        `INSERT INTO talk_request (municipality_id, id, citizen_id, worker_id, state, wished_at, asked_at, answered_at)
         SELECT $1, gen_random_uuid(), c.id, c.worker_id, $3, $4, $4, $5 FROM citizen c WHERE c.code = $2`,
        [w.municipalityId, open, state, w.clock.now(), answered],
      );
    const all = await left();
    expect(all).toMatchObject({ call: 2, call_seat: 4, call_link: 2, call_presence: 2, talk_request: 2 });

    expect(await sweepAt(closesMs + retentionDays.calls * dayMs)).toEqual({ ...all, talk_request: 1 });
    const rest = { call: 1, call_seat: 2, call_link: 1, call_presence: 1, talk_request: 1 };
    expect(await sweepAt(closesMs + retentionDays.calls * dayMs + 1)).toEqual({ ...all, ...rest });
    // Anna's token holds for no such time.
    w.clock.set(new Date(endsAt));
    const show = (id: string) => w.anna.call(api.calls.show, { params: { id } });
    await expect(show(old.id)).rejects.toMatchObject({ code: 'no_call' });
    expect(await show(recent.id)).toMatchObject({ visit: recent.id });
    expect(await w.anna.call(api.visits.show, { params: { id: old.id } })).toMatchObject({ id: old.id });
  });

  const later = (hours: number, minutes = 0): string =>
    new Date(Date.parse(endsAt) + (hours * 60 + minutes) * 60_000).toISOString();
});
