import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChangeGroundRules } from '../../../contract/index.ts';
import type { Tx } from '../../../storage/index.ts';
import { aCitizen, type CitizenWish } from '../../../testing/index.ts';
import type { Actor } from '../../identity/index.ts';
import { createWorld, type World } from '../fixture.ts';
import { findCitizen } from '../store.ts';
import { createGroundRules, readCallDefaults, readGroundRules, readTalkHours } from './index.ts';

describe('ground rules', () => {
  let world: World;
  let rules: ReturnType<typeof createGroundRules>;
  let coordinator: Actor;
  let planner: Actor;
  const write = <Result>(work: (tx: Tx) => Promise<Result>, municipalityId = world.nordby) =>
    world.database.write(municipalityId, work);
  const register = (wish: CitizenWish = {}) =>
    write((tx) => world.citizens.register(tx, coordinator, aCitizen(wish)));
  const show = (code: string, actor = coordinator) =>
    world.database.read(actor.municipalityId, (tx) => rules.show(tx, actor, code));
  const change = (code: string, wish: ChangeGroundRules, actor = coordinator) =>
    write((tx) => rules.change(tx, actor, code, wish), actor.municipalityId);
  const leavesAfter = async (work: () => Promise<unknown>) => {
    const before = (await world.leaves()).length;
    await work();
    return (await world.leaves()).slice(before);
  };
  const eventsOf = async (entity: string) =>
    (
      await world.superuser.query<{ type: string }>(
        'SELECT type FROM change_event WHERE entity_id = $1 ORDER BY type',
        [entity],
      )
    ).rows.map(({ type }) => type);

  beforeAll(async () => {
    world = await createWorld();
    rules = createGroundRules({ ...world, mayPlanForOthers: (actor) => actor === planner });
    coordinator = await world.actor(world.nordby, ['coordinator']);
    planner = await world.actor(world.nordby, ['coordinator']);
  });
  afterAll(() => world.close());

  it("are the municipality's until something is agreed, and are said to be", async () => {
    const code = await register();
    expect(await show(code)).toMatchObject({
      citizen: code,
      caller: 'worker',
      afterMinutes: 3,
      speakAgain: 'by-phone-at-once',
      agreed: false,
      reviewedOn: null,
      reviewedBy: null,
      language: 'da',
      updatedAt: null,
    });
  });

  it('stay as they were agreed, all of them, when the municipality changes its own', async () => {
    const [agreed, other] = [await register(), await register()];
    await change(agreed, { caller: 'citizen' });
    await write((tx) => rules.changeDefaults(tx, coordinator, { afterMinutes: 7, speakAgain: 'same-day' }));
    expect(await show(agreed)).toMatchObject({
      agreed: true,
      caller: 'citizen',
      afterMinutes: 3,
      speakAgain: 'by-phone-at-once',
    });
    expect(await show(other)).toMatchObject({ agreed: false, afterMinutes: 7, speakAgain: 'same-day' });
    await write((tx) =>
      rules.changeDefaults(tx, coordinator, { afterMinutes: 3, speakAgain: 'by-phone-at-once' }),
    );
  });

  it('are gone through on the day they are agreed, unless another is told, and never on a day to come', async () => {
    const code = await register();
    await change(code, { afterMinutes: 5 });
    expect(await show(code)).toMatchObject({ reviewedOn: '2026-11-24', reviewedBy: coordinator.initials });
    await change(code, { reviewedOn: '2026-11-02' });
    expect(await show(code)).toMatchObject({ reviewedOn: '2026-11-02', afterMinutes: 5 });
    await expect(change(code, { reviewedOn: '2026-11-25' })).rejects.toMatchObject({
      code: 'invalid_input',
      details: { fields: [{ in: 'body', field: 'reviewedOn' }] },
    });
  });

  it('that were only gone through are agreed from then on', async () => {
    const code = await register();
    await change(code, { reviewedOn: '2026-11-20' });
    expect(await show(code)).toMatchObject({ agreed: true, afterMinutes: 3, reviewedOn: '2026-11-20' });
  });

  it('are not agreed by choosing how to hear from us', async () => {
    const code = await register();
    await change(code, { contact: 'none', language: 'en' });
    expect(await show(code)).toMatchObject({
      agreed: false,
      contact: 'none',
      language: 'en',
      reviewedOn: null,
      reviewedBy: null,
    });
    await change(code, { contact: 'both' });
    expect(await show(code)).toMatchObject({ contact: 'both', language: 'en' });
  });

  it('leave a leaf of what changed, and not of what it says; nothing where nothing did', async () => {
    const code = await register();
    const [leaf, ...more] = await leavesAfter(() => change(code, { caller: 'citizen', contact: 'mail' }));
    expect(more).toEqual([]);
    expect(leaf).toEqual({
      type: 'ground-rules.changed',
      subject: expect.stringMatching(/^[0-9a-f-]{36}$/),
      fields: ['caller', 'contact', 'reviewedOn'],
      reviewedOn: '2026-11-24',
    });
    expect(JSON.stringify(leaf)).not.toContain(code);
    expect(await leavesAfter(() => change(code, { caller: 'citizen' }))).toEqual([]);
    expect(await eventsOf(code)).toEqual(['citizen.registered', 'ground-rules.changed']);
  });

  it('tell whether somebody can be reached, without a reading, and choose the way that there is', async () => {
    const both = await register({ identity: { phone: '+4520000001', email: 'a@example.dk' } });
    const mailOnly = await register({ identity: { phone: null, email: 'b@example.dk' } });
    const neither = await register({ identity: { phone: null, email: null } });
    const seen = async (code: string) => {
      const { hasPhone, hasEmail, contact } = await show(code);
      return { hasPhone, hasEmail, contact };
    };
    const leaves = await leavesAfter(async () => {
      expect(await seen(both)).toEqual({ hasPhone: true, hasEmail: true, contact: 'sms' });
      expect(await seen(mailOnly)).toEqual({ hasPhone: false, hasEmail: true, contact: 'mail' });
      expect(await seen(neither)).toEqual({ hasPhone: false, hasEmail: false, contact: 'mail' });
    });
    expect(leaves).toEqual([]);
    expect((await world.superuser.query('SELECT FROM identity_access')).rowCount).toBe(0);
  });

  it('go with the citizen, to whom nothing is sent any more', async () => {
    const code = await register();
    await change(code, { caller: 'citizen', contact: 'both' });
    const { id } = (await write((tx) => findCitizen(tx, code))) ?? { id: '' };
    await write((tx) =>
      world.citizenIdentities.erase(tx, coordinator, code, { reason: 'data-subject-request' }),
    );
    const left = await world.superuser.query('SELECT FROM ground_rules WHERE citizen_id = $1', [id]);
    expect(left.rowCount).toBe(0);
    expect(await world.database.read(world.nordby, (tx) => readGroundRules(tx, id))).toMatchObject({
      agreed: false,
      contact: 'none',
    });
    await expect(change(code, { caller: 'worker' })).rejects.toMatchObject({ code: 'citizen_erased' });
  });

  it('of somebody out of reach, or of another municipality, are not there', async () => {
    const code = await register();
    const team = await world.team(world.nordby, 'Team Vest');
    const far = await world.actor(world.nordby, ['support-worker'], team);
    const elsewhere = await world.actor(world.sydby, ['coordinator']);
    for (const actor of [far, elsewhere]) {
      await expect(show(code, actor)).rejects.toMatchObject({ code: 'not_found' });
      await expect(change(code, { caller: 'citizen' }, actor)).rejects.toMatchObject({ code: 'not_found' });
    }
    await write((tx) => world.citizens.change(tx, coordinator, code, { team: 'Team Vest' }));
    await change(code, { caller: 'citizen' }, far);
    expect(await show(code, far)).toMatchObject({ caller: 'citizen', reviewedBy: far.initials });
  });

  it.each(['super-user', 'leader', 'administrator'] as const)(
    'are read by the role %s, not written',
    async (role) => {
      const team = await world.team(world.nordby, `Team ${role}`);
      const actor = await world.actor(world.nordby, [role], team);
      const code = await register({ team: `Team ${role}` });
      expect(await show(code, actor)).toMatchObject({ citizen: code });
      await expect(change(code, { caller: 'citizen' }, actor)).rejects.toMatchObject({ code: 'not_allowed' });
    },
  );

  it.each(['it-support', 'night-watch', 'operator'] as const)('are not for the role %s', async (role) => {
    const actor = await world.actor(world.nordby, [role]);
    await expect(show(await register(), actor)).rejects.toMatchObject({ code: 'not_allowed' });
  });

  it('changed by two at once keep what both agreed', async () => {
    const code = await register();
    await Promise.all([
      change(code, { caller: 'citizen' }),
      change(code, { afterMinutes: 9 }),
      change(code, { language: 'en' }),
    ]);
    expect(await show(code)).toMatchObject({ caller: 'citizen', afterMinutes: 9, language: 'en' });
  });

  describe('of the municipality', () => {
    const defaults = (municipalityId = world.nordby) => world.database.read(municipalityId, readCallDefaults);

    it('are the usual ones until they are changed, one by one, and stay in their municipality', async () => {
      const usual = await defaults(world.sydby);
      expect(usual).toMatchObject({ quietFrom: '21:00', quietUntil: '08:00', acutePhone: '112' });
      const chief = await world.actor(world.nordby, ['administrator']);
      const leaves = await leavesAfter(async () => {
        await write((tx) => rules.changeDefaults(tx, chief, { helpPhone: '+4570000000' }));
        await write((tx) => rules.changeDefaults(tx, chief, { quietFrom: '22:00', acutePhone: null }));
        await write((tx) => rules.changeDefaults(tx, chief, { quietFrom: '22:00' }));
      });
      expect(leaves).toEqual([
        { type: 'call-defaults.changed', fields: ['helpPhone'] },
        { type: 'call-defaults.changed', fields: ['acutePhone', 'quietFrom'] },
      ]);
      expect(await defaults()).toMatchObject({
        helpPhone: '+4570000000',
        quietFrom: '22:00',
        quietUntil: '08:00',
        acutePhone: null,
      });
      expect(await defaults(world.sydby)).toEqual(usual);
    });

    it('are not changed by a support worker', async () => {
      const worker = await world.actor(world.nordby, ['support-worker']);
      await expect(
        write((tx) => rules.changeDefaults(tx, worker, { afterMinutes: 1 })),
      ).rejects.toMatchObject({ code: 'not_allowed' });
    });
  });

  describe('hours for talks', () => {
    const hours = (staffId: string, municipalityId = world.nordby) =>
      world.database.read(municipalityId, (tx) => readTalkHours(tx, staffId));
    const monday = { weekday: 1, from: '09:00', until: '10:30' };

    it('are none until somebody sets their own, in the order of the week', async () => {
      const worker = await world.actor(world.nordby, ['support-worker']);
      expect(await hours(worker.staffId)).toEqual([]);
      const late = { weekday: 1, from: '13:00', until: '14:00' };
      const friday = { weekday: 5, from: '08:00', until: '09:00' };
      const leaves = await leavesAfter(() =>
        write((tx) => rules.setTalkHours(tx, worker, worker.initials, [friday, late, monday])),
      );
      expect(leaves).toEqual([{ type: 'talk-hours.changed', staff: worker.staffId, minutesPerWeek: 210 }]);
      expect(await hours(worker.staffId)).toEqual([monday, late, friday]);
      expect(await hours(worker.staffId, world.sydby)).toEqual([]);
      expect(await eventsOf(worker.initials)).toContain('talk-hours.changed');
      await write((tx) => rules.setTalkHours(tx, worker, worker.initials, []));
      expect(await hours(worker.staffId)).toEqual([]);
    });

    it("are a colleague's only for those who plan for others", async () => {
      const worker = await world.actor(world.nordby, ['support-worker']);
      await expect(
        write((tx) => rules.setTalkHours(tx, coordinator, worker.initials, [monday])),
      ).rejects.toMatchObject({ code: 'not_allowed', params: { permission: 'visits:write-for-others' } });
      await write((tx) => rules.setTalkHours(tx, planner, worker.initials, [monday]));
      expect(await hours(worker.staffId)).toEqual([monday]);
      await expect(write((tx) => rules.setTalkHours(tx, planner, 'INGEN', []))).rejects.toMatchObject({
        code: 'not_found',
      });
    });
  });
});
