import type { Phase, Plan, PlanGap, Slot } from '@naer/core/contract/plans';
import { Args, Flags } from '@oclif/core';
import { wallTime, weekNumber } from '../actions/days.ts';
import { shortId } from '../actions/short-ids.ts';
import { counted, say } from '../language.ts';
import { choice, choices } from './choices.ts';
import { type Column, column, renderCard, renderTable } from './table.ts';
import { tableWidth } from './terminal.ts';
import { dayText, shortDay, shortSpan } from './time.ts';
import {
  citizenWordWords,
  gapWords,
  holidayWords,
  partWords,
  planChangeWords,
  planKindWords,
  planStateWords,
} from './visit-words.ts';
import { word } from './words.ts';

/** What a plan may be told beyond its times. */
export const seriesFlags = () => ({
  until: Flags.string({
    summary: say('Til og med denne dag', 'Until this day'),
    helpValue: say('DAG', 'DAY'),
  }),
  holidays: choice(
    holidayWords,
    say('Hvad der sker på fridage (ellers skip)', 'What happens on days off (else skip)'),
  ),
  word: Flags.string(choices(citizenWordWords, say('Borgerens ord på det', "The citizen's word on it"))),
  'skip-conflicts': Flags.boolean({
    summary: say('Lav det, der er ledigt, og vis resten', 'Make what is free, and list the rest'),
  }),
});
export interface SeriesFlags {
  readonly until?: string | undefined;
  readonly holidays?: string | undefined;
  readonly word?: string | undefined;
  readonly 'skip-conflicts': boolean;
}

/** The same for one visit that may come again and again. */
export const repeatFlags = () => ({
  weekly: Flags.boolean({ summary: say('Hver uge', 'Every week'), exclusive: ['fortnightly'] }),
  fortnightly: Flags.boolean({ summary: say('Hver anden uge', 'Every other week') }),
  ...seriesFlags(),
});

export const wordFlag = { word: seriesFlags().word };

export const planArg = Args.string({
  required: true,
  description: say(
    'Nummeret fra »naer plans list«, eller borgerens kode',
    'The number from "naer plans list", or the citizen\'s code',
  ),
});

export const planColumns = (): Column<Plan>[] => [
  column(
    say('Nr.', 'No.'),
    'id',
    (plan) => shortId(plan.id),
    (plan) => plan.id,
  ),
  column(say('Borger', 'Citizen'), 'citizen', (plan) => plan.citizen),
  column(say('Støtte', 'Worker'), 'worker', (plan) => plan.worker),
  column(
    'Plan',
    'kind',
    (plan) => word(planKindWords, plan.kind),
    (plan) => plan.kind,
  ),
  {
    ...column('', 'state', (plan: Plan) => plan.state),
    csvOnly: true,
  },
  { ...column('', 'startsOn', (plan: Plan) => plan.startsOn), csvOnly: true },
  {
    ...column('', 'endsOn', (plan: Plan) => plan.endsOn ?? ''),
    csvOnly: true,
  },
  {
    ...column(
      say('Nu', 'Now'),
      'now',
      (plan: Plan) =>
        plan.currentPhase === null ? notRunning(plan) : slotsText(plan.phases[plan.currentPhase]),
      (plan: Plan) => plan.currentPhase,
    ),
    wraps: true,
  },
];

const notRunning = (plan: Plan): string =>
  plan.state === 'ended'
    ? word(planStateWords, 'ended')
    : say(`fra ${dayText(plan.startsOn)}`, `from ${dayText(plan.startsOn)}`);

/** `room` is the name of the plan's own room, where it has one. */
export const planCard = (plan: Plan, room: string | null): string => {
  const until =
    plan.endsOn === null
      ? plan.state === 'ended'
        ? say('begyndte aldrig', 'never began')
        : say('indtil videre', 'until further notice')
      : say(`til ${dayText(plan.endsOn)}`, `until ${dayText(plan.endsOn)}`);
  const last = plan.changes.at(-1);
  const pairs: readonly (readonly [string, string])[] = [
    [
      say('Borger', 'Citizen'),
      say(`${plan.citizen} med ${plan.worker}`, `${plan.citizen} with ${plan.worker}`),
    ],
    ['Plan', `${word(planKindWords, plan.kind)}, ${word(planStateWords, plan.state)}`],
    [say('Fra', 'From'), `${dayText(plan.startsOn)}, ${until}`],
    ...phasePairs(plan),
    [say('Fridage', 'Days off'), word(holidayWords, plan.holidays)],
    [say('Rum', 'Room'), plan.room.kind === 'any' ? say('et ledigt', 'any that is free') : (room ?? '')],
    [say('Borgerens ord', "Citizen's word"), last === undefined ? '' : word(citizenWordWords, last.word)],
    [
      say('Besøg lavet', 'Visits made'),
      // What an ended plan had made ahead is cancelled.
      plan.state === 'ended'
        ? ''
        : say(`til og med uge ${weekNumber(plan.madeUntil)}`, `until week ${weekNumber(plan.madeUntil)}`),
    ],
    [say('Nr.', 'No.'), shortId(plan.id)],
  ];
  return renderCard(pairs.filter(([, value]) => value !== ''));
};

