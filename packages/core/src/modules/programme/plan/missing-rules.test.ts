import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Figures, milestoneMeasures } from '../../../contract/index.ts';
import { missingOf, type NextNeed, weeksUntil, yieldOf } from './missing-rules.ts';

const none = { held: 0, cancelled: 0, futile: 0, failed: 0 };
const figures = (
  more: { readonly offered?: number; readonly firstCall?: number; readonly regular?: number } = {},
): Figures => {
  const { offered = 80, firstCall = 40, regular = 20 } = more;
  return {
    hasReceived: firstCall,
    receivesRegularly: regular,
    implementationRate: regular / 450,
    sessions: { '1': 0, '2-3': 0, '4-7': 0, 'over-7': firstCall },
    onlineShare: { '0-24': firstCall, '25-49': 0, '50-74': 0, '75-100': 0 },
    funnel: { offered, accepted: firstCall, declined: 0, introduced: firstCall, firstCall, regular },
    channels: { video: none, physical: none, phone: none },
    technicalFailureRate: null,
    workers: { employed: 40, active: 16, trained: 20, informed: 30 },
  };
};
const next = (more: Partial<NextNeed> = {}): NextNeed => ({
  milestone: { code: 'M3', due: '2026-12-29', da: 'Mindst 45 (10 %)', en: 'At least 45 (10 %)', needs: [] },
  measure: 'receives-regularly',
  atLeast: 45,
  ...more,
});
const stock = { workersWithoutOnline: 24, suitedNeverOffered: 9, acceptedNeverCalled: 3 };
const at = '2026-11-24';

describe('what is missing', () => {
  it('counts citizens and weeks, and the offers that it takes at the share that has led there so far', () => {
    expect(missingOf(next(), figures(), stock, { at, language: 'da', shared: false })).toEqual({
      milestone: { code: 'M3', due: '2026-12-29', da: 'Mindst 45 (10 %)', en: 'At least 45 (10 %)' },
      measure: 'receives-regularly',
      citizens: 25,
      weeks: 5,
      ...stock,
      offersPerWeek: 20,
      yieldPercent: 25,
      sentence:
        'Der mangler 25 borgere til M3, og der er 5 uger tilbage: det kræver 20 tilbud om ugen. 3 borgere har sagt ja og venter på første opkald; 9 er vurderet egnede og aldrig spurgt; 24 medarbejdere har ingen borger på video.',
    });
  });

  it('says it in English, too', () => {
    expect(
      missingOf(next({ measure: 'has-received', atLeast: 45 }), figures(), stock, {
        at,
        language: 'en',
        shared: false,
      }).sentence,
    ).toBe(
      'M3 still needs 5 citizens, and 5 weeks are left: that takes 2 offers a week. 3 citizens said yes and wait for a first call; 9 are assessed as suited and were never asked; 24 workers have no citizen by video.',
    );
  });

  it('speaks of workers where workers are counted, whom no offer brings', () => {
    const { offersPerWeek, yieldPercent, sentence } = missingOf(
      next({ measure: 'trained', atLeast: 21 }),
      figures(),
      stock,
      { at, language: 'da', shared: false },
    );
    expect([offersPerWeek, yieldPercent, sentence]).toEqual([
      null,
      null,
      'Der mangler 1 medarbejder til M3, og der er 5 uger tilbage.',
    ]);
  });

  it('says no number of offers where none has led anywhere yet', () => {
    expect(
      missingOf(next(), figures({ offered: 0, firstCall: 0, regular: 0 }), stock, {
        at,
        language: 'da',
        shared: false,
      }),
    ).toMatchObject({
      offersPerWeek: null,
      yieldPercent: null,
      citizens: 45,
    });
    expect(
      missingOf(next(), figures({ offered: 5, firstCall: 1, regular: 0 }), stock, {
        at,
        language: 'da',
        shared: false,
      }),
    ).toMatchObject({
      offersPerWeek: null,
      yieldPercent: 0,
    });
    expect(missingOf(next(), null, stock, { at, language: 'da', shared: false })).toMatchObject({
      citizens: 45,
      offersPerWeek: null,
    });
  });

  it('says that the time is over where it is', () => {
    expect(
      missingOf(next(), figures(), stock, { at: '2027-01-02', language: 'da', shared: false }),
    ).toMatchObject({
      weeks: 0,
      sentence: expect.stringContaining('fristen var 29. december 2026'),
    });
  });

  it('has nothing left to reach where all is reached', () => {
    expect(
      missingOf(
        null,
        figures(),
        { ...stock, suitedNeverOffered: 0, acceptedNeverCalled: 0 },
        { at, language: 'da', shared: false },
      ),
    ).toMatchObject({
      milestone: null,
      citizens: 0,
      sentence: 'Alle tal i planens milepæle er nået. 24 medarbejdere har ingen borger på video.',
    });
  });

  it.each([
    ['2026-12-01', 1],
    ['2026-11-30', 0],
    [at, 0],
    ['2026-11-01', 0],
  ])('counts whole weeks until %s: %i', (due, weeks) => {
    expect(weeksUntil(at, due)).toBe(weeks);
  });

  it('asks for enough: so many offers, at that share and in those weeks, bring at least those who are missing', () => {
    const story = fc.record({
      measure: fc.constantFrom(...milestoneMeasures),
      atLeast: fc.integer({ min: 1, max: 500 }),
      offered: fc.integer({ min: 0, max: 300 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(story, ({ measure, atLeast, offered, share }) => {
        const firstCall = Math.floor(offered * share);
        const known = figures({ offered, firstCall, regular: Math.floor(firstCall / 2) });
        const missing = missingOf(next({ measure, atLeast }), known, stock, {
          at,
          language: 'en',
          shared: false,
        });
        expect(missing.citizens).toBeGreaterThanOrEqual(0);
        if (missing.offersPerWeek === null) return;
        const brought = missing.offersPerWeek * (yieldOf(measure, known) ?? 0) * missing.weeks;
        expect(brought).toBeGreaterThanOrEqual(missing.citizens - 1e-6);
      }),
    );
  });

  it('says of a plan without any number that it has none, not that all are reached', () => {
    const { sentence } = missingOf(null, figures(), stock, {
      at,
      language: 'da',
      shared: false,
      isPlanned: false,
    });
    expect(sentence).toMatch(/^Planen har ingen milepæle med et tal endnu\. 3 borgere har sagt ja/);
  });

  it('counts for a member of a joint programme what comes from here, not what all are still short of', () => {
    const missing = missingOf(next(), figures(), stock, { at, language: 'da', shared: true });
    expect(missing).toMatchObject({ citizens: 0, offersPerWeek: null, yieldPercent: null });
    expect(missing.sentence).toMatch(
      /^M3 er fælles for kommunerne: herfra kommer 20 af de 45\. 3 borgere har sagt ja/,
    );
  });
});
