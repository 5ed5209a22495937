import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { api, milestoneFile, usualRhythm } from '../../../contract/index.ts';
import { ManualClock } from '../../../kernel/clock.ts';
import { type Caller, refusalOf, startTestApp, type TestApp } from '../../../testing/index.ts';

const routes = api.programme;
const milestone = (due: string, atLeast = 45) => ({
  due,
  da: `Mindst ${atLeast} borgere`,
  en: `At least ${atLeast} citizens`,
  needs: [{ kind: 'measure' as const, measure: 'has-received' as const, atLeast }],
});

describe('a programme', () => {
  let app: TestApp;
  let coordinator: Caller;
  let elsewhere: Caller;
  let municipality: string;
  const clock = new ManualClock('2026-11-24T08:00:00Z');
  const today = '2026-11-24';

  beforeAll(async () => {
    app = await startTestApp({ clock });
    municipality = await app.test.municipality();
    coordinator = await app.caller(municipality, ['coordinator'], 'TOV1');
    elsewhere = await app.caller(await app.test.municipality(), ['coordinator']);
  });
  afterAll(() => app.close());

  let named = 0;
  const begin = async (more: { trialOn?: string; endsOn?: string } = {}): Promise<string> => {
    named += 1;
    const body = { name: `Online bostøtte ${named}`, targetGroup: 450, startsOn: '2026-01-05', ...more };
    return (await coordinator.call(routes.create, { body })).id;
  };
  const leavesOf = async (id: string): Promise<Record<string, unknown>[]> => {
    const { rows } = await app.test.superuser.query<{ entry: Buffer }>(
      'SELECT entry FROM ledger_leaf ORDER BY pending_id',
    );
    return rows
      .map(({ entry }) => (JSON.parse(entry.toString('utf8')) as { entry: Record<string, unknown> }).entry)
      .filter(({ programme }) => programme === id)
      .map(({ programme: _, ...leaf }) => leaf);
  };
  const eventsOf = async (id: string): Promise<string[]> => {
    const { rows } = await app.test.superuser.query<{ type: string }>(
      `SELECT type FROM change_event WHERE entity_kind = 'programme' AND entity_id = $1 ORDER BY pending_id`,
      [id],
    );
    return rows.map(({ type }) => type);
  };
  const plan = (id: string, language: 'da' | 'en' = 'da') =>
    coordinator.call(routes.activities, { params: { id }, query: { language } });
  const codeOf = async (attempt: Promise<unknown>) => (await refusalOf(attempt)).code;

  describe('itself', () => {
    it('is begun with the usual rhythm, listed, changed and told to ledger and listeners', async () => {
      const id = await begin();
      const { items } = await coordinator.call(routes.list, {});
      expect(items.find((one) => one.id === id)).toMatchObject({
        kind: 'own',
        targetGroup: 450,
        trialOn: null,
        rhythm: usualRhythm,
        isHistory: false,
      });
      const changed = await coordinator.call(routes.change, {
        params: { id },
        body: { targetGroup: 460, trialOn: '2026-12-01' },
      });
      expect(changed).toMatchObject({ targetGroup: 460, trialOn: '2026-12-01', startsOn: '2026-01-05' });
      const leaf = { type: 'programme.changed', kind: 'own', startsOn: '2026-01-05', endsOn: null };
      expect(await leavesOf(id)).toEqual([
        { ...leaf, targetGroup: 450, trialOn: null },
        { ...leaf, targetGroup: 460, trialOn: '2026-12-01' },
      ]);
      expect(await eventsOf(id)).toEqual(['programme.changed', 'programme.changed']);
    });

    it('has a name that no other has, and days that fit together', async () => {
      const body = { name: 'Én gang', targetGroup: 450, startsOn: '2026-01-05' };
      const { id } = await coordinator.call(routes.create, { body });
      expect(await codeOf(coordinator.call(routes.create, { body }))).toBe('programme_exists');
      const other = await begin();
      const rename = { params: { id: other }, body: { name: 'Én gang' } };
      expect(await codeOf(coordinator.call(routes.change, rename))).toBe('programme_exists');
      const late = { params: { id }, body: { endsOn: '2025-12-31' } };
      expect(await codeOf(coordinator.call(routes.change, late))).toBe('programme_dates_invalid');
      expect(await leavesOf(id)).toHaveLength(1);
    });

    it('is begun once though the request is repeated', async () => {
      const body = { name: 'Gentaget', targetGroup: 450, startsOn: '2026-01-05' };
      const first = await coordinator.call(routes.create, { body, idempotencyKey: 'gentaget' });
      expect(await coordinator.call(routes.create, { body, idempotencyKey: 'gentaget' })).toEqual(first);
      expect(await leavesOf(first.id)).toHaveLength(1);
    });

    it("is nobody's elsewhere", async () => {
      const id = await begin();
      expect((await elsewhere.call(routes.list, {})).items).toEqual([]);
      expect(await codeOf(elsewhere.call(routes.activities, { params: { id } }))).toBe('not_found');
      expect(await codeOf(elsewhere.call(routes.change, { params: { id }, body: { targetGroup: 1 } }))).toBe(
        'not_found',
      );
    });

    it('of the past stays as it was', async () => {
      const id = await begin();
      await app.test.superuser.query('UPDATE programme SET is_history = true WHERE id = $1', [id]);
      const attempts = [
        coordinator.call(routes.change, { params: { id }, body: { targetGroup: 1 } }),
        coordinator.call(routes.setMilestone, { params: { id, code: 'M1' }, body: milestone('2026-12-31') }),
        coordinator.call(routes.setActivity, { params: { id, code: 'F1' }, body: { status: 'done' } }),
      ];
      expect(await Promise.all(attempts.map(codeOf))).toEqual(Array(3).fill('programme_kind_wrong'));
      expect((await plan(id)).readiness).toEqual([]);
    });
  });

  describe('has milestones that', () => {
    it('are set all at once from the documented file, and told where they changed', async () => {
      const page = await readFile(new URL('../../../../../../docs/milestones.md', import.meta.url), 'utf8');
      const file = milestoneFile.parse(JSON.parse(/```json\n(.*?)```/s.exec(page)?.[1] ?? ''));
      const body = { name: 'Nordjylland', targetGroup: 1780, startsOn: '2015-01-01' };
      const { id } = await coordinator.call(routes.create, { body });
      const { items } = await coordinator.call(routes.setMilestones, { params: { id }, body: file });
      expect(items).toEqual(file.milestones);

      const [m0, m1, m2, m3] = file.milestones;
      if (m0 === undefined || m1 === undefined || m2 === undefined || m3 === undefined)
        throw new Error('four are documented');
      const milestones = [m3, { ...m1, due: '2015-05-31' }, m2];
      const again = await coordinator.call(routes.setMilestones, { params: { id }, body: { milestones } });
      expect(again.items.map((one) => one.id)).toEqual(['M1', 'M2', 'M3']);
      const told = (await leavesOf(id)).slice(1);
      expect(told.map(({ milestone: code, due, removed }) => [code, due, removed])).toEqual([
        ['M0', '2015-01-31', false],
        ['M1', '2015-04-30', false],
        ['M2', '2015-07-31', false],
        ['M3', '2015-10-31', false],
        ['M0', '2015-01-31', true],
        ['M1', '2015-05-31', false],
      ]);
      expect(told[2]).toMatchObject({ type: 'milestone.set', needs: m2.needs });
    });

    it('bring their own words as activities, which can be told done, and no other word can', async () => {
      const id = await begin();
      const needs = [{ kind: 'activity' as const, what: 'seminar' }];
      await coordinator.call(routes.setMilestone, {
        params: { id, code: 'M4' },
        body: { ...milestone('2026-12-31'), needs },
      });
      const done = await coordinator.call(routes.setActivity, {
        params: { id, code: 'Seminar' },
        body: { status: 'done', on: '2026-11-02' },
      });
      expect(done).toMatchObject({ code: 'seminar', phase: 'own', status: 'done', doneOn: '2026-11-02' });
      const misspelt = coordinator.call(routes.setActivity, {
        params: { id, code: 'semniar' },
        body: { status: 'done' },
      });
      expect(await refusalOf(misspelt)).toMatchObject({
        code: 'not_found',
        params: { kind: 'activity semniar' },
      });
      await coordinator.call(routes.removeMilestone, { params: { id, code: 'm4' } });
      expect((await plan(id)).activities.at(-1)).toMatchObject({ code: 'seminar', status: 'done' });
    });

    it('are set and taken off one by one', async () => {
      const id = await begin();
      const at = (code: string) => ({ params: { id, code } });
      await coordinator.call(routes.setMilestone, { ...at('M1'), body: milestone('2026-06-30') });
      const set = await coordinator.call(routes.setMilestone, { ...at('m1'), body: milestone('2026-07-31') });
      expect(set).toMatchObject({ id: 'M1', due: '2026-07-31' });
      const idempotencyKey = 'off';
      expect(await coordinator.call(routes.removeMilestone, { ...at('M1'), idempotencyKey })).toEqual({
        id: 'M1',
      });
      expect(await coordinator.call(routes.removeMilestone, { ...at('M1'), idempotencyKey })).toEqual({
        id: 'M1',
      });
      expect(await codeOf(coordinator.call(routes.removeMilestone, at('M1')))).toBe('not_found');
      expect((await leavesOf(id)).map(({ due, removed }) => [due, removed]).slice(1)).toEqual([
        ['2026-06-30', false],
        ['2026-07-31', false],
        ['2026-07-31', true],
      ]);
    });

    it('are refused as a whole, with the reason in both languages', async () => {
      const id = await begin();
      await coordinator.call(routes.setMilestone, {
        params: { id, code: 'M1' },
        body: milestone('2026-06-30'),
      });
      const early = [
        { id: 'M2', ...milestone('2026-12-31') },
        { id: 'M3', ...milestone('2026-01-04') },
      ];
      const refusal = await refusalOf(
        coordinator.call(routes.setMilestones, { params: { id }, body: { milestones: early } }),
      );
      expect(refusal).toMatchObject({
        code: 'milestones_invalid',
        params: {
          why_da: 'M3 skal være nået 2026-01-04, og programmet begynder først 2026-01-05',
          why_en: 'M3 is due on 2026-01-04, before the programme begins on 2026-01-05',
        },
      });
      const later = coordinator.call(routes.change, { params: { id }, body: { startsOn: '2026-07-01' } });
      expect(await codeOf(later)).toBe('milestones_invalid');
      expect(await leavesOf(id)).toHaveLength(2);
    });

    it('are set by two at once without losing one', async () => {
      const id = await begin();
      await Promise.all(
        ['M1', 'M2', 'M3', 'M4'].map((code) =>
          coordinator.call(routes.setMilestone, { params: { id, code }, body: milestone('2026-12-31') }),
        ),
      );
      const { rows } = await app.test.superuser.query('SELECT code FROM milestone WHERE programme_id = $1', [
        id,
      ]);
      expect(rows).toHaveLength(4);
    });
  });

  describe('has a plan that', () => {
    it("shows the handbook's 16 activities, though nothing was told", async () => {
      const id = await begin();
      const { activities, phase, tracks, decisions, estimate } = await plan(id, 'en');
      expect(activities.map(({ code }) => code).join(' ')).toBe(
        'F1 F2 F3 F4 F5 F6 F7 F8 F9 I1 I2 I3 I4 I5 I6 D1',
      );
      expect(activities.every(({ status }) => status === 'not-started')).toBe(true);
      expect(activities[8]).toMatchObject({
        en: 'Test the whole set-up',
        steps: expect.arrayContaining(['Adjust guides and workflows']),
      });
      expect([phase, decisions, estimate]).toEqual([{ phase: 'exploration', since: '2026-01-05' }, [], null]);
      expect(tracks).toEqual([
        { track: 'it', done: 0, of: 4, ready: false },
        { track: 'method', done: 0, of: 15, ready: false },
      ]);
    });

    it('keeps who answers for an activity, its days, cases and evidence, and tells the ledger no reference', async () => {
      const id = await begin();
      const tell = (body: z.input<typeof routes.setActivity.body>) =>
        coordinator.call(routes.setActivity, { params: { id, code: 'f9' }, body });
      await tell({ responsible: 'coordinator', startsOn: '2026-10-01', dueOn: '2026-12-01' });
      await tell({ status: 'under-way', on: '2026-10-05', cases: 2 });
      const done = await tell({ status: 'done', on: '2026-11-02', cases: 4, addEvidence: 'sag 26/1042' });
      expect(done).toMatchObject({
        code: 'F9',
        responsible: 'coordinator',
        startsOn: '2026-10-05',
        dueOn: '2026-12-01',
        doneOn: '2026-11-02',
        cases: 4,
        evidence: ['sag 26/1042'],
      });
      const leaves = (await leavesOf(id)).slice(1);
      expect(leaves.at(-1)).toEqual({
        type: 'activity.changed',
        activity: 'F9',
        status: 'done',
        on: '2026-11-02',
        cases: 4,
        evidence: 1,
      });
      expect(JSON.stringify(leaves)).not.toContain('1042');
      expect(await eventsOf(id)).toHaveLength(4);
    });

    it('takes nothing of a day to come', async () => {
      const id = await begin();
      const on = '2026-11-25';
      const attempts = [
        coordinator.call(routes.setActivity, { params: { id, code: 'F1' }, body: { status: 'done', on } }),
        coordinator.call(routes.decide, {
          params: { id },
          body: { kind: 'expectation', choice: 'must', on },
        }),
        coordinator.call(routes.holdFollowUp, { params: { id }, body: { kind: 'goals', on } }),
        coordinator.call(routes.estimate, { params: { id }, body: { percent: 20, on } }),
        coordinator.call(routes.prepare, { body: { initials: ['TOV1'], kind: 'trained', on } }),
      ];
      expect(await Promise.all(attempts.map(codeOf))).toEqual(Array(5).fill('invalid_input'));
      expect(await leavesOf(id)).toHaveLength(1);
    });

    it('holds the latest decision of each kind, by its day and not by when it was recorded', async () => {
      const id = await begin();
      const decide = (kind: 'expectation' | 'equipment', choice: 'must' | 'may' | 'loans', on: string) =>
        coordinator.call(routes.decide, {
          params: { id },
          body: { kind, choice, on, reference: 'sag 26/7' },
        });
      expect(await decide('expectation', 'must', '2026-06-01')).toMatchObject({
        by: 'TOV1',
        reference: 'sag 26/7',
      });
      await decide('expectation', 'may', '2026-03-01');
      expect(await codeOf(decide('equipment', 'may', '2026-03-01'))).toBe('invalid_input');
      await decide('equipment', 'loans', '2026-03-01');
      expect((await plan(id)).decisions.map(({ kind, choice }) => [kind, choice])).toEqual([
        ['equipment', 'loans'],
        ['expectation', 'must'],
      ]);
    });

    it('keeps targets per worker and the own estimate beside the measured rate', async () => {
      const id = await begin();
      const due = '2027-06-30';
      await coordinator.call(routes.setTarget, { params: { id, due }, body: { citizens: 2 } });
      await coordinator.call(routes.setTarget, { params: { id, due }, body: { citizens: 3 } });
      await coordinator.call(routes.estimate, { params: { id }, body: { percent: 30, on: '2026-10-01' } });
      await coordinator.call(routes.estimate, { params: { id }, body: { percent: 50, on: '2026-09-01' } });
      const { targets, estimate } = await plan(id);
      expect([targets, estimate]).toEqual([
        [{ due, citizens: 3 }],
        { percent: 30, on: '2026-10-01', by: 'TOV1' },
      ]);
      expect((await leavesOf(id)).map(({ type }) => type)).toEqual([
        'programme.changed',
        'worker-target.set',
        'worker-target.set',
        'degree.estimated',
        'degree.estimated',
      ]);
    });

    it('asks for follow-up in its rhythm once the trial has begun', async () => {
      const id = await begin({ trialOn: '2026-03-01' });
      const goals = (items: Awaited<ReturnType<typeof plan>>['followUps']) =>
        items.find(({ kind }) => kind === 'goals');
      expect(goals((await plan(id)).followUps)).toMatchObject({
        lastOn: null,
        nextOn: '2026-03-29',
        overdue: true,
      });
      const held = await coordinator.call(routes.holdFollowUp, { params: { id }, body: { kind: 'goals' } });
      expect(held).toEqual({
        kind: 'goals',
        everyWeeks: 4,
        lastOn: today,
        nextOn: '2026-12-22',
        overdue: false,
      });
      const body = { rhythm: { ...usualRhythm, goals: 1 } };
      await coordinator.call(routes.change, { params: { id }, body });
      expect(goals((await plan(id)).followUps)).toMatchObject({ nextOn: '2026-12-01' });
    });

    it('says in the language asked for that the trial begins without its test', async () => {
      const id = await begin({ trialOn: '2026-12-01' });
      const first = async (language: 'da' | 'en') => (await plan(id, language)).readiness[0];
      expect(await first('da')).toEqual({
        kind: 'trial-without-test',
        activity: 'F9',
        weight: 'stop',
        sentence:
          'Afprøvningen begynder 1. december 2026, men det hele er kun prøvet med 0 forløb; kør mindst 3 (F9).',
      });
      expect((await first('en'))?.sentence).toContain('tested with only 0 cases');
    });
  });

  describe('prepares staff:', () => {
    it('many at once, each once for a day, all or nobody', async () => {
      const world = await app.test.municipality();
      const leader = await app.caller(world, ['leader'], 'LED1');
      for (const initials of ['BM01', 'BM02', 'BM03']) await app.caller(world, ['support-worker'], initials);
      const prepare = (initials: string[], kind: 'trained' | 'informed' = 'trained') =>
        leader.call(routes.prepare, { body: { initials, kind, on: '2026-11-02' } });
      expect((await prepare(['BM01', 'BM02'])).items).toMatchObject([
        { initials: 'BM01', kind: 'trained', on: '2026-11-02', by: 'LED1' },
        { initials: 'BM02' },
      ]);
      await prepare(['BM02', 'BM03']);
      await prepare(['BM03'], 'informed');
      const refusal = await refusalOf(prepare(['BM01', 'BM99'], 'informed'));
      expect(refusal).toMatchObject({ code: 'not_found', params: { kind: 'staff BM99' } });
      const { items } = await leader.call(routes.listPreparations, {});
      expect(items.map(({ initials, kind }) => `${initials} ${kind}`)).toEqual([
        'BM01 trained',
        'BM02 trained',
        'BM03 informed',
        'BM03 trained',
      ]);
      const { rows } = await app.test.superuser.query<{ entry: Buffer }>(
        `SELECT entry FROM ledger_leaf WHERE municipality_id = $1 AND convert_from(entry, 'UTF8') LIKE '%staff.prepared%'`,
        [world],
      );
      expect(rows).toHaveLength(4);
      expect(rows.map(({ entry }) => entry.toString()).join()).not.toMatch(/BM0/);
    });

    it('and counts the support workers who are not, without saying who', async () => {
      const world = await app.test.municipality();
      const leader = await app.caller(world, ['leader'], 'LED1');
      for (const initials of ['BM01', 'BM02', 'BM03']) await app.caller(world, ['support-worker'], initials);
      const body = { name: 'Online', targetGroup: 450, startsOn: '2026-01-05' };
      const { id } = await leader.call(routes.create, { body });
      await leader.call(routes.decide, { params: { id }, body: { kind: 'delivery', choice: 'supplement' } });
      await leader.call(routes.prepare, { body: { initials: ['BM01', 'LED1'], kind: 'trained' } });
      const { readiness } = await leader.call(routes.activities, { params: { id } });
      const sentences = readiness.map(({ sentence }) => sentence);
      expect(sentences).toContain('2 af 3 bostøttemedarbejdere er ikke oplært endnu (I3).');
      expect(sentences).toContain(
        '3 af 3 bostøttemedarbejdere har ikke fået orientering om datasikkerhed (I6).',
      );
      expect(sentences.join()).not.toMatch(/BM0/);
    });
  });
});
