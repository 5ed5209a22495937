import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CitizenStatus, citizenStatuses, stepReasons } from '../../contract/index.ts';
import { findViolation, type Tx, violatedConstraint } from '../../storage/index.ts';
import { aCitizen, type CitizenWish } from '../../testing/index.ts';
import type { Actor } from '../identity/index.ts';
import { createWorld, type World } from './fixture.ts';
import { nextStatuses } from './rules.ts';
import { findCitizen } from './store.ts';

describe('citizens', () => {
  let world: World;
  let coordinator: Actor;
  const write = <Result>(work: (tx: Tx) => Promise<Result>, municipalityId = world.nordby) =>
    world.database.write(municipalityId, work);
  const register = (wish: CitizenWish = {}, actor = coordinator) =>
    write((tx) => world.citizens.register(tx, actor, aCitizen(wish)), actor.municipalityId);
  const show = (code: string, actor = coordinator) =>
    world.database.read(actor.municipalityId, (tx) => world.citizens.show(tx, actor, code));

  beforeAll(async () => {
    world = await createWorld();
    coordinator = await world.actor(world.nordby, ['coordinator']);
  });
  afterAll(() => world.close());

  it('are registered as candidates under a code, with a step, two leaves and an event', async () => {
    const before = (await world.leaves()).length;
    const code = await register();
    expect(await show(code)).toMatchObject({
      code,
      status: 'candidate',
      grantedMinutes: 120,
      legalBasis: 'SEL § 85',
      erasedAt: null,
    });
    const leaves = (await world.leaves()).slice(before);
    expect(leaves).toEqual([
      {
        type: 'citizen.registered',
        subject: expect.any(String),
        team: null,
        grantedMinutes: 120,
        grantedPer: 'week',
      },
      {
        type: 'citizen.step',
        subject: expect.any(String),
        team: null,
        from: null,
        to: 'candidate',
        reason: 'mapped',
        on: '2026-11-24',
      },
    ]);
    expect(JSON.stringify(leaves)).not.toContain(code);
    const { rows } = await world.superuser.query('SELECT type FROM change_event WHERE entity_id = $1', [
      code,
    ]);
    expect(rows).toEqual([{ type: 'citizen.registered' }]);
  });

  it('cannot have the same reference twice, but can in another municipality', async () => {
    const identity = { reference: 'SAG-77' };
    await register({ identity });
    await expect(register({ identity: { reference: ' SAG-77 ' } })).rejects.toMatchObject({
      code: 'reference_taken',
    });
    const elsewhere = await world.actor(world.sydby, ['coordinator']);
    await expect(register({ identity }, elsewhere)).resolves.toMatch(/^B-/);
  });

  it('get fifty different codes when fifty are registered at once', async () => {
    const codes = await Promise.all(Array.from({ length: 50 }, () => register()));
    expect(new Set(codes).size).toBe(50);
  });

  it('are changed only in what is new: nothing else leaves a trace', async () => {
    const code = await register();
    const leaves = (await world.leaves()).length;
    await write((tx) =>
      world.citizens.change(tx, coordinator, code, { granted: { minutes: 120, per: 'week' } }),
    );
    expect(await world.leaves()).toHaveLength(leaves);
    await write((tx) =>
      world.citizens.change(tx, coordinator, code, {
        connection: 'good',
        acquaintance: { kind: 'met', on: '2026-11-20' },
      }),
    );
    expect(await show(code)).toMatchObject({ connection: 'good', acquaintance: 'met', metOn: '2026-11-20' });
    expect((await world.leaves()).at(-1)).toMatchObject({
      type: 'citizen.changed',
      fields: ['connection', 'acquaintance', 'metOn'],
    });
  });

  it.each([
    ['a team that is not there', { team: 'Team Måne' }, 'not_found'],
    ['a worker who is not there', { worker: 'NIX1' }, 'not_found'],
    ['a legal basis that is not there', { legalBasis: 'SEL § 999' }, 'not_found'],
    [
      'a first meeting in the future',
      { acquaintance: { kind: 'met' as const, on: '2026-11-25' } },
      'invalid_input',
    ],
  ])('are not registered with %s', async (_, wish, code) => {
    await expect(register(wish)).rejects.toMatchObject({ code });
  });

  describe('on their course', () => {
    const take = (code: string, to: CitizenStatus, on?: string) => {
      const [reason] = stepReasons[to];
      return write((tx) =>
        world.citizens.takeStep(tx, coordinator, code, { to, reason, ...(on === undefined ? {} : { on }) }),
      );
    };
    const met = { acquaintance: { kind: 'met' as const, on: '2026-11-01' } };

    it('go all the way, each step told by its leaf and shown in order', async () => {
      const code = await register(met);
      for (const to of [
        'offered',
        'accepted',
        'introduced',
        'active',
        'tapering',
        'ended',
        'candidate',
      ] as const) {
        await take(code, to);
        world.clock.advance(1000);
      }
      const { id } = await show(code);
      const { rows } = await world.superuser.query<{ to_status: string }>(
        'SELECT to_status FROM citizen_step WHERE citizen_id = $1 ORDER BY recorded_at',
        [id],
      );
      expect(rows.map((row) => row.to_status)).toEqual([
        'candidate',
        'offered',
        'accepted',
        'introduced',
        'active',
        'tapering',
        'ended',
        'candidate',
      ]);
      expect((await world.leaves()).at(-1)).toMatchObject({
        type: 'citizen.step',
        from: 'ended',
        to: 'candidate',
      });
    });

    it('are not introduced before they have met or are marked isolated', async () => {
      const code = await register();
      await take(code, 'offered');
      await take(code, 'accepted');
      await expect(take(code, 'introduced')).rejects.toMatchObject({ code: 'not_acquainted' });
      await write((tx) =>
        world.citizens.change(tx, coordinator, code, { acquaintance: { kind: 'isolated' } }),
      );
      await take(code, 'introduced');
      const forget = write((tx) =>
        world.citizens.change(tx, coordinator, code, { acquaintance: { kind: 'not-met' } }),
      );
      await expect(forget).rejects.toMatchObject({ code: 'not_acquainted' });
      const bySql = write(
        (tx) => tx.$executeRaw`UPDATE citizen SET acquaintance = 'not-met' WHERE code = ${code}`,
      );
      expect(violatedConstraint(await bySql.catch((error: unknown) => error))).toBe('citizen_acquainted');
    });

    it('take no step into the future, nor before the latest one, nor with a reason of another', async () => {
      const code = await register();
      await expect(take(code, 'offered', '2026-11-25')).rejects.toMatchObject({ code: 'invalid_input' });
      await expect(take(code, 'offered', '2026-11-23')).rejects.toMatchObject({ code: 'invalid_input' });
      const wrong = write((tx) =>
        world.citizens.takeStep(tx, coordinator, code, { to: 'offered', reason: 'died' }),
      );
      await expect(wrong).rejects.toMatchObject({ code: 'reason_not_allowed', params: { to: 'offered' } });
    });

    it('take of two steps at once the one, and then it is another course', async () => {
      const code = await register();
      const results = await Promise.allSettled([take(code, 'offered'), take(code, 'offered')]);
      expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('follow one table of steps: what the rules allow, the database allows, and nothing else', async () => {
      const code = await register(met);
      const outcomes: Record<string, string[]> = {};
      for (const from of citizenStatuses) {
        for (const to of citizenStatuses) {
          if (from === to) continue;
          await world.superuser.query('ALTER TABLE citizen DISABLE TRIGGER citizen_status_transition');
          await world.superuser.query('UPDATE citizen SET status = $2 WHERE code = $1', [code, from]);
          await world.superuser.query('ALTER TABLE citizen ENABLE TRIGGER citizen_status_transition');
          const error = await write(
            (tx) => tx.$executeRaw`UPDATE citizen SET status = ${to} WHERE code = ${code}`,
          ).then(
            () => null,
            (caught: unknown) => caught,
          );
          if (error === null) outcomes[from] = [...(outcomes[from] ?? []), to];
          else expect(violatedConstraint(error)).toBe('citizen_status_transition');
        }
      }
      const sorted = (table: Readonly<Record<string, readonly string[]>>) =>
        Object.fromEntries(Object.entries(table).map(([from, tos]) => [from, [...tos].sort()]));
      expect(sorted(outcomes)).toEqual(sorted(nextStatuses));
    });
  });

  it('keep their assessments over time', async () => {
    const code = await register();
    const assess = (outcome: 'not-now' | 'suited') =>
      write((tx) =>
        world.citizens.assess(tx, coordinator, code, {
          outcome,
          reasons: ['wishes-video', 'wishes-video'],
          withCitizen: true,
        }),
      );
    await assess('not-now');
    world.clock.advance(86_400_000);
    await assess('suited');
    const { id } = await show(code);
    const { rows } = await world.superuser.query<{ outcome: string; reasons: string[] }>(
      'SELECT outcome, reasons FROM suitability_assessment WHERE citizen_id = $1 ORDER BY recorded_at',
      [id],
    );
    expect(rows).toEqual([
      { outcome: 'not-now', reasons: ['wishes-video'] },
      { outcome: 'suited', reasons: ['wishes-video'] },
    ]);
    expect((await world.leaves()).at(-1)).toMatchObject({
      type: 'citizen.assessed',
      outcome: 'suited',
      withCitizen: true,
    });
  });

  it('are kept apart by the database: core’s own login sees and changes those of one municipality', async () => {
    const code = await register();
    expect(await world.database.read(world.sydby, (tx) => findCitizen(tx, code))).toBeNull();
    const changed = await write(
      (tx) => tx.$executeRaw`UPDATE citizen SET connection = 'none' WHERE code = ${code}`,
      world.sydby,
    );
    expect(changed).toBe(0);
    const sealed = () =>
      world.superuser.query('SELECT 1 FROM citizen_vault WHERE municipality_id = $1', [world.nordby]);
    const before = (await sealed()).rowCount;
    await write((tx) => tx.$executeRaw`DELETE FROM citizen_vault`, world.sydby);
    expect((await sealed()).rowCount).toBe(before);
    expect(await show(code)).toMatchObject({ connection: 'unknown' });
  });

  it('cannot have their events deleted but by erasure, nor their course rewritten', async () => {
    await write((tx) =>
      world.changes.append(tx, { type: 'team.created', entity: { kind: 'team', id: 'x' } }),
    );
    expect(await write((tx) => tx.$executeRaw`DELETE FROM change_event WHERE entity_kind = 'team'`)).toBe(0);
    const error = await write((tx) => tx.$executeRaw`DELETE FROM citizen_step`).catch(
      (caught: unknown) => caught,
    );
    expect(findViolation(error)?.state).toBe('42501');
  });
});
