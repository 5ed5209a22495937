import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Invitation } from '../../../contract/index.ts';
import { createLogSigner, encodeCheckpoint, makeSeed, type Signer } from '../../../ledger/index.ts';
import { refusalOf } from '../../../testing/index.ts';
import { createFolding } from '../measures/index.ts';
import { type Counts, countPaths } from '../months/index.ts';
import { listMilestones } from '../plan/index.ts';
import { curveOf, firstReachedInMonths } from './course.ts';
import { createInstallation, type Installation, type Town } from './fixture.ts';
import { type Contribution, encodeContribution } from './format.ts';
import { encryptTo } from './sealing.ts';
import { listMembers } from './store.ts';

const milestones = [
  {
    id: 'M2',
    due: '2026-03-31',
    da: 'Mindst 20 borgere',
    en: 'At least 20 citizens',
    needs: [{ kind: 'measure' as const, measure: 'has-received' as const, atLeast: 20 }],
  },
];
const root = Buffer.alloc(32, 7);

describe('a joint programme', () => {
  let one: Installation;
  let other: Installation;
  let lead: Town;
  let near: Town;
  let far: Town;
  let small: Town;
  let id: string;
  let invitation: Invitation;

  const lastUnits = async () => (await lead.shown(id)).at(-1)?.units ?? [];
  const join = async (town: Town, targetGroup: number) => {
    await town.settle();
    const own = await town.write(async (tx) => {
      const programme = await town.joint.join(tx, town.actor, { invitation, targetGroup });
      return { id: programme.id, key: await town.joint.ownKey(tx, town.id) };
    });
    const wish = { name: town.name, verifierKey: own.key, targetGroup, on: '2026-01-01' };
    const member = await lead.write((tx) => lead.joint.addMember(tx, lead.actor, id, wish));
    return { ...own, member };
  };
  const contribute = (town: Town, programme: string, month: string) =>
    town.write(async (tx) => (await town.joint.contribute(tx, town.actor, programme, month)).file);
  const receive = (file: string) => lead.write((tx) => lead.joint.receive(tx, lead.actor, id, file));

  beforeAll(async () => {
    [one, other] = [
      await createInstallation('2026-04-10T10:00:00Z'),
      await createInstallation('2026-04-10T10:00:00Z'),
    ];
    lead = await one.municipality('Førby');
    near = await one.municipality('Nærby');
    far = await other.municipality('Fjernby');
    small = await other.municipality('Småby');
    const wish = { name: 'Online bostøtte i nord', startsOn: '2026-01-01', endsOn: null, milestones };
    id = (await lead.write((tx) => lead.joint.lead(tx, lead.actor, wish))).id;
    invitation = await lead.read((tx) => lead.joint.invite(tx, id));
    await near.begin(12, '2026-01-20');
    await far.begin(9, '2026-02-20');
    await small.begin(3, '2026-01-20');
  });
  afterAll(async () => {
    await one.close();
    await other.close();
  });

  it('is shared by files alone, between installations and within one, and its total is right', async () => {
    const members = [
      [near, await join(near, 120)],
      [far, await join(far, 90)],
      [small, await join(small, 20)],
    ] as const;
    for (const [town, own] of members) {
      expect(await town.publish()).toBe(3);
      expect((await town.read((tx) => listMilestones(tx, own.id))).map(({ code }) => code)).toEqual(['M2']);
    }
    const files = [];
    for (const month of ['2026-01', '2026-02', '2026-03'])
      for (const [town, own] of members) files.push(await contribute(town, own.id, month));
    const last = files.pop() ?? '';
    for (const file of files) await receive(file);
    // The last one of March is still to come, and a total without it would tell its figures as soon as it came.
    expect(await lead.publishJoint()).toBe(2);
    await receive(last);
    expect(await lead.publishJoint()).toBe(1);
    const [whole, ...parts] = await lastUnits();
    expect(whole).toMatchObject({ kind: 'programme', targetGroup: 230, figures: { hasReceived: 24 } });
    expect(parts.map(({ name }) => name)).toEqual(['Fjernby', 'Nærby', 'Småby']);
    // One who is too small hides two others: whoever knows their own figures still cannot tell the other two apart.
    expect(parts.map(({ figures }) => figures.hasReceived)).toEqual(['hidden', 'hidden', 'hidden']);
  });

  it('is locked for the lead on its way, so that nobody sees what a small member counts', async () => {
    const own = (await small.read((tx) => tx.programme.findFirst()))?.id ?? '';
    const file = await contribute(small, own, '2026-03');
    expect(file).toContain('BEGIN AGE ENCRYPTED FILE');
    expect(file).not.toContain('hasReceived');
    const stranger = await other.municipality('Fremmedby');
    await stranger.write((tx) =>
      stranger.joint.lead(tx, stranger.actor, {
        name: 'Et andet',
        startsOn: '2026-01-01',
        endsOn: null,
        milestones,
      }),
    );
    const theirs = (await stranger.read((tx) => tx.programme.findFirst()))?.id ?? '';
    const refusal = await refusalOf(
      stranger.write((tx) => stranger.joint.receive(tx, stranger.actor, theirs, file)),
    );
    expect(refusal).toMatchObject({ code: 'contribution_refused', details: { why: 'not-for-us' } });
  });

  it('takes the same contribution twice without a second trace, and another of the same month never', async () => {
    const own = (await near.read((tx) => tx.programme.findFirst()))?.id ?? '';
    const before = (await lead.leaves()).length;
    await receive(await contribute(near, own, '2026-03'));
    expect((await lead.leaves()).length).toBe(before);
    // The target group was corrected meanwhile.
    await near.write((tx) => near.plan.change(tx, near.actor, own, { targetGroup: 121 }));
    const refusal = await refusalOf(receive(await contribute(near, own, '2026-03')));
    expect(refusal).toMatchObject({
      code: 'contribution_exists',
      params: { member: 'Nærby', month: '2026-03' },
    });
  });

  it('tells the log of hashes and random ids alone', async () => {
    const told = (await lead.leaves()).filter(({ type }) => type === 'contribution.received');
    expect(told).toHaveLength(9);
    expect(Object.keys(told[0] ?? {}).sort()).toEqual([
      'contribution',
      'hash',
      'member',
      'month',
      'programme',
      'type',
    ]);
  });

  it('has a curve of month-ends, and of then: as much as the log said at a size', async () => {
    await one.world.sign(lead.id);
    await createFolding({ database: one.world.test.database }).fold(lead.id);
    const all = await lead.read((tx) => curveOf(tx, id, { at: '2026-03-31' }));
    expect(all.points.map(({ day, hasReceived }) => [day, hasReceived])).toEqual([
      ['2026-01-31', 15],
      ['2026-02-28', 24],
      ['2026-03-31', 24],
    ]);
    const of = { measure: 'has-received', atLeast: 20 } as const;
    const reached = await lead.read((tx) => firstReachedInMonths(tx, id, { at: '2026-03-31' }, of));
    expect(reached?.on).toBe('2026-02-28');
    const size = reached?.index ?? 0n;
    const then = await lead.read((tx) => curveOf(tx, id, { at: '2026-03-31', size }));
    expect(then.points.map(({ day }) => day)).toEqual(['2026-01-31']);
    expect(await lead.read((tx) => firstReachedInMonths(tx, id, { at: '2026-03-31', size }, of))).toBeNull();
  });

  it('waits forty-five days for the last ones, and goes on without them', async () => {
    one.world.clock.set('2026-05-02T10:00:00Z');
    await near.publish();
    const own = (await near.read((tx) => tx.programme.findFirst()))?.id ?? '';
    await receive(await contribute(near, own, '2026-04'));
    expect(await lead.publishJoint()).toBe(0);
    one.world.clock.set('2026-06-15T10:00:00Z');
    expect(await lead.publishJoint()).toBe(1);
    expect((await lastUnits()).map(({ name }) => name)).toEqual(['Online bostøtte i nord', 'Nærby']);
  });

  it('gives the others two weeks where an old month is begun late', async () => {
    one.world.clock.set('2026-09-01T10:00:00Z');
    await near.publish();
    const own = (await near.read((tx) => tx.programme.findFirst()))?.id ?? '';
    await receive(await contribute(near, own, '2026-05'));
    expect(await lead.publishJoint()).toBe(0);
    one.world.clock.set('2026-09-16T10:00:00Z');
    expect(await lead.publishJoint()).toBe(1);
    one.world.clock.set('2026-06-15T10:00:00Z');
  });

  describe('refuses a contribution', () => {
    let signer: Signer;
    let counts: Record<string, number>;
    const checkpointOf = (by: Signer, origin: string, size: number, of = root) => {
      const text = encodeCheckpoint({ origin, size: BigInt(size), root: of });
      return `${text}\n${by.sign(text)}`;
    };
    const honest = (size = 100): Contribution => ({
      programme: id,
      origin: signer.verifier.name,
      month: '2026-02',
      size: String(size),
      root: root.toString('base64'),
      targetGroup: 50,
      counts,
      checkpoint: checkpointOf(signer, signer.verifier.name, size),
    });
    const seal = (contribution: Contribution, by = signer): Promise<string> => {
      const text = encodeContribution(contribution);
      return encryptTo(invitation.recipient, `${text}\n${by.sign(text)}`);
    };
    const whyNot = async (file: string | Promise<string>) => {
      const refusal = await refusalOf(receive(await file));
      expect(refusal.code).toBe('contribution_refused');
      expect(refusal.params.why_da).toMatch(/\w/);
      return refusal.details.why;
    };

    beforeAll(async () => {
      signer = createLogSigner('naer/oeby/1', makeSeed());
      counts = { ...(Object.fromEntries(countPaths.map((path) => [path, 0])) satisfies Counts) };
      const wish = {
        name: 'Øby',
        verifierKey: signer.verifier.verifierKey,
        targetGroup: 50,
        on: '2026-01-15',
      };
      await lead.write((tx) => lead.joint.addMember(tx, lead.actor, id, wish));
    });

    it('that is no contribution', async () => {
      expect(await whyNot('hello')).toBe('unreadable');
      expect(await whyNot(encryptTo(invitation.recipient, 'hello'))).toBe('unreadable');
      const text = 'another text\n';
      expect(await whyNot(encryptTo(invitation.recipient, `${text}\n${signer.sign(text)}`))).toBe(
        'unreadable',
      );
    });
    it('that was changed on its way', async () => {
      const file = await seal(honest());
      const middle = Math.floor(file.length / 2);
      const changed = `${file.slice(0, middle)}${file[middle] === 'A' ? 'B' : 'A'}${file.slice(middle + 1)}`;
      expect(['unreadable', 'not-for-us']).toContain(await whyNot(changed));
    });
    it('of somebody who is no member', async () => {
      expect(await whyNot(seal(honest(), createLogSigner('naer/fremmed/1', makeSeed())))).toBe('unsigned');
    });
    it('whose signature does not fit', async () => {
      const text = encodeContribution(honest());
      const forged = `${encodeContribution({ ...honest(), targetGroup: 51 })}\n${signer.sign(text)}`;
      expect(await whyNot(encryptTo(invitation.recipient, forged))).toBe('signature-broken');
    });
    it('for another programme', async () => {
      expect(await whyNot(seal({ ...honest(), programme: '4f0c1d5e-6a53-4f5e-9d7e-0f4d7a0c9b11' }))).toBe(
        'other-programme',
      );
    });
    it('that names another log', async () => {
      expect(await whyNot(seal({ ...honest(), origin: 'naer/anden/1' }))).toBe('other-origin');
    });
    it('for a month that is not over, or in which the member did not take part', async () => {
      expect(await whyNot(seal({ ...honest(), month: '2026-06' }))).toBe('month-not-over');
      expect(await whyNot(seal({ ...honest(), month: '2025-12' }))).toBe('not-a-member-then');
    });
    it('whose checkpoint another log signed, or which rests on another size or root', async () => {
      const stranger = createLogSigner('naer/fremmed/1', makeSeed());
      const foreign = checkpointOf(stranger, stranger.verifier.name, 100);
      expect(await whyNot(seal({ ...honest(), checkpoint: foreign }))).toBe('checkpoint-broken');
      const larger = checkpointOf(signer, signer.verifier.name, 101);
      expect(await whyNot(seal({ ...honest(), checkpoint: larger }))).toBe('checkpoint-other');
      const forked = checkpointOf(signer, signer.verifier.name, 100, Buffer.alloc(32, 8));
      expect(await whyNot(seal({ ...honest(), checkpoint: forked }))).toBe('checkpoint-other');
    });
    it('whose figures do not fit together', async () => {
      expect(await whyNot(seal({ ...honest(), counts: { ...counts, hasReceived: 9 } }))).toBe('not-sane');
      const { hasReceived: _, ...missing } = counts;
      expect(await whyNot(seal({ ...honest(), counts: missing }))).toBe('unreadable');
    });
    it('whose log got shorter, or tells another history than before', async () => {
      await receive(await seal(honest()));
      const later = { ...honest(99), month: '2026-03' };
      expect(await whyNot(seal(later))).toBe('log-shrunk');
      const another = Buffer.alloc(32, 8);
      const forked = {
        ...honest(),
        month: '2026-03',
        root: another.toString('base64'),
        checkpoint: checkpointOf(signer, signer.verifier.name, 100, another),
      };
      expect(await whyNot(seal(forked))).toBe('log-forked');
    });
    it('of a key that the lead has not been told; once it is, both keys count', async () => {
      const renewed = createLogSigner('naer/oeby/1', makeSeed());
      const file = await seal(
        { ...honest(200), month: '2026-03', checkpoint: checkpointOf(renewed, 'naer/oeby/1', 200) },
        renewed,
      );
      expect(await whyNot(file)).toBe('unsigned');
      const member = (await lead.read((tx) => listMembers(tx, id))).find(({ name }) => name === 'Øby');
      await lead.write((tx) =>
        lead.joint.addMemberKey(tx, lead.actor, id, member?.id ?? '', renewed.verifier.verifierKey),
      );
      await receive(file);
      const codeOf = async (attempt: Promise<unknown>) => (await refusalOf(attempt)).code;
      const again = { name: 'Østby', verifierKey: renewed.verifier.verifierKey, targetGroup: 5 };
      expect(await codeOf(lead.write((tx) => lead.joint.addMember(tx, lead.actor, id, again)))).toBe(
        'member_exists',
      );
      const noKey = { ...again, verifierKey: 'naer/x' };
      expect(await codeOf(lead.write((tx) => lead.joint.addMember(tx, lead.actor, id, noKey)))).toBe(
        'verifier_key_invalid',
      );
    });
  });

  it('gives out no month-end while the log of the lead is not what was signed', async () => {
    const unsound = await one.municipality('Midtby');
    const wish = { name: 'Online bostøtte i midten', startsOn: '2026-01-01', endsOn: null, milestones };
    const programme = await unsound.write((tx) => unsound.joint.lead(tx, unsound.actor, wish));
    const asked = await unsound.read((tx) => unsound.joint.invite(tx, programme.id));
    const member = await one.municipality('Randby');
    await member.begin(6, '2026-01-20');
    await member.settle();
    const own = await member.write(async (tx) => {
      const joined = await member.joint.join(tx, member.actor, { invitation: asked, targetGroup: 30 });
      return { id: joined.id, key: await member.joint.ownKey(tx, member.id) };
    });
    await unsound.write((tx) =>
      unsound.joint.addMember(tx, unsound.actor, programme.id, {
        name: 'Randby',
        verifierKey: own.key,
        targetGroup: 30,
        on: '2026-01-01',
      }),
    );
    await member.publish();
    const file = await contribute(member, own.id, '2026-01');
    await unsound.write((tx) => unsound.joint.receive(tx, unsound.actor, programme.id, file));
    await unsound.settle();
    const { superuser } = one.world.test;
    await superuser.query('BEGIN; SET LOCAL session_replication_role = replica');
    await superuser.query(
      `UPDATE ledger_leaf SET entry = set_byte(entry, 40, 65) WHERE municipality_id = $1 AND "index" = 1`,
      [unsound.id],
    );
    await superuser.query('COMMIT');
    expect(await refusalOf(unsound.publishJoint())).toMatchObject({ code: 'ledger_unsound' });
    expect(await unsound.leaves()).not.toContainEqual(expect.objectContaining({ type: 'month.published' }));
  });
});
