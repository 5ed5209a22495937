import type { PublishedMonth, ShownFigures } from '../../../contract/index.ts';
import { judgeMilestone } from '../milestones/index.ts';
import { lastDayOf } from '../months/index.ts';
import { handbook } from '../plan/index.ts';
import type { ReportData } from './data.ts';

/** A report of an invented municipality; what the tests of the report begin with. */
export function sampleReport(language: 'da' | 'en' = 'da'): ReportData {
  const received = ['hidden', 8, 14, 23, 33, 41, 52, 58, 63, 75, 88, 97] as const;
  const regular = ['hidden', 'hidden', 9, 15, 22, 27, 34, 31, 33, 45, 51, 58] as const;
  const whole = (month: number): ShownFigures => ({
    hasReceived: received[month] ?? 0,
    receivesRegularly: regular[month] ?? 0,
    'sessions.1': 18,
    'sessions.2-3': 24,
    'sessions.4-7': 31,
    'sessions.over-7': 24,
    'onlineShare.0-24': 71,
    'onlineShare.25-49': 19,
    'onlineShare.50-74': 'hidden',
    'onlineShare.75-100': 'hidden',
    'funnel.offered': 164,
    'funnel.accepted': 128,
    'funnel.declined': 29,
    'funnel.introduced': 112,
    'funnel.firstCall': received[month] ?? 0,
    'funnel.regular': 66,
    'channels.video.held': 412,
    'channels.video.cancelled': 37,
    'channels.video.futile': 21,
    'channels.video.failed': 18,
    'workers.employed': 48,
    'workers.active': 31,
    'workers.trained': 44,
    'workers.informed': 48,
  });
  const team = (name: string, id: number, count: number | 'hidden', regulars: number | 'hidden') => ({
    kind: 'team' as const,
    id: `00000000-0000-4000-8000-00000000000${id}`,
    name,
    targetGroup: null,
    figures: {
      hasReceived: count,
      receivesRegularly: regulars,
      'funnel.offered': typeof count === 'number' ? count + 21 : count,
      'workers.active': 'hidden' as const,
    },
  });
  const citation = {
    size: '84120',
    rootHash: 'q83vEjRWeJqrze8SNFZ4mqvN7xI0VniaqzvN7xI0Vng=',
    checkpoint: {
      origin: 'naer/aaby/1',
      size: '84120',
      signedAt: '2026-01-01T03:12:00.000Z',
      keyId: '530cdecb',
    },
  };
  const months = received.map((_, index): PublishedMonth => {
    const month = `2025-${String(index + 1).padStart(2, '0')}`;
    return {
      month,
      publishedAt: '2026-01-01T03:15:00.000Z',
      citation,
      units: [
        { kind: 'municipality', id: null, name: 'Åby', targetGroup: 450, figures: whole(index) },
        team('Midtbyen', 1, 41, 26),
        team('Øst og havnen', 2, 33, 19),
        team('Vest', 3, 'hidden', 'hidden'),
        team('<Nord> & omegn', 4, 'hidden', 'hidden'),
      ],
    };
  });
  const curve = months.flatMap(({ month }, index) => {
    const [a, b] = [received[index], regular[index]];
    return typeof a === 'number' && typeof b === 'number'
      ? [{ day: lastDayOf(month), hasReceived: a, receivesRegularly: b }]
      : [];
  });
  const judge = (code: string, due: string, da: string, en: string, atLeast: number, metOn: string | null) =>
    judgeMilestone(
      { code, due, da, en, needs: [{ kind: 'measure', measure: 'has-received', atLeast }] },
      {
        at: '2025-12-31',
        startsOn: '2025-01-06',
        language,
        curve,
        byMonths: true,
        needs: [
          {
            need: { kind: 'measure', measure: 'has-received', atLeast },
            met: metOn !== null,
            value: 97,
            metOn,
            metBy: null,
          },
        ],
      },
    );
  const done = { status: 'done', dueOn: '2025-02-28', doneOn: '2025-02-19' } as const;
  const open = { status: 'under-way', dueOn: '2026-03-31', doneOn: null } as const;
  return {
    language,
    municipality: 'Åby',
    isDemo: true,
    programme: {
      id: '4f0c1d5e-6a53-4f5e-9d7e-0f4d7a0c9b11',
      name: 'Online bostøtte',
      kind: 'own',
      targetGroup: 450,
      startsOn: '2025-01-06',
      trialOn: '2025-02-24',
      endsOn: null,
      isHistory: false,
    },
    month: '2025-12',
    at: '2025-12-31',
    publishedAt: '2026-01-01T03:15:00.000Z',
    phase: 'trial',
    degree: { percent: 20, on: '2025-11-12' },
    citation,
    months,
    milestones: [
      judge('M1', '2025-06-30', 'Mindst 45 borgere (10 %)', 'At least 45 citizens (10 %)', 45, '2025-07-31'),
      judge('M2', '2025-12-31', 'Mindst 80 borgere', 'At least 80 citizens', 80, '2025-11-30'),
      judge('M3', '2026-06-30', 'Mindst 150 borgere', 'At least 150 citizens', 150, null),
    ],
    activities: handbook.map(({ code, da, en, phase }, index) => ({
      code,
      da,
      en,
      phase,
      responsible: index % 3 === 0 ? 'coordinator' : 'leader',
      ...(index < 9 ? done : open),
    })),
    decisions: [
      { kind: 'delivery', choice: 'supplement', on: '2025-01-20' },
      { kind: 'equipment', choice: 'both', on: '2025-01-20' },
      { kind: 'expectation', choice: 'must', on: '2025-02-03' },
    ],
  };
}
