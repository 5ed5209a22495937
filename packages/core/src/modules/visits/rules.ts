import {
  type Channel,
  type CitizenStatus,
  channels,
  type PartKind,
  partKinds,
  type VisitRules,
  type VisitState,
  type VisitWarning,
} from '../../contract/index.ts';
import type { Shift } from '../../contract/visit-rules.ts';
import { visitStateWords, warningWords } from '../../contract/visit-words.ts';
import { DomainError } from '../../kernel/errors.ts';
import { bookingHorizon, describeHours, isOpen, type Span } from '../rooms/index.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Who plans "now" is not refused because the clock has just passed. */
const pastGraceMs = 5 * minuteMs;
/** What is recorded must have happened; a clock that runs ahead by this much is forgiven. */
const aheadGraceMs = 2 * minuteMs;
/** How far back something can be recorded by hand; what is older comes by import. */
export const recordableDays = 92;
/** Nobody has waited in vain, and no call has failed, for a visit that begins later than this. */
const beforehandMs = hourMs;
/** A visit begins at most this long before or after its planned start. */
const startWindowMs = 12 * hourMs;
export const longestVisitMs = 12 * hourMs;

/** Which state may follow which; the trigger `visit_state_transition` says the same, and a test compares them. */
export const nextStates = {
  proposed: ['planned', 'cancelled'],
  planned: ['proposed', 'open', 'held', 'cancelled', 'futile', 'failed'],
  open: ['held', 'cancelled', 'futile', 'failed'],
  held: [],
  cancelled: [],
  futile: ['held'],
  failed: ['followed-up'],
  'followed-up': [],
} as const satisfies Record<VisitState, readonly VisitState[]>;

/** What a person wants to do with a visit, in which states that makes sense, and how an error names it. */
const actions = {
  accept: { from: ['proposed'], da: 'accepteres', en: 'accepted' },
  propose: {
    from: ['proposed', 'planned'],
    da: 'foreslås til en anden tid',
    en: 'proposed for another time',
  },
  move: { from: ['proposed', 'planned'], da: 'flyttes', en: 'moved' },
  turn: { from: ['proposed', 'planned', 'open'], da: 'laves om til en anden slags', en: 'turned' },
  start: { from: ['planned', 'open'], da: 'begyndes', en: 'started' },
  end: { from: ['open'], da: 'afsluttes', en: 'ended' },
  record: {
    from: ['planned', 'open', 'held', 'futile', 'failed', 'followed-up'],
    da: 'registreres som holdt',
    en: 'recorded as held',
  },
  cancel: { from: ['proposed', 'planned', 'open'], da: 'aflyses', en: 'cancelled' },
  futile: { from: ['planned', 'open'], da: 'registreres som forgæves', en: 'recorded as futile' },
  fail: { from: ['planned', 'open'], da: 'registreres som mislykket', en: 'recorded as failed' },
  followUp: { from: ['failed'], da: 'følges op', en: 'followed up' },
} as const satisfies Record<string, { from: readonly VisitState[]; da: string; en: string }>;
export type VisitAction = keyof typeof actions;

/** @throws DomainError visit_state */
export function assertMay(action: VisitAction, state: VisitState): void {
  const { from, da, en }: { from: readonly VisitState[]; da: string; en: string } = actions[action];
  if (from.includes(state)) return;
  const [stateDa, stateEn] = visitStateWords[state];
  throw new DomainError(
    'visit_state',
    { state, state_da: stateDa, state_en: stateEn, action_da: da, action_en: en },
    { details: { state, allowedFrom: from } },
  );
}

/** What is known of a citizen that bears on a call. */
export interface CallFacts {
  readonly status: CitizenStatus;
  readonly acquaintance: 'not-met' | 'met' | 'isolated';
  readonly workerId: string | null;
  readonly substituteByVideo: 'unknown' | 'welcome' | 'unwanted';
}

/**
 * What speaks against a visit as it is planned; the planner may overrule it. The known face comes first, except with
 * isolated citizens; four in ten do not want video with a substitute; and a no to video is a no (domain page, section 2).
 */
export function warningsFor(channel: Channel, citizen: CallFacts, workerId: string): VisitWarning[] {
  if (channel !== 'video') return [];
  const isSubstitute = citizen.workerId !== null && citizen.workerId !== workerId;
  return [
    ...(citizen.acquaintance === 'not-met' ? (['never-met'] as const) : []),
    ...(isSubstitute && citizen.substituteByVideo === 'unwanted' ? (['substitute-unwanted'] as const) : []),
    ...(citizen.status === 'declined' ? (['video-declined'] as const) : []),
  ];
}

/** @throws DomainError visit_warnings, with the codes in `warnings` of its details */
export function assertAcknowledged(
  warnings: readonly VisitWarning[],
  acknowledged: readonly VisitWarning[],
): void {
  const open = warnings.filter((warning) => !acknowledged.includes(warning));
  if (open.length === 0) return;
  throw new DomainError(
    'visit_warnings',
    {
      warnings: open.join(', '),
      warnings_da: open.map((warning) => warningWords[warning][0]).join('; '),
      warnings_en: open.map((warning) => warningWords[warning][1]).join('; '),
    },
    { details: { warnings: open } },
  );
}

/** @throws DomainError visit_past, booking_too_far, visit_times */
export function assertPlannable(span: Span, now: Date): void {
  const length = span.endsAt.getTime() - span.startsAt.getTime();
  if (length <= 0 || length > longestVisitMs)
    throw wrongTimes('besøget varer højst 12 timer', 'a visit lasts at most 12 hours');
  if (span.startsAt.getTime() < now.getTime() - pastGraceMs) throw new DomainError('visit_past');
  if (span.endsAt > bookingHorizon(now)) throw new DomainError('booking_too_far', { years: 2 });
}

