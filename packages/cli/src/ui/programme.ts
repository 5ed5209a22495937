import type { Citation, Forecast } from '@naer/core/contract/measures';
import type { Activity, ActivityPlan, Milestone, Missing, Programme } from '@naer/core/contract/programme';
import { Flags } from '@oclif/core';
import { shortId } from '../actions/short-ids.ts';
import { counted, language, say } from '../language.ts';
import { countText, dateText, decimalText, percentText } from './figures.ts';
import {
  activityRoleWords,
  activityStatusWords,
  decisionChoiceWords,
  decisionKindWords,
  followUpWords,
  milestoneMeasureWords,
  milestoneStateWords,
  shortKindWords,
} from './programme-words.ts';
import { type Column, column, renderCard, renderTable } from './table.ts';
import { tableWidth } from './terminal.ts';
import { moment } from './time.ts';
import { word } from './words.ts';

export const dayValue = say('DAG', 'DAY');

/** Which programme, where there are several. */
export const programmeFlag = {
  programme: Flags.string({
    summary: say('Hvilket program, hvis der er flere', 'Which programme, if there are several'),
    helpValue: say('NAVN', 'NAME'),
  }),
};

/** A question of then: the day, and how much of the log is believed. */
export const askedFlags = {
  at: Flags.string({
    summary: say('Som det stod på denne dag', 'As it was on this day'),
    helpValue: dayValue,
  }),
  checkpoint: Flags.string({
    summary: say('Efter hvad loggen vidste ved denne størrelse', 'By what the log knew at this size'),
    helpValue: 'N',
  }),
};

export const onFlag = {
  on: Flags.string({ summary: say('Dagen (ellers i dag)', 'The day (else today)'), helpValue: dayValue }),
};

export const referenceFlag = {
  reference: Flags.string({
    summary: say('Hvor det står, fx et sagsnummer', 'Where it is written, such as a case number'),
    helpValue: 'REF',
  }),
};

const dateColumn = <Row>(title: string, key: string, of: (row: Row) => string | null): Column<Row> =>
  column(
    title,
    key,
    (row) => {
      const day = of(row);
      return day === null ? '' : dateText(day);
    },
    of,
  );

export const programmeColumns = (): Column<Programme>[] => [
  column(
    say('Nr.', 'No.'),
    'id',
    (programme) => shortId(programme.id),
    (programme) => programme.id,
  ),
  column(say('Program', 'Programme'), 'name', (programme) =>
    programme.isHistory ? `${programme.name} (${say('historie', 'history')})` : programme.name,
  ),
  column(
    say('Slags', 'Kind'),
    'kind',
    (programme) => word(shortKindWords, programme.kind),
    (programme) => programme.kind,
  ),
  {
    ...column(
      say('Målgruppe', 'Target group'),
      'targetGroup',
      (programme: Programme) => countText(programme.targetGroup),
      (programme: Programme) => programme.targetGroup,
    ),
    align: 'right',
  },
  dateColumn(say('Fra', 'From'), 'startsOn', ({ startsOn }) => startsOn),
  dateColumn(say('Til', 'To'), 'endsOn', ({ endsOn }) => endsOn),
];

export const programmeCard = (programme: Programme): string =>
  renderCard([
    [say('Program', 'Programme'), programme.name],
    [say('Slags', 'Kind'), word(shortKindWords, programme.kind)],
    [
      say('Målgruppe', 'Target group'),
      counted(programme.targetGroup, ['borger', 'borgere'], ['citizen', 'citizens']),
    ],
    [say('Begynder', 'Begins'), dateText(programme.startsOn)],
    [say('Afprøvning fra', 'Trial from'), programme.trialOn === null ? '' : dateText(programme.trialOn)],
    [say('Slutter', 'Ends'), programme.endsOn === null ? '' : dateText(programme.endsOn)],
    [
      say('Opfølgning', 'Follow-ups'),
      Object.entries(programme.rhythm)
        .map(([kind, weeks]) => `${kind}=${weeks}`)
        .join(', ') + say(' uger', ' weeks'),
    ],
    [say('Nr.', 'No.'), shortId(programme.id)],
  ]);

/** What a need asks for: "45 modtager jævnligt", "kickoff". */
export const needText = (need: Milestone['needs'][number]['need']): string =>
  need.kind === 'activity'
    ? need.what
    : `${countText(need.atLeast)} ${word(milestoneMeasureWords, need.measure)}`;

export const forecastText = ({ onDue, chance }: Forecast): string => {
  const [low, middle, high] = [onDue.low, onDue.middle, onDue.high].map((n) => countText(Math.round(n)));
  return `${middle} (${low}–${high}), ${percentText(Math.round(chance * 100))}`;
};

