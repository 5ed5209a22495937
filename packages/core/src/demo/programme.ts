import {
  type ActivityRole,
  type ActivityStatus,
  type DecisionChoice,
  type DecisionKind,
  type FollowUpKind,
  followUpKinds,
  type MilestoneNeed,
  type Preparation,
  type Rhythm,
  usualRhythm,
} from '../contract/index.ts';
import { type Calendar, type Day, dayOf, textOf, weekdayOf } from './calendar.ts';
import { at, type Random } from './random.ts';
import { type Member, size, type Town } from './town.ts';

export interface DemoMilestone {
  readonly code: string;
  readonly due: Day;
  readonly da: string;
  readonly en: string;
  readonly needs: readonly MilestoneNeed[];
}

export interface DemoActivity {
  readonly code: string;
  readonly status: ActivityStatus;
  readonly responsible: ActivityRole | null;
  readonly startsOn: Day;
  readonly dueOn: Day | null;
  readonly doneOn: Day | null;
  readonly cases: number;
  readonly evidence: readonly string[];
}

/** What somebody recorded once: who, and on which day. */
interface Told {
  readonly id: string;
  readonly by: Member;
  readonly on: Day;
}
export interface DemoDecision extends Told {
  readonly kind: DecisionKind;
  readonly choice: DecisionChoice;
  readonly reference: string | null;
}
export interface DemoFollowUp extends Told {
  readonly kind: FollowUpKind;
}
export interface DemoEstimate extends Told {
  readonly percent: number;
}
export interface DemoPreparation extends Told {
  readonly staff: Member;
  readonly kind: Preparation;
}

/** The programme of the invented municipality: on its way, with some of it reached, some late and some to come. */
export interface DemoProgramme {
  readonly id: string;
  readonly name: string;
  readonly targetGroup: number;
  readonly startsOn: Day;
  readonly trialOn: Day;
  readonly rhythm: Rhythm;
  readonly coordinator: Member;
  readonly milestones: readonly DemoMilestone[];
  readonly activities: readonly DemoActivity[];
  readonly decisions: readonly DemoDecision[];
  /** Citizens by video per worker. */
  readonly targets: readonly { readonly due: Day; readonly citizens: number; readonly setOn: Day }[];
  readonly followUps: readonly DemoFollowUp[];
  readonly estimates: readonly DemoEstimate[];
  readonly preparations: readonly DemoPreparation[];
}

/** Days after the programme's start; today is some 550 of them after it. */
const trialAfter = 189;

/** The last day of the month that a day lies in. */
const monthEnd = (day: Day): Day => {
  const [year = 0, month = 1] = textOf(day).split('-').map(Number);
  return dayOf(new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10)) - 1;
};

export function inventProgramme(town: Town, calendar: Calendar, random: Random): DemoProgramme {
  const { start, today } = calendar;
  const withRole = (role: 'coordinator' | 'leader'): Member =>
    at(
      town.colleagues.filter(({ roles }) => roles.includes(role)),
      0,
    );
  const [coordinator, leader] = [withRole('coordinator'), withRole('leader')];
  /** A working day so long after the start, or the last one before it. */
  const after = (days: number): Day => workday(start + days);
  const workday = (day: Day): Day => {
    const off = weekdayOf(day) > 5 || calendar.isOff(day);
    return off ? workday(day - 1) : day;
  };
  const told = (by: Member, on: Day): Told => ({ id: random.uuid(), by, on });
  const nextDue = monthEnd(start + 615);

  return {
    id: random.uuid(),
    name: 'Online bostøtte i Demokommune',
    targetGroup: size.citizens,
    startsOn: start,
    trialOn: start + trialAfter,
    rhythm: usualRhythm,
    coordinator,
    milestones: milestonesFrom(start, nextDue),
    activities: activitiesFrom(after),
    decisions: decisionsMade.map(([kind, choice, days, reference]) => ({
      ...told(leader, after(days)),
      kind,
      choice,
      reference,
    })),
    targets: [
      { due: monthEnd(start + 440), citizens: 1, setOn: after(400) },
      { due: nextDue, citizens: 3, setOn: after(538) },
    ],
    followUps: followUpKinds.flatMap((kind) => {
      const held: DemoFollowUp[] = [];
      for (let day = today - daysSince[kind]; day > start + trialAfter; day -= 7 * usualRhythm[kind])
        held.unshift({ ...told(coordinator, workday(day)), kind });
      return held;
    }),
    // Well above what is measured, as the evaluators found of most (domain page, section 6).
    estimates: [
      { ...told(leader, after(260)), percent: 10 },
      { ...told(leader, after(400)), percent: 20 },
      { ...told(leader, after(520)), percent: 25 },
    ],
    preparations: [
      ...town.workers.flatMap((staff, nth): DemoPreparation[] => {
        const early = staff.inProgramme ? 158 : nth % 4 === 0 ? 425 : null;
        return early === null ? [] : [{ ...told(coordinator, after(early)), staff, kind: 'trained' }];
      }),
      ...town.workers.flatMap((staff, nth): DemoPreparation[] =>
        nth % 10 === 9 ? [] : [{ ...told(coordinator, after(180)), staff, kind: 'informed' }],
      ),
    ],
  };
}

