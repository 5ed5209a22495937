import { parseCitizenCode } from '@naer/core/contract/citizen-code';
import type { Channel, Visit, VisitPart } from '@naer/core/contract/visits';
import { Args, Flags } from '@oclif/core';
import { clockText, wallTime, weekNumber } from '../actions/days.ts';
import { isUnrecorded } from '../actions/find-visit.ts';
import { shortId } from '../actions/short-ids.ts';
import { minutesBetween } from '../actions/times.ts';
import { say } from '../language.ts';
import { type Column, column, renderCard } from './table.ts';
import { shortDay, span } from './time.ts';
import {
  cancelledByWords,
  channelWords,
  endReasonWords,
  participantWords,
  partWords,
  proposerWords,
  purposeWords,
  topicWords,
  visitHandOffWords,
  visitStateWords,
  warningWords,
} from './visit-words.ts';
import { codeOf, type Words, word } from './words.ts';

type Style = NonNullable<ReturnType<NonNullable<Column<Visit>['paint']>>>;

/** Minutes of support, travel and waiting left out. */
export const supportMinutes = ({ minutes }: Pick<Visit, 'minutes'>): number =>
  minutes.video + minutes.physical + minutes.phone;

const isOver = ({ state }: Visit): boolean => state !== 'proposed' && state !== 'planned' && state !== 'open';

/** How long a visit is: what was delivered once it is over, else what is planned. */
export const visitMinutes = (visit: Visit): number =>
  visit.planned === null || (isOver(visit) && visit.state !== 'cancelled')
    ? supportMinutes(visit)
    : minutesBetween(visit.planned.startsAt, visit.planned.endsAt);

/** The state, or that nobody has said yet what became of the visit. */
export const stateText = (visit: Visit, now: Date): string =>
  isUnrecorded(visit, now) ? say('mangler', 'missing') : word(visitStateWords, visit.state);

/** What is over steps back, what goes on stands out, what waits for somebody has a colour. */
export function visitStyle(visit: Visit, now: Date): Style | null {
  if (visit.state === 'open') return 'bold';
  if (isUnrecorded(visit, now) || visit.state === 'failed') return 'yellow';
  return isOver(visit) ? 'dim' : visit.state === 'proposed' ? 'cyan' : null;
}

const roomText = (room: NonNullable<Visit['room']>): string => `${room.site}/${room.name}`;

/** The room while it is to be found, and in few words what else there is to know before or after. */
export function visitMarks(visit: Visit, withSite = false): string {
  const proposal =
    visit.state === 'proposed' && visit.proposedBy !== null
      ? say(`af ${word(proposerWords, visit.proposedBy)}`, `by ${word(proposerWords, visit.proposedBy)}`)
      : null;
  const marks = [
    visit.room === null || isOver(visit) ? null : withSite ? roomText(visit.room) : visit.room.name,
    visit.ended === null ? null : endReason(visit.ended.reason),
    proposal,
    visit.origin === 'unplanned' ? say('uanmeldt', 'unplanned') : null,
    visit.overruled.length > 0 ? say('advarsel', 'warning') : null,
    visit.hasNote ? 'note' : null,
  ];
  return marks.filter((mark) => mark !== null).join(' · ');
}

const endReason = (reason: string): string => {
  const code = codeOf(endReasonWords, reason);
  return code === undefined ? reason : word(endReasonWords, code);
};

/**
 * Columns of visits; `day` puts the whole date in each row, otherwise only the time of day; `sites` says where a room is,
 * for a list in which that is not the same place throughout.
 */
export const visitColumns = (style: {
  readonly day: boolean;
  readonly now: Date;
  readonly sites?: boolean;
}): Column<Visit>[] => {
  const { now } = style;
  const paint = (visit: Visit) => visitStyle(visit, now);
  const csv = (key: string, value: (visit: Visit) => string | number | null): Column<Visit> => ({
    ...column('', key, (visit: Visit) => String(value(visit) ?? ''), value),
    csvOnly: true,
  });
  const cells: Column<Visit>[] = [
    column(
      style.day ? say('Hvornår', 'When') : say('Kl.', 'Time'),
      'at',
      (visit) => (style.day ? dayAndClock(visit) : clockText(visit.at)),
      (visit) => visit.at,
    ),
    csv('plannedStartsAt', ({ planned }) => planned?.startsAt ?? null),
    csv('plannedEndsAt', ({ planned }) => planned?.endsAt ?? null),
    column(say('Borger', 'Citizen'), 'citizen', (visit) => visit.citizen),
    csv('worker', (visit) => visit.worker),
    column(
      say('Hvordan', 'How'),
      'channel',
      (visit) => word(partWords, visit.channel),
      (visit) => visit.channel,
    ),
    { ...column('Min', 'minutes', (visit) => String(visitMinutes(visit)), visitMinutes), align: 'right' },
    csv('travelMinutes', ({ minutes }) => minutes.travel),
    column(
      say('Stand', 'State'),
      'state',
      (visit) => stateText(visit, now),
      (visit) => visit.state,
    ),
    csv('reason', ({ ended }) => ended?.reason ?? null),
    column(
      say('Nr.', 'No.'),
      'id',
      (visit) => shortId(visit.id),
      (visit) => visit.id,
    ),
    {
      ...column(
        say('Rum, note m.m.', 'Room, note etc.'),
        'room',
        (visit: Visit) => visitMarks(visit, style.sites),
        ({ room }: Visit) => (room === null ? null : roomText(room)),
      ),
      wraps: true,
    },
  ];
  return cells.map((cell) => ({ ...cell, paint }));
};

