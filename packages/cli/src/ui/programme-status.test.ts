import type { ProgrammeStatus } from '@naer/core/contract/programme';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { milestoneOf, programmeOf, statusOf } from '../fixture-programme.ts';
import { mondayMorning } from '../fixture-visits.ts';
import { useLanguage } from '../language.ts';
import { niceTop } from './curve-chart.ts';
import { screenOf, statusScreen } from './programme-status.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: mondayMorning, toFake: ['Date'] });
});
afterEach(() => {
  useLanguage('da');
  vi.useRealTimers();
});

const screen = { columns: 80, rows: 23 };
const linesOf = (status: ProgrammeStatus, on = screen) => statusScreen(status, on).split('\n');

const dayIn = (from: number, to: number) =>
  fc
    .integer({ min: Date.UTC(from, 0, 1) / 86_400_000, max: Date.UTC(to, 11, 31) / 86_400_000 })
    .map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const count = fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 1_000_000 }));
const name = fc.oneof(
  fc.constantFrom('Online bostøtte', 'Nord'),
  fc.string({ minLength: 1, maxLength: 120 }),
);

const milestones = fc.array(
  fc
    .record({
      code: fc.stringMatching(/^[A-Z][A-Za-z0-9-]{0,39}$/),
      due: dayIn(2014, 2030),
      da: name,
      en: name,
      state: fc.constantFrom('reached', 'reached-late', 'on-time', 'at-risk', 'late' as const),
      daysLate: fc.integer({ min: -400, max: 4000 }),
      why: name,
      atLeast: fc.option(fc.integer({ min: 1, max: 1_000_000 })),
      high: fc.option(count),
    })
    .map(({ atLeast, high, ...facts }) => {
      const plain = milestoneOf();
      const what = { kind: 'activity', what: 'kickoff' } as const;
      const of = { kind: 'measure', measure: 'has-received' } as const;
      return milestoneOf({
        ...facts,
        needs: plain.needs.map((each) => ({ ...each, need: atLeast === null ? what : { ...of, atLeast } })),
        forecast:
          high === null || plain.forecast === null
            ? null
            : { ...plain.forecast, onDue: { low: high / 3, middle: high / 2, high } },
      });
    }),
  { maxLength: 12 },
);

const curve = fc.array(fc.record({ day: dayIn(2014, 2030), hasReceived: count, receivesRegularly: count }), {
  maxLength: 300,
});

const anyStatus = fc
  .record({
    milestones,
    curve,
    at: dayIn(2014, 2030),
    startsOn: dayIn(2014, 2030),
    name,
    municipality: name,
    big: count,
    sentence: name,
    empty: fc.boolean(),
    late: fc.boolean(),
    isHistory: fc.boolean(),
  })
  .map((any): ProgrammeStatus => {
    const plain = statusOf();
    return statusOf({
      programme: programmeOf({
        name: any.name,
        startsOn: any.startsOn,
        targetGroup: any.big,
        isHistory: any.isHistory,
      }),
      municipality: any.municipality,
      at: any.at,
      milestones: any.milestones,
      curve: any.curve,
      citation: any.empty ? null : plain.citation,
      degree: any.empty ? null : plain.degree,
      missing:
        any.empty || plain.missing === null
          ? null
          : { ...plain.missing, citizens: any.big, sentence: any.sentence },
      readiness: any.empty
        ? null
        : (plain.readiness ?? []).map((each) => ({ ...each, sentence: any.sentence })),
      late: any.late ? [{ measure: 'hasReceived', before: null, now: any.big }] : [],
      figures: {
        ...plain.figures,
        hasReceived: any.big,
        receivesRegularly: any.big,
        channels: {
          ...plain.figures.channels,
          video: { held: any.big, cancelled: any.big, futile: any.big, failed: any.big },
        },
      },
    });
  });