/** @throws DomainError outside_working_hours */
export function assertWithinWorkingHours(
  rules: VisitRules,
  worker: { readonly initials: string; readonly shift: Shift },
  span: Span,
): void {
  const hours = rules.workingHours[worker.shift];
  if (isOpen(hours, span)) return;
  throw new DomainError(
    'outside_working_hours',
    {
      worker: worker.initials,
      hours_da: describeHours(hours, span, 'da').replace('lukket', 'fri'),
      hours_en: describeHours(hours, span, 'en').replace('closed', 'off'),
    },
    { details: { workingHours: hours } },
  );
}

export interface Part {
  readonly kind: PartKind;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly minutes: number | null;
}

export const isSupport = (kind: PartKind): kind is Channel => (channels as readonly string[]).includes(kind);

/** The minute that is running, from its beginning. */
export const wholeMinute = (at: Date): Date => new Date(Math.floor(at.getTime() / minuteMs) * minuteMs);

/** Whole minutes of a stretch, to the nearest. */
export const minutesOf = (span: Span): number =>
  Math.round((span.endsAt.getTime() - span.startsAt.getTime()) / minuteMs);

export const closedPart = (kind: PartKind, span: Span): Part => ({ kind, ...span, minutes: minutesOf(span) });

export const openPart = (kind: PartKind, startsAt: Date): Part => ({
  kind,
  startsAt,
  endsAt: null,
  minutes: null,
});

/** Minutes by what they were. What still goes on counts from when it ends. */
export function sumMinutes(parts: readonly Part[]): Readonly<Record<PartKind, number>> {
  const sum = { video: 0, physical: 0, phone: 0, travel: 0, waiting: 0 };
  for (const kind of partKinds)
    for (const part of parts) if (part.kind === kind) sum[kind] += part.minutes ?? 0;
  return sum;
}

/** The parts with the one that goes on ended; unchanged where none does. @throws DomainError visit_times */
export function endRunning(parts: readonly Part[], at: Date): Part[] {
  return parts.map((part) => {
    if (part.endsAt !== null) return part;
    if (at < part.startsAt) throw wrongTimes('den slutter, før den begynder', 'it ends before it starts');
    if (at.getTime() - part.startsAt.getTime() > longestVisitMs)
      throw wrongTimes(
        'den har varet over 12 timer; registrér tiderne',
        'it has lasted more than 12 hours; record the times',
      );
    return closedPart(part.kind, { startsAt: part.startsAt, endsAt: at });
  });
}

/** How a visit is named after what it was: as planned where that took place, else by its longest part. */
export function channelOf(parts: readonly Part[], planned: Channel | null): Channel {
  const minutes = sumMinutes(parts);
  const had = channels.filter((channel) => parts.some((part) => part.kind === channel));
  if (planned !== null && (had.includes(planned) || had.length === 0)) return planned;
  return [...had].sort((a, b) => minutes[b] - minutes[a])[0] ?? 'phone';
}

/**
 * What somebody says happened, in order of time.
 *
 * @throws DomainError visit_times when parts overlap, lie ahead, too far back, or more than twelve hours apart
 */
export function checkedParts(parts: readonly (Span & { readonly kind: PartKind })[], now: Date): Part[] {
  const sorted = [...parts].sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined) throw wrongTimes('der er ingen', 'there are none');
  for (const [index, part] of sorted.entries()) {
    const before = sorted[index - 1];
    if (part.endsAt <= part.startsAt)
      throw wrongTimes('en slutter, før den begynder', 'one ends before it starts');
    if (before !== undefined && part.startsAt < before.endsAt)
      throw wrongTimes('to af dem overlapper', 'two of them overlap');
  }
  assertHappened(first.startsAt, now);
  assertHappened(last.endsAt, now);
  if (last.endsAt.getTime() - first.startsAt.getTime() > longestVisitMs)
    throw wrongTimes('der er over 12 timer fra første til sidste', 'they span more than 12 hours');
  return sorted.map(({ kind, startsAt, endsAt }) => closedPart(kind, { startsAt, endsAt }));
}

/** @throws DomainError visit_times */
export function assertHappened(at: Date, now: Date): void {
  if (at.getTime() > now.getTime() + aheadGraceMs)
    throw wrongTimes('de ligger i fremtiden', 'they lie in the future');
  if (at.getTime() < now.getTime() - recordableDays * 24 * hourMs)
    throw wrongTimes(
      `de ligger over ${recordableDays} dage tilbage; ældre besøg indlæses fra en fil`,
      `they lie more than ${recordableDays} days back; older visits are imported from a file`,
    );
}

/** @throws DomainError visit_times */
export function assertNearPlan(at: Date, plannedStartsAt: Date | null): void {
  if (plannedStartsAt === null) return;
  if (Math.abs(at.getTime() - plannedStartsAt.getTime()) > startWindowMs)
    throw wrongTimes(
      'besøget er planlagt til et andet tidspunkt; flyt det først',
      'the visit is planned for another time; move it first',
    );
}

/** What did not take place is recorded when its time has come; before that it is moved or cancelled. @throws DomainError visit_times */
export function assertTimeHasCome(at: Date, plannedStartsAt: Date | null): void {
  if (plannedStartsAt === null || plannedStartsAt.getTime() - at.getTime() <= beforehandMs) return;
  throw wrongTimes(
    'besøget er ikke begyndt endnu; flyt det, eller aflys det',
    'the visit has not begun yet; move it, or cancel it',
  );
}

export const wrongTimes = (da: string, en: string): DomainError =>
  new DomainError('visit_times', { why_da: da, why_en: en });