export const milestoneColumns = (): Column<Milestone>[] => [
  column(say('Milepæl', 'Milestone'), 'code', ({ code }) => code),
  dateColumn(say('Frist', 'Due'), 'due', ({ due }) => due),
  {
    ...column(
      say('Stand', 'State'),
      'state',
      ({ state }: Milestone) => word(milestoneStateWords, state),
      ({ state }: Milestone) => state,
    ),
    paint: ({ state }) =>
      state === 'late' ? 'red' : state === 'at-risk' ? 'yellow' : state === 'reached' ? 'green' : null,
  },
  dateColumn(say('Nået', 'Reached'), 'reachedOn', ({ reachedOn }) => reachedOn),
  { ...column('', 'reachedBy', ({ reachedBy }: Milestone) => reachedBy ?? ''), csvOnly: true },
  { ...column('', 'daysLate', ({ daysLate }: Milestone) => String(daysLate ?? '')), csvOnly: true },
  column(say('Ventet', 'Expected'), 'expected', ({ forecast, state }) =>
    forecast === null || (state === 'late' && forecast.onDue.low === forecast.onDue.high)
      ? ''
      : forecastText(forecast),
  ),
  { ...column('', 'title', (milestone: Milestone) => milestone[language()]), csvOnly: true },
  {
    ...column(
      say('Hvad og hvorfor', 'What and why'),
      'why',
      (milestone: Milestone) => `${milestone[language()]}. ${milestone.why}`,
      ({ why }: Milestone) => why,
    ),
    wraps: true,
  },
];

/** What was set, as it will be judged. */
export const setMilestoneColumns = <
  Row extends {
    readonly id: string;
    readonly due: string;
    readonly da: string;
    readonly en: string;
    readonly needs: readonly Milestone['needs'][number]['need'][];
  },
>(): Column<Row>[] => [
  column(say('Milepæl', 'Milestone'), 'code', ({ id }) => id),
  dateColumn(say('Frist', 'Due'), 'due', ({ due }) => due),
  column(say('Kræver', 'Needs'), 'needs', ({ needs }) => needs.map(needText).join(', ')),
  { ...column(say('Hvad', 'What'), 'title', (row: Row) => row[language()]), wraps: true },
];

/** The forecast in full: on the day it is due, and when it is reached. */
export const forecastPairs = (forecast: Forecast): readonly (readonly [string, string])[] => {
  const { early, middle, late } = forecast.reachedOn;
  const from = early === null ? '' : say(`tidligst ${dateText(early)}`, `${dateText(early)} at the earliest`);
  const reached =
    early === null
      ? say('tidligst om mere end to år', 'in more than two years at the earliest')
      : middle === null
        ? from
        : `${dateText(middle)} (${late === null ? from : `${dateText(early)} – ${dateText(late)}`})`;
  return [
    [
      say('Mål', 'Target'),
      `${countText(forecast.target)} ${measureName(forecast.measure)}, ${dateText(forecast.due)}`,
    ],
    [
      say('Ventet da', 'Expected then'),
      `${decimalText(forecast.onDue.middle)} (${decimalText(forecast.onDue.low)}–${decimalText(forecast.onDue.high)}; ${say('fire af fem gange', 'four times in five')})`,
    ],
    [say('Chance', 'Chance'), percentText(Math.round(forecast.chance * 100))],
    [say('Nås', 'Reached'), reached],
    [say('Metode', 'Method'), forecast.method],
  ];
};

const measureName = (measure: string): string =>
  measure === 'has-received' || measure === 'receives-regularly'
    ? word(milestoneMeasureWords, measure)
    : measure;

/** What a figure rests on, in one line. */
export const citationText = (citation: Citation | null): string =>
  citation === null
    ? say('intet underskrevet endnu', 'nothing signed yet')
    : say(
        `${countText(Number(citation.size))} poster, rod ${citation.rootHash}, underskrevet ${moment(citation.checkpoint.signedAt)} (${citation.checkpoint.origin})`,
        `${countText(Number(citation.size))} entries, root ${citation.rootHash}, signed ${moment(citation.checkpoint.signedAt)} (${citation.checkpoint.origin})`,
      );

export const citationPair = (citation: Citation | null) =>
  [say('Bevis', 'Proof'), citationText(citation)] as const;

export const activityColumns = (): Column<Activity>[] => [
  column(say('Nr.', 'No.'), 'code', ({ code }) => code),
  {
    ...column(
      say('Stand', 'Status'),
      'status',
      ({ status }: Activity) => word(activityStatusWords, status),
      ({ status }: Activity) => status,
    ),
    paint: ({ status }) => (status === 'done' ? 'green' : null),
  },
  column(
    say('Ansvarlig', 'Responsible'),
    'responsible',
    ({ responsible }) => (responsible === null ? '' : word(activityRoleWords, responsible)),
    ({ responsible }) => responsible,
  ),
  dateColumn(say('Frist', 'Due'), 'dueOn', ({ dueOn }) => dueOn),
  { ...column('', 'startsOn', ({ startsOn }: Activity) => startsOn ?? ''), csvOnly: true },
  { ...column('', 'doneOn', ({ doneOn }: Activity) => doneOn ?? ''), csvOnly: true },
  { ...column('', 'cases', ({ cases }: Activity) => String(cases)), csvOnly: true },
  {
    ...column(say('Aktivitet', 'Activity'), 'title', (activity: Activity) => activity[language()]),
    wraps: true,
  },
];