const dayAndClock = (visit: Visit): string => `${shortDay(wallTime(visit.at).day)} ${clockText(visit.at)}`;

const words = <Code extends string>(list: readonly Code[], of: Words<Code>): string =>
  list.map((code) => word(of, code)).join(', ');

const partText = (part: VisitPart): string =>
  `${word(partWords, part.kind)} ${clockText(part.startsAt)}–${part.endsAt === null ? '' : clockText(part.endsAt)}`;

/** All of one visit; what it does not have is left out. */
export function visitCard(visit: Visit): string {
  const { planned, ended, room, plan } = visit;
  const channel = word(channelWords, visit.channel);
  const when = planned ?? { startsAt: visit.at, endsAt: visit.parts.at(-1)?.endsAt ?? visit.at };
  const who = ended?.by
    ? say(` af ${word(cancelledByWords, ended.by)}`, ` by ${word(cancelledByWords, ended.by)}`)
    : '';
  const state = `${word(visitStateWords, visit.state)}${who}${ended === null ? '' : `: ${endReason(ended.reason)}`}`;
  const proposal =
    visit.proposedBy !== null && visit.state === 'proposed' ? word(proposerWords, visit.proposedBy) : '';
  const pairs: readonly (readonly [string, string])[] = [
    [
      say('Borger', 'Citizen'),
      say(`${visit.citizen} med ${visit.worker}`, `${visit.citizen} with ${visit.worker}`),
    ],
    [planned === null ? say('Holdt', 'Held') : say('Aftalt', 'Agreed'), span(when.startsAt, when.endsAt)],
    [
      say('Hvordan', 'How'),
      visit.origin === 'unplanned' ? say(`${channel}, uanmeldt`, `${channel}, unplanned`) : channel,
    ],
    [say('Rum', 'Room'), room === null ? '' : roomText(room)],
    [say('Stand', 'State'), state],
    [say('Foreslået af', 'Proposed by'), proposal],
    [say('Tider', 'Times'), visit.parts.map(partText).join(', ')],
    [say('Minutter', 'Minutes'), minutesText(visit)],
    [say('Formål', 'Purpose'), words(visit.purposes, purposeWords)],
    [say('Om', 'About'), words(visit.topics, topicWords)],
    [
      say('Med', 'Taking part'),
      visit.participants
        .map(({ kind, initials }) => [word(participantWords, kind), initials].filter(Boolean).join(' '))
        .join(', '),
    ],
    [
      'Plan',
      plan === null
        ? ''
        : say(
            `${shortId(plan.id)}, uge ${weekNumber(plan.week)}`,
            `${shortId(plan.id)}, week ${weekNumber(plan.week)}`,
          ),
    ],
    [say('Set bort fra', 'Overruled'), words(visit.overruled, warningWords)],
    ['Note', visit.hasNote ? `naer visits note ${shortId(visit.id)}` : ''],
    [say('Overdraget', 'Handed off'), visit.handOff === 'none' ? '' : word(visitHandOffWords, visit.handOff)],
    [say('Nr.', 'No.'), shortId(visit.id)],
  ];
  return renderCard(pairs.filter(([, value]) => value !== ''));
}

const minutesText = ({ minutes }: Visit): string =>
  (['video', 'physical', 'phone', 'travel', 'waiting'] as const)
    .filter((kind) => minutes[kind] > 0)
    .map((kind) => `${word(partWords, kind)} ${minutes[kind]}`)
    .join(', ');

export const visitArg = Args.string({
  required: true,
  description: say(
    'Nummeret fra listen, eller borgerens kode',
    "The number from the list, or the citizen's code",
  ),
});

export const anywayFlag = {
  anyway: Flags.boolean({ summary: say('Også selv om der advares', 'Even where there is a warning') }),
};

/** A citizen's code as an option. */
export const citizenFlag = Flags.string({
  summary: say('Kun hos denne borger', 'Only with this citizen'),
  helpValue: 'B-7KQ25',
  parse: async (text) => parseCitizenCode(text) ?? text,
});

export const roomFlag = Flags.string({
  summary: say('Rum: et navn, eller any for et ledigt', 'Room: a name, or any for a free one'),
  helpValue: say('NAVN|any', 'NAME|any'),
});

type ChannelTimes = Readonly<Record<Channel, string | undefined>>;
/** Which channel was named, with what was written after it. */
export function namedChannel(
  flags: ChannelTimes,
): { readonly channel: Channel; readonly time: string } | null {
  for (const channel of ['video', 'physical', 'phone'] as const) {
    const time = flags[channel];
    if (time !== undefined) return { channel, time };
  }
  return null;
}

const initialsOption = (summary: string) =>
  Flags.string({ summary, helpValue: 'BM13', parse: async (text) => text.toUpperCase() });
export const overviewWorkerFlag = initialsOption(
  say('En kollegas i stedet for dine', "A colleague's instead of yours"),
);
export const forWorkerFlag = initialsOption(
  say('For en anden medarbejder, hvor du må', 'For another member of staff, where you may'),
);
export const onlyWorkerFlag = initialsOption(say('Kun denne medarbejder', 'Only this member of staff'));

export const newTimeArg = Args.string({
  required: true,
  description: say(
    'Ny tid; uden slut varer besøget lige så længe',
    'New time; without an end the visit stays as long as it was',
  ),
});

export const clockValue = say('10.05', '10:05');
export const happenedFlag = Flags.string({
  summary: say('Hvornår det skete, hvis ikke nu', 'When it happened, if not now'),
  helpValue: clockValue,
});