describe('the one screen of a programme', () => {
  it('is never wider or higher than the terminal, whatever the numbers, names and days are', () => {
    const size = fc.record({
      columns: fc.integer({ min: 40, max: 140 }),
      rows: fc.integer({ min: 22, max: 40 }),
    });
    fc.assert(
      fc.property(anyStatus, size, fc.constantFrom('da', 'en' as const), (status, on, language) => {
        useLanguage(language);
        const lines = linesOf(status, on);
        expect(lines.length).toBe(on.rows);
        for (const line of lines) expect([...line].length, line).toBeLessThanOrEqual(on.columns);
      }),
      { numRuns: 300 },
    );
  });

  it('leaves the last line of 80×24 to the prompt, and one more to the mark of a demo', () => {
    expect(screenOf({ isTTY: false }, 0)).toEqual({ columns: 80, rows: 23 });
    expect(screenOf({ isTTY: true, columns: 80, rows: 24 }, 1)).toEqual({ columns: 80, rows: 22 });
    expect(screenOf({ isTTY: true, columns: 300, rows: 90 }, 0)).toEqual({ columns: 140, rows: 40 });
  });

  it('tells figures, phase, milestones, the next one, what is missing, what stands in the way, and its proof', () => {
    const text = statusScreen(statusOf(), screen);
    for (const told of [
      'Online bostøtte · Nordby',
      'Afprøvning siden 2. mar 2026',
      '41 har modtaget, 32 jævnligt: 7,1 % af 450; eget skøn 10 %',
      'M0 ✓  M1 ✓ 18 dg. sent  M2 i fare',
      'ventet 43 (38–50), chance 38 %',
      '13 borgere på 9 uger; 5,4 tilbud om ugen',
      '2: Afprøvningen er begyndt',
      '12.345 poster · rod q83vEjRWeJ…',
    ])
      expect(text).toContain(told);
  });

  it('tells of what is overdue how long, and what of it is still to come, rather than a forecast', () => {
    const { needs } = milestoneOf();
    const activity = {
      need: { kind: 'activity', what: 'seminar' } as const,
      met: false,
      value: null,
      metOn: null,
      metBy: null,
    };
    const overdue = milestoneOf({ due: '2026-10-31', state: 'late', needs: [...needs, activity] });
    const text = statusScreen(statusOf({ milestones: [overdue] }), { columns: 120, rows: 23 });
    expect(text).toContain('22 dg. over tiden, 32 af 45, mangler seminar');
    expect(text).not.toContain('chance');
  });

  it('is not pressed to the ground by an interval that reaches far up', () => {
    const plain = milestoneOf().forecast;
    const forecast = plain === null ? null : { ...plain, onDue: { low: 10, middle: 90, high: 4000 } };
    expect(linesOf(statusOf({ milestones: [milestoneOf({ forecast })] }))[2]).toMatch(/^60 ┤/);
  });

  it('says it in English, too', () => {
    useLanguage('en');
    const text = statusScreen(statusOf(), screen);
    expect(text).toContain('Trial since 2 Mar 2026');
    expect(text).toContain('At least 45');
    expect(text).not.toMatch(/\b(borgere|milepæl|har modtaget)\b/);
  });

  it('draws who has received above who receives regularly, and each milestone where it is due', () => {
    const lines = linesOf(statusOf());
    const rowOf = (mark: string) => lines.findIndex((line) => line.includes(mark));
    expect(rowOf('41 har modtaget')).toBeLessThan(rowOf('32 jævnligt'));
    expect(rowOf('M2◇')).toBeLessThan(rowOf('◆M1'));
    expect(lines.find((line) => line.includes('└'))).toMatch(/◆.*▲/);
    expect(lines.join('\n')).toMatch(/[\u2801-\u28ff]/);
  });

  it('draws a plan while there is nothing yet to draw against it, and says so', () => {
    const none = { ...statusOf().figures, hasReceived: 0, receivesRegularly: 0, implementationRate: null };
    const text = statusScreen(
      statusOf({ curve: [], figures: none, citation: null, readiness: [], missing: null, degree: null }),
      screen,
    );
    expect(text).toContain('ingen skærmbesøg endnu');
    expect(text).toContain('intet underskrevet endnu');
    expect(text).toContain('M2◇');
  });

  it('says of a question of then what is different by what is known now', () => {
    const late = [
      { measure: 'hasReceived', before: 38, now: 41 },
      { measure: 'technicalFailureRate', before: null, now: 0.05 },
    ];
    expect(statusScreen(statusOf({ late }), screen)).toMatch(
      /Siden da +har modtaget 38 → 41; andel tekniske fejl – → 5 %/,
    );
  });

  it('says that a number is hidden where a month-end hides it, and draws no line for it', () => {
    const { figures } = statusOf();
    const hidden = { ...figures, receivesRegularly: 'hidden', implementationRate: null } as const;
    const curve = [
      { day: '2026-09-30', hasReceived: 20, receivesRegularly: null },
      { day: '2026-10-31', hasReceived: 41, receivesRegularly: null },
    ];
    const text = statusScreen(statusOf({ figures: hidden, curve }), screen);
    expect(text).toContain('41 har modtaget, skjult jævnligt: – af 450');
    expect(text).not.toMatch(/┤.* 0 jævnligt/);
  });

  it('counts workers as workers where the next milestone asks for them', () => {
    const { missing } = statusOf();
    if (missing === null) throw new Error('there is something missing');
    const trained = { ...missing, measure: 'trained', citizens: 16, offersPerWeek: null };
    expect(statusScreen(statusOf({ missing: trained }), screen)).toContain('16 medarbejdere på 9 uger');
  });

  it('gives no advice in an answer of then, and tells that a course of the past is over', () => {
    expect(statusScreen(statusOf({ readiness: null, missing: null }), screen)).not.toMatch(
      /Advarsler|Mangler/,
    );
    const programme = programmeOf({ isHistory: true, endsOn: '2026-11-22' });
    const text = statusScreen(statusOf({ programme, readiness: [] }), screen);
    expect(text).toContain('Afsluttet 22. nov 2026');
    expect(text).not.toContain('Afprøvning siden');
  });

  it('breaks off between words, and tells how many differences there was no room for', () => {
    const long = milestoneOf({ da: 'Mindst 45 borgere har prøvet det hjemmefra' });
    expect(statusScreen(statusOf({ milestones: [long] }), screen)).toMatch(/Næste .* Mindst 45( borgere)?…:/);
    const late = ['hasReceived', 'receivesRegularly', 'funnel.offered', 'funnel.accepted'].map((measure) => ({
      measure,
      before: 1,
      now: 2,
    }));
    expect(statusScreen(statusOf({ late }), screen)).toMatch(/har modtaget 1 → 2; .* 2 \(og \d til\)/);
  });

  it('obeys no escape sequence from a name', () => {
    const text = statusScreen(statusOf({ municipality: '\u001b[2JNordby\u0007' }), screen);
    expect(text).toContain('· Nordby ');
    expect(text).not.toContain('\u0007');
  });
});

describe('the top of the axis', () => {
  it('is an even round number that nothing rises above, and not more than double', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000_000 }), (least) => {
        const top = niceTop(least);
        expect(top).toBeGreaterThanOrEqual(least);
        expect(top).toBeLessThanOrEqual(2 * least);
        expect(top % 2).toBe(0);
      }),
    );
  });
});