export const activityCard = (activity: Activity): string =>
  renderCard(
    (
      [
        [activity.code, activity[language()]],
        [say('Stand', 'Status'), word(activityStatusWords, activity.status)],
        [
          say('Ansvarlig', 'Responsible'),
          activity.responsible === null ? '' : word(activityRoleWords, activity.responsible),
        ],
        [say('Begynder', 'Begins'), activity.startsOn === null ? '' : dateText(activity.startsOn)],
        [say('Frist', 'Due'), activity.dueOn === null ? '' : dateText(activity.dueOn)],
        [say('Udført', 'Done'), activity.doneOn === null ? '' : dateText(activity.doneOn)],
        [say('Tilfælde', 'Cases'), activity.cases === 0 ? '' : countText(activity.cases)],
        [say('Dokumentation', 'Evidence'), activity.evidence.join('; ')],
        ...activity.steps.map((step, at) => [at === 0 ? say('Trin', 'Steps') : '', step] as const),
        [say('Pas på', 'Beware'), activity.pitfall ?? ''],
      ] satisfies (readonly [string, string])[]
    ).filter(([, value]) => value !== ''),
  );

/** Decisions, targets, follow-ups and the estimate, below the activities. */
export const planCard = (plan: ActivityPlan): string =>
  renderCard(
    (
      [
        ...plan.decisions.map(
          ({ kind, choice, on, reference }) =>
            [
              word(decisionKindWords, kind),
              `${word(decisionChoiceWords, choice)} (${dateText(on)}${reference === null ? '' : `, ${reference}`})`,
            ] as const,
        ),
        ...plan.targets.map(
          ({ due, citizens }) =>
            [
              say('mål pr. medarbejder', 'target per worker'),
              `${counted(citizens, ['borger', 'borgere'], ['citizen', 'citizens'])}, ${dateText(due)}`,
            ] as const,
        ),
        ...plan.followUps.map(
          ({ kind, nextOn, overdue }) =>
            [
              say(`opfølgning: ${word(followUpWords, kind)}`, `follow-up: ${word(followUpWords, kind)}`),
              overdue
                ? say(`skulle være holdt ${dateText(nextOn)}`, `was due ${dateText(nextOn)}`)
                : say(`næste ${dateText(nextOn)}`, `next ${dateText(nextOn)}`),
            ] as const,
        ),
        [
          say('eget skøn', 'own estimate'),
          plan.estimate === null
            ? ''
            : `${percentText(plan.estimate.percent)} (${dateText(plan.estimate.on)})`,
        ],
      ] satisfies (readonly [string, string])[]
    ).filter(([, value]) => value !== ''),
  );

/** Whether what is missing is workers rather than citizens. */
export const countsWorkers = ({ measure }: Pick<Missing, 'measure'>): boolean =>
  measure === 'active-workers' || measure === 'trained' || measure === 'informed';

export const missingCard = (missing: Missing): string => {
  const { milestone } = missing;
  return renderCard(
    (
      [
        [
          say('Milepæl', 'Milestone'),
          milestone === null ? '' : `${milestone.code}, ${dateText(milestone.due)}: ${milestone[language()]}`,
        ],
        [
          countsWorkers(missing)
            ? say('Medarbejdere endnu', 'Workers still')
            : say('Borgere endnu', 'Citizens still'),
          missing.citizens === 0 ? '' : countText(missing.citizens),
        ],
        [say('Hele uger', 'Whole weeks'), milestone === null ? '' : countText(missing.weeks)],
        [
          say('Tilbud om ugen', 'Offers a week'),
          missing.offersPerWeek === null ? '' : decimalText(missing.offersPerWeek),
        ],
        [
          say('Af 100 tilbud', 'Of 100 offers'),
          missing.yieldPercent === null
            ? ''
            : say(
                `blev ${decimalText(missing.yieldPercent)} til det, der tælles`,
                `${decimalText(missing.yieldPercent)} became what is counted`,
              ),
        ],
        [say('Egnede, aldrig spurgt', 'Suited, never asked'), countText(missing.suitedNeverOffered)],
        [say('Ja tak, aldrig ringet op', 'Accepted, never called'), countText(missing.acceptedNeverCalled)],
        [
          say('Medarbejdere uden', 'Workers without'),
          say(
            `${countText(missing.workersWithoutOnline)} har ingen borger på video`,
            `${countText(missing.workersWithoutOnline)} have no citizen by video`,
          ),
        ],
      ] satisfies (readonly [string, string])[]
    ).filter(([, value]) => value !== ''),
  );
};

export const readinessLines = (readiness: ActivityPlan['readiness']): string =>
  readiness
    .map(({ weight, sentence }) => `${weight === 'stop' ? '✗' : weight === 'warn' ? '!' : '·'} ${sentence}`)
    .join('\n');

/** A table that stands below something else. */
export const tableText = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string =>
  renderTable(rows, columns, tableWidth());
