import type { Milestone, Programme, ProgrammeStatus } from '@naer/core/contract/programme';

export const programmeOf = (facts: Partial<Programme> = {}): Programme => ({
  id: '7c1f0f52-6a0e-4a53-9f0a-3f6a3c1f9b11',
  name: 'Online bostøtte',
  kind: 'own',
  targetGroup: 450,
  startsOn: '2026-01-05',
  trialOn: '2026-03-02',
  endsOn: null,
  rhythm: { goals: 4, rooms: 13, suitability: 4, newcomers: 13, culture: 4, 'data-security': 13 },
  isHistory: false,
  createdAt: '2026-01-05T09:00:00.000Z',
  ...facts,
});

/** At least 45 citizens by the end of January 2027, but for what the test says. */
export const milestoneOf = (facts: Partial<Milestone> = {}): Milestone => ({
  code: 'M2',
  due: '2027-01-31',
  da: 'Mindst 45 borgere (10 %) jævnligt',
  en: 'At least 45 citizens (10 %) regularly',
  state: 'at-risk',
  reachedOn: null,
  reachedBy: null,
  daysLate: null,
  needs: [
    {
      need: { kind: 'measure', measure: 'receives-regularly', atLeast: 45 },
      met: false,
      value: 32,
      metOn: null,
      metBy: null,
    },
  ],
  forecast: {
    measure: 'receives-regularly',
    target: 45,
    due: '2027-01-31',
    onDue: { low: 38, middle: 43.4, high: 50 },
    chance: 0.38,
    reachedOn: { early: '2027-01-10', middle: '2027-02-14', late: null },
    method: 'trend',
  },
  why: 'Der er 32, og tilgangen rækker til 43.',
  ...facts,
});

const noEndings = { held: 0, cancelled: 0, futile: 0, failed: 0 };

/** A programme in its eleventh month, but for what the test says. */
export const statusOf = (facts: Partial<ProgrammeStatus> = {}): ProgrammeStatus => ({
  programme: programmeOf(),
  municipality: 'Nordby',
  isDemo: false,
  at: '2026-11-22',
  citation: {
    size: '12345',
    rootHash: 'q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=',
    checkpoint: {
      origin: 'naer/nordby/1',
      size: '12345',
      signedAt: '2026-11-23T07:59:58.000Z',
      keyId: '530cdecb',
    },
  },
  phase: { phase: 'trial', since: '2026-03-02' },
  figures: {
    hasReceived: 41,
    receivesRegularly: 32,
    implementationRate: 32 / 450,
    sessions: { '1': 9, '2-3': 12, '4-7': 10, 'over-7': 10 },
    onlineShare: { '0-24': 30, '25-49': 7, '50-74': 3, '75-100': 1 },
    funnel: { offered: 121, accepted: 80, declined: 25, introduced: 66, firstCall: 41, regular: 32 },
    channels: {
      video: { held: 120, cancelled: 14, futile: 6, failed: 3 },
      physical: { ...noEndings, held: 310 },
      phone: { ...noEndings, held: 40 },
    },
    technicalFailureRate: 3 / 123,
    workers: { employed: 40, active: 23, trained: 38, informed: 36 },
  },
  degree: { percent: 10, on: '2026-10-01', by: 'TH01' },
  curve: [
    [3, 0, 0],
    [4, 4, 0],
    [5, 9, 4],
    [6, 14, 9],
    [7, 17, 8],
    [8, 22, 15],
    [9, 29, 22],
    [10, 36, 27],
    [11, 41, 32],
  ].map(([month = 0, hasReceived = 0, receivesRegularly = 0]) => ({
    day: month === 11 ? '2026-11-22' : `2026-${String(month).padStart(2, '0')}-28`,
    hasReceived,
    receivesRegularly,
  })),
  milestones: [
    milestoneOf({
      code: 'M0',
      due: '2026-02-27',
      da: 'Kickoff',
      en: 'Kick-off',
      state: 'reached',
      reachedOn: '2026-02-20',
      daysLate: -7,
      needs: [
        {
          need: { kind: 'activity', what: 'kickoff' },
          met: true,
          value: null,
          metOn: '2026-02-20',
          metBy: '77',
        },
      ],
      forecast: null,
      why: 'Nået syv dage før tid.',
    }),
    milestoneOf({
      code: 'M1',
      due: '2026-07-31',
      da: 'Mindst 20 borgere',
      en: 'At least 20 citizens',
      state: 'reached-late',
      reachedOn: '2026-08-18',
      reachedBy: '6012',
      daysLate: 18,
      needs: [
        {
          need: { kind: 'measure', measure: 'has-received', atLeast: 20 },
          met: true,
          value: 41,
          metOn: '2026-08-18',
          metBy: '6012',
        },
      ],
      forecast: null,
      why: 'Nået 18 dage for sent.',
    }),
    milestoneOf(),
  ],
  missing: {
    milestone: {
      code: 'M2',
      due: '2027-01-31',
      da: 'Mindst 45 borgere (10 %) jævnligt',
      en: 'At least 45 citizens (10 %) regularly',
    },
    measure: 'receives-regularly',
    citizens: 13,
    weeks: 9,
    workersWithoutOnline: 17,
    suitedNeverOffered: 22,
    acceptedNeverCalled: 14,
    offersPerWeek: 5.4,
    yieldPercent: 26.4,
    sentence:
      'Der mangler 13 borgere på 9 uger: 5,4 tilbud om ugen, som det er gået hidtil. 22 er egnede og aldrig spurgt.',
  },
  readiness: [
    {
      kind: 'follow-up-overdue',
      activity: 'D1',
      weight: 'note',
      sentence: 'Opfølgningen på kultur er otte dage over tiden.',
    },
    {
      kind: 'trial-without-test',
      activity: 'F9',
      weight: 'stop',
      sentence: 'Afprøvningen er begyndt, men opsætningen er kun prøvet i to tilfælde (F9).',
    },
  ],
  late: [],
  ...facts,
});
