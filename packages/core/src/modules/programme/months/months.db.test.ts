import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usualRhythm } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { refusalOf } from '../../../testing/index.ts';
import { createInstallation, type Installation, type Town } from '../joint/fixture.ts';
import { attack, cellName } from './attacker.ts';
import { saltedHash } from './index.ts';
import { requireMonth } from './store.ts';

const wish = {
  name: 'Online bostøtte',
  targetGroup: 100,
  startsOn: '2026-01-05',
  trialOn: null,
  endsOn: null,
  rhythm: usualRhythm,
};

describe('month-ends', () => {
  let installation: Installation;
  let town: Town;
  let programme: string;
  const north = '10000000-0000-4000-8000-000000000001';
  const south = '10000000-0000-4000-8000-000000000002';
  const shownBy = async (id: string) =>
    (await town.shown(id)).map(({ month, units }) => [
      month,
      ...units.map(({ figures }) => figures.hasReceived),
    ]);

  beforeAll(async () => {
    installation = await createInstallation('2026-04-10T10:00:00Z');
    town = await installation.municipality('Nordby');
    for (const [id, name] of [
      [north, 'Nord'],
      [south, 'Syd'],
    ])
      await installation.world.test.superuser.query('INSERT INTO team VALUES ($1, $2, $3, $4)', [
        town.id,
        id,
        name,
        new Date('2026-01-01T00:00:00Z'),
      ]);
    programme = (await town.write((tx) => town.plan.create(tx, town.actor, wish))).id;
    await town.begin(6, '2026-01-20', north);
    await town.begin(7, '2026-01-21', south);
    await town.begin(5, '2026-03-03', north);
    await town.begin(5, '2026-03-04', south);
  });
  afterAll(() => installation.close());

  it('are given out for each month that is over, once, with what they rest on', async () => {
    expect(await town.publish()).toBe(3);
    expect(await town.publish()).toBe(0);
    expect(await shownBy(programme)).toEqual([
      ['2026-01', 13, 6, 7],
      ['2026-02', 13, 6, 7],
      ['2026-03', 23, 11, 12],
    ]);
    const [first] = await town.shown(programme);
    const [head] = await installation.world.heads(town.id);
    expect(first?.citation).toMatchObject({
      size: String(head?.size),
      rootHash: head?.root.toString('base64'),
    });
    expect(first?.units.map(({ kind, name, targetGroup }) => [kind, name, targetGroup])).toEqual([
      ['municipality', 'Nordby', 100],
      ['team', 'Nord', null],
      ['team', 'Syd', null],
    ]);
  });

  it('are bound by a salted hash in the log, which tells no count', async () => {
    const leaf = (await town.leaves()).find(
      ({ type, month }) => type === 'month.published' && month === '2026-01',
    );
    expect(Object.keys(leaf ?? {}).sort()).toEqual(['hash', 'month', 'programme', 'size', 'type']);
    const { rows } = await installation.world.test.superuser.query<{ salt: Buffer; shown: unknown }>(
      `SELECT salt, shown FROM published_month WHERE programme_id = $1 AND month = '2026-01-01'`,
      [programme],
    );
    expect(leaf?.hash).toBe(saltedHash(rows[0]?.salt ?? Buffer.of(), rows[0]?.shown));
  });

  it('stay as they were given out; what was recorded late comes with the next month', async () => {
    await town.begin(2, '2026-02-11', south);
    installation.world.clock.set('2026-05-02T10:00:00Z');
    expect(await town.publish()).toBe(1);
    expect((await shownBy(programme)).slice(1)).toEqual([
      ['2026-02', 13, 6, 7],
      ['2026-03', 23, 11, 12],
      ['2026-04', 25, 11, 14],
    ]);
  });

  it('are the same in every programme of the municipality, since two tables could be laid side by side', async () => {
    const other = (
      await town.write((tx) =>
        town.plan.create(tx, town.actor, { ...wish, name: 'Et til', startsOn: '2026-02-01' }),
      )
    ).id;
    expect(await town.publish()).toBe(3);
    const [first, second] = [await town.shown(programme), await town.shown(other)];
    expect(second.map(({ units }) => units)).toEqual(first.slice(1).map(({ units }) => units));
  });

  it('withstand a team that shrinks because citizens went to another one', async () => {
    const moved = await installation.municipality('Flytby');
    const teams = ['10000000-0000-4000-8000-000000000003', '10000000-0000-4000-8000-000000000004'] as const;
    for (const [nth, id] of teams.entries())
      await installation.world.test.superuser.query('INSERT INTO team VALUES ($1, $2, $3, $4)', [
        moved.id,
        id,
        `Hold ${nth}`,
        new Date('2026-01-01T00:00:00Z'),
      ]);
    await moved.begin(6, '2026-01-20', teams[0]);
    await moved.begin(7, '2026-01-21', teams[1]);
    await moved.move(3, '2026-02-10', teams[1]);
    const { id } = await moved.write((tx) => moved.plan.create(tx, moved.actor, wish));
    await moved.publish();
    const months = await moved.shown(id);
    const received = months.map(({ units }) => units.map(({ figures }) => figures.hasReceived));
    expect(received.slice(0, 2)).toEqual([
      [13, 6, 7],
      [13, 'hidden', 'hidden'],
    ]);
    const known = attack(
      months.map(({ month, units }) => ({
        month,
        shown: Object.fromEntries(units.map((unit) => [unit.id ?? '', unit.figures])),
      })),
      { supposes: false },
    );
    const small = known.get(cellName('2026-02', teams[0], 'hasReceived'));
    expect(small?.low).toBeLessThan(small?.high ?? 0);
  });

  it('tell why there is none', async () => {
    const ask = (month: string) =>
      refusalOf(town.read((tx) => requireMonth(tx, programme, month, installation.world.clock.now())));
    expect(await ask('2026-05')).toMatchObject({ code: 'month_not_over', params: { month: '2026-05' } });
    expect(await ask('2025-12')).toMatchObject({ code: 'month_not_published' });
  });

  it('stop between two months when the service does, and go on from there', async () => {
    const stopped = await installation.municipality('Stopby');
    const { id } = await stopped.write((tx) => stopped.plan.create(tx, stopped.actor, wish));
    await stopped.begin(6, '2026-01-20');
    await stopped.settle();
    const stopping = new AbortController();
    let months = 0;
    const cut = stopped.months.publishDue(stopped.id, {
      signal: stopping.signal,
      between: async () => {
        months += 1;
        if (months === 2) stopping.abort(new Error('the service stops'));
      },
    });
    await expect(cut).rejects.toThrow('the service stops');
    expect((await stopped.shown(id)).map(({ month }) => month)).toEqual(['2026-01']);
    // It is May by now.
    expect(await stopped.publish()).toBe(3);
  });

  it('are not given out while the log is not what was signed', async () => {
    const unsound = await installation.municipality('Sydby');
    await unsound.write((tx) => unsound.plan.create(tx, unsound.actor, wish));
    await unsound.begin(6, '2026-01-20');
    await unsound.settle();
    const { superuser } = installation.world.test;
    await superuser.query('BEGIN; SET LOCAL session_replication_role = replica');
    await superuser.query(
      `UPDATE ledger_leaf SET entry = set_byte(entry, 40, 65) WHERE municipality_id = $1 AND "index" = 2`,
      [unsound.id],
    );
    await superuser.query('COMMIT');
    const refusal = await refusalOf(unsound.months.publishDue(unsound.id));
    expect(refusal).toBeInstanceOf(DomainError);
    expect(refusal).toMatchObject({ code: 'ledger_unsound', params: { index: '2' } });
    expect(await unsound.leaves()).not.toContainEqual(expect.objectContaining({ type: 'month.published' }));
  });
});
