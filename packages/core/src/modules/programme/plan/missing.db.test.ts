import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CitizenStatus, Figures, MilestoneMeasure, Role, StepReason } from '../../../contract/index.ts';
import { refusalOf } from '../../../testing/index.ts';
import type { Actor } from '../../identity/index.ts';
import type { Measures, Question } from '../measures/index.ts';
import { type Caseload, createCaseload } from './fixture.ts';
import { missingFor, missingOwn } from './missing.ts';
import type { ProgrammeRow } from './rows.ts';
import { createPlan, type PlanService } from './service.ts';
import { getProgramme } from './store.ts';

describe('what is missing', () => {
  let world: Caseload;
  let plan: PlanService;
  let coordinator: Actor;
  let bm01: Actor;
  let bm02: Actor;
  let programme: ProgrammeRow;
  const codes = new Map<string, string>();
  const today = '2026-11-24';

  const assess = (code: string, outcome: 'suited' | 'suited-with-help' | 'not-now', on: string) =>
    world.as(world.admin, (tx) =>
      world.citizens.assess(tx, world.admin, code, { outcome, reasons: [], withCitizen: true, on }),
    );
  const step = async (
    code: string,
    ...steps: readonly (readonly [to: CitizenStatus, reason: StepReason])[]
  ): Promise<void> => {
    for (const [to, reason] of steps)
      await world.as(world.admin, (tx) => world.citizens.takeStep(tx, world.admin, code, { to, reason }));
  };
  const video = (code: string, worker: Actor, local: string, state: 'held' | 'failed' = 'held') =>
    world.video(code, worker, local, state);
  const citizen = async (name: string, worker: Actor): Promise<string> => {
    const code = await world.citizen(worker);
    codes.set(name, code);
    return code;
  };

  beforeAll(async () => {
    world = await createCaseload(new Date('2026-11-24T06:00:00Z'));
    plan = createPlan(world);
    coordinator = await world.actor(world.municipalityId, ['coordinator'], 'TOV1');
    bm01 = await world.worker('BM01');
    bm02 = await world.worker('BM02');
    await world.worker('BM03');
    const offered = ['offered', 'worker-suggestion'] as const;

    const suited = await citizen('suited', bm01);
    await assess(suited, 'not-now', '2026-03-01');
    await assess(suited, 'suited-with-help', '2026-10-01');
    await citizen('never assessed', bm01);
    const unsuited = await citizen('suited no more', bm01);
    await assess(unsuited, 'suited', '2026-03-01');
    await assess(unsuited, 'not-now', '2026-10-01');
    const declined = await citizen('declined', bm01);
    await assess(declined, 'suited', '2026-10-01');
    await step(declined, offered, ['declined', 'prefers-visits']);
    const waiting = await citizen('accepted', bm01);
    await step(waiting, offered, ['accepted', 'own-wish']);
    await video(waiting, bm01, '2026-11-20T10:00', 'failed');
    const called = await citizen('online', bm01);
    await step(called, offered, ['accepted', 'own-wish']);
    await video(called, bm01, '2026-11-20T11:00');
    const faded = await citizen('online long ago', bm01);
    await video(faded, bm01, '2026-10-27T11:00');
    const erased = await citizen('erased', bm01);
    await assess(erased, 'suited', '2026-10-01');
    await world.superuser.query(`UPDATE citizen SET erased_at = $2 WHERE code = $1`, [
      erased,
      world.clock.now(),
    ]);
    const another = await citizen("a colleague's", bm02);
    await assess(another, 'suited', '2026-10-01');

    programme = await world.as(coordinator, (tx) =>
      plan.begin(tx, coordinator, {
        name: 'Online bostøtte',
        kind: 'own',
        targetGroup: 450,
        startsOn: '2026-01-05',
        trialOn: null,
        endsOn: null,
        rhythm: { goals: 4, rooms: 13, suitability: 4, newcomers: 13, culture: 4, 'data-security': 13 },
        invitation: null,
        milestones: [
          milestone('M1', '2026-06-30', 'has-received', 10),
          milestone('M2', '2026-12-29', 'has-received', 45),
          milestone('M3', '2027-12-29', 'receives-regularly', 45),
        ],
      }),
    );
  });
  afterAll(() => world.close());

  const milestone = (code: string, due: string, measure: MilestoneMeasure, atLeast: number) => ({
    code,
    due,
    da: `Mindst ${atLeast}`,
    en: `At least ${atLeast}`,
    needs: [{ kind: 'measure' as const, measure, atLeast }],
  });
  /** What the log would say: 20 of 40 offers became a first call, and two workers of three have citizens online. */
  const none = { held: 0, cancelled: 0, futile: 0, failed: 0 };
  const figures: Figures = {
    hasReceived: 20,
    receivesRegularly: 8,
    implementationRate: 8 / 450,
    sessions: { '1': 0, '2-3': 0, '4-7': 20, 'over-7': 0 },
    onlineShare: { '0-24': 20, '25-49': 0, '50-74': 0, '75-100': 0 },
    funnel: { offered: 40, accepted: 25, declined: 5, introduced: 22, firstCall: 20, regular: 8 },
    channels: { video: none, physical: none, phone: none },
    technicalFailureRate: null,
    workers: { employed: 3, active: 2, trained: 0, informed: 0 },
  };
  const asked: { from: string; at: string }[] = [];
  const measures: Pick<Measures, 'resolve' | 'figures' | 'firstReached'> = {
    resolve: async (_tx, { at = '2026-11-23' }) => ({
      question: { size: 9n, at },
      citation: {
        size: '9',
        rootHash: 'r',
        checkpoint: { origin: 'o', size: '9', signedAt: '2026-11-24T06:00:00.000Z', keyId: '00000000' },
      },
    }),
    figures: async (_tx, question: Question, { from }) => {
      asked.push({ from, at: question.at });
      return figures;
    },
    firstReached: async (_tx, _question, { measure, atLeast }) =>
      measure === 'has-received' && atLeast <= figures.hasReceived ? { on: '2026-05-01', index: 3n } : null,
  };
  const nothingFolded = { ...measures, resolve: async () => null };
  const ask = (more: Partial<Parameters<typeof missingFor>[3]> = {}, of = measures) =>
    world.as(coordinator, (tx) =>
      missingFor(tx, { measures: of }, programme, { today, language: 'da', ...more }),
    );
  const askOwn = (actor: Actor) =>
    world.as(actor, async (tx) =>
      missingOwn(tx, actor, await getProgramme(tx, programme.id), world.clock.now()),
    );

  it('is counted for the first milestone whose number was never reached, from the 28 days before yesterday', async () => {
    expect(await ask()).toEqual({
      milestone: { code: 'M2', due: '2026-12-29', da: 'Mindst 45', en: 'At least 45' },
      measure: 'has-received',
      citizens: 25,
      weeks: 5,
      workersWithoutOnline: 1,
      suitedNeverOffered: 2,
      acceptedNeverCalled: 1,
      offersPerWeek: 10,
      yieldPercent: 50,
      sentence:
        'Der mangler 25 borgere til M2, og der er 5 uger tilbage: det kræver 10 tilbud om ugen. 1 borger har sagt ja og venter på første opkald; 2 er vurderet egnede og aldrig spurgt; 1 medarbejder har ingen borger på video.',
    });
    expect(asked.at(-1)).toEqual({ from: '2026-10-27', at: '2026-11-23' });
  });

  it('takes the milestone that the caller found to be next, and the day asked about', async () => {
    const third = {
      milestone: milestone('M3', '2027-12-29', 'receives-regularly', 45),
      measure: 'receives-regularly',
      atLeast: 45,
    } as const;
    expect(await ask({ next: third, at: '2026-11-10' })).toMatchObject({
      citizens: 37,
      weeks: 59,
      yieldPercent: 20,
    });
    expect(await ask({ next: null })).toMatchObject({ milestone: null, citizens: 0, suitedNeverOffered: 2 });
  });

  it('is everything while the log holds nothing yet', async () => {
    expect(await ask({}, nothingFolded)).toMatchObject({
      milestone: { code: 'M1' },
      citizens: 10,
      workersWithoutOnline: 3,
      offersPerWeek: null,
    });
  });

  it('names no citizen to management', async () => {
    const told = JSON.stringify(await ask());
    for (const [name, code] of codes) expect(told, name).not.toContain(code);
  });

  it("is a worker's own by code: whom they could offer or call, and how many they have online", async () => {
    await world.as(coordinator, async (tx) => {
      for (const [due, citizens] of [
        ['2026-06-30', 1],
        ['2026-12-31', 2],
        ['2027-06-30', 4],
      ] as const)
        await plan.setTarget(tx, coordinator, programme.id, { due, citizens });
    });
    expect(await askOwn(bm01)).toEqual({
      target: { due: '2026-12-31', citizens: 2 },
      online: 1,
      suitedNeverOffered: [codes.get('suited')],
      acceptedNeverCalled: [codes.get('accepted')],
    });
    expect(await askOwn(bm02)).toMatchObject({
      online: 0,
      suitedNeverOffered: [codes.get("a colleague's")],
      acceptedNeverCalled: [],
    });
  });

  it("is no one else's to ask", async () => {
    const roles: Role[] = ['coordinator', 'leader', 'it-auditor', 'administrator'];
    for (const role of roles) {
      const actor = await world.actor(
        world.municipalityId,
        [role],
        `X${role.slice(0, 5).toUpperCase().replace('-', '')}`,
      );
      expect((await refusalOf(askOwn(actor))).code).toBe('not_allowed');
    }
  });
});