/** One line for each phase; the one that is on is marked. */
const phasePairs = (plan: Plan): readonly (readonly [string, string])[] =>
  plan.phases.map((phase, at) => {
    const label = plan.phases.length === 1 ? say('Gange', 'Times') : `${say('Trin', 'Step')} ${at + 1}`;
    const length =
      phase.weeks === null
        ? plan.phases.length === 1
          ? ''
          : say('derefter: ', 'after that: ')
        : `${counted(phase.weeks, ['uge', 'uger'], ['week', 'weeks'])}: `;
    const now = plan.currentPhase === at && plan.phases.length > 1 ? say(' ← nu', ' ← now') : '';
    return [label, `${length}${slotsText(phase)}${now}`];
  });

/** "ma, on, fr kl. 9.30 video 10 min; to kl. 14 fysisk 45 min hver 2. uge". */
export function slotsText(phase: Phase | undefined): string {
  const groups = new Map<string, number[]>();
  for (const slot of phase?.slots ?? []) {
    const key = slotTail(slot);
    groups.set(key, [...(groups.get(key) ?? []), slot.weekday]);
  }
  return [...groups].map(([tail, weekdays]) => `${weekdaysText(weekdays)} ${tail}`).join('; ');
}

function slotTail({ time, channel, minutes, everyWeeks }: Slot): string {
  const clock = say(time.replace(':', '.'), time);
  const rhythm = everyWeeks === 1 ? '' : say(` hver ${everyWeeks}. uge`, ` every ${everyWeeks} weeks`);
  return `${clock} ${word(partWords, channel)} ${minutes} min${rhythm}`;
}

function weekdaysText(weekdays: readonly number[]): string {
  const names = say('ma ti on to fr lø sø', 'Mon Tue Wed Thu Fri Sat Sun').split(' ');
  const name = (weekday: number) => names[weekday - 1] ?? '';
  const sorted = [...new Set(weekdays)].sort((a, b) => a - b);
  const [first = 0, last = 0] = [sorted[0], sorted.at(-1)];
  const unbroken = sorted.length > 2 && last - first === sorted.length - 1;
  return unbroken ? `${name(first)}–${name(last)}` : sorted.map(name).join(', ');
}

const mostGaps = 8;
/** The times that have no visit, and why. */
export const gapTable = (gaps: readonly PlanGap[]): string => {
  const shown = gaps.slice(0, mostGaps);
  const table = renderTable(
    shown,
    [
      column(say('Uden besøg', 'No visit'), 'startsAt', (gap) => shortSpan(gap.startsAt, gap.endsAt)),
      {
        ...column(say('Uge', 'Week'), 'week', (gap: PlanGap) => String(weekNumber(gap.week))),
        align: 'right',
      },
      column(say('Grund', 'Reason'), 'reason', (gap) => word(gapWords, gap.reason)),
    ],
    tableWidth(),
  );
  const hidden = gaps.length - shown.length;
  return hidden > 0 ? `${table}\n${say(`… og ${hidden} mere`, `… and ${hidden} more`)}` : table;
};

/** What was done to a plan and what the citizen said to it, the latest last. */
export const changesTable = (plan: Plan): string =>
  renderTable(
    plan.changes.slice(-mostGaps),
    [
      column(say('Ændret', 'Changed'), 'at', (change) => shortDay(wallTime(change.at).day)),
      column(say('Hvad', 'What'), 'kind', (change) =>
        [
          word(planChangeWords, change.kind),
          change.week === null
            ? null
            : say(`uge ${weekNumber(change.week)}`, `week ${weekNumber(change.week)}`),
        ]
          .filter((part) => part !== null)
          .join(', '),
      ),
      column(say('Borgerens ord', "Citizen's word"), 'word', (change) => word(citizenWordWords, change.word)),
      column(say('Af', 'By'), 'by', (change) => change.by ?? ''),
    ],
    tableWidth(),
  );
