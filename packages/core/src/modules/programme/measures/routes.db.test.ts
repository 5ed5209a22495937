import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { api } from '../../../contract/index.ts';
import { ManualClock } from '../../../kernel/clock.ts';
import { emptyRoot, hashLeaf, hashNode } from '../../../ledger/index.ts';
import { type Caller, startTestApp, type TestApp } from '../../../testing/index.ts';
import { idOf, leafOf, type Told, visitTold } from './fixture.ts';

let app: TestApp;
let leader: Caller;
let programme: string;
let north: string;
let municipalityId: string;

/** Leaves as their writers leave them: the service itself places, signs and folds them. */
const tell = async (...told: readonly Told[]): Promise<void> => {
  const leaves = told.map(leafOf);
  await app.test.superuser.query(
    `INSERT INTO ledger_leaf (municipality_id, entry, leaf_hash)
     SELECT $1, entry, hash FROM unnest($2::bytea[], $3::bytea[]) AS leaf (entry, hash)`,
    [municipalityId, leaves, leaves.map(hashLeaf)],
  );
  const unfolded = () =>
    app.test.superuser.query(
      `SELECT FROM ledger_leaf l WHERE municipality_id = $1 AND ("index" IS NULL OR "index" >= coalesce(
         (SELECT size FROM measure_fold WHERE municipality_id = l.municipality_id), 0))`,
      [municipalityId],
    );
  await vi.waitFor(async () => expect((await unfolded()).rowCount).toBe(0), 20_000);
};
const visit = (nth: number, day: string, team: string | null = null): Told =>
  visitTold({
    visit: idOf('visit', nth),
    subject: idOf('subject', nth),
    worker: idOf('worker', 1),
    team,
    at: `${day}T09:00:00.000Z`,
  });
const ask = (query: Parameters<typeof leader.call<typeof api.programme.measures>>[1]['query'] = {}) =>
  leader.call(api.programme.measures, { params: { id: programme }, query });

beforeAll(async () => {
  app = await startTestApp({ clock: new ManualClock('2026-07-01T10:00:00Z') });
  municipalityId = await app.test.municipality();
  leader = await app.caller(municipalityId, ['leader', 'administrator']);
  const made = await leader.call(api.programme.create, {
    body: { name: 'Online bostøtte', targetGroup: 100, startsOn: '2026-01-05' },
  });
  programme = made.id;
  north = (await leader.call(api.identity.createTeam, { body: { name: 'Nord' } })).id;
  await tell(visit(1, '2026-03-10', north), visit(2, '2026-06-20'), visit(3, '2026-06-30', north));
});
afterAll(() => app.close());

describe('the measures of a programme', () => {
  it('are those of yesterday, with the 28 days before it, and cite the tree that they were counted at', async () => {
    const { citation, team, items } = await ask();
    expect(team).toBeNull();
    expect(items.map(({ from, to }) => [from, to])).toEqual([['2026-06-03', '2026-06-30']]);
    expect(items[0]?.figures).toMatchObject({ hasReceived: 3, channels: { video: { held: 2 } } });
    expect(BigInt(citation?.checkpoint.size ?? 0)).toBeGreaterThanOrEqual(BigInt(citation?.size ?? 0));
  });

  it('are told by month since the programme began, and by week and day of a stretch', async () => {
    const months = await ask({ by: 'month' });
    expect(months.items.map(({ from, to, figures }) => [from, to, figures.hasReceived])).toEqual([
      ['2026-01-05', '2026-01-31', 0],
      ['2026-02-01', '2026-02-28', 0],
      ['2026-03-01', '2026-03-31', 1],
      ['2026-04-01', '2026-04-30', 1],
      ['2026-05-01', '2026-05-31', 1],
      ['2026-06-01', '2026-06-30', 3],
    ]);
    // A Wednesday to a Tuesday: the week in between ends on Sunday.
    const weeks = await ask({ by: 'week', from: '2026-06-17', at: '2026-06-30' });
    expect(weeks.items.map(({ from, to }) => [from, to])).toEqual([
      ['2026-06-17', '2026-06-21'],
      ['2026-06-22', '2026-06-28'],
      ['2026-06-29', '2026-06-30'],
    ]);
    expect((await ask({ by: 'day', from: '2026-06-29' })).items).toHaveLength(2);
  });

  it('are told of one team by its name', async () => {
    const { team, items } = await ask({ team: 'Nord' });
    expect(team).toBe('Nord');
    expect(items[0]?.figures).toMatchObject({ hasReceived: 2, implementationRate: null });
    await expect(ask({ team: 'Syd' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are not told of more periods than anybody reads, nor of a stretch that ends before it begins', async () => {
    const refused = { code: 'invalid_input', details: { fields: [{ in: 'query', field: 'from' }] } };
    await expect(ask({ by: 'day', from: '2021-01-01' })).rejects.toMatchObject(refused);
    await expect(ask({ from: '2026-06-30', at: '2026-06-29' })).rejects.toMatchObject(refused);
  });

  it('are the same of then when more is recorded, under the root of the tree of then', async () => {
    const then = await ask({ at: '2026-06-30' });
    const checkpoint = then.citation?.size ?? '';
    await tell(visit(4, '2026-06-25'), visit(5, '2026-06-26'));
    const again = await ask({ at: '2026-06-30', checkpoint });
    expect(again.items).toEqual(then.items);
    expect(again.citation?.rootHash).toBe(then.citation?.rootHash);
    expect((await ask({ at: '2026-06-30' })).items[0]?.figures.hasReceived).toBe(5);
    // Between two checkpoints, too: where the last visit was about to be told.
    const { rows } = await app.test.superuser.query<{ leaf_hash: Buffer; told: boolean }>(
      `SELECT leaf_hash, position($2::bytea IN entry) > 0 AS told FROM ledger_leaf
       WHERE municipality_id = $1 ORDER BY "index"`,
      [municipalityId, Buffer.from(idOf('visit', 5))],
    );
    const before = rows.findIndex(({ told }) => told);
    const between = await ask({ checkpoint: String(before) });
    expect(between.items[0]?.figures.hasReceived).toBe(4);
    const hashes = rows.slice(0, before).map((row) => row.leaf_hash);
    expect(between.citation?.rootHash).toBe(rootOf(hashes).toString('base64'));
  });

  it('are for those who run the programme', async () => {
    const worker = await app.caller(municipalityId, ['support-worker']);
    await expect(
      worker.call(api.programme.measures, { params: { id: programme }, query: {} }),
    ).rejects.toMatchObject({ code: 'not_allowed' });
    const other = await app.caller(await app.test.municipality('Sydby'), ['leader']);
    await expect(
      other.call(api.programme.measures, { params: { id: programme }, query: {} }),
    ).rejects.toMatchObject({ code: 'not_found' });
  });
});

/** The root of a tree as RFC 6962, section 2.1, says it. */
function rootOf(hashes: readonly Buffer[]): Buffer {
  const [first] = hashes;
  if (first === undefined) return emptyRoot;
  if (hashes.length === 1) return first;
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  return hashNode(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)));
}