/** How long ago each follow-up was held last: that of the rooms is over its thirteen weeks. */
const daysSince: Readonly<Record<FollowUpKind, number>> = {
  goals: 20,
  rooms: 101,
  suitability: 12,
  newcomers: 60,
  culture: 25,
  'data-security': 70,
};

const milestonesFrom = (start: Day, nextDue: Day): DemoMilestone[] => [
  {
    code: 'M1',
    due: start + 150,
    da: 'Kickoff for alle teams',
    en: 'Kick-off for all teams',
    needs: [{ kind: 'activity', what: 'I1' }],
  },
  {
    code: 'M2',
    due: start + 196,
    da: 'Udstyr prøvet, de første medarbejdere oplært',
    en: 'Equipment tried, the first workers trained',
    needs: [
      { kind: 'activity', what: 'F9' },
      { kind: 'measure', measure: 'trained', atLeast: size.inProgramme },
    ],
  },
  {
    code: 'M3',
    due: monthEnd(start + 365),
    da: 'Mindst 25 borgere har prøvet det',
    en: 'At least 25 citizens have tried it',
    needs: [{ kind: 'measure', measure: 'has-received', atLeast: 25 }],
  },
  {
    code: 'M4',
    due: start + 420,
    da: 'Midtvejsseminar',
    en: 'Mid-term seminar',
    needs: [{ kind: 'activity', what: 'seminar' }],
  },
  {
    code: 'M5',
    due: start + 539,
    da: 'Mindst 45 borgere (10 %) har prøvet det',
    en: 'At least 45 citizens (10 %) have tried it',
    needs: [{ kind: 'measure', measure: 'has-received', atLeast: 45 }],
  },
  {
    code: 'M6',
    due: nextDue,
    da: 'Mindst 45 borgere (10 %) jævnligt',
    en: 'At least 45 citizens (10 %) regularly',
    needs: [{ kind: 'measure', measure: 'receives-regularly', atLeast: 45 }],
  },
  {
    code: 'M7',
    due: monthEnd(start + 795),
    da: 'Mindst 68 borgere (15 %) jævnligt, og en del af driften',
    en: 'At least 68 citizens (15 %) regularly, and part of operation',
    needs: [
      { kind: 'measure', measure: 'receives-regularly', atLeast: 68 },
      { kind: 'activity', what: 'D1' },
    ],
  },
];

type Step = readonly [code: string, from: number, until: number | null, more?: Partial<DemoActivity>];
/** From and until in days after the start; what has no end is under way. */
const activitySteps: readonly Step[] = [
  ['F1', 3, 20],
  ['F2', 12, 60],
  ['F3', 30, 68, { evidence: ['Referat, ledergruppen 7'] }],
  ['F4', 70, 148, { responsible: 'procurement', cases: 2, evidence: ['Aftale 25/118'] }],
  ['F5', 75, 170, { responsible: 'facility' }],
  ['F6', 80, 120],
  ['F7', 90, 138],
  ['F8', 110, 165],
  ['F9', 150, 184, { cases: 4, evidence: ['Prøverapport 25/131'] }],
  ['I1', 140, 144, { responsible: 'coordinator' }],
  ['I2', 185, 210],
  ['I3', 155, null],
  ['I4', 200, null],
  ['I5', 190, 232],
  ['I6', 178, null],
  ['seminar', 380, 416, { responsible: 'coordinator', evidence: ['Program og opsamling 26/44'] }],
];

const activitiesFrom = (after: (days: number) => Day): DemoActivity[] =>
  activitySteps.map(([code, from, until, more]) => ({
    code,
    status: until === null ? 'under-way' : 'done',
    responsible: null,
    startsOn: after(from),
    // To support the change of culture takes longer than was hoped.
    dueOn: code === 'I4' ? after(525) : null,
    doneOn: until === null ? null : after(until),
    cases: 0,
    evidence: [],
    ...more,
  }));

/** "May" at first, and "must" since autumn; what freed time is for is still open. */
const decisionsMade: readonly (readonly [
  DecisionKind,
  DecisionChoice,
  days: number,
  reference: string | null,
])[] = [
  ['delivery', 'supplement', 66, 'Referat, ledergruppen 7'],
  ['equipment', 'both', 66, 'Referat, ledergruppen 7'],
  ['data-cost', 'municipality', 82, null],
  ['planning', 'free', 82, null],
  ['expectation', 'may', 100, 'Referat, ledergruppen 9'],
  ['freed-time', 'not-decided', 100, null],
  ['expectation', 'must', 440, 'Referat, ledergruppen 21'],
];
